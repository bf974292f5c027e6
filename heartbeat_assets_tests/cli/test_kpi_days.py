"""`heartbeat kpi days`, `import` and `schema`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from heartbeat_assets.governance.kpi_spec import schema_text
from heartbeat_assets_tests.cli.calling import Heartbeat


def events(*outcomes: bool, days_ago: int = 0) -> list[str]:
    at = (datetime.now(UTC) - timedelta(days=days_ago)).isoformat()
    return [
        json.dumps({"domain": "SHOP", "metric": "sold", "success": one, "duration_ms": 20.0, "at": at})
        for one in outcomes
    ]


def test_a_file_is_imported_and_its_days_are_shown(heartbeat: Heartbeat, tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    file.write_text("\n".join([*events(True, True, days_ago=1), *events(True, False)]), encoding="utf-8")
    assert heartbeat("kpi", "import", str(file)).document == {
        "file": str(file), "read": 4, "imported": 4, "skipped": 0
    }  # fmt: skip
    told = heartbeat("kpi", "import", str(file), "--table").stdout
    assert "0 KPI events imported, 4 were there already" in told

    days = heartbeat("kpi", "days", "shop", "sold", "--days", "3").document
    assert [(one["events"], one["success_rate"], one["p95_ms"]) for one in days] == [
        (0, None, None), (2, 1.0, 20.0), (2, 0.5, 20.0)
    ]  # fmt: skip
    assert days[-1]["day"] == datetime.now(UTC).date().isoformat()
    table = heartbeat("kpi", "days", "SHOP", "sold", "--days", "2", "--table").stdout.splitlines()
    assert table[2].split()[1:] == ["2", "100.0%", "20", "20"]


def test_a_list_as_show_prints_it_goes_into_another_ledger(heartbeat: Heartbeat, tmp_path: Path) -> None:
    heartbeat("kpi", "emit", "SHOP", "sold", "--success", "--detail", '{"a": 1}')
    shown = heartbeat("kpi", "show", "SHOP", "sold")
    file = tmp_path / "shown.json"
    file.write_text(shown.stdout, encoding="utf-8")
    assert heartbeat("kpi", "import", str(file)).document["skipped"] == 1


def test_mistakes_are_wrong_usage_or_a_line(heartbeat: Heartbeat, tmp_path: Path) -> None:
    assert "there is none at all" in heartbeat.fails(2, "kpi", "days", "SHOP", "sold")
    assert "is no name" in heartbeat.fails(2, "kpi", "days", "SHOP SHOP", "sold")
    assert "no such file" in heartbeat.fails(2, "kpi", "import", str(tmp_path / "none"))
    (tmp_path / "bad").write_text("{}\n", encoding="utf-8")
    assert "bad, line 1: domain: is missing" in heartbeat.fails(3, "kpi", "import", str(tmp_path / "bad"))


def test_the_schema_is_printed_as_it_is_shipped(heartbeat: Heartbeat) -> None:
    assert heartbeat("kpi", "schema").stdout == schema_text()
