"""The sign, the word and the tone of a state: never its colour alone. It must not know what is in the state."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from heartbeat_assets.objectives.documents import words
from heartbeat_assets.objectives.documents.tree import h

Tone = str

_TONES: dict[str, Tone] = {
    **dict.fromkeys(("OK", "GREEN", "green", "resolved", "met"), "ok"),
    **dict.fromkeys(("DEGRADED", "YELLOW", "amber", "mitigated", "acknowledged"), "warn"),
    **dict.fromkeys(("DOWN", "RED", "EXHAUSTED", "red", "open", "breached"), "bad"),
}
_SIGNS: dict[Tone, str] = {"ok": "●", "warn": "▲", "bad": "◆", "none": "○"}
_WORDS = {"no_data": "no data", "breached": "late", "met": "in time"}
COLOURS: dict[Tone, str] = {"ok": "#2c7a4b", "warn": "#8a5200", "bad": "#b3261e", "none": "#57606a"}
"""What a badge has, which knows no stylesheet; white text is readable on each."""


def tone(state: str) -> Tone:
    """`ok`, `warn`, `bad` or `none`."""
    return _TONES.get(state, "none")


def sign(state: str) -> str:
    """Its shape."""
    return _SIGNS[tone(state)]


def word(state: str) -> str:
    """Its word."""
    return _WORDS.get(state, words.state(state))


def mark(state: str, text: str | None = None) -> Element:
    """Shape and word."""
    return h("span", h("span", sign(state), aria_hidden="true"), f" {text or word(state)}", cls=f"state {tone(state)}")
