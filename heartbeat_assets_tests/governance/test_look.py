"""Looks at a ledger: what is fetched and recorded, the baseline that freezes, and that only a person releases it."""

from __future__ import annotations

import itertools
import json
import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.governance.evaluate import evaluate
from heartbeat_assets.governance.look import Look, look, newest_record, release_baseline
from heartbeat_assets.governance.series import FrozenBaseline, KpiEvent
from heartbeat_assets.governance.switch import SwitchProblem
from heartbeat_assets.ledger import JournalEvent, Ledger, NewKpiEvent
from heartbeat_assets_tests.governance.recorded_events import ANNA, BEGIN, DAGSTER, LATER, emit, minute, runs
from heartbeat_assets_tests.governance.tripwire_events import policy

NAME = "WHOLESALE.contract_rate"
_numbers = itertools.count()


def seen(ledger: Ledger, now: Any = LATER, **fields: Any) -> Look:
    return look(policy(**fields), ledger, now=now, actor=DAGSTER)


def records(ledger: Ledger) -> list[JournalEvent]:
    return ledger.journal.of("tripwire", NAME)


def loss_of_40_percent(ledger: Ledger) -> None:
    """200 events at 80%, then 50 at 48%, spread evenly."""
    emit(ledger, [n * 80 % 100 < 80 for n in range(200)])
    emit(ledger, [n * 48 % 100 < 48 for n in range(50)], first=200)


# --- What is recorded -------------------------------------------------------------------------------------


def test_a_look_is_recorded_with_its_outcome_its_figures_and_its_policy(ledger: Ledger) -> None:
    emit(ledger, runs((190, 200), (37, 50)))
    found = seen(ledger, action="throttle")
    (event,) = records(ledger)
    assert found.event == event
    assert (event.kind, event.actor, event.actor_kind) == ("triggered", "dagster", "program")
    assert found.evaluation is not None
    assert {name: event.body[name] for name in found.evaluation.record()} == json.loads(
        json.dumps(found.evaluation.record())
    )
    assert event.body["policy"]["action"] == "throttle"
    assert event.body["recent"]["successes"] == 37


@pytest.mark.parametrize(
    ("counts", "kind"),
    [
        ([], "no_data"),
        ([(30, 30)], "insufficient_events"),
        ([(190, 200), (48, 50)], "ok"),
        ([(20, 200), (4, 50)], "inconclusive"),
    ],
)
def test_every_outcome_is_a_kind_of_record(ledger: Ledger, counts: list[tuple[int, int]], kind: str) -> None:
    emit(ledger, runs(*counts))
    assert seen(ledger).event.kind == kind


def test_a_policy_that_is_off_is_recorded_once(ledger: Ledger) -> None:
    emit(ledger, runs((190, 200), (0, 50)))
    first = seen(ledger, enabled=False)
    assert first.event.kind == "disabled"
    assert seen(ledger, enabled=False).event == first.event
    assert seen(ledger).event.kind == "triggered"
    assert seen(ledger, enabled=False).event.seq > first.event.seq
    assert [event.kind for event in records(ledger)] == ["disabled", "triggered", "disabled"]


def test_a_series_of_successes_and_numbers_is_recorded_as_a_problem_and_looked_at_again(ledger: Ledger) -> None:
    emit(ledger, runs((200, 200)))
    emit(ledger, [5.0], first=200)
    found = seen(ledger)
    assert (found.evaluation, found.event.kind) == (None, "problem")
    assert found.problem == found.event.body["sentence"]
    assert "is a success or failure and event 201 a number" in found.problem
    emit(ledger, runs((250, 250)), first=201)
    assert seen(ledger).event.kind == "ok"


def test_numbers_are_looked_at_by_their_means(ledger: Ledger) -> None:
    emit(ledger, [100 + n % 5 for n in range(200)], metric="roi")
    emit(ledger, [60.0 + n % 5 for n in range(50)], first=200, metric="roi")
    found = look(policy(metric="roi"), ledger, now=LATER, actor=DAGSTER).evaluation
    assert found is not None
    assert (found.kind, found.outcome) == ("mean", "TRIGGERED")


def test_events_at_the_time_of_the_look_and_after_it_are_not_seen(ledger: Ledger) -> None:
    emit(ledger, runs((200, 200), (0, 50)))
    found = seen(ledger, now=minute(200)).evaluation
    assert found is not None
    assert found.recent is not None
    assert (found.outcome, found.recent.last) == ("OK", 200)


# --- A baseline that freezes ------------------------------------------------------------------------------


def test_a_permanent_loss_of_40_percent_is_still_triggered_after_250_bad_events(ledger: Ledger) -> None:
    emit(ledger, [n * 80 % 100 < 80 for n in range(400)])
    for bad in range(50):
        emit(ledger, [bad * 48 % 100 < 48], first=400 + bad)
    first = 450
    kinds = [seen(ledger).event.kind]
    for _ in range(4):
        first = emit(ledger, [n * 48 % 100 < 48 for n in range(50)], first=first)
        kinds.append(seen(ledger).event.kind)
    assert kinds == ["triggered"] * 5
    newest = records(ledger)[-1].body
    assert (newest["baseline"]["first"], newest["baseline"]["last"]) == (201, 400)
    assert (newest["recent"]["first"], newest["recent"]["last"]) == (601, 650)


def test_only_a_person_with_a_reason_releases_a_baseline_and_then_bad_is_the_new_normal(ledger: Ledger) -> None:
    loss_of_40_percent(ledger)
    seen(ledger)
    emit(ledger, [n * 48 % 100 < 48 for n in range(250)], first=250)
    assert seen(ledger).event.kind == "triggered"
    with pytest.raises(SwitchProblem, match="actor: dagster is a program"):
        release_baseline(ledger, NAME, DAGSTER, "Why not")
    with pytest.raises(SwitchProblem, match="reason: is required"):
        release_baseline(ledger, NAME, ANNA, "  ")
    released = release_baseline(ledger, "wholesale.Contract_Rate", ANNA, "The new prices stay.")
    assert (released.kind, released.reason) == ("baseline_released", "The new prices stay.")
    assert released.body["released"]["last"] == 200
    found = seen(ledger)
    assert found.event.kind == "ok"
    assert found.event.body["freeze"] is None
    with pytest.raises(SwitchProblem, match=r"name: WHOLESALE\.contract_rate has no frozen baseline"):
        release_baseline(ledger, NAME, ANNA, "Once more")


@pytest.mark.parametrize("name", ["WHOLESALE.contract_rate", "NEVER.heard_of", "nonsense", ""])
def test_a_baseline_that_is_not_frozen_cannot_be_released(ledger: Ledger, name: str) -> None:
    with pytest.raises(SwitchProblem, match="has no frozen baseline"):
        release_baseline(ledger, name, ANNA, "Because")


def test_the_baseline_stays_frozen_over_problems_and_while_the_policy_is_off(ledger: Ledger) -> None:
    loss_of_40_percent(ledger)
    freeze = seen(ledger).event.body["freeze"]
    assert (freeze["first"], freeze["last"]) == (1, 200)
    assert seen(ledger, enabled=False).event.body["freeze"] == freeze
    emit(ledger, [5.0], first=250)
    assert seen(ledger).event.kind == "problem"
    assert records(ledger)[-1].body["freeze"] == freeze
    emit(ledger, [n * 48 % 100 < 48 for n in range(50)], first=251)
    found = seen(ledger)
    assert (found.event.kind, found.event.body["freeze"]) == ("triggered", freeze)


def test_events_that_are_recorded_late_are_no_part_of_a_baseline_that_froze(ledger: Ledger) -> None:
    loss_of_40_percent(ledger)
    before = seen(ledger).event.body["baseline"]
    late = [
        NewKpiEvent("WHOLESALE", "contract_rate", success=False, at=minute(0) + timedelta(seconds=n)) for n in range(90)
    ]
    ledger.events.append(late)
    # Before the first, between, at the very time of the last, and after it: that one is recent.
    odd = (BEGIN - timedelta(days=1), minute(100), minute(199), minute(199) + timedelta(microseconds=1))
    ledger.events.append([NewKpiEvent("WHOLESALE", "contract_rate", success=False, at=at) for at in odd])
    found = seen(ledger).event
    assert found.body["baseline"] == before
    assert found.kind == "triggered"
    assert found.body["recent"]["first"] == 201, "the newest 50 are those they were"


def test_a_wider_window_than_there_are_events_since_the_baseline_reads_none_of_it_twice(ledger: Ledger) -> None:
    loss_of_40_percent(ledger)
    before = seen(ledger).event.body["baseline"]
    found = seen(ledger, recent=120).event
    assert (found.kind, found.body["baseline"], found.body["recent"]["events"]) == ("triggered", before, 50)


def test_before_it_freezes_a_late_event_takes_its_place_by_its_time(ledger: Ledger) -> None:
    emit(ledger, runs((200, 200), (50, 50)))
    ledger.events.append([NewKpiEvent("WHOLESALE", "contract_rate", success=False, at=minute(100))])
    found = seen(ledger).event.body
    assert (found["recent"]["successes"], found["baseline"]["successes"]) == (50, 199)


@settings(max_examples=12)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 2), st.integers(0, 9)), min_size=8, max_size=60),
    st.sets(st.integers(0, 59), max_size=8),
)
def test_what_is_fetched_gives_the_same_as_all_events_would(
    ledger: Ledger, arrivals: list[tuple[int, int, int]], looks: set[int]
) -> None:
    """Events arrive in any order of their times, some at the same time; the newest ten are mostly failures."""
    metric = f"m{next(_numbers)}"
    wire = policy(metric=metric, recent=6, baseline=12, min_events=3, evidence="none")
    frozen: FrozenBaseline | None = None
    late: set[int] = set()
    for position, (at, second, luck) in enumerate(arrivals):
        ledger.events.append(
            [NewKpiEvent("WHOLESALE", metric, success=luck > (7 if at > 30 else 1), at=minute(at + second))]
        )
        everything = ledger.events.between("WHOLESALE", metric)
        newest = max(event.seq for event in everything)
        if frozen is not None:
            places = [event.seq for event in everything]
            late |= {newest} if places.index(newest) < places.index(frozen.last) else set()
        if position not in looks and position != len(arrivals) - 1:
            continue
        plain = [KpiEvent(event.seq, event.success) for event in everything if event.seq not in late]
        wanted = evaluate(wire, plain, now=LATER, frozen=frozen)
        found = look(wire, ledger, now=LATER, actor=DAGSTER).evaluation
        assert found == wanted
        frozen = wanted.freeze


# --- How much, how often, and at once ---------------------------------------------------------------------


MANY = 50_000


def many_events(raw: sa.Engine) -> None:
    """Puts many events there, one a second, of which 95% succeeded; without the guards, which take their time."""
    begin = int(BEGIN.timestamp()) * 1_000_000
    event = (
        f"'WHOLESALE', 'contract_rate', CASE WHEN i % 20 = 0 THEN 0 ELSE 1 END, {begin} + i * CAST(1000000 AS BIGINT)"
    )
    with raw.begin() as connection:
        run = connection.exec_driver_sql
        if raw.dialect.name == "sqlite":
            for (name,) in run(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'kpi_event'"
            ).all():
                run(f"DROP TRIGGER {name}")
            many = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY})"
            run(f"INSERT INTO kpi_event (seq, domain, metric, success, at) {many} SELECT i, {event} FROM n")
        else:
            run("ALTER TABLE kpi_event DISABLE TRIGGER USER")
            many = f"generate_series(1, {MANY}) AS n(i)"
            run(f"INSERT INTO kpi_event (domain, metric, success, at) SELECT {event} FROM {many}".replace("%", "%%"))


def test_a_look_reads_no_more_than_its_windows_however_many_events_there_are(
    ledger: Ledger, raw: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_events(raw)
    rows = 0
    fetch = ledger.events._rows

    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal rows
        found = fetch(*arguments, **named)
        rows += len(found)
        return found

    monkeypatch.setattr(ledger.events, "_rows", counted)
    assert seen(ledger).event.kind == "ok"
    assert rows == 250
    emit(ledger, runs((30, 50)), first=20_000)
    assert seen(ledger).event.kind == "triggered"
    emit(ledger, runs((30, 50)), first=20_050)
    rows = 0
    assert seen(ledger).event.kind == "triggered"
    assert rows == 250


def test_of_two_looks_at_once_none_is_lost(ledger: Ledger) -> None:
    loss_of_40_percent(ledger)
    barrier = threading.Barrier(4)

    def run() -> None:
        barrier.wait()
        seen(ledger)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [event.kind for event in records(ledger)] == ["triggered"] * 4
    assert len({json.dumps(event.body["freeze"]) for event in records(ledger)}) == 1
    assert newest_record(ledger, NAME) == records(ledger)[-1]
