"""`heartbeat kpi import`: events from files into the ledger. It must not judge an event."""

from __future__ import annotations

from pathlib import Path

import click

from heartbeat_assets.cli.actor import actor_option, the_actor
from heartbeat_assets.cli.kpi_series import the_events
from heartbeat_assets.cli.output import emit, json_option
from heartbeat_assets.settings import load_settings


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@actor_option
@json_option
def import_command(file: Path, as_person: str | None, as_json: bool | None) -> None:
    """Record the events in FILE: an event a line as JSON, each with its time `at`, or a list as `kpi show` prints.

    All of them or none. Events that are not newer than the newest of their series are skipped, so that importing a
    file again, or one that has grown, adds only what is new.

    \b
    heartbeat kpi import events.ndjson
    """
    from heartbeat_assets.governance.kpi_file import import_events

    recorded_by = the_actor(as_person, load_settings()).name
    done = import_events(the_events(), file, recorded_by=recorded_by)
    document = {"file": str(file), "read": done.read, "imported": done.imported, "skipped": done.skipped}
    emit(
        document,
        lambda: f"{file}: {done.imported:,} KPI events imported, {done.skipped:,} were there already or are older.",
        as_json,
    )
