"""Counts of events and slices: as numbers that JSON can hold, and as a person reads them, to the last event.

It must not know what is counted.
"""

from __future__ import annotations

from fractions import Fraction


def plain(amount: Fraction | float) -> float:
    """`amount` as a whole number where it is one."""
    return int(amount) if amount == int(amount) else float(amount)


def count_words(amount: Fraction | float) -> str:
    """`1,234,567`; of what is no whole number two decimals, or three digits below 1."""
    shown = plain(amount)
    if isinstance(shown, int):
        return f"{shown:,}"
    return f"{shown:,.2f}".rstrip("0").rstrip(".") if abs(shown) >= 1 else f"{shown:.3g}"
