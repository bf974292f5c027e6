"""What we say in an SLO's annotations, so that its file stays a valid OpenSLO document.

Other annotations are nobody's business here. It must not know the rest of the document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from heartbeat_assets.objectives.slo.burn import rules_in
from heartbeat_assets.objectives.slo.durations import fixed_duration
from heartbeat_assets.specs.fields import owners

PREFIX = "heartbeat/"


def _share(text: str) -> Fraction:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)%", text)
    if match is None or not 0 <= Fraction(match[1]) < 100:
        raise ValueError(f"{text!r} is no share of the budget; write a percentage from 0% to below 100%, such as '50%'")
    return Fraction(match[1]) / 100


def _events(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,8}", text, re.ASCII):
        raise ValueError(f"{text!r} must be a whole number of events, at least 1, in quotes: '10'")
    return int(text)


def _rules(text: str) -> str:
    rules_in(text)
    return text


READERS: Mapping[str, Callable[[str], Any]] = {
    "bucket": fixed_duration,
    "burnRules": _rules,
    "forecast": fixed_duration,
    "minEvents": _events,
    "owner": lambda text: owners([text])[0],
    "quiet": fixed_duration,
    "redAt": _share,
    "yellowAt": _share,
}
"""What each of our annotations holds, read by these."""
OF_CONDITIONS: Mapping[str, Callable[[str], Any]] = {"shortWindow": fixed_duration, "minEvents": _events}
"""The same for an AlertCondition."""


class Annotations:
    """Those of ours in `given`; `problems` has a sentence for each that cannot be read and so counts as left out."""

    def __init__(self, given: Mapping[str, str] | None, readers: Mapping[str, Callable[[str], Any]] = READERS) -> None:
        self._values: dict[str, Any] = {}
        self.problems: list[str] = []
        for key, text in (given or {}).items():
            if key.startswith(PREFIX):
                self.problems += self._read(key, text, readers)

    def get(self, name: str, default: Any = None) -> Any:
        """The value of `heartbeat/NAME`."""
        return self._values.get(name, default)

    def _read(self, key: str, text: str, readers: Mapping[str, Callable[[str], Any]]) -> Iterator[str]:
        name = key.removeprefix(PREFIX)
        if name not in readers:
            close = get_close_matches(name, readers, n=1)
            known = ", ".join(PREFIX + one for one in readers)
            instead = f"did you mean {PREFIX}{close[0]}?" if close else f"there are {known}"
            yield f"metadata.annotations: there is no {key}; {instead}"
            return
        try:
            self._values[name] = readers[name](text)
        except ValueError as problem:
            yield f"metadata.annotations.{key}: {problem}"
