"""One look of a tripwire: a policy and a metric's events in, an evaluation out.

It must not act on what it finds, nor know where events come from or where evaluations go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from heartbeat_assets.governance import sentences
from heartbeat_assets.governance.comparison import Comparison, compare
from heartbeat_assets.governance.evaluation import Evaluation, Outcome, Side
from heartbeat_assets.governance.policy import TripwirePolicy
from heartbeat_assets.governance.series import FrozenBaseline, KpiEvent, windows_of


def evaluate(
    policy: TripwirePolicy, events: Sequence[KpiEvent], *, now: datetime, frozen: FrozenBaseline | None = None
) -> Evaluation:
    """What `policy` says of `events`, which are in the order of their time. `frozen` is the `freeze` of the look
    before. Raises SeriesProblem for events that cannot be compared.

    1. A policy that is off looks at nothing: DISABLED.
    2. Without any event: NO_DATA. With fewer than min_events in either window: INSUFFICIENT_EVENTS.
    3. A drop below the limit: OK, whatever the evidence.
    4. A drop at the limit or beyond: TRIGGERED when the evidence supports a drop, else INCONCLUSIVE. From a baseline of
       zero every change for the worse is beyond the limit.
    5. With `evidence: none` the size decides alone, and nothing is made of a baseline of zero.
    """
    nothing = Evaluation(
        domain=policy.domain,
        metric=policy.metric,
        outcome="DISABLED",
        sentence=sentences.disabled(policy),
        action=policy.action,
        evaluated_at=now,
        level=policy.level,
        freeze=frozen,
    )
    if not policy.enabled:
        return nothing
    windows = windows_of(events, recent=policy.recent, baseline=policy.baseline, name=policy.name, frozen=frozen)
    seen = replace(nothing, kind=windows.kind, recent=Side.of(windows.recent), baseline=Side.of(windows.baseline))
    if windows.kind is None:
        return replace(seen, outcome="NO_DATA", sentence=sentences.no_data(policy))
    if min(windows.recent.events, windows.baseline.events) < policy.min_events:
        sentence = sentences.too_few(policy, windows, frozen)
        return replace(seen, outcome="INSUFFICIENT_EVENTS", sentence=sentence)
    found = compare(policy, windows)
    outcome = _outcome(policy, found)
    return replace(
        seen,
        outcome=outcome,
        sentence=sentences.judged(policy, windows, found, outcome, frozen),
        drop_pct=found.drop_pct,
        interval=found.interval,
        confidence=found.confidence,
        p_value=found.p_value,
        method=found.method,
        events_needed=found.events_needed,
        freeze=_bounds(seen.baseline, now) if outcome == "TRIGGERED" and frozen is None else frozen,
    )


def _outcome(policy: TripwirePolicy, found: Comparison) -> Outcome:
    at_limit = found.drop_pct is not None and found.drop_pct >= policy.max_drop_pct
    if policy.evidence == "none":
        return "TRIGGERED" if at_limit else "OK"
    if not at_limit and not found.worse_than_zero:
        return "OK"
    return "TRIGGERED" if found.p_value <= policy.level else "INCONCLUSIVE"


def _bounds(baseline: Side | None, now: datetime) -> FrozenBaseline | None:
    if baseline is None or baseline.first is None or baseline.last is None:
        return None
    return FrozenBaseline(baseline.first, baseline.last, now)
