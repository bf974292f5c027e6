"""`heartbeat lanes`: which lanes there are and how each stands."""

from __future__ import annotations

from typing import Any

import click

from heartbeat_assets.cli.output import emit, json_option, state, table, wrapped
from heartbeat_assets.lanes.lane import Lane, find_lanes
from heartbeat_assets.settings import load_settings


@click.command("lanes")
@json_option
def lanes_command(as_json: bool | None) -> None:
    """List the lanes with their verdicts, worst first.

    \b
    heartbeat lanes
    heartbeat lanes --json
    """
    settings = load_settings()
    order = {"failed": 0, "degraded": 1, "ok": 2}
    documents = sorted(
        (_document(lane) for lane in find_lanes(settings).values()),
        key=lambda lane: (order[lane["status"]], lane["lane"]),
    )
    emit(documents, lambda: _people(documents, str(settings.defs)), as_json)


def _document(lane: Lane) -> dict[str, Any]:
    from heartbeat_assets.lanes.judging import blocked_since, judge_ledger
    from heartbeat_assets.lanes.publish import may_publish, published_report

    verdict = judge_ledger(lane)
    published = published_report(lane)
    blocked = not may_publish(verdict)
    return {
        "lane": lane.name,
        "description": lane.spec.description,
        "owners": lane.spec.owners,
        "status": verdict.status,
        "entries_total": verdict.report["entries_total"],
        "latest_run_at": verdict.report["latest"]["run_at"],
        "blocked": blocked,
        "blocked_since": blocked_since(lane) if blocked else "",
        "strict_fail_reasons": verdict.reasons,
        "published_run_at": published["digest"]["generated_at"] if published else "",
        "folder": str(lane.folder),
    }


def _people(documents: list[dict[str, Any]], defs: str) -> str:
    if not documents:
        return wrapped(f"There is no lane below {defs} yet. docs/lane-reference.md shows what a lane is.")
    rows = [
        [
            lane["lane"],
            state(lane["status"] if lane["entries_total"] else "no run yet"),
            str(lane["entries_total"]),
            lane["latest_run_at"][:16].replace("T", " "),
            "blocked" if lane["blocked"] else "allowed",
            ", ".join(lane["owners"]) or "no owner",
        ]
        for lane in documents
    ]
    return table(["lane", "verdict", "rows", "newest run (UTC)", "publishing", "owner"], rows)
