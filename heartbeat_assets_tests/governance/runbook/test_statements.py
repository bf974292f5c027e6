"""What a person states about going live: declared, withdrawn, never twice, never by a program, and kept."""

import pytest

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.governance.runbook import declare, statement, withdraw
from heartbeat_assets.ledger import Ledger, LedgerError, NewJournalEvent
from heartbeat_assets_tests.governance.runbook.looking import ANA, DAGSTER

NAME = "backend_complete"


def test_a_statement_holds_from_its_declaration_until_it_is_withdrawn(ledger: Ledger) -> None:
    journal = ledger.journal
    assert statement(journal, NAME) is None
    declared = declare(journal, NAME, actor=ANA, reason="  all tried ")
    assert (declared.name, declared.holds, declared.actor, declared.reason) == (NAME, True, ANA.name, "all tried")
    assert statement(journal, NAME) == declared
    withdrawn = withdraw(journal, NAME, actor=ANA, reason="not yet")
    assert statement(journal, NAME) == withdrawn
    assert not withdrawn.holds
    assert declare(journal, NAME, actor=ANA, reason="now").holds
    assert [event.kind for event in journal.of("go_live", NAME)] == ["declared", "withdrawn", "declared"]
    assert journal.verify("go_live", NAME).unbroken


def test_what_stands_is_not_said_again_and_what_does_not_stand_is_not_taken_back(ledger: Ledger) -> None:
    with pytest.raises(UsageProblem, match="nothing to withdraw"):
        withdraw(ledger.journal, NAME, actor=ANA, reason="why")
    declare(ledger.journal, NAME, actor=ANA, reason="all tried")
    with pytest.raises(UsageProblem, match=r"is declared already, by ana@example.org on .*: all tried"):
        declare(ledger.journal, NAME, actor=ANA, reason="again")


@pytest.mark.parametrize(("name", "reason"), [("Backend Complete", "why"), (NAME, "  "), ("", "why")])
def test_a_statement_has_a_name_and_a_reason(ledger: Ledger, name: str, reason: str) -> None:
    with pytest.raises(UsageProblem):
        declare(ledger.journal, name, actor=ANA, reason=reason)
    assert ledger.journal.mark() == 0


def test_a_program_states_nothing_and_the_database_agrees(ledger: Ledger) -> None:
    with pytest.raises(UsageProblem, match="only a person may say that; dagster is a program"):
        declare(ledger.journal, NAME, actor=DAGSTER, reason="why")
    with pytest.raises(LedgerError):
        ledger.journal.append(NewJournalEvent("go_live", NAME, "declared", "why"), DAGSTER)
