"""`heartbeat incident`: an incident from a terminal, from its opening to its action items."""

from __future__ import annotations

from heartbeat_assets.ledger import Actor, open_ledger
from heartbeat_assets.objectives.incidents import suggest
from heartbeat_assets.settings import load_settings
from heartbeat_assets_tests.cli.calling import Heartbeat

ANA = ("--as", "ana@example.org")
OPEN = ("incident", "open", "API answers 503", "--severity", "1", "--impact", "nobody can read deals", *ANA)


def test_before_the_first_incident_there_is_none(heartbeat: Heartbeat) -> None:
    assert heartbeat("incident").document == []
    assert heartbeat("incident", "--table").stdout == "There was no incident yet.\n"
    assert heartbeat("incident", "--strict").exit_code == 0
    assert heartbeat("incident", "suggestions", "--table").stdout == "No rule suggests one.\n"
    assert heartbeat("incident", "action", "list", "--table").stdout == "No action item is left to do.\n"
    (everything, *_) = heartbeat("incident", "figures").document["figures"]
    assert (everything["incidents"], everything["mttr"]) == (0, {"seconds": None, "count": 0})


def test_an_incident_from_its_opening_to_its_end(heartbeat: Heartbeat) -> None:
    opened = heartbeat(*OPEN, "--detected-at", "2026-02-23T10:00Z").document
    name = opened["id"]
    assert (opened["status"], opened["opened_by"], opened["sla_breached"]) == ("open", "ana@example.org", True)
    assert heartbeat("incident", "list", "--open", "--strict").exit_code == 4
    taken = heartbeat("incident", "acknowledge", name, "--at", "2026-02-23T10:10Z", *ANA).document
    assert [(one["name"], one["state"]) for one in taken["clocks"]] == [
        ("acknowledge", "met"),
        ("mitigate", "breached"),
    ]
    heartbeat("incident", "update", name, "--severity", "2", "--reason", "only half of them", *ANA)
    heartbeat("incident", "mitigate", name, "--reason", "rolled back", "--at", "2026-02-23T11:00Z", *ANA)
    over = heartbeat(
        "incident", "resolve", name, "--reason", "quiet", "--rca", "a lost index", "--at", "2026-02-23T12:00Z", *ANA
    ).document
    assert (over["status"], over["rca"], over["ended_at"]) == (
        "resolved", "a lost index", "2026-02-23T12:00:00+00:00"
    )  # fmt: skip
    assert over["sla_breached"] is False
    heartbeat("incident", "action", "add", name, "alert on it", "--owner", "team:data", "--due", "2026-03-06", *ANA)
    assert heartbeat("incident", "action", "list", "--overdue", "--strict").exit_code == 4
    (left,) = heartbeat("incident", "action", "list").document
    assert (left["incident"], left["id"], left["owner"], left["overdue"]) == (name, "A1", "team:data", True)
    shown = heartbeat("incident", "show", name, "--table").stdout
    for words in (
        "● resolved, Sev-2",
        "Cause: a lost index",
        "Mitigation: rolled back",
        "◆ 2026-03-06, overdue",
        "noted",
    ):
        assert words in shown
    done = heartbeat("incident", "action", "done", name, "a1", "--reason", "is live", *ANA).document
    assert done["actions"][0]["done_by"] == "ana@example.org"
    assert heartbeat("incident", "list", "--strict").exit_code == 0
    back = heartbeat("incident", "reopen", name, "--reason", "503 again", *ANA).document
    assert (back["status"], back["reopened"]) == ("acknowledged", 1)
    assert heartbeat("verify", f"incident/{name}").exit_code == 0


def test_people_get_a_sentence_with_the_clock_that_runs_and_lines_that_fit(heartbeat: Heartbeat) -> None:
    told = heartbeat(*OPEN, "--table").stdout
    assert "is open, Sev-1: API answers 503. To be acknowledged by " in told.replace("\n", " ")
    name = told.split(" ")[0]
    told = heartbeat("incident", "mitigate", name, "--reason", "rolled back", *ANA, "--table").stdout
    assert told == f"{name} is mitigated, Sev-1: API answers 503.\n"
    for command in (["list"], ["show", name], ["figures"]):
        text = heartbeat("incident", *command, "--table").stdout
        assert max(map(len, text.splitlines())) <= 100


def test_a_suggestion_is_opened_or_dismissed_by_its_number(heartbeat: Heartbeat) -> None:
    journal = open_ledger(load_settings().ledger_url).journal
    rules = Actor("operations", "program", "dagster")
    for rule in ("api-down", "slow"):
        suggest(journal, rule, title=f"{rule}!", severity=2, impact="readers wait", reason="p95 is 9 s", actor=rules)
    slow, down = heartbeat("incident", "suggestions").document
    assert heartbeat("incident", "suggestions", "--strict").exit_code == 4
    assert "slow!: p95 is 9 s" in heartbeat("incident", "suggestions", "--table").stdout
    opened = heartbeat("incident", "open", "--from", str(down["number"]), "--severity", "1", *ANA).document
    assert (opened["title"], opened["severity"], opened["rule"], opened["impact"]) == (
        "api-down!", 1, "api-down", "readers wait"
    )  # fmt: skip
    dismissed = heartbeat("incident", "dismiss", str(slow["number"]), "--reason", "a load test", *ANA).document
    assert (dismissed["rule"], dismissed["reason"]) == ("slow", "a load test")
    said = heartbeat.fails(2, "incident", "open", "--from", str(slow["number"]), *ANA)
    assert said.startswith(f"--from: number {slow['number']} was dismissed by ana@example.org")
    assert heartbeat("incident", "suggestions").document == []


WRONG: list[tuple[list[str], str]] = [
    (["open"], "TITLE is required, unless --from names a suggestion"),
    (["open", "x"], "--severity is required"),
    (["open", "x", "--severity", "4"], "4 is not in the range"),
    (["open", "x", "--severity", "1", "--impact", " "], "--impact: is required: say it in a sentence"),
    (["open", "x", "--severity", "1", "--impact", "y", "--component", "A B"], "--component: "),
    (["open", "x", "--severity", "1", "--impact", "y", "--started-at", "noon"], "--started-at: must be an instant"),
    (["open", "--from", "9"], "--from: number 9 is no suggestion"),
    (["dismiss", "9", "--reason", "x"], "NUMBER: number 9 is no suggestion"),
    (["show", "INC-20260223-009"], "ID: there is no incident INC-20260223-009; there is none yet"),
    (["show", "9"], "ID: '9' is no id of an incident"),
    (["mitigate", "INC-20260223-009"], "--reason is required"),
    (["resolve", "INC-20260223-009", "--reason", "x"], "ID: there is no incident"),
    (
        ["update", "INC-20260223-009", "--reason", "x", "--component", "a", "--no-components"],
        "--no-components: leave",
    ),
    (["action", "add", "INC-20260223-009", "x", "--owner", "me"], "--owner: 'me' is neither an e-mail address"),
    (["close", "INC-20260223-009"], "No such command 'close'"),
]


def test_what_cannot_be_is_wrong_usage_and_changes_nothing(heartbeat: Heartbeat) -> None:
    for arguments, said in WRONG:
        assert said in heartbeat.fails(2, "incident", *arguments)
    assert heartbeat("incident").document == []


def test_an_update_of_what_somebody_changed_since_is_refused(heartbeat: Heartbeat) -> None:
    name = heartbeat(*OPEN).document["id"]
    heartbeat("incident", "update", name, "--reason", "a note", *ANA)
    said = heartbeat.fails(2, "incident", "update", name, "--severity", "3", "--reason", "x", "--if-place", "1", *ANA)
    assert said.startswith(f"--if-place: {name}: somebody was faster")
