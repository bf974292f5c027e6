"""Which files a path means and what format they have, by their names and, where a name says nothing, first bytes.

It must not read rows.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from heartbeat_assets.warehouse.tables.problems import TableMissing, TableUnreadable

FORMATS = ("auto", "csv", "parquet", "json", "ndjson", "sqlite", "duckdb")
DATABASES = ("sqlite", "duckdb")
_SUFFIXES = {
    ".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".pq": "parquet",
    ".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson",
    ".sqlite": "sqlite", ".sqlite3": "sqlite", ".duckdb": "duckdb", ".ddb": "duckdb",
}  # fmt: skip
TEXT_FORMATS = ("csv", "json", "ndjson")
_PACKED = ".gz"
_SQLITE, _DUCKDB, _PARQUET = b"SQLite format 3\0", b"DUCK", b"PAR1"
_DUCKDB_AT = 8


@dataclass(frozen=True)
class TableAt:
    """Where rows are. `path`: a file, folder or glob, or the URL of a warehouse.

    `format` is one of FORMATS, or "warehouse". `table` is the table in a database, may be "schema.table".
    """

    path: str
    format: str = "auto"
    table: str = ""


def matching_files(at: TableAt) -> list[Path]:
    """The files that `at` means, sorted: the file itself, those right in a folder, or those a glob matches.

    All are of one format, by their names; where a format is given, a glob takes any name. Files whose name starts with
    "." or "_" are left alone. Raises TableMissing when there is none, TableUnreadable when they cannot be listed or
    are of several formats.
    """
    path = Path(at.path)
    try:
        if path.is_dir():
            return _of_one_format(at, path.iterdir(), in_folder=True)
        if path.exists():
            return [_readable(path)]
        if path.is_symlink() or not any(character in at.path for character in "*?["):
            raise TableMissing(f"{at.path}: no such file")
        return _of_one_format(at, _matches(path), in_folder=False)
    except OSError as problem:
        raise TableUnreadable(f"{at.path}: {problem.strerror or problem}") from problem


def _matches(path: Path) -> Iterable[Path]:
    """What a glob matches. The folders that are there by the name as written are no pattern, whatever their name."""
    parts = path.parts
    known = next((count for count in range(len(parts) - 1, 0, -1) if Path(*parts[:count]).is_dir()), 0)
    folder, pattern = Path(*parts[:known]), Path(*parts[known:])
    for name in glob.glob(str(pattern), root_dir=folder, recursive=True):  # noqa: PTH207
        if not any(part.startswith("_") for part in Path(name).parts):
            yield folder / name


def _of_one_format(at: TableAt, candidates: Iterable[Path], *, in_folder: bool) -> list[Path]:
    if in_folder and at.format in DATABASES:
        raise TableUnreadable(f"{at.path}: is a folder; name the {at.format} file itself")
    found: dict[str, list[Path]] = {}
    for file in candidates:
        named = at.format if at.format != "auto" and not in_folder else format_by_name(file)
        wanted = named in TEXT_FORMATS or named == "parquet" or (named in DATABASES and not in_folder)
        if wanted and not file.name.startswith((".", "_")) and file.is_file():
            found.setdefault(_alike(str(named)), []).append(_readable(file))
    if at.format != "auto":
        found = {format_: files for format_, files in found.items() if format_ == _alike(at.format)}
    if not found:
        suffixes = " ".join(suffix for suffix, format_ in _SUFFIXES.items() if format_ not in DATABASES)
        raise TableMissing(f"{at.path}: no file fits; names end in {suffixes}, the text ones also with {_PACKED}")
    if len(found) > 1:
        each = ", ".join(f"{min(files).name} is {format_}" for format_, files in sorted(found.items()))
        raise TableUnreadable(f"{at.path}: files of several formats: {each}; give the format, or a narrower path")
    return sorted(*found.values())


def _alike(format_: str) -> str:
    """Many writers put NDJSON into a file called .json: the two are read alike and may lie side by side."""
    return "json" if format_ == "ndjson" else format_


def _readable(file: Path) -> Path:
    """`file`, when it is one that the engine can open by its name."""
    try:
        str(file).encode("utf-8")
    except UnicodeEncodeError as problem:
        shown = os.fsencode(file).decode("utf-8", "backslashreplace")
        raise TableUnreadable(f"{shown}: its name is not UTF-8 text; rename the file") from problem
    if not file.is_file():
        raise TableUnreadable(f"{file}: is a pipe or a device, which can be read only once; save it as a file")
    return file


def format_by_name(file: Path) -> str | None:
    """The format that the suffix of `file` says, or None when it says none."""
    packed = file.name.lower().endswith(_PACKED)
    name = Path(file.name.lower()).stem if packed else file.name.lower()
    format_ = _SUFFIXES.get(Path(name).suffix)
    return None if packed and format_ not in TEXT_FORMATS else format_


def file_format(file: Path, wanted: str = "auto") -> str:
    """The format of `file`: `wanted`, or what its name says, or its first bytes. Raises TableUnreadable."""
    if wanted != "auto":
        return wanted
    if named := format_by_name(file):
        return named
    try:
        with file.open("rb") as opened:
            start = opened.read(len(_SQLITE))
    except OSError as problem:
        raise TableUnreadable(f"{file}: {problem.strerror or problem}") from problem
    if start == _SQLITE:
        return "sqlite"
    if start[_DUCKDB_AT:].startswith(_DUCKDB):
        return "duckdb"
    if start.startswith(_PARQUET):
        return "parquet"
    known = ", ".join(FORMATS[1:])
    raise TableUnreadable(f"{file}: neither its name nor its first bytes say what it holds; give a format: {known}")


def newest_change(files: Iterable[Path]) -> datetime | None:
    """When the newest of `files` was changed, in UTC; None without files.

    A database's write-ahead log counts: changes lie there before they come into the file. An empty one is left by
    whoever looked last.
    """
    changes = []
    for file in files:
        logs = (file.with_name(file.name + suffix) for suffix in ("-wal", ".wal"))
        for one in (file, *logs):
            if one == file or (one.is_file() and one.stat().st_size):
                changes.append(one.stat().st_mtime)
    return datetime.fromtimestamp(max(changes), UTC) if changes else None
