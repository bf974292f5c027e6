"""`heartbeat backtest`: what a policy would have done to the whole history of a lane."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from heartbeat_assets.cli.common import lane_argument, last_rows, out_option, the_lane
from heartbeat_assets.cli.output import emit, json_option, pairs, progress

if TYPE_CHECKING:
    from heartbeat_assets.lanes.backtest import Backtest

_PICTURES = (".svg", ".png")


@click.command("backtest")
@lane_argument
@click.option("--since", metavar="WHEN", help="Report from this date or instant (UTC) on; windows look further back.")
@click.option("--last", type=last_rows, help="Try a window of so many rows; default: the lane's.")
@click.option("--limit", "limits", multiple=True, metavar="NAME=VALUE", help="Try this limit, as max_failed=2.")
@click.option(
    "--plot", type=click.Path(path_type=Path), metavar="FILE.svg|png", help="Also draw it as a chart into this file."
)
@out_option
@json_option
def backtest_command(
    lane_name: str,
    since: str | None,
    last: int | None,
    limits: tuple[str, ...],
    plot: Path | None,
    out: Path | None,
    as_json: bool | None,
) -> None:
    """Replay LANE's whole history under a proposed policy: when it would have blocked publishing, how long, and why.

    Nothing is changed. Without --limit and --last the current policy is replayed alone.

    \b
    heartbeat backtest citizen_product
    heartbeat backtest citizen_product --last 7 --since 2026-01-01 --plot backtest.svg
    """
    from heartbeat_assets.cli.backtest_table import backtest_table
    from heartbeat_assets.lanes.backtest import backtest, since_instant

    lane = the_lane(lane_name)
    if plot is not None:
        _check_plot(plot)
    found = backtest(
        lane,
        last=last,
        limits=pairs("--limit", limits),
        since=None if since is None else since_instant(since),
        with_curves=plot is not None,
        progress=progress(),
    )
    if plot is not None:
        _draw(found, plot)
    emit(found.document, lambda: backtest_table(found), as_json, out)


def _check_plot(file: Path) -> None:
    from heartbeat_assets.errors import UsageProblem
    from heartbeat_assets.lanes.backtest.png import check_pillow

    if file.suffix.lower() not in _PICTURES:
        raise UsageProblem(f"--plot {file}: name a file that ends in .svg or .png")
    if file.suffix.lower() == ".png":
        check_pillow()


def _draw(found: Backtest, file: Path) -> None:
    from heartbeat_assets.errors import HeartbeatError
    from heartbeat_assets.files import write_atomically
    from heartbeat_assets.lanes.backtest.chart import chart_of
    from heartbeat_assets.lanes.backtest.png import png
    from heartbeat_assets.lanes.backtest.svg import svg

    chart = chart_of(found)
    try:
        write_atomically(file, svg(chart) if file.suffix.lower() == ".svg" else png(chart))
    except OSError as problem:
        raise HeartbeatError(f"--plot {file}: cannot be written: {problem.strerror or problem}") from problem
