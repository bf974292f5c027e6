"""A fresh ledger for each test, once on SQLite and once on PostgreSQL.

Tests that show what a ledger refuses share one for their module, `shared`: each of them sees that nothing changed.

PostgreSQL runs where HEARTBEAT_TEST_POSTGRES_URL names a server; `.ci/postgres` starts one.
"""

import functools
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


@functools.cache
def _maker_of_schemas(server: str) -> sa.Engine:
    """One connection for all schemas: the server starts a process for each."""
    return sa.create_engine(sa.make_url(server).set(drivername="postgresql+psycopg"), pool_size=1)


@contextmanager
def new_schema() -> Iterator[str]:
    """The URL of a ledger that does not exist yet, in a schema of its own."""
    server = postgres_server()
    schema = f"heartbeat_test_{uuid.uuid4().hex}"
    engine = _maker_of_schemas(server)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    separator = "&" if "?" in server else "?"
    yield f"{server}{separator}options=-csearch_path%3D{schema}"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def postgres_url() -> Iterator[str]:
    with new_schema() as url:
        yield url


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


ON_SQLITE = pytest.mark.parametrize("shared_url", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("shared_url", ["postgresql"], indirect=True)
"""For tests that share a ledger and are of one of the databases only."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('shared') / 'ledger.sqlite'}"
    else:
        with new_schema() as url:
            yield url


@pytest.fixture(scope="module")
def fills() -> Callable[[Ledger], object]:
    """What a shared ledger is filled with; a module may say something else."""
    return fill


@pytest.fixture(scope="module")
def shared_ledger(shared_url: str, fills: Callable[[Ledger], object]) -> Iterator[Ledger]:
    """A filled ledger that the tests of a module share: none may change what is in it."""
    opened = open_ledger(shared_url)
    fills(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def shared(shared_url: str, shared_ledger: Ledger) -> Iterator[sa.Engine]:
    """The database of the shared ledger, as `raw` is that of a test's own."""
    engine = raw_engine(shared_url, keeps=True)
    yield engine
    engine.dispose()


@pytest.fixture
def refuses(shared: sa.Engine) -> Callable[..., None]:
    """Asserts that a statement on a journal as `fill` leaves it is refused, in this sentence, and changes nothing."""
    before = rows_of(shared)

    def check(statement: str, sentence: str = REFUSED, /, **values: Any) -> None:
        with pytest.raises(sa.exc.IntegrityError, match=REFUSED) as caught:
            execute(shared, statement, **values)
        assert sentence in str(caught.value.orig)
        assert rows_of(shared) == before

    return check


@pytest.fixture
def takes(ledger: Ledger, raw: sa.Engine) -> Callable[..., None]:
    """Asserts that the next event of a subject is let into such a journal."""
    fill(ledger)

    def check(stream: str, subject: str, **changes: Any) -> None:
        execute(raw, INSERT, **next_row(raw, stream, subject, **changes))
        assert ledger.journal.verify(stream, subject).unbroken

    return check
