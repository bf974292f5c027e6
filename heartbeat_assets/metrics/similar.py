"""Whether a metric is there already under another name: like sources and like SQL, or a name that is nearly taken.

Only warns: two metrics may well look alike. It must not read files or decide whether a draft may go on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from heartbeat_assets.metrics.metric_file import MetricFile

LIKE_SQL = 0.85
LIKE_NAME = 0.8
# Comments and what a query compares with go; words, numbers and every sign alone stay as one token each.
_TOKENS = re.compile(
    r"--[^\n]*|/\*.*?\*/|(?P<text>'(?:[^']|'')*')|(?P<quoted>\"(?:[^\"]|\"\")*\")"
    r"|(?P<number>(?<![\w.])\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)|(?P<word>\$?\w+)|(?P<sign>[^\s\w])",
    re.DOTALL,
)
_NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Draft:
    """What is compared of a metric that is about to be made."""

    metric_id: str
    name: str
    sources: tuple[str, ...]
    sql: str


@dataclass(frozen=True)
class Similar:
    """A metric that looks like the draft: by how much (1 is the same), and the sentence that says in what."""

    metric_id: str
    likeness: float
    sentence: str


def similar_metrics(draft: Draft, others: Iterable[MetricFile]) -> list[Similar]:
    """The metrics among `others` that may be the draft over again, the likest first."""
    tokens = sql_tokens(draft.sql)
    found = []
    for other in others:
        by_sql = (
            _likeness(tokens, sql_tokens(other.sql), LIKE_SQL)
            if set(draft.sources) == set(other.header.sources)
            else 0.0
        )
        by_name = max(
            _likeness(_letters(draft.name), _letters(other.header.name), LIKE_NAME),
            _likeness(_letters(draft.metric_id), _letters(other.metric_id), LIKE_NAME),
        )
        if by_sql or by_name:
            found.append(Similar(other.metric_id, max(by_sql, by_name), _sentence(other, by_sql, by_name)))
    return sorted(found, key=lambda one: (-one.likeness, one.metric_id))


def sql_tokens(sql: str) -> list[str]:
    """`sql` as a list of its words and signs, the same for queries that say the same in other writing.

    Blanks, comments, upper and lower case, and which number or text it compares with make no difference.
    """
    tokens = []
    for match in _TOKENS.finditer(sql.rstrip().removesuffix(";")):
        kind = match.lastgroup
        if kind in ("text", "number"):
            tokens.append("?")
        elif kind == "quoted":
            tokens.append(match[0][1:-1].replace('""', '"').lower())
        elif kind is not None:
            tokens.append(match[0].lower())
    return tokens


def _letters(name: str) -> str:
    return _NOT_LETTERS.sub(" ", name).strip().lower()


def _likeness(one: Sequence[str], other: Sequence[str], at_least: float) -> float:
    """How alike the two are, from `at_least` to 1; 0 when they are less alike than that."""
    if not one or not other:
        return 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    # The two quick ones are upper bounds: most pairs need no more.
    if matcher.real_quick_ratio() < at_least or matcher.quick_ratio() < at_least:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= at_least else 0.0


def _sentence(other: MetricFile, by_sql: float, by_name: float) -> str:
    said = []
    if by_sql == 1:
        said.append("the same query over the same sources, its numbers and texts aside")
    elif by_sql:
        said.append(f"a query over the same sources that is {_percent(by_sql)} the same")
    if by_name == 1:
        said.append("the same name")
    elif by_name:
        said.append(f"a name that is {_percent(by_name)} the same")
    return f"{other.metric_id} ({other.header.name}) of {other.service} has {' and '.join(said)}"


def _percent(likeness: float) -> str:
    """Rounded down, so that only what is the same is 100%."""
    return f"{int(likeness * 100)}%"
