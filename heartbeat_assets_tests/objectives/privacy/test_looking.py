"""Personal data is found however it is written, and named without being shown; what only looks like it is not."""

import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.objectives.privacy import find_personal_data
from heartbeat_assets_tests.objectives.privacy.planted import HARMLESS, PLANTED

SUPPORT = "support@clawdeals.example"
EVERY = [(kind, written) for kind, several in PLANTED.items() for written in several]


@pytest.mark.parametrize(("kind", "written"), EVERY)
def test_what_is_planted_is_found_in_a_document_of_every_kind(kind: str, written: str) -> None:
    quoted = written.replace('"', '\\"') if "\\" not in written else written
    for document, of in (
        (f"# Status\n\n- Impact: {written}\n", "markdown"),
        (f"<p>It was {written} that saw it.</p>\n", "html"),
        (f'{{"impact": "{quoted}"}}\n', "json"),
        (f"<svg><text>{written}</text></svg>", "svg"),
    ):
        found = find_personal_data(document, kind=of, allowed=[SUPPORT])  # type: ignore[arg-type]
        assert found, (of, document)
        assert kind in {one.kind for one in found}, (of, found)


@pytest.mark.parametrize("written", HARMLESS)
def test_what_only_looks_like_it_is_left_alone(written: str) -> None:
    for of in ("markdown", "html", "json"):
        assert not find_personal_data(f"- It is {written} here.\n", kind=of, allowed=[SUPPORT])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ("<p>ann<b>@</b>exam<wbr>ple.org</p>", "html"),
        ("<p>ann<!-- -->@example.org</p>", "html"),
        ("<p title='ann@example.org'>x</p>", "html"),
        ("<!-- ann@example.org -->", "html"),
        ("<text>ann<tspan>@example.org</tspan></text>", "svg"),
        ("- ann**@**example.org", "markdown"),
        (r"- ann\@example\.org", "markdown"),
        ("[write](mailto:ann%40example.org)", "markdown"),
        ("![x](https://example.org/?who=ann%40example.org)", "markdown"),
    ],
)
def test_tags_and_emphasis_hide_nothing(document: str, kind: str) -> None:
    assert [one.kind for one in find_personal_data(document, kind=kind)] == ["e-mail address"]  # type: ignore[arg-type]


def test_cells_beside_each_other_are_not_read_as_one() -> None:
    assert not find_personal_data("<tr><td>10.0</td><td>.0.1</td></tr>", kind="html")


def test_a_finding_says_where_and_shows_two_letters() -> None:
    (found,) = find_personal_data("one\ntwo ann@example.org", kind="markdown")
    assert (found.line, found.column, found.masked) == (2, 5, "an…")
    assert found.sentence == "line 2, column 5: e-mail address (an…)"


def test_the_place_is_that_of_the_text_as_given() -> None:
    (found,) = find_personal_data("<p>&amp;&amp;\n&lt; ann&#64;example.org</p>", kind="html")
    assert (found.line, found.column) == (2, 6)


@pytest.mark.parametrize(("kind", "written"), EVERY)
def test_no_finding_shows_more_than_two_letters(kind: str, written: str) -> None:
    for found in find_personal_data(f"x {written} x"):
        assert len(found.masked.rstrip("…")) <= 2


def test_a_password_in_a_url_is_found_beside_its_host() -> None:
    found = find_personal_data("see postgres://ann:geheim77@db/deals")
    assert [one.kind for one in found] == ["password in a URL"]


def test_what_is_allowed_may_stand_and_what_holds_it_may_not() -> None:
    assert not find_personal_data("status@example.org and 192.0.2.1", allowed=["Status@example.org", "192.0.2.1"])
    assert find_personal_data("mystatus@example.org", allowed=["status@example.org"])
    assert find_personal_data("status@example.org.evil.example", allowed=["status@example.org"])


def test_patterns_of_this_place_are_found_under_their_name() -> None:
    (found,) = find_personal_data("seen by CD|77", patterns={"claw id": r"\bCD\|\d+"})
    assert found.kind == "claw id"


def test_a_kind_of_text_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="markdown, html, json"):
        find_personal_data("x", kind="pdf")  # type: ignore[arg-type]


@settings(max_examples=30, deadline=None)
@given(st.text(alphabet=string.ascii_lowercase + " \n.,", max_size=60), st.sampled_from(EVERY), st.data())
def test_it_is_found_wherever_it_stands(around: str, planted: tuple[str, str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(around)))
    assert find_personal_data(f"{around[:at]} | {planted[1]} | {around[at:]}", allowed=[SUPPORT])


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_looked_at(text: str) -> None:
    for kind in ("markdown", "html", "json", "svg"):
        for found in find_personal_data(text, kind=kind):  # type: ignore[arg-type]
            assert found.line >= 1
            assert found.column >= 1


@pytest.mark.parametrize("unit", ["a-", "a.", "1:", "1 ", "0", "a@", "user ", "AB12 ", "eyJ.", "&amp;", "://a:", "-"])
def test_no_text_takes_long_to_look_at(unit: str) -> None:
    started = time.process_time()
    find_personal_data(unit * (6_000 // len(unit)), kind="markdown")
    assert time.process_time() - started < 5
