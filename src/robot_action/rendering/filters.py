"""The native format's own filters; like all of them, they see nothing but their arguments.

====================  ==========================================================================================
filter                gives
====================  ==========================================================================================
``kebab``             ``my-new-service`` of ``My new Service``, ``MyNewService`` or ``my_new_service``; letters lose
                      their accents, and what has no ASCII form is left out
``snake``             ``my_new_service``
``pascal``            ``MyNewService``
``camel``             ``myNewService``
``to_json``           the value as JSON, ``indent`` spaces a level if given; a text, a number, a boolean and a
                      list of these is valid TOML as well
``to_yaml``           the value as YAML in block style, without a line end after it
====================  ==========================================================================================
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping

from robot_action.model.names import split_words


def _words(text: object) -> tuple[str, ...]:
    """Return the words of a text, small, and in ASCII."""
    return split_words(unicodedata.normalize("NFKD", str(text)).encode("ascii", "ignore").decode())


def kebab(text: object) -> str:
    """Return ``my-new-service``."""
    return "-".join(_words(text))


def snake(text: object) -> str:
    """Return ``my_new_service``."""
    return "_".join(_words(text))


def pascal(text: object) -> str:
    """Return ``MyNewService``."""
    return "".join(word.capitalize() for word in _words(text))


def camel(text: object) -> str:
    """Return ``myNewService``."""
    return pascal(text)[:1].lower() + pascal(text)[1:]


def to_json(value: object, indent: int | None = None) -> str:
    """Return a value as JSON; other than Jinja2's ``tojson`` it escapes nothing for HTML."""
    # TOML wants U+007F escaped in strings, JSON allows it.
    return json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False).replace("\x7f", "\\u007f")


def to_yaml(value: object) -> str:
    """Return a value as YAML in block style, keys in their order, without a line end after it."""
    import yaml

    # PyYAML leaves these bare in keys, where they read as line ends; it escapes whatever is not ASCII then.
    has_line_ends = any(character in to_json(value) for character in "\x85\u2028\u2029")
    text: str = yaml.safe_dump(value, default_flow_style=False, sort_keys=False, allow_unicode=not has_line_ends, width=2**31)
    return text.removesuffix("\n").removesuffix("\n...")


FILTERS: Mapping[str, Callable[..., object]] = {
    "camel": camel,
    "kebab": kebab,
    "pascal": pascal,
    "snake": snake,
    "to_json": to_json,
    "to_yaml": to_yaml,
}
"""By the names that templates use."""
