"""Where SQL runs: DuckDB in this process and in memory by default.

Knows connections, a few portable functions, how rows from anywhere become a table, and how to run a query; it must
not know lanes, telemetry or verdicts.
"""

from heartbeat_assets.warehouse.connection import connect
from heartbeat_assets.warehouse.query import (
    QueryProblem,
    add_document,
    add_rows,
    all_rows,
    count_rows,
    one_row,
    run,
    write_parquet,
)
from heartbeat_assets.warehouse.tables import (
    ColumnsMissing,
    TableAt,
    TableMissing,
    TableProblem,
    TableSeen,
    TableUnreadable,
    add_table,
    table_files,
)

__all__ = [
    "ColumnsMissing",
    "QueryProblem",
    "TableAt",
    "TableMissing",
    "TableProblem",
    "TableSeen",
    "TableUnreadable",
    "add_document",
    "add_rows",
    "add_table",
    "all_rows",
    "connect",
    "count_rows",
    "one_row",
    "run",
    "table_files",
    "write_parquet",
]
