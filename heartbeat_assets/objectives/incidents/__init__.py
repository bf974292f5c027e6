"""Incidents: what went wrong, since when, who does what about it, and whether what was promised for that was kept.

Plain Python over the journal. Everything is an event with who and why; what an incident is now follows from its events.
It must know neither Dagster, nor the web, nor what a rule looks at.
"""

from heartbeat_assets.objectives.incidents.action_items import add_action, finish_action
from heartbeat_assets.objectives.incidents.figures import Figures, Mean, figures, open_actions, overdue_actions
from heartbeat_assets.objectives.incidents.folding import KINDS, STREAM, fold
from heartbeat_assets.objectives.incidents.hours import BusinessHours
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
from heartbeat_assets.objectives.incidents.sla import Clock, breached, clocks, incident_record
from heartbeat_assets.objectives.incidents.store import (
    acknowledge,
    mitigate,
    open_incident,
    reopen,
    resolve,
    update,
)
from heartbeat_assets.objectives.incidents.suggesting import (
    QUIET,
    Suggestion,
    dismiss,
    rule_of,
    suggest,
    suggestion_called,
    suggestions,
)
from heartbeat_assets.objectives.incidents.terms import SLA, SlaLevel, Terms

__all__ = [
    "KINDS",
    "QUIET",
    "SLA",
    "STREAM",
    "ActionItem",
    "BusinessHours",
    "Clock",
    "Entry",
    "Figures",
    "Incident",
    "IncidentProblem",
    "IncidentUnreadable",
    "Mean",
    "Severity",
    "SlaLevel",
    "Spell",
    "Status",
    "Suggestion",
    "Terms",
    "Timeline",
    "acknowledge",
    "add_action",
    "breached",
    "clocks",
    "dismiss",
    "figures",
    "finish_action",
    "fold",
    "incident_called",
    "incident_record",
    "incidents",
    "mitigate",
    "open_actions",
    "open_incident",
    "overdue_actions",
    "reopen",
    "resolve",
    "rule_of",
    "suggest",
    "suggestion_called",
    "suggestions",
    "update",
]
