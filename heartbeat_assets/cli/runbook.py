"""`heartbeat runbook`: may go-live be enabled, and what a person states about it. It must not run a check."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from heartbeat_assets.cli.actor import actor_option, reason_option, the_actor, the_reason
from heartbeat_assets.cli.common import end
from heartbeat_assets.cli.output import emit, json_option, state, table, wrapped
from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.settings import load_settings

if TYPE_CHECKING:
    from heartbeat_assets.governance.runbook import Runbook, Statement

statement_argument = click.argument("statement", metavar="STATEMENT")


@click.group("runbook", invoke_without_command=True)
@click.option("--markdown", is_flag=True, help="Print the page in Markdown, not the document.")
@click.option("--strict", is_flag=True, help="End with 4 while a blocker stands.")
@json_option
@click.pass_context
def runbook_command(ctx: click.Context, markdown: bool, strict: bool, as_json: bool | None) -> None:
    """Look at everything that must be in order before go-live; or declare what only a person can say.

    \b
    heartbeat runbook
    heartbeat runbook --markdown
    heartbeat runbook --strict && ./deploy
    heartbeat runbook declare backend_complete --reason "all services are in, tried on 5 June"
    """
    if ctx.invoked_subcommand is not None:
        given = [name for name, value in (("--markdown", markdown), ("--strict", strict)) if value]
        if given or as_json is not None:
            raise UsageProblem(
                f"{given[0] if given else '--json or --table'}: write it behind the subcommand, if at all"
            )
        return
    if markdown and as_json is not None:
        raise UsageProblem("--markdown: is a form of its own; leave --json and --table out")
    from heartbeat_assets.governance.runbook import build_runbook

    found = build_runbook(load_settings())
    if markdown:
        emit(None, found.markdown, False)
    else:
        emit(found.document(), lambda: _people(found), as_json)
    end(strict and not found.ok_to_enable_go_live)


@runbook_command.command("declare")
@statement_argument
@reason_option
@actor_option
@json_option
def declare_command(statement: str, reason: str | None, as_person: str | None, as_json: bool | None) -> None:
    """State that STATEMENT is true, as backend_complete. Only a person may, and says why.

    \b
    heartbeat runbook declare backend_complete --reason "all services are in, tried on 5 June"
    """
    from heartbeat_assets.governance.runbook import declare

    _check_statement(statement)
    _say(declare, statement, reason, as_person, as_json)


@runbook_command.command("withdraw")
@statement_argument
@reason_option
@actor_option
@json_option
def withdraw_command(statement: str, reason: str | None, as_person: str | None, as_json: bool | None) -> None:
    """Take STATEMENT back: it is not true, or not any more.

    \b
    heartbeat runbook withdraw backend_complete --reason "the payment service was taken out again"
    """
    from heartbeat_assets.governance.runbook import withdraw

    _say(withdraw, statement, reason, as_person, as_json)


@runbook_command.command("schema")
def schema_command() -> None:
    """Print the JSON schema of a runbook's defs.yaml, which explains every field and which editors complete from."""
    from heartbeat_assets.governance.runbook.schema import schema_text

    click.echo(schema_text(), nl=False)


def _check_statement(name: str) -> None:
    """Raises UsageProblem for a statement that no checklist asks for: most likely it is misspelt."""
    from difflib import get_close_matches

    from heartbeat_assets.governance.runbook.go_live import asked_statements
    from heartbeat_assets.governance.runbook.runbook_file import runbook_in

    runbook, _ = runbook_in(load_settings())
    asked = asked_statements(runbook.spec.items)
    if name not in asked:
        close = get_close_matches(name, asked, n=1)
        said = f"did you mean {close[0]!r}?" if close else f"there is {', '.join(asked)}"
        raise UsageProblem(f"no checklist asks for the statement {name!r}; {said}")


def _say(
    say: Callable[..., Statement], name: str, reason: str | None, as_person: str | None, as_json: bool | None
) -> None:
    from heartbeat_assets.ledger import open_ledger

    settings = load_settings()
    why, actor = the_reason(reason, "--reason"), the_actor(as_person, settings)
    said = say(open_ledger(settings.ledger_url).journal, name, actor=actor, reason=why)
    document = {
        "statement": said.name,
        "declared": said.holds,
        "actor": said.actor,
        "reason": said.reason,
        "at": said.at.isoformat(),
    }
    done = "declared" if said.holds else "withdrawn"
    emit(document, lambda: wrapped(f"{said.name} is {done} by {said.actor}: {said.reason}"), as_json)


def _people(found: Runbook) -> str:
    """The answer, and the items worst first, each with what to do about it."""
    rows = []
    for item in found.worst_first:
        status = "ok" if item.ok else "failed" if item.severity == "BLOCKER" else "degraded"
        mark = state(status).replace("degraded", item.severity.lower()).replace("failed", "blocker")
        fix = "" if item.ok or not item.fix else f" Fix: {item.fix}"
        rows.append([mark, item.id, f"{item.message}{fix}"])
    return f"{wrapped(found.sentence)}\n\n{table(['', 'check', 'finding'], rows)}"
