"""Multi-window, multi-burn-rate rules, as The Site Reliability Workbook has them in chapter 5, as data.

A rule fires when the burn rate of a long window and that of a short one are both above its factor: the long window
makes it matter, the short one makes it stop soon after the trouble has. The factor is the share of the budget that the
long window may use, by how often that window fits into the SLO's own: 2% in 1 hour of 30 days is 0.02 x 720 = 14.4. A
month of 31 days has 14.88. It must not know what is done when a rule fires.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from heartbeat_assets.objectives.slo.counts import count_words
from heartbeat_assets.objectives.slo.durations import Duration, fixed_duration

Severity = Literal["ERROR", "WARN"]
SEVERITIES: dict[str, Severity] = {"page": "ERROR", "ticket": "WARN"}
"""What a rule calls for, and the severity of the check that says so."""
WORKBOOK = "2% 1h 5m page; 5% 6h 30m page; 10% 3d 6h ticket"
"""The rules that the workbook recommends, which hold where an SLO has none of its own."""
_RULE = re.compile(r"(\d+(?:\.\d+)?)(%|x)\s+(\S+)\s+(\S+)\s+(\S+)")


@dataclass(frozen=True, slots=True)
class BurnRule:
    """One rule: `share` of the budget in the `long` window, or a burn rate given as a `factor` outright."""

    long: Duration
    short: Duration
    severity: Severity
    share: Fraction | None = None
    factor: Fraction | None = None
    min_events: int = 1
    name: str = ""

    def factor_in(self, window_us: int) -> Fraction:
        """The burn rate that must be exceeded in an SLO window of that length."""
        if self.factor is not None:
            return self.factor
        return (self.share or Fraction(0)) * Fraction(window_us, self.long.us)

    @property
    def words(self) -> str:
        """`2% in 1h+5m`."""
        limit = f"{float(self.share * 100):g}%" if self.share is not None else f"{float(self.factor or 0):g}x"
        return f"{limit} in {self.long}+{self.short}"


@dataclass(frozen=True, slots=True)
class Burn:
    """A rule as it stands. A burn rate is None without data, and math.inf for bad events without any budget."""

    rule: BurnRule
    factor: Fraction
    long_rate: Fraction | float | None
    short_rate: Fraction | float | None
    events: float
    budget_used: float | None
    has_enough: bool
    fires: bool

    @property
    def severity(self) -> Severity | None:
        """That of the rule when it fires."""
        return self.rule.severity if self.fires else None

    @property
    def sentence(self) -> str:
        """What it says, in words."""
        what = f"{self.rule.words}: burn rate {_rate(self.long_rate)} over {self.rule.long.words}"
        what += f" and {_rate(self.short_rate)} over {self.rule.short.words}, limit {float(self.factor):.4g}"
        if not self.has_enough:
            needed = count_words(self.rule.min_events)
            return f"{what}; not judged, {count_words(self.events)} of at least {needed} events."
        if self.long_rate is None or self.short_rate is None:
            return f"{what}; nothing was counted in one of them, so it does not fire."
        return f"{what}; {'burning too fast' if self.fires else 'within the limit'}."

    def record(self) -> dict[str, Any]:
        """It as plain values; a burn rate beyond any number is None."""
        return {
            "rule": self.rule.words,
            "name": self.rule.name,
            "long": str(self.rule.long),
            "short": str(self.rule.short),
            "factor": float(self.factor),
            "long_rate": plain_rate(self.long_rate),
            "short_rate": plain_rate(self.short_rate),
            "events": self.events,
            "min_events": self.rule.min_events,
            "has_enough": self.has_enough,
            "budget_used": self.budget_used,
            "fires": self.fires,
            "severity": self.rule.severity,
            "sentence": self.sentence,
        }


def outcome_of(record: Mapping[str, Any]) -> str:
    """`fires`, `within`, `too few events` or `no data`: what the record of a rule comes to. No data is not well."""
    if record["fires"]:
        return "fires"
    if not record["has_enough"]:
        return "too few events" if record["events"] else "no data"
    # A rate beyond any number is None as well; it fires.
    return "no data" if record["long_rate"] is None or record["short_rate"] is None else "within"


def judged(
    rule: BurnRule,
    window_us: int,
    long_rate: Fraction | float | None,
    short_rate: Fraction | float | None,
    events: float,
) -> Burn:
    """`rule` in an SLO window of that length. `events` are those of the long window, whatever the budget counts."""
    factor = rule.factor_in(window_us)
    has_enough = events >= rule.min_events
    fires = has_enough and _above(long_rate, factor) and _above(short_rate, factor)
    finite = long_rate is not None and long_rate != math.inf
    used = float((long_rate or 0) * Fraction(rule.long.us, window_us)) if finite else None
    return Burn(rule, factor, long_rate, short_rate, events, used, has_enough, fires)


def rules_in(text: str, min_events: int = 1) -> tuple[BurnRule, ...]:
    """The rules that `2% 1h 5m page; 10% 3d 6h ticket` writes; `14.4x` gives a factor, `none` no rule.

    Raises ValueError as a sentence.
    """
    if text.strip() == "none":
        return ()
    return tuple(_rule(part.strip(), min_events) for part in text.split(";"))


def _rule(text: str, min_events: int) -> BurnRule:
    match = _RULE.fullmatch(text)
    if match is None:
        raise ValueError(
            f"{text!r} is no burn rule; write share, long and short window, page or ticket: '2% 1h 5m page'"
        )
    long, short = fixed_duration(match[3]), fixed_duration(match[4])
    if short.us >= long.us:
        raise ValueError(f"{text!r}: the short window must be shorter than the long one; the workbook has a twelfth")
    severity = SEVERITIES.get(match[5])
    if severity is None:
        raise ValueError(f"{text!r}: {match[5]!r} is no severity; write page or ticket")
    amount = Fraction(match[1])
    if not amount:
        raise ValueError(f"{text!r}: must be more than 0")
    share, factor = (amount / 100, None) if match[2] == "%" else (None, amount)
    return BurnRule(long, short, severity, share, factor, min_events)


def plain_rate(rate: Fraction | float | None) -> float | None:
    """A burn rate as a number that JSON can hold."""
    return None if rate is None or rate == math.inf else float(rate)


def _above(rate: Fraction | float | None, factor: Fraction) -> bool:
    return rate is not None and rate > factor


def _rate(rate: Fraction | float | None) -> str:
    if rate is None:
        return "unknown"
    return "beyond any number" if rate == math.inf else f"{float(rate):.4g}"
