"""A new lane: it works as it stands, it teaches, and nothing that is there is touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from heartbeat_assets.errors import HeartbeatError, UsageProblem
from heartbeat_assets.lanes.checking import check_lanes
from heartbeat_assets.lanes.sample import as_yaml
from heartbeat_assets.lanes.scaffold import new_lane
from heartbeat_assets.lanes.schema import schema_text
from heartbeat_assets_tests.own_project import PACKAGE, OwnProject, own_project


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnProject]:
    yield from own_project(tmp_path, monkeypatch)


def everything(folder: Path) -> dict[str, bytes]:
    """Every file below `folder`."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_new_lane_is_two_files_its_rows_and_the_editors_schema(own: OwnProject) -> None:
    new = new_lane(own.settings, "my_lane")
    assert (new.name, new.folder) == ("my_lane", own.defs / "my_lane")
    assert [str(file.relative_to(own.folder)) for file in new.files] == [
        f"{PACKAGE}/defs/my_lane/defs.yaml",
        f"{PACKAGE}/defs/my_lane/digest.sql",
        "data/my_lane/orders.csv",
        f"{PACKAGE}/defs/lane.schema.json",
    ]
    assert all(file.is_file() for file in new.files)
    assert not [name for name in everything(own.folder) if ".new-lane-" in name]


def test_nothing_is_to_be_mended_in_a_new_lane(own: OwnProject) -> None:
    new_lane(own.settings, "my_lane")
    (check,) = check_lanes(own.settings)
    assert check.findings == []
    assert check.digest is not None
    assert check.digest["metrics"] == {"orders_total": 12, "unpaid_rate": 0.083333}
    assert check.digest["status"] == "ok"


def test_its_comments_teach_what_to_change_and_where_to_read_on(own: OwnProject) -> None:
    new_lane(own.settings, "my_lane")
    text = (own.defs / "my_lane" / "defs.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../lane.schema.json\n")
    comments = " ".join(line.partition("#")[2] for line in text.splitlines())
    for taught in (
        "heartbeat lanes check my_lane", "heartbeat lanes schema", "ratio (0 to 1), seconds, count", "NULL",
        "max_age: 36h", "newest runs are judged", "Minute, hour, day", "e-mail addresses", "SQLite or DuckDB",
    ):  # fmt: skip
        assert taught in comments, taught
    assert max(map(len, text.splitlines())) <= 120


def test_the_schema_beside_it_is_refreshed(own: OwnProject) -> None:
    own.write(f"{PACKAGE}/defs/lane.schema.json", "{}")
    new_lane(own.settings, "my_lane")
    assert (own.defs / "lane.schema.json").read_text(encoding="utf-8") == schema_text()


def test_a_lane_deeper_down_points_to_the_same_schema(own: OwnProject) -> None:
    new_lane(own.settings, "deep", folder=own.defs / "team" / "area" / "deep")
    first = (own.defs / "team" / "area" / "deep" / "defs.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../../../lane.schema.json"
    assert (own.defs / "lane.schema.json").is_file()


def test_a_lane_of_a_component_of_ones_own_has_its_type(own: OwnProject) -> None:
    new_lane(own.settings, "my_lane", component="my_library.MyLane")
    assert "\ntype: my_library.MyLane\n" in (own.defs / "my_lane" / "defs.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "example"),
    [
        ("My Lane", "my_lane"), ("my-lane", "my_lane"), ("2024", "my_lane"), ("", "my_lane"), ("..", "my_lane"),
        ("../up", "up"), ("a/b", "a_b"), ("Größe", "groe"), ("_x", "x"), ("x" * 81, "x" * 50),
    ],
)  # fmt: skip
def test_a_name_no_lane_can_have_is_explained_with_one_that_can(own: OwnProject, name: str, example: str) -> None:
    before = everything(own.folder)
    with pytest.raises(UsageProblem) as raised:
        new_lane(own.settings, name)
    assert str(raised.value).startswith(f"{name!r} cannot be a lane's name: lower-case letters, digits and _")
    assert str(raised.value).endswith(f"for example {example}")
    assert everything(own.folder) == before


def test_nothing_that_is_there_is_written_over(own: OwnProject) -> None:
    new_lane(own.settings, "my_lane")
    before = everything(own.folder)
    with pytest.raises(UsageProblem, match=r"my_lane is there already; choose another name, or move it away"):
        new_lane(own.settings, "my_lane")
    own.write("data/other/orders.csv", "mine")
    with pytest.raises(UsageProblem, match=r"other/orders\.csv is there already; .* --from .*other/orders\.csv"):
        new_lane(own.settings, "other")
    assert everything(own.folder) == {**before, "data/other/orders.csv": b"mine"}


def test_a_name_that_another_folder_has_given_itself_is_taken(own: OwnProject) -> None:
    own.write_lane("folder", own.write_lane("folder").read_text(encoding="utf-8") + "  name: my_lane\n")
    with pytest.raises(UsageProblem, match=r"there is a lane 'my_lane' already, in .*folder; choose another name"):
        new_lane(own.settings, "my_lane")


def test_a_broken_lane_elsewhere_keeps_nobody_from_adding_one(own: OwnProject) -> None:
    own.write(f"{PACKAGE}/defs/broken/defs.yaml", "type: [")
    assert new_lane(own.settings, "my_lane").folder.is_dir()


def test_an_empty_folder_made_before_is_filled(own: OwnProject) -> None:
    (own.defs / "my_lane").mkdir()
    new_lane(own.settings, "my_lane")
    assert (own.defs / "my_lane" / "digest.sql").is_file()


def test_of_a_lane_that_cannot_be_written_nothing_is_left(own: OwnProject, monkeypatch: pytest.MonkeyPatch) -> None:
    new_lane(own.settings, "first")
    before = everything(own.folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(own.folder))

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(HeartbeatError, match="No space left on device; nothing of the lane was written"):
        new_lane(own.settings, "second")
    # The schema, which was there before, stays.
    assert everything(own.folder) == before
    assert not (own.defs / "second").exists()
    assert not list(own.folder.glob(".new-lane-*"))


@given(st.text(max_size=40))
def test_any_text_comes_back_from_yaml_as_it_was(text: str) -> None:
    written = as_yaml(text)
    assert "\n" not in written
    assert yaml.safe_load(f"a: {written}") == {"a": text}
    assert yaml.safe_load(f"{written}: a") == {text: "a"}
