"""The assets of a lane: sources, digest, heartbeat, compacted history, published report.

Each calls one function of the core and says what came of it in metadata. Nothing passes between assets but files and
the ledger, so that each can be run again by itself.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from heartbeat_assets.components import metadata
from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.lanes import outbox
from heartbeat_assets.lanes.compacting import compact_ledger, parity_of_ledger
from heartbeat_assets.lanes.compute import compute_digest, update_telemetry
from heartbeat_assets.lanes.heartbeat import check_names
from heartbeat_assets.lanes.inputs import read_document, resolve_inputs
from heartbeat_assets.lanes.judging import blocked_since, judge_ledger
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.publish import may_publish, publish, published_report, publishing
from heartbeat_assets.lanes.recording import append_to_ledger
from heartbeat_assets.lanes.sentences import minute_text, verdict_sentence
from heartbeat_assets.lanes.spec_sources import EventsSource
from heartbeat_assets.lanes.window import Verdict
from heartbeat_assets.ledger import LedgerError

DIGEST, HEARTBEAT, COMPACTED, PUBLISHED = "digest", "heartbeat", "heartbeat_compacted", "published"


def asset_key(lane: Lane, name: str) -> dg.AssetKey:
    """The key of the lane's asset `name`."""
    return dg.AssetKey([lane.name, name])


def source_asset_name(lane: Lane, source: str) -> str:
    """What the asset of `source` is called."""
    return lane.spec.sources[source].asset or source


def source_asset(lane: Lane, source: str) -> dg.AssetsDefinition:
    """The asset of one source: telemetry read into Parquet, or a document looked at."""
    events = isinstance(lane.spec.sources[source], EventsSource)
    body = _read_telemetry if events else _look_at_document

    @dg.asset(
        **_about(lane, source_asset_name(lane, source), {"parquet", "duckdb"} if events else {"json"}),
        description=f"{lane.spec.sources[source].description} Read from `{lane.spec.sources[source].path}`.".strip(),
    )
    def source_of_lane(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with failing_clearly():
            return body(lane, source, context)

    return source_of_lane


def digest_asset(lane: Lane) -> dg.AssetsDefinition:
    """The digest, with its own checks, which tell and never block: a bad digest is recorded first."""
    key = asset_key(lane, DIGEST)
    checks = [
        dg.AssetCheckSpec(name, asset=key, description=metadata.digest_check_sentence(lane, name))
        for name in check_names(lane.spec)
    ]

    @dg.asset(
        **_about(lane, DIGEST, {"duckdb", "sql"}),
        deps=[asset_key(lane, source_asset_name(lane, source)) for source in lane.spec.sources],
        check_specs=checks,
        code_version=_code_version(lane),
        description=f"What the numbers are now: one row of `{lane.spec.digest_sql}`, held against its thresholds. "
        f"{lane.spec.description}".strip(),
    )
    def digest_of_lane(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with failing_clearly():
            digest = compute_digest(lane, progress=context.log.info)
            outbox.put(lane, digest)
        return dg.MaterializeResult(
            metadata=metadata.of_digest(lane, digest),
            check_results=list(metadata.digest_check_results(lane, digest)),
        )

    return digest_of_lane


def heartbeat_asset(lane: Lane) -> dg.AssetsDefinition:
    """Every digest not yet recorded, appended to the history; the window checks judge it afterwards."""

    @dg.asset(
        **_about(lane, HEARTBEAT, {"postgres" if lane.settings.ledger_url.startswith("postgres") else "sqlite"}),
        deps=[asset_key(lane, DIGEST)],
        description="The append-only history: one row per digest, each carrying the hash of the one before.",
    )
    def heartbeat_of_lane(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with failing_clearly():
            run_id = context.run.run_id
            reports = outbox.record_all(
                lane, lambda digest: append_to_ledger(lane, digest, now=datetime.now(UTC), dagster_run_id=run_id)
            )
        refused = [report for report in reports if report["validation_errors"]]
        if refused:
            errors = ", ".join(refused[0]["validation_errors"])
            raise dg.Failure(
                f"The digest was not recorded: {errors}. It is kept in {outbox.refused_folder(lane)}.",
                allow_retries=False,
            )
        return dg.MaterializeResult(metadata=metadata.of_heartbeat(lane, reports))

    return heartbeat_of_lane


def compacted_asset(lane: Lane) -> dg.AssetsDefinition:
    """The thinned history, with two checks: nothing that matters was dropped, and it agrees with the raw window."""
    key = asset_key(lane, COMPACTED)

    @dg.asset(
        **_about(lane, COMPACTED, {"json"}),
        deps=[asset_key(lane, HEARTBEAT)],
        automation_condition=_when_checks_pass(),
        check_specs=[
            dg.AssetCheckSpec("compaction", asset=key, description="Thinning kept every incident and the newest row."),
            dg.AssetCheckSpec("parity", asset=key, description="The newest raw rows agree with the compacted history."),
        ],
        description="The history with every incident kept for ever and uneventful rows thinned out. "
        "The ledger keeps all rows; this file is derived from it.",
    )
    def compacted_history_of_lane() -> dg.MaterializeResult:
        with failing_clearly():
            compaction = compact_ledger(lane)
            # Of the same moment: another run may have appended since.
            parity = parity_of_ledger(lane, until_place=compaction["newest_place"])
        return dg.MaterializeResult(
            metadata=metadata.of_compaction(lane, compaction),
            check_results=[
                metadata.compaction_check(key, compaction),
                metadata.parity_check(key, parity),
            ],
        )

    return compacted_history_of_lane


def published_asset(lane: Lane) -> dg.AssetsDefinition:
    """The last known-good report. Asks the ledger itself, since a check of an earlier run blocks nothing here."""

    @dg.asset(
        **_about(lane, PUBLISHED, {"markdown", "svg"}),
        deps=[asset_key(lane, HEARTBEAT)],
        automation_condition=_when_checks_pass(),
        description="The last report whose verdict allowed publishing: JSON, Markdown and a badge. "
        "A bad verdict leaves the one before in place.",
    )
    def published_report_of_lane() -> dg.MaterializeResult:
        # Judged with the lock held: of two runs at once, the later to publish has seen the newer history.
        with failing_clearly(), publishing(lane):
            verdict = judge_ledger(lane)
            if not may_publish(verdict):
                raise dg.Failure(_blocked_sentence(lane, verdict), allow_retries=False)
            digest = outbox.digest_of_newest(lane, verdict)
            folder = publish(lane, digest, verdict)
        return dg.MaterializeResult(metadata=metadata.of_published(lane, folder, digest, verdict))

    return published_report_of_lane


def _blocked_sentence(lane: Lane, verdict: Verdict) -> str:
    """What is wrong, since when nothing may be published, and what stays published."""
    since = blocked_since(lane)
    before = published_report(lane)
    what = verdict_sentence(lane.spec, verdict).removesuffix(".") + (f" since {minute_text(since)}" if since else "")
    if before is None:
        return f"{what}. Nothing is published yet."
    return f"{what}. The report of {minute_text(before['digest']['generated_at'])} stays published."


def _about(lane: Lane, name: str, kinds: set[str]) -> dict[str, Any]:
    return {
        "key": asset_key(lane, name),
        "group_name": lane.name,
        "owners": lane.spec.owners or None,
        "kinds": kinds,
        "tags": {"heartbeat/lane": lane.name},
    }


def _when_checks_pass() -> dg.AutomationCondition[Any]:
    return dg.AutomationCondition.eager() & dg.AutomationCondition.all_deps_blocking_checks_passed()


def _read_telemetry(lane: Lane, source: str, context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    reports = update_telemetry(lane, context.log.info, only=source)
    return dg.MaterializeResult(metadata=metadata.of_telemetry(lane, source, reports.get(source)))


def _look_at_document(lane: Lane, source: str, context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    path = resolve_inputs(lane).get(source)
    document = read_document(source, path) if path else None
    return dg.MaterializeResult(metadata=metadata.of_document(path, document))


def _code_version(lane: Lane) -> str:
    texts = [lane.digest_sql(), lane.rollup_sql() or "", lane.spec.model_dump_json()]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]


class failing_clearly:
    """Turns an error a person can mend into a step failure that says just that, without a retry."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, problem: BaseException | None, trace: Any) -> None:
        if isinstance(problem, HeartbeatError | LedgerError):
            raise dg.Failure(str(problem), allow_retries=False) from problem
