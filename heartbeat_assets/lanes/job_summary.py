"""A check as a page of Markdown, made for the job summary of GitHub: what is wrong, since when, whose it is, and why.

The first line answers, the first table has the lanes worst first; everything else is below or folded away. It must not
write files, nor decide what is wrong.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from heartbeat_assets.lanes.checked_run import CheckedRun
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.report import GATE_MARKS, SYMBOLS, gate_rows, gates_summary, kpi_rows, with_unit
from heartbeat_assets.lanes.sentences import finding_sentence, last_of, minute_text
from heartbeat_assets.lanes.values import STATUSES, Document, instant, instant_text
from heartbeat_assets.lanes.window import Finding

_WORST_FIRST = tuple(reversed(STATUSES))
_KEPT = {True: "● kept", False: "◆ broken", None: "▲ not known"}
# An underscore between letters is none: most names have one and should stay readable in the text as well.
_MARKUP = re.compile(r"([\\`*\[\]|~$]|(?<![a-zA-Z0-9])_|_(?![a-zA-Z0-9]))")
_LONGEST_CELL = 1_000
# GitHub refuses a summary of more than 1 MiB, all of it.
_MOST_BYTES = 900_000


def job_summary(runs: Sequence[CheckedRun], *, now: datetime) -> str:
    """The page for a check of the instant `now`."""
    ordered = sorted(runs, key=lambda run: _WORST_FIRST.index(run.status))
    page = "\n".join([f"## {headline(runs)}", "", *_lanes_table(ordered), ""])
    left_out = 0
    for run in ordered:
        section = "\n".join(["", *_section(run), ""])
        if len(page.encode("utf-8", "replace")) + len(section.encode("utf-8", "replace")) > _MOST_BYTES:
            left_out += 1
        else:
            page += section
    if left_out:
        page += f"\nThere is no room here for the details of {left_out} more.\n"
    return f"{page}\n<sub>Checked {minute_text(instant_text(now))}.</sub>\n"


def headline(runs: Sequence[CheckedRun]) -> str:
    """Whether anything is wrong, in which lanes and since when, in one line."""
    lanes = f"{len(runs)} lane" + ("" if len(runs) == 1 else "s")
    wrong = [run for run in runs if run.status != "ok"]
    if not wrong:
        return f"{SYMBOLS['ok']} ok: nothing is wrong in {lanes}"
    worst = max((run.status for run in wrong), key=STATUSES.index)
    told = [run for run in wrong if run.status == worst]
    starts = [at for run in told if (at := instant(run.since))]
    since = f", since {minute_text(instant_text(min(starts)))}" if starts else ""
    others = f"; {len(wrong) - len(told)} degraded" if len(wrong) > len(told) else ""
    names = ", ".join(cell(run.name) for run in told)
    return f"{SYMBOLS[worst]} {len(told)} of {lanes} {worst}{since}: {names}{others}"


def cell(text: str) -> str:
    """`text` as a cell of a table that shows it as it is: no markup, no line ends, not too long."""
    line = " ".join(text.split())
    shown = line if len(line) <= _LONGEST_CELL else f"{line[:_LONGEST_CELL]}…"
    return _MARKUP.sub(r"\\\1", html.escape(shown, quote=False))


def _state(status: str) -> str:
    return f"{SYMBOLS[status]} {status}"


def _lanes_table(runs: Sequence[CheckedRun]) -> Iterator[str]:
    yield "| | lane | since | owner | verdict |"
    yield "|---|---|---|---|---|"
    for run in runs:
        since = minute_text(run.since) if run.since else ""
        owners = ", ".join(run.lane.spec.owners) if run.lane else ""
        cells = [_state(run.status), *(cell(one) for one in (run.name, since, owners or "no owner", run.sentence))]
        yield f"| {' | '.join(cells)} |"


def _section(run: CheckedRun) -> Iterator[str]:
    """What a lane's run found: open where it is not ok, folded where it is."""
    folded = run.status == "ok"
    if folded:
        yield from ("<details>", f"<summary>{_state(run.status)} {html.escape(run.name)}</summary>", "")
    else:
        yield from (f"### {_state(run.status)} {cell(run.name)}", "")
        yield from _broken_rules(run)
    if run.lane is not None and run.digest is not None and not run.error:
        yield from _figures(run.lane, run.digest)
    if not folded:
        yield from ("<details>", "<summary>All rules, and what was recorded</summary>", "")
    yield from _recorded(run)
    yield from _all_rules(run)
    yield "</details>"


def _broken_rules(run: CheckedRun) -> Iterator[str]:
    if run.error:
        yield from (f"What went wrong: {cell(run.error)}", "")
    findings = [finding for finding in _findings(run) if not finding.passed]
    if run.lane is None or not findings:
        return
    yield from ("| broken rule | | what was found |", "|---|---|---|")
    for finding in findings:
        mark = f"{SYMBOLS['failed']} blocks" if finding.rule.blocks else f"{SYMBOLS['degraded']} warns"
        yield f"| `{finding.rule.check}` | {mark} | {_sentence(run, run.lane, finding)} |"
    yield ""


def _figures(lane: Lane, digest: Document) -> Iterator[str]:
    """The digest's KPIs beside their thresholds, and its gates beside their figures."""
    if lane.spec.kpis:
        yield from ("| KPI | value | threshold | |", "|---|---:|---:|---|")
        for kpi, value, limit, kept in kpi_rows(lane, digest):
            threshold = f"{kpi.edge} {with_unit(kpi, limit)}"
            yield f"| {cell(kpi.name)} | {with_unit(kpi, value)} | {threshold} | {_KEPT[kept]} |"
        yield ""
    if lane.spec.gates:
        yield from (f"{gates_summary(lane, digest)}.", "", "| gate | figures | |", "|---|---|---|")
        for gate, figures, passed in gate_rows(lane, digest):
            yield f"| {cell(gate.name)} | {cell(figures)} | {GATE_MARKS[passed]} |"
        yield ""


def _recorded(run: CheckedRun) -> Iterator[str]:
    """What became of the heartbeat, and every strict failure reason by its name."""
    if run.append is None:
        yield from ("Nothing was recorded.", "")
        return
    row, size = run.append["heartbeat"], run.append["history_size_after"]
    did = "recorded" if run.append["appended"] else "already there" if run.append["duplicate_detected"] else "refused"
    yield f"Heartbeat `{row['heartbeat_id'][:12]}` of {minute_text(row['run_at'])}: {did}; {size:,} in the history."
    if run.reasons:
        yield from ("", f"Strict failure reasons: {', '.join(f'`{reason}`' for reason in run.reasons)}.")
    yield ""


def _all_rules(run: CheckedRun) -> Iterator[str]:
    findings = _findings(run)
    if run.lane is None or not findings:
        return
    counted = run.verdict.report["entries_in_window"] if run.verdict else 0
    yield from (f"Judged: {last_of(counted)}.", "", "| rule | | what was found |", "|---|---|---|")
    for finding in findings:
        status = "ok" if finding.passed else "failed" if finding.rule.blocks else "degraded"
        yield f"| `{finding.rule.check}` | {SYMBOLS[status]} | {_sentence(run, run.lane, finding)} |"
    yield ""


def _findings(run: CheckedRun) -> Sequence[Finding]:
    return run.verdict.findings if run.verdict else ()


def _sentence(run: CheckedRun, lane: Lane, finding: Finding) -> str:
    total = len(run.verdict.rows) if run.verdict else 0
    return cell(finding_sentence(lane.spec, finding, total))
