"""Tests of backtest_rows: reading fast gives what reading carefully gives."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.lanes.backtest.rows import RowReader, content_of
from heartbeat_assets.lanes.history import parse_line
from heartbeat_assets.lanes.values import instant
from heartbeat_assets.lanes.window import tallies_of
from heartbeat_assets_tests.lanes.histories import CHECKS, SPEC, histories, row_of, rows_of

# What readers of JSON do not agree on.
ODD = (
    '{"a": NaN}', '{"a": -Infinity}', '{"a": 1e999}', '{"a": 1, "a": true}', '{"a": 01}', '{"a": 1.}', '{"a": .5}',
    '{"a": "\\ud800"}', '{"a": "\\ude00\\ud83d"}', '{"a": "\x01"}', '{"a": "\x7f"}', '{"a": "\\x"}', "{'a': 1}",
    '{"a": 1,}', '{"a": 1} x', "{}{}", "\ufeff{}", '{"a": 1}\u00a0', '{"a": 1}\r', '{"a": ' + "9" * 5000 + "}",
    '{"a": 123456789012345678901234567890}', '{"a": ' + "[" * 500 + "]" * 500 + "}", "[" * 100_000, '{"a": "\u2028"}',
    '{"a": 2.5e-320}', '{"a": -0.0}', '{"\\u0061": 1}', "null", "17", "", " ",
)  # fmt: skip


@st.composite
def edited_lines(draw: st.DrawFn) -> str:
    """A line with a few letters put in, taken out or replaced, so that it is nearly JSON."""
    rng = random.Random(draw(st.integers(0, 2**32)))
    letters = list(rng.choice([*ODD[:20], json.dumps(row_of())])[:400])
    for _ in range(rng.randrange(4)):
        place = rng.randrange(len(letters) + 1)
        letters[place : place + rng.randrange(2)] = rng.choice(["", *'{}[]",:\\truefalsn01.eE+- \n\té'])
    return "".join(letters)


def written(content: object) -> str:
    """Equal for what is equal, NaN and the kind of number included."""
    return repr(content)


@pytest.mark.parametrize("line", ODD)
def test_an_odd_line_is_read_like_any_other_reader_of_the_history_reads_it(line: str) -> None:
    assert written(content_of(line)) == written(parse_line(line.encode(), 1).content)


@settings(max_examples=1000)
@given(edited_lines())
def test_a_line_that_is_nearly_json_is_read_the_same_fast_and_carefully(line: str) -> None:
    assert written(content_of(line)) == written(parse_line(line.encode(), 1).content)


@pytest.mark.parametrize("line", [b"\xff\xfe", b'{"status": "\xff"}', b'{"status": "ok\x00"}', b'{"status": "ok"}'])
def test_a_line_kept_as_bytes_is_read_too(line: bytes) -> None:
    assert content_of(line) == parse_line(line, 1).content


@settings(max_examples=100)
@given(histories())
def test_a_row_comes_down_to_its_tallies_and_its_instant(history: list[bytes]) -> None:
    reader = RowReader(SPEC)

    for row in rows_of(history):
        read = reader.read(row.line)
        assert list(read.tallies) == tallies_of(SPEC, row)
        assert read.run_at == instant(row.run_at)
        assert read.content == row.content


def test_rows_that_are_alike_share_their_tallies() -> None:
    reader = RowReader(SPEC)

    first, second = (reader.read(json.dumps(row_of(day, unknown=0.9))) for day in (1, 2))

    assert first.tallies is second.tallies
    assert first.tallies == ("failed", "contract_incomplete", "unknown_rate")


def test_a_check_that_only_equals_true_is_not_true() -> None:
    reader = RowReader(SPEC)
    good = reader.read(json.dumps(row_of()))

    one = reader.read(json.dumps({**row_of(), CHECKS[0]: 1}))

    assert good.tallies == ()
    assert one.tallies == ("unknown_rate",)


def test_statuses_without_end_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heartbeat_assets.lanes.backtest.rows._MOST_KNOWN", 3)
    reader = RowReader(SPEC)

    found = [reader.read(json.dumps({**row_of(), "status": f"odd {number}"})).tallies for number in range(20)]

    assert set(found) == {("failed",)}
    assert len(reader._known) <= 3
