"""The application's door: product code emits a business event in one line, and is never broken by it.

    from heartbeat_assets.emit import kpi_success, kpi_fail, kpi_value, kpi_timed_step

    kpi_success(db, "WHOLESALE", "offer_sent", actor="broker", correlation_id="offer_123")
    with kpi_timed_step(db, "BUYER_MATCH", "algorithm_run", actor="matcher"):
        run_matching_algorithm()

`db` is a SQLAlchemy session, connection or engine, a ledger's URL, or None for the configured ledger. Importing this
loads nothing but the standard library. It must not import Dagster, pandas or DuckDB, nor judge an event.
"""

from heartbeat_assets.emit.emitting import kpi_fail, kpi_success, kpi_value
from heartbeat_assets.emit.outlets import dropped, flush
from heartbeat_assets.emit.timed_step import kpi_timed_step

__all__ = ["dropped", "flush", "kpi_fail", "kpi_success", "kpi_timed_step", "kpi_value"]
