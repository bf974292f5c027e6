"""A fresh ledger for each test, once on SQLite and once on PostgreSQL.

PostgreSQL runs where HEARTBEAT_TEST_POSTGRES_URL names a server; `.ci/postgres` starts one.
"""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from heartbeat_assets.ledger import Ledger, open_ledger
from heartbeat_assets_tests.ledger.raw import raw_engine
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
    engine = raw_engine(ledger_url)
    yield engine
    engine.dispose()
