"""`/metrics` for Prometheus: every metric's value and status, every lane's verdict, and how the cockpit itself does.

It tells what the board and the ledger have; nothing is computed for a scrape. It must not judge.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from heartbeat_assets.cockpit.board import Snapshot
from heartbeat_assets.cockpit.cockpit import Cockpit, TheCockpit
from heartbeat_assets.cockpit.documents import problems
from heartbeat_assets.cockpit.lane_standings import Standing
from heartbeat_assets.cockpit.prometheus_governance import of_governed
from heartbeat_assets.lanes.values import instant
from heartbeat_assets.ledger import LedgerError

router = APIRouter(tags=["operation"])

STATUSES = ("green", "amber", "red", "no_data")
VERDICTS = ("ok", "degraded", "failed")
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PATCH"})


class Latency:
    """How long requests took, by route."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "heartbeat_cockpit_request_seconds",
            "How long requests took.",
            ["method", "route", "code"],
            buckets=_BUCKETS,
            registry=self.registry,
        )

    def took(self, seconds: float, method: str, route: str, code: int) -> None:
        """Takes note of a request. Routes are those of the program, so there are few."""
        self._seconds.labels(method if method in _METHODS else "other", route, str(code)).observe(seconds)


class Timing:
    """Measures every request that reaches `app`."""

    def __init__(self, app: ASGIApp, latency: Latency) -> None:
        self._app = app
        self._latency = latency

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, code = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal code
            if message["type"] == "http.response.start":
                code = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", None) or "other"
            self._latency.took(time.perf_counter() - began, scope["method"], route, code)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}, **problems(401)})
def scrape(request: Request, cockpit: TheCockpit) -> Response:
    """Everything in Prometheus's text format. While the ledger is away, `heartbeat_ledger_up` is 0 and what is known
    of metrics, lanes, switches and tripwires is left out.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Board(cockpit))
    text = generate_latest(registry) + generate_latest(request.app.state.latency.registry)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


class _Board(Collector):
    def __init__(self, cockpit: Cockpit) -> None:
        self._cockpit = cockpit

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("heartbeat_ledger_up", "1 while the ledger answers.")
        age = GaugeMetricFamily("heartbeat_cockpit_board_age_seconds", "How long ago the board followed the ledger.")
        try:
            snapshot = self._cockpit.snapshot()
            standings, broken = self._cockpit.lanes.all()
            governed = self._cockpit.governing.now()
        except LedgerError as problem:
            self._cockpit.forget_ledger(problem)
            up.add_metric([], 0)
            yield from (up, *_age(age, self._cockpit.board.age_seconds))
            return
        up.add_metric([], 1)
        yield from (up, *_age(age, self._cockpit.board.age_seconds))
        yield from _of_metrics(snapshot, datetime.now(UTC))
        yield from _of_lanes(standings, list(broken))
        yield from of_governed(governed, datetime.now(UTC))
        files = GaugeMetricFamily("heartbeat_metric_files_wrong", "Metric files with a mistake.")
        files.add_metric([], len(snapshot.catalog.problems))
        yield files


def _age(family: GaugeMetricFamily, seconds: float | None) -> Iterator[Metric]:
    if seconds is not None:
        family.add_metric([], seconds)
        yield family


def _of_metrics(snapshot: Snapshot, now: datetime) -> Iterator[Metric]:
    labels = ["metric_id", "service"]
    value = GaugeMetricFamily("heartbeat_metric_value", "The newest value; absent without data.", labels=labels)
    status = GaugeMetricFamily(
        "heartbeat_metric_status", "1 for the status that the newest tick has.", labels=[*labels, "status"]
    )
    age = GaugeMetricFamily(
        "heartbeat_metric_age_seconds", "How long ago the instant was that the newest tick is about.", labels=labels
    )
    source_age = GaugeMetricFamily(
        "heartbeat_metric_source_age_seconds", "How old the sources' newest data is.", labels=labels
    )
    verified = GaugeMetricFamily("heartbeat_metric_verified", "1 for a metric that its owner verified.", labels=labels)
    for name in snapshot.shown:
        row, values = snapshot.rows.get(name), snapshot.values.get(name, ())
        where = [name, snapshot.catalog.files[name].service]
        newest = values[-1] if values else None
        verified.add_metric(where, float(row is not None and row.verification_state == "verified"))
        for one in STATUSES:
            status.add_metric([*where, one], float(one == (newest.status if newest else "no_data")))
        if newest is not None:
            age.add_metric(where, (now - newest.tick).total_seconds())
            if newest.value is not None:
                value.add_metric(where, newest.value)
            if newest.source_as_of is not None:
                source_age.add_metric(where, (now - newest.source_as_of).total_seconds())
    yield from (value, status, age, source_age, verified)


def _of_lanes(standings: Iterable[Standing], broken: Iterable[str]) -> Iterator[Metric]:
    verdict = GaugeMetricFamily("heartbeat_lane_verdict", "1 for the verdict of the window.", labels=["lane", "status"])
    blocked = GaugeMetricFamily("heartbeat_lane_blocked", "1 while publishing is held back.", labels=["lane"])
    age = GaugeMetricFamily("heartbeat_lane_age_seconds", "How long ago the newest heartbeat was.", labels=["lane"])
    for standing in standings:
        name = standing.lane.name
        for one in VERDICTS:
            verdict.add_metric([name, one], float(one == standing.verdict.status))
        blocked.add_metric([name], float(standing.blocked))
        newest = instant(str(standing.verdict.report["latest"]["run_at"]))
        if newest is not None:
            age.add_metric([name], (datetime.now(UTC) - newest).total_seconds())
    for name in broken:
        for one in VERDICTS:
            verdict.add_metric([name, one], float(one == "failed"))
        blocked.add_metric([name], 1.0)
    yield from (verdict, blocked, age)
