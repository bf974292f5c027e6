"""The first screen: the order of the tiles, the counts, the sentence at the top, the filters."""

from __future__ import annotations

from datetime import timedelta

import pytest

from heartbeat_assets.cockpit.views import HomeFilters, HomeView, worst_first
from heartbeat_assets_tests.cockpit.sample_views import NOW, home, tile


def test_the_worst_comes_first_then_the_verified_then_the_longest() -> None:
    tiles = [
        tile(1),
        tile(2, status="amber"),
        tile(3, status="no_data"),
        tile(4, status="red", status_since=NOW),
        tile(5, status="red", status_since=NOW - timedelta(days=1)),
        tile(6, status="red", verified=False, status_since=NOW - timedelta(days=9)),
    ]

    assert [one.metric_id[-1] for one in worst_first(tiles)] == ["5", "4", "6", "3", "2", "1"]


def test_the_service_with_the_worst_tile_comes_first() -> None:
    view = home(tile(1, service="a"), tile(2, service="b", status="red"))

    assert [service.name for service in view.services] == ["b", "a"]


@pytest.mark.parametrize(
    ("statuses", "headline"),
    [
        ([], "No metric is registered yet"),
        (["green"], "The only metric is green"),
        (["green", "green"], "All 2 metrics are green"),
        (["red"], "Of 1 metric, 1 is red"),
        (["red", "red", "amber", "green"], "Of 4 metrics, 2 are red and 1 amber"),
        (["red", "no_data", "amber"], "Of 3 metrics, 1 is red, 1 without data and 1 amber"),
        (["amber", "green"], "Of 2 metrics, 1 amber"),
    ],
)
def test_the_headline_says_whether_anything_is_wrong(statuses: list[str], headline: str) -> None:
    assert home(*(tile(number, status=status) for number, status in enumerate(statuses))).headline == headline


def test_five_problems_are_shown_and_the_rest_is_counted() -> None:
    view = home(*(tile(number, status="red") for number in range(8)))

    assert (len(view.problems), view.more_problems) == (5, 3)
    assert HomeView().problems == ()


@pytest.mark.parametrize(
    ("parameters", "kept"),
    [
        ({}, True),
        ({"status": "red"}, True),
        ({"status": "wrong"}, True),
        ({"status": "green"}, False),
        ({"verified": "yes"}, False),
        ({"verified": "no"}, True),
        ({"owner": "none"}, True),
        ({"owner": "ops@example.org"}, False),
        ({"service": "citizen_app"}, True),
        ({"service": "other"}, False),
        ({"q": "ANSWERED growth"}, True),
        ({"q": "answered nothing"}, False),
        ({"unknown": "x"}, True),
    ],
)
def test_a_filter_keeps_what_it_names(parameters: dict[str, str], kept: bool) -> None:
    one = tile(status="red", verified=False, owner="")

    assert HomeFilters.of(parameters).keeps(one) is kept
