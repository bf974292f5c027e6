"""The schema's history, run by Alembic, the same for SQLite and PostgreSQL.

To add tables: write `versions/m000N_<what>.py` with `revision`, `down_revision` and `upgrade`, add its
revision to `REVISIONS` in ledger/schema.py, and give append-only tables their guards with
`guards.append_only`. A released migration never changes, and there is no way back down: a ledger is never
unmade.
"""
