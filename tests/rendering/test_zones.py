from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from robot_action.rendering.zones import MAX_ZONES, load_zones, zones_for


@pytest.mark.parametrize(
    "text", [b"", b"now 'Europe/Berlin'", b"know, now and then", b"{{ now }}", b"{% set now = 1 %}{{ 'Europe/Berlin' }}"]
)
def test_without_the_tag_nothing_is_needed(text: bytes) -> None:
    assert zones_for([text, b"Europe/Berlin"]) is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (b"{% now 'utc' %}", ("utc",)),
        (b"x {%- now \"Europe/Berlin\", '%Y' -%} y", ("Europe/Berlin",)),
        (b"[%now 'America/Argentina/Buenos_Aires' - 'days=1' %]", ("America/Argentina/Buenos_Aires",)),
        (b"{% now cookiecutter.zone %}", ()),
        (b"{% now '../../etc/passwd' %}{%\n now 'Etc/GMT+5' %}", ("Etc/GMT+5",)),
    ],
)
def test_zones_that_the_tag_names_are_found(text: bytes, names: tuple[str, ...]) -> None:
    assert zones_for([text]) == names


def test_answers_may_name_zones_too() -> None:
    assert zones_for([b"{% now cookiecutter.zone %}", b"Asia/Tokyo", b"not a zone", b"a/b/c/d", b"Asia/Tokyo"]) == ("Asia/Tokyo",)


def test_they_are_not_without_end() -> None:
    assert len(zones_for([b"{% now x %}", *(f"Zone/Number_{number}".encode() for number in range(1000))]) or ()) == MAX_ZONES


def test_what_is_no_zone_is_passed_over() -> None:
    load_zones(["Nowhere/Land", "../../etc/passwd", "Europe", "Europe/Berlin"])
    assert ZoneInfo("Europe/Berlin") is ZoneInfo("Europe/Berlin")
