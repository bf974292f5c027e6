"""What a digest reads: the sources of defs.yaml, or the files given in their place.

Finds and checks inputs; it must not compute anything from them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from heartbeat_assets.errors import InputMissing, InputUnreadable, UsageProblem
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.spec_sources import EventsSource
from heartbeat_assets.lanes.values import Document
from heartbeat_assets.telemetry.event_files import event_files


def resolve_inputs(lane: Lane, given: Mapping[str, str] | None = None) -> dict[str, Path]:
    """The path of every source that is there, by source name.

    With `given` (source name to path) exactly those are read, and beside them the required sources nobody named;
    an optional source that is not named is left out. Without, every source is where defs.yaml says. Raises
    UsageProblem for a name the lane does not have and InputMissing for a source that must be there and is not.
    """
    given = given or {}
    for name in given:
        if name not in lane.spec.sources:
            raise UsageProblem(f"--input {name}: lane {lane.name} has the inputs {', '.join(lane.spec.sources)}")
    found: dict[str, Path] = {}
    for name, source in lane.spec.sources.items():
        if name in given:
            path, needed = Path(given[name]).expanduser(), True
        elif given and not source.required:
            continue
        else:
            path, needed = lane.source_path(name), source.required
        problem = _absence(path, isinstance(source, EventsSource))
        if problem is None:
            found[name] = path
        elif needed:
            raise InputMissing(f"input {name}: {problem}")
    return found


def _absence(path: Path, events: bool) -> str | None:
    """Why there is nothing to read at `path`, or None when there is."""
    if not events:
        return None if path.exists() else f"{path}: no such file"
    try:
        return (
            None if event_files(path) else f"{path}: no event files there (.jsonl, .ndjson or .json, also .gz or .zst)"
        )
    except InputMissing as problem:
        return str(problem)


def read_document(name: str, path: Path) -> str:
    """The JSON object in the file at `path` as text every JSON reader takes. Raises InputUnreadable.

    A number beyond a double (1e400) and the literals NaN and Infinity become null: no value.
    """
    document = read_object(f"input {name}: {path}", path, parse_constant=lambda _: None, parse_float=_finite)
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")


def read_object(label: str, path: Path, **how: Any) -> Document:
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
