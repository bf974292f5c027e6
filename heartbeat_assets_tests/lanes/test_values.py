"""Tests of values: reading and rounding the values of a digest or a row by the contract's common rules."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from heartbeat_assets.lanes.values import (
    flag,
    instant,
    instant_text,
    number,
    rate_pct,
    rounded,
    status,
    text,
    texts,
    token,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(" OK ", "ok"), ("No-Signal", "no_signal"), ("a  b\tc", "a__b_c"), ("", ""), (None, ""), (5, ""), (["ok"], "")],
)
def test_a_token_is_trimmed_lower_cased_and_without_blanks_or_dashes(value: object, expected: str) -> None:
    assert token(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("ok", "ok"),
        ("Degraded ", "degraded"),
        ("FAILED", "failed"),
        ("fine", "failed"),
        ("", "failed"),
        (True, "failed"),
    ],
)
def test_every_status_that_is_not_known_is_failed(value: object, expected: str) -> None:
    assert status(value) == expected


@pytest.mark.parametrize("value", [True, "1", None, float("nan"), float("inf"), 10**400, [1]])
def test_what_is_no_finite_number_is_none(value: object) -> None:
    assert number(value) is None


def test_a_number_keeps_its_type() -> None:
    assert repr(number(30)) == "30"
    assert repr(number(30.0)) == "30.0"


def test_kpi_values_have_six_decimals_and_rates_four() -> None:
    assert rounded(13 / 74) == 0.175676
    assert rounded(None) is None
    assert rate_pct(1, 3) == 33.3333
    assert rate_pct(0, 0) == 0.0


@pytest.mark.parametrize(("value", "expected"), [(True, True), (False, False), (1, None), ("true", None), (None, None)])
def test_a_flag_is_true_or_false_and_nothing_like_it(value: object, expected: bool | None) -> None:
    assert flag(value) is expected


def test_texts_of_what_is_no_list_are_none() -> None:
    assert texts([" a ", "", 5, None, "b"]) == ["a", "b"]
    assert texts("text") == texts(5) == texts(None) == []
    assert (text(" a "), text(5)) == ("a", "")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-02-23T14:31:00Z", datetime(2026, 2, 23, 14, 31, tzinfo=UTC)),
        (" 2026-02-23T14:31:00 ", datetime(2026, 2, 23, 14, 31, tzinfo=UTC)),
        ("2026-02-23T14:31:00+02:00", datetime(2026, 2, 23, 12, 31, tzinfo=UTC)),
        ("0001-01-01T00:00:00+10:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_an_instant_is_in_utc_whatever_its_offset(written: str, expected: datetime | None) -> None:
    assert instant(written) == expected


def test_an_instant_is_written_with_an_offset_and_whole_seconds() -> None:
    madrid = datetime(2026, 2, 23, 15, 31, 0, 1, tzinfo=timezone(timedelta(hours=1)))

    assert instant_text(madrid) == "2026-02-23T14:31:00+00:00"
