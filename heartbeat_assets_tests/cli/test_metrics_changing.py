"""`heartbeat metrics set`, `verify`, `unverify`, `retire` and `new`: what people decide, each with who and why."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from heartbeat_assets.cli import main
from heartbeat_assets.cli.actor import the_actor
from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.settings import load_settings
from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.cli.metric_shop import ANA, MetricShop, shop
from heartbeat_assets_tests.metrics.timed_shop import COUNT

__all__ = ["shop"]
ANSWERS = {
    "name": "Orders of two days", "code": "ORD2", "period": "last 48 hours", "unit": "orders",
    "direction": "higher_is_better", "description": "How many orders came in.", "how-to-read": "48 is normal.",
    "methodology": "Rows of two days.", "sources": "orders", "alert-value": "30", "rationale": "We lose sales.",
}  # fmt: skip
TWO_DAYS = "SELECT sum(1) FROM orders WHERE epoch_us(ordered_at) > epoch_us($as_of) - 2 * 86400000000"


@pytest.fixture
def heartbeat(shop: MetricShop) -> Heartbeat:
    return Heartbeat()


def options(**changes: str | None) -> list[str]:
    """The options that answer every question of `metrics new`, with changes; None leaves one out."""
    given: dict[str, str | None] = {**ANSWERS, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return [word for name, value in given.items() if value is not None for word in (f"--{name}", value)]


def draft(shop: MetricShop, sql: str = TWO_DAYS) -> str:
    return str(shop.project.write("draft.sql", sql))


def registered(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric()
    heartbeat("metrics", "compute")


def show(heartbeat: Heartbeat, metric_id: str = "orders_day") -> dict[str, Any]:
    document: dict[str, Any] = heartbeat("metrics", "show", metric_id).document
    return document


# --- set, verify, unverify --------------------------------------------------------------------------------------------


def test_owner_thresholds_and_due_date_are_set_and_cleared(heartbeat: Heartbeat, shop: MetricShop) -> None:
    registered(heartbeat, shop)
    given = ("--owner", ANA, "--norm-value", "22", "--recovery-value", "23", "--target-due-date", "2026-12-31")
    document = heartbeat("metrics", "set", "ORDE", *given, "--why", "as agreed").document
    assert document["changed"] == ["owner", "norm_value", "recovery_value", "target_due_date"]
    assert (document["actor"], document["reason"], document["owner"]) == (ANA, "as agreed", ANA)
    said = heartbeat("metrics", "set", "orders_day", "--clear", "norm_value", "--why", "too strict", "--table").stdout
    assert said == "orders_day: norm_value taken away. ○ unverified\n"
    assert show(heartbeat)["norm_value"] is None
    again = heartbeat("metrics", "set", "orders_day", "--owner", ANA, "--why", "again", "--table")
    assert again.stdout == "Nothing has changed: orders_day is like that already.\n"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "nothing to set; give --owner, --norm-value, --alert-value, --recovery-value, --target-due-date"),
        (["--owner", "ana"], "owner: 'ana' is no e-mail address"),
        (["--norm-value", "nan"], "norm_value: must be a finite number, not nan"),
        (["--norm-value", "much"], "Invalid value for '--norm-value'"),
        (["--alert-value", "30"], "alert_value: 30 is stricter than norm_value 20"),
        (["--target-due-date", "soon"], "target_due_date: must be a date such as 2026-12-31, not 'soon'"),
        (["--owner", ANA, "--clear", "owner"], "--clear owner: is given a value as well"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_changed(
    heartbeat: Heartbeat, shop: MetricShop, given: list[str], said: str
) -> None:
    registered(heartbeat, shop)
    before = shop.store.marks()
    assert said in heartbeat.fails(2, "metrics", "set", "orders_day", *given, "--why", "a test")
    assert shop.store.marks() == before


@pytest.mark.parametrize("why", [[], ["--why", " "]])
@pytest.mark.parametrize(
    "command",
    [
        ["set", "orders_day", "--owner", ANA],
        ["verify", "orders_day"],
        ["unverify", "orders_day"],
        ["retire", "orders_day"],
    ],
)
def test_no_change_without_a_reason(heartbeat: Heartbeat, shop: MetricShop, command: list[str], why: list[str]) -> None:
    registered(heartbeat, shop)
    assert heartbeat.fails(2, "metrics", *command, *why).startswith("--why is required")
    assert show(heartbeat)["owner"] is None
    assert (shop.metrics / "orders_day.sql").exists()


def test_a_metric_is_verified_by_its_owner_until_somebody_takes_it_back(heartbeat: Heartbeat, shop: MetricShop) -> None:
    registered(heartbeat, shop)
    said = heartbeat.fails(2, "metrics", "verify", "orders_day", "--why", "counted")
    assert said == "verification_state: a metric is verified by its owner; give it an owner first"
    heartbeat("metrics", "set", "orders_day", "--owner", ANA, "--why", "hers")
    verified = heartbeat("metrics", "verify", "orders_day", "--why", "counted", "--table")
    assert verified.stdout == "orders_day: verification_state verified. ● verified\n"
    assert (show(heartbeat)["verification_state"], show(heartbeat)["stage"]) == ("verified", 9)
    heartbeat("metrics", "unverify", "orders_day", "--why", "counted twice")
    assert (show(heartbeat)["verification_state"], show(heartbeat)["stage"]) == ("unverified", 8)


def test_a_verification_may_expire(heartbeat: Heartbeat, shop: MetricShop) -> None:
    shop.write_metric(verify_every="90d")
    heartbeat("metrics", "set", "orders_day", "--owner", ANA, "--why", "hers")
    document = heartbeat("metrics", "verify", "orders_day", "--why", "counted").document
    assert document["changed"] == ["verification_state", "verified_until"]
    assert document["verified_until"] > document["tick"] if document["tick"] else document["verified_until"]


def test_a_change_of_the_query_is_seen_before_a_verification(heartbeat: Heartbeat, shop: MetricShop) -> None:
    registered(heartbeat, shop)
    heartbeat("metrics", "set", "orders_day", "--owner", ANA, "--why", "hers")
    heartbeat("metrics", "verify", "orders_day", "--why", "counted")
    shop.write_metric(sql=COUNT.replace("24", "25"))
    heartbeat("metrics", "set", "orders_day", "--norm-value", "21", "--why", "as agreed")
    assert show(heartbeat)["verification_state"] == "unverified"
    assert "the query in own_shop/defs/shop/metrics/orders_day.sql was changed" in str(show(heartbeat)["events"])


# --- retire -----------------------------------------------------------------------------------------------------------


def test_a_retired_metric_loses_its_file_and_keeps_its_past(heartbeat: Heartbeat, shop: MetricShop) -> None:
    registered(heartbeat, shop)
    said = " ".join(heartbeat("metrics", "retire", "orders_day", "--why", "nobody looks", "--table").stdout.split())
    assert said.startswith("orders_day is retired and ")
    assert "not in the ledger, only its hash" in said
    assert not (shop.metrics / "orders_day.sql").exists()
    assert heartbeat("metrics").document == []
    (metric,) = heartbeat("metrics", "--retired").document
    assert (metric["retired"], metric["stage"], metric["value"]) == (True, 10, 24.0)
    assert "orders_day of shop is retired." in heartbeat("metrics", "show", "orders_day", "--table").stdout
    assert len(heartbeat("metrics", "history", "orders_day").document) == 1
    *_, event = heartbeat("metrics", "events", "orders_day").document
    assert (event["field"], event["after"], event["reason"], event["actor"]) == (
        "registration", "retired", "nobody looks", ANA,
    )  # fmt: skip
    heartbeat("metrics", "compute")
    assert len(heartbeat("metrics", "events", "orders_day").document) == event["place"]
    for command in ("retire", "verify", "unverify"):
        assert "is retired" in heartbeat.fails(2, "metrics", command, "orders_day", "--why", "again")


def test_a_file_that_comes_back_under_a_retired_id_is_refused(heartbeat: Heartbeat, shop: MetricShop) -> None:
    registered(heartbeat, shop)
    heartbeat("metrics", "retire", "orders_day", "--why", "nobody looks")
    shop.write_metric()
    document = heartbeat("metrics", "compute").document
    assert (document["recorded"], document["metrics"]) == (0, [])
    assert "by ana@example.org (nobody looks); an id is never used again" in document["registry"]["refused"][0]
    assert show(heartbeat)["retired"] is True
    checks = heartbeat("doctor")
    assert "orders_day is retired, and an id is never used again; rename or remove it" in checks.error["message"]


# --- new --------------------------------------------------------------------------------------------------------------


def test_a_new_metric_is_written_registered_and_has_its_first_value(heartbeat: Heartbeat, shop: MetricShop) -> None:
    outcome = heartbeat("metrics", "new", "orders_two_days", *options(), "--sql", draft(shop))
    document = outcome.document
    assert (document["registered"], document["value"], document["status"]) == (True, 49.0, "green")
    assert (document["similar"], document["backfill"], document["has_a_past"]) == ([], None, True)
    assert Path(document["file"]).read_text(encoding="utf-8").endswith(f"-- alert_value: 30.0\n{TWO_DAYS}\n")
    page = Path(document["candidates"])
    assert page.parent == shop.folder / "docs"
    assert "**What red would mean.** We lose sales." in page.read_text(encoding="utf-8")
    assert show(heartbeat, "orders_two_days")["alert_value"] == 30.0
    first, *_ = heartbeat("metrics", "events", "orders_two_days").document
    assert (first["actor"], first["actor_kind"]) == (ANA, "person")


def test_a_new_metric_tells_how_to_get_a_past_or_gets_it_at_once(heartbeat: Heartbeat, shop: MetricShop) -> None:
    said = heartbeat("metrics", "new", "one", *options(), "--sql", draft(shop, COUNT), "--table").stdout
    assert "Its past: heartbeat metrics backfill one --days 90\n" in said
    assert said.endswith("Next: heartbeat metrics show one\n")
    more = options(code="TWO2", name="Zebra", sources="orders")
    other = draft(shop, "SELECT max(amount) FROM orders WHERE ordered_at <= $as_of")
    document = heartbeat("metrics", "new", "two_two", *more, "--sql", other, "--backfill-days", "2").document
    assert (document["backfill"]["recorded"], document["benchmark"]["count"]) == (47, 48)


def test_the_query_may_come_from_standard_input(shop: MetricShop) -> None:
    arguments = ["metrics", "new", "piped", *options(), "--sql", "-"]
    result = CliRunner().invoke(main, arguments, input=TWO_DAYS, catch_exceptions=False)
    assert (result.exit_code, (shop.metrics / "piped.sql").exists()) == (0, True), result.stderr


def test_a_metric_like_another_needs_a_yes(heartbeat: Heartbeat, shop: MetricShop) -> None:
    registered(heartbeat, shop)
    given = ["metrics", "new", "orders_two_days", *options(), "--sql", draft(shop, COUNT.replace("24", "48"))]
    said = heartbeat.fails(2, *given)
    assert said.startswith("a metric like it is there: orders_day (Orders a day) of shop has the same query over")
    assert said.endswith("With --yes it is made all the same")
    assert not (shop.metrics / "orders_two_days.sql").exists()
    document = heartbeat(*given, "--yes").document
    assert [one["metric_id"] for one in document["similar"]] == ["orders_day"]


def test_all_that_is_missing_is_named(heartbeat: Heartbeat, shop: MetricShop) -> None:
    said = heartbeat.fails(2, "metrics", "new", "orders_two_days", *options(name=None, rationale=" ", alert_value=None))
    assert said == "missing: --name, --rationale, --sql; `heartbeat metrics new --help` says what each is"


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (["new", "Loud"], 2, "'Loud' cannot be a metric's id"),
        (["new", "fine", "--service", "web"], 2, "--service web: there is shop"),
        (["new", "fine", *options(), "--sql", "gone.sql"], 2, "--sql gone.sql: no such file"),
        (["new", "fine", *options(code="x"), "--sql", "draft.sql"], 2, "--code: must be 4 characters"),
        (["new", "fine", *options(), "--sql", "bad.sql"], 3, "failed, and nothing was written: bad.sql, line 2"),
    ],
)
def test_what_goes_wrong_writes_nothing(
    heartbeat: Heartbeat,
    shop: MetricShop,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    exit_code: int,
    said: str,
) -> None:
    monkeypatch.chdir(shop.folder)
    draft(shop)
    shop.project.write("bad.sql", "SELECT\nnonsense FROM orders")
    assert said in heartbeat.fails(exit_code, "metrics", *arguments)
    assert not shop.metrics.exists()
    assert not (shop.folder / "docs").exists()


class Terminal(io.StringIO):
    """Standard input with a person behind it."""

    def isatty(self) -> bool:
        return True


def test_at_a_terminal_what_is_not_given_is_asked_for(
    shop: MetricShop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.write_metric()
    answers = [
        "Orders of two days", "We lose sales.", "ORD2", "last 48 hours", "orders", "higher_is_better", "How many.",
        "48 is normal.", "Rows.", "orders", "", "30", draft(shop, COUNT.replace("24", "48")), "y",
    ]  # fmt: skip
    monkeypatch.setattr(sys, "stdin", Terminal("".join(f"{answer}\n" for answer in answers)))
    with pytest.raises(SystemExit) as ended:
        main(["metrics", "new", "orders_two_days", "--table"])
    printed = capsys.readouterr()
    assert ended.value.code == 0, printed
    assert "What would red on it mean" in printed.err
    assert "A metric like it is there: orders_day" in " ".join(printed.err.split())
    assert printed.out.startswith("Metric orders_two_days is ready:\n")
    header = (shop.metrics / "orders_two_days.sql").read_text(encoding="utf-8")
    assert "norm_value" not in header
    assert "-- alert_value: 30.0\n" in header


# --- Who --------------------------------------------------------------------------------------------------------------


def test_the_actor_is_who_is_named_else_the_variable_else_git_else_the_login(
    shop: MetricShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert the_actor(" eve@example.org ", load_settings()).name == "eve@example.org"
    assert the_actor(None, load_settings()).name == ANA
    monkeypatch.delenv("HEARTBEAT_ACTOR")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("LOGNAME", "ana_login")
    assert the_actor(None, load_settings()).name == "ana_login"
    subprocess.run(["git", "init", "-q", str(shop.folder)], check=True)
    subprocess.run(["git", "-C", str(shop.folder), "config", "user.email", "git@example.org"], check=True)
    found = the_actor(None, load_settings())
    assert (found.name, found.kind, found.via) == ("git@example.org", "person", "cli")
    monkeypatch.setenv("PATH", "/nowhere")
    assert the_actor(None, load_settings()).name == "ana_login"


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "x" * 300])
def test_a_name_that_is_none_is_refused(shop: MetricShop, name: str) -> None:
    with pytest.raises(UsageProblem, match=r"^--as "):
        the_actor(name, load_settings())


def test_every_question_has_an_option() -> None:
    from heartbeat_assets.cli.metrics.making import _OF_THE_HEADER, _QUESTIONS, new_command
    from heartbeat_assets.metrics.header import KEYS

    names = {option for parameter in new_command.params for option in parameter.opts}
    assert set(_OF_THE_HEADER) == set(KEYS)
    assert {f"--{key.replace('_', '-')}" for key in {*KEYS, *_QUESTIONS}} <= names
    assert isinstance(new_command, click.Command)
    assert re.search("business reason", str(new_command.get_help(click.Context(new_command))))
