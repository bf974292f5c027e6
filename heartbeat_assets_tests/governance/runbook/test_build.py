"""The runbook always comes back, whatever a check does, and shows no secret."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest
import yaml

from heartbeat_assets.governance.runbook import build_runbook
from heartbeat_assets.governance.runbook.check import Check, Found
from heartbeat_assets.governance.runbook.context import RunbookContext
from heartbeat_assets.governance.runbook.registry import CHECKS
from heartbeat_assets.governance.runbook.runbook_file import RunbookFile
from heartbeat_assets.governance.runbook.spec import RunbookSpec
from heartbeat_assets.governance.switch import engage
from heartbeat_assets.ledger import NewJournalEvent
from heartbeat_assets_tests.governance.runbook.looking import ALL, ANA, TRIPWIRE, RunbookProject
from heartbeat_assets_tests.own_project import PACKAGE

SECRET = "s3cr3t-of-the-house"
NEED_THE_LEDGER = {
    "go_live_checklist",
    "kill_switch_clear",
    "ledger_reachable",
    "metrics_verified_not_red",
    "tripwires_quiet",
    "kpi_events_flowing",
    "open_incidents",
}
NOTHING_TO_ASK = {"slo_budgets", "components_ok"}
"""A project without SLOs and components passes these, whatever the ledger."""


def everything_shown(project: RunbookProject) -> str:
    runbook = project.look()
    return json.dumps(runbook.document(), ensure_ascii=False) + runbook.markdown() + runbook.sentence


def test_without_a_file_every_check_is_looked_at(alone: RunbookProject) -> None:
    runbook = alone.look()
    assert tuple(item.id for item in runbook.items) == ALL == tuple(CHECKS)
    assert {item.id for item in runbook.blockers} == {
        "go_live_checklist",
        "env_sanity",
        "risk_policies_present",
        "regression_policies_present",
        "heimdall_charter_present",
    }
    assert {item.id for item in runbook.warnings} == {"daemon_running"}
    assert not runbook.ok_to_enable_go_live
    alone.write()
    assert tuple(item.id for item in alone.look().items) == ALL


def test_every_failed_item_says_what_to_do(alone: RunbookProject) -> None:
    assert all(bool(item.fix) is not item.ok for item in alone.look().items)


def test_the_file_says_which_checks_there_are_in_which_order(alone: RunbookProject) -> None:
    checks = [{"check": "ledger_reachable", "id": "books"}, {"check": "kill_switch_clear", "severity": "INFO"}]
    alone.write(checks)
    runbook = alone.look()
    assert [(item.id, item.severity) for item in runbook.items] == [("books", "BLOCKER"), ("kill_switch_clear", "INFO")]
    assert runbook.ok_to_enable_go_live


@pytest.mark.parametrize("fault", [ValueError, KeyError, SystemExit, RecursionError, OSError])
def test_a_check_that_raises_is_a_failed_item_with_the_class_of_its_error(
    alone: RunbookProject, monkeypatch: pytest.MonkeyPatch, fault: type[BaseException]
) -> None:
    def look(self: Check, context: RunbookContext) -> Found:
        raise fault(f"password is {SECRET}")

    monkeypatch.setattr(CHECKS["kill_switch_clear"], "look", look)
    runbook = alone.look()
    item = next(one for one in runbook.items if one.id == "kill_switch_clear")
    assert not item.ok
    assert item.detail == {"error": fault.__name__}
    assert fault.__name__ in item.message
    assert SECRET not in everything_shown(alone)
    assert len(runbook.items) == len(ALL), "the others are looked at"


def test_a_ledger_that_is_away_fails_what_needs_it_and_nothing_else(
    alone: RunbookProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone.write_tripwires(TRIPWIRE, risk=("GLOBAL", "WHOLESALE"))
    alone.own.write_lane("shop")
    monkeypatch.setenv("HEARTBEAT_LEDGER_URL", f"postgresql://ann:{SECRET}@127.0.0.1:9/books?connect_timeout=2")
    runbook = alone.look()
    away = {item.id for item in runbook.items if item.message.startswith("The ledger cannot be asked")}
    assert away == NEED_THE_LEDGER | {"lanes_passing"}
    present = {"risk_policies_present", "regression_policies_present"}
    assert {item.id for item in runbook.items if item.ok} == present | NOTHING_TO_ASK
    shown = next(item for item in runbook.items if item.id == "kill_switch_clear")
    assert shown.message == "The ledger cannot be asked (LedgerError)."
    assert shown.fix == "`heartbeat doctor` says what is wrong with it."
    assert SECRET not in everything_shown(alone)


def test_a_ledger_that_was_taken_away_is_never_made_anew_as_nothing_would_be_stopped_in_it(
    alone: RunbookProject,
) -> None:
    file = alone.own.home / "ledger.sqlite"
    alone.ledger.close()
    file.rename(alone.own.home / "elsewhere.sqlite")
    item = alone.item("kill_switch_clear")
    assert (item.ok, item.detail) == (False, {"error": "NoLedger"})
    assert item.message == "There is no ledger: nothing was recorded yet, or its file was taken away."
    assert not file.exists()


def test_a_ledger_that_is_no_database_fails_the_same_way(alone: RunbookProject) -> None:
    alone.own.write("home/ledger.sqlite", "no database, but long enough to be taken for one" * 40)
    assert "The ledger cannot be asked" in alone.item("kill_switch_clear").message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("type: heartbeat_assets.Runbook\nattributes: [\n", "line 3"),
        ("type: heartbeat_assets.Runbok\nattributes: {}\n", "did you mean 'heartbeat_assets.Runbook'?"),
        ("type: heartbeat_assets.Runbook\nattributes: {cheks: []}\n", "did you mean 'checks'?"),
        ("type: heartbeat_assets.Runbook\nchecks: []\nattributes: {}\n", "stands beside `attributes`"),
        ("type: heartbeat_assets.Runbook\nattributes:\n  checks: [{check: env_santy}]\n", "did you mean 'env_sanity'?"),
    ],
)
def test_a_broken_file_blocks_and_every_check_is_looked_at_as_by_default(
    alone: RunbookProject, text: str, told: str
) -> None:
    alone.own.write(f"{PACKAGE}/defs/before/charter.md", "Version: 1\nOwner: me\n\nIt may run.\n")
    alone.own.write(f"{PACKAGE}/defs/before/defs.yaml", text)
    runbook = alone.look()
    assert tuple(item.id for item in runbook.items) == ("runbook_file", *ALL)
    assert (runbook.items[0].ok, runbook.items[0].severity) == (False, "BLOCKER")
    assert told in runbook.items[0].message
    assert "before/defs.yaml" in runbook.items[0].message
    assert next(item for item in runbook.items if item.id == "heimdall_charter_present").ok, "beside that file"


def test_a_mistake_of_a_lane_is_no_mistake_of_the_runbook(alone: RunbookProject) -> None:
    alone.own.write_lane("shop", yaml="type: heartbeat_assets.HeartbeatLane\nattributes: [\n")
    runbook = alone.look()
    assert "runbook_file" not in {item.id for item in runbook.items}
    assert "lanes_passing" in {item.id for item in runbook.warnings}


def test_two_runbooks_are_one_too_many(alone: RunbookProject) -> None:
    alone.write([{"check": "ledger_reachable"}], folder="one")
    alone.write([{"check": "kill_switch_clear"}], folder="two")
    runbook = alone.look()
    assert "a project has one runbook; take one out" in runbook.blockers[0].message
    assert [item.id for item in runbook.items] == ["runbook_file", "ledger_reachable"]


def test_defs_that_are_not_there_are_no_fault(alone: RunbookProject) -> None:
    alone.own.defs.rmdir()
    assert tuple(item.id for item in alone.look().items) == ALL


def test_a_fault_before_the_first_check_comes_back_as_an_item(
    alone: RunbookProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("heartbeat_assets.governance.runbook.build.runbook_in", broken)
    (item,) = alone.look().items
    assert (item.id, item.ok, item.detail) == ("runbook_file", False, {"error": "RuntimeError"})


def test_no_secret_of_the_environment_is_shown_whoever_says_it(
    alone: RunbookProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", SECRET)
    monkeypatch.setenv("SHOP_URL", "amqp://shop:p%40ssw0rd!@queue/")
    monkeypatch.setenv("DATABASE_URL", "mssql://whole.address")
    said = f"x {SECRET} p%40ssw0rd! p@ssw0rd! mssql://whole.address redis://:other-one@host:1/"
    engage(alone.ledger.journal, "GLOBAL", actor=ANA, reason=said)
    shown = everything_shown(alone)
    for secret in (SECRET, "p%40ssw0rd!", "p@ssw0rd!", "mssql://whole.address", "other-one"):
        assert secret not in shown
    assert "Everything is stopped since" in shown


def test_words_of_every_day_are_shown_even_where_somebody_made_them_a_password(
    alone: RunbookProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://heartbeat:heartbeat@localhost/x")
    monkeypatch.setenv("TOKEN", "a")
    assert "`heartbeat runbook declare backend_complete" in alone.item("go_live_checklist").fix


def test_no_reason_commands_a_terminal(alone: RunbookProject) -> None:
    # Who engages a switch is refused that; other programs may have written it.
    reason = "\x1b[2Jgone \u202eback \ud800 half ✓"
    alone.ledger.journal.append(NewJournalEvent("switch", "GLOBAL", "engaged", reason=reason), ANA)
    runbook = alone.look()
    text = runbook.markdown() + json.dumps(runbook.document(), ensure_ascii=False)
    assert "✓" in text
    assert not {"\x1b", "\u202e", "\ud800"} & set(text)
    text.encode()


def test_a_runbook_that_was_read_before_is_not_read_again(alone: RunbookProject, tmp_path: Path) -> None:
    runbook = RunbookFile(RunbookSpec(checks=[{"check": "heimdall_charter_present"}]), tmp_path)
    (tmp_path / "charter.md").write_text("Version: 7\nOwner: ann\n\nNothing.\n", encoding="utf-8")
    alone.write([{"check": "ledger_reachable"}])
    (item,) = build_runbook(alone.own.settings, runbook=runbook).items
    assert item.message == "Version 7, of ann."


_PLAIN = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=True) | st.text(max_size=5)
_NAMES = st.sampled_from(
    [*ALL, "check", "checks", "function", "id", "severity", "variables", "schedule", "x:y", "a.b:c"]
)
_JUNK = st.recursive(
    _PLAIN | _NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES | st.integers(0, 2), inner, max_size=4),
    max_leaves=12,
)


@hypothesis.given(attributes=_JUNK)
@hypothesis.settings(max_examples=30)
def test_whatever_the_file_says_the_runbook_comes_back(alone: RunbookProject, attributes: Any) -> None:
    alone.own.write(
        f"{PACKAGE}/defs/runbook/defs.yaml",
        yaml.safe_dump({"type": "heartbeat_assets.Runbook", "attributes": attributes}, allow_unicode=False),
    )
    runbook = alone.look()
    assert runbook.items
    json.dumps(runbook.document(), allow_nan=False).encode()
    runbook.markdown().encode()


def test_several_may_look_at_once(alone: RunbookProject) -> None:
    alone.write_tripwires(TRIPWIRE)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: alone.look(), range(8)))
    assert len({tuple((item.id, item.ok, item.message) for item in one.items) for one in found}) == 1


def test_looking_changes_nothing(alone: RunbookProject) -> None:
    mark = alone.ledger.journal.mark()
    before = dict(os.environ)
    alone.look()
    assert alone.ledger.journal.mark() == mark
    assert dict(os.environ) == before
