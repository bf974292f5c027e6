"""What is stopped, as the cockpit keeps it: read again when something was decided or a file changed, and not before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from heartbeat_assets.cockpit.governing import Governing
from heartbeat_assets.governance import switch
from heartbeat_assets.ledger import Actor, Ledger, open_ledger
from heartbeat_assets_tests.cockpit.conftest import CockpitProject
from heartbeat_assets_tests.cockpit.governed import RATE, TRIPWIRES, write_tripwires

BEN = Actor("ben@example.org", "person", "cli")


@pytest.fixture
def ledger(shop: CockpitProject) -> Ledger:
    return open_ledger(shop.settings.ledger_url)


@pytest.fixture
def version() -> list[int]:
    """That of the files; a test makes it grow."""
    return [1]


@pytest.fixture
def governing(shop: CockpitProject, ledger: Ledger, version: list[int]) -> Governing:
    write_tripwires(shop)
    return Governing(shop.settings, lambda: ledger, lambda: version[0])


def test_nothing_is_read_again_while_nothing_changes(governing: Governing, ledger: Ledger) -> None:
    switch.engage(ledger.journal, "CAPITAL", actor=BEN, reason="x")

    assert governing.now() is governing.now()


def test_a_decision_is_seen_at_once(governing: Governing, ledger: Ledger) -> None:
    assert governing.now().engaged == []
    switch.engage(ledger.journal, "CAPITAL", actor=BEN, reason="x")
    assert [state.name for state in governing.now().engaged] == ["CAPITAL"]
    switch.release(ledger.journal, "CAPITAL", actor=BEN, reason="y")
    assert governing.now().engaged == []


def test_a_changed_file_is_seen_when_the_files_were_looked_at(
    governing: Governing, shop: CockpitProject, version: list[int]
) -> None:
    assert governing.now().tripwires[RATE].policy.max_drop_pct == 20
    write_tripwires(shop, TRIPWIRES.replace("max_drop_pct: 20", "max_drop_pct: 12.5"))
    version[0] += 1
    assert governing.now().tripwires[RATE].policy.max_drop_pct == 12.5


def test_everything_comes_before_a_domain_and_the_longest_before_the_others(
    governing: Governing, ledger: Ledger
) -> None:
    for name in ("WHOLESALE", "CAPITAL", "GLOBAL"):
        switch.engage(ledger.journal, name, actor=BEN, reason="x")

    assert [state.name for state in governing.now().engaged] == ["GLOBAL", "WHOLESALE", "CAPITAL"]


def test_a_released_switch_rests_for_as_long_as_its_file_says(governing: Governing, ledger: Ledger) -> None:
    switch.engage(ledger.journal, "WHOLESALE", actor=BEN, reason="x")
    switch.release(ledger.journal, "WHOLESALE", actor=BEN, reason="y")
    governed, now = governing.now(), datetime.now(UTC)

    assert [state.name for state in governed.resting(now + timedelta(hours=35))] == ["WHOLESALE"]
    assert governed.resting(now + timedelta(hours=37)) == []


def test_what_was_decided_is_told_newest_first_of_all_switches(governing: Governing, ledger: Ledger) -> None:
    switch.engage(ledger.journal, "WHOLESALE", actor=BEN, reason="x")
    switch.engage(ledger.journal, "CAPITAL", actor=BEN, reason="x")
    switch.release(ledger.journal, "WHOLESALE", actor=BEN, reason="y")

    assert [(event.subject, event.kind) for event in governing.decided()] == [
        ("WHOLESALE", "released"), ("CAPITAL", "engaged"), ("WHOLESALE", "engaged"),
    ]  # fmt: skip
