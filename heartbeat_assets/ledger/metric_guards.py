"""What the database itself refuses of metrics, whoever asks: events out of line, a program's threshold, values
twice.

Each rule is a sentence and the condition that calls for it, written once for both databases. A released
migration calls these functions, so a released rule is changed by a new function and a new migration, never in
place. It must not run them.
"""

from __future__ import annotations

from typing import NamedTuple

from heartbeat_assets.ledger import guard_sql
from heartbeat_assets.ledger.chain import GENESIS
from heartbeat_assets.ledger.guards import REFUSAL

THRESHOLDS = "('norm_value', 'alert_value', 'recovery_value')"
_FIELDS = (
    "('registration', 'service', 'sql_hash', 'source_schema', 'direction', 'norm_value', 'alert_value', "
    "'recovery_value', 'owner', 'target_due_date', 'verification_state', 'verified_until')"
)


class Rule(NamedTuple):
    """`sentence` says why a row is refused for which `condition`, SQL about NEW, is true."""

    sentence: str
    condition: str


def guard_metrics(dialect: str, schema: str) -> list[str]:
    """Returns the statements for the guards of all three tables of the metrics.

    They run before the database looks for conflicts, like `guards.next_in_chain` and for the same reason.
    `schema` is the quoted name of the PostgreSQL schema that holds the tables.
    """
    rules = {
        "metric_event": [*_chain_rules(dialect), *_event_rules(dialect), *_program_rules()],
        "metric_value": _value_rules(dialect),
        "metric_benchmark": _benchmark_rules(dialect),
    }
    return [statement for table in rules for statement in taking_trigger(dialect, schema, table, rules[table])]


def taking_trigger(dialect: str, schema: str, table: str, rules: list[Rule], *, called: str = "") -> list[str]:
    """Returns the statements that let into `table` only what none of `rules` is against.

    `called` is the name of the trigger, for a table that has another one already.
    """
    name = called or f"{table}_takes"
    if dialect == "sqlite":
        steps = "\n".join(
            f"  SELECT RAISE(ABORT, '{REFUSAL}{rule.sentence}') WHERE {rule.condition};" for rule in rules
        )
        return [f"CREATE TRIGGER {name} BEFORE INSERT ON {table}\nBEGIN\n{steps}\nEND"]
    cases = "\n".join(f"    WHEN {rule.condition} THEN '{rule.sentence}'" for rule in rules)
    # The search path is fixed so that a temporary table of the same name cannot stand in for the ledger.
    return [
        f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
SET search_path = {schema}, pg_temp AS $body$
DECLARE
  refusal text;
BEGIN
  refusal := CASE
{cases}
  END;
  IF refusal IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{REFUSAL}' || refusal;
  END IF;
  RETURN NEW;
END $body$""",
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    ]


def _chain_rules(dialect: str) -> list[Rule]:
    newest = "(SELECT {} FROM metric_event WHERE metric_id = NEW.metric_id ORDER BY place DESC LIMIT 1)".format
    place = f"1 + coalesce({newest('place')}, 0)"
    previous = f"coalesce({newest('entry_hash')}, '{GENESIS}')"
    return [
        _sequence(dialect, "metric_event", "event"),
        Rule(
            "a new event takes the place right after the newest one of its metric",
            guard_sql.differ(dialect, "place", place),
        ),
        Rule(
            "previous_hash of a new event is the entry_hash of the newest one of its metric",
            guard_sql.differ(dialect, "previous_hash", previous),
        ),
        Rule("entry_hash of an event has 64 digits", "length(NEW.entry_hash) <> 64"),
        Rule("at of an event is a moment such as 2026-02-23T14:31:05.000001+00:00", guard_sql.no_moment(dialect)),
    ]


def _event_rules(dialect: str) -> list[Rule]:
    return [
        _name_rule(dialect),
        Rule("a metric has no such field", f"NEW.field NOT IN {_FIELDS}"),
        Rule("an event says who made it", guard_sql.blank(dialect, "actor")),
        Rule("an event says why it was made", guard_sql.blank(dialect, "reason")),
        Rule("the actor of an event is a person or a program", "NEW.actor_kind NOT IN ('person', 'program')"),
        Rule(
            "an event comes via cli, cockpit, api, dagster or file",
            "NEW.via NOT IN ('cli', 'cockpit', 'api', 'dagster', 'file')",
        ),
        Rule(
            "a retired metric takes no more events, and its id is never used again",
            f"{_current(_text('registration'))} = 'retired'",
        ),
        Rule(
            "the first event of a metric is its registration",
            "NEW.place = 1 AND (NEW.field <> 'registration' OR coalesce(NEW.after, '') <> 'registered')",
        ),
        Rule(
            "before of an event is the value that the field has",
            guard_sql.differ(dialect, "before", _current("NEW.field")),
        ),
        Rule("an event changes something", f"NOT ({guard_sql.differ(dialect, 'before', 'NEW.after')})"),
        _one_of("registration", "registered", "retired"),
        _one_of("verification_state", "unverified", "verified"),
        _one_of("direction", "higher_is_better", "lower_is_better"),
        Rule(
            f"a threshold is a number such as 0.85, not beyond {guard_sql.LARGEST}",
            f"NEW.field IN {THRESHOLDS} AND NEW.after IS NOT NULL AND {guard_sql.no_number(dialect)}",
        ),
        Rule(
            "target_due_date is a date such as 2026-12-31",
            f"NEW.field = 'target_due_date' AND NEW.after IS NOT NULL AND {guard_sql.no_date(dialect, 'NEW.after')}",
        ),
        Rule(
            "verified_until begins with a date such as 2026-12-31",
            "NEW.field = 'verified_until' AND NEW.after IS NOT NULL AND "
            f"{guard_sql.no_date(dialect, 'substr(NEW.after, 1, 10)')}",
        ),
    ]


def _program_rules() -> list[Rule]:
    earlier = "EXISTS (SELECT 1 FROM metric_event WHERE metric_id = NEW.metric_id AND {})".format
    return [
        Rule(
            "only a person sets the owner and the due date of a metric",
            "NEW.actor_kind = 'program' AND NEW.field IN ('owner', 'target_due_date')",
        ),
        # The provisional ones are recorded in the very moment of the registration, and before anything else.
        Rule(
            "only a person sets a threshold, but for the provisional ones that come with the registration",
            f"NEW.actor_kind = 'program' AND NEW.field IN {THRESHOLDS} "
            f"AND ({earlier('field = NEW.field')} OR {earlier('at <> NEW.at')})",
        ),
        Rule(
            "only a person verifies a metric",
            "NEW.actor_kind = 'program' AND NEW.after IS NOT NULL AND "
            "(NEW.field = 'verified_until' OR (NEW.field = 'verification_state' AND NEW.after = 'verified'))",
        ),
    ]


def _value_rules(dialect: str) -> list[Rule]:
    revision = (
        "1 + coalesce((SELECT max(revision) FROM metric_value WHERE metric_id = NEW.metric_id AND tick = NEW.tick), 0)"
    )
    return [
        _sequence(dialect, "metric_value", "value"),
        _name_rule(dialect),
        Rule(
            "revision of a new value counts on from the newest value of its metric and tick",
            guard_sql.differ(dialect, "revision", revision),
        ),
        Rule(
            "the status of a value is green, amber, red or no_data",
            "NEW.status NOT IN ('green', 'amber', 'red', 'no_data')",
        ),
        Rule("a value is missing just when its status is no_data", "(NEW.value IS NULL) <> (NEW.status = 'no_data')"),
        finite(dialect, "value"),
        in_calendar("tick", 1),
        in_calendar("computed_at", 1_000_000),
        in_calendar("source_as_of", 1_000_000),
    ]


def _benchmark_rules(dialect: str) -> list[Rule]:
    return [
        _sequence(dialect, "metric_benchmark", "benchmark"),
        _name_rule(dialect),
        Rule("a benchmark covers a day or more", "NEW.window_days < 1"),
        Rule("a benchmark counts 0 values or more", "NEW.count < 0"),
        *(finite(dialect, column) for column in ("mean", "stddev", "median", "mad")),
        in_calendar("computed_at", 1_000_000),
        in_calendar("first_tick", 1),
        in_calendar("last_tick", 1),
    ]


def _sequence(dialect: str, table: str, noun: str) -> Rule:
    newest = f"1 + coalesce((SELECT max(seq) FROM {table}), 0)"
    return Rule(
        f"a new {noun} takes the number right after the newest {noun}", guard_sql.differ(dialect, "seq", newest)
    )


def _name_rule(dialect: str) -> Rule:
    return Rule(
        "a metric has a name of 1 to 200 letters",
        f"{guard_sql.blank(dialect, 'metric_id')} OR length(NEW.metric_id) > 200",
    )


def _one_of(field: str, *values: str) -> Rule:
    allowed = ", ".join(_text(value) for value in values)
    return Rule(
        f"{field} is {' or '.join(values)}",
        f"NEW.field = '{field}' AND coalesce(NEW.after, '') NOT IN ({allowed})",
    )


def finite(dialect: str, column: str) -> Rule:
    """The rule that a column is a finite number, or nothing."""
    # SQLite keeps NaN as NULL. PostgreSQL holds NaN to be larger than every number.
    beyond = "1.7976931348623157e308" if dialect == "sqlite" else "1.7976931348623157e308::double precision"
    return Rule(f"{column} is a finite number", f"abs(NEW.{column}) > {beyond}")


def in_calendar(column: str, units_in_a_second: int) -> Rule:
    """The rule that a column is a time that can be read, or nothing."""
    # What cannot be read as a time could never be taken away again.
    first, last = -62_135_596_800 * units_in_a_second, 253_402_300_800 * units_in_a_second
    return Rule(f"{column} is a time of the years 1 to 9999", f"NEW.{column} < {first} OR NEW.{column} >= {last}")


def _text(value: str) -> str:
    return f"'{value}'"


def _current(field: str) -> str:
    return (
        f"(SELECT after FROM metric_event WHERE metric_id = NEW.metric_id AND field = {field} "
        "ORDER BY place DESC LIMIT 1)"
    )
