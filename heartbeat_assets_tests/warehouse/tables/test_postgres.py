"""Tables and views in PostgreSQL, where HEARTBEAT_TEST_POSTGRES_URL names a server; `.ci/postgres` starts one."""

import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from heartbeat_assets.warehouse.tables.problems import ColumnsMissing, TableUnreadable
from heartbeat_assets_tests.postgres import postgres_server
from heartbeat_assets_tests.warehouse.table_reading import read, refusal, rows_of


@pytest.fixture
def server() -> str:
    return postgres_server()


@pytest.fixture
def schema(server: str) -> Iterator[str]:
    """A schema of its own that has a table `t`."""
    name = f"heartbeat_test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as database:
        database.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
        database.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(name)))
        database.execute(
            "CREATE TABLE t (id text, n bigint, f float8, d numeric, at timestamptz, local timestamp, day date, "
            'ok bool, j jsonb, bytes bytea, "we""ird" uuid, secret text)'
        )
        database.execute(
            "INSERT INTO t VALUES ('007', 9007199254740993, 0.1::float8 + 0.2, 1.50, '2026-04-12T14:00:00+02:00', "
            "'2026-04-12T12:00:00', '2026-04-12', true, '{\"a\": [1]}', '\\xff', "
            "'3fa85f64-5717-4562-b3fc-2c963f66afa6', 'x')"
        )
        database.execute("INSERT INTO t (id) VALUES (''), (E'a\\r\\n\",b')")
        database.execute("CREATE VIEW v AS SELECT id FROM t WHERE id = '007'")
        yield name
        database.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))


def test_columns_nobody_declared_have_the_type_they_have_there(tmp_path: Path, server: str, schema: str) -> None:
    seen, rows = read(tmp_path, server, format="warehouse", table=f"{schema}.t")
    assert seen.columns == (
        ("id", "VARCHAR"), ("n", "BIGINT"), ("f", "DOUBLE"), ("d", "DOUBLE"), ("at", "TIMESTAMPTZ"),
        ("local", "TIMESTAMPTZ"), ("day", "DATE"), ("ok", "BOOLEAN"), ("j", "JSON"), ("bytes", "VARCHAR"),
        ('we"ird', "VARCHAR"), ("secret", "VARCHAR"),
    )  # fmt: skip
    assert (seen.files, seen.modified) == ((), None)
    noon = datetime(2026, 4, 12, 12, tzinfo=UTC)
    uid = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
    assert rows == [
        ("", *[None] * 11),
        ("007", 2**53 + 1, 0.1 + 0.2, 1.5, noon, noon, date(2026, 4, 12), True, '{"a": [1]}', "\\xff", uid, "x"),
        ('a\r\n",b', *[None] * 11),
    ]


def test_declared_columns_come_typed_in_their_order_and_nothing_else_is_visible(
    tmp_path: Path, server: str, schema: str
) -> None:
    types = {
        "at": "timestamp",
        "n": "text",
        "d": "number",
        "day": "date",
        'we"ird': "text",
        "ok": "boolean",
        "j": "json",
    }
    seen, rows = read(tmp_path, server, types, format="warehouse", table=f"{schema}.t")
    assert [name for name, _ in seen.columns] == list(types)
    noon, uid = datetime(2026, 4, 12, 12, tzinfo=UTC), "3fa85f64-5717-4562-b3fc-2c963f66afa6"
    assert rows[0] == (noon, "9007199254740993", 1.5, date(2026, 4, 12), uid, True, '{"a": [1]}')
    assert rows[1:] == [(None,) * 7] * 2


def test_a_table_is_found_on_the_search_path_and_a_view_counts(tmp_path: Path, server: str, schema: str) -> None:
    separator = "&" if "?" in server else "?"
    url = f"{server}{separator}options=-csearch_path%3D{schema}"
    assert rows_of(tmp_path, url, format="warehouse", table="v") == [("007",)]
    driver = url.replace("postgresql://", "postgresql+psycopg://")
    assert rows_of(tmp_path, driver, {"id": "text"}, format="warehouse", table=f"{schema}.v") == [("007",)]
    assert "no table T (did you mean t?); there is t, v" in str(refusal(tmp_path, url, format="warehouse", table="T"))


def test_how_the_server_writes_values_does_not_matter(tmp_path: Path, server: str, schema: str) -> None:
    separator = "&" if "?" in server else "?"
    odd = "-ctimezone%3DAsia/Tokyo%20-cdatestyle%3DSQL,DMY%20-cextra_float_digits%3D-5%20-cbytea_output%3Descape"
    url = f"{server}{separator}options={odd}"
    types = {"at": "timestamp", "local": "timestamp", "day": "date", "f": "number", "bytes": "text"}
    rows = rows_of(tmp_path, url, types, format="warehouse", table=f"{schema}.t")
    noon = datetime(2026, 4, 12, 12, tzinfo=UTC)
    assert rows[0] == (noon, noon, date(2026, 4, 12), 0.1 + 0.2, "\\xff")


def test_what_is_wrong_names_server_and_table(tmp_path: Path, server: str, schema: str) -> None:
    table = f"{schema}.t"
    problem = refusal(tmp_path, server, {"Id": "text"}, format="warehouse", table=table)
    assert isinstance(problem, ColumnsMissing)
    assert f", table {table}: no column Id (did you mean id?); it has id, n, f" in str(problem)
    problem = refusal(tmp_path, server, {"id": "integer"}, format="warehouse", table=table)
    assert f", table {table}: column id is declared integer, and '" in str(problem)
    # What else the server has is not this test's: other tests have tables there at the same time.
    for wrong, said in (
        (f"{schema}.nope", f"no table {schema}.nope; there is {schema}.t, {schema}.v"),
        ("nope", "no table nope; there is "),
        ("", "say which table; there is "),
    ):
        problem = refusal(tmp_path, server, format="warehouse", table=wrong)
        assert isinstance(problem, TableUnreadable)
        assert f": {said}" in str(problem)


def test_no_message_holds_the_password(tmp_path: Path, server: str, schema: str) -> None:
    parts = urlsplit(server)
    real = parts.password or ""
    where = f"{parts.hostname}:{parts.port}{parts.path}"
    for password, url in [
        (real, server),
        ("geheim", f"postgresql://{parts.username}:geheim@{where}"),
        ("ge%20heim", f"postgresql://{parts.username}:ge%20heim@{where}"),
        ("ge heim", f"postgresql://{parts.username}:ge heim@x:y@{where}"),
        ("geheim", f"postgresql://{parts.username}@{where}?password=geheim&nonsense=1"),
        ("geheim", f"postgresql://{parts.username}:geheim@127.0.0.1:1/db"),
        ("geheim", f"postgresql://{parts.username}:geheim@{where}?connect_timeout=soon"),
    ]:
        problem = refusal(tmp_path, url, {"nope": "text"}, format="warehouse", table=f"{schema}.t")
        assert not password or password not in str(problem)
        assert "heim" not in str(problem)
        if url != server:
            assert problem.__cause__ is None


def test_the_rows_are_read_in_a_transaction_that_cannot_write(tmp_path: Path, server: str, schema: str) -> None:
    with psycopg.connect(server, autocommit=True) as database:
        database.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(schema)))
        database.execute(
            "CREATE FUNCTION writing() RETURNS text LANGUAGE sql "
            "AS 'INSERT INTO t (id) VALUES (''written'') RETURNING id'"
        )
        database.execute(sql.SQL("ALTER FUNCTION writing() SET search_path = {}").format(sql.Identifier(schema)))
        database.execute("CREATE VIEW bad AS SELECT writing() AS id")
    problem = refusal(tmp_path, server, {"id": "text"}, format="warehouse", table=f"{schema}.bad")
    assert "cannot execute INSERT in a read-only transaction" in str(problem)


def test_more_rows_than_a_batch_come_over(tmp_path: Path, server: str, schema: str) -> None:
    with psycopg.connect(server, autocommit=True) as database:
        table = sql.Identifier(schema, "many")
        database.execute(sql.SQL("CREATE TABLE {} AS SELECT generate_series(1, 60000) AS n").format(table))
    rows = rows_of(tmp_path, server, {"n": "integer"}, format="warehouse", table=f"{schema}.many")
    assert rows == [(number,) for number in range(1, 60_001)]


def test_without_the_driver_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    problem = refusal(tmp_path, "postgresql://user:secret@host/db", format="warehouse", table="t")
    assert str(problem) == (
        "postgresql://user@host/db, table t: the driver is not installed; pip install 'heartbeat_assets[postgres]'"
    )
