"""Tests of digest: a digest."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from heartbeat_assets.errors import SpecProblem, UsageProblem
from heartbeat_assets.lanes.digest import build_digest, checked_thresholds
from heartbeat_assets_tests.lanes.histories import NOW, SPEC, at, digest_of, spec_with


def columns(**more: Any) -> dict[str, Any]:
    return {"unknown_rate": 0.1, "time_to_first_answer_seconds": 30.0, "drilldown_click_rate": 0.5, **more}


def test_a_value_equal_to_its_threshold_passes() -> None:
    digest = digest_of(unknown=0.45, wait=120.0, drilldown=0.2)

    assert digest["status"] == "ok"
    assert digest["failure_reasons"] == []


@pytest.mark.parametrize(
    ("kpis", "reasons"),
    [
        ({"unknown": 0.450001}, ["unknown_rate_above_threshold"]),
        ({"wait": 120.000001}, ["time_to_first_answer_above_threshold"]),
        ({"drilldown": 0.199999}, ["drilldown_click_rate_below_threshold"]),
        ({"unknown": None}, ["unknown_rate_missing"]),
        (
            {"unknown": 0.9, "wait": 999.0, "drilldown": 0.0},
            [
                "drilldown_click_rate_below_threshold",
                "time_to_first_answer_above_threshold",
                "unknown_rate_above_threshold",
            ],
        ),
    ],
)
def test_a_broken_threshold_fails_and_says_which(kpis: dict[str, Any], reasons: list[str]) -> None:
    digest = digest_of(**kpis)

    assert digest["failure_reasons"] == reasons
    assert digest["status"] == "failed"
    assert digest["checks"]["contract_complete"] is False


def test_a_missing_telemetry_kpi_degrades_and_a_missing_unknown_rate_fails() -> None:
    degraded, failed = digest_of(wait=None), digest_of(unknown=None, wait=None)

    assert degraded["status"] == "degraded"
    assert degraded["checks"]["time_to_first_answer_within_threshold"] is None
    assert degraded["checks"]["telemetry_available"] is True
    assert failed["status"] == "failed"
    assert failed["checks"]["unknown_rate_within_threshold"] is False
    assert failed["missing_metrics"] == ["time_to_first_answer_seconds", "unknown_rate"]


def test_a_value_is_judged_as_it_is_shown() -> None:
    digest = digest_of(unknown=0.4500004)

    assert digest["metrics"]["unknown_rate"] == 0.45
    assert digest["status"] == "ok"


def test_the_time_is_whole_seconds_in_utc() -> None:
    instant = datetime(2026, 2, 23, 15, 31, 0, 999_999, tzinfo=timezone(timedelta(hours=1)))

    assert build_digest(SPEC, columns(), generated_at=instant)["generated_at"] == "2026-02-23T14:31:00+00:00"


def test_a_column_with_a_dot_lands_nested_and_fields_stand_in_the_order_of_the_contract() -> None:
    row = columns(**{"metrics.source": "events", "telemetry.sessions_total": 2, "telemetry.deep.er": [Decimal("1.5")]})

    digest = build_digest(SPEC, row, generated_at=NOW, sources_read=["summary", "events", "snapshot"])

    assert digest["telemetry"] == {"sessions_total": 2, "deep": {"er": [1.5]}}
    assert digest["metrics"]["source"] == "events"
    assert digest["telemetry_sources"] == ["telemetry_events_jsonl", "telemetry_json"]
    assert list(digest) == [
        "generated_at", "telemetry", "telemetry_sources", "metrics", "thresholds", "checks", "missing_metrics",
        "failure_reasons", "status",
    ]  # fmt: skip


def test_values_of_the_engine_become_values_of_json() -> None:
    row = columns(**{"x.when": at(0), "x.decimal": Decimal("2.50"), "x.whole": Decimal("2"), "x.inf": float("inf")})

    digest = build_digest(SPEC, row, generated_at=NOW)

    assert digest["x"] == {"when": "2026-01-01T12:00:00+00:00", "decimal": 2.5, "whole": 2, "inf": None}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None])
def test_a_kpi_that_is_no_finite_number_is_missing(value: float | None) -> None:
    assert digest_of(drilldown=value)["missing_metrics"] == ["drilldown_click_rate"]


@pytest.mark.parametrize("value", ["0.5", True, [1]])
def test_a_kpi_of_another_type_is_a_mistake_of_the_query(value: Any) -> None:
    with pytest.raises(SpecProblem, match=r"column 'unknown_rate' is .*; a KPI must be a number or NULL"):
        build_digest(SPEC, columns(unknown_rate=value), generated_at=NOW)


@pytest.mark.parametrize(
    "name",
    ["status", "checks.mine", "generated_at", "thresholds", "metrics", "metrics.unknown_rate", "telemetry.a.b"],
)
def test_a_column_cannot_take_the_place_of_another(name: str) -> None:
    with pytest.raises(SpecProblem, match="rename"):
        build_digest(SPEC, {**columns(**{"telemetry.a": 1}), name: 1}, generated_at=NOW)


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(SpecProblem, match="no column 'drilldown_click_rate'"):
        build_digest(SPEC, {"unknown_rate": 1, "time_to_first_answer_seconds": 1}, generated_at=NOW)


def test_a_lane_that_lists_no_source_has_no_list_of_sources() -> None:
    spec = spec_with(
        sources={"doc": {"kind": "json", "path": "x.json"}}, rollup_sql=None, sensor=None, digest_sql="digest.sql"
    )

    assert "telemetry_sources" not in build_digest(spec, columns(), generated_at=NOW, sources_read=["doc"])


def test_thresholds_from_a_command_line_replace_those_of_the_lane() -> None:
    given = checked_thresholds(SPEC, {"max_unknown_rate": "0.05", "min_drilldown_click_rate": "-1"})

    digest = build_digest(SPEC, columns(), generated_at=NOW, thresholds=given)

    assert digest["thresholds"]["max_unknown_rate"] == 0.05
    assert digest["thresholds"]["max_time_to_first_answer_seconds"] == 120
    assert digest["failure_reasons"] == ["unknown_rate_above_threshold"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"max_unknwn_rate": "1"}, "this lane has max_unknown_rate"),
        ({"max_unknown_rate": "high"}, "'high' is not a finite number"),
        ({"max_unknown_rate": "nan"}, "is not a finite number"),
    ],
)
def test_a_threshold_that_cannot_be_used_is_wrong_usage(given: dict[str, str], words: str) -> None:
    with pytest.raises(UsageProblem, match=words):
        checked_thresholds(SPEC, given)
