"""`dg scaffold defs heartbeat_assets.HeartbeatLane NAME`: the same new lane as `heartbeat lanes new NAME`.

Translates between Dagster's request and `scaffold`. It must not know what a new lane looks like.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click
import dagster as dg
from pydantic import BaseModel, Field

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.lanes.scaffold import NewLane, new_lane
from heartbeat_assets.settings import load_settings


class LaneScaffoldParams(BaseModel):
    """What may be given with the name, as an option each."""

    from_file: str | None = Field(None, description="File, folder or glob of rows that the lane reads.")
    from_table: str = Field("", description="The table in that file, where it holds several.")


class LaneScaffolder(dg.Scaffolder[LaneScaffoldParams]):
    """Writes a working example into the folder Dagster has made for it."""

    @classmethod
    def get_scaffold_params(cls) -> type[LaneScaffoldParams]:
        return LaneScaffoldParams

    def scaffold(self, request: dg.ScaffoldRequest[LaneScaffoldParams]) -> None:
        """Writes the lane. Raises ClickException, which `dg` shows as a sentence; nothing is left behind then."""
        try:
            new = self._write(request)
        except HeartbeatError as problem:
            with suppress(OSError):
                # Only when it is empty, as Dagster made it.
                request.target_path.rmdir()
            raise click.ClickException(str(problem)) from problem
        for file in new.files:
            click.echo(f"Wrote {file}.")
        click.echo(f"Look at it with: heartbeat lanes check {new.name}")

    def _write(self, request: dg.ScaffoldRequest[LaneScaffoldParams]) -> NewLane:
        if request.scaffold_format != "yaml" or request.append:
            raise HeartbeatError("a lane is a defs.yaml of its own and SQL; leave --format out")
        folder, params = request.target_path.absolute(), request.params
        return new_lane(
            load_settings(request.project_root or folder),
            folder.name,
            folder=folder,
            rows=Path(params.from_file) if params.from_file else None,
            table=params.from_table,
            component=request.type_name,
        )
