"""The SQL that turns raw NDJSON into the four typed columns of an event, and those into named event sets.

Common shapes are recognised and converted by the engine itself; every other shape goes to the exact reading in
`values`, registered here as functions. What the two return is the same, only the speed differs: a property test
holds them to it. It must not run queries or open files.

The typed columns: `session_id` (text, NULL on a line that could not be read), `event` (token), `ts_us` (microseconds
since 1970, UTC), `elapsed_ms` (milliseconds).
"""

from __future__ import annotations

import re
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
# The engine gives every thread two buffers of the longest line it is to expect, and gives up on a longer one. So it is
# told to expect little first, which also lets it share a file of 100 MB between threads, and much only when it must;
# beyond that the careful reader takes the file.
LINE_LIMITS = (8 * 1024 * 1024, 64 * 1024 * 1024)
LONGEST_LINE_BYTES = LINE_LIMITS[-1]
LINE_TOO_LONG = "maximum_object_size"

# Printable ASCII at both ends: nothing to trim, not blank. Comparisons of a first byte cost next to nothing.
_CLEAN_ENDS = "{c} >= '!' AND {c} < chr(127) AND {c}[-1] BETWEEN '!' AND '~'"
_MILLISECONDS_ABOVE = 1_000_000_000_000
# The year 9891; later instants are for the careful reader, which knows where the year 9999 ends.
_SECONDS_BELOW = 250_000_000_000
# 2026-02-23T14:31:00Z and its close relatives, the most frequent first. A LIKE costs a quarter of a regular expression
# here; what the cast then refuses, the careful reader decides. It decides, too, what the engine would take and ISO-8601
# does not allow: hour 24, blanks before the hour or in the offset, an offset of a day or more, seconds of one digit.
_ISO_OFTEN = ".___Z"
_ISO_ENDS = tuple(
    f"{fraction}{offset}"
    for offset in ("Z", "+0_:_0", "", "-0_:_0", "+1_:_0", "-1_:_0")
    for fraction in (".___", ".______", "")
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


def raw_lines(files: Sequence[str], longest_line: int = LONGEST_LINE_BYTES) -> str:
    """A table expression: one row per line of NDJSON `files` that is not blank, each alias as text.

    A line that is not one JSON object is a row of NULLs. On a line longer than `longest_line` bytes the engine may give
    up with a message that holds LINE_TOO_LONG.
    """
    names = ", ".join(file_literal(name) for name in files)
    columns = ", ".join(f"{quoted(key)}: 'VARCHAR'" for key in values.ALL_KEYS)
    return (
        f"read_json([{names}], format='newline_delimited', compression='none', records=true, ignore_errors=true, "
        # Else a folder named event=x would give every event in it that name.
        f"hive_partitioning=false, maximum_object_size={longest_line}, columns={{{columns}}})"
    )


def typed_events(lines: str, event_sets: EventSets, spellings: Mapping[str, str] | None = None) -> str:
    """A SELECT of the typed columns, and a BOOLEAN column per event set, over a table expression of raw `lines`.

    `spellings` (trimmed text as written, to its token) are event names that are likely to come: looking one up costs a
    fraction of working its token out. They change nothing but the speed.
    """
    members = {name: name for names in event_sets.values() for name in names}
    known = members | dict(spellings or {})
    bits = _bits(event_sets)
    known_bits = {text: bits.get(token, 0) for text, token in known.items()}
    # Each step is a projection of its own, since the engine works an expression out again wherever it is written. What
    # stands under the first key is looked up as it is: a known spelling is usable, so no other key can come before it.
    first = f"SELECT *, coalesce({', '.join(identifier(key) for key in values.EVENT_KEYS)}) AS first_event FROM {lines}"
    seen = f"SELECT *, {_lookup('first_event', known_bits, '-1')} AS known_bits FROM ({first})"
    raw = f"SELECT *, CASE WHEN known_bits < 0 THEN {_first(values.EVENT_KEYS, _text)} END AS raw_event FROM ({seen})"
    other = f"SELECT *, CASE WHEN known_bits < 0 THEN {_token('raw_event')} END AS other_token FROM ({raw})"
    tokens = {text: quoted(token) for text, token in known.items()}
    event = f"CASE WHEN known_bits < 0 THEN other_token ELSE {_lookup('first_event', tokens, 'NULL')} END"
    set_bits = f"CASE WHEN known_bits < 0 THEN {_lookup('other_token', bits, '0')} ELSE known_bits END"
    return (
        f"SELECT {_first(values.SESSION_KEYS, _text)} AS session_id, {event} AS event, "
        f"{_first(values.INSTANT_KEYS, _instant)} AS ts_us, {_first(values.ELAPSED_KEYS, _elapsed)} AS elapsed_ms"
        f"{_flags(event_sets)} FROM (SELECT *, {set_bits} AS set_bits FROM ({other}))"
    )


def stored_events(files: Sequence[str]) -> str:
    """A table expression of Parquet `files`, in their order: the typed columns, or what a rollup made of them."""
    names = ", ".join(file_literal(name) for name in files)
    return f"read_parquet([{names}], hive_partitioning=false)"


def with_event_sets(events: str, event_sets: EventSets) -> str:
    """A SELECT of the typed columns and the event sets over a table expression of stored typed `events`."""
    return (
        f"SELECT {', '.join(TYPED_COLUMNS)}{_flags(event_sets)} "
        f"FROM (SELECT *, {_lookup('event', _bits(event_sets), '0')} AS set_bits FROM {events})"
    )


def quoted(text: str) -> str:
    """`text` as an SQL string literal, for places where the engine takes no parameter."""
    return "'" + text.replace("'", "''") + "'"


def file_literal(name: str) -> str:
    """The file `name` as an SQL string literal where the engine would read `*`, `?` and `[` as a pattern."""
    return quoted(re.sub(r"[*?\[]", r"[\g<0>]", name))


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
    number = f"try_cast({column} AS DOUBLE)"
    cast = f"coalesce(epoch_us(try_cast({column} AS TIMESTAMPTZ)), careful_instant_us({column}))"
    # One CASE inside the other, so that a number never meets the shapes of a date; and the most frequent shape in a
    # branch of its own, so that the others are tried only for the rows that are left.
    iso = (
        f"CASE WHEN {_iso(column, 'T', [_ISO_OFTEN])} THEN {cast} WHEN {_iso(column, 'T', _ISO_ENDS)} THEN {cast} "
        f"WHEN {_iso(column, ' ', _ISO_ENDS)} THEN {cast} ELSE careful_instant_us({column}) END"
    )
    return (
        f"CASE WHEN {column} IS NULL THEN NULL "
        f"WHEN {column} >= '19' AND {column} < '21' THEN {iso} "
        f"WHEN {_plain_number(column)} AND {number} < {_SECONDS_BELOW} "
        f"THEN CAST(round_even({number} * 1000000, 0) AS BIGINT) "
        f"WHEN {_plain_number(column)} AND {number} > {_MILLISECONDS_ABOVE} AND {number} < {_SECONDS_BELOW}000 "
        f"THEN CAST(round_even({number} * 1000, 0) AS BIGINT) "
        f"ELSE careful_instant_us({column}) END"
    )


def _iso(column: str, separator: str, ends: Sequence[str]) -> str:
    """Is a date, `separator`, a time with an hour from 00 to 23, and one of `ends`; the cast checks the digits."""
    shapes = []
    for end in ends:
        # Else "10:00:0.Z" would fit the shape of "10:00:00Z".
        whole_seconds = "" if end.startswith(".") else f" AND NOT contains({column}, '.')"
        shapes.append(f"({column} LIKE {quoted(f'____-__-__{separator}__:__:__{end}')}{whole_seconds})")
    hours = [f"contains({column}, '{separator}{tens}')" for tens in (1, 0, 2)]
    hour = f"({hours[0]} OR {hours[1]} OR ({hours[2]} AND NOT contains({column}, '{separator}24')))"
    # The engine takes several blanks for one, and then a day of one digit.
    one_blank = f" AND NOT contains({column}, '  ')" if separator == " " else ""
    return f"({' OR '.join(shapes)}) AND {hour}{one_blank}"


def _elapsed(column: str) -> str:
    return (
        f"CASE WHEN {column} IS NULL THEN NULL "
        f"WHEN {_plain_number(column)} "
        f"THEN coalesce(nullif(try_cast({column} AS DOUBLE), 'inf'::DOUBLE), careful_elapsed_ms({column})) "
        f"ELSE careful_elapsed_ms({column}) END"
    )


def _plain_number(column: str) -> str:
    """Starts with a digit: what the engine then casts to DOUBLE is a number, but for `1_000`, and 1e400 as infinity.

    What it refuses may be one all the same: it does not know every blank that may follow.
    """
    return f"{column} >= '0' AND {column} < ':' AND NOT contains({column}, '_')"


def _bits(event_sets: EventSets) -> dict[str, int]:
    """The sets each member is in, as bits."""
    bits: dict[str, int] = {}
    for position, names in enumerate(event_sets.values()):
        for name in names:
            bits[name] = bits.get(name, 0) | 1 << position
    return bits


def _lookup(column: str, answers: Mapping[str, object], otherwise: str) -> str:
    # A CASE, not IN: a list of five or more becomes a join, which costs more than these comparisons.
    cases = " ".join(f"WHEN {quoted(text)} THEN {answer}" for text, answer in answers.items())
    return f"CASE {column} {cases} ELSE {otherwise} END" if cases else otherwise


def _flags(event_sets: EventSets) -> str:
    return "".join(
        f", set_bits & {1 << position} > 0 AS {identifier(name)}" for position, name in enumerate(event_sets)
    )
