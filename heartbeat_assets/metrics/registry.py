"""The registry kept in line with the files: new ones are registered, removed ones retired, changed ones unverified.

The file's thresholds are taken once, at the registration; from then on they are the operators'. It must not read what
a query returns, and must not set an owner or verify.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.ledger import Actor, LedgerError, MetricRow, MetricStore, NewMetricEvent, StaleMetric
from heartbeat_assets.metrics.catalog import Catalog, load_catalog
from heartbeat_assets.metrics.changes import checked_reason, current_row
from heartbeat_assets.metrics.metric_file import MetricFile
from heartbeat_assets.metrics.state import MetricState, state_of
from heartbeat_assets.metrics.thresholds import THRESHOLD_FIELDS


@dataclass
class SyncReport:
    """What came of a sync: the ids that were `registered` and `retired`; of those that `changed` a sentence each.

    `refused` says of a file why it was not registered. What is wrong with files otherwise is in the catalog's problems.
    """

    registered: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    refused: list[SpecProblem] = field(default_factory=list)


@dataclass
class _Plan:
    """The events that the files call for, by metric; `places` are those of the rows they were found by."""

    new: dict[str, list[NewMetricEvent]] = field(default_factory=dict)
    changed: dict[str, list[NewMetricEvent]] = field(default_factory=dict)
    retired: dict[str, list[NewMetricEvent]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    refused: list[SpecProblem] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.retired)


def sync(catalog: Catalog, store: MetricStore, *, actor: Actor, now: datetime | None = None) -> SyncReport:
    """Brings the ledger in line with the files of `catalog`. Writes nothing when it is; safe beside another sync.

    1. A file without a metric registers it, with the file's thresholds; not when its id was a retired metric's.
    2. A metric without a file is retired, when the file is surely gone and not just wrong or unreadable.
    3. A changed query or direction is recorded and ends the verification, whose reason says so. So does its expiry.

    Before anything is written the files are read again: `catalog` may be older than what another process did.
    Raises LedgerError.
    """
    now = now or datetime.now(UTC)
    plan = _plan(catalog, store, now)
    if plan:
        plan = _plan(load_catalog(catalog.settings), store, now)
    report = SyncReport(refused=plan.refused)
    report.registered = _register(plan, store, actor)
    for metric_id, events in plan.changed.items():
        if _appended(store, metric_id, events, actor, plan.places[metric_id]):
            report.changed[metric_id] = list(dict.fromkeys(event.reason for event in events))
    for metric_id, events in plan.retired.items():
        if _appended(store, metric_id, events, actor, plan.places[metric_id]):
            report.retired.append(metric_id)
    return report


def retire_metric(store: MetricStore, metric_id: str, *, actor: Actor, reason: str) -> MetricState:
    """Retires a metric for ever. Its file is the caller's to remove: while it is there, a sync refuses it.

    Raises UnknownMetric, FieldProblem (no reason, or retired already), StaleMetric when it changed at this moment.
    """
    why = checked_reason(reason)
    row = current_row(store, metric_id)
    store.append_events(metric_id, [NewMetricEvent("registration", "retired", why)], actor, if_place=row.place)
    return state_of(store.row(metric_id) or row)


def differences(file: MetricFile, state: MetricState) -> list[str]:
    """Where the thresholds in force are not those of the file, a sentence each. The file's are never taken again."""
    found = []
    for name in THRESHOLD_FIELDS:
        in_file, in_force = getattr(file.header, name), getattr(state.thresholds, name)
        if in_file != in_force:
            found.append(f"{name}: {_number(in_force)} is in force, the file has {_number(in_file)}")
    # A direction that was turned round leaves the operators' thresholds on the wrong sides.
    return found + [f"{name}: {sentence}" for name, sentence in state.thresholds.problems()]


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"


def _plan(catalog: Catalog, store: MetricStore, now: datetime) -> _Plan:
    plan, rows = _Plan(), store.rows()
    for metric_id, file in catalog.files.items():
        row = rows.get(metric_id)
        if row is None:
            _plan_new(plan, catalog, file)
        elif row.registration == "retired" and file.path.exists():
            plan.refused.append(_came_back(file, row, store))
        elif row.registration == "registered":
            events = _changes(catalog, file, row, now)
            if events:
                plan.changed[metric_id], plan.places[metric_id] = events, row.place
    for metric_id, row in rows.items():
        if row.registration == "registered" and catalog.is_gone(metric_id, row.service):
            reason = f"its file is gone: {metric_id}.sql of the service {row.service}"
            plan.retired[metric_id] = [NewMetricEvent("registration", "retired", reason)]
            plan.places[metric_id] = row.place
        elif row.registration == "registered" and metric_id not in catalog.files:
            events = _expiry(row, now)
            if events:
                plan.changed[metric_id], plan.places[metric_id] = events, row.place
    return plan


def _plan_new(plan: _Plan, catalog: Catalog, file: MetricFile) -> None:
    # A code that is another's too is told as a problem of the catalog.
    if file.metric_id in catalog.clashes:
        return
    problems = file.sql_problems()
    if problems:
        plan.refused.append(SpecProblem(str(file.path), problems))
        return
    reason = f"registered from {_place(catalog, file)}"
    provisional = f"provisional, from {_place(catalog, file)}"
    events = [
        NewMetricEvent("registration", "registered", reason),
        NewMetricEvent("service", file.service, reason),
        NewMetricEvent("sql_hash", file.sql_hash, reason),
        NewMetricEvent("direction", file.header.direction, reason),
        NewMetricEvent("verification_state", "unverified", reason),
    ]
    for name in THRESHOLD_FIELDS:
        value = getattr(file.header, name)
        if value is not None:
            events.append(NewMetricEvent(name, repr(value), provisional))
    plan.new[file.metric_id] = events


def _came_back(file: MetricFile, row: MetricRow, store: MetricStore) -> SpecProblem:
    ends = [event for event in store.events(file.metric_id) if event.field == "registration"]
    on, said = row.changed_at, ""
    if ends:
        on, said = ends[-1].at, f" by {ends[-1].actor} ({ends[-1].reason})"
    sentence = (
        f"the metric {file.metric_id!r} was retired on {on:%Y-%m-%d}{said}; an id is never used again: give the file "
        "another name, or remove it"
    )
    return SpecProblem(str(file.path), [sentence])


def _changes(catalog: Catalog, file: MetricFile, row: MetricRow, now: datetime) -> list[NewMetricEvent]:
    """The events that a registered metric's file calls for."""
    events, ends = [], []
    if row.service != file.service:
        reason = f"its file is now {_place(catalog, file)}"
        events.append(NewMetricEvent("service", file.service, reason))
    if row.sql_hash != file.sql_hash:
        ends.append(f"the query in {_place(catalog, file)} was changed")
        events.append(NewMetricEvent("sql_hash", file.sql_hash, ends[-1]))
    if row.direction != file.header.direction:
        ends.append(f"{_place(catalog, file)} now says {file.header.direction}")
        events.append(NewMetricEvent("direction", file.header.direction, ends[-1]))
    if not ends:
        return events + _expiry(row, now)
    return events + _unverified(row, "; ".join(ends))


def _expiry(row: MetricRow, now: datetime) -> list[NewMetricEvent]:
    state = state_of(row)
    if not state.expired(now) or state.verified_until is None:
        return []
    until = f"{state.verified_until:%Y-%m-%d %H:%M} UTC"
    return _unverified(row, f"the verification was good until {until}; it is asked for again")


def _unverified(row: MetricRow, reason: str) -> list[NewMetricEvent]:
    """The events that end a verification, if there is one."""
    if row.verification_state != "verified":
        return []
    events = [NewMetricEvent("verification_state", "unverified", reason)]
    return events + ([NewMetricEvent("verified_until", None, reason)] if row.verified_until is not None else [])


def _place(catalog: Catalog, file: MetricFile) -> str:
    """The file as a person of the project finds it."""
    try:
        return file.path.relative_to(catalog.settings.project).as_posix()
    except ValueError:
        return str(file.path)


def _register(plan: _Plan, store: MetricStore, actor: Actor) -> list[str]:
    """Registers the new metrics in one transaction, or one by one where another sync registers some of them too."""
    if not plan.new:
        return []
    try:
        store.append_events_of_many(plan.new, actor)
        return list(plan.new)
    except LedgerError:
        return [name for name, events in plan.new.items() if _appended(store, name, events, actor, 0)]


def _appended(store: MetricStore, metric_id: str, events: list[NewMetricEvent], actor: Actor, place: int) -> bool:
    """Whether `events` were recorded; not when the metric was changed since: the next sync looks at it again."""
    try:
        return bool(store.append_events(metric_id, events, actor, if_place=place))
    except StaleMetric:
        return False
