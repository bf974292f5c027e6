"""Tests of problems: the mistakes in the settings of any model, as sentences."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import Field

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.sources.spec import JsonSource, Source
from heartbeat_assets.specs.fields import Flag, Model, Name, Whole
from heartbeat_assets.specs.problems import checked


class Shelf(Model):
    """A part of another model."""

    name: Name
    height: Whole = 1


class Library(Model):
    """A model that no room has."""

    open: Flag = True
    shelves: list[Shelf] = Field(default_factory=list)
    sources: dict[Name, Source] = Field(min_length=1)


class Plain(Model):
    """A model without sources."""

    open: Flag = True


BOOKS = {"books": {"kind": "json", "path": "books.json"}}


def problems_of(attributes: Any, model: type[Model] = Library) -> list[str]:
    with pytest.raises(SpecProblem) as raised:
        checked(model, attributes, "shelf.yaml", models={"shelves": Shelf})
    assert raised.value.file == "shelf.yaml"
    return raised.value.problems


def test_what_is_right_is_the_model_itself() -> None:
    library = checked(Library, {"sources": BOOKS}, "shelf.yaml")

    assert isinstance(library.sources["books"], JsonSource)


@pytest.mark.parametrize(
    ("attributes", "sentence"),
    [
        ({"opn": True, "sources": BOOKS}, "unknown field 'opn'; did you mean 'open'?"),
        ({"zzz": True, "sources": BOOKS}, "unknown field 'zzz'; there are open, shelves, sources"),
        ({"open": "yes", "sources": BOOKS}, "open: must be true or false, not 'yes'; that is text: write it"),
        ({}, "sources: is required"),
        ({"shelves": [{"name": "a", "hight": 2}], "sources": BOOKS}, "shelves[0] a: unknown field 'hight'; did you"),
        ({"shelves": [{"name": "a", "height": "2"}], "sources": BOOKS}, "shelves[0] a.height: must be a whole number"),
        ({"sources": {"books": {"kind": "json", "pth": "x", "path": "y"}}}, "sources.books: unknown field 'pth'; did"),
        ({"sources": {"table": {"kind": "table"}}}, "sources.table.path: is required"),
        ({"sources": {"books": {"kind": "table", "path": "x", "zz": 1}}}, "sources.books: unknown field 'zz'; there"),
        (
            {"sources": {"books": {"path": "x"}}},
            "sources.books.kind: is required; give 'events' or 'json' or 'table' or 'warehouse' or 'kpi_events'",
        ),
        (
            {"sources": {"books": {"kind": "book"}}},
            "sources.books.kind: must be 'events' or 'json' or 'table' or 'warehouse' or 'kpi_events', not 'book'",
        ),
        ({"sources": {"Books": BOOKS["books"]}}, "sources: the name 'Books' must be lower-case letters, digits and _"),
    ],
)
def test_a_mistake_in_any_model_is_a_sentence_that_names_the_item(attributes: Any, sentence: str) -> None:
    (said,) = problems_of(attributes)

    assert said.startswith(sentence)


def test_every_mistake_is_told() -> None:
    assert problems_of({"open": 1, "shelves": [{"name": "A"}], "sources": BOOKS}) == [
        "open: must be true or false, not 1",
        "shelves[0] A.name: must be lower-case letters, digits and _, starting with a letter, not 'A'",
    ]


def test_a_model_without_sources_has_its_mistakes_told_too() -> None:
    assert problems_of({"sources": BOOKS}, Plain) == ["unknown field 'sources'; there are open"]


def test_what_is_said_of_no_settings_at_all_may_be_chosen() -> None:
    assert problems_of(None) == ["attributes: must be a mapping of settings"]
    with pytest.raises(SpecProblem) as raised:
        checked(Plain, [], "shelf.yaml", no_attributes="give the library's settings")
    assert raised.value.problems == ["give the library's settings"]
