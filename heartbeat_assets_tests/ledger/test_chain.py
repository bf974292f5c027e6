"""The hash of an entry, and of a metric's event."""

from typing import Any

import pytest

from heartbeat_assets.ledger.chain import GENESIS, entry_hash, event_hash

ENTRY: dict[str, Any] = {
    "lane": "citizen_product",
    "place": 1,
    "entry_key": "key",
    "heartbeat_id": "key",
    "run_at": "2026-02-23T14:31:00+00:00",
    "status": "ok",
    "malformed": False,
    "malformed_total": 0,
    "line": b'{"status":"ok"}',
    "dagster_run_id": None,
    "recorded_at": "2026-02-23T14:31:05.000001+00:00",
    "previous_hash": GENESIS,
}

EVENT: dict[str, Any] = {
    "seq": 7,
    "metric_id": "sessions",
    "place": 3,
    "field": "norm_value",
    "before": "0.85",
    "after": None,
    "actor": "ada@example.com",
    "actor_kind": "person",
    "via": "cli",
    "reason": "because",
    "at": "2026-02-23T14:31:05.000001+00:00",
    "previous_hash": GENESIS,
}


def test_the_hash_of_an_entry_is_the_same_in_every_release() -> None:
    # Every existing ledger depends on this figure: when the test fails, the code is wrong.
    assert entry_hash(**ENTRY) == "7c65156f5d321d734eae8d7d80427e9178fb3ed375f7ebe226ac27f2555de2e6"


@pytest.mark.parametrize(
    "change",
    [
        {"lane": "citizen"},
        {"place": 2},
        {"entry_key": "kez"},
        {"heartbeat_id": None},
        {"heartbeat_id": ""},
        {"run_at": ""},
        {"status": "failed"},
        {"malformed": True},
        {"malformed_total": 1},
        {"line": b'{"status": "ok"}'},
        {"dagster_run_id": ""},
        {"recorded_at": "2026-02-23T14:31:05.000002+00:00"},
        {"previous_hash": "1" * 64},
    ],
)
def test_any_changed_field_gives_another_hash(change: dict[str, Any]) -> None:
    assert entry_hash(**{**ENTRY, **change}) != entry_hash(**ENTRY)


def test_text_that_moves_from_one_field_to_the_next_gives_another_hash() -> None:
    moved = {**ENTRY, "run_at": "", "status": ENTRY["run_at"] + ENTRY["status"]}
    assert entry_hash(**moved) != entry_hash(**ENTRY)
    imitated = {**ENTRY, "entry_key": "key,3:key"}
    assert entry_hash(**imitated) != entry_hash(**ENTRY)


def test_half_a_surrogate_pair_can_be_hashed_and_is_not_mistaken_for_the_whole() -> None:
    halves = entry_hash(**{**ENTRY, "run_at": "\ud83d\ude00"})
    whole = entry_hash(**{**ENTRY, "run_at": "\U0001f600"})
    assert halves != whole


def test_the_hash_of_an_event_is_the_same_in_every_release() -> None:
    # Every existing ledger depends on this figure: when the test fails, the code is wrong.
    assert event_hash(**EVENT) == "62bba8932cdef2f49562f858628b6a12ba5300a5e5b06f750e4e6c2f5a9067d3"


@pytest.mark.parametrize("field", list(EVENT))
def test_any_changed_field_of_an_event_gives_another_hash(field: str) -> None:
    changed = EVENT[field] + 1 if isinstance(EVENT[field], int) else f"{EVENT[field] or ''}0"
    assert event_hash(**{**EVENT, field: changed}) != event_hash(**EVENT)


def test_no_text_and_an_empty_one_are_different_changes() -> None:
    assert event_hash(**{**EVENT, "after": ""}) != event_hash(**EVENT)
    assert event_hash(**{**EVENT, "before": None, "after": "0.85"}) != event_hash(**EVENT)
