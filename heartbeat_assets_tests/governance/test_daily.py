"""Tests of daily: what a series of KPI events came to on each day."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartbeat_assets.governance.daily import daily_figures, figures_of, last_days, mean_of, percentile
from heartbeat_assets.governance.daily_book import book_file, keep_days, known_days
from heartbeat_assets.ledger import EventStore, NewKpiEvent, open_ledger

FRIDAY = date(2026, 3, 6)
MIDNIGHT = datetime(2026, 3, 6, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield ledger.events
    ledger.close()


def event(success: bool | None = True, **more: object) -> NewKpiEvent:
    return NewKpiEvent("SHOP", "sold", **({"success": success, "at": MIDNIGHT} | more))  # type: ignore[arg-type]


def test_a_day_has_its_counts_its_rate_and_its_durations(store: EventStore) -> None:
    store.append([event(duration_ms=float(ms)) for ms in range(1, 20)] + [event(False, duration_ms=20.0), event(False)])
    (figures,) = daily_figures(store, "shop", "sold", [FRIDAY])
    assert (figures.events, figures.successes, figures.failures) == (21, 19, 2)
    assert figures.success_rate == 19 / 21
    assert (figures.timed, figures.p50_ms, figures.p95_ms) == (20, 10.0, 19.0)
    assert (figures.values, figures.mean) == (0, None)


def test_numbers_have_a_mean_and_no_rate(store: EventStore) -> None:
    store.append([event(None, value=value) for value in (0.1, 0.2, 0.3, -0.6)])
    (figures,) = daily_figures(store, "SHOP", "sold", [FRIDAY])
    assert (figures.events, figures.values, figures.success_rate, figures.p50_ms) == (4, 4, None, None)
    assert figures.mean == pytest.approx(0, abs=1e-17)


def test_a_day_goes_from_midnight_to_midnight_utc(store: EventStore) -> None:
    moment = timedelta(microseconds=1)
    day = timedelta(days=1)
    store.append([event(at=at) for at in (MIDNIGHT - moment, MIDNIGHT, MIDNIGHT + day - moment, MIDNIGHT + day)])
    days = [FRIDAY - day, FRIDAY, FRIDAY + day, FRIDAY + 2 * day]
    assert [one.events for one in daily_figures(store, "SHOP", "sold", days)] == [1, 2, 1, 0]


def test_a_day_without_events_has_no_rate_rather_than_0() -> None:
    figures = figures_of(FRIDAY, [])
    assert figures.events == 0
    assert (figures.success_rate, figures.mean, figures.p50_ms, figures.p95_ms) == (None, None, None, None)


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=60), st.integers(1, 99))
def test_a_percentile_was_measured_and_is_the_smallest_that_enough_do_not_exceed(
    durations: list[float], percent: int
) -> None:
    ordered = sorted(durations)
    found = percentile(ordered, percent)
    assert found in durations
    assert found is not None

    def enough(limit: float) -> bool:
        return 100 * sum(one <= limit for one in durations) >= percent * len(durations)

    assert enough(found)
    assert not any(enough(one) for one in durations if one < found)


def test_the_mean_is_rounded_once_and_never_overflows() -> None:
    assert mean_of([1e16, 1.0, -1e16]) == 1 / 3
    huge = mean_of([1.7e308] * 3)
    assert huge is not None
    assert math.isfinite(huge)


def test_the_last_days_end_with_today_in_utc() -> None:
    late = datetime.fromisoformat("2026-03-06T23:30:00-02:00")
    assert last_days(2, late) == [date(2026, 3, 6), date(2026, 3, 7)]


def test_a_book_keeps_every_day_that_was_worked_out_and_the_newest_figures_of_it(tmp_path: Path) -> None:
    days = [FRIDAY, FRIDAY - timedelta(days=1)]
    keep_days(tmp_path, "SHOP", "sold", [figures_of(day, []) for day in days])
    kept = keep_days(tmp_path, "SHOP", "sold", [figures_of(FRIDAY, [])])
    assert [one["day"] for one in kept] == ["2026-03-05", "2026-03-06"]
    document = json.loads(book_file(tmp_path, "SHOP", "sold").read_text(encoding="utf-8"))
    assert (document["domain"], document["metric"], document["days"]) == ("SHOP", "sold", kept)


def test_a_book_that_cannot_be_read_is_made_anew(tmp_path: Path) -> None:
    file = book_file(tmp_path, "SHOP", "sold")
    file.parent.mkdir()
    for text in ("{", "[]", '{"days": 3}', '{"days": ["x"]}'):
        file.write_text(text, encoding="utf-8")
        assert len(keep_days(tmp_path, "SHOP", "sold", [figures_of(FRIDAY, [])])) == 1


def test_two_writers_at_once_lose_no_day(tmp_path: Path) -> None:
    def write(back: int) -> None:
        keep_days(tmp_path, "SHOP", "sold", [figures_of(FRIDAY - timedelta(days=back), [])])

    threads = [threading.Thread(target=write, args=(back,)) for back in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(known_days(book_file(tmp_path, "SHOP", "sold"))) == 8
