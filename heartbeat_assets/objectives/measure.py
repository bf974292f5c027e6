"""SLOs measured and judged at an instant: their queries run over the sources of metrics services.

Each source is opened once however many SLOs read it, and what fails, fails for the SLOs that need it. It must not
record anything, nor know what follows from a verdict.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.metrics.catalog import Catalog, load_catalog
from heartbeat_assets.metrics.measuring import Measuring, measuring
from heartbeat_assets.metrics.service import Service
from heartbeat_assets.objectives.days import Day, days_of
from heartbeat_assets.objectives.slo.corrections import Correction
from heartbeat_assets.objectives.slo.measured import Bucket, buckets_of
from heartbeat_assets.objectives.slo.periods import Window, utc
from heartbeat_assets.objectives.slo.slo import Query, Slo
from heartbeat_assets.objectives.slo.verdict import Verdict, judge, needed
from heartbeat_assets.settings import Settings
from heartbeat_assets.sources.opening import Progress, silent
from heartbeat_assets.warehouse import QueryProblem

DAYS = 90
"""How many days are told one by one."""
MOST_ROWS = 1_000_000
"""More than a query may return: what it counts should be counted there."""

_BOUNDS = ("start_us", "end_us")
_WORD = re.compile(r"\w+")
_LONGEST_PROBLEM = 2000


class MeasuringProblem(HeartbeatError):
    """An SLO that cannot be measured; its text says why."""


@dataclass(frozen=True)
class Measured:
    """An SLO at `now`: its verdict and its days, or a `problem`: why there are none, as a sentence."""

    slo: Slo
    now: datetime
    verdict: Verdict | None
    problem: str = ""
    days: tuple[Day, ...] = ()
    source_as_of: datetime | None = None

    @property
    def kind(self) -> str:
        """The state in lower case, or `problem`: how the journal calls it."""
        return self.verdict.state.lower() if self.verdict is not None else "problem"

    @property
    def sentence(self) -> str:
        """What it comes to, in words."""
        if self.verdict is not None:
            return self.verdict.sentence
        return f"{self.slo.name} could not be measured: {self.problem}"

    def record(self) -> dict[str, Any]:
        """All of it as plain values that JSON can hold."""
        if self.verdict is not None:
            body = self.verdict.record()
        else:
            slo = self.slo
            body = {
                "name": slo.name,
                "display_name": slo.display_name,
                "document": slo.document,
                "service": slo.service,
                "owner": slo.owner,
                "method": slo.method,
                "target": float(slo.target),
                "judged_at": self.now.isoformat(),
                "state": "PROBLEM",
                "severity": None,
                "sentence": self.sentence,
            }
        as_of = self.source_as_of.isoformat() if self.source_as_of is not None else None
        return body | {"days": [day.record() for day in self.days], "source_as_of": as_of}


@dataclass
class _Reading:
    """What was read of an SLO so far: the rows of each query, of its window and of the days before it."""

    slo: Slo
    window: Window
    before: Window | None
    rows: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    older: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    as_of: list[datetime] = field(default_factory=list)
    problem: str = ""


def measure(
    slos: Sequence[Slo],
    settings: Settings,
    now: datetime,
    *,
    corrections: Mapping[str, Sequence[Correction]] | None = None,
    days: int = DAYS,
    progress: Progress = silent,
) -> list[Measured]:
    """Each of `slos` at `now`, in their order; `corrections` are those of an SLO by its name.

    Never raises for what is wrong with an SLO, a service or a source. Raises ValueError for an instant without a time
    zone.
    """
    now = utc(now)
    readings = [_planned(slo, now, days) for slo in slos]
    _read(readings, settings, now, progress)
    return [_judged(one, now, (corrections or {}).get(one.slo.name, ()), days) for one in readings]


def read_buckets(slo: Slo, settings: Settings, now: datetime) -> list[Bucket]:
    """What is measured of `slo` for the window of `now`, in buckets. Raises MeasuringProblem and HeartbeatError,
    and ValueError for an instant without a time zone.
    """
    reading = _planned(slo, utc(now), days=0)
    _read([reading], settings, now, silent)
    if reading.problem:
        raise MeasuringProblem(reading.problem)
    try:
        return _buckets(slo, reading.rows, reading.window)
    except ValueError as problem:
        raise MeasuringProblem(str(problem)) from problem


def sources_read(query: Query, service: Service) -> list[str]:
    """The sources of `service` that `query` names. One that only stands in a comment may be among them."""
    words = set(_WORD.findall(query.sql.lower()))
    return [name for name in service.sources if name in words]


def _planned(slo: Slo, now: datetime, days: int) -> _Reading:
    window = needed(slo, now)
    first = datetime.combine(now.date() - timedelta(days=days - 1), time(), UTC)
    # Read apart: what a rolling window holds of its first bucket must not mix with what was before.
    return _Reading(slo, window, Window(first, window.start) if first < window.start else None)


def _read(readings: Sequence[_Reading], settings: Settings, now: datetime, progress: Progress) -> None:
    """Runs the queries of all `readings`, service by service; why one cannot be run is noted there."""
    wanted = sorted({query.service for one in readings for query in one.slo.queries})
    catalog = load_catalog(settings) if wanted else None
    for name in wanted:
        service = catalog.services.get(name) if catalog is not None else None
        concerned = [one for one in readings if any(query.service == name for query in one.slo.queries)]
        problem = ""
        if service is not None:
            try:
                _read_service(service, readings, now, progress)
            except HeartbeatError as fault:
                problem = str(fault)
        elif catalog is not None:
            problem = _missing(name, catalog)
        for one in concerned if problem else ():
            one.problem = one.problem or problem[:_LONGEST_PROBLEM]


def _missing(name: str, catalog: Catalog) -> str:
    """Why there is no service called so: its file may be wrong."""
    for problem in catalog.problems:
        if Path(problem.file).parent.name == name:
            return f"the metrics service {name} has a mistake: {problem}"
    close = get_close_matches(name, catalog.services, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"there is {', '.join(catalog.services) or 'none'}"
    return f"there is no metrics service {name!r}; {hint}"


def _read_service(service: Service, readings: Sequence[_Reading], now: datetime, progress: Progress) -> None:
    wanted = {
        (position, number): sources_read(query, service)
        for position, one in enumerate(readings)
        for number, query in enumerate(one.slo.queries)
        if query.service == service.name
    }
    also = {name for names in wanted.values() for name in names}
    with measuring(service, (), also=also, progress=progress) as sources:
        for (position, number), names in wanted.items():
            one = readings[position]
            if not one.problem:
                progress(f"{one.slo.name} ...")
                _read_query(one, number, names, sources, now)


def _read_query(one: _Reading, number: int, names: Sequence[str], sources: Measuring, now: datetime) -> None:
    query = one.slo.queries[number]
    try:
        one.rows[number] = sources.rows(query.sql, names, _bounds(query, one.window), at_most=MOST_ROWS)
        if one.before is not None:
            one.older[number] = sources.rows(query.sql, names, _bounds(query, one.before), at_most=MOST_ROWS)
        as_of = sources.as_of_sources(names, now)
    except (HeartbeatError, QueryProblem, TimeoutError) as problem:
        one.problem = str(problem)[:_LONGEST_PROBLEM]
        return
    one.as_of += [as_of] if as_of is not None else []


def _bounds(query: Query, window: Window) -> dict[str, int]:
    bounds = dict(zip(_BOUNDS, (window.start_us, window.end_us), strict=True))
    return {name: bounds[name] for name in query.parameters}


def _judged(one: _Reading, now: datetime, corrections: Sequence[Correction], days: int) -> Measured:
    as_of = min(one.as_of, default=None)
    if one.problem:
        return Measured(one.slo, now, None, one.problem, source_as_of=as_of)
    try:
        buckets = _buckets(one.slo, one.rows, one.window)
        older = _buckets(one.slo, one.older, one.before)
        if not all(len(query.parameters) == len(_BOUNDS) for query in one.slo.queries):
            # Without bounds both have the whole of the bucket in which the window begins.
            older = [bucket for bucket in older if bucket.end_us <= one.window.start_us]
        # The newest bucket before the window says whether the silence at its start is a quiet one.
        last = [bucket for bucket in older if bucket.end_us <= one.window.start_us][-1:]
        verdict = judge(one.slo, [*last, *buckets], now, corrections)
        told = days_of(one.slo, [*older, *buckets], now, corrections, days=days)
    except (HeartbeatError, ValueError) as problem:
        return Measured(one.slo, now, None, str(problem)[:_LONGEST_PROBLEM], source_as_of=as_of)
    return Measured(one.slo, now, verdict, days=told, source_as_of=as_of)


def _buckets(slo: Slo, rows: Mapping[int, list[dict[str, Any]]], window: Window | None) -> list[Bucket]:
    """The buckets of `rows` that touch `window`: a query without bounds returns all there is."""
    if window is None or not slo.queries:
        return []
    found = buckets_of(slo, [rows[number] for number in range(len(slo.queries))])
    return [one for one in found if one.end_us > window.start_us and one.start_us < window.end_us]
