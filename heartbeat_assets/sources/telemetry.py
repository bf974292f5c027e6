"""Telemetry brought up to date: what is new in the folders of an owner's events sources, read into their stores.

It must not compute anything from the events; who needs more while a store is locked passes `after`.
"""

from __future__ import annotations

from collections.abc import Callable

from heartbeat_assets.sources.inputs import resolve_inputs
from heartbeat_assets.sources.opening import Progress, silent, telemetry_store
from heartbeat_assets.sources.owner import SourceOwner
from heartbeat_assets.sources.spec import EventsSource
from heartbeat_assets.telemetry.store import IngestReport, TelemetryStore


def update_telemetry(
    owner: SourceOwner,
    progress: Progress = silent,
    *,
    only: str | None = None,
    after: Callable[[str, TelemetryStore], object] | None = None,
) -> dict[str, IngestReport]:
    """Reads what is new in every telemetry source that is there (or `only` one), by source name.

    `after` is called with the name and the store of each that was read, while the store is locked. Raises InputMissing
    or InputUnreadable (the readable files were read all the same).
    """
    reports = {}
    paths = resolve_inputs(owner, only=only)
    for name, source in owner.sources.items():
        if isinstance(source, EventsSource) and only in (None, name):
            store = telemetry_store(owner, name)
            with store.locked():
                path = paths.get(name)
                if path is not None:
                    reports[name] = store.ingest(path, progress)
                    if after is not None:
                        after(name, store)
                else:
                    store.forget()
    return reports
