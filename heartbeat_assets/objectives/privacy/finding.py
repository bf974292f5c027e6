"""What was found, and where. It must not hold what was found: a finding is logged and shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

_LETTERS = 2


class Hit(NamedTuple):
    """A detector's find: what kind of data, from where up to where in the text it was given."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Personal data of a `kind` at a line and column, both from 1, of the text as it was given.

    `masked` is what may be shown of it: its first two letters at most.
    """

    line: int
    column: int
    kind: str
    masked: str

    @property
    def sentence(self) -> str:
        """`line 12, column 5: e-mail address (al…)`."""
        return f"line {self.line}, column {self.column}: {self.kind} ({self.masked})"


def masked(found: str) -> str:
    """The first two letters or digits of `found` and an ellipsis; less of what is short."""
    letters = [one for one in found if one.isalnum()]
    return "".join(letters[: min(_LETTERS, len(letters) // 2)]) + "…"
