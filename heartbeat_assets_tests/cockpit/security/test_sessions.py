"""Tests of sessions: what a cookie is worth, and for how long."""

import pytest

from heartbeat_assets.cockpit.security.operators import Operator
from heartbeat_assets.cockpit.security.sessions import LIFETIME_SECONDS, Sessions

ANN = Operator("ann@example.org", "0123456789abcdef")


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_session_says_who_signed_in_until_it_is_twelve_hours_old() -> None:
    clock = Clock()
    sessions = Sessions(clock=clock)
    cookie = sessions.begin(ANN)

    clock.now += LIFETIME_SECONDS - 1
    found = sessions.read(cookie)
    assert found is not None
    assert found.operator == ANN
    clock.now += 1
    assert sessions.read(cookie) is None


def test_a_session_from_the_future_is_none() -> None:
    clock = Clock()
    sessions = Sessions(clock=clock)
    cookie = sessions.begin(ANN)

    clock.now -= 3600
    assert sessions.read(cookie) is None


@pytest.mark.parametrize("place", [0, 5, 20, -5, -1])
def test_a_cookie_that_was_tampered_with_is_none(place: int) -> None:
    sessions = Sessions()
    cookie = sessions.begin(ANN)
    other = "A" if cookie[place] != "A" else "B"
    characters = list(cookie)
    characters[place] = other

    changed = "".join(characters)
    # The last character of a signature has bits that count for nothing.
    if place != -1:
        assert sessions.read(changed) is None
    assert sessions.read(cookie + "A") is None
    assert sessions.read(cookie[:-1]) is None


@pytest.mark.parametrize("cookie", ["", ".", "a.b", "a.b.c", "x" * 5000, "é", "WyJhIl0.x", "\x00"])
def test_what_was_never_a_session_is_none(cookie: str) -> None:
    assert Sessions().read(cookie) is None


def test_a_session_signed_with_another_secret_is_none() -> None:
    assert Sessions("a" * 32).read(Sessions("b" * 32).begin(ANN)) is None
    assert Sessions("a" * 32).read(Sessions("a" * 32).begin(ANN)) is not None


def test_without_a_secret_no_two_starts_have_the_same() -> None:
    assert Sessions().read(Sessions().begin(ANN)) is None


def test_a_session_that_was_ended_is_worthless_wherever_its_cookie_went() -> None:
    sessions = Sessions()
    cookie, other = sessions.begin(ANN), sessions.begin(ANN)
    found = sessions.read(cookie)
    assert found is not None

    sessions.end(found)

    assert sessions.read(cookie) is None
    assert sessions.read(other) is not None


def test_ended_sessions_are_forgotten_once_they_would_have_expired() -> None:
    clock = Clock()
    sessions = Sessions(clock=clock)
    for _ in range(100):
        found = sessions.read(sessions.begin(ANN))
        assert found is not None
        sessions.end(found)
        clock.now += 3600

    assert len(sessions._ended) <= 12


def test_each_session_has_a_csrf_token_of_its_own() -> None:
    sessions = Sessions()

    token = sessions.csrf_token("one")

    assert sessions.is_csrf_token(token, "one")
    assert not sessions.is_csrf_token(token, "another")
    assert not sessions.is_csrf_token("", "one")
    assert not sessions.is_csrf_token("é\ud800", "one")
