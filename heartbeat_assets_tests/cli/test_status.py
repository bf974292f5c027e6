"""`heartbeat status` and `heartbeat component`: how everything stands, and what a person says over the rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from heartbeat_assets.ledger import Actor, NewJournalEvent, NewValue, open_ledger
from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.copied_project import CopiedProject

ANA = ("--as", "ana@example.org")
FILE = """type: heartbeat_assets.Operations
attributes:
  title: Shop
  kpis: [delay]
  components:
    - {id: api, name: API, rules: [{metric: delay, above: 30, to: DOWN}]}
  scenarios:
    - id: A
      title: Slow
      symptoms: [{text: slow, when: {metric: delay, above: 30}}]
      actions: [Poll every 15 s.]
      rollback: {text: Stop polling., when: {metric: delay, below: 5}}
  suggestions:
    - {id: down, title: The API is down, severity: 1, impact: Nobody can work., component: api}
"""


@pytest.fixture
def shop(heartbeat: Heartbeat, project: CopiedProject) -> Heartbeat:
    folder = project.settings.defs / "operations"
    folder.mkdir(exist_ok=True)
    (folder / "defs.yaml").write_text(FILE, encoding="utf-8")
    return heartbeat


def measured(project: CopiedProject, value: float) -> None:
    """Records a value of the metric `delay` of the last whole second."""
    at = datetime.now(UTC).replace(microsecond=0)
    open_ledger(project.settings.ledger_url).metrics.append_values(
        [NewValue("delay", at, value, "green", at, at, "0" * 64, None)]
    )


def test_without_operations_it_says_what_to_write(heartbeat: Heartbeat) -> None:
    assert "there is no heartbeat_assets.Operations; docs/status.md" in heartbeat.fails(3, "status")


def test_nothing_measured_is_not_ok(shop: Heartbeat) -> None:
    found = shop("status").document
    assert (found["state"], found["stale"]) == ("NO_DATA", True)
    assert shop("status", "--strict").exit_code == 4
    text = shop("status", "--table").stdout
    assert "○ NO DATA  API" in text
    assert text.splitlines()[-1] == "Shop: ○ NO DATA. Nothing is known of API. Some figures are old or missing."


def test_what_is_wrong_is_told_with_what_to_do(shop: Heartbeat, project: CopiedProject) -> None:
    measured(project, 90.0)
    text = shop("status", "--record", "--table").stdout
    assert "◆ DOWN  API" in text
    assert "Slow. Scenario A applies now since" in text
    assert "1. Poll every 15 s." in text
    assert "Suggested as an incident (" in text
    assert max(len(line) for line in text.splitlines()) <= 100
    assert shop("status", "--strict").exit_code == 4
    assert shop("status").document["components"][0]["since"] is not None


def test_all_is_well(shop: Heartbeat, project: CopiedProject) -> None:
    measured(project, 2.0)
    assert shop("status", "--strict").exit_code == 0
    assert "\nShop: ● OK. All is OK. By figures of " in shop("status", "--table").stdout


def test_a_share_that_is_not_whole_is_not_shown_as_100_percent(shop: Heartbeat, project: CopiedProject) -> None:
    budget = {"sli": 0.999962, "left_fraction": -0.25}
    body = {"outcome": "YELLOW", "target": 0.9999, "budget": budget, "judged_at": datetime.now(UTC).isoformat()}
    verdict = NewJournalEvent("objective", "api-read", "yellow", body=body)
    open_ledger(project.settings.ledger_url).journal.append(verdict, Actor("dagster", "program", "dagster"))
    shown = next(line for line in shop("status", "--table").stdout.splitlines() if "api-read" in line)
    assert shown.split() == ["▲", "YELLOW", "api-read", "99.996%", "99.99%", "-25%"]


def test_a_person_says_how_it_is_and_takes_it_back(shop: Heartbeat, project: CopiedProject) -> None:
    measured(project, 2.0)
    said = shop("component", "override", "api", "down", "--for", "2h", "--reason", "it moves", *ANA).document
    assert (said["component"], said["state"], said["actor"]) == ("api", "DOWN", "ana@example.org")
    (api,) = shop("component").document
    assert (api["state"], api["found"], api["override"]["reason"]) == ("DOWN", "OK", "it moves")
    text = shop("component", "list", "--table").stdout
    assert "◆ DOWN  API (api)" in text
    assert "By the rules it is OK." in text
    assert "That person is ana@example.org." in text
    shop("component", "end-override", "api", "--reason", "it has moved", *ANA)
    assert shop("component").document[0]["override"] is None
    assert "COMPONENT: nobody says" in shop.fails(2, "component", "end-override", "api", "--reason", "again", *ANA)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("apo", "DOWN", "--for", "2h"), "COMPONENT: there is no component 'apo'; did you mean 'api'?"),
        (("api", "SLOW", "--for", "2h"), "STATE: must be one of OK, DEGRADED, DOWN"),
        (("api", "DOWN"), "give --for or --until"),
        (("api", "DOWN", "--for", "2 hours"), "--for: must be a duration"),
        (("api", "DOWN", "--until", "noon"), "--until 'noon': must be an instant"),
        (("api", "DOWN", "--until", "9999-12-31T23:59:59-05:00"), "must be an instant"),
        (("api", "DOWN", "--until", "2999-01-01T00:00:00"), "has no time zone"),
        (("api", "DOWN", "--until", "2999-01-01T00:00:00Z"), "--until: must be within 31 days"),
        (("api", "DOWN", "--until", "2020-01-01T00:00:00Z"), "--until: 2020-01-01 00:00 UTC is over"),
    ],
)
def test_wrong_usage_is_told_by_the_argument(shop: Heartbeat, arguments: tuple[str, ...], sentence: str) -> None:
    assert sentence in shop.fails(2, "component", "override", *arguments, "--reason", "it moves", *ANA)


def test_a_reason_is_required(shop: Heartbeat) -> None:
    assert "--reason is required" in shop.fails(2, "component", "override", "api", "DOWN", "--for", "2h", *ANA)


def test_an_override_ends_by_itself(shop: Heartbeat, project: CopiedProject) -> None:
    from heartbeat_assets.objectives.operations_file import the_operations
    from heartbeat_assets.objectives.status.overrides import override

    measured(project, 2.0)
    before = datetime.now(UTC) - timedelta(hours=2)
    spec, journal = the_operations(project.settings).spec, open_ledger(project.settings.ledger_url).journal
    actor = Actor("ana@example.org", "person", "cli")
    override(
        journal,
        spec,
        "api",
        state="DOWN",
        until=before + timedelta(hours=1),
        actor=actor,
        reason="it moves",
        now=before,
    )
    (api,) = shop("component").document
    assert (api["state"], api["override"]) == ("OK", None)
    assert sum(day["down"] for day in api["days"]) == 3600
