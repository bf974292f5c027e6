"""What Dagster shows of tripwires: the policy before a look, figures and evidence after one, and what is stopped.

All of it is read from what is recorded, so a look and a later question show the same. It must not judge or act.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

from heartbeat_assets.components.markdown_tables import markdown_table
from heartbeat_assets.components.tripwire_group import TripwireGroup
from heartbeat_assets.governance.policy import TripwirePolicy
from heartbeat_assets.metrics.wording import instant_words

if TYPE_CHECKING:
    from heartbeat_assets.governance.actuator import Action
    from heartbeat_assets.governance.switch import SwitchState

Metadata = dict[str, Any]
_FIGURES = ("drop_pct", "p_value", "level", "confidence", "events_needed")
_WORDS = {"throttle": "throttles {domain}", "kill_switch": "stops everything", "notify": "notifies only"}


def action_words(policy: TripwirePolicy) -> str:
    """What a tripwire does when it triggers: `throttles WHOLESALE`."""
    return _WORDS[policy.action].format(domain=policy.domain)


def of_policy(group: TripwireGroup, policy: TripwirePolicy) -> Metadata:
    """What is known of a tripwire before it looks."""
    rows = [[f"`{name}`", str(value)] for name, value in policy.model_dump().items()]
    shown: Metadata = {
        "policy": dg.MetadataValue.md(markdown_table(["field", "value"], rows)),
        "enabled": policy.enabled,
        "action": policy.action,
    }
    return shown | cockpit_link(group, policy)


def cockpit_link(group: TripwireGroup, policy: TripwirePolicy | None = None) -> Metadata:
    """Where the cockpit shows every look at the tripwire of `policy`; without one, all of them and the switches."""
    url, page = group.settings.cockpit_url, f"/tripwires/{policy.name}" if policy else ""
    return {"cockpit": dg.MetadataValue.url(f"{url}/governance{page}")} if url else {}


def of_look(kind: str, body: Mapping[str, Any], seq: int) -> Metadata:
    """What a look found, as `body` of its event has it; numbers are plotted, so what is not known is left out."""
    shown: Metadata = {"outcome": kind.upper(), "sentence": str(body.get("sentence", "")), "evaluation": seq}
    for window in ("recent", "baseline"):
        side = body.get(window)
        if isinstance(side, Mapping):
            shown[f"{window}_events"] = int(side["events"])
            shown |= _number(window, side.get("figure"))
    for name in _FIGURES:
        shown |= _number(name, body.get(name))
    interval = body.get("interval")
    if interval is not None:
        shown |= _number("interval_low", interval[0]) | _number("interval_high", interval[1])
    if body.get("method"):
        shown["method"] = str(body["method"])
    frozen = body.get("freeze")
    if isinstance(frozen, Mapping):
        shown["baseline_frozen"] = str(frozen.get("frozen_at") or "yes")
    return shown


def of_broken_look(sentence: str) -> Metadata:
    """A look that could not even be recorded."""
    return {"outcome": "PROBLEM", "sentence": sentence}


def of_switches(states: Collection[SwitchState], actions: Sequence[Action]) -> Metadata:
    """Every switch there ever was, and what was done in this run."""
    rows = [_switch_row(state) for state in states]
    done = [[f"`{one.tripwire}`", one.done, one.sentence] for one in actions]
    return {
        "engaged": sum(state.engaged for state in states),
        "acted": sum(one.done == "engaged" for one in actions),
        "switches": dg.MetadataValue.md(
            markdown_table(["switch", "", "since", "by", "reason"], rows) if rows else "No switch was ever engaged."
        ),
        "done": dg.MetadataValue.md(
            markdown_table(["tripwire", "done", "about it"], done) if done else "There is no tripwire."
        ),
    }


def _switch_row(state: SwitchState) -> list[str]:
    word = "◆ engaged" if state.engaged else "● released"
    return [f"`{state.name}`", word, instant_words(state.since), state.actor, state.reason]


def _number(name: str, value: object) -> Metadata:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return {}
    return {name: float(f"{value:.6g}") if isinstance(value, float) else value}
