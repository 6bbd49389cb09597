"""The forms of a project's name."""

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.model.names import name_forms, split_words


@pytest.mark.parametrize("name", ["payments-api", "payments_api", "PaymentsAPI", "paymentsApi", "payments.api"])
def test_every_spelling_has_the_same_forms(name: str) -> None:
    assert name_forms(name) == {
        "kebab": "payments-api",
        "snake": "payments_api",
        "pascal": "PaymentsApi",
        "title": "Payments Api",
        "package": "payments_api",
    }


@pytest.mark.parametrize(
    ("name", "words"),
    [("HTTPServer", ("http", "server")), ("HTTP2Server", ("http2", "server")), ("lib2to3", ("lib2to3",)), ("a-1", ("a", "1"))],
)
def test_words_are_found_by_case_digits_and_marks(name: str, words: tuple[str, ...]) -> None:
    assert split_words(name) == words


def test_a_keyword_is_no_package() -> None:
    assert name_forms("class")["package"] == "class_"


@given(st.from_regex(r"[A-Za-z]([A-Za-z0-9_-]*[A-Za-z0-9])?", fullmatch=True))
def test_any_project_has_an_importable_package(name: str) -> None:
    package = name_forms(name)["package"]
    assert isinstance(package, str)
    assert package.isidentifier()
    assert not keyword.iskeyword(package)
