from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from robot_action.rendering.chance import Chance, Clock
from tests.rendering.copier_samples import copied, shown

RANDOM = (
    "[1, 2, 3, 4, 5, 6, 7, 8, 9]|random",
    "1000000|ans_random",
    "'52:54'|random_mac",
    "range(99)|shuffle",
    "lipsum()",
    "make_secret()",
)


@pytest.mark.parametrize("expression", RANDOM)
def test_the_same_seed_gives_the_same_values(expression: str) -> None:
    text = f"{{{{ {expression} }}}} {{{{ {expression} }}}}"
    first = shown(text, seed="a")
    assert shown(text, seed="a") == first
    assert shown(text, seed="b") != first
    one, _, other = first.partition(" ")
    assert one != other or len(one) == 1


def test_a_new_file_does_not_change_the_values_of_another_one() -> None:
    def values(files: Mapping[str, str]) -> bytes:
        return copied("q: 1", files).tree["z"].content

    text = "{{ 1000000|ans_random }}"
    assert values({"z.jinja": text}) == values({"a.jinja": text, "z.jinja": text})


def test_random_values_leave_pythons_own_alone() -> None:
    random.seed(5)
    expected = random.random()
    random.seed(5)
    shown("{{ lipsum() }}{{ [1, 2]|shuffle }}{{ [1]|random }}")
    assert random.random() == expected


def test_nothing_to_choose_from_is_undefined() -> None:
    assert shown("{{ []|random }}{{ ([]|random) is defined }}") == "False"


def test_a_seed_that_is_given_counts() -> None:
    assert shown("{{ 1000000|ans_random(seed=3) }}{{ [1, 2, 3]|shuffle(seed='x') }}", seed="a") == shown(
        "{{ 1000000|ans_random(seed=3) }}{{ [1, 2, 3]|shuffle(seed='x') }}", seed="b"
    )


def test_the_moment_is_now() -> None:
    assert shown("{{ now() }} {{ '%Y'|strftime }} {{ '%Y'|strftime(0) }}", moment=1e9) == "2001-09-09 01:46:40+00:00 2001 1970"
    assert Clock(0).now().year == 1970


def test_draws_follow_from_seed_file_and_count() -> None:
    chance = Chance("s")
    draws = [chance.draw(name).random() for name in ("a", "a", "b", None)]
    assert len(set(draws)) == 4
    assert Chance("s").draw("b").random() == draws[2]
