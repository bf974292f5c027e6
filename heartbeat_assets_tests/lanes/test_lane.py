"""Tests of lane: a lane as it stands on disk."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from heartbeat_assets.errors import SpecProblem, UsageProblem
from heartbeat_assets.lanes.lane import Lane, find_lane, find_lanes
from heartbeat_assets.settings import Settings

YAML = """type: {type}
attributes:
  name: {name}
  sources:
    doc: {{kind: json, path: doc.json}}
  kpis:
    - {{name: a, max: 1}}
"""
LaneWriter = Callable[..., Path]


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    """A project of its own with an empty defs folder."""
    (tmp_path / "defs").mkdir()
    return Settings(tmp_path, tmp_path / "defs", settings.home, settings.ledger_url)


@pytest.fixture
def write_lane(own: Settings) -> LaneWriter:
    def write(folder: str, name: str = "null", type: str = "heartbeat_assets.HeartbeatLane") -> Path:
        file = own.defs / folder / "defs.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(YAML.format(name=name, type=type), encoding="utf-8")
        return file

    return write


def test_a_lane_knows_where_its_files_are(lane: Lane) -> None:
    assert lane.home == lane.settings.home / "lanes" / "citizen_product"
    assert lane.compacted_history.parent == lane.home
    assert lane.source_path("snapshot") == lane.settings.project / "data" / "citizen_product" / "snapshot.json"
    assert "from_events" in lane.digest_sql()
    assert not lane.digest_sql().endswith(";")
    assert "GROUP BY session_id" in (lane.rollup_sql() or "")


def test_lanes_are_found_in_folders_of_any_depth_and_other_components_are_not(
    own: Settings, write_lane: LaneWriter
) -> None:
    write_lane("b")
    write_lane("deep/er/a")
    write_lane("long", type="heartbeat_assets.components.HeartbeatLane")
    write_lane("other", type="somebody.Else")
    (own.defs / "broken_elsewhere.yaml").write_text("[")

    assert sorted(find_lanes(own)) == ["a", "b", "long"]


def test_a_lane_is_called_as_its_folder_unless_it_says_otherwise(own: Settings, write_lane: LaneWriter) -> None:
    write_lane("folder", name="given")

    assert find_lane(own, "given").folder == own.defs / "folder"
    with pytest.raises(UsageProblem, match="no lane 'folder'; there is given"):
        find_lane(own, "folder")


def test_two_lanes_cannot_have_one_name(own: Settings, write_lane: LaneWriter) -> None:
    write_lane("one", name="same")
    write_lane("two", name="same")

    with pytest.raises(SpecProblem, match=r"two.defs\.yaml: name: 'same' is taken by .*one; give another"):
        find_lanes(own)


def test_without_any_lane_the_folder_is_named(own: Settings) -> None:
    with pytest.raises(UsageProblem, match=r"no lane 'x'; there is none below .*defs"):
        find_lane(own, "x")


def test_a_mistake_in_one_lane_does_not_keep_another_from_being_found(own: Settings, write_lane: LaneWriter) -> None:
    write_lane("good")
    write_lane("bad").write_text("type: heartbeat_assets.HeartbeatLane\nattributes: {kpis: 5}\n")

    assert find_lane(own, "good").name == "good"
    with pytest.raises(SpecProblem, match="kpis: must be a list, not 5"):
        find_lane(own, "bad")


def test_a_changed_file_is_read_again(own: Settings, write_lane: LaneWriter) -> None:
    file = write_lane("x")
    assert find_lane(own, "x").spec.kpis[0].max == 1
    file.write_text(file.read_text().replace("max: 1", "max: 2"))
    os.utime(file, ns=(1, 1))

    assert find_lane(own, "x").spec.kpis[0].max == 2


def test_a_query_that_is_not_there_is_named_with_the_field(own: Settings, write_lane: LaneWriter) -> None:
    write_lane("x")

    with pytest.raises(
        SpecProblem, match=r"defs\.yaml: digest_sql: .*digest\.sql: No such file.*; put the query there"
    ):
        find_lane(own, "x").digest_sql()
    (own.defs / "x" / "digest.sql").write_bytes(b"\xff")
    with pytest.raises(SpecProblem, match="not UTF-8 text"):
        find_lane(own, "x").digest_sql()


def test_a_query_may_end_with_a_semicolon_and_a_lane_may_have_no_rollup(own: Settings, write_lane: LaneWriter) -> None:
    write_lane("x")
    (own.defs / "x" / "digest.sql").write_text("SELECT 1 AS a;\n\n")

    assert find_lane(own, "x").digest_sql() == "SELECT 1 AS a"
    assert find_lane(own, "x").rollup_sql() is None


def test_a_file_that_cannot_be_read_is_named(own: Settings, write_lane: LaneWriter) -> None:
    write_lane("x").write_bytes(b"\xff\xfe")

    with pytest.raises(SpecProblem, match=r"is not UTF-8 text: .*; save it as UTF-8"):
        find_lane(own, "x")
