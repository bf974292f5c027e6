"""`heartbeat kpi`: events from a shell, and what was emitted."""

import pytest

from heartbeat_assets_tests.cli.calling import Heartbeat


def test_an_event_emitted_from_a_shell_is_listed_and_shown(heartbeat: Heartbeat) -> None:
    more = [
        "--actor",
        "broker",
        "--correlation-id",
        "offer_123",
        "--detail",
        '{"score": 0.3}',
        "--as",
        "ann@example.org",
    ]
    sent = heartbeat("kpi", "emit", "wholesale", "Offer_Sent", "--success", *more)
    assert sent.document == {"domain": "WHOLESALE", "metric": "offer_sent", "success": True, "value": None}
    heartbeat("kpi", "emit", "WHOLESALE", "offer_sent", "--fail")
    heartbeat("kpi", "emit", "CAPITAL", "roi_event", "--value", "2500.5")

    (capital, wholesale) = heartbeat("kpi", "list").document
    assert heartbeat("kpi").document == [capital, wholesale]
    assert (capital["metric"], wholesale["metric"]) == ("roi_event", "offer_sent")
    (first, last) = heartbeat("kpi", "show", "WHOLESALE", "offer_sent").document
    assert (first["success"], first["actor"], first["correlation_id"]) == (True, "broker", "offer_123")
    assert (first["detail"], first["recorded_by"]) == ('{"score": 0.3}', "ann@example.org")
    assert (last["success"], last["value"]) == (False, None)
    assert heartbeat("kpi", "show", "WHOLESALE", "offer_sent", "--last", "1").document == [last]
    assert heartbeat("kpi", "show", "capital", "ROI_EVENT").document[0]["value"] == 2500.5


def test_people_get_tables(heartbeat: Heartbeat) -> None:
    assert "No KPI event yet" in heartbeat("kpi", "list", "--table").stdout
    told = heartbeat("kpi", "emit", "A", "b", "--value", "3", "--table")
    assert told.stdout == "A.b: 3 recorded.\n"
    assert "A       b" in heartbeat("kpi", "list", "--table").stdout
    assert heartbeat("kpi", "show", "A", "b", "--table").stdout.split("\n")[2].split()[1] == "3"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["A", "b"], "give one of --success, --fail and --value"),
        (["A", "b", "--success", "--value", "1"], "give one of"),
        (["A B", "b", "--success"], "domain: 'A B' is no name"),
        (["A", "b/c", "--success"], "metric: 'b/c' is no name"),
        (["A", "b", "--value", "nan"], "--value: is nan; only finite"),
        (["A", "b", "--success", "--correlation-id", "x" * 201], "--correlation-id: has 201 letters"),
    ],
)
def test_what_is_no_event_is_wrong_usage(heartbeat: Heartbeat, arguments: list[str], message: str) -> None:
    assert message in heartbeat.fails(2, "kpi", "emit", *arguments)
    assert heartbeat("kpi", "list").document == []


def test_a_series_that_is_not_there_is_told_with_those_that_are(heartbeat: Heartbeat) -> None:
    assert "there is none at all" in heartbeat.fails(2, "kpi", "show", "A", "b")
    heartbeat("kpi", "emit", "A", "b", "--success")
    assert "has no events; there is A b" in heartbeat.fails(2, "kpi", "show", "A", "c")
    assert "is no name" in heartbeat.fails(2, "kpi", "show", "A A", "c")
