"""SLOs and buckets for the tests, each with what the test is about and nothing else."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from heartbeat_assets.objectives.slo import model
from heartbeat_assets.objectives.slo.measured import Bucket
from heartbeat_assets.objectives.slo.openslo import Placed, Read
from heartbeat_assets.objectives.slo.periods import to_us
from heartbeat_assets.objectives.slo.resolve import SloSet, load_slos, resolved
from heartbeat_assets.objectives.slo.slo import Slo

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
FIVE_MINUTES = {"heartbeat/bucket": "5m"}
RATIO = {
    "ratioMetric": {
        "counter": True,
        "good": {"metricSource": {"type": "heartbeat/sql", "spec": {"service": "shop", "query": "SELECT 1"}}},
        "total": {"metricSource": {"type": "heartbeat/sql", "spec": {"service": "shop", "query": "SELECT 1"}}},
    }
}
THRESHOLD = {
    "thresholdMetric": {"metricSource": {"type": "heartbeat/sql", "spec": {"service": "shop", "query": "SELECT 2"}}}
}


def at(text: str) -> datetime:
    """`2026-02-01` or `2026-02-01T12:00`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def month(zone: str = "UTC", start: str = "2026-01-01 00:00:00", duration: str = "1M") -> dict[str, Any]:
    """A calendar window."""
    return {"duration": duration, "calendar": {"startTime": start, "timeZone": zone}}


def rolling(duration: str = "30d") -> dict[str, Any]:
    """A rolling window."""
    return {"duration": duration, "isRolling": True}


def document(
    *,
    name: str = "api",
    window: dict[str, Any] | None = None,
    method: str = "Occurrences",
    sli: dict[str, Any] | None = None,
    annotations: dict[str, str] | None = None,
    spec: dict[str, Any] | None = None,
    **objective: Any,
) -> dict[str, Any]:
    """An SLO document; `objective` are the fields of its one objective, `spec` more fields of its spec."""
    if not {"target", "targetPercent"} & objective.keys():
        objective["target"] = 0.99
    return {
        "apiVersion": "openslo/v1",
        "kind": "SLO",
        "metadata": {"name": name, **({"annotations": annotations} if annotations else {})},
        "spec": {
            "service": "shop",
            "indicator": {"metadata": {"name": "sli"}, "spec": deepcopy(sli or RATIO)},
            "timeWindow": [window or rolling()],
            "budgetingMethod": method,
            "objectives": [objective],
            **(spec or {}),
        },
    }


def slo(**what: Any) -> Slo:
    """The one SLO of such a document."""
    placed = Placed("slo.yaml", 1, model.SLODocument.model_validate(document(**what)))
    (made,) = resolved(Read((placed,), ())).checked().slos
    return made


def written(folder: Path, *documents: Any) -> SloSet:
    """What a file with these documents comes to."""
    file = folder / "slo.yaml"
    file.write_text(yaml.safe_dump_all(documents, sort_keys=False))
    return load_slos([file])


def buckets(one: Slo, start: str | datetime, *figures: tuple[int, int] | None) -> list[Bucket]:
    """A bucket after the other from `start` on with these good and total events; None is a gap."""
    first, width = to_us(at(start) if isinstance(start, str) else start), one.bucket.us
    return [
        Bucket(first + position * width, width, *figure)
        for position, figure in enumerate(figures)
        if figure is not None
    ]
