"""The pages on tripwires and switches: examples run as written, tables of fields are complete, defaults are those."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from heartbeat_assets.emit import flush
from heartbeat_assets.governance.policy import TripwirePolicy
from heartbeat_assets.governance.switch import engage
from heartbeat_assets.governance.tripwires_file import checked_tripwires
from heartbeat_assets.governance.tripwires_spec import RiskPolicy, TripwiresSpec
from heartbeat_assets.ledger import Ledger
from heartbeat_assets_tests.governance.recorded_events import ANNA

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "tripwires.md").read_text(encoding="utf-8")
SWITCHES = (DOCS / "switches.md").read_text(encoding="utf-8")


def test_the_example_prints_what_the_page_shows() -> None:
    [(example, shown)] = re.findall(r"^```python\n(.*?)^```\n\n```\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(example, "docs/tripwires.md", "exec"), {})
    assert printed.getvalue() == shown


def test_the_file_on_the_page_is_one() -> None:
    [text] = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    written = yaml.safe_load(text)
    spec = checked_tripwires(written["attributes"], "docs/tripwires.md")
    assert (written["type"], len(spec.policies), len(spec.risk_policies)) == ("heartbeat_assets.Tripwires", 2, 1)


@pytest.mark.parametrize(
    ("page", "before", "model"),
    [
        (PAGE, "## What a policy says", TripwirePolicy),
        (PAGE, "([commands](cli.md#heartbeat-tripwires)).", TripwiresSpec),
        (SWITCHES, "Each file's hold for its own tripwires.", RiskPolicy),
    ],
)
def test_every_field_is_in_its_table_with_its_default_and_no_other(
    page: str, before: str, model: type[BaseModel]
) -> None:
    table = page.split(before)[1].split("\n\n")[1]
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*)\|", table, re.MULTILINE))
    assert list(rows) == list(model.model_fields)
    for name, field in model.model_fields.items():
        if field.default is PydanticUndefined:
            continue
        default = f"{field.default:g}" if type(field.default) is float else field.default
        assert rows[name].strip("` ").lower() == str(default).lower(), name


def test_the_examples_of_guards_run_as_written(
    ledger: Ledger, ledger_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HEARTBEAT_LEDGER_URL", ledger_url)
    monkeypatch.setenv("HEARTBEAT_GUARD_CACHE_SECONDS", "0")
    asking, reserving = re.findall(r"^```python\n(.*?)^```$", SWITCHES, re.DOTALL | re.MULTILINE)
    exec(compile(asking, "docs/switches.md", "exec"), {})
    assert capsys.readouterr().out == "an offer may be sent\n"
    exec(compile(reserving, "docs/switches.md", "exec"), {"db": ledger_url})
    assert flush(60)
    assert [one.value for one in ledger.events.between("WHOLESALE", "risk_loss")] == [120.5]
    since = engage(ledger.journal, "GLOBAL", actor=ANNA, reason="Prices are wrong.").at
    exec(compile(asking, "docs/switches.md", "exec"), {})
    assert capsys.readouterr().out == f"WHOLESALE GLOBAL Prices are wrong. {since}\n"
