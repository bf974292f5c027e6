"""The colours of a backtest's chart, by what is drawn with them. It must not draw."""

from __future__ import annotations

BACKGROUND = ("#ffffff", "#14181d")
"""Behind everything, on a light and on a dark page."""

COLOURS = {
    "ink": ("#1f2328", "#e6e9ec"),
    "muted": ("#57606a", "#a3adb8"),
    "grid": ("#e4e7eb", "#2a3038"),
    "axis": ("#8c959f", "#6e7781"),
    "allowed": ("#7fa68a", "#54785f"),
    "blocked": ("#b3261e", "#f2837b"),
    "value": ("#1f5fa8", "#7ab7ff"),
    "casing": BACKGROUND,
    "threshold": ("#8a5200", "#e3a04a"),
}
"""Role to its colour on a light and on a dark page; text in them has a contrast of at least 4.5 to the background."""

LINE_WIDTHS = {"grid": 1.0, "axis": 1.0, "value": 1.5, "casing": 2.0, "threshold": 1.0}
DOT_RADIUS = 2.5
