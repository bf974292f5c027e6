"""Tests of scaffold: a new metric from answers and a query, tried before anything is written."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from heartbeat_assets.errors import HeartbeatError, SpecProblem, UsageProblem
from heartbeat_assets.metrics.registry import retire_metric
from heartbeat_assets.metrics.scaffold import (
    DraftMetric,
    check_id,
    draft_metric,
    similar_to,
    try_draft,
    write_metric,
)
from heartbeat_assets_tests.metrics.projects import HEADER, PERSON
from heartbeat_assets_tests.metrics.timed_shop import COUNT, NEWEST, NOW, TimedShop

ANSWERS = HEADER | {"code": "DRFT", "unit": "orders", "norm_value": "20", "alert_value": "10"}


def drafted(shop: TimedShop, sql: str = COUNT, *, metric_id: str = "drafted", **answers: str) -> DraftMetric:
    return draft_metric(shop.catalog, shop.service, metric_id, ANSWERS | answers, sql, "draft.sql")


def written(shop: TimedShop, sql: str = COUNT, *, metric_id: str = "drafted", **answers: str) -> tuple[Path, Path]:
    draft = drafted(shop, sql, metric_id=metric_id, **answers)
    similar = similar_to(shop.catalog, draft)
    return write_metric(shop.settings, draft, try_draft(draft, NOW), similar, "We lose sales.", NOW)


def all_files(shop: TimedShop) -> list[str]:
    return sorted(str(path) for path in shop.folder.rglob("*") if path.is_file() and "home" not in path.parts)


# --- Ids and codes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("metric_id", ["Loud", "1st", "with-dash", "registry", "x" * 81])
def test_what_can_be_no_id_is_refused(timed: TimedShop, metric_id: str) -> None:
    with pytest.raises(UsageProblem, match=f"^'{metric_id}' cannot be a metric's id: it "):
        check_id(timed.catalog, timed.store, metric_id)


def test_an_id_that_is_taken_is_refused(timed: TimedShop) -> None:
    timed.write_count()
    timed.write("defs/shop/metrics/wrong.sql", "SELECT 1")
    with pytest.raises(UsageProblem, match=r"there is a metric 'orders_day', .*orders_day\.sql; choose another id"):
        check_id(timed.catalog, timed.store, "orders_day")
    with pytest.raises(UsageProblem, match="there is a file of 'wrong' already"):
        check_id(timed.catalog, timed.store, "wrong")


def test_a_retired_id_is_refused_with_date_person_and_reason(timed: TimedShop) -> None:
    file = timed.write_count()
    timed.compute()
    file.unlink()
    with pytest.raises(UsageProblem, match="that of a registered metric whose file is gone"):
        check_id(timed.catalog, timed.store, "orders_day")
    retire_metric(timed.store, "orders_day", actor=PERSON, reason="nobody looked")
    said = r"was retired on \d{4}-\d\d-\d\d by ana@example\.org \(nobody looked\); an id is never used again"
    with pytest.raises(UsageProblem, match=said):
        check_id(timed.catalog, timed.store, "orders_day")


def test_a_code_that_is_taken_is_refused(timed: TimedShop) -> None:
    timed.write_count(code="DRFT")
    with pytest.raises(UsageProblem, match="--code DRFT: is that of orders_day "):
        drafted(timed)


# --- The draft --------------------------------------------------------------------------------------------------------


def test_all_that_is_missing_is_named_by_its_option(timed: TimedShop) -> None:
    answers = {key: value for key, value in ANSWERS.items() if key not in ("name", "how_to_read")} | {"period": " "}
    with pytest.raises(UsageProblem, match=r"^missing: --name, --period, --how-to-read; "):
        draft_metric(timed.catalog, timed.service, "drafted", answers, COUNT, "draft.sql")


def test_every_mistake_is_named_by_its_option(timed: TimedShop) -> None:
    with pytest.raises(UsageProblem) as caught:
        drafted(timed, code="x", direction="up", sources="order", norm_value="much", every="week", alert_value="1")
    said = str(caught.value)
    for option in ("--code: must be 4", "--direction: ", "--sources: the service has no source 'order'; did you mean"):
        assert option in said
    assert "--norm-value: must be a finite number" in said
    assert "--every: must be hour or day" in said
    with pytest.raises(UsageProblem, match=r"^--alert-value: 30 is stricter than norm_value 20"):
        drafted(timed, alert_value="30")


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("", "there is no query"),
        ("-- only a comment\n", "there is no query"),
        ("\nSELECT 1;\nSELECT 2", "line 2: the query: there are 2 statements; write one SELECT"),
        ("DELETE FROM orders", "line 1: the query: is no SELECT but DELETE"),
        ("SELECT\n  1 +\n  FROM orders WHERE $since", "draft.sql: line 3: the query: "),
        ("SELECT $since", "line 1: the query: has the parameter $since; there is only $as_of"),
        ("SELECT 1\n\n-- crosscheck:\n", "line 3, crosscheck: there is no query below it"),
        ("SELECT 1\n-- crosscheck:\nSELEKT", "line 3: crosscheck: Parser Error"),
    ],
)
def test_a_mistake_in_the_query_is_told_with_its_line_as_it_was_given(timed: TimedShop, sql: str, said: str) -> None:
    with pytest.raises(SpecProblem) as caught:
        drafted(timed, sql)
    assert said in str(caught.value)


def test_a_draft_that_runs_has_its_value_and_that_of_its_crosscheck(timed: TimedShop) -> None:
    tried = try_draft(drafted(timed, f"{COUNT}\n-- crosscheck:\nSELECT 7"), NOW)
    assert (tried.at, tried.measured.value, tried.crosscheck) == (NEWEST, 24.0, 7.0)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("\n\nSELECT nonsense FROM orders", "draft failed, and nothing was written: draft.sql, line 3: Binder Error"),
        ("SELECT 1, 2", "returned 2 columns"),
        ("SELECT 1\n-- crosscheck:\nSELECT 'x'", "the crosscheck failed, and nothing was written: draft.sql, line 3: "),
    ],
)
def test_a_draft_that_fails_writes_nothing(timed: TimedShop, sql: str, said: str) -> None:
    before = all_files(timed)
    with pytest.raises(HeartbeatError, match=said):
        written(timed, sql)
    assert all_files(timed) == before
    assert timed.store.rows() == {}


# --- What is written --------------------------------------------------------------------------------------------------


def test_the_file_reads_as_the_answers_and_the_query(timed: TimedShop) -> None:
    long = "Every order of the shop, counted once, whatever became of it; cancelled ones are told apart elsewhere. " * 3
    file, _ = written(timed, f"-- a day\n{COUNT}  \n\n-- crosscheck:\nSELECT 24\n", description=long, tags="shop, a-b")
    assert file == timed.settings.defs / "shop/metrics/drafted.sql"
    metric = timed.file("drafted")
    assert timed.catalog.problems == []
    assert metric.header.description == long.strip()
    assert (metric.header.tags, metric.header.norm_value, metric.crosscheck) == (("shop", "a-b"), 20.0, "SELECT 24")
    assert metric.sql == f"-- a day\n{COUNT}"
    assert max(map(len, file.read_text(encoding="utf-8").splitlines())) <= 120


def test_a_query_from_another_system_has_its_line_ends_and_mark_taken_off(timed: TimedShop) -> None:
    written(timed, "SELECT count(*)\r\nFROM orders;\r\n")
    assert timed.file("drafted").sql == "SELECT count(*)\nFROM orders"


def test_the_page_of_the_day_says_why_each_is_wanted(timed: TimedShop) -> None:
    _, page = written(timed)
    assert page == timed.folder / "docs/metric-candidates-2026-02-23.md"
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Metric candidates of 2026-02-23\n\n")
    assert "## DRFT: Answered sessions\n\n`drafted` of `shop`, drafted at 2026-02-23 14:30 UTC." in text
    assert "**What red would mean.** We lose sales.\n" in text
    assert "- Value of the draft at 2026-02-23 14:00 UTC: 24 orders.\n" in text
    assert "- Red: below 10 orders. A value equal to it is not red.\n" in text
    assert "- File: `defs/shop/metrics/drafted.sql`, query `" in text
    written(timed, metric_id="another", code="ANOT")
    longer = page.read_text(encoding="utf-8")
    assert longer.startswith(text.rstrip())
    assert longer.count("# Metric candidates of") == 1
    assert "- Like it: drafted (Answered sessions) of shop has the same query" in longer


def test_nothing_is_written_over(timed: TimedShop) -> None:
    draft = drafted(timed)
    tried = try_draft(draft, NOW)
    draft.path.parent.mkdir(exist_ok=True)
    draft.path.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageProblem, match=r"drafted\.sql is there already"):
        write_metric(timed.settings, draft, tried, [], "x", NOW)
    with pytest.raises(UsageProblem, match=r"drafted\.sql is there already"):
        drafted(timed)
    assert draft.path.read_text(encoding="utf-8") == "mine"
    assert not (timed.folder / "docs").exists()


def test_a_page_that_cannot_be_written_takes_the_metric_back(timed: TimedShop) -> None:
    timed.write("docs", "a file where a folder should be")
    with pytest.raises(HeartbeatError, match=r"metric-candidates-2026-02-23\.md: .*; nothing was written"):
        written(timed)
    assert not (timed.settings.defs / "shop/metrics/drafted.sql").exists()


def test_a_daily_draft_is_tried_at_the_end_of_a_day(timed: TimedShop) -> None:
    tried: Any = try_draft(drafted(timed, every="day"), NOW)
    assert tried.at == NEWEST - timedelta(hours=14)
