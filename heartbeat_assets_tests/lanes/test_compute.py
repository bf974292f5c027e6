"""Tests of compute: from a lane's sources to its digest."""

import dataclasses
import json
import math
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from benchmarks import python_reader
from heartbeat_assets.errors import HeartbeatError, InputMissing, SpecProblem, UsageProblem
from heartbeat_assets.lanes.compute import compute_digest, update_telemetry
from heartbeat_assets.lanes.lane import Lane, find_lane
from heartbeat_assets.settings import Settings
from heartbeat_assets.sources.opening import telemetry_store
from heartbeat_assets_tests.lanes.histories import NOW, ROOT

SHIPPED = ROOT / "data" / "citizen_product"
SERIES_DAYS = sorted((SHIPPED / "series").glob("*.jsonl"))
PER_SEED = 4

NUMBERS: list[Any] = [0, 1, 20_000, 20000.5, "1500", " 40000 ", "1e4", -5, "-0", "12.", ".5", "+7", 1e300, 10**400]
NO_NUMBERS: list[Any] = [True, False, None, "", " ", "fast", "1e400", "0x10", "1_000", [], {}, [3]]
INSTANTS: list[Any] = [
    "2026-02-23T14:31:00Z", "2026-02-23T14:31:20+00:00", "2026-02-23T16:31:40+02:00", "2026-02-23T14:32:00",
    "2026-02-23 14:33:00.250", "2026-02-23", 1771857060, 1771857061.5, 1771857062000, "1771857063", "1771857064123",
    "20260223", "yesterday", "", None, True, -1, 0, "2026-02-30T00:00:00Z", 1e18, [], "2026-02-23T14:31:00.123456Z",
]  # fmt: skip
IDS: list[Any] = ["a", "b", "c", "d", " a ", 7, "7", 7.0, "", "  ", None, True, {"id": 1}, ["a"], "é", "a b"]
EVENTS: list[Any] = [
    "session_start", "page-load", " View Loaded ", "first_answer", "Answer-Ready", "ANSWER READY", "onboarding_answer",
    "drilldown_click", "Open Evidence", "open-explorer", "scroll", "", None, 5, True, ["first_answer"],
]  # fmt: skip
BROKEN_LINES = [b"oops", b'{"session_id": "a"', b"[]", b'"a"', b"17", b"null", b"{}", b'{"event": "first_answer"}']


@pytest.fixture
def days(tmp_path: Path) -> Path:
    folder = tmp_path / "days"
    folder.mkdir()
    return folder


def some_event(rng: random.Random) -> bytes:
    if rng.random() < 0.08:
        return rng.choice(BROKEN_LINES)
    if rng.random() < 0.05:
        return rng.choice([b"", b"   ", b"\t"])
    event: dict[str, Any] = {}
    for keys, values, chance in (
        (python_reader.SESSION_ID_KEYS, IDS, 0.95),
        (python_reader.EVENT_KEYS, EVENTS, 0.95),
        (python_reader.AT_KEYS, INSTANTS, 0.9),
        (python_reader.ELAPSED_KEYS, NUMBERS + NO_NUMBERS, 0.4),
    ):
        for key in rng.sample(keys, rng.choice([1, 1, 1, 2, 3])):
            if rng.random() < chance:
                event[key] = rng.choice(values)
    pairs = list(event.items())
    rng.shuffle(pairs)
    return json.dumps(dict(pairs), ensure_ascii=rng.random() < 0.5).encode()


def some_snapshot(rng: random.Random) -> dict[str, Any]:
    snapshot: dict[str, Any] = {}
    ratios = [0, 0.3, 1, "\u00a00.25", " 0.9 ", -0.2, 1.7, "45", math.inf, math.nan, "nan", *NO_NUMBERS, 10**400]
    if rng.random() < 0.6:
        snapshot["meta"] = rng.choice([{"quality": {"unknown_pct": rng.choice(ratios)}}, {"quality": []}, [], "x", {}])
    stances = [
        "no_signal",
        "\u00a0No-Signal\u3000",
        "no\u2003signal",
        "UNCLEAR",
        "unclear",
        "support",
        "no  signal",
        "",
        None,
        5,
        True,
        ["unclear"],
    ]
    positions: list[Any] = [
        rng.choice([{"stance": rng.choice(stances)}, {"stance": rng.choice(stances)}, {}, None, "unclear", 3, []])
        for _ in range(rng.randrange(0, 9))
    ]
    if rng.random() < 0.85:
        snapshot["party_topic_positions"] = rng.choice([positions, positions, positions, [], None, {"a": 1}, "x"])
    return snapshot


def some_summary(rng: random.Random) -> dict[str, Any]:
    values = [0.5, 12, "0.25", 30.0, "45 ", 1.5, -2, -0.5, 3.9, *NO_NUMBERS]
    summary: dict[str, Any] = {}
    places: list[dict[str, Any]] = [summary]
    for name in ("metrics", "kpis", "telemetry", "counts"):
        if rng.random() < 0.6:
            summary[name] = rng.choice([{}, {}, {}, None, 5, []])
            if isinstance(summary[name], dict):
                places.append(summary[name])
    for place in places:
        for name in (*python_reader.TELEMETRY_KPIS, *python_reader.SESSION_COUNTS, *python_reader.EVENT_COUNTS):
            if rng.random() < 0.35:
                place[name] = rng.choice(values)
    return summary


def some_thresholds(rng: random.Random, plain: dict[str, Any]) -> dict[str, float]:
    """Odd ones, among them exactly the value that was measured, and that value to one side and the other."""
    kpis = dict(zip(python_reader.DEFAULT_THRESHOLDS, ("unknown_rate", *python_reader.TELEMETRY_KPIS), strict=True))
    chosen = {}
    for name, kpi in kpis.items():
        value = plain["metrics"][kpi] or 0.0
        odd = [value, value + 0.000001, value - 0.000001, -1.0, 0.0, 5.0]
        chosen[name] = rng.choice([python_reader.DEFAULT_THRESHOLDS[name], *odd])
    return chosen


def write_json(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.parametrize("seed", range(10))
def test_a_digest_is_what_the_plain_reader_says(lane: Lane, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    for case in range(PER_SEED):
        lines = [some_event(rng) for _ in range(rng.choice([0, 1, 3, 10, 60]))] if rng.random() < 0.85 else None
        snapshot = some_snapshot(rng)
        summary = some_summary(rng) if rng.random() < 0.4 else None
        inputs = {"snapshot": str(write_json(tmp_path / "snapshot.json", snapshot))}
        if lines is not None:
            (tmp_path / "events.jsonl").write_bytes(b"\n".join(lines) + rng.choice([b"", b"\n"]))
            inputs["events"] = str(tmp_path / "events.jsonl")
        if summary is not None:
            inputs["summary"] = str(write_json(tmp_path / "summary.json", summary))
        plain = python_reader.digest(lines, snapshot, summary, generated_at=NOW)
        thresholds = some_thresholds(rng, plain)

        expected = python_reader.digest(lines, snapshot, summary, thresholds, NOW)
        found = compute_digest(lane, inputs=inputs, thresholds=thresholds, now=NOW)

        assert found == expected, (seed, case)
        assert list(found) == list(expected)


def test_the_known_run_gives_the_known_numbers(lane: Lane) -> None:
    inputs = {"events": str(SHIPPED / "events" / "2026-02-23.jsonl"), "snapshot": str(SHIPPED / "snapshot.json")}

    digest = compute_digest(lane, inputs=inputs, now=NOW)

    assert digest["metrics"] == {
        "unknown_rate": 0.175676,
        "unknown_rate_source": "party_topic_positions.stance",
        "time_to_first_answer_seconds": 30.0,
        "drilldown_click_rate": 0.5,
    }
    assert digest["telemetry"]["sessions_total"] == 2
    assert digest["telemetry"]["events_total"] == 5
    assert digest["status"] == "ok"


def test_the_store_and_one_pass_over_raw_files_give_the_same_digest(lane: Lane) -> None:
    update_telemetry(lane)

    stored = compute_digest(lane, now=NOW)
    raw = compute_digest(lane, inputs={"events": str(lane.source_path("events"))}, now=NOW)

    assert stored == raw


def test_a_session_that_runs_past_midnight_counts_once(lane: Lane, days: Path) -> None:
    evening = {"session_id": "night", "event": "session_start", "timestamp": "2026-02-23T23:59:50Z"}
    morning = {"session_id": "night", "event": "first_answer", "timestamp": "2026-02-24T00:00:10Z"}
    write_json(days / "2026-02-23.jsonl", evening)
    write_json(days / "2026-02-24.jsonl", morning)

    digest = compute_digest(lane, inputs={"events": str(days)}, now=NOW)

    assert digest["telemetry"]["sessions_total"] == 1
    assert digest["metrics"]["time_to_first_answer_seconds"] == 20.0


def test_one_pass_leaves_nothing_behind(lane: Lane) -> None:
    compute_digest(lane, inputs={"events": str(SERIES_DAYS[0])}, now=NOW)

    assert not (lane.home / "telemetry").exists()
    assert list((lane.settings.home / "scratch").iterdir()) == []


def test_without_any_telemetry_the_digest_is_degraded(lane: Lane) -> None:
    digest = compute_digest(lane, inputs={"snapshot": str(SHIPPED / "snapshot.json")}, now=NOW)

    assert digest["status"] == "degraded"
    assert digest["missing_metrics"] == ["drilldown_click_rate", "time_to_first_answer_seconds"]
    assert set(digest["telemetry"].values()) == {None}
    assert digest["telemetry_sources"] == []
    assert digest["checks"]["telemetry_available"] is False


def test_an_input_that_is_not_there_is_missing(lane: Lane, tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match="input events"):
        compute_digest(lane, inputs={"events": str(tmp_path / "nowhere.jsonl")}, now=NOW)


def test_an_input_the_lane_does_not_have_is_wrong_usage(lane: Lane) -> None:
    with pytest.raises(UsageProblem, match=r"--input evnts: lane citizen_product has the inputs events, snapshot"):
        compute_digest(lane, inputs={"evnts": "x"}, now=NOW)


@pytest.fixture
def own_lane(settings: Settings, tmp_path: Path) -> Callable[[str], Lane]:
    """The shipped lane with another digest.sql."""

    def make(sql: str) -> Lane:
        folder = tmp_path / "defs" / "citizen_product"
        folder.mkdir(parents=True, exist_ok=True)
        shipped = ROOT / "heartbeat_assets" / "defs" / "citizen_product"
        for name in ("defs.yaml", "rollup.sql"):
            (folder / name).write_bytes((shipped / name).read_bytes())
        (folder / "digest.sql").write_text(sql, encoding="utf-8")
        own = Settings(settings.project, tmp_path / "defs", settings.home, settings.ledger_url)
        return find_lane(own, "citizen_product")

    return make


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELEC 1", "syntax error"),
        ("SELECT 1 AS unknown_rate", "returns no column 'time_to_first_answer_seconds'"),
        ("SELECT 1 WHERE false", "must return exactly one"),
        ("SELECT * FROM (VALUES (1), (2))", "must return exactly one"),
        ("SELECT nothing FROM snapshot", "nothing"),
    ],
)
def test_a_query_that_cannot_be_used_is_blamed_on_its_file(
    own_lane: Callable[[str], Lane], sql: str, words: str
) -> None:
    with pytest.raises(SpecProblem, match=words) as problem:
        compute_digest(own_lane(sql), inputs={"snapshot": str(SHIPPED / "snapshot.json")}, now=NOW)

    assert problem.value.file.endswith("digest.sql")


def test_a_home_that_is_a_file_is_named(lane: Lane) -> None:
    lane.settings.home.write_text("in the way")

    with pytest.raises(HeartbeatError, match="HEARTBEAT_HOME"):
        compute_digest(lane, inputs={"snapshot": str(SHIPPED / "snapshot.json")}, now=NOW)


def test_what_a_killed_command_left_unpacked_is_removed_by_the_next(lane: Lane) -> None:
    abandoned, in_use = lane.settings.home / "scratch" / "abandoned", lane.settings.home / "scratch" / "in-use"
    for folder in (abandoned, in_use):
        folder.mkdir(parents=True)
        (folder / "events.jsonl.plain").write_text("{}")
        (folder / ".lock").touch()

    with FileLock(in_use / ".lock"):
        compute_digest(lane, inputs={"events": str(ROOT / "data" / "citizen_product" / "events")}, now=NOW)

    assert not abandoned.exists()
    assert (in_use / "events.jsonl.plain").exists()


def test_telemetry_that_was_taken_away_leaves_the_store_too(lane: Lane, tmp_path: Path) -> None:
    source = lane.spec.sources["events"].model_copy(update={"path": str(tmp_path / "events")})
    lane = dataclasses.replace(
        lane, spec=lane.spec.model_copy(update={"sources": {**lane.spec.sources, "events": source}})
    )
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "day.jsonl").write_text("not JSON\n")
    update_telemetry(lane)
    assert len(list(telemetry_store(lane, "events").quarantined())) == 1

    (tmp_path / "events" / "day.jsonl").unlink()
    update_telemetry(lane)

    assert list(telemetry_store(lane, "events").quarantined()) == []


def test_a_rollup_that_ends_in_a_comment_works_stored_and_raw(lane: Lane, tmp_path: Path) -> None:
    shutil.copytree(lane.folder, tmp_path / "lane")
    rollup = tmp_path / "lane" / "rollup.sql"
    rollup.write_text(rollup.read_text(encoding="utf-8") + "-- per part", encoding="utf-8")
    lane = dataclasses.replace(lane, folder=tmp_path / "lane")
    update_telemetry(lane)
    stored = compute_digest(lane, now=NOW)
    raw = compute_digest(lane, inputs={"events": str(lane.source_path("events"))}, now=NOW)
    assert stored == raw
    assert stored["metrics"]["drilldown_click_rate"] == 0.5
