"""`heartbeat check`: lanes for continuous integration, without a server, a daemon or Dagster."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from heartbeat_assets.cli.common import STRICT_FAILED, end, last_rows, period_option, strict_option, the_period
from heartbeat_assets.cli.output import emit, json_option, pairs, progress, state, wrapped
from heartbeat_assets.cli.tables import digest_table, states_line
from heartbeat_assets.errors import HeartbeatError, UsageProblem
from heartbeat_assets.files import write_atomically
from heartbeat_assets.lanes.checked_run import (
    CheckedRun,
    CheckOptions,
    check_lane,
    lanes_to_check,
    refuse_wrong_usage,
)
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.sentences import finding_sentence
from heartbeat_assets.ledger import LedgerError
from heartbeat_assets.settings import load_settings

# The file GitHub makes the job summary of; whoever writes to it must leave what is there.
_JOB_SUMMARY = "GITHUB_STEP_SUMMARY"
_file = click.Path(dir_okay=False, path_type=Path)
_folder = click.Path(file_okay=False, path_type=Path)


@click.command("check")
@click.argument("lane_names", metavar="[LANE]...", nargs=-1)
@click.option("--input", "inputs", multiple=True, metavar="NAME=PATH", help="Read this in place of a source.")
@click.option("--threshold", "thresholds", multiple=True, metavar="NAME=VALUE", help="Replace a threshold.")
@period_option
@click.option("--history", type=_file, help="Record in and judge this JSONL file, not the ledger.")
@click.option("--last", type=last_rows, help="How many of the newest rows; default: the lane's.")
@click.option("--limit", "limits", multiple=True, metavar="NAME=VALUE", help="Replace a limit, as max_failed=2.")
@strict_option
@click.option("--junit", type=_file, help="Also write JUnit XML to this file.")
@click.option("--markdown", type=_file, help="Also write a page to this file; appended to $GITHUB_STEP_SUMMARY.")
@click.option("--evidence", type=_folder, metavar="DIR", help="Also keep every document in this folder, stamped.")
@json_option
def check_command(
    lane_names: tuple[str, ...],
    inputs: tuple[str, ...],
    thresholds: tuple[str, ...],
    period: str | None,
    history: Path | None,
    last: int | None,
    limits: tuple[str, ...],
    strict: bool,
    junit: Path | None,
    markdown: Path | None,
    evidence: Path | None,
    as_json: bool | None,
) -> None:
    """Check every LANE (all without a name): digest, heartbeat, verdict. Publishes nothing.

    A lane whose source is missing or cannot be read is recorded as a failed heartbeat, and the others are checked all
    the same.

    \b
    heartbeat check --strict --junit junit.xml --markdown summary.md --evidence evidence
    heartbeat check liberty_restrictions --input legal_norms=norms.csv --history heartbeats.jsonl --strict
    """
    now = datetime.now(UTC)
    options = CheckOptions(
        pairs("--input", inputs), pairs("--threshold", thresholds), pairs("--limit", limits), last, history, strict
    )
    chosen = lanes_to_check(load_settings(), lane_names)
    _refuse_wrong_usage(chosen, options, period)
    runs = [_checked(one, options, period) for one in chosen]

    failures: list[str] = []
    if junit is not None:
        _write("--junit", junit, partial(_write_junit, junit, runs, now), failures)
    if markdown is not None:
        _write("--markdown", markdown, partial(_write_markdown, markdown, runs, now), failures)
    if evidence is not None:
        code = 3 if failures else _exit_code(runs, strict)
        _write("--evidence", evidence, partial(_write_evidence, evidence, runs, now, strict, code), failures)
    emit([run.document for run in runs], lambda: _for_people(runs), as_json)
    _end(runs, strict, failures)


def _refuse_wrong_usage(chosen: Sequence[Lane | CheckedRun], options: CheckOptions, period: str | None) -> None:
    """Raises UsageProblem before anything is recorded."""
    if len(chosen) != 1 and options.inputs:
        raise UsageProblem(f"--input goes with exactly one lane, not {len(chosen)}; name the lane it is for")
    if len(chosen) != 1 and options.history is not None:
        raise UsageProblem(f"--history goes with exactly one lane, not {len(chosen)}; name the lane it is of")
    for lane in chosen:
        if isinstance(lane, Lane):
            try:
                refuse_wrong_usage(lane, options)
                if period is not None:
                    the_period(lane, period)
            except UsageProblem as problem:
                raise UsageProblem(f"lane {lane.name}: {problem}" if len(chosen) > 1 else str(problem)) from problem


def _checked(lane: Lane | CheckedRun, options: CheckOptions, period: str | None) -> CheckedRun:
    if isinstance(lane, CheckedRun):
        return lane
    try:
        about = the_period(lane, period)
    except UsageProblem as problem:
        # No period of the lane is over yet: nothing to digest, and no instant that a failed heartbeat could be of.
        return CheckedRun(lane.name, lane, problems=[problem])
    return check_lane(lane, options, period=about, progress=progress())


def _write(option: str, path: Path, write: Callable[[], None], failures: list[str]) -> None:
    """Writes one of the files; one that cannot be written does not keep the others from it."""
    try:
        write()
    except OSError as problem:
        failures.append(f"{option} {path}: cannot be written: {problem.strerror or problem}")


def _write_junit(path: Path, runs: Sequence[CheckedRun], now: datetime) -> None:
    from heartbeat_assets.lanes.junit import junit_xml

    write_atomically(path, junit_xml(runs, now=now))


def _write_markdown(path: Path, runs: Sequence[CheckedRun], now: datetime) -> None:
    """Replaces the file; the job summary of GitHub, to which every step may add, is appended to."""
    from heartbeat_assets.lanes.job_summary import job_summary

    page = job_summary(runs, now=now).encode("utf-8", "replace")
    of_the_job = os.environ.get(_JOB_SUMMARY)
    if of_the_job and path.resolve() == Path(of_the_job).resolve():
        with path.open("ab") as file:
            file.write(b"\n" + page if file.tell() else page)
    else:
        write_atomically(path, page)


def _write_evidence(folder: Path, runs: Sequence[CheckedRun], now: datetime, strict: bool, exit_code: int) -> None:
    from heartbeat_assets.lanes.evidence import write_evidence

    write_evidence(folder, runs, now=now, strict=strict, exit_code=exit_code)


def _for_people(runs: Sequence[CheckedRun]) -> str:
    """Lane by lane the digest, the broken rules and the verdict; at the end how many lanes are not ok."""
    texts = ["\n".join(_lane_for_people(run)) for run in runs]
    if len(runs) > 1:
        texts.append(f"{len(runs)} lanes: {states_line([run.status for run in runs])}")
    return "\n\n".join(texts)


def _lane_for_people(run: CheckedRun) -> list[str]:
    lines = [run.name, ""]
    if run.lane is not None and run.digest is not None and not run.error:
        lines += [digest_table(run.lane, run.digest), ""]
    if run.lane is not None and run.verdict is not None:
        for finding in run.verdict.findings:
            if not finding.passed:
                mark = state("failed" if finding.rule.blocks else "degraded")
                lines.append(f"{mark}  {finding.rule.check.removesuffix('_ok')}")
                sentence = finding_sentence(run.lane.spec, finding, len(run.verdict.rows))
                lines.append(wrapped(sentence, " " * 10))
        lines += [""] if run.verdict.reasons else []
    return [*lines, wrapped(f"{state(run.status)}  {run.sentence}")]


def _exit_code(runs: Sequence[CheckedRun], strict: bool) -> int:
    """What the check ends with: what could not be recorded and judged first, then what strict asks for."""
    unjudged = [_code(problem) for run in runs if run.verdict is None for problem in run.problems]
    if unjudged:
        return max(unjudged)
    if strict and any(run.reasons for run in runs):
        return STRICT_FAILED
    return max((_code(problem) for run in runs for problem in run.problems), default=0)


def _code(problem: Exception) -> int:
    return problem.exit_code if isinstance(problem, HeartbeatError) else 3


def _end(runs: Sequence[CheckedRun], strict: bool, failures: Sequence[str]) -> None:
    """Ends the command: what went wrong as one error object on standard error, else with 4 or 0."""
    from heartbeat_assets.cli.main import Problem

    problems = [problem for run in runs for problem in run.problems]
    for problem in problems:
        if not isinstance(problem, HeartbeatError | LedgerError | OSError):
            # A fault of the program, told as every other one is.
            raise problem
    told = [f"{run.name}: {run.error}" for run in runs if run.problems]
    code = 3 if failures else _exit_code(runs, strict)
    if told or failures:
        kinds = {type(problem).__name__ for problem in problems}
        kind = kinds.pop() if len(kinds) == 1 and not failures else "HeartbeatError"
        raise Problem(kind, "; ".join([*told, *failures]), code)
    end(code == STRICT_FAILED)
