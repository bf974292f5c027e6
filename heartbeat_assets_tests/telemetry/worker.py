"""A process that ingests, for tests that need several of them or one to kill.

Started as `python worker.py STORE SOURCE [STOP_AT]`. With STOP_AT it says so on standard output when it comes to that
moment of the ingest (`parquet`, `manifest` or `rollup`) for the second time, and waits there to be killed.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SQL = "SELECT session_id, count(*) AS lines FROM events GROUP BY session_id"


def start(store: Path, source: Path, stop_at: str = "") -> subprocess.Popen[str]:
    """Starts this file as a process of its own."""
    root = Path(__file__).resolve().parent.parent.parent
    command = [sys.executable, __file__, str(store), str(source), stop_at]
    return subprocess.Popen(command, cwd=root, env={"PYTHONPATH": str(root)}, stdout=subprocess.PIPE, text=True)


def _stop_at(moment: str) -> None:
    from heartbeat_assets.telemetry import part
    from heartbeat_assets.telemetry.manifest import Manifest

    owner: Any = Manifest if moment == "manifest" else part
    name = {"manifest": "save", "parquet": "walk_lines", "rollup": "run"}[moment]
    went_on, seen = getattr(owner, name), 0

    def waiting(*arguments: Any, **named: Any) -> Any:
        nonlocal seen
        if moment == "rollup" and "count(*) AS lines" not in str(arguments[1]):
            return went_on(*arguments, **named)
        seen += 1
        if seen == 2:
            for scratch in Path(sys.argv[1]).rglob(".scratch"):
                (scratch / "spill").mkdir(exist_ok=True)
                (scratch / "spill" / "spilled.tmp").write_bytes(b"x")
                (scratch / "x.plain").write_bytes(b"x")
            if moment == "rollup":
                part.Path(str(arguments[1]).split(" TO '")[1].split("'")[0]).write_bytes(b"half")
            print("waiting", flush=True)
            time.sleep(60)
        return went_on(*arguments, **named)

    setattr(owner, name, waiting)


def main() -> None:
    """Ingests and rolls up once."""
    from heartbeat_assets.telemetry.store import TelemetryStore

    if sys.argv[3]:
        _stop_at(sys.argv[3])
    store = TelemetryStore(Path(sys.argv[1]))
    with store.locked():
        report = store.ingest(Path(sys.argv[2]))
        store.rollup_files("events", {}, SQL)
    print(report.events_total, report.new_events, flush=True)


if __name__ == "__main__":
    main()
