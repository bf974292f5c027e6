"""Tests of what Prometheus scrapes."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from heartbeat_assets.ledger import LedgerError
from heartbeat_assets_tests.cockpit.browsing import ANN, ANN_TOKEN, Browser
from heartbeat_assets_tests.cockpit.conftest import CockpitProject
from heartbeat_assets_tests.cockpit.governed import OFF, RATE, ROI, WORSE, happened, write_tripwires

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scraped(browser: Browser) -> Samples:
    answer = browser.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def labels(metric_id: str, **more: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({"metric_id": metric_id, "service": "shop", **more}.items()))


def test_a_scrape_has_what_is_stopped_and_the_newest_look_at_each_tripwire(
    browser: Browser, shop: CockpitProject
) -> None:
    write_tripwires(shop)
    before = scraped(browser)
    assert before["heartbeat_switch_engaged", (("switch", "GLOBAL"),)] == 0
    assert before["heartbeat_tripwire_outcome", (("outcome", "triggered"), ("tripwire", RATE))] == 0

    happened(shop, WORSE)
    evaluate = "/api/governance/regression/evaluate"
    browser.ask("POST", evaluate, json={"act": True}, headers={"Authorization": f"Bearer {ANN_TOKEN}"})

    found = scraped(browser)
    assert found["heartbeat_switch_engaged", (("switch", "WHOLESALE"),)] == 1
    assert found["heartbeat_switch_engaged", (("switch", "GLOBAL"),)] == 0
    for name, outcome in ((RATE, "triggered"), (ROI, "no_data"), (OFF, "disabled")):
        assert found["heartbeat_tripwire_outcome", (("outcome", outcome), ("tripwire", name))] == 1
        assert 0 <= found["heartbeat_tripwire_age_seconds", (("tripwire", name),)] < 60


def test_a_scrape_has_values_statuses_ages_and_verifications(browser: Browser, shop: CockpitProject) -> None:
    shop.record("answered", 0.9)
    shop.record("waiting", 3.0, None)
    browser.call("answered", {"owner": ANN, "verification_state": "verified"})

    found = scraped(browser)

    assert found["heartbeat_metric_value", labels("answered")] == 0.9
    assert ("heartbeat_metric_value", labels("waiting")) not in found
    assert found["heartbeat_metric_status", labels("answered", status="green")] == 1
    assert found["heartbeat_metric_status", labels("answered", status="red")] == 0
    assert found["heartbeat_metric_status", labels("waiting", status="no_data")] == 1
    assert found["heartbeat_metric_verified", labels("answered")] == 1
    assert found["heartbeat_metric_verified", labels("waiting")] == 0
    assert 0 <= found["heartbeat_metric_age_seconds", labels("answered")] < 3700
    assert found["heartbeat_metric_source_age_seconds", labels("answered")] >= 300
    assert found["heartbeat_ledger_up", ()] == 1
    assert found["heartbeat_cockpit_board_age_seconds", ()] < 60
    assert found["heartbeat_metric_files_wrong", ()] == 0


def test_requests_are_timed_by_route_and_not_by_address(browser: Browser) -> None:
    for name in ("answered", "waiting", "nothing"):
        browser.get(f"/metrics/{name}")
    browser.get("/no/such/place")

    found = scraped(browser)

    counts = {key: count for key, count in found.items() if key[0] == "heartbeat_cockpit_request_seconds_count"}
    routes = {(dict(key[1])["route"], dict(key[1])["code"]): count for key, count in counts.items()}
    assert routes == {("/metrics/{metric_id}", "200"): 2, ("/metrics/{metric_id}", "404"): 1, ("other", "404"): 1}


def test_while_the_ledger_is_away_a_scrape_says_so(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: str) -> None:
        raise LedgerError("away")

    monkeypatch.setattr("heartbeat_assets.cockpit.cockpit.open_ledger", away)

    found = scraped(browser)

    assert found["heartbeat_ledger_up", ()] == 0
    assert not any(name.startswith("heartbeat_metric_value") for name, _ in found)
