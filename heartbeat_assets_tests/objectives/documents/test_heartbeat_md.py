"""HEARTBEAT.md has the six sections people know, is the same for the same data, and changes where the data did."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from heartbeat_assets.objectives.documents import heartbeat_document
from heartbeat_assets.objectives.operations import Operations
from heartbeat_assets.objectives.privacy import find_personal_data
from heartbeat_assets_tests.objectives.documents.standing import NOW, SUPPORT, calm, incident, trouble, unknown
from heartbeat_assets_tests.objectives.privacy.planted import PLANTED

SECTIONS = [
    "# HEARTBEAT",
    "## 1) Status now",
    "## 2) SLOs v0",
    "## 3) KPIs (definitions, sources, formula, window)",
    "## 4) Incidents (chronological)",
    "## 5) Degraded mode guide (1 scenario)",
    "## 6) Contact / escalation",
]


def changed(before: Operations, after: Operations) -> list[str]:
    """What a diff of the two documents shows."""
    lines = [heartbeat_document(one).splitlines() for one in (before, after)]
    return [
        line
        for line in difflib.unified_diff(*lines, n=0, lineterm="")
        if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]


def test_it_has_the_sections_people_know_in_their_order() -> None:
    assert [line for line in heartbeat_document(calm()).splitlines() if line.startswith("#")] == SECTIONS


def test_it_says_what_people_look_for_in_the_words_they_know() -> None:
    lines = heartbeat_document(calm()).splitlines()
    for line in (
        "Owner: Platform/Ops",
        "Last updated: 2026-02-08",
        "Status: OK",
        "Timestamp (UTC): 2026-02-08T00:00:00Z",
        "- API Read: OK",
        "- API read availability (GET requests): 99.5% monthly",
        "1) `deals_per_day`",
        "- Window: rolling 24h",
        "- Value: 41 deals",
        "- ID: INC-20260205-001",
        "  - Period: 2026-02-05T10:00:00Z to 2026-02-05T11:30:00Z",
        "  - Sev-1: acknowledge < 15 min, mitigate < 4 hours",
        "  - Sev-2: acknowledge < 1 hour, mitigate < 1 business day",
        "  - Sev-3: acknowledge < 1 business day, mitigate best-effort",
        "- Support email (external): `support@clawdeals.example`",
    ):
        assert line in lines


def test_the_same_data_makes_the_same_text_whenever_it_is_written() -> None:
    assert heartbeat_document(calm()) == heartbeat_document(replace(calm(), generated_at=NOW + timedelta(days=1)))


def with_slo(**budget: float) -> Callable[[Operations], Operations]:
    def change(now: Operations) -> Operations:
        first = now.slos[0]
        both = {**first["budget"], **budget}
        return replace(now, slos=({**first, "budget": both, "raw": both}, *now.slos[1:]))

    return change


def with_kpi(value: float) -> Callable[[Operations], Operations]:
    return lambda now: replace(now, kpis=(replace(now.kpis[0], value=value), *now.kpis[1:]))


def with_rate(now: Operations) -> Operations:
    return replace(now, slos=({**now.slos[0], "burn_rate": 2.5}, *now.slos[1:]))


def with_mttr(now: Operations) -> Operations:
    return replace(now, figures=({**now.figures[0], "mttr": {"seconds": 60.0, "count": 1}},))


def with_sla(now: Operations) -> Operations:
    return replace(now, sla=({**now.sla[0], "acknowledge": "30m"}, *now.sla[1:]))


def with_end(now: Operations) -> Operations:
    return replace(now, incidents=({**now.incidents[0], "ended_at": "2026-02-05T11:45:00+00:00"},))


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (with_kpi(42.0), "- Value: 41 deals", "- Value: 42 deals"),
        (with_slo(sli=0.99961), "  - Measured: 99.962%", "  - Measured: 99.961%"),
        (with_slo(left_fraction=0.9), "  - Error budget left: 92.4%", "  - Error budget left: 90%"),
        (with_rate, "  - Burn rate over the last 1h: 0.31", "  - Burn rate over the last 1h: 2.5"),
        (with_mttr, "- Mean time to resolve: 1 h 55 min", "- Mean time to resolve: 1 min"),
        (
            with_sla,
            "  - Sev-1: acknowledge < 15 min, mitigate < 4 hours",
            "  - Sev-1: acknowledge < 30 min, mitigate < 4 hours",
        ),
        (
            with_end,
            "  - Period: 2026-02-05T10:00:00Z to 2026-02-05T11:30:00Z",
            "  - Period: 2026-02-05T10:00:00Z to 2026-02-05T11:45:00Z",
        ),
    ],
)
def test_a_number_that_changes_changes_its_line_alone(
    change: Callable[[Operations], Operations], before: str, after: str
) -> None:
    assert changed(calm(), change(calm())) == [f"-{before}", f"+{after}"]


def test_another_incident_is_added_and_changes_nothing_else() -> None:
    second = incident(2, updated_at="2026-02-06T12:00:00+00:00")
    found = changed(calm(), replace(calm(), incidents=(second, *calm().incidents)))
    assert found
    assert not [line for line in found if line.startswith("-")]


def test_trouble_is_told_where_people_look_first() -> None:
    document = heartbeat_document(trouble())
    assert "Status: DOWN" in document
    assert "- SSE Stream: The delay of events (P95) is 412 s, above 300." in document
    assert "- Open: INC-20260207-001 (Sev-1, open): Events do not arrive" in document
    assert "  - Burning too fast: 2% in 1h+5min" in document
    assert "- Scenario A applies now: SSE down or delayed" in document
    assert "- Console/Admin: set to DEGRADED by hand until 2026-02-08T03:04:31Z: Moving house\n" in document
    assert "- Console/Admin: By the rules it is OK.\n" in document
    assert document.count("Moving house") == 1


def test_what_is_not_known_is_said_and_is_no_zero() -> None:
    document = heartbeat_document(unknown())
    assert "Status: NO DATA" in document
    assert "Last updated: never" in document
    assert "Timestamp (UTC): unknown" in document
    assert "- Value: no data" in heartbeat_document(calm())


@pytest.mark.parametrize("standing", [calm, trouble, unknown])
def test_it_holds_no_personal_data_and_names_nobody(standing: Callable[[], Operations]) -> None:
    document = heartbeat_document(standing())
    assert not find_personal_data(document, kind="markdown", allowed=[SUPPORT])
    assert "ann@" not in document
    assert "ben@" not in document


@pytest.mark.parametrize("kind", sorted(PLANTED))
def test_personal_data_that_a_person_wrote_into_an_incident_is_found(kind: str) -> None:
    fields = ("title", "impact", "rca", "mitigation")
    text = f"It began with {PLANTED[kind][0]} today"
    told = replace(calm(), slos=(), kpis=(), incidents=(incident(1, **dict.fromkeys(fields, text)),))
    found = find_personal_data(heartbeat_document(told), kind="markdown", allowed=[SUPPORT])
    assert len({one.line for one in found if one.kind == kind}) == len(fields)


def test_what_people_wrote_stays_on_its_line_and_is_no_markup() -> None:
    text = "first\n## 9) Heading\n\u2028<script>alert(1)</script> ![x](y)\x07\u202e"
    document = heartbeat_document(replace(calm(), incidents=(incident(1, impact=text),)))
    assert "  - Impact: first ## 9) Heading \\<script>alert(1)\\</script> !\\[x](y)\n" in document
    assert [line for line in document.splitlines() if line.startswith("#")] == SECTIONS
