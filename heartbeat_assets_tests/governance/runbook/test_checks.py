"""Every check, passing and failing, and what it says to do."""

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from heartbeat_assets.governance.runbook import Item, build_runbook, declare, withdraw
from heartbeat_assets.governance.runbook.runbook_file import RunbookFile
from heartbeat_assets.governance.runbook.spec import RunbookSpec
from heartbeat_assets.governance.switch import engage, release
from heartbeat_assets.lanes.compute import compute_digest
from heartbeat_assets.lanes.recording import append_to_ledger
from heartbeat_assets.ledger import NewKpiEvent, open_ledger
from heartbeat_assets_tests.governance.runbook.looking import ANA, TRIPWIRE, RunbookProject
from heartbeat_assets_tests.metrics.timed_shop import NOW, TimedShop
from heartbeat_assets_tests.own_project import LANE, PACKAGE

CHARTER = "# Charter\n\nVersion: 3\n**Owner:** team:shop\n\nIt may throttle.\n"


def test_a_backend_is_complete_when_a_person_has_said_so(project: RunbookProject) -> None:
    item = project.item("go_live_checklist")
    assert (item.ok, item.severity, item.detail["statements"]) == (False, "BLOCKER", {"backend_complete": None})
    assert item.message == "Not complete: nobody has declared backend_complete."
    assert "heartbeat runbook declare backend_complete --reason" in item.fix
    declare(project.ledger.journal, "backend_complete", actor=ANA, reason="all tried")
    item = project.item("go_live_checklist")
    assert item.ok
    assert "ana@example.org" in item.message
    assert "all tried" in item.message
    withdraw(project.ledger.journal, "backend_complete", actor=ANA, reason="not yet")
    assert not project.item("go_live_checklist").ok


def test_a_pack_is_a_lane_a_service_tripwires_a_distribution_or_a_module(alone: RunbookProject) -> None:
    alone.own.write_lane("orders")
    alone.write_component("MetricService", "register", {"sources": {"a": {"kind": "table", "path": "data/a.csv"}}})
    alone.write_tripwires(TRIPWIRE)
    packs = ["orders", "register", "wires", "pydantic", "json"]
    item = alone.item("go_live_checklist", statements=[], required_packs=packs)
    assert item.ok, item.message
    assert list(item.detail["packs"].values())[:3] == ["lane", "metrics service", "tripwires"]
    assert item.detail["packs"]["pydantic"].startswith("distribution ")
    assert item.detail["packs"]["json"] == "module"
    item = alone.item("go_live_checklist", statements=[], required_packs=["orders", "no_such_pack", "no.such.pack"])
    assert item.message == "Not complete: missing: no_such_pack, no.such.pack."
    alone.own.write_lane("orders", yaml="type: heartbeat_assets.HeartbeatLane\nattributes: {}\n")
    assert not alone.item("go_live_checklist", statements=[], required_packs=["orders"]).ok


def test_the_kill_switch_blocks_and_a_throttled_domain_is_told(project: RunbookProject) -> None:
    journal = project.ledger.journal
    assert project.item("kill_switch_clear").message == "The global kill switch is not engaged."
    engage(journal, "WHOLESALE", actor=ANA, reason="prices are wrong")
    item = project.item("kill_switch_clear")
    assert (item.ok, item.detail["throttled"]) == (True, ["WHOLESALE"])
    assert "Throttled: WHOLESALE." in item.message
    engage(journal, "GLOBAL", actor=ANA, reason="money is lost")
    item = project.item("kill_switch_clear")
    assert not item.ok
    assert "by ana@example.org: money is lost" in item.message
    assert "heartbeat switch release GLOBAL" in item.fix
    release(journal, "GLOBAL", actor=ANA, reason="found")
    assert project.item("kill_switch_clear").ok


def test_the_environment_of_production_has_three_variables(
    alone: RunbookProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = alone.item("env_sanity")
    assert item.message == "ENV is not set, DATABASE_URL is not set, GO_LIVE_ENFORCE is not set."
    assert item.fix == "Set ENV=production, DATABASE_URL, GO_LIVE_ENFORCE=1, and start the process again."
    monkeypatch.setenv("ENV", "staging-7")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hunter22@host/db")
    monkeypatch.setenv("GO_LIVE_ENFORCE", " ")
    item = alone.item("env_sanity")
    assert item.message == "ENV is set to something else, GO_LIVE_ENFORCE is not set."
    assert "staging-7" not in str(item)
    assert "hunter22" not in str(item)
    monkeypatch.setenv("ENV", "production")
    monkeypatch.setenv("GO_LIVE_ENFORCE", "1")
    assert alone.item("env_sanity").ok


def test_variables_and_their_values_are_a_matter_of_the_file(
    alone: RunbookProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {"STAGE": "live", "WORKERS": 4, "API_TOKEN": "only-this-one"}
    item = alone.item("env_sanity", variables=wanted, severity="WARN", id="stage")
    assert (item.id, item.severity) == ("stage", "WARN")
    assert item.fix == "Set STAGE=live, WORKERS=4, API_TOKEN, and start the process again."
    for name, value in wanted.items():
        monkeypatch.setenv(name, str(value))
    assert alone.item("env_sanity", variables=wanted).ok


def test_every_engine_that_may_be_throttled_has_a_risk_policy(alone: RunbookProject) -> None:
    alone.write_tripwires(TRIPWIRE, risk=("CAPITAL",))
    item = alone.item("risk_policies_present", engines=["capital"])
    assert item.detail["missing"] == ["GLOBAL", "WHOLESALE"]
    assert item.message == "No risk policy for GLOBAL, WHOLESALE."
    alone.write_tripwires({**TRIPWIRE, "enabled": False}, risk=("GLOBAL", "CAPITAL"))
    assert alone.item("risk_policies_present", engines=["capital"]).ok
    assert alone.item("risk_policies_present", engines=["BUYER_MATCH"]).detail["missing"] == ["BUYER_MATCH"]


def test_there_must_be_tripwires(alone: RunbookProject) -> None:
    item = alone.item("regression_policies_present")
    assert (item.ok, item.severity, item.message) == (False, "BLOCKER", "There is no tripwire.")
    alone.write_tripwires(TRIPWIRE)
    assert alone.item("regression_policies_present", required=["wholesale.Contract_Rate"]).ok
    item = alone.item("regression_policies_present", required=["CAPITAL.roi_event"])
    assert item.message == "No tripwire CAPITAL.roi_event."
    off = {**TRIPWIRE, "enabled": False}
    alone.write_tripwires(off, {**TRIPWIRE, "domain": "CAPITAL"})
    item = alone.item("regression_policies_present", required=["WHOLESALE.contract_rate"])
    assert (item.ok, item.severity, item.message) == (False, "BLOCKER", "Disabled: WHOLESALE.contract_rate.")


def test_that_all_tripwires_are_disabled_is_a_warning(alone: RunbookProject) -> None:
    alone.write_tripwires({**TRIPWIRE, "enabled": False})
    item = alone.item("regression_policies_present")
    assert (item.ok, item.severity) == (False, "WARN")
    assert item.message == "All 1 tripwires are disabled, so nothing is watched."


def test_a_broken_file_of_tripwires_blocks_with_its_mistake(alone: RunbookProject) -> None:
    alone.write_tripwires(TRIPWIRE, folder="good")
    alone.write_tripwires({**TRIPWIRE, "recnt": 50}, folder="wrong")
    item = alone.item("regression_policies_present")
    assert not item.ok
    assert "unknown field 'recnt'; did you mean 'recent'?" in item.message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "cannot be read: No such file"),
        ("", "says nothing"),
        ("# Charter\n\nVersion: 1\nOwner: me\n", "says nothing"),
        ("Version: 1\n\nIt may run.\n", "has no line with its owner"),
        ("It may run.\n\nVersion:\nOwner:  \n", "has no line with its version and its owner"),
        ("Version: 1\nOwner: me\n\xff\xfe", None),
    ],
)
def test_a_charter_has_a_version_an_owner_and_something_to_say(
    alone: RunbookProject, text: str | None, told: str | None
) -> None:
    if text is not None:
        alone.own.write(f"{PACKAGE}/defs/runbook/charter.md", text)
    item = alone.item("heimdall_charter_present")
    assert item.ok is (told is None), item.message
    assert (told or "Version 1, of me.") in item.message


def test_a_charter_may_be_elsewhere_in_the_project(alone: RunbookProject) -> None:
    alone.own.write("docs/charter.md", CHARTER)
    item = alone.item("heimdall_charter_present", file="docs/charter.md")
    assert item.message == "Version 3, of team:shop."
    (alone.own.folder / "docs" / "charter.md").write_bytes(b"Version: 1\xff")
    assert "is not UTF-8 text" in alone.item("heimdall_charter_present", file="docs/charter.md").message


def test_lanes_pass_by_their_newest_verdict(project: RunbookProject) -> None:
    assert project.item("lanes_passing").message == "There is no lane."
    lane = project.own.write_lane("shop")
    item = project.item("lanes_passing")
    assert (item.ok, item.severity, item.message) == (False, "WARN", "shop: no run yet.")
    run_lane(project)
    assert project.item("lanes_passing").message == "Passing: shop."
    lane.write_text(LANE.replace("min: 1", "min: 5"), encoding="utf-8")
    run_lane(project)
    item = project.item("lanes_passing", severity="BLOCKER")
    assert (item.ok, item.severity) == (False, "BLOCKER")
    assert item.message.startswith("shop: blocked (")


def test_a_lane_that_is_not_there_or_cannot_be_read_does_not_pass(alone: RunbookProject) -> None:
    assert alone.item("lanes_passing", lanes=["shop"]).message == "shop: there is no such lane."
    alone.own.write_lane("shop", yaml="type: heartbeat_assets.HeartbeatLane\nattributes: {kpis: 3}\n")
    item = alone.item("lanes_passing")
    assert not item.ok
    assert "kpis: must be a list" in item.message


def run_lane(project: RunbookProject) -> None:
    """Records a heartbeat of the lane `shop` as it is now."""
    lane, now = project.own.lane("shop"), datetime.now(UTC)
    append_to_ledger(lane, compute_digest(lane, now=now), now=now)


def test_a_verified_metric_beyond_its_alert_value_is_named(timed: TimedShop) -> None:
    open_ledger(timed.settings.ledger_url).close()
    checks = RunbookFile(RunbookSpec(checks=[{"check": "metrics_verified_not_red"}]), timed.folder)

    def look() -> Item:
        (item,) = build_runbook(timed.settings, runbook=checks, now=NOW).items
        return item

    assert look().message == "No metric is verified yet."
    timed.write_count(alert_value="50", norm_value="60")
    timed.compute()
    assert look().ok, "nobody stands behind it"
    timed.verify()
    item = look()
    assert (item.ok, item.severity, item.detail["verified"]) == (False, "WARN", 1)
    assert "orders_day was 24 orders" in item.message
    assert "heartbeat metrics show orders_day" in item.fix


def test_a_verified_metric_within_its_limits_is_fine(timed: TimedShop) -> None:
    checks = RunbookFile(RunbookSpec(checks=[{"check": "metrics_verified_not_red"}]), timed.folder)
    timed.write_count(alert_value="5", norm_value="6")
    timed.compute()
    timed.verify()
    (item,) = build_runbook(timed.settings, runbook=checks, now=NOW).items
    assert item.message == "None of 1 verified metrics is beyond its alert value."


def test_tripwires_are_quiet_by_their_newest_looks(project: RunbookProject) -> None:
    assert project.item("tripwires_quiet").message == "No tripwire is enabled."
    project.write_tripwires(TRIPWIRE)
    item = project.item("tripwires_quiet")
    assert item.ok
    assert item.message == "Nothing is known to have become worse. Not looked at yet: WHOLESALE.contract_rate."
    project.triggered()
    item = project.item("tripwires_quiet")
    assert (item.ok, item.severity) == (False, "WARN")
    assert item.message == "WHOLESALE.contract_rate triggered: WHOLESALE.contract_rate fell by a third."
    assert "heartbeat tripwires show WHOLESALE.contract_rate" in item.fix
    project.triggered(kind="problem")
    assert not project.item("tripwires_quiet").ok
    project.triggered(kind="inconclusive")
    assert project.item("tripwires_quiet").ok


@pytest.mark.parametrize("check", ["tripwires_quiet", "kpi_events_flowing"])
def test_tripwires_that_cannot_be_read_are_neither_quiet_nor_flowing(alone: RunbookProject, check: str) -> None:
    alone.own.write("own_shop/defs/wires/defs.yaml", "type: heartbeat_assets.Tripwires\nattributes: [\n")
    item = alone.item(check)
    assert (item.ok, item.severity) == (False, "WARN")
    assert item.message.startswith("own_shop/defs/wires/defs.yaml: "), "as a path in the project"
    assert item.fix == "Mend the file: the message names the field."


def test_a_disabled_tripwire_is_not_asked(project: RunbookProject) -> None:
    project.write_tripwires({**TRIPWIRE, "enabled": False})
    project.triggered()
    assert project.item("tripwires_quiet").ok


def test_events_flow_while_the_newest_is_young_enough(project: RunbookProject) -> None:
    assert project.item("kpi_events_flowing").ok
    project.write_tripwires(TRIPWIRE)
    assert project.item("kpi_events_flowing").message == "WHOLESALE.contract_rate: no event yet."
    at = datetime.now(UTC) - timedelta(days=2)
    project.ledger.events.append([NewKpiEvent("WHOLESALE", "contract_rate", success=True, at=at)])
    assert project.item("kpi_events_flowing").ok
    item = project.item("kpi_events_flowing", within="36h")
    assert (item.ok, item.severity) == (False, "WARN")
    assert "2 days" in item.message
    assert "heartbeat kpi list" in item.fix


def test_a_ledger_is_reachable_when_it_can_be_read(project: RunbookProject) -> None:
    item = project.item("ledger_reachable")
    assert item.ok
    assert item.message == f"{project.ledger.url} can be read."
    assert item.detail["lanes"] == 0


def test_a_ledger_that_may_not_be_written_is_told(alone: RunbookProject, monkeypatch: pytest.MonkeyPatch) -> None:
    assert alone.item("ledger_reachable").ok
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    item = alone.item("ledger_reachable")
    assert not item.ok
    assert "may not be written" in item.message


HEALTHY = {"daemonType": "SCHEDULER", "healthy": True, "required": True}
DOWN = {"daemonType": "SENSOR", "healthy": False, "required": True}
UNKNOWN = {"daemonType": "ASSET", "healthy": None, "required": True}
NOT_NEEDED = {"daemonType": "BACKFILL", "healthy": False, "required": False}


@contextmanager
def dagster(answer: bytes, status: int = 200, wait: float = 0) -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers everything with `answer`; gives its address, and what it was asked."""
    asked: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path.encode() + b" " + self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(wait)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def daemons(*statuses: dict[str, Any]) -> bytes:
    return json.dumps({"data": {"instance": {"daemonHealth": {"allDaemonStatuses": statuses}}}}).encode()


def test_every_daemon_that_is_needed_runs(alone: RunbookProject, monkeypatch: pytest.MonkeyPatch) -> None:
    with dagster(daemons(HEALTHY, NOT_NEEDED)) as (address, asked):
        # A proxy for the outside world is not asked about a server that is near.
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        monkeypatch.setenv("HEARTBEAT_DAGSTER_URL", f"{address}/")
        item = alone.item("daemon_running")
    assert item.message == "All 1 daemons that are needed are healthy."
    assert item.detail == {"daemons": {"SCHEDULER": "healthy"}}
    (question,) = asked
    assert question.startswith(b"/graphql ")
    assert b"allDaemonStatuses { daemonType healthy required }" in question


@pytest.mark.parametrize(
    ("answer", "status", "told"),
    [
        (daemons(HEALTHY, DOWN, UNKNOWN), 200, "Not running: ASSET, SENSOR."),
        (b"<html>", 200, "What answers there is not Dagster"),
        (b'{"data": null}', 200, "What answers there is not Dagster"),
        (b"[]", 200, "What answers there is not Dagster"),
        (b"{}", 500, "Dagster answers with status 500."),
    ],
)
def test_a_daemon_that_does_not_run_is_a_warning(
    alone: RunbookProject, monkeypatch: pytest.MonkeyPatch, answer: bytes, status: int, told: str
) -> None:
    with dagster(answer, status) as (address, _):
        monkeypatch.setenv("HEARTBEAT_DAGSTER_URL", address)
        item = alone.item("daemon_running")
    assert (item.ok, item.severity) == (False, "WARN")
    assert told in item.message
    assert item.fix


def test_a_server_that_is_away_or_slow_is_not_waited_for(
    alone: RunbookProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert alone.item("daemon_running").message == "Dagster does not answer (ConnectionRefusedError)."
    with dagster(daemons(HEALTHY), wait=1.0) as (address, _):
        monkeypatch.setenv("HEARTBEAT_DAGSTER_URL", address)
        began = time.monotonic()
        item = alone.item("daemon_running", timeout_seconds=0.2)
        assert time.monotonic() - began < 0.9
    assert item.message == "Dagster does not answer (TimeoutError)."
    for address in ("ftp://somewhere:pass1word@host", "http://somewhere:pass1word@host"):
        monkeypatch.setenv("HEARTBEAT_DAGSTER_URL", address)
        item = alone.item("daemon_running")
        assert item.message.startswith("What answers there is not Dagster (")
        assert "pass1word" not in str(item)
    monkeypatch.setenv("HEARTBEAT_DAGSTER_URL", "off")
    assert alone.item("daemon_running").message == "HEARTBEAT_DAGSTER_URL is off, so Dagster cannot be asked."
