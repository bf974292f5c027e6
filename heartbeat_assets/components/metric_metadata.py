"""What Dagster shows of metrics: the SQL and its header before a run, the value and who stands behind it after one.

It must not compute or judge.
"""

from __future__ import annotations

import re
from typing import Any

import dagster as dg

from heartbeat_assets.components.markdown_tables import markdown_table
from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.ledger import MetricValue, NewBenchmark, NewValue
from heartbeat_assets.metrics.metric_file import MetricFile
from heartbeat_assets.metrics.registry import SyncReport
from heartbeat_assets.metrics.service import Service
from heartbeat_assets.metrics.state import MetricState
from heartbeat_assets.metrics.wording import number_words

Metadata = dict[str, Any]
_ROWS_SHOWN = 200


def of_metric_file(service: Service, file: MetricFile) -> Metadata:
    """What is known of a metric before it runs."""
    header = file.header
    shown: Metadata = {
        "sql": dg.MetadataValue.md(_fenced(file.sql, "sql")),
        "code": header.code,
        "unit": header.unit,
        "direction": header.direction,
        "period": header.period,
        "methodology": dg.MetadataValue.md(header.methodology),
    }
    if file.crosscheck is not None:
        shown["crosscheck"] = dg.MetadataValue.md(_fenced(file.crosscheck, "sql"))
    return shown | cockpit_link(service, file.metric_id)


def cockpit_link(service: Service, metric_id: str) -> Metadata:
    """Where the cockpit shows the metric."""
    url = service.settings.cockpit_url
    return {"cockpit": dg.MetadataValue.url(f"{url}/metrics/{metric_id}")} if url else {}


def of_value(value: NewValue | MetricValue, state: MetricState | None) -> Metadata:
    """What a value was; with `state`, that of this moment, by which thresholds and who stands behind it."""
    shown: Metadata = {"status": value.status, "as_of": dg.MetadataValue.timestamp(value.tick.timestamp())}
    if value.value is not None:
        shown["value"] = value.value
    if value.source_as_of is not None:
        shown["source_as_of"] = dg.MetadataValue.timestamp(value.source_as_of.timestamp())
    if value.error is not None:
        shown["error"] = value.error
    if state is not None:
        limits = state.thresholds
        named = (
            ("norm_value", limits.norm_value),
            ("alert_value", limits.alert_value),
            ("recovery_value", limits.recovery_value),
        )
        shown |= {name: limit for name, limit in named if limit is not None}
        shown |= {"owner": state.owner or "nobody", "verified": state.verified}
    return shown


def of_no_value(why: str) -> Metadata:
    """A partition for which no value is recorded."""
    return {"status": "not_computed", "reason": why}


def of_sync(report: SyncReport, first: dict[str, str], problems: list[SpecProblem]) -> Metadata:
    """What came of bringing the registry in line with the files; `first` are first values in words."""
    rows = [[f"`{name}`", "registered", first.get(name, "")] for name in report.registered]
    rows += [[f"`{name}`", "retired", "its file is gone"] for name in report.retired]
    rows += [[f"`{name}`", "changed", "; ".join(said)] for name, said in report.changed.items()]
    rows += [[f"`{name}`", "computed", said] for name, said in first.items() if name not in report.registered]
    shown: Metadata = {
        "registered": len(report.registered),
        "retired": len(report.retired),
        "changed": len(report.changed),
        "problems": len(problems),
        "changes": dg.MetadataValue.md(_table(["metric", "what", "about it"], rows) or "Nothing has changed."),
    }
    if problems:
        mistakes = [[problem.file.rpartition("/")[2], "; ".join(problem.problems)] for problem in problems]
        shown["mistakes"] = dg.MetadataValue.md(_table(["file", "mistake"], mistakes))
    return shown


def of_benchmarks(benchmarks: list[NewBenchmark], files: dict[str, MetricFile]) -> Metadata:
    """What is normal, metric by metric."""
    rows = []
    for one in benchmarks:
        unit = files[one.metric_id].header.unit
        numbers = [_number(value, unit) for value in (one.mean, one.stddev, one.median, one.mad)]
        rows.append([f"`{one.metric_id}`", *numbers, f"{one.count:,}", f"{one.window_days} days"])
    header = ["metric", "mean", "standard deviation", "median", "MAD", "values", "window"]
    return {
        "metrics": len(benchmarks),
        "normal": dg.MetadataValue.md(_table(header, rows) or "No metric has a value in its window yet."),
    }


def _number(value: float | None, unit: str) -> str:
    return "" if value is None else number_words(value, unit)


def _table(header: list[str], rows: list[list[str]]) -> str:
    """The first rows, and how many more there are; empty without any."""
    if not rows:
        return ""
    more = f"\n\nand {len(rows) - _ROWS_SHOWN:,} more." if len(rows) > _ROWS_SHOWN else ""
    return markdown_table(header, rows[:_ROWS_SHOWN]) + more


def _fenced(text: str, language: str) -> str:
    """`text` as a block of code, whatever backticks are in it."""
    longest = max((len(found) for found in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
