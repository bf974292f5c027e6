"""Tests of service_spec and service_file: what the defs.yaml of a service may say."""

from __future__ import annotations

import os
from datetime import date

import pytest

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.metrics.service_file import checked_service, service_spec_in
from heartbeat_assets_tests.metrics.projects import SERVICE, MetricsProject

SOURCES = {"orders": {"kind": "table", "path": "orders.csv"}}


def problems(**attributes: object) -> list[str]:
    with pytest.raises(SpecProblem) as raised:
        checked_service({"sources": SOURCES, **attributes}, "defs.yaml")
    return raised.value.problems


def test_a_service_needs_nothing_but_sources() -> None:
    spec = checked_service({"sources": SOURCES}, "defs.yaml")
    assert spec.sources["orders"].kind == "table"
    assert (spec.schedule.cron, spec.schedule.daily_cron, spec.schedule.enabled) == ("17 * * * *", "17 0 * * *", True)
    assert spec.schedule.benchmark_cron == "23 4 * * *"
    assert (spec.checks.within_alert, spec.checks.within_norm, spec.checks.fresh) == ("error", "error", "error")
    assert spec.history.start == date(2026, 1, 1)


def test_everything_may_be_given() -> None:
    spec = checked_service(
        {
            "description": "What people buy.",
            "owners": ["team:shop"],
            "sources": SOURCES,
            "schedule": {"cron": "5 * * * *", "enabled": False},
            "checks": {"within_norm": "warn"},
            "history": {"start": "2026-02-01"},
            "query_seconds": 5,
        },
        "defs.yaml",
    )
    assert (spec.schedule.cron, spec.schedule.enabled) == ("5 * * * *", False)
    assert (spec.checks.within_norm, spec.checks.fresh) == ("warn", "error")
    assert (spec.history.start, spec.query_seconds) == (date(2026, 2, 1), 5)


def test_mistakes_name_the_item() -> None:
    assert problems(shedule={}) == ["unknown field 'shedule'; did you mean 'schedule'?"]
    assert problems(checks={"fresh": "fatal"}) == ["checks.fresh: must be 'error' or 'warn', not 'fatal'"]
    assert problems(checks={"within_alarm": "warn"}) == [
        "checks: unknown field 'within_alarm'; did you mean 'within_alert'?"
    ]
    assert problems(schedule={"cron": "17 * * *"}) == [
        "schedule.cron: '17 * * *' has 4 fields; write five, for example '17 * * * *'"
    ]
    assert problems(history={"start": "soon"}) == ["history.start: must be a date such as 2026-01-01, not 'soon'"]
    assert problems(sources={}) == ["sources: must have at least one entry"]
    assert problems(query_seconds=0) == ["query_seconds: must be at least 1, not 0"]


def test_sources_are_not_called_like_the_assets_that_every_service_has() -> None:
    assert problems(sources={"registry": SOURCES["orders"], "a": SOURCES["orders"] | {"asset": "scorecard"}}) == [
        "sources.registry: 'registry' is taken: every service has registry, benchmark, scorecard; choose another",
        "sources.a: 'scorecard' is taken: every service has registry, benchmark, scorecard; choose another",
    ]


def test_a_service_may_stand_beside_a_lane(shop: MetricsProject) -> None:
    lane = "type: heartbeat_assets.HeartbeatLane\nattributes: {sources: {}}\n"
    for text in (f"{lane}---\n{SERVICE}", f"{SERVICE}---\n{lane}", f"---\n{SERVICE}---\n"):
        spec = service_spec_in(shop.write("defs/both/defs.yaml", text))
        assert spec is not None
        assert sorted(spec.sources) == ["events", "orders"]
        os.utime(shop.settings.defs / "both" / "defs.yaml", ns=(1, 1))
    assert service_spec_in(shop.write("defs/lane/defs.yaml", lane)) is None
    assert service_spec_in(shop.write("defs/empty/defs.yaml", "")) is None
    assert service_spec_in(shop.write("defs/long/defs.yaml", SERVICE.replace("assets.M", "assets.components.M")))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SERVICE.replace("MetricService", "MetricsService"), "did you mean 'heartbeat_assets.MetricService'?"),
        (f"{SERVICE}---\n{SERVICE}", "holds two services; put each into a folder of its own"),
        ("type: heartbeat_assets.MetricService\n", "attributes: must be a mapping of the service's settings"),
        (SERVICE + "schedule: {}\n", "schedule: stands beside `attributes`; indent it"),
        (
            SERVICE + "requirement: {}\n",
            "unknown field 'requirement' beside `attributes`; did you mean 'requirements'?",
        ),
        (SERVICE + "  x: [\n", "line 7, column 1: did not find expected node content"),
    ],
)
def test_what_is_no_service_is_told(shop: MetricsProject, text: str, said: str) -> None:
    with pytest.raises(SpecProblem) as raised:
        service_spec_in(shop.write("defs/x/defs.yaml", text))
    assert said in str(raised.value)


def test_a_changed_file_is_read_again(shop: MetricsProject) -> None:
    file = shop.write_service("again")
    assert service_spec_in(file) is service_spec_in(file)
    file.write_text(SERVICE.replace("orders:", "orders2:"))
    assert "orders2" in service_spec_in(file).sources  # type: ignore[union-attr]
    file.unlink()
    with pytest.raises(SpecProblem, match="cannot be read: No such file"):
        service_spec_in(file)
