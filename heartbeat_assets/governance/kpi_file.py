"""KPI events from a file into the ledger: all of the file or nothing, and a second time nothing.

A file is NDJSON, an event a line, or one JSON list, as `heartbeat kpi show --json` prints it. It must not judge events.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heartbeat_assets.errors import InputMissing, InputUnreadable

if TYPE_CHECKING:
    from heartbeat_assets.ledger import EventStore, NewKpiEvent

FIELDS = ("domain", "metric", "success", "value", "duration_ms", "actor", "correlation_id", "detail", "at")
_OF_THE_LEDGER = ("seq", "recorded_by")
"""What the ledger says of a recorded event beside; it says so anew of one that is imported."""
_TEXTS = ("domain", "metric", "actor", "correlation_id", "at")


@dataclass(frozen=True)
class KpiImport:
    """What became of the events of a file."""

    read: int
    imported: int
    skipped: int
    """Not newer than the newest event that their series had before."""


def import_events(store: EventStore, file: Path, *, recorded_by: str | None = None) -> KpiImport:
    """Records the events of `file` that are newer than what their series has. Raises InputMissing, InputUnreadable
    with the place in the file, or LedgerError; then nothing was recorded.
    """
    events = events_in(file)
    imported = store.append_newer(events, recorded_by=recorded_by)
    return KpiImport(len(events), imported, len(events) - imported)


def events_in(file: Path) -> Sequence[NewKpiEvent]:
    """The events in `file`, in its order. Raises InputMissing or InputUnreadable."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputMissing(f"{file}: no such file") from None
    except IsADirectoryError:
        raise InputUnreadable(f"{file} is a folder; give the file itself") from None
    except OSError as problem:
        raise InputUnreadable(f"{file}: {problem.strerror or problem}") from problem
    except UnicodeDecodeError as problem:
        raise InputUnreadable(f"{file}: not UTF-8 text (byte {problem.start})") from problem
    return [_event(document, where) for where, document in _documents(file, text)]


def _documents(file: Path, text: str) -> Iterator[tuple[str, Any]]:
    """Each event as JSON has it, and where it stands."""
    if text.lstrip().startswith("["):
        yield from ((f"{file}, event {number}", one) for number, one in enumerate(_json(text, str(file)), start=1))
        return
    # Not splitlines: a JSON text may hold characters that it takes for line ends.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            where = f"{file}, line {number}"
            yield where, _json(line, where)


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        place = f", line {problem.lineno}" if "\n" in text.strip() else ""
        raise InputUnreadable(f"{where}{place}: not JSON: {problem.msg}") from problem
    except (ValueError, RecursionError) as problem:
        raise InputUnreadable(f"{where}: not JSON that can be read: {problem}") from problem


def _event(document: Any, where: str) -> NewKpiEvent:
    from heartbeat_assets.ledger import NewKpiEvent, WrongKpiEvent

    if not isinstance(document, dict):
        raise InputUnreadable(f'{where}: an event is an object, as {{"domain": "A", "metric": "b", "success": true}}')
    given = {name: value for name, value in document.items() if name not in _OF_THE_LEDGER}
    for name, value in given.items():
        if name not in FIELDS:
            raise InputUnreadable(f"{where}: {name}: is no field of an event; it has {', '.join(FIELDS)}")
        if name in _TEXTS and value is not None and not isinstance(value, str):
            raise InputUnreadable(f"{where}: {name}: must be a text")
    for name in ("domain", "metric", "at"):
        if given.get(name) is None:
            # Without its time an event would be another one at each import.
            raise InputUnreadable(f"{where}: {name}: is missing")
    try:
        return NewKpiEvent(**{**given, "at": _instant(given["at"], where)})
    except WrongKpiEvent as problem:
        raise InputUnreadable(f"{where}: {problem}") from problem


def _instant(text: str, where: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise InputUnreadable(f"{where}: at: must be a time with its zone, as 2026-02-23T14:31:05+00:00") from None
