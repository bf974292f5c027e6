"""Opening incidents and what becomes of them, recorded in a ledger."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.ledger import Ledger, StaleSubject
from heartbeat_assets.objectives.incidents import (
    Incident,
    IncidentProblem,
    acknowledge,
    add_action,
    finish_action,
    incident_called,
    incidents,
    mitigate,
    open_incident,
    reopen,
    resolve,
    update,
)
from heartbeat_assets_tests.objectives.incidents.incident_events import ANNA, BEN, RULES, WHAT, at

LONG_AGO = "2026-02-23T10:00:00+00:00"


def opened(ledger: Ledger, **fields: Any) -> Incident:
    return open_incident(ledger.journal, **{**WHAT, "actor": ANNA, **fields})


def test_an_incident_goes_from_open_to_resolved_with_who_when_and_why(ledger: Ledger) -> None:
    journal = ledger.journal
    one = opened(ledger, components=["api_read"], detected_at=LONG_AGO)
    assert (one.status, one.severity, one.opened_by, one.components) == ("open", 1, ANNA.name, ("api_read",))
    one = acknowledge(journal, one.id, actor=BEN, at="2026-02-23T10:05Z")
    assert (one.status, one.acknowledged_at) == ("acknowledged", at("2026-02-23 10:05"))
    one = update(journal, one.id, {"severity": 2}, actor=BEN, reason="only half of them feel it")
    one = mitigate(journal, one.id, actor=BEN, reason="rolled back to 1.4", at="2026-02-23T11:00Z")
    assert (one.status, one.severity, one.mitigation) == ("mitigated", 2, "rolled back to 1.4")
    one = resolve(journal, one.id, actor=BEN, reason="quiet for an hour", at="2026-02-23T12:00Z", rca="a lost index")
    assert (one.status, one.rca, one.ended_at) == ("resolved", "a lost index", at("2026-02-23 12:00"))
    one = reopen(journal, one.id, actor=ANNA, reason="503 again")
    assert (one.status, one.reopened) == ("acknowledged", 1)
    assert one == incident_called(journal, one.id.lower())
    assert [entry.kind for entry in one.timeline] == [
        "opened", "acknowledged", "mitigated", "resolved", "updated", "reopened"
    ]  # fmt: skip
    assert journal.verify("incident", one.id).unbroken


def test_ids_count_the_day_of_opening_in_utc(ledger: Ledger) -> None:
    late, early = at("2026-02-23 23:59"), at("2026-02-24 00:00")
    ids = [opened(ledger, now=now).id for now in (late, late, early)]
    assert ids == ["INC-20260223-001", "INC-20260223-002", "INC-20260224-001"]
    assert [one.id for one in incidents(ledger.journal)] == ids[::-1]


def test_two_openings_at_once_never_get_one_id(ledger: Ledger) -> None:
    ids: list[str] = []
    barrier = threading.Barrier(4)

    def run() -> None:
        barrier.wait()
        ids.extend(opened(ledger).id for _ in range(2))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(int(one[-3:]) for one in ids) == list(range(1, 9))


CANNOT_BE_OPENED: list[tuple[dict[str, Any], str, str]] = [
    ({"title": " "}, "title", "is required"),
    ({"title": "two\nlines"}, "title", "must be one line"),
    ({"title": "x" * 201}, "title", "at most 200 characters long, not 201"),
    ({"impact": "\t"}, "impact", "is required"),
    ({"impact": "\ud800"}, "impact", "a character that cannot be kept"),
    ({"severity": 0}, "severity", "must be 1, 2 or 3"),
    ({"severity": True}, "severity", "must be 1, 2 or 3"),
    ({"components": ["API"]}, "components", "is no id of a component"),
    ({"components": ["api_raed"], "known_components": ["api_read"]}, "components", "did you mean 'api_read'?"),
    ({"started_at": "2026-02-23T10:00:00"}, "started_at", "has no time zone"),
    ({"started_at": "noon"}, "started_at", "must be an instant such as"),
    ({"started_at": datetime.now(UTC) + timedelta(hours=1)}, "started_at", "lies in the future"),
    ({"started_at": LONG_AGO, "detected_at": "2026-02-23T09:00Z"}, "detected_at", "earlier than when it started"),
    ({"actor": RULES}, "actor", "is a program; only a person opens an incident"),
    ({"suggestion": 1}, "suggestion", "number 1 is no suggestion"),
]


def test_what_cannot_be_opened_is_said_by_its_field(ledger: Ledger) -> None:
    for fields, field, words in CANNOT_BE_OPENED:
        with pytest.raises(IncidentProblem) as raised:
            opened(ledger, **fields)
        assert raised.value.field == field
        assert words in raised.value.sentence
        assert isinstance(raised.value, UsageProblem)
    assert ledger.journal.mark() == 0


def test_steps_come_in_their_order_only(ledger: Ledger) -> None:
    journal = ledger.journal
    one = opened(ledger)

    def refused(step: Callable[..., Incident], words: str) -> None:
        with pytest.raises(IncidentProblem, match=words) as raised:
            step(journal, one.id, actor=ANNA, reason="because")
        assert raised.value.field == "id"

    refused(reopen, "is not resolved; it is open")
    acknowledge(journal, one.id, actor=ANNA)
    refused(acknowledge, "is acknowledged already, since .* by anna@example.org")
    mitigate(journal, one.id, actor=ANNA, reason="restarted")
    refused(mitigate, "is mitigated already")
    refused(acknowledge, "is mitigated already")
    resolve(journal, one.id, actor=ANNA, reason="quiet")
    refused(resolve, "is resolved already")
    refused(mitigate, "is resolved already, .*; reopen it first if it is back")
    update(journal, one.id, {"rca": "a lost index"}, actor=ANNA, reason="found")
    assert incident_called(journal, one.id).status == "resolved"


def test_periods_that_cannot_be_are_refused(ledger: Ledger) -> None:
    journal = ledger.journal
    one = opened(ledger, detected_at=LONG_AGO)
    wrong: list[tuple[dict[str, Any], str, str]] = [
        ({"ended_at": "2026-02-23T09:00Z"}, "ended_at", "earlier than when it started"),
        ({"started_at": "2026-02-23T11:00Z"}, "started_at", "is after INC-.* was known"),
        ({"ended_at": "2126-01-01T00:00Z"}, "ended_at", "lies in the future"),
        ({"status": "resolved"}, "status", "cannot be changed; an incident has title, impact"),
        ({"impact": ""}, "impact", "is required"),
    ]
    for changes, field, words in wrong:
        with pytest.raises(IncidentProblem, match=words) as raised:
            update(journal, one.id, changes, actor=ANNA, reason="because")
        assert raised.value.field == field
    with pytest.raises(IncidentProblem, match=r"earlier than when INC-.* was known"):
        acknowledge(journal, one.id, actor=ANNA, at="2026-02-23T09:59Z")
    resolve(journal, one.id, actor=ANNA, reason="quiet", at="2026-02-23T12:00Z", ended_at="2026-02-23T11:30Z")
    with pytest.raises(IncidentProblem, match="is resolved and has an end"):
        update(journal, one.id, {"ended_at": None}, actor=ANNA, reason="because")
    with pytest.raises(IncidentProblem, match=r"earlier than when INC-.* was resolved"):
        reopen(journal, one.id, actor=ANNA, reason="back", at="2026-02-23T11:59Z")
    assert incident_called(journal, one.id).ended_at == at("2026-02-23 11:30")


def test_an_update_records_what_it_changes_and_without_changes_it_is_a_note(ledger: Ledger) -> None:
    one = opened(ledger, components=["api_read"])
    same = {"severity": 1, "components": ["api_read"], "impact": "all of them"}
    one = update(ledger.journal, one.id, same, actor=ANNA, reason="counted")
    assert dict(one.timeline[-1].changes) == {"impact": "all of them"}
    one = update(ledger.journal, one.id, actor=ANNA, reason="the vendor was called")
    assert (one.timeline[-1].text, one.timeline[-1].changes) == ("the vendor was called", {})


def test_who_looked_at_an_older_state_is_told(ledger: Ledger) -> None:
    one = opened(ledger)
    update(ledger.journal, one.id, {"severity": 2}, actor=BEN, reason="less", if_place=one.place)
    with pytest.raises(StaleSubject, match="somebody was faster") as raised:
        update(ledger.journal, one.id, {"severity": 3}, actor=ANNA, reason="least", if_place=one.place)
    assert raised.value.newest is not None
    assert raised.value.newest.actor == BEN.name
    assert incident_called(ledger.journal, one.id).severity == 2


def test_of_several_that_acknowledge_at_once_one_does(ledger: Ledger) -> None:
    one = opened(ledger)
    said: list[str] = []
    barrier = threading.Barrier(4)

    def run() -> None:
        barrier.wait()
        try:
            said.append(acknowledge(ledger.journal, one.id, actor=ANNA).status)
        except IncidentProblem as problem:
            said.append(problem.field)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(said) == ["acknowledged", "id", "id", "id"]


def test_action_items_have_an_owner_and_a_day_and_are_done_once(ledger: Ledger) -> None:
    journal = ledger.journal
    one = opened(ledger)
    add_action(journal, one.id, text="alert on a lost index", owner="team:data", due="2026-03-06", actor=ANNA)
    one = add_action(journal, one.id, text="write it down", owner="ben@example.org", due=None, actor=ANNA)
    assert [(item.id, item.owner, item.due is None) for item in one.actions] == [
        ("A1", "team:data", False), ("A2", "ben@example.org", True)
    ]  # fmt: skip
    one = finish_action(journal, one.id, "a1", actor=BEN, reason="is live")
    assert (one.actions[0].done_by, one.actions[0].outcome) == (BEN.name, "is live")
    wrong: list[tuple[Callable[[], Incident], str, str]] = [
        (lambda: finish_action(journal, one.id, "A1", actor=BEN, reason="x"), "item", "A1 is done already"),
        (lambda: finish_action(journal, one.id, "A3", actor=BEN, reason="x"), "item", "there is A1, A2"),
        (lambda: add_action(journal, one.id, text="x", owner="ben", due=None, actor=BEN), "owner", "team:name"),
        (lambda: add_action(journal, one.id, text="x", owner="team:a", due="soon", actor=BEN), "due", "must be a day"),
        (lambda: add_action(journal, one.id, text=" ", owner="team:a", due=None, actor=BEN), "text", "is required"),
    ]
    for step, field, words in wrong:
        with pytest.raises(IncidentProblem, match=words) as raised:
            step()
        assert raised.value.field == field


@pytest.mark.parametrize(
    ("called", "words"),
    [
        ("INC-20260223-009", "there is no incident INC-20260223-009; there is none yet"),
        ("7", "is no id of an incident"),
    ],
)
def test_an_unknown_incident_is_said(ledger: Ledger, called: str, words: str) -> None:
    with pytest.raises(IncidentProblem, match=words):
        acknowledge(ledger.journal, called, actor=ANNA)


def test_a_program_decides_nothing_and_nobody_without_a_reason(ledger: Ledger) -> None:
    one = opened(ledger)
    for step in (mitigate, resolve, update, reopen):
        with pytest.raises(IncidentProblem, match="is a program") as raised:
            step(ledger.journal, one.id, actor=RULES, reason="because")
        assert raised.value.field == "actor"
    for step in (mitigate, resolve, update):
        with pytest.raises(IncidentProblem, match="is required") as raised:
            step(ledger.journal, one.id, actor=ANNA, reason=" ")
        assert raised.value.field == "reason"
    assert ledger.journal.mark() == 1


def test_what_an_event_says_is_withheld_for_good(ledger: Ledger) -> None:
    journal = ledger.journal
    one = opened(ledger)
    one = update(journal, one.id, actor=BEN, reason="customer 8812 called")
    one = add_action(journal, one.id, text="call customer 8812", owner="team:api", due=None, actor=BEN)
    one = update(journal, one.id, {"withheld": [2]}, actor=BEN, reason="it names somebody")
    one = update(journal, one.id, {"withheld": [3]}, actor=BEN, reason="so does this")
    assert (one.withheld, one.record(at("2026-02-23 10:00").date())["withheld"]) == ((2, 3), [2, 3])
    assert one.timeline[-1].changes == {"withheld": [2, 3]}
    for wrong in ([0], [6], ["2"], [True], "2"):
        with pytest.raises(IncidentProblem, match=r"it has 1 to 5, as its timeline says"):
            update(journal, one.id, {"withheld": wrong}, actor=BEN, reason="it names somebody")
