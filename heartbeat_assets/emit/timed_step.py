"""A step that is timed: a context manager and a decorator, for plain and async code alike.

Whatever the step raises goes on to the caller. Of an exception its class is recorded; its message, which may hold
anybody's data, only when asked for. It must not change what the step does.
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from types import TracebackType
from typing import Any, TypeVar, cast

from heartbeat_assets.emit.emitting import emit

_LONGEST_MESSAGE = 1000
_Step = TypeVar("_Step", bound=Callable[..., Any])


class kpi_timed_step:
    """Records success or failure of a step, and how long it took by the monotonic clock.

    `with kpi_timed_step(db, "BUYER_MATCH", "algorithm_run"):`, `async with`, or `@kpi_timed_step(...)` above a
    function, a coroutine or a generator. `message` records the exception's message too. With `strict` it raises
    LedgerError when the step went well and cannot be recorded; an exception of the step always comes first.
    """

    def __init__(
        self,
        db: Any,
        domain: str,
        metric: str,
        *,
        actor: Any = None,
        correlation_id: Any = None,
        detail: Any = None,
        message: bool = False,
        strict: bool = False,
    ) -> None:
        if strict:
            from heartbeat_assets.ledger import NewKpiEvent

            NewKpiEvent(domain, metric, success=True, actor=actor, correlation_id=correlation_id)
        self._db, self._domain, self._metric = db, domain, metric
        self._said = {"actor": actor, "correlation_id": correlation_id}
        self._detail, self._message, self._strict = detail, message, strict
        self._started: list[float] = []

    def __enter__(self) -> kpi_timed_step:
        self._started.append(time.perf_counter())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        duration_ms = (time.perf_counter() - self._started.pop()) * 1000
        # A generator that is closed early was asked for no more: that is no failure.
        failed = kind is not None and not issubclass(kind, GeneratorExit)
        given = {"success": not failed, "duration_ms": duration_ms, **self._said}
        try:
            detail = self._with_error(kind, error) if failed else self._detail
            emit(self._db, self._domain, self._metric, strict=self._strict, detail=detail, **given)
        except Exception:
            if not failed:
                raise

    async def __aenter__(self) -> kpi_timed_step:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def __call__(self, step: _Step) -> _Step:
        """Returns `step`, every call of it timed."""
        return cast(_Step, functools.wraps(step)(self._timed(step)))

    def _timed(self, step: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.iscoroutinefunction(step):

            async def timed_coroutine(*arguments: Any, **named: Any) -> Any:
                with self._again():
                    return await step(*arguments, **named)

            return timed_coroutine
        if inspect.isasyncgenfunction(step):

            async def timed_async_generator(*arguments: Any, **named: Any) -> AsyncGenerator[Any, None]:
                with self._again():
                    async for item in step(*arguments, **named):
                        yield item

            return timed_async_generator
        if inspect.isgeneratorfunction(step):

            def timed_generator(*arguments: Any, **named: Any) -> Generator[Any, Any, Any]:
                with self._again():
                    return (yield from step(*arguments, **named))

            return timed_generator

        def timed(*arguments: Any, **named: Any) -> Any:
            with self._again():
                return step(*arguments, **named)

        return timed

    def _again(self) -> kpi_timed_step:
        # Calls may overlap, in threads and tasks: each has a clock of its own.
        return kpi_timed_step(
            self._db, self._domain, self._metric,
            detail=self._detail, message=self._message, strict=self._strict, **self._said,
        )  # fmt: skip

    def _with_error(self, kind: type[BaseException] | None, error: BaseException | None) -> Any:
        assert kind is not None
        said: dict[str, Any] = {"error": kind.__qualname__ if kind.__module__ == "builtins" else
                                f"{kind.__module__}.{kind.__qualname__}"}  # fmt: skip
        if self._message:
            try:
                said["message"] = str(error)[:_LONGEST_MESSAGE]
            except Exception as fault:
                said["message"] = f"<cannot be shown: {type(fault).__name__}>"
        if self._detail is None:
            return said
        return {**self._detail, **said} if isinstance(self._detail, Mapping) else {"detail": self._detail, **said}
