"""Most records of an SLO hold the days that changed alone, and are read with every day all the same."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.ledger import Actor, Journal, JournalEvent, NewJournalEvent, open_ledger
from heartbeat_assets.objectives.recording_slos import measured_now, record_measured
from heartbeat_assets.objectives.records_days import MOST_CHANGED, newest_of, newest_of_all, spared, whole
from heartbeat_assets_tests.objectives.promised import NOW, Promised, slo

PROGRAM = Actor("dagster", "program", "dagster")
FIRST = date(2026, 1, 1)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite").journal


def body(until: int, *, days: int = 30, **good: int) -> dict[str, Any]:
    """A record of that many days up to day `until`; `d3=5` says what day 3 came to."""
    told = [
        {"day": (FIRST + timedelta(days=day)).isoformat(), "good": good.get(f"d{day}", 9), "total": 9, "coverage": 1.0}
        for day in range(until - days + 1, until + 1)
    ]
    return {"state": "GREEN", "days": told}


def put(journal: Journal, record: dict[str, Any], name: str = "reads", kind: str = "green") -> JournalEvent:
    return journal.append(NewJournalEvent("objective", name, kind, body=spared(journal, name, record)), PROGRAM)


def test_the_first_record_holds_every_day_and_the_next_what_changed(journal: Journal) -> None:
    first, second, third = (put(journal, body(40, d40=good)) for good in (1, 2, 3))
    assert [len(one.body["days"]) for one in (first, second, third)] == [30, 1, 1]
    assert [whole(journal, one).body for one in (first, second, third)] == [body(40, d40=good) for good in (1, 2, 3)]
    assert newest_of_all(journal)["reads"].body == body(40, d40=3)


def test_a_day_that_is_new_one_that_left_and_one_that_was_corrected_are_told(journal: Journal) -> None:
    put(journal, body(40))
    second = put(journal, body(41, d20=4))
    assert [day["day"] for day in second.body["days"]] == ["2026-01-21", "2026-02-11"]
    found = newest_of(journal, "reads")
    assert found is not None
    assert found.body == body(41, d20=4)


def test_when_much_has_changed_every_day_is_held_again(journal: Journal) -> None:
    put(journal, body(40))
    assert len(put(journal, body(40 + MOST_CHANGED)).body["days"]) == MOST_CHANGED
    assert len(put(journal, body(41 + MOST_CHANGED)).body["days"]) == 30
    assert len(put(journal, body(41 + MOST_CHANGED)).body["days"]) == 0


def test_with_the_clock_set_back_no_day_to_come_is_told(journal: Journal) -> None:
    put(journal, body(40))
    assert put(journal, body(39)).body == body(39)


def test_after_one_that_could_not_be_measured_every_day_is_held(journal: Journal) -> None:
    put(journal, body(40))
    assert put(journal, {"state": "PROBLEM", "days": []}, kind="problem").body == {"state": "PROBLEM", "days": []}
    assert put(journal, body(40)).body == body(40)


def test_records_of_another_slo_are_not_mixed_in(journal: Journal) -> None:
    put(journal, body(40, d40=1), "writes")
    assert put(journal, body(40, d40=2)).body == body(40, d40=2)
    put(journal, body(40, d40=3), "writes")
    assert {name: one.body["days"][-1]["good"] for name, one in newest_of_all(journal).items()} == {
        "reads": 2, "writes": 3,
    }  # fmt: skip
    assert newest_of(journal, "nothing") is None


def test_a_record_that_points_to_what_is_no_record_of_it_says_what_it_knows(journal: Journal) -> None:
    other = put(journal, body(40), "writes")
    for number in (other.seq, 999, "x"):
        odd = {"days": body(40)["days"][-1:], "other_days_in": number, "first_day": "2026-01-01"}
        event = journal.append(NewJournalEvent("objective", "reads", "green", body=odd), PROGRAM)
        assert whole(journal, event).body == {"days": odd["days"]}
        assert put(journal, body(40)).body == body(40)


def test_what_is_measured_again_takes_little_room(tmp_path: Path) -> None:
    project = Promised(tmp_path / "project")
    project.write_requests([("2026-02-10T12:30:00Z", True, 1.0)])
    project.promise(slo())
    ((folder, one),) = project.objectives.slos()
    journal = open_ledger(project.settings.ledger_url).journal
    for hour in range(3):
        now = NOW + timedelta(hours=hour)
        (measured,) = measured_now([one], folder.spec, project.settings, open_ledger(project.settings.ledger_url), now)
        event = record_measured(journal, measured, folder.name, PROGRAM)
        assert newest_of(journal, "reads") == event
        assert len(event.body["days"]) == 90
    assert [len(event.body["days"]) for event in journal.of("objective", "reads")] == [90, 0, 0]


_good = st.dictionaries(st.sampled_from([f"d{day}" for day in range(60)]), st.integers(0, 8), max_size=12)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 30), _good), min_size=1, max_size=12))
def test_every_record_is_read_as_it_was_told(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[int, int, dict[str, int]]]
) -> None:
    journal = open_ledger(f"sqlite:///{tmp_path_factory.mktemp('days')}/ledger.sqlite").journal
    until, records = 30, []
    for step, days, good in told:
        until += step - 1
        record = body(until, days=days, **good)
        records.append((put(journal, record), record))
    assert [whole(journal, event).body for event, _ in records] == [record for _, record in records]
