"""The worker's answer is read as if an attacker had sent it."""

import io
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.errors import InputError, MissingAnswersError, Position, Problem
from robot_action.model.template import Command, Commands, Readiness, ReadinessKind, RenderRequest, Start
from robot_action.model.tree import Entry, Mode
from robot_action.rendering import response
from robot_action.rendering.engine import render
from robot_action.rendering.frames import Frame, ProtocolError, join_frame
from robot_action.rendering.request import decode_request, encode_request
from robot_action.rendering.response import decode_response, encode_problems, encode_rendering
from tests.rendering.samples import AT, ask, make_request

Header = dict[str, Any]


def full_request() -> RenderRequest:
    return make_request(
        {"a.jinja": Entry(Mode.EXECUTABLE, b"{{ a }}"), "b.bin": b"\x00binary", "l": Entry(Mode.LINK, b"a"), "e": Entry(Mode.DIRECTORY)},
        [ask("a", "yaml", default={"k": [1, 1.5, None, True, "ü"]}), ask("s", secret=True, default="k"), ask("c", when=False, default="")],
        install=Commands((Command(("{{ '' }}",)), Command(("uv", "{{ a.k[4] }}"), AT)), 9.0),
        start=Start(Command(("x", "{port}"), AT), Readiness(ReadinessKind.URL, "http://{port}/{{ year }}"), 3.0, 1),
    )


def answer(change: Callable[[Header], object] = lambda _header: None, blobs: bytes | None = None) -> bytes:
    """Return a worker's answer to `full_request`, after a change to its header."""
    request = decode_request(io.BytesIO(encode_request(full_request())))
    frame = Frame(encode_rendering(render(request), request))
    header = frame.header
    assert isinstance(header, dict)
    content = frame.take(sum(entry[3] for entry in header["tree"]))
    change(header)
    return join_frame(header, [content if blobs is None else blobs])


def put(key: str, value: object) -> Callable[[Header], object]:
    return lambda header: header.__setitem__(key, value)


def test_a_rendering_comes_back_as_it_was() -> None:
    assert decode_response(answer(), full_request()) == render(full_request())


def test_copied_bytes_do_not_travel() -> None:
    assert b"binary" not in answer()


def test_a_rendering_without_a_start_comes_back() -> None:
    request = make_request({"a": "x"})
    assert decode_response(encode_rendering(render(request), request), request) == render(request)


def test_problems_are_raised_as_they_were_without_what_steers_a_terminal() -> None:
    problems = [Problem("m\x1b[31m\u202e ü", Position("f\x07", 1, 2), "a\nb\r"), Problem("n")]
    with pytest.raises(InputError) as refused:
        decode_response(encode_problems(problems), make_request())
    assert refused.value.problems == (Problem("m\ufffd[31m\ufffd ü", Position("f\ufffd", 1, 2), "a\nb\ufffd"), Problem("n"))


def test_which_answers_are_missing_comes_along_if_there_are_such_questions() -> None:
    request, name = make_request(questions=[ask("a")]), "a"
    with pytest.raises(MissingAnswersError) as refused:
        decode_response(encode_problems([Problem("missing")], [name]), request)
    assert (refused.value.names, refused.value.problems) == ((name,), (Problem("missing"),))
    with pytest.raises(ProtocolError):
        decode_response(encode_problems([Problem("missing")], ["--data"]), request)


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", ".git/config", "a\x00", "a/../../b", "\ud800"])
def test_a_path_that_may_not_be_written_is_refused_again(path: str) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        decode_response(answer(lambda header: header["tree"][0].__setitem__(0, path)), full_request())


def test_a_link_that_leads_out_is_refused_again() -> None:
    with pytest.raises(InputError, match="links to '/etc/passwd'"):
        decode_response(answer(put("tree", [["x", "120000", None, 11, None]]), b"/etc/passwd"), full_request())


def test_a_tree_that_copies_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response, "MAX_TREE_BYTES", 20)
    copies = [[name, "100644", "template/b.bin", 0, None] for name in "xyz"]
    with pytest.raises(InputError, match="more than 20 bytes"):
        decode_response(answer(put("tree", copies), b""), full_request())


@pytest.mark.parametrize(
    "change",
    [
        lambda header: header.pop("tree"),
        put("more", 1),
        put("tree", {}),
        put("tree", [["a"]]),
        put("tree", [[1, "100644", None, 0, None]]),
        put("tree", [["a", "100666", None, 0, None]]),
        put("tree", [["a", ["100644"], None, 0, None]]),
        put("tree", [["a", None, None, 0, None]]),
        put("tree", [["a", "100644", None, "0", None]]),
        put("tree", [["a", "100644", None, -1, None]]),
        put("tree", [["a", "100644", None, 1.0, None]]),
        put("tree", [["a", "100644", None, 2**40, None]]),
        put("tree", [["a", "100644", "template/no", 0, None]]),
        put("tree", [["a", "100644", ["x"], 0, None]]),
        put("tree", [["a", "100644", 3, 0, None]]),
        put("tree", [["a", "120000", "template/b.bin", 0, None]]),
        put("tree", [["a", "040000", None, 5, None]]),
        put("tree", [["a", "100644", None, 0, None], ["a", "100644", None, 0, None]]),
        put("tree", []),
        put("tree", [["a", "100644", None, 0]]),
        put("tree", [["a", "100644", None, 0, "template/no"]]),
        put("tree", [["a", "100644", None, 0, ["template/b.bin"]]]),
        put("compiled", None),
        put("compiled", "0"),
        put("compiled", response.COMPILED_LIMIT + 1),
        put("answers", []),
        put("answers", {"z": 1}),
        put("answers", {"a": "\ud800"}),
        put("answers", {"a": {"\ud800": 1}}),
        put("recorded", ["s"]),
        put("recorded", ["z"]),
        put("recorded", [1]),
        put("defaulted", ["z"]),
        put("install", [[None, []]]),
        put("install", [[None, ["a\x00"]]]),
        put("install", [[None, "a"]]),
        put("install", [["a"]]),
        put("install", [[None, ["a"]]] * 3),
        put("install", [[["elsewhere", 1, 1], ["a"]]]),
        put("install", [[["elsewhere", "1", 1], ["a"]]]),
        put("install", [[[1, 1, 1], ["a"]]]),
        put("start", [["a"]]),
        put("start", [[], "x"]),
        put("start", [["a"], 1]),
        put("start", "x"),
    ],
)
def test_what_does_not_keep_to_the_protocol_is_refused(change: Callable[[Header], object]) -> None:
    with pytest.raises(ProtocolError):
        decode_response(answer(change), full_request())


def test_a_start_that_the_template_does_not_have_is_refused() -> None:
    request = make_request({"a": "x"})
    frame = Frame(encode_rendering(render(request), request))
    assert isinstance(frame.header, dict)
    frame.header["start"] = [["rm"], ""]
    with pytest.raises(ProtocolError):
        decode_response(join_frame(frame.header, []), request)


@pytest.mark.parametrize(
    "header",
    [
        [],
        None,
        3,
        {"problems": []},
        {"problems": 3},
        {"problems": [["m"]]},
        {"problems": [[1, None, None]]},
        {"problems": [["m", None, 1]]},
        {"problems": [["m", [1], None]]},
        {"problems": [["m", None, None]] * 1001},
    ],
)
def test_a_header_of_another_shape_is_refused(header: object) -> None:
    with pytest.raises(ProtocolError):
        decode_response(join_frame(header, []), make_request())


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=8
)


@given(key=st.sampled_from(["tree", "answers", "recorded", "secret", "defaulted", "install", "start", "problems"]), value=JSON)
def test_any_answer_is_read_or_refused(key: str, value: object) -> None:
    with suppress(InputError, ProtocolError):
        rendering = decode_response(answer(put(key, value)), full_request())
        assert not set(rendering.recorded) & set(rendering.secret)


def test_each_file_tells_what_in_the_template_it_is_made_of() -> None:
    request = make_request({"{{ year }}/a.jinja": "x", "b": "y"})
    sources = {"2031/a": "template/{{ year }}/a.jinja", "b": "template/b"}
    assert decode_response(encode_rendering(render(request), request), request).sources == sources
