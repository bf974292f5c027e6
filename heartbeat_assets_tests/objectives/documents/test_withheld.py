"""What somebody wrote into an incident that must not be read by everybody is withheld from all that is published."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from heartbeat_assets.ledger import Actor, open_ledger
from heartbeat_assets.objectives.documents import heartbeat_document, status_page
from heartbeat_assets.objectives.documents.published import published
from heartbeat_assets.objectives.incidents import add_action, finish_action, open_incident, update
from heartbeat_assets.objectives.incidents.sla import incident_record
from heartbeat_assets.objectives.incidents.terms import Terms
from heartbeat_assets.objectives.operations import Operations
from heartbeat_assets_tests.objectives.documents.standing import calm

ANA = Actor("ana@example.org", "person", "cli")
NOW = datetime(2026, 2, 23, 12, tzinfo=UTC)


def with_an_incident(folder: Path, *withheld: int) -> Operations:
    """All is well but for an incident whose events 2 to 4 name a customer."""
    journal = open_ledger(f"sqlite:///{folder}/{len(withheld)}.sqlite").journal
    one = open_incident(journal, title="API answers 503", severity=1, impact="no reads", actor=ANA, now=NOW)
    update(journal, one.id, actor=ANA, reason="customer 8812 called")
    add_action(journal, one.id, text="call customer 8812", owner="team:api", due="2026-02-24", actor=ANA)
    one = finish_action(journal, one.id, "A1", actor=ANA, reason="customer 8812 is content")
    if withheld:
        one = update(journal, one.id, {"withheld": list(withheld)}, actor=ANA, reason="it names somebody")
    record = incident_record(one, Terms(), NOW)
    return replace(
        calm(), incidents=(record,), overdue=tuple({"incident": one.id, **item} for item in record["actions"])
    )


def test_withheld_words_are_in_no_file(tmp_path: Path) -> None:
    for withheld, left in (((), True), ((2, 3, 4), False)):
        shown = with_an_incident(tmp_path, *withheld)
        site = b"".join(status_page(shown).values()).decode()
        assert ("8812" in site, "8812" in heartbeat_document(shown), "8812" in str(published(shown))) == (left,) * 3
        assert ("Withheld." in site) is not left
        assert "API answers 503" in site


def test_one_event_is_withheld_and_the_others_are_not(tmp_path: Path) -> None:
    (one,) = published(with_an_incident(tmp_path, 4)).incidents
    (item,) = one["actions"]
    assert (item["text"], item["outcome"]) == ("call customer 8812", "Withheld.")
    assert [entry["text"] for entry in one["timeline"]] == [
        "API answers 503", "customer 8812 called", "call customer 8812", "Withheld.", "it names somebody",
    ]  # fmt: skip
