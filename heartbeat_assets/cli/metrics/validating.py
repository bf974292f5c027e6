"""`heartbeat metrics validate`: an audit of one metric, printed and kept as a dated file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from heartbeat_assets.cli.common import end
from heartbeat_assets.cli.metrics.common import metric_argument, the_registry
from heartbeat_assets.cli.metrics.words import Document, status_words, value_words
from heartbeat_assets.cli.output import emit, json_option, progress, wrapped
from heartbeat_assets.errors import UsageProblem


@click.command("validate")
@metric_argument
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for it; default: docs/metric-audits."
)
@click.option("--tolerance", type=float, help="How far the crosscheck may be off, relatively; default 1e-9.")
@click.option("--strict", is_flag=True, help="End with 4 when the crosscheck differs or a source is stale.")
@json_option
def validate_command(
    metric_id: str, out: Path | None, tolerance: float | None, strict: bool, as_json: bool | None
) -> None:
    """Write a dated audit of the metric ID: is the number right, fresh, and what would red mean.

    The number is worked out now, and again by the file's `-- crosscheck:` query where it has one. Nothing is
    recorded: to say that the number is right is `heartbeat metrics verify`.

    \b
    heartbeat metrics validate answered_sessions
    heartbeat metrics validate answered_sessions --strict --tolerance 0.001 --json
    """
    from heartbeat_assets.metrics.validate import AUDITS, TOLERANCE, validate_metric, write_audit
    from heartbeat_assets.metrics.validation_text import audit_text

    allowed = TOLERANCE if tolerance is None else tolerance
    if not 0 <= allowed < 1:
        raise UsageProblem(f"--tolerance {tolerance}: must be from 0 up to 1; 0.001 is a tenth of a percent")
    registry, now = the_registry(), datetime.now(UTC)
    file = registry.file(registry.metric_id(metric_id))
    document = validate_metric(registry.catalog, file, registry.store, now, tolerance=allowed, progress=progress())
    folder = out if out is not None else registry.settings.project / AUDITS
    document["file"] = str(write_audit(audit_text(document), folder, file.metric_id, now))
    emit(document, lambda: _people(document), as_json)
    end(strict and bool(document["problems"]))


def _people(document: Document) -> str:
    unit, check = document["unit"], document["crosscheck"]
    lines = [f"{document['metric_id']} is {value_words(document['now']['value'], unit)} now."]
    if not check["made"]:
        lines.append("No crosscheck was made: its file has no `-- crosscheck:` query.")
    elif check["error"] is None:
        apart = f", {check['difference']:.6g} apart" if check["difference"] is not None else ""
        lines.append(f"The crosscheck says {value_words(check['value'], unit)}{apart}.")
    lines += [wrapped(f"{problem}.", "  ") for problem in document["problems"]]
    lines.append(f"{status_words('failed' if document['problems'] else 'ok')}  Audit: {document['file']}")
    return "\n".join(lines)
