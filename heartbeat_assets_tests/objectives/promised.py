"""A small project with requests, a metrics service over them and SLOs, for tests that measure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from heartbeat_assets.ledger import Actor
from heartbeat_assets.objectives.measure import Measured, measure
from heartbeat_assets.objectives.objectives_file import ObjectivesSet, objectives_in
from heartbeat_assets.objectives.slo.slo import Slo
from heartbeat_assets_tests.metrics.projects import MetricsProject

ANA = Actor("ana@example.org", "person", "cli")
NOW = datetime(2026, 2, 15, 12, tzinfo=UTC)
SERVICE = """type: heartbeat_assets.MetricService
attributes:
  owners: ["team:api"]
  sources:
    requests:
      kind: table
      path: data/requests.csv
      columns: {asked_at: timestamp, ok: boolean, seconds: number}
      period_column: asked_at
"""
RATIO = """
SELECT epoch_us(asked_at) // 300000000 * 300000000 AS bucket_us,
       count(CASE WHEN ok THEN 1 END) AS good, count(*) AS total
FROM requests WHERE epoch_us(asked_at) >= $start_us AND epoch_us(asked_at) < $end_us GROUP BY 1
"""
DELAYS = """
SELECT epoch_us(asked_at) AS bucket_us, seconds AS value
FROM requests WHERE epoch_us(asked_at) >= $start_us AND epoch_us(asked_at) < $end_us
"""
MONTH = {"duration": "1M", "calendar": {"startTime": "2026-01-01 00:00:00", "timeZone": "UTC"}}
WEEK = {"duration": "7d", "isRolling": True}


def source(query: str, service: str = "api") -> dict[str, Any]:
    """A metric source of ours."""
    return {"metricSource": {"type": "heartbeat/sql", "spec": {"service": service, "query": query}}}


def slo(name: str = "reads", *, query: str = RATIO, target: float = 99.0, window: Any = None, **more: Any) -> Any:
    """An SLO over requests: the share of those that are ok in a calendar month."""
    service = more.pop("service", "api")
    metric = source(query, service)
    spec = {
        "service": "api",
        "indicator": {"metadata": {"name": f"{name}-sli"}, "spec": {"ratioMetric": {"good": metric, "total": metric}}},
        "timeWindow": [window or MONTH],
        "budgetingMethod": "Occurrences",
        "objectives": [{"targetPercent": target}],
    }
    annotations = {"annotations": more.pop("annotations")} if "annotations" in more else {}
    metadata = {"name": name, **annotations}
    return {"apiVersion": "openslo/v1", "kind": "SLO", "metadata": metadata, "spec": spec | more}


def delays(name: str = "delays", *, seconds: float = 5, target: float = 95.0, window: Any = None) -> Any:
    """An SLO over requests: the share of those that take at most so long, in a rolling week."""
    made = slo(name, window=window or WEEK)
    made["spec"]["indicator"]["spec"] = {"thresholdMetric": source(DELAYS)}
    made["spec"]["objectives"] = [{"op": "lte", "value": seconds, "targetPercent": target}]
    return made


class Promised(MetricsProject):
    """A project with the service `api`; what is promised is written by the test."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.write_service("api", SERVICE)
        self.write_requests([])

    def write_requests(self, rows: Iterable[tuple[str, bool, float]]) -> None:
        """Requests: when, whether it went well, how long it took."""
        lines = [f"{at},{str(ok).lower()},{seconds}" for at, ok, seconds in rows]
        self.write("data/requests.csv", "\n".join(["asked_at,ok,seconds", *lines]) + "\n")

    def promise(self, *documents: Any, folder: str = "promises", **attributes: Any) -> Path:
        """Writes the SLOs and their defs.yaml; returns that."""
        self.write(f"defs/{folder}/all.openslo.yaml", yaml.safe_dump_all(documents, sort_keys=False))
        document = {"type": "heartbeat_assets.ServiceObjectives", "attributes": attributes}
        return self.write(f"defs/{folder}/defs.yaml", yaml.safe_dump(document, sort_keys=False))

    @property
    def objectives(self) -> ObjectivesSet:
        return objectives_in(self.settings.defs)

    @property
    def slos(self) -> list[Slo]:
        return [slo for _, slo in self.objectives.slos()]

    def measured(self, now: datetime = NOW, **more: Any) -> dict[str, Measured]:
        """Every SLO measured at `now`, by its name."""
        return {one.slo.name: one for one in measure(self.slos, self.settings, now, **more)}
