"""Which database the URL of a warehouse means."""

from pathlib import Path

import pytest

from heartbeat_assets.warehouse.tables.places import is_postgres, libpq_url, shown_url, warehouse_file
from heartbeat_assets.warehouse.tables.problems import TableUnreadable


@pytest.mark.parametrize("scheme", ["duckdb", "sqlite"])
def test_a_path_may_stand_behind_three_or_four_slashes_or_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    (tmp_path / "w.db").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    assert warehouse_file(f"{scheme}://{tmp_path}/w.db") == tmp_path / "w.db"
    assert warehouse_file(f"{scheme}:///{tmp_path}/w.db") == tmp_path / "w.db"
    assert warehouse_file(f"{scheme}:///w.db") == Path("w.db")
    assert warehouse_file(f"{scheme}:///nowhere.db") == Path("/nowhere.db")
    assert warehouse_file(f"{tmp_path}/w.db") == tmp_path / "w.db"
    assert warehouse_file("w.db") == Path("w.db")


def test_a_home_is_found_in_a_plain_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    assert warehouse_file("~/w.duckdb") == Path("/home/someone/w.duckdb")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://user:secret@host/db", r"mysql://\.\.\.: not a warehouse this program knows"),
        ("duckdb://w.duckdb", r"duckdb://w\.duckdb: has three slashes before its path"),
        ("sqlite:///", "has three slashes before its path"),
        (" ", "the warehouse's URL is empty"),
    ],
)
def test_another_url_is_refused_without_its_secrets(url: str, said: str) -> None:
    with pytest.raises(TableUnreadable, match=said) as raised:
        warehouse_file(url)
    assert "secret" not in str(raised.value)
    assert "use duckdb:///path" in str(raised.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://user:secret@host:5432/db", "postgresql://user@host:5432/db"),
        ("postgres://user:secret@host/db?password=secret", "postgresql://user@host/db"),
        ("postgresql+psycopg://host/db", "postgresql://host/db"),
        ("postgresql:///db?host=/tmp", "postgresql:///db"),
        ("postgresql://user:secret@host:port/db", "postgresql://..."),
        ("postgresql://user:[secret@host/db", "postgresql://..."),
    ],
)
def test_a_server_is_shown_without_password_and_options(url: str, shown: str) -> None:
    assert is_postgres(url)
    assert shown_url(url) == shown
    assert libpq_url(url).startswith("postgresql://")


def test_a_path_is_no_server() -> None:
    assert not is_postgres("postgresql")
    assert not is_postgres("/data/postgresql.db")
    assert not is_postgres("sqlite:///x")
