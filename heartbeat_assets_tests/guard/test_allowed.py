"""Guards: who is stopped, how old an answer may be, what holds while the ledger is away, threads and forks."""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.orm import Session

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.governance.switch import engage, release
from heartbeat_assets.guard import NotAllowed, answers, is_allowed, require_allowed
from heartbeat_assets.ledger import Actor, Ledger, open_ledger
from heartbeat_assets_tests.ledger.raw import raw_engine

ANNA = Actor("anna@example.org", "person", "cli")


def stop(ledger: Ledger, name: str = "WHOLESALE") -> None:
    engage(ledger.journal, name, actor=ANNA, reason="Prices are wrong.")


def start(ledger: Ledger, name: str = "WHOLESALE") -> None:
    release(ledger.journal, name, actor=ANNA, reason="Prices are right.")


def allowed(domain: str = "WHOLESALE", db: Any = None, **named: Any) -> bool:
    return is_allowed(domain, db, **{"cache_seconds": 0, **named})


# --- Who is stopped ---------------------------------------------------------------------------------------


def test_a_domain_is_allowed_until_it_is_stopped_and_again_once_released(configured: Ledger) -> None:
    assert allowed()
    stop(configured)
    assert not allowed()
    assert not allowed("wholesale")
    assert allowed("BUYER_MATCH")
    start(configured)
    assert allowed()


def test_the_switch_for_everything_stops_every_domain(configured: Ledger) -> None:
    stop(configured, "GLOBAL")
    assert not allowed("WHOLESALE")
    assert not allowed("NEVER_HEARD_OF")
    start(configured, "GLOBAL")
    assert allowed("WHOLESALE")


def test_releasing_everything_releases_no_domain(configured: Ledger) -> None:
    stop(configured)
    stop(configured, "GLOBAL")
    start(configured, "GLOBAL")
    assert not allowed()


def test_what_is_not_allowed_says_since_when_and_why(configured: Ledger) -> None:
    stop(configured)
    (event,) = configured.journal.of("switch", "WHOLESALE")
    with pytest.raises(NotAllowed) as raised:
        require_allowed("wholesale")
    found = raised.value
    assert (found.domain, found.switch, found.reason) == ("WHOLESALE", "WHOLESALE", "Prices are wrong.")
    assert found.since == event.at
    assert (
        str(found)
        == f"WHOLESALE may not act: WHOLESALE is stopped since {event.at:%Y-%m-%d %H:%M} UTC: Prices are wrong."
    )
    # It may come from another process.
    again = pickle.loads(pickle.dumps(found))
    assert (str(again), again.since) == (str(found), found.since)


def test_what_is_rehearsed_or_held_stops_nothing(configured: Ledger) -> None:
    from heartbeat_assets.ledger import NewJournalEvent

    configured.journal.append(NewJournalEvent("switch", "WHOLESALE", "rehearsed", reason="dry run"), ANNA)
    assert allowed()
    stop(configured)
    configured.journal.append(NewJournalEvent("switch", "WHOLESALE", "held", reason="cooldown"), ANNA)
    assert not allowed()


def test_db_may_be_an_engine_a_connection_a_session_a_url_or_nothing(
    configured: Ledger, engine: sa.Engine, ledger_url: str
) -> None:
    stop(configured)
    with engine.connect() as connection, Session(engine) as session:
        session.execute(sa.text("SELECT 1"))
        for db in (engine, connection, session, ledger_url, None):
            assert not allowed(db=db)
            assert allowed("CAPITAL", db=db)


def test_an_argument_that_is_wrong_is_said(configured: Ledger) -> None:
    wrong: list[tuple[Any, Any]] = [
        (("two words",), {}),
        ((None,), {}),
        (("A", object()), {}),
        (("A", sa.create_engine("sqlite://")), {}),
        (("A",), {"cache_seconds": -1}),
        (("A",), {"cache_seconds": "2"}),
        (("A",), {"when_unknown": "maybe"}),
    ]
    answered = []
    for arguments, named in wrong:
        with suppress(UsageProblem):
            answered.append((arguments, named, is_allowed(*arguments, **named)))
    assert answered == []


# --- How old an answer may be -----------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(answers.time, "monotonic", lambda: now[0])
    return now


def test_an_answer_is_two_seconds_old_at_most(configured: Ledger, clock: list[float]) -> None:
    assert is_allowed("WHOLESALE")
    stop(configured)
    clock[0] += 1.9
    assert is_allowed("WHOLESALE")
    clock[0] += 0.2
    assert not is_allowed("WHOLESALE")


def test_how_old_is_set_by_the_environment_or_the_call(
    configured: Ledger, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTBEAT_GUARD_CACHE_SECONDS", "60")
    assert is_allowed("WHOLESALE")
    stop(configured)
    clock[0] += 59
    assert is_allowed("WHOLESALE")
    assert not is_allowed("WHOLESALE", cache_seconds=30)
    monkeypatch.setenv("HEARTBEAT_GUARD_CACHE_SECONDS", "0")
    start(configured)
    assert is_allowed("WHOLESALE")


def test_a_setting_that_makes_no_sense_is_logged_and_the_default_holds(
    configured: Ledger, clock: list[float], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HEARTBEAT_GUARD_CACHE_SECONDS", "soon")
    monkeypatch.setenv("HEARTBEAT_GUARD_WHEN_UNKNOWN", "perhaps")
    assert is_allowed("WHOLESALE")
    assert "HEARTBEAT_GUARD_CACHE_SECONDS=soon is no number of seconds; 2 is taken" in caplog.text
    assert "HEARTBEAT_GUARD_WHEN_UNKNOWN=perhaps is neither closed nor open; closed is taken" in caplog.text


def test_from_the_cache_it_takes_no_time(configured: Ledger) -> None:
    is_allowed("WHOLESALE")
    started = time.process_time()
    for _ in range(1000):
        is_allowed("WHOLESALE", cache_seconds=3600)
    assert time.process_time() - started < 1


# --- While the ledger is away -----------------------------------------------------------------------------


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot(target: str, may_make: bool) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr(answers, "_engaged", cannot)


def test_while_the_ledger_is_away_nothing_is_allowed(configured: Ledger, away: None) -> None:
    with pytest.raises(NotAllowed) as raised:
        require_allowed("WHOLESALE")
    assert (raised.value.switch, raised.value.since) == (None, None)
    assert "the ledger cannot be asked: no route to host" in str(raised.value)
    assert not is_allowed("WHOLESALE")
    assert not is_allowed("WHOLESALE", when_unknown="closed")
    assert pickle.loads(pickle.dumps(raised.value)).switch is None


def test_or_everything_is_where_that_is_set(configured: Ledger, away: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_allowed("WHOLESALE", when_unknown="open")
    monkeypatch.setenv("HEARTBEAT_GUARD_WHEN_UNKNOWN", "Open")
    assert is_allowed("WHOLESALE")
    assert not is_allowed("WHOLESALE", when_unknown="closed")


def test_what_was_known_to_be_stopped_stays_so_even_then(
    configured: Ledger, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    stop(configured)
    assert not allowed()
    request.getfixturevalue("away")
    assert not allowed(when_unknown="open")
    with pytest.raises(NotAllowed, match=r"Prices are wrong\."):
        require_allowed("WHOLESALE", cache_seconds=0, when_unknown="open")
    assert allowed("CAPITAL", when_unknown="open")


def test_it_is_logged_once_a_minute(configured: Ledger, away: None, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(20):
        allowed()
    (record,) = [one for one in caplog.records if one.name == "heartbeat_assets.guard"]
    assert record.levelno == logging.WARNING
    assert record.getMessage() == "The switches cannot be asked for, so nothing is allowed: no route to host"


def test_a_ledger_that_takes_long_to_fail_is_left_alone_as_long(
    configured: Ledger, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def slow(target: str, may_make: bool) -> None:
        asked.append(clock[0])
        clock[0] += 10
        raise OSError("timed out")

    monkeypatch.setattr(answers, "_engaged", slow)
    for _ in range(100):
        is_allowed("WHOLESALE")
        clock[0] += 0.5
    assert len(asked) <= 6


def test_a_ledger_that_was_taken_away_allows_nothing_and_is_not_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ledger.sqlite"
    monkeypatch.setenv("HEARTBEAT_LEDGER_URL", str(file))
    assert not allowed()
    assert not file.exists()
    ledger = open_ledger(str(file))
    assert allowed()
    ledger.close()
    file.rename(tmp_path / "elsewhere.sqlite")
    assert not allowed()
    assert not file.exists()


@pytest.mark.parametrize("url", ["mysql://there/x", "postgresql://nobody@127.0.0.1:1/none", "/proc/nowhere/ledger"])
def test_whatever_is_wrong_with_the_ledger_it_is_no_fault_of_the_caller(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("HEARTBEAT_LEDGER_URL", url)
    assert not is_allowed("WHOLESALE")
    assert is_allowed("WHOLESALE", when_unknown="open")


def test_without_a_project_the_ledger_cannot_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HEARTBEAT_LEDGER_URL", "HEARTBEAT_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HEARTBEAT_PROJECT", str(tmp_path))
    assert not is_allowed("WHOLESALE")


@pytest.mark.usefixtures("migrations")
def test_an_older_ledger_is_brought_up_to_date(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTBEAT_LEDGER_URL", ledger_url)
    run = command.upgrade
    with monkeypatch.context() as patched:
        patched.setattr(command, "upgrade", lambda config, _revision: run(config, "0003"))
        ledger = open_ledger(ledger_url)
    assert "journal_event" not in sa.inspect(raw_engine(ledger_url)).get_table_names()
    assert allowed()
    stop(ledger)
    assert not allowed()
    ledger.close()


# --- Threads and forks ------------------------------------------------------------------------------------


def test_of_many_threads_one_asks(configured: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    engaged = answers._engaged

    def counted(target: str, may_make: bool) -> Any:
        asked.append(target)
        time.sleep(0.2)
        return engaged(target, may_make)

    monkeypatch.setattr(answers, "_engaged", counted)
    stop(configured)
    said: list[bool] = []
    barrier = threading.Barrier(16)

    def ask() -> None:
        barrier.wait()
        said.append(is_allowed("WHOLESALE"))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert said == [False] * 16
    assert len(asked) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_child_asks_for_itself_even_while_a_thread_of_its_parent_asks(configured: Ledger) -> None:
    program = """
import os, threading, time
from heartbeat_assets.guard import answers, is_allowed

assert not is_allowed("WHOLESALE")
engaged = answers._engaged
answers._engaged = lambda *given: time.sleep(1) or engaged(*given)
asking = threading.Thread(target=is_allowed, args=("WHOLESALE",), kwargs={"cache_seconds": 0})
asking.start()
time.sleep(0.3)
child = os.fork()
if child == 0:
    answers._engaged = engaged
    os._exit(0 if not is_allowed("WHOLESALE", cache_seconds=0) and is_allowed("CAPITAL") else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
asking.join()
"""
    stop(configured)
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", program], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_importing_loads_nothing_but_the_standard_library() -> None:
    program = (
        "import sys; before = set(sys.modules); import heartbeat_assets.guard;"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}"
        " - set(sys.stdlib_module_names) - {'heartbeat_assets'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
