"""Counts as people read them, wherever they are shown: no event is rounded away."""

from __future__ import annotations

from fractions import Fraction

import pytest

from heartbeat_assets.components import objective_metadata
from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.objectives.days import days_of
from heartbeat_assets.objectives.slo.counts import count_words, plain
from heartbeat_assets.objectives.slo.measured import buckets_of
from heartbeat_assets.objectives.slo.verdict import judge
from heartbeat_assets_tests.objectives.slo.slo_making import at, buckets, slo


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "0"),
        (1_234_567, "1,234,567"),
        (1_234_567.0, "1,234,567"),
        (Fraction(24_691_351, 20), "1,234,567.55"),
        (86.4, "86.4"),
        (-2.5, "-2.5"),
        (0.04321, "0.0432"),
    ],
)
def test_a_count_is_told_to_the_last_event(amount: Fraction | float, words: str) -> None:
    assert count_words(amount) == words


def test_a_plain_count_is_whole_where_it_can_be() -> None:
    assert [plain(Fraction(6, 2)), plain(Fraction(1, 4))] == [3, 0.25]
    assert isinstance(plain(3.0), int)


def test_dagster_shows_every_event_of_more_than_a_million() -> None:
    api = slo(annotations={"heartbeat/minEvents": "2000000"})
    made, now = buckets(api, "2026-03-01T12:00", (1_234_567, 1_250_000)), at("2026-03-01T12:05")
    body = judge(api, made, now).record() | {"days": [one.record() for one in days_of(api, made, now, days=1)]}
    shown = objective_metadata.of_record(body, 1)
    assert "| good | 1,234,567 | 1,234,567 |" in shown["budget"].value
    assert "| 2026-03-01 | 1,234,567 | 1,250,000 |" in shown["last_days"].value
    assert "1,250,000 (2,000,000 needed)" in shown["burns"].value
    assert "not judged, 1,250,000 of at least 2,000,000 events" in body["burns"][0]["sentence"]


def test_a_problem_with_counts_says_which_is_the_greater() -> None:
    rows = [{"bucket_us": 1_770_000_000_000_000, "good": 1_234_568, "total": 1_234_567}]
    with pytest.raises(HeartbeatError, match="1,234,568 good of 1,234,567;"):
        buckets_of(slo(), [rows])
