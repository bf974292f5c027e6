"""Incidents: what went wrong, since when, who does what about it, and whether what was promised for that was kept.

Plain Python over the journal. Everything is an event with who and why; what an incident is now follows from its events.
It must know neither Dagster, nor the web, nor what a rule looks at.
"""

from heartbeat_assets.objectives.incidents.folding import KINDS, STREAM, fold
from heartbeat_assets.objectives.incidents.incident import (
    ActionItem,
    Entry,
    Incident,
    Severity,
    Spell,
    Status,
    Timeline,
)
from heartbeat_assets.objectives.incidents.problems import IncidentProblem, IncidentUnreadable
from heartbeat_assets.objectives.incidents.reading import incident_called, incidents
from heartbeat_assets.objectives.incidents.store import (
    acknowledge,
    add_action,
    finish_action,
    mitigate,
    open_incident,
    reopen,
    resolve,
    update,
)
from heartbeat_assets.objectives.incidents.suggesting import QUIET, Suggestion, dismiss, suggest, suggestions

__all__ = [
    "KINDS",
    "QUIET",
    "STREAM",
    "ActionItem",
    "Entry",
    "Incident",
    "IncidentProblem",
    "IncidentUnreadable",
    "Severity",
    "Spell",
    "Status",
    "Suggestion",
    "Timeline",
    "acknowledge",
    "add_action",
    "dismiss",
    "finish_action",
    "fold",
    "incident_called",
    "incidents",
    "mitigate",
    "open_incident",
    "reopen",
    "resolve",
    "suggest",
    "suggestions",
    "update",
]
