from __future__ import annotations

import pytest

from robot_action.errors import Problem
from robot_action.parsing.yaml_scalars import MAX_DIGITS
from robot_action.parsing.yaml_text import read_documents


def read(scalar: str) -> tuple[object, tuple[Problem, ...]]:
    (document,), found = read_documents(f"- {scalar}\n".encode(), "f.yml")
    assert isinstance(document.value, list)
    return document.value[0], found


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        *[("0", 0), ("8080", 8080), ("-7", -7), ("+7", 7), ("0x1F", 31), ("0b11", 3), ("-0x10", -16)],
        *[("1.5", 1.5), ("0.5", 0.5), (".5", 0.5), ("5.", 5.0), ("1.0", 1.0), ("-0.25", -0.25), ("1.0e+3", 1000.0), ("2.5e-3", 0.0025)],
        *[("true", True), ("yes", True), ("On", True), ("no", False), ("off", False), ("null", None), ("~", None)],
        *[("'1.10'", "1.10"), ('"no"', "no"), ("1e3", "1e3"), ("1.2.3", "1.2.3"), ("=", "="), ("y", "y"), ("n", "n"), ("!!str 012", "012")],
    ],
)
def test_plain_scalars_are_read_as_yaml_1_1_reads_them(scalar: str, value: object) -> None:
    read_value, found = read(scalar)
    assert (read_value, type(read_value), found) == (value, type(value), ())


@pytest.mark.parametrize(
    ("scalar", "said"),
    [
        ("1.10", "'1.10' is read as the number 1.1"),
        ("3.10", "'3.10' is read as the number 3.1"),
        ("01.5", "'01.5' is read as the number 1.5"),
        ("1_0.5", "'1_0.5' is read as the number 10.5"),
        ("012", "'012' is read as the number 10"),
        ("0644", "'0644' is read as the number 420"),
        ("1:30", "'1:30' is read as the number 90"),
        ("1:30.5", "'1:30.5' is read as the number 90.5"),
        ("1_000", "'1_000' is read as the number 1000"),
        ("2024-01-31", "'2024-01-31' is read as a date"),
        ("2024-01-31 10:00:00", "'2024-01-31 10:00:00' is read as a date"),
    ],
)
def test_a_number_or_date_that_looks_different_when_written_has_to_be_quoted(scalar: str, said: str) -> None:
    value, (problem,) = read(scalar)
    assert problem.message == said
    assert problem.hint == f"Quote it to keep the text: '{scalar}'"
    assert value == scalar


@pytest.mark.parametrize("scalar", [".inf", "-.inf", ".nan", "1.0e+999", "1." + "0" * 5000])
def test_numbers_without_end_are_refused(scalar: str) -> None:
    _, (problem,) = read(scalar)
    assert "is no number that other formats know" in problem.message
    assert problem.hint == "Quote it to keep the text."


@pytest.mark.parametrize("scalar", ["9" * (MAX_DIGITS + 1), "0x" + "f" * 5000, "9" * 5000, "0" + "7" * 5000])
def test_very_long_numbers_are_refused(scalar: str) -> None:
    _, (problem,) = read(scalar)
    assert problem.message.startswith(f"a number has more than {MAX_DIGITS} digits")


@pytest.mark.parametrize(("scalar", "kind"), [("!!int abc", "int"), ("!!float abc", "float"), ("!!bool 3", "bool"), ("!!int ''", "int")])
def test_a_tag_that_the_text_does_not_fit_is_refused(scalar: str, kind: str) -> None:
    _, (problem,) = read(scalar)
    assert problem.message.endswith(f"is not what its tag says: {kind}")
