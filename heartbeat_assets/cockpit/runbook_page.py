"""The page of the go-live runbook: what stands in the way, and who stands behind the backend. It must not judge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from heartbeat_assets.cockpit.cockpit import Cockpit
from heartbeat_assets.cockpit.governance_words import ended
from heartbeat_assets.cockpit.views import FormView, ItemView, RunbookView
from heartbeat_assets.governance.runbook import Item, Statement, statement
from heartbeat_assets.governance.runbook.statements import BACKEND_COMPLETE
from heartbeat_assets.ledger import LedgerError

_MOST_SHOWN = 12


def runbook_view(cockpit: Cockpit, form: FormView | None = None) -> RunbookView:
    """The page; `form` is one that was refused. It is there without a ledger as well: that is what it is for."""
    runbook = cockpit.runbook.now()
    said = _said(cockpit)
    return RunbookView(
        headline=runbook.sentence.rstrip("."),
        ok=runbook.ok_to_enable_go_live,
        generated_at=runbook.generated_at,
        items=tuple(_item(item) for item in runbook.worst_first),
        declared=said is not None and said.holds,
        statement=_words(said) if said else "",
        statement_at=said.at if said else None,
        form=form or FormView(),
    )


def _said(cockpit: Cockpit) -> Statement | None:
    try:
        return statement(cockpit.ledger.journal, BACKEND_COMPLETE)
    except LedgerError as problem:
        cockpit.forget_ledger(problem)
        return None


def _words(said: Statement) -> str:
    done = "declared it complete" if said.holds else "withdrew it"
    return f"{said.actor} {done}: {ended(said.reason)}"


def _item(item: Item) -> ItemView:
    state = "passed" if item.ok else {"BLOCKER": "blocks", "WARN": "warns", "INFO": "note"}[item.severity]
    return ItemView(id=item.id, state=state, message=item.message, detail=tuple(details(item.detail)), fix=item.fix)


def details(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The figures behind a message as names and words, one level deep; lists are cut where they become long."""
    return [(name.replace("_", " "), words) for name, value in detail.items() if (words := _plain(value))]


def _plain(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return _listed([f"{name}: {_plain(one) or 'nothing'}" for name, one in value.items()])
    if isinstance(value, list | tuple):
        return _listed([_plain(one) for one in value])
    return f"{value:,}" if isinstance(value, int) else str(value)


def _listed(parts: list[str]) -> str:
    more = f" and {len(parts) - _MOST_SHOWN} more" if len(parts) > _MOST_SHOWN else ""
    return ", ".join(parts[:_MOST_SHOWN]) + more
