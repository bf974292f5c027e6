"""Tests of service: a service as it stands on disk."""

from __future__ import annotations

import pytest

from heartbeat_assets.errors import SpecProblem, UsageProblem
from heartbeat_assets.metrics.service import find_service, find_services
from heartbeat_assets.sources.owner import SourceOwner
from heartbeat_assets_tests.metrics.projects import MetricsProject, metric_text


def test_a_service_is_called_as_its_folder_and_knows_where_its_files_are(shop: MetricsProject) -> None:
    service = find_service(shop.settings, "shop")
    assert (service.name, service.kind) == ("shop", "service")
    assert service.home == shop.settings.home / "services" / "shop"
    assert service.metrics_folder == shop.settings.defs / "shop" / "metrics"
    assert service.source_path("orders") == shop.folder / "data" / "orders.csv"
    assert sorted(service.sources) == ["events", "orders"]


def test_a_service_is_an_owner_of_sources(shop: MetricsProject) -> None:
    shop.write_metric("orders_total")
    shop.write("defs/shop/metrics/.hidden.sql", "x")
    owner: SourceOwner = find_service(shop.settings, "shop")
    assert owner.sql_files() == {"metrics/orders_total.sql": metric_text(code="ORDE")}
    shop.write("defs/shop/metrics/wrong.sql", b"\xff")
    with pytest.raises(SpecProblem, match=r"wrong\.sql: cannot be read: not UTF-8 text"):
        owner.sql_files()


def test_services_are_found_in_folders_of_any_depth(shop: MetricsProject) -> None:
    shop.write_service("deep/er/web")
    shop.write("defs/lane/defs.yaml", "type: heartbeat_assets.HeartbeatLane\n")
    assert sorted(find_services(shop.settings)) == ["shop", "web"]


def test_a_service_that_is_not_there_is_told_with_those_that_are(shop: MetricsProject) -> None:
    with pytest.raises(UsageProblem, match="no service 'shops'; there is shop"):
        find_service(shop.settings, "shops")


def test_two_services_cannot_have_one_name(shop: MetricsProject) -> None:
    shop.write_service("deep/shop")
    with pytest.raises(SpecProblem, match=r"a service called 'shop' is there already, .*; rename the folder"):
        find_services(shop.settings)


def test_a_folder_whose_name_can_be_no_services_is_told(shop: MetricsProject) -> None:
    shop.write_service("Web-Shop")
    with pytest.raises(SpecProblem, match="the folder's name 'Web-Shop' cannot be a service's; rename it"):
        find_services(shop.settings)
