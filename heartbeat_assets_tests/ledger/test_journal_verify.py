"""Finding what somebody did to the journal who switched the guards off."""

import pytest
import sqlalchemy as sa

from heartbeat_assets.ledger import Ledger, LedgerError
from heartbeat_assets_tests.ledger.journal_entries import INSERT, PERSON, drop_guards, looked, next_row, note
from heartbeat_assets_tests.ledger.raw import execute


@pytest.fixture
def unguarded(ledger: Ledger, raw: sa.Engine) -> sa.Engine:
    """A subject with five events among others, the guards dropped. Its places 1 to 5 have the numbers 2 to 6."""
    ledger.journal.append(looked(), PERSON)
    ledger.journal.append_all([note("a", number, cause=1) for number in range(5)], PERSON)
    ledger.journal.append(looked("ok"), PERSON)
    assert ledger.journal.verify("note", "a").unbroken
    assert ledger.journal.first_missing() is None
    drop_guards(raw)
    return raw


def broken(ledger: Ledger, noted_head: str | None = None) -> tuple[int | None, str]:
    found = ledger.journal.verify("note", "a", noted_head=noted_head)
    assert not found.unbroken
    assert found.entries == (found.broken_at or 0) - 1
    assert found.lane == "note/a"
    return found.broken_at, found.reason


CHANGES = [
    "kind = 'other'",
    "actor = 'bob@example.com'",
    "actor_kind = 'program'",
    "via = 'api'",
    "reason = 'something else'",
    "body = '{}'",
    # The same to a reader of JSON, but not what was written.
    "body = replace(body, '2', ' 2')",
    "cause = 2",
    "cause = NULL",
    "at = '2026-02-23T14:31:05.000001+00:00'",
    "entry_hash = '" + "e" * 64 + "'",
]


def test_a_changed_event_is_found(ledger: Ledger, raw: sa.Engine) -> None:
    ledger.journal.append(looked(), PERSON)
    subjects = {f"changed_{number}": change for number, change in enumerate(CHANGES)}
    for subject in subjects:
        ledger.journal.append_all([note(subject, number, cause=1) for number in range(5)], PERSON)
    drop_guards(raw)
    for subject, change in subjects.items():
        assert ledger.journal.verify("note", subject).unbroken
        execute(raw, f"UPDATE journal_event SET {change} WHERE subject = '{subject}' AND place = 3")
        found = ledger.journal.verify("note", subject)
        assert (found.broken_at, found.entries) == (3, 2), change
        assert found.reason == "place 3 was changed: its content does not give its entry_hash"


def test_an_event_that_was_moved_to_another_subject_is_found(ledger: Ledger, unguarded: sa.Engine) -> None:
    execute(unguarded, "UPDATE journal_event SET subject = 'b' WHERE subject = 'a' AND place = 5")
    assert ledger.journal.verify("note", "a").unbroken
    assert ledger.journal.verify("note", "b").reason == "place 1 is missing: the next event has place 5"


def test_a_missing_event_is_found(ledger: Ledger, unguarded: sa.Engine) -> None:
    execute(unguarded, "DELETE FROM journal_event WHERE seq = 4")
    assert broken(ledger) == (3, "place 3 is missing: the next event has place 4")
    assert ledger.journal.first_missing() == 4


def test_a_subject_that_was_taken_out_whole_is_missed_by_its_numbers(ledger: Ledger, unguarded: sa.Engine) -> None:
    execute(unguarded, "DELETE FROM journal_event WHERE subject = 'a'")
    assert ledger.journal.verify("note", "a").unbroken
    assert ledger.journal.first_missing() == 2
    execute(unguarded, "DELETE FROM journal_event WHERE seq = 1")
    assert ledger.journal.first_missing() == 1


def test_events_cut_off_at_the_end_are_found_by_a_noted_head(ledger: Ledger, unguarded: sa.Engine) -> None:
    head = ledger.journal.verify("note", "a").head_hash
    for noted in (head, head.upper(), f" {head}\n", "0" * 64):
        assert ledger.journal.verify("note", "a", noted_head=noted).unbroken
    execute(unguarded, "DELETE FROM journal_event WHERE subject = 'a' AND place = 5")
    assert ledger.journal.verify("note", "a").unbroken
    place, reason = broken(ledger, head)
    assert (place, reason.startswith(f"no event has the hash {head}")) == (5, True)


def test_an_event_that_was_put_in_place_of_another_is_found(ledger: Ledger, unguarded: sa.Engine) -> None:
    execute(unguarded, "DELETE FROM journal_event WHERE subject = 'a' AND place = 5")
    execute(unguarded, INSERT, **next_row(unguarded, "note", "a", place=5, seq=6, previous_hash="e" * 64))
    place, reason = broken(ledger)
    assert place == 5
    assert reason.startswith("place 5 does not follow the event before")


def test_an_event_numbered_before_the_one_it_follows_is_found(ledger: Ledger, unguarded: sa.Engine) -> None:
    execute(unguarded, INSERT, **next_row(unguarded, "note", "a", seq=0))
    assert broken(ledger) == (6, "place 6 has number 0, which does not come after the 6 of the event before")


def test_an_event_that_was_caused_by_a_later_one_is_found(ledger: Ledger, unguarded: sa.Engine) -> None:
    execute(unguarded, INSERT, **next_row(unguarded, "note", "a", cause=99))
    assert broken(ledger) == (6, "place 6 has number 8 and names 99 as its cause, which came later")


@pytest.mark.parametrize("change", ["at = 'yesterday'", "body = '[]'", "body = 'nothing'"])
def test_an_event_that_cannot_be_read_is_named(ledger: Ledger, unguarded: sa.Engine, change: str) -> None:
    execute(unguarded, f"UPDATE journal_event SET {change} WHERE subject = 'a' AND place = 5")
    with pytest.raises(LedgerError, match="event 5 of note 'a' cannot be read"):
        ledger.journal.of("note", "a")
    assert broken(ledger)[0] == 5
