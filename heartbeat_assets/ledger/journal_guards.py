"""What the database itself refuses of the journal, whoever asks: events out of line, and a program's release.

Each rule is a sentence and the condition that calls for it, about NEW, the row to come. A released migration calls
this, so a released rule is changed by a new function and a new migration, never in place. It must not run anything.
"""

from __future__ import annotations

from heartbeat_assets.ledger import guard_sql
from heartbeat_assets.ledger.chain import GENESIS
from heartbeat_assets.ledger.metric_guards import Rule, taking_trigger

_TRIPWIRE_KINDS = (
    "ok",
    "triggered",
    "inconclusive",
    "insufficient_events",
    "no_data",
    "disabled",
    "problem",
    "baseline_released",
)
_NEWEST = (
    "(SELECT {} FROM journal_event WHERE stream = NEW.stream AND subject = NEW.subject ORDER BY place DESC LIMIT 1)"
)
BY_PROGRAM = "NEW.actor_kind <> 'person'"
"""The condition that no person made the event to come."""


def guard_journal(dialect: str, schema: str) -> list[str]:
    """Returns the statements for the guards of the table journal_event, but for those against change.

    They run before the database looks for conflicts: that closes SQLite's INSERT OR REPLACE. `schema` is the
    quoted name of the PostgreSQL schema that holds the table.
    """
    rules = [
        *_chain_rules(dialect),
        *_event_rules(dialect),
        *_switch_rules(dialect),
        *_tripwire_rules(dialect),
        *_go_live_rules(dialect),
    ]
    return [*_object_function(dialect), *taking_trigger(dialect, schema, "journal_event", rules)]


def _object_function(dialect: str) -> list[str]:
    """The question whether a text is a JSON object, which PostgreSQL before 16 answers with an error only."""
    if dialect == "sqlite":
        return []
    return [
        """CREATE FUNCTION journal_event_is_object(body text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $body$
BEGIN
  RETURN json_typeof(body::json) = 'object';
EXCEPTION WHEN OTHERS THEN
  RETURN false;
END $body$"""
    ]


def _chain_rules(dialect: str) -> list[Rule]:
    return [
        Rule(
            "a new event of the journal takes the number right after the newest one",
            guard_sql.differ(dialect, "seq", "1 + coalesce((SELECT max(seq) FROM journal_event), 0)"),
        ),
        Rule(
            "a new event of the journal takes the place right after the newest one of its subject",
            guard_sql.differ(dialect, "place", f"1 + coalesce({_NEWEST.format('place')}, 0)"),
        ),
        Rule(
            "previous_hash of a new event of the journal is the entry_hash of the newest one of its subject",
            guard_sql.differ(dialect, "previous_hash", f"coalesce({_NEWEST.format('entry_hash')}, '{GENESIS}')"),
        ),
        Rule("entry_hash of an event has 64 digits", "length(NEW.entry_hash) <> 64"),
        Rule("at of an event is a moment such as 2026-02-23T14:31:05.000001+00:00", guard_sql.no_moment(dialect)),
        Rule(
            "cause of an event is the number of an earlier one",
            "NEW.cause IS NOT NULL AND (NEW.cause >= NEW.seq OR "
            "NOT EXISTS (SELECT 1 FROM journal_event WHERE seq = NEW.cause))",
        ),
    ]


def _event_rules(dialect: str) -> list[Rule]:
    no_object = (
        "(CASE WHEN json_valid(NEW.body) THEN json_type(NEW.body) <> 'object' ELSE 1 = 1 END)"
        if dialect == "sqlite"
        else "NOT journal_event_is_object(NEW.body)"
    )
    return [
        Rule("a stream is 1 to 40 of a-z and _, as go_live", _no_word(dialect, "stream")),
        Rule("a kind is 1 to 40 of a-z and _, as triggered", _no_word(dialect, "kind")),
        Rule(
            "a subject has 1 to 200 letters",
            f"{guard_sql.blank(dialect, 'subject')} OR length(NEW.subject) > 200",
        ),
        Rule("an event of the journal says who made it", guard_sql.blank(dialect, "actor")),
        Rule("the actor of an event is a person or a program", "NEW.actor_kind NOT IN ('person', 'program')"),
        Rule(
            "an event comes via cli, cockpit, api, dagster or file",
            "NEW.via NOT IN ('cli', 'cockpit', 'api', 'dagster', 'file')",
        ),
        Rule("body of an event is a JSON object", no_object),
    ]


def _switch_rules(dialect: str) -> list[Rule]:
    state = (
        "coalesce((SELECT kind FROM journal_event WHERE stream = 'switch' AND subject = NEW.subject "
        "AND kind IN ('engaged', 'released') ORDER BY place DESC LIMIT 1), 'released')"
    )
    triggered = (
        "EXISTS (SELECT 1 FROM journal_event WHERE seq = NEW.cause AND stream = 'tripwire' AND kind = 'triggered')"
    )
    no_domain = "GLOB '*[^A-Z0-9_-]*'" if dialect == "sqlite" else "~ '[^A-Z0-9_-]'"
    return [
        kinds_of("switch", ("engaged", "released", "rehearsed", "held")),
        # Another spelling would be another switch, which nobody asks for.
        about(
            "switch",
            "a switch is GLOBAL or a domain, 1 to 100 of A-Z, 0-9, _ and -",
            f"length(NEW.subject) > 100 OR NEW.subject {no_domain}",
        ),
        about("switch", "only a person releases a switch", f"NEW.kind = 'released' AND {BY_PROGRAM}"),
        about(
            "switch",
            "whoever engages or releases a switch says why",
            f"NEW.kind IN ('engaged', 'released') AND {guard_sql.blank(dialect, 'reason')}",
        ),
        about("switch", "only an engaged switch is released", f"NEW.kind = 'released' AND {state} <> 'engaged'"),
        about("switch", "an engaged switch is not engaged again", f"NEW.kind = 'engaged' AND {state} = 'engaged'"),
        about(
            "switch",
            "a program acts on a tripwire that has triggered, and names that event as the cause",
            f"{BY_PROGRAM} AND NOT {triggered}",
        ),
    ]


def _tripwire_rules(dialect: str) -> list[Rule]:
    return [
        kinds_of("tripwire", _TRIPWIRE_KINDS),
        about(
            "tripwire",
            "only a person releases a frozen baseline, and says why",
            f"NEW.kind = 'baseline_released' AND ({BY_PROGRAM} OR {guard_sql.blank(dialect, 'reason')})",
        ),
    ]


def _go_live_rules(dialect: str) -> list[Rule]:
    return [
        kinds_of("go_live", ("declared", "withdrawn")),
        about(
            "go_live",
            "only a person states what is ready to go live, and says why",
            f"{BY_PROGRAM} OR {guard_sql.blank(dialect, 'reason')}",
        ),
    ]


def about(stream: str, sentence: str, condition: str) -> Rule:
    """A rule for the events of one stream alone."""
    return Rule(sentence, f"NEW.stream = '{stream}' AND ({condition})")


def kinds_of(stream: str, kinds: tuple[str, ...]) -> Rule:
    """The rule that an event of `stream` is of one of `kinds`."""
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    return about(
        stream, f"an event of {stream} is {', '.join(kinds[:-1])} or {kinds[-1]}", f"NEW.kind NOT IN ({allowed})"
    )


def _no_word(dialect: str, column: str) -> str:
    wrong = "GLOB '*[^a-z_]*'" if dialect == "sqlite" else "~ '[^a-z_]'"
    return f"NEW.{column} = '' OR length(NEW.{column}) > 40 OR NEW.{column} {wrong}"
