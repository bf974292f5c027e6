"""`heartbeat documents`: HEARTBEAT.md and the status page, shown, looked through and published from a terminal.

It must not look at components anew, nor record anything; it writes what is known already.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from heartbeat_assets.cli.common import end
from heartbeat_assets.cli.output import emit, json_option, table
from heartbeat_assets.errors import HeartbeatError, InputMissing, UsageProblem
from heartbeat_assets.settings import Settings, load_settings

if TYPE_CHECKING:
    from heartbeat_assets.objectives.operations_now import Snapshot
    from heartbeat_assets.objectives.publishing import Document, Findings

Record = dict[str, Any]


@click.group("documents", invoke_without_command=True)
@json_option
@click.pass_context
def documents_command(ctx: click.Context, as_json: bool | None) -> None:
    """List the documents about how everything stands: where each is published, and since when.

    \b
    heartbeat documents
    heartbeat documents show
    heartbeat documents check --strict
    heartbeat documents write --to public
    """
    if ctx.invoked_subcommand is not None:
        if as_json is not None:
            raise UsageProblem("--json or --table: write it behind the subcommand, if at all")
        return
    from heartbeat_assets.objectives.operations_file import the_operations
    from heartbeat_assets.objectives.publishing import DOCUMENTS, places_of

    settings = load_settings()
    spec = the_operations(settings).spec
    places = [(name, place, _published_at(place)) for name in DOCUMENTS for place in places_of(settings, spec, name)]
    records = [{"document": name, "path": str(place), "published_at": at} for name, place, at in places]
    rows = [[name, at or "not yet", str(place)] for name, place, at in places]
    emit({"documents": records}, lambda: table(["document", "published", "path"], rows), as_json)


@documents_command.command("show")
@click.option("--published", is_flag=True, help="The one that is published, not the one of now.")
def show_command(published: bool) -> None:
    """Print HEARTBEAT.md as it would be written now, in Markdown. It is published nowhere, and not looked through.

    \b
    heartbeat documents show
    heartbeat documents show --published | diff - <(heartbeat documents show)
    """
    from heartbeat_assets.objectives.publishing import HEARTBEAT_DOCUMENT, HEARTBEAT_MD, made_of, published_path

    settings = load_settings()
    if not published:
        made = made_of(_snapshot(settings).operations, HEARTBEAT_DOCUMENT)
        click.echo(made.files[HEARTBEAT_MD].decode(), nl=False)
        return
    path = published_path(settings, HEARTBEAT_DOCUMENT)
    if not path.is_file():
        raise InputMissing(f"{path}: nothing is published yet; `heartbeat documents write` does it")
    click.echo(path.read_text(encoding="utf-8"), nl=False)


@documents_command.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--strict", is_flag=True, help="End with 4 when there is personal data.")
@json_option
def check_command(paths: tuple[Path, ...], strict: bool, as_json: bool | None) -> None:
    """Look for personal data in both documents as they would be written now, or in files and folders at PATH.

    What is found is named by place and kind, and begins with two letters at most.

    \b
    heartbeat documents check --strict
    heartbeat documents check HEARTBEAT.md public/status
    """
    from heartbeat_assets.objectives.operations_file import the_operations
    from heartbeat_assets.objectives.publishing import DOCUMENTS, made_of, personal_data_of

    settings = load_settings()
    records: list[Record] = []
    if paths:
        spec, files = the_operations(settings).spec, _files_at(paths)
        for path, content in files.items():
            records += _records(None, {path: personal_data_of(path, content, spec)})
        looked = len(files)
    else:
        seen = _snapshot(settings)
        made = [made_of(seen.operations, name) for name in DOCUMENTS]
        looked = sum(len(one.files) for one in made)
        records = [record for one in made for record in _records(one, one.personal_data(seen.spec))]
    emit({"files": looked, "findings": records}, lambda: _findings_text(looked, records), as_json)
    end(strict and bool(records))


@documents_command.command("write")
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write HEARTBEAT.md and the folder status_page here, and nowhere else.",
)
@json_option
def write_command(to: Path | None, as_json: bool | None) -> None:
    """Write both documents from what is known now, and publish them where Dagster does.

    Ends with 4 when there is personal data in one of them; then neither is published, and what was published before
    stays.

    \b
    heartbeat documents write
    heartbeat documents write --to public
    """
    from heartbeat_assets.objectives.publishing import (
        DOCUMENTS,
        HEARTBEAT_DOCUMENT,
        HEARTBEAT_MD,
        PersonalData,
        made_of,
        places_of,
        publish,
    )

    settings = load_settings()
    seen = _snapshot(settings)
    made = [made_of(seen.operations, name) for name in DOCUMENTS]
    for one in made:
        found = one.personal_data(seen.spec)
        if found:
            raise PersonalData(one, found)
    written: list[Record] = []
    for one in made:
        name = HEARTBEAT_MD if one.name == HEARTBEAT_DOCUMENT else one.name
        places = [to.absolute() / name] if to else places_of(settings, seen.spec, one.name)
        publish(one, seen.spec, places)
        written += [{"document": one.name, "path": str(place), "files": len(one.files)} for place in places]
    rows = [[record["document"], str(record["files"]), record["path"]] for record in written]
    emit({"written": written}, lambda: table(["document", "files", "path"], rows), as_json)


def _snapshot(settings: Settings) -> Snapshot:
    from heartbeat_assets.objectives.operations_now import snapshot
    from heartbeat_assets.objectives.publishing import ledger_of

    return snapshot(settings, ledger_of(settings))


def _published_at(place: Path) -> str | None:
    """When what is there was written; of a site, its first page."""
    file = place / "index.html" if place.is_dir() else place
    if not file.is_file():
        return None
    return datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat(timespec="seconds")


def _files_at(paths: Sequence[Path]) -> dict[str, bytes]:
    """Every file at `paths`, those of folders too. Raises InputMissing and HeartbeatError."""
    found: dict[str, bytes] = {}
    for path in paths:
        if not path.exists():
            raise InputMissing(f"{path}: is not there")
        files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        for file in files:
            try:
                found[str(file)] = file.read_bytes()
            except OSError as problem:
                raise HeartbeatError(f"{file}: cannot be read: {problem.strerror or problem}") from problem
    return found


def _records(document: Document | None, findings: Findings) -> list[Record]:
    named = {} if document is None else {"document": document.name}
    return [
        {**named, "file": path, "line": one.line, "column": one.column, "kind": one.kind, "begins": one.masked}
        for path, several in findings.items()
        for one in several
    ]


def _findings_text(looked: int, records: list[Record]) -> str:
    files = f"{looked:,} file{'s' * (looked != 1)}"
    if not records:
        return f"No personal data in {files}."
    rows = [[f"{one['file']}:{one['line']}:{one['column']}", one["begins"], one["kind"]] for one in records]
    return f"Personal data in {files}: {len(records):,} found.\n\n" + table(["place", "begins", "kind"], rows)
