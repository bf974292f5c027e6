"""What the processes of the process tests do: `python emitters.py WHAT`, with the ledger in the environment."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time

from heartbeat_assets.emit import flush, kpi_value


def emit_and_end() -> None:
    """Emits and comes to its end, without a word about flushing."""
    for number in range(500):
        kpi_value(None, "A", "b", number)


def emit_and_exit() -> None:
    emit_and_end()
    sys.exit(3)


def emit_and_raise() -> None:
    emit_and_end()
    raise RuntimeError("the application's own fault")


def emit_until_killed() -> None:
    """Emits 1,000 a second and says of each when."""
    for number in range(1_000_000):
        kpi_value(None, "A", "b", number)
        print(number, time.monotonic(), flush=True)
        time.sleep(0.001)


def fork_in_the_middle() -> None:
    """Forks again and again while events wait and are written; parent and children go on emitting."""
    for number in range(200):
        kpi_value(None, "A", "parent", number)
    for child in range(4):
        if os.fork() == 0:
            for number in range(100):
                kpi_value(None, "A", "child", child * 100 + number)
            os._exit(0 if flush(60) else 1)
        kpi_value(None, "A", "parent", 200 + child)
    failed = [os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(4)]
    assert failed == [0] * 4, failed


def use_workers(method: str) -> None:
    """Emits in the parent and in processes of multiprocessing, which end as they do."""
    emit_and_end()
    context = multiprocessing.get_context(method)
    workers = [context.Process(target=emit_and_end) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
