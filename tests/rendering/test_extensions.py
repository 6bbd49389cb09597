"""Extensions of templates: found, named when they are missing, and never loaded where nobody trusts their source."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jinja2.ext import Extension
from jinja2_strcase import StrcaseExtension

from robot_action.errors import InputError, Position
from robot_action.model.cookiecutter import CookiecutterSettings
from robot_action.model.copier import CopierSettings
from robot_action.model.template import RenderRequest
from robot_action.rendering.engine import render
from robot_action.rendering.extensions import load_extensions
from tests.rendering.samples import contents, make_request, problems

LOADER = "copier_templates_extensions.TemplateExtensionLoader"
HOOK = """
from copier_template_extensions import ContextHook

class Hook(ContextHook):
    def hook(self, context):
        context["hooked"] = context.get("_folder_name")

not_one = 1
"""


@pytest.fixture(autouse=True)
def own_modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let modules that templates bring be forgotten, those of the same name that are installed included."""
    before = dict(sys.modules)
    with monkeypatch.context() as patch:
        for name in ("copier_template_extensions", "copier_templates_extensions"):
            patch.delitem(sys.modules, name, raising=False)
        yield
        for name in set(sys.modules) - set(before):
            patch.delitem(sys.modules, name)


def wanting(*names: str, place: Path | str = "", trusted: bool = True, files: dict[str, Any] | None = None) -> RenderRequest:
    settings = CopierSettings(extensions=names)
    places = {"_jinja_extensions": Position("copier.yml", 3, 1)}
    request = make_request(files or {}, directory="", settings=settings, places=places)
    return replace(request, trusted=trusted, place=str(place), moment=86400.0)


def loaded(*names: str, place: Path | str = "", trusted: bool = True) -> tuple[type[Extension], ...]:
    return load_extensions(names, wanting(*names, place=place, trusted=trusted))


def refusal(*names: str, place: Path | str = "", trusted: bool = True) -> str:
    with pytest.raises(InputError) as refused:
        loaded(*names, place=place, trusted=trusted)
    return str(refused.value)


class TestTrust:
    def test_without_it_each_that_is_not_jinjas_own_is_named(self) -> None:
        said = refusal("jinja2.ext.do", "jinja2_time.TimeExtension", "local.X", trusted=False)
        assert "copier.yml:3:1: the extension 'jinja2_time.TimeExtension' is not loaded" in said
        assert "the extension 'local.X' is not loaded" in said
        assert "jinja2.ext.do" not in said

    def test_without_it_nothing_is_imported(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "untrusted_module.py").write_text("raise SystemExit('loaded')")
        monkeypatch.syspath_prepend(tmp_path)
        refusal("jinja2.ext.do", "untrusted_module.X", trusted=False)
        assert "untrusted_module" not in sys.modules

    def test_jinjas_own_need_none(self) -> None:
        assert [one.__name__ for one in loaded("jinja2.ext.do", "jinja2.ext.loopcontrols", trusted=False)] == [
            "ExprStmtExtension",
            "LoopControlExtension",
        ]

    def test_they_work(self) -> None:
        source = "{% set l = [] %}{% for x in [1, 2] %}{% if x == 2 %}{% break %}{% endif %}{% do l.append(x) %}{% endfor %}{{ l }}"
        request = wanting("jinja2.ext.do", "jinja2.ext.loopcontrols", trusted=False, files={"a.jinja": source})
        assert contents(render(request))["a"] == b"[1]"


class TestInstalled:
    def test_one_is_taken_as_it_is(self) -> None:
        assert loaded("jinja2_strcase.StrcaseExtension") == (StrcaseExtension,)
        assert loaded("jinja2_strcase.jinja2_strcase.StrcaseExtension") == (StrcaseExtension,)

    def test_the_time_is_the_time_that_was_said_to_be_now(self) -> None:
        request = wanting("jinja2_time.TimeExtension", files={"a.jinja": "{% now 'utc', '%Y-%m-%d' %}"})
        assert contents(render(request))["a"] == b"1970-01-02"

    def test_those_that_every_template_has_add_nothing(self) -> None:
        assert loaded("cookiecutter.extensions.SlugifyExtension") == ()

    def test_what_they_define_counts_more_than_what_the_format_has(self, tmp_path: Path) -> None:
        (tmp_path / "own.py").write_text(
            "from jinja2.ext import Extension\n"
            "class Own(Extension):\n"
            "    def __init__(self, environment):\n"
            "        super().__init__(environment)\n"
            "        environment.filters['to_json'] = lambda value: 'own'\n"
        )
        request = wanting(LOADER, "own.py:Own", place=tmp_path, files={"a.jinja": "{{ 1|to_json }}"})
        assert contents(render(request))["a"] == b"own"

    def test_plain_text_is_theirs_where_they_want_it(self, tmp_path: Path) -> None:
        (tmp_path / "own.py").write_text(
            "from jinja2.ext import Extension\n"
            "class Own(Extension):\n"
            "    def preprocess(self, source, name, filename=None):\n"
            "        return source.replace('a', 'b')\n"
        )
        request = wanting(LOADER, "own.py:Own", place=tmp_path, files={"x.jinja": "aa"})
        assert contents(render(request))["x"] == b"bb"

    def test_one_of_cookiecutters_templates_is_loaded_too(self) -> None:
        settings = CookiecutterSettings(extensions=("jinja2_strcase.StrcaseExtension",), folder="{{cookiecutter.x}}", variables={"x": "p"})
        request = make_request(more={"{{cookiecutter.x}}/a": "{{ 'ab cd'|to_camel }}"}, directory="", settings=settings)
        assert contents(render(replace(request, trusted=True))) == {"a": b"AbCd"}


class TestMissing:
    def test_a_package_of_the_extra_is_named_with_the_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "jinja2_strcase", None)
        said = refusal("jinja2_strcase.StrcaseExtension")
        assert (
            "copier.yml:3:1: the extension 'jinja2_strcase.StrcaseExtension' cannot be loaded: there is no module 'jinja2_strcase'" in said
        )
        assert "Install 'robot-action[extensions]' where robot-action is installed" in said

    def test_any_other_is_named(self) -> None:
        assert "Install the package that has the module 'no_such_module'" in refusal("no_such_module.sub.X")

    def test_all_are_told_at_once(self) -> None:
        said = refusal("no_such_module.X", "jinja2_strcase.Nope", "", "word", "a.py:X")
        assert "there is no module 'no_such_module'" in said
        assert "'jinja2_strcase' has no extension 'Nope'" in said
        assert said.count("it is no import path") == 2
        assert f"it names a file\n  List {LOADER.replace('templates', 'template')}" in said

    def test_a_class_that_is_none_is_told(self) -> None:
        assert "'pathlib' has no extension 'Path'" in refusal("pathlib.Path")


class TestLocal:
    def test_a_class_of_a_file_of_the_template(self, tmp_path: Path) -> None:
        (tmp_path / "extensions").mkdir()
        (tmp_path / "extensions/context.py").write_text(HOOK)
        request = wanting(LOADER, "extensions/context.py:Hook", place=tmp_path, files={"a.jinja": "{{ hooked }}"})
        around = replace(request.surroundings, destination="/x/demo")
        assert contents(render(replace(request, surroundings=around)))["a"] == b"demo"

    def test_files_can_import_each_other(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").write_text(HOOK)
        (tmp_path / "b.py").write_text("from copier_template_extensions.a import Hook as Other")
        assert [one.__name__ for one in loaded(LOADER, "a.py:Hook", "b.py:Other", place=tmp_path)] == ["Hook", "Hook"]

    @pytest.mark.parametrize("path", ["nope.py", "../outside.py", "/etc/hostname", "link.py", "."])
    def test_a_file_that_is_not_the_templates_is_refused(self, tmp_path: Path, path: str) -> None:
        (tmp_path / "outside.py").write_text(HOOK)
        place = tmp_path / "template"
        place.mkdir()
        (place / "link.py").symlink_to("../outside.py")
        assert f"the template has no file {path!r}" in refusal(LOADER, f"{path}:Hook", place=place)

    def test_without_files_there_is_none(self) -> None:
        assert "the template has no file 'conftest.py'" in refusal(LOADER, "conftest.py:Hook")

    def test_a_file_that_is_no_python_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text(HOOK)
        assert "'a.txt' is no Python file" in refusal(LOADER, "a.txt:Hook", place=tmp_path)

    @pytest.mark.parametrize(
        ("source", "said"),
        [
            ("raise ValueError('broken')", "ValueError: broken"),
            ("def", "SyntaxError: "),
            ("import no_such_module", "there is no module 'no_such_module'"),
            ("Hook = 1", "has no extension 'Hook'"),
        ],
    )
    def test_one_that_fails_is_told(self, tmp_path: Path, source: str, said: str) -> None:
        (tmp_path / "a.py").write_text(source)
        assert said in refusal(LOADER, "a.py:Hook", place=tmp_path)

    def test_running_out_of_memory_is_left_to_whoever_started_it(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").write_text("raise MemoryError")
        with pytest.raises(MemoryError):
            loaded(LOADER, "a.py:Hook", place=tmp_path)

    @pytest.mark.parametrize("error", ["ValueError('broken')", "MemoryError"])
    def test_one_that_fails_when_it_is_made_is_told(self, tmp_path: Path, error: str) -> None:
        source = f"from jinja2.ext import Extension\nclass Hook(Extension):\n    def __init__(self, environment):\n        raise {error}"
        (tmp_path / "a.py").write_text(source)
        request = wanting(LOADER, "a.py:Hook", place=tmp_path)
        if error == "MemoryError":
            with pytest.raises(MemoryError):
                render(request)
        else:
            assert problems(request) == ["copier.yml:3:1: the extension copier_template_extensions.a.Hook fails: ValueError: broken"]
