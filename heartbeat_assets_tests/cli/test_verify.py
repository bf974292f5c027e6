"""`heartbeat verify` of the journal; lanes and metrics are verified in the tests of theirs."""

import sqlite3
from contextlib import closing

import pytest

from heartbeat_assets.ledger import Actor, Journal, NewJournalEvent, open_ledger
from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.copied_project import CopiedProject

PERSON = Actor("ada@example.com", "person", "cli")


@pytest.fixture
def journal(project: CopiedProject) -> Journal:
    """A switch that was engaged and released, and two statements."""
    journal = open_ledger(f"sqlite:///{project.home / 'ledger.sqlite'}").journal
    decisions = [("switch", "GLOBAL", "engaged"), ("switch", "GLOBAL", "released"), ("go_live", "a/b", "declared")]
    decisions.append(("go_live", "backend_complete", "declared"))
    journal.append_all([NewJournalEvent(*decision, reason="because") for decision in decisions], PERSON)
    return journal


def tamper(project: CopiedProject, *statements: str) -> None:
    with closing(sqlite3.connect(project.home / "ledger.sqlite", isolation_level=None)) as connection:
        for name in ("refuses_update", "refuses_delete"):
            connection.execute(f"DROP TRIGGER IF EXISTS journal_event_{name}")
        for statement in statements:
            connection.execute(statement)


@pytest.mark.usefixtures("journal")
def test_what_the_journal_says_of_a_subject_is_verified(heartbeat: Heartbeat) -> None:
    report = heartbeat("verify", "switch/GLOBAL").document
    assert (report["stream"], report["subject"], report["unbroken"], report["entries"]) == ("switch", "GLOBAL", True, 2)
    assert heartbeat("verify", "switch/GLOBAL", "--head", report["head_hash"]).exit_code == 0
    outcome = heartbeat("verify", "switch/GLOBAL", "--head", "f" * 64)
    assert (outcome.exit_code, outcome.document["unbroken"]) == (4, False)
    assert "no event has the hash fff" in outcome.document["reason"]
    assert heartbeat("verify", "go_live/a/b").document["subject"] == "a/b"
    shown = heartbeat("verify", "switch/GLOBAL", "--table").stdout
    assert shown == f"2 events, the chain is unbroken.\nhead {report['head_hash']}\n"


@pytest.mark.usefixtures("journal")
def test_a_subject_that_is_not_there_ends_with_2_and_those_there_are(heartbeat: Heartbeat) -> None:
    said = heartbeat.fails(2, "verify", "switch/WHOLESALE")
    assert said == (
        "the journal has nothing of switch/WHOLESALE; it has go_live/a/b, go_live/backend_complete, switch/GLOBAL"
    )


def test_an_empty_journal_has_nothing_that_is_broken(heartbeat: Heartbeat, project: CopiedProject) -> None:
    assert heartbeat("verify", "--journal").document == {"events": 0, "unbroken": True, "missing": None, "chains": []}
    assert heartbeat.fails(2, "verify", "switch/GLOBAL").endswith("it has nothing at all")


@pytest.mark.usefixtures("journal")
def test_all_chains_of_the_journal_are_walked(heartbeat: Heartbeat, project: CopiedProject) -> None:
    sound = heartbeat("verify", "--journal")
    assert (sound.exit_code, sound.document["events"], len(sound.document["chains"])) == (0, 4, 3)
    assert heartbeat("verify", "--journal", "--table").stdout == ("3 chains of the journal, 4 events: none broken.\n")
    tamper(
        project, "UPDATE journal_event SET reason = 'another' WHERE seq = 2", "DELETE FROM journal_event WHERE seq = 3"
    )
    outcome = heartbeat("verify", "--journal")
    assert (outcome.exit_code, outcome.document["unbroken"], outcome.document["missing"]) == (4, False, 3)
    (broken,) = [chain for chain in outcome.document["chains"] if not chain["unbroken"]]
    assert (broken["stream"], broken["subject"], broken["broken_at"]) == ("switch", "GLOBAL", 2)
    shown = heartbeat("verify", "--journal", "--table").stdout
    assert "switch/GLOBAL: BROKEN at row 2" in shown
    assert "Number 3 is missing: an event, or all of a subject, was taken out." in shown


@pytest.mark.parametrize(
    "arguments", [["--journal", "switch/GLOBAL"], ["--journal", "--head", "f"], ["--journal", "--metrics"]]
)
def test_the_whole_journal_is_asked_for_alone(heartbeat: Heartbeat, arguments: list[str]) -> None:
    assert heartbeat.fails(2, "verify", *arguments).endswith("is about all of them; give it alone")
