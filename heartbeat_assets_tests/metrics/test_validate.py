"""Tests of validate: an audit of a metric as a document and as a dated page, and nothing recorded."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from heartbeat_assets.metrics.thresholds import Thresholds
from heartbeat_assets.metrics.validate import TOLERANCE, validate_metric, write_audit
from heartbeat_assets.metrics.validation_text import audit_text, meaning_of
from heartbeat_assets_tests.metrics.timed_shop import COUNT, HOUR, LAST_ORDER, NEWEST, NOW, TimedShop, hours

OTHER_WAY = f"{COUNT.replace('count(*)', 'sum(1)')} AND 1 = 1"


def audit(shop: TimedShop, *, tolerance: float = TOLERANCE, hours_later: int = 0) -> dict[str, Any]:
    later = NOW + hours_later * HOUR
    return validate_metric(shop.catalog, shop.file("orders_day"), shop.store, later, tolerance=tolerance)


def with_crosscheck(shop: TimedShop, crosscheck: str, sql: str = COUNT, **header: str | None) -> None:
    shop.write_count(sql=f"{sql}\n\n-- crosscheck:\n{crosscheck}", **header)


def section(text: str, title: str) -> str:
    """What stands below the heading `title`."""
    found = re.search(rf"^## {title}\n\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, text
    return found[1]


# --- The number -------------------------------------------------------------------------------------------------------


def test_a_number_that_two_queries_agree_on_has_no_problem(timed: TimedShop) -> None:
    with_crosscheck(timed, OTHER_WAY)
    found = audit(timed)
    assert found["now"] == {"value": 24.0, "error": None, "source_as_of": LAST_ORDER.isoformat()}
    assert found["crosscheck"] == {
        "made": True, "value": 24.0, "error": None, "difference": 0.0, "relative_difference": 0.0,
        "tolerance": 1e-9, "agrees": True,
    }  # fmt: skip
    assert found["problems"] == []
    text = audit_text(found)
    assert "**Nothing speaks against the number.** A validation is no verification" in text
    assert "24 orders, a difference of 0 (0%). They agree" in section(text, "Another way to the number")


def test_a_crosscheck_that_differs_is_a_problem_with_by_how_much(timed: TimedShop) -> None:
    with_crosscheck(timed, "SELECT 30")
    found = audit(timed)
    check = found["crosscheck"]
    assert (check["difference"], check["relative_difference"], check["agrees"]) == (6.0, 0.2, False)
    assert found["problems"] == ["the crosscheck gives another number than the query"]
    text = audit_text(found)
    assert "a difference of 6 (20%). **They do not agree**" in text
    assert "- the crosscheck gives another number than the query" in text
    assert audit(timed, tolerance=0.2)["problems"] == []


def test_numbers_that_differ_by_rounding_alone_agree(timed: TimedShop) -> None:
    with_crosscheck(timed, "SELECT 0.3", sql="SELECT 0.1::DOUBLE + 0.2::DOUBLE")
    assert audit(timed)["crosscheck"]["agrees"] is True
    with_crosscheck(timed, "SELECT 0", sql="SELECT 0")
    assert audit(timed)["crosscheck"]["relative_difference"] == 0.0


@pytest.mark.parametrize(
    ("sql", "crosscheck", "agrees", "said"),
    [
        (COUNT, "SELECT NULL::INT", False, "Only one of the two found a number."),
        ("SELECT NULL::INT", "SELECT NULL::INT", True, "Both found nothing."),
    ],
)
def test_nothing_found_agrees_with_nothing_found_alone(
    timed: TimedShop, sql: str, crosscheck: str, agrees: bool, said: str
) -> None:
    with_crosscheck(timed, crosscheck, sql=sql)
    found = audit(timed)
    assert found["crosscheck"]["agrees"] is agrees
    assert said in audit_text(found)


def test_a_crosscheck_that_fails_is_a_problem(timed: TimedShop) -> None:
    with_crosscheck(timed, "SELECT nonsense FROM orders")
    found = audit(timed)
    assert found["now"]["value"] == 24.0
    assert found["problems"][0].startswith("the crosscheck failed: orders_day.sql, line 15: Binder Error")
    assert "The crosscheck failed: orders_day.sql, line 15" in section(audit_text(found), "Another way to the number")


def test_without_a_crosscheck_the_page_says_how_to_have_one(timed: TimedShop) -> None:
    timed.write_count()
    found = audit(timed)
    assert (found["crosscheck"]["made"], found["crosscheck"]["agrees"], found["problems"]) == (False, None, [])
    assert "No crosscheck was made" in audit_text(found)
    assert "below a line `-- crosscheck:`" in audit_text(found)


def test_a_query_that_fails_is_a_problem(timed: TimedShop) -> None:
    timed.write_count(sql="SELECT nonsense FROM orders")
    found = audit(timed)
    assert found["problems"][0].startswith("the query failed: orders_day.sql, line 12")
    assert section(audit_text(found), "The number now").startswith("There is none: orders_day.sql, line 12")


# --- Its sources ------------------------------------------------------------------------------------------------------


def test_every_source_has_its_age(timed: TimedShop) -> None:
    timed.write_count(sources="orders, extras")
    orders, extras = audit(timed)["source_freshness"]
    assert orders == {
        "source": "orders", "as_of": LAST_ORDER.isoformat(), "age_seconds": 2400, "allowed_seconds": 10_800,
        "fresh": True, "problem": None,
    }  # fmt: skip
    assert (extras["as_of"], extras["fresh"]) == (None, None)
    assert "| `orders` | 2026-02-23 13:50 UTC | 40 min | fresh |" in audit_text(audit(timed))


def test_a_stale_source_is_a_problem(timed: TimedShop) -> None:
    timed.write_count()
    assert audit(timed, hours_later=3)["problems"] == ["source orders is 3 h 40 min old (3 h are allowed)"]
    assert audit(timed, hours_later=2)["problems"] == []


def test_a_source_that_cannot_be_read_is_a_problem(timed: TimedShop) -> None:
    with_crosscheck(timed, OTHER_WAY)
    (timed.folder / "data/orders.csv").unlink()
    found = audit(timed)
    assert found["problems"][0].startswith("source orders cannot be read: input orders: ")
    assert found["source_freshness"][0]["fresh"] is False
    assert found["crosscheck"]["agrees"] is False


def test_a_source_with_dates_and_nothing_up_to_now_is_stale(timed: TimedShop) -> None:
    timed.write_orders(0)
    timed.write_count()
    assert "source orders has nothing up to now (3 h are allowed)" in audit(timed)["problems"]


# --- The last days ----------------------------------------------------------------------------------------------------


def test_the_last_days_are_summed_up_and_shown_day_by_day(timed: TimedShop) -> None:
    timed.write_count()
    timed.compute(ticks=hours(24 * 11))
    last = audit(timed)["last_days"]
    assert (last["ticks"], last["count"], last["no_data"]) == (264, 264, 0)
    assert (last["min"], last["median"], last["max"]) == (0.0, 24.0, 24.0)
    assert sum(last["shares"].values()) == pytest.approx(1)
    assert (last["by_day"][0]["day"], last["by_day"][-1]["day"]) == ("2026-02-12", "2026-02-23")
    # A tick closes its hour: midnight is the end of the day before.
    assert last["by_day"][1]["count"] == 24
    assert (last["by_day"][1]["worst"], last["by_day"][-1]["worst"]) == ("red", "green")
    text = section(audit_text(audit(timed)), "The last 30 days")
    assert "264 ticks, 264 with a value: min 0, median 24" in text
    assert "| 2026-02-23 | 14 | 24 | 24 | 24 | 24 | ● green |" in text


def test_no_history_is_said_so(timed: TimedShop) -> None:
    timed.write_count()
    assert section(audit_text(audit(timed)), "The last 30 days") == "Nothing was recorded in them.\n\n"


# --- Limits and people ------------------------------------------------------------------------------------------------


def test_what_amber_and_red_mean_is_said_with_who_set_them_and_why(timed: TimedShop) -> None:
    timed.write_count()
    timed.compute()
    timed.change(alert_value=12.0, reason="agreed\nwith | the shop")
    found = audit(timed)
    assert found["thresholds_set"]["alert_value"]["reason"] == "agreed\nwith | the shop"
    assert found["thresholds_set"]["recovery_value"] is None
    text = audit_text(found)
    limits = section(text, "What amber and red mean")
    assert "- Red: below 12 orders. A value equal to it is not red.\n- Amber: below 20 orders." in limits
    assert "`alert_value` was set to 12.0 by ana@example.org at " in limits
    assert "agreed with | the shop" in limits
    assert "- alert_value: 12 is in force, the file has 10" in limits


@pytest.mark.parametrize(
    ("thresholds", "said"),
    [
        (Thresholds("higher_is_better"), ["It has no thresholds, so every value is green."]),
        (
            Thresholds("lower_is_better", 20.0, 30.0, 25.0),
            [
                "Red: above 30 s. A value equal to it is not red.",
                "Amber: above 20 s. A value equal to it is green.",
                "Once red, it stays red until it is at 25 s or less.",
            ],
        ),
        (
            Thresholds("higher_is_better", 20.0, 10.0, 22.0),
            [
                "Red: below 10 s. A value equal to it is not red.",
                "Amber: below 20 s. A value equal to it is green.",
                "Once red, it stays red until it is at 22 s or more.",
                "Once amber, it stays amber until it is at 22 s or more.",
            ],
        ),
    ],
)
def test_limits_in_words(thresholds: Thresholds, said: list[str]) -> None:
    assert meaning_of(thresholds, "s")[1:] == said


def test_owner_and_verification_have_their_history(timed: TimedShop) -> None:
    timed.write_count()
    timed.compute()
    timed.verify()
    found = audit(timed)
    assert [event["after"] for event in found["verification_history"]] == ["unverified", "ana@example.org", "verified"]
    assert section(audit_text(found), "Who stands behind it").startswith("ana@example.org; verified.")


def test_the_page_is_whole_whatever_people_wrote(timed: TimedShop) -> None:
    timed.write_count(sql="SELECT length('```\n# not a heading\n```')", description="a | b # c", methodology="1. d")
    timed.compute()
    timed.change(owner="ana@example.org", reason="## Not a heading\n| no | table |")
    tokens = MarkdownIt("commonmark").enable("table").parse(audit_text(audit(timed)))
    headings = [tokens[place + 1].content for place, token in enumerate(tokens) if token.type == "heading_open"]
    assert headings == [
        "ORDE: Answered sessions", "The number now", "Another way to the number", "Its sources", "The last 30 days",
        "What amber and red mean", "Who stands behind it", "How it is worked out",
    ]  # fmt: skip
    assert [token.content for token in tokens if token.type == "fence"] == [f"{timed.file('orders_day').sql}\n"]


def test_a_validation_records_nothing(timed: TimedShop) -> None:
    timed.write_count()
    timed.compute()
    before = timed.store.marks()
    audit(timed)
    assert timed.store.marks() == before


# --- The file ---------------------------------------------------------------------------------------------------------


def test_an_audit_is_called_by_its_day_and_never_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "docs" / "audits"
    files = [write_audit(f"{number}", folder, "orders_day", NOW) for number in range(3)]
    assert [file.name for file in files] == [
        "2026-02-23-orders_day.md", "2026-02-23-orders_day-2.md", "2026-02-23-orders_day-3.md",
    ]  # fmt: skip
    assert [file.read_text(encoding="utf-8") for file in files] == ["0", "1", "2"]
    assert write_audit("x", folder, "orders_day", NOW + timedelta(days=1)).name == "2026-02-24-orders_day.md"
    assert len(list(folder.iterdir())) == 4


def test_audits_at_the_same_moment_are_all_kept(tmp_path: Path) -> None:
    threads = [threading.Thread(target=write_audit, args=(f"{n}", tmp_path, "any", NEWEST)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(file.read_text(encoding="utf-8") for file in tmp_path.iterdir()) == [f"{n}" for n in range(8)]
