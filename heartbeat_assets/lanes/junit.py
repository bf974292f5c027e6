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
from heartbeat_assets.lanes.digest_checks import digest_checks
from heartbeat_assets.lanes.sentences import finding_sentence

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
    for check in digest_checks(run.lane, run.digest):
        if check.passed is True:
            yield Case("digest", check.name)
        elif run.digest.get("error"):
            yield Case("digest", check.name, "skipped", "not_known", "Not known: no digest could be computed.")
        elif check.passed is None:
            yield Case("digest", check.name, "skipped", check.reason, check.found)
        elif stopped:
            yield Case("digest", check.name, "failure", check.reason, check.found)
        else:
            yield Case("digest", check.name, "skipped", check.reason, f"The window's limits allow it: {check.found}")


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
