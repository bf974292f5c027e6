"""Tests of job_summary: a check as a page of Markdown."""

import dataclasses
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.lanes import job_summary as module
from heartbeat_assets.lanes.checked_run import CheckedRun
from heartbeat_assets.lanes.job_summary import cell, headline, job_summary
from heartbeat_assets.lanes.lane import Lane, find_lane
from heartbeat_assets.sources.inputs import SourceMissing
from heartbeat_assets_tests.lanes import gate_histories
from heartbeat_assets_tests.lanes.checked_runs import broken, checked
from heartbeat_assets_tests.lanes.histories import NOW, digest_of, row_of, spec_with

SINCE = row_of(1)["run_at"]


def failing(lane: Lane, folder: Path) -> CheckedRun:
    run = checked(lane, folder, digest_of(0), digest_of(1, drilldown=0.1))
    run.since = SINCE
    return run


def page_of(*runs: CheckedRun) -> str:
    return job_summary(runs, now=NOW)


def tables_in(page: str) -> int:
    return sum(token.type == "table_open" for token in MarkdownIt("commonmark").enable("table").parse(page))


def test_the_first_line_says_what_is_wrong_and_since_when(lane: Lane, tmp_path: Path) -> None:
    good = checked(dataclasses.replace(lane, name="good"), tmp_path, digest_of(0))
    page = page_of(good, failing(lane, tmp_path))
    assert page.splitlines()[0] == "## ◆ 1 of 2 lanes failed, since 2026-01-02 12:00 UTC: citizen_product"


def test_the_first_table_has_the_lanes_worst_first_with_owner_and_verdict(lane: Lane, tmp_path: Path) -> None:
    good = checked(dataclasses.replace(lane, name="good"), tmp_path, digest_of(0))
    lenient = dataclasses.replace(lane, name="lenient", spec=spec_with(window={"limits": {}}))
    degraded = checked(lenient, tmp_path, digest_of(0, wait=None), digest_of(1))
    lines = page_of(good, degraded, failing(lane, tmp_path)).splitlines()
    assert lines[2:7] == [
        "| | lane | since | owner | verdict |",
        "|---|---|---|---|---|",
        "| ◆ failed | citizen_product | 2026-01-02 12:00 UTC | team:citizen-product | drilldown_click_rate was 0.1, "
        "below its minimum 0.2, in 1 of the last 2 runs (limit 0). Publishing would be blocked. |",
        "| ▲ degraded | lenient |  | team:citizen-product | No rule is broken over the last 2 runs. Publishing would "
        "be allowed. |",
        "| ● ok | good |  | team:citizen-product | No rule is broken over 1 run. Publishing would be allowed. |",
    ]


def test_a_failed_lane_shows_its_broken_rules_and_the_figures(lane: Lane, tmp_path: Path) -> None:
    page = page_of(failing(lane, tmp_path))
    shown, folded = page.split("<details>")
    assert "### ◆ failed citizen_product" in shown
    assert "| `max_failed_ok` | ◆ blocks | 1 of the last 2 runs failed (limit 0). |" in shown
    assert "| drilldown_click_rate | 0.1 | at least 0.2 | ◆ broken |" in shown
    assert "| unknown_rate | 0.1 | at most 0.45 | ● kept |" in shown
    assert "window_nonempty_ok" not in shown
    assert tables_in(page) == 4
    assert "| `window_nonempty_ok` | ● | The window holds 2 heartbeats. |" in folded
    assert "Strict failure reasons: `heartbeat_status_failed`, `drilldown_click_rate_below_threshold`," in folded
    assert re.search(r"Heartbeat `[0-9a-f]{12}` of 2026-01-02 12:00 UTC: recorded; 2 in the history\.", folded)


def test_a_lane_that_is_ok_is_folded_away(lane: Lane, tmp_path: Path) -> None:
    page = page_of(checked(lane, tmp_path, digest_of(0)))
    assert page.startswith("## ● ok: nothing is wrong in 1 lane\n")
    before, inside = page.split("<details>\n<summary>● ok citizen_product</summary>\n\n")
    assert "drilldown_click_rate |" not in before
    assert "| drilldown_click_rate | 0.5 | at least 0.2 | ● kept |" in inside
    # The lanes, the KPIs and the rules: without an empty line before it a table would be shown as text.
    assert tables_in(page) == 3
    assert page.count("<details>") == page.count("</details>") == 1


def test_gates_are_shown_with_their_figures(lane: Lane, tmp_path: Path) -> None:
    liberty = find_lane(lane.settings, "liberty_restrictions")
    bad = gate_histories.digest_of(1, coverage__norms_classified_pct=0.75)
    page = page_of(checked(liberty, tmp_path, gate_histories.digest_of(0), bad))
    assert "8 of 9 gates passed." in page
    assert "| norms_classified_gate | norms_classified_pct 0.75 (at least 0.8) | ◆ failed |" in page
    assert "latest_focus_gate_passed_ok` | ◆ blocks | The newest heartbeat (2026-01-02 00:00 UTC) failed" in page


def test_a_rule_that_warns_says_so(lane: Lane, tmp_path: Path) -> None:
    window = {"limits": {"max_degraded": 0}, "severity": {"max_degraded_ok": "warn"}}
    warning = dataclasses.replace(lane, spec=spec_with(window=window))
    page = page_of(checked(warning, tmp_path, digest_of(0, wait=None)))
    assert "| `max_degraded_ok` | ▲ warns | 1 of 1 run was degraded (limit 0). |" in page
    assert "| `latest_contract_complete_ok` | ◆ blocks |" in page


def test_a_broken_source_is_told_in_place_of_figures(lane: Lane, tmp_path: Path) -> None:
    page = page_of(broken(lane, tmp_path, SourceMissing({"snapshot": "data/snapshot.json: no such file"})))
    sentence = "input snapshot: data/snapshot.json: no such file"
    assert f"| ◆ failed | citizen_product |  | team:citizen-product | {sentence} |" in page
    assert f"What went wrong: {sentence}\n" in page
    assert "| KPI |" not in page
    assert "`source_snapshot_missing`" in page


def test_a_lane_that_could_not_be_recorded_is_told_with_the_others(lane: Lane, tmp_path: Path) -> None:
    unread = CheckedRun("half_lane", problems=[SpecProblem("defs.yaml", ["kpis: must be a list"])])
    page = page_of(checked(lane, tmp_path, digest_of(0)), unread)
    assert page.splitlines()[0] == "## ◆ 1 of 2 lanes failed: half_lane"
    assert "| ◆ failed | half_lane |  | no owner | defs.yaml: kpis: must be a list |" in page
    assert "Nothing was recorded." in page


def test_a_refused_heartbeat_and_a_failure_within_the_limits_are_told_before_the_verdict(
    lane: Lane, tmp_path: Path
) -> None:
    out_of_range = {**digest_of(1), "metrics": {**digest_of(1)["metrics"], "unknown_rate": 7}}
    refused = checked(lane, tmp_path, digest_of(0), out_of_range)
    assert refused.sentence == (
        "The heartbeat was refused: invalid_unknown_rate. No rule is broken over 1 run. Publishing would be allowed."
    )
    assert f"| {refused.sentence} |" in page_of(refused)
    rules = ("latest_not_failed_ok", "latest_contract_complete_ok", "latest_thresholds_ok")
    window = {"limits": {}, "severity": dict.fromkeys(rules, "warn")}
    lenient = dataclasses.replace(lane, spec=spec_with(window=window))
    tolerated = checked(lenient, tmp_path, digest_of(0, drilldown=0.1))
    assert tolerated.sentence == (
        "The digest failed: drilldown_click_rate_below_threshold. "
        "Only rules that warn are broken over 1 run. Publishing would be allowed."
    )


def test_the_headline_counts_what_is_degraded_beside_what_failed(lane: Lane, tmp_path: Path) -> None:
    def named(name: str, digest: dict[str, object]) -> CheckedRun:
        relaxed = dataclasses.replace(lane, name=name, spec=spec_with(window={"severity": {}, "limits": {}}))
        return checked(relaxed, tmp_path, digest_of(0, wait=None), digest)

    good, bad = named("good", digest_of(1)), named("bad", digest_of(1, unknown=0.9))
    assert (good.status, bad.status) == ("degraded", "failed")
    assert headline([good]) == "▲ 1 of 1 lane degraded: good"
    assert headline([good, bad]) == "◆ 1 of 2 lanes failed: bad; 1 degraded"
    good.since = SINCE
    assert headline([good]) == "▲ 1 of 1 lane degraded, since 2026-01-02 12:00 UTC: good"
    assert headline([good, bad, bad]) == "◆ 2 of 3 lanes failed: bad, bad; 1 degraded"
    earlier = dataclasses.replace(bad, name="earlier", since="2026-01-01T14:00:00+02:00")
    later = dataclasses.replace(bad, since="2026-01-01T13:00:00Z")
    assert headline([later, earlier]) == "◆ 2 of 2 lanes failed, since 2026-01-01 12:00 UTC: bad, earlier"


def test_a_page_too_long_for_github_leaves_out_details_and_says_so(
    lane: Lane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [checked(dataclasses.replace(lane, name=name), tmp_path, digest_of(0)) for name in ("one", "two", "three")]
    whole = page_of(*runs)
    monkeypatch.setattr(module, "_MOST_BYTES", len(whole.encode()) - 200)
    page = page_of(*runs)
    assert len(page) < len(whole)
    assert "| ● ok | three |" in page
    assert "There is no room here for the details of 1 more." in page


LINE = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=80)


@given(LINE | st.text("ab_*`|[]()<>&\\~$!#-: \n", max_size=30))
def test_any_text_is_shown_in_a_table_as_it_is(text: str) -> None:
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    table = f"| a | b | c |\n|---|---|---|\n| x | {cell(text)} | y |\n"
    tokens = [token for token in markdown.parse(table) if token.type == "inline"]
    assert [token.content for token in tokens[:4]] == ["a", "b", "c", "x"]
    assert len(tokens) == 6
    shown = tokens[4].children or []
    assert {child.type for child in shown} <= {"text", "text_special"}
    assert "".join(child.content for child in shown) == " ".join(text.split())


def test_a_pipe_a_line_end_and_markup_are_escaped_and_a_long_text_is_cut() -> None:
    assert cell("one | two\nthree <b>") == "one \\| two three &lt;b&gt;"
    assert cell("norms_classified_gate _x_ SELECT *") == "norms_classified_gate \\_x\\_ SELECT \\*"
    assert cell("x" * 5_000) == "x" * 1_000 + "…"
