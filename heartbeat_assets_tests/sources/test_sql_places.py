"""Where a SQL text uses a name."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from heartbeat_assets.sources.sql_places import places_of, used_tables

SQL = """\
-- norm_id in a comment
SELECT n.norm_id, count(*) AS "Norm_ID"   -- norm_id again
FROM legal_norms AS n /* norm_id
  norm_id */ JOIN fragments f USING (NORM_ID)
WHERE title <> 'norm_id' AND norm_id_old = 'it''s norm_id
norm_id' AND x = $$ norm_id $$ AND y = $tag$ norm_id $$ $tag$
GROUP BY "norm_id", old_norm_id, 1norm_id
"""


def test_each_line_that_uses_a_name_is_given_once_and_trimmed() -> None:
    assert places_of(SQL, "norm_id") == [
        (2, 'SELECT n.norm_id, count(*) AS "Norm_ID"   -- norm_id again'),
        (4, "norm_id */ JOIN fragments f USING (NORM_ID)"),
        (7, 'GROUP BY "norm_id", old_norm_id, 1norm_id'),
    ]


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("SELECT a", "A"),
        ("SELECT t.a", "a"),
        ('SELECT "t"."a"', "a"),
        ('SELECT "a ""b""" FROM t', 'a "b"'),
        ("SELECT año", "AÑO"),
        ("SELECT a$1", "a$1"),
        ("SELECT x FROM t WHERE a=1--", "a"),
        ("SELECT 'x'a", "a"),
        ("SELECT a FROM t -- 'open", "t"),
        ("SELECT 1 - a", "a"),
        ("SELECT 4/a", "a"),
        ('SELECT "telemetry.sessions_total"', "telemetry.sessions_total"),
    ],
)
def test_a_name_is_found_however_it_is_written(sql: str, name: str) -> None:
    assert places_of(sql, name) == [(1, sql)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'a'",
        "SELECT '''a'''",
        "-- a",
        "/* a */ SELECT 1",
        "/* a",
        "SELECT 'a",
        "SELECT $$a$$",
        "SELECT ab, b_a",
        "",
    ],
)
def test_what_is_no_name_is_not_found(sql: str) -> None:
    assert places_of(sql, "a") == []
    assert used_tables(sql, ["a"]) == []


@pytest.mark.parametrize("hidden", ["'\n'", "/*\n\n*/", "--\n", '"\n"', "$$\n$$"])
def test_line_ends_inside_other_things_are_counted(hidden: str) -> None:
    sql = f"SELECT {hidden}\n, a"
    assert places_of(sql, "a") == [(sql.count("\n") + 1, ", a")]


def test_windows_line_ends_are_trimmed() -> None:
    assert places_of("SELECT\r\n  a\r\nFROM t", "a") == [(2, "a")]


def test_tables_are_given_in_the_order_of_their_first_use() -> None:
    names = ["fragments", "legal_norms", "unused", "Title", "norm_id_old"]
    assert used_tables(SQL, names) == ["legal_norms", "fragments", "Title", "norm_id_old"]
    assert used_tables("SELECT * FROM a, A", ["A", "a"]) == ["A", "a"]
    assert used_tables(SQL, []) == []


def names_by_letter(sql: str) -> list[tuple[int, str]]:
    """The line and the lower-case text of each name in `sql`, found letter by letter and without a pattern."""
    found, at = [], 0
    while at < len(sql):
        line = sql.count("\n", 0, at) + 1
        rest = sql[at:]
        tag = rest[1:].partition("$")[0] if rest[0] == "$" and "$" in rest[1:] else None
        if rest.startswith("--"):
            at += len(rest.partition("\n")[0])
        elif rest.startswith("/*"):
            at += len(rest[2:].partition("*/")[0]) + 4
        elif tag is not None and all(letter.isalnum() or letter == "_" for letter in tag):
            mark = f"${tag}$"
            at += len(rest[len(mark) :].partition(mark)[0]) + 2 * len(mark)
        elif rest[0] in "'\"":
            end = 1
            while end < len(rest) and (rest[end] != rest[0] or rest[end : end + 2] == rest[0] * 2):
                end += 2 if rest[end] == rest[0] else 1
            if rest[0] == '"':
                found.append((line, rest[1:end].replace('""', '"').lower()))
            at += end + 1
        elif rest[0].isalnum() or rest[0] == "_":
            end = 1
            while end < len(rest) and (
                rest[end].isalnum() or rest[end] == "_" or (rest[end] == "$" and not rest[0].isdigit())
            ):
                end += 1
            if not rest[0].isdigit():
                found.append((line, rest[:end].lower()))
            at += end
        else:
            at += 1
    return found


pieces = st.lists(
    st.sampled_from(["'", "''", '"', '""', "--", "/*", "*/", "\n", "a", "b", " ", "$$", "$a$", "$", ".", "1", ";"]),
    max_size=30,
)


@settings(max_examples=100)
@given(pieces)
@example(["'", "''", "a", "'", "a"])
@example(["$a$", "a", "$a$", "a"])
@example(["1", "$a$", "a", "$a$"])
def test_names_are_found_as_reading_letter_by_letter_finds_them(parts: list[str]) -> None:
    sql = "".join(parts)
    lines = sql.split("\n")
    for name in ("a", "b", "ab", ""):
        numbers = dict.fromkeys(line for line, found in names_by_letter(sql) if found == name)
        assert places_of(sql, name) == [(number, lines[number - 1].strip()) for number in numbers]
    order = dict.fromkeys(found for _, found in names_by_letter(sql))
    assert used_tables(sql, ["b", "a"]) == [name for name in order if name in ("a", "b")]
