"""The pages of status, SLOs and degraded mode: what is wrong, since when, why, and what to do."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from heartbeat_assets.ledger import open_ledger
from heartbeat_assets.objectives.correcting import correct
from heartbeat_assets_tests.cockpit.browsing import ANN, Browser
from heartbeat_assets_tests.cockpit.conftest import CockpitProject
from heartbeat_assets_tests.cockpit.operated import (
    ANA,
    OPERATIONS,
    SLO,
    measure_slo,
    opened,
    suggested,
    write_operations,
    write_slo,
)


@pytest.fixture
def broken(shop: CockpitProject) -> CockpitProject:
    """A project whose API failed for three hours of the week, and whose queue is long."""
    write_operations(shop)
    write_slo(shop, bad=(30, 31, 32))
    measure_slo(shop)
    shop.record("waiting", 1.0, 5.0)
    shop.record("answered", 0.5)
    return shop


@pytest.mark.parametrize("path", ["/status", "/degraded"])
def test_without_operations_the_page_says_where_they_are_written(browser: Browser, path: str) -> None:
    page = browser.get(path)

    assert page.status_code == 200
    assert "Nothing says yet what is operated here" in page.text
    assert "heartbeat_assets.Operations" in page.text


@pytest.mark.parametrize("path", ["/status", "/degraded", "/incidents"])
def test_a_mistake_in_the_file_is_named(browser: Browser, shop: CockpitProject, path: str) -> None:
    write_operations(shop, OPERATIONS.replace("id: console", "id: api_read"))

    page = browser.get(path)
    assert page.status_code == 200
    assert "defs/operations/defs.yaml: components[1]: api_read is there already" in page.text
    assert str(shop.folder) not in page.text


def test_the_worst_component_comes_first_with_why_and_since_when(browser: Browser, broken: CockpitProject) -> None:
    document = yaml.safe_load(OPERATIONS)
    document["attributes"]["components"].reverse()
    write_operations(broken, yaml.safe_dump(document))
    text = browser.get("/status").text

    assert '<h1 id="headline">API Read is DOWN</h1>' in text
    assert "◆ DOWN" in text
    assert text.index("component-api_read") < text.index("component-console")
    assert "budget" in text[text.index("component-api_read") : text.index("component-console")]
    assert text.count('<svg class="days"') == 2
    assert f'<a href="/slos/{SLO}">API reads</a>' in text
    assert '<a href="/metrics/answered">Answered sessions</a>' in text
    assert "support@example.org" in text


def test_open_incidents_suggestions_and_scenarios_are_on_the_page_of_status(
    browser: Browser, broken: CockpitProject
) -> None:
    made = opened(broken)
    suggested(broken)
    text = browser.get("/status").text

    assert f'<a href="/incidents/{made.id}">{made.id}</a>' in text
    assert "1 suggested incident</a>" in text
    assert "Scenario B, Approvals backlog, applies" in text
    assert 'href="/degraded#scenario-B"' in text


def test_what_is_decided_here_is_on_the_page_of_status_at_once(operator: Browser, broken: CockpitProject) -> None:
    assert "Open incidents" not in operator.get("/status").text
    operator.ask(
        "POST", "/incidents", headers={"Origin": f"http://{operator.host}"},
        data={"csrf_token": operator.csrf_token(), "title": "x", "severity": "1", "impact": "y"},
    )  # fmt: skip

    assert "Open incidents" in operator.get("/status").text


def test_a_person_says_otherwise_for_a_time_and_takes_it_back(operator: Browser, broken: CockpitProject) -> None:
    until = datetime.now(UTC) + timedelta(hours=2)

    def say(path: str, **fields: str) -> int:
        sent = {"csrf_token": operator.csrf_token()} | fields
        return operator.ask(
            "POST", f"/status/{path}", data=sent, headers={"Origin": f"http://{operator.host}"}
        ).status_code

    assert "Say otherwise for a time" in operator.get("/status").text
    assert say("api_read/override", state="OK", until="2020-01-01T00:00", reason="x") == 422
    assert say("api_read/override", state="OK", until="soon", reason="x") == 422
    assert say("api_read/override", state="OK", until=f"{until:%Y-%m-%dT%H:%M}", reason="") == 422
    assert say("nothing/override", state="OK", until=f"{until:%Y-%m-%dT%H:%M}", reason="x") == 404
    assert say("api_read/end-override", reason="x") == 409

    assert say("api_read/override", state="OK", until=f"{until:%Y-%m-%dT%H:%M}", reason="a <b>drill</b>") == 303
    text = operator.get("/status").text
    assert '<h1 id="headline">All 2 components are OK</h1>' in text
    assert f"{ANN} says so until" in text
    assert "a &lt;b&gt;drill&lt;/b&gt;" in text
    assert "Its rules find DOWN at this moment." in text
    assert say("api_read/end-override", reason="the drill is over") == 303
    assert "API Read is DOWN" in operator.get("/status").text


def test_degraded_mode_says_what_shows_what_to_do_and_when_to_go_back(browser: Browser, broken: CockpitProject) -> None:
    text = browser.get("/degraded").text

    assert '<h1 id="headline">Scenario B, Approvals backlog applies</h1>' in text
    assert "the queue grows <span" in text
    assert "▲ shows" in text
    assert "○ for people to see" in text
    assert "<li>Add reviewers with <code>heartbeat</code>.</li>" in text
    assert "when the queue is short again" in text


def test_what_applies_comes_before_what_only_people_can_see_and_that_before_what_rests(
    browser: Browser, broken: CockpitProject
) -> None:
    document = yaml.safe_load(OPERATIONS)
    (applies,) = document["attributes"]["scenarios"]
    rests = {"text": "the queue is endless", "when": {"metric": "waiting", "above": 1000}}
    people = {"text": "people complain"}
    document["attributes"]["scenarios"] = [
        {**applies, "id": "R", "symptoms": [rests]}, {**applies, "id": "P", "symptoms": [people]}, applies,
    ]  # fmt: skip
    write_operations(broken, yaml.safe_dump(document))
    text = browser.get("/degraded").text

    assert text.index('id="scenario-B"') < text.index('id="scenario-P"') < text.index('id="scenario-R"')


def test_a_scenario_whose_figures_are_missing_is_not_said_to_rest(browser: Browser, shop: CockpitProject) -> None:
    write_operations(shop)
    text = browser.get("/degraded").text

    assert "Nobody can say whether scenario B applies" in text
    assert "○ nobody can say" in text
    assert "does not apply" not in text
    shop.record("waiting", 0.5)
    browser.cockpit.operating.forget()
    assert "● does not apply" in browser.get("/degraded").text


def test_without_slos_the_page_says_how_to_promise_one(browser: Browser) -> None:
    text = browser.get("/slos").text

    assert "No SLO is promised yet" in text
    assert "heartbeat_assets.ServiceObjectives" in text


def test_a_promise_that_nobody_measured_yet_is_listed(browser: Browser, shop: CockpitProject) -> None:
    write_slo(shop, hours=1)

    assert "The only SLO is not measured yet" in browser.get("/slos").text
    page = browser.get(f"/slos/{SLO}")
    assert page.status_code == 200
    assert f"heartbeat slo measure {SLO}" in page.text
    assert browser.get(f"/slos/{SLO}/budget.svg").status_code == 404


def test_a_wrong_document_is_named_and_hides_no_other(browser: Browser, broken: CockpitProject) -> None:
    broken.write("defs/promises/wrong.openslo.yaml", "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: x}\n")
    browser.cockpit.files.look()
    text = browser.get("/slos").text

    assert "defs/promises/wrong.openslo.yaml" in text
    assert str(broken.folder) not in text
    assert "API reads" in text


def test_the_page_of_an_slo_has_its_figures_both_charts_and_its_days(browser: Browser, broken: CockpitProject) -> None:
    made = opened(broken, started_at=datetime.now(UTC) - timedelta(hours=33))
    page = browser.get(f"/slos/{SLO}")

    assert page.status_code == 200
    text = page.text
    assert "◆ exhausted" in text
    assert "Chart of Error budget of api-reads" in text
    assert "Chart of Burn rate of api-reads" in text
    assert "used up</text>" in text
    assert f"{made.id}: API answers 503" in text
    assert text.count('<g class="pt"') > 200
    assert "The last 90 days: target missed on" in text
    assert '<td class="nowrap">2% in ' in text
    assert len(page.content) < 400_000


def test_the_charts_end_where_the_verdict_stands_and_are_measured_once(
    browser: Browser, broken: CockpitProject
) -> None:
    one = browser.cockpit.slos.of(SLO)
    assert one.newest is not None
    points = browser.cockpit.slos.course(one).points
    left = one.newest.body["budget"]["left_fraction"]

    assert points[-1].left_fraction == pytest.approx(left)
    assert points[-1].burn_rate == pytest.approx(one.newest.body["burn_rate"])
    assert browser.cockpit.slos.course(browser.cockpit.slos.of(SLO)).points is points
    measure_slo(broken)
    assert browser.cockpit.slos.course(browser.cockpit.slos.of(SLO)).points is not points


def test_charts_and_figures_can_be_kept(browser: Browser, broken: CockpitProject) -> None:
    for what in ("budget", "burn"):
        drawn = browser.get(f"/slos/{SLO}/{what}.svg")
        assert drawn.headers["content-disposition"] == f'attachment; filename="{SLO}-{what}.svg"'
        assert ET.fromstring(drawn.content).tag == "{http://www.w3.org/2000/svg}svg"
    lines = browser.get(f"/slos/{SLO}/budget.csv").text.splitlines()
    assert lines[0] == "at,budget_left,burn_rate"
    assert len(lines) > 100


def test_a_correction_shows_what_was_measured_beside_it(browser: Browser, broken: CockpitProject) -> None:
    now = datetime.now(UTC)
    correct(
        open_ledger(broken.settings.ledger_url).journal, SLO, actor=ANA, reason="moved <b>house</b>",
        start=now - timedelta(hours=36), end=now - timedelta(hours=28),
    )  # fmt: skip
    measure_slo(broken)
    text = browser.get(f"/slos/{SLO}").text

    assert "● green" in text
    assert "moved &lt;b&gt;house&lt;/b&gt;" in text
    assert "measured: " in text


def test_when_the_sources_are_away_the_verdict_is_there_and_the_chart_says_why_not(
    browser: Browser, broken: CockpitProject
) -> None:
    (broken.folder / "data" / "requests.csv").unlink()
    page = browser.get(f"/slos/{SLO}")

    assert page.status_code == 200
    assert "◆ exhausted" in page.text
    assert "It cannot be drawn: " in page.text
    assert str(broken.folder) not in page.text


def test_a_verdict_without_a_promise_stays_and_says_so(browser: Browser, broken: CockpitProject) -> None:
    (broken.settings.defs / "promises" / "all.openslo.yaml").unlink()
    browser.cockpit.files.look()

    assert "No file promises it any more." in browser.get("/slos").text
    assert "cannot be measured again" in browser.get(f"/slos/{SLO}").text


def test_an_slo_that_is_not_there(browser: Browser) -> None:
    assert browser.get("/slos/nothing").status_code == 404
