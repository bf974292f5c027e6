"""`heartbeat metrics`: what the metrics are now, one by one and over time, and how they come to have values."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import click
import pytest

from heartbeat_assets.cli import main
from heartbeat_assets.cli.output import WIDTH
from heartbeat_assets_tests.cli.calling import Heartbeat, Outcome
from heartbeat_assets_tests.cli.metric_shop import ANA, MetricShop, shop
from heartbeat_assets_tests.metrics.timed_shop import COUNT

__all__ = ["shop"]
GROUP = main.get_command(click.Context(main), "metrics")
assert isinstance(GROUP, click.Group)
SUBCOMMANDS = GROUP.list_commands(click.Context(GROUP))
DOCUMENT = {
    "metric_id", "service", "code", "name", "period", "unit", "direction", "description", "how_to_read", "methodology",
    "sources", "tags", "every", "owner", "norm_value", "alert_value", "recovery_value", "target_due_date",
    "verification_state", "verified_until", "value", "status", "tick", "computed_at", "source_as_of", "error",
    "benchmark", "stage", "sql", "sql_hash", "differences", "registered", "retired", "problem",
}  # fmt: skip


@pytest.fixture
def heartbeat(shop: MetricShop) -> Heartbeat:
    return Heartbeat()


def words(outcome: Outcome) -> str:
    """What is on standard output, its line ends as blanks; no line is wider than a terminal but for a path."""
    assert outcome.exit_code in (0, 4), outcome
    assert all(len(line) <= WIDTH or "/" in line for line in outcome.stdout.splitlines()), outcome.stdout
    return " ".join(outcome.stdout.split())


@pytest.mark.parametrize("command", SUBCOMMANDS)
def test_the_help_of_every_subcommand_shows_an_example_and_its_options(heartbeat: Heartbeat, command: str) -> None:
    outcome = heartbeat("metrics", command, "--help")
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    shown = r"heartbeat metrics\n" if command == "list" else rf"heartbeat metrics {command}\b"
    assert re.search(rf"^  {shown}", outcome.stdout, re.MULTILINE), outcome.stdout
    # A schema is JSON and nothing else.
    assert command == "schema" or "--json / --table" in outcome.stdout
    assert max(map(len, outcome.stdout.splitlines())) <= WIDTH


def test_the_help_of_the_group_has_every_subcommand_and_the_options_of_the_list(heartbeat: Heartbeat) -> None:
    said = heartbeat("metrics", "--help").stdout
    for command in SUBCOMMANDS:
        assert re.search(rf"^  {command} +[A-Z].*\.$", said, re.MULTILINE), command
    assert "--unverified" in said
    assert "No such command 'lst'" in heartbeat.fails(2, "metrics", "lst")


# --- list -------------------------------------------------------------------------------------------------------------


def test_a_project_without_metrics_says_where_they_would_be(heartbeat: Heartbeat, shop: MetricShop) -> None:
    assert heartbeat("metrics").document == []
    assert words(heartbeat("metrics", "--table")).startswith("There is no metric below")


def test_metrics_are_listed_before_they_are_registered_and_nothing_is_written(
    heartbeat: Heartbeat, shop: MetricShop
) -> None:
    shop.write_metric()
    (metric,) = heartbeat("metrics").document
    assert set(metric) == DOCUMENT
    assert (metric["registered"], metric["stage"], metric["status"]) == (False, 1, "no_data")
    assert metric["norm_value"] == 20.0
    assert "Not registered yet: orders_day. Next: heartbeat metrics compute" in words(heartbeat("metrics", "--table"))
    assert shop.store.rows() == {}


def test_the_worst_comes_first_with_symbol_word_and_what_a_person_needs(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric("a_green")
    shop.write_metric("b_amber", norm_value="30")
    shop.write_metric("c_red", norm_value="50", alert_value="40")
    shop.write_metric("d_failing", "SELECT nonsense FROM orders")
    heartbeat("metrics", "compute")
    heartbeat("metrics", "set", "c_red", "--owner", ANA, "--why", "hers")
    assert [metric["metric_id"] for metric in heartbeat("metrics").document] == [
        "c_red", "b_amber", "d_failing", "a_green",
    ]  # fmt: skip
    outcome = heartbeat("metrics", "--table")
    lines = outcome.stdout.splitlines()
    assert lines[0].split()[:6] == ["code", "name", "value", "status", "owner", "verified"]
    assert re.match(r"CRED  Orders a day  2[45] orders +◆ red +ana@example\.o… +no ", lines[2])
    assert "no value   ○ no data" in lines[4]
    assert words(outcome).endswith("4 metrics: 1 ◆ red, 1 ▲ amber, 1 ● green, 1 ○ no data; 0 verified.")


def test_a_list_can_be_narrowed_down(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric("a_green")
    shop.write_metric("c_red", norm_value="50", alert_value="40")
    heartbeat("metrics", "compute")
    heartbeat("metrics", "set", "c_red", "--owner", ANA, "--why", "hers")
    heartbeat("metrics", "verify", "c_red", "--why", "counted")

    def listed(*options: str) -> list[str]:
        return [metric["metric_id"] for metric in heartbeat("metrics", *options).document]

    assert listed("--status", "red", "--status", "amber") == ["c_red"]
    assert listed("--owner", ANA) == listed("list", "--owner", ANA) == ["c_red"]
    assert listed("--owner", "none") == listed("--unverified") == ["a_green"]
    assert listed("--service", "shop") == ["c_red", "a_green"]
    assert listed("--retired") == []
    assert heartbeat.fails(2, "metrics", "--service", "web") == "--service web: there is shop"


def test_a_file_with_a_mistake_is_told_and_hides_no_other(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric("good")
    shop.write_metric("bad", direction="sideways")
    assert [metric["metric_id"] for metric in heartbeat("metrics").document] == ["good"]
    assert "◆ " in words(heartbeat("metrics", "--table"))
    for command in (["metrics"], ["metrics", "compute"], ["metrics", "discover"]):
        assert "bad.sql: line 5, direction: must be" in words(heartbeat(*command, "--table"))
    assert "line 5, direction: must be" in heartbeat.fails(3, "metrics", "show", "bad")


# --- show, history, events --------------------------------------------------------------------------------------------


def test_everything_about_a_metric_is_shown(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric()
    heartbeat("metrics", "backfill", "--days", "2")
    heartbeat("metrics", "set", "orders_day", "--alert-value", "12", "--why", "as agreed")
    document = heartbeat("metrics", "show", "orders_day").document
    assert set(document) == DOCUMENT | {"values", "events"}
    assert (len(document["values"]), document["stage"]) == (10, 6)
    assert document["differences"] == ["alert_value: 12 is in force, the file has 10"]
    said = words(heartbeat("metrics", "show", "ORDE", "--table"))
    assert said.startswith("ORDE orders_day of shop: Orders a day ● green 24 orders at ")
    assert "Normal is 24 ± 0 orders, over 48 values of 30 days." in said
    assert "Higher is better: norm_value 20 orders, alert_value 12 orders." in said
    assert "No owner; unverified; stage 6 of 10, unverified." in said
    assert "The file says otherwise: alert_value: 12 is in force, the file has 10" in said
    assert "alert_value 10.0 -> 12.0 ana@example.org: as agreed" in said
    assert said.endswith("ordered_at <= $as_of")


def test_an_unknown_metric_is_wrong_usage_with_a_hint(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric()
    for command in ("show", "history", "events", "validate"):
        said = heartbeat.fails(2, "metrics", command, "order_day")
        assert said == "no metric 'order_day'; did you mean 'orders_day'?"
    assert heartbeat.fails(2, "metrics", "compute", "zebra") == "no metric 'zebra'; there is orders_day"


def test_the_values_over_time_are_shown_and_written_as_csv(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric()
    heartbeat("metrics", "backfill", "--days", "2")
    values = heartbeat("metrics", "history", "orders_day").document
    assert len(values) == 48
    assert values[0]["tick"] < values[-1]["tick"]
    since = values[40]["tick"]
    assert len(heartbeat("metrics", "history", "orders_day", "--since", since).document) == 8
    # The day of the first value is over at any time of day; that of a later one may be today.
    until = values[0]["tick"][:10]
    assert 0 < len(heartbeat("metrics", "history", "orders_day", "--until", until).document) < 48
    file = shop.folder / "values.csv"
    report = heartbeat("metrics", "history", "orders_day", "--csv", str(file)).document
    assert report == {"metric_id": "orders_day", "file": str(file), "rows": 48}
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert [row["tick"] for row in rows] == [value["tick"] for value in values]
    assert (rows[-1]["value"], rows[-1]["status"], rows[-1]["error"]) == ("24.0", "green", "")
    assert "24 orders ● green" in words(heartbeat("metrics", "history", "orders_day", "--table"))
    said = heartbeat.fails(2, "metrics", "history", "orders_day", "--since", "yesterday")
    assert said.startswith("--since yesterday: write a date such as 2026-02-23")


def test_the_audit_trail_says_who_changed_what_and_why(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric()
    heartbeat("metrics", "compute")
    heartbeat("metrics", "set", "orders_day", "--owner", "bob@example.org", "--why", "his", "--as", "eve@example.org")
    *_, event = heartbeat("metrics", "events", "orders_day").document
    expected = {"actor": "eve@example.org", "actor_kind": "person", "via": "cli", "field": "owner", "before": None}
    assert {name: event[name] for name in expected} == expected
    assert (event["after"], event["reason"]) == ("bob@example.org", "his")
    said = words(heartbeat("metrics", "events", "orders_day", "--table"))
    assert "owner bob@example.org eve@example.org: his" in said


# --- compute, backfill, benchmark -------------------------------------------------------------------------------------


def test_compute_registers_and_computes_once(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric()
    shop.write_metric("daily", every="day")
    first, second = heartbeat("metrics", "compute").document, heartbeat("metrics", "compute").document
    assert (first["computed"], first["recorded"], first["registry"]["registered"]) == (2, 2, ["daily", "orders_day"])
    assert (second["computed"], second["recorded"], second["known"]) == (0, 0, 2)
    assert {metric["metric_id"]: metric["status"] for metric in second["metrics"]} == {
        "daily": "green", "orders_day": "green",
    }  # fmt: skip
    assert "0 recorded, 2 known already." in words(heartbeat("metrics", "compute", "--table"))


def test_compute_takes_services_ids_and_codes(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric("one")
    shop.write_metric("two")
    assert [m["metric_id"] for m in heartbeat("metrics", "compute", "TWO0").document["metrics"]] == ["two"]
    assert [m["metric_id"] for m in heartbeat("metrics", "compute", "shop").document["metrics"]] == ["one", "two"]


def test_a_failing_query_is_shown_beside_the_others(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric("a_failing", "SELECT nonsense FROM orders")
    shop.write_metric()
    outcome = heartbeat("metrics", "compute", "--table")
    assert outcome.exit_code == 0
    assert "a_failing no value ○ no data a_failing.sql, line 12: Binder Error: Referenced column" in words(outcome)
    assert "orders_day 24 orders ● green" in words(outcome)


def test_strict_ends_with_4_only_for_a_verified_metric_with_an_owner(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric(alert_value="50", norm_value="60")
    assert heartbeat("metrics", "compute", "--strict").exit_code == 0
    heartbeat("metrics", "set", "orders_day", "--owner", ANA, "--why", "hers")
    assert heartbeat("metrics", "compute", "--strict").exit_code == 0
    heartbeat("metrics", "verify", "orders_day", "--why", "counted")
    outcome = heartbeat("metrics", "compute", "--strict")
    assert outcome.exit_code == 4
    (metric,) = outcome.document["metrics"]
    assert (metric["blocks"], [check["check"] for check in metric["failed_checks"]]) == (
        True, ["within_alert", "within_norm"],
    )  # fmt: skip
    assert "what depends on it is held" in words(heartbeat("metrics", "compute", "--table"))
    assert heartbeat("metrics", "compute").exit_code == 0


def test_a_backfill_gives_a_past_and_what_is_normal_at_once(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric()
    shop.write_metric("daily", every="day")
    shop.write_metric("timeless", "SELECT count(*) FROM orders")
    document = heartbeat("metrics", "backfill", "--days", "5").document
    assert document["skipped"] == {"timeless": "its query does not use $as_of, so its past cannot be known"}
    assert (document["recorded"], document["benchmarks"]) == (5 * 24 + 5 + 1, 3)
    assert len(shop.store.values("daily")) == 5
    again = heartbeat("metrics", "backfill", "--days", "5", "--table")
    assert "0 values recorded, 126 known already, 3 benchmarks." in words(again)
    assert "timeless: its query does not use $as_of" in words(again)


def test_a_backfill_may_be_of_a_span_and_of_every_so_many_hours(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric()
    options = ("--from", "2026-02-01", "--to", "2026-02-03", "--every-hours", "6")
    document = heartbeat("metrics", "backfill", "orders_day", *options).document
    assert document["recorded"] == 12
    assert [value.tick.hour for value in shop.store.values("orders_day")] == [0, 6, 12, 18] * 3
    said = heartbeat.fails(2, "metrics", "backfill", "--from", "2026-02-03", "--to", "2026-02-01")
    assert said.startswith("--from 2026-02-03: is after the end, 2026-02-01 23:59 UTC")


def test_what_is_normal_is_worked_out_when_asked(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric()
    assert heartbeat("metrics", "benchmark").document == []
    heartbeat("metrics", "compute")
    (found,) = heartbeat("metrics", "benchmark").document
    assert (found["metric_id"], found["benchmark"]["count"], found["benchmark"]["stddev"]) == ("orders_day", 1, None)
    assert "orders_day 24 orders, over 1 value of 30 days" in words(heartbeat("metrics", "benchmark", "--table"))


# --- validate, discover -----------------------------------------------------------------------------------------------


def test_a_validation_leaves_a_dated_file(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric(sql=f"{COUNT}\n-- crosscheck:\nSELECT 24")
    first, second = (heartbeat("metrics", "validate", "ORDE").document for _ in range(2))
    file = Path(first["file"])
    assert file.parent == shop.folder / "docs/metric-audits"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-orders_day\.md", file.name)
    assert second["file"] == str(file).replace(".md", "-2.md")
    assert file.read_text(encoding="utf-8").startswith("# ORDE: Orders a day\n")
    elsewhere = heartbeat("metrics", "validate", "orders_day", "--out", str(shop.folder / "audits"), "--table")
    assert "orders_day is 24 orders now. The crosscheck says 24 orders, 0 apart. ● ok Audit: " in words(elsewhere)
    assert len(list((shop.folder / "audits").iterdir())) == 1


def test_a_strict_validation_ends_with_4_when_the_crosscheck_differs(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric(sql=f"{COUNT}\n-- crosscheck:\nSELECT 25")
    assert heartbeat("metrics", "validate", "orders_day").exit_code == 0
    outcome = heartbeat("metrics", "validate", "orders_day", "--strict")
    assert outcome.exit_code == 4
    assert outcome.document["problems"] == ["the crosscheck gives another number than the query"]
    assert heartbeat("metrics", "validate", "orders_day", "--strict", "--tolerance", "0.05").exit_code == 0
    said = heartbeat.fails(2, "metrics", "validate", "orders_day", "--tolerance", "7")
    assert said.startswith("--tolerance 7.0: must be from 0 up to 1")


def test_a_strict_validation_ends_with_4_when_a_source_is_gone(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric()
    (shop.folder / "data/orders.csv").unlink()
    assert heartbeat("metrics", "validate", "orders_day", "--strict").exit_code == 4


def test_what_there_is_to_build_on_is_shown(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric()
    document = heartbeat("metrics", "discover").document
    assert [metric["metric_id"] for metric in document["metrics"]] == ["orders_day"]
    said = words(heartbeat("metrics", "discover", "--table"))
    assert "orders (table, data/orders.csv): used by orders_day 240 rows, " in said
    assert "prices (table, data/prices.csv): used by no metric 1 row" in said
    assert "amount DOUBLE 100%" in said


# --- Beside the group -------------------------------------------------------------------------------------------------


def test_audit_trails_are_verified_one_by_one_and_all_at_once(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric()
    heartbeat("metrics", "compute")
    report = heartbeat("verify", "orders_day").document
    assert (report["metric_id"], report["unbroken"], report["entries"]) == ("orders_day", True, 8)
    assert heartbeat("verify", "orders_day", "--head", report["head_hash"]).exit_code == 0
    outcome = heartbeat("verify", "orders_day", "--head", "0" * 64)
    assert outcome.exit_code == 4
    assert outcome.document["broken_at"] == 9
    assert "no event has the hash 000" in outcome.document["reason"]
    everything = heartbeat("verify", "--metrics").document
    assert (everything["metrics"], everything["events"], everything["unbroken"]) == (1, 8, True)
    assert words(heartbeat("verify", "--metrics", "--table")) == "1 audit trails of metrics, 8 events: none broken."
    assert heartbeat.fails(2, "verify", "zebra").endswith("nor is there a metric of that id")
    assert heartbeat.fails(2, "verify") == (
        "name a lane, a metric or a STREAM/SUBJECT of the journal, or give --metrics or --journal"
    )


def test_the_doctor_looks_at_metrics(heartbeat: Heartbeat, shop: MetricShop) -> None:
    def said() -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for check in heartbeat("doctor").document["checks"]:
            found.setdefault(check["check"], []).append((check["status"], check["finding"]))
        return found

    shop.write_metric()
    assert said()["metrics"][1] == (
        "degraded", "not registered yet: orders_day; run `heartbeat metrics compute`",
    )  # fmt: skip
    heartbeat("metrics", "compute")
    found = said()
    assert found["metrics"] == [("ok", "1 registered in 1 service")]
    ((status, sentence),) = found["shop"]
    assert status == "ok"
    assert sentence.startswith("newest tick ")
    shop.write_metric("bad", direction="sideways")
    outcome = heartbeat("doctor")
    assert outcome.exit_code == 3
    assert "line 5, direction: must be" in outcome.error["message"]


def test_the_doctor_says_that_a_schedule_stands_still(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric()
    heartbeat("metrics", "backfill", "--from", "2026-02-01", "--to", "2026-02-01")
    (finding,) = [check for check in heartbeat("doctor").document["checks"] if check["check"] == "shop"]
    assert finding["status"] == "degraded"
    assert finding["finding"].startswith("newest tick 2026-02-01 23:00 UTC, computed ")
    assert finding["finding"].endswith("behind; is Dagster's daemon running (`make ui`)?")


def test_the_schema_of_a_service_is_printed_and_nothing_else(heartbeat: Heartbeat) -> None:
    from heartbeat_assets.metrics.schema import schema_text

    assert heartbeat("metrics", "schema").stdout == schema_text()
