"""Entity tags: which version of a metric somebody has seen.

`"12.9f3c41aa"` is a metric after its twelfth event, with what else was known of it then; `"12"` names the events alone.
A write names what it is based on: only other people's changes make it stale, not the values of the next hour. It must
not know where the versions come from.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

_TAG = re.compile(r'\s*(W/)?"([^"]*)"\s*(?:,|$)')


def place_tag(place: int) -> str:
    """The tag of the metric's events up to `place`."""
    return f'"{place}"'


def document_tag(place: int, document: Mapping[str, Any]) -> str:
    """The tag of a whole document of the metric."""
    content = json.dumps(document, sort_keys=True, ensure_ascii=True).encode()
    return f'"{place}.{hashlib.sha256(content).hexdigest()[:12]}"'


def tags_in(header: str) -> list[tuple[bool, str]]:
    """(strong, tag without quotes) of an If-Match or If-None-Match header. Raises ValueError for what is none."""
    found: list[tuple[bool, str]] = []
    position = 0
    while position < len(header):
        match = _TAG.match(header, position)
        if match is None:
            raise ValueError(f"{header!r} is no list of entity tags")
        found.append((match[1] is None, match[2]))
        position = match.end()
    return found


def not_modified(header: str | None, tag: str) -> bool:
    """Whether If-None-Match has `tag`: the client knows already what it would be told."""
    if header is None:
        return False
    if header.strip() == "*":
        return True
    try:
        return any(f'"{one}"' == tag for _, one in tags_in(header))
    except ValueError:
        return False


def places_in(header: str) -> list[int]:
    """The places that If-Match names, by strong tags. Raises ValueError for a header that is no list of tags."""
    places = (one.partition(".")[0] for strong, one in tags_in(header) if strong)
    return [int(place) for place in places if place.isdecimal() and len(place) < 19]
