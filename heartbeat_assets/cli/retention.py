"""`heartbeat compact` and `heartbeat parity`: the compacted history and whether it lost anything that matters."""

from __future__ import annotations

from pathlib import Path

import click

from heartbeat_assets.cli.common import end, lane_argument, last_rows, out_option, strict_option, the_lane
from heartbeat_assets.cli.output import emit, json_option
from heartbeat_assets.cli.tables import compaction_table, parity_table
from heartbeat_assets.errors import UsageProblem


@click.command("compact")
@lane_argument
@click.option("--history", type=click.Path(path_type=Path), help="Compact this JSONL file, not the ledger's rows.")
@click.option("--out", type=click.Path(path_type=Path), help="Where the compacted file goes; with --history.")
@strict_option
@json_option
def compact_command(lane_name: str, history: Path | None, out: Path | None, strict: bool, as_json: bool | None) -> None:
    """Compact LANE's history: every incident stays, the rest is thinned by its place.

    Without --history the ledger's rows are read and the lane's compacted history is brought up to date; the ledger
    itself keeps every row. With --history and no --out nothing is written, only reported.

    \b
    heartbeat compact citizen_product
    heartbeat compact citizen_product --history heartbeats.jsonl --out compacted.jsonl
    """
    from heartbeat_assets.lanes.compacting import compact_file, compact_ledger

    lane = the_lane(lane_name)
    if out is not None and history is None:
        raise UsageProblem("--out goes with --history; the ledger's compacted history has a place of its own")
    report = compact_file(lane, history, out) if history is not None else compact_ledger(lane)
    emit(report, lambda: compaction_table(report), as_json)
    end(strict and bool(report["strict_fail_reasons"]))


@click.command("parity")
@lane_argument
@click.option("--history", type=click.Path(path_type=Path), help="Raw JSONL history, in place of the ledger.")
@click.option("--compacted", type=click.Path(path_type=Path), help="Compacted JSONL history; with --history.")
@click.option("--last", type=last_rows, help="How many of the newest raw rows; default: the lane's.")
@strict_option
@out_option
@json_option
def parity_command(
    lane_name: str,
    history: Path | None,
    compacted: Path | None,
    last: int | None,
    strict: bool,
    out: Path | None,
    as_json: bool | None,
) -> None:
    """Compare the last raw rows of LANE with its compacted history: nothing that matters may be missing.

    \b
    heartbeat parity citizen_product --strict
    """
    from heartbeat_assets.lanes.compacting import parity_of_files, parity_of_ledger

    lane = the_lane(lane_name)
    if (history is None) != (compacted is None):
        raise UsageProblem("--history and --compacted go together")
    if history is not None and compacted is not None:
        report = parity_of_files(lane, history, compacted, last=last)
    else:
        report = parity_of_ledger(lane, last=last)
    emit(report, lambda: parity_table(report), as_json, out)
    end(strict and bool(report["strict_fail_reasons"]))
