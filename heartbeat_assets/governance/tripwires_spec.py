"""What the defs.yaml of a tripwires component says: plain typed models that load without Dagster.

The field descriptions are the reference a user reads. It must not read events, nor act.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from heartbeat_assets.governance.policies import shipped_policies
from heartbeat_assets.governance.policy import Domain, TripwirePolicy
from heartbeat_assets.governance.switch import GLOBAL
from heartbeat_assets.specs.durations import Duration, duration_of
from heartbeat_assets.specs.fields import Flag, Model, Owners, given_twice, owners


class RiskPolicy(Model):
    """How a domain, or everything, is stopped and released, and who answers for it."""

    engine: Domain = Field(description="The domain it is about, such as `WHOLESALE`, or `GLOBAL` for everything.")
    owner: Annotated[str, Field(max_length=200)] = Field(
        "", description="Who decides about a release: an e-mail address or `team:name`."
    )
    cooldown: Duration = Field(
        "24h", description="How long after a person's release no tripwire engages the switch again: `90m`, `36h`, `3d`."
    )
    dry_run: Flag = Field(False, description="true: what would be stopped is recorded, and nothing is.")

    @property
    def cooldown_duration(self) -> timedelta:
        """How long no tripwire engages the switch again after a release."""
        return duration_of(self.cooldown)

    @model_validator(mode="after")
    def _owner_is_one(self) -> Self:
        if self.owner:
            owners([self.owner])
        return self


class TripwiresSpec(Model):
    """Tripwires, and how what they stop is handled."""

    description: str = Field("", description="What these tripwires guard and for whom, for a stranger.")
    owners: Owners = Field(default_factory=list, description="Who owns the assets: e-mail addresses or `team:name`.")
    policies: list[TripwirePolicy] = Field(
        default_factory=lambda: list(shipped_policies()),
        description="The tripwires, at most one a domain and metric. Left out: the four that ship, disabled.",
    )
    risk_policies: list[RiskPolicy] = Field(
        default_factory=list,
        description="How what is stopped is handled, at most one an engine; GLOBAL's holds for domains without one.",
    )

    def risk_policy(self, engine: str) -> RiskPolicy:
        """That of `engine`: its own, else that of GLOBAL, else the defaults."""
        by_engine = {policy.engine: policy for policy in self.risk_policies}
        return by_engine.get(engine) or by_engine.get(GLOBAL) or RiskPolicy(engine=GLOBAL)

    def cooldown_of(self, switch: str) -> timedelta:
        """How long `switch` rests after its release."""
        return self.risk_policy(switch).cooldown_duration

    def policy(self, name: str) -> TripwirePolicy | None:
        """The policy called `name`, `WHOLESALE.contract_rate`."""
        return next((policy for policy in self.policies if policy.name == name), None)

    def only(self, names: Collection[str]) -> TripwiresSpec:
        """The same with those of its tripwires alone that are called so."""
        return self.model_copy(update={"policies": [policy for policy in self.policies if policy.name in names]})

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        problems = [
            *given_twice("policies", [policy.name for policy in self.policies], "has a policy"),
            *self._global(),
            *given_twice("risk_policies", [policy.engine for policy in self.risk_policies], "has a risk policy"),
        ]
        if problems:
            raise ValueError(*problems)
        return self

    def _global(self) -> Iterator[str]:
        for position, policy in enumerate(self.policies):
            if policy.domain == GLOBAL and policy.action == "throttle":
                yield (
                    f"policies[{position}].action: to throttle {GLOBAL} is to stop everything; write kill_switch if "
                    "that is meant, else another domain"
                )


def switch_of(policy: TripwirePolicy) -> str | None:
    """The switch that a tripwire engages: its domain's, GLOBAL, or None where it only notifies."""
    return {"throttle": policy.domain, "kill_switch": GLOBAL, "notify": None}[policy.action]
