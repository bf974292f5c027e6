"""`heartbeat lanes`: which lanes there are and how each stands; a new one; what is wrong with one."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from heartbeat_assets.cli.common import end, period_option, the_period
from heartbeat_assets.cli.output import emit, json_option, state, table, wrapped
from heartbeat_assets.cli.tables import figures_line, states_line
from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.lanes.lane import Lane, each_lane
from heartbeat_assets.settings import load_settings

if TYPE_CHECKING:
    from heartbeat_assets.lanes.checking import Finding, LaneCheck


@click.group("lanes", invoke_without_command=True)
@json_option
@click.pass_context
def lanes_command(context: click.Context, as_json: bool | None) -> None:
    """List the lanes with their verdicts, worst first; make a new one, or check what is there.

    \b
    heartbeat lanes
    heartbeat lanes new my_lane
    heartbeat lanes check my_lane
    """
    if context.invoked_subcommand is not None:
        return
    settings = load_settings()
    order = {"failed": 0, "degraded": 1, "ok": 2}
    documents = sorted(
        (_unknown(name, one) if isinstance(one, SpecProblem) else _document(one) for name, one in each_lane(settings)),
        key=lambda lane: (order[lane["status"]], lane["lane"]),
    )
    emit(documents, lambda: _people(documents, str(settings.defs)), as_json)


@lanes_command.command("new", short_help="Write a new lane: a working, commented example.")
@click.argument("name")
@click.option("--from", "rows", metavar="FILE", help="Rows that the lane reads: a file, a folder or a glob.")
@click.option("--from-table", default="", metavar="TABLE", help="The table in that file, where it holds several.")
@json_option
def new_command(name: str, rows: str | None, from_table: str, as_json: bool | None) -> None:
    """Write the lane NAME: a working, commented example with rows of its own, or over a file of yours.

    Nothing that is there is written over.

    \b
    heartbeat lanes new my_lane
    heartbeat lanes new my_lane --from data/orders.parquet
    heartbeat lanes new my_lane --from shop.sqlite --from-table orders
    """
    from heartbeat_assets.lanes.scaffold import new_lane

    new = new_lane(load_settings(), name, rows=Path(rows) if rows else None, table=from_table)
    files = [_near(file) for file in new.files]
    document = {"lane": new.name, "folder": str(new.folder), "files": [str(file) for file in new.files]}
    lines = [f"Lane {name} is ready:", *(f"  {file}" for file in files), f"Next: heartbeat lanes check {name}"]
    emit(document, lambda: "\n".join(lines), as_json)


@lanes_command.command("check", short_help="Find every mistake in lanes: YAML, SQL, sources, numbers.")
@click.argument("lane_names", metavar="[LANE]...", nargs=-1)
@period_option
@json_option
def check_command(lane_names: tuple[str, ...], period: str | None, as_json: bool | None) -> None:
    """Check every LANE (all without a name): its YAML, its SQL, its sources, and what its numbers are now.

    Runs the queries and records nothing. Ends with 4 when there is an error, with 0 when there are warnings only.

    \b
    heartbeat lanes check
    heartbeat lanes check my_lane --json
    heartbeat lanes check my_daily_lane --period 2026-02-23
    """
    from heartbeat_assets.lanes.checking import check_lanes, period_now

    periods = partial(the_period, key=period) if period else period_now
    checks = check_lanes(load_settings(), lane_names, periods)
    emit([_check_document(check) for check in checks], lambda: _check_people(checks), as_json)
    end(any(check.status == "failed" for check in checks))


@lanes_command.command("schema", short_help="Print the JSON schema of a lane's defs.yaml.")
def schema_command() -> None:
    """Print the JSON schema of a lane's defs.yaml, which explains every field and which editors complete from.

    \b
    heartbeat lanes schema > heartbeat_assets/defs/lane.schema.json
    """
    from heartbeat_assets.lanes.schema import schema_text

    click.echo(schema_text(), nl=False)


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
        "error": None,
    }


def _unknown(name: str, problem: SpecProblem) -> dict[str, Any]:
    """A lane whose defs.yaml is wrong: nothing is known of it but that, and nothing of it is published."""
    return {
        "lane": name,
        "description": "",
        "owners": [],
        "status": "failed",
        "entries_total": None,
        "latest_run_at": "",
        "blocked": True,
        "blocked_since": "",
        "strict_fail_reasons": [],
        "published_run_at": "",
        "folder": str(Path(problem.file).parent),
        "error": str(problem),
    }


def _people(documents: list[dict[str, Any]], defs: str) -> str:
    if not documents:
        return wrapped(f"There is no lane below {defs} yet. Make one with: heartbeat lanes new my_lane")
    header = ["lane", "verdict", "rows", "newest run (UTC)", "publishing", "owner"]
    problems = [wrapped(lane["error"]) for lane in documents if lane["error"]]
    return "\n\n".join([table(header, [_listed(lane) for lane in documents]), *problems])


def _listed(lane: dict[str, Any]) -> list[str]:
    if lane["error"]:
        return [lane["lane"], state("failed").replace("failed", "defs.yaml is wrong"), "", "", "", ""]
    return [
        lane["lane"],
        state(lane["status"] if lane["entries_total"] else "no run yet"),
        str(lane["entries_total"]),
        lane["latest_run_at"][:16].replace("T", " "),
        "blocked" if lane["blocked"] else "allowed",
        ", ".join(lane["owners"]) or "no owner",
    ]


def _check_document(check: LaneCheck) -> dict[str, Any]:
    findings = [
        {"severity": finding.severity, "file": str(finding.file), "message": finding.said} for finding in check.findings
    ]
    return {
        "lane": check.lane,
        "folder": str(check.file.parent),
        "status": check.status,
        "errors": check.count("error"),
        "warnings": check.count("warning"),
        "findings": findings,
        "sources": check.sources,
        "period": check.period.key if check.period else None,
        "digest": check.digest,
    }


def _check_people(checks: list[LaneCheck]) -> str:
    if not checks:
        return "There is no lane to check."
    blocks = ["\n".join([check.lane, *map(_finding_lines, check.findings), _check_verdict(check)]) for check in checks]
    if len(checks) > 1:
        blocks.append(f"{len(checks)} lanes checked: {states_line([check.status for check in checks])}")
    return "\n\n".join(blocks)


def _finding_lines(finding: Finding) -> str:
    """One finding; the engine's words, where they go over several lines, stay as they stand, with its caret."""
    symbol = click.unstyle(state("failed" if finding.severity == "error" else "degraded")).split(" ")[0]
    first, *rest = f"{_near(finding.file)}: {finding.said}".split("\n")
    said = wrapped(f"{symbol} {finding.severity}  {first}", "    ")
    return "\n".join([f"  {said.lstrip()}", *(f"    {line}" for line in rest if line.strip())])


def _check_verdict(check: LaneCheck) -> str:
    errors, warnings = check.count("error"), check.count("warning")
    counts = [f"{count} {word}{'s' * (count != 1)}" for count, word in ((errors, "error"), (warnings, "warning"))]
    told = ", ".join(counts) if check.findings else "nothing to mend"
    return wrapped(f"{state(check.status)}  {told}{_numbers(check)}")


def _numbers(check: LaneCheck) -> str:
    """What the lane's numbers are now, as the end of a sentence."""
    digest = check.digest
    if digest is None:
        return ""
    told = [figures_line(digest["metrics"])] if digest.get("metrics") else []
    if "focus_gate" in digest:
        failed = digest["focus_gate"]["failed_gates"]
        passing = "its gate passes" if check.gates == 1 else f"all {check.gates} gates pass"
        told.append(f"gates that do not pass: {', '.join(failed)}" if failed else passing)
    return f"; {check.when} {' and '.join(told)}"


def _near(path: Path) -> str:
    """`path` as seen from the working directory when it is below that."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
