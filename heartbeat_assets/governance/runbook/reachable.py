"""The checks `ledger_reachable` and `daemon_running`: is what everything rests on there?

They must not wait for long: whoever asks may be looking at a page.
"""

from __future__ import annotations

import json
import os
from http.client import HTTPException
from typing import Any, Literal
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from pydantic import Field

from heartbeat_assets.governance.runbook.check import Check, Found, severity_field
from heartbeat_assets.governance.runbook.context import RunbookContext
from heartbeat_assets.governance.runbook.item import Severity
from heartbeat_assets.ledger.location import locate
from heartbeat_assets.specs.fields import Number

_QUERY = "{ instance { daemonHealth { allDaemonStatuses { daemonType healthy required } } } }"
_LONGEST_ANSWER = 1 << 20


class LedgerReachable(Check):
    """The ledger can be read, and its file may be written."""

    check: Literal["ledger_reachable"] = "ledger_reachable"

    def look(self, context: RunbookContext) -> Found:
        """Reads a little, and asks the file system; it writes nothing."""
        lanes = len(context.ledger.lanes())
        path = locate(context.settings.ledger_url).path
        detail = {"ledger": context.ledger.url, "lanes": lanes}
        closed = [str(one) for one in (path, path.parent) if not os.access(one, os.W_OK)] if path is not None else []
        if closed:
            return Found(False, f"{closed[0]}: may not be written.", detail, "Give this user the right to write there.")
        return Found(True, f"{context.ledger.url} can be read.", detail)


class DaemonRunning(Check):
    """Every daemon of Dagster that is needed is healthy, so that schedules and sensors run."""

    check: Literal["daemon_running"] = "daemon_running"
    severity: Severity = severity_field("WARN")
    timeout_seconds: Number = Field(2.0, ge=0.1, le=30, description="How long Dagster may take to answer.")

    def look(self, context: RunbookContext) -> Found:
        """Asks Dagster's GraphQL at HEARTBEAT_DAGSTER_URL."""
        start = "Start Dagster (`make ui`), or set HEARTBEAT_DAGSTER_URL to where it is."
        if context.dagster_url == "off":
            return Found(False, "HEARTBEAT_DAGSTER_URL is off, so Dagster cannot be asked.", {}, start)
        try:
            daemons = _daemons(context.dagster_url, self.timeout_seconds)
        except HTTPError as problem:
            return Found(False, f"Dagster answers with status {problem.code}.", {"status": problem.code}, start)
        except OSError as problem:
            # What stood in the way of the connection is inside.
            reason = getattr(problem, "reason", problem)
            kind = type(reason if isinstance(reason, OSError) else problem).__name__
            return Found(False, f"Dagster does not answer ({kind}).", {"error": kind}, start)
        except (HTTPException, ValueError, LookupError, TypeError) as problem:
            kind = type(problem).__name__
            return Found(False, f"What answers there is not Dagster ({kind}).", {"error": kind}, start)
        down = sorted(name for name, healthy in daemons.items() if not healthy)
        detail = {"daemons": {name: "healthy" if healthy else "down" for name, healthy in daemons.items()}}
        if down or not daemons:
            told = f"Not running: {', '.join(down)}." if down else "Dagster needs no daemon."
            return Found(not down, told, detail, "Start `dagster-daemon run`, or `make ui`." if down else "")
        return Found(True, f"All {len(daemons)} daemons that are needed are healthy.", detail)


def _daemons(address: str, seconds: float) -> dict[str, bool]:
    """The daemons that are needed, and whether each is healthy."""
    if not address.startswith(("http://", "https://")):
        raise ValueError("no address of a web server")
    body = json.dumps({"query": _QUERY}).encode()
    request = Request(f"{address.rstrip('/')}/graphql", body, {"Content-Type": "application/json"})
    # Dagster is near; a proxy for the outside world is not asked.
    with build_opener(ProxyHandler({})).open(request, timeout=seconds) as answer:
        document: Any = json.loads(answer.read(_LONGEST_ANSWER))
    statuses = document["data"]["instance"]["daemonHealth"]["allDaemonStatuses"]
    return {str(one["daemonType"]): one["healthy"] is True for one in statuses if one["required"]}
