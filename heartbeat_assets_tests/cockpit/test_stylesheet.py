"""Tests of the stylesheet: text and the outlines of controls can be seen, in light, in dark and in print.

The ratios are those of WCAG 2.2 AA: 4.5 for text (1.4.3), 3 for the edge of a control and for marks (1.4.11).
"""

from __future__ import annotations

import re

import pytest

from heartbeat_assets.cockpit.rendering import STATIC

SHEET = (STATIC / "cockpit.css").read_text(encoding="utf-8")
TEXT = ("ink", "muted", "accent", "green", "amber", "red", "none")
GROUNDS = ("page", "card", "well", "red-well", "amber-well")
MARKS = ("control", "accent", "green", "amber", "red", "none")


def palettes() -> dict[str, dict[str, str]]:
    """The colours by their names: the sheet's own, and what the dark and the printed one make of them."""
    light, dark, paper = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", block)) for block in re.findall(r":root \{(.*?)\}", SHEET, re.S)
    )
    return {"light": light, "dark": light | dark, "print": light | paper}


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    red, green, blue = (_linear(int(digits[place : place + 2], 16) / 255) for place in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_text_can_be_read_on_every_ground(scheme: str) -> None:
    colours = palettes()[scheme]

    faint = [(text, ground) for text in TEXT for ground in GROUNDS if contrast(colours[text], colours[ground]) < 4.5]

    assert faint == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_and_the_edges_of_controls_can_be_seen(scheme: str) -> None:
    colours = palettes()[scheme]

    faint = [
        (mark, ground) for mark in MARKS for ground in ("page", "card") if contrast(colours[mark], colours[ground]) < 3
    ]

    assert faint == []
    assert re.search(r"button, \.button, input, select \{[^}]*border: 1px solid var\(--control\)", SHEET)
