"""What the database itself refuses, whoever asks: changing, deleting, replacing, or appending out of line.

Definitions of triggers for both databases, run by the migrations. A released migration calls these functions,
so a released definition is changed by a new function and a new migration, never in place. It must not run
them.
"""

from __future__ import annotations

from heartbeat_assets.ledger.chain import GENESIS

REFUSAL = "the ledger is append-only: "


def append_only(dialect: str, table: str) -> list[str]:
    """Returns the statements that make `table` refuse UPDATE and DELETE, and TRUNCATE where there is one."""
    if dialect == "sqlite":
        return [
            f"""CREATE TRIGGER {table}_refuses_{operation.lower()} BEFORE {operation} ON {table}
            BEGIN SELECT RAISE(ABORT, '{REFUSAL}{operation} on {table} is refused'); END"""
            for operation in ("UPDATE", "DELETE")
        ]
    # A statement trigger also refuses a statement that would touch no row. ALWAYS: in replica mode too.
    return [
        f"""CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()""",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_refuses_change",
    ]


def refuse_change_function(dialect: str) -> list[str]:
    """Returns the statement for the function that the triggers of `append_only` share; SQLite needs none."""
    if dialect == "sqlite":
        return []
    return [
        f"""CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
          RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            MESSAGE = '{REFUSAL}' || TG_OP || ' on ' || TG_TABLE_NAME || ' is refused';
        END $body$"""
    ]


def next_in_chain(dialect: str, schema: str) -> list[str]:
    """Returns the statements that let a heartbeat in only as the next link of its lane's chain.

    This runs before the database looks for conflicts. That closes SQLite's INSERT OR REPLACE, which deletes
    the row in its way without firing the DELETE trigger, and INSERT OR IGNORE, which would lose a row without
    a word. `schema` is the quoted name of the PostgreSQL schema that holds the table.
    """
    if dialect == "sqlite":
        return [_SQLITE_NEXT_IN_CHAIN]
    return [
        # The search path is fixed so that a temporary table of the same name cannot stand in for the ledger.
        _POSTGRESQL_NEXT_IN_CHAIN.replace("<schema>", schema),
        """CREATE TRIGGER heartbeat_next_in_chain BEFORE INSERT ON heartbeat
        FOR EACH ROW EXECUTE FUNCTION heartbeat_next_in_chain()""",
        "ALTER TABLE heartbeat ENABLE ALWAYS TRIGGER heartbeat_next_in_chain",
    ]


def next_in_chain_by_key(schema: str) -> str:
    """Returns the statement that lets PostgreSQL's guard of `next_in_chain` look a key up in the index on keys,
    whatever it believes of the size of a lane (`queries` says why). SQLite always does.
    """
    by_key = """(SELECT entry_key = NEW.entry_key FROM heartbeat WHERE lane = NEW.lane AND entry_key >= NEW.entry_key
      ORDER BY entry_key LIMIT 1)"""
    function = _POSTGRESQL_NEXT_IN_CHAIN.replace(_BY_EQUALITY, by_key).replace("<schema>", schema)
    return function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


_RECORDED = REFUSAL + "an entry with this entry_key is already recorded in the lane"
_PLACE = REFUSAL + "a new row takes the place right after the newest row of its lane"
_PREVIOUS = REFUSAL + "previous_hash of a new row is the entry_hash of the newest row of its lane"
_COUNT = REFUSAL + "malformed_total of a new row counts on from the newest row of its lane"

_SQLITE_NEXT_IN_CHAIN = f"""CREATE TRIGGER heartbeat_next_in_chain BEFORE INSERT ON heartbeat
BEGIN
  SELECT RAISE(ABORT, '{_RECORDED}')
   WHERE EXISTS (SELECT 1 FROM heartbeat WHERE lane = NEW.lane AND entry_key = NEW.entry_key);
  SELECT RAISE(ABORT, '{_PLACE}')
   WHERE NEW.place IS NOT 1 + coalesce(
     (SELECT place FROM heartbeat WHERE lane = NEW.lane ORDER BY place DESC LIMIT 1), 0);
  SELECT RAISE(ABORT, '{_PREVIOUS}')
   WHERE NEW.previous_hash IS NOT coalesce(
     (SELECT entry_hash FROM heartbeat WHERE lane = NEW.lane ORDER BY place DESC LIMIT 1), '{GENESIS}');
  SELECT RAISE(ABORT, '{_COUNT}')
   WHERE NEW.malformed_total IS NOT (CASE WHEN NEW.malformed THEN 1 ELSE 0 END) + coalesce(
     (SELECT malformed_total FROM heartbeat WHERE lane = NEW.lane ORDER BY place DESC LIMIT 1), 0);
END"""

_BY_EQUALITY = "EXISTS (SELECT 1 FROM heartbeat WHERE lane = NEW.lane AND entry_key = NEW.entry_key)"
_POSTGRESQL_NEXT_IN_CHAIN = f"""CREATE FUNCTION heartbeat_next_in_chain() RETURNS trigger LANGUAGE plpgsql
SET search_path = <schema>, pg_temp AS $body$
DECLARE
  head_place bigint;
  head_hash text;
  head_malformed bigint;
  refusal text;
BEGIN
  SELECT place, entry_hash, malformed_total INTO head_place, head_hash, head_malformed
    FROM heartbeat WHERE lane = NEW.lane ORDER BY place DESC LIMIT 1;
  IF NOT FOUND THEN
    head_place := 0;
    head_hash := '{GENESIS}';
    head_malformed := 0;
  END IF;
  refusal := CASE
    WHEN {_BY_EQUALITY}
      THEN '{_RECORDED}'
    WHEN NEW.place IS DISTINCT FROM head_place + 1 THEN '{_PLACE}'
    WHEN NEW.previous_hash IS DISTINCT FROM head_hash THEN '{_PREVIOUS}'
    WHEN NEW.malformed_total IS DISTINCT FROM head_malformed + (CASE WHEN NEW.malformed THEN 1 ELSE 0 END)
      THEN '{_COUNT}'
  END;
  IF refusal IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = refusal;
  END IF;
  RETURN NEW;
END $body$"""
