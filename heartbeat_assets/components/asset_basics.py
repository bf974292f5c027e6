"""What every asset of a lane or a service shares: its key, group, owners and tags, and how it fails.

It must not know what an asset computes.
"""

from typing import Any

import dagster as dg

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.ledger import LedgerError
from heartbeat_assets.metrics.service import Service

AssetOwner = Lane | Service
"""Whose assets they are: one group, named after it."""

DIGEST, HEARTBEAT, COMPACTED, PUBLISHED = "digest", "heartbeat", "heartbeat_compacted", "published"


def asset_key(owner: AssetOwner, name: str) -> dg.AssetKey:
    """The key of the asset `name` of a lane or a service."""
    return dg.AssetKey([owner.name, name])


def about(owner: AssetOwner, name: str, kinds: set[str]) -> dict[str, Any]:
    """The arguments that place the asset `name`: its key, its lane's or service's group, owners and tag, its kinds."""
    return {
        "key": asset_key(owner, name),
        "group_name": owner.name,
        "owners": owner.spec.owners or None,
        "kinds": kinds,
        "tags": {f"heartbeat/{owner.kind}": owner.name},
    }


class failing_clearly:
    """Turns an error a person can mend into a step failure that says just that, without a retry."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, problem: BaseException | None, trace: Any) -> None:
        if isinstance(problem, HeartbeatError | LedgerError):
            raise dg.Failure(str(problem), allow_retries=False) from problem
