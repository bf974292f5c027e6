"""A check as JUnit XML, which Jenkins, GitLab and most others show as tests: a suite per lane.

A test case per check of the digest and per window rule. It must not write files, nor decide what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from xml.etree import ElementTree

from heartbeat_assets.lanes.checked_run import CheckedRun, problem_sentence
from heartbeat_assets.lanes.heartbeat import check_names
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.report import gate_rows, gates_summary, kpi_rows, with_unit
from heartbeat_assets.lanes.sentences import finding_sentence
from heartbeat_assets.lanes.spec_criteria import FOCUS_GATE
from heartbeat_assets.lanes.values import Document

Outcome = Literal["passed", "failure", "error", "skipped"]
# What XML 1.0 cannot hold, escaped or not.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Case:
    """One test case: in the class `part` of its lane, with the reason and the sentence when it did not pass."""

    part: Literal["digest", "window"]
    name: str
    outcome: Outcome = "passed"
    reason: str = ""
    message: str = ""


def junit_xml(runs: Sequence[CheckedRun], *, now: datetime) -> bytes:
    """The document for a check of the instant `now`."""
    root = ElementTree.Element("testsuites", name="heartbeat check")
    cases = [list(cases_of(run)) for run in runs]
    everything = [case for of_run in cases for case in of_run]
    root.attrib |= _counts(everything) | {"time": f"{sum(run.seconds for run in runs):.3f}"}
    for run, of_run in zip(runs, cases, strict=True):
        root.append(_suite(run, of_run, now))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def cases_of(run: CheckedRun) -> Iterator[Case]:
    """The test cases of one lane: what has no check of its own first, then the digest's checks, then the window's."""
    of_digest = list(_digest_cases(run))
    yield from _cases_without_a_check(run, {case.reason for case in of_digest})
    yield from of_digest
    if run.lane is None or run.verdict is None:
        return
    total = len(run.verdict.rows)
    for finding in run.verdict.findings:
        rule = finding.rule
        if finding.passed:
            yield Case("window", rule.check)
        else:
            sentence = finding_sentence(run.lane.spec, finding, total)
            warning = "" if rule.blocks else "Warns, does not block: "
            yield Case("window", rule.check, "failure" if rule.blocks else "skipped", rule.reason, warning + sentence)


def _cases_without_a_check(run: CheckedRun, told: set[str]) -> Iterator[Case]:
    """What is wrong with a digest and no check of it tells: a source that is missing, a row that was refused."""
    if run.append is None or run.verdict is None:
        for problem in run.problems:
            kind = type(problem).__name__
            yield Case("digest", kind, "error", kind, problem_sentence(problem))
        return
    reasons = [reason for reason in run.append["strict_fail_reasons"] if reason != "heartbeat_status_failed"]
    for reason in reasons:
        if run.error:
            yield Case("digest", reason, "error", reason, run.error)
        elif reason not in told:
            yield Case("digest", reason, "failure", reason, _reason_sentence(run, reason))


def _reason_sentence(run: CheckedRun, reason: str) -> str:
    kind, _, error = reason.partition(":")
    if kind == "validation":
        return f"The heartbeat was refused: {error}."
    preconditions = run.lane.spec.preconditions if run.lane else []
    told = next((one.description for one in preconditions if one.reason == reason), "")
    return told or f"The digest failed: {reason}."


def _digest_cases(run: CheckedRun) -> Iterator[Case]:
    """The checks of the digest. One that is not known is skipped, and so is a false one that the verdict lets pass."""
    if run.lane is None or run.digest is None:
        return
    strict = bool(run.append and run.append["strict_fail_reasons"])
    stopped = strict or run.verdict is None or bool(run.verdict.blocking)
    for name in check_names(run.lane.spec):
        passed = run.digest["checks"].get(name)
        reason, message = _explained(run.lane, run.digest, name)
        if passed is True:
            yield Case("digest", name)
        elif run.digest.get("error"):
            yield Case("digest", name, "skipped", "not_known", "Not known: no digest could be computed.")
        elif passed is None:
            yield Case("digest", name, "skipped", reason, message)
        elif stopped:
            yield Case("digest", name, "failure", reason, message)
        else:
            yield Case("digest", name, "skipped", reason, f"The window's limits allow it: {message}")


def _explained(lane: Lane, digest: Document, name: str) -> tuple[str, str]:
    """The reason and the sentence of a check of the digest that did not pass."""
    for kpi, value, limit, _ in kpi_rows(lane, digest):
        if kpi.check_name == name:
            edge = "maximum" if kpi.max is not None else "minimum"
            has = "has" if value is None else "is"
            sentence = f"{kpi.name} {has} {with_unit(kpi, value)}; its {edge} is {with_unit(kpi, limit)}."
            return (kpi.missing_reason if value is None else kpi.breach_reason), sentence
    for gate, figures, _ in gate_rows(lane, digest):
        if gate.name == name:
            return f"{name}_failed", f"{figures}."
    if name == FOCUS_GATE:
        return f"{name}_failed", f"{gates_summary(lane, digest)}."
    for availability in lane.spec.availability:
        if availability.check == name:
            return f"{name}_failed", f"None of {', '.join(availability.any_of)} is known."
    missing = ", ".join(digest.get("missing_metrics") or [])
    without = f", without {missing}" if missing else ""
    return "contract_incomplete", f"The digest's status is {digest['status']}{without}."


def _suite(run: CheckedRun, cases: Sequence[Case], now: datetime) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", name=_xml(run.name))
    suite.attrib |= _counts(cases)
    suite.attrib["skipped"] = str(sum(case.outcome == "skipped" for case in cases))
    # No offset: the format has none, and readers take it for UTC.
    suite.attrib["timestamp"] = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    suite.attrib["time"] = f"{run.seconds:.3f}"
    row = run.append["heartbeat"] if run.append else {}
    known = {"run_at": row.get("run_at"), "heartbeat_id": row.get("heartbeat_id"), "status": run.status}
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in known.items():
        ElementTree.SubElement(properties, "property", name=name, value=_xml(str(value or "")))
    for case in cases:
        suite.append(_element(run, case))
    return suite


def _element(run: CheckedRun, case: Case) -> ElementTree.Element:
    element = ElementTree.Element("testcase", classname=_xml(f"{run.name}.{case.part}"), name=_xml(case.name))
    if case.outcome != "passed":
        message = _xml(case.message)
        told = ElementTree.SubElement(element, case.outcome, type=_xml(case.reason), message=message)
        # Some show the text, some the attribute.
        told.text = message
    return element


def _counts(cases: Sequence[Case]) -> dict[str, str]:
    outcomes = [case.outcome for case in cases]
    return {
        "tests": str(len(cases)),
        "failures": str(outcomes.count("failure")),
        "errors": str(outcomes.count("error")),
    }


def _xml(text: str) -> str:
    """`text` with a replacement character for each that XML cannot hold; markup is escaped when it is written."""
    return _NO_XML.sub("\ufffd", text)
