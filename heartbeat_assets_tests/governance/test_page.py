"""The page on tripwires: its example runs as written, its table of fields is complete, its defaults are those."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

from heartbeat_assets.governance.policy import TripwirePolicy

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "tripwires.md").read_text(encoding="utf-8")


def test_the_example_prints_what_the_page_shows() -> None:
    example, shown = re.findall(r"^```(?:python)?\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)[:2]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(example, "docs/tripwires.md", "exec"), {})
    assert printed.getvalue() == shown


def test_every_field_of_a_policy_is_in_the_table_with_its_default_and_no_other() -> None:
    table = PAGE.split("## What a policy says")[1].split("\n\n")[1]
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*)\|", table, re.MULTILINE))
    assert list(rows) == list(TripwirePolicy.model_fields)
    for name, field in TripwirePolicy.model_fields.items():
        default = "" if field.is_required() else f"{field.default:g}" if type(field.default) is float else field.default
        assert rows[name].strip("` ").lower() == str(default).lower(), name
