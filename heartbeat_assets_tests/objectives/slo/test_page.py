"""The page on service objectives: its file is right, its query counts, its example runs, its tables are complete."""

from __future__ import annotations

import contextlib
import io
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from heartbeat_assets.objectives.objectives_file import checked_objectives
from heartbeat_assets.objectives.slo.annotations import READERS
from heartbeat_assets.objectives.slo.measured import buckets_of
from heartbeat_assets.objectives.slo.resolve import load_slos
from heartbeat_assets.objectives.slo.slo import Slo
from heartbeat_assets.objectives.slo.verdict import Verdict, judge, needed
from heartbeat_assets_tests.objectives.slo.slo_making import at

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "slos.md").read_text(encoding="utf-8")
YAML, _, DELAY, COMPONENT, _, EXAMPLE, SHOWN = re.findall(
    r"^```(?:yaml|python)?\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE
)


@pytest.fixture
def reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Slo:
    """The SLO of the page, in a file of the name that its example reads."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "slos.yaml").write_text(YAML)
    found = load_slos([Path("slos.yaml")]).checked()
    assert found.notices == ()
    return found.slos[0]


def test_the_example_prints_what_the_page_shows(reads: Slo) -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(EXAMPLE, "docs/slos.md", "exec"), {})
    assert printed.getvalue() == SHOWN


def test_the_mistake_is_told_as_the_page_shows(reads: Slo) -> None:
    Path("slos.yaml").write_text(YAML.replace("targetPercent: 99.5", "target: 99.5"))
    assert load_slos([Path("slos.yaml")]).problems[0] in PAGE


def test_the_component_is_one_that_loads() -> None:
    attributes = yaml.safe_load(COMPONENT)["attributes"]
    spec = checked_objectives(attributes, "defs.yaml")
    assert [one.slos for one in spec.maintenance] == [["api-write-availability"]]


def test_every_annotation_is_in_the_table() -> None:
    table = PAGE.split("## Annotations")[1].split("\n## ")[0]
    assert re.findall(r"^\| `heartbeat/(\w+)`", table, re.MULTILINE) == sorted(READERS)


def verdict_on(slo: Slo, now: datetime, rows: list[tuple[datetime, str, str]]) -> Verdict:
    """The verdict at `now` on a table of (occurred_at, method, outcome), as the page's query counts it."""
    connection = duckdb.connect()
    connection.execute('CREATE TABLE audit_logs (occurred_at TIMESTAMP, "request.method" TEXT, outcome TEXT)')
    for when, method, outcome in rows:
        connection.execute("INSERT INTO audit_logs VALUES (?, ?, ?)", (when.replace(tzinfo=None), method, outcome))
    return judge(slo, buckets_of(slo, [answers(connection, slo, now)]), now)


def answers(connection: duckdb.DuckDBPyConnection, slo: Slo, now: datetime) -> list[dict[str, Any]]:
    """The rows of the one query of `slo`."""
    (query,) = slo.queries
    span = needed(slo, now)
    bounds = {"start_us": span.start_us, "end_us": span.end_us}
    result = connection.execute(query.sql, {name: bounds[name] for name in query.parameters})
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def test_the_query_of_the_page_counts_a_table_as_a_person_does(reads: Slo) -> None:
    now = at("2026-03-01T12:03")
    second = timedelta(seconds=1)
    rows = [
        (at("2026-03-01"), "GET", "success"),
        (at("2026-03-01") - second, "GET", "failure"),
        (now - second, "GET", "failure"),
        (now, "GET", "failure"),
        (now - second, "POST", "failure"),
        *[(at("2026-03-01T05:00") + position * second, "GET", "success") for position in range(998)],
    ]
    verdict = verdict_on(reads, now, rows)
    # In the window are 999 good and 1 bad: of 1,000 five may be bad.
    budget = verdict.corrected
    assert (budget.good, budget.bad, budget.allowed, budget.consumed) == (999, 1, 5, 0.2)
    # The newest hour has one event, fewer than the ten that a rule wants.
    assert [burn.events for burn in verdict.burns] == [1, 1, 1_001]
    # In three days 2 of 1,001 were bad where 0.5% may be.
    assert float(verdict.burns[2].long_rate or 0) == pytest.approx(2 / 1_001 / 0.005)


def test_an_empty_table_is_no_data(reads: Slo) -> None:
    assert verdict_on(reads, at("2024-02-29T12:00"), []).state == "NO_DATA"


def test_a_p95_over_the_window_is_kept_when_95_of_100_are_within_the_limit(tmp_path: Path) -> None:
    (tmp_path / "delay.yaml").write_text(DELAY)
    (sse,) = load_slos([tmp_path / "delay.yaml"]).checked().slos
    now = at("2026-03-08")
    connection = duckdb.connect()
    connection.execute("CREATE TABLE sse_events (enqueued_at TIMESTAMP, received_at TIMESTAMP)")
    for position in range(100):
        # 95 take five seconds at most, four a little longer, and one never arrives.
        sent = datetime(2026, 3, 1) + timedelta(hours=position)  # noqa: DTZ001
        took = timedelta(milliseconds=5_000 if position < 95 else 5_001)
        connection.execute("INSERT INTO sse_events VALUES (?, ?)", (sent, None if position == 99 else sent + took))
    verdict = judge(sse, buckets_of(sse, [answers(connection, sse, now)]), now)
    assert (verdict.corrected.good, verdict.corrected.bad, verdict.corrected.is_met) == (95, 5, True)
    assert verdict.corrected.left == 0


def test_a_query_may_miss_nothing_at_the_edges_of_a_rolling_window(reads: Slo) -> None:
    window = YAML[YAML.index("    - duration: 1M") : YAML.index("  budgetingMethod")]
    Path("slos.yaml").write_text(YAML.replace(window, "    - {duration: 7d, isRolling: true}\n"))
    (rolls,) = load_slos([Path("slos.yaml")]).checked().slos
    now = at("2026-03-08T12:03")
    start = now - timedelta(days=7)
    moment = timedelta(microseconds=1)
    rows = [(when, "GET", "success") for when in (start, start + moment, now - moment)]
    rows += [(when, "GET", "failure") for when in (start - moment, now)]
    assert (verdict_on(rolls, now, rows).corrected.good, verdict_on(rolls, now, rows).corrected.bad) == (3, 0)
