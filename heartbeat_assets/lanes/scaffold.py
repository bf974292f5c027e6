"""A new lane: a working, commented example, over its own few rows or over a file somebody has.

All of it is written or nothing, and nothing that is there is written over. It must not run the lane.
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from heartbeat_assets.errors import HeartbeatError, SpecProblem, UsageProblem
from heartbeat_assets.files import write_atomically
from heartbeat_assets.lanes.lane import lane_files, load_lane
from heartbeat_assets.lanes.sample import Sample, as_yaml, name_like, sample_of
from heartbeat_assets.lanes.schema import COMPONENT_TYPE, SCHEMA_FILE, schema_text
from heartbeat_assets.settings import Settings
from heartbeat_assets.specs.fields import NAME_PATTERN

_EXAMPLE_ROWS = "orders.csv"
_LONGEST_NAME = 80
_EXAMPLE = Sample(
    path="",
    table="",
    source="orders",
    sql_table="orders",
    source_description="Orders of a shop, one a row.",
    columns={"order_id": "text", "ordered_at": "timestamp", "country": "text", "amount": "number", "paid": "boolean"},
    description="Whether orders come in, and whether they are paid.",
    count_kpi="orders_total",
    count_description="How many orders there are.",
    count_min=10,
    ratio_kpi="unpaid_rate",
    ratio_description="Share of the orders that are not paid.",
    ratio_max=0.2,
    condition="NOT paid",
)


@dataclass(frozen=True)
class NewLane:
    """What was written: the lane's name, its folder, and every file."""

    name: str
    folder: Path
    files: tuple[Path, ...]


def new_lane(
    settings: Settings,
    name: str,
    *,
    folder: Path | None = None,
    rows: Path | None = None,
    table: str = "",
    component: str = COMPONENT_TYPE,
) -> NewLane:
    """Writes the lane `name` into `folder` (default: below the defs folder): its two files, and the editor's schema.

    It reads `rows` (the `table` in that file, where it holds several), or rows of its own. Raises UsageProblem for a
    name no lane can have or what is there already, InputMissing and InputUnreadable for `rows`, HeartbeatError when
    it cannot be written.
    """
    folder = folder or settings.defs / name
    _check_name(settings, name, folder)
    own_rows = settings.project / "data" / name / _EXAMPLE_ROWS
    if rows is not None:
        sample, contents = sample_of(settings, rows, table), {}
    else:
        if own_rows.exists():
            raise UsageProblem(f"{own_rows} is there already; move it away, or begin with it: --from {own_rows}")
        sample = _EXAMPLE.at(f"data/{name}/{_EXAMPLE_ROWS}")
        contents = {own_rows: _packaged(_EXAMPLE_ROWS)}
    schema = (settings.defs if folder.is_relative_to(settings.defs) else folder.parent) / SCHEMA_FILE
    texts = _texts(name, sample, component, Path(os.path.relpath(schema, folder)).as_posix())
    try:
        _write(settings, folder, texts, {schema: schema_text(), **contents})
    except OSError as problem:
        where = problem.filename or folder
        raise HeartbeatError(f"{where}: {problem.strerror or problem}; nothing of the lane was written") from problem
    return NewLane(name, folder, (*(folder / file for file in texts), *contents, schema))


def _check_name(settings: Settings, name: str, folder: Path) -> None:
    if not re.fullmatch(NAME_PATTERN, name) or len(name) > _LONGEST_NAME:
        raise UsageProblem(
            f"{name!r} cannot be a lane's name: lower-case letters, digits and _, starting with a letter, at most "
            f"{_LONGEST_NAME} of them; for example {name_like(name, 'my_lane')}"
        )
    # Dagster's own scaffolding makes the folder before it asks for what is in it.
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageProblem(f"{folder} is there already; choose another name, or move it away")
    for file in lane_files(settings):
        try:
            lane = load_lane(settings, file)
        except SpecProblem:
            # What is wrong with another lane is its own affair.
            continue
        if lane is not None and lane.name == name:
            raise UsageProblem(f"there is a lane {name!r} already, in {lane.folder}; choose another name")


def _texts(name: str, sample: Sample, component: str, schema: str) -> dict[str, str]:
    """The lane's two files by name."""
    words = {
        "schema": schema,
        "name": name,
        "type": component,
        "title": as_yaml(name.replace("_", " ").capitalize()),
        **sample.words(),
    }
    return {
        "defs.yaml": Template(_packaged("defs.yaml.template")).substitute(words),
        "digest.sql": Template(_packaged("digest.sql.template")).substitute(sample.sql_words()),
    }


def _packaged(file: str) -> str:
    return (files("heartbeat_assets.lanes") / "template" / file).read_text(encoding="utf-8")


def _write(settings: Settings, folder: Path, texts: dict[str, str], beside: dict[Path, str]) -> None:
    """Writes what lies beside the lane, then the lane's folder at once; takes back new files when that fails."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = [path for path in beside if not path.exists()]
    with tempfile.TemporaryDirectory(dir=settings.project, prefix=".new-lane-") as temporary:
        # A folder of its own: the temporary one is private, and others are meant to read the lane.
        lane = Path(temporary) / "lane"
        lane.mkdir()
        for file, text in texts.items():
            write_atomically(lane / file, text)
        try:
            for path, text in beside.items():
                write_atomically(path, text)
            lane.rename(folder)
        except BaseException:
            for path in made:
                path.unlink(missing_ok=True)
            raise
