"""Verdicts against a count of the bare events, one by one, that knows no buckets and no units."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from heartbeat_assets.objectives.slo.measured import buckets_of
from heartbeat_assets.objectives.slo.periods import to_us
from heartbeat_assets.objectives.slo.verdict import judge, needed
from heartbeat_assets_tests.objectives.slo.slo_making import DAY, MINUTE, at, month, rolling, slo

Events = list[tuple[int, bool]]
SLICE = 5 * MINUTE
ZONES = ("UTC", "Europe/Madrid", "America/New_York", "Asia/Kolkata")
# Around 29 February, both change-overs and the ends of months with 28, 30 and 31 days.
DAYS = ("2024-02-28", "2026-02-27", "2026-03-28", "2026-04-29", "2026-10-24", "2026-10-31")


def month_of(now: datetime, zone: str) -> tuple[datetime, datetime]:
    """The month that `now` lies in there, by the calendar."""
    local = now.astimezone(ZoneInfo(zone))
    start = datetime(local.year, local.month, 1, tzinfo=local.tzinfo)
    end = datetime(local.year + local.month // 12, local.month % 12 + 1, 1, tzinfo=local.tzinfo)
    return start.astimezone(UTC), end.astimezone(UTC)


def counted(events: Events, start: int, end: int) -> tuple[int, int]:
    """(bad, all) events."""
    found = [good for us, good in events if start <= us < end]
    return found.count(False), len(found)


def sliced(events: Events, start: int, end: int, anchor: int) -> tuple[int, int]:
    """(bad, all) slices that are over, a slice being good when 80% of its events are."""
    found = []
    for number in range((start - anchor) // SLICE, (end - anchor) // SLICE):
        bad, total = counted(events, anchor + number * SLICE, anchor + (number + 1) * SLICE)
        found += [5 * bad <= total] if total else []
    return found.count(False), len(found)


@pytest.mark.parametrize("seed", range(40))
def test_a_verdict_is_what_counting_comes_to(seed: int) -> None:
    chance = random.Random(seed)
    zone, method = chance.choice(ZONES), chance.choice(["Occurrences", "Timeslices"])
    target = chance.choice([0.5, 0.9, 0.99, 0.995])
    in_month, on_the_bucket = chance.random() < 0.5, chance.random() < 0.6
    now = at(chance.choice(DAYS)) + timedelta(minutes=5 * chance.randrange(3 * 288))
    if not on_the_bucket:
        now += timedelta(seconds=chance.randrange(1, 300), microseconds=chance.randrange(1_000_000))
    slices = {} if method == "Occurrences" else {"timeSliceTarget": 0.8, "timeSliceWindow": "5m"}
    api = slo(window=month(zone) if in_month else rolling("7d"), method=method, target=target, **slices)
    start, end = month_of(now, zone) if in_month else (now - timedelta(days=7), now)
    typical = chance.choice([1_000, 20_000, 200_000])
    moments = [now - timedelta(seconds=chance.expovariate(1 / typical)) for _ in range(chance.randrange(60))]
    events = [(to_us(moment), chance.random() < 0.85) for moment in moments]
    events += [(to_us(start), False), (to_us(start) - 1, False), (to_us(now), False)]

    span = needed(api, now)
    rows = [
        {"bucket_us": us, "good": int(good), "total": 1} for us, good in events if span.start_us <= us < span.end_us
    ]
    verdict = judge(api, buckets_of(api, [rows]), now)

    assert (verdict.window.start, verdict.window.end) == (start, end)
    until = to_us(now)
    if method == "Occurrences":
        bad, total = counted(events, to_us(start), until)
        allowed = api.allowance * total
    else:
        anchor = to_us(start) if in_month else 0
        last = until - (until - anchor) % SLICE
        bad, total = sliced(events, to_us(start) if in_month else last - 7 * DAY, last, anchor)
        allowed = api.allowance * Fraction(to_us(end) - to_us(start), SLICE)
    assert (verdict.corrected.bad, verdict.corrected.total) == (bad, total)
    assert verdict.corrected.consumed == (float(bad / allowed) if total else None)
    for burn, share in zip(verdict.burns, (Fraction(1, 50), Fraction(1, 20), Fraction(1, 10)), strict=True):
        assert burn.factor == share * Fraction(to_us(end) - to_us(start), burn.rule.long.us)
        for rate, look in ((burn.long_rate, burn.rule.long.us), (burn.short_rate, burn.rule.short.us)):
            if on_the_bucket:
                one = (until - look, until)
                bad, total = counted(events, *one) if method == "Occurrences" else sliced(events, *one, anchor)
                assert rate == (Fraction(bad, total) / api.allowance if total else None)
