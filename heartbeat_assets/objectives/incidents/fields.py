"""What a person may write about an incident: texts, instants, components, owners, days. It must not record anything."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import Any, cast

from heartbeat_assets.objectives.incidents.incident import Severity
from heartbeat_assets.objectives.incidents.problems import IncidentProblem
from heartbeat_assets.specs.fields import owners

LONGEST = {"title": 200, "impact": 4000, "rca": 20_000, "mitigation": 20_000, "reason": 2000, "text": 1000}
"""How many characters each text may have."""
MOST_COMPONENTS = 50
_LONGEST_OWNER = 254

_ID = re.compile(r"INC-(\d{8})-(\d{3,6})")
_COMPONENT = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_RULE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")
_EXAMPLE = "2026-02-23T14:31:05+00:00"


def incident_id(text: str) -> str:
    """`text` as ids are spelled, INC-20260223-001. Raises IncidentProblem."""
    spelled = text.strip().upper()
    if not _ID.fullmatch(spelled):
        raise IncidentProblem("id", f"{text!r} is no id of an incident; one looks like INC-20260223-001")
    return spelled


def id_of(day: date, number: int) -> str:
    """The id of incident `number` of a day."""
    return f"INC-{day:%Y%m%d}-{number:03d}"


def id_order(incident: str) -> tuple[str, int]:
    """What ids are sorted by: the thousandth of a day comes after the 999th."""
    match = _ID.fullmatch(incident)
    return (match[1], int(match[2])) if match else (incident, 0)


def rule_name(text: str) -> str:
    """The name of a rule. Raises IncidentProblem."""
    if not _RULE.fullmatch(text):
        raise IncidentProblem("rule", f"{text!r} is no name of a rule; use a-z, 0-9, _, - and ., as api-read-down")
    return text


def checked_text(field: str, value: Any, *, optional: bool = False, one_line: bool = False) -> str:
    """`value`, trimmed. Raises IncidentProblem when it says nothing (unless `optional`), or too much."""
    if not isinstance(value, str):
        raise IncidentProblem(field, "must be a text")
    text = value.strip()
    if not text and not optional:
        raise IncidentProblem(field, "is required: say it in a sentence")
    if len(text) > LONGEST[field]:
        raise IncidentProblem(field, f"must be at most {LONGEST[field]:,} characters long, not {len(text):,}")
    if any(0xD800 <= ord(letter) <= 0xDFFF or letter == "\0" for letter in text):
        raise IncidentProblem(field, "holds a character that cannot be kept; write it again")
    if one_line and not text.isprintable():
        raise IncidentProblem(field, "must be one line")
    return text


def checked_severity(value: Any) -> Severity:
    """`value` as a severity. Raises IncidentProblem."""
    if isinstance(value, bool) or not isinstance(value, int) or value not in (1, 2, 3):
        raise IncidentProblem("severity", f"must be 1, 2 or 3 (1 is the worst), not {value!r}")
    return cast("Severity", value)


def checked_components(given: Iterable[str], known: Collection[str] | None) -> list[str]:
    """The ids of components, each once, in their order. With `known` each must be one of them. Raises
    IncidentProblem.
    """
    names = list(dict.fromkeys(given)) if not isinstance(given, str) else [given]
    if len(names) > MOST_COMPONENTS:
        raise IncidentProblem("components", f"must be at most {MOST_COMPONENTS}, not {len(names)}")
    for name in names:
        if known is not None and name not in known:
            close = get_close_matches(str(name), known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"there is {', '.join(sorted(known)) or 'none'}"
            raise IncidentProblem("components", f"there is no component {name!r}; {hint}")
        if not isinstance(name, str) or not _COMPONENT.fullmatch(name):
            raise IncidentProblem("components", f"{name!r} is no id of a component; use a-z, 0-9, _ and -")
    return names


def checked_owner(value: str) -> str:
    """`value` as an e-mail address or `team:name`. Raises IncidentProblem."""
    name = value.strip()
    if len(name) > _LONGEST_OWNER or not name.isprintable():
        raise IncidentProblem("owner", f"must be one line of at most {_LONGEST_OWNER} characters")
    try:
        owners([name])
    except ValueError as problem:
        raise IncidentProblem("owner", str(problem)) from None
    return name


def checked_due(value: date | str | None) -> date | None:
    """`value` as a day. Raises IncidentProblem."""
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    try:
        if not isinstance(value, str):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise IncidentProblem("due", f"must be a day such as 2026-02-23, not {value!r}") from None


def checked_instant(field: str, value: datetime | str, *, now: datetime) -> datetime:
    """`value` in UTC, when it has a time zone and is not yet to come. Raises IncidentProblem."""
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
        if instant.tzinfo is None:
            raise IncidentProblem(field, f"has no time zone; write {_EXAMPLE}, or Z at the end for UTC")
        instant = instant.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, AttributeError):
        raise IncidentProblem(field, f"must be an instant such as {_EXAMPLE}, not {value!r}") from None
    if instant > now:
        raise IncidentProblem(field, f"lies in the future ({said(instant)}); it is {said(now)}")
    return instant


def not_before(field: str, instant: datetime, earliest: datetime, what: str) -> None:
    """Raises IncidentProblem when `instant` lies before `earliest`, which is `what`."""
    if instant < earliest:
        raise IncidentProblem(field, f"{said(instant)} is earlier than {what}, {said(earliest)}")


def said(instant: datetime) -> str:
    """An instant in a sentence."""
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"
