"""The metrics: a SQL file each, computed every tick, with history, benchmark, thresholds, owner and signature.

Plain Python: it must not import dagster, a web framework, duckdb or SQLAlchemy; it asks `sources`, `warehouse` and
`ledger` for what they own.
"""
