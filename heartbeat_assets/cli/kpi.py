"""`heartbeat kpi`: emit an event from a shell, import some, and look at them. It must not judge an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from heartbeat_assets.cli.actor import actor_option, the_actor
from heartbeat_assets.cli.common import last_rows
from heartbeat_assets.cli.kpi_days import days_command
from heartbeat_assets.cli.kpi_import import import_command
from heartbeat_assets.cli.kpi_series import domain_argument, metric_argument, newest_events, the_events
from heartbeat_assets.cli.output import emit, json_option, table, wrapped
from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.settings import load_settings

if TYPE_CHECKING:
    from heartbeat_assets.ledger import KpiEvent


@click.group("kpi", invoke_without_command=True)
@json_option
@click.pass_context
def kpi_command(ctx: click.Context, as_json: bool | None) -> None:
    """Emit KPI events, and look at them; without a subcommand list what there is.

    \b
    heartbeat kpi emit WHOLESALE offer_sent --success --actor broker
    heartbeat kpi emit CAPITAL roi_event --value 2500.50
    heartbeat kpi list
    heartbeat kpi show WHOLESALE offer_sent
    heartbeat kpi days WHOLESALE offer_sent
    heartbeat kpi import events.ndjson
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_command, as_json=as_json)


kpi_command.add_command(days_command)
kpi_command.add_command(import_command)


@kpi_command.command("schema")
def schema_command() -> None:
    """Print the JSON schema of a defs.yaml of KPI events, which editors complete and explain from.

    \b
    heartbeat kpi schema > heartbeat_assets/defs/kpi_events.schema.json
    """
    from heartbeat_assets.governance.kpi_spec import schema_text

    click.echo(schema_text(), nl=False)


@kpi_command.command("emit")
@domain_argument
@metric_argument
@click.option("--success", "outcome", flag_value="success", help="It succeeded.")
@click.option("--fail", "outcome", flag_value="fail", help="It failed.")
@click.option("--value", type=float, metavar="NUMBER", help="What it came to.")
@click.option("--actor", metavar="WHO", help="Who or what did it.")
@click.option("--correlation-id", metavar="ID", help="What it belongs to.")
@click.option("--detail", metavar="TEXT", help="More about it: a text, or JSON.")
@actor_option
@json_option
def emit_command(
    domain: str,
    metric: str,
    outcome: str | None,
    value: float | None,
    actor: str | None,
    correlation_id: str | None,
    detail: str | None,
    as_person: str | None,
    as_json: bool | None,
) -> None:
    """Record one event of METRIC in DOMAIN: --success, --fail or --value NUMBER. It is on disk when this ends."""
    from heartbeat_assets.ledger import NewKpiEvent, WrongKpiEvent

    if (outcome is None) == (value is None):
        raise UsageProblem("give one of --success, --fail and --value NUMBER")
    recorded_by = the_actor(as_person, load_settings()).name
    try:
        event = NewKpiEvent(
            domain,
            metric,
            success=None if outcome is None else outcome == "success",
            value=value,
            actor=actor,
            correlation_id=correlation_id,
            detail=detail,
        )
    except WrongKpiEvent as problem:
        where = problem.field if problem.field in ("domain", "metric") else f"--{problem.field.replace('_', '-')}"
        raise UsageProblem(f"{where}: {problem.sentence}") from problem
    the_events().append([event], recorded_by=recorded_by)
    told = "a success" if event.success else "a failure" if event.success is False else f"{event.value:g}"
    document = {"domain": event.domain, "metric": event.metric, "success": event.success, "value": event.value}
    emit(document, lambda: f"{event.domain}.{event.metric}: {told} recorded.", as_json)


@kpi_command.command("list")
@json_option
def list_command(as_json: bool | None) -> None:
    """List the domains and metrics with events, and when the first and the last of them were."""
    series = [
        {"domain": one.domain, "metric": one.metric, "first_at": _text(one.first_at), "last_at": _text(one.last_at)}
        for one in the_events().series()
    ]

    def people() -> str:
        if not series:
            return wrapped("No KPI event yet. Emit one with: heartbeat kpi emit WHOLESALE offer_sent --success")
        rows = [[one["domain"], one["metric"], one["first_at"][:19], one["last_at"][:19]] for one in series]
        return table(["domain", "metric", "first", "last"], rows)

    emit(series, people, as_json)


@kpi_command.command("show")
@domain_argument
@metric_argument
@click.option("--last", type=last_rows, default=20, show_default=True, metavar="N", help="The newest so many.")
@json_option
def show_command(domain: str, metric: str, last: int, as_json: bool | None) -> None:
    """Show the newest events of METRIC in DOMAIN, oldest first."""
    events = newest_events(the_events(), domain, metric, last)
    documents = [_document(event) for event in events]

    def people() -> str:
        rows = [
            [one["at"][:19], _outcome(event), _milliseconds(event), event.actor or "", event.detail or ""]
            for one, event in zip(documents, events, strict=True)
        ]
        return table(["at", "outcome", "ms", "actor", "detail"], rows)

    emit(documents, people, as_json)


def _document(event: KpiEvent) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "domain": event.domain,
        "metric": event.metric,
        "success": event.success,
        "value": event.value,
        "duration_ms": event.duration_ms,
        "actor": event.actor,
        "correlation_id": event.correlation_id,
        "detail": event.detail,
        "at": _text(event.at),
        "recorded_by": event.recorded_by,
    }


def _outcome(event: KpiEvent) -> str:
    if event.success is None:
        return f"{event.value:g}"
    return "success" if event.success else "failure"


def _milliseconds(event: KpiEvent) -> str:
    return "" if event.duration_ms is None else f"{event.duration_ms:,.1f}"


def _text(instant: Any) -> str:
    return str(instant.isoformat(timespec="microseconds"))
