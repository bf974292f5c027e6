"""Lane liberty_restrictions: its SQL and its gates say what the contract's section 5 says, whatever the tables hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings

from heartbeat_assets.lanes.digest import build_digest
from heartbeat_assets.lanes.heartbeat import build_row, validation_errors
from heartbeat_assets.lanes.window import judge
from heartbeat_assets.warehouse import one_row
from heartbeat_assets_tests.defs.liberty_tables import (
    COLUMNS,
    CONTEXT_SQL,
    DATA,
    DIGEST_SQL,
    FOLDER,
    SPEC,
    Tables,
    assessment,
    complete,
    drawn_tables,
    fill,
    fragment,
    norm,
    objects,
    read_tables,
    responsibility,
    tables_of,
)
from heartbeat_assets_tests.defs.naive_liberty import (
    GATES,
    expected_coverage,
    expected_gates,
    expected_status,
    expected_totals,
)
from heartbeat_assets_tests.lanes.histories import rows_of

NOW = datetime(2026, 3, 1, 5, 47, tzinfo=UTC)
BROKEN = DATA / "broken" / "liberty_restriction_assessments.csv"
EMPTY = tables_of()
Change = dict[str, list[tuple[Any, ...]]]


def digest_of(connection: duckdb.DuckDBPyConnection, tables: Tables) -> dict[str, Any]:
    fill(connection, tables)
    return build_digest(SPEC, one_row(connection, DIGEST_SQL), generated_at=NOW)


def digest_with(connection: duckdb.DuckDBPyConnection, change: Change) -> dict[str, Any]:
    return digest_of(connection, tables_of(**{**complete(), **change}))


# --- Any tables ---------------------------------------------------------------------------------------------


@settings(max_examples=30)
@given(drawn_tables())
@example(EMPTY)
def test_a_digest_says_what_the_contract_says(connection: duckdb.DuckDBPyConnection, tables: Tables) -> None:
    digest = digest_of(connection, tables)

    assert digest["totals"] == expected_totals(tables)
    assert digest["coverage"] == expected_coverage(digest["totals"])
    assert all(0.0 <= ratio <= 1.0 for ratio in digest["coverage"].values())
    gates = expected_gates(tables)
    assert digest["checks"] == {"focus_gate": all(gates.values()), **gates}
    assert digest["focus_gate"]["passed"] is all(gates.values())
    assert digest["status"] == expected_status(tables)
    assert digest["failure_reasons"] == ([] if tables["liberty_restriction_assessments"] else ["no_assessments"])


# --- Worked out by hand -------------------------------------------------------------------------------------


def test_the_lane_has_the_sources_totals_coverage_and_gates_of_the_contract(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    digest = digest_of(connection, EMPTY)

    assert list(digest["totals"]) == list(expected_totals(EMPTY))
    assert list(digest["coverage"]) == list(expected_coverage(expected_totals(EMPTY)))
    assert [gate.name for gate in SPEC.gates] == list(GATES)
    assert [gate.name for gate in SPEC.gates if not gate.optional] == list(GATES)[:3]
    assert {name: ", ".join(columns) for name, columns in COLUMNS.items()} == {
        "legal_norms": "norm_id, boe_id, title, scope, source_id",
        "legal_norm_fragments": "fragment_id, norm_id, fragment_label",
        "legal_fragment_responsibilities": "fragment_id, role, source_url, evidence_date, evidence_quote",
        "liberty_irlc_methodologies": "method_version, method_label",
        "liberty_right_categories": "right_category_id, label",
        "liberty_restriction_assessments": "assessment_key, fragment_id, right_category_id, irlc_score, confidence",
    }


def test_the_gates_have_the_conditions_of_the_contract() -> None:
    conditions = [(one.value, one.side, one.threshold) for gate in SPEC.gates for one in gate.conditions]

    assert conditions == [
        ("coverage.norms_classified_pct", "min", 0.8),
        ("coverage.fragments_with_irlc_pct", "min", 0.6),
        ("coverage.fragments_with_accountability_pct", "min", 0.6),
        ("coverage.right_categories_with_data_pct", "min", 1.0),
        ("coverage.sources_with_assessments_pct", "min", 1.0),
        ("totals.sources_total", "min", 1),
        ("coverage.scopes_with_assessments_pct", "min", 1.0),
        ("totals.scopes_total", "min", 1),
        ("coverage.sources_with_dual_coverage_pct", "min", 1.0),
        ("totals.sources_total", "min", 1),
        ("coverage.scopes_with_dual_coverage_pct", "min", 1.0),
        ("totals.scopes_total", "min", 1),
        ("coverage.accountability_edges_with_primary_evidence_pct", "min", 1.0),
        ("totals.accountability_edges_total", "min", 1),
    ]


def test_the_window_of_twenty_rows_has_every_rule_of_the_contract_and_forgives_nothing() -> None:
    counted = ["max_failed", "max_failed_rate", "max_focus_gate_failed", "max_focus_gate_failed_rate"]
    counted += [f"max_{name}_failed" for name in GATES]
    latest = ["latest_not_failed", "latest_focus_gate_passed", *(f"latest_{name}" for name in GATES)]

    rules = SPEC.rules()

    names = ["window_nonempty", "malformed_entries", *counted, *latest]
    assert [rule.check for rule in rules] == [f"{name}_ok" for name in names]
    assert {rule.limit for rule in rules if rule.limit_name} == {0}
    assert {rule.severity for rule in rules} == {"error"}
    assert SPEC.window.last == 20


def test_counts_are_whole_numbers_and_shares_are_not(connection: duckdb.DuckDBPyConnection) -> None:
    digest = digest_with(connection, {})

    assert {type(value) for value in digest["totals"].values()} == {int}
    assert {type(value) for value in digest["coverage"].values()} == {float}


def test_two_acts_with_everything_there_is_to_know_pass_every_gate(connection: duckdb.DuckDBPyConnection) -> None:
    digest = digest_with(connection, {})

    assert list(digest["totals"].values()) == [2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]
    assert set(digest["coverage"].values()) == {1.0}
    assert set(digest["checks"].values()) == {True}
    assert (digest["status"], digest["failure_reasons"]) == ("ok", [])


def test_without_an_assessment_the_digest_has_failed(connection: duckdb.DuckDBPyConnection) -> None:
    digest = digest_with(connection, {"assessments": []})

    assert (digest["status"], digest["failure_reasons"]) == ("failed", ["no_assessments"])
    assert digest["totals"]["fragments_with_accountability_total"] == 2


def test_empty_tables_cover_nothing_and_pass_no_gate(connection: duckdb.DuckDBPyConnection) -> None:
    digest = digest_of(connection, EMPTY)

    assert set(digest["totals"].values()) == {0}
    assert set(digest["coverage"].values()) == {0.0}
    assert set(digest["checks"].values()) == {False}


def test_one_of_three_of_everything_is_a_third_with_six_decimals(connection: duckdb.DuckDBPyConnection) -> None:
    change: Change = {
        "norms": [norm(one, one, one) for one in "123"],
        "fragments": [fragment(one, one) for one in "123"],
        "responsibilities": [responsibility("1"), responsibility("1", url=""), responsibility("1", day=None)],
        "rights": [(one, f"Right {one}") for one in "123"],
        "assessments": [assessment("1", "1")],
    }
    digest = digest_with(connection, change)

    assert set(digest["coverage"].values()) == {0.333333}
    assert set(digest["checks"].values()) == {False}
    assert digest["status"] == "degraded"


def five_norms(assessed: int) -> Change:
    """Five acts of a fragment each, all with a responsibility, so many of them assessed."""
    ids = [str(number) for number in range(1, 6)]
    return {
        "norms": [norm(number) for number in ids],
        "fragments": [fragment(number, number) for number in ids],
        "responsibilities": [responsibility(number) for number in ids],
        "assessments": [assessment(number) for number in ids[:assessed]],
    }


@pytest.mark.parametrize(
    ("change", "failed"),
    [
        pytest.param(five_norms(4), [], id="four acts of five are enough"),
        pytest.param(five_norms(3), ["norms_classified_gate"], id="three acts of five are not, three fragments are"),
        pytest.param(five_norms(2), ["norms_classified_gate", "fragments_irlc_gate"], id="two fragments are neither"),
        pytest.param(
            {"fragments": [fragment("f1", "n1"), fragment("f2", "n2"), fragment("f3", "n2"), fragment("f4", "n2")]},
            ["fragments_irlc_gate", "fragments_accountability_gate"],
            id="half of the fragments with nothing",
        ),
        pytest.param(
            {"rights": [("speech", "Speech"), ("privacy", "Privacy")]},
            ["rights_with_data_gate"],
            id="a right that nobody has assessed",
        ),
        pytest.param(
            {**five_norms(4), "norms": [*map(norm, "1234"), norm("5", source="elsewhere")]},
            ["source_representativity_gate", "source_dual_coverage_gate"],
            id="a source without an assessment",
        ),
        pytest.param(
            {**five_norms(4), "norms": [*map(norm, "1234"), norm("5", scope="local")]},
            ["scope_representativity_gate", "scope_dual_coverage_gate"],
            id="a scope without an assessment",
        ),
        pytest.param(
            {
                "norms": [norm("n1"), norm("n2", "national", "bulletin")],
                "fragments": [fragment(f"f{number}", "n1") for number in (1, 3, 4)] + [fragment("f2", "n2")],
                "responsibilities": [responsibility(f"f{number}") for number in (1, 3, 4)],
            },
            ["fragments_irlc_gate", "source_dual_coverage_gate"],
            id="a source assessed where nobody answers",
        ),
        pytest.param(
            {
                "norms": [norm("n1"), norm("n2", "regional", "gazette")],
                "fragments": [fragment(f"f{number}", "n1") for number in (1, 3, 4)] + [fragment("f2", "n2")],
                "responsibilities": [responsibility(f"f{number}") for number in (1, 3, 4)],
            },
            ["fragments_irlc_gate", "scope_dual_coverage_gate"],
            id="a scope assessed where nobody answers",
        ),
        pytest.param(
            {"responsibilities": [responsibility("f1"), responsibility("f2", quote=" \u00a0\t")]},
            ["accountability_primary_evidence_gate"],
            id="a quote of blanks",
        ),
        pytest.param(
            {"responsibilities": [responsibility("f1"), responsibility("f2"), responsibility(None, url=None)]},
            ["accountability_primary_evidence_gate"],
            id="an edge that leads nowhere, without a url",
        ),
    ],
)
def test_each_gate_fails_when_what_it_guards_is_gone(
    connection: duckdb.DuckDBPyConnection, change: Change, failed: list[str]
) -> None:
    digest = digest_with(connection, change)

    assert [name for name in GATES if not digest["checks"][name]] == failed
    assert digest["checks"]["focus_gate"] is not bool(failed)
    assert digest["status"] == ("degraded" if failed else "ok")


def test_an_act_counts_from_its_first_fragment_on(connection: duckdb.DuckDBPyConnection) -> None:
    unsplit = [*complete()["norms"], norm("n3", "local", "archive")]
    assert digest_with(connection, {"norms": unsplit})["totals"]["norms_total"] == 2
    nameless = [*complete()["fragments"], fragment(None, "n3")]
    assert digest_with(connection, {"norms": unsplit, "fragments": nameless})["totals"]["norms_total"] == 2
    split = [*complete()["fragments"], fragment("f3", "n3")]
    totals = digest_with(connection, {"norms": unsplit, "fragments": split})["totals"]
    assert (totals["norms_total"], totals["sources_total"], totals["scopes_total"]) == (3, 3, 3)


def test_an_assessment_of_a_fragment_that_is_not_there_is_counted_but_covers_nothing(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    totals = digest_with(connection, {"assessments": [assessment("gone"), assessment(None), assessment("f1")]})[
        "totals"
    ]

    assert (totals["assessments_total"], totals["fragments_with_irlc_total"]) == (3, 1)


def test_a_right_is_not_covered_by_an_assessment_of_another_that_nobody_lists(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    totals = digest_with(connection, {"assessments": [assessment("f1", "unlisted"), assessment("f2", None)]})["totals"]

    assert (totals["right_categories_total"], totals["right_categories_with_data_total"]) == (1, 0)


def test_a_blank_source_is_the_source_unknown_and_blanks_around_a_name_do_not_matter(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    places = [None, "", "\u2003", "unknown", " gazette", "gazette\n"]
    change: Change = {
        "norms": [norm(str(number), place, place) for number, place in enumerate(places)],
        "fragments": [fragment(str(number), str(number)) for number in range(len(places))],
    }
    totals = digest_with(connection, change)["totals"]
    assert (totals["sources_total"], totals["scopes_total"]) == (2, 2)
    rows = objects(connection, CONTEXT_SQL["coverage_by_source"])
    assert [(row["source_id"], row["norms_total"]) for row in rows] == [("gazette", 2), ("unknown", 4)]
    rows = objects(connection, CONTEXT_SQL["coverage_by_scope"])
    assert [(row["scope"], row["fragments_total"]) for row in rows] == [("gazette", 2), ("unknown", 4)]


# --- The bundled tables, and the known failing run ----------------------------------------------------------


def test_the_bundled_tables_are_ok_and_cover_this_much(connection: duckdb.DuckDBPyConnection) -> None:
    digest = digest_of(connection, read_tables())

    assert digest["status"] == "ok"
    assert digest["coverage"] == {
        "norms_classified_pct": 0.833333,
        "fragments_with_irlc_pct": 0.733333,
        "fragments_with_accountability_pct": 0.766667,
        "fragments_with_dual_coverage_pct": 0.633333,
        "accountability_edges_with_primary_evidence_pct": 1.0,
        "right_categories_with_data_pct": 1.0,
        "sources_with_assessments_pct": 1.0,
        "scopes_with_assessments_pct": 1.0,
        "sources_with_dual_coverage_pct": 1.0,
        "scopes_with_dual_coverage_pct": 1.0,
    }


def test_a_good_row_and_then_the_broken_one_give_the_five_reasons_of_the_known_failing_run(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    good = build_row(SPEC, digest_of(connection, read_tables()))
    broken = build_row(SPEC, digest_of(connection, read_tables(liberty_restriction_assessments=BROKEN)))
    assert [validation_errors(SPEC, row) for row in (good, broken)] == [[], []]

    history = rows_of([json.dumps(row).encode() for row in (good, broken)])
    report = judge(SPEC, history, rules=SPEC.rules(), last=20, entries_total=2, now=NOW).report

    assert report["strict_fail_reasons"] == [
        "max_focus_gate_failed_exceeded",
        "max_focus_gate_failed_rate_exceeded",
        "max_norms_classified_gate_failed_exceeded",
        "latest_focus_gate_failed",
        "latest_norms_classified_gate_failed",
    ]


def test_every_query_of_the_folder_is_used_by_the_lane() -> None:
    assert {file.name for file in FOLDER.glob("*.sql")} == {SPEC.digest_sql, *SPEC.context.values()}
