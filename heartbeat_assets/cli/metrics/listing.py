"""`heartbeat metrics list`: what every metric is now, the worst first. It reads and changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from heartbeat_assets.cli.metrics.common import Registry, the_registry
from heartbeat_assets.cli.metrics.words import Document, age_words, problem_line, short, status_words, value_words
from heartbeat_assets.cli.output import emit, json_option, table, wrapped
from heartbeat_assets.errors import UsageProblem

_STATUSES = ("red", "amber", "green", "no_data")
# Together with the other columns these fill the 100 columns of a terminal.
_NAME, _VALUE, _OWNER = 22, 16, 14


@click.command("list")
@click.option("--service", metavar="NAME", help="Only those of this service.")
@click.option("--status", "statuses", multiple=True, type=click.Choice(_STATUSES), help="Only these; may be repeated.")
@click.option("--owner", metavar="EMAIL", help="Only those of this owner; `none` for those without one.")
@click.option("--unverified", is_flag=True, help="Only those that nobody has verified.")
@click.option("--retired", is_flag=True, help="The retired ones, in place of the others.")
@json_option
def list_command(
    service: str | None,
    statuses: tuple[str, ...],
    owner: str | None,
    unverified: bool,
    retired: bool,
    as_json: bool | None,
) -> None:
    """List the metrics, worst first: value, status, owner, whether verified, and how old the sources were.

    \b
    heartbeat metrics
    heartbeat metrics list --status red --status amber --owner none
    """
    from heartbeat_assets.metrics.document import metric_document, metrics_now

    registry = the_registry()
    if service is not None and service not in registry.catalog.services:
        raise UsageProblem(f"--service {service}: there is {', '.join(registry.catalog.services) or 'none'}")
    documents = [
        metric_document(one)
        for one in metrics_now(registry.catalog, registry.store)
        if one.retired == retired
        and service in (None, one.service)
        and (not statuses or one.status in statuses)
        and not (unverified and one.verified)
    ]
    if owner is not None:
        wanted = None if owner == "none" else owner
        documents = [document for document in documents if document["owner"] == wanted]
    emit(documents, lambda: _people(documents, registry), as_json)


def _people(documents: list[Document], registry: Registry) -> str:
    problems = [problem_line(problem) for problem in registry.catalog.problems]
    if not documents:
        there = registry.catalog.files or registry.rows
        said = "No metric is like that." if there else (
            f"There is no metric below {registry.settings.defs} yet. Make one with: heartbeat metrics new my_metric"
        )  # fmt: skip
        return "\n\n".join([wrapped(said), *problems])
    now = datetime.now(UTC)
    header = ["code", "name", "value", "status", "owner", "verified", "source age"]
    blocks = [table(header, [_listed(document, now) for document in documents]), *problems]
    waiting = [one["metric_id"] for one in documents if not one["registered"] and not one["retired"]]
    if waiting:
        blocks.append(wrapped(f"Not registered yet: {', '.join(waiting)}. Next: heartbeat metrics compute"))
    blocks.append(_totals(documents))
    return "\n\n".join(blocks)


def _listed(document: Document, now: datetime) -> list[str]:
    fresh = age_words(document["source_as_of"], now)
    return [
        document["code"] or "",
        short(document["name"] or document["metric_id"], _NAME),
        short(value_words(document["value"], document["unit"]), _VALUE),
        status_words("retired" if document["retired"] else document["status"]),
        short(document["owner"] or "no owner", _OWNER),
        document["verification_state"].replace("unverified", "no").replace("verified", "yes"),
        fresh or ("undated" if document["value"] is not None else ""),
    ]


def _totals(documents: list[Document]) -> str:
    if documents[0]["retired"]:
        return f"{len(documents):,} retired; their history can be read."
    counts = [(sum(one["status"] == status for one in documents), status) for status in _STATUSES]
    told = ", ".join(f"{count:,} {status_words(status)}" for count, status in counts if count)
    verified = sum(one["verification_state"] == "verified" for one in documents)
    return f"{len(documents):,} metric{'s' * (len(documents) != 1)}: {told}; {verified:,} verified."
