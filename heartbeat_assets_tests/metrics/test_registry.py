"""Tests of registry: the ledger kept in line with the files, and what is left to people."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from heartbeat_assets.ledger import LedgerError, MetricEvent, MetricRow, MetricStore, NewMetricEvent, StaleMetric
from heartbeat_assets.metrics.changes import FieldProblem, UnknownMetric, change_metric
from heartbeat_assets.metrics.metric_file import MetricFile
from heartbeat_assets.metrics.registry import SyncReport, differences, retire_metric, sync
from heartbeat_assets.metrics.state import MetricState, state_of
from heartbeat_assets_tests.ledger.test_processes import finish, start
from heartbeat_assets_tests.metrics.projects import PERSON, PROGRAM, SERVICE, MetricsProject
from heartbeat_assets_tests.metrics.sync_worker import sync_at_once

ANA = "ana@example.org"
WRITES = ("append_events", "append_events_of_many", "append_values", "append_benchmarks")


def synced(shop: MetricsProject, store: MetricStore, now: datetime | None = None) -> SyncReport:
    return sync(shop.catalog, store, actor=PROGRAM, now=now)


def row(store: MetricStore, metric_id: str = "orders_total") -> MetricRow:
    found = store.row(metric_id)
    assert found is not None
    return found


def state(store: MetricStore, metric_id: str = "orders_total") -> MetricState:
    return state_of(row(store, metric_id))


def newest(store: MetricStore, count: int, metric_id: str = "orders_total") -> list[tuple[str, str | None, str]]:
    events: list[MetricEvent] = store.events(metric_id)[-count:]
    return [(event.field, event.after, event.reason) for event in events]


def verified(shop: MetricsProject, store: MetricStore, **how: Any) -> MetricFile:
    """The metric `orders_total`, registered and verified."""
    shop.write_metric("orders_total")
    synced(shop, store)
    changes = {"owner": ANA, "verification_state": "verified"}
    change_metric(store, "orders_total", changes, actor=PERSON, reason="counted", **how)
    assert state(store).verified
    return shop.file("orders_total")


def test_putting_a_file_there_registers_its_metric(shop: MetricsProject, store: MetricStore) -> None:
    shop.write_metric("orders_total", recovery_value="0.9")
    report = synced(shop, store)

    assert (report.registered, report.retired, report.changed, report.refused) == (["orders_total"], [], {}, [])
    file = shop.file("orders_total")
    found = row(store)
    assert (found.service, found.sql_hash, found.direction) == ("shop", file.sql_hash, "higher_is_better")
    assert (found.norm_value, found.alert_value, found.recovery_value) == (0.85, 0.7, 0.9)
    assert (found.registration, found.verification_state, found.owner) == ("registered", "unverified", None)
    events = store.events("orders_total")
    assert {(event.actor, event.actor_kind, event.via) for event in events} == {("registry", "program", "dagster")}
    reasons = {event.field: event.reason for event in events}
    assert reasons["registration"] == "registered from defs/shop/metrics/orders_total.sql"
    assert reasons["norm_value"] == "provisional, from defs/shop/metrics/orders_total.sql"


def test_nothing_is_written_when_nothing_changed(
    shop: MetricsProject, store: MetricStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.write_metric("orders_total")
    shop.write_metric("other")
    synced(shop, store)
    for name in WRITES:
        monkeypatch.delattr(MetricStore, name)
    assert synced(shop, store) == SyncReport()


def test_thresholds_in_the_file_are_taken_once_and_then_only_compared(shop: MetricsProject, store: MetricStore) -> None:
    shop.write_metric("orders_total")
    synced(shop, store)
    assert differences(shop.file("orders_total"), state(store)) == []
    change_metric(store, "orders_total", {"norm_value": 0.8}, actor=PERSON, reason="agreed")

    shop.write_metric("orders_total", norm_value="0.95", alert_value=None, recovery_value="0.99")
    assert synced(shop, store) == SyncReport()
    assert (row(store).norm_value, row(store).alert_value, row(store).recovery_value) == (0.8, 0.7, None)
    assert differences(shop.file("orders_total"), state(store)) == [
        "norm_value: 0.8 is in force, the file has 0.95",
        "alert_value: 0.7 is in force, the file has none",
        "recovery_value: none is in force, the file has 0.99",
    ]


def test_a_removed_file_retires_its_metric_for_ever(shop: MetricsProject, store: MetricStore) -> None:
    path = shop.write_metric("orders_total")
    synced(shop, store)
    path.unlink()

    assert synced(shop, store).retired == ["orders_total"]
    assert newest(store, 1) == [("registration", "retired", "its file is gone: orders_total.sql of the service shop")]
    assert synced(shop, store) == SyncReport()
    assert len(store.events("orders_total")) == 8


def test_a_file_that_comes_back_is_refused_with_the_reason(shop: MetricsProject, store: MetricStore) -> None:
    shop.write_metric("orders_total")
    synced(shop, store)
    retire_metric(store, "orders_total", actor=PERSON, reason="counted twice")

    for _ in range(2):
        before = store.marks()
        report = synced(shop, store)
        assert (report.registered, report.changed, store.marks()) == ([], {}, before)
        [problem] = report.refused
        assert problem.file.endswith("defs/shop/metrics/orders_total.sql")
        day = row(store).changed_at
        assert problem.problems == [
            f"the metric 'orders_total' was retired on {day:%Y-%m-%d} by {ANA} (counted twice); an id is never used "
            "again: give the file another name, or remove it"
        ]


def test_a_file_with_a_mistake_is_no_removed_file(shop: MetricsProject, store: MetricStore) -> None:
    path = shop.write_metric("orders_total")
    synced(shop, store)
    for content in ("", "SELECT 1", "-- name: x\n", b"\xff"):
        shop.write("defs/shop/metrics/orders_total.sql", content)
        assert synced(shop, store) == SyncReport()
        assert shop.catalog.problems
    path.unlink()
    path.symlink_to("nowhere")
    assert synced(shop, store) == SyncReport()


def test_a_service_that_cannot_be_read_retires_nothing(shop: MetricsProject, store: MetricStore) -> None:
    shop.write_metric("orders_total")
    synced(shop, store)
    for yaml in ("type: [", SERVICE.replace("sources", "source"), SERVICE.replace("MetricService", "MetricServices")):
        shop.write_service("shop", yaml)
        assert synced(shop, store) == SyncReport()
    shop.settings.defs.rename(shop.folder / "elsewhere")
    assert synced(shop, store) == SyncReport()


def test_a_removed_service_retires_its_metrics(shop: MetricsProject, store: MetricStore) -> None:
    shop.write_service("web")
    shop.write_metric("visits", service="web")
    shop.write_metric("orders_total")
    synced(shop, store)
    shop.write_service("web", "type: heartbeat_assets.RunPruning\n")
    # Its files are there: perhaps the wrong line was changed, and retiring is for ever.
    assert synced(shop, store) == SyncReport()
    (shop.settings.defs / "web" / "metrics").rename(shop.folder / "web")
    assert synced(shop, store).retired == ["visits"]
    (shop.settings.defs / "shop").rename(shop.folder / "shop")
    assert synced(shop, store).retired == ["orders_total"]


def test_a_metric_may_move_to_another_service(shop: MetricsProject, store: MetricStore) -> None:
    shop.write_service("web")
    path = shop.write_metric("orders_total")
    synced(shop, store)
    target = shop.settings.defs / "web" / "metrics" / "orders_total.sql"
    target.parent.mkdir()

    # For a moment it is in both: then nobody can say which is meant.
    target.write_bytes(path.read_bytes())
    assert synced(shop, store) == SyncReport()
    path.unlink()
    report = synced(shop, store)
    assert report.changed == {"orders_total": ["its file is now defs/web/metrics/orders_total.sql"]}
    assert (row(store).service, report.retired) == ("web", [])


def test_a_changed_query_ends_the_verification_and_says_why(shop: MetricsProject, store: MetricStore) -> None:
    verified(shop, store, verify_every=timedelta(days=90))
    shop.write_metric("orders_total", "SELECT count(DISTINCT id) FROM orders")

    report = synced(shop, store)
    reason = "the query in defs/shop/metrics/orders_total.sql was changed"
    assert report.changed == {"orders_total": [reason]}
    assert newest(store, 3) == [
        ("sql_hash", shop.file("orders_total").sql_hash, reason),
        ("verification_state", "unverified", reason),
        ("verified_until", None, reason),
    ]
    assert state(store).owner == ANA
    assert synced(shop, store) == SyncReport()


def test_other_words_in_the_header_leave_the_verification_as_it_is(shop: MetricsProject, store: MetricStore) -> None:
    verified(shop, store)
    shop.write_metric(
        "orders_total", "\nSELECT count(*) AS value FROM orders  \n\n-- crosscheck:\nSELECT 1", name="New"
    )
    assert synced(shop, store) == SyncReport()
    assert state(store).verified


def test_another_direction_ends_the_verification_and_shows_what_no_longer_fits(
    shop: MetricsProject, store: MetricStore
) -> None:
    verified(shop, store)
    shop.write_metric("orders_total", direction="lower_is_better", norm_value="0.7", alert_value="0.85")

    report = synced(shop, store)
    assert report.changed == {"orders_total": ["defs/shop/metrics/orders_total.sql now says lower_is_better"]}
    assert not state(store).verified
    assert state(store).thresholds.direction == "lower_is_better"
    assert (row(store).norm_value, row(store).alert_value) == (0.85, 0.7)
    assert differences(shop.file("orders_total"), state(store))[2:] == [
        "alert_value: 0.7 is stricter than norm_value 0.85; where lower is better, alert_value is at least norm_value"
    ]


def test_a_verification_that_has_run_out_is_asked_for_again(shop: MetricsProject, store: MetricStore) -> None:
    at = datetime(2026, 2, 1, 12, tzinfo=UTC)
    verified(shop, store, verify_every=timedelta(days=30), now=at)

    assert synced(shop, store, now=at + timedelta(days=29, hours=23)) == SyncReport()
    report = synced(shop, store, now=at + timedelta(days=30))
    reason = "the verification was good until 2026-03-03 12:00 UTC; it is asked for again"
    assert report.changed == {"orders_total": [reason]}
    assert newest(store, 2) == [("verification_state", "unverified", reason), ("verified_until", None, reason)]


def test_a_verification_runs_out_while_the_file_is_wrong_too(shop: MetricsProject, store: MetricStore) -> None:
    at = datetime(2026, 2, 1, 12, tzinfo=UTC)
    verified(shop, store, verify_every=timedelta(days=30), now=at)
    shop.write("defs/shop/metrics/orders_total.sql", "broken")
    synced(shop, store, now=at + timedelta(days=31))
    assert not state(store).verified


def test_a_query_that_is_not_one_select_is_not_registered(shop: MetricsProject, store: MetricStore) -> None:
    shop.write_metric("two", "SELECT 1; SELECT 2")
    shop.write_metric("parameter", "SELECT $day")
    shop.write_metric("good")
    report = synced(shop, store)
    assert report.registered == ["good"]
    assert [problem.problems for problem in report.refused] == [
        ["line 12: the query: has the parameter $day; there is only $as_of, the instant of the value"],
        ["line 12: the query: there are 2 statements; write one SELECT"],
    ]


def test_a_metric_whose_code_is_anothers_is_not_registered_and_harms_no_other(
    shop: MetricsProject, store: MetricStore
) -> None:
    shop.write_metric("first", code="SAME")
    synced(shop, store)
    shop.write_metric("another", code="SAME")
    assert synced(shop, store) == SyncReport()
    assert list(store.rows()) == ["first"]
    assert row(store, "first").registration == "registered"


def test_an_old_catalog_changes_nothing_that_the_files_do_not_say(shop: MetricsProject, store: MetricStore) -> None:
    path = shop.write_metric("orders_total")
    old = shop.catalog
    shop.write_metric("later")
    synced(shop, store)
    # As a process would that read the files before another was written.
    assert sync(old, store, actor=PROGRAM).retired == []
    shop.write_metric("orders_total", "SELECT 2")
    synced(shop, store)
    before = store.marks()
    assert sync(old, store, actor=PROGRAM) == SyncReport()
    path.unlink()
    synced(shop, store)
    assert sync(old, store, actor=PROGRAM) == SyncReport()
    assert store.marks()[1] == before[1] + 1


def test_retiring_takes_a_reason_and_a_metric_that_is_there(shop: MetricsProject, store: MetricStore) -> None:
    shop.write_metric("orders_total")
    synced(shop, store)
    with pytest.raises(FieldProblem, match="reason: is required"):
        retire_metric(store, "orders_total", actor=PERSON, reason=" ")
    with pytest.raises(UnknownMetric):
        retire_metric(store, "other", actor=PERSON, reason="gone")
    assert retire_metric(store, "orders_total", actor=PERSON, reason="replaced by other").retired
    with pytest.raises(FieldProblem, match="was retired on"):
        retire_metric(store, "orders_total", actor=PERSON, reason="again")


def test_a_sync_touches_nothing_that_changed_since_it_looked(
    shop: MetricsProject, store: MetricStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = verified(shop, store)
    shop.write_metric("orders_total", "SELECT 2")
    append = MetricStore.append_events

    def after_somebody_else(self: MetricStore, metric_id: str, *args: Any, **how: Any) -> Any:
        monkeypatch.setattr(MetricStore, "append_events", append)
        append(self, metric_id, [NewMetricEvent("norm_value", "0.9", "tuned")], PERSON)
        return append(self, metric_id, *args, **how)

    monkeypatch.setattr(MetricStore, "append_events", after_somebody_else)
    assert synced(shop, store) == SyncReport()
    assert row(store).sql_hash == file.sql_hash
    assert list(synced(shop, store).changed) == ["orders_total"]


def test_a_registration_that_another_sync_made_first_is_left_alone(
    shop: MetricsProject, store: MetricStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.write_metric("orders_total")
    shop.write_metric("other")
    append = MetricStore.append_events_of_many

    def after_another_sync(self: MetricStore, *args: Any) -> int:
        monkeypatch.setattr(MetricStore, "append_events_of_many", append)
        registered = [NewMetricEvent("registration", "registered", "faster"), NewMetricEvent("norm_value", "1.0", "x")]
        self.append_events("orders_total", registered, PROGRAM)
        return append(self, *args)

    monkeypatch.setattr(MetricStore, "append_events_of_many", after_another_sync)
    assert synced(shop, store).registered == ["other"]
    assert row(store).norm_value == 1.0


def test_a_ledger_that_cannot_be_written_is_told(
    shop: MetricsProject, sqlite_store: MetricStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.write_metric("orders_total")

    def full(*_: Any, **__: Any) -> Any:
        raise LedgerError("the disk is full")

    monkeypatch.setattr(MetricStore, "append_events_of_many", full)
    monkeypatch.setattr(MetricStore, "append_events", full)
    with pytest.raises(LedgerError, match="the disk is full"):
        synced(shop, sqlite_store)


def test_syncs_at_once_record_everything_once(shop: MetricsProject, store: MetricStore) -> None:
    for number in range(20):
        shop.write_metric(f"m{number}", code=f"{number:04}")
    failures: list[Exception] = []

    def work() -> None:
        try:
            synced(shop, store)
        except (LedgerError, StaleMetric) as problem:
            failures.append(problem)

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    assert len(store.rows()) == 20
    assert store.marks()[1] == 20 * 7
    assert all(store.verify_metric(name).unbroken for name in store.rows())


def test_processes_that_sync_at_once_record_everything_once(
    shop: MetricsProject, store: MetricStore, ledger_url: str
) -> None:
    for number in range(20):
        shop.write_metric(f"m{number}", code=f"{number:04}")
    finish(*[start(sync_at_once, shop.folder, ledger_url) for _ in range(3)])
    assert store.marks()[1] == 20 * 7


def test_a_thousand_metrics_are_registered_in_one_transaction(
    shop: MetricsProject, store: MetricStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1000):
        shop.write_metric(f"m{number}", code=f"{number:04}")
    monkeypatch.delattr(MetricStore, "append_events")
    assert len(synced(shop, store).registered) == 1000
    assert len(store.rows()) == 1000
