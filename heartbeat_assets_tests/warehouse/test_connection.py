"""What every query may rely on: UTC, nothing downloaded, and the functions that say what a number and a token are."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from heartbeat_assets.telemetry import values
from heartbeat_assets.warehouse import connect

sharing = settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])

# At the end of a word Python has another small sigma than the engine, which no token is likely to need.
characters = st.characters(exclude_categories=["Cs"], exclude_characters="\u03a3")
blanks = st.text(" \t\r\n\x0b\x0c\x1c\x1f\x85\u00a0\u2003\u2028\u3000", max_size=2)
plain = st.one_of(
    st.text(characters, max_size=8),
    st.text("+-.0123456789eE_x", max_size=8),
    st.floats().map(repr),
    st.integers().map(str),
    st.text("aZ_- \t\u00c9\u0130\u00df", max_size=8),
    st.sampled_from(["1e400", "-1e400", "1e308", "4.9e-324", "1e-400", ".5", "5.", ".", "1_000", "0x10", "nan", "inf"]),
    st.sampled_from(
        ["true", "null", "\u0661", "1\n2", "1.797693134862315807e308", "1.8e308", "", "No-Signal", "un clear"]
    ),
)
texts = st.lists(st.builds("{}{}{}".format, blanks, plain, blanks), min_size=1, max_size=200)


@sharing
@given(texts)
@example(["\u00a012", "\u00a0", "\x1c7\x1f", "12\u00a0", "a\u00a0b", "\u3000No-Signal\u3000", "a\x1cb"])
def test_as_number_and_as_token_are_the_exact_readings(tmp_path: Path, written: list[str]) -> None:
    with connect(tmp_path, keep_order=True) as connection:
        connection.execute("CREATE TABLE given AS SELECT unnest(?::VARCHAR[]) AS value", [written])
        found = connection.execute("SELECT as_number(value), as_token(value) FROM given").fetchall()
    assert found == [(values.number(text), values.token(text)) for text in written]


@sharing
@given(texts)
def test_they_read_a_text_inside_a_json_document_the_same_way(tmp_path: Path, written: list[str]) -> None:
    with connect(tmp_path, keep_order=True) as connection:
        found = connection.execute(
            "SELECT as_number(item ->> '$.v'), as_token(item ->> '$.v') FROM (SELECT unnest(?::JSON[]) AS item)",
            [[json.dumps({"v": text}) for text in written]],
        ).fetchall()
    assert found == [(values.number(text), values.token(text)) for text in written]


def test_they_know_no_value_for_null_and_take_json_numbers(tmp_path: Path) -> None:
    with connect(tmp_path) as connection:
        sql = "SELECT as_number(NULL), as_token(NULL), as_number('[1.5e2]'::JSON ->> 0), as_number('true')"
        assert connection.execute(sql).fetchall() == [(None, None, 150.0, None)]


def test_times_are_utc_and_nothing_is_installed_by_itself(tmp_path: Path) -> None:
    with connect(tmp_path) as connection:
        sql = "SELECT epoch_us(TIMESTAMPTZ '1970-01-01 00:00:00'), current_setting('autoinstall_known_extensions')"
        assert connection.execute(sql).fetchall() == [(0, False)]
        (place,) = connection.execute("SELECT current_setting('temp_directory')").fetchall()[0]
        assert place == str(tmp_path / "spill")


@pytest.mark.parametrize("keep_order", [True, False])
def test_rows_keep_their_order_when_asked(tmp_path: Path, keep_order: bool) -> None:
    with connect(tmp_path, keep_order=keep_order) as connection:
        assert connection.execute("SELECT current_setting('preserve_insertion_order')").fetchall() == [(keep_order,)]


def test_a_connection_is_empty_and_closed_afterwards(tmp_path: Path) -> None:
    with connect(tmp_path) as connection:
        connection.execute("CREATE TABLE t (x INTEGER)")
    with pytest.raises(duckdb.ConnectionException):
        connection.execute("SELECT 1")
    with connect(tmp_path) as other, pytest.raises(duckdb.CatalogException):
        other.execute("SELECT * FROM t")
    assert list(tmp_path.iterdir()) == []
