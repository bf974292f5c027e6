"""Tests of kpi_spec: what the defs.yaml of KPI events may say."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import yaml

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.governance.kpi_spec import SCHEMA_FILE, checked_kpi_events, schema_text
from heartbeat_assets_tests.copied_project import SHIPPED_DEFS


def test_series_are_spelled_as_the_ledger_does_and_have_an_asset_each() -> None:
    spec = checked_kpi_events({"series": ["wholesale.Contract_Rate", "SHOP.cart.paid-late"]}, "defs.yaml")
    assert spec.series == ["WHOLESALE.contract_rate", "SHOP.cart.paid-late"]
    assert spec.by_asset == {
        ("wholesale", "contract_rate"): ("WHOLESALE", "contract_rate"),
        ("shop", "cart_paid_late"): ("SHOP", "cart.paid-late"),
    }


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({}, "series: is required"),
        ({"series": []}, "series"),
        ({"series": ["contract_rate"]}, "'contract_rate' is no series; write its domain and its metric"),
        ({"series": ["A B.c"]}, "'A B' is no name"),
        ({"series": ["A.b", "a.B"]}, r"series\[1\]: A.b is there already; take one out"),
        ({"series": ["A.b-c", "A.b.c"]}, r"series\[1\]: A.b.c and A.b-c would be one asset"),
        ({"series": ["A.b"], "serie": []}, "unknown field 'serie'; did you mean 'series'"),
        ({"series": ["A.b"], "schedule": {"cron": "61 * * * *"}}, "schedule.cron: '61"),
        ({"series": ["A.b"], "schedule": {"at": 1}}, "schedule: unknown field 'at'"),
        ({"series": ["A.b"], "owners": ["nobody"]}, "owners"),
        (None, "must be a mapping of settings with a list of `series`"),
    ],
)
def test_a_mistake_names_the_file_and_the_item(attributes: Any, said: str) -> None:
    with pytest.raises(SpecProblem, match=said) as refused:
        checked_kpi_events(attributes, "shop/defs.yaml")
    assert str(refused.value).startswith("shop/defs.yaml: ")


def test_the_shipped_schema_is_the_generated_one_and_takes_the_shipped_file() -> None:
    shipped = (SHIPPED_DEFS / SCHEMA_FILE).read_text(encoding="utf-8")
    assert shipped == schema_text(), f"run: heartbeat kpi schema > heartbeat_assets/defs/{SCHEMA_FILE}"
    document = yaml.safe_load((SHIPPED_DEFS / "kpi_events" / "defs.yaml").read_text(encoding="utf-8"))
    schema = json.loads(shipped)
    jsonschema.Draft7Validator(schema).validate(document)
    document["attributes"]["series"].append("contract_rate")
    assert not jsonschema.Draft7Validator(schema).is_valid(document)
