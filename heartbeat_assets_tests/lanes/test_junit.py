"""Tests of junit: a check as JUnit XML."""

import dataclasses
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.lanes.checked_run import CheckedRun
from heartbeat_assets.lanes.junit import junit_xml
from heartbeat_assets.lanes.lane import Lane, find_lane
from heartbeat_assets.ledger import LedgerError
from heartbeat_assets.sources.inputs import SourceMissing
from heartbeat_assets_tests.lanes import gate_histories
from heartbeat_assets_tests.lanes.checked_runs import broken, checked
from heartbeat_assets_tests.lanes.histories import NOW, digest_of, spec_with

# What Jenkins' schema allows: element to its required attributes, its optional ones, and its children.
SCHEMA: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url", "group"},
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": (
        {"name"},
        {"time", "classname", "group"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    **dict.fromkeys(("failure", "error", "skipped"), (set(), {"type", "message"}, set())),
}


def suites_of(*runs: CheckedRun) -> list[ElementTree.Element]:
    """The suites of the document, which keeps to the schema and whose counts are right."""
    root = ElementTree.fromstring(junit_xml(runs, now=NOW))
    assert root.tag == "testsuites"
    for element in root.iter():
        required, optional, children = SCHEMA[element.tag]
        assert required <= set(element.attrib) <= required | optional, element.attrib
        assert {child.tag for child in element} <= children
    for counted in (root, *root):
        for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            assert counted.get(attribute) == str(len(list(counted.iter(tag))))
    for suite in root:
        assert suite.get("skipped") == str(len(list(suite.iter("skipped"))))
        names = Counter((case.get("classname"), case.get("name")) for case in suite.iter("testcase"))
        # Readers tell cases apart by class and name alone.
        assert max(names.values()) == 1
    return list(root)


def told(suite: ElementTree.Element, tag: str) -> dict[str, tuple[str | None, str | None]]:
    """Class and name of each case that ended with `tag`, to type and message."""
    return {
        f"{case.get('classname')}.{case.get('name')}": (element.get("type"), element.get("message"))
        for case in suite.iter("testcase")
        for element in case.findall(tag)
    }


@pytest.fixture
def liberty(lane: Lane) -> Lane:
    return find_lane(lane.settings, "liberty_restrictions")


def test_a_good_run_is_a_case_per_check_of_the_digest_and_per_window_rule(lane: Lane, tmp_path: Path) -> None:
    run = checked(lane, tmp_path, digest_of(0))
    (suite,) = suites_of(run)
    assert run.verdict is not None
    cases = [(case.get("classname"), case.get("name")) for case in suite.iter("testcase")]
    assert cases == [
        *(("citizen_product.digest", name) for name in digest_of(0)["checks"]),
        *(("citizen_product.window", name) for name in run.verdict.report["checks"]),
    ]
    assert len(cases) == 22
    assert (suite.get("failures"), suite.get("errors"), suite.get("skipped")) == ("0", "0", "0")
    assert (suite.get("timestamp"), suite.get("time")) == ("2026-03-01T12:00:00", "0.250")


def test_a_suite_names_the_heartbeat_it_is_about(lane: Lane, tmp_path: Path) -> None:
    run = checked(lane, tmp_path, digest_of(0))
    (suite,) = suites_of(run)
    assert run.append is not None
    assert {one.get("name"): one.get("value") for one in suite.iter("property")} == {
        "run_at": "2026-01-01T12:00:00+00:00",
        "heartbeat_id": run.append["heartbeat"]["heartbeat_id"],
        "status": "ok",
    }


def test_a_broken_rule_is_a_failure_with_its_reason_and_its_sentence(liberty: Lane, tmp_path: Path) -> None:
    good, bad = gate_histories.digest_of(0), gate_histories.digest_of(1, coverage__norms_classified_pct=0.75)
    run = checked(liberty, tmp_path, good, bad)
    (suite,) = suites_of(run)
    failures = told(suite, "failure")
    reasons = [kind for case, (kind, _) in failures.items() if ".window." in case]
    assert reasons == run.reasons
    assert len(reasons) == 5
    assert failures["liberty_restrictions.window.max_norms_classified_gate_failed_ok"] == (
        "max_norms_classified_gate_failed_exceeded",
        "norms_classified_gate failed in 1 of the last 2 runs (limit 0): norms_classified_pct was 0.75, "
        "below its minimum 0.80.",
    )
    assert {case: kind for case, (kind, _) in failures.items() if ".digest." in case} == {
        "liberty_restrictions.digest.focus_gate": "focus_gate_failed",
        "liberty_restrictions.digest.norms_classified_gate": "norms_classified_gate_failed",
    }
    message = "norms_classified_pct 0.75 (at least 0.8)."
    assert failures["liberty_restrictions.digest.norms_classified_gate"][1] == message


def test_the_checks_of_a_failed_digest_say_which_figure_broke_which_threshold(lane: Lane, tmp_path: Path) -> None:
    (suite,) = suites_of(checked(lane, tmp_path, digest_of(0, unknown=None, drilldown=0.1)))
    failures = told(suite, "failure")
    digest = {case.rpartition(".")[2]: what for case, what in failures.items() if ".digest." in case}
    assert digest == {
        "unknown_rate_within_threshold": (
            "unknown_rate_missing",
            "unknown_rate has no value; its maximum is 0.45.",
        ),
        "drilldown_click_rate_within_threshold": (
            "drilldown_click_rate_below_threshold",
            "drilldown_click_rate is 0.1; its minimum is 0.2.",
        ),
        "contract_complete": (
            "contract_incomplete",
            "The digest's status is failed, without unknown_rate.",
        ),
    }


def test_a_check_that_is_not_known_is_skipped(lane: Lane, tmp_path: Path) -> None:
    (suite,) = suites_of(checked(lane, tmp_path, digest_of(0, wait=None)))
    assert told(suite, "skipped") == {
        "citizen_product.digest.time_to_first_answer_within_threshold": (
            "time_to_first_answer_missing",
            "time_to_first_answer_seconds has no value; its maximum is 120 s.",
        )
    }


def test_a_rule_that_only_warns_is_skipped_with_its_sentence(lane: Lane, tmp_path: Path) -> None:
    window = {"limits": {"max_degraded": 0}, "severity": {"max_degraded_ok": "warn"}}
    for rule in ("latest_contract_complete_ok", "latest_thresholds_ok"):
        window["severity"][rule] = "warn"
    warning = dataclasses.replace(lane, spec=spec_with(window=window))
    run = checked(warning, tmp_path, digest_of(0, wait=None))
    (suite,) = suites_of(run)
    assert told(suite, "failure") == {}
    assert told(suite, "skipped")["citizen_product.window.max_degraded_ok"] == (
        "max_degraded_exceeded",
        "Warns, does not block: 1 of 1 run was degraded (limit 0).",
    )
    assert "max_degraded_exceeded" in run.reasons


def test_a_gate_that_failed_within_the_limits_is_no_failure(liberty: Lane, tmp_path: Path) -> None:
    limits = {"max_focus_gate_failed": "1", "max_norms_classified_gate_failed": "1"}
    limits |= {"max_focus_gate_failed_rate_pct": "100"}
    warned = {f"latest_{name}_ok": "warn" for name in ("focus_gate_passed", "norms_classified_gate")}
    window = {"last": 20, "limits": {}, "severity": warned}
    lane = dataclasses.replace(liberty, spec=gate_histories.spec_with(window=window))
    bad = gate_histories.digest_of(1, coverage__norms_classified_pct=0.75)
    (suite,) = suites_of(checked(lane, tmp_path, bad, limits=limits))
    assert told(suite, "failure") == {}
    assert told(suite, "skipped")["liberty_restrictions.digest.norms_classified_gate"] == (
        "norms_classified_gate_failed",
        "The window's limits allow it: norms_classified_pct 0.75 (at least 0.8).",
    )


def test_a_broken_source_is_an_error_and_leaves_the_checks_unknown(lane: Lane, tmp_path: Path) -> None:
    run = broken(lane, tmp_path, SourceMissing({"snapshot": "data/snapshot.json: no such file"}))
    (suite,) = suites_of(run)
    sentence = "input snapshot: data/snapshot.json: no such file"
    assert told(suite, "error") == {
        "citizen_product.digest.source_snapshot_missing": ("source_snapshot_missing", sentence)
    }
    skipped = told(suite, "skipped")
    assert {case.rpartition(".")[2] for case in skipped} == set(digest_of(0)["checks"])
    assert set(skipped.values()) == {("not_known", "Not known: no digest could be computed.")}
    assert "citizen_product.window.latest_not_failed_ok" in told(suite, "failure")


def test_a_failure_that_no_check_tells_of_has_a_case_of_its_own(liberty: Lane, lane: Lane, tmp_path: Path) -> None:
    nothing = gate_histories.digest_of(0, totals__assessments_total=0)
    out_of_range = {**digest_of(0), "metrics": {**digest_of(0)["metrics"], "unknown_rate": 7}}
    history = digest_of(1)
    suites = suites_of(checked(liberty, tmp_path, nothing), checked(lane, tmp_path, history, out_of_range))
    assert told(suites[0], "failure")["liberty_restrictions.digest.no_assessments"] == (
        "no_assessments",
        "Nothing has been assessed, so there is nothing to judge.",
    )
    assert told(suites[1], "failure") == {
        "citizen_product.digest.validation:invalid_unknown_rate": (
            "validation:invalid_unknown_rate",
            "The heartbeat was refused: invalid_unknown_rate.",
        )
    }


def test_a_lane_that_could_not_be_recorded_is_an_error(lane: Lane) -> None:
    unread = CheckedRun("half_lane", problems=[SpecProblem("defs.yaml", ["kpis: must be a list"])])
    unrecorded = CheckedRun(lane.name, lane, digest_of(0), problems=[LedgerError("the disk is full")])
    suites = suites_of(unread, unrecorded)
    assert told(suites[0], "error") == {
        "half_lane.digest.SpecProblem": ("SpecProblem", "defs.yaml: kpis: must be a list")
    }
    assert told(suites[1], "error") == {"citizen_product.digest.LedgerError": ("LedgerError", "the disk is full")}
    assert suites[1].get("tests") == "6"


@given(st.text(st.characters(codec=None)))
def test_any_text_is_xml_that_gives_it_back_as_far_as_xml_can(text: str) -> None:
    run = CheckedRun("lane", problems=[LedgerError(text)])
    (suite,) = suites_of(run)
    ((_, message),) = told(suite, "error").values()
    assert message is not None
    assert len(message) == len(text)
    assert all(shown in (one, "\ufffd") for one, shown in zip(text, message, strict=True))
    if text.isprintable():
        assert message == text


def test_markup_in_a_sentence_is_text(lane: Lane, tmp_path: Path) -> None:
    problem = SourceMissing({"snapshot": "<b>&\"' ]]> \x07 end"})
    (suite,) = suites_of(broken(lane, tmp_path, problem))
    messages: list[Any] = [what[1] for what in told(suite, "error").values()]
    assert messages == ["input snapshot: <b>&\"' ]]> \ufffd end"]
