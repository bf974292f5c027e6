"""`heartbeat status`: how everything stands now, from what was measured and recorded. It must not measure."""

from __future__ import annotations

import click

from heartbeat_assets.cli.common import end
from heartbeat_assets.cli.output import emit, json_option
from heartbeat_assets.settings import load_settings


@click.command("status")
@click.option("--strict", is_flag=True, help="End with 4 unless everything is OK.")
@click.option(
    "--record",
    is_flag=True,
    help="Also write down what has changed, and suggest incidents, as Dagster's schedule does.",
)
@json_option
def status_command(strict: bool, record: bool, as_json: bool | None) -> None:
    """Show the components, service objectives, KPIs, open incidents and what applies of the degraded-mode guide.

    \b
    heartbeat status
    heartbeat status --strict || page-somebody
    heartbeat status --json | jq '.components[] | {id, state, since}'
    """
    from heartbeat_assets.cli.status_words import status_text
    from heartbeat_assets.ledger import Actor
    from heartbeat_assets.objectives.operations_now import operations_now
    from heartbeat_assets.objectives.publishing import ledger_of
    from heartbeat_assets.objectives.recording import record_operations

    settings = load_settings()
    ledger = ledger_of(settings)
    if record:
        found = record_operations(settings, ledger, actor=Actor("heartbeat status", "program", "cli"))
    else:
        found = operations_now(settings, ledger)
    emit(found.record(), lambda: status_text(found), as_json)
    end(strict and found.state != "OK")
