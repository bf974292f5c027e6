"""Tests of spec: what SQL may read."""

import pytest

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.sources.spec import EventsSource, JsonSource, event_token, free_name
from heartbeat_assets_tests.lanes.histories import ATTRIBUTES, SPEC, spec_with


def test_the_kind_of_a_source_decides_its_settings() -> None:
    assert isinstance(SPEC.sources["events"], EventsSource)
    assert isinstance(SPEC.sources["snapshot"], JsonSource)
    assert [name for name, source in SPEC.sources.items() if source.required] == ["snapshot"]


@pytest.mark.parametrize(("written", "token"), [("Page Load", "page_load"), ("a-b", "a_b"), (" a ", "a")])
def test_an_event_is_written_as_it_is_compared(written: str, token: str) -> None:
    assert event_token(token) == token
    with pytest.raises(ValueError, match=f"write '{token}'"):
        event_token(written)


def test_an_event_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="an event needs a name"):
        event_token("  ")


@pytest.mark.parametrize("column", ["session_id", "event", "ts_us", "elapsed_ms"])
def test_an_event_set_cannot_hide_a_column(column: str) -> None:
    assert free_name("clicks") == "clicks"
    with pytest.raises(ValueError, match=f"'{column}' is a column of every event already"):
        free_name(column)


def test_a_mistake_in_a_source_that_is_called_as_its_kind_is_named_once() -> None:
    sources = {**ATTRIBUTES["sources"], "events": {"kind": "events"}, "json": {"kind": "json"}}

    with pytest.raises(SpecProblem) as raised:
        spec_with(sources=sources)

    assert raised.value.problems == ["sources.events.path: is required", "sources.json.path: is required"]
