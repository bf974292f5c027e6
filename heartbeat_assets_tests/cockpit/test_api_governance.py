"""Switches and tripwires over HTTP: stopped, released and looked at by whoever is signed in, and told as they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest

from heartbeat_assets.cockpit.governance_documents import (
    EvaluatedDocument,
    EvaluationDocument,
    PoliciesDocument,
    StateDocument,
    SwitchDocument,
    TripwireDocument,
)
from heartbeat_assets.governance import look as looking
from heartbeat_assets.governance.evaluation import OUTCOMES
from heartbeat_assets.governance.switch import engage
from heartbeat_assets.ledger import Actor, open_ledger
from heartbeat_assets_tests.cockpit.browsing import ANN, ANN_TOKEN, Browser, problem_of
from heartbeat_assets_tests.cockpit.conftest import CockpitProject
from heartbeat_assets_tests.cockpit.governed import OFF, RATE, ROI, SAME, WORSE, happened, journal, write_tripwires

ENGAGE, RELEASE = "/api/governance/go-live/kill-switch/engage", "/api/governance/go-live/kill-switch/release"
POLICIES, STATE = "/api/governance/regression/policies", "/api/governance/regression/state"
EVALUATE = "/api/governance/regression/evaluate"
WRITES = (ENGAGE, RELEASE, EVALUATE)


@pytest.fixture(autouse=True)
def tripwires(shop: CockpitProject) -> None:
    write_tripwires(shop)


def send(browser: Browser, path: str, document: Any, **headers: str) -> httpx.Response:
    return browser.ask("POST", path, json=document, headers={"Authorization": f"Bearer {ANN_TOKEN}"} | headers)


def test_everything_is_stopped_and_released_with_name_way_and_reason(browser: Browser, shop: CockpitProject) -> None:
    answer = send(browser, ENGAGE, {"reason": " wrong prices "})
    assert answer.status_code == 200
    SwitchDocument.model_validate(answer.json())
    assert (answer.json()["switch"], answer.json()["engaged"], answer.json()["actor"]) == ("GLOBAL", True, ANN)

    released = send(browser, RELEASE, {"reason": "prices are right again", "domain": "GLOBAL"}).json()
    assert (released["engaged"], released["released_at"], released["cause"]) == (False, released["since"], None)

    events = [(event.subject, event.kind, event.actor, event.actor_kind, event.via, event.reason)
              for event in journal(shop, "switch")]  # fmt: skip
    assert events == [
        ("GLOBAL", "engaged", ANN, "person", "api", "wrong prices"),
        ("GLOBAL", "released", ANN, "person", "api", "prices are right again"),
    ]


def test_a_domain_is_stopped_alone_and_its_cooldown_is_that_of_its_file(browser: Browser) -> None:
    assert send(browser, ENGAGE, {"reason": "odd offers", "domain": "wholesale"}).json()["switch"] == "WHOLESALE"
    state = browser.get(STATE).json()
    assert state["stopped"] == ["WHOLESALE"]

    released = send(browser, RELEASE, {"reason": "mended", "domain": "WHOLESALE"}).json()
    assert browser.get(STATE).json()["stopped"] == []
    hours = _hours_between(released["released_at"], released["cooldown_until"])
    assert hours == 36


def _hours_between(first: str, last: str) -> float:
    return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds() / 3600


def test_what_is_stopped_already_or_is_not_is_a_conflict_that_says_since_when(browser: Browser) -> None:
    send(browser, ENGAGE, {"reason": "one"})
    problem = problem_of(send(browser, ENGAGE, {"reason": "two"}))
    assert (problem["status"], problem["switch"]) == (409, "GLOBAL")
    assert "engaged already" in problem["detail"]
    assert ANN in problem["detail"]
    assert problem_of(send(browser, RELEASE, {"reason": "x", "domain": "WHOLESALE"}))["status"] == 409


@pytest.mark.parametrize("path", [ENGAGE, RELEASE])
@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({}, "reason"),
        ({"reason": None}, "reason"),
        ({"reason": "  "}, "reason"),
        ({"reason": 5}, "reason"),
        ({"reason": "x" * 2001}, "reason"),
        ({"reason": "a\x07"}, "reason"),
        ({"reason": "x", "domain": "WHOLE SALE"}, "domain"),
        ({"reason": "x", "domain": ""}, "domain"),
        ({"reason": "x", "domain": 5}, "domain"),
        ({"reason": "x", "colour": "red"}, "colour"),
        ([], ""),
    ],
)
def test_a_mistake_names_its_field_and_nothing_is_decided(
    browser: Browser, shop: CockpitProject, path: str, document: Any, field: str
) -> None:
    problem = problem_of(send(browser, path, document))
    assert (problem["status"], problem["field"]) == (422, field)
    assert journal(shop, "switch") == []


def test_nobody_decides_or_looks_without_being_signed_in(browser: Browser, shop: CockpitProject) -> None:
    for path in WRITES:
        assert problem_of(browser.ask("POST", path, json={"reason": "x"}))["status"] == 401
        wrong = browser.ask("POST", path, json={"reason": "x"}, headers={"Authorization": "Bearer wrong"})
        assert problem_of(wrong)["status"] == 401
    assert journal(shop, "switch") == journal(shop, "tripwire") == []


def test_a_session_needs_its_csrf_token_and_its_own_site(operator: Browser, shop: CockpitProject) -> None:
    change = {"reason": "x"}
    for path in WRITES:
        assert problem_of(operator.ask("POST", path, json=change))["status"] == 403
        foreign = {"X-CSRF-Token": operator.csrf_token(), "Origin": "http://evil.example"}
        assert problem_of(operator.ask("POST", path, json=change, headers=foreign))["status"] == 403
    assert journal(shop, "switch") == journal(shop, "tripwire") == []
    mine = {"X-CSRF-Token": operator.csrf_token()}
    assert operator.ask("POST", ENGAGE, json=change, headers=mine).status_code == 200
    assert [event.via for event in journal(shop, "switch")] == ["cockpit"]


def test_what_is_no_json_is_refused(browser: Browser) -> None:
    headers = {"Authorization": f"Bearer {ANN_TOKEN}", "Content-Type": "application/json"}
    for path in WRITES:
        assert problem_of(browser.ask("POST", path, content=b"{", headers=headers))["status"] == 400
        text = browser.ask("POST", path, content=b"{}", headers=headers | {"Content-Type": "text/plain"})
        assert problem_of(text)["status"] == 415


def test_policies_are_listed_as_their_file_has_them(browser: Browser, shop: CockpitProject) -> None:
    shop.write("defs/broken/defs.yaml", "type: heartbeat_assets.Tripwires\nattributes: {policies: 5}\n")
    document = browser.get(POLICIES).json()
    PoliciesDocument.model_validate(document)
    assert [one["name"] for one in document["policies"]] == [RATE, ROI, OFF]
    assert document["policies"][0].keys() == set(TripwireDocument.model_fields)
    assert [one["switch"] for one in document["policies"]] == ["WHOLESALE", "GLOBAL", "BUYER_MATCH"]
    assert [one["cooldown"] for one in document["policies"]] == ["36h", "24h", "24h"]
    (problem,) = document["problems"]
    assert problem.startswith("defs/broken/defs.yaml: policies")


def test_a_look_is_recorded_with_who_looked_and_stops_nothing(browser: Browser, shop: CockpitProject) -> None:
    happened(shop, WORSE)
    answer = send(browser, EVALUATE, {"domain": "wholesale"})
    assert answer.status_code == 200
    EvaluatedDocument.model_validate(answer.json())
    (found,) = answer.json()["evaluations"]
    assert found.keys() == set(EvaluationDocument.model_fields)
    assert (found["tripwire"], found["outcome"], found["actor"], found["via"]) == (RATE, "TRIGGERED", ANN, "api")
    assert found["baseline"]["figure"] == 0.95
    assert found["recent"]["figure"] == 0.74
    assert answer.json()["actions"] == []
    assert [event.seq for event in journal(shop, "tripwire")] == [found["seq"]]
    assert journal(shop, "switch") == []


def test_a_look_that_shall_act_stops_the_domain_for_what_it_found(browser: Browser, shop: CockpitProject) -> None:
    happened(shop, WORSE)
    answer = send(browser, EVALUATE, {"domain": "WHOLESALE", "metric": "contract_rate", "act": True}).json()
    assert [(one["switch"], one["done"]) for one in answer["actions"]] == [("WHOLESALE", "engaged")]
    (switch,) = browser.get(STATE).json()["switches"]
    assert (switch["engaged"], switch["actor"], switch["cause"]) == (True, ANN, answer["evaluations"][0]["seq"])
    again = send(browser, EVALUATE, {"domain": "WHOLESALE", "act": True}).json()
    assert [one["done"] for one in again["actions"]] == ["already"]


def test_a_look_that_fails_by_itself_keeps_no_other_from_looking_or_acting(
    browser: Browser, shop: CockpitProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = looking.look

    def cursed(policy: Any, ledger: Any, **more: Any) -> Any:
        if policy.name == ROI:
            raise ZeroDivisionError("by zero")
        return look(policy, ledger, **more)

    monkeypatch.setattr(looking, "look", cursed)
    happened(shop, WORSE)
    assert problem_of(send(browser, EVALUATE, {"act": True}))["status"] == 500
    assert {event.subject for event in journal(shop, "tripwire")} == {RATE, OFF}
    assert browser.get(STATE).json()["stopped"] == ["WHOLESALE"]


def test_only_what_was_looked_at_is_acted_on(browser: Browser, shop: CockpitProject) -> None:
    happened(shop, WORSE)
    send(browser, EVALUATE, {"domain": "WHOLESALE"})
    answer = send(browser, EVALUATE, {"domain": "CAPITAL", "act": True}).json()
    assert [one["tripwire"] for one in answer["actions"]] == [ROI]
    assert browser.get(STATE).json()["stopped"] == []


def test_without_a_name_every_tripwire_is_looked_at(browser: Browser, shop: CockpitProject) -> None:
    happened(shop, SAME)
    found = {one["tripwire"]: one["outcome"] for one in send(browser, EVALUATE, {}).json()["evaluations"]}
    assert found == {RATE: "OK", ROI: "NO_DATA", OFF: "DISABLED"}


def test_a_series_of_both_kinds_is_a_problem_of_its_own(browser: Browser, shop: CockpitProject) -> None:
    happened(shop, [*SAME[:200], 1.5, *SAME[:40]])
    found = {one["tripwire"]: one for one in send(browser, EVALUATE, {}).json()["evaluations"]}
    assert found[RATE]["outcome"] == "PROBLEM"
    assert found[RATE]["sentence"]
    assert found[ROI]["outcome"] == "NO_DATA"
    StateDocument.model_validate(browser.get(STATE).json())


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"domain": "NOTHING"}, "domain"),
        ({"metric": "nothing"}, "metric"),
        ({"domain": "CAPITAL", "metric": "contract_rate"}, "domain"),
        ({"domain": 5}, "domain"),
        ({"act": "yes"}, "act"),
        ({"reason": "x"}, "reason"),
        ([], ""),
    ],
)
def test_a_tripwire_that_is_not_there_is_named(
    browser: Browser, shop: CockpitProject, document: Any, field: str
) -> None:
    problem = problem_of(send(browser, EVALUATE, document))
    assert (problem["status"], problem["field"]) == (422, field)
    assert journal(shop, "tripwire") == []


def test_the_state_has_every_switch_and_the_newest_look_at_each_tripwire(
    browser: Browser, shop: CockpitProject
) -> None:
    empty = browser.get(STATE).json()
    StateDocument.model_validate(empty)
    assert (empty["stopped"], empty["switches"]) == ([], [])
    assert [(one["tripwire"], one["enabled"], one["newest"]) for one in empty["tripwires"]] == [
        (RATE, True, None), (ROI, True, None), (OFF, False, None),
    ]  # fmt: skip

    happened(shop, SAME)
    send(browser, EVALUATE, {})
    send(browser, ENGAGE, {"reason": "one", "domain": "CAPITAL"})
    send(browser, ENGAGE, {"reason": "two"})
    state = browser.get(STATE).json()
    StateDocument.model_validate(state)
    assert state["stopped"] == ["GLOBAL", "CAPITAL"]
    assert [one["newest"]["outcome"] for one in state["tripwires"]] == ["OK", "NO_DATA", "DISABLED"]


def test_what_somebody_else_decides_is_in_the_next_answer(browser: Browser, shop: CockpitProject) -> None:
    assert browser.get(STATE).json()["stopped"] == []
    engage(open_ledger(shop.settings.ledger_url).journal, "WHOLESALE", actor=Actor("ben", "person", "cli"), reason="x")
    assert browser.get(STATE).json()["stopped"] == ["WHOLESALE"]


def test_openapi_describes_all_of_them(browser: Browser) -> None:
    document = browser.get("/api/openapi.json").json()
    for path in WRITES:
        operation = document["paths"][path]["post"]
        assert operation["requestBody"]["required"]
        assert {"200", "400", "401", "403", "415", "422", "503"} <= operation["responses"].keys()
        assert operation["security"]
    assert "409" in document["paths"][ENGAGE]["post"]["responses"]
    schemas = document["components"]["schemas"]
    assert schemas.keys() >= {"SwitchDocument", "PoliciesDocument", "StateDocument", "EvaluatedDocument"}
    assert set(schemas["EvaluationDocument"]["properties"]["outcome"]["enum"]) == {*OUTCOMES, "PROBLEM"}
