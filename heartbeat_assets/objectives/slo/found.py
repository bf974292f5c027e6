"""The documents of a set by kind and name, and what is said about them while they are put together.

A mistake keeps its SLO out; a notice names what was left out of it. It must not know what references mean.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from heartbeat_assets.objectives.slo.openslo import Placed


class Found:
    """All documents that were read, and the sentences about them."""

    def __init__(self, documents: Iterable[Placed]) -> None:
        self._by_kind: dict[str, dict[str, Placed]] = {}
        for one in documents:
            self._by_kind.setdefault(one.kind, {}).setdefault(one.name, one)
        self.problems: list[str] = []
        self.notices: list[str] = []

    def all(self, kind: str) -> list[Placed]:
        """The documents of a kind, in the order they were read."""
        return list(self._by_kind.get(kind, {}).values())

    def spec(self, place: Place, kind: str, name: str) -> Any:
        """The `spec` of the document of that kind and name; a mistake at `place` and None when there is none."""
        found = self.document(place, kind, name)
        return found.document.spec if found else None

    def document(self, place: Place, kind: str, name: str) -> Placed | None:
        """As `spec`, the whole document."""
        known = self._by_kind.get(kind, {})
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"write one, or correct the name; kind: {kind}"
            place.mistake(f"there is no {kind} called {name!r}; {hint}")
        return known.get(name)


class Place:
    """A field of a document, to say something about it."""

    def __init__(self, found: Found, document: Placed, field: str) -> None:
        self.found = found
        self.document = document
        self.field = field

    def at(self, field: str) -> Place:
        """A field below this one: `.spec`, `[0]`."""
        return Place(self.found, self.document, f"{self.field}{field}")

    def mistake(self, what: str) -> None:
        """Notes what must be mended."""
        self.found.problems.append(self._said(what))

    def notice(self, what: str) -> None:
        """Names what is not used."""
        self.found.notices.append(self._said(what))

    def _said(self, what: str) -> str:
        return f"{self.document.file}: {self.document.words}, {self.field}: {what}"
