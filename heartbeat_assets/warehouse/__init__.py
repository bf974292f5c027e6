"""Where SQL runs: DuckDB in this process and in memory by default.

Knows connections, a few portable functions and how to run a query; it must not know lanes, telemetry or verdicts.
"""

from heartbeat_assets.warehouse.connection import connect
from heartbeat_assets.warehouse.query import QueryProblem, add_document, add_rows, one_row, run, write_parquet

__all__ = ["QueryProblem", "add_document", "add_rows", "connect", "one_row", "run", "write_parquet"]
