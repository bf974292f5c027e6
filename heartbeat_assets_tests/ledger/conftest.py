"""A fresh ledger for each test, once on SQLite and once on PostgreSQL.

PostgreSQL runs where HEARTBEAT_TEST_POSTGRES_URL names a server; `.ci/postgres` starts one.
"""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from heartbeat_assets.ledger import Ledger, open_ledger
from heartbeat_assets_tests.ledger.journal_entries import INSERT, REFUSED, fill, next_row, rows_of
from heartbeat_assets_tests.ledger.raw import execute, raw_engine
from heartbeat_assets_tests.postgres import postgres_server


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'home' / 'ledger.sqlite'}"


@pytest.fixture
def postgres_url() -> Iterator[str]:
    server = postgres_server()
    schema = f"heartbeat_test_{uuid.uuid4().hex}"
    engine = sa.create_engine(sa.make_url(server).set(drivername="postgresql+psycopg"), poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    separator = "&" if "?" in server else "?"
    yield f"{server}{separator}options=-csearch_path%3D{schema}"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest) -> str:
    """The URL of a ledger that does not exist yet."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    opened = open_ledger(ledger_url)
    yield opened
    opened.close()


@pytest.fixture
def raw(ledger_url: str, ledger: Ledger) -> Iterator[sa.Engine]:
    """The same database without the ledger's code in front of it, as any other program would open it."""
    engine = raw_engine(ledger_url, keeps=True)
    yield engine
    engine.dispose()


@pytest.fixture
def refuses(ledger: Ledger, raw: sa.Engine) -> Callable[..., None]:
    """Asserts that a statement on a journal as `fill` leaves it is refused, in this sentence, and changes nothing."""
    fill(ledger)
    before = rows_of(raw)

    def check(statement: str, sentence: str = REFUSED, /, **values: Any) -> None:
        with pytest.raises(sa.exc.IntegrityError, match=REFUSED) as caught:
            execute(raw, statement, **values)
        assert sentence in str(caught.value.orig)
        assert rows_of(raw) == before

    return check


@pytest.fixture
def takes(ledger: Ledger, raw: sa.Engine) -> Callable[..., None]:
    """Asserts that the next event of a subject is let into such a journal."""
    fill(ledger)

    def check(stream: str, subject: str, **changes: Any) -> None:
        execute(raw, INSERT, **next_row(raw, stream, subject, **changes))
        assert ledger.journal.verify(stream, subject).unbroken

    return check
