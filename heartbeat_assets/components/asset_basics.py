"""What every asset that comes of a defs.yaml shares: its key, group, owners and tags, and how it fails.

It must not know what an asset computes.
"""

from typing import Any, Protocol

import dagster as dg

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.ledger import LedgerError
from heartbeat_assets.settings import Settings


class HasOwners(Protocol):
    """What a defs.yaml says of people."""

    @property
    def owners(self) -> list[str]: ...


class AssetOwner(Protocol):
    """Whose assets they are: a lane, a service or another folder with a defs.yaml. One group, named after it."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def spec(self) -> HasOwners: ...
    @property
    def settings(self) -> Settings: ...


DIGEST, HEARTBEAT, COMPACTED, PUBLISHED = "digest", "heartbeat", "heartbeat_compacted", "published"


def asset_key(owner: AssetOwner, name: str) -> dg.AssetKey:
    """The key of the asset `name` of a lane, a service or another owner."""
    return dg.AssetKey([owner.name, name])


def about(owner: AssetOwner, name: str, kinds: set[str]) -> dict[str, Any]:
    """The arguments that place the asset `name`: its key, its owner's group, owners and tag, its kinds."""
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
