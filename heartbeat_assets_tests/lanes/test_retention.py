"""Tests of retention: retention."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.lanes.history import HistoryRow, parse_line
from heartbeat_assets.lanes.retention import (
    PLACE_KEY,
    compact,
    compacted_lines,
    history_ends,
    incident_names,
    incidents_of,
    parity,
    placed,
)
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets_tests.lanes import gate_histories
from heartbeat_assets_tests.lanes.gate_histories import GATES
from heartbeat_assets_tests.lanes.histories import NOW, SPEC, histories, row_of, rows_of, spec_with

SMALL = spec_with(retention={"recent": 3, "middle": 6, "middle_every": 2, "old_every": 4})
RETENTIONS = [
    SMALL,
    spec_with(retention={"recent": 1, "middle": 0, "middle_every": 1, "old_every": 7}),
    spec_with(retention={"recent": 2, "middle": 10, "middle_every": 3, "old_every": 3}),
]
INCIDENTS = [
    "malformed", "failed", "degraded", "strict", "contract_incomplete",
    "unknown_rate_violation", "tfa_violation", "drilldown_violation",
]  # fmt: skip

specs = st.sampled_from(RETENTIONS)


def good(count: int) -> list[bytes]:
    return [json.dumps(row_of(day)).encode() for day in range(count)]


def kept(spec: LaneSpec, rows: list[HistoryRow]) -> list[HistoryRow]:
    return list(compact(spec, rows, history_ends(rows), now=NOW).rows)


def through_a_file(rows: list[HistoryRow]) -> list[HistoryRow]:
    """`rows` as they come back from the compacted file they were written to."""
    return list(placed(parse_line(line, place) for place, line in enumerate(compacted_lines(rows), start=1)))


def contents(rows: list[HistoryRow]) -> list[str]:
    """What rows say, without the stamp of their place."""
    return [
        row.line.decode("latin-1")
        if row.content is None
        else json.dumps({name: value for name, value in row.content.items() if name != PLACE_KEY})
        for row in rows
    ]


@settings(max_examples=100)
@given(specs, histories(), st.lists(st.integers(0, 70), max_size=4))
def test_compacting_on_the_way_gives_the_same_as_compacting_the_whole(
    spec: LaneSpec, history: list[bytes], stops: list[int]
) -> None:
    rows = rows_of(history)
    whole = kept(spec, rows)

    on_the_way: list[HistoryRow] = []
    through_files: list[HistoryRow] = []
    start = 0
    for stop in [*sorted(min(stop, len(rows)) for stop in stops), len(rows)]:
        on_the_way = kept(spec, on_the_way + rows[start:stop])
        through_files = through_a_file(kept(spec, through_files + rows[start:stop]))
        start = stop

    assert on_the_way == whole
    assert contents(through_files) == contents(whole)


@settings(max_examples=40)
@given(specs, histories(), histories(most=15))
def test_rows_that_follow_a_compacted_file_are_counted_on(
    spec: LaneSpec, history: list[bytes], later: list[bytes]
) -> None:
    """As a person has it who compacts a JSONL file, appends to the result, and compacts that again."""
    first = list(compacted_lines(kept(spec, rows_of(history))))
    appended = list(placed(parse_line(line, place) for place, line in enumerate([*first, *later], start=1)))

    assert contents(kept(spec, appended)) == contents(kept(spec, rows_of([*history, *later])))


@settings(max_examples=40)
@given(specs, histories())
def test_compacting_again_changes_nothing(spec: LaneSpec, history: list[bytes]) -> None:
    once = kept(spec, rows_of(history))
    lines = list(compacted_lines(once))

    assert kept(spec, once) == once
    assert list(compacted_lines(kept(spec, through_a_file(once)))) == lines


@settings(max_examples=40)
@given(specs, histories())
def test_incidents_the_oldest_the_newest_and_the_recent_rows_stay(spec: LaneSpec, history: list[bytes]) -> None:
    rows = rows_of(history)
    compaction = compact(spec, rows, history_ends(rows), now=NOW)

    stay = [row for row in rows if incidents_of(spec, row)] + rows[:1] + rows[-spec.retention.recent :]
    assert {row.place for row in stay} <= {row.place for row in compaction.rows}
    assert compaction.report["status"] == "ok"
    assert compaction.report["strict_fail_reasons"] == []
    assert [row.place for row in compaction.rows] == sorted(row.place for row in compaction.rows)


def test_thinned_rows_are_chosen_by_their_place() -> None:
    compaction = compact(SPEC, rows_of(good(200)), history_ends(rows_of(good(200))), now=NOW)

    recent = list(range(181, 201))
    middle = [place for place in range(81, 181) if place % 5 == 0]
    old = [place for place in range(2, 81) if place % 20 == 0]
    assert [row.place for row in compaction.rows] == [1, *old, *middle, *recent]
    assert compaction.report["kept_because"] == {
        "middle_one_in_5": 20, "old_one_in_20": 4, "oldest_or_newest": 2, "recent": 19
    }  # fmt: skip
    assert compaction.report["tiers"] == {
        "recent": {"entries": 20, "kept": 20, "dropped": 0},
        "middle": {"entries": 100, "kept": 20, "dropped": 80},
        "old": {"entries": 80, "kept": 5, "dropped": 75},
    }
    assert (compaction.report["entries_before"], compaction.report["entries_after"]) == (200, 45)


def test_a_row_that_follows_a_gap_carries_its_place_and_every_other_is_kept_to_the_letter() -> None:
    lines = [json.dumps(row_of(day), separators=(",", ":")).encode() + b" \r" for day in range(30)]

    written = list(compacted_lines(kept(SMALL, rows_of(lines))))

    stamped = [json.loads(line)[PLACE_KEY] for line in written if PLACE_KEY.encode() in line]
    assert stamped == [4, 8, 12, 16, 20, 22, 24, 26, 28]
    assert written[0] == lines[0]
    assert written[1] == lines[3].replace(b"} \r", b', "history_place": 4} \r')
    assert written[-2:] == lines[-2:]
    assert list(compacted_lines(kept(SMALL, list(placed(rows_of(written)))))) == written


def test_places_stay_right_when_the_newest_rows_are_malformed() -> None:
    history = [*good(29), b"oops", b"oops", b"oops"]
    first = list(compacted_lines(kept(SMALL, rows_of(history))))
    later = [json.dumps(row_of(day)).encode() for day in range(100, 120)]

    appended = list(placed(parse_line(line, place) for place, line in enumerate([*first, *later], start=1)))

    assert [row.place for row in appended[-20:]] == list(range(33, 53))


def test_a_stamp_from_elsewhere_does_not_move_a_row() -> None:
    lines = [json.dumps({**row_of(day), PLACE_KEY: 500 - day}).encode() for day in range(30)]
    rows = rows_of(lines)

    again = through_a_file(kept(SMALL, rows))

    assert [row.place for row in again] == [row.place for row in kept(SMALL, rows)]


@pytest.mark.parametrize("stamp", [True, 4.0, "4", None, -3])
def test_a_stamp_that_is_no_place_is_not_believed(stamp: object) -> None:
    rows = list(placed(rows_of([*good(2), json.dumps({**row_of(9), PLACE_KEY: stamp}).encode()])))

    assert [row.place for row in rows] == [1, 2, 3]


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({}, []),
        ({"status": "failed"}, ["failed"]),
        ({"status": "weird"}, ["failed"]),
        ({"status": " Degraded "}, ["degraded"]),
        ({"strict_fail_reasons": ["odd"]}, ["strict"]),
        ({"contract_complete": None}, ["contract_incomplete"]),
        ({"unknown_rate_within_threshold": False}, ["unknown_rate_violation"]),
        ({"time_to_first_answer_within_threshold": "true"}, ["tfa_violation"]),
        ({"drilldown_click_rate_within_threshold": 1}, ["drilldown_violation"]),
    ],
)
def test_the_classes_of_incident(change: dict[str, object], names: list[str]) -> None:
    assert incidents_of(SPEC, rows_of([json.dumps({**row_of(), **change}).encode()])[0]) == names
    assert incident_names(SPEC) == INCIDENTS


def test_a_lane_of_gates_has_no_class_of_incomplete_rows() -> None:
    names = ["malformed", "failed", "degraded", "strict", "focus_gate_failed", *(f"{gate}_failed" for gate in GATES)]
    assert incident_names(gate_histories.SPEC) == names
    bad = gate_histories.row_of(coverage__norms_classified_pct=0.5)
    (row,) = gate_histories.history_of(bad)
    assert incidents_of(gate_histories.SPEC, row) == ["degraded", "focus_gate_failed", "norms_classified_gate_failed"]


def test_a_cadence_that_would_not_be_stable_is_refused() -> None:
    with pytest.raises(SpecProblem, match="retention: old_every 12 must be a multiple of middle_every 5"):
        spec_with(retention={"middle_every": 5, "old_every": 12})


# --- Parity -------------------------------------------------------------------------------------------------


def eventful() -> list[HistoryRow]:
    """A window with a row of each class of incident, the newest one good."""
    changes: list[dict[str, object]] = [
        {"status": "failed"},
        {"status": "degraded"},
        {"strict_fail_reasons": ["odd"]},
        {"contract_complete": False},
        {"unknown_rate_within_threshold": False},
        {"time_to_first_answer_within_threshold": False},
        {"drilldown_click_rate_within_threshold": False},
    ]
    rows = [{**row_of(day), **change} for day, change in enumerate(changes)]
    return rows_of([b"not json", *(json.dumps(row).encode() for row in rows), *good(2)])


def test_a_history_agrees_with_its_compaction() -> None:
    report = parity(SPEC, eventful(), kept(SMALL, eventful()), last=20, now=NOW)

    assert report["status"] == "ok"
    assert list(report["incidents"]) == INCIDENTS
    assert {row["raw"] for row in report["incidents"].values()} == {1}


@pytest.mark.parametrize(("place", "name"), list(enumerate(INCIDENTS, start=1)))
def test_parity_finds_a_lost_row_of_each_class(place: int, name: str) -> None:
    without = [row for row in eventful() if row.place != place]

    report = parity(SPEC, eventful(), without, last=20, now=NOW)

    assert report["strict_fail_reasons"] == [f"{name}_count_lost"]
    assert report["incidents"][name] == {"raw": 1, "compacted": 0}
    assert report["status"] == "failed"


def test_parity_finds_a_lost_newest_row() -> None:
    assert parity(SPEC, eventful(), eventful()[:-1], last=20, now=NOW)["strict_fail_reasons"] == ["newest_row_lost"]


def test_parity_counts_malformed_rows_of_the_same_text_one_by_one() -> None:
    raw = rows_of([b"not json", b"not json", *good(1)])

    report = parity(SPEC, raw, raw[1:], last=20, now=NOW)

    assert report["incidents"]["malformed"] == {"raw": 2, "compacted": 1}


@settings(max_examples=30)
@given(histories(), st.integers(1, 60))
def test_parity_holds_through_a_file_whatever_the_text_of_the_rows(history: list[bytes], last: int) -> None:
    rows = rows_of([json.dumps(json.loads(line), separators=(",", ":")).encode() if b'"run_at": "2' in line else line
                    for line in history])  # fmt: skip

    assert parity(SMALL, rows[-last:], through_a_file(kept(SMALL, rows)), last=last, now=NOW)["status"] == "ok"


def test_parity_of_nothing_with_nothing_holds() -> None:
    assert parity(SPEC, [], [], last=20, now=NOW)["status"] == "ok"


def test_an_older_row_does_not_stand_in_for_an_equal_one_that_was_lost() -> None:
    raw = rows_of([b"junk", *good(5), b"junk", *good(3)])
    without_the_second = [row for row in raw if not (row.malformed and row.place > 1)]

    report = parity(SPEC, raw[-5:], without_the_second, last=5, now=NOW)

    assert "malformed_count_lost" in report["strict_fail_reasons"]
