"""Tests of the running cockpit: it starts, tells its link, follows files by itself, and stops when it is told to."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from heartbeat_assets.cockpit.serving import address_of, bound
from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.metrics.changes import change_metric
from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.cockpit.conftest import CockpitProject
from heartbeat_assets_tests.metrics.projects import PERSON

PROJECT_FILE = '[tool.dg.project]\nroot_module = "mine"\ndefs_module = "defs"\n'
WAIT_SECONDS = 60
# 1.7 are the most it allows itself; the rest is a busy machine's. To wait for the ledger would take 20 and more.
PROMPT_SECONDS = 5.0
T = TypeVar("T")


class Running:
    """A cockpit in a process of its own."""

    def __init__(self, shop: CockpitProject, *arguments: str) -> None:
        shop.write("pyproject.toml", PROJECT_FILE)
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("HEARTBEAT_COCKPIT_")
        } | {"HEARTBEAT_PROJECT": str(shop.folder), "HEARTBEAT_HOME": str(shop.settings.home)}
        environment.pop("HEARTBEAT_LEDGER_URL", None)
        self.log = shop.folder / "cockpit.log"
        command = [str(Path(sys.executable).with_name("heartbeat")), "cockpit", "--as", "ann@example.org", *arguments]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def told(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_for(self, what: str, found: Callable[[], T]) -> T:
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            if answer := found():
                return answer
            assert self.process.poll() is None, self.told()
            time.sleep(0.1)
        pytest.fail(f"{what} did not come: {self.told()}")

    @property
    def link(self) -> str:
        self.wait_for("the link", lambda: "Stop it with Ctrl-C." in self.told())
        found = re.search(
            r"^Sign in as ann@example\.org: (http://127\.0\.0\.1:\d+/sign-in\?token=\S+)$", self.told(), re.MULTILINE
        )
        assert found is not None, self.told()
        return found[1]

    def stops_for(self, sent: signal.Signals) -> float:
        """The seconds it takes to end after a signal; it must end well."""
        began = time.monotonic()
        self.process.send_signal(sent)
        assert self.process.wait(20) == 0, self.told()
        return time.monotonic() - began

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


@pytest.fixture
def running(shop: CockpitProject) -> Iterator[Running]:
    found = Running(shop, "--port", "0")
    yield found
    found.kill()


def test_it_tells_a_link_that_signs_in_follows_the_files_and_stops_for_sigterm(
    running: Running, shop: CockpitProject
) -> None:
    change_metric(
        shop.store, "answered", {"owner": "ann@example.org", "verification_state": "verified"}, actor=PERSON, reason="x"
    )
    link = running.link
    root = link.partition("/sign-in")[0]
    with httpx.Client(base_url=root, timeout=30, follow_redirects=True) as client:
        page = client.get(link)
        assert page.url == f"{root}/"
        assert 'content="ann@example.org"' in page.text
        assert re.search(r'<article class="tile t-\w+">', page.text)

        shop.write_metric("answered", code="ANSW", name="Answered sessions", sql="SELECT 7 AS value")

        def dashed() -> bool:
            text = client.get("/").text
            return not re.search(r'<article class="tile t-\w+">', text)

        running.wait_for("the dashed tile", dashed)
        assert client.get("/api/metrics/answered").json()["verification_state"] == "unverified"
        # A connection that is kept open, as browsers do, holds nothing up.
        assert running.stops_for(signal.SIGTERM) < PROMPT_SECONDS
    token = link.partition("token=")[2]
    assert running.told().count(token) == 1


def test_it_stops_for_sigint(running: Running) -> None:
    running.wait_for("the start", lambda: "Stop it with Ctrl-C." in running.told())

    assert running.stops_for(signal.SIGINT) < PROMPT_SECONDS


def test_it_stops_while_a_change_waits_for_the_ledger(running: Running, shop: CockpitProject) -> None:
    import sqlite3
    import threading

    link = running.link
    root, token = link.partition("/sign-in")[0], link.partition("token=")[2]
    headers = {"Authorization": f"Bearer {token}", "If-Match": "*"}
    locked = sqlite3.connect(shop.settings.ledger_url, isolation_level=None)
    locked.execute("BEGIN IMMEDIATE")

    def change() -> None:
        with suppress(httpx.HTTPError):
            httpx.patch(f"{root}/api/metrics/answered/verification", json={"owner": None}, headers=headers, timeout=30)

    waiting = threading.Thread(target=change)
    waiting.start()
    time.sleep(1)
    # Reading goes on meanwhile.
    assert httpx.get(f"{root}/metrics/answered", timeout=10).status_code == 200
    assert running.stops_for(signal.SIGTERM) < PROMPT_SECONDS
    waiting.join(10)
    locked.close()


def test_a_port_that_is_taken_is_a_sentence_and_exit_code_3(
    shop: CockpitProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.write("pyproject.toml", PROJECT_FILE)
    monkeypatch.setenv("HEARTBEAT_PROJECT", str(shop.folder))
    monkeypatch.setenv("HEARTBEAT_HOME", str(shop.settings.home))
    monkeypatch.delenv("HEARTBEAT_LEDGER_URL", raising=False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        # It looks that standard error is one line, so no traceback.
        said = Heartbeat().fails(3, "cockpit", "--as", "ann@example.org", "--port", port)
    assert "something is listening there already" in said


@pytest.mark.parametrize(("host", "said"), [("no.such.host.invalid", "--host"), ("192.0.2.77", "--port")])
def test_an_address_that_is_not_this_machines_is_a_sentence(host: str, said: str) -> None:
    with pytest.raises(HeartbeatError, match=said):
        bound(host, 0)


def test_an_ipv6_address_is_written_as_browsers_take_it() -> None:
    assert address_of("::1", 8420) == "http://[::1]:8420"
    assert address_of("127.0.0.1", 8420) == "http://127.0.0.1:8420"
