"""Answers in which anything may be missing, or something else than is described."""

from __future__ import annotations

import pytest

from robot_action.clients.github.answers import logins_of, member, objects_of, texts_of


def test_what_an_object_has_is_found_however_deep() -> None:
    assert member({"commit": {"tree": {"sha": "ab"}}}, "commit", "tree", "sha") == "ab"
    assert member({"commit": 1}, "commit") == 1


@pytest.mark.parametrize("data", [None, [], "sha", 1, {}, {"commit": None}, {"commit": ["tree"]}, {"commit": {"tree": "sha"}}])
def test_and_is_nothing_where_there_is_another_thing(data: object) -> None:
    assert member(data, "commit", "tree", "sha") is None


def test_of_a_list_what_is_no_object_or_has_no_text_is_left_out() -> None:
    users = [{"login": "ann"}, None, "bob", {"login": 1}, {"login": ""}, {"name": "cy"}, {"login": "d\x1b[31me"}]
    assert logins_of(users) == ("ann", "d[31me")
    assert texts_of(users, "name") == ("cy",)


@pytest.mark.parametrize("data", [None, {}, "abc", 1])
def test_and_what_is_no_list_has_no_objects(data: object) -> None:
    assert objects_of(data) == []
    assert logins_of(data) == ()
