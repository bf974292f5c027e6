"""Tests of backtest_report: what a backtest says, in words."""

import pytest

from heartbeat_assets.lanes.backtest.episodes import Episode, PolicyReplay, Weight
from heartbeat_assets.lanes.backtest.report import (
    Difference,
    Span,
    duration_text,
    how_long,
    telling_reason,
    verdict_sentence,
)
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets_tests.lanes.histories import SPEC, at
from heartbeat_assets_tests.lanes.policies import GATED

ALL = dict.fromkeys(SPEC.window.limits, 0) | {"max_age": "36h"}


def policy(*episodes: Episode) -> PolicyReplay:
    replay = PolicyReplay(SPEC, SPEC.rules(), 20)
    replay.episodes = list(episodes)
    return replay


def episode(first: int, last: int | None, reason: str = "max_drilldown_violations_exceeded") -> Episode:
    """Blocked from one day to another, by one reason; without a last day until day 100."""
    seconds = ((100 if last is None else last) - first) * 86400.0
    began = Episode(at(first), None if last is None else at(last), last is None, 1, seconds)
    began.weights = {(reason,): Weight(1, seconds)}
    return began


SPAN = Span(None, 100, 0, at(0), at(99))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"), (0.4, "0 s"), (90, "90 s"), (119, "119 s"), (120, "2 min"), (75 * 60, "75 min"), (7200, "2 h"),
        (41 * 3600, "41 h"), (3 * 86400, "3 d"), (3.5 * 86400, "3.5 d"), (9 * 86400, "9 d"), (12.4 * 86400, "12 d"),
        (1500 * 86400, "1,500 d"),
    ],
)  # fmt: skip
def test_a_length_of_time_is_said_as_people_do(seconds: float, said: str) -> None:
    assert duration_text(seconds) == said


def test_how_often_is_said_in_words_up_to_twice() -> None:
    assert how_long([]) == ""
    assert how_long([episode(0, 9)]) == "once for 9 d"
    assert how_long([episode(0, 9), episode(10, 11)]) == "twice for 10 d in all"
    assert how_long([episode(day, day + 1) for day in range(7)]) == "7 times for 7 d in all"


def test_the_verdict_sets_the_proposed_policy_against_the_current_one(lane: Lane) -> None:
    proposed = policy(episode(0, 9), episode(10, 11))

    said = verdict_sentence(lane, policy(episode(0, 20)), proposed, SPAN)
    assert said == (
        "Under the proposed policy publishing would have been blocked twice for 10 d in all, mostly by "
        "max_drilldown_violations_exceeded; the current policy blocked it once for 20 d."
    )
    stricter = verdict_sentence(lane, policy(), policy(episode(0, 9)), SPAN)
    assert stricter.endswith("; the current policy never blocked it.")
    milder = verdict_sentence(lane, policy(episode(0, 9)), policy(), SPAN)
    assert milder.startswith("Under the proposed policy publishing would never have been blocked; the current policy")


def test_the_verdict_ends_with_what_blocks_now(lane: Lane) -> None:
    lasting, past = episode(50, None), episode(0, 9)

    both = verdict_sentence(lane, policy(lasting), policy(episode(60, None)), SPAN)
    assert both.endswith(" It is blocked now under both.")
    one = verdict_sentence(lane, policy(lasting), policy(past), SPAN)
    assert one.endswith(" It is blocked now under the current policy and would not be under the proposed one.")
    other = verdict_sentence(lane, policy(past), policy(lasting), SPAN)
    assert other.endswith(" It is blocked now under the proposed policy and would not be under the current one.")


def test_the_current_policy_alone_is_not_called_a_proposal(lane: Lane) -> None:
    alone, calm = policy(episode(50, None)), policy()

    assert verdict_sentence(lane, alone, alone, SPAN) == (
        "Under the current policy publishing was blocked once for 50 d, mostly by max_drilldown_violations_exceeded. "
        "No other policy was proposed. It is blocked now."
    )
    assert verdict_sentence(lane, calm, calm, SPAN) == (
        "Under the current policy publishing was never blocked. No other policy was proposed."
    )


def test_a_policy_that_decides_the_same_everywhere_changes_nothing(lane: Lane) -> None:
    assert verdict_sentence(lane, policy(), policy(), SPAN, alike=True) == (
        "The proposed policy changes nothing: under both publishing was never blocked."
    )


@pytest.mark.parametrize(
    ("weights", "telling"),
    [
        ({"max_failed_exceeded": 10, "max_drilldown_violations_exceeded": 9}, "max_drilldown_violations_exceeded"),
        ({"max_failed_exceeded": 10, "max_drilldown_violations_exceeded": 4}, "max_failed_exceeded"),
        ({"max_tfa_violations_exceeded": 6, "max_tfa_violation_rate_exceeded": 6}, "max_tfa_violations_exceeded"),
        (
            {"max_tfa_violations_exceeded": 6, "max_drilldown_violations_exceeded": 7},
            "max_drilldown_violations_exceeded",
        ),
        ({"latest_status_failed": 3, "latest_threshold_violation": 3}, "latest_threshold_violation"),
        ({"malformed_entries_present": 3, "latest_status_failed": 3}, "malformed_entries_present"),
        ({"latest_stale": 52, "max_tfa_violations_exceeded": 39}, "latest_stale"),
        ({}, ""),
    ],
)  # fmt: skip
def test_the_reason_named_is_the_one_that_tells_most(weights: dict[str, int], telling: str) -> None:
    rules = SPEC.rules(ALL)

    # By time, and where no time passed by rows.
    assert telling_reason(SPEC, rules, {name: Weight(1, 60.0 * count) for name, count in weights.items()}) == telling
    assert telling_reason(SPEC, rules, {name: Weight(count, 0.0) for name, count in weights.items()}) == telling


def test_a_single_gate_tells_more_than_the_gate_of_all_gates() -> None:
    rules = GATED.rules({"max_focus_gate_failed": 0, "max_norms_gate_failed": 0})
    weights = {"max_focus_gate_failed_exceeded": Weight(4, 9.0), "max_norms_gate_failed_exceeded": Weight(3, 8.0)}

    assert telling_reason(GATED, rules, weights) == "max_norms_gate_failed_exceeded"


def test_a_difference_knows_which_policy_blocked_longer() -> None:
    difference = Difference()

    difference.add_time(at(1), at(3), at(4))
    difference.add_time(None, at(3), at(4))
    difference.add_time(at(1), None, at(4))
    difference.add_row(blocked=True)
    difference.add_row(blocked=False)
    difference.add_row(blocked=False)

    assert (difference.newly_blocked_seconds, difference.newly_passed_seconds) == (86400, 5 * 86400)
    assert (difference.newly_blocked_rows, difference.newly_passed_rows) == (1, 2)


def test_a_span_counts_what_came_before_since_apart() -> None:
    span = Span(at(5))

    assert [span.add(moment) for moment in (None, at(4), at(5), at(9), at(7))] == [False, False, True, True, True]
    assert (span.rows, span.rows_before, span.first, span.last) == (3, 2, at(5), at(9))
