"""Compiled templates: kept from one rendering of a template tree to the next.

Compiling takes most of a rendering's time. The worker hands what it compiled back as one pack of bytes, which its parent keeps
and never reads (`robot_action.clients.compiled_cache`), and gives to the next worker that renders the same tree. Reading a pack
can run code, for it is Python's bytecode; only a worker does it, for a tree of which an earlier worker wrote it.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable
from hashlib import blake2b
from types import CodeType

from jinja2 import Environment

from robot_action.model.template import COMPILED_LIMIT

NAME = "\0name"
"""Stands in compiled code for the template's own name, so that files of the same text share their code."""

_DIGEST = 16
_OPTIONS = (
    *(f"{kind}_{end}_string" for kind in ("block", "variable", "comment") for end in ("start", "end")),
    *("line_statement_prefix", "line_comment_prefix", "trim_blocks", "lstrip_blocks", "newline_sequence", "keep_trailing_newline"),
    *("optimized", "autoescape", "sandboxed", "is_async"),
)


class Compiled:
    """What is known of a tree's compiled templates.

    Args:
        pack: what an earlier worker wrote; what is damaged counts as nothing.
    """

    def __init__(self, pack: bytes) -> None:
        self._known = _read(pack)
        self._new: dict[bytes, CodeType] = {}

    def find(self, key: bytes) -> CodeType | None:
        """Return the code of a template."""
        code: object = self._new.get(key) or self._known.get(key)
        return code if isinstance(code, CodeType) else None

    def add(self, key: bytes, code: CodeType) -> None:
        """Keep the code of a template."""
        self._new[key] = code

    def pack(self) -> bytes:
        """Return what the next worker should know, or nothing when this is what the last one wrote, or too much."""
        if not self._new:
            return b""
        pack = marshal.dumps({**self._known, **self._new})
        return pack if len(pack) <= COMPILED_LIMIT else b""


def _read(pack: bytes) -> dict[object, object]:
    try:
        known = marshal.loads(pack) if pack else {}  # noqa: S302 - see above
    except (EOFError, ValueError, TypeError):
        return {}
    return known if isinstance(known, dict) else {}


def options_of(environment: Environment) -> bytes:
    """Return everything of an environment that its compiled code hangs on, short."""
    names = (type(environment), environment.undefined, *map(type, environment.iter_extensions()))
    options = [str(getattr(environment, name)) for name in _OPTIONS]
    filters = (*sorted(environment.filters), "", *sorted(environment.tests))
    parts = (*(f"{one.__module__}.{one.__qualname__}" for one in names), *options, *filters)
    return blake2b("\0".join(parts).encode(errors="replace"), digest_size=_DIGEST).digest()


def key_of(source: str, options: bytes) -> bytes:
    """Return what a template's code is kept under."""
    return blake2b(source.encode(errors="surrogatepass"), digest_size=_DIGEST, key=options).digest()


def with_name(code: CodeType, name: str | None, filename: str | None) -> CodeType:
    """Return code as one file's."""
    constants: Iterable[object] = (name if constant == NAME else constant for constant in code.co_consts)
    return code.replace(co_consts=tuple(constants), co_filename=filename or "<template>")
