"""`heartbeat window`: may the last N heartbeats pass?"""

from __future__ import annotations

from pathlib import Path

import click

from heartbeat_assets.cli.common import end, lane_argument, last_rows, out_option, strict_option, the_lane
from heartbeat_assets.cli.output import emit, json_option, pairs
from heartbeat_assets.cli.tables import window_table


@click.command("window")
@lane_argument
@click.option("--history", type=click.Path(path_type=Path), help="Judge this JSONL file, not the ledger.")
@click.option("--last", type=last_rows, help="How many of the newest rows; default: the lane's.")
@click.option("--limit", "limits", multiple=True, metavar="NAME=VALUE", help="Replace a limit, as max_failed=2.")
@strict_option
@out_option
@json_option
def window_command(
    lane_name: str,
    history: Path | None,
    last: int | None,
    limits: tuple[str, ...],
    strict: bool,
    out: Path | None,
    as_json: bool | None,
) -> None:
    """Judge the last heartbeats of LANE by its window rules.

    \b
    heartbeat window citizen_product
    heartbeat window citizen_product --last 50 --limit max_degraded=2 --strict
    """
    from heartbeat_assets.lanes.judging import judge_file, judge_ledger

    lane = the_lane(lane_name)
    policy = pairs("--limit", limits)
    if history is not None:
        verdict = judge_file(lane, history, last=last, limits=policy, strict=strict)
    else:
        verdict = judge_ledger(lane, last=last, limits=policy, strict=strict)
    emit(verdict.report, lambda: window_table(lane, verdict), as_json, out)
    end(strict and bool(verdict.reasons))
