"""The shortcuts in SQL give what the exact readings give, for anything a producer may write."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from benchmarks.python_reader import token
from heartbeat_assets.telemetry import typed_sql, values
from heartbeat_assets.warehouse import connect
from heartbeat_assets_tests.telemetry.events import (
    SETS,
    event_lines,
    numbers,
    read_by_engine,
    read_by_oracle,
    same,
    texts,
)

# The examples share a folder and write over each other's file.
sharing = settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])

NEAR_ISO = (
    *("2026-02-23T14:31:00Z", "2026-02-23T14:31:00.123Z", "2026-02-23T14:31:00.123456Z", "2026-02-23T14:31:00+00:00"),
    *("2026-02-23T04:31:00.123+01:30", "2026-02-23T23:31:00.123456+14:00", "2024-02-29T00:00:00-05:00"),
    *("2026-02-23T24:00:00Z", "2026-02-23T14:31:60Z", "2026-02-23T14:31:00+24:00", "2025-02-29T00:00:00Z"),
    *("2026-02-23T14:31:00.1Z", "2026-02-23T14:31:00.123456789Z", "2026-02-23t14:31:00z", "2026-02-23 14:31:00"),
    *("2026-W09-1T10:00:00Z", "20260223T143100Z", "20260223", "2026-02-23", "1900-01-01T00:00:00Z", "12026-02-23"),
    *("1776011082", "1776011082151", "1776011082.1234565", "1000000000000", "1000000000001", "999999999999", "1e3"),
    *("1_000", "0x10", " 12 ", "nan", "1e400", "-62135596800", "253402300799", "17760110821510", "+1776011082"),
)
structured = st.builds(
    "{}-{:02}-{:02}{}{:02}:{:02}:{:02}{}{}".format,
    st.sampled_from([1, 999, 1899, 1900, 1999, 2000, 2024, 2026, 2099, 2100, 9999]),
    st.integers(0, 13),
    st.sampled_from([0, 1, 28, 29, 30, 31, 32]),
    st.sampled_from("TTTt "),
    st.sampled_from([0, 1, 12, 19, 20, 23, 24, 25]),
    st.sampled_from([0, 59, 60]),
    st.sampled_from([0, 59, 60, 61]),
    st.one_of(st.just(""), st.text("0123456789", min_size=1, max_size=9).map(".{}".format)),
    st.one_of(
        st.sampled_from(["", "Z", "z", "+00:00", "+01", "+0130", " +01:00", "-00:00"]),
        st.builds("{}{:02}:{:02}".format, st.sampled_from("+-"), st.integers(0, 26), st.integers(0, 61)),
    ),
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A timestamp with up to three characters put in, left out or changed."""
    text = draw(st.sampled_from(NEAR_ISO))
    for _ in range(draw(st.integers(0, 3))):
        place, width = draw(st.integers(0, len(text))), draw(st.integers(0, 2))
        text = text[:place] + draw(st.text("0123456789-:.TZtz+ ,_eW\t\u00a0\u0661", max_size=2)) + text[place + width :]
    return text


def instants(folder: Path, written: Sequence[str]) -> list[int | None]:
    file = folder / "instants.jsonl"
    file.write_text("".join(json.dumps({"session_id": "s", "ts": text}) + "\n" for text in written), "utf-8")
    return [row[0] for row in read_by_engine(file, columns="ts_us")]


@sharing
@given(st.lists(st.one_of(structured, mutated(), numbers, texts), min_size=1, max_size=300))
@example(["1000000000000", "1000000000001", "2026-02-23T14:31:00+24:00", "2026-02-23T14:31:00+23:59"])
@example(["2026-02-23T\t4:31:00Z", "2026-02-23T 4:31:00.123Z", "2026-02-23T04:01:00+01:  ", "2026-02-23T14:31:0.Z"])
def test_an_instant_in_any_spelling_is_what_the_exact_reading_says(tmp_path: Path, written: list[str]) -> None:
    assert instants(tmp_path, written) == [values.instant_us(text) for text in written]


def test_an_iso_time_with_any_one_character_changed_is_what_the_exact_reading_says(tmp_path: Path) -> None:
    written = [
        text[:place] + new + text[place + len(new) :]
        for text in NEAR_ISO[:7]
        for place in range(len(text))
        for new in (*"0123456789+-:.TZz/, ", "\t", "\n", "\r", "\x0b", "\x0c", "  ", "24", "60", "T24")
    ]
    wrong = [
        (text, found, values.instant_us(text))
        for text, found in zip(written, instants(tmp_path, written), strict=True)
        if found != values.instant_us(text)
    ]
    assert wrong == []


@sharing
@given(st.lists(st.one_of(numbers, mutated(), texts), min_size=1, max_size=200))
def test_an_elapsed_time_in_any_spelling_is_what_the_exact_reading_says(tmp_path: Path, written: list[str]) -> None:
    file = tmp_path / "elapsed.jsonl"
    file.write_text("".join(json.dumps({"session_id": "s", "tfa_ms": text}) + "\n" for text in written), "utf-8")
    found = [row[0] for row in read_by_engine(file, columns="elapsed_ms")]
    assert found == [values.elapsed_ms(text) for text in written]


@sharing
@given(st.lists(event_lines, min_size=1, max_size=60))
def test_any_value_under_any_alias_is_what_the_independent_reader_says(tmp_path: Path, lines: list[bytes]) -> None:
    file = tmp_path / "events.jsonl"
    content = b"\n".join(lines)
    file.write_bytes(content)
    found, expected = read_by_engine(file), read_by_oracle(content)
    assert same(found, expected), [
        pair for pair in zip(lines, found, expected, strict=True) if not same(*zip(pair[1:]))
    ]


def spelled(name: str) -> st.SearchStrategy[str]:
    """Ways to write an event name that mean the same token, or nearly."""
    return st.sampled_from(
        [
            name,
            name.upper(),
            name.title().replace("_", "-"),
            f" {name.replace('_', ' ')} ",
            name.replace("_", "\t"),
            name.replace("_", "\u00a0"),
            f"\u3000{name}\n",
            f"{name}_",
            name.replace("_", "__"),
            f"{name}\x00",
        ]
    )


names = st.one_of(st.sampled_from([name for names in SETS.values() for name in names]).flatmap(spelled), texts)


@sharing
@given(st.lists(names, min_size=1, max_size=100))
@example(["Drilldown-Click", " open evidence ", "OPEN EVIDENCE", "open_evidence", "open-evidence", "open.evidence"])
def test_an_event_is_in_a_set_when_its_token_is(tmp_path: Path, written: list[str]) -> None:
    file = tmp_path / "names.jsonl"
    file.write_text("".join(json.dumps({"sid": "s", "action": name}) + "\n" for name in written), "utf-8")
    found = read_by_engine(file, SETS, columns="event, session_start, first_answer, drilldown")
    tokens = [token(name) for name in written]
    assert found == [(name or None, *(name in members for members in SETS.values())) for name in tokens]
    with connect(tmp_path, keep_order=True) as connection:
        connection.execute("CREATE TABLE kept (session_id VARCHAR, event VARCHAR, ts_us BIGINT, elapsed_ms DOUBLE)")
        connection.execute("INSERT INTO kept SELECT 's', unnest(?), NULL, NULL", [[name or None for name in tokens]])
        again = connection.execute(
            f"SELECT event, session_start, first_answer, drilldown FROM ({typed_sql.with_event_sets('kept', SETS)})"
        ).fetchall()
    assert again == found


def test_an_event_may_be_in_several_sets_and_a_set_may_have_the_name_of_a_column_in_between(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_bytes(b'{"session_id":"s","event":"A-b","time":5,"name":"n"}\n')
    sets = {"time": ["a_b"], "token": ["c"], "set_bits": ["a_b"], "raw_bits": [], "name": ["a_b", "c"]}
    columns = 'session_id, event, ts_us, "time", token, set_bits, raw_bits, "name"'
    assert read_by_engine(file, sets, columns) == [("s", "a_b", 5_000_000, True, False, True, False, True)]


@pytest.mark.parametrize(
    "name",
    ["session_id=other/event=no", "a[1]", "s*r", "q?", "it's", 'sp ace "%20"', "ünï", "~", "$HOME", "{a,b}", "-x"],
)
def test_a_file_is_read_under_its_own_name_whatever_that_is(tmp_path: Path, name: str) -> None:
    file = tmp_path / name / "x.jsonl"
    file.parent.mkdir(parents=True)
    file.write_bytes(b'{"session_id":"s"}\n')
    for neighbour in ("a1", "star", "qx"):
        (tmp_path / neighbour).mkdir()
        (tmp_path / neighbour / "x.jsonl").write_bytes(b'{"session_id":"another"}\n')
    assert read_by_engine(file, columns="session_id") == [("s",)]
    parquet = file.with_suffix(".parquet")
    with connect(tmp_path) as connection:
        connection.execute(f"COPY (SELECT 's' AS session_id) TO {typed_sql.quoted(str(parquet))}")
        for neighbour in ("a1", "star", "qx"):
            connection.execute(
                f"COPY (SELECT 'no' AS session_id) TO '{tmp_path}/{neighbour}/x.parquet' (FORMAT parquet)"
            )
        found = connection.execute(f"SELECT * FROM {typed_sql.stored_events([str(parquet)])}").fetchall()
    assert found == [("s",)]
