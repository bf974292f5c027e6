"""Suggestions: once while nobody has decided, opened or dismissed by a person, and quiet for a while after that."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from heartbeat_assets.ledger import Ledger
from heartbeat_assets.objectives.incidents import (
    QUIET,
    Incident,
    IncidentProblem,
    Suggestion,
    dismiss,
    incidents,
    open_incident,
    resolve,
    suggest,
    suggestions,
)
from heartbeat_assets_tests.objectives.incidents.incident_events import ANNA, BEN, RULES, WHAT, at


def suggested(ledger: Ledger, rule: str = "api-down", **fields: Any) -> Suggestion | None:
    given = {**WHAT, "reason": "12% of the answers are 5xx", "actor": RULES, **fields}
    return suggest(ledger.journal, rule, **given)


def opened(ledger: Ledger, suggestion: Suggestion | None, **fields: Any) -> Incident:
    assert suggestion is not None
    return open_incident(ledger.journal, **{**WHAT, "actor": ANNA, "suggestion": suggestion.number, **fields})


def test_a_rule_suggests_once_while_nobody_has_decided(ledger: Ledger) -> None:
    one = suggested(ledger, evidence={"share": 0.12}, components=["api_read"])
    assert one is not None
    assert (one.rule, one.severity, one.components, one.evidence) == ("api-down", 1, ("api_read",), {"share": 0.12})
    assert suggested(ledger) is None
    other = suggested(ledger, "slow", severity=3)
    assert [found.rule for found in suggestions(ledger.journal)] == ["slow", "api-down"]
    assert suggestions(ledger.journal)[0] == other
    assert incidents(ledger.journal) == []


def test_what_is_opened_from_it_was_known_since_then_and_starts_the_clocks_there(ledger: Ledger) -> None:
    suggestion = suggested(ledger, started_at=at("2026-02-23 10:00"))
    one = opened(ledger, suggestion)
    assert suggestion is not None
    assert (one.rule, one.suggestion, one.detected_at) == ("api-down", suggestion.number, suggestion.at)
    assert (one.started_at, one.opened_at > suggestion.at) == (at("2026-02-23 10:00"), True)
    assert suggestions(ledger.journal) == []


def test_it_is_suggested_again_when_the_incident_is_over(ledger: Ledger) -> None:
    one = opened(ledger, suggested(ledger))
    assert suggested(ledger) is None
    resolve(ledger.journal, one.id, actor=ANNA, reason="quiet")
    assert suggested(ledger) is not None


def test_what_was_seen_before_it_was_resolved_suggests_nothing(ledger: Ledger) -> None:
    one = opened(ledger, suggested(ledger))
    over = resolve(ledger.journal, one.id, actor=ANNA, reason="quiet").resolved_at
    assert over is not None
    assert suggested(ledger, seen_at=over - timedelta(minutes=40)) is None
    assert suggested(ledger, seen_at=over) is None
    assert suggested(ledger, seen_at=over + timedelta(minutes=1)) is not None


def test_what_was_dismissed_is_quiet_for_the_stated_time(ledger: Ledger) -> None:
    one = suggested(ledger)
    assert one is not None
    dismiss(ledger.journal, one.number, actor=ANNA, reason="a load test")
    now = datetime.now(UTC)
    assert suggested(ledger) is None
    assert suggested(ledger, now=now + QUIET - timedelta(minutes=1)) is None
    assert suggested(ledger, quiet=timedelta(hours=1), now=now + timedelta(minutes=59)) is None
    assert suggested(ledger, quiet=timedelta(hours=1), now=now + timedelta(minutes=61)) is not None


def test_a_suggestion_is_decided_once(ledger: Ledger) -> None:
    suggestion = suggested(ledger)
    one = opened(ledger, suggestion)
    assert suggestion is not None
    with pytest.raises(IncidentProblem, match=f"was opened as {one.id} by anna@example.org"):
        opened(ledger, suggestion, actor=BEN)
    with pytest.raises(IncidentProblem, match=f"was opened as {one.id}"):
        dismiss(ledger.journal, suggestion.number, actor=BEN, reason="no")
    other = suggested(ledger, "slow")
    assert other is not None
    dismiss(ledger.journal, other.number, actor=BEN, reason="a load test")
    with pytest.raises(IncidentProblem, match=r"was dismissed by ben@example.org") as raised:
        opened(ledger, other)
    assert raised.value.field == "suggestion"
    assert len(incidents(ledger.journal)) == 1


def test_of_several_that_open_or_dismiss_at_once_one_does(ledger: Ledger) -> None:
    suggestion = suggested(ledger)
    assert suggestion is not None
    done: list[str] = []
    barrier = threading.Barrier(4)

    def run(number: int) -> None:
        barrier.wait()
        try:
            if number % 2:
                dismiss(ledger.journal, suggestion.number, actor=BEN, reason="no")
            else:
                opened(ledger, suggestion)
            done.append("decided")
        except IncidentProblem as problem:
            done.append(problem.field)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == ["decided", "suggestion", "suggestion", "suggestion"]
    assert len(ledger.journal.caused_by(suggestion.number)) == 1


def test_of_several_programs_that_suggest_at_once_one_does(ledger: Ledger) -> None:
    found: list[Suggestion | None] = []
    barrier = threading.Barrier(4)

    def run() -> None:
        barrier.wait()
        found.append(suggested(ledger))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(one is not None for one in found) == 1


def test_what_cannot_be_suggested_or_dismissed_is_said(ledger: Ledger) -> None:
    with pytest.raises(IncidentProblem, match="is no name of a rule"):
        suggested(ledger, "API down")
    with pytest.raises(IncidentProblem, match="reason: is required"):
        suggested(ledger, reason=" ")
    with pytest.raises(IncidentProblem, match="number 7 is no suggestion"):
        dismiss(ledger.journal, 7, actor=ANNA, reason="no")
    one = suggested(ledger)
    assert one is not None
    with pytest.raises(IncidentProblem, match="only a person dismisses"):
        dismiss(ledger.journal, one.number, actor=RULES, reason="no")
