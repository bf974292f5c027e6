"""`heartbeat verify`: proof that a lane's history, a metric's audit trail or the journal is whole.

It must not know what a history, an audit trail or a decision says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from heartbeat_assets.cli.common import end, the_lane
from heartbeat_assets.cli.output import emit, json_option, wrapped
from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.settings import load_settings

if TYPE_CHECKING:
    from heartbeat_assets.ledger import Verification


@click.command("verify")
@click.argument("name", metavar="[LANE|METRIC|STREAM/SUBJECT]", required=False)
@click.option("--metrics", "all_metrics", is_flag=True, help="The audit trails of all metrics, retired ones too.")
@click.option("--journal", "whole_journal", is_flag=True, help="All chains of the journal, and its numbers.")
@click.option("--head", help="A head hash written down earlier, which must still be in the chain.")
@json_option
def verify_command(
    name: str | None, all_metrics: bool, whole_journal: bool, head: str | None, as_json: bool | None
) -> None:
    """Prove that LANE's history, METRIC's audit trail, or what the journal says of a subject, is unbroken: every row
    carries the hash of the one before.

    Write the head hash down elsewhere and give it later as --head: only that shows rows cut off at the end. Ends
    with 4 when a chain is broken.

    \b
    heartbeat verify citizen_product
    heartbeat verify switch/WHOLESALE
    heartbeat verify --metrics
    heartbeat verify --journal
    """
    if all_metrics or whole_journal:
        if name is not None or head is not None or (all_metrics and whole_journal):
            raise UsageProblem(f"--{'metrics' if all_metrics else 'journal'} is about all of them; give it alone")
        if all_metrics:
            _verify_metrics(as_json)
        else:
            _verify_journal(as_json)
        return
    if name is None:
        raise UsageProblem("name a lane, a metric or a STREAM/SUBJECT of the journal, or give --metrics or --journal")
    report = _journal_chain(name, head) if "/" in name else _verified(name, head)
    rows = "rows" if "lane" in report else "events"
    sentence = f"{report['entries']:,} {rows}, the chain is {_state(report)}."
    emit(report, lambda: f"{wrapped(sentence)}\nhead {report['head_hash']}", as_json)
    end(not report["unbroken"])


def _verified(name: str, head: str | None) -> dict[str, Any]:
    """What is found of the lane called `name`, or else of the metric. Raises UsageProblem when there is neither."""
    from heartbeat_assets.lanes.transfer import verify_lane
    from heartbeat_assets.metrics.audit_trail import audit_trails, verify_trail

    try:
        lane = the_lane(name)
    except UsageProblem as problem:
        report = verify_trail(load_settings(), name, head)
        if report is not None:
            return report
        if not audit_trails(load_settings()):
            raise
        raise UsageProblem(f"{problem}; nor is there a metric of that id") from None
    return verify_lane(lane, head)


def _verify_metrics(as_json: bool | None) -> None:
    from heartbeat_assets.metrics.audit_trail import verify_trails

    reports = verify_trails(load_settings())
    broken = [report for report in reports if not report["unbroken"]]
    document = {
        "metrics": len(reports),
        "events": sum(report["entries"] for report in reports),
        "unbroken": not broken,
        "trails": reports,
    }

    def people() -> str:
        said = f"{len(reports):,} audit trails of metrics, {document['events']:,} events: "
        lines = [f"{report['metric_id']}: {_state(report)}" for report in broken]
        return "\n".join(map(wrapped, [f"{said}{len(broken) or 'none'} broken.", *lines]))

    emit(document, people, as_json)
    end(bool(broken))


def _journal_chain(name: str, head: str | None) -> dict[str, Any]:
    """What is found of the subject called `name`, as switch/WHOLESALE. Raises UsageProblem when there is none."""
    from heartbeat_assets.ledger import open_ledger

    journal = open_ledger(load_settings().ledger_url).journal
    stream, _, subject = name.partition("/")
    report = _chain(stream, subject, journal.verify(stream, subject, noted_head=head))
    if report["entries"] or not report["unbroken"]:
        return report
    known = [f"{stream}/{subject}" for stream in journal.streams() for subject in journal.subjects(stream)]
    raise UsageProblem(f"the journal has nothing of {name}; it has {', '.join(known[:20]) or 'nothing at all'}")


def _verify_journal(as_json: bool | None) -> None:
    from heartbeat_assets.ledger import open_ledger

    journal = open_ledger(load_settings().ledger_url).journal
    chains = [
        _chain(stream, subject, journal.verify(stream, subject))
        for stream in journal.streams()
        for subject in journal.subjects(stream)
    ]
    broken = [chain for chain in chains if not chain["unbroken"]]
    missing = journal.first_missing()
    document = {
        "events": sum(chain["entries"] for chain in chains),
        "unbroken": not broken and missing is None,
        "missing": missing,
        "chains": chains,
    }

    def people() -> str:
        said = f"{len(chains):,} chains of the journal, {document['events']:,} events: {len(broken) or 'none'} broken."
        lines = [f"{chain['stream']}/{chain['subject']}: {_state(chain)}" for chain in broken]
        if missing is not None:
            lines.append(f"Number {missing} is missing: an event, or all of a subject, was taken out.")
        return "\n".join(map(wrapped, [said, *lines]))

    emit(document, people, as_json)
    end(not document["unbroken"])


def _chain(stream: str, subject: str, found: Verification) -> dict[str, Any]:
    return {
        "stream": stream,
        "subject": subject,
        "unbroken": found.unbroken,
        "entries": found.entries,
        "head_hash": found.head_hash,
        "broken_at": found.broken_at,
        "reason": found.reason,
    }


def _state(report: dict[str, Any]) -> str:
    return "unbroken" if report["unbroken"] else f"BROKEN at row {report['broken_at']}: {report['reason']}"
