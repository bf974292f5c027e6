"""Tests of sentences: what a finding says to a tired person at 03."""

import json
from typing import Any

import pytest

from heartbeat_assets.lanes.rules import Rule
from heartbeat_assets.lanes.sentences import (
    finding_sentence,
    last_of,
    limit_text,
    minute_text,
    rule_sentence,
    value_text,
    verdict_sentence,
)
from heartbeat_assets.lanes.window import Verdict, judge
from heartbeat_assets_tests.lanes.histories import ATTRIBUTES, NOW, row_of, rows_of, spec_with

LIMITS = {**ATTRIBUTES["window"]["limits"], "min_entries": 5, "max_age": "36h"}
SPEC = spec_with(window={"limits": LIMITS})


def verdict_of(*rows: dict[str, Any] | bytes) -> Verdict:
    history = rows_of(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)
    return judge(SPEC, history, rules=SPEC.rules(), last=20, entries_total=len(history), now=NOW)


def sentence(check: str, *rows: dict[str, Any] | bytes) -> str:
    verdict = verdict_of(*rows)
    finding = next(one for one in verdict.findings if one.rule.check == check)
    return finding_sentence(SPEC, finding, len(verdict.rows))


def good(count: int) -> list[dict[str, Any]]:
    return [row_of(day) for day in range(count)]


def test_a_broken_kpi_reads_as_a_person_would_say_it() -> None:
    rows = [*good(17), *(row_of(day, drilldown=0.14) for day in range(17, 20))]

    assert sentence("max_drilldown_violations_ok", *rows) == (
        "drilldown_click_rate was 0.14, below its minimum 0.20, in 3 of the last 20 runs (limit 0)."
    )
    assert sentence("max_drilldown_violation_rate_ok", *rows) == (
        "drilldown_click_rate was 0.14, below its minimum 0.20, in 3 of the last 20 runs, 15% (limit 0%)."
    )


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (row_of(wait=150.0), "time_to_first_answer_seconds was 150, above its maximum 120,"),
        (row_of(wait=1234.5), "time_to_first_answer_seconds was 1,234, above its maximum 120,"),
        (row_of(wait=120.04), "time_to_first_answer_seconds was 120.04, above its maximum 120.00,"),
        (row_of(wait=120.000001), "time_to_first_answer_seconds was 120.000001, above its maximum 120.000000,"),
        (row_of(wait=None), "time_to_first_answer_seconds had no value"),
        (
            {**row_of(), "time_to_first_answer_within_threshold": "true"},
            "time_to_first_answer_seconds was 30 with no check that it kept its maximum 120,",
        ),
        (
            {
                **row_of(wait=50.0),
                "max_time_to_first_answer_seconds": 40,
                "time_to_first_answer_within_threshold": False,
            },
            "time_to_first_answer_seconds was 50, above its maximum 40,",
        ),
    ],
)
def test_a_kpi_is_shown_beside_the_threshold_of_its_run(row: dict[str, Any], what: str) -> None:
    assert sentence("max_tfa_violations_ok", row, *good(0), row) == f"{what} in 2 of the last 2 runs (limit 0)."


@pytest.mark.parametrize(
    ("check", "rows", "text"),
    [
        ("window_nonempty_ok", [], "There is no heartbeat yet: run the lane once."),
        ("window_nonempty_ok", good(1), "The window holds 1 heartbeat."),
        ("window_nonempty_ok", good(3), "The window holds 3 heartbeats."),
        ("malformed_entries_ok", [b"x", *good(2)], "1 of the last 3 rows is malformed (limit 0)."),
        ("malformed_entries_ok", good(2), "0 of the last 2 rows are malformed (limit 0)."),
        ("max_failed_ok", [row_of(unknown=0.9), *good(3)], "1 of the last 4 runs failed (limit 0)."),
        ("max_failed_rate_ok", [row_of(unknown=0.9), *good(2)], "1 of the last 3 runs failed, 33.3333% (limit 0%)."),
        ("max_degraded_ok", [row_of(wait=None), *good(1)], "1 of the last 2 runs was degraded (limit 0)."),
        ("max_degraded_ok", good(2), "0 of the last 2 runs were degraded (limit 0)."),
        (
            "max_contract_incomplete_ok",
            [row_of(wait=None), row_of(1, wait=None)],
            "2 of the last 2 runs were not contract-complete (limit 0).",
        ),
        (
            "max_unknown_rate_violations_ok",
            good(4),
            "unknown_rate kept its threshold in all of the last 4 runs (limit 0).",
        ),
        ("max_unknown_rate_violations_ok", good(1), "unknown_rate kept its threshold in 1 run (limit 0)."),
        ("latest_not_failed_ok", good(1), "The newest heartbeat is well formed and did not fail."),
        ("latest_not_failed_ok", [], "There is no newest heartbeat: run the lane once."),
        ("latest_not_failed_ok", [*good(2), b"x"], "The newest row (line 3) is malformed."),
        (
            "latest_not_failed_ok",
            [row_of(1, unknown=0.9)],
            "The newest heartbeat (2026-01-02 12:00 UTC) failed: unknown_rate_above_threshold.",
        ),
        (
            "latest_not_failed_ok",
            [{"status": "failed", "failure_reasons": 5}],
            "The newest heartbeat (an unknown time) failed: no reason given.",
        ),
        (
            "latest_contract_complete_ok",
            [row_of(wait=None)],
            "The newest heartbeat (2026-01-01 12:00 UTC) is not contract-complete: no time_to_first_answer_seconds.",
        ),
        (
            "latest_contract_complete_ok",
            [{"run_at": "soon", "missing_metrics": "text"}],
            "The newest heartbeat (soon) is not contract-complete.",
        ),
        (
            "latest_thresholds_ok",
            [row_of(unknown=0.9, drilldown=0.1)],
            "The newest heartbeat (2026-01-01 12:00 UTC) breaks the threshold of unknown_rate, drilldown_click_rate.",
        ),
        ("min_entries_ok", good(1), "The window holds 1 heartbeat (at least 5 wanted)."),
        (
            "latest_fresh_ok",
            good(1),
            "The newest heartbeat is from 2026-01-01 12:00 UTC, older than 36 h: the producer may have stopped.",
        ),
    ],
)
def test_what_was_found_is_a_sentence(check: str, rows: list[Any], text: str) -> None:
    assert sentence(check, *rows) == text


def test_every_rule_says_what_it_asks_for() -> None:
    sentences = {rule.check: rule_sentence(SPEC, rule) for rule in SPEC.rules()}

    assert sentences["max_failed_ok"] == "At most 0 of the last 20 runs failed."
    assert sentences["max_degraded_rate_ok"] == "At most 0% of the last 20 runs are degraded."
    assert sentences["max_tfa_violations_ok"] == "At most 0 of the last 20 runs violate time_to_first_answer_seconds."
    assert sentences["min_entries_ok"] == "The window has at least 5 heartbeats."
    assert sentences["latest_fresh_ok"] == "The newest heartbeat is not older than 36 h."
    assert len(set(sentences.values())) == len(SPEC.rules()) == 19


def test_the_verdict_says_what_is_wrong_first_and_what_it_blocks() -> None:
    fine = [row_of(day) for day in range(57, 63)]
    broken = [*fine, row_of(63, drilldown=0.14)]

    assert verdict_sentence(SPEC, verdict_of(*broken)) == (
        "drilldown_click_rate was 0.14, below its minimum 0.20, in 1 of the last 7 runs (limit 0). "
        "Publishing is blocked."
    )
    assert verdict_sentence(SPEC, verdict_of(*fine)) == "No rule is broken over the last 6 runs. Publishing is allowed."
    assert verdict_sentence(SPEC, verdict_of()) == (
        "There is no heartbeat yet: run the lane once. Publishing is blocked."
    )


def test_broken_rules_that_only_warn_allow_publishing() -> None:
    spec = spec_with(window={"limits": {"min_entries": 5}, "severity": {"min_entries_ok": "warn"}})
    rows = rows_of([json.dumps(row_of()).encode()])
    verdict = judge(spec, rows, rules=spec.rules(), last=20, entries_total=1, now=NOW)

    assert verdict_sentence(spec, verdict) == "Only rules that warn are broken over 1 run. Publishing is allowed."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "no value"), (0, "0"), (0.0, "0"), (0.175676, "0.176"), (0.2, "0.2"), (30.0, "30"), (999.9, "1,000"),
        (120.4, "120"), (1234567.8, "1,234,568"), (0.000012, "0.000012"), (-0.5, "-0.5"), (1e9, "1,000,000,000"),
    ],
)  # fmt: skip
def test_a_value_has_three_significant_digits_and_no_exponent(value: float | None, text: str) -> None:
    assert value_text(value) == text


@pytest.mark.parametrize(
    ("kind", "limit", "text"),
    [
        ("count", 0, "0"), ("count", 1_000_000, "1,000,000"), ("rate", 33.3333, "33.3333%"), ("rate", 0.0, "0%"),
        ("rate", -0.5, "-0.5%"), ("max_age", 129600, "36 h"), ("max_age", 5400, "1.5 h"), ("max_age", 90, "1.5 min"),
        ("count", None, "0"),
    ],
)  # fmt: skip
def test_a_limit_is_written_as_a_person_writes_it(kind: Any, limit: float | None, text: str) -> None:
    assert limit_text(Rule(kind, "failed", "check", "reason", "name", limit)) == text


@pytest.mark.parametrize(
    ("run_at", "text"),
    [
        ("2026-02-23T16:03:59+00:00", "2026-02-23 16:03 UTC"),
        ("2026-02-23T16:03:00+02:00", "2026-02-23 14:03 UTC"),
        ("2026-02-23", "2026-02-23 00:00 UTC"),
        ("yesterday", "yesterday"),
        ("", "an unknown time"),
    ],
)
def test_an_instant_is_a_day_and_a_minute(run_at: str, text: str) -> None:
    assert minute_text(run_at) == text


def test_a_window_of_one_is_not_the_last_one_runs() -> None:
    assert (last_of(1), last_of(20), last_of(1, "rows")) == ("1 run", "the last 20 runs", "1 row")
