"""Tests of the kept first page: who is shown how old a one, and what is made anew."""

from __future__ import annotations

from datetime import timedelta

import pytest

from heartbeat_assets.cockpit import home_page, rendering
from heartbeat_assets.cockpit.cockpit import Cockpit
from heartbeat_assets.cockpit.home_page import STALE_SECONDS, Wanted, path_of
from heartbeat_assets.cockpit.views import HomeFilters
from heartbeat_assets.ledger import NewValue
from heartbeat_assets.metrics.changes import change_metric
from heartbeat_assets_tests.cockpit.browsing import Browser
from heartbeat_assets_tests.cockpit.conftest import NOW, CockpitProject
from heartbeat_assets_tests.metrics.projects import PERSON

ALL = Wanted(HomeFilters())


@pytest.fixture
def cockpit(browser: Browser) -> Cockpit:
    return browser.cockpit


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that are rendered from now on."""
    found: list[str] = []

    def render(template: str, **view: object) -> str:
        found.append(template)
        return rendering.render(template, **view)

    monkeypatch.setattr(home_page, "render", render)
    return found


def test_the_same_page_is_rendered_once(cockpit: Cockpit, rendered: list[str]) -> None:
    first = cockpit.home.made(ALL, cockpit.snapshot())
    second = cockpit.home.made(ALL, cockpit.snapshot())

    assert rendered == ["home.html"]
    assert first.body is second.body


def test_a_change_renders_the_page_anew_and_the_tile_of_the_metric_alone(
    cockpit: Cockpit, shop: CockpitProject, rendered: list[str]
) -> None:
    cockpit.home.made(ALL, cockpit.snapshot())
    before = rendering.render_tile.cache_info()
    change_metric(shop.store, "answered", {"owner": "ann@example.org"}, actor=PERSON, reason="why")

    page = cockpit.home.made(ALL, cockpit.snapshot())

    after = rendering.render_tile.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 1)
    assert b"ann@example.org" in page.body
    assert len(rendered) == 2


def test_a_kept_page_is_shown_for_two_seconds_whatever_happens_elsewhere(
    cockpit: Cockpit, shop: CockpitProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = cockpit.home.made(ALL, cockpit.snapshot())
    shop.record("answered", 0.9)
    cockpit.board.refresh()
    assert cockpit.home.kept(ALL) is page

    monkeypatch.setattr(home_page.time, "monotonic", lambda: page.made_at + STALE_SECONDS + 0.1)

    assert cockpit.home.kept(ALL) is None


def test_who_changed_something_here_never_sees_the_page_before_it(cockpit: Cockpit, shop: CockpitProject) -> None:
    cockpit.home.made(ALL, cockpit.snapshot())
    change_metric(shop.store, "answered", {"owner": "ann@example.org"}, actor=PERSON, reason="why")

    cockpit.show_now()

    assert cockpit.home.kept(ALL) is None
    assert b"ann@example.org" in cockpit.home.made(ALL, cockpit.snapshot()).body
    assert cockpit.home.kept(ALL) is not None


def test_warming_makes_the_pages_that_were_asked_for(cockpit: Cockpit, shop: CockpitProject) -> None:
    cockpit.home.made(ALL, cockpit.snapshot())
    shop.record("answered", 0.4321)

    cockpit.home.warm(cockpit.board.refresh())

    page = cockpit.home.kept(ALL)
    assert page is not None
    assert b"0.432" in page.body


def test_the_number_of_kept_pages_is_bounded(cockpit: Cockpit) -> None:
    snapshot = cockpit.snapshot()
    for number in range(100):
        cockpit.home.made(Wanted(HomeFilters(q=str(number))), snapshot)

    assert len(cockpit.home._pages) <= 32


def test_how_long_a_status_has_lasted_is_found_beyond_what_the_board_has(
    cockpit: Cockpit, shop: CockpitProject
) -> None:
    shop.record("answered", 0.9, *[0.5] * 100, status="red")
    shop.store.append_values([
        NewValue("answered", NOW - timedelta(hours=101), 0.9, "green", NOW, NOW, shop.file("answered").sql_hash, None)
    ])  # fmt: skip

    body = cockpit.home.made(ALL, cockpit.snapshot()).body.decode()

    began = NOW - timedelta(hours=100)
    assert f'datetime="{began:%Y-%m-%dT%H:%M}Z"' in body


def test_the_address_of_a_page_is_that_of_its_filters() -> None:
    assert path_of(HomeFilters()) == "/"
    assert path_of(HomeFilters(q="a b", status="red")) == "/?q=a+b&status=red"
