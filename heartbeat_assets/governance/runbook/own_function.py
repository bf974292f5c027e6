"""A check of the user's own: a function in the project, called under a time limit.

It must not show what the function raised, as nobody knows what is in there: the class of the error only.
"""

from __future__ import annotations

import importlib
import inspect
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.governance.runbook.check import Check, Found
from heartbeat_assets.governance.runbook.context import RunbookContext
from heartbeat_assets.ledger import LedgerError
from heartbeat_assets.specs.fields import Name, Number, Words

_PLACE = r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$"


class OwnFunction(Check):
    """A function of the project's own says that it is in order."""

    check: Literal["function"] = "function"
    function: str = Field(
        pattern=_PLACE, description="The function, as `package.module:name`; it takes nothing, or the RunbookContext."
    )
    id: Name = Field(description="What the item is called.")
    message: Words | None = Field(None, description="What the item asks, as a sentence.")
    fix: str = Field("", description="What to do when it fails.")
    timeout_seconds: Number = Field(10.0, ge=0.1, le=600, description="How long the function may take.")

    @property
    def asked(self) -> str:
        """The user's sentence."""
        return self.message or f"{self.function} says that it is in order."

    def look(self, context: RunbookContext) -> Found:
        """Calls the function in a thread of its own, so that one that hangs stops nobody."""
        function = _loaded(self.function, context)
        answers: list[Any] = []
        faults: list[BaseException] = []

        def call() -> None:
            try:
                answers.append(function(context) if _takes_context(function) else function())
            except BaseException as fault:
                faults.append(fault)

        thread = threading.Thread(target=call, name=f"runbook {self.id}", daemon=True)
        thread.start()
        thread.join(self.timeout_seconds)
        if faults:
            return self._raised(faults[0])
        if not answers:
            return Found(False, f"{self.function} took longer than {self.timeout_seconds:g} s.", {}, self.fix)
        return self._found(answers[0])

    def _raised(self, fault: BaseException) -> Found:
        # What the runbook explains better than the user's file does.
        if isinstance(fault, LedgerError | SpecProblem):
            raise fault
        kind = type(fault).__name__
        told = f"{self.function} failed with {kind}; what it said is not shown."
        return Found(False, told, {"error": kind}, self.fix or "Look at its code.")

    def _found(self, answer: Any) -> Found:
        if isinstance(answer, Found):
            return answer if answer.fix or answer.ok else replace(answer, fix=self.fix)
        if isinstance(answer, Mapping) and isinstance(answer.get("ok"), bool):
            told = str(answer.get("message") or self._sentence(answer["ok"]))
            detail = answer.get("detail")
            detail = detail if isinstance(detail, Mapping) else {} if detail is None else {"detail": detail}
            return Found(answer["ok"], told, detail, "" if answer["ok"] else str(answer.get("fix") or self.fix))
        if answer is None or isinstance(answer, bool):
            ok = answer is not False
            return Found(ok, self._sentence(ok), {}, "" if ok else self.fix)
        kind = type(answer).__name__
        told = f"{self.function} returned a {kind}, which says neither yes nor no."
        return Found(False, told, {}, "Return True or False, or a heartbeat_assets.governance.runbook.Found.")

    def _sentence(self, ok: bool) -> str:
        return self.message or f"{self.function} says that it is {'' if ok else 'not '}in order."


def _loaded(place: str, context: RunbookContext) -> Callable[..., Any]:
    module_name, _, name = place.partition(":")
    project = context.settings.project
    # As Dagster does: what is in the project can be imported, wherever the command was started.
    for folder in (project / "src", project):
        if folder.is_dir() and str(folder) not in sys.path:
            sys.path.append(str(folder))
    function = getattr(importlib.import_module(module_name), name)
    if not callable(function):
        raise TypeError(f"{place} is no function")
    return function  # type: ignore[no-any-return]


def _takes_context(function: Callable[..., Any]) -> bool:
    parameters = inspect.signature(function).parameters.values()
    return any(one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD) for one in parameters)
