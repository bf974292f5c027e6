"""The core: a lane is a SQL query plus a contract. Spec -> digest -> heartbeat -> window verdict -> retention.

Plain Python: it must not import dagster, a web framework, duckdb or SQLAlchemy; it asks `telemetry`, `warehouse` and
`ledger` for what they own.
"""
