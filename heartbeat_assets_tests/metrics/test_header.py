"""Tests of header: reading keys and values, writing them again, and naming line and key of every mistake."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartbeat_assets.metrics.header import KEYS, REQUIRED, Header, header_text, read_header
from heartbeat_assets.metrics.header_lines import cut_header
from heartbeat_assets.specs.durations import duration_of
from heartbeat_assets_tests.metrics.projects import metric_text

NUMBERS = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9).map(
    lambda value: round(value, 6) + 0.0
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(lambda text: " ".join(text.split()))
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


@st.composite
def headers(draw: st.DrawFn) -> Header:
    words = TEXTS.filter(bool)
    direction = draw(st.sampled_from(["higher_is_better", "lower_is_better"]))
    # The worst first, then what is better.
    alert, norm, recovery = sorted(draw(st.lists(NUMBERS, min_size=3, max_size=3, unique=True)))
    if direction == "lower_is_better":
        alert, recovery = recovery, alert
    return Header(
        name=draw(words)[:100].strip(),
        code=draw(st.from_regex(r"[A-Z0-9]{4}", fullmatch=True)),
        period=draw(words)[:100].strip(),
        unit=draw(words)[:30].strip(),
        direction=direction,
        description=draw(words),
        how_to_read=draw(words),
        methodology=draw(words),
        sources=tuple(draw(st.lists(NAMES, min_size=1, unique=True))),
        norm_value=draw(st.sampled_from([None, norm])),
        alert_value=draw(st.just(alert)),
        recovery_value=draw(st.sampled_from([None, recovery])),
        tags=tuple(draw(st.lists(NAMES, unique=True))),
        every=draw(st.sampled_from(["hour", "day"])),
        fresh_within=draw(st.sampled_from([None, "90m", "36h", "3d"])),
        verify_every=draw(st.sampled_from([None, "90d"])),
        benchmark_days=draw(st.integers(1, 3660)),
    )


def mistakes_in(text: str, sources: list[str] | None = None) -> list[str]:
    header, mistakes = read_header(cut_header(text.split("\n"), KEYS), sources)
    assert (header is None) == bool(mistakes)
    return [str(mistake) for mistake in mistakes]


def header_in(text: str) -> Header:
    header, mistakes = read_header(cut_header(text.split("\n"), KEYS))
    assert header is not None, mistakes
    return header


def test_a_header_is_read() -> None:
    header = header_in(
        metric_text(
            how_to_read="Around 0.9 is normal.\n--   A longer text goes on\n--\tin further lines: indented.\n--",
            tags="growth,\n--   app",
            fresh_within="90m",
            verify_every="90d",
        )
    )
    assert header.name == "Answered sessions"
    assert header.how_to_read == "Around 0.9 is normal. A longer text goes on in further lines: indented."
    assert header.tags == ("growth", "app")
    assert header.sources == ("orders",)
    assert (header.norm_value, header.alert_value, header.recovery_value) == (0.85, 0.7, None)
    assert (header.every, header.benchmark_days) == ("hour", 30)
    assert header.fresh_within_duration == timedelta(minutes=90)
    assert header.verify_every_duration == timedelta(days=90)
    assert header.thresholds.norm_value == 0.85


def test_freshness_is_three_hours_or_a_day_and_a_half_unless_it_is_given() -> None:
    assert header_in(metric_text()).fresh_within_duration == timedelta(hours=3)
    assert header_in(metric_text(every="day")).fresh_within_duration == timedelta(hours=36)
    assert header_in(metric_text()).verify_every_duration is None


@given(headers(), st.integers(20, 140))
def test_a_header_that_is_written_is_read_back(header: Header, width: int) -> None:
    assert header_in(header_text(header, width) + "SELECT 1") == header


def test_a_written_header_goes_on_in_indented_lines_and_leaves_out_defaults() -> None:
    header = header_in(metric_text(description="word " * 40))
    lines = header_text(header).splitlines()
    assert all(len(line) <= 120 for line in lines)
    assert "--   word word" in header_text(header)
    assert not any(line.startswith(("-- every", "-- tags", "-- benchmark_days")) for line in lines)


@given(st.text())
def test_no_text_is_more_than_a_list_of_mistakes(text: str) -> None:
    mistakes_in(text, ["orders"])


@given(st.lists(st.sampled_from([*KEYS, "--", "  ", ":", "\n-- ", "\n--   ", "1", ",", "SELECT", "\t", "x"])))
def test_no_mixture_of_keys_and_signs_is_more_than_a_list_of_mistakes(parts: list[str]) -> None:
    mistakes_in("-- " + "".join(parts), ["orders"])


@pytest.mark.parametrize("key", REQUIRED)
def test_a_required_key_is_missed(key: str) -> None:
    assert mistakes_in(metric_text(**{key: None})) == [
        f"line 10, {key}: is required; add a line `-- {key}: ...` to the header"
    ]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ({"code": "ans"}, "line 2, code: must be 4 characters out of A-Z and 0-9, such as ANSW, not 'ans'"),
        ({"code": "answ"}, "line 2, code: must be 4 characters out of A-Z and 0-9, such as ANSW, not 'answ'"),
        ({"name": ""}, "line 1, name: has no value"),
        ({"name": "x" * 101}, "line 1, name: must be at most 100 characters long, not 101"),
        ({"norm_value": "0,85"}, "line 10, norm_value: must be a finite number such as 0.85, not '0,85'"),
        ({"norm_value": "nan"}, "line 10, norm_value: must be a finite number such as 0.85, not 'nan'"),
        ({"norm_value": "true"}, "line 10, norm_value: must be a finite number such as 0.85, not 'true'"),
        (
            {"direction": "higher"},
            "line 5, direction: must be higher_is_better or lower_is_better, not 'higher'; "
                "did you mean 'higher_is_better'?",
        ),
        (
            {"direction": "Higher-is-better"},
            "line 5, direction: must be higher_is_better or lower_is_better, not 'Higher-is-better'; "
            "did you mean 'higher_is_better'?",
        ),
        (
            {"alert_value": "0.9"},
            "line 11, alert_value: 0.9 is stricter than norm_value 0.85; where higher is better, alert_value is at "
            "most norm_value",
        ),
        (
            {"recovery_value": "0.6"},
            "line 12, recovery_value: 0.6 must be above alert_value 0.7: a breach ends there",
        ),
        ({"fresh_within": "3 h"}, "line 12, fresh_within: must be a duration such as 90m, 36h or 3d, not '3 h'"),
        ({"fresh_within": "0h"}, "line 12, fresh_within: must be a duration such as 90m, 36h or 3d, not '0h'"),
        ({"verify_every": "36h"}, "line 12, verify_every: must be given in days, such as 90d, not '36h'"),
        ({"benchmark_days": "0"}, "line 12, benchmark_days: must be a whole number from 1 to 3660, not '0'"),
        ({"every": "week"}, "line 12, every: must be hour or day, not 'week'"),
        ({"tags": "a b"}, "line 12, tags: 'a b' is no tag; write at most 63 letters, digits, '_', '-' and '.'"),
        ({"tags": "a,,b"}, "line 12, tags: has a comma too many"),
        ({"tags": "a, a"}, "line 12, tags: 'a' is given twice; take one out"),
        ({"norm": "1"}, "line 12, norm: is no key of a metric; did you mean 'norm_value'?"),
        ({"How to read": "1"}, "line 12, How to read: is no key of a metric; did you mean 'how_to_read'?"),
        ({"crosscheck": ""}, "line 12, crosscheck: comes before the SELECT; put it and its query below that"),
        ({"sources": "order"}, "line 9, sources: the service has no source 'order'; did you mean 'orders'?"),
        (
            {"sources": "orders,\n--   orders,\n--   customers"},
            "line 10, sources: 'orders' is given twice; take one out",
        ),
    ],
)  # fmt: skip
def test_a_mistake_names_its_line_and_key(header: dict[str, str], said: str) -> None:
    assert said in mistakes_in(metric_text(**header), ["orders"])


def test_a_mistake_in_a_line_that_goes_on_names_that_line() -> None:
    said = mistakes_in(metric_text(sources="orders,\n--\n--   nothing, orders2\n--   ,"), ["orders"])
    assert "line 11, sources: the service has no source 'nothing'; there is orders" in said
    assert "line 11, sources: the service has no source 'orders2'; did you mean 'orders'?" in said
    assert "line 12, sources: has a comma too many" in said


def test_all_mistakes_are_told_in_the_order_of_their_lines() -> None:
    said = mistakes_in(metric_text(name=None, code="x", norm_value="x", colour="blue"))
    assert [one.partition(":")[0] for one in said] == [
        "line 1, code", "line 9, norm_value", "line 11, colour", "line 11, name"
    ]  # fmt: skip


def test_an_unknown_key_may_be_a_text_that_goes_on() -> None:
    [said] = mistakes_in(metric_text(description="Two lines,\n-- the second of which: not indented"))
    assert said.startswith("line 7, the second of which: is no key of a metric; there are name, code, ")
    assert said.endswith("A text that goes on in the next line is indented there")


def test_a_key_given_twice_is_named_with_both_lines() -> None:
    assert mistakes_in("-- code: ABCD\n" + metric_text()) == [
        "line 3, code: is given twice, first in line 1; take one out"
    ]


def test_text_before_the_header_or_without_a_key_is_named() -> None:
    assert mistakes_in("-- This metric counts.\n" + metric_text()) == [
        "line 1: '-- This metric counts.' is neither `-- key: value` nor indented by two blanks, as a line that "
        "goes on; a comment on the query comes after a blank line"
    ]
    assert mistakes_in("--    and indented\n" + metric_text()) == [
        "line 1: is indented, but there is no key before it; begin with `-- name: ...`"
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "SELECT 1", "/* x */\n-- name: x", "\n SELECT 1"])
def test_without_a_header_that_alone_is_told(text: str) -> None:
    [said] = mistakes_in(text)
    assert said.endswith(": the header is missing; begin the file with `-- name: ...`")


def test_blank_lines_and_empty_comments_before_the_header_are_let_pass() -> None:
    assert header_in("\n  \n----\n--\n" + metric_text()).code == "ANSW"


def test_a_key_that_stands_where_it_is_not_read_is_not_passed_over() -> None:
    text = metric_text(norm_value=None, code=None)
    [behind, other] = mistakes_in(text.replace("SELECT", "\n-- norm_value: 0.8\n  -- code: ABCD\nSELECT"))
    assert behind == "line 11, norm_value: comes after the header, which ended with line 9; move it up into it"
    assert other == "line 12, code: comes after the header, which ended with line 9; move it up into it"

    [indented] = mistakes_in(metric_text(norm_value=None, methodology="a / b\n--  norm_value: 0.8"))
    assert indented == (
        "line 9, norm_value: is indented, so it belongs to the key before; begin the line with `-- norm_value:`"
    )
    assert header_in(metric_text(how_to_read="As\n--   norm_value: says")).how_to_read == "As norm_value: says"


def test_a_duration_has_a_number_and_a_unit() -> None:
    assert duration_of("90m") == timedelta(minutes=90)
    for text in ("", "m", "1.5h", "٣h", "-1d", "1000000d", "1h "):
        with pytest.raises(ValueError, match="must be a duration such as 90m, 36h or 3d"):
            duration_of(text)
