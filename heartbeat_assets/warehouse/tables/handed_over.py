"""Rows that a program hands over, of columns it knows, as a table that SQL can read.

They pass through a file in scratch, as those of another database do, so a million of them take seconds. It must not
know where they come from.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heartbeat_assets.warehouse.query import QueryProblem, run
from heartbeat_assets.warehouse.tables.adding import TableSeen
from heartbeat_assets.warehouse.tables.problems import TableUnreadable, engine_words
from heartbeat_assets.warehouse.tables.relay import new_relay
from heartbeat_assets.warehouse.tables.sql import described, identifier

if TYPE_CHECKING:
    import duckdb

RowsWith = Callable[[str], Iterable[Sequence[Any]]]
"""Called with the text that must stand where a row has no value, and returns the rows."""


def add_handed_over(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    types: Mapping[str, str],
    rows_with: RowsWith,
    scratch: Path,
    *,
    where: str,
) -> TableSeen:
    """Makes the table `name` with the columns and SQL `types` of what `rows_with` returns; `where` names the rows.

    Raises TableUnreadable for a value that does not fit, and whatever `rows_with` raises.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="table-") as folder:
        relay = new_relay(Path(folder))
        relay.take(rows_with(relay.null))
        rows = relay.rows(types, where)
        values = ", ".join(f"{raw.sql} AS {identifier(column)}" for column, raw in rows.columns.items())
        try:
            run(connection, f"CREATE TABLE {identifier(name)} AS SELECT {values} FROM {rows.scan}")
        except QueryProblem as problem:
            raise TableUnreadable(f"{where}: {engine_words(problem)}") from problem
    return TableSeen(described(connection, identifier(name)), (), None)
