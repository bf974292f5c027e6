"""Types for columns nobody declared."""

from pathlib import Path

import pytest

from heartbeat_assets.warehouse import connect
from heartbeat_assets.warehouse.tables.found_types import found_types
from heartbeat_assets.warehouse.tables.rows import Raw, Rows


def types_of(scratch: Path, *tables: list[str | None], raw_type: str = "VARCHAR") -> str:
    with connect(scratch) as connection:
        parts = []
        for number, values in enumerate(tables):
            connection.execute(f"CREATE TABLE t{number} AS SELECT unnest(?::{raw_type}[]) AS v", [values])
            parts.append(Rows(f"t{number}", {"it": Raw("v", raw_type)}, "here"))
        return found_types(connection, parts)["it"]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (["true", "False", None], "boolean"),
        (["0", "1"], "integer"),
        (["-5", "9223372036854775807", None], "integer"),
        (["5", "5.5", "-1e3", "1.5E-7"], "number"),
        (["5.0"], "number"),
        (["2026-01-01", None], "date"),
        (["2026-01-01", "2026-01-01T10:00:00+02:00"], "timestamp"),
        (["2026-01-01T00:00:00Z"], "timestamp"),
        (["00123", "5"], "text"),
        (["007.5"], "text"),
        (["+5"], "text"),
        ([" 5"], "text"),
        (["9223372036854775808"], "text"),
        (["1", "12345678901234567890123"], "text"),
        (["1.5", "12345678901234567890123"], "text"),
        (["5", "x"], "text"),
        (["nan"], "text"),
        (["1e400"], "text"),
        (["20260101", "2026-01-01"], "text"),
        (["2026-02-30"], "text"),
        (["yes"], "text"),
        ([None, None], "text"),
        ([], "text"),
        ([""], "text"),
    ],
)
def test_text_is_of_the_narrowest_type_that_loses_nothing(
    tmp_path: Path, values: list[str | None], wanted: str
) -> None:
    assert types_of(tmp_path, values) == wanted


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (["true", "false"], "boolean"),
        (["5", "null", None], "integer"),
        (["5", "5.0"], "number"),
        (['"2026-01-01"'], "date"),
        (['"2026-01-01T10:00:00+02:00"', '"2026-01-01"'], "timestamp"),
        (['"5"', '"6"'], "text"),
        (['"true"'], "text"),
        (['"x"', "5", "true"], "text"),
        (["12345678901234567890123"], "text"),
        (["[1]"], "json"),
        (['{"a": 1}', '"x"', None], "json"),
        (["null"], "text"),
    ],
)
def test_json_is_of_the_type_it_has(tmp_path: Path, values: list[str | None], wanted: str) -> None:
    assert types_of(tmp_path, values, raw_type="JSON") == wanted


def test_every_value_counts_also_far_behind_the_first_rows(tmp_path: Path) -> None:
    assert types_of(tmp_path, ["5"] * 50_000 + ["x"]) == "text"
    assert types_of(tmp_path, ["5"] * 50_000 + ["5.5"]) == "number"
    assert types_of(tmp_path, [None] * 50_000 + ["2026-01-01"]) == "date"


def test_a_type_must_fit_in_every_part(tmp_path: Path) -> None:
    assert types_of(tmp_path, ["5"], ["5.5"]) == "number"
    assert types_of(tmp_path, ["5"], [None]) == "integer"
    assert types_of(tmp_path, [None], ["true"]) == "boolean"
    assert types_of(tmp_path, ["true"], ["5"]) == "text"
