"""What the defs.yaml of a runbook may say: plain typed models that load without Dagster.

The field descriptions are the reference a user reads. It must not read files or look at anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, Self

from pydantic import Field, model_validator

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.governance.runbook.check import Check
from heartbeat_assets.governance.runbook.registry import CHECKS, model_of
from heartbeat_assets.specs.fields import Cron, Flag, Model, Owners
from heartbeat_assets.specs.problems import checked

RUNBOOK_FILE = "runbook_file"
"""The item that tells what is wrong with the runbook's own file; it is there only then."""


class RunbookSchedule(Model):
    """When the runbook is looked at by the clock, in UTC."""

    cron: Cron = Field("0 6 * * *", description="When it is looked at, as five cron fields.")
    enabled: Flag = Field(True, description="Whether the schedule runs as soon as Dagster's daemon does.")


class RunbookSpec(Model):
    """A runbook: the checks that must pass before anything acts by itself."""

    description: str = Field("", description="What goes live, and who decides it, for a stranger.")
    owners: Owners = Field(default_factory=list, description="E-mail addresses or `team:name`.")
    schedule: RunbookSchedule = Field(default_factory=RunbookSchedule, description="When it is looked at by the clock.")
    checks: list[dict[str, Any]] | None = Field(
        None,
        min_length=1,
        description="The checks, in the order they are shown: each `check: name`, or `function: package.module:name`, "
        "with its own fields. Left out: every check there is, as it is by default.",
    )

    @property
    def items(self) -> tuple[Check, ...]:
        """The checks as they are to be looked at."""
        if self.checks is None:
            return default_checks()
        return tuple(_check(entry) for entry in self.checks)

    @model_validator(mode="after")
    def _checks_fit(self) -> Self:
        problems = list(self._mistakes())
        if problems:
            raise ValueError(*problems)
        return self

    def _mistakes(self) -> Iterator[str]:
        first: dict[str, int] = {}
        for position, entry in enumerate(self.checks or ()):
            place = f"checks[{position}]"
            try:
                one = _check(entry)
            except SpecProblem as problem:
                name = entry.get("check") or entry.get("id") or ""
                where = f"{place} {name}" if isinstance(name, str) and name else place
                yield from (f"{where}: {said}" for said in problem.problems)
                continue
            if one.item_id == RUNBOOK_FILE:
                yield f"{place}: the id {RUNBOOK_FILE!r} is that of this file's own mistakes; give it another `id`"
            earlier = first.setdefault(one.item_id, position)
            if earlier != position:
                yield f"{place}: the id {one.item_id!r} is that of checks[{earlier}] too; give it another `id`"


def default_checks() -> tuple[Check, ...]:
    """Every check there is, as it is by default."""
    return tuple(model.model_validate({}) for model in CHECKS.values())


def _check(entry: dict[str, Any]) -> Check:
    """The check that `entry` writes. Raises SpecProblem."""
    if "check" in entry and "function" in entry:
        raise SpecProblem("", ["give `check` or `function`, not both"])
    model = model_of(entry)
    if model is None:
        raise SpecProblem("", [_unknown(entry)])
    return checked(model, entry, "")


def _unknown(entry: dict[str, Any]) -> str:
    name = entry.get("check")
    if not isinstance(name, str):
        return "give `check: name`, or `function: package.module:name` with an `id`"
    close = get_close_matches(name, CHECKS, n=1)
    return f"there is no check {name!r}; " + (f"did you mean {close[0]!r}?" if close else f"use {', '.join(CHECKS)}")
