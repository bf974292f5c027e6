"""Tests of the pages as people get them: what is on them, downloads, and the states that went wrong."""

from __future__ import annotations

import csv
import gzip
import io
import xml.etree.ElementTree as ElementTree
from datetime import timedelta

import pytest

from heartbeat_assets.ledger import NewBenchmark, NewValue
from heartbeat_assets.metrics.changes import change_metric
from heartbeat_assets_tests.cockpit.browsing import ANN, Browser
from heartbeat_assets_tests.cockpit.conftest import NOW, CockpitProject, Opens
from heartbeat_assets_tests.metrics.projects import PERSON


def test_the_first_page_has_a_dashed_tile_for_each_metric_until_it_is_verified(
    browser: Browser, shop: CockpitProject
) -> None:
    shop.record("answered", 0.9)
    assert browser.get("/").text.count("tile t-green dashed") == 1

    browser.call("answered", {"owner": ANN, "verification_state": "verified"})

    text = browser.get("/").text
    assert '<article class="tile t-green">' in text
    assert "tile t-no_data dashed" in text
    assert "Waiting &lt;b&gt;time&lt;/b&gt;" in text


def test_what_somebody_else_changed_is_on_the_next_page(browser: Browser, shop: CockpitProject) -> None:
    shop.record("answered", 0.9)
    assert "0.9</b>" in browser.get("/").text

    shop.store.append_values([
        NewValue("answered", NOW + timedelta(hours=1), 0.6, "red", NOW, NOW, shop.file("answered").sql_hash, None)
    ])  # fmt: skip

    text = browser.get("/").text
    assert "0.6</b>" in text
    assert "tile t-red" in text


def test_the_first_page_is_filtered_by_its_address(browser: Browser) -> None:
    assert "1 of 2 metrics shown" in browser.get("/?q=answered").text
    assert "0 of 2 metrics shown" in browser.get("/?status=red&unknown=1").text


def test_the_first_page_is_compressed_once_and_not_sent_again_unchanged(browser: Browser) -> None:
    answer = browser.get("/")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "private, no-cache"
    plain = browser.get("/", headers={"Accept-Encoding": "identity"})
    assert plain.text == answer.text
    assert "content-encoding" not in plain.headers

    again = browser.get("/", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_page_of_one_reader_is_never_given_to_another(operator: Browser) -> None:
    mine = operator.get("/")
    with Browser(operator.app) as other:
        theirs = other.get("/", headers={"If-None-Match": mine.headers["etag"]})
        assert theirs.status_code == 200
        assert ANN not in theirs.text
        assert operator.csrf_token() not in theirs.text
    assert ANN in mine.text


def test_a_file_with_a_mistake_is_told_on_the_first_page_by_file_line_and_key(
    browser: Browser, shop: CockpitProject
) -> None:
    shop.write("defs/shop/metrics/broken.sql", "-- name: Broken\n-- code: no\nSELECT 1\n")
    browser.cockpit.files.look()

    text = browser.get("/").text

    assert "defs/shop/metrics/broken.sql: " in text
    assert "line 2, code:" in text
    assert str(shop.folder) not in text
    page = browser.get("/metrics/broken")
    assert page.status_code == 404
    assert "as its file has mistakes" in page.text
    assert "line 2, code:" in page.text


def test_a_metric_whose_file_got_a_mistake_keeps_its_page_which_says_so(browser: Browser, shop: CockpitProject) -> None:
    shop.record("answered", 0.9)
    shop.write("defs/shop/metrics/answered.sql", "-- name: Broken\n-- code: no\nSELECT 1\n")
    browser.cockpit.files.look()

    page = browser.get("/metrics/answered")

    assert page.status_code == 200
    assert "line 2, code:" in page.text
    assert "0.9</b>" in page.text


def test_without_a_metric_the_first_page_says_how_to_make_one(browser: Browser, shop: CockpitProject) -> None:
    for name in ("answered", "waiting"):
        (shop.settings.defs / "shop" / "metrics" / f"{name}.sql").unlink()
    browser.cockpit.files.look()

    text = browser.get("/").text

    assert "heartbeat metrics new ID" in text


def test_a_tick_from_the_future_is_told_as_a_wrong_clock(browser: Browser, shop: CockpitProject) -> None:
    shop.store.append_values([
        NewValue("answered", NOW + timedelta(days=2), 0.9, "green", NOW, NOW, shop.file("answered").sql_hash, None)
    ])  # fmt: skip

    assert "the clock of this machine or of the one that computed it is wrong" in browser.get("/").text


def test_when_nothing_is_computed_any_more_the_first_page_says_since_when(
    browser: Browser, shop: CockpitProject
) -> None:
    old = NOW - timedelta(hours=5)
    shop.store.append_values([
        NewValue("answered", old, 0.9, "green", old, old, shop.file("answered").sql_hash, None)
    ])  # fmt: skip

    assert f"Nothing has been computed since {old:%Y-%m-%d %H:%M} UTC" in browser.get("/").text


def test_the_page_of_a_metric_has_everything_about_it(browser: Browser, shop: CockpitProject) -> None:
    shop.record("answered", 0.7, 0.8, None, 0.9)
    shop.store.append_benchmarks([NewBenchmark("answered", NOW, 30, 700, 0.9, 0.02, 0.9, 0.01, NOW, NOW)])
    change_metric(shop.store, "answered", {"norm_value": 0.86}, actor=PERSON, reason="the books say <so>")

    text = browser.get("/metrics/answered").text

    for part in (
        "Around 0.9 is normal.", "Sessions with an answer / all sessions.", "Normal looks like 0.9 ± 0.02",
        "SELECT count(*) AS value FROM orders", "defs/shop/metrics/answered.sql:12", "stage 6 of 10",
        "the books say &lt;so&gt;", "norm_value: 0.86 is in force, the file has 0.85", "ana@example.org",
        "4 ticks", "no data",
    ):  # fmt: skip
        assert part in text, part
    assert 'data-etag="&#34;' in text


def test_lineage_leads_into_the_dagster_ui_when_there_is_one(opens: Opens) -> None:
    address = 'href="http://dagster.example/assets/shop/answered?view=lineage"'

    assert address in opens(dagster_url="http://dagster.example").get("/metrics/answered").text
    assert "Lineage in Dagster" not in opens().get("/metrics/answered").text


@pytest.mark.parametrize(
    ("query", "shown", "problem"),
    [
        ("range=24h", 24, ""),
        ("range=90d", 48, ""),
        ("range=nonsense", 48, "Give both days"),
        ("range=custom&from=2026-02-30&to=2026-03-01", 48, "Give both days"),
        ("range=custom&from=2026-03-02&to=2026-03-01", 48, "The first day is after the last"),
        ("range=custom&from=1970-01-01&to=2026-03-01", 48, "Ten years at most"),
        ("range=custom&from=9999-12-31&to=9999-12-31", 48, "Give both days"),
        ("range=custom&from=2020-01-01&to=2020-01-02", 0, ""),
    ],
)
def test_the_chart_is_of_the_stretch_that_is_asked_for(
    browser: Browser, shop: CockpitProject, query: str, shown: int, problem: str
) -> None:
    shop.record("answered", *[0.9] * 48)

    answer = browser.get(f"/metrics/answered?{query}")

    assert answer.status_code == 200
    # How many ticks fit depends on the minute of the hour.
    assert answer.text.count('<th scope="row">') in (shown, shown + 1 if shown == 24 else shown)
    assert problem in answer.text
    assert shown or "There is no value in this range" in answer.text


def test_the_days_of_a_stretch_stay_as_they_were_entered(browser: Browser) -> None:
    for first, last in (("2026-02-23", "2026-02-23"), ("2025-12-30", "2026-02-28"), ("0999-12-31", "1000-01-02")):
        text = browser.get(f"/metrics/answered?range=custom&from={first}&to={last}").text
        assert f'name="from" value="{first}"' in text
        assert f'name="to" value="{last}"' in text


def test_a_due_date_is_shown_as_a_field_for_dates_takes_it(browser: Browser) -> None:
    assert browser.call("answered", {"target_due_date": "0026-12-31"}).status_code == 200

    assert 'value="0026-12-31"' in browser.get("/metrics/answered").text


def test_the_audit_trail_has_thresholds_as_they_were_typed(browser: Browser) -> None:
    browser.call("answered", {"norm_value": 12, "alert_value": 10, "recovery_value": None})

    text = browser.get("/metrics/answered").text
    assert 'title="12">12<' in text
    assert "12.0" not in text


def test_the_table_has_the_newest_ticks_and_says_how_many_are_in_the_csv_alone(
    browser: Browser, shop: CockpitProject
) -> None:
    shop.record("answered", *[0.9] * 620)

    text = browser.get("/metrics/answered?range=30d").text

    assert text.count('<th scope="row">') == 500
    assert "120 older ticks of this range are in the CSV" in text


def test_a_retired_metric_says_when_why_and_by_whom_and_keeps_its_history(
    browser: Browser, shop: CockpitProject
) -> None:
    shop.record("waiting", 1.0, 2.0)
    (shop.settings.defs / "shop" / "metrics" / "waiting.sql").unlink()
    shop.sync()
    browser.cockpit.files.look()

    text = browser.get("/metrics/waiting").text

    assert "Retired: it is no longer computed." in text
    assert "By registry on " in text
    assert "its file is gone" in text
    assert "stage 10 of 10" in text
    # What its file said is gone with the file.
    assert "Methodology" not in text
    assert "computed daily" not in text
    assert "</b>," not in text
    assert browser.get("/metrics/waiting/history.csv").text.count("\r\n") == 3
    assert "Waiting" not in browser.get("/").text


def test_history_can_be_downloaded_as_csv(browser: Browser, shop: CockpitProject) -> None:
    shop.record("answered", 0.1, None, 0.30000000000000004, error='=cmd|"x", said\nthe engine')

    answer = browser.get("/metrics/answered/history.csv")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="answered.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["value"] for row in rows] == ["0.1", "", "0.30000000000000004"]
    assert rows[1]["status"] == "no_data"
    # A spreadsheet takes what begins with = for a formula.
    assert rows[1]["error"] == '\'=cmd|"x", said\nthe engine'
    since = NOW - timedelta(minutes=30)
    shorter = browser.get(f"/metrics/answered/history.csv?since={since:%Y-%m-%dT%H:%M:%SZ}&until=2999-01-01T00:00:00Z")
    assert shorter.text.count("\r\n") == 2


def test_the_chart_can_be_downloaded_as_svg(browser: Browser, shop: CockpitProject) -> None:
    assert browser.get("/metrics/answered/chart.svg").status_code == 404
    shop.record("answered", 0.8, 0.9)

    answer = browser.get("/metrics/answered/chart.svg")

    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-disposition"] == 'attachment; filename="answered.svg"'
    assert ElementTree.fromstring(answer.text).tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize("query", ["since=x", "until=x", "since=2026-02-02&until=2026-02-01"])
def test_a_download_of_no_stretch_is_refused(browser: Browser, query: str) -> None:
    assert browser.get(f"/metrics/answered/history.csv?{query}").status_code == 422


def test_what_is_not_there_is_a_page_that_says_so(browser: Browser) -> None:
    for path in ("/nothing", "/metrics/nothing", "/lanes/nothing", "/static/nothing", "/static/../settings.py"):
        answer = browser.get(path)
        assert answer.status_code == 404, path
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "There is nothing here" in answer.text


def test_a_broken_audit_trail_is_told(browser: Browser, shop: CockpitProject, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    with sqlite3.connect(shop.settings.ledger_url) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE metric_event SET actor = 'nobody' WHERE metric_id = 'answered' AND place = 2")
    database.close()

    assert "The audit trail is broken at entry 2" in browser.get("/metrics/answered").text


def test_static_files_are_kept_by_the_browser_as_their_addresses_change_with_them(browser: Browser) -> None:
    page = browser.get("/").text
    address = page.partition('<link rel="stylesheet" href="')[2].partition('"')[0]

    assert "immutable" in browser.get(address).headers["cache-control"]
    assert browser.get("/static/cockpit.css").headers["cache-control"] == "no-cache"
    assert browser.get(address).headers["content-type"].startswith("text/css")


def test_documents_are_compressed_where_that_is_worth_it(browser: Browser) -> None:
    answer = browser.get("/api/openapi.json")

    assert answer.headers["content-encoding"] == "gzip"
    assert len(gzip.compress(answer.content)) < len(answer.content)
