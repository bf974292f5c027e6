"""One input file into its Parquet parts, each of its lines exactly once.

1. A file whose size and time are as the manifest says has nothing new.
2. A file that only grew is read from its last whole line; a last line without a line end was read for the time being
   and is read again.
3. Any other change, and every packed file that changed, is read anew from its start.
4. New parts are complete on disk before the manifest names them; what no manifest names is removed.

It must not look at other files of the source; `store` does.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from heartbeat_assets.files import write_chunks_atomically
from heartbeat_assets.telemetry.event_files import compression_of, plain, reading
from heartbeat_assets.telemetry.manifest import MANIFEST, Manifest, Part, load_manifest
from heartbeat_assets.telemetry.part import merge_parts, write_part

_CHUNK = 8 * 1024 * 1024
_MARK_BYTES = 64 * 1024
_MERGE_ABOVE = 24


@dataclass(frozen=True)
class FileResult:
    """What reading one file came to: its manifest, and the rows and bytes that were new."""

    manifest: Manifest
    new_rows: int
    new_bad: int
    bytes_read: int


def ingest_file(path: Path, name: str, folder: Path, scratch: Path) -> FileResult:
    """Brings the parts in `folder` up to date with the file at `path`, known as `name` within its source.

    Raises InputUnreadable when the file cannot be read, and HeartbeatError of another kind or OSError when `folder` or
    `scratch` cannot be written. What is known of the file then stays as it was.
    """
    known = load_manifest(folder)
    with reading(path):
        stat = path.stat()
    folder.mkdir(parents=True, exist_ok=True)
    _remove_unnamed(folder, known)
    if known and (known.size, known.mtime_ns) == (stat.st_size, stat.st_mtime_ns):
        return FileResult(known, 0, 0, 0)
    packed = compression_of(path) is not None
    kept, manifest = _read(path, name, folder, scratch, known, stat, packed)
    new = [part for part in manifest.parts if part not in kept]
    if len(manifest.whole_parts) > _MERGE_ABOVE:
        merged = merge_parts(manifest.whole_parts, folder, scratch)
        manifest = replace(manifest, parts=(merged, *(part for part in manifest.parts if part.tail)))
    manifest.save(folder)
    _remove_unnamed(folder, manifest)
    return FileResult(
        manifest,
        new_rows=sum(part.rows for part in new),
        new_bad=sum(part.bad for part in new),
        bytes_read=sum(part.end - part.start for part in new),
    )


def _read(
    path: Path,
    name: str,
    folder: Path,
    scratch: Path,
    known: Manifest | None,
    stat: os.stat_result,
    packed: bool,
) -> tuple[tuple[Part, ...], Manifest]:
    if packed:
        with plain(path, scratch) as lines:
            size = lines.stat().st_size
            part = write_part(lines, folder, scratch, file=name, start=0, end=size, first_line=1)
        return (), Manifest(name, stat.st_size, stat.st_mtime_ns, "", True, (part,))
    kept = known.whole_parts if known and _only_grew(path, known, stat) else ()
    start = kept[-1].end if kept else 0
    first_line = 1 + sum(part.line_ends for part in kept)
    whole_end = _end_of_whole_lines(path, start, stat.st_size)
    # Before the parts: should the file be replaced while they are read, the next look finds that the mark is not its.
    mark = _mark(path, whole_end)
    parts = list(kept)
    if whole_end > start:
        parts.append(_part(path, name, folder, scratch, stat, start, whole_end, first_line, tail=False))
        first_line += parts[-1].line_ends
    if stat.st_size > whole_end:
        parts.append(_part(path, name, folder, scratch, stat, whole_end, stat.st_size, first_line, tail=True))
    return kept, Manifest(name, stat.st_size, stat.st_mtime_ns, mark, False, tuple(parts))


def _part(
    path: Path, name: str, folder: Path, scratch: Path, stat: os.stat_result,
    start: int, end: int, first_line: int, *, tail: bool,
) -> Part:  # fmt: skip
    """A part of exactly the bytes `start` to `end`, however much is being written behind them meanwhile."""
    about = {"file": name, "start": start, "end": end, "first_line": first_line, "tail": tail}
    if start == 0 and end == stat.st_size:
        part = write_part(path, folder, scratch, **about)  # type: ignore[arg-type]
        with reading(path):
            after = path.stat()
        if (after.st_size, after.st_mtime_ns) == (stat.st_size, stat.st_mtime_ns):
            return part
    copy = scratch / f"{folder.name}.range"
    try:
        write_chunks_atomically(copy, _range(path, start, end))
        return write_part(copy, folder, scratch, **about)  # type: ignore[arg-type]
    finally:
        copy.unlink(missing_ok=True)


def _range(path: Path, start: int, end: int) -> Iterator[bytes]:
    with reading(path), path.open("rb") as file:
        file.seek(start)
        while start < end and (chunk := file.read(min(_CHUNK, end - start))):
            start += len(chunk)
            yield chunk


def _end_of_whole_lines(path: Path, start: int, end: int) -> int:
    """The offset behind the last line feed in the bytes `start` to `end`, or `start` when there is none."""
    with reading(path), path.open("rb") as file:
        while end > start:
            begin = max(start, end - _CHUNK)
            file.seek(begin)
            found = file.read(end - begin).rfind(b"\n")
            if found >= 0:
                return begin + found + 1
            end = begin
    return start


def _only_grew(path: Path, known: Manifest, stat: os.stat_result) -> bool:
    return not known.packed and stat.st_size > known.size and known.mark == _mark(path, known.whole_bytes)


def _mark(path: Path, whole_bytes: int) -> str:
    """A hash over the first and the last bytes of what was read, to tell growth from other content."""
    with reading(path), path.open("rb") as file:
        head = file.read(min(_MARK_BYTES, whole_bytes))
        file.seek(max(0, whole_bytes - _MARK_BYTES))
        tail = file.read(min(_MARK_BYTES, whole_bytes))
    return hashlib.sha256(head + tail).hexdigest()


def _remove_unnamed(folder: Path, manifest: Manifest | None) -> None:
    """Removes what an interrupted or an earlier reading left and no manifest names."""
    names = {part.name for part in manifest.parts} if manifest else set()
    for file in folder.iterdir():
        if file.name != MANIFEST and file.name.split(".")[0] not in names:
            file.unlink(missing_ok=True)
