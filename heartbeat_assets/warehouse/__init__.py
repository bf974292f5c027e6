"""Where SQL runs: DuckDB in this process and in memory by default.

Knows connections, a few portable functions and how to run a query; `tables` has rows from anywhere. It must not know
lanes, telemetry or verdicts.
"""

from heartbeat_assets.warehouse.connection import connect
from heartbeat_assets.warehouse.query import (
    QueryProblem,
    add_document,
    add_rows,
    all_rows,
    count_rows,
    one_row,
    one_value,
    run,
    write_parquet,
)

__all__ = [
    "QueryProblem",
    "add_document",
    "add_rows",
    "all_rows",
    "connect",
    "count_rows",
    "one_row",
    "one_value",
    "run",
    "write_parquet",
]
