"""Reading the cockpit: by keyboard alone, on a phone, in the dark, and without a script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from heartbeat_assets.cockpit.rendering import STATIC
from heartbeat_assets_tests.cockpit.browser.running import ANA, RunningCockpit, keep_screenshot, nameless

Visit = Callable[..., Page]
PAGES = {"home": "/", "metric": "/metrics/orders_day?range=7d", "lanes": "/lanes", "sign-in": "/sign-in"}


def focused(page: Page) -> str:
    """What has the focus, as its text or its label."""
    words: str = page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id")
    return words


def test_by_keyboard_alone_a_metric_is_found_owned_and_verified(visit: Visit, cockpit: RunningCockpit) -> None:
    page = visit(cockpit.sign_in_path)
    page.keyboard.press("Tab")
    assert "Skip" in focused(page)
    page.keyboard.press("/")
    page.keyboard.type("orders_day")
    expect(page.locator("#shown")).to_contain_text("1 of 2")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "Orders of a day"
    page.keyboard.press("Enter")
    page.wait_for_url("**/metrics/orders_day")

    _tab_to(page, "f-owner")
    page.keyboard.type(ANA)
    page.keyboard.press("Enter")
    expect(page.locator("#saved")).to_contain_text(f"owner is {ANA}")
    _tab_to(page, "f-verification_state")
    page.keyboard.press("Space")
    expect(page.locator("#pill")).to_be_hidden()
    _tab_to(page, "undo")
    page.keyboard.press("Enter")
    expect(page.locator("#pill")).to_be_visible()


def _tab_to(page: Page, identifier: str) -> None:
    """Presses Tab until the element has the focus, as somebody without a mouse does."""
    for _ in range(80):
        if page.evaluate("document.activeElement.id") == identifier:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{identifier} cannot be reached by Tab")


def test_a_chart_is_read_with_the_arrow_keys(visit: Visit) -> None:
    page = visit("/metrics/orders_day?range=24h")
    page.locator("figure svg [tabindex='0']").first.focus()
    page.keyboard.press("ArrowRight")
    said: str = page.evaluate("(document.activeElement.querySelector('title') || document.activeElement).textContent")
    assert "24" in said
    assert "UTC" in said


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_no_page_is_wider_than_the_screen_and_every_control_has_a_name(
    visit: Visit, cockpit: RunningCockpit, width: int, scheme: str
) -> None:
    page = visit("/", width=width, scheme=scheme)
    for name, path in PAGES.items():
        page.goto(cockpit.address + path)
        keep_screenshot(page, f"{name}-{width}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert nameless(page) == [], name


def test_without_a_script_the_page_filters_and_tells_what_needs_one(visit: Visit, cockpit: RunningCockpit) -> None:
    page = visit("/", script=False)
    page.get_by_label("Search").fill("all orders")
    page.get_by_label("Search").press("Enter")
    assert "q=all+orders" in page.url
    expect(page.get_by_role("link", name="All orders")).to_be_visible()
    expect(page.get_by_role("link", name="Orders of a day")).to_be_hidden()
    page.goto(f"{cockpit.address}/metrics/orders_day")
    expect(page.locator("figure svg").first).to_be_visible()


def test_the_legend_of_a_chart_stays_in_sight_on_a_phone(visit: Visit) -> None:
    page = visit("/metrics/orders_day?range=7d", width=360)
    # The chart is scrolled to its newest end.
    assert page.evaluate("document.querySelector('.drawn').scrollLeft") > 0
    expect(page.locator("figcaption .key").first).to_be_in_viewport(ratio=0)
    assert page.locator("figcaption").evaluate("one => one.getBoundingClientRect().left") >= 0


def test_a_mark_leads_to_its_row_and_opens_it(visit: Visit) -> None:
    page = visit("/sign-in")
    page.set_content('<a href="#row-2">failed</a><details id="row-1"></details><details id="row-2"></details>')
    page.evaluate((STATIC / "chart.js").read_text(encoding="utf-8"))
    page.get_by_role("link", name="failed").click()
    expect(page.locator("#row-2")).to_have_attribute("open", "")
    expect(page.locator("#row-1")).not_to_have_attribute("open", "")


def test_what_is_printed_says_instants_and_not_how_long_ago(visit: Visit) -> None:
    page = visit("/metrics/orders_day")
    first = page.locator("#audit time").first
    expect(first).to_contain_text(re.compile("ago|just now"))
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(first).to_contain_text("UTC")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(first).to_contain_text(re.compile("ago|just now"))


def test_a_page_weighs_less_than_100_kb_without_its_data(visit: Visit) -> None:
    page = visit("/")
    sizes: list[int] = page.evaluate("performance.getEntriesByType('resource').map((one) => one.decodedBodySize)")
    document: int = page.evaluate("performance.getEntriesByType('navigation')[0].decodedBodySize")
    assert sizes
    assert sum(sizes) + document < 100_000
