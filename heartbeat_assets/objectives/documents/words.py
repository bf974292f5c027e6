"""Figures, instants and texts as documents write them, each in one way. It must not know what they are about."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

NO_DATA = "no data"
_LARGE = Decimal(1000)
_MOST_DIGITS = 20
_EVERY = {"1 day": "daily", "1 week": "weekly", "1 month": "monthly", "1 quarter": "quarterly", "1 year": "yearly"}
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_UNSEEN = ("Cc", "Cf", "Cs")
_STATES = {"NO_DATA": "NO DATA"}


def plain(text: object) -> str:
    """`text` on one line, without characters that nobody can see."""
    return " ".join(visible(" ".join(str(text).split())).split())


def visible(text: str) -> str:
    """`text` without what nobody can see or XML does not know; its spaces stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        one for one in text if one in "\n\t" or (unicodedata.category(one) not in _UNSEEN and one not in "\ufffe\uffff")
    )


def markdown(text: object) -> str:
    """`text` on one line of Markdown: code and emphasis stay, tags and images become text."""
    escaped = re.sub(r"<(?=[A-Za-z/!?])", r"\\<", plain(text))
    return escaped.replace("![", "!\\[")


def state(name: str) -> str:
    """A state as people write it: `OK`, `NO DATA`."""
    return _STATES.get(name, name)


def instant(moment: datetime | str | None) -> str:
    """`2026-02-08T00:00:00Z`, to the second; `unknown` for None."""
    if moment is None:
        return "unknown"
    read = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return read.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def percent(share: float | None, places: int = 3) -> str:
    """A share of 1 as `99.954%`, rounded down: what is not whole does not look it."""
    if share is None or not math.isfinite(share):
        return NO_DATA
    # By its shortest spelling: 0.995 is 99.5%, though the nearest binary number lies below.
    hundred = Decimal(repr(share)) * 100
    return f"{_short(_rounded(hundred, places, ROUND_FLOOR))}%"


def number(value: float | None) -> str:
    """`1,234`, `0.176`: three decimals from 1 on, six significant digits below; `no data` for None."""
    if value is None or not math.isfinite(value):
        return NO_DATA
    exact = Decimal(repr(value))
    if not exact:
        return "0"
    places = 3 if abs(exact) >= 1 else 5 - exact.adjusted()
    return _short(_rounded(exact, places, ROUND_HALF_EVEN))


def rate(value: float | None) -> str:
    """A burn rate, to the hundredth: `14.4`, `0.08`."""
    if value is None or not math.isfinite(value):
        return NO_DATA
    return _short(_rounded(Decimal(repr(value)), 2, ROUND_HALF_EVEN))


def figure(value: float | None, unit: str) -> str:
    """A number and its unit: `41 deals`, `12.5%`."""
    if value is None or not math.isfinite(value) or not unit:
        return number(value)
    return f"{number(value)}%" if unit in ("%", "percent") else f"{number(value)} {plain(unit)}"


def duration(seconds: float | None) -> str:
    """`1 h 30 min`, the two largest units; `none yet` for None."""
    if seconds is None:
        return "none yet"
    left = round(abs(seconds))
    parts = []
    for length, unit in _UNITS:
        count, left = divmod(left, length)
        if count:
            parts.append(f"{count} {unit}")
        if len(parts) == 2 or (parts and not count):
            break
    return ("-" if seconds < 0 and parts else "") + (" ".join(parts) or "0 s")


def window(kind: str) -> str:
    """An SLO's window, from its own words: `monthly`, `rolling 7 days`."""
    if kind.startswith("the last "):
        return f"rolling {kind.removeprefix('the last ')}"
    calendar = kind.removeprefix("this calendar window of ")
    return _EVERY.get(calendar, f"every {calendar}" if calendar != kind else kind)


def promise(text: str) -> str:
    """A promise of the SLA table: `< 15 min`, `< 1 business day`, `best-effort`."""
    if text == "best effort":
        return "best-effort"
    read = re.fullmatch(r"(\d+)([smhd])", text)
    if read is None:
        return f"< {text}"
    count, unit = int(read[1]), {"s": "second", "m": "min", "h": "hour", "d": "day"}[read[2]]
    return f"< {count} {unit}{'s' * (count != 1 and unit != 'min')}"


def _rounded(value: Decimal, places: int, how: str) -> Decimal:
    # What has more digits than decimal keeps has none behind the point.
    return value if value.adjusted() > _MOST_DIGITS else value.quantize(Decimal(1).scaleb(-places), how)


def _short(value: Decimal) -> str:
    places = f"{value:,f}" if abs(value) >= _LARGE else f"{value:f}"
    short = places.rstrip("0").rstrip(".") if "." in places else places
    return "0" if short in ("-0", "") else short
