"""What a tripwire's policy may say: one typed model that loads without Dagster.

The field descriptions are the reference a user reads. It must not look at events.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from heartbeat_assets.specs.fields import Cron, Flag, Model, Number, Whole

Direction = Literal["higher_is_better", "lower_is_better"]
Action = Literal["throttle", "kill_switch", "notify"]
EvidenceRule = Literal["test", "none"]

FRIDAYS = "0 9 * * 5"
_LONGEST_NAME = 80


def _key(value: str) -> str:
    if not value.isascii() or not value.replace("_", "a").isalnum() or not value[0].isalpha():
        raise ValueError(f"{value!r} must be letters, digits and _, starting with a letter")
    return value


def _upper(value: str) -> str:
    return _key(value).upper()


def _lower(value: str) -> str:
    return _key(value).lower()


def spelled_name(name: str) -> str:
    """`name` of a tripwire as they are spelled, `WHOLESALE.contract_rate`; it need not be that of one."""
    domain, dot, metric = name.strip().partition(".")
    return f"{domain.upper()}{dot}{metric.lower()}"


Domain = Annotated[str, Field(min_length=1, max_length=_LONGEST_NAME), AfterValidator(_upper)]
Metric = Annotated[str, Field(min_length=1, max_length=_LONGEST_NAME), AfterValidator(_lower)]


class TripwirePolicy(Model):
    """When a metric's recent events count as a regression, and what is done about it."""

    domain: Domain = Field(description="The part of the business that is acted on, for example `WHOLESALE`.")
    metric: Metric = Field(description="The events that are looked at, for example `contract_rate`.")
    recent: Whole = Field(50, ge=1, le=10_000, description="How many of the newest events are judged.")
    baseline: Whole = Field(200, ge=1, le=20_000, description="How many events before those they are compared with.")
    min_events: Whole = Field(
        30, ge=1, le=10_000, description="With fewer events, recent or baseline, nothing is judged."
    )
    max_drop_pct: Number = Field(
        20.0, ge=0.1, le=10_000, description="The limit, in percent of the baseline: a drop of this size may trigger."
    )
    direction: Direction = Field(
        "higher_is_better", description="higher_is_better, or lower_is_better: a rise is then what counts as a drop."
    )
    action: Action = Field("notify", description="throttle the domain, kill_switch for everything, or notify only.")
    evidence: EvidenceRule = Field(
        "test", description="test: a drop must also be more than chance. none: the size of the drop alone decides."
    )
    alpha: Number = Field(
        0.04, ge=0.0001, le=0.2, description="How often all `looks` together may trigger with nothing changed."
    )
    looks: Whole = Field(
        4, ge=1, le=1_000, description="Over how many looks `alpha` is to hold; each is judged at alpha / looks."
    )
    schedule: Cron = Field(FRIDAYS, description="When it is looked at, as five cron fields, in UTC.")
    enabled: Flag = Field(False, description="Whether it is looked at at all; a shipped policy is not.")

    @property
    def name(self) -> str:
        """`WHOLESALE.contract_rate`."""
        return f"{self.domain}.{self.metric}"

    @property
    def level(self) -> float:
        """What a single look's p-value must not be above. Bonferroni's correction, which holds for looks that share
        events as well."""
        return self.alpha / self.looks

    @model_validator(mode="after")
    def _windows_can_fill(self) -> Self:
        smaller = min(("recent", self.recent), ("baseline", self.baseline), key=lambda window: window[1])
        if self.min_events > smaller[1]:
            raise ValueError(
                f"min_events: {self.min_events} can never be reached with {smaller[0]} {smaller[1]}; "
                f"set it to {smaller[1]} or less"
            )
        return self
