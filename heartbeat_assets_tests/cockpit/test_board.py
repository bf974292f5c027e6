"""Tests of the board: it follows the ledger by what is new, and a snapshot never changes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from heartbeat_assets.cockpit import board as board_module
from heartbeat_assets.cockpit.board import KEPT, Board, merge
from heartbeat_assets.cockpit.files import Files
from heartbeat_assets.ledger import MetricStore, MetricValue, NewBenchmark
from heartbeat_assets.metrics.changes import change_metric
from heartbeat_assets_tests.cockpit.conftest import NOW, CockpitProject
from heartbeat_assets_tests.metrics.projects import PERSON


class Counting:
    """The store, and which of its methods were called."""

    def __init__(self, store: MetricStore) -> None:
        self._store = store
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        self.calls.append(name)
        found: Callable[..., Any] = getattr(self._store, name)
        return found


@pytest.fixture
def store(shop: CockpitProject) -> Counting:
    return Counting(shop.store)


@pytest.fixture
def board(shop: CockpitProject, store: Counting) -> Board:
    return Board(Files(shop.settings), lambda: store)  # type: ignore[return-value,arg-type]


def value(tick: int, revision: int = 1, number: float = 1.0) -> MetricValue:
    at = NOW + timedelta(hours=tick)
    return MetricValue("answered", at, number, "green", at, at, "hash", None, seq=tick, revision=revision)


def test_it_has_every_metric_with_its_newest_values(board: Board, shop: CockpitProject) -> None:
    shop.record("answered", *range(40))  # type: ignore[arg-type]

    snapshot = board.refresh()

    assert snapshot.shown == ["answered", "waiting"]
    assert [one.value for one in snapshot.values["answered"]] == list(range(10, 40))
    assert "waiting" not in snapshot.values
    assert snapshot.rows["answered"].norm_value == 0.85


def test_nothing_new_costs_one_look_at_the_marks(board: Board, store: Counting) -> None:
    before = board.refresh()
    store.calls.clear()

    assert board.refresh() is before
    assert store.calls == ["marks"]


def test_a_new_value_changes_its_metric_alone_and_reads_no_other(
    board: Board, store: Counting, shop: CockpitProject
) -> None:
    shop.record("answered", 1.0, 2.0)
    before = board.refresh()
    store.calls.clear()
    shop.record("answered", 1.0, 2.0)
    shop.record("waiting", 5.0)

    after = board.refresh()

    assert store.calls == ["marks", "values_after"]
    assert after.version == before.version + 1
    assert after.stamps["waiting"] == after.version
    assert after.stamps["answered"] == before.stamps["answered"]
    assert [one.value for one in after.values["waiting"]] == [5.0]
    # Who still has the one before sees what it saw.
    assert "waiting" not in before.values


def test_a_change_of_a_person_changes_the_state_of_its_metric_alone(
    board: Board, store: Counting, shop: CockpitProject
) -> None:
    before = board.refresh()
    store.calls.clear()

    change_metric(shop.store, "answered", {"owner": "ann@example.org"}, actor=PERSON, reason="why")
    after = board.refresh()

    assert store.calls == ["marks", "events_after", "row"]
    assert after.rows["answered"].owner == "ann@example.org"
    assert before.rows["answered"].owner is None
    assert after.stamps["waiting"] == before.stamps["waiting"]


def test_a_benchmark_changes_its_metric(board: Board, shop: CockpitProject) -> None:
    board.refresh()
    shop.store.append_benchmarks([NewBenchmark("answered", NOW, 30, 700, 0.9, 0.02, 0.9, 0.01, NOW, NOW)])

    after = board.refresh()

    assert after.benchmarks["answered"].mean == 0.9
    assert after.stamps["answered"] == after.version > after.stamps["waiting"]


def test_a_changed_file_changes_its_metric_and_a_new_one_is_shown(shop: CockpitProject) -> None:
    files = Files(shop.settings)
    board = Board(files, lambda: shop.store)
    before = board.refresh()

    shop.write_metric("answered", code="ANSW", name="Another name")
    shop.write_metric("third", code="THRD")
    assert files.look()
    after = board.refresh()

    assert after.catalog.files["answered"].header.name == "Another name"
    assert after.shown == ["answered", "third", "waiting"]
    assert after.stamps["answered"] == after.stamps["third"] == after.version
    assert after.stamps["waiting"] == before.stamps["waiting"]


def test_a_retired_metric_and_one_whose_file_is_gone_are_not_shown(shop: CockpitProject) -> None:
    files = Files(shop.settings)
    board = Board(files, lambda: shop.store)
    (shop.settings.defs / "shop" / "metrics" / "waiting.sql").unlink()
    files.look()

    assert board.refresh().shown == ["answered"]
    shop.sync()
    snapshot = board.refresh()
    assert snapshot.shown == ["answered"]
    assert snapshot.is_retired("waiting")


def test_after_a_large_backfill_the_newest_values_are_read_instead_of_all_of_them(
    board: Board, store: Counting, shop: CockpitProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_module, "_MOST_FOLLOWED", 20)
    board.refresh()
    store.calls.clear()
    shop.record("answered", *range(50))  # type: ignore[arg-type]

    after = board.refresh()

    assert "values_after" not in store.calls
    assert [one.value for one in after.values["answered"]] == list(range(20, 50))


def test_what_is_read_in_several_batches_is_all_read(
    board: Board, shop: CockpitProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_module, "_BATCH", 3)
    board.refresh()
    shop.record("answered", *range(7))  # type: ignore[arg-type]

    assert [one.value for one in board.refresh().values["answered"]] == list(range(7))


def test_a_ledger_that_was_replaced_is_read_anew(shop: CockpitProject) -> None:
    class Replaced:
        def marks(self) -> tuple[int, int, int]:
            return (0, 0, 0)

        def rows(self) -> dict[str, Any]:
            return {}

        newest_values = newest_benchmarks = lambda *_: {}

    stores: list[Any] = [shop.store]
    board = Board(Files(shop.settings), lambda: stores[-1])
    shop.record("answered", 1.0)
    before = board.refresh()

    stores.append(Replaced())
    after = board.refresh()

    assert after.values == {}
    assert after.version > before.version


def test_values_of_any_age_take_their_place_and_a_newer_revision_wins() -> None:
    kept = tuple(value(tick) for tick in (1, 2, 4))

    merged = merge(kept, [value(3), value(2, 2, 7.0), value(0), value(4, 1), value(2, 1, 9.0)])

    assert [(one.tick - NOW) // timedelta(hours=1) for one in merged] == [0, 1, 2, 3, 4]
    assert [one.value for one in merged] == [1.0, 1.0, 7.0, 1.0, 1.0]
    assert len(merge(kept, [value(tick) for tick in range(5, 100)])) == KEPT
    assert merge(tuple(value(tick) for tick in range(50, 50 + KEPT)), [value(1)])[0].tick == value(50).tick


def test_many_requests_at_once_see_whole_boards(board: Board, shop: CockpitProject) -> None:
    problems: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            snapshot = board.now()
            values = [one.value for one in snapshot.values.get("answered", ())]
            if values != sorted(values, key=lambda one: one or 0.0) or snapshot.marks[0] < len(values):
                problems.append(str(values))

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(30):
        shop.record("answered", *[float(one) for one in range(number + 1)])
    done.set()
    for reader in readers:
        reader.join(10)
    assert problems == []
    assert board.refresh().version > 1


def test_it_looks_again_only_when_the_last_look_is_too_old(board: Board, store: Counting) -> None:
    board.refresh()
    store.calls.clear()

    board.now(at_most_seconds=60)
    assert store.calls == []
    board.now()
    assert store.calls == ["marks"]


def test_snapshots_are_values(board: Board) -> None:
    snapshot = board.refresh()

    assert replace(snapshot) == snapshot
