"""Tests of heartbeat: a heartbeat."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.lanes.heartbeat import build_row, content_id, validation_errors
from heartbeat_assets_tests.lanes.histories import ATTRIBUTES, SPEC, digest_of, row_of, spec_with

ROW_FIELDS = [
    "run_at", "heartbeat_id", "digest_generated_at", "status",
    "unknown_rate", "time_to_first_answer_seconds", "drilldown_click_rate",
    "max_unknown_rate", "max_time_to_first_answer_seconds", "min_drilldown_click_rate",
    "unknown_rate_within_threshold", "time_to_first_answer_within_threshold", "drilldown_click_rate_within_threshold",
    "telemetry_available", "contract_complete",
    "missing_metrics", "failure_reasons", "strict_fail_reasons", "strict_fail_count",
]  # fmt: skip

scalars = st.one_of(st.none(), st.booleans(), st.integers(-(10**6), 10**6), st.floats(-1e6, 1e6), st.text(max_size=5))
documents = st.dictionaries(
    st.text(max_size=5),
    st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner)),
    max_size=5,
)


def shuffled(value: Any) -> Any:
    """The same content with every key the other way round and whole numbers written with a point."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(list(value))}
    if isinstance(value, list):
        return [shuffled(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def figures(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every leaf."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not isinstance(value, dict | list):
        yield path
    for key, item in items:
        yield from figures(item, (*path, key))


def test_a_row_is_flat_and_its_fields_stand_in_order() -> None:
    row = row_of()

    assert list(row) == ROW_FIELDS
    assert row["run_at"] == row["digest_generated_at"] == "2026-01-01T12:00:00+00:00"
    assert (row["strict_fail_reasons"], row["strict_fail_count"]) == ([], 0)


@given(documents)
def test_the_id_does_not_depend_on_how_a_digest_is_written(digest: dict[str, Any]) -> None:
    assert content_id(shuffled(digest)) == content_id(digest)
    assert content_id(json.loads(json.dumps(digest, indent=3))) == content_id(digest)


def test_any_changed_figure_gives_another_id() -> None:
    digest = digest_of()
    digest["telemetry"] = {"sessions_total": 2, "parse_errors": 0}
    ids = {content_id(digest)}
    paths = list(figures(digest))
    for path in paths:
        changed = copy.deepcopy(digest)
        place = changed
        for key in path[:-1]:
            place = place[key]
        old = place[path[-1]]
        place[path[-1]] = not old if isinstance(old, bool) else f"{old}x" if isinstance(old, str) else old + 0.000001
        ids.add(content_id(changed))

    assert len(ids) == len(paths) + 1


@settings(max_examples=25)
@given(documents, documents)
def test_different_contents_have_different_ids(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert (content_id(one) == content_id(other)) == (
        json.dumps(_typed(one), sort_keys=True) == json.dumps(_typed(other), sort_keys=True)
    )


def _typed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_typed(item) for item in value]
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def test_a_missing_figure_is_not_the_same_as_none_zero_or_false() -> None:
    assert len({content_id({"a": value}) for value in (None, 0, False, "", [], {})} | {content_id({})}) == 7


def test_a_digest_under_the_key_digest_gives_the_same_row() -> None:
    digest = digest_of()

    assert build_row(SPEC, {"digest": digest, "note": "wrapped"}) == build_row(SPEC, digest)


@pytest.mark.parametrize(
    ("status", "counts_as"),
    [("ok", "ok"), (" OK ", "ok"), ("Degraded", "degraded"), ("weird", "failed"), (None, "failed"), (1, "failed")],
)
def test_a_status_is_a_token_and_every_other_one_is_failed(status: Any, counts_as: str) -> None:
    assert build_row(SPEC, {**digest_of(), "status": status})["status"] == counts_as


def test_what_is_no_number_and_no_truth_value_is_null() -> None:
    digest = digest_of()
    digest["metrics"] = {"unknown_rate": "0.1", "time_to_first_answer_seconds": True, "drilldown_click_rate": [1]}
    digest["thresholds"] = {"max_unknown_rate": "0.45", "max_time_to_first_answer_seconds": None}
    digest["checks"] = dict.fromkeys(digest["checks"], "true") | {"contract_complete": 1}

    row = build_row(SPEC, digest)

    assert {row[name] for name in ROW_FIELDS[4:15]} == {None}
    assert validation_errors(SPEC, row) == []


@pytest.mark.parametrize("part", ["metrics", "thresholds", "checks", "missing_metrics", "failure_reasons"])
@pytest.mark.parametrize("value", [None, "text", 5, [1, None]])
def test_a_digest_with_a_part_of_the_wrong_type_still_gives_a_row(part: str, value: Any) -> None:
    row = build_row(SPEC, {**digest_of(), part: value})

    assert list(row) == ROW_FIELDS


def test_a_failed_digest_hands_its_reasons_on_or_says_that_it_has_none() -> None:
    with_reasons = row_of(unknown=0.9, drilldown=0.1)
    without = build_row(SPEC, {**digest_of(), "status": "failed"})

    assert with_reasons["strict_fail_reasons"] == [
        "drilldown_click_rate_below_threshold",
        "unknown_rate_above_threshold",
    ]
    assert with_reasons["strict_fail_count"] == 2
    assert (without["strict_fail_reasons"], without["strict_fail_count"]) == (["failed_without_reason"], 1)


def test_reasons_of_a_digest_that_did_not_fail_are_no_strict_reasons() -> None:
    row = build_row(SPEC, {**digest_of(), "failure_reasons": ["odd"]})

    assert (row["failure_reasons"], row["strict_fail_reasons"]) == (["odd"], [])


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({}, []),
        ({"run_at": ""}, ["missing_run_at"]),
        ({"run_at": None}, ["missing_run_at"]),
        ({"heartbeat_id": "  "}, ["missing_heartbeat_id"]),
        ({"status": "weird"}, ["invalid_status", "contract_complete_status_mismatch"]),
        ({"unknown_rate": -0.1}, ["invalid_unknown_rate"]),
        ({"unknown_rate": 1.000001}, ["invalid_unknown_rate"]),
        ({"unknown_rate": 0}, []),
        ({"unknown_rate": 1}, []),
        ({"time_to_first_answer_seconds": -1}, ["invalid_time_to_first_answer_seconds"]),
        ({"time_to_first_answer_seconds": 0}, []),
        ({"drilldown_click_rate": 2}, ["invalid_drilldown_click_rate"]),
        ({"max_unknown_rate": 1.5}, ["invalid_max_unknown_rate"]),
        ({"max_unknown_rate": 0}, []),
        ({"max_time_to_first_answer_seconds": 0}, ["invalid_max_time_to_first_answer_seconds"]),
        ({"max_time_to_first_answer_seconds": 0.5}, []),
        ({"min_drilldown_click_rate": -0.2}, ["invalid_min_drilldown_click_rate"]),
        ({"status": "degraded"}, ["contract_complete_status_mismatch"]),
        ({"status": "degraded", "contract_complete": None}, []),
        ({"strict_fail_count": 1}, ["strict_fail_count_mismatch"]),
        ({"strict_fail_count": None}, ["strict_fail_count_mismatch"]),
        (
            {"drilldown_click_rate": 2, "unknown_rate": 2, "max_unknown_rate": 2, "run_at": ""},
            ["missing_run_at", "invalid_unknown_rate", "invalid_drilldown_click_rate", "invalid_max_unknown_rate"],
        ),
    ],
)
def test_what_is_wrong_with_a_row_is_named_as_in_the_contract(change: dict[str, Any], errors: list[str]) -> None:
    assert validation_errors(SPEC, {**row_of(), **change}) == errors


def test_a_count_may_have_the_threshold_zero() -> None:
    kpi = {"name": "errors", "unit": "count", "max": 0}
    spec = spec_with(kpis=[*ATTRIBUTES["kpis"], kpi])

    assert validation_errors(spec, {**row_of(), "errors": 0, "max_errors": 0}) == []
    assert validation_errors(spec, {**row_of(), "errors": -1, "max_errors": -1}) == [
        "invalid_errors",
        "invalid_max_errors",
    ]
