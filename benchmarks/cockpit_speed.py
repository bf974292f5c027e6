"""The cockpit's first page with 1,000 metrics and 90 days of hours against 10 metrics, while ticks are written.

Three processes: the cockpit as a user starts it, readers that ask for the page one after the other, and a writer that
records a tick of every metric each second, as the schedule does each hour.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.measure import Line
from benchmarks.metric_project import give_past, metric_project, registered, tick_values
from heartbeat_assets.metrics.catalog import load_catalog
from heartbeat_assets.metrics.ticks import newest_tick
from heartbeat_assets.settings import Settings

_FEW, _MANY = 10, 1_000
_READERS = 2
_START_SECONDS = 120


def measure(folder: Path, days: int, seconds: int) -> list[Line]:
    """Lines of the table: p95 of the page with many metrics, against few."""
    few = _under_load(folder / "cockpit-few", _FEW, days, seconds)
    many = _under_load(folder / "cockpit-many", _MANY, days, seconds)
    asked = f"p95 of {many['requests']:,} requests while ticks are written"
    what = f"cockpit home, {_MANY:,} metrics, {days} days of hours, {asked}"
    return [
        Line(what, f"{many['p95'] * 1000:.1f} ms", f"of {_FEW} metrics {few['p95'] * 1000:.1f} ms",
             f"{many['p95'] / few['p95']:.1f}x its time"),
        Line("the same, median", f"{many['p50'] * 1000:.1f} ms", f"of {_FEW} metrics {few['p50'] * 1000:.1f} ms",
             f"{many['p50'] / few['p50']:.1f}x its time"),
        Line("", f"{many['bytes'] / 1000:,.0f} kB a page", f"of {_FEW} metrics {few['bytes'] / 1000:,.0f} kB", ""),
    ]  # fmt: skip


def _under_load(folder: Path, metrics: int, days: int, seconds: int) -> dict[str, float]:
    settings = metric_project(folder, metrics, orders=1_000)
    catalog, store = registered(settings)
    until = newest_tick("hour", datetime.now(UTC))
    give_past(catalog, store, days, until=until)
    environment = {**os.environ, "HEARTBEAT_PROJECT": str(settings.project), "HEARTBEAT_HOME": str(settings.home)}
    environment.pop("HEARTBEAT_LEDGER_URL", None)
    log = settings.project / "cockpit.log"
    with log.open("wb") as output:
        heartbeat = str(Path(sys.executable).with_name("heartbeat"))
        cockpit = subprocess.Popen([heartbeat, "cockpit", "--port", "0"], env=environment, stdout=output, stderr=output)
    try:
        address = _address(log)
        this = [sys.executable, "-m", "benchmarks.cockpit_speed"]
        writer = subprocess.Popen([*this, "write", str(settings.project), str(settings.ledger_url), str(seconds)])
        read = subprocess.run([*this, "read", address, str(seconds)], stdout=subprocess.PIPE, check=True)
        if writer.wait() != 0:
            raise SystemExit("the writer failed")
    finally:
        cockpit.send_signal(signal.SIGTERM)
        cockpit.wait(20)
    figures: dict[str, float] = json.loads(read.stdout)
    return figures


def _address(log: Path) -> str:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if found := re.search(r"http://[\d.:]+", log.read_text(encoding="utf-8")):
            return found[0]
        time.sleep(0.1)
    raise SystemExit(f"the cockpit did not start: {log.read_text(encoding='utf-8')}")


def _read(address: str, seconds: float) -> None:
    """Prints the latencies of readers that ask for the page, compressed as a browser does, one after the other."""
    taken: list[float] = []
    sizes: list[int] = []
    until = time.monotonic() + seconds

    def reader() -> None:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        while time.monotonic() < until:
            started = time.perf_counter()
            connection.request("GET", "/", headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            body = answer.read()
            taken.append(time.perf_counter() - started)
            sizes.append(len(body))
            if answer.status != 200:
                raise SystemExit(f"the page answered {answer.status}")

    readers = [threading.Thread(target=reader) for _ in range(_READERS)]
    for one in readers:
        one.start()
    for one in readers:
        one.join()
    cuts = statistics.quantiles(taken, n=100)
    print(json.dumps({"p50": cuts[49], "p95": cuts[94], "requests": len(taken), "bytes": statistics.median(sizes)}))


def _write(project: Path, ledger_url: str, seconds: float) -> None:
    """Records a tick of every metric each second, each an hour after the one before."""
    catalog = load_catalog(Settings(project, project / "bench" / "defs", project / "home", ledger_url))
    from heartbeat_assets.ledger import open_ledger

    store = open_ledger(ledger_url).metrics
    tick, until = newest_tick("hour", datetime.now(UTC)), time.monotonic() + seconds
    while time.monotonic() < until:
        tick += timedelta(hours=1)
        store.append_values(list(tick_values(catalog, tick)))
        time.sleep(1)


if __name__ == "__main__":
    if sys.argv[1] == "read":
        _read(sys.argv[2], float(sys.argv[3]))
    else:
        _write(Path(sys.argv[2]), sys.argv[3], float(sys.argv[4]))
