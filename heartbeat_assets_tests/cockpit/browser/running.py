"""A running cockpit over a small project of its own, and a real browser that people look at it with."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from heartbeat_assets.cockpit.app import create_app
from heartbeat_assets.cockpit.security.operators import new_token, operators_line
from heartbeat_assets.cockpit.serving import address_of, bound
from heartbeat_assets.cockpit.settings import CockpitSettings
from heartbeat_assets.ledger import open_ledger
from heartbeat_assets.metrics.benchmark import refresh_benchmarks
from heartbeat_assets.metrics.compute import compute_metrics
from heartbeat_assets.metrics.ticks import ticks
from heartbeat_assets_tests.metrics.projects import PROGRAM, MetricsProject

BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
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
_STOP_SECONDS = 10


class RunningCockpit(MetricsProject):
    """The project in `folder`: an order an hour up to now, two metrics, and a cockpit over it, in a thread.

    `more` are the ids of further metrics that count the orders of a day. That `heartbeat cockpit` serves the same in a
    process of its own is tested in test_serving.py.
    """

    def __init__(self, folder: Path, more: Iterable[str] = ()) -> None:
        super().__init__(folder)
        self.write_service(yaml=SERVICE)
        now = datetime.now(UTC)
        rows = [f"{now - timedelta(minutes=10, hours=hour):%Y-%m-%d %H:%M:%S}\n" for hour in range(24 * 8)]
        self.write("data/orders.csv", f"ordered_at\n{''.join(rows)}")
        limits = {"unit": "orders", "norm_value": "20", "alert_value": "10"}
        self.write_metric("orders_day", COUNT, name="Orders of a day", **limits)
        self.write_metric("orders_all", "SELECT count(*) FROM orders", name="All orders", unit="orders", code="ALLO",
                          norm_value=None, alert_value=None)  # fmt: skip
        for one in more:
            self.write_metric(one, COUNT, name=f"Orders ({one})", **limits)
        self._give_past(now)
        token, self.ben_token = new_token(), new_token()
        operators = self.write("operators.yaml", operators_line(BEN, self.ben_token) + "\n")
        listening = bound("127.0.0.1", 0)
        self.address = address_of(*listening.getsockname()[:2])
        self.sign_in_path = f"/sign-in?token={token}"
        settings = CockpitSettings(self.settings, port=listening.getsockname()[1], operators_file=operators)
        app = create_app(settings, start_name=ANA, start_token=token)
        self._server = uvicorn.Server(uvicorn.Config(app, ws="none", lifespan="on", log_config=None, access_log=False))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, daemon=True)
        self._thread.start()
        until = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if time.monotonic() > until or not self._thread.is_alive():
                pytest.fail("the cockpit did not start")
            time.sleep(0.02)

    def _give_past(self, now: datetime) -> None:
        """A week of hours, and what is normal."""
        catalog, store = self.catalog, open_ledger(self.settings.ledger_url).metrics
        past = list(ticks("hour", now - timedelta(days=7), now))
        compute_metrics(catalog, catalog.services["shop"], store, actor=PROGRAM, ticks=past, now=now)
        refresh_benchmarks(catalog.files.values(), store, now)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(_STOP_SECONDS)
        assert not self._thread.is_alive()
        open_ledger(self.settings.ledger_url).close()


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
