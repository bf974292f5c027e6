"""Tests of the scorecard: what it says of a service's metrics, and that readers never see half of one."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from heartbeat_assets import releases
from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.metrics.benchmark import refresh_benchmarks
from heartbeat_assets.metrics.document import Document
from heartbeat_assets.metrics.scorecard import (
    publish_scorecard,
    published_at,
    published_scorecard,
    scorecard_document,
    scorecard_markdown,
)
from heartbeat_assets_tests.metrics.timed_shop import HOUR, NOW, TimedShop, hours


def document(shop: TimedShop, after: timedelta = timedelta()) -> Document:
    return scorecard_document(shop.catalog, shop.service, shop.store, NOW + after)


def page(shop: TimedShop) -> str:
    return scorecard_markdown(document(shop))


def test_the_worst_comes_first_and_each_says_who_stands_behind_it(timed: TimedShop) -> None:
    timed.write_count(code="GOOD", name="Good | orders")
    timed.write_count("bad_orders", code="BADD", name="Bad orders", alert_value="50", norm_value="60")
    timed.compute(ticks=hours(3))
    timed.verify()
    refresh_benchmarks(timed.catalog.files.values(), timed.store, NOW)
    assert page(timed).splitlines() == [
        "# shop",
        "",
        "2 metrics: 1 ◆ red, 1 ● green. 1 verified. Published 2026-02-23 14:30 UTC.",
        "",
        "| metric | status | value | normal | thresholds | as of | who stands behind it |",
        "|---|---|---|---|---|---|---|",
        "| BADD Bad orders | ◆ red | 24 orders | 24 ± 0 (3 values) | norm ≥ 60, alert ≥ 50 | 2026-02-23 14:00 UTC "
        "| unverified |",
        "| GOOD Good \\| orders | ● green | 24 orders | 24 ± 0 (3 values) | norm ≥ 20, alert ≥ 10 "
        "| 2026-02-23 14:00 UTC | ana@example.org |",
    ]


def test_a_metric_without_data_says_why_and_one_without_a_value_is_there_too(timed: TimedShop) -> None:
    timed.write_count(sql="SELECT avg(amuont) FROM orders WHERE ordered_at <= $as_of")
    timed.compute()
    timed.change(owner="ana@example.org")
    (row,) = page(timed).splitlines()[6:]
    assert "○ no data" in row
    assert "amuont" in row
    assert "unverified (ana@example.org)" in row


def test_retired_metrics_and_those_of_other_services_are_not_in_it(timed: TimedShop) -> None:
    file = timed.write_count()
    timed.write_service("other", 'type: heartbeat_assets.MetricService\nattributes:\n  sources:\n'
                        "    orders: {kind: table, path: data/orders.csv}\n")  # fmt: skip
    timed.write_metric("elsewhere", service="other")
    timed.compute()
    assert [metric["metric_id"] for metric in document(timed)["metrics"]] == ["orders_day"]
    file.unlink()
    timed.compute()
    found = document(timed)
    assert (found["metrics"], found["metrics_total"]) == ([], 0)
    assert "0 metrics: none yet." in page(timed)


def test_it_is_published_as_json_and_as_a_page_together(timed: TimedShop) -> None:
    timed.write_count()
    timed.compute()
    assert published_at(timed.service) is None
    folder = publish_scorecard(timed.service, document(timed))
    assert folder == timed.settings.home / "scorecards" / "shop"
    assert sorted(file.name for file in folder.iterdir()) == ["scorecard.json", "scorecard.md"]
    written = json.loads((folder / "scorecard.json").read_text(encoding="utf-8"))
    assert written == document(timed) == published_scorecard(timed.service)
    assert published_at(timed.service) == NOW
    assert "sql" not in written["metrics"][0]


def test_an_older_one_does_not_replace_a_newer_one(timed: TimedShop) -> None:
    publish_scorecard(timed.service, document(timed, after=HOUR))
    publish_scorecard(timed.service, document(timed))
    assert published_at(timed.service) == NOW + HOUR


def test_one_that_cannot_be_written_leaves_the_one_before(timed: TimedShop, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_scorecard(timed.service, document(timed))

    def full(path: object, content: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(releases, "write_atomically", full)
    with pytest.raises(HeartbeatError, match="the scorecard cannot be written: No space left on device"):
        publish_scorecard(timed.service, document(timed, after=HOUR))
    assert published_at(timed.service) == NOW


@pytest.mark.parametrize("text", ["", "[]", "{", '{"published_at": 3}'])
def test_a_published_file_that_somebody_broke_counts_as_none(timed: TimedShop, text: str) -> None:
    folder = publish_scorecard(timed.service, document(timed))
    (folder / "scorecard.json").write_text(text, encoding="utf-8")
    assert published_at(timed.service) is None
    publish_scorecard(timed.service, document(timed))
    assert published_at(timed.service) == NOW
