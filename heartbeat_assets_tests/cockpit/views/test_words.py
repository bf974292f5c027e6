"""Numbers, people and thresholds as the pages say them."""

from __future__ import annotations

import pytest

from heartbeat_assets.cockpit.views import words


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.17612, "0.176"), (0.9996, "1"), (12.345, "12.3"), (100, "100"), (48213, "48,200"), (1e15, "1e+15"),
     (-0.0123, "\N{MINUS SIGN}0.0123"), (999.6, "1,000"), (float("nan"), "nan")],
)  # fmt: skip
def test_a_tile_has_three_significant_digits(value: float, text: str) -> None:
    assert words.three_digits(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.17612, "0.17612"), (1234567.0, "1,234,567"), (float("inf"), "inf"), (-2.0, "\N{MINUS SIGN}2")],
)
def test_a_title_has_every_digit(value: float, text: str) -> None:
    assert words.in_full(value) == text


def test_a_change_is_signed_and_rounding_is_none() -> None:
    assert words.change(0.9, 0.888) == "+0.012"
    assert words.change(3, 5) == "\N{MINUS SIGN}2"
    assert words.change(0.1 + 0.2, 0.3) == "±0"
    assert words.change(None, 1) == words.change(1, None) == ""


@pytest.mark.parametrize(
    ("owner", "text"),
    [("", "no owner"), ("anna.bell@example.org", "AB"), ("ops@example.org", "OP"), ("a.b.c@x", "AC"), ("42@x", "42")],
)
def test_an_owner_has_two_letters(owner: str, text: str) -> None:
    assert words.initials(owner) == text


def test_a_benchmark_is_one_sentence() -> None:
    assert words.normal_looks_like(0.9, 0.02, 0.91, 0.01, count=1690, window_days=30, unit="ratio") == (
        "Normal looks like 0.9 ± 0.02 ratio (1,690 values of 30 days; median 0.91, MAD 0.01)."
    )


@pytest.mark.parametrize(
    ("direction", "norm", "alert", "recovery", "text"),
    [
        ("higher_is_better", 0.85, 0.7, None, "Green at 0.85 or more, amber below it, red below 0.7."),
        ("lower_is_better", 5, 9, 4, "Green at 5 or less, amber above it, red above 9. "
         "Once left, a colour comes back only at 4 or less."),
        ("higher_is_better", 0.8, 0.8, None, "Green at 0.8 or more, red below it."),
        ("higher_is_better", 0.8, None, None, "Green at 0.8 or more, amber below it."),
        ("higher_is_better", None, 0.0, None, "Green at 0 or more, red below it."),
        ("higher_is_better", None, None, None, "There are no thresholds: every value is green."),
    ],
)  # fmt: skip
def test_thresholds_say_what_the_colours_mean(
    direction: str, norm: float | None, alert: float | None, recovery: float | None, text: str
) -> None:
    assert words.thresholds(direction, norm, alert, recovery) == text
