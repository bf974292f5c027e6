"""docs/metrics.md is true: its example works as it stands, and its table of hysteresis is what happens."""

from __future__ import annotations

import re
from pathlib import Path

from heartbeat_assets.metrics.thresholds import Status, Thresholds, judge
from heartbeat_assets_tests.metrics.timed_shop import NEWEST, TimedShop

PAGE = (Path(__file__).resolve().parent.parent.parent / "docs" / "metrics.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The first code block of the page in `language`."""
    found = re.search(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def test_the_metric_of_the_guide_works_as_it_stands(timed: TimedShop) -> None:
    timed.write_service(yaml=block("yaml"))
    timed.write("defs/shop/metrics/orders_day.sql", block("sql"))
    assert timed.catalog.problems == []
    timed.compute()
    assert (timed.newest().tick, timed.newest().value, timed.newest().status) == (NEWEST, 24.0, "green")


def test_the_table_of_hysteresis_is_what_happens() -> None:
    rows = {
        line.split("|")[1].strip(): [cell.strip() for cell in line.split("|")[2:-1]]
        for line in PAGE.splitlines()
        if line.startswith(("| value | 24", "| status | ", "| without recovery | "))
    }
    for name, recovery in (("status", 22.0), ("without recovery", None)):
        thresholds = Thresholds("higher_is_better", 20.0, 10.0, recovery)
        before: Status | None = None
        said = []
        for value in map(float, rows["value"]):
            before = judge(thresholds, value, before)
            said.append(before)
        assert said == rows[name]
