"""`lanes check`: every mistake at once, each by its file and item, and nothing recorded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.lanes.checking import LaneCheck, check_lanes
from heartbeat_assets.lanes.periods import period_called
from heartbeat_assets.lanes.spec import Partitions
from heartbeat_assets.settings import Settings
from heartbeat_assets_tests.copied_project import CopiedProject
from heartbeat_assets_tests.own_project import LANE, PACKAGE, SQL, OwnProject, own_project


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnProject]:
    yield from own_project(tmp_path, monkeypatch)


def only(own: OwnProject) -> LaneCheck:
    """The check of the one lane there is."""
    (check,) = check_lanes(own.settings)
    return check


def said(check: LaneCheck, severity: str = "error") -> list[str]:
    """What was found, each with the name of its file."""
    return [f"{one.file.name}: {one.said}" for one in check.findings if one.severity == severity]


# --- Nothing wrong --------------------------------------------------------------------------------------------------


def test_the_shipped_lanes_have_nothing_to_mend(settings: Settings) -> None:
    checks = check_lanes(settings)
    assert {check.lane for check in checks} >= {"citizen_product", "liberty_restrictions"}
    assert [(check.lane, check.findings) for check in checks if check.findings] == []
    assert {check.status for check in checks} == {"ok"}


def test_a_good_lane_tells_what_its_sources_hold_and_its_numbers_are(own: OwnProject) -> None:
    own.write_lane()
    check = only(own)
    assert (check.findings, check.status) == ([], "ok")
    columns = {"order_id": "VARCHAR", "amount": "DOUBLE"}
    assert check.sources == {"orders": {"present": True, "files": 1, "rows": 3, "columns": columns}}
    assert check.digest is not None
    assert check.digest["metrics"] == {"orders_total": 3, "mean_amount": 15.25}


def test_checking_records_nothing(own: OwnProject, project: CopiedProject) -> None:
    # The copied project's lane has telemetry, which a run would store.
    check_lanes(project.settings)
    left = [file for file in project.home.rglob("*") if file.is_file()] if project.home.exists() else []
    assert left == []


# --- The file -------------------------------------------------------------------------------------------------------


def test_a_lane_that_cannot_be_loaded_keeps_no_other_from_being_checked(own: OwnProject) -> None:
    own.write_lane("good")
    own.write(f"{PACKAGE}/defs/bad/defs.yaml", "type: [")
    own.write(f"{PACKAGE}/defs/worse/defs.yaml", LANE.replace("unit: count", "unit: pieces").replace("min: 1,", ""))
    own.write(f"{PACKAGE}/defs/other/defs.yaml", "type: somebody.Else\n")
    checks = {check.lane: check for check in check_lanes(own.settings)}
    assert {name: check.status for name, check in checks.items()} == {"bad": "failed", "good": "ok", "worse": "failed"}
    assert said(checks["bad"])[0].startswith("defs.yaml: line 2, column 1: ")
    assert said(checks["worse"]) == [
        "defs.yaml: kpis[0] orders_total.unit: must be 'ratio', 'seconds', 'count' or 'number', not 'pieces'",
    ]


def test_several_mistakes_in_one_file_are_told_at_once(own: OwnProject) -> None:
    own.write_lane(yaml=LANE.replace("kind: table", "kind: tabel").replace("max: 100", "max: many, min: 1"))
    assert said(only(own)) == [
        "defs.yaml: sources.orders.kind: must be 'events' or 'json' or 'table' or 'warehouse' or 'kpi_events', "
        "not 'tabel'",
        "defs.yaml: kpis[1] mean_amount.max: must be a number, not 'many'",
    ]


def test_two_lanes_of_one_name_are_told_of_the_second(own: OwnProject) -> None:
    own.write_lane("one", LANE + "  name: same\n")
    own.write_lane("two", LANE + "  name: same\n")
    first, second = check_lanes(own.settings)
    assert first.findings == []
    assert said(second)[0].startswith("defs.yaml: name: 'same' is taken by ")


def test_only_lanes_asked_for_are_checked_and_a_broken_one_goes_by_its_folder(own: OwnProject) -> None:
    own.write_lane("good")
    own.write(f"{PACKAGE}/defs/bad/defs.yaml", "type: [")
    assert [check.lane for check in check_lanes(own.settings, ["bad"])] == ["bad"]
    with pytest.raises(UsageProblem, match="no lane 'gone'; there is bad, good"):
        check_lanes(own.settings, ["good", "gone"])


# --- The queries ----------------------------------------------------------------------------------------------------


def test_every_query_that_is_not_there_is_named_with_its_field(own: OwnProject) -> None:
    own.write_lane(yaml=LANE + "  context: {top: top.sql, all: all.sql}\n", sql=None)
    own.write(f"{PACKAGE}/defs/shop/all.sql", "SELECT * FROM orders")
    check = only(own)
    folder = own.defs / "shop"
    assert said(check) == [
        f"defs.yaml: digest_sql: {folder / 'digest.sql'}: No such file or directory; put the query there",
        f"defs.yaml: context.top: {folder / 'top.sql'}: No such file or directory; put the query there",
    ]


def test_the_engines_words_name_the_line_of_the_file(own: OwnProject) -> None:
    own.write_lane(
        yaml=LANE + "  context: {top: top.sql}\n", sql="-- orders\n\nSELECT count(*) AS orders_total\nFORM orders"
    )
    own.write(f"{PACKAGE}/defs/shop/top.sql", "SELECT order_id,\n  amnt\nFROM orders\n")
    digest, top = said(only(own))
    assert digest.startswith('digest.sql: Parser Error: syntax error at or near "FORM"')
    assert "LINE 4: FORM orders" in digest
    assert top.startswith('top.sql: Binder Error: Referenced column "amnt" not found')
    assert "LINE 2:   amnt" in top


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (
            "SELECT 1 AS orders_total, 2 AS mean_amount FROM orders",
            "returned more than one row; it must return exactly",
        ),
        (
            "SELECT 1 AS orders_total, 2 AS mean_amount FROM orders WHERE false",
            "returned no row; it must return exactl",
        ),
        ("SELECT 1 FROM gone", "Catalog Error: Table with name gone does not exist"),
        ("  \n\n", "is empty; write the query that defs.yaml has as digest_sql"),
    ],
)
def test_a_query_without_its_one_row_is_an_error(own: OwnProject, sql: str, words: str) -> None:
    own.write_lane(sql=sql)
    (problem,) = said(only(own))
    assert problem.startswith(f"digest.sql: {words}")


def test_a_rollup_that_is_refused_is_named(project: CopiedProject) -> None:
    (project.lane_folder / "rollup.sql").write_text("SELECT nothing FROM events", encoding="utf-8")
    (check,) = check_lanes(project.settings, ["citizen_product"])
    assert [one.file.name for one in check.findings if one.severity == "error"] == ["rollup.sql"]
    assert '"nothing" not found' in check.findings[0].said


def test_each_lost_column_is_told_and_what_is_no_number(own: OwnProject) -> None:
    own.write_lane(
        yaml=LANE
        + """  recorded: [totals]
  gates:
    - {name: one_gate, conditions: [{value: coverage.share, min: 1}, {value: metrics.mean_amount, max: 100}]}
    - {name: two_gate, conditions: [{value: figures.text, min: 2}]}
  preconditions:
    - {reason: nothing_there, value: totals.lost, min: 1}
""",
        sql="SELECT 'many' AS orders_total, 'text' AS \"figures.text\" FROM (SELECT 1)",
    )
    check = only(own)
    assert said(check) == [
        "digest.sql: column 'orders_total' is str; a KPI must be a number or NULL",
        "digest.sql: returns no column 'mean_amount', which defs.yaml has as a KPI; add it",
        'digest.sql: returns no column "coverage.share", which defs.yaml has in gate one_gate; add it',
        'digest.sql: column "figures.text" is str; gate two_gate in defs.yaml needs a number or NULL',
        'digest.sql: returns no column "totals.lost", which defs.yaml has in precondition nothing_there; add it',
        'digest.sql: returns no column "totals.…", which defs.yaml wants `recorded`; add one, or take it out',
    ]
    assert check.digest is None


# --- The sources ----------------------------------------------------------------------------------------------------

SOURCES = LANE.replace(
    "  kpis:",
    """    gone: {kind: table, path: data/gone.csv, columns: {id: text}}
    loose: {kind: json, path: data/loose.json}
    stock: {kind: warehouse, table: shop.stock, columns: {item: text}}
    wrong: {kind: table, path: data/orders.csv, columns: {order_id: integer}}
    lost: {kind: table, path: data/orders.csv, columns: {order_id: text, country: text}}
  kpis:""",
)


def test_every_source_that_cannot_be_read_is_told_and_the_query_is_tried_all_the_same(own: OwnProject) -> None:
    query = "SELECT count(*) AS orders_total\nFROM orders, gone, loose, stock, wrong, lost\nWHERE lost.country = 'ES'"
    own.write_lane(yaml=SOURCES, sql=query)
    check = only(own)
    problems = said(check)
    hint = "no such file or folder; paths are relative to the project. Correct it, or set `required: false`"
    assert problems[0] == f"defs.yaml: sources.gone: data/gone.csv: {hint}"
    assert problems[1] == f"defs.yaml: sources.loose: data/loose.json: {hint}"
    assert problems[2].startswith(
        "defs.yaml: sources.stock: table shop.stock of the warehouse: HEARTBEAT_WAREHOUSE_URL"
    )
    assert problems[3].startswith("defs.yaml: sources.wrong: ")
    assert "column order_id is declared integer" in problems[3]
    assert problems[4].startswith("defs.yaml: sources.lost: ")
    assert "no column country" in problems[4]
    assert problems[4].endswith("'country' is used in digest.sql line 3: WHERE lost.country = 'ES'")
    assert problems[5:] == ["digest.sql: returns no column 'mean_amount', which defs.yaml has as a KPI; add it"]
    assert said(check, "warning") == []


def test_without_columns_nothing_can_stand_in_for_a_lost_source(own: OwnProject) -> None:
    own.write_lane(
        yaml=LANE.replace("data/orders.csv", "data/gone.csv").replace("columns: {order_id: text, amount: number}", "")
    )
    check = only(own)
    assert [problem[:28] for problem in said(check)] == ["defs.yaml: sources.orders: d"]
    assert said(check, "warning") == ["digest.sql: was not run, since a source cannot be read"]


def test_an_optional_source_that_is_not_there_is_no_mistake(own: OwnProject) -> None:
    yaml = LANE.replace("  kpis:", "    more: {kind: json, path: data/more.json, required: false}\n  kpis:")
    own.write_lane(yaml=yaml, sql=SQL.replace("FROM orders", "FROM orders LEFT JOIN more ON true"))
    check = only(own)
    assert check.findings == []
    assert check.sources["more"] == {"present": False}


# --- The values -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kpi", "sql", "words"),
    [
        (
            "{name: a, max: 45, unit: ratio}", "SELECT 0.5 AS a",
            "defs.yaml: kpis[0] a.max: 45 is no ratio (from 0 to 1), and the history would refuse the run; mend it, or "
            "the `unit`",
        ),
        (
            "{name: a, max: 1, unit: ratio}", "SELECT 1.5 AS a",
            "digest.sql: column 'a': 1.5 is no ratio (from 0 to 1), and the history would refuse the run; mend the "
            "query, or the `unit`",
        ),
        (
            "{name: a, max: 1, unit: seconds}", "SELECT -2 AS a",
            "digest.sql: column 'a': -2 is no seconds (not below 0), and the history would refuse the run; mend the "
            "query, or the `unit`",
        ),
    ],
)  # fmt: skip
def test_what_the_history_would_refuse_is_an_error(own: OwnProject, kpi: str, sql: str, words: str) -> None:
    own.write_lane(yaml=value_lane(kpi), sql=f"{sql} FROM orders LIMIT 1")
    assert said(only(own)) == [words]


@pytest.mark.parametrize(
    ("kpi", "sql", "words"),
    [
        (
            "{name: a, max: 10, unit: seconds}", "SELECT 12.5 AS a",
            "defs.yaml: kpis[0] a: is 12.5 s now, and at most 10 s is wanted; the run would fail",
        ),
        ("{name: a, max: 1}", "SELECT NULL AS a", "digest.sql: column 'a' is NULL now; the run would be degraded"),
        (
            "{name: a, max: 1, missing: failed}", "SELECT NULL AS a",
            "digest.sql: column 'a' is NULL now; the run would fail",
        ),
    ],
)  # fmt: skip
def test_what_would_fail_a_run_now_is_a_warning(own: OwnProject, kpi: str, sql: str, words: str) -> None:
    own.write_lane(yaml=value_lane(kpi), sql=f"{sql} FROM orders LIMIT 1")
    check = only(own)
    assert said(check, "warning") == [words]
    assert (said(check), check.status) == ([], "degraded")
    assert check.digest is not None


def value_lane(kpi: str) -> str:
    head, _, tail = LANE.partition("  kpis:")
    window = "  window: {limits: {max_failed: 0}}\n"
    return f"{head}  kpis:\n    - {kpi}\n{window}" + tail[tail.index("  schedule:") :]


def test_gates_and_preconditions_that_do_not_hold_now_are_warnings(own: OwnProject) -> None:
    yaml = (
        value_lane("{name: a, max: 1}")
        + """  recorded: [coverage]
  gates:
    - {name: share_gate, conditions: [{value: coverage.share, min: 0.8}]}
  preconditions:
    - {reason: no_orders, value: coverage.orders, min: 5}
"""
    )
    yaml = yaml.replace("max_failed: 0", "max_failed: 0, max_share_gate_failed: 0")
    own.write_lane(yaml=yaml, sql='SELECT 1 AS a, 0.5 AS "coverage.share", count(*) AS "coverage.orders" FROM orders')
    assert said(only(own), "warning") == [
        "defs.yaml: gates[0] share_gate: does not pass now: share 0.5 (at least 0.8)",
        "defs.yaml: preconditions[0] no_orders: is not met now: coverage.orders must be at least 5; the run would fail",
    ]


def test_a_partitioned_lane_is_checked_over_its_newest_period(own: OwnProject) -> None:
    yaml = LANE.replace("amount: number}", "amount: number, at: timestamp}\n      period_column: at")
    own.write_lane(
        yaml=yaml + "  partitions: {by: day, start: 2026-01-01}\n",
        sql=SQL.replace("FROM", ", (SELECT key FROM period) AS day FROM"),
    )
    own.write("data/orders.csv", "order_id,amount,at\nA1,10,2020-01-01\n")
    check = only(own)
    assert said(check) == []
    assert check.digest is not None
    assert check.digest["metrics"]["orders_total"] == 0


BY_DAY = {"by": "day", "start": "2026-01-01"}
DAILY = LANE.replace("amount: number}", "amount: number, at: timestamp}\n      period_column: at")
DAILY += "  partitions: {by: day, start: 2026-01-01}\n"


def daily_check(own: OwnProject, day: str) -> LaneCheck:
    """The check of a daily lane over `day`, with a good order on the 2nd and one that is too dear on the 3rd."""
    own.write_lane(yaml=DAILY)
    own.write("data/orders.csv", "order_id,amount,at\nA1,10,2026-01-02\nA2,500,2026-01-03\n")
    (check,) = check_lanes(own.settings, periods=lambda lane: period_called(Partitions.model_validate(BY_DAY), day))
    return check


def test_what_is_found_over_a_period_names_it(own: OwnProject) -> None:
    check = daily_check(own, "2026-01-03")
    assert said(check, "warning") == [
        "defs.yaml: kpis[1] mean_amount: is 500 in the period 2026-01-03, and at most 100 is wanted; the run would fail"
    ]
    assert check.digest is not None
    assert (check.digest["period"]["key"], check.digest["events_in_period"]) == ("2026-01-03", 1)
    assert check.digest["generated_at"] == "2026-01-04T00:00:00+00:00"


def test_a_period_without_rows_is_told_and_one_with_rows_is_checked_in_its_place(own: OwnProject) -> None:
    empty = said(daily_check(own, "2026-01-05"), "warning")
    assert empty[0] == "defs.yaml: partitions: 2026-01-05 has no rows; try --period with one that has"
    assert "digest.sql: column 'mean_amount' is NULL in the period 2026-01-05; the run would be degraded" in empty
    good = daily_check(own, "2026-01-02")
    assert (good.findings, good.status) == ([], "ok")


def test_a_query_that_cannot_be_read_is_not_also_said_to_use_nothing(own: OwnProject) -> None:
    own.write_lane(sql="  \n")
    assert said(only(own), "warning") == []
    own.write_lane(sql="SELECT 1 AS orders_total, 2 AS mean_amount")
    assert said(only(own), "warning") == [
        "defs.yaml: sources.orders: no query uses it; use it in digest.sql, or take it out"
    ]


def test_a_path_that_is_not_relative_is_not_said_to_be(own: OwnProject) -> None:
    gone = own.folder / "elsewhere" / "gone.csv"
    own.write_lane(yaml=LANE.replace("data/orders.csv", str(gone)))
    hint = "no such file or folder. Correct it, or set `required: false`"
    assert said(only(own))[0] == f"defs.yaml: sources.orders: {gone}: {hint}"
