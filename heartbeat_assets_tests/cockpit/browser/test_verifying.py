"""From a dashed tile to a solid one and back, as an owner sees it; and two operators at one metric."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from heartbeat_assets_tests.cockpit.browser.running import (
    ANA,
    BEN,
    COUNT,
    OTHER_COUNT,
    RunningCockpit,
    keep_screenshot,
)

Visit = Callable[..., Page]
DASHED = re.compile(r"\bdashed\b")
METRIC = "/metrics/orders_day"
"""Of those that change nothing; who changes a metric has one that nobody else touches."""
VERIFIED, UNDONE, DISPUTED = "verified", "undone", "disputed"
# The files are looked at every two seconds.
_SEEN_SECONDS = 15


@pytest.fixture(scope="module")
def cockpit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCockpit]:
    """One for all, with a metric for each test that changes one."""
    running = RunningCockpit(tmp_path_factory.mktemp("cockpit") / "shop", more=(VERIFIED, UNDONE, DISPUTED))
    try:
        yield running
    finally:
        running.stop()


def tile(page: Page, metric_id: str = VERIFIED) -> Locator:
    """The tile of a metric on the first page."""
    return page.locator("article.tile", has=page.get_by_role("link", name=f"Orders ({metric_id})"))


def sign_in_as_ana(page: Page, cockpit: RunningCockpit) -> None:
    """By the link that was printed at the start."""
    page.goto(cockpit.address + cockpit.sign_in_path)
    expect(page.get_by_text(ANA).first).to_be_visible()


def sign_in_as_ben(page: Page, cockpit: RunningCockpit) -> None:
    """By a token, in the form."""
    page.get_by_label("Token").fill(cockpit.ben_token)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text(BEN).first).to_be_visible()


def set_field(page: Page, label: str, value: str) -> None:
    """Types into a field of the metric's page and presses Enter."""
    field = page.get_by_label(label, exact=True)
    field.fill(value)
    field.press("Enter")


def test_a_dashed_tile_turns_solid_when_its_owner_verifies_it_and_dashed_again_when_its_sql_changes(
    visit: Visit, cockpit: RunningCockpit
) -> None:
    page = visit("/")
    expect(tile(page)).to_have_class(DASHED)
    expect(tile(page).get_by_text("unverified")).to_be_visible()
    keep_screenshot(page, "home-unverified")

    sign_in_as_ana(page, cockpit)
    page.goto(f"{cockpit.address}/metrics/{VERIFIED}")
    set_field(page, "Owner", ANA)
    expect(page.get_by_role("status").filter(has_text=f"Saved: owner is {ANA}")).to_be_visible()
    page.get_by_label("Why", exact=True).fill("counted by hand: 24 orders")
    page.get_by_role("button", name="Verify").click()
    expect(page.locator("#metric")).not_to_have_class(DASHED)
    expect(page.locator("#pill")).to_be_hidden()
    keep_screenshot(page, "metric-verified")

    page.goto(cockpit.address)
    expect(tile(page)).not_to_have_class(DASHED)
    expect(tile(page).get_by_text("unverified")).to_have_count(0)
    keep_screenshot(page, "home-verified")

    file = cockpit.folder / "defs" / "shop" / "metrics" / f"{VERIFIED}.sql"
    file.write_text(file.read_text(encoding="utf-8").replace(COUNT, OTHER_COUNT), encoding="utf-8")
    until = time.monotonic() + _SEEN_SECONDS
    while time.monotonic() < until and "dashed" not in (tile(page).get_attribute("class") or ""):
        page.wait_for_timeout(400)
        page.reload()
    expect(tile(page)).to_have_class(DASHED)
    keep_screenshot(page, "home-sql-changed")

    page.goto(f"{cockpit.address}/metrics/{VERIFIED}")
    newest = page.locator("#audit tbody tr", has_text="verification_state").first
    expect(newest).to_contain_text("unverified")
    expect(newest).to_contain_text("the query in")
    expect(page.locator("#audit")).to_contain_text("counted by hand: 24 orders")
    assert page.get_by_label("Owner", exact=True).input_value() == ANA


def test_a_metric_without_an_owner_cannot_be_verified_and_the_page_says_why(
    visit: Visit, cockpit: RunningCockpit
) -> None:
    page = visit(cockpit.sign_in_path)
    page.goto(cockpit.address + METRIC)
    page.get_by_role("button", name="Verify").click()
    expect(page.locator("#e-verification_state")).to_contain_text("owner")
    expect(page.locator("#metric")).to_have_class(DASHED)


def test_a_threshold_on_the_wrong_side_is_told_beside_its_field_and_undo_takes_a_change_back(
    visit: Visit, cockpit: RunningCockpit
) -> None:
    page = visit(cockpit.sign_in_path)
    page.goto(f"{cockpit.address}/metrics/{UNDONE}")
    set_field(page, "Alert", "21")
    alert = page.get_by_label("Alert", exact=True)
    expect(page.locator("#e-alert_value")).to_contain_text("norm_value")
    expect(alert).to_have_attribute("aria-invalid", "true")
    keep_screenshot(page, "metric-refused")
    set_field(page, "Alert", "1,5")
    expect(page.locator("#e-alert_value")).to_have_text("This is not a number; write it as 0.75.")
    set_field(page, "Alert", "12")
    expect(page.locator("#saved")).to_contain_text("alert is 12")
    expect(page.locator("#e-alert_value")).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#saved")).to_contain_text("Undone: alert is 10")
    page.reload()
    assert page.get_by_label("Alert", exact=True).input_value() == "10"


def test_two_operators_at_one_metric_see_each_other_and_neither_overwrites_the_other_unseen(
    visit: Visit, cockpit: RunningCockpit
) -> None:
    ana, ben = visit(cockpit.sign_in_path), visit("/sign-in")
    sign_in_as_ben(ben, cockpit)
    ana.goto(f"{cockpit.address}/metrics/{DISPUTED}")
    ben.goto(f"{cockpit.address}/metrics/{DISPUTED}")

    set_field(ana, "Norm", "22")
    expect(ana.locator("#saved")).to_contain_text("norm is 22")
    set_field(ben, "Norm", "18")
    conflict = ben.locator("#conflict")
    expect(conflict).to_be_visible()
    expect(conflict).to_contain_text("they set 22")
    keep_screenshot(ben, "metric-conflict")
    ben.get_by_role("button", name="Keep theirs").click()
    assert ben.get_by_label("Norm", exact=True).input_value() == "22"

    set_field(ana, "Owner", ANA)
    expect(ana.locator("#saved")).to_contain_text(f"owner is {ANA}")
    set_field(ben, "Norm", "18")
    expect(conflict).to_contain_text(f"they set {ANA}")
    ben.get_by_role("button", name="Use mine").click()
    expect(ben.locator("#saved")).to_contain_text("norm is 18")

    ben.reload()
    trail = ben.locator("#audit tbody tr", has_text="norm_value")
    expect(trail.nth(0)).to_contain_text(BEN)
    expect(trail.nth(1)).to_contain_text(ANA)


def test_who_is_not_signed_in_can_read_everything_and_change_nothing(visit: Visit) -> None:
    page = visit(METRIC)
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    expect(page.get_by_label("Owner", exact=True)).to_have_attribute("readonly", "")
    expect(page.get_by_role("button", name="Verify")).to_have_count(0)


def test_who_was_signed_out_meanwhile_is_told_so_and_keeps_what_was_typed(
    visit: Visit, cockpit: RunningCockpit
) -> None:
    page = visit(cockpit.sign_in_path)
    page.goto(cockpit.address + METRIC)
    page.context.clear_cookies()
    set_field(page, "Owner", ANA)
    problem = page.locator("#e-owner")
    expect(problem).to_contain_text("You are signed out")
    expect(problem.get_by_role("link", name="Sign in")).to_be_visible()
    assert page.get_by_label("Owner", exact=True).input_value() == ANA
