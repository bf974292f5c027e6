"""`heartbeat replay`: give a lane its past, a heartbeat per event file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from heartbeat_assets.cli.common import lane_argument, the_lane
from heartbeat_assets.cli.output import emit, json_option, progress, state, table
from heartbeat_assets.lanes.report import with_unit


@click.command("replay")
@lane_argument
@click.argument("folder", type=click.Path(path_type=Path))
@json_option
def replay_command(lane_name: str, folder: Path, as_json: bool | None) -> None:
    """Record one heartbeat for each event file in FOLDER, oldest first, dated by the day in its name.

    Each is digested, recorded, judged and published or blocked as it would have been on its day. A file that was
    replayed before is not recorded again.

    \b
    heartbeat replay citizen_product data/citizen_product/series
    """
    from heartbeat_assets.lanes.replay import replay

    lane = the_lane(lane_name)
    documents: list[dict[str, Any]] = []
    rows: list[list[str]] = []
    for replayed in replay(lane, folder, progress()):
        row = replayed.report["heartbeat"]
        status = replayed.verdict.status if replayed.verdict else ""
        documents.append(
            {
                "file": str(replayed.file),
                "appended": replayed.report["appended"],
                "run_at": row["run_at"],
                "status": row["status"],
                "window_status": status,
                "published": replayed.published,
            }
        )
        if replayed.verdict:
            values = [with_unit(kpi, row[kpi.name]) for kpi in lane.spec.kpis]
            rows.append(
                [
                    row["run_at"][:10],
                    state(row["status"]),
                    *values,
                    "published" if replayed.published else "BLOCKED",
                ]
            )
    header = ["run of", "digest", *(kpi.window for kpi in lane.spec.kpis), "report"]
    known = len(documents) - len(rows)
    ending = f"{len(rows)} heartbeats recorded" + (f", {known} were there already." if known else ".")
    emit(documents, lambda: (table(header, rows) + "\n\n" if rows else "") + ending, as_json)
