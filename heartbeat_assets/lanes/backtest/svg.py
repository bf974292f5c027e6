"""The chart of a backtest as SVG: one file without a script, legible on a light and on a dark page.

It must not lay anything out; `backtest_chart` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from heartbeat_assets.lanes.backtest.colours import BACKGROUND, COLOURS, DOT_RADIUS, LINE_WIDTHS
from heartbeat_assets.lanes.backtest.shapes import WIDTH, Area, Chart, Dot, Line, Points, Shape

# What XML cannot hold, escaped or not.
_CONTROL = re.compile(r"[\x00-\x1f\ud800-\udfff\ufffe\uffff]")


def svg(chart: Chart) -> str:
    """The text of the SVG file."""
    height = _number(chart.height)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img" aria-labelledby="title description">',
        f'<title id="title">{_text(chart.title)}</title>',
        f'<desc id="description">{_text(chart.description)}</desc>',
        f"<style>{''.join(_style())}</style>",
        f'<rect class="background" width="{WIDTH}" height="{height}"/>',
        *(_element(shape) for shape in chart.shapes),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _style() -> Iterator[str]:
    yield "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;"
    yield "font-variant-numeric:tabular-nums}"
    yield "polyline{fill:none;stroke-linejoin:round}:focus{outline:2px solid currentColor}"
    for role, width in LINE_WIDTHS.items():
        yield f"polyline.{role}{{stroke-width:{width:g}}}"
    # A label that meets a curve stays legible.
    yield "text.threshold{paint-order:stroke;stroke-width:4px}"
    yield from _colours(0)
    yield "@media(prefers-color-scheme:dark){"
    yield from _colours(1)
    yield "}"


def _colours(page: int) -> Iterator[str]:
    yield f".background{{fill:{BACKGROUND[page]}}}text.threshold{{stroke:{BACKGROUND[page]}}}"
    for role, pair in COLOURS.items():
        yield f".{role}{{fill:{pair[page]}}}"
        if role in LINE_WIDTHS:
            yield f"polyline.{role}{{fill:none;stroke:{pair[page]}}}"


def _element(shape: Shape) -> str:
    if isinstance(shape, Line):
        return f'<polyline class="{shape.role}" {_points(shape.points)}/>'
    if isinstance(shape, Area):
        return _hinted("polygon", shape, _points(shape.points))
    if isinstance(shape, Dot):
        place = f'cx="{_number(shape.x)}" cy="{_number(shape.y)}" r="{DOT_RADIUS:g}"'
        return _hinted("circle", shape, place)
    bold = ' font-weight="600"' if shape.bold else ""
    anchor = "" if shape.anchor == "start" else f' text-anchor="{shape.anchor}"'
    place = f'x="{_number(shape.x)}" y="{_number(shape.y)}" font-size="{shape.size}"'
    note = f'<tspan class="muted" dx="8" font-weight="400">{_text(shape.note)}</tspan>' if shape.note else ""
    return f'<text class="{shape.role}" {place}{anchor}{bold}>{_text(shape.text)}{note}</text>'


def _points(points: Points) -> str:
    return 'points="' + " ".join(f"{_number(x)},{_number(y)}" for x, y in points) + '"'


def _hinted(tag: str, shape: Area | Dot, place: str) -> str:
    """A shape that says what it is when it is pointed at, or reached by the keyboard."""
    if not shape.hint:
        return f'<{tag} class="{shape.role}" {place}/>'
    return f'<{tag} class="{shape.role}" {place} tabindex="0"><title>{_text(shape.hint)}</title></{tag}>'


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _text(text: str) -> str:
    return escape(_CONTROL.sub(" ", text))
