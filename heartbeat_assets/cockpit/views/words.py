"""Numbers, people, lists and thresholds as a page says them. It must not know where they come from."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

_MINUS = "\u2212"
_BEGINNINGS = re.compile(r"[^\W\d_]+")


def three_digits(value: float) -> str:
    """`value` in three significant digits, thousands separated: 0.176, 12.3, 48,200; without zeros at the end."""
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    rounded = round(value, 2 - exponent)
    exponent = math.floor(math.log10(abs(rounded)))
    if exponent >= 12 or exponent < -6:
        return _signed(f"{value:.3g}")
    text = f"{rounded:,.{max(0, 2 - exponent)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return _signed(text)


def in_full(value: float) -> str:
    """`value` with every digit it has, thousands separated."""
    whole = math.isfinite(value) and value == int(value) and abs(value) < 1e15
    return _signed(f"{int(value):,}" if whole else f"{value:,}")


def change(value: float | None, previous: float | None) -> str:
    """What `value` is against `previous`, signed: +0.012, ±0, a minus for less; "" when either is missing."""
    if value is None or previous is None:
        return ""
    difference = value - previous
    # What is left after rounding is no change: 0.1 + 0.2 - 0.3.
    if abs(difference) <= 1e-9 * max(abs(value), abs(previous)):
        return "±0"
    written = three_digits(difference)
    return written if written.startswith(_MINUS) else f"+{written}"


def listed(names: Sequence[str]) -> str:
    """`A`; `A and B`; `A, B and C`; "" for none."""
    return " and ".join([one for one in (", ".join(names[:-1]), *names[-1:]) if one])


def initials(owner: str) -> str:
    """Two letters for an e-mail: ANNA.BELL@x.org is AB; `no owner` for nobody."""
    if not owner:
        return "no owner"
    parts: list[str] = _BEGINNINGS.findall(owner.partition("@")[0]) or [owner]
    letters = parts[0][:2] if len(parts) == 1 else parts[0][0] + parts[-1][0]
    return letters.upper()


def normal_looks_like(
    mean: float, stddev: float, median: float, mad: float, *, count: int, window_days: int, unit: str = ""
) -> str:
    """The sentence of a benchmark."""
    return (
        f"Normal looks like {three_digits(mean)} ± {three_digits(stddev)}{' ' + unit if unit else ''} "
        f"({count:,} value{'s' * (count != 1)} of {window_days} days; "
        f"median {three_digits(median)}, MAD {three_digits(mad)})."
    )


def thresholds(direction: str, norm: float | None, alert: float | None, recovery: float | None) -> str:
    """What the colours mean for these thresholds, in one or two sentences."""
    higher = direction == "higher_is_better"
    better, worse = ("or more", "below") if higher else ("or less", "above")
    if norm is None and alert is None:
        return "There are no thresholds: every value is green."
    if norm is None:
        text = f"Green at {in_full(alert or 0.0)} {better}, red {worse} it."
    elif alert is None:
        text = f"Green at {in_full(norm)} {better}, amber {worse} it."
    elif norm == alert:
        text = f"Green at {in_full(norm)} {better}, red {worse} it."
    else:
        text = f"Green at {in_full(norm)} {better}, amber {worse} it, red {worse} {in_full(alert)}."
    if recovery is not None:
        text += f" Once left, a colour comes back only at {in_full(recovery)} {better}."
    return text


def _signed(text: str) -> str:
    return text.replace("-", _MINUS, 1) if text.startswith("-") else text
