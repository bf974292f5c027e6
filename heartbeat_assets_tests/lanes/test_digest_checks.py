"""Tests of digest checks: what each asks for and what was found, in words."""

from heartbeat_assets.lanes.digest_checks import asked, digest_checks
from heartbeat_assets.lanes.lane import Lane, find_lane
from heartbeat_assets.settings import Settings
from heartbeat_assets_tests.lanes import gate_histories
from heartbeat_assets_tests.lanes.histories import digest_of


def test_a_kpi_tells_its_value_beside_its_threshold(lane: Lane) -> None:
    found = {check.name: check for check in digest_checks(lane, digest_of(drilldown=0.1))}
    check = found["drilldown_click_rate_within_threshold"]
    assert (check.passed, check.reason) == (False, "drilldown_click_rate_below_threshold")
    assert check.found == "drilldown_click_rate is 0.1; its minimum is 0.2."
    assert (check.value, check.limit) == (0.1, 0.2)
    assert asked(lane, check.name) == "drilldown_click_rate is at least 0.2 in this run."


def test_a_kpi_without_a_value_says_so(lane: Lane) -> None:
    found = {check.name: check for check in digest_checks(lane, digest_of(unknown=None, wait=None, drilldown=None))}
    assert found["unknown_rate_within_threshold"].found == "unknown_rate has no value; its maximum is 0.45."
    assert found["unknown_rate_within_threshold"].reason == "unknown_rate_missing"
    known = "time_to_first_answer_seconds, drilldown_click_rate is known."
    assert found["telemetry_available"].found == f"None of {known}"
    assert found["contract_complete"].found.startswith("The digest's status is failed, without ")


def test_the_checks_stand_in_the_order_of_the_digest(lane: Lane) -> None:
    digest = digest_of()
    assert [check.name for check in digest_checks(lane, digest)] == list(digest["checks"])
    assert {check.passed for check in digest_checks(lane, digest)} == {True}


def test_a_gate_tells_its_figures_and_the_focus_gate_how_many_passed(settings: Settings) -> None:
    lane = find_lane(settings, "liberty_restrictions")
    digest = gate_histories.digest_of(coverage__norms_classified_pct=0.5)
    found = {check.name: check for check in digest_checks(lane, digest)}
    assert found["norms_classified_gate"].found == "norms_classified_pct 0.5 (at least 0.8)."
    assert found["norms_classified_gate"].reason == "norms_classified_gate_failed"
    assert found["focus_gate"].found == "8 of 9 gates passed."
    assert asked(lane, "norms_classified_gate").endswith("Passes with coverage.norms_classified_pct at least 0.8.")
