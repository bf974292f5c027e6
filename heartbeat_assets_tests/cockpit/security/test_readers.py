"""Tests of the trusted proxy: whose word counts, and what else is asked of what comes through it."""

import ipaddress

from heartbeat_assets_tests.cockpit.browsing import Browser, problem_of
from heartbeat_assets_tests.cockpit.conftest import CockpitProject, Opens

HEADER = "X-Forwarded-Email"
BOB = {HEADER: "bob@example.org"}
PROXIES = (ipaddress.ip_network("127.0.0.1/32"), ipaddress.ip_network("10.0.0.0/24"), ipaddress.ip_network("::1/128"))


def proxied(opens: Opens, peer: str = "127.0.0.1") -> Browser:
    return opens(peer=peer, proxy_header="x-forwarded-email", proxies=PROXIES)


def token_for(browser: Browser, headers: dict[str, str]) -> str:
    text = browser.get("/", headers=headers).text
    return text.partition('<meta name="csrf-token" content="')[2].partition('"')[0]


def test_the_proxy_says_who_reads_and_its_word_is_recorded(opens: Opens, shop: CockpitProject) -> None:
    browser = proxied(opens)
    token = token_for(browser, BOB)

    answer = browser.patch("answered", {"owner": "bob@example.org"}, headers={**BOB, "X-CSRF-Token": token})

    assert answer.status_code == 200
    event = shop.store.events("answered")[-1]
    assert (event.actor, event.via) == ("bob@example.org", "cockpit")


def test_the_header_counts_for_nothing_while_it_is_not_switched_on(opens: Opens) -> None:
    assert token_for(opens(), BOB) == ""


def test_the_header_counts_for_nothing_from_another_address_than_the_proxies(opens: Opens) -> None:
    for peer in ("10.0.1.9", "192.0.2.1", "::2", "not an address", ""):
        assert token_for(proxied(opens, peer), BOB) == "", peer
    for peer in ("127.0.0.1", "10.0.0.77", "::1", "::ffff:10.0.0.7"):
        assert token_for(proxied(opens, peer), BOB) != "", peer


def test_a_header_that_is_there_twice_or_names_nobody_counts_for_nothing(opens: Opens) -> None:
    browser = proxied(opens)

    twice = browser.ask("GET", "/", headers=[(HEADER, "bob@example.org"), (HEADER, "root@example.org")])
    assert 'name="csrf-token" content=""' in twice.text
    for name in ("", "bob", "a@b c", "bob@example.org, root@example.org", "x" * 300 + "@example.org", "<b>@x.org"):
        assert token_for(browser, {HEADER: name}) == "", name


def test_a_write_through_the_proxy_needs_the_csrf_token_of_that_person(opens: Opens) -> None:
    browser = proxied(opens)
    carols = token_for(browser, {HEADER: "carol@example.org"})

    for token in ("", carols):
        answer = browser.patch("answered", {"owner": None}, headers={**BOB, "X-CSRF-Token": token})
        assert problem_of(answer)["status"] == 403


def test_what_the_client_claims_to_be_forwarded_for_does_not_reset_its_failures(opens: Opens) -> None:
    browser = opens(peer="192.0.2.9")
    for number in range(5):
        browser.get("/sign-in?token=x", headers={"X-Forwarded-For": f"10.9.9.{number}"})

    assert browser.get("/sign-in?token=x", headers={"X-Forwarded-For": "10.9.9.99"}).status_code == 429


def test_behind_the_proxy_failures_count_for_the_address_that_it_saw(opens: Opens) -> None:
    browser = proxied(opens)
    # The client's own claims come first; what the proxy saw is last.
    for number in range(5):
        browser.get("/sign-in?token=x", headers={"X-Forwarded-For": f"10.9.9.{number}, 192.0.2.9"})

    assert browser.get("/sign-in?token=x", headers={"X-Forwarded-For": "192.0.2.9"}).status_code == 429
    assert browser.get("/sign-in?token=x", headers={"X-Forwarded-For": "192.0.2.10"}).status_code == 401


def test_behind_the_proxy_nobody_is_sent_to_a_form(opens: Opens) -> None:
    assert "/sign-in?next" not in proxied(opens).get("/").text


def test_a_redirect_leads_to_https_whoever_came_by_it_and_nobody_else(opens: Opens) -> None:
    forwarded = {**BOB, "X-Forwarded-Proto": "https"}

    assert proxied(opens).get("/lanes/", headers=forwarded).headers["location"].startswith("https://")
    assert proxied(opens).get("/lanes/", headers=BOB).headers["location"].startswith("http://")
    assert opens().get("/lanes/", headers=forwarded).headers["location"].startswith("http://")
