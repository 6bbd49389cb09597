from __future__ import annotations

import pytest

from robot_action.clients.index.address import checked_address, with_user
from robot_action.errors import InputError, Position
from robot_action.model.credentials import Credential
from robot_action.model.manifest import IndexKind, PublishTarget

TARGET = PublishTarget(IndexKind.PYPI, position=Position("demo.yml", 4, 3))


@pytest.mark.parametrize("url", ["https://index.example/legacy/", "http://127.0.0.1:8080/"])
def test_an_address_of_a_server_is_taken_as_it_is(url: str) -> None:
    assert checked_address(TARGET, url) == url


@pytest.mark.parametrize(
    "url", ["https://robot:s3cret@index.example/", "https://s3cret@h/", "ftp://s3cret/", "https:///s3cret", "s3cret", "http://a:0/s3cret"]
)
def test_any_other_is_refused_with_its_place_and_without_its_text(url: str) -> None:
    with pytest.raises(InputError, match=r"^demo\.yml:4:3: the index's address is none that can be used") as caught:
        checked_address(TARGET, url)
    assert "s3cret" not in str(caught.value)


def test_a_token_alone_gets_its_user() -> None:
    assert with_user(Credential("", "t")) == Credential("__token__", "t")
    assert with_user(Credential("robot", "p")) == Credential("robot", "p")
    assert with_user(None) is None
