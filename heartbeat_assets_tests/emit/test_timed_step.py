"""Timing steps: real durations, success and failure, exceptions that go on, every kind of function."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from heartbeat_assets.emit import flush, kpi_timed_step
from heartbeat_assets.ledger import KpiEvent, Ledger, LedgerError


def steps(ledger: Ledger) -> list[KpiEvent]:
    assert flush(60)
    return ledger.events.newest("A", "step", 100)


def duration(event: KpiEvent) -> float:
    assert event.duration_ms is not None
    return event.duration_ms


def test_a_step_that_succeeds_has_its_real_duration(configured: Ledger) -> None:
    with kpi_timed_step(None, "A", "step", actor="me", correlation_id="c", detail={"size": 3}):
        time.sleep(0.05)
    (event,) = steps(configured)
    assert (event.success, event.actor, event.correlation_id, event.detail) == (True, "me", "c", '{"size": 3}')
    assert 50 <= duration(event) < 5000


def test_a_step_that_raises_is_a_failure_with_the_class_and_the_exception_goes_on(configured: Ledger) -> None:
    with pytest.raises(ValueError, match="secret"), kpi_timed_step(None, "A", "step", detail={"size": 3}):
        raise ValueError("secret")
    (event,) = steps(configured)
    assert event.success is False
    assert json.loads(event.detail or "") == {"size": 3, "error": "ValueError"}
    assert event.duration_ms is not None


def test_the_message_is_recorded_when_asked_for_and_other_modules_are_named(configured: Ledger) -> None:
    with pytest.raises(LedgerError), kpi_timed_step(None, "A", "step", detail="why", message=True):
        raise LedgerError("no disk")
    (event,) = steps(configured)
    error = {"error": "heartbeat_assets.ledger.errors.LedgerError", "message": "no disk"}
    assert json.loads(event.detail or "") == {"detail": "why", **error}


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_whatever_ends_a_step_goes_on(configured: Ledger, kind: type[BaseException]) -> None:
    with pytest.raises(kind), kpi_timed_step(None, "A", "step"):
        raise kind()
    assert [event.success for event in steps(configured)] == [False]


def test_every_kind_of_function_can_be_timed(configured: Ledger) -> None:
    timed = kpi_timed_step(None, "A", "step")

    @timed
    def plain(number: int) -> int:
        """Twice."""
        return 2 * number

    @timed
    async def coroutine(number: int) -> int:
        await asyncio.sleep(0.03)
        return 2 * number

    @timed
    def generator() -> Iterator[int]:
        yield 1
        time.sleep(0.03)
        yield 2

    @timed
    async def async_generator() -> AsyncIterator[int]:
        yield 1
        yield 2

    async def all_async() -> list[int]:
        async with kpi_timed_step(None, "A", "step"):
            pass
        return [await coroutine(2), *[item async for item in async_generator()]]

    assert (plain(2), plain.__name__, plain.__doc__) == (4, "plain", "Twice.")
    assert asyncio.run(all_async()) == [4, 1, 2]
    assert list(generator()) == [1, 2]
    found = steps(configured)
    assert [event.success for event in found] == [True] * 5
    assert sum(duration(event) >= 30 for event in found) == 2


def test_a_generator_that_is_closed_early_has_not_failed(configured: Ledger) -> None:
    @kpi_timed_step(None, "A", "step")
    def numbers() -> Iterator[int]:
        yield 1
        yield 2

    generator = numbers()
    next(generator)
    generator.close()  # type: ignore[attr-defined]
    assert [event.success for event in steps(configured)] == [True]


def test_calls_that_overlap_have_clocks_of_their_own(configured: Ledger) -> None:
    @kpi_timed_step(None, "A", "step")
    def wait(seconds: float) -> None:
        time.sleep(seconds)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(wait, [0.3, 0.01]))
    shorter, longer = sorted(duration(event) for event in steps(configured))
    assert shorter < 250 < longer


def test_strictly_the_exception_of_the_step_comes_before_that_of_the_ledger() -> None:
    with pytest.raises(LedgerError, match="not a ledger"), kpi_timed_step("mysql://h/d", "A", "step", strict=True):
        pass
    with pytest.raises(ValueError, match="mine"), kpi_timed_step("mysql://h/d", "A", "step", strict=True):
        raise ValueError("mine")
    with pytest.raises(LedgerError, match="domain"):
        kpi_timed_step(None, "no name", "step", strict=True)
