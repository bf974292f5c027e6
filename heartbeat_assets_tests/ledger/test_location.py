"""Reading a ledger's address."""

from pathlib import Path

import pytest

from heartbeat_assets.ledger import LedgerError, open_ledger
from heartbeat_assets.ledger.location import locate


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////var/lib/heartbeat/ledger.sqlite", "/var/lib/heartbeat/ledger.sqlite"),
        ("sqlite+pysqlite:////var/ledger.sqlite", "/var/ledger.sqlite"),
        ("sqlite:///home/ledger.sqlite", "{cwd}/home/ledger.sqlite"),
        ("ledger.sqlite", "{cwd}/ledger.sqlite"),
        ("/var/lib/ledger.sqlite", "/var/lib/ledger.sqlite"),
        ("~/ledger.sqlite", "{home}/ledger.sqlite"),
        ("sqlite:////with space/100%20 #1/ledger.sqlite", "/with space/100%20 #1/ledger.sqlite"),
        ("/really?/ledger.sqlite", "/really?/ledger.sqlite"),
    ],
)
def test_a_path_is_taken_letter_by_letter(url: str, path: str) -> None:
    location = locate(url)
    assert location.path == Path(path.format(cwd=Path.cwd(), home=Path.home()))
    assert location.printable == f"sqlite:///{location.path}"


def test_a_ledger_stays_where_it_was_when_the_working_directory_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ledger = open_ledger("sqlite:///odd %23 name?".removesuffix("?") + "/led#ger.sqlite")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert ledger.size("lane") == 0
    assert (tmp_path / "odd %23 name" / "led#ger.sqlite").exists()
    ledger.close()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:secret@db.example:5432/heartbeat",
        "postgresql+psycopg://user:secret@db.example:5432/heartbeat",
        "postgres://user:secret@db.example:5432/heartbeat",
    ],
)
def test_a_postgresql_address_is_printed_without_its_password(url: str) -> None:
    location = locate(url)
    assert location.path is None
    assert location.printable == "postgresql://user:***@db.example:5432/heartbeat"
    assert location.url.password == "secret"


def test_a_password_among_the_options_is_not_printed_either() -> None:
    location = locate("postgresql://user@/heartbeat?host=/run/postgresql&password=secret&sslpassword=secret")
    assert "secret" not in location.printable
    assert "host=" in location.printable


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("", "names no file"),
        ("sqlite://", "three slashes"),
        ("sqlite://ledger.sqlite", "three slashes"),
        ("sqlite:///", "names no file"),
        ("sqlite:///:memory:", "several processes"),
        (":memory:", "several processes"),
        ("sqlite:///file:ledger?mode=memory", "options after"),
        ("sqlite:///ledger.sqlite?mode=ro", "options after"),
        ("mysql://user:secret@host/db", "not a ledger this program knows"),
        ("postgresql+psycopg2://user:secret@host/db", "not a ledger this program knows"),
        ("postgresql://user:secret@host:port/db", "cannot be read"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_its_password(url: str, complaint: str) -> None:
    with pytest.raises(LedgerError, match=complaint) as caught:
        locate(url)
    assert "secret" not in str(caught.value)
