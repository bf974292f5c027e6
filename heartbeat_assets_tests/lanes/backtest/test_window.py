"""Tests of backtest_window: at every row it says what `judge` says."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.lanes.backtest.rows import RowReader
from heartbeat_assets.lanes.backtest.window import SlidingWindow, _most_allowed
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets.lanes.values import rate_pct
from heartbeat_assets.lanes.window import judge
from heartbeat_assets_tests.lanes.histories import NOW, SPEC, histories, rows_of
from heartbeat_assets_tests.lanes.policies import GATED, gated_histories, policies, warnings


def both(spec: LaneSpec, history: list[bytes], last: int, limits: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """What blocks at every row: by the sliding window, and by a verdict over the rows up to it."""
    rows, rules = rows_of(history), spec.rules(limits)
    reader, window = RowReader(spec), SlidingWindow(spec, rules, last)
    slid = [list(window.add(reader.read(row.line).tallies)) for row in rows]
    judged = []
    for end in range(1, len(rows) + 1):
        verdict = judge(spec, rows[max(0, end - last) : end], rules=rules, last=last, entries_total=end, now=NOW)
        judged.append([finding.rule.reason for finding in verdict.blocking])
    return slid, judged


@settings(max_examples=60)
@given(histories(), st.integers(1, 60), policies(SPEC), warnings(SPEC))
def test_at_every_row_of_a_lane_of_kpis_the_same_rules_block(
    history: list[bytes], last: int, limits: dict[str, Any], severity: dict[str, str]
) -> None:
    spec = SPEC.model_copy(update={"window": SPEC.window.model_copy(update={"limits": {}, "severity": severity})})
    slid, judged = both(spec, history, last, limits)

    assert slid == judged


@settings(max_examples=40)
@given(gated_histories(), st.integers(1, 60), policies(GATED))
def test_at_every_row_of_a_lane_of_gates_the_same_rules_block(
    history: list[bytes], last: int, limits: dict[str, Any]
) -> None:
    slid, judged = both(GATED, history, last, limits)

    assert slid == judged


@pytest.mark.parametrize("limit", [33.3332, 33.3333, 33.3334, 0, 100, 66.6667])
def test_a_rate_is_compared_after_rounding_whatever_the_size_of_the_window(limit: float) -> None:
    rule = next(one for one in SPEC.rules({"max_failed_rate_pct": limit}) if one.limit_name == "max_failed_rate_pct")

    for size in (*range(1, 61), 999_999):
        allowed = _most_allowed(rule, size)
        near = (0, 1, 2, int(allowed) - 1, int(allowed), int(allowed) + 1, size)
        counts = [count for count in near if 0 <= count <= size]
        assert [count <= allowed for count in counts] == [rate_pct(count, size) <= limit for count in counts]


def test_a_quiet_history_is_not_judged_again_at_every_row(monkeypatch: pytest.MonkeyPatch) -> None:
    window, good = SlidingWindow(SPEC, SPEC.rules(), 5), ()
    for _ in range(6):
        window.add(good)
    monkeypatch.setattr(window, "_judged", lambda _: pytest.fail("judged although nothing is different"))

    assert [window.add(good) for _ in range(50)] == [()] * 50
