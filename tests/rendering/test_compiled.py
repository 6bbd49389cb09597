"""Compiled templates are kept for what compiled them, and for nothing else; a damaged pack counts as none."""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from dataclasses import replace
from types import CodeType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, Undefined
from jinja2.ext import do
from jinja2.sandbox import SandboxedEnvironment

from robot_action.errors import InputError
from robot_action.model.copier import CopierSettings
from robot_action.model.template import COMPILED_LIMIT, RenderRequest
from robot_action.rendering import compiled as module
from robot_action.rendering import environment
from robot_action.rendering.compiled import Compiled, key_of, options_of
from robot_action.rendering.engine import render
from tests.rendering.samples import contents, make_request

FILES = {"a.jinja": "{{ year }} {{ project.name }}", "b/c.jinja": "{% if year %}{{ year + 1 }}{% endif %}", "{{ project.name }}": "{{"}


def pack_of(files: Mapping[str, str], **more: Any) -> bytes:
    return render(replace(make_request(files, **more), compiled=b"")).compiled


@pytest.fixture
def compiling(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that Jinja2 compiles."""
    seen: list[str] = []
    plain = SandboxedEnvironment._generate

    def generate(self: Any, source: Any, *args: Any, **options: Any) -> str:
        seen.append(str(source))
        return plain(self, source, *args, **options)

    monkeypatch.setattr(environment.BoundedEnvironment, "_generate", generate)
    return seen


class TestRendering:
    def test_what_was_compiled_is_not_compiled_again(self, compiling: list[str]) -> None:
        pack = pack_of(FILES)
        assert len(compiling) == 3
        again = render(replace(make_request(FILES), compiled=pack))
        assert len(compiling) == 3
        assert contents(again) == contents(render(make_request(FILES)))
        assert again.compiled == b"", "there is nothing new to keep"

    def test_what_is_new_is_added(self, compiling: list[str]) -> None:
        pack = pack_of(FILES)
        more = {**FILES, "new.jinja": "{{ year }}!"}
        added = render(replace(make_request(more), compiled=pack)).compiled
        assert len(compiling) == 4
        assert set(marshal.loads(added)) > set(marshal.loads(pack))

    def test_equal_texts_are_compiled_once_and_each_is_told_by_its_own_name(self, compiling: list[str]) -> None:
        text = "{% if year %}\n{{ nope }}{% endif %}"
        request = replace(make_request({"a.jinja": text, "b/c.jinja": text}), compiled=b"")
        with pytest.raises(InputError) as refused:
            render(request)
        assert len(compiling) == 1
        assert "template/a.jinja:2" in str(refused.value)
        assert "template/b/c.jinja:2" in str(refused.value)

    def test_an_error_in_the_syntax_has_its_place(self) -> None:
        with pytest.raises(InputError, match=r"template/a\.jinja:2: "):
            render(replace(make_request({"a.jinja": "\n{% if"}), compiled=b""))

    def test_a_template_knows_its_own_name(self) -> None:
        files = {"a.jinja": "{% import 'lib' as lib %}{{ lib|pprint }}"}
        made = [contents(render(replace(make_request(files, more={"lib": "{{ 1 }}"}), compiled=pack)))["a"] for pack in (None, b"")]
        assert made == [b"<TemplateModule 'lib'>"] * 2

    def test_nothing_is_kept_where_nobody_asks(self) -> None:
        assert render(make_request(FILES)).compiled == b""

    @pytest.mark.parametrize("text", ["{{ '%Y'|strftime }}", "{{ 1000000|ans_random }}", "{{ '52:54:00'|random_mac }}"])
    def test_what_hangs_on_the_moment_or_the_seed_is_never_compiled_in(self, text: str) -> None:
        request = make_request({"a.jinja": text}, directory="", settings=CopierSettings())
        first = replace(request, compiled=b"", moment=0.0, seed="a")
        pack = render(first).compiled
        later = replace(request, moment=1e9, seed="b")
        assert contents(render(replace(later, compiled=pack))) == contents(render(later)) != contents(render(first))


def changed(request: RenderRequest, **settings: Any) -> RenderRequest:
    return replace(request, specification=replace(request.specification, settings=CopierSettings(**settings)))


class TestOptions:
    @pytest.mark.parametrize(
        "settings",
        [
            {"environment": {"variable_start_string": "[[", "variable_end_string": "]]"}},
            {"environment": {"trim_blocks": True}},
            {"environment": {"autoescape": True}},
            {"environment": {"undefined": "jinja2.StrictUndefined"}},
            {"extensions": ("jinja2.ext.do",)},
        ],
    )
    def test_code_is_only_taken_where_every_option_is_the_same(self, settings: Mapping[str, Any], compiling: list[str]) -> None:
        request = make_request({"a.jinja": "{% if 1 %}\n{{ '<' }}{% endif %}[[ 1 ]]"}, directory="", settings=CopierSettings())
        pack = render(replace(request, compiled=b"")).compiled
        compiling.clear()
        other = changed(request, **settings)
        assert contents(render(replace(other, compiled=pack))) == contents(render(other))
        assert len(compiling) == 2, "the kept code was not taken"

    def test_a_sandbox_never_takes_code_that_was_compiled_outside_of_one(self) -> None:
        plain, sandboxed = Environment(), SandboxedEnvironment()
        assert options_of(plain) != options_of(sandboxed)
        assert key_of("{{ a.b }}", options_of(plain)) != key_of("{{ a.b }}", options_of(sandboxed))

    def test_filters_extensions_and_what_is_undefined_count(self) -> None:
        class Other(Undefined):
            pass

        more = Environment()
        more.filters["more"] = str
        found = [options_of(one) for one in (Environment(), more, Environment(extensions=[do]), Environment(undefined=Other))]
        assert len(set(found)) == 4


class TestPack:
    @pytest.mark.parametrize(
        "pack", [b"", b"x", marshal.dumps([1]), marshal.dumps(1), marshal.dumps({b"k": compile("1", "", "eval")})[:-3]]
    )
    def test_a_damaged_one_counts_as_nothing(self, pack: bytes) -> None:
        assert Compiled(pack).find(b"k") is None

    @given(cut=st.integers(0, 60))
    def test_one_that_was_cut_off_anywhere_does(self, cut: int) -> None:
        whole = marshal.dumps({b"k": compile("1", "", "eval")})
        assert Compiled(whole[:cut]).find(b"k") is None

    def test_what_is_no_code_is_not_taken(self) -> None:
        assert Compiled(marshal.dumps({b"k": "code"})).find(b"k") is None

    def test_one_that_is_too_large_is_not_handed_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = Compiled(b"")
        found.add(b"k", compile("1", "", "eval"))
        assert isinstance(Compiled(found.pack()).find(b"k"), CodeType)
        assert len(found.pack()) < COMPILED_LIMIT
        monkeypatch.setattr(module, "COMPILED_LIMIT", 3)
        assert found.pack() == b""
