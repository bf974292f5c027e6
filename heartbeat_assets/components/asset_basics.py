"""What every asset of a lane shares: its key, group, owners and tags, and how it fails.

It must not know what an asset computes.
"""

from typing import Any

import dagster as dg

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.ledger import LedgerError

DIGEST, HEARTBEAT, COMPACTED, PUBLISHED = "digest", "heartbeat", "heartbeat_compacted", "published"


def asset_key(lane: Lane, name: str) -> dg.AssetKey:
    """The key of the lane's asset `name`."""
    return dg.AssetKey([lane.name, name])


def about(lane: Lane, name: str, kinds: set[str]) -> dict[str, Any]:
    """The arguments that place the asset `name`: its key, its lane's group, owners and tag, and its kinds."""
    return {
        "key": asset_key(lane, name),
        "group_name": lane.name,
        "owners": lane.spec.owners or None,
        "kinds": kinds,
        "tags": {"heartbeat/lane": lane.name},
    }


class failing_clearly:
    """Turns an error a person can mend into a step failure that says just that, without a retry."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, problem: BaseException | None, trace: Any) -> None:
        if isinstance(problem, HeartbeatError | LedgerError):
            raise dg.Failure(str(problem), allow_retries=False) from problem
