"""Tests of thresholds: the status of a value, with hysteresis, and thresholds that do not fit together."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from heartbeat_assets.metrics.thresholds import STATUSES, Direction, Status, Thresholds, judge, keeps

NUMBERS = st.one_of(st.integers(-20, 20).map(float), st.floats(-1e6, 1e6))
LIMITS = st.one_of(st.none(), NUMBERS)
DIRECTIONS = st.sampled_from(["higher_is_better", "lower_is_better"])
PREVIOUS = st.sampled_from([None, "green", "amber", "red"])
BADNESS = {"green": 0, "amber": 1, "red": 2}


@st.composite
def thresholds(draw: st.DrawFn) -> Thresholds:
    made = Thresholds(draw(DIRECTIONS), draw(LIMITS), draw(LIMITS), draw(LIMITS))
    assume(not made.problems())
    return made


def mirrored(given: Thresholds) -> Thresholds:
    """The same thresholds seen in a mirror: what was higher is lower."""

    def negative(value: float | None) -> float | None:
        return None if value is None else -value

    other: Direction = "lower_is_better" if given.direction == "higher_is_better" else "higher_is_better"
    return Thresholds(other, negative(given.norm_value), negative(given.alert_value), negative(given.recovery_value))


HIGHER = Thresholds("higher_is_better", norm_value=0.85, alert_value=0.7)
LOWER = Thresholds("lower_is_better", norm_value=10, alert_value=20)


@pytest.mark.parametrize(
    ("given", "value", "status"),
    [
        (HIGHER, 0.9, "green"),
        (HIGHER, 0.85, "green"),
        (HIGHER, 0.849, "amber"),
        (HIGHER, 0.7, "amber"),
        (HIGHER, 0.699, "red"),
        (LOWER, 10, "green"),
        (LOWER, 10.1, "amber"),
        (LOWER, 20, "amber"),
        (LOWER, 20.1, "red"),
        (replace(HIGHER, norm_value=None), 0.7, "green"),
        (replace(HIGHER, norm_value=None), 0.6, "red"),
        (replace(HIGHER, alert_value=None), 0.1, "amber"),
        (Thresholds("higher_is_better"), -1e9, "green"),
        (replace(HIGHER, norm_value=0.7), 0.69, "red"),
        (HIGHER, None, "no_data"),
        (HIGHER, math.nan, "no_data"),
        (HIGHER, -math.inf, "no_data"),
    ],
)
def test_a_value_has_the_status_of_the_worst_threshold_it_does_not_keep(
    given: Thresholds, value: float | None, status: str
) -> None:
    assert judge(given, value) == status


@pytest.mark.parametrize(
    ("recovery", "walk"),
    [
        # Between alert and norm: red lasts until there, amber is not held.
        (0.75, [(0.69, "red"), (0.74, "red"), (0.75, "amber"), (0.74, "amber"), (0.85, "green"), (0.84, "amber")]),
        # Beyond norm: both last until there.
        (0.9, [(0.69, "red"), (0.89, "red"), (0.9, "green"), (0.84, "amber"), (0.89, "amber"), (0.9, "green")]),
        (0.9, [(0.8, "amber"), (0.6, "red"), (0.8, "red"), (0.95, "green"), (0.86, "green")]),
        # At norm: as without, but for red.
        (0.85, [(0.6, "red"), (0.84, "red"), (0.85, "green")]),
    ],
)
def test_a_breach_ends_at_the_recovery_value(recovery: float, walk: list[tuple[float, Status]]) -> None:
    given, previous = replace(HIGHER, recovery_value=recovery), None
    assert given.problems() == []
    for value, status in walk:
        assert judge(given, value, previous) == status, value
        previous = status


def test_red_is_left_for_amber_at_least_when_the_alert_was_taken_away() -> None:
    given = Thresholds("higher_is_better", norm_value=0.85, recovery_value=0.9)
    assert judge(given, 0.87, "red") == "amber"
    assert judge(given, 0.9, "red") == "green"


@given(thresholds(), NUMBERS, PREVIOUS)
def test_directions_are_mirror_images(given: Thresholds, value: float, previous: Status | None) -> None:
    assert judge(mirrored(given), -value, previous) == judge(given, value, previous)


@given(thresholds(), NUMBERS, NUMBERS, PREVIOUS)
def test_a_better_value_never_has_a_worse_status(
    given: Thresholds, one: float, other: float, previous: Status | None
) -> None:
    worse, better = sorted([one, other], reverse=given.direction == "lower_is_better")
    assert BADNESS[judge(given, better, previous)] <= BADNESS[judge(given, worse, previous)]


@given(thresholds(), NUMBERS, PREVIOUS)
def test_a_recovery_value_never_makes_a_status_better(given: Thresholds, value: float, previous: Status | None) -> None:
    plain = judge(replace(given, recovery_value=None), value, previous)
    assert BADNESS[judge(given, value, previous)] >= BADNESS[plain]
    assert judge(given, value, "green") == judge(given, value, None) == plain
    # It holds a breach open; it never makes one worse than it was.
    held = BADNESS[judge(given, value, previous)]
    assert held <= max(BADNESS[plain], BADNESS[previous or "green"])


@given(thresholds(), PREVIOUS)
def test_a_value_equal_to_what_is_wanted_keeps_it(given: Thresholds, previous: Status | None) -> None:
    for limit in (given.norm_value, given.alert_value, given.recovery_value):
        assert limit is None or keeps(given.direction, limit, limit)
    if given.norm_value is not None:
        assert judge(given, given.norm_value) == "green"
    if given.recovery_value is not None:
        assert judge(given, given.recovery_value, previous) != "red"


@given(DIRECTIONS, LIMITS, LIMITS, LIMITS)
def test_thresholds_fit_together_or_their_fields_are_named(
    direction: Direction, norm: float | None, alert: float | None, recovery: float | None
) -> None:
    given = Thresholds(direction, norm, alert, recovery)
    sign = 1 if direction == "higher_is_better" else -1
    wrong_alert = norm is not None and alert is not None and sign * alert > sign * norm
    base = alert if alert is not None else norm
    wrong_recovery = recovery is not None and (base is None or sign * recovery <= sign * base)
    beyond_keeping = any(value and abs(value) < 1e-300 for value in (norm, alert, recovery))
    assume(not beyond_keeping)
    fields = [field for field, _ in given.problems()]
    assert fields == ["alert_value"] * wrong_alert + ["recovery_value"] * wrong_recovery


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            replace(HIGHER, alert_value=0.9),
            (
                "alert_value",
                "0.9 is stricter than norm_value 0.85; where higher is better, alert_value is at most norm_value",
            ),
        ),
        (
            replace(LOWER, alert_value=5),
            (
                "alert_value",
                "5 is stricter than norm_value 10; where lower is better, alert_value is at least norm_value",
            ),
        ),
        (
            replace(HIGHER, recovery_value=0.7),
            ("recovery_value", "0.7 must be above alert_value 0.7: a breach ends there"),
        ),
        (
            Thresholds("lower_is_better", 10, None, 11),
            ("recovery_value", "11 must be below norm_value 10: a breach ends there"),
        ),
        (
            Thresholds("lower_is_better", None, None, 11),
            ("recovery_value", "says when a breach ends; give a norm_value or an alert_value with it"),
        ),
        (replace(HIGHER, norm_value=math.inf), ("norm_value", "must be a finite number, not inf")),
        (
            replace(LOWER, norm_value=1e301),
            ("norm_value", "1e+301 cannot be kept; write 0 or a size from 1e-300 to 1e+300"),
        ),
    ],
)
def test_what_is_wrong_with_thresholds_is_a_sentence(given: Thresholds, said: tuple[str, str]) -> None:
    assert given.problems() == [said]


def test_every_status_has_its_name() -> None:
    assert STATUSES == ("green", "amber", "red", "no_data")
