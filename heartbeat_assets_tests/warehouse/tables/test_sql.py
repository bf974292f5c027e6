"""The pieces of SQL that readers of tables put together."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.warehouse import QueryProblem, connect
from heartbeat_assets.warehouse.tables.sql import described, fetched, file_list, identifier, literal

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=10)


@settings(max_examples=20)
@given(texts)
def test_any_text_survives_as_a_name_and_as_a_literal(tmp_path: Path, text: str) -> None:
    with connect(tmp_path) as connection:
        rows = fetched(connection, f"SELECT {identifier(text)} FROM (SELECT {literal(text)} AS {identifier(text)})")
    assert rows == [(text,)]


@pytest.mark.parametrize("folder", ["it's", "a*b", "a[1]", "q?x", "br{a,b}", "back\\slash", "%41", "new\nline", "x]y"])
def test_a_name_with_the_signs_of_a_pattern_means_that_file_alone(tmp_path: Path, folder: str) -> None:
    for name in (folder, "a1", "aXb", "qqx", "bra"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "v.csv").write_text(f"a\n{name.encode().hex()}\n")
    with connect(tmp_path) as connection:
        rows = fetched(
            connection, f"SELECT a FROM read_csv({file_list([tmp_path / folder / 'v.csv'])}, all_varchar=true)"
        )
    assert rows == [(folder.encode().hex(),)]


def test_parameters_are_bound_and_problems_are_told_in_the_words_of_the_engine(tmp_path: Path) -> None:
    with connect(tmp_path) as connection:
        assert fetched(connection, "SELECT ?", ["'; DROP"]) == [("'; DROP",)]
        with pytest.raises(QueryProblem, match="Table with name nope does not exist"):
            fetched(connection, "FROM nope")
        with pytest.raises(QueryProblem, match="Could not convert string 'x'"):
            fetched(connection, "SELECT CAST(v AS INTEGER) FROM (SELECT unnest(['1', 'x']) AS v)")


def test_a_table_is_described_with_the_types_a_person_writes(tmp_path: Path) -> None:
    with connect(tmp_path) as connection:
        connection.execute('CREATE TABLE "my t" (a BIGINT, "b c" TIMESTAMPTZ, d VARCHAR)')
        columns = described(connection, identifier("my t"))
    assert columns == (("a", "BIGINT"), ("b c", "TIMESTAMPTZ"), ("d", "VARCHAR"))
