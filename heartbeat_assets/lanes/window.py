"""The window verdict: may the last N heartbeats pass? (docs/contract.md, section 4)

Pure: from rows and rules to a report and one finding per rule. It must not read a history or the clock. A malformed
row counts among the N and in every rate's denominator, is judged by the rule for malformed rows and, when newest, by
the `latest_` rules; it has no status, so it adds to no other count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from heartbeat_assets.lanes.criteria import named
from heartbeat_assets.lanes.history import HistoryRow
from heartbeat_assets.lanes.rules import DEGRADED, FAILED, INCOMPLETE, MALFORMED, THRESHOLDS, Rule, counted_states
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets.lanes.values import Document, flag, instant, instant_text, number, rate_pct, text


@dataclass
class Tally:
    """The rows of the window that one subject is about."""

    rows: list[HistoryRow] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def first_run_at(self) -> str:
        return self.rows[0].run_at if self.rows else ""

    @property
    def last_run_at(self) -> str:
        return self.rows[-1].run_at if self.rows else ""


@dataclass(frozen=True)
class Finding:
    """What one rule found. `count` and `rate_pct` are of its subject; run_at of the first and last offender."""

    rule: Rule
    passed: bool
    count: int
    rate_pct: float
    offenders: tuple[HistoryRow, ...]


@dataclass(frozen=True)
class Verdict:
    """The report of the contract, a finding per rule in order, and the rows judged."""

    report: Document
    findings: tuple[Finding, ...]
    rows: tuple[HistoryRow, ...]

    @property
    def status(self) -> str:
        return str(self.report["status"])

    @property
    def reasons(self) -> list[str]:
        return list(self.report["strict_fail_reasons"])

    @property
    def blocking(self) -> list[Finding]:
        """The rules that were broken and may block: those not turned into warnings by the lane."""
        return [finding for finding in self.findings if not finding.passed and finding.rule.blocks]


def judge(
    spec: LaneSpec,
    rows: Sequence[HistoryRow],
    *,
    rules: Sequence[Rule],
    last: int,
    entries_total: int,
    now: datetime,
    strict: bool = False,
) -> Verdict:
    """Judges `rows`, the last `last` rows of a history of `entries_total`, oldest first, by `rules`."""
    tallies = _tallies(spec, rows)
    findings = tuple(_finding(rule, spec, rows, tallies, now) for rule in rules)
    report = _report(spec, rows, tallies, findings)
    head = {
        "generated_at": instant_text(now),
        "strict": strict,
        "window_last": last,
        "thresholds": {rule.limit_name: rule.limit for rule in rules if rule.limit_name},
        "entries_total": entries_total,
    }
    return Verdict(head | report, findings, tuple(rows))


def blocks(spec: LaneSpec, rows: Sequence[HistoryRow], rules: Sequence[Rule], now: datetime) -> bool:
    """Whether a verdict over `rows` has a blocking finding; quicker than the whole verdict."""
    tallies = _tallies(spec, rows)
    return any(rule.blocks and not _finding(rule, spec, rows, tallies, now).passed for rule in rules)


def tallies_of(spec: LaneSpec, row: HistoryRow) -> list[str]:
    """The tallies that `row` adds to: malformed and nothing else, or its status and every criterion it breaks."""
    if row.content is None:
        return [MALFORMED]
    found = [row.status] if row.status in (FAILED, DEGRADED) else []
    if row.content.get("contract_complete") is not True and INCOMPLETE in row_states(spec):
        found.append(INCOMPLETE)
    return found + [criterion.tally for criterion in spec.criteria if criterion.broken_by(row.content)]


def tally_names(spec: LaneSpec) -> list[str]:
    """Every tally a row of this lane may add to."""
    return [MALFORMED, *row_states(spec), *(criterion.tally for criterion in spec.criteria)]


def row_states(spec: LaneSpec) -> list[str]:
    """The states of rows that are told: failed and degraded in every lane, and which `rules` has beside them."""
    return list(dict.fromkeys((FAILED, DEGRADED, *counted_states(spec.criteria))))


def _tallies(spec: LaneSpec, rows: Sequence[HistoryRow]) -> dict[str, Tally]:
    tallies = {name: Tally() for name in tally_names(spec)}
    for row in rows:
        for name in tallies_of(spec, row):
            tallies[name].rows.append(row)
    return tallies


def _finding(
    rule: Rule, spec: LaneSpec, rows: Sequence[HistoryRow], tallies: dict[str, Tally], now: datetime
) -> Finding:
    total = len(rows)
    if rule.kind in ("count", "rate", "malformed"):
        tally = tallies[rule.subject]
        rate = rate_pct(tally.count, total)
        measured = rate if rule.kind == "rate" else tally.count
        return Finding(rule, measured <= (rule.limit or 0), tally.count, rate, tuple(tally.rows))
    if rule.kind in ("nonempty", "min_entries"):
        return Finding(rule, total >= (1 if rule.limit is None else rule.limit), total, 0.0, ())
    latest = rows[-1] if rows else None
    passed = _latest_passes(rule, spec, latest, now)
    return Finding(rule, passed, 0 if passed else 1, 0.0, () if passed or latest is None else (latest,))


def _latest_passes(rule: Rule, spec: LaneSpec, latest: HistoryRow | None, now: datetime) -> bool:
    criterion = named(spec.criteria, rule.subject)
    if criterion is not None:
        # To the letter: what is not there does not break an optional gate, not even when there is no row at all.
        return not criterion.broken_by((latest.content if latest else None) or {})
    if latest is None or latest.content is None:
        return False
    if rule.kind == "max_age":
        run_at = instant(latest.run_at)
        return run_at is not None and (now - run_at).total_seconds() <= (rule.limit or 0)
    if rule.subject == THRESHOLDS:
        return not any(one.broken_by(latest.content) for one in spec.criteria if one.kind == "kpi")
    if rule.subject == INCOMPLETE:
        return latest.content.get("contract_complete") is True
    return latest.status != FAILED


def _report(
    spec: LaneSpec, rows: Sequence[HistoryRow], tallies: dict[str, Tally], findings: Sequence[Finding]
) -> Document:
    total = len(rows)
    malformed, failed, degraded = (tallies[name] for name in (MALFORMED, FAILED, DEGRADED))
    report: Document = {
        "entries_in_window": total,
        "malformed_entries_in_window": malformed.count,
        "status_counts": {
            "ok": total - malformed.count - failed.count - degraded.count,
            "degraded": degraded.count,
            "failed": failed.count,
        },
    }
    states = row_states(spec)
    for state in states:
        report[f"{state}_in_window"] = tallies[state].count
        report[f"{state}_rate_pct"] = rate_pct(tallies[state].count, total)
    for criterion in spec.criteria:
        tally = tallies[criterion.tally]
        report[f"{criterion.count_name}_in_window"] = tally.count
        if criterion.has_rate:
            report[f"{criterion.counted_as}_rate_pct"] = rate_pct(tally.count, total)
    dated = {state: tallies[state] for state in states}
    dated |= {one.counted_as: tallies[one.tally] for one in spec.criteria if one.kind == "focus_gate"}
    for name, tally in dated.items():
        report[f"first_{name}_run_at"] = tally.first_run_at
        report[f"last_{name}_run_at"] = tally.last_run_at
    report["latest"] = _latest(spec, rows[-1] if rows else None)
    for subject in (FAILED, DEGRADED):
        report[f"{subject}_streak_latest"] = _streak(rows, subject)
    report["checks"] = {finding.rule.check: finding.passed for finding in findings}
    report["strict_fail_reasons"] = [finding.rule.reason for finding in findings if not finding.passed]
    report["status"] = _status(total, tallies, report["strict_fail_reasons"])
    return report


def _status(total: int, tallies: dict[str, Tally], reasons: Sequence[str]) -> str:
    if total == 0:
        return "degraded"
    if tallies[MALFORMED].count or reasons:
        return "failed"
    # To the letter: a failed row that a limit allows is no blemish of its own, only what else is wrong with it.
    blemished = any(tally.count for subject, tally in tallies.items() if subject != FAILED)
    return "degraded" if blemished else "ok"


def _latest(spec: LaneSpec, row: HistoryRow | None) -> Document:
    content = (row.content if row else None) or {}
    latest: Document = {
        "run_at": text(content.get("run_at")),
        "heartbeat_id": text(content.get("heartbeat_id")),
        "status": row.status if row and not row.malformed else "failed",
        "line_no": row.place if row else 0,
        "malformed_line": row is None or row.malformed,
        "digest_generated_at": text(content.get("digest_generated_at")),
    }
    latest |= {kpi.name: number(content.get(kpi.name)) for kpi in spec.kpis}
    latest |= {criterion.field: flag(content.get(criterion.field)) for criterion in spec.criteria}
    if INCOMPLETE in row_states(spec):
        latest["contract_complete"] = flag(content.get("contract_complete"))
    return latest


def _streak(rows: Sequence[HistoryRow], wanted: str) -> int:
    streak = 0
    for row in reversed(rows):
        if row.status != wanted:
            break
        streak += 1
    return streak
