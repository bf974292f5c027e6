"""Looks for personal data in a text. It must not decide what happens to the text, nor show what it found."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping

from heartbeat_assets.objectives.privacy.addresses import addresses
from heartbeat_assets.objectives.privacy.credentials import credentials
from heartbeat_assets.objectives.privacy.finding import Finding, Hit, masked
from heartbeat_assets.objectives.privacy.identities import identities
from heartbeat_assets.objectives.privacy.views import KINDS, Kind, View, views


def find_personal_data(
    text: str,
    *,
    kind: Kind = "text",
    allowed: Collection[str] = (),
    patterns: Mapping[str, str] | None = None,
) -> list[Finding]:
    """What must not be published of `text`, in the order of the text; of what lies within another, only the outer.

    `kind` says how it is written. `allowed` may stand in it: a find that is one of these, whatever its case, is none;
    one that merely holds it is. `patterns` are regular expressions of ids of this place, by the name of their kind.
    Raises ValueError for another kind and re.error for a pattern that is none.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of text; there is {', '.join(KINDS)}")
    own = {name: re.compile(pattern) for name, pattern in (patterns or {}).items()}
    may_stand = {one.strip().casefold() for one in allowed}
    found: dict[tuple[int, int], tuple[str, str]] = {}
    for view in views(text, kind):
        for hit in _hits(view, own):
            written = view.text[hit.start : hit.end]
            if written.strip().casefold() not in may_stand:
                found.setdefault(view.span(hit.start, hit.end), (hit.kind, masked(written)))
    lines = _line_starts(text)
    return [_finding(start, *found[(start, end)], lines) for start, end in _outermost(found)]


def _hits(view: View, own: Mapping[str, re.Pattern[str]]) -> Iterator[Hit]:
    yield from credentials(view.text)
    yield from addresses(view.text)
    yield from identities(view.text, own)


def _outermost(spans: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or end > kept[-1][1]:
            kept.append((start, end))
    return kept


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]


def _finding(start: int, kind: str, shown: str, lines: list[int]) -> Finding:
    line = bisect_right(lines, start)
    return Finding(line=line, column=start - lines[line - 1] + 1, kind=kind, masked=shown)
