"""What the database itself refuses of incidents, components, objectives and corrections in the journal, whoever asks.

A program suggests an incident; what becomes of it is a person's to say, and in this order. Each rule is a sentence and
the condition that calls for it, about NEW, the row to come. A released migration calls this, so a released rule is
changed by a new function and a new migration, never in place. It must not run anything.
"""

from __future__ import annotations

from heartbeat_assets.ledger import guard_sql
from heartbeat_assets.ledger.journal_guards import BY_PROGRAM, about, kinds_of
from heartbeat_assets.ledger.metric_guards import Rule, taking_trigger

_INCIDENT_KINDS = (
    "suggested",
    "dismissed",
    "opened",
    "updated",
    "acknowledged",
    "mitigated",
    "resolved",
    "reopened",
    "action_added",
    "action_done",
)
_OBJECTIVE_KINDS = ("green", "yellow", "red", "exhausted", "no_data", "problem")
_ABOUT_A_RULE = "('suggested', 'dismissed')"


def guard_operations(dialect: str, schema: str) -> list[str]:
    """Returns the statements that hold what is recorded of operations to its rules, beside the journal's own guards."""
    rules = [
        *_incident_rules(dialect),
        *_component_rules(dialect),
        kinds_of("objective", _OBJECTIVE_KINDS),
        kinds_of("correction", ("corrected", "withdrawn")),
        about(
            "correction",
            "only a person corrects what was measured, and says why",
            f"{BY_PROGRAM} OR {guard_sql.blank(dialect, 'reason')}",
        ),
    ]
    return taking_trigger(dialect, schema, "journal_event", rules, called="journal_event_takes_operations")


def _incident_rules(dialect: str) -> list[Rule]:
    suggested = "SELECT 1 FROM journal_event WHERE seq = NEW.cause AND stream = 'incident' AND kind = 'suggested'"
    decided = "EXISTS (SELECT 1 FROM journal_event WHERE cause = NEW.cause AND stream = 'incident')"
    state = _newest_of("'opened', 'acknowledged', 'mitigated', 'resolved', 'reopened'")
    return [
        kinds_of("incident", _INCIDENT_KINDS),
        about(
            "incident",
            "the id of an incident is as INC-20260223-001",
            f"NEW.kind NOT IN {_ABOUT_A_RULE} AND ({_no_id(dialect)})",
        ),
        about(
            "incident",
            "what a rule suggests has the subject rule: with the name of the rule behind it",
            f"NEW.kind IN {_ABOUT_A_RULE} AND (substr(NEW.subject, 1, 5) <> 'rule:' OR length(NEW.subject) < 6)",
        ),
        about(
            "incident",
            "a program suggests an incident, and only a person decides about one",
            f"NEW.kind <> 'suggested' AND {BY_PROGRAM}",
        ),
        about("incident", "an event of an incident says why", guard_sql.blank(dialect, "reason")),
        about(
            "incident",
            "the first event of an incident is its opening, and no other one is",
            f"NEW.kind NOT IN {_ABOUT_A_RULE} AND (NEW.place = 1) <> (NEW.kind = 'opened')",
        ),
        about(
            "incident",
            "what a suggestion is opened or dismissed by names it as the cause",
            f"(NEW.kind = 'dismissed' AND NOT EXISTS ({suggested} AND subject = NEW.subject)) OR "
            f"(NEW.kind = 'opened' AND NEW.cause IS NOT NULL AND NOT EXISTS ({suggested}))",
        ),
        about(
            "incident",
            "a suggestion is opened or dismissed once",
            f"NEW.kind IN ('dismissed', 'opened') AND NEW.cause IS NOT NULL AND {decided}",
        ),
        about(
            "incident",
            "only an open incident is acknowledged",
            f"NEW.kind = 'acknowledged' AND {state} <> 'opened'",
        ),
        about(
            "incident",
            "an incident is mitigated once, before it is resolved",
            f"NEW.kind = 'mitigated' AND {state} IN ('mitigated', 'resolved')",
        ),
        about(
            "incident",
            "a resolved incident is not resolved again",
            f"NEW.kind = 'resolved' AND {state} = 'resolved'",
        ),
        about(
            "incident",
            "only a resolved incident is reopened",
            f"NEW.kind = 'reopened' AND {state} <> 'resolved'",
        ),
    ]


def _component_rules(dialect: str) -> list[Rule]:
    overrides = _newest_of("'overridden', 'override_ended'")
    by_hand = "NEW.kind IN ('overridden', 'override_ended')"
    return [
        kinds_of("component", ("changed", "overridden", "override_ended")),
        about(
            "component",
            "only a person overrides the state of a component or ends that, and says why",
            f"{by_hand} AND ({BY_PROGRAM} OR {guard_sql.blank(dialect, 'reason')})",
        ),
        about(
            "component",
            "only an override is ended",
            f"NEW.kind = 'override_ended' AND {overrides} <> 'overridden'",
        ),
    ]


def _no_id(dialect: str) -> str:
    if dialect == "sqlite":
        digit = "[0-9]"
        return (
            f"NEW.subject NOT GLOB 'INC-{digit * 8}-{digit * 3}*' OR substr(NEW.subject, 14) GLOB '*[^0-9]*' "
            "OR length(NEW.subject) > 19"
        )
    return "NEW.subject !~ '^INC-[0-9]{8}-[0-9]{3,6}$'"


def _newest_of(kinds: str) -> str:
    """The kind of the subject's newest event that is of these; empty without one."""
    return (
        "coalesce((SELECT kind FROM journal_event WHERE stream = NEW.stream AND subject = NEW.subject "
        f"AND kind IN ({kinds}) ORDER BY place DESC LIMIT 1), '')"
    )
