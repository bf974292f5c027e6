"""`heartbeat import` and `export`: histories in and out of the ledger.

It must not know what a history says.
"""

from __future__ import annotations

from pathlib import Path

import click

from heartbeat_assets.cli.common import lane_argument, the_lane
from heartbeat_assets.cli.output import emit, json_option
from heartbeat_assets.errors import UsageProblem


@click.command("import")
@lane_argument
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def import_command(lane_name: str, file: Path, as_json: bool | None) -> None:
    """Bring the JSONL history FILE into LANE's ledger, malformed lines included; twice is once.

    \b
    heartbeat import citizen_product heartbeats.jsonl
    """
    from heartbeat_assets.lanes.transfer import import_file

    report = import_file(the_lane(lane_name), file)
    emit(
        report,
        lambda: (
            f"{report['read']:,} rows read, {report['appended']:,} appended, {report['duplicates']:,} already there. "
            f"{lane_name} has {report['history_size_after']:,} rows."
        ),
        as_json,
    )


@click.command("export")
@lane_argument
@click.option("--format", "form", type=click.Choice(["jsonl", "csv", "parquet"]), default="jsonl", show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path), help="File to write; jsonl and csv go to standard output without."
)
@json_option
def export_command(lane_name: str, form: str, out: Path | None, as_json: bool | None) -> None:
    """Write LANE's whole history out of the ledger. Importing the JSONL gives the same history.

    With --json a report of what was written is printed; it needs --out.

    \b
    heartbeat export citizen_product > heartbeats.jsonl
    heartbeat export citizen_product --format parquet --out heartbeats.parquet
    """
    from heartbeat_assets.lanes.transfer import export_file, export_lines, history_csv

    lane = the_lane(lane_name)
    if out is not None:
        rows = export_file(lane, form, out)
        report = {"lane": lane.name, "format": form, "file": str(out), "rows": rows}
        emit(report, lambda: f"{rows:,} rows written to {out}.", as_json)
        return
    if as_json or form == "parquet":
        raise UsageProblem("--out FILE is needed for parquet and with --json")
    for chunk in history_csv(lane) if form == "csv" else export_lines(lane):
        click.echo(chunk, nl=False)
