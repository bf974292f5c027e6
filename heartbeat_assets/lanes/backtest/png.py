"""The chart of a backtest as a PNG image on a light background, for a mail or a slide.

Drawn by Pillow, which is an extra (`plot`) and brings its own font. It must not lay anything out.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.lanes.backtest.colours import BACKGROUND, COLOURS, DOT_RADIUS, LINE_WIDTHS
from heartbeat_assets.lanes.backtest.shapes import WIDTH, Area, Chart, Dot, Line, Points, Shape, Words

if TYPE_CHECKING:
    from PIL import ImageDraw

_PIXELS = 2
"""Pixels of the image for one unit of the chart, so that it is sharp on a fine screen."""

_FINER = 2
"""How much finer it is drawn than the image is, for smooth edges."""

_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def check_pillow() -> None:
    """Raises UsageProblem when Pillow is not there, before anything else is done."""
    try:
        import PIL.ImageDraw  # noqa: F401
    except ImportError as problem:
        raise UsageProblem(
            f"--plot: a PNG is drawn by Pillow, which cannot be imported ({problem}); install it with: "
            "pip install 'heartbeat_assets[plot]', or name a file that ends in .svg"
        ) from problem


def png(chart: Chart) -> bytes:
    """The bytes of the PNG file. Raises UsageProblem when Pillow is not there."""
    check_pillow()
    from PIL import Image, ImageDraw

    scale = _PIXELS * _FINER
    image = Image.new("RGB", (WIDTH * scale, round(chart.height * scale)), BACKGROUND[0])
    draw = ImageDraw.Draw(image)
    for shape in chart.shapes:
        _draw(draw, shape, scale)
    buffer = io.BytesIO()
    image.reduce(_FINER).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _draw(draw: ImageDraw.ImageDraw, shape: Shape, scale: int) -> None:
    colour = COLOURS[shape.role][0]
    if isinstance(shape, Area):
        draw.polygon(_scaled(shape.points, scale), fill=colour)
    elif isinstance(shape, Dot):
        draw.circle((shape.x * scale, shape.y * scale), DOT_RADIUS * scale, fill=colour)
    elif isinstance(shape, Line):
        draw.line(_scaled(shape.points, scale), colour, round(LINE_WIDTHS[shape.role] * scale), "curve")
    else:
        _write(draw, shape, colour, scale)


def _scaled(points: Points, scale: int) -> list[tuple[float, float]]:
    return [(x * scale, y * scale) for x, y in points]


def _write(draw: ImageDraw.ImageDraw, words: Words, colour: str, scale: int) -> None:
    from PIL import ImageFont

    x, y, anchor = words.x * scale, words.y * scale, _ANCHORS[words.anchor]
    font = ImageFont.load_default(words.size * scale)
    if words.role == "threshold":
        # A label that meets a curve stays legible.
        draw.text((x, y), words.text, BACKGROUND[0], font, anchor, stroke_width=2 * scale)
    # The font has one weight: a thin outline makes it bold.
    draw.text((x, y), words.text, colour, font, anchor, stroke_width=int(words.bold))
    if words.note:
        x += font.getlength(words.text) + 8 * scale
        draw.text((x, y), words.note, COLOURS["muted"][0], font, anchor)
