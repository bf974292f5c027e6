"""`heartbeat metrics set`, `verify` and `unverify`: what people decide about a metric, each with who and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from heartbeat_assets.cli.actor import actor_option, the_actor, the_reason, why_option
from heartbeat_assets.cli.metrics.common import metric_argument, the_registry
from heartbeat_assets.cli.metrics.words import status_words
from heartbeat_assets.cli.output import emit, json_option, wrapped
from heartbeat_assets.errors import UsageProblem

_FIELDS = ("owner", "norm_value", "alert_value", "recovery_value", "target_due_date")


@click.command("set")
@metric_argument
@click.option("--owner", metavar="EMAIL", help="Who stands behind the number.")
@click.option("--norm-value", type=float, metavar="NUMBER", help="Beyond it the metric is amber.")
@click.option("--alert-value", type=float, metavar="NUMBER", help="Beyond it the metric is red.")
@click.option("--recovery-value", type=float, metavar="NUMBER", help="Where a breach ends once it has begun.")
@click.option("--target-due-date", metavar="DATE", help="By when it is to be green, as 2026-06-30.")
@click.option("--clear", "cleared", multiple=True, type=click.Choice(_FIELDS), help="Take this away; may be repeated.")
@actor_option
@why_option
@json_option
def set_command(
    metric_id: str,
    cleared: tuple[str, ...],
    as_person: str | None,
    why: str | None,
    as_json: bool | None,
    **given: str | float | None,
) -> None:
    """Set what people decide about the metric ID: owner, thresholds, due date. Each change is kept for ever.

    \b
    heartbeat metrics set answered_sessions --owner ana@example.org --why "she runs the answers"
    heartbeat metrics set answered_sessions --alert-value 0.65 --why "as agreed in May"
    """
    changes: dict[str, Any] = {field: value for field, value in given.items() if value is not None}
    twice = sorted(set(changes) & set(cleared))
    if twice:
        raise UsageProblem(f"--clear {twice[0]}: is given a value as well; leave one of the two out")
    changes |= dict.fromkeys(cleared)
    if not changes:
        raise UsageProblem(f"nothing to set; give {', '.join(map(_option, _FIELDS))} or --clear FIELD")
    _change(metric_id, changes, as_person, why, as_json)


@click.command("verify")
@metric_argument
@actor_option
@why_option
@json_option
def verify_command(metric_id: str, as_person: str | None, why: str | None, as_json: bool | None) -> None:
    """Say that the number of the metric ID is right. It needs an owner; from then on its checks may block.

    A change of its query or of its sources' columns takes this back by itself.

    \b
    heartbeat metrics verify answered_sessions --why "agrees with the weekly report"
    """
    _change(metric_id, {"verification_state": "verified"}, as_person, why, as_json)


@click.command("unverify")
@metric_argument
@actor_option
@why_option
@json_option
def unverify_command(metric_id: str, as_person: str | None, why: str | None, as_json: bool | None) -> None:
    """Take the verification of the metric ID back: from then on its checks only warn.

    \b
    heartbeat metrics unverify answered_sessions --why "answers are counted twice"
    """
    _change(metric_id, {"verification_state": "unverified"}, as_person, why, as_json)


def _change(
    name: str, changes: Mapping[str, Any], as_person: str | None, why: str | None, as_json: bool | None
) -> None:
    from heartbeat_assets.metrics.changes import change_metric
    from heartbeat_assets.metrics.document import metric_document, metric_now

    registry = the_registry()
    actor, reason = the_actor(as_person, registry.settings), the_reason(why)
    file = registry.file(registry.metric_id(name))
    registry.synced(actor)
    before = registry.store.row(file.metric_id)
    change_metric(
        registry.store, file.metric_id, changes,
        actor=actor, reason=reason, verify_every=file.header.verify_every_duration,
    )  # fmt: skip
    after = registry.store.row(file.metric_id)
    document = metric_document(metric_now(registry.catalog, registry.store, file.metric_id))
    changed = [field for field in (*_FIELDS, "verification_state", "verified_until") if _differs(before, after, field)]
    document = {**document, "changed": changed, "actor": actor.name, "reason": reason}

    def people() -> str:
        if not changed:
            return f"Nothing has changed: {file.metric_id} is like that already."
        told = ", ".join(f"{field} {_shown(getattr(after, field))}" for field in changed)
        state = status_words("ok") if document["verification_state"] == "verified" else status_words("unverified")
        return wrapped(f"{file.metric_id}: {told}. {state}".replace("ok", "verified"))

    emit(document, people, as_json)


def _differs(before: object, after: object, field: str) -> bool:
    return getattr(before, field, None) != getattr(after, field, None)


def _shown(value: object) -> str:
    return "taken away" if value is None else str(value)


def _option(field: str) -> str:
    return f"--{field.replace('_', '-')}"
