"""One lane checked in one go, for continuous integration: telemetry, digest, append, verdict.

What goes wrong becomes part of what is returned, so that one broken lane never keeps the others from being checked.
It must not print, write reports or publish anything.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from heartbeat_assets.errors import HeartbeatError, UsageProblem
from heartbeat_assets.lanes import outbox
from heartbeat_assets.lanes.compute import compute_digest, update_telemetry
from heartbeat_assets.lanes.digest import checked_thresholds
from heartbeat_assets.lanes.failing import failed_run
from heartbeat_assets.lanes.judging import blocked_since, judge_file, judge_ledger, lane_rules
from heartbeat_assets.lanes.lane import Lane, each_lane
from heartbeat_assets.lanes.periods import Period
from heartbeat_assets.lanes.recording import append_to_file, append_to_ledger
from heartbeat_assets.lanes.sentences import verdict_sentence
from heartbeat_assets.lanes.values import STATUSES, Document
from heartbeat_assets.lanes.window import Verdict, judge, tallies_of
from heartbeat_assets.ledger import LedgerError
from heartbeat_assets.settings import Settings
from heartbeat_assets.sources.inputs import resolve_inputs
from heartbeat_assets.sources.opening import Progress, silent


@dataclass(frozen=True)
class CheckOptions:
    """What replaces a lane's sources, thresholds and limits (as on a command line), and its ledger."""

    inputs: Mapping[str, str] = field(default_factory=dict)
    thresholds: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, str] = field(default_factory=dict)
    last: int | None = None
    history: Path | None = None
    strict: bool = False


@dataclass
class CheckedRun:
    """What checking one lane came to, as far as it came.

    `lane` is None when its defs.yaml is wrong; `verdict` is None when the run could not be recorded and judged. A run
    that could compute no digest has the digest of a failed run and its problem.
    """

    name: str
    lane: Lane | None = None
    digest: Document | None = None
    append: Document | None = None
    verdict: Verdict | None = None
    since: str = ""
    seconds: float = 0.0
    problems: list[Exception] = field(default_factory=list)

    @property
    def status(self) -> str:
        """ok, degraded or failed: the worst of the heartbeat and the window."""
        if self.problems or self.append is None or self.verdict is None:
            return "failed"
        return max(str(self.append["status"]), self.verdict.status, key=STATUSES.index)

    @property
    def reasons(self) -> list[str]:
        """Every strict failure reason: of the heartbeat, then of the window, each once."""
        of_heartbeat = self.append["strict_fail_reasons"] if self.append else []
        return list(dict.fromkeys([*of_heartbeat, *(self.verdict.reasons if self.verdict else [])]))

    @property
    def error(self) -> str:
        """What kept the digest from being computed or recorded, as a sentence; empty when nothing did."""
        return "; ".join(problem_sentence(problem) for problem in self.problems)

    @property
    def sentence(self) -> str:
        """What a tired person is told: what went wrong, else the verdict and what it leaves out."""
        if self.problems or self.lane is None or self.append is None or self.verdict is None:
            return self.error
        told = verdict_sentence(self.lane.spec, self.verdict, publishes=False)
        if self.append["validation_errors"]:
            return f"The heartbeat was refused: {', '.join(self.append['validation_errors'])}. {told}"
        if self.append["status"] == "failed" and not self.verdict.blocking:
            return f"The digest failed: {', '.join(self.append['heartbeat']['strict_fail_reasons'])}. {told}"
        return told

    @property
    def document(self) -> Document:
        """The run as one JSON object."""
        return {
            "lane": self.name,
            "status": self.status,
            "reasons": self.reasons,
            "digest": self.digest,
            "append": self.append,
            "window": self.verdict.report if self.verdict else None,
            "error": self.error or None,
        }


def problem_sentence(problem: Exception) -> str:
    """What a person is told of `problem`."""
    if isinstance(problem, HeartbeatError | LedgerError):
        return str(problem)
    if isinstance(problem, OSError):
        return f"{problem.filename or 'the disk'}: {problem.strerror or problem}"
    return f"{type(problem).__name__}: {problem} (a fault of the program)"


def lanes_to_check(settings: Settings, names: Sequence[str] = ()) -> list[Lane | CheckedRun]:
    """The lanes called `names`, else all. One whose defs.yaml is wrong is a CheckedRun that holds the problem.

    Raises UsageProblem for a name that is no lane's, or when there is no lane at all.
    """
    found = [one if isinstance(one, Lane) else CheckedRun(name, problems=[one]) for name, one in each_lane(settings)]
    known = [one.name for one in found]
    for name in names:
        if name not in known:
            raise UsageProblem(f"no lane {name!r}; there is {', '.join(known) or f'none below {settings.defs}'}")
    if not found:
        raise UsageProblem(f"there is no lane below {settings.defs} to check")
    return [one for one in found if one.name in names] if names else found


def refuse_wrong_usage(lane: Lane, options: CheckOptions) -> None:
    """Raises UsageProblem for an input, threshold or limit that `lane` does not have."""
    checked_thresholds(lane.spec, options.thresholds)
    lane_rules(lane, options.limits)
    if options.inputs.keys() - lane.spec.sources.keys():
        resolve_inputs(lane, options.inputs)


def check_lane(
    lane: Lane, options: CheckOptions, *, period: Period | None = None, progress: Progress = silent
) -> CheckedRun:
    """Brings telemetry up to date, computes the digest, records it and judges the window.

    A run that can compute no digest is recorded as a failed heartbeat. A partitioned lane needs a `period`. Whatever
    goes wrong is in what is returned; raises UsageProblem alone, for options the lane cannot have.
    """
    started = time.monotonic()
    run = CheckedRun(lane.name, lane)
    try:
        try:
            run.digest = _digest(lane, options, period, progress)
        except UsageProblem:
            raise
        except HeartbeatError as problem:
            run.problems.append(problem)
            run.digest = failed_run(lane, problem, period=period)
        run.append = _recorded(lane, run.digest, options)
        run.verdict = _judged(lane, options)
        run.since = _since(lane, options, run)
    except UsageProblem:
        raise
    except Exception as problem:
        run.problems.append(problem)
    run.seconds = time.monotonic() - started
    return run


def _digest(lane: Lane, options: CheckOptions, period: Period | None, progress: Progress) -> Document:
    if not options.inputs:
        update_telemetry(lane, progress)
    thresholds = checked_thresholds(lane.spec, options.thresholds)
    return compute_digest(lane, inputs=options.inputs, thresholds=thresholds, period=period, progress=progress)


def _recorded(lane: Lane, digest: Document, options: CheckOptions) -> Document:
    """Records the digest, behind what an earlier run left waiting; returns its append report."""
    now, strict = datetime.now(UTC), options.strict
    if options.history is not None:
        return append_to_file(lane, digest, options.history, now=now, strict=strict)
    ours: list[Document] = []

    def append(waiting: Document) -> Document:
        report = append_to_ledger(lane, waiting, now=now, strict=strict)
        if waiting == digest:
            ours.append(report)
        return report

    outbox.put(lane, digest)
    outbox.record_all(lane, append)
    # Another run of the lane may have recorded ours before we came to it; then it is found a duplicate.
    return ours[-1] if ours else append_to_ledger(lane, digest, now=now, strict=strict)


def _judged(lane: Lane, options: CheckOptions) -> Verdict:
    last, limits, strict = options.last, options.limits, options.strict
    if options.history is None:
        return judge_ledger(lane, last=last, limits=limits, strict=strict)
    if options.history.exists():
        return judge_file(lane, options.history, last=last, limits=limits, strict=strict)
    # The first digest ever was refused, so no file was made.
    count, rules = last or lane.spec.window.last, lane_rules(lane, limits)
    return judge(lane.spec, [], rules=rules, last=count, entries_total=0, now=datetime.now(UTC), strict=strict)


def _since(lane: Lane, options: CheckOptions, run: CheckedRun) -> str:
    """run_at of the heartbeat since which the lane is not ok; "" when it is, or when that is not known."""
    if run.status == "ok" or run.verdict is None:
        return ""
    own_policy = options.history is None and options.last is None and not options.limits
    first_wrong = (row.run_at for row in run.verdict.rows if row.run_at and tallies_of(lane.spec, row))
    return (blocked_since(lane) if own_policy else "") or next(first_wrong, "")
