"""Switches in words, for every page that names one. It must not fetch anything."""

from __future__ import annotations

from heartbeat_assets.cockpit.governing import Governed
from heartbeat_assets.cockpit.views import StoppedLine
from heartbeat_assets.governance.switch import GLOBAL, SwitchState


def stopped_lines(governed: Governed) -> tuple[StoppedLine, ...]:
    """What is stopped, for the top of the first page."""
    return tuple(
        StoppedLine(title=title_of(state.name), since=state.since, who=who_of(state), reason=ended(state.reason))
        for state in governed.engaged
    )


def title_of(name: str) -> str:
    """A switch as a sentence begins with it."""
    return "Everything" if name == GLOBAL else name


def who_of(state: SwitchState) -> str:
    """Who changed it last; a program is said to be one."""
    return state.actor if state.actor_kind == "person" else f"{state.actor} (a program)"


def ended(text: str) -> str:
    """`text` with an end, as another sentence follows it."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
