"""`heartbeat slo show`: an SLO as it was measured last, with its corrections and days. It must not measure."""

from __future__ import annotations

import click

from heartbeat_assets.cli.output import emit, json_option, wrapped
from heartbeat_assets.cli.slo.common import name_argument, the_room
from heartbeat_assets.cli.slo.words import (
    Document,
    budget_text,
    burns_text,
    correction_document,
    corrections_text,
    days_text,
    of_event,
    share,
)


@click.command("show")
@name_argument
@json_option
def show_command(name: str, as_json: bool | None) -> None:
    """Show the SLO NAME: what is promised, how it stands, how fast it burns, what was corrected.

    \b
    heartbeat slo show api-read-availability
    """
    from heartbeat_assets.objectives.correcting import all_corrections
    from heartbeat_assets.objectives.records_days import newest_of

    room = the_room()
    folder, slo = room.one(name)
    newest = newest_of(room.ledger.journal, slo.name)
    standing = all_corrections(folder.spec, room.ledger.journal, slo.name)
    document = of_event(folder, slo, newest) | {
        "description": slo.description,
        "file": slo.file,
        "corrections": [correction_document(one) for one in standing],
        "figures": newest.body if newest else None,
    }
    emit(document, lambda: _people(document), as_json)


def _people(document: Document) -> str:
    body = document["figures"]
    promise = f"{document['display_name']}: {share(document['target'])} in {document['window']}."
    blocks = [wrapped(f"{promise} {document['description']}".strip())]
    if body is None:
        blocks.append("It has not been measured yet.")
    else:
        blocks.append(wrapped(str(document["sentence"])))
        if body.get("budget"):
            blocks += [budget_text(body), burns_text(body["burns"]), days_text(body["days"])]
    if document["corrections"]:
        blocks.append(corrections_text(document["corrections"]))
    return "\n\n".join(blocks)
