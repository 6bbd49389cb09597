"""Templates that hypothesis makes: Cookiecutter and we make the same of them, or both refuse them."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from robot_action.errors import InputError
from robot_action.model.tree import Entry, Mode
from tests.oracles.cookiecutter_peer import TOP, compare
from tests.oracles.trees import DIRECTORY, Content

NAMES = ("_raw", "alpha", "beta", "gamma", "__hidden")
REFUSED = ("is absolute", "leads out", "outside of the project", "is no folder", "has a control character")
"""What we refuse and Cookiecutter does not; docs/compatibility.md has it."""

PARTS = st.sampled_from(
    [
        *("a", "b", "c.txt", "d.html", "e.png", "f g", "{{cookiecutter.alpha}}", "{{ cookiecutter.beta }}.txt", "x{{cookiecutter.gamma}}"),
        *("{% if cookiecutter.flag %}on{% endif %}", "{% if not cookiecutter.flag %}off.txt{% endif %}", "{{cookiecutter.__hidden}}"),
        *("{{cookiecutter.alpha}}{{cookiecutter.beta}}", "{# c #}h", "{{cookiecutter.alpha -}} i"),
    ]
)
PATHS = st.lists(PARTS, min_size=1, max_size=3).map("/".join)
LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n"])
LINES = st.sampled_from(
    [
        *("plain", "", "  {{cookiecutter.alpha}}", "{{cookiecutter.gamma|upper}}é", "{% if cookiecutter.flag %}yes{% endif %}", "}} {"),
        *("{% for c in cookiecutter.beta %}{{c}},{% endfor %}", "{{cookiecutter.pick}} {{cookiecutter.object}}", "{{cookiecutter}}"),
        *(
            "{% raw %}{{ x }}{% endraw %}",
            "{#- comment -#}",
            "{{cookiecutter._raw}}",
            "{{ cookiecutter.update({'n': 1}) }}",
            "{{cookiecutter.get('n')}}",
        ),
    ]
)
TEXTS = st.lists(st.tuples(LINES, LINE_ENDS).map("".join), max_size=5).map(lambda lines: "".join(lines).encode())
CONTENTS = st.one_of(TEXTS, TEXTS, TEXTS, st.binary(max_size=60), TEXTS.map(lambda text: b"\x00\x01\x02\x03" * 9 + text))
FILES = st.builds(Entry, st.sampled_from([Mode.FILE, Mode.FILE, Mode.EXECUTABLE]), CONTENTS)
LINKS = st.sampled_from(["a", "b", "../a", "c.txt", "b/c.txt", "../beside", "a/b"]).map(lambda target: Entry(Mode.LINK, target.encode()))
ENTRIES = st.one_of(FILES, FILES, FILES, FILES, LINKS, st.just(DIRECTORY))
PLAIN = st.sampled_from(["x", "Y z", "w", "a/b", "b", "", "{{cookiecutter.slug}}!", 7, 2.50, True, None, "c\r\nd", "é☃"])
VALUES = st.one_of(PLAIN, PLAIN, PLAIN, st.sampled_from([["x", "{{cookiecutter.slug}}", 3], {"k": "{{cookiecutter.slug}}"}]))
PATTERNS = st.lists(st.sampled_from(["*.html", "a", "b/*", "*/c.txt", "{{*", "[ab]", "a/b", "*on*", "zz"]), max_size=3)


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Content]:
    variables: dict[str, Any] = {"slug": draw(st.sampled_from(["demo", "my demo", "{{ 'demo' }}2"])), "flag": draw(st.booleans())}
    for index, name in enumerate(NAMES):
        earlier = st.sampled_from(NAMES[:index] or ["slug"]).map("{{{{cookiecutter.{}}}}}1".format)
        variables[name] = draw(st.one_of(VALUES, earlier))
    variables["pick"] = draw(st.lists(PLAIN, min_size=1, max_size=3))
    variables["object"] = draw(st.dictionaries(st.sampled_from(["k", "{{cookiecutter.alpha}}", "l"]), VALUES, max_size=3))
    if patterns := draw(PATTERNS):
        variables["_copy_without_render"] = patterns
    if new_lines := draw(st.sampled_from(["", "", "", "\n", "\r\n", "\r"])):
        variables["_new_lines"] = new_lines
    files: dict[str, Content] = {"cookiecutter.json": json.dumps(variables), "beside": "beside {{cookiecutter.alpha}}"}
    for path, entry in draw(st.dictionaries(PATHS, ENTRIES, max_size=7)).items():
        place = f"{TOP}/{path}"
        if not any(place.startswith(f"{other}/") or other.startswith(f"{place}/") for other in files):
            files[place] = entry
    if len(files) == len(("cookiecutter.json", "beside")):
        files[f"{TOP}/a"] = DIRECTORY
    return files


ANSWERS = st.dictionaries(st.sampled_from([*NAMES, "flag", "pick", "object", "other"]), VALUES, max_size=2)


@settings(max_examples=60)
@given(files=templates(), data=ANSWERS)
def test_both_make_the_same_of_a_template(files: dict[str, Content], data: dict[str, Any]) -> None:
    both = compare(files, data)
    if isinstance(both.ours, InputError) and not isinstance(both.theirs, Exception):
        event("refused by us")
        assert any(reason in problem.message for problem in both.ours.problems for reason in REFUSED), str(both.ours)
        return
    event("both refuse" if both.both_fail else "the same")
    assert both.agree, "\n".join(both.differences())
