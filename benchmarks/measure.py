"""Timing whole processes: wall time and peak memory of a command, several runs in turn, medians and ratios.

Whole processes, because that is what a user waits for: start-up, imports and all. It must not know what is measured.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """One finished process."""

    seconds: float
    peak_mib: float
    output: bytes


@dataclass(frozen=True)
class Series:
    """Several runs of one command."""

    runs: tuple[Run, ...]

    @property
    def seconds(self) -> float:
        return statistics.median(run.seconds for run in self.runs)

    @property
    def peak_mib(self) -> float:
        return max(run.peak_mib for run in self.runs)


@dataclass(frozen=True)
class Line:
    """One line of the table: what was measured, the figure, what it is compared with, and the ratio."""

    what: str
    figure: str
    against: str
    ratio: str


def run_once(command: Sequence[str], environment: dict[str, str] | None = None) -> Run:
    """Runs `command` to its end; raises CalledProcessError when that is not 0."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **(environment or {})})
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.stdout.close()
    code = process.returncode = os.waitstatus_to_exitcode(status)
    if code != 0:
        raise subprocess.CalledProcessError(code, command, output)
    return Run(seconds, usage.ru_maxrss / 1024, output)


def in_turn(commands: Sequence[Sequence[str]], times: int, environment: dict[str, str]) -> list[Series]:
    """Runs the commands A B C A B C ..., `times` each, so that a machine that slows down slows all of them."""
    rounds = [[run_once(command, environment) for command in commands] for _ in range(times)]
    return [Series(tuple(runs)) for runs in zip(*rounds, strict=True)]


def print_table(lines: Sequence[Line]) -> None:
    """Prints all lines as one table."""
    header = Line("measured", "figure", "against", "ratio")
    rows = [(line.what, line.figure, line.against, line.ratio) for line in (header, *lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for position, row in enumerate(rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if position == 0:
            print("  ".join("-" * width for width in widths))
