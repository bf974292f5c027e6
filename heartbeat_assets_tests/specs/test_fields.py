"""Tests of fields: the kinds of value a field of defs.yaml may hold."""

import pytest

from heartbeat_assets.specs.fields import cron, given_twice, limit, no_truth_value, timezone


@pytest.mark.parametrize(
    "text",
    [
        "17 * * * *", "*/5 0-6 1,15 jan-mar mon-fri", "0 0 * * 7", "0 4 * * SUN", "59 23 31 12 *", "0 9-17/2 * * *",
        "@daily", " 0  1 * * * ",
    ],
)  # fmt: skip
def test_a_cron_is_five_fields_within_their_ranges(text: str) -> None:
    assert cron(text) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has 0 fields"),
        ("* * * *", "has 4 fields"),
        ("* * * * * *", "has 6 fields"),
        ("60 * * * *", "'60' is no minute"),
        ("* 24 * * *", "'24' is no hour"),
        ("* * 0 * *", "'0' is no day of the month"),
        ("* * * 13 *", "'13' is no month"),
        ("* * * mon *", "'mon' is no month"),
        ("* * * * 8", "'8' is no day of the week"),
        ("*/0 * * * *", r"'\*/0' is no minute"),
        ("5-1 * * * *", "'5-1' is no minute"),
        ("1,,2 * * * *", "'1,,2' is no minute"),
        ("-1 * * * *", "'-1' is no minute"),
        ("@fortnightly", "has 1 field;"),
    ],
)
def test_a_cron_that_no_clock_can_keep_names_the_field(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        cron(text)


@pytest.mark.parametrize("name", ["UTC", "Europe/Madrid", "America/Argentina/Buenos_Aires"])
def test_a_time_zone_is_one_of_the_database(name: str) -> None:
    assert timezone(name) == name


@pytest.mark.parametrize("name", ["Mars", "", "Europe", "../etc/passwd", "/etc/localtime"])
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no time zone"):
        timezone(name)


def test_without_a_database_of_time_zones_every_name_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoneinfo.available_timezones", set)

    assert timezone("Mars") == "Mars"


@pytest.mark.parametrize("value", [0, -1, 0.5, "36h", "0"])
def test_a_limit_is_a_number_or_text(value: object) -> None:
    assert limit(value) == value


@pytest.mark.parametrize("value", [None, True, [0], {}])
def test_a_limit_of_another_type_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="must be a number, or a duration such as 36h"):
        limit(value)


def test_yes_and_no_are_no_numbers() -> None:
    assert no_truth_value(0) == 0
    with pytest.raises(ValueError, match="must be a number, not false"):
        no_truth_value(False)


def test_a_name_that_is_given_again_is_told_with_the_place_where_it_was_first() -> None:
    assert list(given_twice("kpis", ["a", "b", "a", "a"])) == [
        "kpis[2]: a is there already, kpis[0]; take one out",
        "kpis[3]: a is there already, kpis[0]; take one out",
    ]
    assert list(given_twice("policies", ["A.b", "A.b"], "has a policy")) == [
        "policies[1]: A.b has a policy already, policies[0]; take one out"
    ]
    assert not list(given_twice("kpis", ["a", "b"]))
