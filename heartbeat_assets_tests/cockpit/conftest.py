"""A project with metrics and a cockpit over it, asked in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from heartbeat_assets.cockpit.app import create_app
from heartbeat_assets.cockpit.settings import CockpitSettings
from heartbeat_assets.ledger import MetricStore, NewValue, open_ledger
from heartbeat_assets.metrics.registry import sync
from heartbeat_assets_tests.cockpit.browsing import ANN, ANN_TOKEN, Browser
from heartbeat_assets_tests.metrics.projects import PROGRAM, MetricsProject

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


class CockpitProject(MetricsProject):
    """A project with the service `shop`, the metrics `answered` and `waiting`, and a ledger on SQLite."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.write("data/orders.csv", "order_id,amount\nA1,10\nA2,20.5\n")
        self.write_service()
        self.write_metric("answered", name="Answered sessions", code="ANSW")
        self.write_metric("waiting", name="Waiting <b>time</b>", code="WAIT", sql="SELECT 2 AS value")

    @property
    def store(self) -> MetricStore:
        return open_ledger(self.settings.ledger_url).metrics

    def sync(self) -> None:
        """Brings the registry in line with the files, as the pipeline does."""
        sync(self.catalog, self.store, actor=PROGRAM, now=datetime.now(UTC))

    def record(self, metric_id: str, *values: float | None, status: str = "green", error: str = "no orders") -> None:
        """Records values, the last of them for the newest tick. None is no data."""
        file = self.file(metric_id)
        self.store.append_values([
            NewValue(
                metric_id=metric_id,
                tick=(tick := NOW - timedelta(hours=len(values) - 1 - place)),
                value=value,
                status="no_data" if value is None else status,  # type: ignore[arg-type]
                computed_at=tick + timedelta(minutes=17),
                source_as_of=tick - timedelta(minutes=5),
                sql_hash=file.sql_hash,
                error=error if value is None else None,
            )
            for place, value in enumerate(values)
        ])  # fmt: skip


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with its tables and nothing in them, to be copied: making the tables takes longer than most tests."""
    file = tmp_path_factory.mktemp("ledger") / "ledger.sqlite"
    open_ledger(str(file)).close()
    return file


@pytest.fixture
def shop(tmp_path: Path, empty_ledger: Path) -> Iterator[CockpitProject]:
    made = CockpitProject(tmp_path / "project")
    made.settings.home.mkdir()
    copyfile(empty_ledger, made.settings.ledger_url)
    made.sync()
    yield made
    open_ledger(made.settings.ledger_url).close()


Opens = Callable[..., Browser]


@pytest.fixture
def opens(shop: CockpitProject) -> Iterator[Opens]:
    """Opens a browser on a cockpit of its own; settings of the cockpit by their names, `parts` for `create_app`."""
    with ExitStack() as stack:

        def opened(
            peer: str = "127.0.0.1", host: str = "127.0.0.1:8420", parts: dict[str, Any] | None = None, **settings: Any
        ) -> Browser:
            chosen = replace(CockpitSettings(shop.settings), **settings)
            app = create_app(chosen, **({"start_name": ANN, "start_token": ANN_TOKEN} | (parts or {})))
            return stack.enter_context(Browser(app, peer, host))

        yield opened


@pytest.fixture
def browser(opens: Opens) -> Browser:
    """A browser on a cockpit that only this machine reaches; nobody is signed in."""
    return opens()


@pytest.fixture
def operator(browser: Browser) -> Browser:
    """The same with ann signed in."""
    assert browser.sign_in().status_code == 303
    return browser
