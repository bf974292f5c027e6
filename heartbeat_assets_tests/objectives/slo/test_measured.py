"""Rows of queries as buckets."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from heartbeat_assets.objectives.slo.measured import Bucket, RowsProblem, buckets_of, ordered
from heartbeat_assets.objectives.slo.periods import to_us
from heartbeat_assets_tests.objectives.slo.slo_making import MINUTE, RATIO, THRESHOLD, at, buckets, slo

NOON = to_us(at("2026-03-01T12:00"))
WIDTH = 5 * MINUTE


def source(query: str) -> dict[str, Any]:
    return {"metricSource": {"type": "heartbeat/sql", "spec": {"service": "shop", "query": query}}}


def test_good_and_total_with_the_same_query_are_read_in_one_go() -> None:
    api = slo()
    (query,) = api.queries
    assert (query.service, query.columns) == ("shop", ("good", "total"))
    rows = [{"bucket_us": NOON + WIDTH, "good": 3, "total": 4}, {"bucket_us": NOON, "good": 1, "total": 1}]
    assert buckets_of(api, [rows]) == [Bucket(NOON, WIDTH, 1, 1), Bucket(NOON + WIDTH, WIDTH, 3, 4)]


def test_good_and_total_may_have_a_query_each() -> None:
    api = slo(sli={"ratioMetric": {"good": source("SELECT 1"), "total": source("SELECT 2")}})
    good = [{"bucket_us": NOON, "good": 1}]
    total = [{"bucket_us": NOON, "total": 2}, {"bucket_us": NOON + WIDTH, "total": 3}]
    # A bucket without a row of good events has none.
    assert buckets_of(api, [good, total]) == [Bucket(NOON, WIDTH, 1, 2), Bucket(NOON + WIDTH, WIDTH, 0, 3)]


def test_bad_events_are_taken_from_all() -> None:
    api = slo(sli={"ratioMetric": {"bad": source("SELECT 1"), "total": source("SELECT 2")}})
    total = [{"bucket_us": NOON, "total": 10}, {"bucket_us": NOON + WIDTH, "total": 3}]
    assert [one.good for one in buckets_of(api, [[{"bucket_us": NOON, "bad": 4}], total])] == [6, 3]


def test_a_ratio_worked_out_elsewhere_weighs_its_count() -> None:
    api = slo(sli={"ratioMetric": {"rawType": "failure", "raw": source("SELECT 1")}})
    rows = [{"bucket_us": NOON, "value": 0.1, "count": 30}, {"bucket_us": NOON + WIDTH, "value": 0.25}]
    assert [(one.good, one.total) for one in buckets_of(api, [rows])] == [(27, 30), (Fraction(3, 4), 1)]
    with pytest.raises(RowsProblem, match=r"value 1\.5 is no ratio"):
        buckets_of(api, [[{"bucket_us": NOON, "value": 1.5}]])


@pytest.mark.parametrize(("op", "good"), [("lte", 2), ("lt", 1), ("gte", 2), ("gt", 1)])
def test_each_value_is_held_against_the_limit(op: str, good: int) -> None:
    sse = slo(sli=THRESHOLD, op=op, value=5)
    # Raw values: their own instants, several in a bucket.
    rows = [{"bucket_us": NOON + second, "value": value} for second, value in enumerate((4.9, 5, Decimal("5.1")))]
    assert buckets_of(sse, [rows]) == [Bucket(NOON, WIDTH, good, 3)]


def test_a_percentile_with_a_count_stands_for_all_its_events() -> None:
    sse = slo(sli=THRESHOLD, op="lte", value=5)
    rows = [{"bucket_us": NOON, "value": 4, "count": 90}, {"bucket_us": NOON + WIDTH, "value": 6, "count": 10}]
    assert [(one.good, one.total) for one in buckets_of(sse, [rows])] == [(90, 90), (0, 10)]


def test_rows_without_a_figure_measured_nothing() -> None:
    assert buckets_of(slo(), [[{"bucket_us": NOON, "good": None, "total": None}]]) == []
    assert buckets_of(slo(), [[{"bucket_us": NOON, "good": None, "total": 0}]]) == [Bucket(NOON, WIDTH, 0, 0)]
    sse = slo(sli=THRESHOLD, op="lte", value=5)
    assert buckets_of(sse, [[{"bucket_us": NOON, "value": None}]]) == []


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"good": 1, "total": 1}, "api, row 1 of its query: there is no column 'bucket_us'; there are good, total"),
        ({"bucket_us": NOON, "good": 1}, "there is no column 'total'"),
        ({"bucket_us": "now", "good": 1, "total": 1}, "bucket_us must be microseconds since 1970"),
        ({"bucket_us": None, "good": 1, "total": 1}, "bucket_us must be microseconds since 1970"),
        ({"bucket_us": NOON, "good": "1", "total": 1}, "good must be a number, not '1'"),
        ({"bucket_us": NOON, "good": True, "total": 1}, "good must be a number, not True"),
        ({"bucket_us": NOON, "good": float("nan"), "total": 1}, "good must be a number, not nan"),
        ({"bucket_us": NOON, "good": -1, "total": 1}, "good must not be below 0, not -1"),
        ({"bucket_us": NOON, "good": 2, "total": 1}, f"bucket_us {NOON} has 2 good of 1"),
    ],
)
def test_rows_that_are_no_measurement_are_refused_in_words(row: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RowsProblem) as raised:
        buckets_of(slo(), [[row]])
    assert sentence in str(raised.value)


def test_the_rows_of_each_query_are_wanted() -> None:
    with pytest.raises(RowsProblem, match="1 queries and the rows of 0"):
        buckets_of(slo(sli=RATIO), [])


def test_a_query_says_which_bounds_it_asks_for() -> None:
    api = slo(sli={"ratioMetric": {"good": source("SELECT $start_us"), "total": source("SELECT $start_us, $end_us")}})
    assert [sorted(query.parameters) for query in api.queries] == [["start_us"], ["end_us", "start_us"]]


def test_a_gap_is_quiet_only_as_long_as_the_slo_says() -> None:
    api = slo(annotations={"heartbeat/quiet": "10m"})
    made = buckets(api, "2026-03-01T12:00", (1, 1), None, None, (1, 1), None, None, None, (1, 1))
    # Two buckets are missing, 10 minutes: quiet. Then three: not measured.
    assert [(one.start_us - NOON) // WIDTH for one in ordered(api, made)] == [0, 1, 2, 3, 7]
    assert len(ordered(slo(), made)) == 3


def test_buckets_of_another_width_are_refused() -> None:
    with pytest.raises(ValueError, match="api has buckets of 5m"):
        ordered(slo(), [Bucket(NOON, MINUTE, 1, 1)])
    with pytest.raises(ValueError, match="api has buckets of 5m"):
        ordered(slo(), [Bucket(NOON + 1, WIDTH, 1, 1)])
