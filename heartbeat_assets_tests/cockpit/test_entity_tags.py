"""Tests of entity tags."""

import pytest

from heartbeat_assets.cockpit.entity_tags import document_tag, not_modified, place_tag, places_in, tags_in


def test_a_document_has_another_tag_when_anything_in_it_is_another() -> None:
    tag = document_tag(12, {"owner": "ann", "value": 0.9})

    assert tag.startswith('"12.')
    assert tag == document_tag(12, {"value": 0.9, "owner": "ann"})
    assert tag != document_tag(12, {"value": 0.8, "owner": "ann"})
    assert tag != document_tag(13, {"value": 0.9, "owner": "ann"})


def test_a_write_is_based_on_the_events_that_a_tag_names() -> None:
    assert places_in(document_tag(12, {})) == [12]
    assert places_in(place_tag(12)) == [12]
    assert places_in('"1", "2.abc" ,W/"3","x", "-4", "²"') == [1, 2]


@pytest.mark.parametrize("header", ["12", '"12', "12,", 'W"1"', '"1" "2"', "*"])
def test_what_is_no_list_of_tags_is_refused(header: str) -> None:
    with pytest.raises(ValueError, match="no list of entity tags"):
        tags_in(header)


def test_what_a_client_has_already_is_compared_weakly() -> None:
    assert not_modified('W/"12.a"', '"12.a"')
    assert not_modified('"x", "12.a"', '"12.a"')
    assert not_modified("*", '"12.a"')
    assert not not_modified('"12"', '"12.a"')
    assert not not_modified(None, '"12.a"')
    assert not not_modified("nonsense", '"12.a"')
