"""A check of the user's own: a function in the project."""

import time
from typing import Any

import pytest

from heartbeat_assets.governance.runbook import Item
from heartbeat_assets_tests.governance.runbook.looking import RunbookProject
from heartbeat_assets_tests.own_project import PACKAGE

SECRET = "s3cr3t-of-the-house"
CHECKS = f"""
import time
from heartbeat_assets.governance.runbook import Found

NUMBER = 3

def yes(): return True
def no(): return False
def nothing(): pass
def odd(): return 7
def found(): return Found(False, "Two shelves are empty.", {{"shelves": 2, "free": {{1}}}}, "Fill them.")
def lesser(): return Found(False, "One shelf is empty.", severity="INFO")
def mapped(context): return {{"ok": False, "message": f"{{context.now:%Y}} is late.", "detail": "a text"}}
def asks(context): return context.ledger.lanes() == []
def loses(): raise ValueError("{SECRET}")
def leaves(): raise SystemExit("{SECRET}")
def stops(): raise KeyboardInterrupt("{SECRET}")
def cancelled():
    import asyncio
    raise asyncio.CancelledError("{SECRET}")
def hangs(): time.sleep(2)
def many(one, two): return True
"""


@pytest.fixture
def shop(alone: RunbookProject) -> RunbookProject:
    alone.own.write(f"{PACKAGE}/checks.py", CHECKS)
    return alone


def item_of(project: RunbookProject, name: str, **fields: Any) -> Item:
    entry = {"function": f"{PACKAGE}.checks:{name}", "id": "stock", "fix": "Count again.", **fields}
    project.write([entry])
    (item,) = project.look().items
    return item


def test_true_and_nothing_are_in_order_and_false_is_not(shop: RunbookProject) -> None:
    item = item_of(shop, "yes", message="The stock is counted.")
    assert (item.id, item.ok, item.severity, item.fix) == ("stock", True, "BLOCKER", "")
    assert item.message == "The stock is counted."
    assert item_of(shop, "nothing").ok
    item = item_of(shop, "no", severity="WARN")
    assert (item.ok, item.severity, item.fix) == (False, "WARN", "Count again.")
    assert item.message == f"{PACKAGE}.checks:no says that it is not in order."


def test_a_function_may_say_more(shop: RunbookProject) -> None:
    item = item_of(shop, "found")
    assert (item.ok, item.message, item.fix) == (False, "Two shelves are empty.", "Fill them.")
    assert item.detail == {"shelves": 2, "free": [1]}
    item = item_of(shop, "lesser")
    assert (item.severity, item.fix) == ("INFO", "Count again.")
    item = item_of(shop, "mapped")
    assert item.message.endswith("is late.")
    assert (item.detail, item.fix) == ({"detail": "a text"}, "Count again.")


def test_a_function_may_ask_the_project(shop: RunbookProject) -> None:
    assert item_of(shop, "asks").ok


def test_what_a_function_raises_is_not_shown(shop: RunbookProject) -> None:
    errors = {
        "loses": "ValueError",
        "leaves": "SystemExit",
        "stops": "KeyboardInterrupt",
        "cancelled": "CancelledError",
    }
    for name, error in errors.items():
        item = item_of(shop, name)
        assert (item.ok, item.detail, item.fix) == (False, {"error": error}, "Count again.")
        assert SECRET not in str(item)


def test_a_function_that_asks_a_ledger_that_is_away_says_just_that(
    shop: RunbookProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTBEAT_LEDGER_URL", "postgresql://ann@127.0.0.1:9/books?connect_timeout=2")
    assert item_of(shop, "asks").message == "The ledger cannot be asked (LedgerError)."


def test_a_function_that_hangs_is_left_alone(shop: RunbookProject) -> None:
    began = time.monotonic()
    item = item_of(shop, "hangs", timeout_seconds=0.2)
    assert time.monotonic() - began < 1.5
    assert item.message == f"{PACKAGE}.checks:hangs took longer than 0.2 s."


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("odd", "returned a int, which says neither yes nor no"),
        ("missing", "AttributeError"),
        ("NUMBER", "TypeError"),
        ("many", "TypeError"),
    ],
)
def test_what_is_no_check_fails(shop: RunbookProject, name: str, told: str) -> None:
    item = item_of(shop, name)
    assert not item.ok
    assert told in item.message


def test_a_module_that_is_not_there_fails_that_item_alone(shop: RunbookProject) -> None:
    shop.write([{"function": "no_such_shop.checks:yes", "id": "stock"}, {"check": "ledger_reachable"}])
    stock, ledger = shop.look().items
    assert "ModuleNotFoundError" in stock.message
    assert ledger.ok
