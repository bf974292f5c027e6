"""Write a large, deterministic NDJSON event file for measurements: about 255 bytes a line, 1% of them dirty.

It must stay cheap to run, since 20 million lines are one of the sizes that are measured: everything that
varies is drawn from tables made once, by one random number a line, and lines are written in chunks. The same
arguments give the same bytes. A session's events are spread over the whole file, so no reader can rely on
their order.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

EVENTS_PER_SESSION = 6
CHUNK_LINES = 50_000
TABLE = 4096  # rows of each table; a power of two, so that twelve random bits pick one

SESSION_ID_KEYS = ("session_id",) * 14 + ("sessionId", "sid")
EVENT_KEYS = ("event",) * 14 + ("event_name", "type")
ELAPSED_KEYS = ("elapsed_ms",) * 6 + ("duration_ms", "tfa_ms")
EVENT_NAMES = (
    *("page_load", "session_start", "view_loaded", "App-Loaded"),
    *("first_answer", "answer_ready", "alignment_result", "First Answer"),
    *("drilldown_click", "open_evidence", "Open-Explorer", "evidence_link_click"),
    *("scroll", "scroll", "search", "search", "click", "heartbeat", "share", "filter_topic"),
)
PAGES = ("housing", "health", "education", "pensions", "energy", "water", "transport", "digital-rights")
DIRTY_LINES = (
    '{"session_id":"sess-0000000001","event":"page_load","timest',
    '{"event":"page_load","timestamp":"2026-02-23T10:00:00.000Z"}',
    '["sess-0000000001","page_load"]',
    '{"session_id":"   ","event":"scroll"}',
    '{"session_id":null,"event":"search","props":{"q":"rent"}}',
    '{"session_id":"sess-0000000002","event":"click"}}',
    "null",
    "\udcff\udcfe\x00binary",  # bytes that are not UTF-8: written as they are by surrogateescape
)


def time_member(way: int, iso: str, epoch_ms: int) -> str:
    """Return the member that holds an event's time, one of sixteen ways, thirteen of them the usual."""
    if way < 13:
        return f'"timestamp":"{iso}Z"'
    if way == 13:
        return f'"at":"{iso}+00:00"'
    if way == 14:
        return f'"ts":{epoch_ms}'
    return f'"time":{epoch_ms / 1000}'


def event_pieces(random_source: random.Random) -> list[str]:
    """Return a table of event members, some under an alias."""
    choose = random_source.choice
    return [f'"{choose(EVENT_KEYS)}":"{choose(EVENT_NAMES)}"' for _ in range(TABLE)]


def tail_pieces(random_source: random.Random) -> list[str]:
    """Return a table of line ends: an elapsed time on three in ten, and members that no digest reads."""
    pieces = []
    for _ in range(TABLE):
        members: dict[str, object] = {}
        if random_source.random() < 0.3:
            elapsed = random_source.randrange(100, 60_000)
            as_text = random_source.random() < 0.05
            members[random_source.choice(ELAPSED_KEYS)] = str(elapsed) if as_text else elapsed
        topic = random_source.choice(PAGES)
        members["page"] = f"/citizen/{topic}/" + "x" * random_source.randrange(26, 71)
        members["agent"] = "Mozilla/5.0 (X11; Linux x86_64) demo"
        members["props"] = {"step": random_source.randrange(100_000), "path": [1, 2, 3]}
        pieces.append(json.dumps(members, separators=(",", ":"))[1:])
    return pieces


def lines(count: int, seed: int, day: date) -> Iterator[str]:
    """Yield `count` event lines of `day` without their line ends; the same arguments yield the same lines."""
    random_source = random.Random(seed)
    events, tails = event_pieces(random_source), tail_pieces(random_source)
    midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
    minutes = [f"{day}T{minute // 60:02d}:{minute % 60:02d}" for minute in range(1440)]
    seconds = [f"{milli // 1000:02d}.{milli % 1000:03d}" for milli in range(60_000)]
    sessions = max(1, count // EVENTS_PER_SESSION)
    bits = random_source.getrandbits
    for number in range(count):
        drawn = bits(120)
        if drawn % 100 == 0:
            yield DIRTY_LINES[(drawn >> 8) % len(DIRTY_LINES)]
            continue
        minute = number * 1440 // count  # a day's file is in order of time, nearly
        milli = (drawn >> 40) % 60_000
        iso, epoch_ms = f"{minutes[minute]}:{seconds[milli]}", midnight + minute * 60_000 + milli
        yield (
            f'{{"{SESSION_ID_KEYS[(drawn >> 12) & 15]}":"sess-{(drawn >> 80) % sessions:010d}",'
            f"{events[(drawn >> 16) & 4095]},{time_member((drawn >> 8) & 15, iso, epoch_ms)},"
            f"{tails[(drawn >> 28) & 4095]}"
        )


def write(out: BinaryIO, count: int, seed: int, day: date) -> int:
    """Write `count` lines to `out` and return how many bytes that were."""
    written = 0
    chunk: list[str] = []
    for line in lines(count, seed, day):
        chunk.append(line)
        if len(chunk) == CHUNK_LINES:
            written += out.write(encode(chunk))
            chunk.clear()
    return written + out.write(encode(chunk))


def encode(chunk: list[str]) -> bytes:
    """Return the bytes of some lines, each with its line end."""
    return "".join(f"{line}\n" for line in chunk).encode("utf-8", "surrogateescape")


def main(arguments: list[str] | None = None) -> int:
    """Write the file named on the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Write a large deterministic event file.")
    parser.add_argument("--lines", type=int, required=True, help="how many lines")
    parser.add_argument("--out", type=Path, required=True, help="the file to write")
    parser.add_argument("--seed", type=int, default=7, help="another seed, other lines (default 7)")
    parser.add_argument("--day", type=date.fromisoformat, default=date(2026, 2, 23), help="YYYY-MM-DD")
    given = parser.parse_args(arguments)
    if given.lines < 0:
        parser.error("--lines must be 0 or more")
    with given.out.open("wb") as out:
        size = write(out, given.lines, given.seed, given.day)
    print(f"{given.out}: {given.lines:,} lines, {size:,} bytes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
