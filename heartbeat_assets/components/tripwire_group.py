"""The tripwires of one folder as Dagster shows them: what the group and its assets are called.

It must not look at events or act.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.governance.policy import TripwirePolicy
from heartbeat_assets.governance.tripwires_spec import TripwiresSpec
from heartbeat_assets.settings import Settings
from heartbeat_assets.specs.fields import NAME_PATTERN

SWITCHES = "switches"
"""The asset that acts on what the tripwires found. No policy's asset is called so: those have a `_`."""


@dataclass(frozen=True)
class TripwireGroup:
    """One defs.yaml of tripwires, called as its folder. Raises SpecProblem for what Dagster cannot take."""

    name: str
    spec: TripwiresSpec
    folder: Path
    settings: Settings

    def __post_init__(self) -> None:
        if not re.fullmatch(NAME_PATTERN, self.name):
            sentence = (
                f"the folder's name {self.name!r} cannot be that of tripwires; rename it to lower-case letters, digits "
                "and _, starting with a letter"
            )
            raise SpecProblem(str(self.folder / "defs.yaml"), [sentence])
        problems = list(self._one_an_asset())
        if problems:
            raise SpecProblem(str(self.folder / "defs.yaml"), problems)

    def _one_an_asset(self) -> Iterator[str]:
        first: dict[str, TripwirePolicy] = {}
        for position, policy in enumerate(self.spec.policies):
            other = first.setdefault(asset_name(policy), policy)
            if other.name != policy.name:
                yield (
                    f"policies[{position}]: {policy.name} and {other.name} would both be the asset "
                    f"{asset_name(policy)}; put one of them into a folder of its own"
                )

    @property
    def kind(self) -> str:
        """What its assets are tagged as."""
        return "tripwires"

    @property
    def by_asset(self) -> dict[str, TripwirePolicy]:
        """The policies by the names of their assets, in the order of the file."""
        return {asset_name(policy): policy for policy in self.spec.policies}


def asset_name(policy: TripwirePolicy) -> str:
    """`wholesale_contract_rate` for WHOLESALE.contract_rate, in letters that Dagster takes."""
    return re.sub(r"[^a-z0-9_]", "_", f"{policy.domain}_{policy.metric}".lower())
