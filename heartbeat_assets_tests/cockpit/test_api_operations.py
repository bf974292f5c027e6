"""Status, SLOs and incidents over HTTP: what is told, who decided, and what is refused by its field."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import httpx
import pytest

from heartbeat_assets.cockpit.api_operations import Step
from heartbeat_assets.cockpit.handling import OPENING, STEPS
from heartbeat_assets.cockpit.operations_documents import (
    ComponentDocument,
    IncidentDocument,
    IncidentOpening,
    IncidentStep,
    SloDocument,
    StatusDocument,
)
from heartbeat_assets.ledger import LedgerError, NewJournalEvent, open_ledger
from heartbeat_assets.objectives.incidents import incidents
from heartbeat_assets_tests.cockpit.browsing import ANN, ANN_TOKEN, Browser, problem_of
from heartbeat_assets_tests.cockpit.conftest import CockpitProject
from heartbeat_assets_tests.cockpit.operated import (
    OPERATIONS,
    PROGRAM,
    SLO,
    measure_slo,
    opened,
    suggested,
    write_operations,
    write_slo,
)

NEW = {"title": "API answers 503", "severity": 1, "impact": "nobody can read deals"}


def post(browser: Browser, path: str, body: Any, token: str = ANN_TOKEN) -> httpx.Response:
    """Decides as a program does, with an operator's token."""
    return browser.ask("POST", path, json=body, headers={"Authorization": f"Bearer {token}"} if token else {})


def test_the_status_is_what_the_terminal_and_the_documents_say(browser: Browser, shop: CockpitProject) -> None:
    write_operations(shop)
    opened(shop)
    document = browser.get("/api/status").json()

    assert StatusDocument.model_validate(document).state == "NO_DATA"
    assert [one["id"] for one in document["components"]] == ["api_read", "console"]
    assert document["incidents"][0]["title"] == "API answers 503"


def test_without_operations_there_is_no_status_and_a_mistake_is_named(browser: Browser, shop: CockpitProject) -> None:
    assert problem_of(browser.get("/api/status"))["status"] == 404
    write_operations(shop, OPERATIONS.replace("id: console", "id: api_read"))
    browser.cockpit.files.look()

    problem = problem_of(browser.get("/api/status"))
    assert problem["status"] == 503
    assert "defs/operations/defs.yaml: components[1]" in problem["detail"]
    assert str(shop.folder) not in problem["detail"]


def test_of_slos_the_worst_comes_first(browser: Browser, shop: CockpitProject) -> None:
    journal, at = open_ledger(shop.settings.ledger_url).journal, datetime.now(UTC).isoformat()
    for name, kind in (("a", "green"), ("b", "no_data"), ("c", "exhausted"), ("d", "yellow"), ("e", "red")):
        journal.append(NewJournalEvent("objective", name, kind, body={"judged_at": at, "sentence": kind}), PROGRAM)

    assert [one["name"] for one in browser.get("/api/slos").json()] == ["c", "e", "d", "b", "a"]


def test_slos_are_told_before_and_after_their_first_verdict(browser: Browser, shop: CockpitProject) -> None:
    write_slo(shop, bad=(2,), hours=24)
    (before,) = browser.get("/api/slos").json()
    assert (SloDocument.model_validate(before).kind, before["recorded_at"]) == ("pending", None)

    measure_slo(shop)
    after = browser.get(f"/api/slos/{SLO}").json()
    assert SloDocument.model_validate(after).kind == "exhausted"
    assert len(after["days"]) == 90
    assert problem_of(browser.get("/api/slos/nothing"))["status"] == 404


def test_a_program_with_a_token_opens_an_incident_and_takes_every_step(browser: Browser, shop: CockpitProject) -> None:
    made = post(browser, "/api/incidents", NEW)
    assert made.status_code == 201
    assert made.headers["location"] == f"/api/incidents/{made.json()['id']}"
    at = made.headers["location"]
    assert IncidentDocument.model_validate(made.json()).opened_by == ANN
    now = datetime.now(UTC)
    steps: list[tuple[str, dict[str, Any]]] = [
        ("acknowledge", {}),
        ("update", {"severity": 2, "components": ["api_read"], "reason": "half of them", "if_place": 2}),
        ("update", {"withheld": [1], "reason": "it names somebody"}),
        ("mitigate", {"reason": "rolled back", "at": now.isoformat()}),
        ("resolve", {"reason": "quiet", "rca": "a lost index"}),
        ("action", {"text": "alert on it", "owner": "team:api", "due": "2026-03-06"}),
        ("action_done", {"item": "A1", "reason": "live"}),
        ("reopen", {"reason": "it is back"}),
    ]
    for step, body in steps:
        answer = post(browser, f"{at}/{step}", body)
        assert answer.status_code == 200, (step, answer.text)
    document = browser.get(at).json()

    assert (document["status"], document["severity"], document["reopened"]) == ("acknowledged", 2, 1)
    assert document["withheld"] == [1]
    assert "not published: the places" in browser.get(at.removeprefix("/api")).text
    assert {entry["actor"] for entry in document["timeline"]} == {ANN}
    events = open_ledger(shop.settings.ledger_url).journal.after(0, stream="incident")
    assert {event.via for event in events} == {"api"}
    unresolved = browser.get("/api/incidents?status=unresolved").json()["incidents"]
    assert [one["id"] for one in unresolved] == [document["id"]]
    assert browser.get("/api/incidents?status=resolved").json()["incidents"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [({"title": ""}, "title"), ({"severity": 4}, "severity"), ({"severity": "1"}, "severity"),
     ({"severity": True}, "severity"),
     ({"impact": 5}, "impact"), ({"components": "api"}, "components"), ({"components": ["no such"]}, "components"),
     ({"started_at": "2026-02-23T14:31"}, "started_at"), ({"started_at": "2999-01-01T00:00Z"}, "started_at"),
     ({"if_place": 1}, "if_place"), ({"owner": "x"}, "owner"), ({"suggestion": "1"}, "suggestion")],
)  # fmt: skip
def test_an_opening_that_cannot_be_names_its_field(
    browser: Browser, shop: CockpitProject, change: dict[str, Any], field: str
) -> None:
    problem = problem_of(post(browser, "/api/incidents", NEW | change))

    assert (problem["status"], problem["field"]) == (422, field)
    assert incidents(open_ledger(shop.settings.ledger_url).journal) == []


@pytest.mark.parametrize(
    ("step", "body", "status", "field"),
    [("update", {}, 422, "reason"), ("update", {"reason": "x", "at": "2026-02-23T14:31Z"}, 422, "at"),
     ("update", {"reason": "x", "components": [1]}, 422, "components"), ("mitigate", {}, 422, "reason"),
     ("reopen", {"reason": "x"}, 409, "id"), ("action", {"text": "x", "owner": "nobody"}, 422, "owner"),
     ("action", {"text": "x", "owner": "team:a", "due": "soon"}, 422, "due"),
     ("action_done", {"reason": "x"}, 409, "item"),
     ("acknowledge", {"if_place": 9}, 409, "if_place"), ("acknowledge", {"at": "2020-01-01T00:00Z"}, 422, "at")],
)  # fmt: skip
def test_a_step_that_cannot_be_names_its_field(
    browser: Browser, shop: CockpitProject, step: str, body: dict[str, Any], status: int, field: str
) -> None:
    made = opened(shop)
    problem = problem_of(post(browser, f"/api/incidents/{made.id}/{step}", body))

    assert (problem["status"], problem["field"]) == (status, field)
    assert len(incidents(open_ledger(shop.settings.ledger_url).journal)[0].timeline) == 1


def test_who_has_not_seen_the_newest_is_told_its_place(browser: Browser, shop: CockpitProject) -> None:
    made = opened(shop)
    post(browser, f"/api/incidents/{made.id}/update", {"reason": "a note"})
    problem = problem_of(post(browser, f"/api/incidents/{made.id}/acknowledge", {"if_place": 1}))

    assert (problem["status"], problem["place"]) == (409, 2)


def test_a_suggestion_is_dismissed_once(browser: Browser, shop: CockpitProject) -> None:
    number = suggested(shop)
    assert [one["number"] for one in browser.get("/api/incidents").json()["suggestions"]] == [number]
    path = f"/api/suggestions/{number}/dismiss"
    assert problem_of(post(browser, path, {}))["field"] == "reason"
    assert problem_of(post(browser, path, {"reason": "x", "why": "y"}))["field"] == "why"
    assert post(browser, path, {"reason": "a test"}).json() == {"dismissed": number}
    assert problem_of(post(browser, path, {"reason": "again"}))["status"] == 409
    assert browser.get("/api/incidents").json()["suggestions"] == []


def test_a_component_is_overridden_and_its_rules_say_again(browser: Browser, shop: CockpitProject) -> None:
    write_operations(shop)
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    said = {"state": "DOWN", "until": until, "reason": "a drill"}
    answer = post(browser, "/api/components/console/override", said)

    assert ComponentDocument.model_validate(answer.json()).state == "DOWN"
    assert answer.json()["override"]["actor"] == ANN
    for change, field in (
        ({"state": "x"}, "state"),
        ({"until": "1"}, "until"),
        ({"reason": ""}, "reason"),
        ({"a": 1}, "a"),
    ):
        refused = problem_of(post(browser, "/api/components/console/override", said | change))
        assert (refused["status"], refused["field"]) == (422, field)
    assert problem_of(post(browser, "/api/components/none/override", said))["status"] == 404
    ended = post(browser, "/api/components/console/end-override", {"reason": "over"}).json()
    assert (ended["state"], ended["override"]) == ("NO_DATA", None)
    assert problem_of(post(browser, "/api/components/console/end-override", {"reason": "x"}))["status"] == 409


def test_what_is_not_there_is_not_found(browser: Browser, shop: CockpitProject) -> None:
    made = opened(shop)
    for path in ("/api/incidents/INC-20200101-001/acknowledge", "/api/incidents/x/acknowledge"):
        assert problem_of(post(browser, path, {}))["status"] == 404
    assert problem_of(post(browser, f"/api/incidents/{made.id}/delete", {}))["status"] == 422
    assert problem_of(browser.get("/api/incidents/INC-20200101-001"))["status"] == 404


def test_nobody_decides_without_being_somebody_nor_with_another_body(browser: Browser, shop: CockpitProject) -> None:
    assert problem_of(post(browser, "/api/incidents", NEW, token=""))["status"] == 401
    assert problem_of(post(browser, "/api/incidents", NEW, token="x"))["status"] == 401
    assert problem_of(post(browser, "/api/incidents", [NEW]))["status"] == 422
    sent = {"Authorization": f"Bearer {ANN_TOKEN}", "Content-Type": "text/plain"}
    assert problem_of(browser.ask("POST", "/api/incidents", content="{}", headers=sent))["status"] == 415
    assert incidents(open_ledger(shop.settings.ledger_url).journal) == []


def test_while_the_ledger_is_away_pages_and_programs_are_told_so(
    browser: Browser, shop: CockpitProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(shop)
    assert browser.get("/incidents").status_code == 200

    def away() -> None:
        raise LedgerError("gone")

    monkeypatch.setattr(browser.cockpit.operating, "incidents", away)
    assert browser.get("/incidents").status_code == 503
    assert problem_of(browser.get("/api/incidents"))["status"] == 503


def test_the_description_names_what_is_there(browser: Browser) -> None:
    paths = browser.get("/api/openapi.json").json()["paths"]

    assert {"/api/status", "/api/slos", "/api/slos/{name}", "/api/incidents", "/api/incidents/{called}"} <= paths.keys()
    assert "/api/incidents/{called}/{step}" in paths
    assert paths["/api/incidents"]["post"]["security"]


def test_the_api_takes_every_step_and_describes_every_field_of_one() -> None:
    assert set(get_args(Step)) == set(STEPS)
    assert set(IncidentStep.model_fields) == {"if_place"}.union(*STEPS.values())
    assert tuple(IncidentOpening.model_fields) == OPENING
