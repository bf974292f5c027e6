"""What is allowed and looks like an oversight."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from heartbeat_assets.lanes.advice import advice
from heartbeat_assets_tests.own_project import LANE, SQL, OwnProject, own_project

GATE = {"name": "share_gate", "conditions": [{"value": "coverage.share", "min": 0.8}]}


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnProject]:
    yield from own_project(tmp_path, monkeypatch)


def advised(own: OwnProject, sql: str = SQL, **changes: Any) -> list[str]:
    """The advice on the good lane with some of its attributes replaced; None takes one out."""
    document = yaml.safe_load(LANE)
    document["attributes"] |= changes
    document["attributes"] = {name: value for name, value in document["attributes"].items() if value is not None}
    own.write_lane("shop", yaml.safe_dump(document), sql)
    lane = own.lane("shop")
    return list(advice(lane, lane.sql_files()))


def test_there_is_no_advice_on_a_good_lane(own: OwnProject) -> None:
    assert advised(own) == []


def test_somebody_should_be_asked(own: OwnProject) -> None:
    (said,) = advised(own, owners=None)
    assert said.startswith("owners: nobody is named; add an e-mail address or team:name")


@pytest.mark.parametrize("schedule", [None, {"cron": "@daily", "enabled": False}])
def test_something_should_run_the_lane(own: OwnProject, schedule: Any) -> None:
    assert advised(own, schedule=schedule) == [
        "schedule: there is none that is on, and no sensor; the lane runs only by hand: heartbeat run shop"
    ]


def test_a_sensor_that_is_on_runs_it_too(own: OwnProject) -> None:
    events = {"orders": {"kind": "events", "path": "data/events"}}
    sql = "SELECT count(*) AS orders_total, 1 AS mean_amount FROM orders"
    assert advised(own, sql, schedule=None, sensor={}, sources=events) == []
    assert len(advised(own, sql, schedule=None, sensor={"enabled": False}, sources=events)) == 1


def test_each_source_should_be_used(own: OwnProject) -> None:
    sources = {"orders": {"kind": "table", "path": "a.csv"}, "items": {"kind": "table", "path": "b.csv"}}
    unused = "sources.items: no query uses it; use it in digest.sql, or take it out"
    assert advised(own, sources=sources) == [unused]
    assert advised(own, f"-- items\n{SQL}", sources=sources) == [unused]
    assert advised(own, f"{SQL}, items", sources=sources) == []


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"max_failed": 20}, "window.limits.max_failed: 20 of the last 20 runs can never be exceeded"),
        ({"max_failed_rate_pct": 100}, "window.limits.max_failed_rate_pct: 100 percent can never be exceeded"),
    ],
)
def test_a_limit_that_decides_nothing_is_told(own: OwnProject, limits: Any, said: str) -> None:
    (told,) = advised(own, window={"limits": limits})
    assert told.startswith(said)


@pytest.mark.parametrize("limits", [{"max_failed": 0}, {"max_failed_rate_pct": 5}])
def test_a_limit_on_failed_runs_counts_the_breaches_of_every_kpi(own: OwnProject, limits: Any) -> None:
    assert advised(own, window={"limits": limits}) == []


def test_a_kpi_that_no_limit_counts_is_told_and_what_follows(own: OwnProject) -> None:
    forgotten = "no limit counts its breaches, so a broken run is forgotten as soon as the next one is good; set "
    limits = {"max_mean_amount_violation_rate_pct": 5}
    assert advised(own, window={"limits": limits}) == [
        f"kpis[0] orders_total: {forgotten}window.limits.max_orders_total_violations"
    ]
    warnings = dict.fromkeys(("latest_thresholds_ok", "latest_not_failed_ok"), "warn")
    assert advised(own, window={"limits": limits, "severity": warnings}) == [
        "kpis[0] orders_total: no limit counts its breaches, so nothing ever blocks on it; "
        "set window.limits.max_orders_total_violations"
    ]


def test_a_limit_that_only_warns_blocks_on_nothing(own: OwnProject) -> None:
    window = {"limits": {"max_failed": 0}, "severity": {"max_failed_ok": "warn"}}
    assert [said.partition(":")[0] for said in advised(own, window=window)] == [
        "kpis[0] orders_total",
        "kpis[1] mean_amount",
    ]


@pytest.mark.parametrize("limit", ["max_share_gate_failed", "max_focus_gate_failed", "max_focus_gate_failed_rate_pct"])
def test_a_gate_is_counted_by_its_own_limit_or_by_that_of_all_gates(own: OwnProject, limit: str) -> None:
    assert advised(own, kpis=None, gates=[GATE], recorded=["coverage"], window={"limits": {limit: 0}}) == []


def test_a_gate_that_no_limit_counts_is_told(own: OwnProject) -> None:
    (said,) = advised(own, kpis=None, gates=[GATE], recorded=["coverage"], window={"limits": {"max_failed": 0}})
    assert said == (
        "gates[0] share_gate: no limit counts its breaches, so a broken run is forgotten as soon as the next one is "
        "good; set window.limits.max_share_gate_failed"
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("coverage.share", "coverage is not in recorded, so a verdict cannot say why the gate failed; add it"),
        (
            "share",
            "share cannot be recorded, so a verdict cannot say why the gate failed; move it to a section, as "
            "`totals.share`",
        ),
        (
            "metrics.share",
            "metrics.share cannot be recorded, so a verdict cannot say why the gate failed; move it to a section, as "
            "`totals.share`",
        ),
    ],
)
def test_a_gate_whose_figures_no_row_keeps_is_told(own: OwnProject, value: str, said: str) -> None:
    gate = {"name": "share_gate", "conditions": [{"value": value, "min": 0.8}]}
    limits = {"max_failed": 0, "max_share_gate_failed": 0}
    assert advised(own, gates=[gate], window={"limits": limits}) == [f"gates[0] share_gate.conditions[0]: {said}"]


def test_a_gate_on_a_kpi_has_its_figure_in_every_row(own: OwnProject) -> None:
    condition = {"value": "metrics.orders_total", "min": 2, "threshold_as": "gate_min"}
    gate = {"name": "orders_gate", "conditions": [condition]}
    assert advised(own, gates=[gate], window={"limits": {"max_failed": 0, "max_orders_gate_failed": 0}}) == []


def test_a_schedule_that_leaves_periods_out_is_told(own: OwnProject) -> None:
    columns = {"amount": "number", "at": "timestamp"}
    orders = {"kind": "table", "path": "data/orders.csv", "columns": columns, "period_column": "at"}
    hourly: dict[str, Any] = {"partitions": {"by": "hour", "start": "2026-01-01"}, "sources": {"orders": orders}}
    assert advised(own, **hourly) == [
        "schedule: '0 6 * * *' does not run every hour, and a run is about one hour alone, so others are left out; "
        "run it every hour, or fill the gaps by a backfill"
    ]
    assert advised(own, **hourly, schedule={"cron": "5 * * * *"}) == []
    off = {"cron": "0 6 * * *", "enabled": False}
    assert advised(own, **hourly, schedule=off) == [
        "schedule: there is none that is on, and no sensor; the lane runs only by hand: heartbeat run shop"
    ]
