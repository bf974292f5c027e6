"""`heartbeat metrics schema`: the JSON schema of a service's defs.yaml, for editors."""

from __future__ import annotations

import click


@click.command("schema", short_help="Print the JSON schema of a service's defs.yaml.")
def schema_command() -> None:
    """Print the JSON schema of a service's defs.yaml, which explains every field and which editors complete from.

    \b
    heartbeat metrics schema > heartbeat_assets/defs/service.schema.json
    """
    from heartbeat_assets.metrics.schema import schema_text

    click.echo(schema_text(), nl=False)
