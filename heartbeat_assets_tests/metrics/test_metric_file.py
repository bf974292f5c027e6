"""Tests of metric_file: a metric as it stands on disk, and what is told of a file that is wrong."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.metrics.metric_file import MetricFile, metric_id_problem, read_metric_file
from heartbeat_assets.metrics.service import find_service
from heartbeat_assets.warehouse import QueryProblem
from heartbeat_assets_tests.metrics.projects import SQL, MetricsProject, metric_text

CROSSCHECK = "\n\n-- crosscheck:\nSELECT sum(1)\n  FROM orders;\n"


def read(shop: MetricsProject, text: str | bytes, name: str = "orders_total") -> MetricFile:
    path = shop.write(f"defs/shop/metrics/{name}.sql", text)
    return read_metric_file(path, find_service(shop.settings, "shop"))


def problems(shop: MetricsProject, text: str | bytes, name: str = "orders_total") -> list[str]:
    with pytest.raises(SpecProblem) as raised:
        read(shop, text, name)
    assert raised.value.file.endswith(f"defs/shop/metrics/{name}.sql")
    return raised.value.problems


def test_a_file_is_header_select_and_crosscheck_each_with_its_line(shop: MetricsProject) -> None:
    file = read(shop, metric_text("\n-- Orders, all of them.\nSELECT count(*)  \nFROM orders ;\n" + CROSSCHECK))

    assert (file.metric_id, file.service, file.header.code) == ("orders_total", "shop", "ANSW")
    assert file.sql == "-- Orders, all of them.\nSELECT count(*)\nFROM orders"
    assert (file.sql_line, file.crosscheck_line, file.code_line) == (13, 19, 2)
    assert file.crosscheck == "SELECT sum(1)\n  FROM orders"
    lines = file.path.read_text().split("\n")
    assert lines[file.sql_line - 1] == "-- Orders, all of them."
    assert lines[(file.crosscheck_line or 0) - 1] == "SELECT sum(1)"


def test_a_file_may_do_without_a_crosscheck(shop: MetricsProject) -> None:
    file = read(shop, metric_text())
    assert (file.sql, file.crosscheck, file.crosscheck_line) == (SQL, None, None)
    assert not file.crosscheck_uses_as_of


def test_the_hash_is_of_the_select_alone_and_blind_to_blanks_at_ends(shop: MetricsProject) -> None:
    file = read(shop, metric_text("SELECT 1,\n  2"))
    assert file.sql_hash == hashlib.sha256(b"SELECT 1,\n  2").hexdigest()
    for same in (
        metric_text("SELECT 1, \t\n  2  \n\n;\n"),
        metric_text("\n\nSELECT 1,\n  2").replace("\n", "\r\n"),
        metric_text("SELECT 1,\n  2", name="Another", norm_value="0.9"),
        metric_text("SELECT 1,\n  2" + CROSSCHECK),
    ):
        assert read(shop, same).sql_hash == file.sql_hash
    for other in ("SELECT 1,\n 2", "SELECT 1, 2", "select 1,\n  2", "SELECT 1,\n  2 -- two"):
        assert read(shop, metric_text(other)).sql_hash != file.sql_hash


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_a_byte_order_mark_make_no_difference(shop: MetricsProject, ends: str, mark: bytes) -> None:
    text = metric_text("SELECT 'é\u2028x'\nFROM orders" + CROSSCHECK)
    file = read(shop, mark + text.replace("\n", ends).encode())
    assert (file.sql_line, file.crosscheck_line) == (12, 16)
    assert file.sql == "SELECT 'é\u2028x'\nFROM orders"


def test_what_is_no_utf8_is_told_with_its_line(shop: MetricsProject) -> None:
    assert problems(shop, b"-- name: ok\n-- period: caf\xe9\n") == ["line 2: is not UTF-8 text; save the file as UTF-8"]


def test_a_file_that_cannot_be_read_is_told(shop: MetricsProject) -> None:
    with pytest.raises(SpecProblem, match=r"gone\.sql: cannot be read: No such file"):
        read_metric_file(shop.folder / "gone.sql", find_service(shop.settings, "shop"))


@pytest.mark.parametrize("sql", ["", "\n\n", ";", "-- nothing", "/* SELECT 1 */ ;", CROSSCHECK])
def test_a_file_without_a_query_is_told(shop: MetricsProject, sql: str) -> None:
    found = problems(shop, metric_text(sql))
    assert any("there is no query; write the SELECT" in one or "crosscheck: comes before" in one for one in found)


def test_a_crosscheck_is_one_query_below_its_line(shop: MetricsProject) -> None:
    begin = metric_text() + "-- crosscheck:"
    assert problems(shop, begin) == ["line 13, crosscheck: there is no query below it; write one or take the line out"]
    assert problems(shop, begin + " SELECT 2\n") == [
        "line 13, crosscheck: its query begins in the next line; write nothing behind the colon"
    ]
    assert problems(shop, begin + "\nSELECT 2\n  --  Crosscheck :\nSELECT 3") == [
        "line 15, crosscheck: there is one already, in line 13; a metric has one"
    ]


def test_all_mistakes_of_a_file_are_told_at_once(shop: MetricsProject) -> None:
    found = problems(shop, metric_text(code="x", sources="clients") + "-- crosscheck:\n", name="Orders-total")
    assert [one.partition(":")[0] for one in found] == [
        "the file's name is the metric's id", "line 2, code", "line 9, sources", "line 13, crosscheck"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Orders", "'Orders' must be lower-case letters, digits and _, starting with a letter"),
        ("1st", "'1st' must be lower-case letters, digits and _, starting with a letter"),
        ("orders", "'orders' is a source of the service; choose another"),
        ("scorecard", "'scorecard' is taken: every service has assets called registry, benchmark, scorecard; "),
        ("x" * 81, f"{'x' * 81!r} must be at most 80 characters long, not 81"),
    ],
)
def test_the_files_name_is_the_metrics_id(shop: MetricsProject, name: str, said: str) -> None:
    [problem] = problems(shop, metric_text(), name=name)
    assert problem.startswith(f"the file's name is the metric's id: {said}")
    assert name == "orders" or metric_id_problem(name) is not None


def test_the_instant_is_the_only_parameter(shop: MetricsProject) -> None:
    file = read(shop, metric_text("SELECT $as_of, '$x', $AS_OF -- $y" + CROSSCHECK))
    assert file.uses_as_of
    assert not file.crosscheck_uses_as_of
    assert file.sql_problems() == []
    assert not read(shop, metric_text()).uses_as_of


def test_what_the_engine_says_of_the_form_names_the_line(shop: MetricsProject) -> None:
    file = read(shop, metric_text("\n-- first\nSELECT 1\n  WHERE ,\n\n-- crosscheck:\nSELECT $day + $night + $as_of"))
    assert file.sql_problems() == [
        'line 15: the query: Parser Error: syntax error at or near ","',
        "line 18: crosscheck: has the parameter $day, $night; there is only $as_of, the instant of the value",
    ]
    with pytest.raises(QueryProblem, match="syntax error"):
        _ = file.uses_as_of


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT 1; SELECT 2", "there are 2 statements; write one SELECT"),
        ("DELETE FROM orders", "is no SELECT but DELETE; write one SELECT"),
        ("PIVOT orders ON a", "is no SELECT but MULTI; write one SELECT"),
    ],
)
def test_the_query_is_one_select(shop: MetricsProject, sql: str, said: str) -> None:
    assert read(shop, metric_text(sql)).sql_problems() == [f"line 12: the query: {said}"]


@given(st.text(st.characters(exclude_categories=["Cs"])), st.booleans())
def test_no_file_is_more_than_a_list_of_mistakes(shop: MetricsProject, text: str, whole: bool) -> None:
    try:
        file = read(shop, metric_text(text) if whole else text)
    except SpecProblem:
        # The other tests look at what is said.
        pass
    else:
        assert isinstance(file.sql_problems(), list)
        assert file.path.read_bytes().decode().replace("\r\n", "\n").replace("\r", "\n").count(file.sql.split("\n")[0])


@given(st.binary())
def test_no_bytes_are_more_than_a_list_of_mistakes(shop: MetricsProject, content: bytes) -> None:
    assert problems(shop, content)


def test_an_empty_path_is_no_metric(shop: MetricsProject) -> None:
    folder = shop.settings.defs / "shop" / "metrics" / "folder.sql"
    folder.mkdir(parents=True)
    with pytest.raises(SpecProblem, match="cannot be read: Is a directory"):
        read_metric_file(Path(folder), find_service(shop.settings, "shop"))
