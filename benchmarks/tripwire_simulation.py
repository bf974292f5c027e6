"""`python -m benchmarks.tripwire_simulation`: how often tripwires cry wolf, and how often they see a wolf.

Both rules on simulated events: `evidence: none`, where the size of the drop alone decides, and `evidence: test`. The
looks are those of the shipped defaults: 50 events against the 200 before, a limit of 20%, 50 new events between looks.
Seeded, so that the tables of docs/tripwires.md come out again. Whether there is evidence is asked of
heartbeat_assets.governance itself.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache

import numpy as np
from numpy.typing import NDArray

from heartbeat_assets.governance.comparison import POWER
from heartbeat_assets.governance.evaluate import evaluate
from heartbeat_assets.governance.means import drop_p_value
from heartbeat_assets.governance.policy import EvidenceRule, TripwirePolicy
from heartbeat_assets.governance.proportions import events_needed
from heartbeat_assets.governance.series import KpiEvent

RECENT, BASELINE, LIMIT = 50, 200, 20
RULES: tuple[EvidenceRule, ...] = ("none", "test")
BASE_RATES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
LOSS = 0.4
BAD_EVENTS = (50, 100, 250)
_NOW = datetime(2026, 1, 2, tzinfo=UTC)
_SEED = 20_260_102
_POLICIES = {
    rule: TripwirePolicy(domain="SIMULATED", metric="rate", max_drop_pct=LIMIT, evidence=rule, enabled=True)
    for rule in RULES
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulates and prints; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tripwire_simulation", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer base rates and series (half a minute)")
    quick = parser.parse_args(arguments).quick
    series, few = (50_000, 200) if quick else (200_000, 1_000)
    rates = BASE_RATES[::3] if quick else BASE_RATES
    draw = np.random.default_rng(_SEED)
    for table in (
        false_alarms(draw, series, rates),
        detections(draw, series, rates),
        events(rates),
        numeric(draw, few),
    ):
        for line in table:
            print(line, flush=True)
        print()
    return 0


# --- Rates ------------------------------------------------------------------------------------------------


def false_alarms(draw: np.random.Generator, series: int, rates: Sequence[float]) -> Iterator[str]:
    """The share of series without any change in which a tripwire triggers, at one look and at any of four."""
    yield f"False alarms: {series:,} series a line, nothing changes"
    yield ""
    yield "| base rate | none, one look | none, four weekly looks | test, one look | test, four weekly looks |"
    yield "|---|---|---|---|---|"
    for rate in rates:
        blocks = _blocks(draw, series, [rate] * (4 + BASELINE // RECENT))
        cells = []
        for rule in RULES:
            looks = [_triggered(blocks, week, rule) for week in range(BASELINE // RECENT, blocks.shape[1])]
            cells += [_share(looks[0]), _share(np.any(looks, axis=0))]
        yield f"| {rate:.1f} | {' | '.join(cells)} |"


def detections(draw: np.random.Generator, series: int, rates: Sequence[float]) -> Iterator[str]:
    """The share of series with a permanent loss that are TRIGGERED at the look after so many bad events.

    Last, those that some look so far has triggered: a switch that was thrown stays so until a person releases it.
    """
    yield f"Detection: a permanent loss of {LOSS:.0%}, {series:,} series a line"
    yield ""
    yield f"| base rate | rule | baseline | {' | '.join(f'after {bad} bad events' for bad in BAD_EVENTS)} | by then |"
    yield "|---|---|---|---|---|---|---|"
    before = BASELINE // RECENT
    for rate in rates:
        blocks = _blocks(draw, series, [rate] * before + [rate * (1 - LOSS)] * (BAD_EVENTS[-1] // RECENT))
        for rule in RULES:
            for frozen in (False, True):
                found = _looks(blocks, rule, frozen)
                cells = [_share(found[bad // RECENT - 1]) for bad in BAD_EVENTS]
                kept = "frozen when triggered" if frozen else "always the last 200"
                yield f"| {rate:.1f} | {rule} | {kept} | {' | '.join(cells)} | {_share(np.any(found, axis=0))} |"


def events(rates: Sequence[float]) -> Iterator[str]:
    """How many recent events show a drop with 80% power, as every evaluation says for its own baseline."""
    drops, level = (20, 30, 40, 60), _POLICIES["test"].level
    yield f"Recent events that tell a drop from chance {POWER:.0%} of the time, with four times as many before them"
    yield ""
    yield f"| base rate | {' | '.join(f'drop of {drop}%' for drop in drops)} |"
    yield "|---|---|---|---|---|"
    for rate in rates:
        needed = [events_needed(rate, rate * (1 - drop / 100), level, BASELINE / RECENT, POWER) for drop in drops]
        yield f"| {rate:.1f} | {' | '.join(f'{count or 0:,}' for count in needed)} |"


def _blocks(draw: np.random.Generator, series: int, rates: Sequence[float]) -> NDArray[np.int64]:
    """The successes among the 50 events between two looks, a row for each series; a baseline is four of these."""
    return draw.binomial(RECENT, np.array(rates), size=(series, len(rates)))


def _looks(blocks: NDArray[np.int64], rule: EvidenceRule, frozen: bool) -> list[NDArray[np.bool_]]:
    """Whether each series is triggered, look by look from the first bad events on."""
    blocks_before = BASELINE // RECENT
    kept = np.full(len(blocks), -1)
    found = []
    for week in range(blocks_before, blocks.shape[1]):
        rolling = blocks[:, week - blocks_before : week].sum(axis=1)
        baseline = np.where(kept >= 0, kept, rolling)
        triggered = _judge(blocks[:, week], baseline, rule)
        if frozen:
            kept = np.where((kept < 0) & triggered, rolling, kept)
        found.append(triggered)
    return found


def _triggered(blocks: NDArray[np.int64], week: int, rule: EvidenceRule) -> NDArray[np.bool_]:
    return _judge(blocks[:, week], blocks[:, week - BASELINE // RECENT : week].sum(axis=1), rule)


def _judge(now: NDArray[np.int64], before: NDArray[np.int64], rule: EvidenceRule) -> NDArray[np.bool_]:
    met, position = np.unique(before, return_inverse=True)
    return now <= np.array([most_that_triggers(int(count), rule) for count in met])[position]


@cache
def most_that_triggers(before: int, rule: EvidenceRule) -> int:
    """The most successes of 50 that trigger against `before` of 200; -1 when none does. Fewer always trigger too.

    The drop is at the limit up to 80% of the baseline's rate; with evidence, `evaluate` is asked from there downwards.
    """
    if not before:
        return -1
    high = (100 - LIMIT) * before * RECENT // (100 * BASELINE)
    if rule == "none" or _look(high, before):
        return high
    low, high = -1, high - 1
    while low < high:
        middle = (low + high + 1) // 2
        if _look(middle, before):
            low = middle
        else:
            high = middle - 1
    return low


def _look(now: int, before: int) -> bool:
    counts = ((before, BASELINE), (now, RECENT))
    outcomes = [position < successes for successes, events in counts for position in range(events)]
    series = [KpiEvent(sequence, success=outcome) for sequence, outcome in enumerate(outcomes)]
    return evaluate(_POLICIES["test"], series, now=_NOW).acts


# --- Numbers ----------------------------------------------------------------------------------------------


def numeric(draw: np.random.Generator, series: int) -> Iterator[str]:
    """The same for means, with one look, for numbers that scatter little, much, and with a long tail."""
    yield f"Numbers, one look: {series:,} series a line, limit {LIMIT}%"
    yield ""
    yield f"| numbers | none, no change | test, no change | none, {LOSS:.0%} loss | test, {LOSS:.0%} loss |"
    yield "|---|---|---|---|---|"
    shapes = {
        "normal, deviation 30% of the mean": lambda count: draw.normal(100, 30, count),
        "normal, deviation 100% of the mean": lambda count: draw.normal(100, 100, count),
        "lognormal, sigma 1": lambda count: 100 * draw.lognormal(0, 1, count),
    }
    for name, values in shapes.items():
        cells = []
        for factor in (1.0, 1 - LOSS):
            drawn = [[*values(BASELINE), *(factor * values(RECENT))] for _ in range(series)]
            cells += [_share(np.array([_drops(one, rule) for one in drawn])) for rule in RULES]
        yield f"| {name} | {' | '.join(cells)} |"


def _drops(values: Sequence[float], rule: EvidenceRule) -> bool:
    """What `evaluate` finds, without the bootstrap, which shows the drop's interval and decides nothing."""
    baseline, recent = values[:BASELINE], values[BASELINE:]
    mean = np.mean(baseline)
    at_limit = 100 * (mean - np.mean(recent)) >= LIMIT * abs(mean)
    return bool(at_limit) and (rule == "none" or drop_p_value(recent, baseline)[0] <= _POLICIES["test"].level)


def _share(found: NDArray[np.bool_]) -> str:
    share = float(np.mean(found))
    return f"{100 * share:.1f}%" if share < 0.1 else f"{share:.0%}"


if __name__ == "__main__":
    sys.exit(main())
