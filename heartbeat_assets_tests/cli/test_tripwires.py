"""`heartbeat tripwires`: what they said, looking now, acting, their past, and releasing a baseline."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from heartbeat_assets.governance import look as looking
from heartbeat_assets.governance.schema import schema_text
from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.cli.guarded import BAD, GOOD, RATE, WATCHED, emit, ledger_of, write_tripwires
from heartbeat_assets_tests.copied_project import CopiedProject

QUIET = {"domain": "SALES", "metric": "offers", "enabled": False}
ANA = ("--as", "ana@example.org")


@pytest.fixture
def bad(project: CopiedProject) -> CopiedProject:
    """Contracts fell from 95% to 74% and a tripwire watches them; another one is disabled."""
    write_tripwires(project, WATCHED, QUIET)
    emit(project, RATE, [*GOOD, *BAD])
    return project


# --- Listing and looking ----------------------------------------------------------------------------------------------


def test_what_nobody_looked_at_yet_is_listed_without_an_outcome(heartbeat: Heartbeat, bad: CopiedProject) -> None:
    document = heartbeat("tripwires").document
    assert document == heartbeat("tripwires", "list").document
    assert document["problems"] == []
    first, second = document["tripwires"]
    assert (first["name"], first["folder"], first["enabled"], first["outcome"]) == (RATE, "guards", True, None)
    assert (second["name"], second["enabled"], second["sentence"]) == ("SALES.offers", False, None)
    shown = heartbeat("tripwires", "--table").stdout
    assert "○ not looked at yet" in shown
    assert "○ disabled" in shown
    assert "throttle WHOLESALE" in shown


def test_a_look_is_recorded_by_whoever_looked_and_stops_nothing(heartbeat: Heartbeat, bad: CopiedProject) -> None:
    (looked,) = heartbeat("tripwires", "look", *ANA).document["tripwires"]
    assert looked["outcome"] == "TRIGGERED"
    assert (looked["figures"]["recent"]["figure"], looked["figures"]["baseline"]["figure"]) == (0.74, 0.95)
    (event,) = ledger_of(bad).journal.of("tripwire", RATE)
    assert (event.seq, event.actor, event.via) == (looked["evaluation"], "ana@example.org", "cli")
    listed = heartbeat("tripwires").document["tripwires"][0]
    assert (listed["outcome"], listed["sentence"]) == ("TRIGGERED", looked["sentence"])
    assert [(one["switch"], one["engaged"]) for one in heartbeat("switch").document] == [("GLOBAL", False)]


def test_act_throws_the_switch_once_an_evaluation(heartbeat: Heartbeat, bad: CopiedProject) -> None:
    document = heartbeat("tripwires", "look", "--act").document
    (action,) = [one for one in document["actions"] if one["done"] != "nothing"]
    assert (action["tripwire"], action["switch"], action["done"]) == (RATE, "WHOLESALE", "engaged")
    switch = heartbeat("switch").document[0]
    assert (switch["switch"], switch["engaged"], switch["cause"]) == (
        "WHOLESALE", True, document["tripwires"][0]["evaluation"]
    )  # fmt: skip
    again = heartbeat("tripwires", "look", "--act").document["actions"]
    assert [one["done"] for one in again] == ["already"]
    assert len(heartbeat("switch", "events", "wholesale").document) == 1


def test_only_those_that_are_looked_at_are_acted_on(heartbeat: Heartbeat, bad: CopiedProject) -> None:
    assert heartbeat("tripwires", "look").document["tripwires"][0]["outcome"] == "TRIGGERED"
    actions = heartbeat("tripwires", "look", "SALES.offers", "--act").document["actions"]
    assert [(one["tripwire"], one["done"]) for one in actions] == [("SALES.offers", "nothing")]
    assert [one["engaged"] for one in heartbeat("switch").document] == [False]


def test_strict_ends_with_4_when_one_triggers_and_with_0_when_none_does(
    heartbeat: Heartbeat, bad: CopiedProject
) -> None:
    assert heartbeat("tripwires", "look").exit_code == 0
    assert heartbeat("tripwires", "look", "--strict").exit_code == 4
    assert heartbeat("tripwires", "look", "SALES.offers", "--strict").exit_code == 0


def test_events_that_cannot_be_compared_are_a_problem_of_their_series_alone(
    heartbeat: Heartbeat, bad: CopiedProject
) -> None:
    write_tripwires(bad, {"domain": "SALES", "metric": "mixed", "enabled": True}, WATCHED)
    emit(bad, "SALES.mixed", [*GOOD, *BAD[:-1], 3.5])
    outcome = heartbeat("tripwires", "look", "--strict")
    mixed, rate = outcome.document["tripwires"]
    assert (mixed["outcome"], rate["outcome"], outcome.exit_code) == ("PROBLEM", "TRIGGERED", 4)
    assert "a metric is one or the other" in mixed["sentence"]
    assert heartbeat("tripwires", "look", "SALES", "--strict").exit_code == 4


def test_a_look_that_fails_for_a_reason_nobody_thought_of_keeps_no_other_from_looking_or_acting(
    heartbeat: Heartbeat, bad: CopiedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tripwires(bad, {"domain": "SALES", "metric": "cursed", "enabled": True}, WATCHED)
    look = looking.look

    def cursed(policy: Any, ledger: Any, **more: Any) -> Any:
        if policy.metric == "cursed":
            raise ZeroDivisionError("by zero")
        return look(policy, ledger, **more)

    monkeypatch.setattr(looking, "look", cursed)
    outcome = heartbeat("tripwires", "look", "--act", "--strict")
    broken, rate = outcome.document["tripwires"]
    assert (broken["outcome"], broken["evaluation"], outcome.exit_code) == ("PROBLEM", None, 4)
    assert broken["sentence"] == "SALES.cursed could not be looked at: ZeroDivisionError: by zero"
    assert rate["outcome"] == "TRIGGERED"
    assert [one["done"] for one in outcome.document["actions"]] == ["nothing", "engaged"]


@pytest.mark.parametrize(
    ("names", "looked"),
    [
        (["wholesale.CONTRACT_RATE"], [RATE]),
        (["Sales"], ["SALES.offers"]),
        (["guards"], [RATE, "SALES.offers"]),
        (["SALES", RATE, "guards"], ["SALES.offers", RATE]),
    ],
)
def test_a_name_may_be_a_tripwire_a_domain_or_a_folder(
    heartbeat: Heartbeat, bad: CopiedProject, names: list[str], looked: list[str]
) -> None:
    assert [one["name"] for one in heartbeat("tripwires", "look", *names).document["tripwires"]] == looked


def test_people_get_a_table_with_the_sentence_and_are_told_what_a_look_does_not_do(
    heartbeat: Heartbeat, bad: CopiedProject
) -> None:
    shown = heartbeat("tripwires", "look", "--table").stdout
    assert "◆ triggered" in shown
    assert "went from 95% (190 of 200) to 74% (37 of 50)" in shown
    assert "Nothing was stopped: this was a look." in shown
    acted = heartbeat("tripwires", "look", "--act", "--table").stdout
    assert "WHOLESALE is stopped until a person releases WHOLESALE." in acted
    quiet = heartbeat("tripwires", "look", "SALES", "--act", "--table").stdout
    assert "○ disabled" in quiet
    assert max(map(len, f"{shown}{acted}{quiet}".splitlines())) <= 100


def test_without_tripwires_that_is_said(heartbeat: Heartbeat, project: CopiedProject) -> None:
    assert heartbeat("tripwires", "--table").stdout.startswith("There is no tripwire below")
    assert heartbeat("tripwires").document == {"tripwires": [], "problems": []}
    assert heartbeat("tripwires", "look", "--table").stdout == "No tripwire is enabled.\n"
    assert heartbeat("tripwires", "look", "--strict").document["tripwires"] == []


# --- Mistakes ---------------------------------------------------------------------------------------------------------


def test_a_file_with_a_mistake_is_named_and_keeps_no_other_from_looking(
    heartbeat: Heartbeat, bad: CopiedProject
) -> None:
    file = write_tripwires(bad, WATCHED | {"metric": "offers", "max_drop": 3}, folder="more")
    (problem,) = heartbeat("tripwires").document["problems"]
    assert problem.startswith(f"{file}: ")
    assert "unknown field 'max_drop'" in problem
    outcome = heartbeat("tripwires", "look", "--strict")
    assert outcome.exit_code == 3
    assert json.loads(outcome.stdout)["tripwires"][0]["outcome"] == "TRIGGERED"
    assert outcome.error["message"] == problem
    assert heartbeat("tripwires", "look", RATE).exit_code == 0
    assert str(file) in heartbeat.fails(3, "tripwires", "look", "WHOLESALE.offers")
    assert heartbeat("tripwires", "--table").stdout.replace("\n", "").endswith("did you mean 'max_drop_pct'?")


def test_a_name_that_is_no_tripwire_is_told_with_those_that_are(heartbeat: Heartbeat, bad: CopiedProject) -> None:
    assert heartbeat.fails(2, "tripwires", "look", "WHOLESALE.contract_rat") == (
        f"no tripwire 'WHOLESALE.contract_rat'; did you mean '{RATE}'?"
    )
    said = heartbeat.fails(2, "tripwires", "show", "nothing")
    assert said == f"no tripwire 'nothing'; there is {RATE}, SALES.offers"


# --- The past, and the baseline ---------------------------------------------------------------------------------------


def test_show_has_the_policy_and_the_looks_and_outlives_the_file(heartbeat: Heartbeat, bad: CopiedProject) -> None:
    heartbeat("tripwires", "look")
    heartbeat("tripwires", "look")
    document = heartbeat("tripwires", "show", RATE.lower()).document
    assert (document["name"], document["folder"], document["policy"]["max_drop_pct"]) == (RATE, "guards", 20)
    assert [event["kind"] for event in document["events"]] == ["triggered", "triggered"]
    assert len(heartbeat("tripwires", "show", RATE, "--last", "1").document["events"]) == 1
    shown = heartbeat("tripwires", "show", RATE, "--table").stdout
    assert "max_drop_pct" in shown
    assert "triggered" in shown
    assert "It has not been looked at yet." in heartbeat("tripwires", "show", "SALES.offers", "--table").stdout
    write_tripwires(bad, QUIET)
    past = heartbeat("tripwires", "show", RATE).document
    assert (past["policy"], len(past["events"])) == (None, 2)
    assert "is in no file any more" in heartbeat("tripwires", "show", RATE, "--table").stdout


def test_a_person_releases_a_frozen_baseline_with_a_reason(heartbeat: Heartbeat, bad: CopiedProject) -> None:
    assert "NAME: WHOLESALE.contract_rate has no frozen baseline" in heartbeat.fails(
        2, "tripwires", "release-baseline", RATE, "--reason", "new prices"
    )
    heartbeat("tripwires", "look")
    assert "--reason is required" in heartbeat.fails(2, "tripwires", "release-baseline", RATE)
    assert "--reason is required" in heartbeat.fails(2, "tripwires", "release-baseline", RATE, "--reason", " ")
    event = heartbeat("tripwires", "release-baseline", RATE, "--reason", "new prices", *ANA).document
    assert (event["kind"], event["actor"], event["actor_kind"], event["reason"]) == (
        "baseline_released", "ana@example.org", "person", "new prices"
    )  # fmt: skip
    assert "baseline released" in heartbeat("tripwires", "show", RATE, "--table").stdout
    (listed, _) = heartbeat("tripwires", "list").document["tripwires"]
    assert listed["outcome"] == "TRIGGERED", "a release is no look"


def test_the_schema_is_printed_as_it_ships(heartbeat: Heartbeat) -> None:
    assert heartbeat("tripwires", "schema").stdout == schema_text()


# --- As a process -----------------------------------------------------------------------------------------------------


def test_a_script_looks_acts_and_stops_on_the_exit_code(heartbeat: Heartbeat, bad: CopiedProject) -> None:
    command = [str(Path(sys.executable).with_name("heartbeat")), "tripwires", "look", "--act", "--strict", *ANA]
    environment = {**os.environ, **bad.environment()}
    looked = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (looked.returncode, looked.stderr) == (4, "")
    assert json.loads(looked.stdout)["actions"][0]["done"] == "engaged"
    # What that process did is there for every other.
    assert heartbeat("switch", "list", "--strict").exit_code == 4
    assert heartbeat("switch", "release", "WHOLESALE", "--reason", "mended", *ANA).exit_code == 0
    assert heartbeat("switch", "list", "--strict").exit_code == 0


def test_two_that_look_and_act_at_once_throw_the_switch_once(bad: CopiedProject) -> None:
    command = [str(Path(sys.executable).with_name("heartbeat")), "tripwires", "look", "--act", *ANA]
    environment = {**os.environ, **bad.environment()}
    both = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in both:
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
    assert [event.kind for event in ledger_of(bad).journal.of("switch", "WHOLESALE")] == ["engaged"]
    assert len(ledger_of(bad).journal.of("tripwire", RATE)) == 2
