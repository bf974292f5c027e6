"""`heartbeat doctor`: is everything in place for lanes and metrics to run?

It must not change anything but make missing folders.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from heartbeat_assets.cli.output import emit, json_option, state, table
from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.lanes.lane import find_lanes
from heartbeat_assets.ledger import LedgerError
from heartbeat_assets.settings import Settings, load_settings

Finding = tuple[str, str, str]
_CLOCK_TOLERANCE = timedelta(minutes=5)
_LITTLE_SPACE = 1 << 30


@click.command("doctor")
@json_option
def doctor_command(as_json: bool | None) -> None:
    """Check the project, its state folder, the ledger, lanes, metrics and Dagster's home. Ends with 3 on a failure.

    \b
    heartbeat doctor
    """
    settings = load_settings()
    checks = (_python, _home, _ledger, _lanes, _metrics, _dagster)
    findings = [finding for check in checks for finding in _guarded(check, settings)]
    worst = "failed" if any(status == "failed" for _, status, _ in findings) else "ok"
    document = {
        "status": worst,
        "checks": [{"check": name, "status": status, "finding": text} for name, status, text in findings],
    }
    emit(document, lambda: table(["", "check", "finding"], [[state(s), n, t] for n, s, t in findings]), as_json)
    if worst == "failed":
        failed = "; ".join(f"{name}: {text}" for name, status, text in findings if status == "failed")
        raise HeartbeatError(failed)


def _guarded(check: Callable[[Settings], Iterator[Finding]], settings: Settings) -> Iterator[Finding]:
    try:
        yield from check(settings)
    except (HeartbeatError, LedgerError) as problem:
        yield check.__name__.strip("_"), "failed", str(problem)
    except OSError as problem:
        yield check.__name__.strip("_"), "failed", f"{problem.filename or 'the disk'}: {problem.strerror or problem}"


def _python(settings: Settings) -> Iterator[Finding]:
    yield "python", "ok", f"{sys.version.split()[0]}; project {settings.project}"


def _home(settings: Settings) -> Iterator[Finding]:
    settings.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=settings.home):
        pass
    free = shutil.disk_usage(settings.home).free
    yield (
        "home",
        "ok" if free > _LITTLE_SPACE else "degraded",
        f"{settings.home}, {free / (1 << 30):,.0f} GiB free",
    )


def _ledger(settings: Settings) -> Iterator[Finding]:
    from heartbeat_assets.lanes.history import parse_line
    from heartbeat_assets.lanes.values import instant
    from heartbeat_assets.ledger import open_ledger

    ledger = open_ledger(settings.ledger_url)
    names = ledger.lanes()
    rows = sum(ledger.size(name) for name in names)
    yield "ledger", "ok", f"{ledger.url}, {_count(rows, 'row')} in {_count(len(names), 'lane')}"
    for name in names:
        head = ledger.head(name)
        run_at = instant(parse_line(head.line, head.place).run_at) if head else None
        if run_at and run_at > datetime.now(UTC) + _CLOCK_TOLERANCE:
            yield (
                "clock",
                "degraded",
                f"{name}: the newest heartbeat is of {run_at:%Y-%m-%d %H:%M} UTC, in the future",
            )


def _count(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _lanes(settings: Settings) -> Iterator[Finding]:
    lanes = find_lanes(settings)
    yield "lanes", "ok" if lanes else "degraded", f"{', '.join(lanes) or 'none'} below {settings.defs}"
    for lane in lanes.values():
        lane.digest_sql()
        lane.rollup_sql()
        for name, source in lane.spec.sources.items():
            path = lane.source_path(name)
            if path is not None and not path.exists() and not any(character in str(path) for character in "*?["):
                yield (
                    f"{lane.name}.{name}",
                    "failed" if source.required else "ok",
                    (f"{path}: not there" + ("" if source.required else " (optional)")),
                )


def _metrics(settings: Settings) -> Iterator[Finding]:
    from heartbeat_assets.metrics.standing import metrics_standing

    yield from metrics_standing(settings, datetime.now(UTC))


def _dagster(settings: Settings) -> Iterator[Finding]:
    home = os.environ.get("DAGSTER_HOME")
    if home is None:
        shipped = settings.project / "dagster_home"
        yield (
            "dagster",
            "ok",
            f"DAGSTER_HOME is not set; {shipped if shipped.is_dir() else 'a folder below home'} is used",
        )
    elif not (Path(home) / "dagster.yaml").is_file():
        yield (
            "dagster",
            "degraded",
            f"DAGSTER_HOME={home} has no dagster.yaml; the project's dagster_home/ has one",
        )
    else:
        yield "dagster", "ok", f"DAGSTER_HOME={home}"
