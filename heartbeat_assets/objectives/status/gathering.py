"""Facts from where they are kept: SLO verdicts in the journal, values of metrics, lanes' rows, and their schedules.

Whether background jobs run is seen from what they leave in the ledger, held against their crons: no server is asked.
It must not measure anything anew, nor judge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

from heartbeat_assets.errors import HeartbeatError, SpecProblem
from heartbeat_assets.lanes.judging import judge_ledger
from heartbeat_assets.lanes.lane import Lane, each_lane
from heartbeat_assets.lanes.publish import may_publish
from heartbeat_assets.lanes.sentences import verdict_sentence
from heartbeat_assets.ledger import JournalEvent, Ledger, MetricValue
from heartbeat_assets.metrics.catalog import Catalog, load_catalog
from heartbeat_assets.objectives.records_days import newest_of_all
from heartbeat_assets.objectives.status.crons import missed_runs
from heartbeat_assets.objectives.status.facts import Facts, LaneFact, MetricFact, ScheduleFact, SloFact
from heartbeat_assets.settings import Settings

GRACE = timedelta(minutes=15)
"""So long a run may take before it counts as missed."""


def gather(settings: Settings, ledger: Ledger, now: datetime, *, catalog: Catalog | None = None) -> Facts:
    """Everything that rules may ask about, as it is at `now`. What is wrong with a file is in `problems`.

    Raises LedgerError.
    """
    problems: list[str] = []
    catalog = catalog or load_catalog(settings)
    newest = {name: values[-1] for name, values in ledger.metrics.newest_values().items() if values}
    lanes = dict(_lanes(settings, problems))
    facts = {name: lane_fact(lane, ledger, now, problems) for name, lane in lanes.items()}
    schedules = {one.name: one for one in _schedules(lanes, facts, catalog, newest, now)}
    problems += [str(problem) for problem in catalog.problems]
    return Facts(
        at=now,
        slos={name: slo_fact(event) for name, event in sorted(newest_of_all(ledger.journal).items())},
        metrics={name: metric_fact(catalog, name, newest.get(name)) for name in sorted({*catalog.files, *newest})},
        lanes=facts,
        schedules=schedules,
        problems=tuple(problems),
    )


def slo_fact(event: JournalEvent) -> SloFact:
    """What `event`, the newest of an SLO, says. It is as old as the oldest source it was measured over."""
    body = event.body
    at = min(_instant(body.get("judged_at")) or event.at, _instant(body.get("source_as_of")) or event.at)
    said = str(body.get("sentence") or f"its newest verdict is {event.kind.replace('_', ' ')}")
    return SloFact(event.subject, event.kind, body, said, at, event.at)


def metric_fact(catalog: Catalog, name: str, newest: MetricValue | None) -> MetricFact:
    """The newest value of a metric. Where its sources were older than they may be, it is as old as they."""
    file = catalog.files.get(name)
    unit = file.header.unit if file is not None else ""
    if newest is None:
        return MetricFact(name, None, unit, "no_data", None, None)
    at, source = newest.tick, newest.source_as_of
    if file is not None and source is not None and at - source > file.header.fresh_within_duration:
        at = source
    return MetricFact(name, newest.value, unit, newest.status, at, newest.computed_at, newest.error or "")


def _instant(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if isinstance(text, str) else None
    except ValueError:
        return None


def lane_fact(lane: Lane, ledger: Ledger, now: datetime, problems: list[str]) -> LaneFact:
    """The verdict over the last rows of a lane; what keeps it from being judged goes to `problems`."""
    head = ledger.head(lane.name)
    if head is None:
        return LaneFact(lane.name, None, "it has not run yet", None)
    try:
        verdict = judge_ledger(lane, now=now)
    except HeartbeatError as problem:
        problems.append(f"lane {lane.name}: {problem}")
        return LaneFact(lane.name, None, f"it cannot be judged: {problem}", head.recorded_at)
    said = verdict_sentence(lane.spec, verdict)
    return LaneFact(lane.name, may_publish(verdict), said, head.recorded_at)


def _lanes(settings: Settings, problems: list[str]) -> Iterator[tuple[str, Lane]]:
    for name, lane in each_lane(settings):
        if isinstance(lane, SpecProblem):
            problems.append(str(lane))
        else:
            yield name, lane


def _schedules(
    lanes: Mapping[str, Lane],
    facts: Mapping[str, LaneFact],
    catalog: Catalog,
    newest: Mapping[str, MetricValue],
    now: datetime,
) -> Iterator[ScheduleFact]:
    for name, lane in lanes.items():
        schedule = lane.spec.schedule
        if schedule is not None:
            yield _schedule(name, "lane", schedule.cron, schedule.timezone, schedule.enabled, facts[name].at, now)
    for name, service in catalog.services.items():
        files = catalog.of_service(name)
        if not files:
            continue
        # Daily metrics alone are no sign of life by the hour.
        hourly = [file for file in files if file.header.every == "hour"]
        given = service.spec.schedule
        cron = given.cron if hourly else given.daily_cron
        computed = [newest[file.metric_id].computed_at for file in hourly or files if file.metric_id in newest]
        yield _schedule(name, "metrics service", cron, "UTC", given.enabled, max(computed, default=None), now)


def _schedule(
    name: str,
    kind: Literal["lane", "metrics service"],
    cron: str,
    timezone: str,
    enabled: bool,
    last: datetime | None,
    now: datetime,
) -> ScheduleFact:
    missed = None if last is None else missed_runs(cron, timezone, last, now, grace=GRACE)
    return ScheduleFact(name, kind, cron, timezone, enabled, last, missed)
