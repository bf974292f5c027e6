"""The go-live runbook: what has to be in order before anything acts by itself, as a list of checks that ran just now.

Plain Python. A check never stops another one, and nothing that is shown holds a secret. It must not know Dagster, the
web or the terminal, and must not act.
"""

from heartbeat_assets.governance.runbook.build import build_runbook
from heartbeat_assets.governance.runbook.check import Found
from heartbeat_assets.governance.runbook.context import RunbookContext
from heartbeat_assets.governance.runbook.item import Item, Runbook
from heartbeat_assets.governance.runbook.statements import Statement, declare, statement, withdraw

__all__ = [
    "Found",
    "Item",
    "Runbook",
    "RunbookContext",
    "Statement",
    "build_runbook",
    "declare",
    "statement",
    "withdraw",
]
