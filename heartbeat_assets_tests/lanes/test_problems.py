"""Tests of problems: what is wrong with a defs.yaml in sentences that name the item."""

import copy
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.lanes.lane import find_lane
from heartbeat_assets.lanes.problems import checked_spec
from heartbeat_assets.settings import Settings
from heartbeat_assets_tests.lanes.histories import ATTRIBUTES, DEFS_FILE

# Words of the validator and of Python that mean nothing to somebody who wrote a YAML file.
JARGON = re.compile(
    r"(?i:input should|validation|type=|pydantic|value error|dictionary|instance of|string|unable to)|None|True|False"
)
REMOVED = object()
NAME_RULE = "must be lower-case letters, digits and _, starting with a letter"


def changed(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The shipped lane's attributes with one thing in them put, replaced or removed."""
    attributes = copy.deepcopy(ATTRIBUTES)
    place: Any = attributes
    for part in path[:-1]:
        place = place[part]
    if value is REMOVED:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return attributes


def problems_of(attributes: Any) -> list[str]:
    with pytest.raises(SpecProblem) as raised:
        checked_spec(attributes, "defs.yaml")
    return raised.value.problems


ONE_MISTAKE: list[tuple[tuple[Any, ...], Any, str]] = [
    (("kpis", 1, "min"), 1, "kpis[1] time_to_first_answer_seconds: give min or max, not both"),
    (
        ("kpis", 1, "max"),
        REMOVED,
        "kpis[1] time_to_first_answer_seconds: give min or max, so that it can be judged",
    ),
    (("kpis", 1, "max"), "high", "kpis[1] time_to_first_answer_seconds.max: must be a number, not 'high'"),
    (("kpis", 1, "max"), True, "kpis[1] time_to_first_answer_seconds.max: must be a number, not true"),
    (("kpis", 1, "max"), [1], "kpis[1] time_to_first_answer_seconds.max: must be a number, not a list"),
    (
        ("kpis", 1, "max"),
        float("nan"),
        "kpis[1] time_to_first_answer_seconds.max: must be a finite number, not nan",
    ),
    (
        ("kpis", 0, "unit"),
        "percent",
        "kpis[0] unknown_rate.unit: must be 'ratio', 'seconds', 'count' or 'number', not 'percent'",
    ),
    (("kpis", 0, "missing"), "ignore", "kpis[0] unknown_rate.missing: must be 'failed' or 'degraded', not 'ignore'"),
    (("kpis", 0, "missing"), None, "kpis[0] unknown_rate.missing: must be 'failed' or 'degraded', but has no value"),
    (("kpis", 0, "short_name"), "Rate!", f"kpis[0] unknown_rate.short_name: {NAME_RULE}, not 'Rate!'"),
    (("kpis", 0, "name"), REMOVED, "kpis[0].name: is required"),
    (("kpis", 0, "name"), 5, "kpis[0].name: must be text, not 5; put it in quotes"),
    (("kpis", 0, "maxx"), 5, "kpis[0] unknown_rate: unknown field 'maxx'; did you mean 'max'?"),
    (("kpis", 2), "x", "kpis[2]: must be a mapping of settings, not 'x'"),
    (("kpis",), {"a": 1}, "kpis: must be a list, not a mapping"),
    (("kpis",), None, "kpis: must be a list, but has no value"),
    (("kpis",), [], "kpis: give at least one, or a gate under `gates`, so that there is something to judge"),
    (("kpis",), REMOVED, "kpis: give at least one, or a gate under `gates`, so that there is something to judge"),
    (
        ("kpis", 2, "window_name"),
        "tfa",
        "kpis[2] drilldown_click_rate.window_name: 'tfa' is already the window name of "
        "kpis[1] time_to_first_answer_seconds; give another",
    ),
    (
        ("sources", "events", "kind"),
        "csv",
        "sources.events.kind: must be 'events' or 'json' or 'table' or 'warehouse' or 'kpi_events', not 'csv'",
    ),
    (
        ("sources", "events", "kind"),
        REMOVED,
        "sources.events.kind: is required; give 'events' or 'json' or 'table' or 'warehouse' or 'kpi_events'",
    ),
    (("sources", "events"), None, "sources.events: must be a mapping of settings, but has no value"),
    (("sources", "snapshot"), "a.json", "sources.snapshot: must be a mapping of settings, not 'a.json'"),
    (("sources",), {}, "sources: must have at least one entry"),
    (("sources", "My File"), {"kind": "json", "path": "x"}, f"sources: the name 'My File' {NAME_RULE}"),
    (("sources", 1), {"kind": "json", "path": "x"}, "sources: the name 1 must be text; put it in quotes"),
    (("sources", "events", "pth"), "x", "sources.events: unknown field 'pth'; did you mean 'path'?"),
    (("sources", "events", "path"), REMOVED, "sources.events.path: is required"),
    (("sources", "events", "path"), "", "sources.events.path: must not be empty"),
    (("sources", "events", "path"), 5, "sources.events.path: must be text, not 5; put it in quotes"),
    (("sources", "events", "required"), "maybe", "sources.events.required: must be true or false, not 'maybe'"),
    (
        ("sources", "snapshot", "event_sets"),
        {},
        "sources.snapshot: unknown field 'event_sets'; there are description, required, asset, listed_as, path, kind",
    ),
    (
        ("sources", "events", "event_sets", "drilldown"),
        "click",
        "sources.events.event_sets.drilldown: must be a list, not 'click'",
    ),
    (
        ("sources", "events", "event_sets", "drilldown", 1),
        "Open Drilldown",
        "sources.events.event_sets.drilldown[1]: 'Open Drilldown' is compared as a token; write 'open_drilldown'",
    ),
    (
        ("sources", "events", "event_sets", "event"),
        ["x"],
        "sources.events.event_sets: 'event' is a column of every event already; choose another name",
    ),
    (("window", "last"), 0, "window.last: must be at least 1, not 0"),
    (("window", "last"), "twenty", "window.last: must be a whole number, not 'twenty'"),
    (("window", "last"), 2.5, "window.last: must be a whole number, not 2.5"),
    (
        ("window", "limits", "max_faild"),
        1,
        "window.limits.max_faild: this lane has no such limit; did you mean 'max_failed'?",
    ),
    (
        ("window", "limits", "max_failed"),
        None,
        "window.limits.max_failed: must be a number, or a duration such as 36h; it has no value",
    ),
    (
        ("window", "limits", "max_failed"),
        True,
        "window.limits.max_failed: must be a number, or a duration such as 36h; not true",
    ),
    (
        ("window", "limits", "max_failed"),
        0.5,
        "window.limits.max_failed: counts rows, so it must be a whole number, not 0.5",
    ),
    (("window", "limits", "max_failed"), "many", "window.limits.max_failed: 'many' is not a finite number"),
    (("window", "limits", "max_age"), "soon", "window.limits.max_age: 'soon' is no duration; write 90m, 36h or 2d"),
    (("window", "limits"), [], "window.limits: must be a mapping of names to values, not a list"),
    (
        ("window", "severity"),
        {"max_failed_ok": "info"},
        "window.severity.max_failed_ok: must be 'error' or 'warn', not 'info'",
    ),
    (
        ("window", "severity"),
        {"max_failed": "warn"},
        "window.severity.max_failed: this lane has no such check; did you mean 'max_failed_ok'?",
    ),
    (("retention", "recent"), 0, "retention.recent: must be at least 1, not 0"),
    (
        ("retention", "old_every"),
        7,
        "retention: old_every 7 must be a multiple of middle_every 5, or a row kept today would be dropped and "
        "wanted again later",
    ),
    (("retention", "middle_evry"), 7, "retention: unknown field 'middle_evry'; did you mean 'middle_every'?"),
    (("schedule", "cron"), REMOVED, "schedule.cron: is required"),
    (("schedule", "cron"), 17, "schedule.cron: must be text, not 17; put it in quotes"),
    (("schedule", "cron"), "hourly", "schedule.cron: 'hourly' has 1 field; write five, for example '17 * * * *'"),
    (
        ("schedule", "cron"),
        "61 * * * *",
        "schedule.cron: '61 * * * *': '61' is no minute; it goes from 0 to 59",
    ),
    (
        ("schedule", "timezone"),
        "Mars",
        "schedule.timezone: 'Mars' is no time zone; write one as in 'Europe/Madrid'",
    ),
    (("sensor", "every_seconds"), 1, "sensor.every_seconds: must be at least 5, not 1"),
    (("sensor", "enabled"), "sometimes", "sensor.enabled: must be true or false, not 'sometimes'"),
    (
        ("publish", "badge_kpi"),
        "speed",
        "publish.badge_kpi: no KPI 'speed'; there are unknown_rate, time_to_first_answer_seconds, drilldown_click_rate",
    ),
    (("publish", "titel"), "x", "publish: unknown field 'titel'; did you mean 'title'?"),
    (
        ("availability", 0, "any_of"),
        ["unknown_rat"],
        "availability[0] telemetry_available.any_of: no KPI 'unknown_rat'; did you mean 'unknown_rate'?",
    ),
    (("availability", 0, "any_of"), [], "availability[0] telemetry_available.any_of: must have at least one entry"),
    (("availability", 0, "check"), REMOVED, "availability[0].check: is required"),
    (("owners",), ["bob"], "owners: 'bob' is neither an e-mail address nor `team:name`"),
    (("owners",), "team:a", "owners: must be a list, not 'team:a'"),
    (("name",), "A-b", f"name: {NAME_RULE}, not 'A-b'"),
    (("name",), "x" * 81, f"name: must be at most 80 characters long, not '{'x' * 59}..."),
    (("digest_sql",), None, "digest_sql: must be text, but has no value"),
    (("description",), date(2026, 1, 1), "description: must be text, not 2026-01-01; put it in quotes"),
    (("kpi",), [], "unknown field 'kpi'; did you mean 'kpis'?"),
    ((True,), 5, "the name true must be text; put it in quotes"),
]


@pytest.mark.parametrize(("path", "value", "problem"), ONE_MISTAKE, ids=[str(case[2])[:60] for case in ONE_MISTAKE])
def test_one_mistake_is_one_sentence_that_names_the_item(path: tuple[Any, ...], value: Any, problem: str) -> None:
    problems = problems_of(changed(path, value))

    assert problem in problems
    assert all(not JARGON.search(one) for one in problems), problems
    # What else is said follows from it, as a limit of a KPI that is no longer there.
    assert len(problems) == 1 or problem.startswith("kpis[2] drilldown_click_rate.window_name")


def test_several_mistakes_are_a_sentence_each() -> None:
    attributes = changed(("window", "last"), 0)
    attributes["sensor"]["every_seconds"] = 0
    attributes["retention"]["recent"] = "all"

    assert problems_of(attributes) == [
        "window.last: must be at least 1, not 0",
        "retention.recent: must be a whole number, not 'all'",
        "sensor.every_seconds: must be at least 5, not 0",
    ]


def test_the_file_stands_before_the_sentences() -> None:
    with pytest.raises(SpecProblem, match=r"^defs/x/defs\.yaml: window\.last: must be at least 1, not 0; retention: "):
        checked_spec({**changed(("window", "last"), 0), "retention": 5}, "defs/x/defs.yaml")


@pytest.mark.parametrize("attributes", [None, [], "text", 5])
def test_attributes_that_are_no_mapping_are_said_to_be_so(attributes: Any) -> None:
    assert problems_of(attributes) == ["attributes: must be a mapping of the lane's settings"]


def test_an_item_without_a_name_is_known_by_its_number_alone() -> None:
    assert "kpis[3].name: is required" in problems_of(
        {**ATTRIBUTES, "kpis": [*ATTRIBUTES["kpis"], {"max": 1, "colour": "red"}]}
    )


# --- Mistakes in the text of the file -------------------------------------------------------------------------

IN_THE_TEXT: list[tuple[Callable[[str], str], str]] = [
    (lambda text: text.replace("last: 20", "last: [20"), r"line \d+, column \d+: "),
    (
        lambda text: text.replace("      max: 0.45", "      max: 0.45\n      max: 0.5"),
        "line 42, column 7: 'max' is given twice",
    ),
    (lambda text: text.replace("  kpis:", "\tkpis:"), r"line \d+, column \d+: found a tab character"),
    (lambda text: text.replace("recent: 20", "recent: 2026-13-45"), "retention.recent: must be a whole number"),
    (lambda text: text.replace("title: Citizen product", "title: Citizen: product"), r"line \d+, column \d+: "),
    (lambda text: text.replace("title: Citizen product", "title: 2026"), "publish.title: must be text, not 2026"),
    (lambda text: text.replace("every_seconds: 30", "every_seconds: yes"), "sensor.every_seconds: must be a number"),
    (lambda text: text.replace("attributes:", "atributes:"), "attributes: must be a mapping"),
    (lambda text: text.replace("max: 0.45", "max: &a [*a]"), "kpis"),
]


@pytest.mark.parametrize(("mistake", "words"), IN_THE_TEXT, ids=[case[1] for case in IN_THE_TEXT])
def test_a_mistake_in_the_text_names_the_file_and_the_place(
    settings: Settings, tmp_path: Path, mistake: Callable[[str], str], words: str
) -> None:
    file = tmp_path / "defs" / "citizen_product" / "defs.yaml"
    file.parent.mkdir(parents=True)
    shipped = DEFS_FILE.read_text(encoding="utf-8")
    file.write_text(mistake(shipped), encoding="utf-8")
    assert file.read_text(encoding="utf-8") != shipped

    with pytest.raises(SpecProblem, match=words) as raised:
        find_lane(Settings(settings.project, tmp_path / "defs", settings.home, settings.ledger_url), "citizen_product")

    assert raised.value.file == str(file)
