"""Reserving and settling a risk: the integration pattern as written, with the import path of this package."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from heartbeat_assets.emit import flush, kpi_fail, kpi_success, kpi_timed_step
from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.governance.switch import engage
from heartbeat_assets.guard import NotAllowed, risk_reserve_or_raise, risk_settle
from heartbeat_assets.ledger import Actor, KpiEvent, Ledger

ANNA = Actor("anna@example.org", "person", "cli")


def events(ledger: Ledger) -> dict[str, KpiEvent]:
    assert flush(60)
    names = [series.metric for series in ledger.events.series() if series.domain == "WHOLESALE"]
    return {metric: ledger.events.newest("WHOLESALE", metric, 1)[0] for metric in names}


def act_on_a_lead(db: Any, amount: float, loss: float, success: bool) -> str:
    # 1. Reserve risk
    try:
        reserved = risk_reserve_or_raise(db, "WHOLESALE", amount, actor="heimdall")
        kpi_success(db, "WHOLESALE", "risk_reserved", actor="heimdall")
    except Exception:
        kpi_fail(db, "WHOLESALE", "risk_denied", actor="heimdall")
        return "error"

    # 2. Get AI recommendation
    with kpi_timed_step(db, "WHOLESALE", "recommendation", actor="heimdall"):
        rec = "offer"

    # 3. Execute action
    with kpi_timed_step(db, "WHOLESALE", "action_executed", actor="heimdall"):
        result = f"{rec} made"

    # 4. Settle risk
    risk_settle(db, "WHOLESALE", reserved, loss, actor="heimdall", correlation_id="deal_1")
    kpi_success(db, "WHOLESALE", "risk_settled", actor="heimdall")

    # 5. Record outcome
    if success:
        kpi_success(db, "WHOLESALE", "outcome_success", detail={"profit": 500})
    else:
        kpi_fail(db, "WHOLESALE", "outcome_failed", detail={"reason": "withdrawn"})
    return result


def test_the_integration_pattern_runs_as_written(configured: Ledger, engine: sa.Engine) -> None:
    with Session(engine) as db:
        assert act_on_a_lead(db, 1000, 120.5, True) == "offer made"
    found = events(configured)
    assert set(found) == {
        "risk_reserved_amount", "risk_reserved", "recommendation", "action_executed", "risk_loss", "risk_settled",
        "outcome_success",
    }  # fmt: skip
    assert (found["risk_reserved_amount"].value, found["risk_reserved_amount"].actor) == (1000, "heimdall")
    assert (found["risk_loss"].value, found["risk_loss"].correlation_id) == (120.5, "deal_1")
    assert json.loads(found["risk_loss"].detail or "") == {"reserved": 1000}
    # Of a kind each, so that a tripwire can look at every one.
    assert all((one.success is None) != (one.value is None) for one in found.values())


def test_what_is_stopped_reserves_nothing(configured: Ledger, engine: sa.Engine) -> None:
    engage(configured.journal, "WHOLESALE", actor=ANNA, reason="Prices are wrong.")
    with Session(engine) as db:
        assert act_on_a_lead(db, 1000, 0, True) == "error"
        with pytest.raises(NotAllowed, match=r"Prices are wrong\."):
            risk_reserve_or_raise(db, "wholesale", 5)
    assert set(events(configured)) == {"risk_denied"}


def test_what_is_stopped_is_still_settled(configured: Ledger) -> None:
    engage(configured.journal, "GLOBAL", actor=ANNA, reason="Prices are wrong.")
    risk_settle(None, "WHOLESALE", 10, -3.5, detail={"deal": 7})
    loss = events(configured)["risk_loss"]
    assert (loss.value, json.loads(loss.detail or "")) == (-3.5, {"deal": 7, "reserved": 10})


def test_an_amount_may_be_any_number_of_at_least_nothing(configured: Ledger) -> None:
    assert risk_reserve_or_raise(None, "WHOLESALE", Decimal("12.50")) == 12.5
    assert risk_reserve_or_raise(None, "WHOLESALE", 0) == 0


@pytest.mark.parametrize("amount", [-1, float("nan"), float("inf"), "12", True, None, ...])
def test_an_amount_that_is_none_is_said(configured: Ledger, amount: Any) -> None:
    with pytest.raises(UsageProblem, match="reserve a finite number, 0 or more"):
        risk_reserve_or_raise(None, "WHOLESALE", amount)


def test_settling_never_breaks_the_caller(configured: Ledger) -> None:
    risk_settle(None, "WHOLESALE", None, "much", detail="a text")
    risk_settle(None, "WHOLESALE", None, 4, detail="a text")
    assert json.loads(events(configured)["risk_loss"].detail or "") == {"reserved": None, "detail": "a text"}
