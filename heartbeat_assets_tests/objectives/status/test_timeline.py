"""What was shown when: damped, with gaps, and with what people said over it."""

from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from heartbeat_assets.objectives.status.conditions import WORST_LAST, ComponentState
from heartbeat_assets.objectives.status.timeline import (
    KNOWN_FOR,
    Found,
    damped,
    days_of,
    flaps_in,
    found_in,
    overrides_in,
    rank,
    shown,
)
from heartbeat_assets_tests.objectives.operating import NOW, ago, changed, event, states

SETTLE = timedelta(minutes=10)
Histories = st.lists(
    st.tuples(st.integers(0, 3000), st.sampled_from(WORST_LAST)), min_size=1, max_size=30, unique_by=lambda one: one[0]
).map(lambda found: sorted((ago(minutes=minutes), state) for minutes, state in found))


def test_worsening_shows_at_once_and_improving_after_it_has_held() -> None:
    found: list[Found] = [(ago(hours=2), "OK"), (ago(hours=1), "DOWN"), (ago(minutes=40), "OK")]
    assert states(damped(found, SETTLE, NOW)) == [
        ("OK", ago(hours=2)), ("DOWN", ago(hours=1)), ("OK", ago(minutes=30)),
    ]  # fmt: skip
    assert damped(found, SETTLE, ago(minutes=31))[-1].state == "DOWN"
    assert damped(found, SETTLE, ago(minutes=30))[-1].state == "OK"


def test_an_improvement_that_does_not_hold_is_never_shown() -> None:
    found: list[Found] = [(ago(minutes=60), "DOWN"), (ago(minutes=50), "OK"), (ago(minutes=45), "DEGRADED")]
    found += [(ago(minutes=36), "OK")]
    assert states(damped(found, SETTLE, NOW)) == [
        ("DOWN", ago(minutes=60)), ("DEGRADED", ago(minutes=40)), ("OK", ago(minutes=26)),
    ]  # fmt: skip


def test_that_something_is_known_again_needs_no_settling() -> None:
    found: list[Found] = [(ago(minutes=9), "NO_DATA"), (ago(minutes=4), "OK")]
    assert damped(found, SETTLE, NOW)[-1].state == "OK"
    # But what was bad before stays for its time.
    assert damped([(ago(minutes=9), "DOWN"), *found[1:]], SETTLE, NOW)[-1].state == "DOWN"


def test_where_nobody_looked_nothing_is_known() -> None:
    found: list[Found] = [(ago(hours=30), "OK"), (ago(hours=1), "OK")]
    assert states(damped(found, SETTLE, NOW)) == [
        ("OK", ago(hours=30)), ("NO_DATA", ago(hours=30) + KNOWN_FOR), ("OK", ago(hours=1)),
    ]  # fmt: skip


def test_flaps_are_counted_for_an_hour() -> None:
    found: list[Found] = [(ago(minutes=90), "OK"), (ago(minutes=70), "DOWN")]
    found += [(ago(minutes=50), "OK"), (ago(minutes=40), "DEGRADED"), (ago(minutes=30), "DOWN"), (NOW, "NO_DATA")]
    assert flaps_in(found, NOW) == 2
    assert flaps_in(found[:2], NOW) == 0


def test_an_override_is_shown_until_its_instant_the_next_one_or_its_end() -> None:
    found: list[Found] = [(ago(hours=10), "OK")]
    events = [
        event("overridden", ago(hours=9), state="DOWN", until=ago(hours=6)),
        event("overridden", ago(hours=8), state="DEGRADED", until=ago(hours=7)),
        event("overridden", ago(hours=5), state="DOWN", until=ago(hours=-5)),
        event("override_ended", ago(hours=4)),
    ]
    assert states(shown(found, overrides_in(events, NOW), SETTLE, NOW)) == [
        ("OK", ago(hours=10)), ("DOWN", ago(hours=9)), ("DEGRADED", ago(hours=8)), ("OK", ago(hours=7)),
        ("DOWN", ago(hours=5)), ("OK", ago(hours=4)),
    ]  # fmt: skip
    assert overrides_in(events, ago(hours=4, minutes=1))[-1].end == ago(hours=-5)


def test_a_day_is_divided_to_the_second_and_what_nobody_knows_is_neither_good_nor_bad() -> None:
    found: list[Found] = [(ago(hours=14), "OK"), (ago(hours=11), "DOWN"), (ago(hours=10), "OK")]
    (before, today) = days_of(damped(found, SETTLE, NOW), NOW, count=2)
    assert (before.day, before.ok, before.down, before.unknown) == (date(2026, 3, 9), 2 * 3600, 0, 22 * 3600)
    assert before.availability == 1
    assert (today.ok, today.down, today.unknown, today.worst) == (11 * 3600 - 600, 3600 + 600, 0, "DOWN")
    assert today.availability == (11 * 3600 - 600) / (12 * 3600)
    (empty,) = days_of([], NOW, count=1)
    assert (empty.worst, empty.availability, empty.unknown) == ("NO_DATA", None, 12 * 3600)


def test_what_cannot_be_read_and_what_is_yet_to_come_is_left_out() -> None:
    events = changed((ago(hours=1), "OK"), (ago(hours=-1), "DOWN"), (ago(hours=2), "SPLENDID"))
    assert found_in(events, NOW) == [(ago(hours=1), "OK")]


@given(found=Histories, settle=st.integers(0, 60))
def test_what_is_shown_is_never_better_than_what_was_found(found: list[Found], settle: int) -> None:
    segments = damped(found, timedelta(minutes=settle), NOW)
    for at, state in found:
        now_shown = next(one.state for one in reversed(segments) if one.start <= at)
        assert rank(now_shown) >= rank(state)


@given(found=Histories)
def test_segments_follow_one_another_and_days_add_up(found: list[Found]) -> None:
    segments = damped(found, SETTLE, NOW)
    assert segments[0].start == found[0][0]
    assert segments[-1].end == NOW
    for one, following in pairwise(segments):
        assert one.end == following.start
        assert one.state != following.state
    for day in days_of(segments, NOW, count=4):
        midnight = datetime.combine(day.day, datetime.min.time(), tzinfo=NOW.tzinfo)
        length = min(timedelta(days=1), NOW - midnight).total_seconds()
        assert day.ok + day.degraded + day.down + day.unknown == length


@given(found=Histories, state=st.sampled_from(WORST_LAST))
def test_what_holds_long_enough_is_shown(found: list[Found], state: ComponentState) -> None:
    long_ago = found[-1][0] - timedelta(seconds=1)
    history: list[Found] = [one for one in found if one[0] < long_ago]
    history.append((long_ago, state))
    assert damped(history, SETTLE, long_ago + SETTLE)[-1].state == state
