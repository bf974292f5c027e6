"""`heartbeat import`, `export` and `verify`: histories in and out of the ledger, and proof that it is whole.

It must not know what a history or an audit trail says.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from heartbeat_assets.cli.common import end, lane_argument, the_lane
from heartbeat_assets.cli.output import emit, json_option, wrapped
from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.settings import load_settings


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


@click.command("verify")
@click.argument("name", metavar="[LANE|METRIC]", required=False)
@click.option("--metrics", "all_metrics", is_flag=True, help="The audit trails of all metrics, retired ones too.")
@click.option("--head", help="A head hash written down earlier, which must still be in the chain.")
@json_option
def verify_command(name: str | None, all_metrics: bool, head: str | None, as_json: bool | None) -> None:
    """Prove that LANE's history, or METRIC's audit trail, is unbroken: every row carries the hash of the one before.

    Write the head hash down elsewhere and give it later as --head: only that shows rows cut off at the end. Ends
    with 4 when a chain is broken.

    \b
    heartbeat verify citizen_product
    heartbeat verify --metrics
    """
    if all_metrics:
        if name is not None or head is not None:
            raise UsageProblem("--metrics is about all of them; give it alone")
        _verify_metrics(as_json)
        return
    if name is None:
        raise UsageProblem("name a lane or a metric, or give --metrics")
    report = _verified(name, head)
    rows = "events" if "metric_id" in report else "rows"
    sentence = f"{report['entries']:,} {rows}, the chain is {_state(report)}."
    emit(report, lambda: f"{wrapped(sentence)}\nhead {report['head_hash']}", as_json)
    end(not report["unbroken"])


def _verified(name: str, head: str | None) -> dict[str, Any]:
    """What is found of the lane called `name`, or else of the metric. Raises UsageProblem when there is neither."""
    from heartbeat_assets.lanes.transfer import verify_lane
    from heartbeat_assets.metrics.audit_trail import audit_trails, verify_trail

    try:
        lane = the_lane(name)
    except UsageProblem as problem:
        report = verify_trail(load_settings(), name, head)
        if report is not None:
            return report
        if not audit_trails(load_settings()):
            raise
        raise UsageProblem(f"{problem}; nor is there a metric of that id") from None
    return verify_lane(lane, head)


def _verify_metrics(as_json: bool | None) -> None:
    from heartbeat_assets.metrics.audit_trail import verify_trails

    reports = verify_trails(load_settings())
    broken = [report for report in reports if not report["unbroken"]]
    document = {
        "metrics": len(reports),
        "events": sum(report["entries"] for report in reports),
        "unbroken": not broken,
        "trails": reports,
    }

    def people() -> str:
        said = f"{len(reports):,} audit trails of metrics, {document['events']:,} events: "
        lines = [f"{report['metric_id']}: {_state(report)}" for report in broken]
        return "\n".join(map(wrapped, [f"{said}{len(broken) or 'none'} broken.", *lines]))

    emit(document, people, as_json)
    end(bool(broken))


def _state(report: dict[str, Any]) -> str:
    return "unbroken" if report["unbroken"] else f"BROKEN at row {report['broken_at']}: {report['reason']}"
