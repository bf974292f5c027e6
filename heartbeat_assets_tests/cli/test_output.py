"""How commands print: documents for machines, tables of at most 100 columns for people, on any terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from heartbeat_assets.cli import output
from heartbeat_assets.errors import UsageProblem
from heartbeat_assets_tests.cli import histories
from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.copied_project import BROKEN_DAY, CopiedProject, copied_project

LANE = "citizen_product"


@pytest.fixture
def heartbeat() -> Heartbeat:
    """The command on whichever project a test asks for: one of its own, or the one that all read."""
    return Heartbeat()


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CopiedProject]:
    """A lane in which about everything has gone wrong once. Made once: no test changes it."""
    heartbeat = Heartbeat()
    with pytest.MonkeyPatch.context() as environment:
        for project in copied_project(tmp_path_factory.mktemp("troubled"), environment):
            lines = histories.history(project.lane, "oofxdooffd")
            heartbeat("import", LANE, histories.write_history(project.folder / "h.jsonl", lines))
            (project.events / "bad.jsonl").write_text("not json " * 30 + "\n" + '{"no": "session"}\n', encoding="utf-8")
            heartbeat("digest", LANE)
            with project.changed_attributes() as attributes:
                attributes["owners"] = ["team:ciudadanía"]
                attributes["window"]["severity"] = {"max_degraded_ok": "warn"}
            yield project


TABLES = [
    ["digest", LANE],
    ["digest", LANE, "--input", f"events={BROKEN_DAY}"],
    ["window", LANE],
    ["compact", LANE],
    ["parity", LANE],
    ["verify", LANE],
    ["quarantine", LANE],
    ["lanes"],
    ["doctor"],
]


@pytest.mark.parametrize("arguments", TABLES, ids=" ".join)
def test_every_report_is_json_when_asked_for_and_when_nobody_watches(
    heartbeat: Heartbeat, troubled: CopiedProject, arguments: list[str]
) -> None:
    asked, by_itself = heartbeat(*arguments, "--json"), heartbeat(*arguments)
    assert type(asked.document) is type(by_itself.document)
    assert asked.document
    assert asked.stdout.endswith("\n")


@pytest.mark.parametrize("arguments", TABLES, ids=" ".join)
def test_every_table_fits_into_100_columns_and_is_no_json(
    heartbeat: Heartbeat, troubled: CopiedProject, arguments: list[str]
) -> None:
    outcome = heartbeat(*arguments, "--table")
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    lines = outcome.stdout.splitlines()
    assert lines
    assert not outcome.stdout.startswith(("{", "["))
    assert [line for line in lines if len(line) > 100] == []
    assert [line for line in lines if line != line.rstrip()] == []


def test_the_window_table_has_its_marks_and_names_below_each_other(
    heartbeat: Heartbeat, troubled: CopiedProject
) -> None:
    lines = heartbeat("window", LANE, "--table").stdout.splitlines()
    rules = [line for line in lines[: lines.index("")] if not line.startswith(" ")]
    assert len(rules) == 17
    assert {line[:1] for line in rules} == {"●", "◆", "▲"}
    assert len({line.index(line.split()[2]) for line in rules}) == 1
    sentences = [line for line in lines[: lines.index("")] if line.startswith(" ")]
    assert all(sentence.startswith(" " * 12) for sentence in sentences)
    assert lines[-1].endswith("Publishing is blocked.")


def test_a_passing_rule_needs_no_sentence(heartbeat: Heartbeat, project: CopiedProject) -> None:
    file = histories.write_history(project.folder / "h.jsonl", histories.history(project.lane, "oo"))
    lines = heartbeat("window", LANE, "--history", file, "--table").stdout.splitlines()
    assert lines.index("") == 17
    assert lines[-1].endswith("Publishing is allowed.")


def test_colours_are_used_where_they_can_be_shown_and_never_with_no_color(
    heartbeat: Heartbeat, project: CopiedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = heartbeat("digest", LANE, "--table", colours=True).stdout
    assert "\x1b[32m● ok\x1b[0m" in coloured
    assert "\x1b" not in heartbeat("digest", LANE, "--table").stdout
    monkeypatch.setenv("NO_COLOR", "1")
    plain = heartbeat("digest", LANE, "--table", colours=True).stdout
    assert "\x1b" not in plain
    # The status is a word and a symbol, so nothing is lost.
    assert "● ok" in plain
    assert click.unstyle(coloured).splitlines()[2:5] == plain.splitlines()[2:5]


@pytest.mark.parametrize("charset", ["ascii", "latin-1"])
@pytest.mark.parametrize("arguments", TABLES, ids=" ".join)
def test_a_terminal_that_is_not_utf_8_gets_plain_symbols(
    heartbeat: Heartbeat, troubled: CopiedProject, charset: str, arguments: list[str]
) -> None:
    outcome = heartbeat(*arguments, "--table", charset=charset)
    assert outcome.exit_code == 0
    outcome.stdout.encode(charset)
    assert not set("●▲◆○…·") & set(outcome.stdout.replace("·", "" if charset == "latin-1" else "·"))


@pytest.mark.parametrize("charset", ["ascii", "latin-1", "utf-8"])
def test_json_is_the_same_document_in_every_encoding(
    heartbeat: Heartbeat, project: CopiedProject, charset: str
) -> None:
    with project.changed_attributes() as attributes:
        attributes["description"] = "¿Contesta? ● 東京"
    outcome = heartbeat("lanes", charset=charset)
    assert outcome.document[0]["description"] == "¿Contesta? ● 東京"
    assert ("東京" in outcome.stdout) == (charset == "utf-8")


def test_a_lane_without_a_run_says_so_on_every_terminal(heartbeat: Heartbeat, project: CopiedProject) -> None:
    assert "○ no run yet" in heartbeat("lanes", "--table").stdout
    assert "o no run yet" in heartbeat("lanes", "--table", charset="ascii").stdout


def test_a_real_process_in_a_c_locale_prints_its_table(project: CopiedProject) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "heartbeat", "digest", LANE, "--table"],
        env={**os.environ, **project.environment(), "PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
        capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"* ok" in done.stdout


def test_the_last_column_of_a_table_is_wrapped_below_itself() -> None:
    text = output.table(["name", "finding"], [["first", "word " * 40], ["second", "short"]])
    lines = text.splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[2].startswith("first   word word")
    assert lines[3].startswith("        word")
    assert lines[-1] == "second  short"
    assert output.table(["name", "finding"], [["blank", " " * 200]]).splitlines()[-1] == "blank"


def test_the_widest_column_is_wrapped_as_well_where_a_table_would_be_too_wide() -> None:
    somebody = "somebody.with.a.very.long.name@a-department.of-a-company.example"
    shown = output.table(["switch", "by", "reason"], [["WHOLESALE_AND_A_DOZEN_LETTERS", somebody, "prices are wrong"]])
    assert max(map(len, shown.splitlines())) <= 100
    assert shown.splitlines()[0].split() == ["switch", "by", "reason"]
    assert "prices are wrong" in shown
    assert "".join(line[31:82].strip() for line in shown.splitlines()[2:]) == somebody


def test_a_cell_of_several_lines_stays_in_its_column() -> None:
    assert output.table(["by", "why"], [["ann", "wrong\nprices"]]).splitlines()[2:] == ["ann  wrong prices"]


def test_numbers_stand_at_the_right_of_their_column_and_words_at_the_left() -> None:
    lines = output.table(["n", "word"], [["1,204", "a"], ["7", "b"], ["12.5 s", "c"]]).splitlines()
    assert lines[2:] == [" 1,204  a", "     7  b", "12.5 s  c"]


@pytest.mark.parametrize(
    ("column", "shown"),
    [
        (["52.5 %", "38 deals", "0.934 s"], ["52.5 %", "38 deals", "0.934 s"]),
        (["99.95%", "no data", "7%"], ["99.95%", "no data", "7%"]),
        (["99.95%", "", "-7%", "1e-07"], ["99.95%", "", "   -7%", " 1e-07"]),
        (["2026-02-08", "12"], ["2026-02-08", "12"]),
        (["", ""], ["", ""]),
    ],
)
def test_a_column_stands_on_one_side_as_a_whole(column: list[str], shown: list[str]) -> None:
    assert output.table(["value"], [[cell] for cell in column]).split("\n")[2:] == shown


def test_a_word_too_long_to_break_is_left_whole() -> None:
    path = "/" + "long/" * 40
    assert output.wrapped(f"see {path}").splitlines() == ["see", path]


def test_progress_is_for_people_only(
    project: CopiedProject, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output.progress()("working")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    output.progress()("working")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "working\n")


def test_a_person_at_a_terminal_gets_the_table_and_a_pipe_the_document(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output.emit({"a": 1}, lambda: "a table", None)
    assert json.loads(capsys.readouterr().out) == {"a": 1}
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    output.emit({"a": 1}, lambda: "a table", None)
    assert capsys.readouterr().out == "a table\n"
    output.emit({"a": 1}, lambda: "a table", True)
    assert json.loads(capsys.readouterr().out) == {"a": 1}


def test_pairs_keep_what_is_behind_the_first_equals_sign() -> None:
    assert output.pairs("--input", ["events=a=b", "snapshot=c"]) == {"events": "a=b", "snapshot": "c"}
    with pytest.raises(UsageProblem, match="given twice"):
        output.pairs("--input", ["a=1", "a=1"])
