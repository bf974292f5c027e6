"""New ledgers for tests, as the migrations make them: they run once in a process, and what they made is made again.

A ledger that is there is left to the migrations, and so is every ledger of another process. Tests of the migrations
themselves use the fixture `migrations`.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from heartbeat_assets.ledger import upgrade as upgrading
from heartbeat_assets.ledger.engine import lock_exclusively, new_engine
from heartbeat_assets.ledger.errors import explained
from heartbeat_assets.ledger.location import Location, locate
from heartbeat_assets.ledger.schema import REVISIONS, VERSION_TABLE

migrate = upgrading.upgrade


class NewLedgers:
    """What the migrations make of a new ledger: a file below `folder`, and the statements for a schema."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "ledger.sqlite"
        # Now, as a test may change what the migrations do.
        migrate(locate(str(self._file)))
        self._schema = f"heartbeat_test_{uuid.uuid4().hex}"
        self._statements: list[str] = []

    def upgrade(self, location: Location) -> None:
        """Does what `heartbeat_assets.ledger.upgrade.upgrade` does."""
        made = self._repeat(location) if location.path is None else self._copy(location, location.path)
        if not made:
            migrate(location)

    def _copy(self, location: Location, path: Path) -> bool:
        if path.exists():
            return False
        with explained(location), upgrading._alone(location, path):
            if path.exists():
                return False
            shutil.copyfile(self._file, path)
            return True

    def _repeat(self, location: Location) -> bool:
        with explained(location):
            # Before the lock is taken: the migrations take it too.
            self._statements = self._statements or self._recorded(location)
            with _connected(location) as connection:
                lock_exclusively(connection, "migration")
                schema = connection.scalar(sa.func.current_schema())
                if schema is None or connection.scalar(sa.func.to_regclass(VERSION_TABLE)) is not None:
                    return False
                script = ";\n".join(self._statements).replace(self._schema, schema)
                connection.connection.driver_connection.execute(script)
                return True

    def _recorded(self, location: Location) -> list[str]:
        """What the migrations say in a schema of their own, which is gone afterwards."""
        said: list[str] = []

        def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith("SELECT"):
                said.append(statement)

        with _connected(location) as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {self._schema}")
        url = location.url.update_query_dict({"options": f"-csearch_path={self._schema}"})
        try:
            sa.event.listen(sa.Engine, "before_cursor_execute", listen)
            migrate(Location(url, None, location.printable))
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", listen)
            with _connected(location) as connection:
                connection.exec_driver_sql(f"DROP SCHEMA {self._schema} CASCADE")
        assert REVISIONS[-1] in said[-1]
        return said


@pytest.fixture(scope="session", autouse=True)
def new_ledgers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whoever makes a ledger in this process makes it so."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(upgrading, "upgrade", NewLedgers(tmp_path_factory.mktemp("new_ledgers")).upgrade)
        yield


@pytest.fixture
def migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every ledger of the test is made by the migrations themselves."""
    monkeypatch.setattr(upgrading, "upgrade", migrate)


@contextmanager
def _connected(location: Location) -> Iterator[sa.Connection]:
    engine = new_engine(location, sa.pool.NullPool)
    with engine.begin() as connection:
        yield connection
