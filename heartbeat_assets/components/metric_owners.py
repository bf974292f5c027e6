"""Who owns a metric, as Dagster can show it when definitions are loaded.

Loading must stay possible and quick without a ledger: this must not make, migrate or need one.
"""

from __future__ import annotations

import re
from typing import Any

from heartbeat_assets.ledger import Ledger, LedgerError
from heartbeat_assets.ledger.location import locate
from heartbeat_assets.settings import Settings
from heartbeat_assets.specs.fields import owners as checked_owners

OWNER_TAG = "heartbeat/owner"
# What a tag's value may hold.
_NOT_IN_TAGS = re.compile(r"[^A-Za-z0-9_.-]")
_LONGEST_TAG = 63


def owners_in_ledger(settings: Settings) -> dict[str, str]:
    """The owner of each metric that has one; empty while there is no ledger that can be read."""
    try:
        location = locate(settings.ledger_url)
        if location.path is not None and not location.path.is_file():
            return {}
        rows = Ledger(location).metrics.rows()
    except LedgerError:
        # Older, newer, away: who owns what is shown after the next reload then.
        return {}
    return {name: row.owner for name, row in rows.items() if row.owner is not None}


def shown_owner(owner: str | None) -> dict[str, Any]:
    """The arguments of an asset for its owner: `owners` where Dagster takes the address, else a tag like it."""
    if owner is None:
        return {}
    try:
        return {"owners": checked_owners([owner])}
    except ValueError:
        return {"tags": {OWNER_TAG: _NOT_IN_TAGS.sub("_", owner)[:_LONGEST_TAG]}}
