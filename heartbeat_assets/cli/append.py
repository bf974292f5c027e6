"""`heartbeat append`: record a digest as a heartbeat."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from heartbeat_assets.cli.common import (
    end,
    lane_argument,
    out_option,
    strict_option,
    the_lane,
)
from heartbeat_assets.cli.output import emit, json_option
from heartbeat_assets.cli.tables import append_table


@click.command("append")
@lane_argument
@click.option("--digest", "digest_file", required=True, type=click.Path(path_type=Path), help="The digest document.")
@click.option("--history", type=click.Path(path_type=Path), help="Append to this JSONL file, not to the ledger.")
@strict_option
@out_option
@json_option
def append_command(
    lane_name: str,
    digest_file: Path,
    history: Path | None,
    strict: bool,
    out: Path | None,
    as_json: bool | None,
) -> None:
    """Append a digest to LANE's history, once: the same digest again is detected as a duplicate.

    \b
    heartbeat digest citizen_product --out digest.json
    heartbeat append citizen_product --digest digest.json --strict
    """
    from heartbeat_assets.lanes.recording import append_to_file, append_to_ledger
    from heartbeat_assets.sources.inputs import read_object

    lane = the_lane(lane_name)
    digest = read_object(f"--digest {digest_file}", digest_file)
    now = datetime.now(UTC)
    if history is not None:
        report = append_to_file(lane, digest, history, now=now, strict=strict)
    else:
        report = append_to_ledger(lane, digest, now=now, strict=strict)
    emit(report, lambda: append_table(lane, report), as_json, out)
    end(strict and bool(report["strict_fail_reasons"]))
