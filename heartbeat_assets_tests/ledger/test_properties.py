"""Properties that hold for any mix of appends and imports, and for any bytes and text."""

import uuid
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heartbeat_assets.ledger import Ledger, NewEntry
from heartbeat_assets.ledger.schema import LosslessText
from heartbeat_assets_tests.ledger.entries import heartbeat, malformed

# The examples share a ledger, each in a lane of its own.
sharing = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])

lines = st.binary(max_size=60).map(lambda line: line.replace(b"\n", b""))
# Surrogates and NUL included, which no database takes as they are.
texts = st.text(st.characters(), max_size=12) | st.sampled_from(["\x00", "\ud800", "\x1a", "\x1a\\ud800", "\\x00"])
entries = st.integers(0, 12).flatmap(
    lambda number: st.sampled_from([heartbeat(number), heartbeat(number, "failed"), malformed(number)])
)
actions = st.lists(entries | st.lists(entries, max_size=8), max_size=8)


def fresh_lane() -> str:
    return uuid.uuid4().hex


@sharing
@given(actions)
def test_any_mix_of_appends_and_imports_gives_one_unbroken_chain(
    ledger: Ledger, mix: list[NewEntry | list[NewEntry]]
) -> None:
    lane = fresh_lane()
    expected: dict[str, NewEntry] = {}
    for action in mix:
        size_before = len(expected)
        batch = action if isinstance(action, list) else [action]
        for entry in batch:
            expected.setdefault(entry.entry_key, entry)
        if isinstance(action, list):
            imported = ledger.import_entries(lane, action)
            assert (imported.read, imported.size_before) == (len(action), size_before)
            assert imported.appended == imported.size_after - size_before == len(expected) - size_before
        else:
            result = ledger.append(lane, action)
            assert result.appended == (len(expected) > size_before)
            assert result.place == list(expected).index(action.entry_key) + 1
            assert result.malformed_before == sum(e.malformed for e in list(expected.values())[:size_before])

    recorded = list(ledger.entries(lane, batch=3))
    assert [entry.line for entry in recorded] == [entry.line for entry in expected.values()]
    assert [entry.place for entry in recorded] == list(range(1, len(expected) + 1))
    verification = ledger.verify(lane)
    assert (verification.unbroken, verification.entries) == (True, len(expected))
    assert ledger.last(lane, 5) == recorded[-5:]


@sharing
@given(line=lines, entry_key=texts.filter(bool), heartbeat_id=st.none() | texts, run_at=texts, status=texts)
def test_any_bytes_and_any_text_come_back_as_they_were(ledger: Ledger, **fields: Any) -> None:
    lane = fresh_lane()
    entry = NewEntry(**fields)
    ledger.append(lane, entry, dagster_run_id=entry.run_at)
    (recorded,) = ledger.last(lane, 1)
    assert {name: getattr(recorded, name) for name in fields} == fields
    assert recorded.dagster_run_id == entry.run_at
    assert ledger.find(lane, entry.entry_key) == recorded
    assert not ledger.append(lane, entry).appended
    assert ledger.verify(lane).unbroken


@sharing
@given(st.lists(lines, unique=True, max_size=20))
def test_importing_what_was_exported_is_the_identity(ledger: Ledger, history: list[bytes]) -> None:
    source, target = fresh_lane(), fresh_lane()
    ledger.import_entries(source, [NewEntry(line=line, entry_key=f"k{line!r}") for line in history])
    for _ in range(2):
        ledger.import_entries(
            target, (NewEntry(line=entry.line, entry_key=entry.entry_key) for entry in ledger.entries(source))
        )
    assert [entry.line for entry in ledger.entries(target)] == history


@given(st.lists(texts, min_size=2, max_size=2, unique=True))
def test_different_texts_are_stored_differently(two: list[str]) -> None:
    column = LosslessText()
    stored = [column.process_bind_param(text, None) for text in two]  # type: ignore[arg-type]
    assert stored[0] != stored[1]
    for text, kept in zip(two, stored, strict=True):
        assert kept is not None
        kept.encode("utf-8")
        assert "\x00" not in kept
        assert column.process_result_value(kept, None) == text  # type: ignore[arg-type]
