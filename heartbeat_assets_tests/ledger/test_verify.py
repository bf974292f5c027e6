"""Proving the chain unbroken, and finding what somebody did who switched the guards off."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from heartbeat_assets.ledger import Ledger, LedgerError, Verification, store
from heartbeat_assets.ledger.chain import entry_hash
from heartbeat_assets.ledger.verify import verify_chain
from heartbeat_assets_tests.ledger.entries import heartbeat, heartbeats, malformed
from heartbeat_assets_tests.ledger.raw import INSERT, all_rows, drop_guards, execute


@pytest.fixture(scope="module")
def fills() -> Callable[[Ledger], object]:
    return lambda ledger: None


@pytest.fixture(scope="module")
def unguarded(shared_ledger: Ledger, shared: sa.Engine) -> Ledger:
    """A ledger whose guards have been dropped, for tests that each have a lane of their own in it."""
    drop_guards(shared)
    return shared_ledger


class Tampering:
    """Somebody with the rights of the owner, and what verify finds in `lane` after each of their statements."""

    def __init__(self, ledger: Ledger, raw: sa.Engine) -> None:
        self._ledger = ledger
        self._raw = raw
        self.lane = f"lane-{uuid.uuid4().hex}"

    def run(self, *statements: str, **values: Any) -> Verification:
        for statement in statements:
            execute(self._raw, statement, **{"lane": self.lane, **values})
        return self._ledger.verify(self.lane)


@pytest.fixture
def tampering(unguarded: Ledger, shared: sa.Engine) -> Tampering:
    """A lane of six rows, the fourth malformed."""
    made = Tampering(unguarded, shared)
    unguarded.import_entries(made.lane, [*heartbeats(1, 2, 3), malformed(1), *heartbeats(4, 5)])
    assert unguarded.verify(made.lane).unbroken
    return made


def test_a_sound_chain_is_unbroken(ledger: Ledger) -> None:
    ledger.import_entries("lane", [heartbeat(1), malformed(1), heartbeat(2)])
    ledger.append("lane", heartbeat(3))
    head = ledger.head("lane")
    assert head is not None
    assert ledger.verify("lane") == Verification("lane", True, 4, head.entry_hash, None, "")


def test_a_chain_longer_than_one_read_is_unbroken(ledger: Ledger) -> None:
    ledger.import_entries("lane", heartbeats(*range(1500)))
    found = ledger.verify("lane")
    assert (found.unbroken, found.entries) == (True, 1500)


def test_a_lane_without_entries_is_unbroken(ledger: Ledger) -> None:
    assert ledger.verify("lane") == Verification("lane", True, 0, "0" * 64, None, "")


@pytest.mark.parametrize(
    "change",
    [
        "status = 'failed'",
        "text = '{}'",
        "text = NULL, raw = '{}'",
        "run_at = '2026-02-23T00:00:09+00:00'",
        "heartbeat_id = NULL",
        "entry_key = 'other'",
        "dagster_run_id = 'other'",
        "recorded_at = '2026-02-23T00:00:00.000000+00:00'",
        "recorded_at = 'yesterday'",
        "entry_hash = '" + "a" * 64 + "'",
        "previous_hash = '" + "a" * 64 + "'",
        "malformed_total = 7",
        "status = '\x1a\\x'",
    ],
)
def test_a_changed_row_is_named(tampering: Tampering, shared: sa.Engine, change: str) -> None:
    if shared.dialect.name == "sqlite":
        # SQLite's strict table tells text from bytes by how the literal is written.
        change = change.replace("raw = '{}'", "raw = x'7b7e'")
    found = tampering.run(f"UPDATE heartbeat SET {change} WHERE lane = :lane AND place = 3")
    assert (found.unbroken, found.broken_at, found.entries) == (False, 3, 2)
    assert "place 3" in found.reason


def test_a_wrong_count_is_named_though_its_hash_is_right(shared: sa.Engine, tampering: Tampering) -> None:
    (last,) = (row for row in all_rows(shared) if (row["lane"], row["place"]) == (tampering.lane, 6))
    forged = {**last, "malformed_total": 0}
    signed = {name: value for name, value in forged.items() if name not in ("text", "raw", "entry_hash")}
    signed["malformed"] = bool(signed["malformed"])
    found = tampering.run(
        "UPDATE heartbeat SET malformed_total = 0, entry_hash = :entry_hash WHERE lane = :lane AND place = 6",
        entry_hash=entry_hash(line=forged["text"].encode(), **signed),
    )
    assert (found.unbroken, found.broken_at) == (False, 6)
    assert found.reason.startswith("place 6 counts 0 malformed rows")


@pytest.mark.parametrize("line", ["text = NULL", "raw = CAST('{}' AS {bytes})"])
def test_a_row_without_a_line_or_with_two_is_named(ledger: Ledger, raw: sa.Engine, line: str) -> None:
    ledger.import_entries("lane", heartbeats(1, 2))
    drop_guards(raw)
    if raw.dialect.name == "sqlite":
        unchecked, kind = "PRAGMA ignore_check_constraints = ON", "BLOB"
    else:
        unchecked, kind = "ALTER TABLE heartbeat DROP CONSTRAINT heartbeat_one_line", "BYTEA"
    with raw.connect() as connection:
        connection.exec_driver_sql(unchecked)
        connection.exec_driver_sql(f"UPDATE heartbeat SET {line.replace('{bytes}', kind)} WHERE place = 2")
        connection.commit()
    found = ledger.verify("lane")
    assert (found.broken_at, found.reason) == (2, "place 2 holds no line, or two")


def test_a_row_that_was_made_malformed_is_named(tampering: Tampering) -> None:
    assert (
        tampering.run("UPDATE heartbeat SET malformed = NOT malformed WHERE lane = :lane AND place = 2").broken_at == 2
    )


def test_a_deleted_row_in_the_middle_is_named(tampering: Tampering) -> None:
    found = tampering.run("DELETE FROM heartbeat WHERE lane = :lane AND place = 4")
    assert (found.unbroken, found.broken_at) == (False, 4)
    assert found.reason == "place 4 is missing: the next row has place 5"


def test_a_deleted_row_is_named_when_the_gap_was_closed(tampering: Tampering) -> None:
    found = tampering.run(
        "DELETE FROM heartbeat WHERE lane = :lane AND place = 4",
        "UPDATE heartbeat SET place = 4 WHERE lane = :lane AND place = 5",
        "UPDATE heartbeat SET place = 5 WHERE lane = :lane AND place = 6",
    )
    assert (found.unbroken, found.broken_at) == (False, 4)
    assert "does not follow" in found.reason


def test_two_rows_that_changed_places_are_named(tampering: Tampering) -> None:
    found = tampering.run(
        "UPDATE heartbeat SET place = 99 WHERE lane = :lane AND place = 2",
        "UPDATE heartbeat SET place = 2 WHERE lane = :lane AND place = 3",
        "UPDATE heartbeat SET place = 3 WHERE lane = :lane AND place = 99",
    )
    assert (found.unbroken, found.broken_at) == (False, 2)


def test_a_missing_beginning_is_named(tampering: Tampering) -> None:
    found = tampering.run("DELETE FROM heartbeat WHERE lane = :lane AND place <= 2")
    assert (found.broken_at, found.entries, found.head_hash) == (1, 0, "0" * 64)


def test_a_row_of_another_lane_is_not_mistaken_for_this_one(
    unguarded: Ledger, shared: sa.Engine, tampering: Tampering
) -> None:
    name = f"{tampering.lane}-other"
    unguarded.import_entries(name, heartbeats(1))
    (other,) = (row for row in all_rows(shared) if row["lane"] == name)
    found = tampering.run("DELETE FROM heartbeat WHERE lane = :lane", INSERT, **{**other, "lane": tampering.lane})
    assert found.broken_at == 1
    assert "place 1 was changed" in found.reason


def test_a_tail_that_was_cut_off_shows_by_the_noted_head(unguarded: Ledger, tampering: Tampering) -> None:
    noted = unguarded.verify(tampering.lane).head_hash
    # What is left is a sound chain of four: only somebody who noted the head can tell.
    assert tampering.run("DELETE FROM heartbeat WHERE lane = :lane AND place > 4").unbroken
    found = unguarded.verify(tampering.lane, noted_head=noted)
    assert (found.unbroken, found.entries, found.broken_at) == (False, 4, 5)
    assert noted in found.reason


def test_a_lane_that_was_emptied_shows_by_the_noted_head(unguarded: Ledger, tampering: Tampering) -> None:
    noted = unguarded.verify(tampering.lane).head_hash
    assert tampering.run("DELETE FROM heartbeat WHERE lane = :lane").unbroken
    found = unguarded.verify(tampering.lane, noted_head=noted)
    assert (found.unbroken, found.broken_at) == (False, 1)


def test_a_noted_head_stays_good_while_the_chain_grows(ledger: Ledger) -> None:
    empty = ledger.verify("lane").head_hash
    ledger.import_entries("lane", heartbeats(1, 2))
    noted = ledger.verify("lane").head_hash
    ledger.import_entries("lane", heartbeats(3, 4))
    assert ledger.verify("lane", noted_head=noted).unbroken
    assert ledger.verify("lane", noted_head=f" {noted.upper()}\n").unbroken
    assert ledger.verify("lane", noted_head=empty).unbroken


def test_verifying_ends_though_others_go_on_appending(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def appending_meanwhile(lane: str, rows: Iterable[sa.Row[Any]], noted: str | None) -> Verification:
        def watched() -> Iterator[sa.Row[Any]]:
            for number, row in enumerate(rows, start=1000):
                # Ends at some time, should verify not.
                if number < 2000 and number % 5 == 0:
                    ledger.append(lane, heartbeat(number))
                yield row

        return verify_chain(lane, watched(), noted)

    ledger.import_entries("lane", heartbeats(*range(1000)))
    monkeypatch.setattr(store, "verify_chain", appending_meanwhile)
    found = ledger.verify("lane")
    assert (found.unbroken, found.entries) == (True, 1000)


def test_reading_a_row_that_was_tampered_with_says_so(unguarded: Ledger, tampering: Tampering) -> None:
    tampering.run("UPDATE heartbeat SET recorded_at = 'yesterday' WHERE lane = :lane AND place = 6")
    with pytest.raises(LedgerError, match=f"place 6 of lane '{tampering.lane}' cannot be read"):
        unguarded.head(tampering.lane)
