"""Whole histories in and out of the ledger, and the proof that a history is unbroken.

Order and text are kept to the letter. It must not judge rows.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.files import write_chunks_atomically
from heartbeat_assets.lanes.heartbeat import check_fields, row_names
from heartbeat_assets.lanes.history import HistoryRow, file_rows, import_entries, ledger_rows
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.values import Document, flag, number, text, texts
from heartbeat_assets.ledger import open_ledger

if TYPE_CHECKING:
    import pandas as pd

_PERIOD_COLUMNS = {
    "period": "str", "revision": "Float64", "revises": "str", "backfilled": "boolean", "events_in_period": "Float64",
    "late_events": "Float64",
}  # fmt: skip
# What a row does not say itself.
_OWN_COLUMNS = {"malformed": "bool", "line": "str"}


def import_file(lane: Lane, file: Path) -> Document:
    """Records every row of the JSONL history `file` that is not there yet; all of them or none.

    Raises InputMissing, InputUnreadable or LedgerError.
    """
    result = open_ledger(lane.settings.ledger_url).import_entries(lane.name, import_entries(file_rows(file)))
    return {
        "lane": lane.name,
        "read": result.read,
        "appended": result.appended,
        "duplicates": result.duplicates,
        "history_size_before": result.size_before,
        "history_size_after": result.size_after,
    }


def export_lines(lane: Lane) -> Iterator[bytes]:
    """The lane's history as the lines of a JSONL file."""
    for entry in open_ledger(lane.settings.ledger_url).entries(lane.name):
        yield entry.line + b"\n"


def export_file(lane: Lane, form: str, out: Path) -> int:
    """Writes the lane's history to `out` as jsonl, csv or parquet, atomically; returns the number of rows."""
    try:
        if form == "parquet":
            return _export_parquet(lane, out)
        counted = _Counted(history_csv(lane) if form == "csv" else export_lines(lane))
        write_chunks_atomically(out, counted)
    except OSError as problem:
        raise HeartbeatError(f"--out {out}: cannot be written: {problem.strerror or problem}") from problem
    return counted.count - (form == "csv")


def history_csv(lane: Lane) -> Iterator[bytes]:
    """The lane's history as CSV with a header: place, the row's fields, the line of a malformed row."""
    columns = _columns(lane, _rows(lane))
    yield _csv_line(list(columns))
    for row in _rows(lane):
        record = _record(columns, row)
        yield _csv_line(["" if record[name] is None else record[name] for name in columns])


def history_frame(lane: Lane, *, last: int | None = None) -> pd.DataFrame:
    """The lane's history (or its `last` rows) as a DataFrame, for notebooks: a row per heartbeat, typed columns."""
    import pandas as pd

    columns = _columns(lane, _rows(lane, last))
    frame = pd.DataFrame((_record(columns, row) for row in _rows(lane, last)), columns=list(columns))
    return frame.astype(columns)


def verify_lane(lane: Lane, noted_head: str | None = None) -> Document:
    """Whether the lane's chain of hashes is unbroken, and where it breaks."""
    return asdict(open_ledger(lane.settings.ledger_url).verify(lane.name, noted_head=noted_head))


def _export_parquet(lane: Lane, out: Path) -> int:
    from heartbeat_assets.warehouse import QueryProblem, write_parquet

    frame = history_frame(lane)
    try:
        write_parquet(frame, out)
    except QueryProblem as problem:
        raise HeartbeatError(f"--out {out}: cannot be written: {problem}") from problem
    return len(frame)


def _rows(lane: Lane, last: int | None = None) -> Iterator[HistoryRow]:
    ledger = open_ledger(lane.settings.ledger_url)
    return ledger_rows(ledger.entries(lane.name) if last is None else ledger.last(lane.name, last))


def _columns(lane: Lane, rows: Iterable[HistoryRow]) -> dict[str, str]:
    """Column name to pandas type, in order: what the lane's spec says, and the figures recorded in `rows`."""
    columns = {"place": "int64", "run_at": "str", "heartbeat_id": "str", "status": "str"}
    columns |= {kpi.name: "Float64" for kpi in lane.spec.kpis}
    columns |= {kpi.threshold_name: "Float64" for kpi in lane.spec.kpis}
    columns |= dict.fromkeys(_figures(lane, rows), "Float64")
    columns |= dict.fromkeys(check_fields(lane.spec).values(), "boolean")
    columns |= dict.fromkeys(("missing_metrics", "failure_reasons", "strict_fail_reasons"), "str")
    columns |= _PERIOD_COLUMNS if lane.spec.partitions else {}
    return columns | {"error": "str", **_OWN_COLUMNS}


def _figures(lane: Lane, rows: Iterable[HistoryRow]) -> dict[str, None]:
    """The recorded figures by name as they first come: each number in a row that is no field of every row.

    Not one that is called like a column, or that no file format can hold by its name.
    """
    others = {*row_names(lane.spec), "place", *_OWN_COLUMNS}
    found: dict[str, None] = {}
    for row in rows:
        for name, value in (row.content or {}).items():
            if name not in found and name not in others and number(value) is not None and name.isprintable():
                found[name] = None
    return found


def _record(columns: dict[str, str], row: HistoryRow) -> dict[str, Any]:
    content = row.content or {}
    record: dict[str, Any] = {
        "place": row.place, "run_at": _whole(row.run_at), "heartbeat_id": _whole(row.heartbeat_id),
        "status": row.status,
        "malformed": row.malformed, "line": row.line.decode("utf-8", "replace") if row.malformed else "",
    }  # fmt: skip
    for name, kind in columns.items():
        if kind == "Float64":
            record[name] = number(content.get(name))
        elif kind == "boolean":
            record[name] = flag(content.get(name))
        elif name.endswith(("_metrics", "_reasons")):
            record[name] = _whole(" ".join(texts(content.get(name))))
        elif name not in record:
            record[name] = _whole(text(content.get(name)))
    return record


def _whole(text: str) -> str:
    """`text` with halves of surrogate pairs, which JSON can write and no file format holds, replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _csv_line(cells: list[Any]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(
        [json.dumps(cell) if isinstance(cell, bool) else cell for cell in cells]
    )
    return buffer.getvalue().encode("utf-8", "replace")


class _Counted:
    """Counts what passes through."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.count = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.count += 1
            yield chunk
