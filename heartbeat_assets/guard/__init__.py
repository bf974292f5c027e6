"""The application's question before it acts: is this domain allowed to?

    from heartbeat_assets.guard import is_allowed, require_allowed, NotAllowed, risk_reserve_or_raise, risk_settle

    if is_allowed("WHOLESALE"):
        send_offer()

`db` is what `heartbeat_assets.emit` takes: a SQLAlchemy session, connection or engine, a ledger's URL, or None for the
configured ledger. Importing this loads nothing but the standard library. It must not import Dagster, pandas or DuckDB,
nor engage or release a switch.
"""

from heartbeat_assets.guard.allowed import NotAllowed, is_allowed, require_allowed
from heartbeat_assets.guard.risk import risk_reserve_or_raise, risk_settle

__all__ = ["NotAllowed", "is_allowed", "require_allowed", "risk_reserve_or_raise", "risk_settle"]
