"""Suffixed files are rendered, all others keep their bytes; modes, links and line ends stay what they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.errors import InputError
from robot_action.model.paths import tree_problems
from robot_action.model.tree import Entry, Mode
from robot_action.rendering.engine import render
from tests.rendering.copier_samples import copied, refusals
from tests.rendering.samples import contents, make_entry, make_request, problems, problems_of, rendered


def test_only_files_with_the_suffix_are_rendered() -> None:
    assert rendered({"a.jinja": "{{ project.name }}", "b": "{{ project.name }}"}) == {"a": b"demo", "b": b"{{ project.name }}"}


def test_a_file_without_a_tag_is_not_even_compiled() -> None:
    request = make_request({"a.jinja": "plain } }} text"})
    assert render(request).tree["a"] is request.tree["template/a.jinja"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\r\n\n", ""])
def test_line_ends_stay_as_they_are(end: str) -> None:
    template = f"a{end}{{{{ year }}}}{end}{{% if year %}}{end}b{end}{{% endif %}}{end}{{{{ 'x{end}y' }}}}{end}"
    expected = f"a{end}2031{end}{end}b{end}{end}x{end}y{end}"
    assert rendered({"a.jinja": template}) == {"a": expected.encode()}


def test_line_ends_in_tags_are_white_space() -> None:
    assert rendered({"a.jinja": "{{\r\n year\r\n}}\r\n{%- if year -%}\r\n b{% endif %}"}) == {"a": b"2031b"}


def test_escapes_in_tags_are_not_taken_for_line_ends() -> None:
    assert rendered({"a.jinja": "\r\n{{ '\\r\\n\\u2000\\N{EN SPACE}\\n' }}"}) == {"a": "\r\n\r\n\u2000\u2002\n".encode()}


def test_a_text_with_odd_white_space_keeps_its_characters() -> None:
    odd = "\x1f\x0b\x0c\x85\u2028\u2029\u2000\u2001\u2002\u2003"
    assert rendered({"a.jinja": f"{odd}\r\n{{{{ year }}}}"}) == {"a": f"{odd}\r\n2031".encode()}


def test_where_line_ends_could_not_be_kept_nothing_is_rendered() -> None:
    every = "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u205f\u3000\u1680\u2028\u2029"
    assert rendered({"a.jinja": f"{every}\n{{{{ year }}}}"}) == {"a": f"{every}\n2031".encode()}
    (problem,) = problems_of({"a.jinja": f"{every}\r\n{{{{ year }}}}"})
    assert "template/a.jinja:1: it has every kind of white space" in problem


def test_a_byte_order_mark_stays() -> None:
    assert rendered({"a.jinja": "\ufeff{{ year }}"}) == {"a": "\ufeff2031".encode()}


@given(st.text(st.characters(exclude_characters="{", exclude_categories=["Cs"])))
def test_text_outside_of_tags_is_never_changed(text: str) -> None:
    assert rendered({"a.jinja": f"{text}{{{{ year }}}}{text}"}) == {"a": f"{text}2031{text}".encode()}


@given(st.binary())
def test_other_files_are_copied_byte_for_byte(content: bytes) -> None:
    assert rendered({"a.bin": content, "v.jinja": content}, verbatim=("v.jinja",)) == {"a.bin": content, "v.jinja": content}


def test_executable_bits_are_kept() -> None:
    files = {"a.jinja": Entry(Mode.EXECUTABLE, b"{{ year }}"), "b": Entry(Mode.EXECUTABLE, b"b"), "c.jinja": Entry(Mode.FILE, b"{{ 1 }}")}
    assert {path: entry.mode for path, entry in render(make_request(files)).tree.items()} == {"a": "100755", "b": "100755", "c": "100644"}


class TestLinks:
    def test_the_target_is_rendered_where_the_name_has_the_suffix(self) -> None:
        files = {"a.jinja": Entry(Mode.LINK, b"{{ project.name }}/b"), "c": Entry(Mode.LINK, b"{{ x }}")}
        assert dict(render(make_request(files)).tree) == {"a": Entry(Mode.LINK, b"demo/b"), "c": Entry(Mode.LINK, b"{{ x }}")}

    def test_a_link_is_never_followed(self) -> None:
        files = {"a": Entry(Mode.LINK, b"b"), "b": "text", "c.jinja": "{% include 'template/a' %}"}
        (problem,) = problems_of(files)
        assert "the template has no file 'template/a'" in problem

    @pytest.mark.parametrize("target", ["/etc/passwd", "../../outside", "{{ '../../x' }}", ".git/config", "{{ '' }}", "a/../../../x"])
    def test_one_that_leads_out_is_refused(self, target: str) -> None:
        with pytest.raises(InputError):
            render(make_request({"a/b.jinja": Entry(Mode.LINK, target.encode()), "a/c": ""}))

    def test_a_broken_target_is_told(self) -> None:
        (problem,) = problems_of({"a.jinja": Entry(Mode.LINK, b"{{ nope }}")})
        assert problem == "gh:acme/t: template/a.jinja: in the link's target: 'nope' is undefined"


class TestProblems:
    def test_a_suffixed_file_that_is_not_utf8_is_named(self) -> None:
        (problem,) = problems_of({"a.jinja": b"\n\xff{{ x }}"})
        assert problem.startswith("gh:acme/t: template/a.jinja:2: it is not UTF-8: byte 0xff at offset 1\n  List the file under 'verbatim'")

    def test_what_renders_to_no_utf8_is_told(self) -> None:
        (problem,) = problems_of({"a.jinja": "{{ '\\ud800' }}"})
        assert problem == "gh:acme/t: template/a.jinja: what it renders to is not UTF-8"

    def test_those_of_all_files_are_told_together_in_their_order(self) -> None:
        found = problems_of({"z.jinja": "{{ b }}", "b/x.jinja": "{{ a }}", "b.jinja": "{%", "{{ q }}": ""})
        assert [problem.partition(": ")[2].partition(":")[0] for problem in found] == [
            "template/b.jinja",
            "template/b/x.jinja",
            "template/z.jinja",
            "template/{{ q }}",
        ]

    def test_fifty_are_told_and_the_rest_is_counted(self) -> None:
        found = problems_of({f"{n:03}.jinja": "{{ x }}" for n in range(60)})
        assert len(found) == 51
        assert found[-1] == "and 10 more problems of this kind"


class TestSparedFiles:
    """What an update need not render stands for itself by its path; what is made of it then the project has already."""

    def test_one_is_not_even_looked_into(self) -> None:
        rendering = copied("q: 1", {"a.jinja": "{{ no.such.thing }}", "b.jinja": "{{ q }}"}, spared=frozenset({"a.jinja"}))
        assert contents(rendering) == {"a": b"a.jinja", "b": b"1"}

    def test_of_two_that_make_one_path_the_contents_are_compared_all_the_same(self) -> None:
        spared = frozenset({"n.jinja"})
        same = {"n.jinja": "{{ q }}", "{{ 'n' }}.jinja": "{{ q }}"}
        assert contents(copied("q: 1", same, spared=spared)) == {"n": b"1"}
        (said,) = refusals("q: 1", {**same, "n.jinja": "{{ q }}!"}, spared=spared)
        assert "the path 'n' exists twice" in said


@pytest.mark.parametrize("plain", ["é", "a"])
def test_where_copier_makes_a_path_twice_the_rendered_file_counts_whichever_comes_first(plain: str) -> None:
    made = contents(copied("q: 1", {plain: "plain", f"{{{{ '{plain}' }}}}.jinja": "{{ q }} rendered"}))
    assert made == {plain: b"1 rendered"}


PARTS = st.one_of(
    st.text(st.characters(exclude_characters="/"), min_size=1, max_size=8),
    st.sampled_from(
        [
            "{{ project.name }}",
            "{% if year %}a{% endif %}",
            "{{ '' }}",
            "{{ '../' }}",
            ".git",
            ".",
            "..",
            "{{",
            "x.jinja",
            "{{ '.GIT' }}",
            "{% yield x from range(3) %}{{ x }}{% endyield %}",
            "{% yield x from ['a', 'a/b', '..'] %}{{ x }}{% endyield %}.jinja",
            "\udcff",
        ]
    ),
)
CONTENTS = st.one_of(
    st.binary(max_size=20),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(str.encode),
    st.sampled_from(
        [b"{{ year }}", b"{{ nope }}", b"{% include 'template/x' %}", b"../x", b"{{ x }}", b"/etc/passwd", b"{% for a in b %}"]
    ),
)
ENTRIES = (
    st.builds(make_entry, CONTENTS)
    | st.builds(Entry, st.sampled_from([Mode.FILE, Mode.EXECUTABLE, Mode.LINK]), CONTENTS)
    | st.just(Entry(Mode.DIRECTORY))
)


@given(
    files=st.dictionaries(st.lists(PARTS, min_size=1, max_size=3).map("/".join), ENTRIES, max_size=5),
    verbatim=st.lists(st.sampled_from(["*.jinja", "x", "/a/", "!x", "{{*"]), max_size=2).map(tuple),
)
def test_any_template_gives_a_tree_that_can_be_written_or_problems(files: dict[str, Entry], verbatim: tuple[str, ...]) -> None:
    request = make_request(files, verbatim=verbatim)
    if not problems(request):
        assert not tree_problems(render(request).tree)
