"""Replaying past telemetry: one heartbeat per event file, each dated by its file, oldest first.

Gives a new lane its past. Recording, judging and publishing are those of every run. It must not invent dates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from heartbeat_assets.errors import InputMissing, UsageProblem
from heartbeat_assets.lanes.compute import compute_digest
from heartbeat_assets.lanes.heartbeat import build_row
from heartbeat_assets.lanes.history import parse_line
from heartbeat_assets.lanes.judging import judge_ledger
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.publish import may_publish, publish
from heartbeat_assets.lanes.recording import append_to_ledger
from heartbeat_assets.lanes.values import Document, instant
from heartbeat_assets.lanes.window import Verdict
from heartbeat_assets.ledger import open_ledger
from heartbeat_assets.sources.opening import silent
from heartbeat_assets.sources.spec import EventsSource
from heartbeat_assets.telemetry.event_files import event_files

_DAY = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)")


@dataclass(frozen=True)
class Replayed:
    """What came of one file: its append report, and the verdict afterwards (None when it was there already)."""

    file: Path
    report: Document
    verdict: Verdict | None
    published: bool


def replay(lane: Lane, folder: Path, progress: Callable[[str], None] = silent) -> Iterator[Replayed]:
    """Digests each event file in `folder` by itself and records it, as it would have been on its day.

    A file's digest is dated midnight after the day in its name. A digest that is there already is not recorded again.
    Raises UsageProblem for a partitioned lane, for a file without a day in its name, and for one that would put an
    older run behind a newer one.
    """
    if lane.spec.partitions is not None:
        raise UsageProblem(
            f"lane {lane.name} is partitioned: fill its past by a backfill in Dagster, or period by period with "
            f"`heartbeat run {lane.name} --period KEY`"
        )
    events = lane.spec.events_source()
    if events is None:
        raise UsageProblem(f"lane {lane.name} has no source of kind events to replay")
    files = sorted((_end_of_day(file), file) for file in event_files(folder))
    if not files:
        raise InputMissing(f"{folder}: no event files there")
    # Telemetry is named, so that it is read as it lies there; other required sources are found without.
    telemetry = {
        name: str(lane.source_path(name))
        for name, source in lane.spec.sources.items()
        if isinstance(source, EventsSource) and source.required
    }
    for day_end, file in files:
        progress(f"{file.name}")
        digest = compute_digest(lane, inputs={**telemetry, events[0]: str(file)}, now=day_end)
        yield _record(lane, file, digest, day_end)


def _record(lane: Lane, file: Path, digest: Document, day_end: datetime) -> Replayed:
    row = build_row(lane.spec, digest)
    ledger = open_ledger(lane.settings.ledger_url)
    head = ledger.head(lane.name)
    if head and ledger.find(lane.name, str(row["heartbeat_id"])) is None:
        newest = instant(parse_line(head.line, head.place).run_at)
        if newest and newest > day_end:
            raise UsageProblem(
                f"{file}: the history of {lane.name} already has a run of {newest:%Y-%m-%d %H:%M} UTC; "
                "a replay cannot put an older one behind it"
            )
    report = append_to_ledger(lane, digest, now=day_end)
    if not report["appended"]:
        return Replayed(file, report, None, published=False)
    verdict = judge_ledger(lane, now=day_end)
    if may_publish(verdict):
        publish(lane, digest, verdict, now=day_end)
    return Replayed(file, report, verdict, published=may_publish(verdict))


def _end_of_day(file: Path) -> datetime:
    match = _DAY.search(file.name)
    try:
        day = datetime.fromisoformat(match[1]).replace(tzinfo=UTC) if match else None
    except ValueError:
        day = None
    if day is None:
        raise UsageProblem(f"{file}: a replay needs the day in the file's name, as in 2026-02-23.jsonl")
    return day + timedelta(days=1)
