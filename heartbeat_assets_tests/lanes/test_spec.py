"""Tests of spec: what a lane's defs.yaml may say."""

import subprocess
import sys

import pytest

from heartbeat_assets.lanes.problems import checked_spec
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets_tests.lanes.histories import ROOT, SPEC, spec_with


def test_the_shipped_lane_has_the_names_of_the_contract() -> None:
    names = [
        (kpi.name, kpi.threshold_name, kpi.threshold, kpi.check_name, kpi.missing_reason, kpi.breach_reason, kpi.window)
        for kpi in SPEC.kpis
    ]

    assert names == [
        (
            "unknown_rate", "max_unknown_rate", 0.45, "unknown_rate_within_threshold", "unknown_rate_missing",
            "unknown_rate_above_threshold", "unknown_rate",
        ),
        (
            "time_to_first_answer_seconds", "max_time_to_first_answer_seconds", 120,
            "time_to_first_answer_within_threshold", "time_to_first_answer_missing",
            "time_to_first_answer_above_threshold", "tfa",
        ),
        (
            "drilldown_click_rate", "min_drilldown_click_rate", 0.2, "drilldown_click_rate_within_threshold",
            "drilldown_click_rate_missing", "drilldown_click_rate_below_threshold", "drilldown",
        ),
    ]  # fmt: skip
    assert [kpi.missing for kpi in SPEC.kpis] == ["failed", "degraded", "degraded"]


def test_the_shipped_lane_sets_every_limit_to_nothing_and_judges_twenty_rows() -> None:
    assert SPEC.window.last == 20
    assert set(SPEC.window.limits.values()) == {0}
    assert len(SPEC.rules()) == 17


def test_a_bound_says_in_words_which_it_is_and_where_a_value_breaks_it() -> None:
    words = {kpi.name: (kpi.edge, kpi.extreme, kpi.beyond) for kpi in SPEC.kpis}

    assert words["unknown_rate"] == ("at most", "maximum", "above")
    assert words["drilldown_click_rate"] == ("at least", "minimum", "below")


def test_a_lane_needs_little() -> None:
    spec = checked_spec({"sources": {"doc": {"kind": "json", "path": "x"}}, "kpis": [{"name": "a", "min": 1}]}, "x")

    assert spec.digest_sql == "digest.sql"
    assert [rule.check for rule in spec.rules()] == [
        "window_nonempty_ok", "malformed_entries_ok",
        "latest_not_failed_ok", "latest_contract_complete_ok", "latest_thresholds_ok",
    ]  # fmt: skip
    assert (spec.retention.recent, spec.retention.middle_every, spec.retention.old_every) == (20, 5, 20)
    assert (spec.schedule, spec.sensor, spec.events_source()) == (None, None, None)
    assert spec.kpi("a").window == "a"


def test_a_name_of_a_check_is_also_the_name_in_the_window_unless_another_is_given() -> None:
    short = {"name": "long_name", "max": 1, "short_name": "short"}
    spec = spec_with(kpis=[short], window={}, availability=[], publish={})

    assert spec.kpis[0].check_name == "short_within_threshold"
    assert spec.kpis[0].window == "short"


def test_limits_given_later_stand_over_those_of_the_lane() -> None:
    rules = {rule.limit_name: rule.limit for rule in SPEC.rules({"max_failed": "3", "max_age": "2d"})}

    assert (rules["max_failed"], rules["max_degraded"], rules["max_age"]) == (3, 0, 172800)


def test_the_telemetry_of_a_lane_is_found() -> None:
    events = SPEC.events_source()

    assert events is not None
    assert events[0] == "events"
    assert list(events[1].event_sets) == ["session_start", "first_answer", "drilldown"]


def test_a_spec_can_be_written_down_and_read_again() -> None:
    assert LaneSpec.model_validate(SPEC.model_dump(exclude_none=True)) == SPEC
    assert LaneSpec.model_validate_json(SPEC.model_dump_json(exclude_none=True)) == SPEC


def test_every_field_is_described_for_editors() -> None:
    schema = LaneSpec.model_json_schema()

    models = [schema, *schema["$defs"].values()]
    fields = {f"{model['title']}.{name}": field for model in models for name, field in model["properties"].items()}
    assert [name for name, field in fields.items() if not field.get("description")] == []


def test_a_spec_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        SPEC.window.last = 5


def test_a_spec_loads_without_dagster_and_without_an_engine() -> None:
    code = (
        "import sys; from heartbeat_assets.lanes.lane import find_lanes; "
        "from heartbeat_assets.settings import load_settings; assert 'citizen_product' in find_lanes(load_settings()); "
        "print(*({'dagster', 'duckdb', 'pandas', 'sqlalchemy'} & set(sys.modules)))"
    )

    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == ""
