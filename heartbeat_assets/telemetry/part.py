"""One range of whole lines into one Parquet part, with its unreadable lines in quarantine.

Files appear under their names only when complete. It must not decide which ranges are read; `ingest` does.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Sequence
from pathlib import Path

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.files import write_chunks_atomically
from heartbeat_assets.telemetry import typed_sql
from heartbeat_assets.telemetry.careful_reader import careful_copy
from heartbeat_assets.telemetry.line_walk import Walk, walk_lines
from heartbeat_assets.telemetry.manifest import Part
from heartbeat_assets.warehouse import QueryProblem, connect, run


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

    `first_line` is the number its first line has in `file`. Raises HeartbeatError when the part cannot be written.
    """
    name = f"part-{uuid.uuid4().hex[:12]}"
    parquet = folder / f"{name}.parquet"
    rows, bad_rows = _convert(lines, parquet, scratch)
    walk = walk_lines(lines, bad_rows=bad_rows, first_line=first_line)
    if walk.not_blank != rows:
        # The engine split lines in a way of its own: its row numbers cannot be trusted, so read exactly.
        rows, bad_rows = _convert_carefully(lines, parquet, scratch)
        walk = walk_lines(lines, bad_rows=bad_rows, first_line=first_line)
    part = Part(name, start, end, rows, len(bad_rows), walk.line_ends, tail)
    if walk.bad:
        write_chunks_atomically(folder / part.quarantine, _quarantine(walk, file))
    return part


def merge_parts(parts: Sequence[Part], folder: Path, scratch: Path) -> Part:
    """One part for `parts`, which follow each other, so that a file that grows all day stays a few parts."""
    name = f"part-{uuid.uuid4().hex[:12]}"
    names = ", ".join(typed_sql.quoted(str(folder / part.parquet)) for part in parts)
    partial = folder / f"{name}.partial"
    with connect(scratch, keep_order=True) as connection:
        target = typed_sql.quoted(str(partial))
        run(
            connection,
            f"COPY (SELECT * FROM read_parquet([{names}])) TO {target} (FORMAT parquet, COMPRESSION zstd)",
        )
    partial.replace(folder / f"{name}.parquet")
    merged = Part(
        name,
        parts[0].start,
        parts[-1].end,
        rows=sum(part.rows for part in parts),
        bad=sum(part.bad for part in parts),
        line_ends=sum(part.line_ends for part in parts),
    )
    if merged.bad:
        kept = [(folder / part.quarantine).read_bytes() for part in parts if part.bad]
        write_chunks_atomically(folder / merged.quarantine, kept)
    return merged


def _convert(lines: Path, parquet: Path, scratch: Path) -> tuple[int, list[int]]:
    try:
        return _copy_to_parquet(lines, parquet, scratch)
    except QueryProblem as problem:
        if "maximum_object_size" not in str(problem):
            raise HeartbeatError(f"{lines}: cannot be turned into Parquet at {parquet}: {problem}") from problem
        return _convert_carefully(lines, parquet, scratch)


def _convert_carefully(lines: Path, parquet: Path, scratch: Path) -> tuple[int, list[int]]:
    copy = scratch / f"{parquet.stem}.careful"
    try:
        careful_copy(lines, copy)
        return _copy_to_parquet(copy, parquet, scratch)
    finally:
        copy.unlink(missing_ok=True)


def _copy_to_parquet(lines: Path, parquet: Path, scratch: Path) -> tuple[int, list[int]]:
    """Writes the typed events; returns how many rows there are and the positions of those that could not be read."""
    partial = parquet.with_suffix(".partial")
    with connect(scratch, keep_order=True) as connection:
        typed_sql.register_careful_functions(connection)
        events = typed_sql.typed_events(typed_sql.raw_lines([str(lines)]), {})
        target, columns = typed_sql.quoted(str(partial)), ", ".join(typed_sql.TYPED_COLUMNS)
        try:
            run(
                connection,
                f"COPY (SELECT {columns} FROM ({events})) TO {target} (FORMAT parquet, COMPRESSION zstd)",
            )
            run(connection, f"SELECT count(*) FROM read_parquet({target})")
            (rows,) = connection.fetchall()[0]
            run(
                connection,
                f"SELECT file_row_number FROM read_parquet({target}, file_row_number=true) "
                "WHERE session_id IS NULL ORDER BY file_row_number",
            )
            bad_rows = [int(row) for (row,) in connection.fetchall()]
        except QueryProblem:
            partial.unlink(missing_ok=True)
            raise
    with partial.open("rb") as written:
        os.fsync(written.fileno())
    partial.replace(parquet)
    return int(rows), bad_rows


def _quarantine(walk: Walk, file: str) -> list[bytes]:
    return [json.dumps(line.document(file), ensure_ascii=False).encode("utf-8") + b"\n" for line in walk.bad]
