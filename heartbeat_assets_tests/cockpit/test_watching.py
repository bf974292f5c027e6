"""Tests of watching the files: what changes in them is in the ledger without anybody doing anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from heartbeat_assets.cockpit.files import Files
from heartbeat_assets.cockpit.watching import GONE_SECONDS, Watching
from heartbeat_assets.ledger import LedgerError, MetricStore
from heartbeat_assets.metrics.changes import change_metric
from heartbeat_assets_tests.cockpit.conftest import CockpitProject
from heartbeat_assets_tests.metrics.projects import PERSON


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Watched:
    """A project that is watched; `looks` looks some times, two seconds apart."""

    def __init__(self, shop: CockpitProject) -> None:
        self.shop = shop
        self.clock = Clock()
        self.changes = 0
        self.away = False
        self.watching = Watching(Files(shop.settings), self._store, self._changed, self.clock)

    def _store(self) -> MetricStore:
        if self.away:
            raise LedgerError("the ledger is away")
        return self.shop.store

    def _changed(self) -> None:
        self.changes += 1

    def looks(self, times: int = 1) -> None:
        for _ in range(times):
            self.clock.now += 2
            self.watching.look()

    def state(self, metric_id: str) -> str:
        row = self.shop.store.row(metric_id)
        assert row is not None
        return row.verification_state

    def metric(self, metric_id: str) -> Path:
        return self.shop.settings.defs / "shop" / "metrics" / f"{metric_id}.sql"


@pytest.fixture
def watched(shop: CockpitProject) -> Watched:
    found = Watched(shop)
    found.looks()
    return found


def verified(watched: Watched) -> None:
    change_metric(
        watched.shop.store,
        "answered",
        {"owner": "ann@example.org", "verification_state": "verified"},
        actor=PERSON,
        reason="compared with the books",
    )


def test_a_changed_query_ends_the_verification_and_says_why(watched: Watched) -> None:
    verified(watched)
    watched.shop.write_metric("answered", code="ANSW", sql="SELECT 7 AS value")

    watched.looks(2)

    assert watched.state("answered") == "unverified"
    event = watched.shop.store.events("answered")[-1]
    assert (event.actor, event.actor_kind, event.via) == ("heartbeat cockpit", "program", "cockpit")
    assert "answered.sql was changed" in event.reason
    assert watched.changes > 0


def test_a_file_that_is_still_being_written_waits_for_one_more_look(watched: Watched) -> None:
    verified(watched)
    for number in range(3):
        watched.shop.write_metric("answered", code="ANSW", sql=f"SELECT {number}{'0' * number} AS value")
        watched.looks()
        assert watched.state("answered") == "verified"

    watched.looks()

    assert watched.state("answered") == "unverified"
    assert [one.field for one in watched.shop.store.events("answered")].count("sql_hash") == 2


def test_a_new_file_is_registered_and_gets_its_first_value(watched: Watched) -> None:
    watched.shop.write_metric("third", code="THRD", sql="SELECT 42 AS value")

    watched.looks(2)

    row = watched.shop.store.row("third")
    assert row is not None
    assert row.registration == "registered"
    assert [one.value for one in watched.shop.store.values("third")] == [42.0]


def test_a_file_has_to_be_gone_for_a_while_before_its_metric_is_retired_for_ever(watched: Watched) -> None:
    content = watched.metric("waiting").read_bytes()

    def registration() -> str:
        row = watched.shop.store.row("waiting")
        assert row is not None
        return row.registration

    watched.metric("waiting").unlink()
    watched.looks(5)
    assert registration() == "registered"
    # As git does when it changes to another branch and back.
    watched.metric("waiting").write_bytes(content)
    watched.looks(3)
    watched.metric("waiting").unlink()
    watched.looks(int(GONE_SECONDS / 2) - 1)
    assert registration() == "registered"

    watched.looks(4)

    assert registration() == "retired"
    assert watched.shop.store.events("waiting")[-1].reason.startswith("its file is gone")


def test_a_file_that_comes_back_under_a_retired_id_is_refused_and_told(watched: Watched) -> None:
    content = watched.metric("waiting").read_bytes()
    watched.metric("waiting").unlink()
    watched.shop.sync()
    watched.metric("waiting").write_bytes(content)

    watched.looks(2)

    (refused,) = watched.watching.refused
    assert "an id is never used again" in str(refused)


def test_a_file_with_a_mistake_leaves_its_metric_and_the_others_alone(watched: Watched) -> None:
    verified(watched)
    watched.metric("answered").write_text("-- name: only this\nSELECT 1\n")
    watched.shop.write_metric("third", code="THRD")

    watched.looks(2)

    assert watched.state("answered") == "verified"
    assert watched.shop.store.row("third") is not None


def test_while_the_ledger_is_away_it_is_tried_again_at_the_next_look(watched: Watched) -> None:
    verified(watched)
    watched.shop.write_metric("answered", code="ANSW", sql="SELECT 7 AS value")
    watched.away = True

    watched.looks(3)

    assert watched.watching.problem == "the ledger is away"
    watched.away = False
    watched.looks()
    assert watched.watching.problem == ""
    assert watched.state("answered") == "unverified"


def test_nothing_is_asked_of_the_ledger_while_no_file_changes(watched: Watched) -> None:
    watched.away = True

    watched.looks(100)

    assert watched.watching.problem == ""


def test_now_and_then_it_looks_anyway_as_verifications_expire(watched: Watched) -> None:
    watched.away = True

    watched.looks(160)

    assert watched.watching.problem != ""


def test_who_is_about_to_decide_sees_the_file_as_it_is_at_once(watched: Watched) -> None:
    verified(watched)
    watched.shop.write_metric("answered", code="ANSW", sql="SELECT 7 AS value")

    watched.watching.catch_up()

    assert watched.state("answered") == "unverified"


def test_editors_leftovers_and_other_files_are_no_change(shop: CockpitProject) -> None:
    files = Files(shop.settings)
    assert files.look()

    (shop.settings.defs / "shop" / "metrics" / "answered.sql~").write_text("x")
    (shop.settings.defs / "shop" / "notes.txt").write_text("x")
    assert not files.look()
    shop.write_metric("answered", code="ANSW", name="Another")
    assert files.look()
    assert not files.look()
