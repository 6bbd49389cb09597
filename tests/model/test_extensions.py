"""Which extensions are other people's code."""

from __future__ import annotations

import pytest

from robot_action.model.cookiecutter import CookiecutterSettings
from robot_action.model.copier import CopierSettings
from robot_action.model.extensions import calculating, extensions_of, is_foreign, needs_machine
from robot_action.model.template import Specification


@pytest.mark.parametrize("name", ["jinja2.ext.do", "jinja2.ext.loopcontrols", "cookiecutter.extensions.SlugifyExtension"])
def test_what_jinja2_and_the_format_bring_is_nobody_elses(name: str) -> None:
    assert not is_foreign(name)
    assert not needs_machine([name])


@pytest.mark.parametrize("name", ["jinja2_time.TimeExtension", "jinja2.extra", "local.X", "extensions/context.py:Hook", "cookiecutter.x.Y"])
def test_everything_else_is(name: str) -> None:
    assert is_foreign(name)


def test_unknown_ones_may_need_files_and_programs() -> None:
    assert needs_machine(["jinja2.ext.do", "local_extensions.X"])
    assert needs_machine(["jinja2_git.GitExtension"])


def test_known_ones_need_neither() -> None:
    names = ["jinja2_time.TimeExtension", "jinja2_strcase.StrcaseExtension", "copier_templates_extensions.TemplateExtensionLoader"]
    assert not needs_machine(names)
    assert calculating([*names, "jinja2_strcase.StrcaseExtension"]) == ("jinja2_strcase",)


def test_each_format_names_its_own() -> None:
    assert extensions_of(Specification("t")) == ()
    assert extensions_of(Specification("t", settings=CopierSettings(extensions=("a.B",)))) == ("a.B",)
    assert extensions_of(Specification("t", settings=CookiecutterSettings(extensions=("a.B",)))) == ("a.B",)
