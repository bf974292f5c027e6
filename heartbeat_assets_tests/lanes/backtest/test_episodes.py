"""Tests of backtest_episodes: when a policy would have blocked, and for how long."""

import json
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.lanes.backtest.episodes import Episode, PolicyReplay, weights_by_reason
from heartbeat_assets.lanes.backtest.rows import RowReader
from heartbeat_assets.lanes.history import HistoryRow, parse_line
from heartbeat_assets.lanes.window import blocks, judge
from heartbeat_assets_tests.lanes.histories import NOW, SPEC, histories, row_of, rows_of
from heartbeat_assets_tests.lanes.policies import policies

AGES = st.sampled_from(["1s", "7s", "20s", "1m", "36h"])


def second(number: float) -> datetime:
    return NOW + timedelta(seconds=number)


def row_at(number: int, *, failed: bool) -> HistoryRow:
    """A row of second `number`."""
    row = row_of(unknown=0.9 if failed else 0.1)
    return parse_line(json.dumps({**row, "run_at": second(number).isoformat()}).encode(), 1)


def replayed(
    rows: list[HistoryRow], limits: dict[str, Any], now: datetime, *, last: int = 3, since: datetime | None = None
) -> PolicyReplay:
    """A policy of these limits alone over `rows`."""
    spec = SPEC.model_copy(update={"window": SPEC.window.model_copy(update={"limits": {}})})
    policy, reader, clock = PolicyReplay(spec, spec.rules(limits), last, since), RowReader(spec), None
    for row in rows:
        read = reader.read(row.line)
        clock = read.run_at or clock
        policy.pass_time(clock)
        counted = since is None or (clock is not None and clock >= since)
        policy.add(read.tallies, clock, dated=read.run_at is not None, counted=counted)
    policy.pass_time(now)
    policy.finish()
    return policy


def spans(policy: PolicyReplay) -> list[tuple[Any, ...]]:
    """Each episode: seconds it began and ended at, rows, seconds, whether it goes on."""

    def number(at: datetime | None) -> float | None:
        return None if at is None else (at - NOW).total_seconds()

    return [(number(one.began), number(one.ended), one.rows, one.seconds, one.ongoing) for one in policy.episodes]


@settings(max_examples=60)
@given(histories(), st.integers(1, 30), policies(SPEC, max_age=AGES))
def test_at_every_row_the_reasons_are_those_of_a_verdict_at_that_moment(
    history: list[bytes], last: int, limits: dict[str, Any]
) -> None:
    rows, reader = rows_of(history), RowReader(SPEC)
    rules = SPEC.rules(limits)
    policy, clock = PolicyReplay(SPEC, rules, last), None
    for end, row in enumerate(rows, start=1):
        read = reader.read(row.line)
        clock = read.run_at or clock
        policy.pass_time(clock)
        policy.add(read.tallies, clock, dated=read.run_at is not None, counted=True)
        window = rows[max(0, end - last) : end]
        verdict = judge(SPEC, window, rules=rules, last=last, entries_total=end, now=clock or NOW)
        assert list(policy.reasons) == [finding.rule.reason for finding in verdict.blocking]


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=12),
    st.integers(60, 90),
    st.integers(1, 5),
    st.fixed_dictionaries({}, optional={"max_failed": st.integers(0, 2), "max_age": AGES, "min_entries": st.just(3)}),
    st.none() | st.integers(-5, 95),
)
def test_episodes_cover_exactly_the_moments_at_which_a_verdict_blocks(
    runs: list[tuple[int, bool]], end: int, last: int, limits: dict[str, Any], since: int | None
) -> None:
    rows = [row_at(number, failed=failed) for number, failed in sorted(runs)]
    begins = min(runs)[0] if since is None else max(since, min(runs)[0])
    policy = replayed(rows, limits, second(end), last=last, since=None if since is None else second(since))
    spec = SPEC.model_copy(update={"window": SPEC.window.model_copy(update={"limits": {}})})

    def blocked(moment: float) -> bool:
        come = [row for row, (number, _) in zip(rows, sorted(runs), strict=True) if number <= moment]
        return blocks(spec, come[-last:], spec.rules(limits), second(moment))

    # Whatever begins or ends does so at a whole second.
    moments = [number + 0.5 for number in range(begins, end)]
    expected = [moment for moment in moments if blocked(moment)]
    covered = [
        moment
        for moment in moments
        if any(one.began <= second(moment) < (one.ended or second(end)) for one in policy.episodes if one.began)
    ]
    assert covered == expected
    assert sum(one.seconds for one in policy.episodes) == len(expected)


def test_an_episode_lasts_from_the_row_that_blocks_to_the_one_that_passes_again() -> None:
    rows = [row_at(number, failed=number in (20, 30)) for number in range(0, 80, 10)]

    policy = replayed(rows, {"max_failed": 0}, second(100), last=2)

    assert spans(policy) == [(20, 50, 3, 30, False)]
    weights = weights_by_reason(policy.episodes, policy.rules)
    assert {reason: (one.rows, one.seconds) for reason, one in weights.items()} == {
        "max_failed_exceeded": (3, 30),
        "latest_status_failed": (2, 20),
        "latest_contract_incomplete": (2, 20),
        "latest_threshold_violation": (2, 20),
    }


def test_an_episode_that_has_not_ended_goes_on_until_now() -> None:
    policy = replayed([row_at(0, failed=False), row_at(10, failed=True)], {}, second(500))

    assert spans(policy) == [(10, None, 1, 490, True)]


def test_a_row_that_grows_too_old_blocks_from_then_to_the_next_row() -> None:
    rows = [row_at(number, failed=False) for number in (0, 5, 60, 65)]

    policy = replayed(rows, {"max_age": "20s"}, second(70))

    assert spans(policy) == [(25, 60, 0, 35, False)]
    assert weights_by_reason(policy.episodes, policy.rules)["latest_stale"].rows == 1


def test_a_row_exactly_as_old_as_allowed_passes() -> None:
    policy = replayed([row_at(0, failed=False), row_at(20, failed=False)], {"max_age": "20s"}, second(40))

    assert spans(policy) == []


def test_a_bad_row_that_grows_too_old_blocks_by_that_as_well_from_then_on() -> None:
    rows = [row_at(0, failed=True), row_at(20, failed=True), row_at(80, failed=False)]

    policy = replayed(rows, {"max_age": "20s"}, second(85))

    assert spans(policy) == [(0, 80, 2, 80, False)]
    weights = weights_by_reason(policy.episodes, policy.rules)
    assert (weights["latest_status_failed"].rows, weights["latest_status_failed"].seconds) == (2, 80)
    # The first was exactly as old as allowed when the second came.
    assert (weights["latest_stale"].rows, weights["latest_stale"].seconds) == (1, 40)


def test_the_newest_row_grows_too_old_until_now() -> None:
    policy = replayed([row_at(0, failed=False)], {"max_age": "20s"}, second(50))

    assert spans(policy) == [(20, None, 0, 30, True)]


def test_a_stale_stretch_and_the_bad_row_after_it_are_one_episode() -> None:
    rows = [row_at(0, failed=False), row_at(60, failed=True), row_at(70, failed=False)]

    policy = replayed(rows, {"max_age": "20s"}, second(75))

    assert spans(policy) == [(20, 70, 1, 50, False)]
    weights = weights_by_reason(policy.episodes, policy.rules)
    assert (weights["latest_stale"].seconds, weights["latest_status_failed"].seconds) == (40, 10)


def test_a_row_without_an_instant_is_placed_at_the_last_that_was_known() -> None:
    rows = [row_at(0, failed=False), parse_line(b"not json", 2), row_at(30, failed=False)]

    policy = replayed(rows, {"max_age": "1h"}, second(40), last=1)

    assert spans(policy) == [(0, 30, 1, 30, False)]
    # How old such a row is cannot be told.
    assert weights_by_reason(policy.episodes, policy.rules)["latest_stale"].seconds == 30


def test_a_row_without_an_instant_is_too_old_once_however_long_it_stays_the_newest() -> None:
    policy = replayed([row_at(0, failed=False), parse_line(b"not json", 2)], {"max_age": "10s"}, second(50))

    stale = weights_by_reason(policy.episodes, policy.rules)["latest_stale"]
    assert (stale.rows, stale.seconds) == (1, 50)


def test_a_history_without_any_instant_has_episodes_without_times() -> None:
    policy = replayed([parse_line(b"not json", 1), parse_line(b"{}", 2)], {}, second(10))

    assert spans(policy) == [(None, None, 2, 0, True)]


def test_rows_whose_clock_ran_backwards_never_count_negative_time() -> None:
    rows = [row_at(50, failed=True), row_at(20, failed=True), row_at(40, failed=False)]

    policy = replayed(rows, {}, second(41), last=1)

    assert spans(policy) == [(50, 40, 2, 20, False)]


def test_an_age_of_a_thousand_years_is_no_fault() -> None:
    assert spans(replayed([row_at(0, failed=False)], {"max_age": "99999999w"}, second(10))) == []


def test_what_began_before_since_is_reported_from_there_on() -> None:
    rows = [row_at(0, failed=True), row_at(10, failed=True), row_at(40, failed=False)]

    policy = replayed(rows, {}, second(50), last=1, since=second(25))

    assert spans(policy) == [(25, 40, 0, 15, False)]
    assert weights_by_reason(policy.episodes, policy.rules)["latest_status_failed"].rows == 0


def test_what_ended_before_since_still_fills_the_window() -> None:
    rows = [row_at(0, failed=True), *(row_at(number, failed=False) for number in (10, 20, 30))]

    policy = replayed(rows, {"max_failed": 0}, second(35), last=3, since=second(20))

    assert spans(policy) == [(20, 30, 1, 10, False)]


def test_a_rule_that_only_warns_does_not_block() -> None:
    window = SPEC.window.model_copy(update={"limits": {"max_age": "5s"}, "severity": {"latest_fresh_ok": "warn"}})
    spec = SPEC.model_copy(update={"window": window})
    policy = PolicyReplay(spec, spec.rules(), 3)
    policy.add((), second(0), dated=True, counted=True)
    policy.pass_time(second(100))
    policy.add((), None, dated=False, counted=True)
    policy.finish()

    assert policy.episodes == []


def test_reasons_stand_in_the_order_of_the_rules() -> None:
    episode = Episode(second(0))
    episode.weight(("latest_status_failed",)).rows += 1
    episode.weight(("max_failed_exceeded", "latest_status_failed")).rows += 2

    weights = weights_by_reason([episode], SPEC.rules())

    assert {reason: one.rows for reason, one in weights.items()} == {
        "max_failed_exceeded": 2,
        "latest_status_failed": 3,
    }
    assert list(weights) == ["max_failed_exceeded", "latest_status_failed"]
