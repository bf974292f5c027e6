"""`heartbeat incident update`: what is known of one, also after it is over. It must not move it to another state."""

from __future__ import annotations

import click

from heartbeat_assets.cli.actor import actor_option, reason_option, the_reason
from heartbeat_assets.cli.incidents.common import change, component_option, given, id_argument
from heartbeat_assets.cli.output import json_option
from heartbeat_assets.errors import UsageProblem


@click.command("update")
@id_argument
@click.option("--title", metavar="TEXT", help="What it is, on one line.")
@click.option("--severity", type=click.IntRange(1, 3), help="1 is the worst, 3 the least.")
@click.option("--impact", metavar="TEXT", help="Who feels it, and how.")
@click.option("--rca", metavar="TEXT", help="The cause, when it is known.")
@click.option("--mitigation", metavar="TEXT", help="What was done so that it is not felt.")
@component_option
@click.option("--no-components", is_flag=True, help="No component is affected any more, or ever was.")
@click.option("--started-at", metavar="INSTANT", help="Since when it was felt, as 2026-02-23T14:31Z.")
@click.option("--ended-at", metavar="INSTANT", help="Until when it was felt; `none` takes the end back.")
@click.option(
    "--withhold",
    type=int,
    multiple=True,
    metavar="PLACE",
    help="Never publish the words of that entry of the timeline; may be repeated.",
)
@click.option("--if-place", type=int, metavar="PLACE", help="Only while its newest event has this place.")
@reason_option
@actor_option
@json_option
def update_command(
    incident: str,
    components: tuple[str, ...],
    no_components: bool,
    withhold: tuple[int, ...],
    if_place: int | None,
    reason: str | None,
    as_person: str | None,
    as_json: bool | None,
    **options: str | int | None,
) -> None:
    """Change what is known of the incident ID; --component replaces the components. With --reason alone it is a note.

    \b
    heartbeat incident update INC-20260223-001 --severity 2 --reason "only half of the readers feel it"
    heartbeat incident update INC-20260223-001 --reason "the vendor was called"
    heartbeat incident update INC-20260223-001 --withhold 4 --reason "it names somebody"
    """
    from heartbeat_assets.objectives.incidents import update

    if components and no_components:
        raise UsageProblem("--no-components: leave it out, or --component")
    why, changes = the_reason(reason, "--reason"), given(**options)
    if changes.get("ended_at") == "none":
        changes["ended_at"] = None
    if components or no_components:
        changes["components"] = list(components)
    if withhold:
        changes["withheld"] = list(withhold)
    change(
        lambda at, actor: update(
            at.journal,
            incident,
            changes,
            actor=actor,
            reason=why,
            known_components=at.components,
            if_place=if_place,
        ),
        as_person,
        as_json,
    )
