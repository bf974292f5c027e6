"""The SQL that turns raw NDJSON into the four typed columns of an event, and those into named event sets.

Common shapes are recognised and converted by the engine itself; every other shape goes to the exact reading in
`values`, registered here as functions. What the two return is the same, only the speed differs: a property test
holds them to it. It must not run queries or open files.

The typed columns: `session_id` (text, NULL on a line that could not be read), `event` (token), `ts_us` (microseconds
since 1970, UTC), `elapsed_ms` (milliseconds).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from heartbeat_assets.telemetry import values

if TYPE_CHECKING:
    import duckdb

EventSets = Mapping[str, Sequence[str]]
TYPED_COLUMNS = ("session_id", "event", "ts_us", "elapsed_ms")
EMPTY_EVENTS = (
    "SELECT NULL::VARCHAR AS session_id, NULL::VARCHAR AS event, NULL::BIGINT AS ts_us, NULL::DOUBLE AS elapsed_ms "
    "WHERE false"
)
# A line longer than this is refused by the engine; the careful reader then takes the file.
LONGEST_LINE_BYTES = 64 * 1024 * 1024

# Printable ASCII at both ends: nothing to trim, not blank. Comparisons of a first byte cost next to nothing.
_CLEAN_ENDS = "{c} >= '!' AND {c} < chr(127) AND {c}[-1] >= '!' AND {c}[-1] < chr(127)"
# 2026-02-23T14:31:00Z and its close relatives. A LIKE costs a quarter of a regular expression here; what the cast
# then refuses, the careful reader decides, and it decides hour 24 too, which the engine would take for midnight.
_ISO_SHAPES = (
    "____-__-__T__:__:__.___Z",
    "____-__-__T__:__:__Z",
    "____-__-__T__:__:__.______Z",
    "____-__-__T__:__:__+__:__",
    "____-__-__T__:__:__.___+__:__",
    "____-__-__T__:__:__.______+__:__",
)


def register_careful_functions(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the exact Python readings callable from SQL on `connection`."""
    functions: list[tuple[str, Callable[[str], object], str]] = [
        ("careful_text", values.usable_text, "VARCHAR"),
        ("careful_token", values.token, "VARCHAR"),
        ("careful_instant_us", values.instant_us, "BIGINT"),
        ("careful_elapsed_ms", values.elapsed_ms, "DOUBLE"),
    ]
    for name, function, returns in functions:
        # "special" because None is an answer of theirs; the SQL never calls them with NULL.
        connection.create_function(name, function, ["VARCHAR"], returns, null_handling="special")  # type: ignore[call-overload]


def raw_lines(files: Sequence[str]) -> str:
    """A table expression: one row per line of NDJSON `files` that is not blank, each alias as text.

    A line that is not one JSON object is a row of NULLs.
    """
    names = ", ".join(quoted(name) for name in files)
    columns = ", ".join(f"{quoted(key)}: 'VARCHAR'" for key in values.ALL_KEYS)
    return (
        f"read_json([{names}], format='newline_delimited', compression='none', records=true, ignore_errors=true, "
        f"maximum_object_size={LONGEST_LINE_BYTES}, columns={{{columns}}})"
    )


def typed_events(lines: str, event_sets: EventSets) -> str:
    """A SELECT of the typed columns, and a BOOLEAN column per event set, over a table expression of raw `lines`."""
    raw = f"SELECT *, {_first(values.EVENT_KEYS, _text)} AS raw_event FROM {lines}"
    # A spelling that is already a member's name needs no work; the others are turned into tokens first. Each step is
    # a projection of its own, since the engine works an expression out again wherever it is written.
    seen = f"SELECT *, {_bits_by_name('raw_event', event_sets)} AS raw_bits FROM ({raw})"
    named = f"SELECT *, CASE WHEN raw_bits > 0 THEN raw_event ELSE {_token('raw_event')} END AS token FROM ({seen})"
    return (
        f"SELECT {_first(values.SESSION_KEYS, _text)} AS session_id, token AS event, "
        f"{_first(values.INSTANT_KEYS, _instant)} AS ts_us, {_first(values.ELAPSED_KEYS, _elapsed)} AS elapsed_ms"
        f"{_flags(event_sets)} FROM (SELECT *, {_bits_by_name('token', event_sets)} AS set_bits FROM ({named}))"
    )


def with_event_sets(events: str, event_sets: EventSets) -> str:
    """A SELECT of the typed columns and the event sets over a table expression of stored typed `events`."""
    return (
        f"SELECT {', '.join(TYPED_COLUMNS)}{_flags(event_sets)} "
        f"FROM (SELECT *, {_bits_by_name('event', event_sets)} AS set_bits FROM {events})"
    )


def quoted(text: str) -> str:
    """`text` as an SQL string literal, for places where the engine takes no parameter."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """`name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _first(keys: Sequence[str], reading: Callable[[str], str]) -> str:
    return "coalesce(" + ", ".join(reading(identifier(key)) for key in keys) + ")"


def _text(column: str) -> str:
    clean = _CLEAN_ENDS.format(c=column)
    return f"CASE WHEN {column} IS NULL THEN NULL WHEN {clean} THEN {column} ELSE careful_text({column}) END"


def _token(column: str) -> str:
    plain = f"replace(replace(lower({column}), '-', '_'), ' ', '_')"
    return (
        f"CASE WHEN {column} IS NULL THEN NULL WHEN regexp_full_match({column}, '[ -~]*') THEN {plain} "
        f"ELSE careful_token({column}) END"
    )


def _instant(column: str) -> str:
    iso = " OR ".join(f"{column} LIKE {quoted(shape)}" for shape in _ISO_SHAPES)
    return (
        f"CASE WHEN {column} IS NULL THEN NULL "
        f"WHEN {column} >= '19' AND {column} < '21' AND ({iso}) AND NOT contains({column}, 'T24') "
        f"THEN coalesce(epoch_us(try_cast({column} AS TIMESTAMPTZ)), careful_instant_us({column})) "
        f"WHEN {column} >= '1' AND {column} < '2' AND regexp_full_match({column}, '\\d{{13}}') "
        f"THEN CAST({column} AS BIGINT) * 1000 "
        f"WHEN {column} >= '1' AND {column} < '2' AND regexp_full_match({column}, '\\d{{10}}(\\.\\d{{1,9}})?') "
        f"THEN CAST(round_even(CAST({column} AS DOUBLE) * 1000000, 0) AS BIGINT) "
        f"ELSE careful_instant_us({column}) END"
    )


def _elapsed(column: str) -> str:
    return (
        f"CASE WHEN {column} IS NULL THEN NULL "
        f"WHEN regexp_full_match({column}, '\\d{{1,15}}(\\.\\d{{1,15}})?') THEN CAST({column} AS DOUBLE) "
        f"ELSE careful_elapsed_ms({column}) END"
    )


def _bits_by_name(column: str, event_sets: EventSets) -> str:
    """The sets an event is in, as bits."""
    # A CASE, not IN: a list of five or more becomes a join, which costs more than these comparisons.
    bits: dict[str, int] = {}
    for position, names in enumerate(event_sets.values()):
        for name in names:
            bits[name] = bits.get(name, 0) | 1 << position
    cases = " ".join(f"WHEN {quoted(name)} THEN {value}" for name, value in bits.items())
    return f"CASE {column} {cases} ELSE 0 END" if cases else "0"


def _flags(event_sets: EventSets) -> str:
    return "".join(
        f", set_bits & {1 << position} > 0 AS {identifier(name)}" for position, name in enumerate(event_sets)
    )
