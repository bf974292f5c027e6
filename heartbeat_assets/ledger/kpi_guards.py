"""What the database itself refuses of KPI events, whoever asks.

A released migration calls this, so a released rule is changed by a new function and a new migration, never in
place. It must not run anything.
"""

from __future__ import annotations

from heartbeat_assets.ledger.metric_guards import Rule, finite, in_calendar, taking_trigger

LONGEST_NAME = 100


def guard_kpi_events(dialect: str, schema: str) -> list[str]:
    """Returns the statements for the guards of the table kpi_event, but for those against change.

    They run before the database looks for conflicts: that closes SQLite's INSERT OR REPLACE. `schema` is the
    quoted name of the PostgreSQL schema that holds the table.
    """
    return taking_trigger(dialect, schema, "kpi_event", [*_number_rules(dialect), *_event_rules(dialect)])


def _number_rules(dialect: str) -> list[Rule]:
    # PostgreSQL gives the numbers itself, and UPDATE, with it ON CONFLICT DO UPDATE, is refused.
    if dialect != "sqlite":
        return []
    newest = "1 + coalesce((SELECT max(seq) FROM kpi_event), 0)"
    return [Rule("a new KPI event takes the number right after the newest one", f"NEW.seq IS NOT {newest}")]


def _event_rules(dialect: str) -> list[Rule]:
    return [
        Rule(
            f"a domain is 1 to {LONGEST_NAME} of A-Z, 0-9, _ and -, as BUYER_MATCH",
            _no_name(dialect, "domain", "A-Z0-9_-"),
        ),
        Rule(
            f"a metric is 1 to {LONGEST_NAME} of a-z, 0-9, _, . and -, as offer_sent",
            _no_name(dialect, "metric", "a-z0-9_.-"),
        ),
        Rule("a KPI event has success or a value, and not both", "(NEW.success IS NULL) = (NEW.value IS NULL)"),
        Rule("success is 0 or 1", "NEW.success NOT IN (0, 1)"),
        Rule("only what succeeded or failed has a duration", "NEW.duration_ms IS NOT NULL AND NEW.success IS NULL"),
        Rule("a duration is 0 or more", "NEW.duration_ms < 0"),
        finite(dialect, "value"),
        finite(dialect, "duration_ms"),
        in_calendar("at", 1_000_000),
    ]


def _no_name(dialect: str, column: str, letters: str) -> str:
    wrong = f"GLOB '*[^{letters}]*'" if dialect == "sqlite" else f"~ '[^{letters}]'"
    return f"NEW.{column} = '' OR length(NEW.{column}) > {LONGEST_NAME} OR NEW.{column} {wrong}"
