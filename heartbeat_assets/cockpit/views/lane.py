"""The pages of lanes. They must not judge a window: the verdict comes from `lanes.window`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

LANE_MARKS: dict[str, str] = {"ok": "●", "degraded": "▲", "failed": "◆", "malformed": "✕", "no_data": "○"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """One rule of the window and what it found."""

    check: str
    """Its name: `max_failed_ok`."""
    passed: bool
    sentence: str
    """`lanes.sentences`: what was found, what is allowed."""
    blocks: bool = True
    """False for a rule that the lane made a warning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiView:
    """A KPI over the window."""

    name: str
    value_text: str
    """Three significant digits; "" when the newest row has none."""
    value_title: str
    unit: str
    limit_text: str
    """`minimum 0.2`, `maximum 600`, or ""."""
    passed: bool | None
    """Of the newest row; None when it is not known."""
    trend: str
    """SVG of `charts.kpi_trend`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Streak:
    """How long the newest rows have been in one state: `failed`, 3 rows, since."""

    status: str
    length: int
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One heartbeat of the window."""

    place: int
    run_at: datetime | None
    status: str
    """ok, degraded, failed or malformed."""
    heartbeat_id: str = ""
    reasons: tuple[str, ...] = ()
    """Why it failed or what it lacks, in the contract's words."""
    values: tuple[tuple[str, str], ...] = ()
    """(KPI or gate, what the row says)."""
    document: str = ""
    """The row as JSON, indented; or a malformed row's raw text."""

    @property
    def mark(self) -> str:
        return LANE_MARKS.get(self.status, "✕")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """A document of the lane that can be read in full: HEARTBEAT.md, verdict.json, a digest."""

    name: str
    text: str = ""
    """Shown in place; "" when there is only a link."""
    href: str = ""
    written_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneSummary:
    """A lane in the list of lanes."""

    name: str
    description: str
    status: str
    """Of the window: ok, degraded or failed; no_data before the first row."""
    sentence: str
    strip: str
    """SVG of `charts.heartbeat_strip`."""
    blocked: bool = False
    blocked_since: datetime | None = None
    newest: datetime | None = None
    owners: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        return LANE_MARKS[self.status]


@dataclass(frozen=True, slots=True, kw_only=True)
class LanesView:
    """All lanes, blocked ones first."""

    lanes: tuple[LaneSummary, ...] = ()
    problems: tuple[str, ...] = ()
    """Lanes that cannot be read, a sentence each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneView:
    """The page of one lane."""

    summary: LaneSummary
    rules: tuple[RuleView, ...] = ()
    """Every rule in the contract's order; the template puts broken ones first."""
    window_last: int = 20
    entries_in_window: int = 0
    entries_total: int = 0
    kpis: tuple[KpiView, ...] = ()
    streaks: tuple[Streak, ...] = ()
    blocked_why: tuple[str, ...] = ()
    """Why publishing is blocked: a sentence for each rule that blocks; empty when it is not."""
    advice: tuple[str, ...] = ()
    """What to do about it (`lanes.advice`)."""
    rows: tuple[EvidenceRow, ...] = ()
    """The rows of the window, newest first."""
    documents: tuple[DocumentView, ...] = ()
    dagster_url: str = ""
    """The lane's assets in the Dagster UI; "" when no UI is configured."""

    @property
    def rules_broken_first(self) -> list[RuleView]:
        return sorted(self.rules, key=lambda rule: (rule.passed, not rule.blocks))
