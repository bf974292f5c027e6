"""Tests of backtest_curves: long histories thinned to curves, with every spike and every gap."""

import random
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.lanes.backtest.curves import MOST_COLUMNS, Column, Curve, Curves
from heartbeat_assets_tests.lanes.histories import NOW, SPEC

KPI = SPEC.kpis[2]


def curves_of(values: list[tuple[float, Any]], threshold: Any = 0.2) -> Curves:
    """Curves of one KPI; each value with the second it came."""
    curves = Curves([KPI])
    for second, value in values:
        curves.add(NOW + timedelta(seconds=second), {KPI.name: value, KPI.threshold_name: threshold})
    return curves


def stretches(curves: Curves) -> list[list[Column]]:
    return curves.curves[0].stretches(curves.longest_step)


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.integers(1, 4_000), st.sampled_from([0.1, 1, 60, 86_400]))
def test_thinning_keeps_the_range_of_every_column_and_both_ends(seed: int, size: int, step: float) -> None:
    rng = random.Random(seed)
    values = [(number * step, rng.random()) for number in range(size)]

    columns = sorted(curves_of(values).curves[0].columns.items())

    assert len(columns) <= MOST_COLUMNS
    first, last = (column.from_at - NOW for _, column in (columns[0], columns[-1]))
    assert first == timedelta(0)
    for _, column in columns:
        begins, ends = ((at - NOW).total_seconds() for at in (column.from_at, column.to_at))
        inside = [value for second, value in values if begins - 1e-5 <= second <= ends + 1e-5]
        assert (column.first, column.last) == (inside[0], inside[-1])
        assert (column.low, column.high) == (min(inside), max(inside))
    assert last <= timedelta(seconds=values[-1][0])
    assert columns[-1][1].last == values[-1][1]


def test_a_long_history_still_has_hundreds_of_columns() -> None:
    curves = curves_of([(60.0 * number, 0.5) for number in range(100_000)])

    assert MOST_COLUMNS / 2 <= len(curves.curves[0].columns) <= MOST_COLUMNS


def test_a_row_without_a_value_cuts_the_curve() -> None:
    values: list[tuple[float, Any]] = [(0, 0.1), (60, 0.2), (120, None), (180, "0.5"), (240, True), (300, 0.4)]

    assert [[column.last for column in stretch] for stretch in stretches(curves_of(values))] == [[0.1, 0.2], [0.4]]


def test_a_malformed_row_and_one_without_an_instant_cut_it_too() -> None:
    curves = curves_of([(0, 0.1)])
    curves.add(NOW + timedelta(seconds=60), None)
    curves.add(NOW + timedelta(seconds=60), {KPI.name: 0.2})
    curves.add(None, {KPI.name: 0.3})
    curves.add(NOW + timedelta(seconds=120), {KPI.name: 0.4})

    assert [[column.last for column in stretch] for stretch in stretches(curves)] == [[0.1], [0.2], [0.4]]


def test_a_time_without_rows_much_longer_than_usual_cuts_it_too() -> None:
    hours = [(3600.0 * number, 0.5) for number in range(50) if not 20 < number < 40]

    assert [len(stretch) for stretch in stretches(curves_of(hours))] == [21, 10]


def test_a_single_row_that_was_late_does_not_cut_it() -> None:
    hours = [(3600.0 * number, 0.5) for number in range(50) if number != 20]

    assert [len(stretch) for stretch in stretches(curves_of(hours))] == [49]


def test_the_threshold_is_the_one_recorded_with_the_value() -> None:
    curves = Curves([KPI])
    for second, threshold in ((0, 0.2), (60, 0.3), (120, None), (180, "0.4")):
        curves.add(NOW + timedelta(seconds=second), {KPI.name: 0.5, KPI.threshold_name: threshold})

    assert [column.threshold for stretch in stretches(curves) for column in stretch] == [0.2, 0.3, None, None]


def test_values_beyond_all_measure_can_still_be_drawn() -> None:
    curves = curves_of([(0, 10**300 * 5), (60, -1.7e308), (120, 10**400)], threshold=1.7e308)

    found = [(column.low, column.high, column.threshold) for stretch in stretches(curves) for column in stretch]
    assert found == [(1e300, 1e300, 1e300), (-1e300, -1e300, 1e300)]


def test_a_row_older_than_the_first_is_kept() -> None:
    curves = curves_of([(100, 0.5), (0, 0.1), (200, 0.6)])

    assert min(column.low for column in curves.curves[0].columns.values()) == 0.1


def test_no_kpi_makes_no_curve() -> None:
    curves = Curves([])
    curves.add(NOW, {"anything": 1})

    assert curves.curves == []


def test_a_curve_without_rows_has_no_stretch() -> None:
    assert Curve(KPI).stretches(1.0) == []
    assert Curves([KPI]).longest_step > 1e9
