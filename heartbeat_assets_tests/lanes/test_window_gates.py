"""Tests of the window verdict over gates (docs/contract.md, section 5), against its rules once more in loops."""

from typing import Any

from hypothesis import given

from heartbeat_assets_tests.lanes.gate_histories import GATES, OPTIONAL, REQUIRED, gate_rows, judged, row_of, spec_with

FIVE_REASONS = [
    "max_focus_gate_failed_exceeded",
    "max_focus_gate_failed_rate_exceeded",
    "max_norms_classified_gate_failed_exceeded",
    "latest_focus_gate_failed",
    "latest_norms_classified_gate_failed",
]


def expected(rows: list[dict[str, Any] | bytes]) -> tuple[dict[str, bool], dict[str, int]]:
    """Checks in order, and the counters, by the contract's words."""
    known = [row for row in rows if isinstance(row, dict)]
    newest = rows[-1] if rows else b""
    latest = newest if isinstance(newest, dict) else {}

    def fails(row: dict[str, Any], gate: str) -> bool:
        value = row.get("focus_gate_passed" if gate == "focus_gate" else f"{gate}_passed")
        return value is False if gate in OPTIONAL else value is not True

    counts = {gate: len([row for row in known if fails(row, gate)]) for gate in ("focus_gate", *GATES)}
    failed = len([row for row in known if row["status"] in ("failed", "weird")])
    checks = {"window_nonempty_ok": bool(rows), "malformed_entries_ok": len(known) == len(rows)}
    checks |= {"max_failed_ok": failed == 0, "max_failed_rate_ok": failed == 0}
    checks |= {"max_focus_gate_failed_ok": counts["focus_gate"] == 0}
    checks |= {"max_focus_gate_failed_rate_ok": counts["focus_gate"] == 0}
    checks |= {f"max_{gate}_failed_ok": counts[gate] == 0 for gate in GATES}
    checks |= {"latest_not_failed_ok": bool(latest) and latest["status"] in ("ok", "degraded")}
    checks |= {"latest_focus_gate_passed_ok": not fails(latest, "focus_gate")}
    checks |= {f"latest_{gate}_ok": not fails(latest, gate) for gate in GATES}
    return checks, counts


@given(gate_rows())
def test_a_window_of_gates_is_judged_as_the_contract_says(rows: list[dict[str, Any] | bytes]) -> None:
    report = judged(*rows).report
    checks, counts = expected(rows)
    assert report["checks"] == checks
    assert list(report["checks"]) == list(checks)
    assert {gate: report[f"{gate}_failed_in_window"] for gate in counts} == counts
    total = len(rows)
    rate = round(100 * counts["focus_gate"] / total, 4) if total else 0.0
    assert report["focus_gate_failed_rate_pct"] == rate
    assert [name for name in report if name.endswith("_rate_pct")] == [
        "failed_rate_pct", "degraded_rate_pct", "focus_gate_failed_rate_pct"
    ]  # fmt: skip


def test_the_known_failing_run_gives_exactly_its_five_reasons() -> None:
    verdict = judged(row_of(0), row_of(1, coverage__norms_classified_pct=0.5))
    assert verdict.reasons == FIVE_REASONS
    assert verdict.status == "failed"


def test_a_window_of_passed_gates_is_ok() -> None:
    verdict = judged(row_of(0), row_of(1))
    assert (verdict.status, verdict.reasons) == ("ok", [])


def test_a_row_from_before_an_optional_gate_existed_passes() -> None:
    old = row_of(0)
    for gate in OPTIONAL:
        del old[f"{gate}_passed"]
    assert judged(old).reasons == []


def test_a_row_that_lacks_a_required_gate_fails_it() -> None:
    for gate in REQUIRED:
        row = row_of(0)
        del row[f"{gate}_passed"]
        assert judged(row).reasons == [f"max_{gate}_failed_exceeded", f"latest_{gate}_failed"]


def test_a_gate_that_failed_within_its_limit_leaves_the_verdict_degraded() -> None:
    spec = spec_with(window={"last": 20, "limits": {"max_focus_gate_failed": 1}})
    verdict = judged(row_of(0, coverage__norms_classified_pct=0.5), row_of(1), spec=spec)
    assert (verdict.status, verdict.reasons) == ("degraded", [])


def test_an_empty_window_fails_the_required_gates_and_not_the_optional_ones() -> None:
    assert judged().reasons == [
        "empty_window", "latest_status_failed", "latest_focus_gate_failed",
        *(f"latest_{gate}_failed" for gate in REQUIRED),
    ]  # fmt: skip


def test_the_first_and_last_failure_of_the_focus_gate_are_dated() -> None:
    bad = {"coverage__fragments_with_irlc_pct": 0.1}
    report = judged(row_of(0), row_of(1, **bad), row_of(2), row_of(3, **bad), row_of(4)).report
    assert report["first_focus_gate_failed_run_at"] == "2026-01-02T00:00:00+00:00"
    assert report["last_focus_gate_failed_run_at"] == "2026-01-04T00:00:00+00:00"
    assert report["latest"]["focus_gate_passed"] is True


def test_a_lane_of_gates_has_no_rule_on_degraded_or_incomplete_rows() -> None:
    report = judged(row_of(0)).report
    assert not [name for name in report["checks"] if "degraded" in name or "contract" in name]
    assert not [name for name in report if "contract_incomplete" in name]
