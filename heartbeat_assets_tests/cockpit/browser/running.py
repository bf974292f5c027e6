"""A running cockpit over a small project of its own, and a real browser that people look at it with."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from heartbeat_assets.ledger import open_ledger
from heartbeat_assets.metrics.benchmark import refresh_benchmarks
from heartbeat_assets.metrics.compute import compute_metrics
from heartbeat_assets.metrics.ticks import ticks
from heartbeat_assets_tests.metrics.projects import PROGRAM, MetricsProject

BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
PROJECT_FILE = '[tool.dg]\ndirectory_type = "project"\n[tool.dg.project]\nroot_module = "shop"\ndefs_module = "defs"\n'
SERVICE = """type: heartbeat_assets.MetricService
attributes:
  description: The orders of a shop.
  sources:
    orders: {kind: table, path: data/orders.csv, columns: {ordered_at: timestamp}, period_column: ordered_at}
"""
COUNT = "SELECT count(*) FROM orders WHERE ordered_at > $as_of - INTERVAL 24 HOUR AND ordered_at <= $as_of"
OTHER_COUNT = COUNT.replace("count(*)", "count(ordered_at)")
ANA, BEN = "ana@example.org", "ben@example.org"
_START_SECONDS = 60


class RunningCockpit(MetricsProject):
    """The project in `folder`: an order an hour up to now, two metrics, and `heartbeat cockpit` over it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.write("pyproject.toml", PROJECT_FILE)
        self.write_service(yaml=SERVICE)
        now = datetime.now(UTC)
        rows = [f"{now - timedelta(minutes=10, hours=hour):%Y-%m-%d %H:%M:%S}\n" for hour in range(24 * 8)]
        self.write("data/orders.csv", f"ordered_at\n{''.join(rows)}")
        limits = {"unit": "orders", "norm_value": "20", "alert_value": "10"}
        self.write_metric("orders_day", COUNT, name="Orders of a day", **limits)
        self.write_metric("orders_all", "SELECT count(*) FROM orders", name="All orders", unit="orders", code="ALLO",
                          norm_value=None, alert_value=None)  # fmt: skip
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("HEARTBEAT_")},
            "HEARTBEAT_PROJECT": str(folder),
            "HEARTBEAT_HOME": str(folder / "home"),
        }
        self._give_past(now)
        token = self.heartbeat("cockpit", "token", BEN, "--table")
        operators = self.write("operators.yaml", re.search(r"^ben.*$", token, re.MULTILINE)[0] + "\n")  # type: ignore[index]
        self.ben_token = re.search(r"hand to them: (\S+)", token)[1]  # type: ignore[index]
        self.environment["HEARTBEAT_COCKPIT_OPERATORS"] = str(operators)
        self.log = folder / "cockpit.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*_HEARTBEAT, "cockpit", "--port", "0", "--as", ANA], env=self.environment, stdout=log, stderr=log
            )
        self.sign_in_link = self._wait_for(r"Sign in as \S+: (http\S+)")
        self.address = self.sign_in_link.partition("/sign-in")[0]

    def _give_past(self, now: datetime) -> None:
        """A week of hours, and what is normal."""
        catalog, store = self.catalog, open_ledger(self.settings.ledger_url).metrics
        past = list(ticks("hour", now - timedelta(days=7), now))
        compute_metrics(catalog, catalog.services["shop"], store, actor=PROGRAM, ticks=past, now=now)
        refresh_benchmarks(catalog.files.values(), store, now)

    def heartbeat(self, *arguments: str) -> str:
        """What a command prints, which must succeed."""
        done = subprocess.run([*_HEARTBEAT, *arguments], env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _wait_for(self, pattern: str) -> str:
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            if found := re.search(pattern, self.log.read_text(encoding="utf-8")):
                return found[1]
            time.sleep(0.1)
        pytest.fail(f"the cockpit did not start: {self.log.read_text(encoding='utf-8')}")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(10) == 0


_HEARTBEAT = [str(Path(sys.executable).with_name("heartbeat"))]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; the test is skipped where there is none, and fails where there must be one."""
    found = next((path for path in BROWSERS if Path(path).exists()), None)
    if found is None:
        message = "no Chromium is installed: apt-get install chromium"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def nameless(page: Page) -> list[str]:
    """The links, buttons and fields of a page that a screen reader has no name for. What a field holds is no name."""
    found: list[str] = page.evaluate(
        """[...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea")]
            .filter((one) => !one.getAttribute("aria-label"))
            .filter((one) => one.matches("a, button") ? !one.textContent.trim() : !one.labels?.length)
            .map((one) => one.outerHTML)"""
    )
    return found


def keep_screenshot(page: Page, name: str) -> None:
    """Puts what the page shows among the artifacts of the tests, which continuous integration keeps."""
    folder = Path(os.environ.get("HEARTBEAT_TEST_ARTIFACTS") or "evidence") / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)
