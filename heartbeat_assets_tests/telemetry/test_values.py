"""What one value means, and that the independent reader says the same."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import python_reader
from heartbeat_assets.telemetry import values
from heartbeat_assets_tests.telemetry.events import numbers, texts

NOON = 1_771_848_000_000_000  # 2026-02-23T12:00:00Z in microseconds


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12.0),
        (" 12 ", 12.0),
        ("\u00a0+1.5\n", 1.5),
        ("1.", 1.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("-0", -0.0),
        ("", None),
        (" ", None),
        (".", None),
        ("1_000", None),
        ("0x10", None),
        ("nan", None),
        ("inf", None),
        ("1e400", None),
        ("true", None),
        ("\u0661", None),
        ("1 2", None),
    ],
)
def test_a_number_is_a_finite_decimal_number_and_nothing_else(text: str, value: float | None) -> None:
    assert values.number(text) == value


def test_an_elapsed_time_is_not_negative() -> None:
    assert values.elapsed_ms("0") == 0
    assert values.elapsed_ms("-0.001") is None
    assert values.elapsed_ms("soon") is None


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("2026-02-23T12:00:00Z", NOON),
        ("2026-02-23T12:00:00", NOON),
        (" 2026-02-23 13:30:00.000+01:30 ", NOON),
        ("20260223T120000Z", NOON),
        ("2026-W09-1T12:00:00", NOON),
        ("2026-02-23T12:00:00.1234567Z", NOON + 123_456),
        ("1771848000", NOON),
        ("1771848000.000001", NOON + 1),
        ("1771848000000", NOON),
        ("1.771848e9", NOON),
        ("-1", -1_000_000),
        ("1000000000000", None),
        ("1000000000001", 1_000_000_000_001_000),
        ("20260223", 20_260_223_000_000),
        ("2026", 2_026_000_000),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("253402300800", None),
        ("99999999999999999999", None),
        ("2026-02-23T24:00:00Z", None),
        ("2026-02-23T23:59:60Z", None),
        ("2025-02-29", None),
        ("2026-02-23T12:00:00+24:00", None),
        ("yesterday", None),
        ("nan", None),
        ("1e400", None),
        ("", None),
    ],
)
def test_an_instant_is_iso_or_an_epoch_and_digits_are_never_a_compact_date(text: str, micros: int | None) -> None:
    assert values.instant_us(text) == micros


def test_the_first_and_the_last_instant_are_those_of_the_calendar() -> None:
    for moment in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        micros = values.instant_us(moment.isoformat())
        assert micros is not None
        assert micros == python_reader.instant(moment.isoformat())


@given(st.one_of(texts, numbers))
def test_the_independent_reader_reads_every_text_the_same_way(text: str) -> None:
    assert values.number(text) == python_reader.number(text)
    assert (values.usable_text(text) or "") == python_reader.text(text)
    assert values.token(text) == python_reader.token(text)
    micros, expected = values.instant_us(text), python_reader.instant(text)
    assert micros == expected or (micros is not None and expected is not None and abs(micros - expected) < 64)
