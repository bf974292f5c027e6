"""`heartbeat digest`: what a lane's numbers are now."""

from __future__ import annotations

from pathlib import Path

import click

from heartbeat_assets.cli.common import (
    end,
    lane_argument,
    out_option,
    period_option,
    strict_option,
    the_lane,
    the_period,
)
from heartbeat_assets.cli.output import emit, json_option, pairs, progress
from heartbeat_assets.cli.tables import digest_table


@click.command("digest")
@lane_argument
@click.option("--input", "inputs", multiple=True, metavar="NAME=PATH", help="Read this in place of a source.")
@click.option("--threshold", "thresholds", multiple=True, metavar="NAME=VALUE", help="Replace a threshold.")
@period_option
@strict_option
@click.option("--require-complete", is_flag=True, help="End with 4 unless all is known and the status is ok.")
@out_option
@json_option
def digest_command(
    lane_name: str,
    inputs: tuple[str, ...],
    thresholds: tuple[str, ...],
    period: str | None,
    strict: bool,
    require_complete: bool,
    out: Path | None,
    as_json: bool | None,
) -> None:
    """Compute the digest of LANE: from its sources, or from the files given.

    With --input, telemetry is read raw in one pass and nothing is stored; required sources that are not named are
    read from where defs.yaml says, optional ones are left out.

    \b
    heartbeat digest citizen_product
    heartbeat digest citizen_product --input events=events.jsonl --input snapshot=snapshot.json --strict
    """
    from heartbeat_assets.lanes.compute import compute_digest, update_telemetry
    from heartbeat_assets.lanes.digest import checked_thresholds

    lane = the_lane(lane_name)
    limits = checked_thresholds(lane.spec, pairs("--threshold", thresholds))
    given, about = pairs("--input", inputs), the_period(lane, period)
    if not given:
        update_telemetry(lane, progress())
    digest = compute_digest(lane, inputs=given, thresholds=limits, period=about, progress=progress())
    emit(digest, lambda: digest_table(lane, digest), as_json, out)
    # A digest that is ok is complete: every KPI known, every gate passed.
    incomplete = require_complete and digest["status"] != "ok"
    end(incomplete or (strict and digest["status"] == "failed"))
