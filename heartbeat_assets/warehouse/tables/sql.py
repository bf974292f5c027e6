"""The pieces of SQL that readers of tables put together: quoted names and texts, and what a query returns.

A view keeps no bound parameters, so a file's name inside it is a literal. It must not know kinds of tables.
"""

from __future__ import annotations

import glob
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heartbeat_assets.warehouse.query import QueryProblem, run

if TYPE_CHECKING:
    import duckdb

# What the engine is to call the column with a row's file, unlike any column of a table.
ENGINE_FILE = "file of the row"


def identifier(name: str) -> str:
    """`name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """`text` as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def file_list(files: Iterable[Path]) -> str:
    """`files` as the list that the engine's readers take; no name among them is a pattern."""
    return "[" + ", ".join(literal(glob.escape(str(file))) for file in files) + "]"


def fetched(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Every row that `sql` returns. Raises QueryProblem in the engine's words."""
    import duckdb

    run(connection, sql, parameters)
    # A result may be worked out only now, when it is fetched.
    try:
        return connection.fetchall()
    except duckdb.Error as problem:
        raise QueryProblem(str(problem).strip()) from problem


_SHORT = {"TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ"}


def described(connection: duckdb.DuckDBPyConnection, relation: str) -> tuple[tuple[str, str], ...]:
    """Name and SQL type of each column of `relation`, a table's quoted name or any other FROM item."""
    return tuple(
        (str(name), _SHORT.get(kind, kind)) for name, kind, *_ in fetched(connection, f"DESCRIBE FROM {relation}")
    )
