"""The drawing of a change against its limit: where its marks are, and that its words stay within it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest

from heartbeat_assets.cockpit.charts import change_chart
from heartbeat_assets.cockpit.charts.change import WIDTH


def drawn(change: float = -22.1, limit: float = -20, interval: tuple[float, float] | None = (-39.3, -9.06)) -> str:
    return change_chart(change, limit=limit, interval=interval, status="red", label="Change <down>")


def at(svg: str, kind: str) -> float:
    """Where the line of a kind stands."""
    found = re.search(rf'<path class="{kind}" d="M([\d.]+) ', svg)
    assert found is not None
    return float(found[1])


def test_it_is_a_drawing_with_a_name_and_without_style_or_script() -> None:
    root = ElementTree.fromstring(drawn())

    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == "Change <down>"
    assert "style" not in drawn()


def test_a_drop_is_drawn_beyond_the_limit_and_left_of_no_change() -> None:
    svg = drawn()
    mark = re.search(r'<path class="m s-red" d="M([\d.]+) ', svg)

    assert mark is not None
    assert float(mark[1]) < at(svg, "a") < at(svg, "tick")


def test_a_rise_is_drawn_right_of_no_change() -> None:
    svg = drawn(change=31, limit=20, interval=(10, 50))

    assert at(svg, "tick") < at(svg, "a")
    assert "limit +20%" in svg


def test_without_an_interval_there_is_none() -> None:
    assert 'class="reach"' in drawn()
    assert 'class="reach"' not in drawn(interval=None)


@pytest.mark.parametrize(
    ("change", "limit", "interval"),
    [
        (-22.1, -20, (-39.3, -9.06)),
        (-0.1, -30, (-1.2, 0.9)),
        (900, 1, (-5000, 9000)),
        (0, -0.1, None),
        (-100, -99, None),
    ],
)
def test_everything_stays_within_the_drawing(change: float, limit: float, interval: tuple[float, float] | None) -> None:
    svg = drawn(change, limit, interval)

    for x in re.findall(r'(?:d="M| x="|cx="|H)([\d.-]+)', svg):
        assert 0 <= float(x) <= WIDTH
    assert "no change" in svg


@pytest.mark.parametrize("change", [-80.0, -1.0, 0.0, 3.0, 80.0])
@pytest.mark.parametrize("limit", [-30.0, -2.0, 2.0, 30.0])
def test_the_names_of_the_two_lines_never_overlap(change: float, limit: float) -> None:
    svg = drawn(change=change, limit=limit, interval=(change - 15, change + 20))
    words = re.findall(r'<text class="\w+" x="([\d.]+)" y="\d+" text-anchor="middle">([^<]*)<', svg)

    (first, left), (second, right) = sorted((float(x), words) for x, words in words)
    assert second - first >= 3.5 * (len(left) + len(right))
    assert first >= 3.5 * len(left)
    assert second + 3.5 * len(right) <= WIDTH
