"""Checked runs of the shipped lanes, made to measure: real append reports and verdicts over a history in a file."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.lanes.checked_run import CheckedRun
from heartbeat_assets.lanes.failing import failed_run
from heartbeat_assets.lanes.judging import judge_file
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.recording import append_to_file
from heartbeat_assets_tests.lanes.histories import NOW


def checked(lane: Lane, folder: Path, *digests: dict[str, Any], limits: dict[str, str] | None = None) -> CheckedRun:
    """The run whose digest is the last of `digests`, the others being its past."""
    history = folder / f"{uuid.uuid4().hex}.jsonl"
    reports = [append_to_file(lane, digest, history, now=NOW) for digest in digests]
    verdict = judge_file(lane, history, limits=limits, now=NOW)
    return CheckedRun(lane.name, lane, digests[-1], reports[-1], verdict, seconds=0.25)


def broken(lane: Lane, folder: Path, problem: HeartbeatError) -> CheckedRun:
    """The run that `problem` kept from computing a digest, recorded as a failed heartbeat."""
    run = checked(lane, folder, failed_run(lane, problem))
    run.problems.append(problem)
    return run
