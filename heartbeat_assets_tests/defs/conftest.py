"""What tests of the shipped lanes share: an engine for their SQL."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from heartbeat_assets.warehouse import connect


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection as a lane's queries get it; the tests of a module put their tables there one after the other."""
    with connect(tmp_path_factory.mktemp("scratch")) as opened:
        yield opened
