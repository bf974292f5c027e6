"""The sentences about tables that cannot be read."""

import pytest

from heartbeat_assets.warehouse.tables.problems import (
    ColumnsMissing,
    TableProblem,
    TableUnreadable,
    engine_words,
    listed,
    no_such_table,
    shown_value,
)


def test_a_missing_column_is_named_beside_those_that_are_there() -> None:
    problem = ColumnsMissing("data/norms.csv", ["norm_id", "scope"], ["id", "scope of it"])
    assert str(problem) == "data/norms.csv: no column norm_id, scope; it has id, 'scope of it'"
    assert (problem.missing, problem.present) == (("norm_id", "scope"), ("id", "scope of it"))
    assert isinstance(problem, TableProblem)


@pytest.mark.parametrize("there", ["Norm_ID", " norm_id", "norm_id ", "NORM_ID\t"])
def test_a_column_that_differs_only_in_case_or_blanks_is_offered(there: str) -> None:
    shown = there if there.isidentifier() else repr(there)
    problem = ColumnsMissing("x.csv", ["norm_id"], ["other", there])
    assert str(problem) == f"x.csv: no column norm_id (did you mean {shown}?); it has other, {shown}"


def test_a_table_without_columns_is_said_to_have_none() -> None:
    assert str(ColumnsMissing("x.json", ["a"], [])) == "x.json: no column a; it has no columns"


def test_a_long_list_of_names_is_cut_and_counted() -> None:
    names = [f"c{number}" for number in range(25)]
    assert listed(names) == ", ".join(names[:20]) + " and 5 more"
    assert listed(names[:20]) == ", ".join(names[:20])


@pytest.mark.parametrize(
    ("table", "tables", "said"),
    [
        ("norm", ["norms", "s.rights"], "x.db: no table norm; there is norms, s.rights"),
        ("NORMS", ["norms"], "x.db: no table NORMS (did you mean norms?); there is norms"),
        ("s.right", ["norms", "s.norms", "s.rights"], "x.db: no table s.right; there is s.norms, s.rights, norms"),
        ("", ["norms"], "x.db: say which table; there is norms"),
        ("norms", [], "x.db: there is no table in it"),
    ],
)
def test_a_table_that_is_not_there_is_named_beside_those_that_are(table: str, tables: list[str], said: str) -> None:
    problem = no_such_table("x.db", table, tables)
    assert isinstance(problem, TableUnreadable)
    assert str(problem) == said


def test_a_long_value_is_cut() -> None:
    assert shown_value("abc") == "'abc'"
    assert shown_value("x" * 1000) == repr("x" * 60 + "...")


def test_what_the_engine_says_comes_without_its_advice_and_settings() -> None:
    said = "Invalid Input Error: CSV Error on Line: 3\nOriginal Line: 3\n\nPossible fixes:\n* Disable\n  file = x.csv"
    assert engine_words(Exception(said)) == "Invalid Input Error: CSV Error on Line: 3; Original Line: 3"
    assert len(engine_words(Exception("x" * 10_000))) == 400
