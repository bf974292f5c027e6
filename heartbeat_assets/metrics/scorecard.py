"""The published scorecard of a service: every metric with its value, its status and who stands behind it.

JSON and Markdown, replaced together or not at all. It must not decide whether it may be published; `holding` tells.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from heartbeat_assets.ledger import MetricStore
from heartbeat_assets.metrics.catalog import Catalog
from heartbeat_assets.metrics.document import Document, metric_document, metrics_now, text_of
from heartbeat_assets.metrics.service import Service
from heartbeat_assets.metrics.wording import instant_words, number_words
from heartbeat_assets.releases import release, releasing

FILES = ("scorecard.json", "scorecard.md")
MARKS = {"red": "◆ red", "amber": "▲ amber", "no_data": "○ no data", "green": "● green"}
"""The shape of each status with its name: it is never told by colour alone."""

# What a reader of the scorecard needs; the rest is in the cockpit.
_LEFT_OUT = ("service", "sql", "sql_hash", "registered", "retired", "differences")


def scorecard_document(catalog: Catalog, service: Service, store: MetricStore, now: datetime) -> Document:
    """The scorecard as one document: the service's registered metrics, the worst first."""
    metrics = [
        {name: value for name, value in metric_document(one).items() if name not in _LEFT_OUT}
        for one in metrics_now(catalog, store)
        if one.service == service.name and one.state is not None and not one.retired
    ]
    counts = Counter(metric["status"] for metric in metrics)
    return {
        "service": service.name,
        "description": service.spec.description,
        "published_at": text_of(now),
        "metrics_total": len(metrics),
        "statuses": {status: counts[status] for status in MARKS},
        "verified": sum(metric["verification_state"] == "verified" for metric in metrics),
        "metrics": metrics,
    }


def scorecard_markdown(document: Document) -> str:
    """The scorecard as a page."""
    counts = ", ".join(f"{count} {MARKS[status]}" for status, count in document["statuses"].items() if count)
    lines = [
        f"# {document['service']}",
        "",
        *([document["description"], ""] if document["description"] else []),
        f"{document['metrics_total']} metrics: {counts or 'none yet'}. "
        f"{document['verified']} verified. Published {_instant(document['published_at'])}.",
        "",
        "| metric | status | value | normal | thresholds | as of | who stands behind it |",
        "|---|---|---|---|---|---|---|",
        *(f"| {' | '.join(map(_cell, _row(metric)))} |" for metric in document["metrics"]),
    ]
    return "\n".join(lines) + "\n"


def _row(metric: dict[str, Any]) -> list[str]:
    unit = metric["unit"] or ""
    value = "" if metric["value"] is None else number_words(metric["value"], unit)
    return [
        f"{metric['code'] or ''} {metric['name'] or metric['metric_id']}".strip(),
        MARKS[metric["status"]],
        value or metric["error"] or metric["problem"] or "",
        _normal(metric["benchmark"]),
        _thresholds(metric),
        _instant(metric["tick"]),
        _stands_behind(metric),
    ]


def _normal(benchmark: Document | None) -> str:
    if benchmark is None or benchmark["mean"] is None:
        return ""
    spread = "" if benchmark["stddev"] is None else f" ± {number_words(benchmark['stddev'])}"
    return f"{number_words(benchmark['mean'])}{spread} ({benchmark['count']:,} values)"


def _thresholds(metric: dict[str, Any]) -> str:
    edge = "≥" if metric["direction"] == "higher_is_better" else "≤"
    named = (("norm", metric["norm_value"]), ("alert", metric["alert_value"]))
    return ", ".join(f"{name} {edge} {number_words(limit)}" for name, limit in named if limit is not None)


def _stands_behind(metric: dict[str, Any]) -> str:
    if metric["verification_state"] == "verified":
        return str(metric["owner"])
    return f"unverified ({metric['owner']})" if metric["owner"] else "unverified"


def _instant(text: str | None) -> str:
    return instant_words(datetime.fromisoformat(text)) if text else ""


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def publish_scorecard(service: Service, document: Document) -> Path:
    """Makes `document` the published scorecard of `service`; returns its folder.

    One that is older than what is published changes nothing: of two runs at once, the later state stays. Raises
    HeartbeatError when it cannot be written; the one before stays.
    """
    target = service.published
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    with releasing(target):
        before = published_at(service)
        if before is None or before <= datetime.fromisoformat(document["published_at"]):
            release(target, dict(zip(FILES, (text, scorecard_markdown(document)), strict=True)), "scorecard")
    return target


def published_scorecard(service: Service) -> Document | None:
    """The scorecard that is published now, or None when there is none yet."""
    try:
        document = json.loads((service.published / FILES[0]).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def published_at(service: Service) -> datetime | None:
    """When the scorecard was published that readers see now; None when there is none."""
    try:
        return datetime.fromisoformat((published_scorecard(service) or {})["published_at"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return None
