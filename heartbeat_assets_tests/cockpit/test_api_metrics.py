"""Tests of metrics over HTTP: every document, every status code, and whose change it was."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from heartbeat_assets.cockpit.documents import MetricDocument, ValueDocument
from heartbeat_assets.ledger import Ledger, LedgerError, open_ledger
from heartbeat_assets.metrics.changes import change_metric
from heartbeat_assets_tests.cockpit.browsing import ANN, ANN_TOKEN, Browser, problem_of
from heartbeat_assets_tests.cockpit.conftest import NOW, CockpitProject
from heartbeat_assets_tests.metrics.projects import PERSON

PATH = "/api/metrics/answered/verification"
BEARER = {"Authorization": f"Bearer {ANN_TOKEN}", "If-Match": "*"}


def fields(model: type[BaseModel]) -> set[str]:
    return set(model.model_fields)


def test_metrics_are_listed_the_worst_first(browser: Browser, shop: CockpitProject) -> None:
    shop.record("answered", 0.9)
    shop.record("waiting", 0.5, status="red")

    listed = browser.get("/api/metrics").json()

    assert [(one["metric_id"], one["status"]) for one in listed] == [("waiting", "red"), ("answered", "green")]
    assert all(one.keys() == fields(MetricDocument) for one in listed)


def test_every_document_is_as_its_model_says(browser: Browser, shop: CockpitProject) -> None:
    shop.record("answered", 0.9, None)
    browser.call("answered", {"owner": ANN, "target_due_date": "2027-01-31"})

    for path, model in (("/api/metrics/answered", MetricDocument), ("/api/metrics/answered/history", ValueDocument)):
        document = browser.get(path).json()
        for one in document if isinstance(document, list) else [document]:
            assert one.keys() == fields(model)
            model.model_validate(one)


def test_retired_metrics_are_listed_when_asked_for_and_can_be_read_for_ever(
    browser: Browser, shop: CockpitProject
) -> None:
    shop.record("waiting", 1.0, 2.0)
    (shop.settings.defs / "shop" / "metrics" / "waiting.sql").unlink()
    shop.sync()

    def ids(path: str) -> list[str]:
        return [one["metric_id"] for one in browser.get(path).json()]

    browser.cockpit.files.look()
    assert ids("/api/metrics") == ["answered"]
    assert ids("/api/metrics?retired=true") == ["answered", "waiting"]
    document = browser.get("/api/metrics/waiting").json()
    assert (document["retired"], document["stage"], document["value"], document["name"]) == (True, 10, 2.0, None)
    assert len(browser.get("/api/metrics/waiting/history").json()) == 2
    assert browser.call("waiting", {"owner": ANN}).status_code == 422


def test_history_is_given_oldest_first_and_between_two_instants(browser: Browser, shop: CockpitProject) -> None:
    shop.record("answered", 1.0, 2.0, 3.0, None, 5.0)

    def values(query: str = "") -> list[float | None]:
        return [one["value"] for one in browser.get(f"/api/metrics/answered/history{query}").json()]

    since, until = NOW - timedelta(hours=3), NOW - timedelta(hours=1)
    assert values() == [1.0, 2.0, 3.0, None, 5.0]
    assert values("?limit=2") == [None, 5.0]
    assert values(f"?since={since:%Y-%m-%dT%H:%M:%SZ}&until={until:%Y-%m-%dT%H:%M:%SZ}") == [2.0, 3.0, None]
    # Without a zone it is UTC.
    assert values(f"?since={until:%Y-%m-%dT%H:%M:%S}") == [None, 5.0]
    assert values("?since=2020-01-01&until=2020-01-02") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=yesterday", "since"),
        ("until=2026-13-01", "until"),
        ("limit=0", "limit"),
        ("limit=1000000", "limit"),
        ("limit=x", "limit"),
        ("since=0001-01-01T00:00:00%2B14:00", "since"),
    ],
)
def test_a_query_that_cannot_be_is_a_problem_that_names_the_field(browser: Browser, query: str, field: str) -> None:
    problem = problem_of(browser.get(f"/api/metrics/answered/history?{query}"))

    assert (problem["status"], problem["field"]) == (422, field)


@pytest.mark.parametrize("path", ["/api/metrics/nothing", "/api/metrics/nothing/history", "/api/nothing", "/api/"])
def test_what_is_not_there_is_a_problem(browser: Browser, path: str) -> None:
    assert problem_of(browser.get(path))["status"] == 404


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "%00", "a" * 5000, "answered%20", "ANSWERED", "%ff"])
def test_a_name_that_no_metric_can_have_is_a_404(browser: Browser, name: str) -> None:
    assert browser.get(f"/api/metrics/{name}").status_code == 404
    assert browser.get(f"/metrics/{name}").status_code == 404


def test_a_method_that_a_path_does_not_take_is_a_problem_that_says_which_it_does(browser: Browser) -> None:
    answer = browser.ask("PUT", "/api/metrics/answered", headers=BEARER)

    assert problem_of(answer)["status"] == 405
    assert answer.headers["allow"] == "GET"


def test_the_tag_of_a_metric_answers_304_until_anything_about_it_changes(
    browser: Browser, shop: CockpitProject
) -> None:
    tag = browser.get("/api/metrics/answered").headers["etag"]

    unchanged = browser.get("/api/metrics/answered", headers={"If-None-Match": f'"x", {tag}'})
    assert (unchanged.status_code, unchanged.content, unchanged.headers["etag"]) == (304, b"", tag)
    assert browser.get("/api/metrics/answered", headers={"If-None-Match": "*"}).status_code == 304
    assert browser.get("/api/metrics/answered", headers={"If-None-Match": "nonsense"}).status_code == 200
    shop.record("answered", 0.9)
    assert browser.get("/api/metrics/answered", headers={"If-None-Match": tag}).status_code == 200


def test_a_change_answers_with_the_metric_and_is_recorded_with_its_actor_and_reason(
    browser: Browser, shop: CockpitProject
) -> None:
    answer = browser.call("answered", {"owner": ANN, "norm_value": 0.9, "reason": "agreed with the team"})

    assert answer.status_code == 200
    assert (answer.json()["owner"], answer.json()["norm_value"]) == (ANN, 0.9)
    assert answer.headers["etag"] == browser.get("/api/metrics/answered").headers["etag"]
    owner, norm = shop.store.events("answered")[-2:]
    assert (owner.field, owner.before, owner.after) == ("owner", None, ANN)
    assert (norm.field, norm.before, norm.after) == ("norm_value", "0.85", "0.9")
    for event in (owner, norm):
        assert (event.actor, event.via, event.reason) == (ANN, "api", "agreed with the team")


def test_null_takes_away_and_what_is_left_out_stays(browser: Browser) -> None:
    browser.call("answered", {"owner": ANN, "target_due_date": "2027-01-31"})

    document = browser.call("answered", {"alert_value": None, "target_due_date": None}).json()

    assert (document["owner"], document["target_due_date"]) == (ANN, None)
    assert (document["norm_value"], document["alert_value"]) == (0.85, None)


def test_a_metric_is_verified_by_its_owner_and_falls_back_when_the_owner_goes(browser: Browser) -> None:
    refused = problem_of(browser.call("answered", {"verification_state": "verified"}))
    assert (refused["status"], refused["field"]) == (422, "verification_state")

    verified = browser.call("answered", {"owner": ANN, "verification_state": "verified"}).json()
    assert (verified["verification_state"], verified["stage"]) == ("verified", 9)
    assert browser.call("answered", {"owner": None}).json()["verification_state"] == "unverified"


def test_a_verification_expires_when_the_file_says_so(browser: Browser, shop: CockpitProject) -> None:
    shop.write_metric("answered", code="ANSW", verify_every="30d")
    browser.cockpit.files.look()

    document = browser.call("answered", {"owner": ANN, "verification_state": "verified"}).json()

    assert document["verified_until"] is not None


def test_nobody_verifies_a_query_that_was_changed_a_moment_ago(browser: Browser, shop: CockpitProject) -> None:
    tag = browser.call("answered", {"owner": ANN}).headers["etag"]
    shop.write_metric("answered", code="ANSW", sql="SELECT 99 AS value")

    answer = browser.call("answered", {"verification_state": "verified"}, if_match=tag)

    assert problem_of(answer)["status"] == 409
    assert "99" in answer.json()["current"]["sql"]


def test_without_if_match_a_change_is_refused(browser: Browser) -> None:
    answer = browser.ask("PATCH", PATH, json={"owner": ANN}, headers={"Authorization": f"Bearer {ANN_TOKEN}"})

    assert problem_of(answer)["status"] == 428


def test_a_stale_change_is_refused_and_shows_what_the_metric_is_now(browser: Browser, shop: CockpitProject) -> None:
    tag = browser.get("/api/metrics/answered").headers["etag"]
    change_metric(shop.store, "answered", {"owner": "bob@example.org"}, actor=PERSON, reason="bob was faster")

    answer = browser.call("answered", {"owner": ANN}, if_match=tag)

    problem = problem_of(answer)
    assert (problem["status"], problem["current"]["owner"]) == (409, "bob@example.org")
    again = browser.call("answered", {"owner": ANN}, if_match=answer.headers["etag"])
    assert again.json()["owner"] == ANN


def test_a_value_that_came_meanwhile_makes_no_change_stale(browser: Browser, shop: CockpitProject) -> None:
    tag = browser.get("/api/metrics/answered").headers["etag"]
    shop.record("answered", 0.9)

    assert browser.call("answered", {"owner": ANN}, if_match=tag).status_code == 200


def test_if_match_takes_the_place_alone_and_lists_and_no_weak_tags(browser: Browser, shop: CockpitProject) -> None:
    row = shop.store.row("answered")
    assert row is not None

    for tag, status in (
        (f'W/"{row.place}"', 409),
        (f'"{row.place + 1}"', 409),
        ('"x"', 409),
        ('"' + "9" * 30 + '"', 409),
        (f"{row.place}", 400),
        ("", 400),
        (f'"x", "{row.place}"', 200),
    ):
        expected = status if tag else 409
        assert browser.call("answered", {"owner": ANN}, if_match=tag).status_code == expected, tag


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"owner": "ann"}, "owner"),
        ({"owner": 7}, "owner"),
        ({"owner": ["ann@example.org"]}, "owner"),
        ({"owner": "ann@example.org\n"}, "owner"),
        ({"verification_state": "good"}, "verification_state"),
        ({"verification_state": None}, "verification_state"),
        ({"norm_value": "much"}, "norm_value"),
        ({"norm_value": True}, "norm_value"),
        ({"norm_value": 1e999}, None),
        ({"alert_value": 0.9}, "alert_value"),
        ({"recovery_value": 0.1}, "recovery_value"),
        ({"target_due_date": "31.12.2026"}, "target_due_date"),
        ({"target_due_date": 20261231}, "target_due_date"),
        ({"colour": "blue"}, "colour"),
        ({"sql_hash": "x"}, "sql_hash"),
        ({"registration": "retired"}, "registration"),
        ({"verified_until": None}, "verified_until"),
        ({"owner": "ann@example.org", "reason": 7}, "reason"),
        ({"owner": "ann@example.org", "reason": "x" * 2001}, "reason"),
        ({"owner": "ann@example.org", "reason": "cut\0off"}, "reason"),
        ({"owner": "ann@example.org", "reason": "half \ud83d"}, "reason"),
        ({"owner": "ann@example.org", "reason": "turned \u202e round"}, "reason"),
        ({}, ""),
        ({"reason": "only why"}, ""),
        ([], ""),
        (None, ""),
        ("owner", ""),
    ],
)
def test_a_change_that_cannot_be_is_a_problem_that_names_the_field_and_changes_nothing(
    browser: Browser, shop: CockpitProject, change: Any, field: str | None
) -> None:
    before = shop.store.events("answered")

    problem = problem_of(browser.ask("PATCH", PATH, content=json.dumps(change), headers=JSON))

    assert problem["status"] == (400 if field is None else 422)
    assert problem.get("field") == field
    assert shop.store.events("answered") == before


JSON = {**BEARER, "Content-Type": "application/json"}


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"norm_value": NaN}', b'{"norm_value": -Infinity}', b"\xff", b"[" * 60_000,
             b'{"owner": null, "owner": "eve@example.org"}']
)  # fmt: skip
def test_a_body_that_is_no_json_is_a_bad_request(browser: Browser, body: bytes) -> None:
    assert problem_of(browser.ask("PATCH", PATH, content=body, headers=JSON))["status"] == 400


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"])
def test_a_body_of_another_kind_is_refused(browser: Browser, kind: str) -> None:
    answer = browser.ask("PATCH", PATH, content=b'{"owner": null}', headers=BEARER | {"Content-Type": kind})

    assert problem_of(answer)["status"] == 415


def test_a_huge_number_is_no_threshold(browser: Browser) -> None:
    answer = browser.ask("PATCH", PATH, content=b'{"norm_value": 1' + b"0" * 5000 + b"}", headers=JSON)

    assert answer.status_code == 400
    assert "sys." not in answer.text


def test_a_reason_may_have_several_lines(browser: Browser, shop: CockpitProject) -> None:
    reason = "Counted by hand:\n\t24 orders, naïve 📈."

    assert browser.call("answered", {"owner": ANN, "reason": reason}).status_code == 200
    assert shop.store.events("answered")[-1].reason == reason


def test_a_change_to_what_is_so_already_makes_no_event(browser: Browser, shop: CockpitProject) -> None:
    browser.call("answered", {"owner": ANN})
    before = shop.store.events("answered")

    assert browser.call("answered", {"owner": ANN, "norm_value": 0.85}).status_code == 200
    assert shop.store.events("answered") == before


def test_a_change_without_a_reason_says_where_it_was_made(operator: Browser, shop: CockpitProject) -> None:
    operator.patch("answered", {"owner": ANN})

    assert shop.store.events("answered")[-1].reason == "changed in the cockpit, no reason given"


def test_while_the_ledger_is_away_every_path_says_so_and_afterwards_works_again(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = False

    def opened(url: str) -> Ledger:
        if not there:
            raise LedgerError("ledger.sqlite: cannot be opened")
        return open_ledger(url)

    monkeypatch.setattr("heartbeat_assets.cockpit.cockpit.open_ledger", opened)
    monkeypatch.setattr("heartbeat_assets.cockpit.cockpit._AGAIN_SECONDS", 0.0)
    for path in ("/api/metrics", "/api/metrics/answered", "/api/metrics/answered/history", "/healthz"):
        answer = browser.get(path)
        assert problem_of(answer)["status"] == 503, path
        assert answer.headers["retry-after"] == "5"
    assert browser.call("answered", {"owner": ANN}).status_code == 503
    page = browser.get("/")
    assert page.status_code == 503
    assert "The ledger cannot be reached" in page.text
    assert "works again by itself" in page.text

    there = True
    assert browser.get("/").status_code == 200
    assert browser.get("/healthz").json() == {"status": "ok"}


def test_openapi_describes_every_operation_with_its_problems(browser: Browser) -> None:
    document = browser.get("/api/openapi.json").json()

    assert set(document["paths"]) == {
        "/api/metrics", "/api/metrics/{metric_id}", "/api/metrics/{metric_id}/history",
        "/api/metrics/{metric_id}/verification", "/api/lanes", "/api/lanes/{lane}/window", "/healthz", "/metrics",
        "/api/governance/regression/kpi", "/api/governance/regression/kpi/batch",
        "/api/governance/regression/policies", "/api/governance/regression/state",
        "/api/governance/regression/evaluate",
        "/api/governance/go-live/kill-switch/engage", "/api/governance/go-live/kill-switch/release",
        "/api/governance/runbook/status", "/api/governance/runbook/markdown",
        "/api/status", "/api/slos", "/api/slos/{name}", "/api/incidents", "/api/incidents/{called}",
        "/api/incidents/{called}/{step}", "/api/suggestions/{number}/dismiss",
        "/api/components/{component}/override", "/api/components/{component}/end-override",
    }  # fmt: skip
    change = document["paths"]["/api/metrics/{metric_id}/verification"]["patch"]
    assert {"200", "400", "401", "403", "404", "409", "413", "415", "422", "428", "429", "503"} <= set(
        change["responses"]
    )
    assert set(change["requestBody"]["content"]["application/json"]["schema"]["properties"]) == {
        "owner", "verification_state", "norm_value", "alert_value", "recovery_value", "target_due_date", "reason",
    }  # fmt: skip
    assert any(one["name"] == "If-Match" and one["required"] for one in change["parameters"])
    for path in document["paths"].values():
        for operation in path.values():
            assert "421" in operation["responses"]
            assert ("429" in operation["responses"]) is ("401" in operation["responses"])
            for status, answer in operation["responses"].items():
                assert status < "400" or "application/problem+json" in answer["content"], (status, answer)
    assert document["components"]["schemas"].keys() >= {"MetricDocument", "ProblemDocument", "WindowDocument"}


def test_the_statuses_of_the_documents_are_those_of_the_ledger() -> None:
    from heartbeat_assets.cockpit.documents import Status
    from heartbeat_assets.ledger.metric_records import Status as Recorded

    assert get_args(Status) == get_args(Recorded)
