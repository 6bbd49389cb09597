"""Templates that nobody would write, made by hypothesis: whatever Copier makes of them we make, too."""

from __future__ import annotations

from typing import Any

import yaml
from copier.errors import ForbiddenPathError
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from robot_action.errors import InputError
from robot_action.model.template import Rendering
from robot_action.model.tree import Entry, Mode
from tests.oracles.copier_peer import ANSWERS, Both, compare
from tests.oracles.trees import DIRECTORY, Content, link

NAMES = ("alpha", "beta", "gamma", "delta")
REFUSED = ("exists twice", "are one file where", "leads out", "outside of the tree", "is no folder", "is absolute")
"""What we refuse and Copier does not, or does in the order in which its file system lists a folder; docs/compatibility.md has it."""

texts = st.sampled_from(["", "x", "yes", "no", "3", "a b", "é☃", "null", "[1, 2]", "a: b", "0", " y ", "A"])
scalars = st.one_of(texts, st.integers(-3, 20), st.booleans(), st.none(), st.floats(-2, 2, width=16))
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=2), max_leaves=4)
known = st.sampled_from([*NAMES, "nothing", "_folder_name", "_copier_answers"])


@st.composite
def expressions(draw: st.DrawFn) -> str:
    name = draw(known)
    form = draw(
        st.sampled_from(["{}", "{}|string|upper", "{}|default('d')", "{} or 'z'", "{}|to_json", "'v' if {} else 'w'", "{}|string|length"])
    )
    return str(form.format(name))


@st.composite
def conditions(draw: st.DrawFn) -> str:
    name = draw(known)
    return str(draw(st.sampled_from(["{}", "not {}", "{} == 'x'", "{} is defined", "true", "false"])).format(name))


@st.composite
def templated(draw: st.DrawFn) -> str:
    """Return a text that may hold Jinja."""
    parts = st.one_of(
        texts,
        expressions().map(lambda expression: f"{{{{ {expression} }}}}"),
        conditions().map(lambda condition: f"{{% if {condition} %}}t{{% else %}}f{{% endif %}}"),
    )
    return "".join(draw(st.lists(parts, min_size=1, max_size=2)))


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """Return questions that see those before them."""
    found: dict[str, Any] = {}
    for name in NAMES:
        if draw(st.integers(0, 3)) == 0:
            found[name] = draw(scalars.filter(lambda value: value is not None))
            continue
        details: dict[str, Any] = {"type": draw(st.sampled_from(["str", "str", "yaml", "json", "bool", "int", "float", "path"]))}
        if details["type"] in {"int", "float"}:
            details["default"] = draw(st.one_of(st.integers(-3, 9), st.sampled_from(["3", "{{ 2 + 2 }}"])))
        elif details["type"] == "json":
            details["default"] = draw(
                st.one_of(st.sampled_from(['{"a": 1}', "[1, null]", "2"]), st.integers(), st.lists(scalars, max_size=2))
            )
        else:
            details["default"] = draw(st.one_of(templated(), values if details["type"] == "yaml" else texts))
        if draw(st.booleans()):
            details["when"] = draw(st.one_of(st.booleans(), conditions().map(lambda condition: f"{{{{ {condition} }}}}"), texts))
        if draw(st.integers(0, 4)) == 0:
            details |= {"type": "str", "default": "hush-hush", "secret": True}  # nothing that other messages hold by chance
        if draw(st.integers(0, 4)) == 0:
            details["validator"] = draw(st.sampled_from(["", " ", "{% if nothing %}no{% endif %}", "{{ _copier_phase if false }}"]))
        if details["type"] in {"str", "yaml"} and "secret" not in details and draw(st.integers(0, 3)) == 0:
            options = draw(st.lists(texts.filter(bool), min_size=1, max_size=3, unique=True))
            details["choices"] = draw(
                st.sampled_from([options, {f"label {option}": option for option in options}, [[o, o] for o in options]])
            )
            details["multiselect"] = draw(st.booleans())
            details["default"] = options[:2] if details["multiselect"] else options[0]
        found[name] = details
    return found


@st.composite
def parts(draw: st.DrawFn) -> str:
    """Return one part of a name in the template."""
    form = draw(st.integers(0, 7))
    word = draw(st.sampled_from(["a", "b", "c", "d.txt", "e.py", "README.md", "~f", "g.pyc", "x", ".h"]))
    if form <= 3:
        return word
    if form == 4:
        return f"{{{{ {draw(st.sampled_from(NAMES))} }}}}{draw(st.sampled_from(['', word]))}"
    if form == 5:
        return f"{{% if {draw(conditions())} %}}{word}{{% endif %}}"
    if form == 6:
        items = draw(st.sampled_from([*(f"{name}|string" for name in NAMES), "[1, 2]", "[]", "nothing"]))
        return f"{{% yield i from {items} %}}{word}{{{{ i }}}}{{% endyield %}}"
    return f"{word}{{# c #}}"


@st.composite
def contents(draw: st.DrawFn, *, is_text: bool) -> Content:
    kind = draw(st.integers(0, 19))
    if kind == 0:
        return DIRECTORY
    if kind == 1:
        return link(draw(st.sampled_from(["a", "b", "copier.yml", "../copier.yml", ".", "{{ alpha }}"])))
    pieces = st.one_of(
        templated(), st.sampled_from(["\n", "\r\n", "\r", "{{ i }}", "{# c #}", "{{ _copier_answers|to_nice_yaml }}", "end"])
    )
    text = "".join(draw(st.lists(pieces, max_size=4)))
    raw = text.encode() if is_text else draw(st.sampled_from([text.encode(), text.encode("utf-16"), b"\xff" + text.encode()]))
    return Entry(draw(st.sampled_from([Mode.FILE, Mode.FILE, Mode.EXECUTABLE])), raw)


@st.composite
def files(draw: st.DrawFn, suffix: str) -> dict[str, Content]:
    found: dict[str, Content] = {}
    for _ in range(draw(st.integers(1, 7))):
        path = "/".join(draw(st.lists(parts(), min_size=1, max_size=3))) + draw(st.sampled_from(["", suffix, suffix]))
        names = path.split("/")
        above = {"/".join(names[:count]) for count in range(1, len(names))}
        if all(len(name.encode()) < 200 for name in names) and not any(other.startswith(f"{path}/") or other in above for other in found):
            found[path] = draw(contents(is_text=path.endswith(suffix) and bool(suffix)))
    return found


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Content]:
    suffix = draw(st.sampled_from([".jinja", ".jinja", ".jinja", ".tmpl", "", ".tmpl.j2"]))
    specification = draw(questions())
    if suffix != ".jinja":
        specification["_templates_suffix"] = suffix
    if draw(st.booleans()):
        patterns = st.sampled_from(["*.py", "a", "/b", "!a/b", "{{ alpha }}", "x*", "c/", "*", "!README.md", "~*"])
        specification["_exclude"] = draw(st.lists(patterns, max_size=3))
    if draw(st.integers(0, 3)) == 0:
        specification["_preserve_symlinks"] = True
    if draw(st.integers(0, 3)) == 0:
        options = st.sampled_from(
            [{"trim_blocks": True}, {"keep_trailing_newline": False}, {"lstrip_blocks": True}, {"newline_sequence": "\r\n"}]
        )
        specification["_envops"] = draw(options)
    made = {**draw(files(suffix)), **(ANSWERS if suffix == ".jinja" else {})}
    if draw(st.integers(0, 3)) == 0:
        specification["_subdirectory"] = "in"
        made = {f"in/{path}": content for path, content in made.items()}
    return {"copier.yml": yaml.safe_dump(specification, allow_unicode=True, sort_keys=False), **made}


def is_known(both: Both) -> bool:
    """Tell whether docs/compatibility.md has it: what we refuse, or a bad link that is left out anyway."""
    if isinstance(both.theirs, (ForbiddenPathError, OSError)) and isinstance(both.ours, Rendering):
        return True
    return isinstance(both.ours, InputError) and any(reason in str(both.ours) for reason in REFUSED)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(templates(), st.dictionaries(st.sampled_from([*NAMES, "other"]), scalars, max_size=2))
def test_whatever_a_template_is_both_make_the_same_of_it(template: dict[str, Content], data: dict[str, Any]) -> None:
    both = compare(template, data)
    assume(not is_known(both))
    assert both.both_fail or both.differences() == []
