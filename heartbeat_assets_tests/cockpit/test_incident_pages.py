"""The pages of incidents and their forms: what they say, who decided, what comes back refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from heartbeat_assets.ledger import open_ledger
from heartbeat_assets.objectives.incidents import (
    Incident,
    acknowledge,
    add_action,
    incident_called,
    incidents,
    mitigate,
    resolve,
)
from heartbeat_assets_tests.cockpit.browsing import ANN, Browser
from heartbeat_assets_tests.cockpit.conftest import CockpitProject
from heartbeat_assets_tests.cockpit.operated import ANA, opened, suggested, write_operations


def submit(browser: Browser, path: str, **fields: str | list[str]) -> httpx.Response:
    """Sends a form as the browser does, with the token that the page has in it."""
    sent = {"csrf_token": browser.csrf_token()} | fields
    return browser.ask("POST", path, data=sent, headers={"Origin": f"http://{browser.host}"})


def newest(shop: CockpitProject) -> Incident:
    return incidents(open_ledger(shop.settings.ledger_url).journal)[0]


def test_at_first_there_is_no_incident_and_only_operators_get_a_form(browser: Browser) -> None:
    page = browser.get("/incidents")

    assert page.status_code == 200
    assert '<h1 id="headline">No incident is open</h1>' in page.text
    assert "<form" not in page.text.partition("<main")[2]
    assert "Sign in</a> to open an incident" in page.text
    assert "15m" in page.text


def test_an_operator_opens_one_and_it_is_on_the_first_page_at_once(operator: Browser, shop: CockpitProject) -> None:
    write_operations(shop)
    operator.cockpit.files.look()
    operator.get("/")
    answer = submit(
        operator, "/incidents", title="API answers <b>503</b>", severity="1", impact="nobody can read deals",
        components=["api_read", "console"], started_at=f"{datetime.now(UTC) - timedelta(minutes=30):%Y-%m-%dT%H:%M}",
    )  # fmt: skip

    made = newest(shop)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/incidents/{made.id}")
    assert (made.opened_by, made.severity, made.components) == (ANN, 1, ("api_read", "console"))
    assert timedelta(minutes=29) < datetime.now(UTC) - made.started_at < timedelta(minutes=32)
    page = operator.get(f"/incidents/{made.id}").text
    assert "<h1>API answers &lt;b&gt;503&lt;/b&gt;</h1>" in page
    assert "To be acknowledged by" in page
    assert "API Read, Console" in page
    assert f'<a href="/incidents/{made.id}">{made.id}</a>, Sev-1, open' in operator.get("/").text


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", " "), ("severity", "7"), ("severity", ""), ("impact", ""), ("components", "nothing"),
     ("started_at", "yesterday"), ("started_at", "2999-01-01T00:00")],
)  # fmt: skip
def test_a_form_with_a_mistake_comes_back_with_what_was_typed(
    operator: Browser, shop: CockpitProject, field: str, value: str
) -> None:
    write_operations(shop)
    operator.cockpit.files.look()
    typed = {"title": "slow pages", "severity": "2", "impact": "readers wait", "components": "console"} | {field: value}
    answer = submit(operator, "/incidents", **typed)

    assert answer.status_code == 422
    assert 'id="problem-open" role="alert"' in answer.text
    if field != "components":
        assert f'name="{field}" aria-invalid="true" autofocus aria-describedby="problem-open"' in answer.text
    if field != "impact":
        assert ">\nreaders wait</textarea>" in answer.text
    assert incidents(open_ledger(shop.settings.ledger_url).journal) == []


def test_the_worst_comes_first_and_of_two_alike_the_one_that_is_known_longer(
    browser: Browser, shop: CockpitProject
) -> None:
    hour = datetime.now(UTC) - timedelta(hours=1)
    mild, grave = opened(shop, severity=3), opened(shop, severity=1)
    longer = opened(shop, severity=1, started_at=hour, detected_at=hour)
    text = browser.get("/incidents").text

    assert '<h1 id="headline">3 incidents are open, the worst Sev-1</h1>' in text
    assert text.index(f'id="{longer.id}"') < text.index(f'id="{grave.id}"') < text.index(f'id="{mild.id}"')


def test_step_by_step_until_it_is_over_and_back_again(operator: Browser, shop: CockpitProject) -> None:
    name = opened(shop).id
    at = f"/incidents/{name}"
    assert submit(operator, f"{at}/acknowledge", reason="", place="1").headers["location"] == at
    assert submit(operator, f"{at}/mitigate", reason="rolled back", place="2").status_code == 303
    assert submit(operator, f"{at}/resolve", reason="quiet", rca="a lost index", place="3").status_code == 303
    assert submit(operator, f"{at}/action", text="alert on it", owner="team:api", due="2026-03-06").status_code == 303
    assert submit(operator, f"{at}/action_done", item="A1", reason="live").status_code == 303

    made = newest(shop)
    assert (made.status, made.rca, made.mitigation) == ("resolved", "a lost index", "rolled back")
    assert [(one.kind, one.actor) for one in made.timeline[1:]] == [
        ("acknowledged", ANN), ("mitigated", ANN), ("resolved", ANN), ("action_added", ANN), ("action_done", ANN)
    ]  # fmt: skip
    page = operator.get(at).text
    assert "● resolved" in page
    assert "● done" in page
    assert "Acknowledge</button>" not in page
    assert name not in operator.get("/").text
    assert f'<td class="nowrap"><a href="{at}">{name}</a>' in operator.get("/incidents").text

    assert submit(operator, f"{at}/reopen", reason="it is back", place="6").status_code == 303
    assert "It came back 1 time." in operator.get(at).text


def test_a_note_changes_nothing_but_the_timeline(operator: Browser, shop: CockpitProject) -> None:
    made = opened(shop)
    assert (
        submit(operator, f"/incidents/{made.id}/update", reason="the vendor was called", place="1").status_code == 303
    )

    after = newest(shop)
    assert (after.title, after.severity, after.timeline[-1].text) == (made.title, 1, "the vendor was called")
    assert dict(after.timeline[-1].changes) == {}


def everything(shop: CockpitProject, **changed: str | list[str]) -> dict[str, str | list[str]]:
    """What the form that changes an incident sends."""
    one = newest(shop)
    fields: dict[str, str | list[str]] = {
        "title": one.title, "severity": str(one.severity), "impact": one.impact, "mitigation": "", "rca": "",
        "started_at": f"{one.started_at:%Y-%m-%dT%H:%M}", "ended_at": "", "place": str(one.place),
        "reason": "known now",
    }  # fmt: skip
    return fields | changed


def test_only_what_was_changed_is_recorded(operator: Browser, shop: CockpitProject) -> None:
    made = opened(shop)
    answer = submit(
        operator, f"/incidents/{made.id}/update", **everything(shop, severity="2", rca="an index\r\nis gone")
    )

    assert answer.status_code == 303
    after = newest(shop)
    assert (after.severity, after.rca, after.started_at) == (2, "an index\nis gone", made.started_at)
    assert set(after.timeline[-1].changes) == {"severity", "rca"}


def test_who_comes_second_is_told_and_does_not_undo_what_the_first_changed(
    operator: Browser, shop: CockpitProject
) -> None:
    made = opened(shop)
    mine = everything(shop, impact="half of the readers wait")
    submit(operator, f"/incidents/{made.id}/update", **everything(shop, title="API is slow"))
    answer = submit(operator, f"/incidents/{made.id}/update", **mine)

    assert answer.status_code == 409
    assert "Somebody else recorded something meanwhile" in answer.text
    assert 'name="title" type="text" value="API is slow"' in answer.text
    assert ">\nhalf of the readers wait</textarea>" in answer.text
    assert 'name="place" value="2"' in answer.text

    assert (
        submit(operator, f"/incidents/{made.id}/update", **mine | {"title": "API is slow", "place": "2"}).status_code
        == 303
    )
    assert (newest(shop).title, newest(shop).impact) == ("API is slow", "half of the readers wait")


def test_a_step_that_somebody_took_already_is_refused_with_who(operator: Browser, shop: CockpitProject) -> None:
    made = opened(shop)
    journal = open_ledger(shop.settings.ledger_url).journal
    acknowledge(journal, made.id, actor=ANA)
    answer = submit(operator, f"/incidents/{made.id}/acknowledge", reason="mine")

    assert answer.status_code == 409
    assert "acknowledged already" in answer.text
    assert ANA.name in answer.text


def test_the_end_of_an_incident_can_be_taken_back_and_components_emptied(
    operator: Browser, shop: CockpitProject
) -> None:
    made = opened(shop, components=["api_read"])
    page = f"/incidents/{made.id}"
    end = f"{datetime.now(UTC) + timedelta(minutes=-1):%Y-%m-%dT%H:%M}"
    started = f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%dT%H:%M}"
    sent = everything(shop, ended_at=end, started_at=started, components=["api_read"])
    assert submit(operator, f"{page}/update", **sent).status_code == 303
    assert newest(shop).ended_at is not None

    again = everything(shop, ended_at="", components=[])
    assert submit(operator, f"{page}/update", **again).status_code == 303
    assert (newest(shop).ended_at, newest(shop).components) == (None, ())


def test_a_suggestion_is_opened_or_dismissed_once(operator: Browser, shop: CockpitProject) -> None:
    write_operations(shop)
    operator.cockpit.files.look()
    number = suggested(shop)
    page = operator.get("/incidents").text
    assert "◔ suggested" in page
    assert "by the rule api-down" in page
    assert f'id="f-open-{number}-c-api_read" name="components" value="api_read" checked' in page

    assert submit(operator, f"/incidents/suggestions/{number}/dismiss", reason="").status_code == 422
    fields = {"suggestion": str(number), "title": "Down", "severity": "2", "impact": "readers"}
    assert submit(operator, "/incidents", **fields).status_code == 303
    assert (newest(shop).rule, newest(shop).suggestion) == ("api-down", number)
    refused = submit(operator, f"/incidents/suggestions/{number}/dismiss", reason="no")
    assert refused.status_code == 409


def test_promises_that_are_late_and_actions_that_are_overdue_are_said(browser: Browser, shop: CockpitProject) -> None:
    hour = datetime.now(UTC) - timedelta(hours=1)
    made = opened(shop, started_at=hour, detected_at=hour)
    journal = open_ledger(shop.settings.ledger_url).journal
    add_action(journal, made.id, text="write it down", owner="team:api", due="2020-01-01", actor=ANA)

    text = browser.get("/incidents").text
    assert "Not acknowledged, 45 min late: 15m" in text
    assert "What is left to do: 1 overdue" in text
    mitigate(journal, made.id, reason="restarted", actor=ANA)
    resolve(journal, made.id, reason="quiet", actor=ANA)
    text = browser.get("/incidents").text
    assert "◆ late" in text
    assert "(of 1)" in text


@pytest.mark.parametrize("path", ["/incidents/INC-20260101-001", "/incidents/nonsense"])
def test_an_incident_that_is_not_there(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_nobody_decides_without_being_signed_in_or_without_the_token(
    browser: Browser, operator: Browser, shop: CockpitProject
) -> None:
    made = opened(shop)
    origin = {"Origin": f"http://{browser.host}"}
    assert operator.ask("POST", f"/incidents/{made.id}/acknowledge", data={}, headers=origin).status_code == 403
    assert (
        operator.ask(
            "POST", f"/incidents/{made.id}/nothing", data={"csrf_token": operator.csrf_token()}, headers=origin
        ).status_code
        == 404
    )
    assert incident_called(open_ledger(shop.settings.ledger_url).journal, made.id).status == "open"


def test_a_form_with_many_components_still_carries_its_token(operator: Browser, shop: CockpitProject) -> None:
    names = [f"part_{number}" for number in range(40)]
    parts = "\n".join(f"    - {{id: {name}, name: {name}}}" for name in names)
    write_operations(shop, f"type: heartbeat_assets.Operations\nattributes:\n  components:\n{parts}\n")
    operator.cockpit.files.look()
    answer = submit(operator, "/incidents", title="all of it", severity="1", impact="everybody", components=names)

    assert answer.status_code == 303
    assert newest(shop).components == tuple(names)
