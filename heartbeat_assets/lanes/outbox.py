"""Digests on their way into the history: written down before they are recorded, removed once they are.

So a run killed between digest and heartbeat loses nothing: the next one records what is waiting, in order. Also keeps
the newest recorded digest, which a report shows in full. It must not judge.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.files import write_atomically
from heartbeat_assets.lanes.heartbeat import STAMP, check_fields, content_id
from heartbeat_assets.lanes.history import HistoryRow
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets.lanes.spec_criteria import FOCUS_GATE, FigureBound
from heartbeat_assets.lanes.values import Document, flag, number, section, status, text, texts
from heartbeat_assets.lanes.window import Verdict


def put(lane: Lane, digest: Document) -> Path:
    """Writes `digest` down as waiting to be recorded. Raises HeartbeatError when that fails."""
    stamp = str(digest["generated_at"]).replace(":", "").replace("+0000", "Z")
    # Numbered, since a clock may run backwards and two digests may fall into one second.
    path = _folder(lane) / f"{_next_number(lane):06d}-{stamp}-{uuid.uuid4().hex[:8]}.json"
    try:
        write_atomically(path, json.dumps(digest, indent=1, ensure_ascii=False) + "\n")
    except OSError as problem:
        raise HeartbeatError(
            f"{path.parent}: the digest cannot be written: {problem.strerror}; check the disk, or set HEARTBEAT_HOME"
        ) from problem
    return path


def record_all(lane: Lane, append: Callable[[Document], Document]) -> list[Document]:
    """Records every waiting digest by `append`, oldest first, and moves it out of the way; returns the append reports.

    Without one waiting the newest recorded digest is appended again, to be found a duplicate; in a partitioned lane
    nothing is. One run of a lane does
    this at a time, so that two runs at once record each digest once and the newest last. Raises HeartbeatError when
    there has never been a digest or one cannot be read back.
    """
    from filelock import FileLock

    _folder(lane).mkdir(parents=True, exist_ok=True)
    with FileLock(lane.home / ".recording.lock"):
        return [_record(lane, path, append) for path in _waiting(lane)]


def _waiting(lane: Lane) -> list[Path]:
    found = sorted(_folder(lane).glob("*.json"))
    if found:
        return found
    if _newest(lane).exists():
        # Where periods have revisions, an old digest may be one that was revised since: it would revise that again.
        return [] if lane.spec.partitions else [_newest(lane)]
    raise HeartbeatError(f"lane {lane.name} has no digest yet; materialize {lane.name}/digest first")


def _record(lane: Lane, path: Path, append: Callable[[Document], Document]) -> Document:
    try:
        digest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise HeartbeatError(f"{path}: cannot be read back: {problem}; remove it and run again") from problem
    if not isinstance(digest, dict):
        raise HeartbeatError(f"{path}: holds no digest; remove it and run again")
    report = append(digest)
    if path != _newest(lane):
        target = refused_folder(lane) / path.name if report["validation_errors"] else _newest(lane)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
        if lane.spec.partitions and target == _newest(lane):
            period = str(section(digest, "period").get("key"))
            write_atomically(_of_period(lane, period), target.read_bytes())
            _keep_newest_periods(lane)
    return report


def refused_folder(lane: Lane) -> Path:
    """Where digests are kept that the history refused."""
    return lane.home / "refused"


def digest_of_newest(lane: Lane, verdict: Verdict) -> Document:
    """The digest of the newest heartbeat: as it was computed where it is at hand, else what its row holds of it."""
    return digest_of(lane, verdict.rows[-1] if verdict.rows else None)


def digest_of(lane: Lane, heartbeat: HistoryRow | None) -> Document:
    """The digest of `heartbeat`: as it was computed where it is at hand, else what its row holds of it."""
    row = (heartbeat.content if heartbeat else None) or {}
    for file in (_newest(lane), _of_period(lane, text(row.get("period")))):
        try:
            digest = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(digest, dict):
            # What it was stamped with when it was recorded is in the row.
            digest |= {name: row.get(name) for name in STAMP} if lane.spec.partitions else {}
            if content_id(digest) == row.get("heartbeat_id"):
                return digest
    return _digest_in_row(lane.spec, row)


def _digest_in_row(spec: LaneSpec, row: Document) -> Document:
    """What `row` holds of its digest, each at its place there; of figures those that gates and preconditions name."""
    digest: Document = {
        "generated_at": text(row.get("run_at")),
        "metrics": {kpi.name: number(row.get(kpi.name)) for kpi in spec.kpis},
        "thresholds": {kpi.threshold_name: number(row.get(kpi.threshold_name)) for kpi in spec.kpis},
        "checks": {check: flag(row.get(field)) for check, field in check_fields(spec).items()},
        "missing_metrics": texts(row.get("missing_metrics")),
        "failure_reasons": texts(row.get("failure_reasons")),
        "status": status(row.get("status")),
    }
    bounds: list[FigureBound] = [condition for gate in spec.gates for condition in gate.conditions]
    for bound in [*bounds, *spec.preconditions]:
        if bound.section in spec.recorded and bound.figure in row:
            digest.setdefault(bound.section, {})[bound.figure] = number(row[bound.figure])
    if spec.gates:
        failed = [gate.name for gate in spec.gates if row.get(gate.row_name) is False]
        digest[FOCUS_GATE] = {"passed": digest["checks"][FOCUS_GATE], "failed_gates": failed}
    if text(row.get("period")):
        digest["period"] = {"key": text(row["period"])}
    return digest | {name: row[name] for name in ("events_in_period", *STAMP, "error") if name in row}


def _next_number(lane: Lane) -> int:
    numbers = [path.name.partition("-")[0] for path in _folder(lane).glob("*.json")]
    return max((int(number) for number in numbers if number.isdigit()), default=0) + 1


def _folder(lane: Lane) -> Path:
    return lane.home / "outbox"


def _newest(lane: Lane) -> Path:
    return lane.home / "digest.json"


def _of_period(lane: Lane, key: str) -> Path:
    """The newest digest of one period: a re-run of an old one must not take the place of the newest."""
    return _periods(lane) / f"{key or 'none'}.json"


def _periods(lane: Lane) -> Path:
    return lane.home / "periods"


def _keep_newest_periods(lane: Lane) -> None:
    """Removes the digests of all but the newest periods, as many as a window has; of others the row tells enough."""
    for old in sorted(_periods(lane).glob("*.json"))[: -lane.spec.window.last]:
        old.unlink(missing_ok=True)
