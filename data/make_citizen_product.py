"""Write the fixtures of lane citizen_product: the known run, its snapshot, a series of days and a broken day.

The product they imitate asks a citizen some questions and answers which parties vote alike; from the answer
the citizen can drill down to the evidence. Everything here is made up, parties too.

Running it again changes nothing; `--check` only says whether the files are up to date. It needs the standard
library alone and must not import the package whose lane the files feed.
"""

from __future__ import annotations

import json
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import TypeVar

from fixture_files import write_fixtures

FOLDER = Path(__file__).resolve().parent / "citizen_product"
KNOWN_RUN = date(2026, 2, 23)
FIRST_DAY = date(2026, 1, 9)
DAYS = 45
BROKEN_LINK = (date(2026, 1, 19), date(2026, 1, 25))  # a dead evidence link: hardly anyone drills down
SLOW_ANSWERS = (date(2026, 1, 21), date(2026, 1, 23))  # on three of these days the answers are slow too
RENAMED_EVENT = date(2026, 1, 30)  # a release renames the first answer event: no such KPI for a day
MADRID = timezone(timedelta(hours=1))

TOPICS = (
    *("housing", "health", "education", "pensions", "energy", "water"),
    *("transport", "digital-rights", "taxation", "agriculture", "migration"),
)
PARTIES = ("alameda", "brisa", "cauce", "dehesa", "encina", "faro", "garza")
STANCES = ("support", "oppose", "mixed", "Support", "abstain")
UNKNOWN_STANCES = ("no_signal", "No Signal", "unclear", "no-signal", "Unclear", " NO_SIGNAL ", "UNCLEAR")

Choice = TypeVar("Choice")


@dataclass(frozen=True)
class Client:
    """One of the clients that send events: each spells the same things in its own way."""

    name: str
    share: int
    session_key: str
    event_key: str
    time_key: str
    elapsed_key: str
    starts: tuple[str, ...]
    answers: tuple[str, ...]
    drilldowns: tuple[str, ...]
    write_time: Callable[[datetime], object]


def milliseconds(at: datetime) -> int:
    """Return epoch milliseconds, in integers so that no platform rounds differently."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def iso(at: datetime) -> str:
    """Return ISO-8601 with milliseconds and Z."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


CLIENTS = (
    Client(
        "web", 10, "session_id", "event", "timestamp", "elapsed_ms",
        ("session_start", "page_load"), ("first_answer", "alignment_result"),
        ("drilldown_click", "open_evidence"), iso,
    ),
    Client(
        "ios", 3, "sessionId", "event_name", "ts", "duration_ms",
        ("App Loaded",), ("Answer-Ready",), ("Open-Evidence", "Open Drilldown"), milliseconds,
    ),
    Client(
        "android", 3, "sid", "name", "time", "tfa_ms",
        ("app_loaded",), ("answer_ready",), ("open_drilldown",), lambda at: milliseconds(at) / 1000,
    ),
    Client(
        "kiosk", 2, "user_session_id", "action", "at", "time_to_first_answer_ms",
        ("onboarding_start",), ("onboarding_answer",), ("OPEN_EXPLORER",),
        lambda at: at.astimezone(MADRID).isoformat(timespec="seconds"),
    ),
    Client(
        "embed", 2, "session", "type", "ts", "elapsed_ms",
        ("View-Loaded",), (" ALIGNMENT_RESULT ",), ("evidence link click",), lambda at: str(milliseconds(at)),
    ),
    Client(
        "archive", 1, "session_id", "event", "at", "elapsed_ms",
        ("view_loaded",), ("first_answer",), ("evidence_link_click",),
        lambda at: at.replace(tzinfo=None).isoformat(sep=" ", timespec="milliseconds"),
    ),
)  # fmt: skip
DIRTY_LINES = (
    '{"session_id":"web-cut-off","event":"page_load","timest',
    '{"event":"page_load","timestamp":"2026-01-09T10:00:00.000Z"}',
    '["web-0109-001","first_answer"]',
    '{"session_id":"   ","event":"scroll"}',
    "-- collector restarted --",
    '{"sessionId":null,"event_name":"search"}',
    '"page_load"',
    '{"session_id":"web-0109-002","event":"search"}}',
    "null",
)


def within(day: date, period: tuple[date, date]) -> bool:
    """Return whether `day` lies in `period`, both ends included."""
    return period[0] <= day <= period[1]


def pick(draw: random.Random, options: Sequence[Choice]) -> Choice:
    """Return one of `options`. Only random() is promised to stay the same in every Python version."""
    return options[int(draw.random() * len(options))]


def between(draw: random.Random, low: float, high: float) -> float:
    """Return a number from `low` to `high`."""
    return low + draw.random() * (high - low)


def known_run() -> str:
    """Return the known run: two sessions, 20 s and 40 s to the first answer, one of them drills down."""
    events = (
        ("s-1001", "session_start", "14:05:00", {"page": "/alignment"}),
        ("s-1001", "first_answer", "14:05:20", {"topic": "housing", "closest_party": "brisa"}),
        ("s-1001", "drilldown_click", "14:05:41", {"topic": "housing", "evidence": "vote-2025-0417"}),
        ("s-1002", "session_start", "14:09:10", {"page": "/alignment"}),
        ("s-1002", "first_answer", "14:09:50", {"topic": "energy", "closest_party": "encina"}),
    )
    rows = (
        {"session_id": session, "event": event, "timestamp": f"{KNOWN_RUN}T{at}Z", **more}
        for session, event, at, more in events
    )
    return "".join(json.dumps(row) + "\n" for row in rows)


def snapshot() -> str:
    """Return the snapshot: 74 positions, 13 of them without a clear stance, no ready-made unknown rate."""
    pairs = [(party, topic) for party in PARTIES for topic in TOPICS]
    positions = []
    for place, (party, topic) in enumerate(pairs[:74]):  # the youngest party has 8 of the 11 topics so far
        known = place % 6 != 0
        stance = STANCES[place % len(STANCES)] if known else UNKNOWN_STANCES[place // 6 % len(UNKNOWN_STANCES)]
        votes = 3 + place % 9 if known else 0
        positions.append({"party": party, "topic": topic, "stance": stance, "votes_counted": votes})
    meta = {
        "as_of": "2026-02-23",
        "method": "alignment by recorded votes",
        "quality": {"positions_total": len(positions), "sources_total": 9},
    }
    return json.dumps({"meta": meta, "party_topic_positions": positions}, indent=2) + "\n"


def session_events(
    draw: random.Random, client: Client, session_id: object, start: datetime, wait: float, drills_down: bool
) -> Iterator[tuple[datetime, dict[str, object]]]:
    """Yield the events of one session with their times, as its client writes them."""
    at = start.replace(microsecond=0) + timedelta(milliseconds=int(draw.random() * 1000))
    answer_at = at + timedelta(milliseconds=int(wait * 1000))
    plan: list[tuple[datetime, str]] = [(at, pick(draw, client.starts))]
    if draw.random() < 0.6:
        plan.append((at + (answer_at - at) / 2, pick(draw, ("search", "answer_question", "scroll"))))
    if draw.random() < 0.92:
        plan.append((answer_at, pick(draw, client.answers)))
    if drills_down:
        drill_at = answer_at + timedelta(milliseconds=int(between(draw, 4_000, 50_000)))
        plan.append((drill_at, pick(draw, client.drilldowns)))
    if draw.random() < 0.4:
        plan.append((answer_at + timedelta(seconds=55), pick(draw, ("share", "scroll", "change_topic"))))
    for moment, name in plan:
        answer = name in client.answers
        if answer and moment.date() == RENAMED_EVENT:
            name = "answer_shown_v2"
        row: dict[str, object] = {client.session_key: session_id, client.event_key: name}
        row[client.time_key] = client.write_time(moment)
        if answer and draw.random() < 0.4:
            elapsed = (moment - at) // timedelta(milliseconds=1)
            row[client.elapsed_key] = str(elapsed) if client.name == "embed" else elapsed
        row["topic"] = pick(draw, TOPICS)
        yield moment, row


def day_sessions(day: date) -> Iterator[tuple[datetime, dict[str, object]]]:
    """Yield the events of the sessions that start on `day`; the last two sessions run past midnight."""
    draw = random.Random(f"citizen_product {day}")
    clients = [client for client in CLIENTS for _ in range(client.share)]
    midnight = datetime.combine(day, time(), UTC)
    count = 32 + int(draw.random() * 26)
    for place in range(1, count + 1):
        client = pick(draw, clients)
        number = f"{day:%m%d}{place:03d}"
        session_id: object = int(number) if client.name == "android" else f"{client.name}-{number}"
        start = midnight + timedelta(seconds=int(between(draw, 6 * 3600, 23 * 3600)))
        wait = between(draw, 140, 260) if within(day, SLOW_ANSWERS) else between(draw, 12, 75)
        if place > count - 2 and day < KNOWN_RUN - timedelta(days=1):  # the known run has no guests
            start, wait = midnight + timedelta(hours=23, minutes=59, seconds=30), max(wait, 45.0)
        drills_down = draw.random() < (0.06 if within(day, BROKEN_LINK) else 0.5)
        yield from session_events(draw, client, session_id, start, wait, drills_down)


def series() -> dict[str, str]:
    """Return the daily event files by name: every event in the file of its own UTC day, and 1% dirt."""
    days: dict[date, list[tuple[datetime, dict[str, object]]]] = defaultdict(list)
    for offset in range(DAYS):
        for moment, row in day_sessions(FIRST_DAY + timedelta(days=offset)):
            days[moment.date()].append((moment, row))
    files, dirty = {}, 0
    for day, events in sorted(days.items()):
        draw = random.Random(f"citizen_product dirt {day}")
        events.sort(key=lambda event: event[0])
        lines = [json.dumps(row, separators=(",", ":")) for _, row in events]
        for _ in range(1 + len(lines) // 130):
            lines.insert(int(draw.random() * len(lines)), DIRTY_LINES[dirty % len(DIRTY_LINES)])
            dirty += 1
        lines.insert(int(draw.random() * len(lines)), pick(draw, ("", "   ", "\t")))
        files[f"series/{day}.jsonl"] = "\n".join(lines) + "\n"
    return files


def broken() -> str:
    """Return a day that breaks the lane: 38 sessions, one drills down, and the answers are slow."""
    draw = random.Random("citizen_product broken")
    opening = datetime(2026, 2, 24, 9, tzinfo=UTC)
    events: list[tuple[datetime, dict[str, object]]] = []
    for place in range(38):
        start = opening + timedelta(minutes=12 * place)
        wait = between(draw, 150, 240)
        events += session_events(draw, CLIENTS[0], f"web-0224{place + 1:03d}", start, wait, place == 0)
    events.sort(key=lambda event: event[0])
    return "".join(json.dumps(row, separators=(",", ":")) + "\n" for _, row in events)


def files() -> dict[str, bytes]:
    """Return every fixture by its path below the lane's folder."""
    texts = {
        f"events/{KNOWN_RUN}.jsonl": known_run(),
        "snapshot.json": snapshot(),
        f"broken/{KNOWN_RUN + timedelta(days=1)}.jsonl": broken(),
        **series(),
    }
    return {name: text.encode("utf-8") for name, text in texts.items()}


if __name__ == "__main__":
    sys.exit(write_fixtures(FOLDER, files()))
