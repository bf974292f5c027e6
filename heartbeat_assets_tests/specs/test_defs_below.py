"""What lies below the defs folder: each right file is found, one bad file hides no other, and who is meant is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.specs.component_file import spec_reader
from heartbeat_assets.specs.defs_below import OnlyOne, add_each, only_one
from heartbeat_assets.specs.fields import Model
from heartbeat_assets.specs.problems import checked

TYPES = ("heartbeat_assets.Lamp", "heartbeat_assets.components.Lamp")


class Lamp(Model):
    """A component of the tests."""

    colour: str = "white"


spec_in = spec_reader(TYPES, Lamp, lambda attributes, file: checked(Lamp, attributes, file))


def written(folder: Path, colour: str, kind: str = TYPES[0]) -> Path:
    file = folder / "defs.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"type: {kind}\nattributes:\n  colour: {colour}\n", encoding="utf-8")
    return file


def lamps(defs: Path, refused: str = "") -> tuple[list[str], list[SpecProblem]]:
    found: list[str] = []
    problems: list[SpecProblem] = []

    def add(file: Path, lamp: Lamp) -> None:
        if file.parent.name == refused:
            raise SpecProblem(str(file), ["is refused"])
        found.append(lamp.colour)

    add_each(defs, spec_in, add, problems, "lamps")
    return found, problems


def the_lamp(defs: Path) -> OnlyOne[Lamp]:
    return only_one(defs, spec_in, what="a lamp", name="lamp", folder="lamp", words="lam")


def test_each_is_added_in_the_order_of_the_paths_and_others_are_passed_over(tmp_path: Path) -> None:
    written(tmp_path / "b", "red")
    written(tmp_path / "a" / "deep", "blue", TYPES[1])
    written(tmp_path / "c", "green", "heartbeat_assets.Other")
    assert lamps(tmp_path) == (["blue", "red"], [])


def test_a_wrong_file_and_a_refused_one_are_told_in_their_order_and_hide_no_other(tmp_path: Path) -> None:
    refused, wrong = written(tmp_path / "a", "red"), written(tmp_path / "b", "[red]")
    written(tmp_path / "c", "green")
    found, problems = lamps(tmp_path, refused="a")
    assert found == ["green"]
    assert [problem.file for problem in problems] == [str(refused), str(wrong)]


def test_a_folder_that_is_not_there_is_told_where_each_is_looked_for(tmp_path: Path) -> None:
    _, problems = lamps(tmp_path / "nowhere")
    assert [str(one) for one in problems] == [
        f"{tmp_path / 'nowhere'}: cannot be read: No such file or directory; lamps may be missing"
    ]


def test_without_a_defs_folder_the_only_one_is_not_there_and_nothing_is_wrong(tmp_path: Path) -> None:
    assert the_lamp(tmp_path / "nowhere") == OnlyOne()


def test_what_cannot_be_read_may_hide_the_only_one(tmp_path: Path) -> None:
    no_folder = written(tmp_path, "red")
    assert [str(one) for one in the_lamp(no_folder).problems] == [
        f"{no_folder}: cannot be read: Not a directory; a lamp may be missing"
    ]


def test_of_several_the_first_is_taken_and_all_are_named(tmp_path: Path) -> None:
    first, second = written(tmp_path / "a", "red"), written(tmp_path / "b", "blue")
    one = the_lamp(tmp_path)
    assert (one.file, one.spec) == (first, Lamp(colour="red"))
    assert [str(problem) for problem in one.problems] == [f"{first} and {second}: a project has one lamp; take one out"]


@pytest.mark.parametrize(
    ("folder", "kind", "is_meant"),
    [
        ("lamp", "heartbeat_assets.Other", False),  # a right file of something else
        ("light", "heartbeat_assets.Lampp", True),
        ("lamp", "[broken", True),
        ("light", "[broken", False),
        ("light", "[broken.LAMP", True),
    ],
)
def test_a_wrong_file_is_told_when_the_folder_or_the_type_says_that_it_is_meant(
    tmp_path: Path, folder: str, kind: str, is_meant: bool
) -> None:
    file = written(tmp_path / folder, "red", kind)
    one = the_lamp(tmp_path)
    assert one.broken == (file if is_meant else None)
    assert len(one.problems) == is_meant
