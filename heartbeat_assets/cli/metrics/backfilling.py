"""`heartbeat metrics backfill`: values of the past, each as it was at its instant, and then what is normal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from heartbeat_assets.cli.actor import actor_option, the_actor
from heartbeat_assets.cli.metrics.common import CADENCES, Registry, instant_of, names_argument, the_registry
from heartbeat_assets.cli.metrics.synced import synced_document, synced_lines
from heartbeat_assets.cli.metrics.words import minute_words, status_words
from heartbeat_assets.cli.output import emit, json_option, progress, wrapped
from heartbeat_assets.errors import UsageProblem

if TYPE_CHECKING:
    from heartbeat_assets.ledger import Actor

Document = dict[str, Any]
_MOST_DAYS = 3660


@click.command("backfill")
@names_argument
@click.option(
    "--days", type=click.IntRange(1, _MOST_DAYS), default=90, show_default=True, help="So many days up to now."
)
@click.option("--from", "since", metavar="WHEN", help="From this date or instant (UTC) on, in place of --days.")
@click.option("--to", "until", metavar="WHEN", help="Up to this date or instant (UTC), included; default: now.")
@click.option(
    "--every-hours", type=click.IntRange(1, 24 * 31), default=1, show_default=True,
    help="Of hourly metrics, only every so many hours.",
)  # fmt: skip
@actor_option
@json_option
def backfill_command(
    names: tuple[str, ...],
    days: int,
    since: str | None,
    until: str | None,
    every_hours: int,
    as_person: str | None,
    as_json: bool | None,
) -> None:
    """Compute the past of every metric (or of these services and metrics) with `$as_of`, then what is normal.

    What is recorded already is kept. Broken off, it goes on where it stopped when it is called again. A metric
    whose query does not use `$as_of` has no past, and is named.

    \b
    heartbeat metrics backfill --days 90
    heartbeat metrics backfill answered_sessions --from 2026-01-01 --to 2026-02-01 --every-hours 6
    """
    registry, now = the_registry(), datetime.now(UTC)
    actor = the_actor(as_person, registry.settings)
    last = min(instant_of("--to", until, end=True) or now, now)
    first = instant_of("--from", since) or last - timedelta(days=days)
    if first > last:
        raise UsageProblem(f"--from {since}: is after the end, {last:%Y-%m-%d %H:%M} UTC; nothing lies between")
    document = backfilled(registry, names, actor, first, last, every_hours, now)
    emit(document, lambda: _backfill_people(document), as_json)


def backfilled(
    registry: Registry,
    names: Sequence[str],
    actor: Actor,
    first: datetime,
    last: datetime,
    every_hours: int,
    now: datetime,
) -> Document:
    """Computes from `first` to `last` and the benchmarks after it; the report."""
    from heartbeat_assets.metrics.benchmark import refresh_benchmarks
    from heartbeat_assets.metrics.compute import compute_metrics
    from heartbeat_assets.metrics.ticks import ticks

    reports, files = [], []
    for service, only in registry.chosen(names):
        chosen = [
            file
            for file in registry.catalog.files.values()
            if file.service == service.name and (only is None or file.metric_id in only)
        ]
        for every in CADENCES:
            if not any(file.header.every == every for file in chosen):
                continue
            wanted = [
                tick
                for tick in ticks(every, first, last)
                if every == "day" or int(tick.timestamp()) // 3600 % every_hours == 0
            ]
            reports.append(
                compute_metrics(
                    registry.catalog, service, registry.store,
                    actor=actor, every=every, ticks=wanted, only=only, now=now, progress=progress(),
                )
            )  # fmt: skip
        files += chosen
    registered = registry.store.rows()
    live = [file for file in files if (row := registered.get(file.metric_id)) and row.registration == "registered"]
    benchmarks = refresh_benchmarks(live, registry.store, now)
    return {
        "from": first.isoformat(timespec="seconds"),
        "to": last.isoformat(timespec="seconds"),
        "metrics": sorted(file.metric_id for file in live),
        "computed": sum(report.computed for report in reports),
        "recorded": sum(report.recorded for report in reports),
        "known": sum(report.known for report in reports),
        "skipped": {name: why for report in reports for name, why in report.skipped.items()},
        "failures": {name: why for report in reports for name, why in report.failures.items()},
        "benchmarks": len(benchmarks),
        "registry": synced_document([report.synced for report in reports]),
    }


def _backfill_people(document: Document) -> str:
    lines = synced_lines(document["registry"])
    lines += [wrapped(f"{name}: {why}.") for name, why in document["skipped"].items()]
    lines += [wrapped(f"{status_words('no_data')} {name}: {why}") for name, why in document["failures"].items()]
    count = len(document["metrics"])
    span = f"{minute_words(document['from'])} to {minute_words(document['to'])}"
    benchmarks = document["benchmarks"]
    said = (
        f"{count:,} metric{'s' * (count != 1)} from {span}: {document['recorded']:,} values recorded, "
        f"{document['known']:,} known already, {benchmarks:,} benchmark{'s' * (benchmarks != 1)}."
    )
    lines.append(wrapped(said))
    return "\n".join(lines)
