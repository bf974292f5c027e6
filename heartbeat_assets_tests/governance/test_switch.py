"""Switches: engaged with a reason, released by people alone, and what they are by the journal at any time."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.governance.switch import (
    DEFAULT_COOLDOWN,
    GLOBAL,
    SwitchProblem,
    engage,
    release,
    switch_name,
    switch_state,
    switch_states,
)
from heartbeat_assets.ledger import Ledger
from heartbeat_assets_tests.governance.recorded_events import ANNA, DAGSTER


def test_a_switch_is_engaged_and_released_with_who_when_and_why(ledger: Ledger) -> None:
    engaged = engage(ledger.journal, "wholesale", actor=ANNA, reason="  Prices are wrong. ", body={"ticket": 7})
    state = switch_states(ledger.journal)["WHOLESALE"]
    assert (state.name, state.engaged, state.since) == ("WHOLESALE", True, engaged.at)
    assert (state.actor, state.actor_kind, state.reason) == ("anna@example.org", "person", "Prices are wrong.")
    assert (state.evidence, state.cause, state.released_at, state.cooldown_until) == ({"ticket": 7}, None, None, None)
    released = release(ledger.journal, "Wholesale", actor=ANNA, reason="Mended.")
    state = switch_states(ledger.journal)["WHOLESALE"]
    assert (state.engaged, state.since, state.released_at) == (False, released.at, released.at)
    assert (state.reason, state.evidence) == ("Mended.", {"engaged": engaged.seq})
    assert state.cooldown_until == released.at + DEFAULT_COOLDOWN


def test_the_cooldown_is_what_engaged_it_said_or_what_is_asked_with(ledger: Ledger) -> None:
    engage(ledger.journal, GLOBAL, actor=ANNA, reason="An audit.", body={"cooldown_seconds": 3600})
    released = release(ledger.journal, GLOBAL, actor=ANNA, reason="Done.").at
    state = switch_state(ledger.journal, "global")
    assert state is not None
    assert state.cooldown_until == released + timedelta(hours=1)
    asked = switch_state(ledger.journal, GLOBAL, cooldown_of=lambda name: timedelta(days=len(name)))
    assert asked is not None
    assert asked.cooldown_until == released + timedelta(days=6)


def test_what_was_never_engaged_has_no_state(ledger: Ledger) -> None:
    assert switch_states(ledger.journal) == {}
    assert switch_state(ledger.journal, "WHOLESALE") is None


def test_states_come_sorted_by_name(ledger: Ledger) -> None:
    for name in ("B", GLOBAL, "A"):
        engage(ledger.journal, name, actor=ANNA, reason="Because")
    assert list(switch_states(ledger.journal)) == ["A", "B", GLOBAL]


@pytest.mark.parametrize(
    ("name", "named", "field", "words"),
    [
        ("two words", {}, "name", "or GLOBAL"),
        ("", {}, "name", "or GLOBAL"),
        ("A", {"reason": " \n"}, "reason", "is required: say in a sentence why"),
        ("A", {"reason": "x" * 2001}, "reason", "must be at most 2000 characters long, not 2001"),
        ("A", {"reason": "red \x1b[31m"}, "reason", "has characters that cannot be shown; write it anew"),
        ("A", {"actor": DAGSTER}, "actor", "dagster is a program; it engages a switch only for a tripwire"),
        ("ON", {}, "name", "ON is engaged already, since "),
    ],
)
def test_what_cannot_be_engaged_is_said_by_its_field(
    ledger: Ledger, name: str, named: dict[str, Any], field: str, words: str
) -> None:
    engage(ledger.journal, "ON", actor=ANNA, reason="First")
    with pytest.raises(SwitchProblem) as raised:
        engage(ledger.journal, name, **{"actor": ANNA, "reason": "Second", **named})
    assert raised.value.field == field
    assert words in raised.value.sentence
    assert isinstance(raised.value, UsageProblem)
    assert len(ledger.journal.after(0)) == 1


@pytest.mark.parametrize(
    ("name", "named", "field", "words"),
    [
        ("NEVER", {}, "name", "NEVER is not engaged; it never was"),
        ("OFF", {}, "name", "OFF is not engaged; released since "),
        ("ON", {"reason": ""}, "reason", "is required"),
        ("ON", {"actor": DAGSTER}, "actor", "dagster is a program; a switch is released by people alone"),
    ],
)
def test_what_cannot_be_released_is_said_by_its_field(
    ledger: Ledger, name: str, named: dict[str, Any], field: str, words: str
) -> None:
    for switch in ("ON", "OFF"):
        engage(ledger.journal, switch, actor=ANNA, reason="First")
    release(ledger.journal, "OFF", actor=ANNA, reason="Done")
    with pytest.raises(SwitchProblem) as raised:
        release(ledger.journal, name, **{"actor": ANNA, "reason": "Second", **named})
    assert raised.value.field == field
    assert words in raised.value.sentence
    assert len(ledger.journal.after(0)) == 3


def test_of_two_people_at_once_one_is_told_that_it_is_engaged_already(ledger: Ledger) -> None:
    said: list[str] = []
    barrier = threading.Barrier(4)

    def run() -> None:
        barrier.wait()
        try:
            engage(ledger.journal, "WHOLESALE", actor=ANNA, reason="Because")
            said.append("engaged")
        except SwitchProblem as problem:
            said.append(problem.field)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(said) == ["engaged", "name", "name", "name"]


@settings(max_examples=8)
@given(st.lists(st.tuples(st.sampled_from(["A", "B", GLOBAL]), st.booleans()), max_size=12), st.uuids())
def test_any_order_of_asking_leaves_each_switch_as_the_last_that_was_taken(
    ledger: Ledger, asked: list[tuple[str, bool]], unique: Any
) -> None:
    wanted: dict[str, bool] = {}
    for short, on in asked:
        name = f"{short}_{unique}".upper()
        try:
            (engage if on else release)(ledger.journal, name, actor=ANNA, reason="Because")
        except SwitchProblem:
            assert wanted.get(name, False) == on
        wanted[name] = on if name in wanted or on else wanted.get(name, False)
    found = {name: state.engaged for name, state in switch_states(ledger.journal).items() if name in wanted}
    assert found == {name: on for name, on in wanted.items() if name in found}
    assert all(not on for name, on in wanted.items() if name not in found)


@pytest.mark.parametrize(("written", "name"), [(" buyer_match ", "BUYER_MATCH"), ("global", GLOBAL), ("a-1", "A-1")])
def test_a_switch_is_spelled_as_its_domain(written: str, name: str) -> None:
    assert switch_name(written) == name
