"""Properties that hold for any mix of changes and any mix of values."""

import uuid
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heartbeat_assets.ledger import Ledger, MetricRow, NewMetricEvent
from heartbeat_assets_tests.ledger.metric_entries import PERSON, PROGRAM, change, hour, registration, value

# The examples share a ledger, each with metrics of its own.
sharing = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])

NUMBERS = ("norm_value", "alert_value", "recovery_value")
numbers = st.floats(-1e12, 1e12).filter(lambda number: number == 0 or abs(number) > 1e-12).map(repr)
texts = st.text(st.characters(), max_size=8)


def field_changes(field: str, after: st.SearchStrategy[str | None]) -> st.SearchStrategy[NewMetricEvent]:
    return st.builds(change, st.just(field), after)


changes = st.one_of(
    field_changes("verification_state", st.sampled_from(["unverified", "verified"])),
    field_changes("direction", st.sampled_from(["higher_is_better", "lower_is_better"])),
    field_changes("target_due_date", st.none() | st.dates().map(lambda date: date.isoformat())),
    *(field_changes(field, st.none() | numbers) for field in NUMBERS),
    *(field_changes(field, st.none() | texts) for field in ("owner", "service", "sql_hash", "source_schema")),
)
edits = st.lists(st.tuples(st.sampled_from("ab"), st.lists(changes, max_size=4)), max_size=8)


def expected_row(fields: dict[str, str | None]) -> dict[str, Any]:
    numeric: dict[str, Any] = {}
    for name in NUMBERS:
        text = fields.get(name)
        numeric[name] = None if text is None else float(text)
    return {"verification_state": "unverified", **fields, **numeric}


@sharing
@given(edits)
def test_the_state_is_what_a_naive_replay_of_the_changes_gives(
    ledger: Ledger, mix: list[tuple[str, list[NewMetricEvent]]]
) -> None:
    names = {letter: f"{letter}-{uuid.uuid4().hex}" for letter in "ab"}
    replayed: dict[str, dict[str, str | None]] = {letter: {"registration": "registered"} for letter in "ab"}
    written = dict.fromkeys("ab", 1)
    ledger.metrics.append_events_of_many({name: registration() for name in names.values()}, PROGRAM)
    for letter, events in mix:
        moved = 0
        for event in events:
            moved += event.after != replayed[letter].get(event.field)
            replayed[letter][event.field] = event.after
        recorded = ledger.metrics.append_events(names[letter], events, PERSON, if_place=written[letter])
        written[letter] += moved
        assert len(recorded) == moved

    rows = ledger.metrics.rows()
    for letter, name in names.items():
        history = ledger.metrics.events(name)
        row: MetricRow = rows[name]
        for field, expected in expected_row(replayed[letter]).items():
            assert getattr(row, field) == expected
        assert row.place == written[letter] == len(history)
        assert row.changed_at == history[-1].at
        assert row == ledger.metrics.row(name)
        assert ledger.metrics.verify_metric(name).unbroken


measured = st.tuples(st.integers(0, 4), st.none() | st.floats(-10, 10), st.sampled_from("xy"))


@sharing
@given(st.lists(st.lists(measured, max_size=6), max_size=5), st.integers(1, 6))
def test_the_values_are_what_a_naive_replay_of_the_ticks_gives(
    ledger: Ledger, batches: list[list[tuple[int, float | None, str]]], count: int
) -> None:
    name = uuid.uuid4().hex
    newest: dict[int, tuple[float | None, str, int]] = {}
    for batch in batches:
        expected = 0
        for number, figure, sql_hash in batch:
            before = newest.get(number)
            if before is None or sql_hash != before[1] or (before[0] is None and figure is not None):
                newest[number] = (figure, sql_hash, before[2] + 1 if before else 1)
                expected += 1
        new = [value(name, number, figure, sql_hash=sql_hash) for number, figure, sql_hash in batch]
        assert ledger.metrics.append_values(new) == expected

    found = ledger.metrics.values(name)
    ticks = sorted(newest)
    assert [(one.tick, (one.value, one.sql_hash, one.revision)) for one in found] == [
        (hour(number), newest[number]) for number in ticks
    ]
    assert ledger.metrics.values(name, limit=count) == found[-count:]
    assert ledger.metrics.newest_values(count).get(name, []) == found[-count:]
    assert ledger.metrics.values(name, since=hour(1), until=hour(3)) == [
        one for one in found if hour(1) <= one.tick <= hour(3)
    ]
