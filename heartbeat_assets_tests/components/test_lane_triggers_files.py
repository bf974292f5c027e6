"""The sensor on the telemetry folder: one run for whatever changed since it last looked."""

from __future__ import annotations

import os
import time
from pathlib import Path

import dagster as dg
import pytest

from heartbeat_assets_tests.components.running import definitions_of
from heartbeat_assets_tests.copied_project import CopiedProject

AN_HOUR = 3600


class Looks:
    """The sensor's looks at the folder one after the other, each with the cursor the one before left."""

    def __init__(self, project: CopiedProject) -> None:
        self.sensor = definitions_of(project.lane).resolve_sensor_def("citizen_product_telemetry_files")
        self.cursor: str | None = None

    def __call__(self) -> tuple[list[str | None], str | None]:
        """The run keys asked for, and the reason when there are none."""
        with dg.DagsterInstance.ephemeral() as instance:
            context = dg.build_sensor_context(instance=instance, cursor=self.cursor)
            data = self.sensor.evaluate_tick(context)
        if data.cursor is not None:
            self.cursor = data.cursor
        return [request.run_key for request in data.run_requests or []], data.skip_message


@pytest.fixture
def look(project: CopiedProject) -> Looks:
    for file in project.events.iterdir():
        settle(file)
    return Looks(project)


def settle(file: Path, age: float = AN_HOUR) -> None:
    """Makes `file` look as if it was last written `age` seconds ago."""
    then = time.time() - age
    os.utime(file, (then, then))


def add(project: CopiedProject, name: str, text: str = '{"sid": "s"}\n', *, age: float = AN_HOUR) -> Path:
    file = project.events / name
    file.write_text(text, encoding="utf-8")
    settle(file, age)
    return file


def test_the_first_look_asks_for_a_run_of_what_is_there(look: Looks) -> None:
    (key,), _ = look()
    assert key is not None
    assert key.startswith("2026-02-23.jsonl@")


def test_a_second_look_at_the_same_files_asks_for_nothing_and_says_so(look: Looks, project: CopiedProject) -> None:
    look()
    assert look() == ([], f"Nothing new: 1 files in {project.events}.")


def test_the_same_cursor_gives_the_same_run_key_so_that_a_lost_tick_runs_nothing_twice(look: Looks) -> None:
    first, _ = look()
    look.cursor = None
    again, _ = look()
    assert again == first


def test_a_burst_of_files_is_one_run(look: Looks, project: CopiedProject) -> None:
    look()
    for number in range(12):
        add(project, f"part-{number}.jsonl")
    keys, _ = look()
    assert len(keys) == 1
    assert look()[0] == []


def test_a_long_burst_has_a_short_run_key(look: Looks, project: CopiedProject) -> None:
    for number in range(60):
        add(project, f"part-{number}.jsonl")
    (key,), _ = look()
    assert key is not None
    assert key.startswith("61-files-")
    assert len(key) < 200


def test_a_file_that_grew_asks_for_a_run_with_another_key(look: Looks, project: CopiedProject) -> None:
    add(project, "day.jsonl")
    first, _ = look()
    add(project, "day.jsonl", '{"sid": "s"}\n{"sid": "t"}\n', age=AN_HOUR / 2)
    second, _ = look()
    assert len(second) == 1
    assert second != first


def test_a_file_that_may_still_be_written_to_waits_a_turn(look: Looks, project: CopiedProject) -> None:
    look()
    young = add(project, "young.jsonl", age=0)
    assert look()[0] == []
    settle(young, 60)
    (key,), _ = look()
    assert "young.jsonl@" in str(key)


def test_a_file_dated_in_the_future_by_a_clock_that_is_ahead_does_not_wait_for_it(
    look: Looks, project: CopiedProject
) -> None:
    look()
    add(project, "ahead.jsonl", age=-AN_HOUR)
    assert len(look()[0]) == 1


def test_a_file_that_is_gone_asks_for_a_run(look: Looks, project: CopiedProject) -> None:
    file = add(project, "day.jsonl")
    look()
    file.unlink()
    (key,), _ = look()
    assert "day.jsonl@gone" in str(key)
    assert look()[0] == []


def test_a_file_taken_away_put_back_and_taken_away_again_runs_each_time(look: Looks, project: CopiedProject) -> None:
    file = add(project, "day.jsonl")
    elsewhere = project.folder / "day.jsonl"
    keys = list(look()[0])
    for _ in range(2):
        file.rename(elsewhere)
        keys += look()[0]
        elsewhere.rename(file)
        keys += look()[0]
    # Dagster drops a request whose key it has seen.
    assert len(set(keys)) == 5


def test_a_folder_that_is_missing_is_a_reason_to_skip_not_an_error(look: Looks, project: CopiedProject) -> None:
    look()
    away = project.events.rename(project.folder / "away")
    keys, reason = look()
    assert keys == []
    assert str(project.events) in str(reason)
    away.rename(project.events)
    assert look()[0] == []


def test_files_that_are_no_telemetry_are_not_looked_at(look: Looks, project: CopiedProject) -> None:
    look()
    add(project, "notes.txt")
    add(project, ".hidden.jsonl")
    assert look()[0] == []


@pytest.mark.parametrize(
    "cursor", ["{", "[]", "null", "7", '{"files": 3, "requests": 1}', '{"files": {}, "requests": 1e999}']
)
def test_a_cursor_that_cannot_be_read_is_as_good_as_none(look: Looks, cursor: str) -> None:
    look.cursor = cursor
    assert len(look()[0]) == 1
    assert look()[0] == []


def test_a_single_file_can_be_watched_as_well_as_a_folder(project: CopiedProject) -> None:
    with project.changed_attributes() as attributes:
        attributes["sources"]["events"]["path"] = "data/citizen_product/events/2026-02-23.jsonl"
    settle(project.events / "2026-02-23.jsonl")
    look = Looks(project)
    assert len(look()[0]) == 1
    assert look()[0] == []
