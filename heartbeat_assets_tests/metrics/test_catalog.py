"""Tests of catalog: every metric of a project and every mistake in its files, none of which hides the rest."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from heartbeat_assets.metrics.catalog import load_catalog
from heartbeat_assets.settings import Settings
from heartbeat_assets_tests.metrics.projects import MetricsProject, metric_text

needs_rights = pytest.mark.skipif(os.geteuid() == 0, reason="everything can be read by the superuser")


def test_all_metrics_of_all_services_are_there(shop: MetricsProject) -> None:
    shop.write_service("web")
    shop.write_metric("b_orders")
    shop.write_metric("a_visits", service="web")
    shop.write("defs/shop/metrics/notes.txt", "x")
    shop.write("defs/shop/metrics/.a.sql", "x")

    catalog = shop.catalog
    assert list(catalog.files) == ["a_visits", "b_orders"]
    assert [file.metric_id for file in catalog.of_service("shop")] == ["b_orders"]
    assert sorted(catalog.services) == ["shop", "web"]
    assert (catalog.problems, catalog.broken("shop"), catalog.complete) == ([], {}, True)


def test_a_project_without_metrics_has_an_empty_catalog(shop: MetricsProject) -> None:
    assert (shop.catalog.files, shop.catalog.problems) == ({}, [])


def test_a_bad_file_hides_no_other(shop: MetricsProject) -> None:
    shop.write_metric("good")
    shop.write_metric("bad", code="x")
    shop.write("defs/shop/metrics/Loud.SQL", metric_text())
    (shop.settings.defs / "shop" / "metrics" / "dangling.sql").symlink_to("nowhere")

    catalog = shop.catalog
    assert list(catalog.files) == ["good"]
    assert sorted(catalog.broken("shop")) == ["Loud", "bad", "dangling"]
    assert [problem.file.rpartition("/")[2] for problem in catalog.problems] == ["Loud.SQL", "bad.sql", "dangling.sql"]
    assert "write the ending of the file as .sql, not .SQL" in str(catalog.broken("shop")["Loud"])
    assert "cannot be read: No such file" in str(catalog.broken("shop")["dangling"])


def test_an_id_in_two_services_is_neither_ones(shop: MetricsProject) -> None:
    shop.write_service("web")
    shop.write_metric("visits")
    shop.write_metric("visits", service="web", code="WEBV")

    catalog = shop.catalog
    assert catalog.files == {}
    assert [problem.file for problem in catalog.problems] == [
        str(shop.settings.defs / name / "metrics" / "visits.sql") for name in ("shop", "web")
    ]
    assert "the id 'visits' is that of" in str(catalog.problems[0])
    assert "web/metrics/visits.sql too; an id is one metric's: rename a file" in str(catalog.problems[0])
    assert not catalog.is_gone("visits", "shop")


def test_a_code_of_two_metrics_is_told_of_both_with_its_line(shop: MetricsProject) -> None:
    shop.write_metric("one", code="SAME")
    shop.write_metric("two", code="SAME")
    shop.write_metric("three")

    catalog = shop.catalog
    assert sorted(catalog.files) == ["one", "three", "two"]
    assert catalog.clashes == {"one", "two"}
    assert [problem.problems[0].partition(" too")[0] for problem in catalog.problems] == [
        f"line 2, code: SAME is that of {shop.settings.defs}/shop/metrics/{other}.sql" for other in ("two", "one")
    ]


def test_a_wrong_defs_yaml_leaves_its_metrics_in_doubt(shop: MetricsProject) -> None:
    shop.write_metric("orders_total")
    shop.write_service("shop", "type: [")
    shop.write_service("web")
    shop.write("defs/lane/defs.yaml", "type: [")

    catalog = shop.catalog
    assert sorted(catalog.services) == ["web"]
    assert not catalog.is_gone("orders_total", "shop")
    # What is wrong with a lane is told where lanes are.
    assert [problem.file for problem in catalog.problems] == [str(shop.settings.defs / "shop" / "defs.yaml")]


def test_a_file_is_gone_when_it_or_its_service_is(shop: MetricsProject) -> None:
    shop.write_metric("there")
    assert not shop.catalog.is_gone("there", "shop")
    assert shop.catalog.is_gone("never", "shop")
    assert shop.catalog.is_gone("never", "removed")
    (shop.settings.defs / "shop" / "metrics" / "there.sql").unlink()
    assert shop.catalog.is_gone("there", "shop")
    shutil.rmtree(shop.settings.defs / "shop")
    assert shop.catalog.is_gone("there", "shop")


@pytest.mark.parametrize(
    ("yaml", "said"),
    [
        (None, "defs.yaml: is missing, but metrics/ beside it has metrics, which nothing computes"),
        ("type: heartbeat_assets.RunPruning\n", "defs.yaml: holds no heartbeat_assets.MetricService, but metrics/"),
    ],
)
def test_no_metric_is_gone_whose_file_is_there_though_its_folder_is_no_service_any_more(
    shop: MetricsProject, yaml: str | None, said: str
) -> None:
    shop.write_metric("there")
    shop.write_service("web")
    (shop.settings.defs / "shop" / "defs.yaml").unlink()
    if yaml is not None:
        shop.write_service("shop", yaml)
    catalog = shop.catalog
    assert not catalog.is_gone("there", "shop")
    assert [said in str(problem) for problem in catalog.problems] == [True]


def test_nothing_is_gone_when_the_folder_cannot_be_found(shop: MetricsProject, tmp_path: Path) -> None:
    nowhere = Settings(tmp_path, tmp_path / "nowhere", tmp_path, "x")
    catalog = load_catalog(nowhere)
    assert not catalog.complete
    assert not catalog.is_gone("any", "shop")
    assert "nowhere: cannot be read: No such file or directory; metrics may be missing" in str(catalog.problems[0])


@needs_rights
def test_nothing_is_gone_when_a_folder_cannot_be_read(shop: MetricsProject) -> None:
    folder = shop.write_metric("there").parent
    for locked in (folder, folder.parent):
        locked.chmod(0)
        try:
            assert not shop.catalog.is_gone("there", "shop")
            assert shop.catalog.problems
        finally:
            locked.chmod(0o755)


def test_metrics_is_no_folder(shop: MetricsProject) -> None:
    shop.write("defs/shop/metrics", "a file")
    catalog = shop.catalog
    assert "metrics: cannot be read: Not a directory" in str(catalog.problems[0])
    assert not catalog.is_gone("any", "shop")


def test_reading_loads_neither_the_engine_nor_the_ledger(shop: MetricsProject) -> None:
    shop.write_metric("orders_total")
    program = (
        "import sys; from pathlib import Path; from heartbeat_assets.metrics.catalog import load_catalog; "
        "from heartbeat_assets.settings import Settings; root = Path(sys.argv[1]); "
        "found = load_catalog(Settings(root, root / 'defs', root, 'x')); "
        "print(*found.files, *sorted({'duckdb', 'pandas', 'sqlalchemy', 'dagster'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(shop.folder)], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("orders_total", "")


def test_a_thousand_metrics_are_read_in_a_moment(shop: MetricsProject) -> None:
    for number in range(1000):
        shop.write_metric(f"m{number}", code=f"{number:04}")
    begin = time.perf_counter()
    assert len(shop.catalog.files) == 1000
    # 0.3 s where it was written; ten times that says that something reads everything for everything.
    assert time.perf_counter() - begin < 5
