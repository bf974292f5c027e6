"""Tests of similar: metrics that are there already under another name."""

from __future__ import annotations

import pytest

from heartbeat_assets.metrics.similar import Draft, Similar, similar_metrics, sql_tokens
from heartbeat_assets_tests.metrics.timed_shop import COUNT, TimedShop


def similar(shop: TimedShop, **draft: str) -> list[Similar]:
    given = {"metric_id": "zebra", "name": "Zebra", "sql": "SELECT max(amount) FROM orders"} | draft
    sources = tuple(given.pop("sources", "orders").split(", "))
    return similar_metrics(Draft(sources=sources, **given), shop.catalog.files.values())


@pytest.mark.parametrize(
    "sql",
    [
        "select  COUNT(*)\nfrom Orders -- all of them\nWHERE amount>7;",
        "SELECT count(*) /* all\n of them */ FROM orders WHERE amount > 7.25e3 ;\n",
        "SELECT count(*) FROM \"orders\" WHERE amount > 'it''s text'",
    ],
)
def test_writing_comments_and_literals_make_no_difference(sql: str) -> None:
    assert sql_tokens(sql) == sql_tokens("SELECT count(*) FROM orders WHERE amount > 12")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM orders WHERE amount < 12",
        "SELECT sum(*) FROM orders WHERE amount > 12",
        "SELECT count(*) FROM orders2 WHERE amount > 12",
        "SELECT count(*) FROM orders WHERE amount > $as_of",
    ],
)
def test_words_signs_and_parameters_do(sql: str) -> None:
    assert sql_tokens(sql) != sql_tokens("SELECT count(*) FROM orders WHERE amount > 12")


def test_a_dash_dash_within_a_text_is_no_comment() -> None:
    assert sql_tokens("SELECT '--' AS a, b") == ["select", "?", "as", "a", ",", "b"]


def test_the_same_query_over_the_same_sources_is_told(timed: TimedShop) -> None:
    timed.write_count(name="Orders a day")
    (found,) = similar(timed, sql=COUNT.replace("24 HOUR", "7 DAY").replace("DAY", "HOUR").lower())
    assert (found.metric_id, found.likeness) == ("orders_day", 1.0)
    assert found.sentence == (
        "orders_day (Orders a day) of shop has the same query over the same sources, its numbers and texts aside"
    )


def test_a_query_that_is_nearly_the_same_is_told_with_how_nearly(timed: TimedShop) -> None:
    timed.write_count()
    (found,) = similar(timed, sql=COUNT.replace("count(*)", "sum(amount)"))
    assert 0.85 <= found.likeness < 1
    assert f"that is {int(found.likeness * 100)}% the same" in found.sentence


def test_the_same_query_over_other_sources_is_another_metric(timed: TimedShop) -> None:
    timed.write_count()
    assert similar(timed, sql=COUNT, sources="orders, visits") == []


def test_another_query_with_another_name_is_another_metric(timed: TimedShop) -> None:
    timed.write_count()
    assert similar(timed) == []


@pytest.mark.parametrize(
    ("draft", "likeness"),
    [({"name": "orders, a DAY"}, 1.0), ({"metric_id": "orders_days"}, 0.9), ({"name": "Orders of a day"}, 0.8)],
)
def test_a_name_or_an_id_that_is_nearly_taken_is_told(timed: TimedShop, draft: dict[str, str], likeness: float) -> None:
    timed.write_count(name="Orders a day")
    (found,) = similar(timed, **draft)
    assert found.likeness >= likeness
    assert "name" in found.sentence


def test_the_likest_comes_first(timed: TimedShop) -> None:
    timed.write_count("a_metric", "SELECT avg(amount) FROM orders", name="First")
    timed.write_count("b_metric", "SELECT max(amount) FROM orders", name="Second")
    assert [one.metric_id for one in similar(timed)] == ["b_metric", "a_metric"]
