"""What one look of a tripwire found, as a value to record and to show. It must not work anything out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from heartbeat_assets.governance.policy import Action
from heartbeat_assets.governance.series import FrozenBaseline, Kind, Window

Outcome = Literal["OK", "TRIGGERED", "INCONCLUSIVE", "INSUFFICIENT_EVENTS", "NO_DATA", "DISABLED"]
OUTCOMES: tuple[Outcome, ...] = ("OK", "TRIGGERED", "INCONCLUSIVE", "INSUFFICIENT_EVENTS", "NO_DATA", "DISABLED")
LOOKS = (*(outcome.lower() for outcome in OUTCOMES), "problem")
"""What the journal's records of looks are called; `problem` is one whose events cannot be compared."""


@dataclass(frozen=True, slots=True)
class Side:
    """A window in short: how many events, their rate or mean, and which they are by their sequence."""

    events: int
    figure: float | None
    successes: int | None
    first: int | None
    last: int | None

    @classmethod
    def of(cls, window: Window) -> Side:
        """The window without its events."""
        return cls(window.events, window.figure, window.successes, window.first, window.last)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One look. Without enough events there is no comparison, and what belongs to it is None.

    `drop_pct` and `interval` are in percent of the baseline, for the worse; `p_value` is held against `level`.
    `freeze` is the baseline to hand to the next look: that of a tripwire which triggers, and from then on the same one
    until a person releases it.
    """

    domain: str
    metric: str
    outcome: Outcome
    sentence: str
    action: Action
    evaluated_at: datetime
    level: float
    kind: Kind | None = None
    recent: Side | None = None
    baseline: Side | None = None
    drop_pct: float | None = None
    interval: tuple[float, float] | None = None
    confidence: float | None = None
    p_value: float | None = None
    method: str | None = None
    events_needed: int | None = None
    freeze: FrozenBaseline | None = None

    @property
    def acts(self) -> bool:
        """Whether `action` is called for."""
        return self.outcome == "TRIGGERED"

    def record(self) -> dict[str, Any]:
        """All of it as plain values that JSON can hold."""
        plain = asdict(self)
        plain["evaluated_at"] = self.evaluated_at.isoformat()
        plain["interval"] = list(self.interval) if self.interval else None
        plain["freeze"] = self.freeze.record() if self.freeze else None
        return plain
