"""The pages of switches and tripwires, and their forms: what they say, who decided, what comes back refused."""

from __future__ import annotations

import httpx
import pytest

from heartbeat_assets.governance.switch import engage
from heartbeat_assets.ledger import Actor, LedgerError, open_ledger
from heartbeat_assets_tests.cockpit.browsing import ANN, Browser
from heartbeat_assets_tests.cockpit.conftest import CockpitProject
from heartbeat_assets_tests.cockpit.governed import OFF, RATE, ROI, SAME, WORSE, happened, journal, write_tripwires

INTERVAL = "98% interval \u221239.3% to \u22129.06%"


@pytest.fixture(autouse=True)
def tripwires(shop: CockpitProject) -> None:
    write_tripwires(shop)


def submit(browser: Browser, path: str, **fields: str) -> httpx.Response:
    """Sends a form as the browser does, with the token that the page has in it."""
    sent = {"csrf_token": browser.csrf_token()} | fields
    return browser.ask("POST", path, data=sent, headers={"Origin": f"http://{browser.host}"})


def test_at_first_nothing_is_stopped_and_nobody_has_looked(browser: Browser) -> None:
    page = browser.get("/governance")

    assert page.status_code == 200
    assert '<h1 id="headline">Nothing is stopped</h1>' in page.text
    assert "Nothing was ever stopped here" in page.text
    assert page.text.count("◔ not looked at yet") == 2
    assert page.text.count("⊘ disabled") == 1
    assert "Down 20% or more in the newest 50 events against the 200 before them stops WHOLESALE." in page.text
    assert "Owner: ann@example.org." in page.text


def test_without_tripwires_the_page_says_where_they_are_written(browser: Browser, shop: CockpitProject) -> None:
    (shop.settings.defs / "watch" / "defs.yaml").unlink()
    browser.cockpit.files.look()

    text = browser.get("/governance").text

    assert "Tripwires: there is none" in text
    assert "heartbeat_assets.Tripwires" in text


def test_a_file_with_a_mistake_is_named_and_hides_no_other(browser: Browser, shop: CockpitProject) -> None:
    shop.write("defs/broken/defs.yaml", "type: heartbeat_assets.Tripwires\nattributes: {policies: 5}\n")

    text = browser.get("/governance").text

    assert "defs/broken/defs.yaml: policies" in text
    assert str(shop.folder) not in text
    assert RATE in text


def test_an_operator_stops_a_domain_and_lets_it_go_on(operator: Browser, shop: CockpitProject) -> None:
    answer = submit(operator, "/governance/engage", domain="WHOLESALE", reason="odd <b>offers</b>")
    assert (answer.status_code, answer.headers["location"]) == (303, "/governance")

    text = operator.get("/governance").text
    assert "WHOLESALE is stopped" in text
    assert f"by {ANN}:</b> odd &lt;b&gt;offers&lt;/b&gt;." in text
    assert "WHOLESALE is stopped since" in operator.get("/").text

    assert submit(operator, "/governance/release", domain="WHOLESALE", reason="mended").status_code == 303
    text = operator.get("/governance").text
    assert "Nothing is stopped" in text
    assert "WHOLESALE was released" in text
    assert "No tripwire stops it again before" in text
    assert "is stopped" not in operator.get("/").text
    assert [(event.kind, event.actor, event.via, event.reason) for event in journal(shop, "switch")] == [
        ("engaged", ANN, "cockpit", "odd <b>offers</b>"),
        ("released", ANN, "cockpit", "mended"),
    ]


def test_everything_comes_first_and_is_said_in_full_on_the_first_page(operator: Browser) -> None:
    submit(operator, "/governance/engage", domain="CAPITAL", reason="one")
    submit(operator, "/governance/engage", domain="GLOBAL", reason="wrong prices")

    home = operator.get("/").text
    assert "Everything is stopped since" in home
    assert home.index("Everything is stopped") < home.index("CAPITAL is stopped")
    assert "Everything is stopped" in operator.get("/governance").text
    assert '<option value="GLOBAL"' not in operator.get("/governance").text


def test_what_another_program_stops_is_on_the_first_page(browser: Browser, shop: CockpitProject) -> None:
    assert "is stopped" not in browser.get("/").text
    engage(open_ledger(shop.settings.ledger_url).journal, "GLOBAL", actor=Actor("ben", "person", "cli"), reason="x")

    assert "Everything is stopped" in browser.get("/").text


def test_nothing_is_chosen_to_begin_with_so_that_nothing_is_stopped_by_accident(
    operator: Browser, shop: CockpitProject
) -> None:
    page = operator.get("/governance").text
    assert 'name="domain" required><option value="">choose</option>' in page
    names = ("BUYER_MATCH", "CAPITAL", "WHOLESALE")
    assert all(f'<option value="{name}">{name}</option>' in page for name in names)
    assert submit(operator, "/governance/engage", domain="", reason="x").status_code == 422
    assert submit(operator, "/governance/engage", reason="x").status_code == 422
    assert journal(shop, "switch") == []


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2001, "a\x07"])
def test_a_form_without_a_reason_that_can_be_kept_comes_back(
    operator: Browser, shop: CockpitProject, reason: str
) -> None:
    answer = submit(operator, "/governance/engage", domain="CAPITAL", reason=reason)

    assert answer.status_code == 422
    assert 'id="problem-engage"' in answer.text
    assert '<option value="CAPITAL" selected>' in answer.text
    assert journal(shop, "switch") == []


def test_who_was_second_is_told_who_was_first(operator: Browser) -> None:
    submit(operator, "/governance/engage", domain="CAPITAL", reason="first")
    answer = submit(operator, "/governance/engage", domain="CAPITAL", reason="second")

    assert answer.status_code == 409
    assert "CAPITAL is engaged already" in answer.text
    assert 'value="second"' in answer.text
    # Sent once more it must not stop whatever comes first in the list.
    assert '<option value="CAPITAL" selected>' in answer.text


def test_the_forms_need_a_sign_in_and_the_token_of_the_session(
    browser: Browser, operator: Browser, shop: CockpitProject
) -> None:
    paths = ("engage", "release", "look", "release-baseline")
    fields = {"domain": "CAPITAL", "reason": "x", "tripwire": RATE}
    with Browser(operator.app) as nobody:
        for path in paths:
            assert nobody.ask("POST", f"/governance/{path}", data=fields).status_code == 401
    for path in paths:
        assert operator.ask("POST", f"/governance/{path}", data=fields).status_code == 403
        foreign = {"csrf_token": operator.csrf_token()} | fields
        answer = operator.ask("POST", f"/governance/{path}", data=foreign, headers={"Origin": "http://evil.example"})
        assert answer.status_code == 403
    assert journal(shop, "switch") == journal(shop, "tripwire") == []


def test_a_look_shows_both_figures_the_interval_and_the_sentence(operator: Browser, shop: CockpitProject) -> None:
    happened(shop, WORSE)

    answer = submit(operator, "/governance/look", tripwire=RATE)

    assert answer.headers["location"] == f"/governance/tripwires/{RATE}"
    page = operator.get(answer.headers["location"]).text
    for part in (
        "◆ triggered", "95% (190 of 200)", "74% (37 of 50)", "down 22.1%", INTERVAL,
        "p &lt; 0.0001", f'aria-label="Change down 22.1%, {INTERVAL}, limit \u221220%"',
        "more than chance explains", "The baseline is frozen", ANN, "watch/defs.yaml",
    ):  # fmt: skip
        assert part in page, part
    assert journal(shop, "switch") == []
    overview = operator.get("/governance").text
    assert "Tripwires: 1 of 3 is triggered" in overview
    assert overview.index(RATE) < overview.index(ROI) < overview.index(OFF)


def test_a_person_releases_the_frozen_baseline(operator: Browser, shop: CockpitProject) -> None:
    happened(shop, WORSE)
    submit(operator, "/governance/look", tripwire=RATE)
    assert submit(operator, "/governance/release-baseline", tripwire=RATE, reason=" ").status_code == 422

    answer = submit(operator, "/governance/release-baseline", tripwire=RATE, reason="a new price list")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/governance/tripwires/{RATE}")
    page = operator.get(answer.headers["location"]).text
    assert "The baseline is frozen" not in page
    assert "a new price list" in page
    assert "◆ triggered" in page
    again = submit(operator, "/governance/release-baseline", tripwire=RATE, reason="again")
    assert again.status_code == 409
    assert journal(shop, "tripwire")[-1].kind == "baseline_released"


def test_a_series_that_cannot_be_judged_says_why(operator: Browser, shop: CockpitProject) -> None:
    happened(shop, [*SAME[:200], 1.5, *SAME[:40]])
    submit(operator, "/governance/look", tripwire=RATE)

    page = operator.get("/governance").text

    assert "◆ cannot be judged" in page
    assert "Tripwires: 1 of 3 cannot be judged" in page


def test_a_tripwire_that_no_file_has_any_more_keeps_its_page(operator: Browser, shop: CockpitProject) -> None:
    happened(shop, SAME)
    submit(operator, "/governance/look", tripwire=RATE)
    (shop.settings.defs / "watch" / "defs.yaml").unlink()
    operator.cockpit.files.look()

    page = operator.get(f"/governance/tripwires/{RATE}")

    assert page.status_code == 200
    assert "No file has this tripwire any more." in page.text
    assert "within the limit" in page.text


@pytest.mark.parametrize("name", ["NOTHING.at_all", "x", "%3Cb%3E", "x" * 300, "a%00b"])
def test_a_tripwire_that_is_not_there_has_no_page(browser: Browser, name: str) -> None:
    assert browser.get(f"/governance/tripwires/{name}").status_code == 404


def test_while_the_ledger_is_away_the_page_says_so(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(url: str) -> None:
        raise LedgerError("ledger.sqlite: cannot be opened")

    monkeypatch.setattr("heartbeat_assets.cockpit.cockpit.open_ledger", away)

    assert browser.get("/governance").status_code == 503
    assert browser.get("/api/governance/regression/state").status_code == 503
    assert browser.get("/api/governance/regression/policies").status_code == 200
    # The runbook is what somebody looks at then.
    assert browser.get("/runbook").status_code == 200
