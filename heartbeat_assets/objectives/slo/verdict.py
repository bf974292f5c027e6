"""An SLO judged at an instant: all that a page, a check and a document say of it, as one plain value.

1. The window is that of `now`, or the one given. What lies after `now` is not looked at.
2. Corrections make a second series of buckets beside the measured one; each has its own budget and coverage.
3. State, burn rates and forecast are those of the corrected series.

It must not fetch, record or alert.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from heartbeat_assets.objectives.slo.budget import Budget, State, budget_of, burn_rate, exhausted_at
from heartbeat_assets.objectives.slo.burn import Burn, BurnRule, Severity, judged, plain_rate
from heartbeat_assets.objectives.slo.corrections import Corrected, Correction, corrected
from heartbeat_assets.objectives.slo.coverage import Coverage, coverage_of
from heartbeat_assets.objectives.slo.measured import Bucket, ordered
from heartbeat_assets.objectives.slo.periods import Window, from_us, to_us, utc
from heartbeat_assets.objectives.slo.sentences import sentence_of
from heartbeat_assets.objectives.slo.slo import Slo
from heartbeat_assets.objectives.slo.units import Units


@dataclass(frozen=True)
class Verdict:
    """An SLO at `judged_at`.

    `severity` is that of the worst burn rule that fires, or None. `rate` is the burn rate over `slo.forecast`, at which
    the budget would be used up at `exhausted_at`: None when it does not burn or the window does not see the end of it.
    """

    slo: Slo
    judged_at: datetime
    window: Window
    raw: Budget
    corrected: Budget
    raw_coverage: Coverage
    coverage: Coverage
    burns: tuple[Burn, ...]
    rate: Fraction | float | None
    exhausted_at: datetime | None
    corrections: tuple[Correction, ...] = ()

    @property
    def state(self) -> State:
        """How the budget stands."""
        return self.corrected.state

    @property
    def severity(self) -> Severity | None:
        """ERROR when a rule that pages fires, WARN when one that makes a ticket does."""
        fired = {burn.severity for burn in self.burns}
        return "ERROR" if "ERROR" in fired else "WARN" if "WARN" in fired else None

    @property
    def sentence(self) -> str:
        """What a tired person needs to know."""
        return sentence_of(self.slo, self.corrected, self.coverage, self.burns, self.exhausted_at)

    def record(self) -> dict[str, Any]:
        """All of it as plain values that JSON can hold."""
        slo = self.slo
        return {
            "name": slo.name,
            "display_name": slo.display_name,
            "description": slo.description,
            "document": slo.document,
            "service": slo.service,
            "owner": slo.owner,
            "method": slo.method,
            "target": float(slo.target),
            "judged_at": self.judged_at.isoformat(),
            "window": {"kind": slo.window.words, "duration": str(slo.window.duration), **self.window.record()},
            "state": self.state,
            "severity": self.severity,
            "sentence": self.sentence,
            "budget": self.corrected.record(),
            "raw": self.raw.record(),
            "coverage": self.coverage.record(),
            "raw_coverage": self.raw_coverage.record(),
            "burns": [burn.record() for burn in self.burns],
            "burn_rate": plain_rate(self.rate),
            "burn_rate_over": str(slo.forecast),
            "exhausted_at": self.exhausted_at.isoformat() if self.exhausted_at else None,
            "corrections": [one.record(slo.bucket.us) for one in self.corrections],
        }


def judge(
    slo: Slo,
    buckets: Iterable[Bucket],
    now: datetime,
    corrections: Iterable[Correction] = (),
    *,
    window: Window | None = None,
) -> Verdict:
    """`slo` as `buckets` have it at `now`. With `window`, one that is over can be judged: as it was at its end.

    Raises ValueError for an instant without a time zone, and for buckets of another width.
    """
    moment = utc(now)
    measured = ordered(slo, buckets)
    window = window or slo.window.at(moment)
    until = min(moment, window.end)
    span = _needed(slo, window, until)
    applied = tuple(one for one in corrections if _touches(one, span, slo.bucket.us))
    series = corrected(measured, applied, slo.bucket.us)
    raw_units = Units(slo, measured, window, to_us(until))
    units = Units(slo, series.buckets, window, to_us(until)) if applied else raw_units
    start, end = units.window_start_us(), units.until_us()
    budget = budget_of(slo, window, units.in_judged_window(), units.in_window)
    rate = burn_rate(units.over(slo.forecast.us), slo.allowance)
    return Verdict(
        slo=slo,
        judged_at=moment,
        window=window,
        raw=budget_of(slo, window, raw_units.in_judged_window(), raw_units.in_window),
        corrected=budget,
        raw_coverage=coverage_of(Corrected(tuple(measured)), start, end),
        coverage=coverage_of(series, start, end),
        burns=tuple(_burn(slo, units, window, rule) for rule in slo.rules),
        rate=rate,
        exhausted_at=exhausted_at(slo, window, until, budget.left_fraction, rate),
        corrections=applied,
    )


def needed(slo: Slo, now: datetime, *, window: Window | None = None) -> Window:
    """What must be measured to judge `slo` at `now`: its window so far, and as far back as its burn rates look.

    These are `$start_us` and `$end_us` of its queries.
    """
    moment = utc(now)
    window = window or slo.window.at(moment)
    return _needed(slo, window, min(moment, window.end))


def _needed(slo: Slo, window: Window, until: datetime) -> Window:
    units = Units(slo, (), window, to_us(until))
    looks = [units.start_of_look_us(rule.long.us) for rule in slo.rules]
    looks.append(units.start_of_look_us(slo.forecast.us))
    # A rolling window of events starts at its very instant, so that the first bucket holds only what lies in it.
    own = units.window_start_us() if slo.slice else window.start_us
    return Window(from_us(min(own, *looks)), until)


def _burn(slo: Slo, units: Units, window: Window, rule: BurnRule) -> Burn:
    long, short = units.over(rule.long.us), units.over(rule.short.us)
    return judged(rule, window.us, burn_rate(long, slo.allowance), burn_rate(short, slo.allowance), float(long.events))


def _touches(correction: Correction, span: Window, width_us: int) -> bool:
    start, end = correction.span(width_us)
    return start < span.end_us and span.start_us < end
