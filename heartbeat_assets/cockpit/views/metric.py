"""The page of one metric. It must not judge a value, nor fetch one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from heartbeat_assets.cockpit.views.tile import MARKS, WORDS, TileView

_STAGES = (
    ("discovery", "found to be worth measuring"),
    ("registration", "its file was registered"),
    ("history", "values are collected every tick"),
    ("benchmark", "what is normal is known"),
    ("provisional", "thresholds from the file"),
    ("unverified", "shown, but nobody stands behind it yet"),
    ("owner assigned", "somebody answers for it"),
    ("owner review", "the owner compares it with reality"),
    ("verified", "the owner stands behind the number"),
    ("retirement", "no longer computed; the history stays"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One of the ten stages of a metric's life."""

    number: int
    name: str
    meaning: str
    state: Literal["passed", "reached", "ahead"]


def stages(reached: int) -> tuple[Stage, ...]:
    """All ten, of which `reached` (1 to 10) is where the metric is now."""
    return tuple(
        Stage(
            number=number,
            name=name,
            meaning=meaning,
            state="passed" if number < reached else "reached" if number == reached else "ahead",
        )
        for number, (name, meaning) in enumerate(_STAGES, start=1)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One tick in the table under the chart."""

    tick: datetime
    value_text: str
    """The value in full; "" for no data."""
    status: str
    computed_at: datetime | None = None
    source_as_of: datetime | None = None
    revision: int = 1
    error: str = ""

    @property
    def mark(self) -> str:
        return MARKS[self.status]

    @property
    def word(self) -> str:
        return WORDS[self.status]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One change of one field."""

    at: datetime
    who: str
    via: str
    """cli, cockpit, api, dagster or file."""
    field: str
    before: str
    """"" when there was nothing."""
    after: str
    why: str
    entry_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkView:
    """What normal looks like; informational only."""

    sentence: str
    """`words.normal_looks_like(...)`: Normal looks like 0.9 ± 0.02 (690 values of 30 days; median 0.9, MAD 0.01)."""
    computed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One of the sources the metric reads."""

    name: str
    kind: str = ""
    as_of: datetime | None = None
    """How far it had come at the newest tick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeChoice:
    """The stretch of time the chart shows."""

    key: str
    """24h, 7d, 30d, 90d or custom: the GET parameter `range`."""
    since: datetime
    until: datetime
    problem: str = ""
    """Why the stretch that was asked for could not be shown, as a sentence; "" when it could."""

    @property
    def last_day(self) -> date:
        """The last day that has a part in it: midnight, where it ends, is the next day's."""
        return (self.until - timedelta(microseconds=1)).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Editable:
    """What operators set. Numbers as `repr` writes them, "" for nothing: what an input holds and PATCH sends."""

    owner: str = ""
    norm_value: str = ""
    alert_value: str = ""
    recovery_value: str = ""
    target_due_date: date | None = None
    verified_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricView:
    """The page of one metric."""

    tile: TileView
    """Name, code, value, status, owner, verified: the head of the page is the tile."""
    description: str
    how_to_read: str
    methodology: str
    direction: Literal["higher_is_better", "lower_is_better"]
    range: RangeChoice
    chart: str
    """SVG of `charts.metric_chart`; "" when there is nothing in the range."""
    strip: str
    """SVG of `charts.status_strip`; "" likewise."""
    rows: tuple[HistoryRow, ...] = ()
    """The ticks of the range, newest first; at most the newest few hundred."""
    rows_left_out: int = 0
    """How many ticks of the range are not among `rows`: they are in the CSV."""
    editable: Editable = Editable()
    thresholds_sentence: str = ""
    """`words.thresholds(...)`: Green at 0.85 or more, amber from 0.7, red below 0.7."""
    differences: tuple[str, ...] = ()
    """Where the file says other than the operators, a sentence each."""
    benchmark: BenchmarkView | None = None
    stage: int = 2
    """1 to 10."""
    events: tuple[AuditEvent, ...] = ()
    """Newest first."""
    chain_problem: str = ""
    """What is wrong with the hash chain of the events; "" when it holds."""
    sql: str = ""
    sql_hash: str = ""
    sql_path: str = ""
    """The file, from the project's folder, with the line the SELECT begins in: `defs/.../answered.sql:18`."""
    crosscheck: str = ""
    """The second query's text; "" when there is none."""
    lineage_url: str = ""
    """The asset in the Dagster UI; "" when no UI is configured."""
    sources: tuple[SourceView, ...] = ()
    tags: tuple[str, ...] = ()
    etag: str = ""
    """As the ETag header is: `"12"`, quotes included."""
    retired: bool = False
    retired_why: str = ""

    @property
    def stages(self) -> tuple[Stage, ...]:
        return stages(self.stage)
