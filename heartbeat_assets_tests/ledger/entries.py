"""Entries for tests."""

import json

from heartbeat_assets.ledger import NewEntry


def heartbeat(number: int, status: str = "ok") -> NewEntry:
    """A well-formed heartbeat; the same number gives the same one."""
    key = f"heartbeat-{number}"
    run_at = f"2026-02-23T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}+00:00"
    line = json.dumps({"heartbeat_id": key, "run_at": run_at, "status": status}).encode()
    return NewEntry(line=line, entry_key=key, heartbeat_id=key, run_at=run_at, status=status)


def malformed(number: int) -> NewEntry:
    """A line that is not JSON."""
    return NewEntry(line=b"{broken %d" % number, entry_key=f"malformed-{number}", malformed=True)


def heartbeats(*numbers: int) -> list[NewEntry]:
    """Several well-formed heartbeats."""
    return [heartbeat(number) for number in numbers]
