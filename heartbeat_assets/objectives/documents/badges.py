"""A state as a small SVG that stands alone, for other pages to show. It must not depend on a stylesheet or a font."""

from __future__ import annotations

from heartbeat_assets.objectives.documents.signs import COLOURS, sign, tone, word
from heartbeat_assets.objectives.documents.tree import h, xml_document
from heartbeat_assets.objectives.documents.words import plain

_HIGH, _PAD = 20, 8
_NARROW = "iljtfr.,:;'|!()[] "
_MOST = 40


def badge(label: str, state: str, text: str = "") -> bytes:
    """`label` on grey, and the state's sign and word (or `text`) on its colour."""
    left, right = _short(plain(label)), f"{sign(state)} {_short(plain(text)) or word(state)}"
    first, second = _width(left), _width(right)
    whole = first + second
    drawn = h(
        "svg",
        h("title", f"{left}: {right[2:]}"),
        h("clipPath", h("rect", width=whole, height=_HIGH, rx=3), id="r"),
        h(
            "g",
            h("rect", width=first, height=_HIGH, fill="#3d4652"),
            h("rect", x=first, width=second, height=_HIGH, fill=COLOURS[tone(state)]),
            clip_path="url(#r)",
        ),
        h(
            "g",
            h("text", left, x=first / 2, y=14, textLength=first - 2 * _PAD, lengthAdjust="spacingAndGlyphs"),
            h("text", right, x=first + second / 2, y=14, textLength=second - 2 * _PAD, lengthAdjust="spacingAndGlyphs"),
            fill="#ffffff",
            text_anchor="middle",
            font_family="Verdana,DejaVu Sans,Geneva,sans-serif",
            font_size=11,
        ),
        xmlns="http://www.w3.org/2000/svg",
        width=whole,
        height=_HIGH,
        role="img",
        aria_label=f"{left}: {right[2:]}",
    )
    return xml_document(drawn)


def _short(text: str) -> str:
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"


def _width(text: str) -> int:
    """How wide the text is drawn at 11 px, with room beside it: a text as long as it is drawn needs no font."""
    wide = sum(8.6 if letter.isupper() or not letter.isascii() else 7.1 for letter in text if letter not in _NARROW)
    return round(wide + 4.2 * sum(letter in _NARROW for letter in text)) + 2 * _PAD
