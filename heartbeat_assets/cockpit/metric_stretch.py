"""A metric over a stretch of time: what was asked for, its values, its chart, and both as files to keep.

It must not judge a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from heartbeat_assets.cockpit.charts import Point, Rule, ThresholdStep, metric_chart
from heartbeat_assets.cockpit.cockpit import Cockpit
from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.cockpit.tiles import band_of
from heartbeat_assets.cockpit.views import RangeChoice
from heartbeat_assets.lanes.values import instant
from heartbeat_assets.ledger import Benchmark, MetricEvent, MetricValue
from heartbeat_assets.metrics.document import MetricNow
from heartbeat_assets.metrics.state import ThresholdHistory

_SPANS = {
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
}
_DEFAULT = "7d"
_LONGEST = timedelta(days=3700)
_RULES = {
    "sql_hash": "SQL changed",
    "source_schema": "Source schema changed",
    "direction": "Direction changed",
}


@dataclass(frozen=True)
class Stretch:
    """A metric over a stretch of time: its values, oldest first, and the thresholds that were in force."""

    since: datetime
    until: datetime
    values: Sequence[MetricValue]
    events: Sequence[MetricEvent]
    benchmark: Benchmark | None
    unit: str
    name: str

    @property
    def points(self) -> list[Point]:
        return [Point(value.tick, value.value, value.status) for value in self.values]

    def chart(self) -> str:
        """The SVG of the values; "" for none."""
        return metric_chart(
            self.points,
            since=self.since,
            until=self.until,
            thresholds=_steps(self.events, self.since),
            band=band_of(self.benchmark),
            rules=_rules(self.events),
            unit=self.unit,
            name=self.name,
        )


def range_of(parameters: Mapping[str, str], now: datetime) -> RangeChoice:
    """The stretch that the page's parameters ask for: a known one, or two days (`from`, `to`), both included."""
    key = parameters.get("range", _DEFAULT)
    if key in _SPANS:
        return RangeChoice(key=key, since=now - _SPANS[key], until=now)
    fallback = now - _SPANS[_DEFAULT]
    try:
        first = datetime.strptime(parameters.get("from", ""), "%Y-%m-%d").replace(tzinfo=UTC)
        last = datetime.strptime(parameters.get("to", ""), "%Y-%m-%d").replace(tzinfo=UTC)
        until = datetime.combine(last.date() + timedelta(days=1), time(), UTC)
    except (ValueError, OverflowError):
        problem = "Give both days as 2026-02-23; these are the last 7 days."
        return RangeChoice(key=_DEFAULT, since=fallback, until=now, problem=problem)
    if not first < until:
        problem = "The first day is after the last; these are the last 7 days."
        return RangeChoice(key=_DEFAULT, since=fallback, until=now, problem=problem)
    if until - first > _LONGEST:
        problem = "Ten years at most are shown; these are the last 7 days."
        return RangeChoice(key=_DEFAULT, since=fallback, until=now, problem=problem)
    return RangeChoice(key="custom", since=first, until=until)


def span_of(parameters: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    """The instants `since` and `until` of a download; without them as the page. Raises Refusal for what is none."""
    if "since" not in parameters and "until" not in parameters:
        choice = range_of(parameters, now)
        return choice.since, choice.until
    found = []
    for name, default in (("since", now - _SPANS["90d"]), ("until", now)):
        given = parameters.get(name)
        at = default if given is None else instant(given)
        if at is None:
            raise Refusal(422, f"{name}: is no instant; write 2026-02-23T14:00:00Z.", field=name)
        found.append(at)
    if found[0] > found[1]:
        raise Refusal(422, "since: is after until.", field="since")
    return found[0], found[1]


def stretch_of(cockpit: Cockpit, metric: MetricNow, since: datetime, until: datetime) -> Stretch:
    """The metric from `since` to `until`. Raises LedgerError."""
    header = metric.file.header if metric.file else None
    return Stretch(
        since=since,
        until=until,
        values=cockpit.store.values(metric.metric_id, since=since, until=until),
        events=cockpit.store.events(metric.metric_id),
        benchmark=metric.benchmark,
        unit=header.unit if header else "",
        name=header.name if header else metric.metric_id,
    )


def csv_of(values: Sequence[MetricValue]) -> str:
    """The values as CSV, oldest first, with a header; lines end as RFC 4180 has it."""
    lines = ["tick,value,status,computed_at,source_as_of,revision,sql_hash,error"]
    for one in values:
        cells = [
            _instant(one.tick),
            "" if one.value is None else repr(one.value),
            one.status,
            _instant(one.computed_at),
            _instant(one.source_as_of),
            str(one.revision),
            one.sql_hash,
            _quoted(one.error or ""),
        ]
        lines.append(",".join(cells))
    return "\r\n".join(lines) + "\r\n"


def _quoted(text: str) -> str:
    """`text` as a cell. What a spreadsheet would take for a formula is told apart by an apostrophe."""
    safe = f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
    return '"' + safe.replace('"', '""') + '"' if safe else ""


def _instant(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else ""


def _steps(events: Sequence[MetricEvent], since: datetime) -> list[ThresholdStep]:
    """The thresholds in force; before there were any, the first ones, by which the past was judged."""
    changes = ThresholdHistory(events).changes
    return [
        ThresholdStep(min(at, since) if index == 0 else at, limits.norm_value, limits.alert_value)
        for index, (at, limits) in enumerate(changes)
    ]


def _rules(events: Sequence[MetricEvent]) -> list[Rule]:
    """The moments worth a line in the chart: what ends a verification, and verifications. Not the registration."""
    found = []
    for event in events:
        if event.field in _RULES and event.before is not None:
            found.append(Rule(event.at, _RULES[event.field]))
        elif event.field == "verification_state" and event.before is not None:
            found.append(Rule(event.at, "Verified" if event.after == "verified" else "Verification withdrawn"))
        elif event.field == "registration" and event.after == "retired":
            found.append(Rule(event.at, "Retired"))
    return found
