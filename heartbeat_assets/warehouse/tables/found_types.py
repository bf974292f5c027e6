"""Types for columns nobody declared, found over every value: the narrowest that loses nothing.

Only for text and JSON, which say no types themselves. It must not be asked about a table whose columns have types.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from heartbeat_assets.warehouse.tables.columns import fitted
from heartbeat_assets.warehouse.tables.rows import Raw, Rows
from heartbeat_assets.warehouse.tables.sql import fetched

if TYPE_CHECKING:
    import duckdb

# The narrowest first. A list or an object fits none of them and makes its column JSON.
_CANDIDATES = ("boolean", "integer", "number", "date", "timestamp", "text")
# Digits that start with 0 are an identifier, and so are more of them than a number keeps.
_INTEGER = r"-?(0|[1-9]\d*)"
_NUMBER = rf"{_INTEGER}(\.\d+([eE][+-]?\d+)?|[eE][+-]?\d+)"
_DATE = r"\d{4}-\d\d-\d\d"
_TIMESTAMP = rf"{_DATE}.*"
_FIRST_ROWS = 10_000
_JSON_TYPES = {
    "boolean": ("BOOLEAN",),
    "integer": ("UBIGINT", "BIGINT"),
    "number": ("UBIGINT", "BIGINT", "DOUBLE"),
    "date": ("VARCHAR",),
    "timestamp": ("VARCHAR",),
    "text": ("VARCHAR", "BOOLEAN", "UBIGINT", "BIGINT", "DOUBLE"),
}


def found_types(connection: duckdb.DuckDBPyConnection, parts: Sequence[Rows]) -> dict[str, str]:
    """A type for each column of `parts`, one of COLUMN_TYPES that every value fits. Raises QueryProblem."""
    possible: dict[str, list[str]] = {}
    for rows in parts:
        # The first rows rule out nearly everything, so that a pass over all of them is cheap.
        for source in (f"(FROM {rows.scan} LIMIT {_FIRST_ROWS})", rows.scan):
            asked = [(name, wanted) for name in rows.columns for wanted in possible.get(name, _CANDIDATES)]
            tests = ", ".join(f"bool_and({_fits(rows.columns[name], wanted)})" for name, wanted in asked)
            answers = fetched(connection, f"SELECT {tests or 'NULL'} FROM {source}")[0]
            possible |= {name: [] for name in rows.columns}
            for (name, wanted), fits in zip(asked, answers, strict=False):
                # NULL where there is no value: then everything fits.
                if fits is not False:
                    possible[name].append(wanted)
    return {name: _narrowest(fits) for name, fits in possible.items()}


def _narrowest(fits: Sequence[str]) -> str:
    if len(fits) == len(_CANDIDATES):
        # There is no value at all.
        return "text"
    return fits[0] if fits else "json"


def _fits(raw: Raw, wanted: str) -> str:
    """SQL that is true for a value that is written as `wanted`, false for another, NULL for none."""
    text = fitted(raw.sql, raw.type, "text")
    test = _written_as(text, fitted(raw.sql, raw.type, wanted), wanted)
    if raw.type == "JSON":
        types = ", ".join(f"'{type_}'" for type_ in _JSON_TYPES[wanted])
        test = f"json_type({raw.sql}) IN ({types}) AND ({test})"
    return f"CASE WHEN {text} IS NOT NULL THEN {test} END"


def _written_as(text: str, value: str, wanted: str) -> str:
    match wanted:
        case "text":
            return "true"
        case "boolean":
            return f"lower({text}) IN ('true', 'false')"
        case "number":
            whole = f"WHEN regexp_full_match({text}, '{_INTEGER}') THEN TRY_CAST({text} AS BIGINT) IS NOT NULL"
            return f"CASE {whole} WHEN regexp_full_match({text}, '{_NUMBER}') THEN {value} IS NOT NULL ELSE false END"
        case _:
            pattern = {"integer": _INTEGER, "date": _DATE, "timestamp": _TIMESTAMP}[wanted]
            return f"CASE WHEN regexp_full_match({text}, '{pattern}') THEN {value} IS NOT NULL ELSE false END"
