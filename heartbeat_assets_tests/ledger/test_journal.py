"""The journal as its callers see it: what was decided, by whom, in which order."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from heartbeat_assets.ledger import (
    Actor,
    JournalEvent,
    JournalRefused,
    Ledger,
    LedgerError,
    NewJournalEvent,
    StaleSubject,
    again_when_stale,
    open_ledger,
)
from heartbeat_assets_tests.ledger.journal_entries import PERSON, PROGRAM, engaged_by_program, looked, note, switch


def test_an_event_comes_back_as_it_was_recorded(ledger: Ledger) -> None:
    before = datetime.now(UTC)
    given = NewJournalEvent("note", "a thing: é \t'", "said_so", "it was\nso", {"b": [1, 2.5, None], "a": {"ß": True}})
    event = ledger.journal.append(given, PERSON)
    assert (event.seq, event.place, event.cause) == (1, 1, None)
    assert (event.stream, event.subject, event.kind, event.reason) == (
        "note",
        "a thing: é \t'",
        "said_so",
        "it was\nso",
    )
    assert event.body == {"b": [1, 2.5, None], "a": {"ß": True}}
    assert (event.actor, event.actor_kind, event.via) == ("ada@example.com", "person", "cli")
    assert before <= event.at <= datetime.now(UTC)
    assert event.at.tzinfo is UTC
    assert ledger.journal.get(1) == event
    assert ledger.journal.of("note", "a thing: é \t'") == [event]


def test_places_count_within_a_subject_and_numbers_over_all(ledger: Ledger) -> None:
    recorded = ledger.journal.append_all([note("a"), note("b"), note("a"), looked()], PERSON)
    recorded.append(ledger.journal.append(note("a"), PROGRAM))
    assert [(event.seq, event.place) for event in recorded] == [(1, 1), (2, 1), (3, 2), (4, 1), (5, 3)]
    assert ledger.journal.of("note", "a") == [recorded[0], recorded[2], recorded[4]]
    assert recorded[4].previous_hash == recorded[2].entry_hash
    assert recorded[3].previous_hash == "0" * 64
    assert ledger.journal.mark() == 5


def test_any_text_comes_back(ledger: Ledger) -> None:
    for text in ("\x00", "half \ud800 of a pair", "\x1a marker", "'\"\\", "😀", "a" * 100_000):
        actor = Actor(f"x{text[:50]}", "person", "cockpit")
        event = ledger.journal.append(note("a", reason=text), actor)
        more = ledger.journal.append(NewJournalEvent("note", "a", "said", body={text: [text]}), PERSON)
        assert ledger.journal.of("note", "a", limit=2) == [event, more]
        assert (event.reason, event.actor, more.body) == (text, actor.name, {text: [text]})
    assert ledger.journal.verify("note", "a").unbroken


def test_of_events_that_go_together_all_are_recorded_or_none(ledger: Ledger) -> None:
    ledger.journal.append(switch("engaged"), PERSON)
    with pytest.raises(JournalRefused, match="an engaged switch is not engaged again"):
        ledger.journal.append_all([note("a"), switch("engaged", "GLOBAL"), switch("engaged")], PERSON)
    assert ledger.journal.mark() == 1
    assert ledger.journal.append_all([], PERSON) == []


def test_who_looked_first_may_decide_first(ledger: Ledger) -> None:
    first = ledger.journal.append(note("a", 1), PERSON, if_place=0)
    with pytest.raises(StaleSubject, match="note a: somebody was faster, its newest event has place 1, not 0") as stale:
        ledger.journal.append(note("a", 2), PERSON, if_place=0)
    assert stale.value.newest == first
    with pytest.raises(StaleSubject) as unknown:
        ledger.journal.append(note("b"), PERSON, if_place=1)
    assert unknown.value.newest is None
    assert ledger.journal.append(note("a", 2), PERSON, if_place=1).place == 2


def test_who_decides_second_decides_again_on_what_the_first_recorded(ledger: Ledger) -> None:
    seen: list[int] = []

    def decide() -> JournalEvent:
        seen.append(len(ledger.journal.of("note", "a")))
        if len(seen) == 1:
            ledger.journal.append(note("a", 1), PROGRAM)
        return ledger.journal.append(note("a", 2), PERSON, if_place=seen[-1])

    assert again_when_stale(decide).place == 2
    assert seen == [0, 1]

    def too_late() -> JournalEvent:
        seen.append(0)
        return ledger.journal.append(note("a", 3), PERSON, if_place=0)

    with pytest.raises(StaleSubject, match="look at it again before you decide"):
        again_when_stale(too_late)
    assert len(seen) == 52
    assert ledger.journal.mark() == 2


def test_the_newest_events_of_a_subject_come_oldest_first(ledger: Ledger) -> None:
    recorded = ledger.journal.append_all([note("a", number) for number in range(5)], PERSON)
    ledger.journal.append(note("b"), PERSON)
    assert ledger.journal.of("note", "a", limit=2) == recorded[3:]
    assert ledger.journal.of("note", "a", limit=99) == recorded
    assert ledger.journal.of("note", "a", limit=0) == ledger.journal.of("note", "c") == []


def test_the_newest_event_of_every_subject_is_found_of_any_kind_or_some(ledger: Ledger) -> None:
    kinds = [("a", "engaged"), ("b", "engaged"), ("a", "held"), ("b", "released"), ("c", "held"), ("b", "rehearsed")]
    recorded = ledger.journal.append_all([switch(kind, name.upper()) for name, kind in kinds], PERSON)
    ledger.journal.append(note("A", kind="engaged"), PERSON)
    a_engaged, _, a_held, b_released, c_held, b_rehearsed = recorded
    newest = ledger.journal.newest
    assert newest("switch") == {"A": a_held, "B": b_rehearsed, "C": c_held}
    assert newest("switch", kinds=["engaged", "released"]) == {"A": a_engaged, "B": b_released}
    assert newest("switch", kinds={"held"}) == {"A": a_held, "C": c_held}
    assert newest("switch", kinds=["declared"]) == newest("switch", kinds=[]) == newest("nothing") == {}


def test_what_came_since_is_read_in_the_order_of_its_recording(ledger: Ledger) -> None:
    recorded = ledger.journal.append_all([note("b"), looked(), note("a"), note("b")], PERSON)
    assert ledger.journal.after(0) == recorded
    assert ledger.journal.after(1, 2) == recorded[1:3]
    assert ledger.journal.after(1, stream="note") == recorded[2:]
    assert ledger.journal.after(1, 1, stream="note") == [recorded[2]]
    assert ledger.journal.after(4) == ledger.journal.after(0, stream="nothing") == ledger.journal.after(0, 0) == []


def test_the_events_of_a_time_are_from_its_start_and_before_its_end(ledger: Ledger) -> None:
    first, other = (ledger.journal.append(event, PERSON) for event in (note("b"), looked()))
    last = ledger.journal.append(note("a"), PERSON)
    between = ledger.journal.between
    tick = timedelta(microseconds=1)
    assert between("note", first.at, last.at + tick) == [first, last]
    assert between("note", first.at, last.at) == [first]
    assert between("note", first.at + tick, last.at + tick) == [last]
    assert between("tripwire", first.at, last.at) == [other]
    elsewhere = timezone(timedelta(hours=5))
    assert between("note", first.at.astimezone(elsewhere), last.at.astimezone(elsewhere)) == [first]
    with pytest.raises(LedgerError, match=r"since: .* has no time zone"):
        between("note", datetime(2026, 2, 23), last.at)  # noqa: DTZ001


def test_what_an_event_led_to_is_found(ledger: Ledger) -> None:
    triggered, engaged = engaged_by_program(ledger)
    held = ledger.journal.append(switch("held", "GLOBAL", cause=triggered.seq), PROGRAM)
    assert engaged.cause == triggered.seq
    assert ledger.journal.caused_by(triggered.seq) == [engaged, held]
    assert ledger.journal.caused_by(engaged.seq) == []


def test_streams_and_subjects_are_listed(ledger: Ledger) -> None:
    assert ledger.journal.streams() == ledger.journal.subjects("note") == []
    ledger.journal.append_all([note("b"), note("a"), note("b"), note("ä"), looked()], PERSON)
    assert ledger.journal.streams() == ["note", "tripwire"]
    assert ledger.journal.subjects("note") == ["a", "b", "ä"]


def test_an_empty_journal_says_so(ledger: Ledger) -> None:
    assert (ledger.journal.mark(), ledger.journal.get(1), ledger.journal.first_missing()) == (0, None, None)
    found = ledger.journal.verify("note", "a")
    assert (found.unbroken, found.entries, found.head_hash) == (True, 0, "0" * 64)


class Unlike:
    """What JSON cannot say."""


IMPOSSIBLE = [
    (NewJournalEvent("Note", "a", "said"), "stream 'Note': use 1 to 40 of a-z and _"),
    (NewJournalEvent("", "a", "said"), "stream ''"),
    (NewJournalEvent("note\n", "a", "said"), "stream 'note"),
    (NewJournalEvent("note", "a", "k" * 41), "kind 'kkk"),
    (NewJournalEvent("note", "", "said"), "subject ''"),
    (NewJournalEvent("note", " ", "said"), "subject ' '"),
    (NewJournalEvent("note", "a" * 201, "said"), "subject 'aaa"),
    (NewJournalEvent("note", "a\x00", "said"), "letters without NUL"),
    (NewJournalEvent("note", "a", "said", body={"x": float("nan")}), "body of note a: cannot be written as JSON"),
    (NewJournalEvent("note", "a", "said", body={"x": Unlike()}), "body of note a: cannot be written as JSON"),
    (NewJournalEvent("note", "a", "said", body={"x": "a" * 1_000_001}), "body of note a: has 1,000,00"),
    (NewJournalEvent("note", "a", "said", body=["x"]), "body of note a: is a list"),  # type: ignore[arg-type]
    (NewJournalEvent("note", "a", "said", cause=2), "cause of an event is the number of an earlier one"),
    (NewJournalEvent("note", "a", "said", cause=0), "cause of an event is the number of an earlier one"),
]


def test_what_cannot_be_recorded_is_told_and_leaves_nothing(ledger: Ledger) -> None:
    for event, said in IMPOSSIBLE:
        with pytest.raises(LedgerError, match=said):
            ledger.journal.append_all([note("a"), event], PERSON)
        assert ledger.journal.mark() == 0


def test_somebody_has_decided(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="note a: no actor; say who decides that it is said"):
        ledger.journal.append(note("a"), Actor(" ", "person", "cli"))


def test_a_body_nested_without_end_is_told(ledger: Ledger) -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless
    with pytest.raises(LedgerError, match="cannot be written as JSON"):
        ledger.journal.append(NewJournalEvent("note", "a", "said", body=endless), PERSON)


def test_equal_bodies_are_stored_alike_and_later_changes_do_not_show(ledger: Ledger) -> None:
    body: dict[str, Any] = {"a": 1, "b": [2]}
    event = ledger.journal.append(NewJournalEvent("note", "a", "said", body=body), PERSON)
    body["b"].append(3)
    assert event.body == {"a": 1, "b": [2]}
    event.body["a"] = 9
    assert ledger.journal.of("note", "a")[0].body == {"a": 1, "b": [2]}


def test_a_journal_that_is_away_is_told_and_is_no_refusal(sqlite_url: str) -> None:
    ledger = open_ledger(sqlite_url)
    ledger.close()
    Path(sqlite_url.removeprefix("sqlite:///")).unlink()
    with pytest.raises(LedgerError, match="cannot be opened") as caught:
        ledger.journal.append(note("a"), PERSON)
    assert not isinstance(caught.value, JournalRefused)
