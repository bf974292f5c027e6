"""`heartbeat backtest`: what a policy would have done, as a document, a table and a chart."""

from __future__ import annotations

import builtins
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from heartbeat_assets_tests.cli import histories
from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.copied_project import CopiedProject

LANE = "citizen_product"
LENIENT = [
    argument
    for name in ("failed", "contract_incomplete", "drilldown_violation")
    for argument in (
        "--limit", f"max_{name}{'s' if name.endswith('violation') else ''}=2", "--limit", f"max_{name}_rate_pct=50"
    )
]  # fmt: skip


@pytest.fixture
def history(heartbeat: Heartbeat, project: CopiedProject) -> None:
    """A history in the ledger: thirty days, a failed run on two of them, the newest of all malformed."""
    lines = histories.history(project.lane, "o" * 5 + "f" + "o" * 3 + "f" + "o" * 19 + "x")
    heartbeat("import", LANE, histories.write_history(project.folder / "heartbeats.jsonl", lines))


def table(heartbeat: Heartbeat, *arguments: str | Path) -> str:
    outcome = heartbeat("backtest", LANE, "--table", *arguments)
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    assert max(len(line) for line in outcome.stdout.splitlines()) <= 100
    return outcome.stdout


def test_the_document_sets_both_policies_side_by_side(heartbeat: Heartbeat, history: None) -> None:
    outcome = heartbeat("backtest", LANE, "--last", "5", *LENIENT)

    document = outcome.document
    assert outcome.exit_code == 0
    assert (document["lane"], document["rows_replayed"], document["window"]["proposed"]) == (LANE, 30, 5)
    assert [episode["rows"] for episode in document["episodes"]["current"]] == [25]
    assert [episode["rows"] for episode in document["episodes"]["proposed"]] == [1, 1, 1]
    assert document["episodes"]["proposed"][0]["from_run_at"] == "2026-01-06T06:00:00+00:00"
    assert document["differences"]["newly_passed_rows"] == 22
    assert set(document["proposed"]["by_reason"]) >= {"malformed_entries_present", "latest_status_failed"}


def test_the_table_ends_with_the_verdict(heartbeat: Heartbeat, history: None) -> None:
    text = table(heartbeat, "--last", "5", *LENIENT, "--limit", "max_age=36h")

    assert text.startswith("30 heartbeats of citizen_product, 2026-01-01 06:00 UTC to 2026-01-29 06:00 UTC.")
    shown = [" ".join(line.split()) for line in text.splitlines()]
    assert {"max_age none 36 h", "rows in the window 20 5", "rows blocked 25 3"} <= set(shown)
    assert "When the proposed policy blocks, newest first (UTC):" in text
    assert "2026-01-06 06:00  2026-01-07 06:00  24 h" in text
    assert text.split("\n\n")[-1].startswith("Under the proposed policy publishing would have been blocked 3 times")


def test_the_current_policy_alone_has_one_column(heartbeat: Heartbeat, history: None) -> None:
    text = table(heartbeat)

    assert "proposed" not in text.split("\n\n", 1)[1].replace("No other policy was proposed.", "")
    assert "times blocked" in text
    assert " ".join(text.split()).endswith("No other policy was proposed. It is blocked now.")


def test_the_newest_ten_episodes_are_shown_and_the_rest_counted(heartbeat: Heartbeat, project: CopiedProject) -> None:
    lines = histories.history(project.lane, "fo" * 15)
    heartbeat("import", LANE, histories.write_history(project.folder / "heartbeats.jsonl", lines))

    text = table(heartbeat, "--last", "1")

    proposed = text.split("When the proposed policy blocks")[1].split("\n\n")[0].splitlines()
    assert [line[:10] for line in proposed[3:13]] == [f"2026-01-{day:02}" for day in range(29, 10, -2)]
    assert proposed[13] == "and 5 earlier; the JSON document has all of them."


def test_a_lane_without_a_history_ends_well_with_a_sentence(heartbeat: Heartbeat, project: CopiedProject) -> None:
    assert table(heartbeat, "--limit", "max_failed=2") == (
        "citizen_product has no heartbeat yet: run the lane once, then there is a history to try a policy on.\n"
    )
    assert heartbeat("backtest", LANE).document["rows_replayed"] == 0


def test_since_reports_from_there_on(heartbeat: Heartbeat, history: None) -> None:
    document = heartbeat("backtest", LANE, "--since", "2026-01-20").document

    assert (document["since"], document["rows_replayed"]) == ("2026-01-20T00:00:00+00:00", 11)
    assert document["episodes"]["current"][0]["from_run_at"] == "2026-01-20T00:00:00+00:00"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--since", "lately"), "--since lately: write a date or an instant, as 2026-02-23"),
        (("--limit", "max_fialed=1"), "--limit max_fialed: this lane has no such limit; did you mean 'max_failed'?"),
        (("--limit", "max_failed"), "--limit max_failed: write NAME=VALUE"),
        (("--last", "0"), "Invalid value for '--last'"),
        (("--plot", "chart.gif"), "--plot chart.gif: name a file that ends in .svg or .png"),
        (("--plot", "chart"), "--plot chart: name a file that ends in .svg or .png"),
    ],
)
def test_what_cannot_be_is_wrong_usage(heartbeat: Heartbeat, arguments: tuple[str, ...], said: str) -> None:
    assert said in heartbeat.fails(2, "backtest", LANE, *arguments)


def test_an_unknown_lane_is_wrong_usage(heartbeat: Heartbeat) -> None:
    assert "no lane 'nowhere'" in heartbeat.fails(2, "backtest", "nowhere")


def test_the_chart_is_written_beside_the_report(heartbeat: Heartbeat, project: CopiedProject, history: None) -> None:
    for name, begins in (("chart.svg", b"<svg "), ("CHART.PNG", b"\x89PNG")):
        file = project.folder / "charts" / name
        outcome = heartbeat("backtest", LANE, *LENIENT, "--plot", file)
        assert outcome.document["rows_replayed"] == 30
        assert file.read_bytes().startswith(begins)
    description = ElementTree.parse(project.folder / "charts" / "chart.svg").getroot().find("{*}desc")
    assert description is not None
    assert str(description.text).startswith("Under the proposed policy publishing would have been blocked")


def test_a_chart_that_cannot_be_written_is_a_fault_and_nothing_is_printed(
    heartbeat: Heartbeat, project: CopiedProject, history: None
) -> None:
    blocked = project.snapshot / "chart.svg"

    assert f"--plot {blocked}: cannot be written" in heartbeat.fails(3, "backtest", LANE, "--plot", blocked)


def test_a_png_without_pillow_is_refused_before_anything_is_read(
    heartbeat: Heartbeat, project: CopiedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name.startswith("PIL"):
            raise ImportError("No module named 'PIL'")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    file = project.folder / "chart.png"

    said = heartbeat.fails(2, "backtest", LANE, "--plot", file)
    assert "pip install 'heartbeat_assets[plot]'" in said
    assert not file.exists()


def test_out_holds_the_document(heartbeat: Heartbeat, project: CopiedProject, history: None) -> None:
    out = project.folder / "backtest.json"

    outcome = heartbeat("backtest", LANE, "--out", out)

    assert json.loads(out.read_text(encoding="utf-8")) == outcome.document
