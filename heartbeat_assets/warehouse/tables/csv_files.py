"""CSV files as a table: header first, fields as text, an empty field is NULL.

Every field is read as text and fitted afterwards, so that no identifier loses its zeros. It must not decide what fits
a type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from heartbeat_assets.warehouse.query import QueryProblem
from heartbeat_assets.warehouse.tables.csv_walk import (
    LONGEST_RECORD_BYTES,
    CsvFault,
    even_copy,
    first_fault,
    line_with,
    names_twice,
    records,
    unreadable,
)
from heartbeat_assets.warehouse.tables.found_types import found_types
from heartbeat_assets.warehouse.tables.plain import new_file, plain_file, reading
from heartbeat_assets.warehouse.tables.problems import TableUnreadable, engine_words, listed
from heartbeat_assets.warehouse.tables.rows import Raw, Rows, check_columns, store
from heartbeat_assets.warehouse.tables.sql import ENGINE_FILE, file_list, literal

if TYPE_CHECKING:
    import duckdb

_DELIMITERS = ",;\t"
_CHUNK = 4 * 1024 * 1024


@dataclass(frozen=True)
class CsvFile:
    """A file, the plain text of it, and how its records are written.

    `lines_before` are blank ones above the header. `quoted`: there may be quotes. `even`: every line ends alike.
    """

    file: Path
    plain: Path
    delimiter: str
    header: tuple[str, ...]
    lines_before: int
    quoted: bool = True
    even: bool = False


def add_csv(
    connection: duckdb.DuckDBPyConnection, name: str, files: Sequence[Path], columns: Mapping[str, str], folder: Path
) -> None:
    """Makes the table `name` of the rows of CSV `files`; copies that it needs go to `folder`.

    Raises ColumnsMissing and TableUnreadable.
    """
    found = [_opened(file, columns, folder) for file in files]
    try:
        try:
            _store(connection, name, found, columns)
        except QueryProblem:
            # The engine takes neither mixed line ends nor much else that is readable all the same.
            _store(connection, name, [_evened(file, folder) for file in found], columns)
    except QueryProblem as problem:
        raise TableUnreadable(f"{files[0]}: {engine_words(problem)}") from problem


def _store(
    connection: duckdb.DuckDBPyConnection, name: str, found: Sequence[CsvFile], columns: Mapping[str, str]
) -> None:
    parts = list(_parts(found))
    if not columns:
        check_columns(str(found[0].file), [], list(dict.fromkeys(name for rows in parts for name in rows.columns)))
    store(connection, name, parts, columns or found_types(connection, parts))


def _opened(file: Path, columns: Mapping[str, str], folder: Path) -> CsvFile:
    plain = plain_file(file, folder)
    candidates, faults = [], []
    for delimiter in _DELIMITERS:
        try:
            candidates.append(_header(file, plain, delimiter))
        except CsvFault as fault:
            faults.append(fault)
    if not candidates:
        raise unreadable(file, faults[0])
    best = max(candidates, key=lambda one: (len(set(columns).intersection(one.header)), len(one.header)))
    if twice := names_twice(best.header):
        raise TableUnreadable(f"{file}, line {best.lines_before + 1}: the header has {listed(twice)} more than once")
    check_columns(str(file), columns, _names(best.header))
    if len(best.header) == 1:
        # A blank line would be a row of one NULL.
        return _evened(best, folder)
    if not _has_quotes(file, plain):
        return replace(best, quoted=False)
    _refuse_faults(best)
    return best


def _header(file: Path, plain: Path, delimiter: str) -> CsvFile:
    with closing(records(plain, delimiter)) as found:
        for line, fields in found:
            return CsvFile(file, plain, delimiter, tuple(fields), line - 1)
    raise TableUnreadable(f"{file}: is empty; a CSV file starts with a line of column names")


def _names(header: Sequence[str]) -> list[str]:
    """The names of the columns; one without a name, like an index that was written along, is called by its place."""
    return [field or f"column{position}" for position, field in enumerate(header)]


def _has_quotes(file: Path, plain: Path) -> bool:
    with reading(file), plain.open("rb") as opened:
        return any(b'"' in chunk for chunk in iter(lambda: opened.read(_CHUNK), b""))


def _refuse_faults(found: CsvFile) -> None:
    """Raises TableUnreadable for the first fault: the engine drops the end of a file where a quote is not closed."""
    if fault := first_fault(found.plain, found.delimiter, len(found.header)):
        raise unreadable(found.file, fault)


def _evened(found: CsvFile, folder: Path) -> CsvFile:
    """The same records in a form that the engine takes. Raises TableUnreadable with the line when there is a fault."""
    _refuse_faults(found)
    copy = new_file(folder)
    even_copy(found.plain, found.delimiter, len(found.header), copy)
    return replace(found, plain=copy, lines_before=0, even=True)


def _parts(found: Sequence[CsvFile]) -> Iterator[Rows]:
    """One FROM item for all files with the same header."""
    alike: dict[tuple[object, ...], list[CsvFile]] = {}
    for one in found:
        alike.setdefault((one.delimiter, one.header, one.lines_before, one.even), []).append(one)
    for files in alike.values():
        first = files[0]
        by_engine_name = {str(one.plain): one for one in files}
        yield Rows(
            _scan(files),
            {name: Raw(f"c{position}", "VARCHAR") for position, name in enumerate(_names(first.header))},
            str(first.file),
            {plain: one.file for plain, one in by_engine_name.items()},
            partial(_line_of, by_engine_name),
        )


def _line_of(by_engine_name: Mapping[str, CsvFile], plain: Path, column: str, value: str) -> int | None:
    found = by_engine_name[str(plain)]
    return line_with(found.plain, found.delimiter, _names(found.header).index(column), value)


def _scan(files: Sequence[CsvFile]) -> str:
    first = files[0]
    columns = ", ".join(f"'c{position}': 'VARCHAR'" for position in range(len(first.header)))
    parallel = not any(one.quoted for one in files)
    return f"""read_csv({file_list(one.plain for one in files)}, auto_detect=false, columns={{{columns}}}, header=true,
        skip={first.lines_before}, delim={literal(first.delimiter)}, quote='"', escape='"', nullstr='',
        compression='none', filename={literal(ENGINE_FILE)}, {reader_options(parallel=parallel, even=first.even)})"""


def reader_options(*, parallel: bool, even: bool) -> str:
    """Options of the engine's CSV reader: how long a record may be, whether threads share a file, how lines end.

    Threads must not share one in which values are quoted: the one that starts inside a value with line ends takes it
    for rows. And `even` lines must be called so: else the first line end in the file counts, even inside a value.
    """
    line_ends = r", new_line='\r\n'" if even else ""
    return (
        f"parallel={parallel}, max_line_size={LONGEST_RECORD_BYTES}, buffer_size={2 * LONGEST_RECORD_BYTES}{line_ends}"
    )
