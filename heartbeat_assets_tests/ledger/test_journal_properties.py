"""Properties that hold for any mix of events of the journal."""

import uuid
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heartbeat_assets.ledger import JournalRefused, Ledger, NewJournalEvent
from heartbeat_assets.ledger.chain import GENESIS
from heartbeat_assets_tests.ledger.journal_entries import PERSON, PROGRAM, switch

# The examples share a ledger, each with subjects of its own.
sharing = settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])

texts = st.text(st.characters(), max_size=8)
plain = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    plain | texts, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)
bodies = st.dictionaries(texts, values, max_size=3)
kinds = st.sampled_from(["said", "done", "undone"])
batches = st.lists(st.lists(st.tuples(st.sampled_from("abc"), kinds, texts, bodies), max_size=4), max_size=6)


@sharing
@given(batches)
def test_every_chain_is_what_was_handed_in_and_unbroken(
    ledger: Ledger, mix: list[list[tuple[str, str, str, dict[str, Any]]]]
) -> None:
    names = {letter: f"{letter}-{uuid.uuid4().hex}" for letter in "abc"}
    first = ledger.journal.mark()
    handed_in: list[NewJournalEvent] = []
    for batch in mix:
        events = [NewJournalEvent("note", names[letter], kind, why, body) for letter, kind, why, body in batch]
        recorded = ledger.journal.append_all(events, PERSON)
        assert [(event.subject, event.kind, event.reason, event.body) for event in recorded] == [
            (event.subject, event.kind, event.reason, event.body) for event in events
        ]
        handed_in += events

    since = ledger.journal.after(first, 1000, stream="note")
    assert [event.seq for event in since] == list(range(first + 1, first + 1 + len(handed_in)))
    newest = ledger.journal.newest("note")
    newest_done = ledger.journal.newest("note", kinds=["done", "undone"])
    for name in names.values():
        history = ledger.journal.of("note", name)
        assert history == [event for event in since if event.subject == name]
        assert [(event.kind, event.reason, event.body) for event in history] == [
            (event.kind, event.reason, event.body) for event in handed_in if event.subject == name
        ]
        assert [event.place for event in history] == list(range(1, len(history) + 1))
        assert [event.previous_hash for event in history] == [GENESIS, *(event.entry_hash for event in history)][
            : len(history)
        ]
        assert newest.get(name) == (history[-1] if history else None)
        done = [event for event in history if event.kind != "said"]
        assert newest_done.get(name) == (done[-1] if done else None)
        found = ledger.journal.verify("note", name)
        assert (found.unbroken, found.entries) == (True, len(history))
    assert ledger.journal.first_missing() is None


attempts = st.lists(
    st.tuples(
        st.sampled_from(["engaged", "released", "rehearsed", "held"]),
        st.sampled_from([PERSON, PROGRAM]),
        st.sampled_from(["", " ", "because"]),
        st.sampled_from(["none", "ok", "triggered"]),
    ),
    max_size=12,
)


@sharing
@given(attempts)
def test_a_switch_is_what_a_naive_replay_of_the_rules_gives(ledger: Ledger, mix: list[tuple[Any, ...]]) -> None:
    name = uuid.uuid4().hex.upper()
    looks = [NewJournalEvent("tripwire", name, kind) for kind in ("ok", "triggered")]
    causes: dict[str, int | None] = {event.kind: event.seq for event in ledger.journal.append_all(looks, PROGRAM)}
    engaged, taken = False, []
    for kind, actor, reason, cause in mix:
        by_person = actor is PERSON
        allowed = {
            "engaged": not engaged and bool(reason.strip()) and (by_person or cause == "triggered"),
            "released": engaged and bool(reason.strip()) and by_person,
            "rehearsed": by_person or cause == "triggered",
            "held": by_person or cause == "triggered",
        }[kind]
        try:
            ledger.journal.append(switch(kind, name, reason=reason, cause=causes.get(cause)), actor)
        except JournalRefused:
            assert not allowed
        else:
            assert allowed
            taken.append(kind)
            engaged = {"engaged": True, "released": False}.get(kind, engaged)

    assert [event.kind for event in ledger.journal.of("switch", name)] == taken
    state = ledger.journal.newest("switch", kinds=["engaged", "released"]).get(name)
    assert (state is not None and state.kind == "engaged") == engaged
    assert ledger.journal.verify("switch", name).unbroken
