"""docs/runbook.md: its example is a runbook, its checks are those there are, and every field is named."""

import re

import yaml

from heartbeat_assets.governance.runbook import Found
from heartbeat_assets.governance.runbook.registry import CHECKS, OWN
from heartbeat_assets.governance.runbook.runbook_file import checked_runbook
from heartbeat_assets.governance.runbook.spec import RunbookSpec
from heartbeat_assets_tests.copied_project import ROOT

PAGE = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (BLOCKER|WARN) \|", re.MULTILINE)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_is_a_runbook() -> None:
    (text,) = blocks("yaml")
    spec = checked_runbook(yaml.safe_load(text)["attributes"], "defs.yaml")
    assert [check.item_id for check in spec.items][-1] == "stock_is_counted"


def test_the_example_of_a_function_works() -> None:
    (text,) = blocks("python")
    names: dict[str, object] = {}
    exec(text, names)
    found = names["stock_is_counted"](None)  # type: ignore[operator]
    assert isinstance(found, Found)
    assert not found.ok


def test_the_table_has_every_check_with_its_severity() -> None:
    assert dict(ROW.findall(PAGE)) == {name: model.model_validate({}).severity for name, model in CHECKS.items()}


def test_every_field_is_named() -> None:
    fields = {name for model in (RunbookSpec, OWN, *CHECKS.values()) for name in model.model_fields} - {"check"}
    assert [name for name in sorted(fields) if not re.search(rf"`(?:\w+\.)?{name}`", PAGE)] == ["schedule"]
    assert "`schedule.cron`" in PAGE
