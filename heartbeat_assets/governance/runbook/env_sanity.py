"""The check `env_sanity`: the environment variables that make a process a production one.

No value of the environment is ever shown, only whether it is set and whether it is the one that is wanted.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from heartbeat_assets.governance.runbook.check import Check, Found
from heartbeat_assets.governance.runbook.context import RunbookContext
from heartbeat_assets.governance.runbook.safe_text import is_secret
from heartbeat_assets.specs.fields import Words


def _value(given: Any) -> Any:
    """The wanted value as text; a number as one writes it. Raises ValueError for what YAML may have changed."""
    if isinstance(given, bool):
        raise ValueError("must be text; put it in quotes, as YAML writes yes, no, on and off in another way")
    return str(given) if isinstance(given, int) else given


Wanted = Annotated[str | None, BeforeValidator(_value), WithJsonSchema({"type": ["string", "integer", "null"]})]


class EnvSanity(Check):
    """The environment is that of production: every variable is set, and has the value that is wanted."""

    check: Literal["env_sanity"] = "env_sanity"
    variables: dict[Words, Wanted] = Field(
        default_factory=lambda: {"ENV": "production", "DATABASE_URL": None, "GO_LIVE_ENFORCE": "1"},
        min_length=1,
        description="The variables by name, each with the value it must have; null: any, as long as it is set. What "
        "is set is never shown.",
    )

    def look(self, context: RunbookContext) -> Found:
        """Compares; what is empty is not set."""
        states = {name: _state(context.environment.get(name), wanted) for name, wanted in self.variables.items()}
        wrong = [name for name, state in states.items() if state != "as wanted" and state != "set"]
        if not wrong:
            return Found(True, f"As wanted: {', '.join(states)}.", {"variables": states})
        told = ", ".join(f"{name} is {states[name]}" for name in wrong)
        fix = ", ".join(_assignment(name, self.variables[name]) for name in wrong)
        return Found(False, f"{told}.", {"variables": states}, f"Set {fix}, and start the process again.")


def _state(given: str | None, wanted: str | None) -> str:
    if not (given or "").strip():
        return "not set"
    if wanted is None:
        return "set"
    return "as wanted" if given == wanted else "set to something else"


def _assignment(name: str, wanted: str | None) -> str:
    return name if wanted is None or is_secret(name) else f"{name}={wanted}"
