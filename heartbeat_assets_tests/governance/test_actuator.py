"""Acting on tripwires, through the ledger: once, within a cooldown not at all, in a dry run only on paper."""

from __future__ import annotations

import contextlib
import itertools
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.governance.actuator import Action, act
from heartbeat_assets.governance.look import look, release_baseline
from heartbeat_assets.governance.switch import GLOBAL, SwitchProblem, engage, release, switch_states
from heartbeat_assets.governance.tripwires_spec import TripwiresSpec
from heartbeat_assets.ledger import JournalRefused, Ledger, NewJournalEvent
from heartbeat_assets_tests.governance.recorded_events import ANNA, DAGSTER, LATER, emit, runs, spec

_numbers = itertools.count()
# 0.95, and then 0.76: a drop of exactly 20%.
WORSE = ((190, 200), (38, 50))


def look_and_act(tripwires: TripwiresSpec, ledger: Ledger, now: datetime = LATER) -> Action:
    look(tripwires.policies[0], ledger, now=LATER, actor=DAGSTER)
    (action,) = act(tripwires, ledger, now=now, actor=DAGSTER)
    return action


def kinds(ledger: Ledger, switch: str = "WHOLESALE") -> list[str]:
    return [event.kind for event in ledger.journal.of("switch", switch)]


def test_95_to_75_percent_on_50_against_200_throttles_wholesale(ledger: Ledger) -> None:
    # 75% of 50 is 37.5 events: both neighbours throttle, see WORSE for 38.
    emit(ledger, runs((190, 200), (37, 50)))
    action = look_and_act(spec(), ledger)
    assert (action.switch, action.done) == ("WHOLESALE", "engaged")
    assert action.sentence == ("WHOLESALE.contract_rate: WHOLESALE is stopped until a person releases WHOLESALE.")
    (evaluation,) = ledger.journal.of("tripwire", "WHOLESALE.contract_rate")
    state = switch_states(ledger.journal)["WHOLESALE"]
    assert (state.engaged, state.actor, state.actor_kind, state.cause) == (True, "dagster", "program", evaluation.seq)
    assert state.reason == evaluation.body["sentence"]
    assert state.evidence["drop_pct"] == pytest.approx(22.1, abs=0.05)
    assert state.evidence["recent"] == {"events": 50, "figure": 0.74, "successes": 37, "first": 201, "last": 250}


def test_the_kill_switch_stops_everything(ledger: Ledger) -> None:
    emit(ledger, runs(*WORSE))
    assert look_and_act(spec(action="kill_switch"), ledger).switch == GLOBAL
    assert switch_states(ledger.journal)[GLOBAL].engaged


def test_what_only_notifies_stops_nothing(ledger: Ledger) -> None:
    emit(ledger, runs(*WORSE))
    action = look_and_act(spec(action="notify"), ledger)
    assert (action.switch, action.done) == (None, "nothing")
    assert switch_states(ledger.journal) == {}


def test_what_is_well_or_was_never_looked_at_or_is_disabled_stops_nothing(ledger: Ledger) -> None:
    (never,) = act(spec(), ledger, now=LATER, actor=DAGSTER)
    assert "never looked at" in never.sentence
    emit(ledger, runs((190, 200), (48, 50)))
    assert "found ok" in look_and_act(spec(), ledger).sentence
    emit(ledger, runs((0, 50)), first=250)
    look(spec().policies[0], ledger, now=LATER, actor=DAGSTER)
    (off,) = act(spec(enabled=False), ledger, now=LATER, actor=DAGSTER)
    assert (off.done, switch_states(ledger.journal)) == ("nothing", {})


def test_a_person_who_releases_the_baseline_before_anybody_acted_has_decided(ledger: Ledger) -> None:
    emit(ledger, runs((190, 200), (37, 50)))
    look(spec().policies[0], ledger, now=LATER, actor=DAGSTER)
    release_baseline(ledger, "WHOLESALE.contract_rate", ANNA, "The new prices are as they should be")
    (action,) = act(spec(), ledger, now=LATER, actor=DAGSTER)
    assert (action.done, switch_states(ledger.journal)) == ("nothing", {})
    assert "released its baseline after its newest look, so nothing follows" in action.sentence


def test_a_retry_acts_once(ledger: Ledger) -> None:
    emit(ledger, runs(*WORSE))
    assert look_and_act(spec(), ledger).done == "engaged"
    (again,) = act(spec(), ledger, now=LATER, actor=DAGSTER)
    assert (again.done, again.event) == ("already", None)
    # A whole run again: another look, and what is stopped is stopped.
    assert look_and_act(spec(), ledger).done == "already"
    assert kinds(ledger) == ["engaged"]


def test_two_at_once_act_once(ledger: Ledger) -> None:
    emit(ledger, runs(*WORSE))
    look(spec().policies[0], ledger, now=LATER, actor=DAGSTER)
    done: list[str] = []
    barrier = threading.Barrier(4)

    def run() -> None:
        barrier.wait()
        done.extend(action.done for action in act(spec(), ledger, now=LATER, actor=DAGSTER))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == ["already", "already", "already", "engaged"]
    assert kinds(ledger) == ["engaged"]


def test_a_release_is_not_undone_by_the_next_look_until_its_cooldown_is_over(ledger: Ledger) -> None:
    tripwires = spec({"engine": "WHOLESALE", "cooldown": "36h"})
    emit(ledger, runs(*WORSE))
    look_and_act(tripwires, ledger)
    released = release(ledger.journal, "wholesale", actor=ANNA, reason="A price list was wrong; it is mended.").at
    held = look_and_act(tripwires, ledger, released + timedelta(hours=35, minutes=59))
    assert held.done == "held"
    assert "WHOLESALE is not stopped again: anna@example.org released it" in held.sentence
    assert not switch_states(ledger.journal)["WHOLESALE"].engaged
    (again,) = act(tripwires, ledger, now=released + timedelta(hours=1), actor=DAGSTER)
    assert again.done == "already"
    assert kinds(ledger) == ["engaged", "released", "held"]
    # The same evaluation is never acted on later; the next one is.
    (late,) = act(tripwires, ledger, now=released + timedelta(days=9), actor=DAGSTER)
    assert late.done == "already"
    assert look_and_act(tripwires, ledger, released + timedelta(hours=36)).done == "engaged"
    assert kinds(ledger) == ["engaged", "released", "held", "engaged"]


def test_what_a_person_knew_when_they_released_is_not_held_against_them(ledger: Ledger) -> None:
    emit(ledger, runs(*WORSE))
    look_and_act(spec(), ledger)
    look_and_act(spec(), ledger)
    release(ledger.journal, "WHOLESALE", actor=ANNA, reason="Looked at both.")
    (action,) = act(spec(), ledger, now=LATER, actor=DAGSTER)
    assert (action.done, kinds(ledger)) == ("nothing", ["engaged", "released"])


def test_a_domain_without_a_risk_policy_has_that_of_everything(ledger: Ledger) -> None:
    tripwires = spec({"engine": "GLOBAL", "cooldown": "1h"})
    emit(ledger, runs(*WORSE))
    look_and_act(tripwires, ledger)
    released = release(ledger.journal, "WHOLESALE", actor=ANNA, reason="Mended.").at
    assert switch_states(ledger.journal)["WHOLESALE"].cooldown_until == released + timedelta(hours=1)
    assert look_and_act(tripwires, ledger, released + timedelta(hours=1)).done == "engaged"


def test_a_dry_run_records_what_it_would_do_and_stops_nothing(ledger: Ledger) -> None:
    tripwires = spec({"engine": "WHOLESALE", "dry_run": True})
    emit(ledger, runs(*WORSE))
    assert look_and_act(tripwires, ledger).done == "rehearsed"
    (again,) = act(tripwires, ledger, now=LATER, actor=DAGSTER)
    assert again.done == "already"
    assert (switch_states(ledger.journal), kinds(ledger)) == ({}, ["rehearsed"])
    assert look_and_act(spec(), ledger).done == "engaged"


def test_what_a_person_stopped_stays_theirs(ledger: Ledger) -> None:
    engage(ledger.journal, "WHOLESALE", actor=ANNA, reason="An audit.")
    emit(ledger, runs(*WORSE))
    action = look_and_act(spec(), ledger)
    assert (action.done, kinds(ledger)) == ("already", ["engaged"])
    assert "WHOLESALE is stopped already, since" in action.sentence


def test_a_program_stops_nothing_without_a_tripwire_that_triggered(ledger: Ledger) -> None:
    emit(ledger, runs((190, 200), (48, 50)))
    fine = look(spec().policies[0], ledger, now=LATER, actor=DAGSTER).event
    new = NewJournalEvent("switch", "WHOLESALE", "engaged", reason="I like to", cause=fine.seq)
    with pytest.raises(JournalRefused):
        ledger.journal.append(new, DAGSTER)


def test_one_tripwire_that_cannot_act_stops_no_other(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    emit(ledger, runs(*WORSE))
    emit(ledger, runs(*WORSE), metric="offer_accept_rate")
    two = TripwiresSpec.model_validate(
        {
            "policies": [
                {"domain": "WHOLESALE", "metric": "contract_rate", "action": "kill_switch", "enabled": True},
                {"domain": "WHOLESALE", "metric": "offer_accept_rate", "action": "throttle", "enabled": True},
            ]
        }
    )
    for policy in two.policies:
        look(policy, ledger, now=LATER, actor=DAGSTER)
    append = ledger.journal.append

    def refusing(event: NewJournalEvent, *arguments: object, **named: object) -> object:
        if event.subject == GLOBAL:
            raise JournalRefused("refused")
        return append(event, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger.journal, "append", refusing)
    with pytest.raises(JournalRefused):
        act(two, ledger, now=datetime.now(UTC), actor=DAGSTER)
    assert set(switch_states(ledger.journal)) == {"WHOLESALE"}


@settings(max_examples=15)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(["triggered", "ok", "person engages", "person releases"]),
            st.tuples(st.just("act"), st.integers(0, 60), st.booleans()),
        ),
        max_size=25,
    )
)
def test_whatever_happens_an_evaluation_acts_once_and_a_cooldown_is_kept(ledger: Ledger, steps: list[Any]) -> None:
    """Hours pass only for who acts; evaluations are recorded as looks record them."""
    domain = f"D{next(_numbers)}"
    name = f"{domain}.contract_rate"
    journal, released, evaluated = ledger.journal, None, None
    for step in steps:
        if step in ("triggered", "ok"):
            new = NewJournalEvent("tripwire", name, step, body={"sentence": f"It was {step}."})
            evaluated = journal.append(new, DAGSTER)
        elif isinstance(step, str):
            with contextlib.suppress(SwitchProblem):
                if step == "person engages":
                    engage(journal, domain, actor=ANNA, reason="Because")
                else:
                    released = release(journal, domain, actor=ANNA, reason="Because")
        else:
            _, hours, dry = step
            before = switch_states(journal).get(domain)
            now = datetime.now(UTC) + timedelta(hours=hours)
            (action,) = act(spec({"engine": domain, "dry_run": dry}, domain=domain), ledger, now=now, actor=DAGSTER)
            after = switch_states(journal).get(domain)
            is_on = before is not None and before.engaged
            assert (after is not None and after.engaged) == (is_on or action.done == "engaged")
            if action.done == "engaged":
                assert evaluated is not None
                assert (evaluated.kind, dry, is_on) == ("triggered", False, False)
                assert released is None or (now >= released.at + timedelta(hours=24) and evaluated.seq > released.seq)
            assert (action.event is None) == (action.done in ("already", "nothing"))
    causes = [event.cause for event in journal.of("switch", domain) if event.cause is not None]
    assert len(causes) == len(set(causes))
