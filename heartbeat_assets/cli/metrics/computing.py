"""`heartbeat metrics compute` and `benchmark`: values of the newest tick, and what is normal."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from heartbeat_assets.cli.actor import actor_option, the_actor
from heartbeat_assets.cli.common import end
from heartbeat_assets.cli.metrics.common import CADENCES, Registry, names_argument, the_registry
from heartbeat_assets.cli.metrics.synced import synced_document, synced_lines
from heartbeat_assets.cli.metrics.words import normal_words, problem_line, status_words, value_words
from heartbeat_assets.cli.output import emit, json_option, progress, table, wrapped

if TYPE_CHECKING:
    from heartbeat_assets.ledger import Actor
    from heartbeat_assets.metrics.checks import MetricFinding
    from heartbeat_assets.metrics.compute import ComputeReport
    from heartbeat_assets.metrics.service import Service

Document = dict[str, Any]


@click.command("compute")
@names_argument
@click.option("--strict", is_flag=True, help="End with 4 when a verified metric with an owner fails a check at ERROR.")
@actor_option
@json_option
def compute_command(names: tuple[str, ...], strict: bool, as_person: str | None, as_json: bool | None) -> None:
    """Compute the newest tick of every metric (or of these services and metrics), as the schedule does.

    What is recorded already is not computed again; one metric that fails stops no other.

    \b
    heartbeat metrics compute
    heartbeat metrics compute citizen_app --strict
    """
    registry, now = the_registry(), datetime.now(UTC)
    actor = the_actor(as_person, registry.settings)
    reports = list(_computed(registry, names, actor, now))
    document = _compute_document(registry, reports, now)
    emit(document, lambda: _compute_people(registry, document), as_json)
    end(strict and any(metric["blocks"] for metric in document["metrics"]))


def _computed(
    registry: Registry, names: Sequence[str], actor: Actor, now: datetime
) -> Iterator[tuple[Service, ComputeReport, Collection[str] | None]]:
    from heartbeat_assets.metrics.compute import compute_metrics

    for service, only in registry.chosen(names):
        for every in CADENCES:
            report = compute_metrics(
                registry.catalog, service, registry.store,
                actor=actor, every=every, only=only, now=now, progress=progress(),
            )  # fmt: skip
            yield service, report, only


def _compute_document(
    registry: Registry, reports: Sequence[tuple[Service, ComputeReport, Collection[str] | None]], now: datetime
) -> Document:
    from heartbeat_assets.metrics.checks import metric_findings
    from heartbeat_assets.metrics.document import metric_document, metrics_now

    wanted: dict[str, Collection[str] | None] = {service.name: only for service, _, only in reports}
    metrics = []
    for one in metrics_now(registry.catalog, registry.store):
        only = wanted.get(one.service)
        if one.retired or one.service not in wanted or (only is not None and one.metric_id not in only):
            continue
        findings: tuple[MetricFinding, ...] = ()
        if one.file is not None and one.state is not None:
            severities = registry.catalog.services[one.service].spec.checks
            findings = metric_findings(one.file, one.state, one.newest, severities, now)
        told = metric_document(one)
        metrics.append({
            **{name: told[name] for name in ("metric_id", "service", "code", "name", "unit", "value", "status")},
            **{name: told[name] for name in ("tick", "source_as_of", "error", "problem")},
            "blocks": any(finding.blocks for finding in findings),
            "failed_checks": [
                {"check": finding.check, "severity": finding.severity, "sentence": finding.sentence}
                for finding in findings
                if not finding.passed
            ],
        })  # fmt: skip
    return {
        "computed": sum(report.computed for _, report, _ in reports),
        "recorded": sum(report.recorded for _, report, _ in reports),
        "known": sum(report.known for _, report, _ in reports),
        "registry": synced_document([report.synced for _, report, _ in reports]),
        "problems": [str(problem) for problem in registry.catalog.problems],
        "metrics": metrics,
    }


def _compute_people(registry: Registry, document: Document) -> str:
    metrics = document["metrics"]
    problems = [problem_line(problem) for problem in document["problems"]]
    if not metrics:
        nothing = wrapped(f"There is no metric to compute below {registry.settings.defs}.")
        return "\n\n".join([*synced_lines(document["registry"]), nothing, *problems])
    rows = [
        [one["metric_id"], value_words(one["value"], one["unit"]), status_words(one["status"]), one["error"] or ""]
        for one in metrics
    ]
    blocks = [*synced_lines(document["registry"]), table(["metric", "value", "status", ""], rows)]
    held = [check["sentence"] for one in metrics for check in one["failed_checks"] if check["severity"] == "error"]
    blocks += [*problems, *(wrapped(sentence) for sentence in held)]
    blocks.append(f"{document['recorded']:,} recorded, {document['known']:,} known already.")
    return "\n\n".join(blocks)


@click.command("benchmark")
@names_argument
@json_option
def benchmark_command(names: tuple[str, ...], as_json: bool | None) -> None:
    """Work out what is normal for every metric (or those of these services and ids) and record it.

    It informs and does nothing else: no threshold is ever made of it.

    \b
    heartbeat metrics benchmark
    """
    from heartbeat_assets.metrics.benchmark import refresh_benchmarks
    from heartbeat_assets.metrics.document import benchmark_document

    registry = the_registry()
    wanted = {service.name: only for service, only in registry.chosen(names)}
    files = [
        file
        for file in registry.catalog.files.values()
        if file.service in wanted
        and ((only := wanted[file.service]) is None or file.metric_id in only)
        and (row := registry.rows.get(file.metric_id)) is not None
        and row.registration == "registered"
    ]
    found = {one.metric_id: one for one in refresh_benchmarks(files, registry.store, datetime.now(UTC))}
    documents: list[Document] = [
        {
            "metric_id": file.metric_id,
            "unit": file.header.unit,
            "benchmark": benchmark_document(found.get(file.metric_id)),
        }
        for file in files
    ]
    rows = [[one["metric_id"], normal_words(one["benchmark"], one["unit"])] for one in documents]
    nothing = "There is no registered metric yet."
    emit(documents, lambda: table(["metric", "normal looks like"], rows) if rows else nothing, as_json)
