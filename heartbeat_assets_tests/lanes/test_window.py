"""Tests of window: the window verdict."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.lanes.judging import judge_file, judge_ledger
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.transfer import import_file
from heartbeat_assets.lanes.window import Verdict, judge
from heartbeat_assets_tests.lanes.histories import (
    NOW,
    SPEC,
    another,
    histories,
    row_of,
    rows_of,
    spec_with,
    write_history,
)
from heartbeat_assets_tests.lanes.naive_window import LATEST_FIELDS, REPORT_FIELDS, RULES, expected_report

COUNTS = st.sampled_from([0, 0, 1, 2, 5, 100])
RATES = st.sampled_from([0, 0.0, 0.5, 5, 33.3333, 33.3332, 50, 66.6667, 100])
LIMITS = st.fixed_dictionaries(
    {},
    optional={name: COUNTS for _, name, _ in RULES} | {name: RATES for _, _, name in RULES},
)


def verdict_of(history: list[bytes], last: int, limits: dict[str, float]) -> Verdict:
    spec = spec_with(window={"last": 20, "limits": limits})
    rows = rows_of(history)
    return judge(spec, rows[-last:], rules=spec.rules(), last=last, entries_total=len(rows), now=NOW)


def compared(report: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in report.items() if name not in ("generated_at", "strict")}


@settings(max_examples=200)
@given(histories(), st.integers(1, 60), LIMITS)
def test_a_report_says_what_the_contract_says(history: list[bytes], last: int, limits: dict[str, float]) -> None:
    report = verdict_of(history, last, limits).report

    assert compared(report) == expected_report(history, last, limits)


@settings(max_examples=30)
@given(histories(blank=True), st.integers(1, 60))
def test_a_file_and_the_ledger_it_was_imported_into_give_the_same_report(
    lane: Lane, history: list[bytes], last: int
) -> None:
    lane = another(lane)
    file = write_history(lane.home / "history.jsonl", history)
    import_file(lane, file)

    from_file = judge_file(lane, file, last=last, now=NOW).report
    from_ledger = judge_ledger(lane, last=last, now=NOW).report

    assert from_file == from_ledger
    assert compared(from_file) == expected_report(history, last, {name: 0 for rule in RULES for name in rule[1:]})


@settings(max_examples=20)
@given(histories(most=5))
def test_fields_and_checks_stand_in_the_order_of_the_contract(history: list[bytes]) -> None:
    verdict = verdict_of(history, 20, {name: 0 for rule in RULES for name in rule[1:]})

    assert list(verdict.report) == REPORT_FIELDS
    assert list(verdict.report["latest"]) == LATEST_FIELDS
    assert list(verdict.report["status_counts"]) == ["ok", "degraded", "failed"]
    assert list(verdict.report["checks"]) == list(
        expected_report(history, 20, {name: 0 for rule in RULES for name in rule[1:]})["checks"]
    )
    assert len(verdict.findings) == 17


def good_lines(count: int) -> list[bytes]:
    return [json.dumps(row_of(day)).encode() for day in range(count)]


def test_a_good_history_is_ok() -> None:
    report = verdict_of(good_lines(20), 20, {name: 0 for rule in RULES for name in rule[1:]}).report

    assert report["status"] == "ok"
    assert report["strict_fail_reasons"] == []
    assert set(report["checks"].values()) == {True}


def test_an_empty_history_is_degraded_and_still_has_reasons() -> None:
    report = verdict_of([], 20, {"max_failed": 0}).report

    assert report["status"] == "degraded"
    assert report["strict_fail_reasons"] == [
        "empty_window", "latest_status_failed", "latest_contract_incomplete", "latest_threshold_violation"
    ]  # fmt: skip
    assert report["latest"] == {
        **dict.fromkeys(LATEST_FIELDS),
        "run_at": "", "heartbeat_id": "", "digest_generated_at": "",
        "status": "failed", "line_no": 0, "malformed_line": True,
    }  # fmt: skip


def test_a_malformed_row_counts_in_every_rate_and_in_no_other_count() -> None:
    failed = json.dumps(row_of(5, unknown=0.9)).encode()
    report = verdict_of([b"not json", failed, *good_lines(2)], 20, {}).report

    assert report["malformed_entries_in_window"] == 1
    assert (report["failed_in_window"], report["failed_rate_pct"]) == (1, 25.0)
    assert report["degraded_in_window"] == 0
    assert report["contract_incomplete_in_window"] == 1
    assert report["tfa_violations_in_window"] == 0
    assert report["status_counts"] == {"ok": 2, "degraded": 0, "failed": 1}


def test_a_malformed_newest_row_fails_the_three_latest_checks_and_keeps_its_place() -> None:
    report = verdict_of([*good_lines(3), b"not json"], 2, {}).report

    assert report["strict_fail_reasons"] == [
        "malformed_entries_present", "latest_status_failed", "latest_contract_incomplete", "latest_threshold_violation"
    ]  # fmt: skip
    assert report["latest"]["line_no"] == 4
    assert report["latest"]["malformed_line"] is True


def test_a_malformed_row_breaks_a_streak() -> None:
    failed = [json.dumps(row_of(day, unknown=0.9)).encode() for day in range(4)]

    report = verdict_of([*failed[:2], b"not json", *failed[2:]], 20, {}).report

    assert report["failed_streak_latest"] == 2


def test_a_rate_equal_to_its_limit_passes() -> None:
    failed = json.dumps(row_of(9, unknown=0.9)).encode()

    assert verdict_of([failed, *good_lines(2)], 20, {"max_failed_rate_pct": 33.3333}).report["checks"][
        "max_failed_rate_ok"
    ]
    assert not verdict_of([failed, *good_lines(2)], 20, {"max_failed_rate_pct": 33.3332}).report["checks"][
        "max_failed_rate_ok"
    ]


def test_a_rule_without_a_limit_is_not_there() -> None:
    checks = verdict_of(good_lines(1), 20, {}).report["checks"]

    assert list(checks) == [
        "window_nonempty_ok", "malformed_entries_ok",
        "latest_not_failed_ok", "latest_contract_complete_ok", "latest_thresholds_ok",
    ]  # fmt: skip


def test_too_few_entries_and_a_stale_newest_row_are_the_last_reasons() -> None:
    spec = spec_with(window={"limits": {"min_entries": 3, "max_age": "36h"}})
    rows = rows_of(good_lines(2))

    report = judge(spec, rows, rules=spec.rules(), last=20, entries_total=2, now=NOW).report

    assert report["strict_fail_reasons"] == ["too_few_entries", "latest_stale"]
    assert list(report["checks"])[-2:] == ["min_entries_ok", "latest_fresh_ok"]
    assert report["thresholds"] == {"min_entries": 3, "max_age": 129600}


@pytest.mark.parametrize(
    ("run_at", "fresh"),
    [
        ("2026-02-28T00:00:00+00:00", True),
        ("2026-02-27T23:59:59+00:00", False),
        ("2026-02-28T00:00:00", True),
        ("2099-01-01T00:00:00Z", True),
        ("sometime", False),
        (None, False),
    ],
)
def test_a_row_is_fresh_up_to_the_limit_and_not_without_a_date(run_at: str | None, fresh: bool) -> None:
    spec = spec_with(window={"limits": {"max_age": "36h"}})
    rows = rows_of([json.dumps({**row_of(), "run_at": run_at}).encode()])

    report = judge(spec, rows, rules=spec.rules(), last=20, entries_total=1, now=NOW).report

    assert report["checks"]["latest_fresh_ok"] is fresh


def test_a_rule_that_only_warns_is_a_reason_and_does_not_block() -> None:
    spec = spec_with(window={"limits": {"max_failed": 0}, "severity": {"max_failed_ok": "warn"}})
    rows = rows_of([json.dumps(row_of(9, unknown=0.9)).encode(), *good_lines(1)])

    verdict = judge(spec, rows, rules=spec.rules(), last=20, entries_total=2, now=NOW)

    assert verdict.reasons == ["max_failed_exceeded"]
    assert verdict.blocking == []
    assert verdict.status == "failed"


def test_a_failed_row_that_the_limits_allow_is_no_blemish_by_itself() -> None:
    allowed = json.dumps({**row_of(9), "status": "failed"}).encode()

    assert verdict_of([allowed, *good_lines(1)], 20, {"max_failed": 1}).report["status"] == "ok"


def test_findings_name_their_offenders() -> None:
    lines = [json.dumps(row_of(day, drilldown=0.1 if day in (1, 3) else 0.5)).encode() for day in range(5)]

    verdict = verdict_of(lines, 20, {"max_drilldown_violations": 0})

    finding = next(one for one in verdict.findings if one.rule.check == "max_drilldown_violations_ok")
    assert [row.place for row in finding.offenders] == [2, 4]
    assert (finding.count, finding.rate_pct, finding.passed) == (2, 40.0, False)
    assert SPEC.kpis[2].window == finding.rule.subject
