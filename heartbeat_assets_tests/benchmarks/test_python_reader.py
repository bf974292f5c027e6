"""The baseline reader, yardstick of the speed claims and oracle of other tests, follows the lane contract."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.python_reader import digest, main, read_event

NOON = 1_771_848_000_000_000  # 2026-02-23T12:00:00Z in microseconds
GOOD_SNAPSHOT = {"meta": {"quality": {"unknown_pct": 0.1}}}


def line(**members: object) -> bytes:
    """Return an event line with a session id, unless `members` give one."""
    return json.dumps({"session_id": "s", **members}).encode()


def digest_of(*lines: bytes, **given: Any) -> dict[str, Any]:
    """Return the digest of event lines with a good snapshot, unless another is given."""
    return digest(lines, **{"snapshot": GOOD_SNAPSHOT, **given})


def unknown_rate_of(snapshot: dict[str, Any]) -> tuple[object, object]:
    """Return the unknown rate of a snapshot and its source, as the digest has them."""
    metrics = digest(None, snapshot)["metrics"]
    return metrics["unknown_rate"], metrics["unknown_rate_source"]


@pytest.mark.parametrize(
    "raw",
    [
        b"{broken",
        b'{"session_id":"s"} trailing',
        b"[1]",
        b'"s"',
        b"null",
        b"7",
        b"{}",
        b'{"session_id":null}',
        b'{"session_id":"  "}',
        b'{"session_id":"\xff"}',
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_not_json_not_an_object_or_without_session_is_a_parse_error(raw: bytes) -> None:
    telemetry = digest_of(raw)["telemetry"]
    assert (telemetry["events_total"], telemetry["parse_errors"], telemetry["sessions_total"]) == (1, 1, 0)


@pytest.mark.parametrize("raw", [b"", b"\n", b"  \r\n", b"\t\x0b\x0c\n"])
def test_a_blank_line_does_not_exist(raw: bytes) -> None:
    assert digest_of(raw)["telemetry"]["events_total"] == 0


@pytest.mark.parametrize(
    ("members", "session_id"),
    [
        ({"session_id": " a "}, "a"),
        ({"sessionId": "a"}, "a"),
        ({"session": "a"}, "a"),
        ({"sid": "a"}, "a"),
        ({"user_session_id": "a"}, "a"),
        ({"sid": "b", "session_id": "a"}, "a"),
        ({"session_id": " ", "sessionId": None, "sid": "a"}, "a"),
        ({"session_id": 17}, "17"),
        ({"session_id": 0}, "0"),
        ({"session_id": False, "sid": "a"}, "false"),
        ({"session_id": {"k": [1, "ñ"]}}, '{"k":[1,"ñ"]}'),
    ],
)
def test_the_session_id_is_the_first_usable_text_of_its_keys(members: dict[str, object], session_id: str) -> None:
    event = read_event(json.dumps(members).encode())
    assert event is not None
    assert event.session_id == session_id


@pytest.mark.parametrize(
    ("members", "token"),
    [
        ({"event": " First-Answer\t"}, "first_answer"),
        ({"event_name": "OPEN EVIDENCE"}, "open_evidence"),
        ({"name": "open\u00a0evidence"}, "open_evidence"),
        ({"type": "a  b"}, "a__b"),
        ({"action": "x"}, "x"),
        ({"event": "", "name": " ", "action": "x"}, "x"),
        ({"event": True, "name": "x"}, "true"),
        ({}, ""),
    ],
)
def test_the_event_is_the_token_of_the_first_usable_text_of_its_keys(members: dict[str, object], token: str) -> None:
    event = read_event(line(**members))
    assert event is not None
    assert event.event == token


@pytest.mark.parametrize(
    ("members", "at"),
    [
        ({"timestamp": "2026-02-23T12:00:00Z"}, NOON),
        ({"timestamp": " 2026-02-23T13:00:00+01:00 "}, NOON),
        ({"timestamp": "2026-02-23 12:00:00.000001"}, NOON + 1),
        ({"ts": 1771848000}, NOON),
        ({"at": "1771848000.5"}, NOON + 500_000),
        ({"time": 1771848000123}, NOON + 123_000),
        ({"ts": "1771848000123"}, NOON + 123_000),
        ({"ts": "1.771848e9"}, NOON),
        ({"ts": 1e12, "at": NOON // 1_000_000}, NOON),
        ({"ts": "20260223"}, 20_260_223_000_000),
        ({"ts": 0.0000025}, 2),
        ({"timestamp": "yesterday", "ts": True, "at": "1e400", "time": 1771848000}, NOON),
        ({"timestamp": {"a": 1}, "ts": -1e13, "at": None, "time": 1771848000}, NOON),
        ({"timestamp": "0001-01-01T00:00:00+05:00", "ts": 1771848000}, NOON),
        ({"timestamp": "0001-01-01T00:00:00"}, -62_135_596_800_000_000),
        ({"timestamp": "2026-02-30"}, None),
        ({}, None),
    ],
)
def test_the_time_is_the_first_one_usable_in_iso_or_epoch_seconds_or_milliseconds(
    members: dict[str, object], at: int | None
) -> None:
    event = read_event(line(**members))
    assert event is not None
    assert event.at == at


@pytest.mark.parametrize(
    ("members", "elapsed_ms"),
    [
        ({"elapsed_ms": 5}, 5.0),
        ({"duration_ms": " 2.5e3 "}, 2500.0),
        ({"time_to_first_answer_ms": 0}, 0.0),
        ({"tfa_ms": ".5"}, 0.5),
        ({"elapsed_ms": -1, "tfa_ms": 7}, 7.0),
        ({"elapsed_ms": True, "duration_ms": "5 ms", "time_to_first_answer_ms": "1_0", "tfa_ms": 7}, 7.0),
        ({"elapsed_ms": float("nan"), "duration_ms": float("inf"), "tfa_ms": "1e400"}, None),
        ({"elapsed_ms": 10**400}, None),
    ],
)
def test_the_elapsed_time_is_the_first_number_of_at_least_zero(
    members: dict[str, object], elapsed_ms: float | None
) -> None:
    event = read_event(line(**members))
    assert event is not None
    assert event.elapsed_ms == elapsed_ms


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        ([line(event="page_load", ts=100), line(event="answer_ready", ts=120)], 20.0),
        ([line(event="answer_ready", ts=120), line(event="page_load", ts=100)], 20.0),
        ([line(event="page_load", ts=100), line(event="answer_ready", ts=100)], 0.0),
        ([line(event="page_load", ts=121), line(event="answer_ready", ts=120)], None),
        ([line(event="answer_ready", ts=120)], None),
        ([line(event="page_load", ts=100), line(event="answer_ready")], None),
        ([line(event="page_load", ts=0), line(event="answer_ready", ts=9, elapsed_ms=4000)], 4.0),
        ([line(event="answer_ready", elapsed_ms=4000), line(event="first_answer", elapsed_ms=3000)], 3.0),
        ([line(event="page_load", ts=0, elapsed_ms=1), line(event="answer_ready", ts=9)], 9.0),
        (
            [line(event="page_load", ts=0), line(event="page_load", ts=5), line(event="first_answer", ts=9)],
            9.0,
        ),
        ([line(sid="b", session_id=None, event="first_answer", elapsed_ms=10), line(event="scroll")], 0.01),
    ],
)
def test_a_session_waits_its_least_elapsed_time_else_from_first_start_to_first_answer(
    lines: list[bytes], seconds: float | None
) -> None:
    assert digest_of(*lines)["metrics"]["time_to_first_answer_seconds"] == seconds


def test_the_time_to_first_answer_is_the_median_over_sessions_rounded_to_six_decimals() -> None:
    lines = [line(session_id=str(ms), event="first_answer", elapsed_ms=ms) for ms in (1, 2000, 4000.0001, 90000)]
    assert digest_of(*lines)["metrics"]["time_to_first_answer_seconds"] == 3.0


def test_the_drilldown_rate_is_over_all_sessions_and_counts_a_session_once() -> None:
    lines = [line(session_id=str(place), event="scroll") for place in range(3)]
    lines += [line(session_id="0", event="Open-Explorer"), line(session_id="0", event="open_evidence")]
    document = digest_of(*lines)
    assert document["metrics"]["drilldown_click_rate"] == 0.333333
    assert document["telemetry"]["sessions_with_drilldown_click"] == 1


def test_a_first_answer_without_any_time_still_counts_its_session() -> None:
    document = digest_of(line(event="first_answer"), line(event="first_answer"))
    assert document["telemetry"]["sessions_with_first_answer"] == 1
    assert document["missing_metrics"] == ["time_to_first_answer_seconds"]


@pytest.mark.parametrize(
    ("snapshot", "rate"),
    [
        ({"meta": {"quality": {"unknown_pct": "0.25"}}}, 0.25),
        ({"meta": {"quality": {"unknown_pct": 17}}}, 1.0),
        ({"meta": {"quality": {"unknown_pct": -3}}, "party_topic_positions": [{"stance": "unclear"}]}, 0.0),
    ],
)
def test_the_unknown_rate_is_the_one_the_snapshot_states_clamped(snapshot: dict[str, Any], rate: float) -> None:
    assert unknown_rate_of(snapshot) == (rate, "meta.quality.unknown_pct")


@pytest.mark.parametrize("stated", [None, True, "much", float("nan"), [0.5]])
def test_a_stated_unknown_rate_that_is_no_number_leaves_it_to_the_stances(stated: object) -> None:
    positions = [
        {"stance": " No-Signal"},
        {"stance": "UNCLEAR"},
        {"stance": "support"},
        {},
        {"stance": None},
        3,
    ]
    snapshot = {"meta": {"quality": {"unknown_pct": stated}}, "party_topic_positions": positions}
    assert unknown_rate_of(snapshot) == (0.333333, "party_topic_positions.stance")


@pytest.mark.parametrize(
    "snapshot",
    [{}, {"party_topic_positions": []}, {"party_topic_positions": {"stance": "unclear"}}, {"meta": 1}],
)
def test_a_snapshot_without_rate_and_positions_fails_the_digest(snapshot: dict[str, Any]) -> None:
    document = digest_of(line(event="drilldown_click"), snapshot=snapshot)
    assert document["failure_reasons"] == ["unknown_rate_missing"]
    assert document["checks"]["unknown_rate_within_threshold"] is False
    assert document["missing_metrics"] == ["time_to_first_answer_seconds", "unknown_rate"]
    assert document["status"] == "failed"


@pytest.mark.parametrize(
    ("summary", "seconds", "rate"),
    [
        ({"time_to_first_answer_seconds": 9, "drilldown_click_rate": "0.5"}, 9.0, 0.5),
        ({"metrics": {"time_to_first_answer_seconds": 9}, "kpis": {"drilldown_click_rate": 7}}, 9.0, 1.0),
        ({"drilldown_click_rate": True, "metrics": {"drilldown_click_rate": -1}}, 20.0, 0.0),
        ({"drilldown_click_rate": 0.1, "metrics": {"drilldown_click_rate": 0.9}, "kpis": [1]}, 20.0, 0.1),
        ({"telemetry": {"drilldown_click_rate": 0.1}}, 20.0, 1.0),
        (
            {"metrics": {"time_to_first_answer_seconds": 0}, "kpis": {"time_to_first_answer_seconds": 5}},
            0.0,
            1.0,
        ),
        ({}, 20.0, 1.0),
    ],
)
def test_the_summary_wins_field_by_field_and_the_events_fill_the_rest(
    summary: dict[str, Any], seconds: float, rate: float
) -> None:
    lines = [line(event="first_answer", elapsed_ms=20_000), line(event="drilldown_click")]
    metrics = digest_of(*lines, summary=summary)["metrics"]
    assert (metrics["time_to_first_answer_seconds"], metrics["drilldown_click_rate"]) == (seconds, rate)


def test_the_summary_counts_come_from_the_top_level_else_telemetry_else_counts() -> None:
    summary = {
        "sessions_total": 10,
        "telemetry": {"sessions_total": 11, "sessions_with_first_answer": "8"},
        "counts": {"sessions_with_first_answer": 9, "sessions_with_drilldown_click": 4},
    }
    assert digest_of(line(event="x"), b"{", summary=summary)["telemetry"] == {
        "sessions_total": 10,
        "sessions_with_first_answer": 8,
        "sessions_with_drilldown_click": 4,
        "events_total": 2,
        "parse_errors": 1,
    }


@pytest.mark.parametrize(
    ("events", "summary", "sources"),
    [
        (None, None, []),
        ([], None, ["telemetry_events_jsonl"]),
        (None, {}, ["telemetry_json"]),
        ([], {}, ["telemetry_events_jsonl", "telemetry_json"]),
    ],
)
def test_the_sources_are_the_inputs_that_were_given(
    events: list[bytes] | None, summary: dict[str, Any] | None, sources: list[str]
) -> None:
    assert digest(events, GOOD_SNAPSHOT, summary)["telemetry_sources"] == sources


def test_without_telemetry_the_counts_are_unknown_and_the_digest_is_degraded() -> None:
    document = digest(None, GOOD_SNAPSHOT)
    assert set(document["telemetry"].values()) == {None}
    assert document["missing_metrics"] == ["drilldown_click_rate", "time_to_first_answer_seconds"]
    assert document["checks"] == {
        "unknown_rate_within_threshold": True,
        "time_to_first_answer_within_threshold": None,
        "drilldown_click_rate_within_threshold": None,
        "telemetry_available": False,
        "contract_complete": False,
    }
    assert document["status"] == "degraded"


def test_an_empty_event_file_has_known_counts_of_zero_and_no_drilldown_rate() -> None:
    document = digest_of()
    assert set(document["telemetry"].values()) == {0}
    assert document["metrics"]["drilldown_click_rate"] is None


@pytest.mark.parametrize(("nudge", "status"), [(0.0, "ok"), (0.0000004, "ok"), (0.000001, "failed")])
def test_a_value_equal_to_its_threshold_after_rounding_passes(nudge: float, status: str) -> None:
    snapshot = {"meta": {"quality": {"unknown_pct": 0.45 + nudge}}}
    summary = {"time_to_first_answer_seconds": 120 + nudge, "drilldown_click_rate": 0.2 - nudge}
    document = digest(None, snapshot, summary)
    assert document["status"] == status
    assert document["failure_reasons"] == (
        []
        if status == "ok"
        else [
            "drilldown_click_rate_below_threshold",
            "time_to_first_answer_above_threshold",
            "unknown_rate_above_threshold",
        ]
    )
    assert document["checks"]["contract_complete"] is (status == "ok")


def test_the_document_states_its_thresholds_and_a_time_in_whole_seconds_with_offset() -> None:
    at = datetime(2026, 2, 23, 14, 31, 0, 999_999, tzinfo=UTC)
    thresholds = {
        "max_unknown_rate": 0.05,
        "max_time_to_first_answer_seconds": 1,
        "min_drilldown_click_rate": 0,
    }
    document = digest_of(thresholds=thresholds, generated_at=at)
    assert document["generated_at"] == "2026-02-23T14:31:00+00:00"
    assert document["thresholds"] == thresholds
    assert document["failure_reasons"] == ["unknown_rate_above_threshold"]


def test_the_command_prints_the_digest_of_a_folder_of_event_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = tmp_path / "events"
    events.mkdir()
    (events / "1.jsonl").write_bytes(line(event="page_load", ts=100))  # no line end
    (events / "2.jsonl").write_bytes(line(event="first_answer", ts=130) + b"\n" + line(event="open_drilldown"))
    (tmp_path / "snapshot.json").write_text(json.dumps(GOOD_SNAPSHOT))
    assert main([str(events), str(tmp_path / "snapshot.json")]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["metrics"]["time_to_first_answer_seconds"] == 30.0
    assert (document["telemetry"]["events_total"], document["status"]) == (3, "ok")


def test_the_command_refuses_a_snapshot_that_is_a_list_and_a_file_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.json").write_text("[]")
    assert main([str(tmp_path), str(tmp_path / "list.json")]) == 3
    assert "expected a JSON object" in json.loads(capsys.readouterr().err)["error"]
    with pytest.raises(SystemExit) as stopped:
        main([str(tmp_path / "absent.jsonl"), str(tmp_path / "list.json")])
    assert stopped.value.code == 2
