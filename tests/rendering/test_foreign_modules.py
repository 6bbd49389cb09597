"""What templates' extensions import of Copier's and Cookiecutter's world is there without those tools."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from jinja2 import Environment

from robot_action.rendering import foreign_modules
from robot_action.rendering.foreign_modules import ContextHook, simple_filter

NAMES = ("copier_template_extensions", "copier_templates_extensions", "cookiecutter", "cookiecutter.utils")


@pytest.fixture(autouse=True)
def own_modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let what is provided be forgotten."""
    with monkeypatch.context() as patch:
        for name in NAMES:
            patch.delitem(sys.modules, name, raising=False)
        yield


def hooked(*hooks: type[ContextHook]) -> Environment:
    return Environment(extensions=list(hooks))


class Changes(ContextHook):
    def hook(self, context: dict[str, Any]) -> None:
        context["seen"] = context.get("given", "")


class Returns(ContextHook):
    def hook(self, context: dict[str, Any]) -> dict[str, Any]:
        return {"more": f"{context['seen']}!"}


def test_a_hook_changes_the_context_or_returns_what_is_added_the_last_one_first() -> None:
    assert hooked(Returns, Changes).from_string("{{ seen }}{{ more }}").render(_copier_conf={}, given="x") == "xx!"


def test_a_hook_sees_copiers_contexts_alone() -> None:
    assert hooked(Changes).from_string("{{ seen }}").render(given="x") == ""


def test_a_hook_that_does_nothing_is_an_error() -> None:
    with pytest.raises(NotImplementedError):
        hooked(ContextHook).from_string("").render(_copier_conf={})


def test_a_simple_filter_is_an_extension() -> None:
    @simple_filter
    def shout(text: str) -> str:
        return f"{text.upper()}!"

    assert shout.__name__ == "shout"
    assert Environment(extensions=[shout]).from_string("{{ 'a'|shout }}").render() == "A!"


@pytest.mark.parametrize("name", NAMES[:2])
def test_copiers_extensions_are_there_under_both_names(name: str) -> None:
    foreign_modules.provide()
    assert import_module(name).ContextHook is ContextHook
    assert import_module(name).TemplateExtensionLoader


def test_cookiecutter_itself_is_taken_where_it_is_installed() -> None:
    foreign_modules.provide()
    assert import_module("cookiecutter.utils").simple_filter is not simple_filter


def test_without_cookiecutter_its_filter_is_there_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign_modules, "find_spec", lambda _name: None)
    foreign_modules.provide()
    assert import_module("cookiecutter.utils").simple_filter is simple_filter
