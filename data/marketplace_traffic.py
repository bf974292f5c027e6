"""The traffic of the invented marketplace: a row for each request to its API, and for each event on its stream.

The requests are as many as the deals, votes, listings, offers and reports would need, but no row is one of theirs.
It must not know how the rows are written.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from marketplace_calendar import STREAM_DOWN, TIGHT_LIMITS, failing, is_slow_day, moment, people, succeeding
from services_calendar import between, draws, hour_start, pick, spread_count

AUDIT_COLUMNS = ("occurred_at", "request.method", "outcome", "status", "duration_ms")
SSE_COLUMNS = ("event", "enqueued_at", "received_at")

Row = tuple[object, ...]

_REQUESTS_AN_HOUR = 62.0
_EVENTS_AN_HOUR = 22.0
# Cumulated shares of the methods.
_METHODS = ((0.72, "GET", 200), (0.91, "POST", 201), (0.97, "PATCH", 200), (0.98, "PUT", 200), (1.0, "DELETE", 204))
_EVENTS = ("deal.created", "deal.voted", "listing.live", "offer.created", "offer.accepted")


def requests_in(number: int) -> Iterator[Row]:
    """Yield the requests to the API in hour `number`, oldest first."""
    draw = draws("requests", number)
    count = spread_count(draw, _REQUESTS_AN_HOUR * people(number))
    for share in sorted(draw.random() for _ in range(count)):
        at = moment(hour_start(number), share)
        chance = draw.random()
        method, good = next((name, code) for most, name, code in _METHODS if chance < most)
        status, milliseconds = _answer(draw, number, method != "GET", good)
        yield (at, method, "success" if status < 400 else "failure", status, milliseconds)


def _answer(draw: Random, number: int, writes: bool, good: int) -> tuple[int, int]:
    """Return status and milliseconds of a request in hour `number`."""
    slow = is_slow_day(number)
    chance, length = draw.random(), draw.random()
    usual = 30 + 140 * length * length + (60 if writes else 0)
    outage = failing(number)
    if chance < outage:
        return (504, 10_000) if length < 0.3 else (503, int(20 + 40 * length))
    limited = (0.12 if writes else 0.02) if TIGHT_LIMITS.at(number) else 0.0002
    if chance < outage + limited:
        return 429, int(4 + 6 * length)
    broken = 0.0004 + (0.001 if writes else 0.0) + (0.008 if slow else 0.0)
    if chance < outage + limited + broken:
        return (504, 10_000) if slow else (500, int(usual))
    return good, int(usual * (5 + 4 * length if slow else 1))


def stream_events_in(number: int, until: datetime) -> Iterator[Row]:
    """Yield the events put on the stream in hour `number`, oldest first; one that never came has no `received_at`."""
    draw = draws("stream", number)
    count = spread_count(draw, _EVENTS_AN_HOUR * succeeding(number))
    start = hour_start(number)
    for share in sorted(draw.random() for _ in range(count)):
        enqueued = start + timedelta(milliseconds=int(share * 3_600_000))
        seconds = _delay(draw, number)
        received = None if seconds is None else enqueued + timedelta(milliseconds=int(seconds * 1000))
        # At the end of the data some are still on their way.
        yield (pick(draw, _EVENTS), enqueued, received if received is not None and received < until else None)


def _delay(draw: Random, number: int) -> float | None:
    """Return after how many seconds an event of hour `number` arrives; None for never."""
    length, chance = draw.random(), draw.random()
    if STREAM_DOWN.at(number):
        return None if chance < 0.6 else between(draw, 20, 240)
    if chance < 0.3 * failing(number):
        return None
    seconds = 0.12 + 0.9 * length * length * length + (between(draw, 1, 9) if chance > 0.99 else 0)
    return seconds + 8 * length if is_slow_day(number) else seconds
