"""`heartbeat metrics history` and `events`: a metric's values over time, and who changed what. Reads only."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from heartbeat_assets.cli.metrics.common import (
    instant_of,
    metric_argument,
    since_option,
    the_registry,
    until_option,
)
from heartbeat_assets.cli.metrics.showing import events_table, find
from heartbeat_assets.cli.metrics.words import minute_words, status_words, value_words
from heartbeat_assets.cli.output import emit, json_option, table
from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.files import write_atomically

_COLUMNS = ("tick", "value", "status", "computed_at", "source_as_of", "sql_hash", "revision", "error")
# What spreadsheets take for a formula when a cell begins with it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@click.command("history")
@metric_argument
@since_option
@until_option
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Write it as CSV to this file.")
@json_option
def history_command(
    metric_id: str, since: str | None, until: str | None, csv_file: Path | None, as_json: bool | None
) -> None:
    """Show the values of the metric ID over time, oldest first, retired metrics too.

    \b
    heartbeat metrics history answered_sessions --since 2026-01-01
    heartbeat metrics history answered_sessions --csv answered.csv
    """
    from heartbeat_assets.metrics.document import value_document

    registry = the_registry()
    metric = find(registry, metric_id)
    values = registry.store.values(
        metric.metric_id, since=instant_of("--since", since), until=instant_of("--until", until, end=True)
    )
    documents = [value_document(one) for one in values]
    if csv_file is not None:
        _write(csv_file, documents)
        report = {"metric_id": metric.metric_id, "file": str(csv_file), "rows": len(documents)}
        emit(report, lambda: f"{len(documents):,} rows written to {csv_file}.", as_json)
        return
    unit = metric.file.header.unit if metric.file is not None else None
    rows = [
        [minute_words(one["tick"]), value_words(one["value"], unit), status_words(one["status"]), one["error"] or ""]
        for one in documents
    ]
    emit(documents, lambda: table(["tick", "value", "status", ""], rows) if rows else "No value yet.", as_json)


@click.command("events")
@metric_argument
@json_option
def events_command(metric_id: str, as_json: bool | None) -> None:
    """Show the audit trail of the metric ID, oldest first: who changed what, when, from what to what, and why.

    \b
    heartbeat metrics events answered_sessions
    """
    from heartbeat_assets.metrics.document import event_document

    registry = the_registry()
    metric = find(registry, metric_id)
    documents = [event_document(one) for one in registry.store.events(metric.metric_id)]
    emit(documents, lambda: events_table(documents) if documents else "Nothing yet.", as_json)


def _write(file: Path, documents: Iterable[dict[str, Any]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for document in documents:
        writer.writerow([_cell(document[name]) for name in _COLUMNS])
    try:
        write_atomically(file, text.getvalue())
    except OSError as problem:
        raise HeartbeatError(f"--csv {file}: cannot be written: {problem.strerror or problem}") from problem


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet runs: an error's text may begin like a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
