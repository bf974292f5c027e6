"""Tests of the cockpit's settings: what the environment may say, and what is refused before anything listens."""

from __future__ import annotations

from pathlib import Path

import pytest

from heartbeat_assets.cockpit.settings import CockpitSettings, cockpit_settings, is_loopback
from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.settings import Settings, cockpit_variables

NAMES = ("OPERATORS", "PROXY_HEADER", "PROXIES", "HOSTS", "SECRET")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*(f"HEARTBEAT_COCKPIT_{name}" for name in NAMES), "HEARTBEAT_DAGSTER_URL"):
        monkeypatch.delenv(name, raising=False)


def found(host: str = "127.0.0.1") -> CockpitSettings:
    return cockpit_settings(Settings(Path(), Path(), Path(), ""), cockpit_variables(), host=host)


def test_without_a_variable_it_is_this_machines_alone(tmp_path: Path) -> None:
    settings = found()

    assert settings.loopback
    assert (settings.operators_file, settings.proxy_header, settings.proxies, settings.secret) == (None, None, (), None)
    assert settings.dagster_url == "http://127.0.0.1:3000"
    assert settings.is_ours("localhost")
    assert not settings.is_ours("cockpit.example.org")


def test_every_variable_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTBEAT_COCKPIT_OPERATORS", "~/operators.yaml")
    monkeypatch.setenv("HEARTBEAT_COCKPIT_PROXY_HEADER", "X-Forwarded-Email")
    monkeypatch.setenv("HEARTBEAT_COCKPIT_PROXIES", "10.0.0.7, 10.1.0.0/16,::1")
    monkeypatch.setenv("HEARTBEAT_COCKPIT_HOSTS", "Cockpit.example.org, other.example.org")
    monkeypatch.setenv("HEARTBEAT_COCKPIT_SECRET", "s" * 32)
    monkeypatch.setenv("HEARTBEAT_DAGSTER_URL", "https://dagster.example.org/")

    settings = found("10.0.0.9")

    assert settings.operators_file == Path("~/operators.yaml").expanduser()
    assert settings.proxy_header == "x-forwarded-email"
    assert [str(one) for one in settings.proxies] == ["10.0.0.7/32", "10.1.0.0/16", "::1/128"]
    assert settings.is_ours("cockpit.example.org")
    assert settings.is_ours("10.0.0.9")
    assert not settings.is_ours("10.0.0.10")
    assert settings.secret == "s" * 32
    assert settings.dagster_url == "https://dagster.example.org"
    monkeypatch.setenv("HEARTBEAT_DAGSTER_URL", "off")
    assert found().dagster_url == ""


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "cockpit.example.org", "::", "2001:db8::1"])
def test_others_are_not_let_in_while_nobody_can_sign_in(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageProblem, match="nobody could sign in"):
        found(host)

    monkeypatch.setenv("HEARTBEAT_COCKPIT_OPERATORS", "operators.yaml")
    assert not found(host).loopback


def test_on_every_address_of_the_machine_any_address_is_ours_and_no_unknown_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HEARTBEAT_COCKPIT_OPERATORS", "operators.yaml")
    settings = found("0.0.0.0")

    assert settings.is_ours("192.0.2.1")
    assert settings.is_ours("[2001:db8::1]")
    assert not settings.is_ours("evil.example")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("COCKPIT_PROXY_HEADER", "Cookie", "is no header that names a person"),
        ("COCKPIT_PROXY_HEADER", "X-Forwarded-For", "is no header that names a person"),
        ("COCKPIT_PROXY_HEADER", "X Email", "is no header that names a person"),
        ("COCKPIT_PROXIES", "proxy.example.org", "neither an address nor a network"),
        ("COCKPIT_PROXIES", "0.0.0.0/0", "everybody could name themselves"),
        ("COCKPIT_PROXIES", "::/0", "everybody could name themselves"),
        ("COCKPIT_HOSTS", "http://cockpit.example.org", "is no host name"),
        ("COCKPIT_HOSTS", "*", "is no host name"),
        ("COCKPIT_SECRET", "short", "shorter than 32 characters"),
        ("DAGSTER_URL", "javascript:alert(1)", "is no address of a web page"),
        ("DAGSTER_URL", 'http://x"onclick=', "is no address of a web page"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_variable(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTBEAT_COCKPIT_PROXY_HEADER", "X-Forwarded-Email")
    monkeypatch.setenv(f"HEARTBEAT_{name}", value)

    with pytest.raises(UsageProblem, match=f"HEARTBEAT_{name}") as caught:
        found()

    assert said in str(caught.value)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "::1", "[::1]"])
def test_loopback_is_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "10.0.0.1", "localhost.example.org", "128.0.0.1"])
def test_what_others_reach_is_not_loopback(host: str) -> None:
    assert not is_loopback(host)
