"""The work on the invented register of laws, hour by hour: reviews of acts, and the runs that read the gazettes.

The acts and sources are those of data/liberty_restrictions. It must not write files.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from services_calendar import Incident, between, draws, hour_number, hour_start, iso, pick, spread_count

BACKLOG = Incident("legal_register backlog", every_days=26, shortest=96, longest=130)
CARELESS_WEEK = Incident("legal_register careless week", every_days=37, shortest=150, longest=200)
NEW_LAYOUT = Incident("legal_register new layout", every_days=12, shortest=9, longest=20)
SOURCE_DOWN = Incident("legal_register source down", every_days=9, shortest=5, longest=12)

REVIEW_COLUMNS = ("review_id", "opened_at", "closed_at", "norm_id", "outcome", "reopened")
INGESTION_COLUMNS = ("run_at", "source_id", "rows_read", "rows_rejected", "seconds")
# Each source with the rows that a run reads of it on an average hour of a working day.
SOURCES = (("state_gazette", 90), ("northern_gazette", 55), ("southern_gazette", 45), ("city_register", 30))
# Each act with how often it comes up; nobody has asked about archive-rules yet.
ACTS = (
    *(("assemblies-act", 12), ("identity-act", 10), ("broadcasting-act", 8), ("trades-act", 7)),
    *(("statistics-act", 5), ("coast-plan", 5), ("language-decree", 4), ("water-decree", 4)),
    *(("hunting-decree", 3), ("terraces-ordinance", 3), ("markets-ordinance", 3), ("cameras-ordinance", 2)),
)
_DRAWN_ACTS = tuple(act for act, weight in ACTS for _ in range(weight))
_OUTCOMES = ("kept", "kept", "kept", "changed", "changed", "withdrawn")


def reviews_opened_in(number: int, until: datetime) -> Iterator[tuple[object, ...]]:
    """Yield the reviews opened in hour `number` as they stood at `until`: what is closed later is open, still."""
    start, draw = hour_start(number), draws("legal_register reviews", number)
    working = start.weekday() < 5 and 8 <= start.hour < 18
    for place in range(1, spread_count(draw, 1.15 if working else 0.06) + 1):
        opened = start + timedelta(seconds=int(draw.random() * 3600))
        norm_id = pick(draw, _DRAWN_ACTS)
        reopened = draw.random() < (0.24 if CARELESS_WEEK.at(number) else 0.06)
        closed = _closing(draw, opened)
        outcome = pick(draw, _OUTCOMES)
        over = closed < until
        review_id = f"R{start:%y%m%d%H}-{place}"
        yield (
            *(review_id, iso(opened), iso(closed) if over else "", norm_id),
            *(outcome if over else "", "true" if reopened else "false"),
        )


def _closing(draw: random.Random, opened: datetime) -> datetime:
    """Return when a review is closed: after half a day to five, in working hours, not while nobody is there."""
    share = draw.random()
    closed = opened + timedelta(seconds=int(86_400 * (0.5 + 4.5 * share * share)))
    patience, delay = draw.random(), draw.random()
    backlog = BACKLOG.at(hour_number(closed))
    if backlog and patience < 0.8:
        closed = hour_start(backlog.stop) + timedelta(seconds=int(delay * 3 * 86_400))
    if closed.weekday() < 5 and 8 <= closed.hour < 18:
        return closed
    morning = closed.replace(hour=8, minute=0, second=0) + (timedelta(days=1) if closed.hour >= 8 else timedelta())
    while morning.weekday() >= 5:
        morning += timedelta(days=1)
    return morning + timedelta(seconds=int(delay * 4 * 3600))


def ingestions_in(number: int) -> Iterator[tuple[object, ...]]:
    """Yield the runs that began in hour `number`: of every source one, but for what failed."""
    start, draw = hour_start(number), draws("legal_register ingestions", number)
    down = _affected(SOURCE_DOWN, number)
    changed = _affected(NEW_LAYOUT, number)
    busy = 1.0 if start.weekday() < 5 and 6 <= start.hour < 20 else 0.25
    for place, (source_id, rows) in enumerate(SOURCES):
        run_at = start + timedelta(minutes=4 + 3 * place, seconds=int(draw.random() * 150))
        failed = draw.random() < 0.02
        read = 1 + spread_count(draw, rows * busy)
        share = between(draw, 0.2, 0.4) if source_id == changed else 0.007
        rejected = sum(draw.random() < share for _ in range(read))
        seconds = round(between(draw, 2.0, 5.0) + read * between(draw, 0.03, 0.06), 1)
        if not failed and source_id != down:
            yield iso(run_at), source_id, read, rejected, seconds


def _affected(incident: Incident, number: int) -> str | None:
    """Return the source that the incident in hour `number` hits, the same one all through it."""
    hours = incident.at(number)
    return pick(draws(incident.name, hours.start), SOURCES)[0] if hours else None
