"""Digests, rows and histories that the tests of this room are fed with."""

from __future__ import annotations

import dataclasses
import json
import random
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from heartbeat_assets.lanes.digest import build_digest
from heartbeat_assets.lanes.heartbeat import build_row
from heartbeat_assets.lanes.history import HistoryRow, parse_line, render_line
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.problems import checked_spec
from heartbeat_assets.lanes.spec import LaneSpec

ROOT = Path(__file__).resolve().parents[2]
DEFS_FILE = ROOT / "heartbeat_assets" / "defs" / "citizen_product" / "defs.yaml"
ATTRIBUTES: dict[str, Any] = yaml.safe_load(DEFS_FILE.read_text(encoding="utf-8"))["attributes"]
SPEC = checked_spec(ATTRIBUTES, "defs.yaml")
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

CHECKS = (
    "unknown_rate_within_threshold",
    "time_to_first_answer_within_threshold",
    "drilldown_click_rate_within_threshold",
)
KPIS = ("unknown_rate", "time_to_first_answer_seconds", "drilldown_click_rate")
MALFORMED = (b"not json", b'{"run_at": ', b"[1, 2]", b'"text"', b"null", b"17", b"\xff\xfe", b"{}{}")
BLANK = (b"", b"   ", b"\t", b" \r")


def spec_with(**changes: Any) -> LaneSpec:
    """The shipped lane's spec with whole sections of it replaced."""
    return checked_spec({**ATTRIBUTES, **changes}, "defs.yaml")


def another(lane: Lane) -> Lane:
    """The same lane under a name nobody has used, hence with an empty history."""
    return dataclasses.replace(lane, name=f"lane_{uuid.uuid4().hex[:12]}")


def at(day: int) -> datetime:
    """Noon, `day` days after the first of January 2026."""
    return datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)


def digest_of(
    day: int = 0, *, unknown: float | None = 0.1, wait: float | None = 30.0, drilldown: float | None = 0.5
) -> dict[str, Any]:
    """The digest of a run on `day` with these KPIs; without arguments one that is ok."""
    return build_digest(SPEC, dict(zip(KPIS, (unknown, wait, drilldown), strict=True)), generated_at=at(day))


def row_of(day: int = 0, **kpis: float | None) -> dict[str, Any]:
    """The heartbeat row of `digest_of` the same."""
    return build_row(SPEC, digest_of(day, **kpis))


def rows_of(lines: Iterable[bytes]) -> list[HistoryRow]:
    """Lines that are not blank as the rows of a history, numbered from 1."""
    return [parse_line(line, place) for place, line in enumerate((one for one in lines if one.strip()), start=1)]


def write_history(path: Path, lines: Sequence[bytes]) -> Path:
    """`lines` as the JSONL file `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def write_rows(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    """Heartbeat rows as the JSONL file `path`."""
    return write_history(path, [render_line(row) for row in rows])


_FLAGS = [True, True, True, True, False, None, "true", 1, 0, "yes"]
_VALUES = [0.1, 0.5, 30.0, 30, -1, "0.5", None, True, 10**400, 1e300, []]
_WILD: dict[str, list[Any]] = {
    "run_at": ["2026-02-01T00:00:00+00:00", "2026-02-02T00:00:00+00:00", "yesterday", "", None, 5],
    "digest_generated_at": ["2026-02-01T00:00:00+00:00", None, 7],
    "status": ["ok", "ok", " OK ", "Ok", "degraded", "Degraded ", "failed", "Failed", "weird", "", None, 1, True, []],
    "contract_complete": _FLAGS,
    **dict.fromkeys(CHECKS, _FLAGS),
    **dict.fromkeys(KPIS, _VALUES),
    "strict_fail_reasons": [[], [], ["unknown_rate_missing"], "text", None],
}
_GOOD = row_of()
# How often a line is good, wild or malformed.
_MIXES = ((2, 1, 1), (1, 1, 0), (20, 1, 0), (8, 0, 1), (1, 0, 0))


def wild_row(rng: random.Random) -> dict[str, Any]:
    """A row that is JSON, and may say anything: odd statuses, checks and values, or none of them."""
    row = {name: rng.choice(values) for name, values in _WILD.items() if rng.random() < 0.92}
    if rng.random() < 0.5:
        row["heartbeat_id"] = f"wild-{rng.getrandbits(64)}"
    return row


def good_row(rng: random.Random) -> dict[str, Any]:
    """A row that keeps every rule, with an id of its own."""
    return {**_GOOD, "heartbeat_id": f"good-{rng.getrandbits(64)}"}


@st.composite
def histories(draw: st.DrawFn, *, blank: bool = False, most: int = 70) -> list[bytes]:
    """A history of up to `most` lines, as often long as short, and blank ones between them where asked for.

    Drawn by a seed: a history of seventy rows drawn field by field would take a hundred times as long.
    """
    size, mix = draw(st.integers(0, most)), draw(st.sampled_from(_MIXES))
    rng = random.Random(draw(st.integers(0, 2**32)))
    lines = []
    for kind in rng.choices(("good", "wild", "malformed"), mix, k=size):
        row = good_row(rng) if kind == "good" else wild_row(rng)
        lines.append(rng.choice(MALFORMED) if kind == "malformed" else json.dumps(row).encode())
        if blank and rng.random() < 0.1:
            lines.append(rng.choice(BLANK))
    return lines
