"""What is read: the sources of defs.yaml, or the files given in their place.

Finds and checks inputs; it must not compute anything from them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from heartbeat_assets.errors import InputMissing, InputUnreadable, UsageProblem
from heartbeat_assets.settings import Settings
from heartbeat_assets.sources.kpi_events import kpi_absence
from heartbeat_assets.sources.owner import SourceOwner
from heartbeat_assets.sources.spec import EventsSource, JsonSource, KpiEventsSource, Source, TableSource
from heartbeat_assets.telemetry.event_files import event_files
from heartbeat_assets.warehouse.tables import TableAt, TableMissing, TableUnreadable, table_files


class SourceMissing(InputMissing):
    """Sources that must be there and are not; `reasons` are tokens for it, one a source."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.reasons = [f"source_{name}_missing" for name in problems]
        super().__init__("; ".join(f"input {name}: {problem}" for name, problem in problems.items()))


class SourceUnreadable(InputUnreadable):
    """A source that is there and cannot be read."""

    def __init__(self, name: str, sentence: str, what: str = "unreadable") -> None:
        self.reasons = [f"source_{name}_{what}"]
        super().__init__(sentence)


def resolve_inputs(
    owner: SourceOwner, given: Mapping[str, str] | None = None, *, only: str | None = None
) -> dict[str, Path | None]:
    """The path of every source that is there, by source name; None for one that is no file.

    With `given` (source name to path) exactly those are read, and beside them the required sources nobody named;
    an optional source that is not named is left out. Without, every source is where defs.yaml says. `only` one is
    looked for when it is named. Raises
    UsageProblem for a name the owner does not have and SourceMissing for sources that must be there and are not.
    """
    given = given or {}
    for name in given:
        if name not in owner.sources:
            raise UsageProblem(f"--input {name}: {owner.kind} {owner.name} has the inputs {', '.join(owner.sources)}")
    found: dict[str, Path | None] = {}
    missing: dict[str, str] = {}
    for name, source in owner.sources.items():
        if only not in (None, name) or (given and name not in given and not source.required):
            continue
        path = Path(given[name]).expanduser() if name in given else owner.source_path(name)
        problem = absence(path, source, owner.settings, replaced=name in given)
        if problem is None:
            found[name] = path
        elif name in given or source.required:
            missing[name] = problem
    if missing:
        raise SourceMissing(missing)
    return found


def absence(path: Path | None, source: Source, settings: Settings, *, replaced: bool = False) -> str | None:
    """Why there is nothing to read at `path`, or None when there is; `replaced` when it is not that of defs.yaml."""
    if path is None:
        return kpi_absence(source, settings) if isinstance(source, KpiEventsSource) else None
    if isinstance(source, JsonSource):
        return None if path.exists() else f"{path}: no such file"
    if isinstance(source, EventsSource):
        try:
            none_fits = f"{path}: no event files there (.jsonl, .ndjson or .json, also .gz or .zst)"
            return None if event_files(path) else none_fits
        except InputMissing as problem:
            return str(problem)
    file_format = source.format if isinstance(source, TableSource) and not replaced else "auto"
    try:
        table_files(TableAt(str(path), file_format))
    except TableMissing as problem:
        return str(problem)
    except TableUnreadable:
        # It is there; opening it says what is wrong with it.
        return None
    return None


def read_document(name: str, path: Path) -> str:
    """The JSON object in the file at `path` as text every JSON reader takes. Raises InputUnreadable.

    A number beyond a double (1e400) and the literals NaN and Infinity become null: no value.
    """
    document = read_object(f"input {name}: {path}", path, parse_constant=lambda _: None, parse_float=_finite)
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")


def read_object(label: str, path: Path, **how: Any) -> dict[str, Any]:
    """The JSON object in the file at `path`, which messages call `label`; `how` goes to the JSON reader.

    Raises InputMissing or InputUnreadable.
    """
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"), **how)
    except FileNotFoundError:
        raise InputMissing(f"{label}: no such file") from None
    except IsADirectoryError:
        raise InputUnreadable(f"{label} is a folder; give the JSON file itself") from None
    except OSError as problem:
        raise InputUnreadable(f"{label}: {problem.strerror or problem}") from problem
    except UnicodeDecodeError as problem:
        raise InputUnreadable(f"{label}: not UTF-8 text (byte {problem.start})") from problem
    except json.JSONDecodeError as problem:
        where = f"line {problem.lineno}, column {problem.colno}"
        raise InputUnreadable(f"{label}, {where}: not JSON: {problem.msg}") from problem
    except (ValueError, RecursionError) as problem:
        raise InputUnreadable(f"{label}: not JSON that can be read: {problem}") from problem
    if not isinstance(document, dict):
        kind = {list: "a list", str: "a text", type(None): "null"}.get(type(document), "a single value")
        raise InputUnreadable(f"{label} holds {kind}; a JSON object is expected")
    return document


def _finite(text: str) -> Any:
    value = float(text)
    return value if math.isfinite(value) else None
