"""`heartbeat slo validate`, `import`, `export`, `schema`: OpenSLO files checked and exchanged. It must not measure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from heartbeat_assets.cli.output import emit, json_option, table, wrapped
from heartbeat_assets.cli.slo.common import Room, the_room
from heartbeat_assets.cli.slo.words import share
from heartbeat_assets.errors import HeartbeatError, InputMissing, UsageProblem

if TYPE_CHECKING:
    from heartbeat_assets.objectives.objectives_file import ObjectivesFolder
    from heartbeat_assets.objectives.slo.resolve import SloSet

_UNREADABLE = 3
a_file = click.Path(path_type=Path, dir_okay=False)


@click.command("validate")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=a_file)
@json_option
def validate_command(files: tuple[Path, ...], as_json: bool | None) -> None:
    """Check OpenSLO files together, or those of the project: every mistake, and what is not supported.

    Ends with 3 when there is a mistake. What is not supported is named and kept.

    \b
    heartbeat slo validate
    heartbeat slo validate api.yaml shared-policies.yaml
    """
    from heartbeat_assets.objectives.slo.resolve import load_slos

    if files:
        _must_exist(files)
        found = load_slos(files)
        document = _document(found)
    else:
        room = the_room()
        parts = [_document(folder.documents) for folder in room.files.folders.values()]
        document = {name: [one for part in parts for one in part[name]] for name in ("slos", "notices")}
        document["problems"] = [str(problem) for problem in room.files.problems]
    emit(document, lambda: _people(document), as_json)
    if document["problems"]:
        click.get_current_context().exit(_UNREADABLE)


@click.command("import")
@click.argument("file", metavar="FILE", type=a_file)
@click.option("--into", metavar="FOLDER", help="The folder of SLOs that it is written into, by its name.")
@json_option
def import_command(file: Path, into: str | None, as_json: bool | None) -> None:
    """Read an OpenSLO file of another tool, and say what of it has figures here and what is only kept.

    With --into it is written into that folder of SLOs, if it fits what is there; without, nothing is written.

    \b
    heartbeat slo import prometheus-slos.yaml
    heartbeat slo import prometheus-slos.yaml --into marketplace_objectives
    """
    from heartbeat_assets.objectives.slo.openslo import files_in
    from heartbeat_assets.objectives.slo.resolve import load_slos

    _must_exist([file])
    room = the_room()
    folder = _folder(room, into) if into is not None else None
    found = load_slos([file])
    if folder is not None:
        # What it refers to may be there already.
        beside = load_slos([*files_in(folder.file.parent), file])
        problems = [*beside.problems, *_taken(room, folder, found)]
    else:
        problems = list(found.problems)
    document = _document(found) | {"problems": problems, "written": None}
    if folder is not None and not problems:
        document["written"] = str(_written(found, folder, file))
    emit(document, lambda: _people(document), as_json)
    if problems:
        click.get_current_context().exit(_UNREADABLE)


@click.command("export")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--out", type=a_file, help="The file it is written to; default: standard output.")
def export_command(names: tuple[str, ...], out: Path | None) -> None:
    """Write SLOs (these, those of a folder, or all) as OpenSLO v1 YAML, with every document they refer to.

    \b
    heartbeat slo export > slos.yaml
    heartbeat slo export api-read-availability --out api.yaml
    """
    from heartbeat_assets.files import write_atomically
    from heartbeat_assets.objectives.exchange import with_references
    from heartbeat_assets.objectives.slo.openslo import export

    room = the_room()
    if room.files.problems and not names:
        raise room.files.problems[0]
    wanted: dict[str, list[str]] = {}
    for folder, slo in room.chosen(names):
        wanted.setdefault(folder.name, []).append(slo.document)
    documents = [
        one for name, slos in wanted.items() for one in with_references(room.files.folders[name].documents, slos)
    ]
    text = export(documents)
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        write_atomically(out, text)
    except OSError as problem:
        raise HeartbeatError(f"--out {out}: cannot be written: {problem.strerror or problem}") from problem


@click.command("schema")
def schema_command() -> None:
    """Print the JSON schema of a defs.yaml of SLOs, which editors complete and explain from.

    \b
    heartbeat slo schema > heartbeat_assets/defs/objectives.schema.json
    """
    from heartbeat_assets.objectives.objectives_schema import schema_text

    click.echo(schema_text(), nl=False)


def _must_exist(files: list[Path] | tuple[Path, ...]) -> None:
    for file in files:
        if not file.is_file():
            raise InputMissing(f"{file}: there is no such file")


def _folder(room: Room, name: str) -> ObjectivesFolder:
    folders = room.files.folders
    if name not in folders:
        known = ", ".join(folders) or f"none below {room.settings.defs}; write a defs.yaml of SLOs first"
        raise UsageProblem(f"--into {name}: there is no folder of SLOs called so; there is {known}")
    return folders[name]


def _taken(room: Room, folder: ObjectivesFolder, found: SloSet) -> list[str]:
    others = {slo.name: slo.file for owner, slo in room.files.slos() if owner.name != folder.name}
    return [
        f"{slo.file}: SLO {slo.name}: {others[slo.name]} has one of that name; rename one"
        for slo in found.slos
        if slo.name in others
    ]


def _written(found: SloSet, folder: ObjectivesFolder, file: Path) -> Path:
    from heartbeat_assets.files import write_new
    from heartbeat_assets.objectives.slo.openslo import export

    stem = file.name.removesuffix(file.suffix).removesuffix(".openslo")
    path = folder.file.parent / f"{stem}.openslo.yaml"
    try:
        write_new(path, export(one.document for one in found.documents))
    except FileExistsError:
        raise UsageProblem(f"{path}: is there already; rename {file.name}, or take the other away") from None
    except OSError as problem:
        raise HeartbeatError(f"{path}: cannot be written: {problem.strerror or problem}") from problem
    return path


def _document(found: SloSet) -> dict[str, Any]:
    slos = [
        {"name": slo.name, "target": float(slo.target), "window": slo.window.words, "method": slo.method,
         "has_figures": slo.is_measurable, "file": slo.file}
        for slo in found.slos
    ]  # fmt: skip
    return {"slos": slos, "notices": list(found.notices), "problems": list(found.problems)}


def _people(document: dict[str, Any]) -> str:
    rows = [
        [one["name"], share(one["target"]), one["window"], "measured here" if one["has_figures"] else "no source here"]
        for one in document["slos"]
    ]
    blocks = [table(["SLO", "target", "over", ""], rows) if rows else "There is no SLO in it."]
    for title, name in (("Kept, and not used here:", "notices"), ("Mistakes:", "problems")):
        if document[name]:
            blocks.append("\n".join([title, *(wrapped(sentence, "  ") for sentence in document[name])]))
    if not document["problems"]:
        blocks.append("No mistake.")
    if document.get("written"):
        blocks.append(f"Written: {document['written']}")
    return "\n\n".join(blocks)
