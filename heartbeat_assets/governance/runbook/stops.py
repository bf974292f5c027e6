"""The checks `kill_switch_clear` and `tripwires_quiet`: is anything stopped, has anything become worse?

They must not release or engage anything.
"""

from __future__ import annotations

from typing import Literal

from heartbeat_assets.governance.evaluation import LOOKS
from heartbeat_assets.governance.runbook.check import Check, Found, severity_field
from heartbeat_assets.governance.runbook.context import RunbookContext
from heartbeat_assets.governance.runbook.item import Severity
from heartbeat_assets.governance.runbook.policies_present import unread
from heartbeat_assets.governance.switch import GLOBAL, switch_states

_LOUD = ("triggered", "problem")


class KillSwitchClear(Check):
    """The global kill switch is not engaged."""

    check: Literal["kill_switch_clear"] = "kill_switch_clear"

    def look(self, context: RunbookContext) -> Found:
        """Asks the journal which switches are engaged."""
        engaged = {name: state for name, state in switch_states(context.ledger.journal).items() if state.engaged}
        throttled = sorted(name for name in engaged if name != GLOBAL)
        detail = {
            "engaged": GLOBAL in engaged,
            "throttled": throttled,
            "switches": {
                name: {"since": str(one.since), "actor": one.actor, "reason": one.reason}
                for name, one in sorted(engaged.items())
            },
        }
        if GLOBAL in engaged:
            one = engaged[GLOBAL]
            told = f"Everything is stopped since {one.since:%Y-%m-%d %H:%M} UTC, by {one.actor}: {one.reason}"
            fix = '`heartbeat switch release GLOBAL --reason "..."`, once the reason is gone.'
            return Found(False, told, detail, fix)
        behind = f" Throttled: {', '.join(throttled)}." if throttled else ""
        return Found(True, f"The global kill switch is not engaged.{behind}", detail)


class TripwiresQuiet(Check):
    """The newest look of every enabled tripwire neither triggered nor found a problem."""

    check: Literal["tripwires_quiet"] = "tripwires_quiet"
    severity: Severity = severity_field("WARN")

    def look(self, context: RunbookContext) -> Found:
        """Asks the journal for the newest look of each."""
        names = [policy.name for policy in context.policies if policy.enabled]
        newest = context.ledger.journal.newest("tripwire", kinds=LOOKS)
        looks = {name: newest[name] for name in names if name in newest}
        loud = {name: str(one.body.get("sentence") or one.reason) for name, one in looks.items() if one.kind in _LOUD}
        waiting = [name for name in names if name not in looks]
        detail = {
            "tripwires": {name: f"{one.kind}, {one.at:%Y-%m-%d %H:%M} UTC" for name, one in looks.items()},
            "not_looked_at": waiting,
        }
        if loud:
            told = " ".join(f"{name} {looks[name].kind}: {said}" for name, said in loud.items())
            return Found(False, told, detail, f"`heartbeat tripwires show {next(iter(loud))}` has the figures.")
        if context.tripwires.problems:
            return Found(False, unread(context).strip(), detail, "Mend the file: the message names the field.")
        behind = f" Not looked at yet: {', '.join(waiting)}." if waiting else ""
        if not names:
            return Found(True, "No tripwire is enabled.", detail)
        if not looks:
            return Found(True, f"Nothing is known to have become worse.{behind}", detail)
        told = f"Nothing has become worse: {len(looks)} of {len(names)} enabled tripwires were looked at.{behind}"
        return Found(True, told, detail)
