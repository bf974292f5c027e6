"""Switches, tripwires and the runbook in a browser: seen at a glance, decided by keyboard, without a script too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from heartbeat_assets.governance.actuator import act
from heartbeat_assets.governance.look import look
from heartbeat_assets.governance.tripwires_file import tripwires_in
from heartbeat_assets.ledger import Actor, open_ledger
from heartbeat_assets_tests.cockpit.browser.running import ANA, BEN, RunningCockpit, keep_screenshot, nameless
from heartbeat_assets_tests.cockpit.governed import RATE, ROI, WORSE, happened, write_tripwires

Visit = Callable[..., Page]
PROGRAM = Actor("heartbeat tripwires", "program", "dagster")
PAGES = {
    "home-stopped": "/",
    "governance": "/governance",
    "tripwire": f"/governance/tripwires/{RATE}",
    "runbook": "/runbook",
}


def look_and_act(cockpit: RunningCockpit) -> None:
    """What the schedule does."""
    ledger, now = open_ledger(cockpit.settings.ledger_url), datetime.now(UTC)
    for spec in tripwires_in(cockpit.settings.defs).specs.values():
        for policy in spec.policies:
            look(policy, ledger, now=now, actor=PROGRAM)
        act(spec, ledger, now=now, actor=PROGRAM)


@pytest.fixture(scope="module")
def cockpit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCockpit]:
    """One whose wholesale got worse, and was stopped for it by its tripwire."""
    running = RunningCockpit(tmp_path_factory.mktemp("cockpit") / "shop")
    write_tripwires(running)
    happened(running, WORSE)
    happened(running, [2500.0 + 40 * (place % 7) for place in range(260)], ROI)
    look_and_act(running)
    try:
        yield running
    finally:
        running.stop()


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_no_page_is_wider_than_the_screen_and_every_control_has_a_name(
    visit: Visit, cockpit: RunningCockpit, width: int, scheme: str
) -> None:
    page = visit(cockpit.sign_in_path, width=width, scheme=scheme)
    for name, path in PAGES.items():
        page.goto(cockpit.address + path)
        keep_screenshot(page, f"{name}-{width}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert nameless(page) == [], name


def test_the_first_page_begins_with_what_is_stopped_and_leads_to_why(visit: Visit, cockpit: RunningCockpit) -> None:
    page = visit("/")
    line = page.locator("main p").first
    expect(line).to_contain_text("WHOLESALE is stopped since")
    expect(line).to_contain_text("by heartbeat tripwires (a program)")
    expect(page).to_have_title("WHOLESALE is stopped · Heartbeat")

    line.get_by_role("link", name="Switches").click()
    page.get_by_role("link", name=f"The evaluations of {RATE}").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(RATE)
    expect(page.locator("#evaluations")).to_contain_text("triggered")
    expect(page.get_by_role("img", name="Change down 22.1%").first).to_be_visible()


def test_who_is_not_signed_in_sees_everything_and_decides_nothing(visit: Visit, cockpit: RunningCockpit) -> None:
    page = visit("/governance")
    for path in ("/governance", f"/governance/tripwires/{RATE}", "/runbook"):
        page.goto(cockpit.address + path)
        expect(page.locator("main form"), path).to_have_count(0)
        expect(page.get_by_role("link", name="Sign in").last).to_be_visible()


def tab_to(page: Page, identifier: str) -> None:
    """Presses Tab until the element has the focus, as somebody without a mouse does."""
    for _ in range(60):
        if page.evaluate("document.activeElement.id") == identifier:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{identifier} cannot be reached by Tab")


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without a script"])
def test_by_keyboard_alone_everything_is_stopped_and_goes_on(
    visit: Visit, cockpit: RunningCockpit, script: bool
) -> None:
    page = visit(cockpit.sign_in_path, script=script)
    page.goto(f"{cockpit.address}/governance")
    if script:
        tab_to(page, "what-engage")
    else:
        page.locator("#what-engage").focus()
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    # The browser itself asks for a reason.
    expect(page.get_by_role("heading", level=1)).to_have_text("WHOLESALE is stopped")
    page.keyboard.type("wrong prices on the site")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Everything is stopped")
    expect(page.locator("#switch-GLOBAL")).to_contain_text(f"by {ANA}: wrong prices on the site.")
    page.goto(cockpit.address)
    expect(page.locator("main p").first).to_contain_text("Everything is stopped since")
    keep_screenshot(page, "home-everything-stopped")

    page.goto(f"{cockpit.address}/governance")
    keep_screenshot(page, "governance-everything-stopped")
    page.get_by_label("Why everything may go on").fill("prices are right again")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("WHOLESALE is stopped")
    expect(page.locator("#decided tbody tr").first).to_contain_text("released")
    keep_screenshot(page, "governance-released")


def test_who_was_second_sees_who_was_first_and_keeps_what_was_typed(visit: Visit, cockpit: RunningCockpit) -> None:
    ana, ben = visit(cockpit.sign_in_path), visit("/sign-in")
    ben.get_by_label("Token").fill(cockpit.ben_token)
    ben.get_by_role("button", name="Sign in").click()
    expect(ben.get_by_text(BEN).first).to_be_visible()
    for page in (ana, ben):
        page.goto(f"{cockpit.address}/governance")
        page.get_by_label("What", exact=True).select_option("CAPITAL")
    ana.get_by_label("Why", exact=True).fill("odd returns")
    ana.get_by_role("button", name="Stop it").click()
    expect(ana.locator("#switch-CAPITAL")).to_be_visible()

    ben.get_by_label("Why", exact=True).fill("returns look odd")
    ben.get_by_role("button", name="Stop it").click()

    expect(ben.locator("#problem-engage")).to_contain_text("CAPITAL is engaged already")
    expect(ben.locator("#problem-engage")).to_contain_text(ANA)
    expect(ben.locator("#why-engage")).to_be_focused()
    keep_screenshot(ben, "governance-refused")
    ben.locator("#switch-CAPITAL input[name=reason]").fill("they are right")
    ben.locator("#switch-CAPITAL button").click()
    expect(ben.locator("#switch-CAPITAL")).to_have_count(0)


def test_the_backend_is_declared_complete_and_withdrawn(visit: Visit, cockpit: RunningCockpit) -> None:
    page = visit(cockpit.sign_in_path)
    page.get_by_role("link", name="Go-live").click()
    expect(page.locator("#item-go_live_checklist")).to_contain_text("blocks")
    page.get_by_label("What you checked").fill("all suites pass, restored a backup")
    page.keyboard.press("Enter")

    expect(page.locator("#item-go_live_checklist")).to_contain_text("passed")
    expect(page.get_by_text(f"{ANA} declared it complete: all suites pass, restored a backup.")).to_be_visible()
    page.locator("#item-kill_switch_clear summary").click()
    keep_screenshot(page, "runbook-declared")
    page.get_by_label("Why it is not complete").fill("the backup is from last week")
    page.keyboard.press("Enter")
    expect(page.locator("#item-go_live_checklist")).to_contain_text("blocks")


def test_a_look_from_the_page_is_recorded_and_shown(visit: Visit, cockpit: RunningCockpit) -> None:
    page = visit(cockpit.sign_in_path)
    page.goto(f"{cockpit.address}/governance")
    page.get_by_role("button", name=f"Look at {ROI} now").click()
    page.wait_for_url(f"**/governance/tripwires/{ROI}")
    expect(page.locator("#evaluations tbody tr").first).to_contain_text(ANA)
    expect(page.locator("#evaluations tbody tr")).to_have_count(2)
