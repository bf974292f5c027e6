"""The fixtures of lane liberty_restrictions are what their script writes and say what their README promises.

They are read with the reference of the tests, so that a fault in the package cannot hide a fault in the fixtures.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from heartbeat_assets_tests.defs.liberty_tables import DATA, Tables, read_tables
from heartbeat_assets_tests.defs.naive_liberty import GATES, expected_gates, expected_status, expected_totals

SCRIPT = DATA.parent / "make_liberty_restrictions.py"
BROKEN = DATA / "broken" / "liberty_restriction_assessments.csv"


def broken_tables() -> Tables:
    """The bundled tables with the broken one in its place."""
    return read_tables(liberty_restriction_assessments=BROKEN)


def test_the_files_are_what_the_script_writes() -> None:
    run = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_file_that_was_changed_is_noticed_and_written_again(tmp_path: Path) -> None:
    script = tmp_path / SCRIPT.name
    for file in (SCRIPT, SCRIPT.with_name("fixture_files.py")):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    written = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert "0 of 7 files were up to date" in written.stdout
    changed = tmp_path / DATA.name / "legal_norms.csv"
    changed.write_text("norm_id\n", encoding="utf-8")

    check = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert (check.returncode, check.stdout.splitlines()[0]) == (4, f"not up to date: {DATA.name}/legal_norms.csv")
    subprocess.run([sys.executable, script], capture_output=True, check=True)
    files = sorted(path.relative_to(DATA) for path in DATA.rglob("*.csv"))
    assert len(files) == 7
    assert [(tmp_path / DATA.name / file).read_bytes() for file in files] == [
        (DATA / file).read_bytes() for file in files
    ]


def test_the_bundled_tables_pass_every_gate() -> None:
    tables = read_tables()
    assert expected_gates(tables) == dict.fromkeys(GATES, True)
    assert expected_status(tables) == "ok"


def test_the_broken_assessments_fail_the_norms_gate_and_no_other() -> None:
    tables = broken_tables()
    assert [name for name, passed in expected_gates(tables).items() if not passed] == ["norms_classified_gate"]
    assert expected_status(tables) == "degraded"


def test_the_tables_are_as_large_as_the_readme_says() -> None:
    totals = expected_totals(read_tables())
    assert {name: totals[name] for name in list(totals)[:8]} == {
        "norms_total": 12,
        "fragments_total": 30,
        "methodologies_total": 2,
        "right_categories_total": 6,
        "right_categories_with_data_total": 6,
        "assessments_total": 40,
        "fragments_with_irlc_total": 22,
        "norms_with_irlc_total": 10,
    }
    assert (totals["sources_total"], totals["scopes_total"]) == (4, 3)
    assert (totals["accountability_edges_total"], len(broken_tables()["liberty_restriction_assessments"])) == (34, 37)


def test_some_fields_are_empty_but_none_that_is_evidence() -> None:
    tables = read_tables()
    acts = {row["scope"]: row["boe_id"] for row in tables["legal_norms"] if row["source_id"] is not None}
    assert acts["national"]
    assert (acts["regional"], acts["municipal"]) == (None, None)
    assert any(row["confidence"] is None for row in tables["liberty_restriction_assessments"])
    assert all(None not in row.values() for row in tables["legal_fragment_responsibilities"])


def test_one_act_is_not_split_yet_so_it_is_not_counted() -> None:
    tables = read_tables()
    split = {row["norm_id"] for row in tables["legal_norm_fragments"]}
    assert [row["norm_id"] for row in tables["legal_norms"] if row["norm_id"] not in split] == ["archive-rules"]
