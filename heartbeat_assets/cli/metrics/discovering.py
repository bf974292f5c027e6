"""`heartbeat metrics discover`: what there is to build a metric on. It only looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from heartbeat_assets.cli.metrics.common import the_registry
from heartbeat_assets.cli.metrics.words import Document, age_words, minute_words, problem_line, short, status_words
from heartbeat_assets.cli.output import emit, json_option, progress, table, wrapped

_NAME, _TYPE = 32, 24


@click.command("discover")
@json_option
def discover_command(as_json: bool | None) -> None:
    """List the metrics there are, and look at every source of every service: is it there, and how well filled.

    Of a large source the first million rows are looked at. Sources that no metric uses are marked.

    \b
    heartbeat metrics discover
    """
    from heartbeat_assets.metrics.discover import discover

    registry, now = the_registry(), datetime.now(UTC)
    document = discover(registry.catalog, registry.store, now, progress=progress())
    emit(document, lambda: _people(document, str(registry.settings.defs), now), as_json)


def _people(document: Document, defs: str, now: datetime) -> str:
    if not document["services"]:
        return wrapped(f"There is no metrics service below {defs} yet; docs/metrics.md says how to begin one.")
    blocks = []
    if document["metrics"]:
        rows = [
            [one["code"] or "", one["metric_id"], short(one["name"] or "", _NAME), status_words(one["status"]),
             one["verification_state"]]
            for one in document["metrics"]
        ]  # fmt: skip
        blocks.append(table(["code", "metric", "name", "status", ""], rows))
    for service in document["services"]:
        blocks.append(f"Service {service['service']}")
        blocks += ["\n".join(_source_lines(source, now)) for source in service["sources"]]
    blocks += [problem_line(problem) for problem in document["problems"]]
    return "\n\n".join(blocks)


def _source_lines(source: Document, now: datetime) -> Iterator[str]:
    use = f"used by {', '.join(source['used_by'])}" if source["used_by"] else "used by no metric"
    yield wrapped(f"{source['source']} ({source['kind']}, {source['place']}): {use}", "  ")
    if source["problem"]:
        yield problem_line(source["problem"], "    ")
        return
    said = f"{source['rows']:,} row{'s' * (source['rows'] != 1)}"
    if source["rows_looked_at"] != source["rows"]:
        said += f", the first {source['rows_looked_at']:,} looked at"
    if source["first"] and source["last"]:
        said += f", {minute_words(source['first'])} to {minute_words(source['last'])}"
    if source["as_of"]:
        said += f", {age_words(source['as_of'], now)} old"
    yield wrapped(f"{said}.", "    ")
    columns = source["columns"]
    if columns and "filled" in columns[0]:
        rows = [
            [short(one["name"], _NAME), short(one["type"], _TYPE), _share(one["filled"]), f"{one['distinct']:,}"]
            for one in columns
        ]
        shown = table(["column", "type", "filled", "distinct (about)"], rows)
        yield "\n".join(f"    {line}" for line in shown.splitlines())
        if source["columns_total"] > len(columns):
            yield f"    and {source['columns_total'] - len(columns):,} columns more"
    elif columns:
        yield wrapped(f"Keys: {', '.join(one['name'] for one in columns)}.", "    ")


def _share(filled: float | None) -> str:
    return "" if filled is None else f"{int(filled * 1000) / 10:g}%"
