"""KPI events over HTTP: recorded with who sent them, refused with the field and the place in the batch."""

from typing import Any

import httpx
import pytest

from heartbeat_assets.ledger import KpiEvent, open_ledger
from heartbeat_assets_tests.cockpit.browsing import ANN, ANN_TOKEN, Browser, problem_of
from heartbeat_assets_tests.cockpit.conftest import CockpitProject

PATH = "/api/governance/regression/kpi"
EVENT = {"domain": "wholesale", "metric": "Offer_Sent", "success": True}


def send(browser: Browser, document: Any, path: str = PATH, **headers: str) -> httpx.Response:
    return browser.ask("POST", path, json=document, headers={"Authorization": f"Bearer {ANN_TOKEN}"} | headers)


def batch(browser: Browser, *events: Any) -> httpx.Response:
    return send(browser, {"events": list(events)}, f"{PATH}/batch")


def recorded(shop: CockpitProject) -> list[KpiEvent]:
    store = open_ledger(shop.settings.ledger_url).events
    return [event for one in store.series() for event in store.between(one.domain, one.metric)]


def test_an_event_is_recorded_with_who_sent_it(browser: Browser, shop: CockpitProject) -> None:
    more = {"actor": "broker", "correlation_id": "offer_123", "detail": {"score": 0.3}, "duration_ms": 12}
    answer = send(browser, EVENT | more | {"at": "2026-02-23T14:31:05+02:00"})
    assert (answer.status_code, answer.json()) == (201, {"recorded": 1})
    (event,) = recorded(shop)
    assert (event.domain, event.metric, event.success, event.duration_ms) == ("WHOLESALE", "offer_sent", True, 12.0)
    assert (event.actor, event.correlation_id, event.detail) == ("broker", "offer_123", '{"score": 0.3}')
    assert (event.at.isoformat(), event.recorded_by) == ("2026-02-23T12:31:05+00:00", ANN)


def test_a_batch_is_recorded_whole(browser: Browser, shop: CockpitProject) -> None:
    answer = batch(browser, EVENT, {"domain": "A", "metric": "b", "value": 2})
    assert (answer.status_code, answer.json()) == (201, {"recorded": 2})
    assert [event.recorded_by for event in recorded(shop)] == [ANN, ANN]
    assert batch(browser).json() == {"recorded": 0}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"domain": None}, "domain"),
        ({"domain": "WHOLE SALE"}, "domain"),
        ({"domain": 5}, "domain"),
        ({"metric": ""}, "metric"),
        ({"success": None}, "value"),
        ({"value": 1}, "value"),
        ({"success": 1}, "success"),
        ({"success": None, "value": "1"}, "value"),
        ({"success": None, "value": True}, "value"),
        ({"duration_ms": -1}, "duration_ms"),
        ({"actor": 7}, "actor"),
        ({"correlation_id": "x" * 201}, "correlation_id"),
        ({"at": "2026-02-23T14:31:05"}, "at"),
        ({"at": "yesterday"}, "at"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_mistake_names_its_field_and_its_place_and_nothing_is_recorded(
    browser: Browser, shop: CockpitProject, changes: dict[str, Any], field: str
) -> None:
    wrong = EVENT | changes
    problem = problem_of(send(browser, wrong))
    assert (problem["status"], problem["field"]) == (422, field)
    assert problem["detail"].startswith(f"{field}: ")
    assert "index" not in problem
    problem = problem_of(batch(browser, EVENT, EVENT, wrong))
    assert (problem["status"], problem["field"], problem["index"]) == (422, field, 2)
    assert problem["detail"].startswith(f"events.2.{field}: ")
    assert recorded(shop) == []


@pytest.mark.parametrize("document", [[], {}, {"events": {}}, {"events": [], "more": 1}, {"events": [EVENT] * 501}])
def test_what_is_no_batch_is_refused(browser: Browser, document: Any) -> None:
    problem = problem_of(send(browser, document, f"{PATH}/batch"))
    assert (problem["status"], problem["field"]) == (422, "events")


def test_what_is_no_object_is_refused_with_its_place(browser: Browser) -> None:
    assert problem_of(send(browser, [EVENT]))["status"] == 422
    problem = problem_of(batch(browser, EVENT, 5))
    assert (problem["status"], problem["index"]) == (422, 1)


def test_what_is_no_json_is_refused(browser: Browser) -> None:
    headers = {"Authorization": f"Bearer {ANN_TOKEN}", "Content-Type": "application/json"}
    for content in (b"{", b"\xff", b'{"domain": "A", "domain": "B"}', b'{"value": NaN}'):
        assert problem_of(browser.ask("POST", PATH, content=content, headers=headers))["status"] == 400
    headers["Content-Type"] = "text/plain"
    answer = browser.ask("POST", PATH, content=b"{}", headers=headers)
    assert (answer.status_code, answer.headers["accept-post"]) == (415, "application/json")


def test_nobody_emits_without_being_signed_in(browser: Browser, shop: CockpitProject) -> None:
    for path, document in ((PATH, EVENT), (f"{PATH}/batch", {"events": [EVENT]})):
        assert problem_of(browser.ask("POST", path, json=document))["status"] == 401
        wrong = browser.ask("POST", path, json=document, headers={"Authorization": "Bearer wrong"})
        assert problem_of(wrong)["status"] == 401
    assert recorded(shop) == []


def test_a_session_needs_its_csrf_token_and_its_own_site(operator: Browser, shop: CockpitProject) -> None:
    assert problem_of(operator.ask("POST", PATH, json=EVENT))["status"] == 403
    foreign = {"X-CSRF-Token": operator.csrf_token(), "Origin": "http://evil.example"}
    assert problem_of(operator.ask("POST", PATH, json=EVENT, headers=foreign))["status"] == 403
    answer = operator.ask("POST", PATH, json=EVENT, headers={"X-CSRF-Token": operator.csrf_token()})
    assert answer.status_code == 201
    assert [event.recorded_by for event in recorded(shop)] == [ANN]


def test_a_batch_that_is_too_large_is_refused(browser: Browser) -> None:
    assert problem_of(batch(browser, *[EVENT | {"detail": "x" * 5000}] * 20))["status"] == 413


def test_openapi_describes_both(browser: Browser) -> None:
    paths = browser.get("/api/openapi.json").json()["paths"]
    for path in (PATH, f"{PATH}/batch"):
        operation = paths[path]["post"]
        assert operation["requestBody"]["required"]
        assert {"201", "401", "422", "503"} <= operation["responses"].keys()
        assert operation["security"]
