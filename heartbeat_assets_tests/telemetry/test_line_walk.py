"""Lines, their numbers and why one could not be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heartbeat_assets.errors import InputUnreadable
from heartbeat_assets.telemetry import line_walk
from heartbeat_assets.telemetry.line_walk import BadLine, Walk, lines_of, reason_of, walk_lines

sharing = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@sharing
@given(content=st.text("ab \r\n\x00\x0c", max_size=40).map(str.encode), chunk=st.integers(1, 7))
def test_lines_put_together_are_the_file_however_it_is_cut_into_chunks(
    tmp_path: Path, content: bytes, chunk: int
) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_walk, "_CHUNK", chunk)
        found = list(lines_of(tmp_path / "x"))
        walk = walk_lines(tmp_path / "x", bad_rows=[])
    assert b"".join(line + b"\n" * ended for line, ended in found) == content
    assert [line for line, _ in found] == content.removesuffix(b"\n").split(b"\n") if content else found == []
    assert walk == Walk(sum(1 for line in content.split(b"\n") if line.strip()), content.count(b"\n"))


def test_a_walk_finds_the_bad_rows_by_their_place_among_the_lines_that_are_not_blank(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\n{}\r\n  \nbroken\n\x0c\n\n[1]")
    bad: list[BadLine] = []
    walk = walk_lines(tmp_path / "x", bad_rows=[1, 2], first_line=11, keep=bad.append)
    assert walk == Walk(not_blank=3, line_ends=6)
    assert bad == [BadLine(14, b"broken", "not JSON"), BadLine(17, b"[1]", "not an object")]


def test_a_file_that_is_gone_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(InputUnreadable, match="gone: No such file"):
        list(lines_of(tmp_path / "gone"))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"session_id":"\xff"}', "not UTF-8 text"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b"null", "not an object"),
        (b"[{}]", "not an object"),
        (b"{}", "no session id"),
        (b'{"session_id":"  ","sid":null}', "no session id"),
        (b'{"session_id":"\\ud800"}', "not valid Unicode text inside"),
    ],
)
def test_the_reason_says_what_is_wrong_with_a_line(line: bytes, reason: str) -> None:
    assert reason_of(line) == reason


def test_a_line_beyond_the_limit_is_called_too_long_even_if_it_is_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_walk.typed_sql, "LONGEST_LINE_BYTES", 10)
    assert reason_of(b'{"session_id":"s"}') == "longer than 10 bytes"


@given(st.binary(max_size=30))
def test_quarantine_keeps_every_byte_in_a_form_that_is_json(line: bytes) -> None:
    import base64

    kept = json.loads(json.dumps(BadLine(3, line, "not JSON").document("f")))
    assert (kept["file"], kept["line"], kept["reason"]) == ("f", 3, "not JSON")
    assert (base64.b64decode(kept["base64"]) if "base64" in kept else kept["text"].encode()) == line
