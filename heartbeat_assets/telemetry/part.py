"""One range of whole lines into one Parquet part, with its unreadable lines in quarantine.

Files appear under their names only when complete. It must not decide which ranges are read; `ingest` does.
"""

from __future__ import annotations

import json
import os
import uuid
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.files import write_chunks_atomically
from heartbeat_assets.telemetry import typed_sql
from heartbeat_assets.telemetry.careful_reader import careful_copy
from heartbeat_assets.telemetry.line_walk import BadLine, Walk, walk_lines
from heartbeat_assets.telemetry.manifest import Part
from heartbeat_assets.telemetry.spellings import sample_spellings
from heartbeat_assets.warehouse import QueryProblem, connect, run

if TYPE_CHECKING:
    import duckdb

_ROWS_AT_ONCE = 65_536


def write_part(
    lines: Path,
    folder: Path,
    scratch: Path,
    *,
    file: str,
    start: int,
    end: int,
    first_line: int,
    tail: bool = False,
) -> Part:
    """Reads the plain file `lines` (bytes `start` to `end` of `file`) into a new part in `folder`.

    `first_line` is the number its first line has in `file`. Raises InputUnreadable, HeartbeatError when the engine
    fails, and OSError when `folder` or `scratch` cannot be written.
    """
    name = f"part-{uuid.uuid4().hex[:12]}"
    parquet = folder / f"{name}.parquet"
    rows, bad_rows = _convert(lines, parquet, scratch)
    quarantine = folder / f"{name}.quarantine.jsonl"
    walk = _quarantine(lines, quarantine, file, bad_rows, first_line)
    if walk.not_blank != rows:
        # The engine split lines in a way of its own: its row numbers cannot be trusted, so read exactly.
        rows, bad_rows = _convert_carefully(lines, parquet, scratch)
        walk = _quarantine(lines, quarantine, file, bad_rows, first_line)
    return Part(name, start, end, rows, len(bad_rows), walk.line_ends, tail)


def merge_parts(parts: Sequence[Part], folder: Path, scratch: Path) -> Part:
    """One part for `parts`, which follow each other, so that a file that grows all day stays a few parts."""
    name = f"part-{uuid.uuid4().hex[:12]}"
    events = typed_sql.stored_events([str(folder / part.parquet) for part in parts])
    with connect(scratch, keep_order=True) as connection:
        try:
            write_query(connection, f"SELECT * FROM {events}", folder / f"{name}.parquet")
        except QueryProblem as problem:
            raise HeartbeatError(f"{folder}: the parts of a file cannot be merged: {problem}") from problem
    merged = Part(
        name,
        parts[0].start,
        parts[-1].end,
        rows=sum(part.rows for part in parts),
        bad=sum(part.bad for part in parts),
        line_ends=sum(part.line_ends for part in parts),
    )
    if merged.bad:
        kept = ((folder / part.quarantine).read_bytes() for part in parts if part.bad)
        write_chunks_atomically(folder / merged.quarantine, kept)
    return merged


def _convert(lines: Path, parquet: Path, scratch: Path) -> tuple[int, array[int]]:
    for longest_line in typed_sql.LINE_LIMITS:
        try:
            return _copy_to_parquet(lines, parquet, scratch, longest_line)
        except QueryProblem as problem:
            if typed_sql.LINE_TOO_LONG not in str(problem):
                raise HeartbeatError(f"{lines}: cannot be turned into Parquet at {parquet}: {problem}") from problem
    return _convert_carefully(lines, parquet, scratch)


def _convert_carefully(lines: Path, parquet: Path, scratch: Path) -> tuple[int, array[int]]:
    copy = scratch / f"{parquet.stem}.careful"
    try:
        careful_copy(lines, copy)
        return _copy_to_parquet(copy, parquet, scratch, typed_sql.LONGEST_LINE_BYTES)
    finally:
        copy.unlink(missing_ok=True)


def _copy_to_parquet(lines: Path, parquet: Path, scratch: Path, longest_line: int) -> tuple[int, array[int]]:
    """Writes the typed events; returns how many rows there are and the positions of those that could not be read."""
    with connect(scratch, keep_order=True) as connection:
        typed_sql.register_careful_functions(connection)
        events = typed_sql.typed_events(typed_sql.raw_lines([str(lines)], longest_line), {}, sample_spellings(lines))
        write_query(connection, f"SELECT {', '.join(typed_sql.TYPED_COLUMNS)} FROM ({events})", parquet)
        written = typed_sql.file_literal(str(parquet))
        run(connection, f"SELECT count(*) FROM read_parquet({written}, hive_partitioning=false)")
        (rows,) = connection.fetchall()[0]
        run(
            connection,
            f"SELECT file_row_number FROM read_parquet({written}, file_row_number=true, hive_partitioning=false) "
            "WHERE session_id IS NULL ORDER BY file_row_number",
        )
        bad_rows = array("q")
        while some := connection.fetchmany(_ROWS_AT_ONCE):
            bad_rows.extend(row for (row,) in some)
    return int(rows), bad_rows


def write_query(connection: duckdb.DuckDBPyConnection, sql: str, parquet: Path) -> None:
    """Writes what `sql` returns to `parquet`, which appears when it is complete and on disk. Raises QueryProblem."""
    partial = parquet.with_suffix(".partial")
    try:
        run(connection, f"COPY (\n{sql}\n) TO {typed_sql.quoted(str(partial))} (FORMAT parquet, COMPRESSION zstd)")
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.replace(parquet)
    finally:
        partial.unlink(missing_ok=True)


def _quarantine(lines: Path, quarantine: Path, file: str, bad_rows: Sequence[int], first_line: int) -> Walk:
    """Walks the `lines` of `file` and keeps those at `bad_rows` in `quarantine`; without any there is no such file."""
    partial = quarantine.with_suffix(".partial")
    try:
        with partial.open("wb") as kept:

            def keep(line: BadLine) -> None:
                kept.write(json.dumps(line.document(file), ensure_ascii=False).encode("utf-8") + b"\n")

            walk = walk_lines(lines, bad_rows=bad_rows, first_line=first_line, keep=keep)
            if bad_rows:
                kept.flush()
                os.fsync(kept.fileno())
        quarantine.unlink(missing_ok=True)
        if bad_rows:
            partial.replace(quarantine)
    finally:
        partial.unlink(missing_ok=True)
    return walk
