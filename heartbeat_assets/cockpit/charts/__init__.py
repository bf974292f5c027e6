"""The cockpit's charts: pure functions from points to the text of an SVG. They must not fetch or judge anything.

No style attributes and no script: a page with a strict content policy shows them, coloured by its stylesheet's classes.
"""

from heartbeat_assets.cockpit.charts.change import change_chart
from heartbeat_assets.cockpit.charts.days import day_bars
from heartbeat_assets.cockpit.charts.kpi import kpi_trend
from heartbeat_assets.cockpit.charts.metric import metric_chart
from heartbeat_assets.cockpit.charts.points import Band, DayMark, Line, Point, RowMark, Rule, ThresholdStep
from heartbeat_assets.cockpit.charts.spark import sparkline
from heartbeat_assets.cockpit.charts.standalone import standalone
from heartbeat_assets.cockpit.charts.strips import heartbeat_strip, status_strip

__all__ = [
    "Band",
    "DayMark",
    "Line",
    "Point",
    "RowMark",
    "Rule",
    "ThresholdStep",
    "change_chart",
    "day_bars",
    "heartbeat_strip",
    "kpi_trend",
    "metric_chart",
    "sparkline",
    "standalone",
    "status_strip",
]
