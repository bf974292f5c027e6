"""The plain Python reader of lane citizen_product: the baseline of the speed claims and an oracle for tests.

From raw events (NDJSON), a snapshot and an optional telemetry summary to the digest document and its status:

1. read the events line by line with `json.loads` and keep a small record per session;
2. boil the sessions down to counts and the two telemetry KPIs;
3. let the summary, where it says something, win over the events;
4. take the unknown rate from the snapshot;
5. compare the KPIs with the thresholds and name what failed.

It must stay independent of the `heartbeat_assets` package, which is checked against it, and straightforward:
neither tuned nor slowed down, or the ratios that are measured against it mean nothing. It is one file without
imports from this project, so that it runs as a script anywhere.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import statistics
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SESSION_ID_KEYS = ("session_id", "sessionId", "session", "sid", "user_session_id")
EVENT_KEYS = ("event", "event_name", "name", "type", "action")
AT_KEYS = ("timestamp", "ts", "at", "time")
ELAPSED_KEYS = ("elapsed_ms", "duration_ms", "time_to_first_answer_ms", "tfa_ms")

SESSION_START = {"session_start", "page_load", "view_loaded", "app_loaded", "onboarding_start"}
FIRST_ANSWER = {"first_answer", "answer_ready", "alignment_result", "onboarding_answer"}
DRILLDOWN = {"drilldown_click", "open_drilldown", "open_evidence", "evidence_link_click", "open_explorer"}
UNKNOWN_STANCES = {"no_signal", "unclear"}

DEFAULT_THRESHOLDS: Mapping[str, float] = {
    "max_unknown_rate": 0.45,
    "max_time_to_first_answer_seconds": 120.0,
    "min_drilldown_click_rate": 0.20,
}
TELEMETRY_KPIS = ("time_to_first_answer_seconds", "drilldown_click_rate")
SESSION_COUNTS = ("sessions_total", "sessions_with_first_answer", "sessions_with_drilldown_click")
EVENT_COUNTS = ("events_total", "parse_errors")

NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
BLANK_OR_DASH = re.compile(r"[\s-]")
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_INSTANT = (datetime.min.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
LAST_INSTANT = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MICROSECOND


@dataclass(frozen=True, slots=True)
class Event:
    """The canonical columns of one event line; `at` is in whole microseconds since 1970, `event` a token."""

    session_id: str
    event: str
    at: int | None
    elapsed_ms: float | None


@dataclass(slots=True)
class Session:
    """What one session contributes to the KPIs; instants in microseconds, infinity for none yet."""

    start_at: float = math.inf
    answer_at: float = math.inf
    answer_elapsed_ms: float = math.inf
    answered: bool = False
    drilled_down: bool = False


def number(value: object) -> float | None:
    """Return `value` as a finite float, also from text; None for anything else and for booleans."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, str) and not NUMBER.fullmatch(value.strip()):
        return None
    try:
        as_float = float(value.strip() if isinstance(value, str) else value)
    except OverflowError:  # an integer too large for a float
        return None
    return as_float if math.isfinite(as_float) else None


def text(value: object) -> str:
    """Return `value` as trimmed text, '' when it is null; booleans and containers are spelt as in JSON."""
    if value is None:
        return ""
    if isinstance(value, (bool, dict, list)):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return str(value).strip()


def token(value: object) -> str:
    """Return `value` as a token: trimmed, lower-cased, `-` and each blank turned into `_`."""
    return BLANK_OR_DASH.sub("_", text(value).lower())


def instant(value: object) -> int | None:
    """Return the time `value` names in microseconds since 1970, or None when it names none.

    A number, also in text, is epoch seconds, or milliseconds above 10^12; other text is ISO-8601, in UTC when
    it has no offset. Times outside the years 1 to 9999 are none.
    """
    seconds = number(value)
    if seconds is not None:
        if seconds > 1e12:
            seconds /= 1000
        if abs(seconds) > 1e12:  # beyond every year below, and its microseconds could overflow
            return None
        found = round(seconds * 1e6)
    elif isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        found = (moment - EPOCH) // MICROSECOND
    else:
        return None
    return found if FIRST_INSTANT <= found <= LAST_INSTANT else None


def first_text(row: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    """Return the first usable text of `row` under `keys`, or ''."""
    return next((found for key in keys if (found := text(row.get(key)))), "")


def first_instant(row: Mapping[str, Any]) -> int | None:
    """Return when the event of `row` happened, from the first key that names a time."""
    return next((found for key in AT_KEYS if (found := instant(row.get(key))) is not None), None)


def first_elapsed_ms(row: Mapping[str, Any]) -> float | None:
    """Return the first elapsed time of `row` that is a number of at least 0."""
    numbers = (number(row.get(key)) for key in ELAPSED_KEYS)
    return next((found for found in numbers if found is not None and found >= 0), None)


def read_event(line: bytes) -> Event | None:
    """Return the event on a line that is not blank, or None when the line is a parse error.

    It is one when it is not JSON (bytes that are not UTF-8 are not), not an object, or has no session id.
    """
    try:
        row = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict):
        return None
    session_id = first_text(row, SESSION_ID_KEYS)
    if not session_id:
        return None
    return Event(session_id, token(first_text(row, EVENT_KEYS)), first_instant(row), first_elapsed_ms(row))


def record(event: Event, session: Session) -> None:
    """Add what `event` says to the session it belongs to."""
    if event.event in SESSION_START and event.at is not None:
        session.start_at = min(session.start_at, event.at)
    if event.event in FIRST_ANSWER:
        session.answered = True
        if event.at is not None:
            session.answer_at = min(session.answer_at, event.at)
        if event.elapsed_ms is not None:
            session.answer_elapsed_ms = min(session.answer_elapsed_ms, event.elapsed_ms)
    if event.event in DRILLDOWN:
        session.drilled_down = True


def seconds_to_first_answer(session: Session) -> float | None:
    """Return a session's time to its first answer: the elapsed time it reported, else answer minus start."""
    if session.answer_elapsed_ms < math.inf:
        return session.answer_elapsed_ms / 1000
    if session.start_at <= session.answer_at < math.inf:
        return (session.answer_at - session.start_at) / 1e6
    return None


def read_events(lines: Iterable[bytes]) -> dict[str, float | None]:
    """Read event lines and return the five telemetry counts and the two telemetry KPIs (None = not known)."""
    sessions: dict[str, Session] = {}
    events_total = parse_errors = 0
    for line in lines:
        line = line.strip()
        if not line:
            continue
        events_total += 1
        event = read_event(line)
        if event is None:
            parse_errors += 1
        else:
            record(event, sessions.setdefault(event.session_id, Session()))
    waits = [wait for wait in map(seconds_to_first_answer, sessions.values()) if wait is not None]
    drilled_down = sum(session.drilled_down for session in sessions.values())
    return {
        "sessions_total": len(sessions),
        "sessions_with_first_answer": sum(session.answered for session in sessions.values()),
        "sessions_with_drilldown_click": drilled_down,
        "events_total": events_total,
        "parse_errors": parse_errors,
        "time_to_first_answer_seconds": statistics.median(waits) if waits else None,
        "drilldown_click_rate": drilled_down / len(sessions) if sessions else None,
    }


def read_summary(summary: Mapping[str, Any]) -> dict[str, float]:
    """Return the KPIs and session counts that a telemetry summary gives, without what is not a number."""
    places = dict.fromkeys(TELEMETRY_KPIS, ("metrics", "kpis"))
    places |= dict.fromkeys(SESSION_COUNTS, ("telemetry", "counts"))
    given: dict[str, float] = {}
    for name, sections in places.items():
        objects = [summary, *(summary.get(section) for section in sections)]
        numbers = (number(found.get(name)) for found in objects if isinstance(found, Mapping))
        value = next((value for value in numbers if value is not None), None)
        if value is not None:
            given[name] = int(value) if name in SESSION_COUNTS else value
    if "drilldown_click_rate" in given:
        given["drilldown_click_rate"] = min(max(given["drilldown_click_rate"], 0.0), 1.0)
    return given


def unknown_rate(snapshot: Mapping[str, Any]) -> tuple[float | None, str | None]:
    """Return the unknown rate of a snapshot and where it was found, both None when there is none."""
    meta = snapshot.get("meta")
    quality = meta.get("quality") if isinstance(meta, Mapping) else None
    given = number(quality.get("unknown_pct")) if isinstance(quality, Mapping) else None
    if given is not None:
        return min(max(given, 0.0), 1.0), "meta.quality.unknown_pct"
    positions = snapshot.get("party_topic_positions")
    if not isinstance(positions, list) or not positions:
        return None, None
    stances = (position.get("stance") for position in positions if isinstance(position, Mapping))
    unknown = sum(token(stance) in UNKNOWN_STANCES for stance in stances)
    return unknown / len(positions), "party_topic_positions.stance"


def digest(
    events: Iterable[bytes] | None,
    snapshot: Mapping[str, Any],
    summary: Mapping[str, Any] | None = None,
    thresholds: Mapping[str, float] = DEFAULT_THRESHOLDS,
    generated_at: datetime | None = None,
) -> dict[str, Any]:
    """Return the digest document of event lines, a snapshot and a summary; None means not given."""
    known: dict[str, Any] = dict.fromkeys(SESSION_COUNTS + EVENT_COUNTS)
    known |= read_events(events) if events is not None else {}
    known |= read_summary(summary) if summary is not None else {}
    known["unknown_rate"], source = unknown_rate(snapshot)
    values = {name: known.get(name) for name in ("unknown_rate", *TELEMETRY_KPIS)}
    kpis = {name: None if value is None else round(float(value), 6) for name, value in values.items()}
    sources = {"telemetry_events_jsonl": events, "telemetry_json": summary}
    return {
        "generated_at": (generated_at or datetime.now(UTC)).isoformat(timespec="seconds"),
        "telemetry": {name: known[name] for name in SESSION_COUNTS + EVENT_COUNTS},
        "telemetry_sources": sorted(name for name, given in sources.items() if given is not None),
        "metrics": {**kpis, "unknown_rate_source": source},
        "thresholds": dict(thresholds),
        **judge(kpis, thresholds),
    }


def judge(kpis: Mapping[str, float | None], thresholds: Mapping[str, float]) -> dict[str, Any]:
    """Return checks, missing metrics, failure reasons and status of rounded KPIs.

    A value that equals its threshold passes.
    """
    unknown, wait, rate = kpis.values()
    unknown_ok = unknown is not None and unknown <= thresholds["max_unknown_rate"]
    wait_ok = None if wait is None else wait <= thresholds["max_time_to_first_answer_seconds"]
    rate_ok = None if rate is None else rate >= thresholds["min_drilldown_click_rate"]
    reasons = {
        "unknown_rate_missing": unknown is None,
        "unknown_rate_above_threshold": unknown is not None and not unknown_ok,
        "time_to_first_answer_above_threshold": wait_ok is False,
        "drilldown_click_rate_below_threshold": rate_ok is False,
    }
    failure_reasons = sorted(reason for reason, holds in reasons.items() if holds)
    missing = sorted(name for name, value in kpis.items() if value is None)
    status = "failed" if failure_reasons else "degraded" if missing else "ok"
    return {
        "checks": {
            "unknown_rate_within_threshold": unknown_ok,
            "time_to_first_answer_within_threshold": wait_ok,
            "drilldown_click_rate_within_threshold": rate_ok,
            "telemetry_available": wait is not None or rate is not None,
            "contract_complete": status == "ok",
        },
        "missing_metrics": missing,
        "failure_reasons": failure_reasons,
        "status": status,
    }


def event_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of an event file, or of every `*.jsonl` file of a folder in the order of names."""
    for file in sorted(path.glob("*.jsonl")) if path.is_dir() else [path]:
        with file.open("rb") as lines:
            yield from lines


def read_object(path: Path) -> dict[str, Any]:
    """Return the JSON object in the file at `path`; raise ValueError when it holds something else."""
    document = json.loads(path.read_bytes().decode("utf-8"))
    if not isinstance(document, dict):
        raise ValueError(f"{path}: expected a JSON object, found {type(document).__name__}")
    return document


def main(arguments: list[str] | None = None) -> int:
    """Print the digest document of the files named on the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Digest citizen_product telemetry in plain Python.")
    parser.add_argument("events", type=Path, help="event file (NDJSON), or a folder of *.jsonl files")
    parser.add_argument("snapshot", type=Path, help="snapshot JSON")
    parser.add_argument("--summary", type=Path, help="telemetry summary JSON")
    given = parser.parse_args(arguments)
    for path in (given.events, given.snapshot, given.summary):
        if path is not None and not path.exists():
            parser.error(f"{path} does not exist")
    try:
        summary = read_object(given.summary) if given.summary else None
        document = digest(event_lines(given.events), read_object(given.snapshot), summary)
    except (OSError, ValueError, RecursionError) as fault:
        print(json.dumps({"error": str(fault)}), file=sys.stderr)
        return 3
    print(json.dumps(document, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
