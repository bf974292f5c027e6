"""Finding what somebody did to a metric's events who switched the guards off."""

from typing import Any

import pytest
import sqlalchemy as sa

from heartbeat_assets.ledger import Ledger, LedgerError, Verification
from heartbeat_assets.ledger.chain import event_hash
from heartbeat_assets_tests.ledger.metric_entries import INSERT_EVENT, edit, next_event, register
from heartbeat_assets_tests.ledger.raw import execute


def record(ledger: Ledger, *metric_ids: str) -> None:
    """Six events of each metric."""
    register(ledger, *metric_ids, norm_value="0.85", sql_hash="a")
    for metric_id in metric_ids:
        edit(ledger, metric_id, "owner", "ada@example.com")
        edit(ledger, metric_id, "norm_value", "0.9")
        assert ledger.metrics.verify_metric(metric_id).unbroken


def drop_guards(raw: sa.Engine) -> None:
    if raw.dialect.name == "sqlite":
        for name in ("refuses_update", "refuses_delete", "takes"):
            execute(raw, f"DROP TRIGGER metric_event_{name}")
    else:
        execute(raw, "ALTER TABLE metric_event DISABLE TRIGGER USER")


@pytest.fixture
def unguarded(ledger: Ledger, raw: sa.Engine) -> sa.Engine:
    """A metric with six events, whose guards have been dropped."""
    record(ledger, "sessions")
    drop_guards(raw)
    return raw


def broken(ledger: Ledger) -> tuple[int | None, str]:
    found: Verification = ledger.metrics.verify_metric("sessions")
    assert not found.unbroken
    assert found.entries == (found.broken_at or 0) - 1
    return found.broken_at, found.reason


CHANGES = [
    "after = '0.1'",
    "before = '0.1'",
    "after = NULL",
    "actor = 'bob@example.com'",
    "actor_kind = 'person'",
    "via = 'api'",
    "reason = 'something else'",
    "at = '2026-02-23T14:31:05.000001+00:00'",
    "field = 'alert_value'",
    "entry_hash = '" + "e" * 64 + "'",
]


def test_a_changed_event_is_found(ledger: Ledger, raw: sa.Engine) -> None:
    metrics = {f"changed_{number}": change for number, change in enumerate(CHANGES)}
    record(ledger, *metrics)
    drop_guards(raw)
    for metric_id, change in metrics.items():
        execute(raw, f"UPDATE metric_event SET {change} WHERE metric_id = '{metric_id}' AND place = 3")
        found = ledger.metrics.verify_metric(metric_id)
        assert (found.unbroken, found.broken_at, found.entries) == (False, 3, 2), change
        assert found.reason == "place 3 was changed: its content does not give its entry_hash", change


def test_a_missing_event_is_found(ledger: Ledger, unguarded: sa.Engine) -> None:
    execute(unguarded, "DELETE FROM metric_event WHERE place = 3")
    assert broken(ledger) == (3, "place 3 is missing: the next event has place 4")


def test_an_event_that_was_put_in_place_of_another_is_found(ledger: Ledger, unguarded: sa.Engine) -> None:
    execute(unguarded, "DELETE FROM metric_event WHERE place = 5")
    forged: dict[str, Any] = next_event(unguarded, "sessions", place=5, seq=5, previous_hash="e" * 64)
    execute(unguarded, INSERT_EVENT, **forged)
    place, reason = broken(ledger)
    assert place == 5
    assert reason.startswith("place 5 does not follow the event before")


def test_an_event_with_a_sound_hash_that_tells_a_wrong_past_is_found(ledger: Ledger, unguarded: sa.Engine) -> None:
    forged = next_event(unguarded, "sessions", field="norm_value", before="0.2", after="0.3")
    assert forged["entry_hash"] == event_hash(**{name: forged[name] for name in forged if name != "entry_hash"})
    execute(unguarded, INSERT_EVENT, **forged)
    assert broken(ledger) == (7, "place 7 says that norm_value was '0.2' before, which it was not")


def test_an_event_numbered_before_the_one_it_follows_is_found(ledger: Ledger, unguarded: sa.Engine) -> None:
    execute(unguarded, INSERT_EVENT, **next_event(unguarded, "sessions", seq=0))
    assert broken(ledger) == (7, "place 7 has number 0, which does not come after the 6 of the event before")


def test_an_event_that_cannot_be_read_is_named(ledger: Ledger, unguarded: sa.Engine) -> None:
    execute(unguarded, "UPDATE metric_event SET at = 'yesterday' WHERE place = 6")
    with pytest.raises(LedgerError, match="event 6 of metric 'sessions' cannot be read"):
        ledger.metrics.events("sessions")
    with pytest.raises(LedgerError, match="the state of metric 'sessions' cannot be read"):
        ledger.metrics.rows()
    assert broken(ledger)[0] == 6
