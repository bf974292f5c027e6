"""Tests of backtest_svg: a file that stands alone, legible in light and dark."""

import re
from xml.etree import ElementTree

from heartbeat_assets.lanes.backtest.chart import chart_of
from heartbeat_assets.lanes.backtest.colours import BACKGROUND, COLOURS
from heartbeat_assets.lanes.backtest.shapes import Area, Chart, Dot, Line, Words
from heartbeat_assets.lanes.backtest.svg import svg
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets_tests.lanes.charts import calm_with_a_drop, charted

SVG = "{http://www.w3.org/2000/svg}"


def test_the_file_is_one_picture_with_a_title_and_a_description(lane: Lane) -> None:
    chart = chart_of(charted(lane, calm_with_a_drop(), {"max_failed": "2"}))
    root = ElementTree.fromstring(svg(chart))

    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == chart.title
    assert root.findtext(f"{SVG}desc") == chart.description
    assert len(root) == 4 + len(chart.shapes)
    # Nothing is fetched from elsewhere, nothing runs.
    text = svg(chart)
    assert "<script" not in text
    assert re.findall(r"https?://\S+?(?=[\"'])", text) == ["http://www.w3.org/2000/svg"]


def test_shapes_say_what_they_are_when_pointed_at_or_reached_by_the_keyboard() -> None:
    shapes = [
        Area(((0, 0), (1, 0), (1, 1)), "blocked", "blocked & <long>"),
        Dot(1, 2, "value", "0.5"),
        Dot(3, 4, "value"),
    ]
    root = ElementTree.fromstring(svg(Chart("title", "description", 10, shapes)))

    assert [(one.get("tabindex"), one.findtext(f"{SVG}title")) for one in list(root)[4:]] == [
        ("0", "blocked & <long>"), ("0", "0.5"), (None, None)
    ]  # fmt: skip


def test_numbers_are_short_and_words_keep_their_place() -> None:
    shapes = [Line(((0, 1.23456), (100, 2.0)), "value"), Words(1, 2, "time", "muted", "middle", 13, True, "ratio")]
    text = svg(Chart("title", "description", 10, shapes))

    assert 'points="0,1.2 100,2"' in text
    assert '<text class="muted" x="1" y="2" font-size="13" text-anchor="middle" font-weight="600">time<tspan' in text


def test_what_xml_cannot_hold_is_left_out() -> None:
    text = svg(Chart("a \x00 b \ud800 c", "d \uffff", 10, []))

    assert ElementTree.fromstring(text).findtext(f"{SVG}title") == "a   b   c"


def test_every_role_has_a_colour_on_either_page() -> None:
    light, _, dark = svg(Chart("title", "description", 10, [])).partition("@media(prefers-color-scheme:dark)")

    for role, (on_light, on_dark) in COLOURS.items():
        assert f".{role}{{fill:{on_light}}}" in light
        assert f".{role}{{fill:{on_dark}}}" in dark


def test_text_is_legible_on_either_page() -> None:
    for role in ("ink", "muted", "threshold"):
        for page in (0, 1):
            assert _contrast(COLOURS[role][page], BACKGROUND[page]) >= 4.5, (role, page)
    for role in ("blocked", "value", "axis"):
        for page in (0, 1):
            assert _contrast(COLOURS[role][page], BACKGROUND[page]) >= 3, (role, page)


def _contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
