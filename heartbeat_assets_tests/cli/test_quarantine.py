"""`heartbeat quarantine`: what could not be read, where it stands and why."""

import pytest

from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.copied_project import CopiedProject

LANE = "citizen_product"


@pytest.fixture
def with_bad_lines(heartbeat: Heartbeat, project: CopiedProject) -> CopiedProject:
    content = b'not json\n\n{"sid": "good"}\n[1]\n{"sid": " "}\n\xff\xfe\n' + b'{"cut": "\x1b[31m' + b"x" * 200
    (project.events / "2026-02-24.jsonl").write_bytes(content)
    heartbeat("digest", LANE)
    return project


def test_every_bad_line_is_there_with_its_file_its_line_and_a_reason(
    heartbeat: Heartbeat, with_bad_lines: CopiedProject
) -> None:
    document = heartbeat("quarantine", LANE).document
    assert (document["lane"], document["total"]) == (LANE, 5)
    assert document["reasons"] == {"not JSON": 2, "not an object": 1, "no session id": 1, "not UTF-8 text": 1}
    found = [(line["file"], line["line"], line["reason"], line["text"][:8]) for line in document["lines"]]
    assert found == [
        ("2026-02-24.jsonl", 1, "not JSON", "not json"),
        ("2026-02-24.jsonl", 4, "not an object", "[1]"),
        ("2026-02-24.jsonl", 5, "no session id", '{"sid": '),
        ("2026-02-24.jsonl", 6, "not UTF-8 text", "\ufffd\ufffd"),
        ("2026-02-24.jsonl", 7, "not JSON", '{"cut": '),
    ]


def test_the_limit_is_on_the_lines_shown_not_on_those_counted(
    heartbeat: Heartbeat, with_bad_lines: CopiedProject
) -> None:
    document = heartbeat("quarantine", LANE, "--limit", "2").document
    assert (len(document["lines"]), document["total"], sum(document["reasons"].values())) == (2, 5, 5)
    counted = heartbeat("quarantine", LANE, "--limit", "0").document
    assert (counted["lines"], counted["total"]) == ([], 5)


def test_the_table_shows_a_line_as_text_that_cannot_touch_the_terminal(
    heartbeat: Heartbeat, with_bad_lines: CopiedProject
) -> None:
    table = heartbeat("quarantine", LANE, "--table", colours=True).stdout
    assert "\x1b" not in table
    assert '{"cut": "·[31m' in table
    assert "…" in table
    assert table.endswith("5 lines in quarantine: 2 not JSON, 1 not an object, 1 no session id, 1 not UTF-8 text.\n")


def test_a_lane_that_has_read_nothing_yet_has_nothing_in_quarantine(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    assert heartbeat("quarantine", LANE).document == {"lane": LANE, "total": 0, "reasons": {}, "lines": []}
    assert heartbeat("quarantine", LANE, "--table").stdout == "0 lines in quarantine.\n"
    assert not (project.home / "lanes").exists(), "looking must not make anything"


def test_what_is_mended_leaves_the_quarantine(heartbeat: Heartbeat, with_bad_lines: CopiedProject) -> None:
    (with_bad_lines.events / "2026-02-24.jsonl").unlink()
    heartbeat("digest", LANE)
    assert heartbeat("quarantine", LANE).document["total"] == 0
