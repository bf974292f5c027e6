"""The assets of a lane behind its sources: digest, heartbeat, compacted history, published report.

Each calls one function of the core and says what came of it in metadata. Nothing passes between assets but files and
the ledger, so that each can be run again by itself.
"""

import hashlib

import dagster as dg

from heartbeat_assets.components import metadata
from heartbeat_assets.components.asset_basics import (
    COMPACTED,
    DIGEST,
    HEARTBEAT,
    PUBLISHED,
    about,
    asset_key,
    failing_clearly,
)
from heartbeat_assets.components.lane_freshness import freshness_policy
from heartbeat_assets.components.lane_partitions import (
    backfilled_in_one_run,
    partitions_of,
    periods_of_run,
    when_checks_pass,
)
from heartbeat_assets.components.source_assets import source_asset_name
from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.lanes import outbox
from heartbeat_assets.lanes.compacting import compact_ledger, parity_of_ledger
from heartbeat_assets.lanes.compute import compute_digest, update_telemetry
from heartbeat_assets.lanes.digest_checks import asked
from heartbeat_assets.lanes.failing import failed_run, record_waiting
from heartbeat_assets.lanes.heartbeat import check_names
from heartbeat_assets.lanes.judging import blocked_since, judge_ledger
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.publish import may_publish, publish, published_report, publishing
from heartbeat_assets.lanes.sentences import minute_text, verdict_sentence
from heartbeat_assets.lanes.values import Document
from heartbeat_assets.lanes.window import Verdict
from heartbeat_assets.ledger import LedgerError

_PROBLEMS_SHOWN = 5


def digest_asset(lane: Lane) -> dg.AssetsDefinition:
    """The digest, with its own checks, which tell and never block: a bad digest is recorded first."""
    key = asset_key(lane, DIGEST)
    checks = [
        dg.AssetCheckSpec(name, asset=key, description=f"{asked(lane, name)} Tells, never blocks.")
        for name in check_names(lane.spec)
    ]

    @dg.asset(
        **about(lane, DIGEST, {"duckdb", "sql"}),
        deps=[asset_key(lane, source_asset_name(lane, source)) for source in lane.spec.sources],
        check_specs=checks,
        code_version=_code_version(lane),
        freshness_policy=freshness_policy(lane),
        partitions_def=partitions_of(lane),
        description=f"What the numbers are now: one row of `{lane.spec.digest_sql}`, held against its thresholds. "
        f"{lane.spec.description}".strip(),
    )
    def digest_of_lane(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with failing_clearly():
            digests = _digests(lane, context)
        return dg.MaterializeResult(
            metadata=metadata.of_digests(lane, digests),
            check_results=list(metadata.digest_check_results(lane, digests[-1])),
        )

    return backfilled_in_one_run(lane, digest_of_lane)


def _digests(lane: Lane, context: dg.AssetExecutionContext) -> list[Document]:
    """The digest of each period of the run (of all there is without periods), put down as waiting to be recorded.

    A period that can have none is recorded as a failed run, and the next one is tried; then HeartbeatError says which.
    """
    unread: HeartbeatError | None = None
    try:
        # Once more: a file may have come since, and one that cannot be read fails the digest, not its source.
        update_telemetry(lane, context.log.info)
    except HeartbeatError as problem:
        unread = problem
    digests: list[Document] = []
    problems: list[str] = []
    for period in periods_of_run(lane, context):
        try:
            if unread is not None:
                raise unread
            digests.append(compute_digest(lane, period=period, progress=context.log.info))
            outbox.put(lane, digests[-1])
        except HeartbeatError as problem:
            outbox.put(lane, failed_run(lane, problem, period=period))
            problems.append(f"{period.key}: {problem}" if period and len(context.partition_keys) > 1 else str(problem))
    if problems:
        # The heartbeat lies behind this step, which fails: what there is to record is recorded here.
        unrecorded = _unrecorded(lane, context.run.run_id)
        more = f"; and {len(problems) - _PROBLEMS_SHOWN} more" if len(problems) > _PROBLEMS_SHOWN else ""
        raise HeartbeatError("; ".join(problems[:_PROBLEMS_SHOWN]) + more + unrecorded)
    return digests


def _unrecorded(lane: Lane, run_id: str) -> str:
    """Records what waits; where the ledger is away, the end of a sentence that says so, which hides nothing else."""
    try:
        record_waiting(lane, dagster_run_id=run_id)
    except (HeartbeatError, LedgerError) as problem:
        return f"; and the failed run is not in the history yet: {problem}"
    return ""


def heartbeat_asset(lane: Lane) -> dg.AssetsDefinition:
    """Every digest not yet recorded, appended to the history; the window checks judge it afterwards."""

    @dg.asset(
        **about(lane, HEARTBEAT, {"postgres" if lane.settings.ledger_url.startswith("postgres") else "sqlite"}),
        deps=[asset_key(lane, DIGEST)],
        freshness_policy=freshness_policy(lane),
        partitions_def=partitions_of(lane),
        description="The append-only history: one row per digest, each carrying the hash of the one before.",
    )
    def heartbeat_of_lane(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with failing_clearly():
            reports = record_waiting(lane, dagster_run_id=context.run.run_id)
        refused = [report for report in reports if report["validation_errors"]]
        if refused:
            errors = ", ".join(refused[0]["validation_errors"])
            raise dg.Failure(
                f"The digest was not recorded: {errors}. It is kept in {outbox.refused_folder(lane)}.",
                allow_retries=False,
            )
        return dg.MaterializeResult(metadata=metadata.of_heartbeat(lane, reports))

    return backfilled_in_one_run(lane, heartbeat_of_lane)


def compacted_asset(lane: Lane) -> dg.AssetsDefinition:
    """The thinned history, with two checks: nothing that matters was dropped, and it agrees with the raw window."""
    key = asset_key(lane, COMPACTED)

    @dg.asset(
        **about(lane, COMPACTED, {"json"}),
        deps=[asset_key(lane, HEARTBEAT)],
        automation_condition=when_checks_pass(lane),
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
        **about(lane, PUBLISHED, {"markdown", "svg"}),
        deps=[asset_key(lane, HEARTBEAT)],
        automation_condition=when_checks_pass(lane),
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


def _code_version(lane: Lane) -> str:
    texts = [*lane.sql_files().values(), lane.spec.model_dump_json()]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]
