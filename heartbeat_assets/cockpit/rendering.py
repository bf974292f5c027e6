"""Views to HTML: the Jinja environment of the cockpit's pages. Everything is escaped but the SVG of `charts`.

It must not fetch anything, nor know the web.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from heartbeat_assets.cockpit.views import MARKS, HomeFilters, TileView

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
"""Served under /static."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def render(template: str, **view: Any) -> str:
    """The HTML of `template` (`home.html`); every page takes `page`, a PageView, and `view`."""
    return environment().get_template(template).render(**view)


@lru_cache(maxsize=4096)
def render_tile(tile: TileView) -> Markup:
    """The HTML of one tile, kept for as long as the metric does not change: a page has a thousand of them."""
    macro: Any = environment().get_template("_tile.html").module
    return Markup(str(macro.tile(tile)).strip())


@cache
def environment() -> Environment:
    """The one environment of all pages."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "time": time_element,
        "since": since_element,
        "day": _day,
        "instant": _instant,
        "minute": minute,
        "svg": Markup,
        "path": _path,
        "code": code_in,
    }
    made.tests["in_filter"] = _in_filter
    made.globals |= {"static": static_path, "render_tile": render_tile, "MARKS": MARKS}
    return made


@cache
def static_path(name: str) -> str:
    """The address of a static file; another one when its content is another, so that a browser may keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:10]}"


def time_element(at: datetime | None, nothing: str = "never") -> Markup:
    """An instant that times.js says in relative words; without JavaScript in UTC."""
    return _time(at, nothing, "")


def since_element(at: datetime | None, nothing: str = "an unknown time") -> Markup:
    """An instant that stays an instant: `no data since 23 Feb 14:17 UTC`."""
    return _time(at, nothing, ' class="abs"')


def _time(at: datetime | None, nothing: str, attributes: str) -> Markup:
    if at is None:
        return Markup.escape(nothing)
    at = at.astimezone(UTC)
    words = f"{at.day} {_MONTHS[at.month - 1]} {at:%H:%M} UTC"
    return Markup(f'<time{attributes} datetime="{at.isoformat()[:16]}Z">{words}</time>')


def code_in(words: str) -> Markup:
    """`words` with what stands between backquotes as code, as a terminal's help has it."""
    parts = words.split("`")
    if len(parts) % 2 == 0:
        return Markup.escape(words)
    made = [
        Markup("<code>{}</code>").format(part) if place % 2 else Markup.escape(part) for place, part in enumerate(parts)
    ]
    return Markup("").join(made)


def _day(at: date | None) -> str:
    # %Y writes the year 26 as "26", which no field for a date takes.
    return at.isoformat()[:10] if at else ""


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC).isoformat()[:19]}Z"


def minute(at: datetime | None) -> str:
    """As a field for a date and a time holds it, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M}" if at else ""


def _path(name: str) -> str:
    return quote(name, safe="")


def _in_filter(tile: TileView, filters: HomeFilters) -> bool:
    return filters.keeps(tile)
