"""Connections to the engine, with the settings every query of the project relies on.

In memory, one per use: a DuckDB file open for writing would lock every other process out, readers too. It must not
run a lane's SQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    from duckdb import DuckDBPyConnection as Connection

    __all__ = ["Connection", "connect"]

# Every blank of Unicode, as Python has them. The engine's own `trim` and `\s` know fewer.
_BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))
# The one letter that the engine turns into another lower case than Python; a final sigma apart.
_DOTTED_I = "\u0130"
# The functions lane SQL may use beside standard SQL, so that "a number in text counts" means the same everywhere.
_FUNCTIONS = rf"""
CREATE MACRO as_trimmed(value) AS CASE
    WHEN value[1] BETWEEN '!' AND '~' AND value[-1] BETWEEN '!' AND '~' THEN value
    ELSE trim(value, '{_BLANKS}') END;
CREATE MACRO as_number(value) AS CASE
    WHEN regexp_full_match(as_trimmed(value), '[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?')
     AND isfinite(coalesce(try_cast(as_trimmed(value) AS DOUBLE), 'inf'::DOUBLE))
    THEN try_cast(as_trimmed(value) AS DOUBLE) END;
CREATE MACRO as_token(value) AS regexp_replace(
    lower(replace(as_trimmed(value), '{_DOTTED_I}', '{_DOTTED_I.lower()}')), '[{_BLANKS}-]', '_', 'g'
);
"""


@contextmanager
def connect(scratch: Path, *, keep_order: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to an empty in-memory database in UTC that spills to `scratch` when memory runs short.

    `keep_order` keeps rows in the order they were read, which costs memory and is needed only when they are stored.
    """
    import duckdb

    connection = duckdb.connect(":memory:")
    try:
        # Not in the config: there the time zone is ignored.
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET autoinstall_known_extensions = false")
        connection.execute("SET temp_directory = ?", [str(scratch / "spill")])
        connection.execute("SET preserve_insertion_order = ?", [keep_order])
        connection.execute(_FUNCTIONS)
        yield connection
    finally:
        connection.close()
