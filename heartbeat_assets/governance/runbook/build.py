"""Looks at every check of the project's runbook, now. Whatever a check does, the runbook comes back.

A check that raises is a failed item with the class of its error, never its message. It must not change anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from heartbeat_assets.errors import HeartbeatError, SpecProblem
from heartbeat_assets.governance.runbook.check import Check, Found
from heartbeat_assets.governance.runbook.context import RunbookContext
from heartbeat_assets.governance.runbook.item import Item, Runbook
from heartbeat_assets.governance.runbook.runbook_file import RunbookFile, runbook_in
from heartbeat_assets.governance.runbook.safe_text import Cleaner
from heartbeat_assets.governance.runbook.spec import RUNBOOK_FILE
from heartbeat_assets.ledger import LedgerError, NoLedger
from heartbeat_assets.settings import Settings, cockpit_variables, environment


def build_runbook(settings: Settings, *, runbook: RunbookFile | None = None, now: datetime | None = None) -> Runbook:
    """The runbook of the project (or `runbook`, as it was read before) as it stands now. Never raises.

    Where its file has a mistake, that is a blocker, and every check is looked at as it is by default.
    """
    instant = now or datetime.now(UTC)
    variables = environment()
    cleaner = Cleaner(variables, (settings.ledger_url, settings.warehouse_url), settings.project)
    items: list[Item] = []
    try:
        if runbook is None:
            runbook, problems = runbook_in(settings)
            items += [_item(RUNBOOK_FILE, "BLOCKER", _mistake(*problems), cleaner)] if problems else []
        context = RunbookContext(settings, instant, runbook.folder, variables, cockpit_variables().dagster_url)
        items += _looked(runbook, context, cleaner)
    except Exception as fault:
        items.append(_item(RUNBOOK_FILE, "BLOCKER", _raised(fault), cleaner))
    return Runbook(instant, tuple(items))


def _looked(runbook: RunbookFile, context: RunbookContext, cleaner: Cleaner) -> Iterator[Item]:
    for check in runbook.spec.items:
        found = _found(check, context)
        yield _item(check.item_id, found.severity or check.severity, found, cleaner)


def _found(check: Check, context: RunbookContext) -> Found:
    try:
        return check.look(context)
    except NoLedger as problem:
        told = "There is no ledger: nothing was recorded yet, or its file was taken away."
        fix = "Put the file back; or make a new one with `heartbeat switch list`, in which nothing is stopped."
        return Found(False, told, {"error": type(problem).__name__}, fix)
    except LedgerError as problem:
        told = f"The ledger cannot be asked ({type(problem).__name__})."
        return Found(False, told, {"error": type(problem).__name__}, "`heartbeat doctor` says what is wrong with it.")
    except SpecProblem as problem:
        return _mistake(problem)
    except (Exception, SystemExit) as fault:
        return _raised(fault)


def _mistake(*problems: SpecProblem) -> Found:
    told = "; ".join(map(str, problems))
    mistakes = {problem.file: list(problem.problems) for problem in problems}
    return Found(False, f"{told}.", {"mistakes": mistakes}, "Mend the file: the message names it and the field.")


def _raised(fault: BaseException) -> Found:
    kind = type(fault).__name__
    advice = "`heartbeat doctor` may say what is wrong." if isinstance(fault, HeartbeatError) else "Look at its code."
    return Found(False, f"The check itself failed with {kind}; what it said is not shown.", {"error": kind}, advice)


def _item(item_id: str, severity: str, found: Found, cleaner: Cleaner) -> Item:
    detail = cleaner.plain(dict(found.detail))
    return Item(item_id, severity, found.ok, cleaner.text(found.message), detail, cleaner.text(found.fix))  # type: ignore[arg-type]
