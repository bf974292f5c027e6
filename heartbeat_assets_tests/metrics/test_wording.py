"""Tests of wording: numbers, durations, instants and lists as a person reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from heartbeat_assets.metrics.wording import duration_words, instant_words, listed, number_words


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0"), (-0.0, "0"), (24.0, "24"), (1234567.0, "1,234,567"), (-1234.0, "-1,234"), (0.85, "0.85"),
        (0.123456789, "0.123457"), (0.0001234, "0.000123"), (1234.5678, "1,234.57"), (123456.75, "123,457"),
        (1e-9, "1e-09"), (1.5e18, "1.5e+18"), (99.99999999, "100"),
    ],
)  # fmt: skip
def test_a_number_has_thousands_and_at_most_six_digits(value: float, said: str) -> None:
    assert number_words(value) == said


def test_its_unit_stands_behind_it() -> None:
    assert number_words(0.5, "ratio") == "0.5 ratio"


@pytest.mark.parametrize(
    ("duration", "said"),
    [
        (timedelta(), "0 min"), (timedelta(seconds=29), "0 min"), (timedelta(minutes=5), "5 min"),
        (timedelta(hours=3), "3 h"), (timedelta(hours=3, minutes=20), "3 h 20 min"), (timedelta(days=1), "1 day"),
        (timedelta(days=2, hours=4, minutes=9), "2 days 4 h"), (timedelta(seconds=3590), "1 h"),
    ],
)  # fmt: skip
def test_a_duration_has_its_two_largest_units(duration: timedelta, said: str) -> None:
    assert duration_words(duration) == said


def test_an_instant_is_to_the_minute_in_utc() -> None:
    assert instant_words(datetime(2026, 2, 23, 14, 31, 59, tzinfo=UTC)) == "2026-02-23 14:31 UTC"
    madrid = timezone(timedelta(hours=1))
    assert instant_words(datetime(2026, 2, 23, 0, 30, tzinfo=madrid)) == "2026-02-22 23:30 UTC"


@pytest.mark.parametrize(("names", "said"), [("A", "A"), ("AB", "A and B"), ("ABC", "A, B and C")])
def test_the_last_of_several_names_stands_behind_an_and(names: str, said: str) -> None:
    assert listed(list(names)) == said
