"""Tests of backtest_png: the same chart as an image."""

import builtins
import io
from typing import Any

import pytest

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.lanes.backtest.chart import chart_of
from heartbeat_assets.lanes.backtest.colours import COLOURS
from heartbeat_assets.lanes.backtest.png import check_pillow, png
from heartbeat_assets.lanes.backtest.shapes import WIDTH, Area, Chart, Dot, Line, Words
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets_tests.lanes.charts import calm_with_a_drop, charted


def pixels(chart: Chart) -> Any:
    image = pytest.importorskip("PIL.Image").open(io.BytesIO(png(chart)))
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (2 * WIDTH, round(2 * chart.height)))
    return image


def colour(role: str) -> tuple[int, ...]:
    code = COLOURS[role][0]
    return tuple(int(code[place : place + 2], 16) for place in (1, 3, 5))


def test_a_whole_chart_is_painted(lane: Lane) -> None:
    image = pixels(chart_of(charted(lane, calm_with_a_drop(), {"max_failed": "2"})))

    painted = {found for _, found in image.getcolors(1 << 20)}
    assert {colour("blocked"), colour("value"), colour("threshold"), (255, 255, 255)} <= painted


def test_every_shape_is_painted_where_it_stands() -> None:
    shapes = [
        Area(((10, 10), (60, 10), (60, 40), (10, 40)), "blocked"),
        Line(((100, 20), (200, 20)), "value"),
        Dot(300, 20, "value"),
        Words(400, 60, "MMMM", size=17, bold=True, note="WWWW"),
        Words(800, 60, "MMMM", "threshold", "end"),
    ]
    image = pixels(Chart("title", "description", 80, shapes))

    assert image.getpixel((70, 50)) == colour("blocked")
    assert image.getpixel((70, 90)) == (255, 255, 255)
    assert image.getpixel((300, 40)) == colour("value")
    assert image.getpixel((600, 40)) == colour("value")
    assert colour("ink") in {found for _, found in image.crop((800, 60, 900, 130)).getcolors(1 << 16)}
    assert colour("muted") in {found for _, found in image.crop((900, 60, 1100, 130)).getcolors(1 << 16)}
    # It ends where its anchor is.
    assert image.crop((1602, 60, 1700, 130)).getcolors() == [(98 * 70, (255, 255, 255))]
    assert len(image.crop((1500, 60, 1600, 130)).getcolors(1 << 16)) > 1


def test_without_pillow_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name.startswith("PIL"):
            raise ImportError("No module named 'PIL'")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)

    with pytest.raises(UsageProblem, match=r"pip install 'heartbeat_assets\[plot\]', or name a file that ends in .svg"):
        check_pillow()
