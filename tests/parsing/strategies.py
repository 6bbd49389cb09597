"""Hostile input for parsers: arbitrary bytes, YAML of any shape, and YAML that nearly is what is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml
from hypothesis import strategies as st

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.dates()
    | st.sampled_from(["", "-x", "a/b", "./x", "../x", "/x", "gh:a/b", "a && b", "{{ x }}", "1.0", "local", "https://u:p@h/x", "component"])
)


def values(keys: Sequence[str]) -> st.SearchStrategy[Any]:
    """Any YAML value, its keys mostly those that a parser knows."""
    names = st.sampled_from(list(keys)) | st.text(max_size=8)
    return st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5), max_leaves=15)


def yaml_texts(keys: Sequence[str]) -> st.SearchStrategy[bytes]:
    """A YAML text with one or two documents of such values."""
    names = st.sampled_from(list(keys))
    document = st.dictionaries(names, values(keys), max_size=8) | values(keys)
    return st.lists(document, min_size=1, max_size=2).map(
        lambda items: yaml.safe_dump_all(items, allow_unicode=True).encode("utf-8", "replace")
    )


def almost_yaml() -> st.SearchStrategy[bytes]:
    """Bytes that are often nearly YAML."""
    pieces = st.sampled_from(
        [
            "a: ",
            "- ",
            "\n",
            "  ",
            "\t",
            "[",
            "]",
            "{",
            "}",
            "&a ",
            "*a",
            "!!int ",
            "!x ",
            "'",
            '"',
            "|",
            ": ",
            "? ",
            "---\n",
            "<<: ",
            "1.10",
            "\ufeff",
            "\x85",
        ]
    )
    return st.binary(max_size=60) | st.lists(pieces | st.text(max_size=3), max_size=25).map(
        lambda parts: "".join(parts).encode("utf-8", "replace")
    )
