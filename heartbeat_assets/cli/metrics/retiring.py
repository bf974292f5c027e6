"""`heartbeat metrics retire`: a metric taken out by a person, who says why. Its past stays and can be read."""

from __future__ import annotations

import click

from heartbeat_assets.cli.actor import actor_option, the_actor, the_reason, why_option
from heartbeat_assets.cli.metrics.common import metric_argument, the_registry
from heartbeat_assets.cli.output import emit, json_option, wrapped
from heartbeat_assets.errors import HeartbeatError


@click.command("retire")
@metric_argument
@actor_option
@why_option
@json_option
def retire_command(metric_id: str, as_person: str | None, why: str | None, as_json: bool | None) -> None:
    """Retire the metric ID: record who did and why, then remove its file. Its values and audit trail stay for ever.

    The id is never used again. The text of the query is not in the ledger, only its hash: the file can be had back
    from version control.

    \b
    heartbeat metrics retire answered_sessions --why "replaced by answered_sessions_7d"
    """
    from heartbeat_assets.metrics.registry import retire_metric

    registry = the_registry()
    actor, reason = the_actor(as_person, registry.settings), the_reason(why)
    file = registry.file(registry.metric_id(metric_id))
    registry.synced(actor)
    state = retire_metric(registry.store, file.metric_id, actor=actor, reason=reason)
    # The event first: a file without a metric is refused, but a metric without a file would lose the reason.
    try:
        file.path.unlink(missing_ok=True)
    except OSError as problem:
        raise HeartbeatError(
            f"{file.metric_id} is retired, but {file.path} cannot be removed ({problem.strerror}): remove it"
        ) from problem
    document = {
        "metric_id": file.metric_id,
        "actor": actor.name,
        "reason": reason,
        "at": state.changed_at.isoformat(timespec="seconds"),
        "file_removed": str(file.path),
        "sql_hash": file.sql_hash,
    }
    said = (
        f"{file.metric_id} is retired and {file.path} is removed. Its values and its audit trail stay: heartbeat "
        f"metrics show {file.metric_id}. The query's text is not in the ledger, only its hash {file.sql_hash[:12]}; "
        "version control has the file."
    )
    emit(document, lambda: wrapped(said), as_json)
