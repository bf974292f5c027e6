"""`heartbeat quarantine`: the telemetry lines that could not be read."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import Any

import click

from heartbeat_assets.cli.common import lane_argument, the_lane
from heartbeat_assets.cli.output import emit, json_option, table


@click.command("quarantine")
@lane_argument
@click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True, help="How many lines to show.")
@json_option
def quarantine_command(lane_name: str, limit: int, as_json: bool | None) -> None:
    """Show and count the telemetry lines of LANE that could not be read, with file and line number.

    Covers what `heartbeat run` or `heartbeat digest LANE` last read.

    \b
    heartbeat quarantine citizen_product --limit 5
    """
    from heartbeat_assets.sources.opening import telemetry_store

    lane = the_lane(lane_name)
    events = lane.spec.events_source()
    store = telemetry_store(lane, events[0]) if events else None
    lines: list[dict[str, Any]] = []
    reasons: Counter[str] = Counter()
    if store is not None and store.folder.is_dir():
        with store.locked():
            found = store.quarantined()
            for line in islice(found, limit):
                lines.append(line)
                reasons[line["reason"]] += 1
            for line in found:
                reasons[line["reason"]] += 1
    document = {"lane": lane.name, "total": sum(reasons.values()), "reasons": dict(reasons), "lines": lines}
    emit(document, lambda: _people(document), as_json)


def _people(document: dict[str, Any]) -> str:
    rows = [[line["file"], str(line["line"]), line["reason"], _printable(line["text"])] for line in document["lines"]]
    shown = table(["file", "line", "reason", "text"], rows) + "\n\n" if rows else ""
    counts = ", ".join(f"{count:,} {reason}" for reason, count in document["reasons"].items())
    return f"{shown}{document['total']:,} lines in quarantine{': ' + counts if counts else ''}."


def _printable(text: str) -> str:
    shown = "".join(character if character.isprintable() else "·" for character in text[:48])
    return shown + ("…" if len(text) > 48 else "")
