"""What people do in the invented citizen app, hour by hour, as its clients write it to telemetry.

People ask where parties stand, get an answer, and may open the evidence behind it or say whether it helped. Fewer come
at night and at weekends. It must not write files.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from services_calendar import Incident, between, draws, hour_start, iso, pick, spread_count

OUTAGE = Incident("citizen_app outage", every_days=11, shortest=3, longest=6)
SLOW_ANSWERS = Incident("citizen_app slow answers", every_days=13, shortest=14, longest=30)
BAD_RELEASE = Incident("citizen_app bad release", every_days=41, shortest=150, longest=190)
QUIET_DAYS = Incident("citizen_app quiet days", every_days=29, shortest=72, longest=110)
FAULTY_CLIENT = Incident("citizen_app faulty client", every_days=17, shortest=10, longest=26)

SESSIONS_AN_HOUR = 12.5
# How busy each hour of the day (UTC) and each day of the week, Monday first, is against the average.
HOURS = (
    *(0.30, 0.20, 0.15, 0.15, 0.20, 0.40, 0.80, 1.20, 1.40, 1.45, 1.40, 1.30),
    *(1.25, 1.20, 1.20, 1.25, 1.30, 1.45, 1.70, 1.85, 1.70, 1.30, 0.80, 0.45),
)
WEEKDAYS = (1.10, 1.12, 1.10, 1.08, 1.00, 0.75, 0.85)
TOPICS = ("housing", "health", "education", "pensions", "energy", "water", "transport", "taxation")


@dataclass(frozen=True)
class Client:
    """One of the clients that send events: each has its own names for the same events."""

    name: str
    share: int
    start: str
    answer: str
    drilldown: str


CLIENTS = (
    Client("web", 5, "session_start", "first_answer", "drilldown_click"),
    Client("ios", 2, "app_loaded", "answer_ready", "open_drilldown"),
    Client("android", 2, "app_loaded", "answer_ready", "open_evidence"),
    Client("embed", 1, "view_loaded", "alignment_result", "evidence_link_click"),
)
_DRAWN = tuple(client for client in CLIENTS for _ in range(client.share))

Event = tuple[datetime, dict[str, object]]


def events_of_hour(number: int) -> bytes:
    """Return the lines of the events that happen within hour `number`, in the order of their times."""
    start, end = hour_start(number), hour_start(number + 1)
    # No session lasts an hour, so what happens now began now or in the hour before.
    events = [event for hour in (number - 1, number) for event in _events_from(hour) if start <= event[0] < end]
    events.sort(key=lambda event: event[0])
    return b"".join(json.dumps(row, separators=(",", ":")).encode() + b"\n" for _, row in events)


@lru_cache(maxsize=4)
def _events_from(number: int) -> tuple[Event, ...]:
    """Return the events of the sessions that begin in hour `number`."""
    draw = draws("citizen_app", number)
    start = hour_start(number)
    mean = SESSIONS_AN_HOUR * HOURS[start.hour] * WEEKDAYS[start.weekday()]
    if QUIET_DAYS.at(number):
        mean *= 0.7
    events: list[Event] = []
    for place in range(1, max(1, spread_count(draw, mean)) + 1):
        client = pick(draw, _DRAWN)
        begun = start + timedelta(milliseconds=int(draw.random() * 3_600_000))
        events += _session(draw, client, f"{client.name}-{start:%y%m%d%H}-{place:02d}", begun, number)
    return tuple(events)


def _session(draw: random.Random, client: Client, session_id: str, begun: datetime, number: int) -> Iterator[Event]:
    """Yield the events of one session."""
    outage = OUTAGE.at(number) is not None
    wait = _wait(draw, number)
    answered = draw.random() < (0.12 if outage else 0.94)
    error = draw.random() < _error_share(client, number, outage)
    happens: list[tuple[timedelta, str]] = [(timedelta(), client.start)]
    if error:
        happens.append((wait / 2, "error_shown"))
    if answered:
        happens.append((wait, client.answer))
        if draw.random() < (0.36 if BAD_RELEASE.at(number) else 0.53):
            happens.append((wait + timedelta(milliseconds=int(between(draw, 4_000, 50_000))), client.drilldown))
    if draw.random() < 0.3:
        helped = draw.random() < _helped_share(answered, error, wait)
        name = "feedback_helpful" if helped else "feedback_unhelpful"
        happens.append((wait + timedelta(milliseconds=int(between(draw, 55_000, 180_000))), name))
    topic = pick(draw, TOPICS)
    for after, name in happens:
        row: dict[str, object] = {"session_id": session_id, "event": name, "timestamp": iso(begun + after)}
        if name == client.answer:
            row["elapsed_ms"] = after // timedelta(milliseconds=1)
            row["topic"] = topic
        yield begun + after, row


def _wait(draw: random.Random, number: int) -> timedelta:
    """Return how long a session waits for its first answer: mostly 15 to 75 seconds, now and then minutes."""
    share = draw.random()
    seconds = 14 + 60 * share * share
    if draw.random() < 0.015:
        seconds += between(draw, 60, 240)
    if SLOW_ANSWERS.at(number):
        seconds *= between(draw, 2.0, 2.8)
    return timedelta(milliseconds=int(seconds * 1000))


def _error_share(client: Client, number: int, outage: bool) -> float:
    if outage:
        return 0.7
    return 0.45 if client.name == "ios" and FAULTY_CLIENT.at(number) else 0.025


def _helped_share(answered: bool, error: bool, wait: timedelta) -> float:
    if not answered:
        return 0.1
    return 0.4 if error else 0.6 if wait > timedelta(seconds=90) else 0.86
