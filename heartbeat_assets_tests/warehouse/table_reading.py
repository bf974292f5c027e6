"""Reading a table in a test: what `add_table` saw, and its rows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from heartbeat_assets.warehouse import connect
from heartbeat_assets.warehouse.tables import TableAt, TableProblem, TableSeen, add_table

Found = list[tuple[Any, ...]]


def read(
    scratch: Path, path: object, columns: Mapping[str, str] | None = None, *, format: str = "auto", table: str = ""
) -> tuple[TableSeen, Found]:
    """The table at `path` and its rows, in an order that depends on nothing but the rows."""
    with connect(scratch) as connection:
        seen = add_table(connection, "rows of it", TableAt(str(path), format, table), columns or {}, scratch)
        rows = connection.execute('SELECT * FROM "rows of it" ORDER BY ALL NULLS LAST').fetchall()
    return seen, rows


def rows_of(scratch: Path, path: object, columns: Mapping[str, str] | None = None, **where: str) -> Found:
    """The rows of the table at `path`."""
    return read(scratch, path, columns, **where)[1]


def refusal(scratch: Path, path: object, columns: Mapping[str, str] | None = None, **where: str) -> TableProblem:
    """What `add_table` says instead of making the table; it leaves neither a table nor a file behind."""
    with connect(scratch) as connection:
        with pytest.raises(TableProblem) as raised:
            add_table(connection, "t", TableAt(str(path), **where), columns or {}, scratch)
        left = connection.execute("SELECT table_name FROM information_schema.tables").fetchall()
        assert left == []
        assert connection.execute("SELECT count(*) FROM duckdb_databases() WHERE NOT internal").fetchone() == (1,)
    assert [file for file in scratch.iterdir() if file.name.startswith("table-")] == []
    assert "\n" not in str(raised.value)
    return raised.value
