"""A lane as it stands on disk: its spec, its folder, and where its files and its state are.

Finds and reads the defs.yaml files below a defs folder, without Dagster. It must not run anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from heartbeat_assets.errors import SpecProblem, UsageProblem
from heartbeat_assets.lanes.lane_file import spec_in
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets.settings import Settings
from heartbeat_assets.sources.owner import path_of
from heartbeat_assets.sources.spec import Source
from heartbeat_assets.specs.fields import NAME_PATTERN


@dataclass(frozen=True)
class Lane:
    """One lane. `folder` holds defs.yaml and the SQL; `settings` says where the project and its state are."""

    name: str
    spec: LaneSpec
    folder: Path
    settings: Settings

    @property
    def kind(self) -> str:
        """What messages about its sources call it."""
        return "lane"

    @property
    def sources(self) -> dict[str, Source]:
        """What its SQL reads, each by the name of its table."""
        return self.spec.sources

    @property
    def home(self) -> Path:
        """Where everything computed for this lane is kept."""
        return self.settings.home / "lanes" / self.name

    @property
    def published(self) -> Path:
        """The folder that readers of the published report are pointed at."""
        return self.settings.home / "published" / self.name

    @property
    def compacted_history(self) -> Path:
        return self.home / "compacted.jsonl"

    def source_path(self, source: str) -> Path | None:
        """Where the files of `source` are, relative paths being relative to the project; None for no files."""
        return path_of(self.sources[source], self.settings)

    def digest_sql(self) -> str:
        """The text of digest.sql. Raises SpecProblem when it cannot be read."""
        return self.sql("digest_sql", self.spec.digest_sql)

    def rollup_sql(self) -> str | None:
        """The text of rollup.sql, or None when the lane has none. Raises SpecProblem when it cannot be read."""
        return self.sql("rollup_sql", self.spec.rollup_sql) if self.spec.rollup_sql else None

    def context_sql(self) -> dict[str, str]:
        """The text of each context query by the name of its table. Raises SpecProblem when one cannot be read."""
        return {name: self.sql(f"context.{name}", file) for name, file in self.spec.context.items()}

    def sql_fields(self) -> dict[str, str]:
        """The file of each query by the field of defs.yaml that names it."""
        fields = {"digest_sql": self.spec.digest_sql}
        fields |= {"rollup_sql": self.spec.rollup_sql} if self.spec.rollup_sql else {}
        return fields | {f"context.{name}": file for name, file in self.spec.context.items()}

    def sql_files(self) -> dict[str, str]:
        """Every query of the lane by its file's name. Raises SpecProblem when one cannot be read."""
        return {file: self.sql(field, file) for field, file in self.sql_fields().items()}

    def sql(self, field: str, name: str) -> str:
        """The text of the file `name`, which `field` of defs.yaml names. Raises SpecProblem when it cannot be read."""
        try:
            text = (self.folder / name).read_text(encoding="utf-8").rstrip().rstrip(";")
        except (OSError, UnicodeDecodeError) as problem:
            reason = problem.strerror if isinstance(problem, OSError) else "not UTF-8 text"
            raise SpecProblem(
                str(self.folder / "defs.yaml"),
                [f"{field}: {self.folder / name}: {reason}; put the query there"],
            ) from problem
        if not text.strip():
            raise SpecProblem(str(self.folder / name), [f"is empty; write the query that defs.yaml has as {field}"])
        return text


def lane_name(spec: LaneSpec, folder: Path) -> str:
    """The lane's name: as its spec says, else its folder's. Raises SpecProblem when that is no name for a lane."""
    if spec.name is None and not re.fullmatch(NAME_PATTERN, folder.name):
        raise SpecProblem(
            str(folder / "defs.yaml"),
            [
                f"name: the folder's name {folder.name!r} cannot be a lane's; give a `name` of lower-case letters, "
                "digits and _, starting with a letter"
            ],
        )
    return spec.name or folder.name


def find_lanes(settings: Settings) -> dict[str, Lane]:
    """Every lane below the defs folder by name. Raises SpecProblem for the first file that is wrong."""
    lanes: dict[str, Lane] = {}
    for name, lane in each_lane(settings):
        if isinstance(lane, SpecProblem):
            raise lane
        lanes[name] = lane
    return lanes


def each_lane(settings: Settings) -> Iterator[tuple[str, Lane | SpecProblem]]:
    """Every lane below the defs folder with its name; by its folder what is wrong with one that cannot be loaded."""
    lanes: dict[str, Lane] = {}
    for file in lane_files(settings):
        try:
            lane = load_lane(settings, file)
            if lane is None:
                continue
            add_lane(lanes, lane)
        except SpecProblem as problem:
            yield file.parent.relative_to(settings.defs).as_posix(), problem
            continue
        yield lane.name, lane


def lane_files(settings: Settings) -> list[Path]:
    """Every defs.yaml below the defs folder, whatever component it holds."""
    return sorted(settings.defs.glob("**/defs.yaml"))


def load_lane(settings: Settings, file: Path) -> Lane | None:
    """The lane in `file`, or None when it holds another component. Raises SpecProblem."""
    spec = spec_in(file)
    return None if spec is None else Lane(lane_name(spec, file.parent), spec, file.parent, settings)


def add_lane(lanes: dict[str, Lane], lane: Lane) -> None:
    """Adds `lane` to `lanes` by its name. Raises SpecProblem when another has the name."""
    if lane.name in lanes:
        file, taken = str(lane.folder / "defs.yaml"), lanes[lane.name].folder
        raise SpecProblem(file, [f"name: {lane.name!r} is taken by {taken}; give another"])
    lanes[lane.name] = lane


def find_lane(settings: Settings, name: str) -> Lane:
    """The lane called `name`. Raises UsageProblem when there is none."""
    direct = settings.defs / name / "defs.yaml"
    # The short way, where the folder is called like the lane. A path is no name, even if a shell completed it.
    lane = load_lane(settings, direct) if direct.parent.name == name and direct.is_file() else None
    if lane is not None and lane.name == name:
        return lane
    lanes = find_lanes(settings)
    if name not in lanes:
        known = ", ".join(lanes) or f"none below {settings.defs}"
        raise UsageProblem(f"no lane {name!r}; there is {known}")
    return lanes[name]
