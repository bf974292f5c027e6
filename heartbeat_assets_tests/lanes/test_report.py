"""Tests of report: what a published report says."""

import dataclasses
import json
import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest

from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.report import badge, gates_summary, kpi_rows, markdown, report_document, with_unit
from heartbeat_assets.lanes.window import judge
from heartbeat_assets_tests.lanes.histories import NOW, SPEC, digest_of, row_of, rows_of, spec_with


def document_of(lane: Lane, *rows: dict[str, Any], digest: dict[str, Any] | None = None) -> dict[str, Any]:
    history = rows_of(json.dumps(row).encode() for row in rows)
    verdict = judge(lane.spec, history, rules=lane.spec.rules(), last=20, entries_total=len(history), now=NOW)
    return report_document(lane, digest or digest_of(), verdict, NOW)


def test_a_report_holds_the_digest_the_verdict_and_a_sentence_per_rule(lane: Lane) -> None:
    document = document_of(lane, row_of())

    assert list(document) == ["lane", "title", "published_at", "status", "summary", "digest", "window", "rules"]
    assert document["published_at"] == "2026-03-01T12:00:00+00:00"
    assert document["digest"] == digest_of()
    assert len(document["rules"]) == 17
    assert document["rules"][0] == {
        "check": "window_nonempty_ok",
        "passed": True,
        "severity": "error",
        "finding": "The window holds 1 heartbeat.",
    }


def test_the_page_shows_each_kpi_with_its_threshold(lane: Lane) -> None:
    page = markdown(lane, document_of(lane, row_of(), digest=digest_of(wait=None, drilldown=0.14)))

    assert page.startswith("# Citizen product\n")
    assert "run of 2026-01-01 12:00 UTC · published 2026-03-01 12:00 UTC" in page
    assert "| unknown_rate | 0.1 | at most 0.45 | ● kept |" in page
    assert "| time_to_first_answer_seconds | no value | at most 120 s | ▲ not known |" in page
    assert "| drilldown_click_rate | 0.14 | at least 0.2 | ◆ broken |" in page
    assert "In 1 run: 1 ok, 0 degraded, 0 failed, 0 malformed." in page


def test_text_from_a_history_cannot_break_the_table(lane: Lane) -> None:
    row = {**row_of(unknown=0.9), "failure_reasons": ["one | two\nthree"]}

    page = markdown(lane, document_of(lane, row))

    assert "failed: one \\| two three. |" in page


@pytest.mark.parametrize(
    "title", ["Citizen product", "<b>&\"'</b>", "Ŝ 数", "tab\tand\x07bell", "half \ud800 pair", "", "]]>"]
)
def test_a_badge_is_valid_xml_whatever_the_title(lane: Lane, title: str) -> None:
    titled = dataclasses.replace(lane, spec=spec_with(publish={"title": title}))
    document = {**document_of(titled, row_of()), "title": title}

    image = ElementTree.fromstring(badge(titled, document))

    text = "".join(image.itertext())
    assert "unknown_rate 0.1" in text
    assert image.tag == "{http://www.w3.org/2000/svg}svg"
    if title.isprintable():
        assert title in text


def test_a_badge_says_its_status_in_words_and_shows_the_kpi_that_was_chosen(lane: Lane) -> None:
    image = badge(lane, document_of(lane, row_of(drilldown=0.1), digest=digest_of(drilldown=None)))

    assert 'aria-label="Citizen product: failed, drilldown_click_rate no value"' in image
    assert "#b3261e" in image


def test_a_digest_that_lacks_parts_is_shown_with_the_thresholds_of_the_lane(lane: Lane) -> None:
    assert [row[1:] for row in kpi_rows(lane, {})] == [(None, 0.45, None), (None, 120.0, None), (None, 0.2, None)]


@pytest.mark.parametrize(("value", "text"), [(30.0, "30 s"), (None, "no value"), (1234.5, "1,234 s")])
def test_a_value_has_its_unit_beside_it(value: float | None, text: str) -> None:
    assert with_unit(SPEC.kpis[1], value) == text


def test_gates_are_counted_in_words_that_fit_the_number(lane: Lane) -> None:
    gates = [{"name": f"{one}_gate", "conditions": [{"value": "totals.rows", "min": 1}]} for one in ("a", "b")]
    digest = digest_of() | {"checks": {"a_gate": True, "b_gate": False}}
    told = [gates_summary(dataclasses.replace(lane, spec=spec_with(gates=gates[:n])), digest) for n in (1, 2)]
    assert told == ["1 of 1 gate passed", "1 of 2 gates passed"]
