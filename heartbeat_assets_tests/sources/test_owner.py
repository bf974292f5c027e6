"""Tests of owner: what reads sources, as far as this room needs to know it."""

from pathlib import Path

import pytest

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.sources.inputs import resolve_inputs
from heartbeat_assets.sources.owner import SourceOwner
from heartbeat_assets_tests.sources.reader import reader

SOURCES = {
    "orders": {"kind": "table", "path": "orders.csv"},
    "ledger": {"kind": "warehouse", "table": "shop.ledger"},
}


def test_a_lane_is_an_owner_of_sources(lane: Lane) -> None:
    owner: SourceOwner = lane

    assert (owner.kind, owner.sources) == ("lane", lane.spec.sources)


def test_a_path_is_relative_to_the_project_and_a_table_of_the_warehouse_has_none(tmp_path: Path) -> None:
    owner = reader(tmp_path, SOURCES)

    assert owner.source_path("orders") == tmp_path / "orders.csv"
    assert owner.source_path("ledger") is None


def test_an_owner_that_is_no_lane_is_called_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="--input x: service growth has the inputs orders, ledger"):
        resolve_inputs(reader(tmp_path, SOURCES), {"x": "y"})
