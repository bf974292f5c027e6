"""JSON files as a table: an array of objects, or an object a line (NDJSON). A key is a column.

Every value is read as JSON and fitted afterwards, so that no number loses digits. It must not decide what fits a type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from heartbeat_assets.warehouse.query import QueryProblem
from heartbeat_assets.warehouse.tables.found_types import found_types
from heartbeat_assets.warehouse.tables.json_faults import LONGEST_OBJECT_BYTES, first_fault, refuse_single_object
from heartbeat_assets.warehouse.tables.plain import first_byte, last_byte, plain_file
from heartbeat_assets.warehouse.tables.problems import TableUnreadable, engine_words
from heartbeat_assets.warehouse.tables.rows import Raw, Rows, check_columns, store
from heartbeat_assets.warehouse.tables.sql import ENGINE_FILE, fetched, file_list, identifier, literal

if TYPE_CHECKING:
    import duckdb

_ARRAY, _LINES = "array", "newline_delimited"
_SHAPES = {b"[": _ARRAY, b"{": _LINES}
# A declared key that none of the first rows has is looked for in all of them.
_FIRST_ROWS = 1000


@dataclass(frozen=True)
class JsonFile:
    """A file, the plain text of it, and how the engine calls its shape."""

    file: Path
    plain: Path
    shape: str


def add_json(
    connection: duckdb.DuckDBPyConnection, name: str, files: Sequence[Path], columns: Mapping[str, str], folder: Path
) -> None:
    """Makes the table `name` of the objects in JSON `files`; copies that it needs go to `folder`.

    Raises ColumnsMissing and TableUnreadable.
    """
    found = [_opened(file, folder) for file in files]
    try:
        keys = list(columns) or _all_keys(connection, found)
        for one in found:
            _check_keys(connection, one, columns)
        parts = [_rows([one for one in found if one.shape == shape], keys) for shape in (_ARRAY, _LINES)]
        parts = [rows for rows in parts if rows.files]
        store(connection, name, parts, columns or found_types(connection, parts))
    except QueryProblem as problem:
        faults = (first_fault(one.file, one.plain, lines=one.shape == _LINES) for one in found)
        raise next(filter(None, faults), TableUnreadable(f"{found[0].file}: {engine_words(problem)}")) from problem


def _opened(file: Path, folder: Path) -> JsonFile:
    plain = plain_file(file, folder, marked=False)
    first = first_byte(plain)
    if not first and file.name.lower().removesuffix(".gz").endswith(".json"):
        raise TableUnreadable(f"{file}: is empty; a JSON table without rows is []")
    if first and first not in _SHAPES:
        raise TableUnreadable(f"{file}: holds neither an array of objects nor an object a line")
    shape = _SHAPES.get(first, _LINES)
    if plain.stat().st_size == 1:
        # The engine takes such a file for an empty one.
        raise TableUnreadable(f"{file}: is not JSON")
    if shape == _LINES:
        refuse_single_object(file, plain)
    elif last_byte(plain) != b"]":
        # The engine overlooks an end right behind a comma.
        raise TableUnreadable(f"{file}: the array ends too early; copy the file again")
    return JsonFile(file, plain, shape)


def _all_keys(connection: duckdb.DuckDBPyConnection, found: Sequence[JsonFile]) -> list[str]:
    keys = list(dict.fromkeys(key for one in found for key in _keys(connection, one)))
    if not keys:
        raise TableUnreadable(f"{found[0].file}: holds no rows, so its columns are not known; declare the columns")
    check_columns(str(found[0].file), [], keys)
    return keys


def _keys(connection: duckdb.DuckDBPyConnection, found: JsonFile) -> list[str]:
    """Every key of the objects in the file, roughly in the order they are written."""
    objects = f"(SELECT json_keys(json) AS keys FROM {_scan('read_json_objects', [found])})"
    each = f"(SELECT unnest(keys) AS key, generate_subscripts(keys, 1) AS place FROM {objects})"
    return [key for key, _ in fetched(connection, f"SELECT key, min(place) FROM {each} GROUP BY key ORDER BY 2, 1")]


def _check_keys(connection: duckdb.DuckDBPyConnection, found: JsonFile, columns: Mapping[str, str]) -> None:
    if not columns:
        return
    check_columns(str(found.file), columns, list(columns))
    first = f"(FROM {_rows([found], list(columns)).scan} LIMIT {_FIRST_ROWS})"
    counts = ", ".join(f"count({identifier(name)})" for name in columns)
    rows, *values = fetched(connection, f"SELECT count(*), {counts} FROM {first}")[0]
    if rows and not all(values):
        check_columns(str(found.file), columns, _keys(connection, found))


def _rows(found: Sequence[JsonFile], keys: Sequence[str]) -> Rows:
    as_json = ", ".join(f"{literal(key)}: 'JSON'" for key in keys)
    options = f"auto_detect=false, records=true, columns={{{as_json}}}, filename={literal(ENGINE_FILE)}"
    return Rows(
        _scan("read_json", found, options) if found else "",
        {key: Raw(identifier(key), "JSON") for key in keys},
        str(found[0].file) if found else "",
        {str(one.plain): one.file for one in found},
    )


def _scan(reader: str, found: Sequence[JsonFile], options: str = "ignore_errors=false") -> str:
    files = file_list(one.plain for one in found)
    return f"""{reader}({files}, format='{found[0].shape}', compression='none',
        maximum_object_size={LONGEST_OBJECT_BYTES}, {options})"""
