"""Tests of signing in and out: the link, the form, what a session's cookie is like, and how often one may fail."""

import re
from pathlib import Path

import pytest

from heartbeat_assets.cockpit.security.attempts import Attempts
from heartbeat_assets.cockpit.security.operators import new_token, operators_line
from heartbeat_assets.cockpit.security.sessions import LIFETIME_SECONDS, Sessions
from heartbeat_assets.cockpit.security.signing_in import own_path
from heartbeat_assets_tests.cockpit.browsing import ANN, ANN_TOKEN, Browser
from heartbeat_assets_tests.cockpit.conftest import Opens


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def form_token(browser: Browser) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/sign-in").text)
    assert found is not None
    return found[1]


def signs_in_by_form(browser: Browser, token: str, **fields: str) -> int:
    data = {"token": token, "csrf_token": form_token(browser), "next": "/lanes"} | fields
    return browser.ask("POST", "/sign-in", data=data).status_code


def test_the_link_begins_a_session_and_leads_to_an_address_without_the_token(browser: Browser) -> None:
    answer = browser.sign_in()

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("heartbeat_cockpit_8420=")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    assert f"Max-Age={LIFETIME_SECONDS}" in cookie
    assert ANN_TOKEN not in cookie
    assert f'content="{ANN}"' in browser.get("/").text


def test_the_link_with_a_wrong_token_shows_the_form_and_begins_nothing(browser: Browser) -> None:
    answer = browser.sign_in("wrong")

    assert answer.status_code == 401
    assert "This token is nobody&#39;s" in answer.text
    assert "set-cookie" not in answer.headers


def test_a_link_that_did_not_work_hands_its_token_on_to_no_other_address(browser: Browser) -> None:
    answer = browser.get("/sign-in?token=half-of-a-token&next=/metrics/answered")

    assert answer.status_code == 401
    assert "half-of-a-token" not in answer.text
    assert 'href="/sign-in?next=/metrics/answered"' in answer.text


def test_the_form_signs_in_by_token_with_and_without_the_e_mail(opens: Opens, tmp_path: Path) -> None:
    token = new_token()
    file = tmp_path / "operators.yaml"
    file.write_text(operators_line("bob@example.org", token), encoding="utf-8")

    assert signs_in_by_form(opens(operators_file=file), token) == 303
    assert signs_in_by_form(opens(operators_file=file), token, email="bob@example.org") == 303
    assert signs_in_by_form(opens(operators_file=file), token, email="ann@example.org") == 401
    assert signs_in_by_form(opens(operators_file=file), "") == 401


def test_the_form_leads_to_where_it_was_asked_for(browser: Browser) -> None:
    data = {"token": ANN_TOKEN, "csrf_token": form_token(browser), "next": "/metrics/answered?range=24h"}

    assert browser.ask("POST", "/sign-in", data=data).headers["location"] == "/metrics/answered?range=24h"


def test_the_form_is_refused_without_the_token_of_its_page_and_from_elsewhere(browser: Browser) -> None:
    data = {"token": ANN_TOKEN, "csrf_token": "x"}
    assert browser.ask("POST", "/sign-in", data=data).status_code == 403
    assert browser.ask("POST", "/sign-in", content=b"\xff\xfe").status_code == 403

    data = {"token": ANN_TOKEN, "csrf_token": form_token(browser)}
    answer = browser.ask("POST", "/sign-in", data=data, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "", "/a\nb", "/a\\b", "/\t/evil.example",
     "/sign-in", "/sign-out", "/" + "x" * 3000],
)  # fmt: skip
def test_a_sign_in_leads_nowhere_but_to_our_own_pages(path: str) -> None:
    assert own_path(path) == "/"


def test_signing_out_ends_the_session_wherever_its_cookie_went(operator: Browser) -> None:
    copied = dict(operator.cookies)
    operator.ask("POST", "/sign-out", data={"csrf_token": operator.csrf_token()})

    with Browser(operator.app) as thief:
        thief.cookies.update(copied)
        assert thief.csrf_token() == ""


def test_a_session_ends_after_twelve_hours(opens: Opens) -> None:
    clock = Clock()
    browser = opens(parts={"sessions": Sessions(clock=clock)})
    browser.sign_in()
    assert browser.csrf_token() != ""

    clock.now += LIFETIME_SECONDS

    assert browser.csrf_token() == ""


def test_a_session_ends_when_its_operator_is_taken_out_of_the_file(opens: Opens, tmp_path: Path) -> None:
    token, file = new_token(), tmp_path / "operators.yaml"
    file.write_text(operators_line("bob@example.org", token), encoding="utf-8")
    browser = opens(operators_file=file)
    browser.sign_in(token)
    assert browser.csrf_token() != ""

    file.write_text(operators_line("carol@example.org", new_token()), encoding="utf-8")

    assert browser.csrf_token() == ""


def test_a_secret_of_the_configuration_keeps_sessions_over_a_restart(opens: Opens) -> None:
    first, second, third = opens(secret="s" * 32), opens(secret="s" * 32), opens(secret="t" * 32)
    first.sign_in()

    for browser, known in ((second, True), (third, False)):
        browser.cookies.update(first.cookies)
        assert (browser.csrf_token() != "") is known


def test_after_five_failures_the_next_attempt_has_to_wait_even_with_the_right_token(opens: Opens) -> None:
    clock = Clock()
    browser = opens(parts={"attempts": Attempts(clock)})
    assert [browser.sign_in("wrong").status_code for _ in range(5)] == [401] * 5

    answer = browser.sign_in()

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "60"
    assert answer.text.count("60 seconds") == 1
    program = browser.get("/api/metrics", headers={"Authorization": f"Bearer {ANN_TOKEN}"})
    assert (program.status_code, program.headers["retry-after"]) == (429, "60")
    clock.now += 60
    assert browser.sign_in().status_code == 303


def test_failures_of_one_address_do_not_keep_others_waiting(opens: Opens) -> None:
    browser = opens(peer="10.0.0.7")
    for _ in range(6):
        browser.sign_in("wrong")

    with Browser(browser.app, peer="10.0.0.8") as other:
        assert other.sign_in().status_code == 303


def test_who_is_signed_in_is_not_kept_waiting_by_failures(operator: Browser) -> None:
    for _ in range(6):
        operator.call("answered", {"owner": None}, "wrong")

    assert operator.patch("answered", {"owner": "ann@example.org"}).status_code == 200


def test_the_cookie_is_for_https_alone_where_the_browser_came_by_it(opens: Opens) -> None:
    browser = opens()

    answer = browser.get(f"https://127.0.0.1:8420/sign-in?token={ANN_TOKEN}")

    assert "Secure" in answer.headers["set-cookie"]
