"""Tests of what every request has to keep to: its host, where it comes from, its size, who may write, the headers."""

import re
from pathlib import Path

import pytest

from heartbeat_assets.cockpit.security.headers import POLICY
from heartbeat_assets.cockpit.security.operators import new_token, operators_line
from heartbeat_assets_tests.cockpit.browsing import ANN, ANN_TOKEN, HOST, Browser, problem_of
from heartbeat_assets_tests.cockpit.conftest import CockpitProject, Opens

OWNER = {"owner": "ann@example.org"}


@pytest.mark.parametrize("path", ["/", "/api/metrics", "/metrics", "/healthz", "/sign-in", "/static/cockpit.css"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "0.0.0.0", ""])
def test_a_request_for_another_host_is_refused_whatever_it_asks_for(browser: Browser, path: str, host: str) -> None:
    answer = browser.get(path, headers={"Host": host})

    assert answer.status_code == 421
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("host", ["127.0.0.1:8420", "localhost:8420", "LOCALHOST", "[::1]:8420", "127.0.0.1"])
def test_the_names_of_this_machine_are_ours(browser: Browser, host: str) -> None:
    assert browser.get("/healthz", headers={"Host": host}).status_code == 200


def test_a_host_that_was_configured_is_ours(opens: Opens) -> None:
    browser = opens(hosts=frozenset({"cockpit.example.org"}))

    assert browser.get("/healthz", headers={"Host": "cockpit.example.org"}).status_code == 200
    assert browser.get("/healthz", headers={"Host": "127.0.0.1:8420"}).status_code == 421


def test_two_host_headers_are_refused(browser: Browser) -> None:
    answer = browser.ask("GET", "/healthz", headers=[("Host", HOST), ("Host", HOST)])

    assert answer.status_code == 421


@pytest.mark.parametrize(
    "path",
    ["/", "/metrics/answered", "/metrics/nothing", "/lanes", "/api/metrics", "/api/nothing", "/healthz", "/metrics",
     "/sign-in", "/sign-in?token=wrong", "/static/cockpit.css", "/static/nothing", "/metrics/answered/history.csv"],
)  # fmt: skip
def test_every_answer_has_the_security_headers(browser: Browser, path: str) -> None:
    headers = browser.get(path).headers

    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert "cache-control" in headers
    assert "access-control-allow-origin" not in headers


def test_a_fault_of_the_program_has_them_too_and_tells_nothing_of_the_inside(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("the inside")

    monkeypatch.setattr("heartbeat_assets.cockpit.pages.lanes_view", broken)
    monkeypatch.setattr("heartbeat_assets.cockpit.api_metrics.metrics_now", broken)

    page, document = browser.get("/lanes"), browser.get("/api/metrics")

    for answer in (page, document):
        assert answer.status_code == 500
        assert answer.headers["content-security-policy"] == POLICY
        assert "inside" not in answer.text
    assert problem_of(document)["title"] == "Internal Server Error"


@pytest.mark.parametrize("path", ["/", "/metrics/answered", "/lanes", "/sign-in", "/nothing"])
def test_no_page_needs_what_the_policy_forbids(operator: Browser, path: str) -> None:
    text = operator.get(path).text

    assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", text) == []
    assert all(address.startswith("/") for address in re.findall(r'(?:src|action)="([^"]*)"', text))


def test_what_a_header_of_a_metric_says_is_text_and_never_markup(operator: Browser, shop: CockpitProject) -> None:
    evil = '"><script>alert(1)</script>'
    shop.write_metric("evil", name=evil, code="EVIL", description=evil, unit="<i>", tags="growth")
    shop.sync()
    operator.call("evil", {"norm_value": None, "reason": evil})
    shop.record("evil", None, error=evil)

    for path in ("/", "/metrics/evil", f"/?q={evil}", "/metrics/evil?range=custom&from=<script>"):
        text = operator.get(path).text
        assert "<script>alert" not in text
        assert "<i>" not in text.replace('<i title="since the previous tick">', "")


def test_reading_needs_no_sign_in_on_loopback(browser: Browser) -> None:
    for path in ("/", "/metrics/answered", "/lanes", "/api/metrics", "/metrics", "/healthz"):
        assert browser.get(path).status_code == 200, path


def test_where_others_reach_the_cockpit_reading_needs_an_operator_too(opens: Opens) -> None:
    browser = opens(peer="10.0.0.9", host="cockpit.example.org", hosts=frozenset({"cockpit.example.org"}))
    object.__setattr__(browser.cockpit.readers.settings, "host", "10.0.0.1")

    assert browser.get("/").headers["location"] == "/sign-in?next=%2F"
    assert browser.get("/lanes?x=1").headers["location"] == "/sign-in?next=%2Flanes%3Fx%3D1"
    assert browser.get("/governance").headers["location"] == "/sign-in?next=%2Fgovernance"
    governance = ("regression/policies", "regression/state", "runbook/status", "runbook/markdown")
    for path in (
        "/api/metrics", "/api/openapi.json", "/metrics", *(f"/api/governance/{one}" for one in governance)
    ):  # fmt: skip
        assert problem_of(browser.get(path))["status"] == 401
        assert browser.get(path, headers={"Authorization": f"Bearer {ANN_TOKEN}"}).status_code == 200
    for path in ("/healthz", "/sign-in", "/static/cockpit.css"):
        assert browser.get(path).status_code == 200
    browser.sign_in()
    assert browser.get("/").status_code == 200


def test_a_write_needs_a_sign_in(browser: Browser) -> None:
    answer = browser.patch("answered", OWNER)

    assert problem_of(answer)["status"] == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_write_of_a_session_needs_its_csrf_token(operator: Browser) -> None:
    for token in ("", "wrong", "é"):
        answer = operator.patch("answered", OWNER, headers={"X-CSRF-Token": token.encode()})  # type: ignore[dict-item]
        assert problem_of(answer)["status"] == 403

    assert operator.patch("answered", OWNER).status_code == 200


def test_the_csrf_token_of_another_session_is_none(operator: Browser, opens: Opens) -> None:
    other = Browser(operator.app)
    with other:
        other.sign_in()
        stolen = other.csrf_token()
    assert stolen != operator.csrf_token()

    assert operator.patch("answered", OWNER, headers={"X-CSRF-Token": stolen}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:3000"},
        {"Origin": "null"},
        {"Origin": "file://127.0.0.1:8420"},
        {"Origin": "http://[::1"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_write_from_another_site_is_refused_even_with_the_token(operator: Browser, headers: dict[str, str]) -> None:
    answer = operator.patch("answered", OWNER, headers=headers)

    assert problem_of(answer)["status"] == 403
    assert "another site" in answer.json()["detail"]


def test_signing_out_needs_the_token_as_well_as_a_form_field(operator: Browser) -> None:
    assert operator.ask("POST", "/sign-out").status_code == 403
    assert operator.ask("POST", "/sign-out", data={"csrf_token": "x"}).status_code == 403
    assert operator.ask("POST", "/sign-out", data={"csrf_token": operator.csrf_token()}).status_code == 303
    assert operator.csrf_token() == ""


def test_what_is_larger_than_a_form_is_refused_with_and_without_its_length(operator: Browser) -> None:
    large = b"[" + b"1," * 50_000 + b"1]"

    async def in_pieces():  # type: ignore[no-untyped-def]
        for place in range(0, len(large), 1000):
            yield large[place : place + 1000]

    path = "/api/metrics/answered/verification"
    for content in (large, in_pieces()):
        assert operator.ask("PATCH", path, content=content).status_code == 413


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND"])
def test_no_unsafe_method_gets_past_without_a_sign_in(browser: Browser, method: str) -> None:
    for path in ("/", "/api/metrics", "/nothing", "/healthz"):
        assert browser.ask(method, path).status_code == 401


def test_head_is_get_without_a_body(browser: Browser) -> None:
    for path in ("/", "/healthz", "/api/metrics", "/metrics/answered"):
        answer = browser.ask("HEAD", path)
        assert answer.status_code == 200
        assert answer.content == b""


def test_a_token_in_the_header_writes_without_a_csrf_token_and_as_itself(
    opens: Opens, shop: CockpitProject, tmp_path: Path
) -> None:
    token = new_token()
    file = tmp_path / "operators.yaml"
    file.write_text(operators_line("bob@example.org", token), encoding="utf-8")
    browser = opens(operators_file=file)

    assert browser.call("answered", OWNER, token).status_code == 200

    event = shop.store.events("answered")[-1]
    assert (event.actor, event.actor_kind, event.via) == ("bob@example.org", "person", "api")


def test_a_token_that_is_nobodys_does_not_fall_back_to_the_session(operator: Browser) -> None:
    assert operator.call("answered", OWNER, "wrong").status_code == 401
    assert operator.get("/", headers={"Authorization": "Bearer wrong"}).status_code in (303, 401)


def test_a_session_write_is_recorded_as_the_cockpits(operator: Browser, shop: CockpitProject) -> None:
    operator.patch("answered", OWNER)

    event = shop.store.events("answered")[-1]
    assert (event.actor, event.actor_kind, event.via) == (ANN, "person", "cockpit")
