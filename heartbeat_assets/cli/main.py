"""The click group: which commands there are, and how a mistake becomes an exit code (docs/contract.md, section 8).

0 passed, 2 wrong usage or an input that does not exist, 3 an input that cannot be read or a fault while running,
4 a strict check failed. It must not import a command before it is asked for.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from heartbeat_assets.cli.lazy import LazyGroup
from heartbeat_assets.errors import HeartbeatError

_COMMANDS = {
    "run": ("run", "Run lanes now, from their sources to their reports."),
    "check": ("check", "Check lanes in continuous integration; no server, no daemon."),
    "replay": ("replay", "Give a lane its past: a heartbeat per event file."),
    "digest": ("digest", "Compute what a lane's numbers are now."),
    "append": ("append", "Record a digest as a heartbeat, once."),
    "window": ("window", "Judge the last heartbeats: may they pass?"),
    "backtest": ("backtest", "Try a policy on the whole history before adopting it."),
    "compact": ("retention", "Thin the history; every incident stays."),
    "parity": ("retention", "Check that compacting lost nothing."),
    "import": ("transfer", "Bring a JSONL history into the ledger."),
    "export": ("transfer", "Write the history as JSONL, CSV or Parquet."),
    "verify": ("verify", "Prove that the history is unbroken."),
    "quarantine": ("quarantine", "Show the telemetry lines that could not be read."),
    "lanes": ("lanes", "List the lanes with their verdicts."),
    "metrics": ("metrics", "List the metrics, worst first; change, compute or make one."),
    "kpi": ("kpi", "Emit KPI events, and look at them."),
    "tripwires": ("tripwires", "Look for what has become worse."),
    "switch": ("switch", "Stop a domain or everything, and let it go again."),
    "runbook": ("runbook", "Look whether everything is in order to go live."),
    "slo": ("slo", "Show what is left of error budgets; measure and correct them."),
    "incident": ("incidents", "Open incidents, handle them, and see what was promised."),
    "status": ("status", "Show how everything stands now."),
    "component": ("component", "Say over the rules how a component is, for a time."),
    "documents": ("documents", "Write HEARTBEAT.md and the status page; look for personal data."),
    "cockpit": ("cockpit", "Open the cockpit: metrics and lanes in the browser."),
    "doctor": ("doctor", "Check that everything is in place."),
}


class Problem(click.ClickException):
    """A mistake on its way out: an error object on standard error, a sentence when a person is watching."""

    def __init__(self, kind: str, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.kind = kind
        self.exit_code = exit_code  # type: ignore[misc]

    def show(self, file: Any = None) -> None:
        stream = file or sys.stderr
        if stream.isatty():
            click.echo(f"Error: {self.message}", file=stream)
        else:
            error = {"error": {"kind": self.kind, "message": self.message, "exit_code": self.exit_code}}
            click.echo(json.dumps(error, ensure_ascii=False), file=stream)


class Commands(LazyGroup):
    """The commands, and how whatever goes wrong in one leaves."""

    package = "heartbeat_assets.cli"
    listed = _COMMANDS

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with _usage_as_object():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command that was called; whatever goes wrong leaves as a Problem with its exit code."""
        try:
            with _usage_as_object():
                return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except (click.Abort, KeyboardInterrupt) as interruption:
            raise Problem(
                "Interrupted", "interrupted; what was being written stays as it was before", 3
            ) from interruption
        except BrokenPipeError:
            # Who reads the output has seen enough, as in `heartbeat export LANE | head`: that is no fault. What is
            # left to flush at exit goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except HeartbeatError as problem:
            raise Problem(type(problem).__name__, str(problem), problem.exit_code) from problem
        except Exception as fault:
            if os.environ.get("HEARTBEAT_DEBUG"):
                raise
            raise _unexpected(fault) from fault


@contextmanager
def _usage_as_object() -> Iterator[None]:
    """Makes wrong usage an error object as well, unless a person is watching, who gets click's own text."""
    try:
        yield
    except click.UsageError as problem:
        # A bare `heartbeat` is answered with the help.
        if sys.stderr.isatty() or isinstance(problem, getattr(click.exceptions, "NoArgsIsHelpError", ())):
            raise
        raise Problem("UsageProblem", problem.format_message(), problem.exit_code) from problem


def _unexpected(fault: Exception) -> Problem:
    from heartbeat_assets.ledger import LedgerError

    if isinstance(fault, LedgerError):
        return Problem("LedgerError", str(fault), 3)
    if isinstance(fault, OSError):
        return Problem("OSError", f"{fault.filename or 'the disk'}: {fault.strerror or fault}", 3)
    hint = "a fault of the program; set HEARTBEAT_DEBUG=1 to see where"
    return Problem(type(fault).__name__, f"{fault} ({hint})", 3)


@click.group(
    "heartbeat", cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="heartbeat_assets", prog_name="heartbeat")
def main() -> None:
    """KPI digests, heartbeats and window checks.

    \b
    heartbeat run                          run every lane: digest, heartbeat, checks, publish or block
    heartbeat window citizen_product       may the last runs pass?
    heartbeat digest citizen_product --input events=FILE --input snapshot=FILE

    Reports are JSON on standard output (a table when that is a terminal, unless --json). Exit codes: 0 passed,
    2 wrong usage or an input that does not exist, 3 unreadable input or a fault, 4 a strict check failed.
    """
