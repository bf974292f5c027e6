"""Status, SLOs and incidents in a browser: on a telephone and in the dark, opened and worked on by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from heartbeat_assets.ledger import open_ledger
from heartbeat_assets.objectives.incidents import acknowledge, add_action, mitigate, resolve
from heartbeat_assets_tests.cockpit.browser.running import ANA, RunningCockpit, keep_screenshot, nameless
from heartbeat_assets_tests.cockpit.operated import (
    ANA as PERSON,
)
from heartbeat_assets_tests.cockpit.operated import (
    OPERATIONS,
    SLO,
    measure_slo,
    opened,
    suggested,
    write_operations,
    write_slo,
)

Visit = Callable[..., Page]
MINE = OPERATIONS.replace("kpis: [answered]", "kpis: [orders_day, orders_all]").replace(
    "metric: waiting, above: 1}", "metric: orders_all, above: 1}"
).replace("waiting", "orders_day")  # fmt: skip


@pytest.fixture(scope="module")
def cockpit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCockpit]:
    """One whose API failed for some hours of the week, with an incident that is open and one that is over."""
    running = RunningCockpit(tmp_path_factory.mktemp("cockpit") / "shop")
    write_operations(running, MINE)
    write_slo(running, bad=(30, 31, 76))
    measure_slo(running)
    journal = open_ledger(running.settings.ledger_url).journal
    over = opened(running, "Offers could not be made", 2, components=["api_read"])
    acknowledge(journal, over.id, actor=PERSON)
    mitigate(journal, over.id, reason="rolled back to 1.4", actor=PERSON)
    add_action(journal, over.id, text="alert on a lost index", owner="team:api", due="2026-01-05", actor=PERSON)
    resolve(journal, over.id, reason="quiet for an hour", rca="a lost index", actor=PERSON)
    opened(running, components=["api_read", "console"])
    suggested(running)
    try:
        yield running
    finally:
        running.stop()


def pages(cockpit: RunningCockpit) -> dict[str, str]:
    known = open_ledger(cockpit.settings.ledger_url).journal.subjects("incident")
    over, newest = sorted(one for one in known if one.startswith("INC"))[:2]
    return {
        "status": "/status", "slos": "/slos", "slo": f"/slos/{SLO}", "incidents": "/incidents",
        "incident": f"/incidents/{newest}", "degraded": "/degraded", "home-incident": "/",
        "incident-over": f"/incidents/{over}",
    }  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_no_page_is_wider_than_the_screen_and_every_control_has_a_name(
    visit: Visit, cockpit: RunningCockpit, width: int, scheme: str
) -> None:
    page = visit(cockpit.sign_in_path, width=width, scheme=scheme)
    for name, path in pages(cockpit).items():
        answer = page.goto(cockpit.address + path)
        assert answer is not None
        assert answer.status == 200, name
        keep_screenshot(page, f"{name}-{width}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert nameless(page) == [], name


def test_on_a_telephone_every_page_is_one_touch_away(visit: Visit) -> None:
    page = visit("/status", width=360)
    links = page.locator("nav[aria-label=Pages] a")
    boxes = [links.nth(place).bounding_box() for place in range(links.count())]
    found = [box for box in boxes if box is not None]

    assert links.count() >= 8
    assert len(found) == links.count()
    assert all(box["height"] >= 24 and box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in found)
    # Two lines, so that the page itself begins on the first screen.
    assert len({round(box["y"]) for box in found}) <= 2
    expect(page.locator("nav a[aria-current]")).to_have_text("Status")


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without a script"])
def test_by_keyboard_alone_an_incident_is_opened_and_resolved(
    visit: Visit, cockpit: RunningCockpit, script: bool
) -> None:
    page = visit(cockpit.sign_in_path, script=script)
    page.goto(f"{cockpit.address}/incidents")
    page.locator("#f-open-title").focus()
    page.keyboard.type("Votes are lost")
    page.keyboard.press("Tab")
    page.keyboard.type("2")
    page.keyboard.press("Tab")
    page.keyboard.type("voters see no change")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.locator("#f-open-started_at").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Votes are lost")
    expect(page.locator("header.head")).to_contain_text(f"opened by {ANA}")
    expect(page.locator("header.head")).to_contain_text("API Read")
    page.locator("#f-acknowledge-reason").focus()
    page.keyboard.type("on it")
    page.keyboard.press("Enter")
    expect(page.locator("header .state").first).to_contain_text("acknowledged")
    page.get_by_label("Why it is over").focus()
    page.keyboard.type("votes arrive again")
    page.keyboard.press("Enter")

    expect(page.locator("header .state").first).to_contain_text("resolved")
    expect(page.locator("#timeline tbody tr").first).to_contain_text("votes arrive again")
    keep_screenshot(page, "incident-resolved")


def test_the_chart_is_read_by_keyboard_and_says_value_and_instant(visit: Visit) -> None:
    page = visit(f"/slos/{SLO}")
    point = page.locator("figure").first.locator(".pt").last
    point.focus()

    expect(point.locator("text")).to_be_visible()
    expect(point.locator("text")).to_contain_text("% of the budget left, red")
    expect(point.locator("text")).to_contain_text("UTC")
