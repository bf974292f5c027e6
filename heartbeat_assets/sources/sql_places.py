"""Where a SQL text uses a name: for messages that show a person the line to look at.

Reads names, texts and comments apart and nothing more. It must not decide what a name means or run anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# The first alternative that fits wins: a name inside a comment or a text is none.
_TOKEN = re.compile(
    r"""
      --[^\n]* | /\*.*?(?:\*/|\Z)                       # a comment
    | '(?:[^']|'')*(?:'|\Z)                             # a text
    | \$(?P<tag>\w*)\$.*?(?:\$(?P=tag)\$|\Z)            # a text between dollars
    | "(?P<quoted>(?:[^"]|"")*)(?:"|\Z)                 # a quoted name
    | (?P<bare>[^\W\d][\w$]*)                           # a name
    | \w+                                               # a number
    """,
    re.VERBOSE | re.DOTALL,
)


def places_of(sql: str, name: str) -> list[tuple[int, str]]:
    """The 1-based number and the trimmed text of each line of `sql` that uses the identifier `name`.

    Case does not matter; it may be bare, quoted or qualified (`t.name`).
    """
    lines = sql.split("\n")
    numbers = dict.fromkeys(number for number, found in _identifiers(sql) if found == name.lower())
    return [(number, lines[number - 1].strip()) for number in numbers]


def used_tables(sql: str, names: Iterable[str]) -> list[str]:
    """Which of `names` the text `sql` uses as identifiers, in the order in which it first does."""
    by_identifier: dict[str, list[str]] = {}
    for name in names:
        by_identifier.setdefault(name.lower(), []).append(name)
    used = dict.fromkeys(found for _, found in _identifiers(sql) if found in by_identifier)
    return [name for found in used for name in by_identifier[found]]


def _identifiers(sql: str) -> Iterator[tuple[int, str]]:
    """The line in which each identifier starts, and the identifier in lower case."""
    line, counted = 1, 0
    for token in _TOKEN.finditer(sql):
        name = token["bare"] if token["quoted"] is None else token["quoted"].replace('""', '"')
        if name is not None:
            line += sql.count("\n", counted, token.start())
            counted = token.start()
            yield line, name.lower()
