"""What a runbook says as a whole: groups, the answer first, one line an item."""

from datetime import UTC, datetime

from heartbeat_assets.governance.runbook import Item, Runbook

AT = datetime(2026, 6, 5, 6, 0, tzinfo=UTC)
FINE = Item("fine", "BLOCKER", True, "All is well.")
BAD = Item("bad", "BLOCKER", False, "It burns.", {"degrees": 900}, "Put it out.")
ODD = Item("odd", "WARN", False, "It smells.", fix="Open a window.")
NOTE = Item("note", "INFO", False, "It is Friday.")


def test_the_document_has_just_what_callers_rely_on() -> None:
    document = Runbook(AT, (FINE, ODD, BAD, NOTE)).document()
    assert list(document) == ["generated_at", "blockers", "warnings", "info", "ok_to_enable_go_live"]
    assert document["generated_at"] == "2026-06-05T06:00:00+00:00"
    assert document["ok_to_enable_go_live"] is False
    assert [[one["id"] for one in document[group]] for group in ("blockers", "warnings", "info")] == [
        ["bad"],
        ["odd"],
        ["fine", "note"],
    ]
    assert document["blockers"][0] == {
        "id": "bad",
        "ok": False,
        "severity": "BLOCKER",
        "message": "It burns.",
        "detail": {"degrees": 900},
        "fix": "Put it out.",
    }


def test_the_page_has_a_line_an_item_in_the_order_of_the_file() -> None:
    page = Runbook(AT, (FINE, ODD, BAD, NOTE)).markdown()
    assert page.splitlines() == [
        "# Go-live runbook",
        "",
        "**Go-live must not be enabled: 1 blocker and 1 warning.**",
        "",
        "2026-06-05 06:00:00 UTC",
        "",
        "- ✅ fine: All is well.",
        "- ⚠️ odd: It smells. Fix: Open a window.",
        "- ❌ bad: It burns. Fix: Put it out.",
        "- ⚠️ note: It is Friday.",
    ]


def test_no_message_adds_a_line_a_tag_or_a_link_to_the_page() -> None:
    item = Item("odd", "WARN", False, "<script>a()</script>\n# [x](http://evil)", fix="`run` it\r\nnow")
    assert Runbook(AT, (item,)).markdown().splitlines()[6:] == [
        r"- ⚠️ odd: \<script>a()\</script> # [x]\(http://evil) Fix: `run` it now"
    ]


def test_a_backslash_does_not_undo_that() -> None:
    item = Item("odd", "WARN", False, r"\<b> [x]\(y)")
    assert Runbook(AT, (item,)).markdown().splitlines()[6:] == [r"- ⚠️ odd: \\\<b> [x]\\(y)"]


def test_what_is_no_tag_and_no_link_stays_as_a_person_wrote_it() -> None:
    item = Item("odd", "WARN", False, "policies[0].recent: it fell (p < 0.0001)")
    assert Runbook(AT, (item,)).markdown().splitlines()[6:] == ["- ⚠️ odd: policies[0].recent: it fell (p < 0.0001)"]


def test_warnings_and_notes_do_not_forbid_to_go_live() -> None:
    warned = Runbook(AT, (FINE, ODD, NOTE))
    assert warned.ok_to_enable_go_live
    assert warned.sentence == "Go-live may be enabled, with 1 warning."
    assert Runbook(AT, (FINE,)).sentence == "Go-live may be enabled."
    assert Runbook(AT, (BAD, BAD)).sentence == "Go-live must not be enabled: 2 blockers."


def test_the_worst_comes_first_when_a_person_reads_it() -> None:
    assert Runbook(AT, (FINE, NOTE, ODD, BAD)).worst_first == [BAD, ODD, NOTE, FINE]
