"""`heartbeat runbook`: the answer first, the exit code, and what a person declares."""

import json

import pytest
import yaml

from heartbeat_assets.governance.runbook.schema import schema_text
from heartbeat_assets.ledger import open_ledger
from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.copied_project import CopiedProject

SECRET = "s3cr3t-of-the-house"
DECLARE = ("runbook", "declare", "backend_complete", "--as", "ana@example.org", "--reason")
WITHDRAW = ("runbook", "withdraw", "backend_complete", "--as", "ana@example.org", "--reason")


@pytest.fixture(autouse=True)
def small(project: CopiedProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """A runbook that a declaration makes whole, with a warning that stays."""
    monkeypatch.delenv("SHOP_STAGE", raising=False)
    open_ledger(project.settings.ledger_url).close()
    write(project, {"check": "go_live_checklist"}, {"check": "env_sanity", "variables": {"SHOP_STAGE": "live"}})


def write(project: CopiedProject, checklist: dict[str, object], *more: dict[str, object]) -> None:
    checks = [checklist, *({**check, "severity": "WARN"} for check in more)]
    folder = project.defs / "runbook"
    folder.mkdir(exist_ok=True)
    document = {"type": "heartbeat_assets.Runbook", "attributes": {"checks": checks}}
    (folder / "defs.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")


def test_the_document_says_whether_go_live_may_be_enabled(heartbeat: Heartbeat) -> None:
    document = heartbeat("runbook").document
    assert list(document) == ["generated_at", "blockers", "warnings", "info", "ok_to_enable_go_live"]
    assert document["ok_to_enable_go_live"] is False
    assert [item["id"] for item in document["blockers"]] == ["go_live_checklist"]
    assert [item["id"] for item in document["warnings"]] == ["env_sanity"]


def test_a_blocker_ends_with_4_only_when_asked_strictly(heartbeat: Heartbeat) -> None:
    assert heartbeat("runbook").exit_code == 0
    strict = heartbeat("runbook", "--strict")
    assert (strict.exit_code, strict.stderr) == (4, "")
    assert json.loads(strict.stdout)["ok_to_enable_go_live"] is False
    assert heartbeat("runbook", "--markdown", "--strict").exit_code == 4
    assert heartbeat(*DECLARE, "all tried").exit_code == 0
    assert heartbeat("runbook", "--strict").exit_code == 0, "a warning does not stop it"


def test_the_page_is_markdown(heartbeat: Heartbeat) -> None:
    page = heartbeat("runbook", "--markdown").stdout
    assert page.startswith("# Go-live runbook\n\n**Go-live must not be enabled: 1 blocker and 1 warning.**\n")
    assert "- ❌ go_live_checklist: Not complete: nobody has declared backend_complete. Fix: " in page
    assert "- ⚠️ env_sanity: SHOP_STAGE is not set. Fix: Set SHOP_STAGE=live" in page


def test_people_read_the_answer_first_and_the_worst_before_the_rest(heartbeat: Heartbeat) -> None:
    lines = heartbeat("runbook", "--table").stdout.splitlines()
    assert lines[0] == "Go-live must not be enabled: 1 blocker and 1 warning."
    assert [line.split()[:3] for line in lines if line[:1] in "◆▲●" and line[:1]] == [
        ["◆", "blocker", "go_live_checklist"],
        ["▲", "warn", "env_sanity"],
    ]
    heartbeat(*DECLARE, "all tried")
    told = heartbeat("runbook", "--table").stdout
    assert told.startswith("Go-live may be enabled, with 1 warning.")
    assert "● ok" in told


def test_a_person_declares_and_withdraws_with_a_reason(heartbeat: Heartbeat, project: CopiedProject) -> None:
    said = heartbeat(*DECLARE, "all tried").document
    assert (said["statement"], said["declared"], said["actor"]) == ("backend_complete", True, "ana@example.org")
    assert heartbeat("runbook").document["blockers"] == []
    assert "is declared already, by ana@example.org" in heartbeat.fails(2, *DECLARE, "again")
    told = heartbeat(*WITHDRAW, "not yet", "--table").stdout
    assert told == "backend_complete is withdrawn by ana@example.org: not yet\n"
    assert "nothing to withdraw" in heartbeat.fails(2, *WITHDRAW, "again")
    events = open_ledger(project.settings.ledger_url).journal.of("go_live", "backend_complete")
    assert [(event.kind, event.actor_kind, event.via, event.reason) for event in events] == [
        ("declared", "person", "cli", "all tried"),
        ("withdrawn", "person", "cli", "not yet"),
    ]


def test_a_declaration_needs_a_reason_and_a_statement_that_is_asked_for(heartbeat: Heartbeat) -> None:
    assert "--reason is required" in heartbeat.fails(2, "runbook", "declare", "backend_complete")
    message = heartbeat.fails(2, "runbook", "declare", "backend_complet", "--reason", "why")
    assert "did you mean 'backend_complete'?" in message


def test_statements_are_those_of_the_file(heartbeat: Heartbeat, project: CopiedProject) -> None:
    write(project, {"check": "go_live_checklist", "statements": ["shelves_full"]})
    assert "there is shelves_full" in heartbeat.fails(2, *DECLARE, "all tried")
    heartbeat("runbook", "declare", "shelves_full", "--reason", "counted", "--as", "ana@example.org")
    assert heartbeat("runbook").document["ok_to_enable_go_live"] is True


def test_a_broken_file_is_a_blocker_and_no_fault_of_the_command(heartbeat: Heartbeat, project: CopiedProject) -> None:
    (project.defs / "runbook" / "defs.yaml").write_text("type: heartbeat_assets.Runbook\nattributes: [\n", "utf-8")
    outcome = heartbeat("runbook", "--strict")
    assert outcome.exit_code == 4
    assert json.loads(outcome.stdout)["blockers"][0]["id"] == "runbook_file"


def test_no_secret_reaches_the_terminal(
    heartbeat: Heartbeat, project: CopiedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTBEAT_LEDGER_URL", f"postgresql://ann:{SECRET}@127.0.0.1:9/books?connect_timeout=2")
    monkeypatch.setenv("SHOP_STAGE", SECRET)
    shown = [heartbeat("runbook", *form).stdout for form in (["--json"], ["--table"], ["--markdown"])]
    assert all("LedgerError" in text for text in shown)
    assert not any(SECRET in text for text in shown)


def test_options_of_the_page_do_not_go_with_a_subcommand_or_each_other(heartbeat: Heartbeat) -> None:
    assert "--strict" in heartbeat.fails(2, "runbook", "--strict", "schema")
    assert "--markdown" in heartbeat.fails(2, "runbook", "--markdown", "--json")


def test_the_schema_is_printed(heartbeat: Heartbeat) -> None:
    assert heartbeat("runbook", "schema").stdout == schema_text()
