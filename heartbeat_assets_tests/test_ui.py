"""What a user sees after `make ui`: a real Dagster webserver and daemon, and a real browser looking at it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from heartbeat_assets.governance.runbook import build_runbook
from heartbeat_assets.governance.runbook.runbook_file import RunbookFile
from heartbeat_assets.governance.runbook.spec import RunbookSpec
from heartbeat_assets.settings import load_settings

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_WAIT_SECONDS = 120


class Dagster:
    """A running `dagster dev` on the project's workspace, its state below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.port = _free_port()
        dagster_home = folder / "dagster_home"
        dagster_home.mkdir()
        shutil.copy(ROOT / "dagster_home" / "dagster.yaml", dagster_home)
        environment = {**os.environ, "HEARTBEAT_HOME": str(self.home), "DAGSTER_HOME": str(dagster_home)}
        for name in ("HEARTBEAT_PROJECT", "HEARTBEAT_LEDGER_URL"):
            environment.pop(name, None)
        self.log = folder / "dagster.log"
        command = [str(Path(sys.executable).with_name("dagster")), "dev", "-w", "workspace.yaml", "-p", str(self.port)]
        with self.log.open("wb") as log:
            # A session of its own: started in the background, `dagster dev` ignores SIGTERM otherwise.
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def ask(self, query: str) -> Any:
        """The data of a GraphQL query, None while nobody answers."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            data=json.dumps({"query": query}).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)["data"]
        except (urllib.error.URLError, OSError):
            return None

    def wait_for(self, what: str, found: Callable[[], Any]) -> Any:
        """What `found` returns once it is true; fails with the log when that takes too long."""
        until = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < until:
            if answer := found():
                return answer
            time.sleep(0.5)
        pytest.fail(f"{what} did not come: {self.log.read_text(encoding='utf-8')[-3000:]}")

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture(scope="module")
def dagster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dagster]:
    running = Dagster(tmp_path_factory.mktemp("ui"))
    try:
        yield running
    finally:
        running.stop()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_schedules_and_sensors_run_as_soon_as_dagster_does(dagster: Dagster) -> None:
    query = "{repositoriesOrError{... on RepositoryConnection{nodes{location{name} %s}}}}"
    fields = "sensors{name sensorState{status}} schedules{name scheduleState{status}}"

    def repositories() -> Any:
        data = dagster.ask(query % fields)
        return data and data["repositoriesOrError"].get("nodes")

    (repository,) = dagster.wait_for("the code location", repositories)
    assert repository["location"]["name"] == "heartbeat_assets"
    states = {sensor["name"]: sensor["sensorState"]["status"] for sensor in repository["sensors"]}
    states |= {schedule["name"]: schedule["scheduleState"]["status"] for schedule in repository["schedules"]}
    services = ("citizen_app", "legal_register", "marketplace_app")
    triggers = ("automation", "registry_files", "metrics_schedule", "daily_schedule", "benchmark_schedule")
    assert states == {
        **{f"{service}_{trigger}": "RUNNING" for service in services for trigger in triggers},
        **{f"wholesale_{trigger}": "RUNNING" for trigger in triggers if trigger != "daily_schedule"},
        "citizen_product_automation": "RUNNING",
        "citizen_product_telemetry_files": "RUNNING",
        "citizen_product_schedule": "RUNNING",
        "kpi_events_schedule": "RUNNING",
        "liberty_restrictions_automation": "RUNNING",
        "liberty_restrictions_schedule": "RUNNING",
        "marketplace_automation": "RUNNING",
        "marketplace_objectives_schedule": "RUNNING",
        "marketplace_schedule": "RUNNING",
        "operations_schedule": "RUNNING",
        "prune_runs_schedule": "RUNNING",
        "runbook_schedule": "RUNNING",
        "tripwires_schedule": "RUNNING",
    }


def test_the_runbook_sees_that_the_daemons_run(dagster: Dagster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTBEAT_DAGSTER_URL", f"http://127.0.0.1:{dagster.port}")
    monkeypatch.setenv("HEARTBEAT_HOME", str(dagster.home))
    asked = RunbookFile(RunbookSpec(checks=[{"check": "daemon_running", "timeout_seconds": 10}]), ROOT)

    def healthy() -> Any:
        (item,) = build_runbook(load_settings(ROOT), runbook=asked).items
        return item if item.ok else None

    item = dagster.wait_for("healthy daemons", healthy)
    assert {"SCHEDULER", "SENSOR"} <= set(item.detail["daemons"])


def test_the_file_sensor_runs_the_lane_and_the_report_is_published(dagster: Dagster) -> None:
    query = "{runsOrError{... on Runs{results{status jobName tags{key value}}}}}"

    def finished() -> Any:
        data = dagster.ask(query)
        runs = data["runsOrError"]["results"] if data else []
        # The services' registries are looked at as well.
        lanes = [run for run in runs if run["jobName"] == "citizen_product_job"]
        return [run for run in lanes if run["status"] in ("SUCCESS", "FAILURE")]

    runs = dagster.wait_for("a finished run", finished)
    assert [(run["jobName"], run["status"]) for run in runs] == [("citizen_product_job", "SUCCESS")]
    tags = {tag["key"]: tag["value"] for tag in runs[0]["tags"]}
    assert tags["dagster/sensor_name"] == "citizen_product_telemetry_files"
    assert tags["heartbeat/lane"] == "citizen_product"
    report = json.loads((dagster.home / "published" / "citizen_product" / "report.json").read_text(encoding="utf-8"))
    assert report["digest"]["metrics"]["unknown_rate"] == 0.175676


def test_the_browser_shows_the_lane_with_its_checks(dagster: Dagster, tmp_path: Path) -> None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        if os.environ.get("CI"):
            pytest.fail("no browser: apt-get install chromium")
        pytest.skip("no browser; apt-get install chromium")
    url = f"http://127.0.0.1:{dagster.port}/assets/citizen_product/heartbeat?view=checks"
    # Without these flags the browser looks up hosts of its maker at every start.
    quiet = ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", *quiet]
    command += [f"--user-data-dir={tmp_path}", "--virtual-time-budget=15000", "--dump-dom", url]

    def page() -> str:
        shown = subprocess.run(command, capture_output=True, timeout=90, check=False).stdout.decode("utf-8", "replace")
        return shown if "max_drilldown_violations_ok" in shown else ""

    shown = dagster.wait_for("the checks of the heartbeat", page)
    assert "latest_thresholds_ok" in shown
    assert "not_degraded" in shown
