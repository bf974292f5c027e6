"""Event lines for the tests of telemetry, what the independent reader says of them, and ways to read them."""

from __future__ import annotations

import base64
import itertools
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from benchmarks.python_reader import DRILLDOWN, FIRST_ANSWER, SESSION_START, read_event
from heartbeat_assets.telemetry import typed_sql, values
from heartbeat_assets.telemetry.raw import RawEvents
from heartbeat_assets.telemetry.store import IngestReport, TelemetryStore
from heartbeat_assets.warehouse import connect, run

Row = tuple[Any, ...]
SETS: Mapping[str, Sequence[str]] = {
    "session_start": sorted(SESSION_START),
    "first_answer": sorted(FIRST_ANSWER),
    "drilldown": sorted(DRILLDOWN),
}
ROLLUP_SQL = (
    "SELECT session_id, count(*) AS lines, max(CASE WHEN drilldown THEN 1 ELSE 0 END) AS drilled FROM events GROUP BY 1"
)
_clock = itertools.count(1_700_000_000)
UNREADABLE: Row = (None, None, None, None)

# Lone surrogates are one of the declared differences between readers.
characters = st.characters(exclude_categories=["Cs"])
spaces = st.sampled_from([" ", "\t", "\r\n", "\u00a0", "\u3000", "\x1c", "\x85", "\u2003", "\x0b"])
texts = st.one_of(
    st.sampled_from(
        ["", " ", "s", "a-b c", "\x00", "7", "null", "{}", "\u00df\u0130I", "x\u0301", "\U0001f600", "\x7f"]
    ),
    st.text(characters, max_size=8),
    st.tuples(spaces, st.text(characters, max_size=5), spaces).map("".join),
    st.text("aZ_- \t\u00a0\u00c9", max_size=6),
)
numbers = st.one_of(
    st.sampled_from(
        ["0", "-0", "-0.0", "1.50", "1E5", "1e-7", "12e0", "1e308", "-1", "1776011082151", "1776011082.25"]
    ),
    st.integers(-(10**22), 10**22).map(str),
    st.integers(1_700_000_000_000, 1_800_000_000_000).map(str),
    st.floats(0, 1e6).map(repr),
    st.decimals(0, 2_000_000_000, places=9).map(lambda number: format(number, "f")),
)
json_texts = st.one_of(
    texts.map(json.dumps),
    texts.map(lambda text: json.dumps(text, ensure_ascii=False)),
    texts.map(lambda text: json.dumps(text).replace("/", "\\/")),
    numbers.map(lambda number: json.dumps(f" {number} ")),
    numbers.map(json.dumps),
)
json_values = st.one_of(
    json_texts, json_texts, numbers, st.sampled_from(["true", "false", "null", "[]", "{}", '[1, "a"]', '{"a": null}'])
)
ALIASES = (*values.ALL_KEYS, "Session_Id", "other")
objects = st.lists(st.tuples(st.sampled_from(ALIASES), json_values), max_size=6, unique_by=lambda pair: pair[0]).map(
    lambda members: "{" + ", ".join(f'"{key}": {value}' for key, value in members) + "}"
)
with_session = st.tuples(objects, st.sampled_from(["session_id", "sid"])).map(
    lambda pair: (
        '{"' + pair[1] + '": "s"' + (", " + pair[0][1:] if len(pair[0]) > 2 and pair[1] not in pair[0] else "}")
    )
)
event_lines = st.one_of(with_session, objects).map(str.encode)
broken_lines = st.sampled_from(
    [
        b"{",
        b'{"session_id":"s"',
        b'["s"]',
        b'"s"',
        b"7",
        b"null",
        b'{"event":"x"}',
        b'{"session_id":" "}',
        b"\x00",
        b"\xff",
        b'{"session_id":"s"} x',
        b'{"session_id":"s"}{"session_id":"t"}',
        b'{"session_id":"\xff"}',
        b"a,b\x00c",
        b"\xef\xbb\xbf",
    ]
)
blank_lines = st.sampled_from([b"", b" ", b"\r", b"\t \r", b"\x0c", b" \x0b "])
lines_of_all_kinds = st.lists(
    st.one_of(event_lines, event_lines, broken_lines, blank_lines).flatmap(
        lambda line: st.sampled_from([line, line + b"\r", b"  " + line])
    ),
    max_size=12,
)


def event(session: str = "s", **members: object) -> bytes:
    """A good event line with its line end."""
    return json.dumps({"session_id": session, **members}).encode() + b"\n"


def read_by_oracle(content: bytes) -> list[Row]:
    """The typed columns of every line that is not blank, by the plain Python reader."""
    rows = []
    for line in content.split(b"\n"):
        if line.strip():
            found = read_event(line.strip())
            rows.append(
                (found.session_id, found.event or None, found.at, found.elapsed_ms) if found is not None else UNREADABLE
            )
    return rows


def quarantine_by_oracle(content: bytes) -> list[tuple[int, bytes]]:
    """Number and bytes of every line that is not blank and no event, by the plain Python reader."""
    numbered = enumerate(content.split(b"\n"), start=1)
    return [(number, line) for number, line in numbered if line.strip() and read_event(line.strip()) is None]


def same(rows: Sequence[Row], expected: Sequence[Row]) -> bool:
    """Whether the rows are equal, the event of an unreadable line and a rounding of far-off milliseconds aside."""
    return len(rows) == len(expected) and all(map(_same_row, rows, expected))


def _same_row(row: Row, expected: Row) -> bool:
    if expected[0] is None:
        return row[0] is None
    at, oracle_at = row[2], expected[2]
    # The oracle divides milliseconds by 1000 first, which costs the last digits in the year 2500.
    near = at == oracle_at or (None not in (at, oracle_at) and abs(at - oracle_at) <= 1 + abs(at) * 4e-16)
    return near and (row[:2], row[3]) == (expected[:2], expected[3])


def read_by_engine(
    file: Path, event_sets: typed_sql.EventSets | None = None, columns: str = ", ".join(typed_sql.TYPED_COLUMNS)
) -> list[Row]:
    """`columns` of the typed events of a plain file, in its order."""
    with connect(file.parent, keep_order=True) as connection:
        typed_sql.register_careful_functions(connection)
        events = typed_sql.typed_events(typed_sql.raw_lines([str(file)]), event_sets or {})
        return connection.execute(f"SELECT {columns} FROM ({events})").fetchall()


def read_raw(files: Sequence[Path], scratch: Path, event_sets: typed_sql.EventSets | None = None) -> list[Row]:
    """The typed events and their event sets of raw files in one pass."""
    events = RawEvents(files, "events", event_sets or {}, scratch)
    with connect(scratch, keep_order=True) as connection, events.opened(connection):

        def query() -> list[Row]:
            run(connection, 'CREATE TEMP TABLE found AS SELECT * FROM "events"')
            return connection.execute("SELECT * FROM found").fetchall()

        return events.reading(query)


def ingest(store: TelemetryStore, path: Path) -> IngestReport:
    """One look at `path`, with the lock held."""
    with store.locked():
        return store.ingest(path)


def stored(store: TelemetryStore) -> list[Row]:
    """The typed events in the store, by file and in their order."""
    files = [str(file) for file in store.parquet_files()]
    if not files:
        return []
    with connect(store.scratch, keep_order=True) as connection:
        return connection.execute(f"SELECT * FROM {typed_sql.stored_events(files)}").fetchall()


def quarantined(store: TelemetryStore) -> list[tuple[int, bytes]]:
    """Number and text of every line in quarantine, read back to bytes."""
    return [
        (line["line"], base64.b64decode(line["base64"]) if "base64" in line else line["text"].encode())
        for line in store.quarantined()
    ]


def leftovers(store: TelemetryStore) -> list[str]:
    """Files in the store that no manifest names, the lock apart."""
    named = set()
    for manifest in store.manifests():
        for part in manifest.parts:
            named |= {part.parquet, part.quarantine} if part.bad else {part.parquet}
    found = [file for file in store.folder.rglob("*") if file.is_file() and file.name not in {".lock", "manifest.json"}]
    return sorted(str(file.relative_to(store.folder)) for file in found if file.name not in named)


def roll_up(store: TelemetryStore, sets: typed_sql.EventSets = SETS, sql: str = ROLLUP_SQL) -> list[Path]:
    """The rollups of every part, with the lock held."""
    with store.locked():
        return store.rollup_files("events", sets, sql)


def rolled_up(files: Sequence[Path]) -> list[Row]:
    """What the rollups say: session, lines, drilled."""
    with connect(files[0].parent) as connection:
        events = typed_sql.stored_events([str(file) for file in files])
        return sorted(connection.execute(f"SELECT session_id, lines, drilled FROM {events}").fetchall(), key=str)


def write_later(file: Path, content: bytes) -> None:
    """Writes with a modification time later than any before, as a slower world would."""
    file.write_bytes(content)
    moment = next(_clock)
    os.utime(file, (moment, moment))


def assert_holds(store: TelemetryStore, content: bytes) -> None:
    """The store holds what one pass of the independent reader over `content` says, and nothing else."""
    expected, bad = read_by_oracle(content), quarantine_by_oracle(content)
    assert same(stored(store), expected)
    assert quarantined(store) == bad
    (manifest,) = store.manifests()
    assert (manifest.rows, manifest.bad) == (len(expected), len(bad))
    assert leftovers(store) == []
