"""What the native format adds to Jinja's syntax: the ``yield`` tag in names, and line ends that stay as they are."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jinja2 import nodes
from jinja2.exceptions import TemplateRuntimeError, TemplateSyntaxError
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.parser import Parser
from jinja2.runtime import Context

YIELDS = " yields"
"""The context's key for `Yields`; with its space no template can name it."""

# Characters that are white space for Jinja but no line end, so that one of them can stand for a carriage return in tags as
# well as in text.
_STAND_INS = "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u205f\u3000\u1680\u2028\u2029"


@dataclass(slots=True)
class Yields:
    """What the ``yield`` tag of one part of a name says.

    Attributes:
        chosen: in the second pass, the variable that now has one of the items.
        name: in the first pass, the variable that the tag names; ``""`` when the part has no such tag.
        items: in the first pass, the items; the part is rendered once for each.
    """

    chosen: str = ""
    name: str = ""
    items: tuple[object, ...] = ()


class YieldTag(Extension):
    """``{% yield x from xs %}...{% endyield %}`` in a part of a path: one path for each item (the tag is Copier's).

    A part is rendered first to learn of the tag, whose body is then left out, and once more for each item.
    """

    tags = {"yield"}  # noqa: RUF012 - jinja2 declares it so
    is_lenient = False
    """Whether the items may be a text's characters, or nothing at all."""

    def parse(self, parser: Parser) -> nodes.Node:
        """Return the tag as a condition around its body, which learns of the variable and the items."""
        line = next(parser.stream).lineno
        target = parser.parse_assign_target(name_only=True)
        parser.stream.expect("name:from")
        items = parser.parse_expression()
        body = parser.parse_statements(("name:endyield",), drop_needle=True)
        offer = self.call_method("_offer", [nodes.ContextReference(), nodes.Const(target.name), items])
        return nodes.If(offer, body, [], [], lineno=line)

    def _offer(self, context: Context, name: str, items: Iterable[object] | None) -> bool:
        """Tell whether the body is rendered now; in the first pass, note the items instead."""
        state = context.get(YIELDS)
        if not isinstance(state, Yields):
            raise TemplateRuntimeError("'yield' belongs into the names of files and folders")
        if state.name:
            raise TemplateRuntimeError("a part of a name has one 'yield' at most")
        if self.is_lenient:
            items = items or ()
        elif isinstance(items, (str, bytes)):
            items = None
        if not isinstance(items, Iterable):
            raise TemplateRuntimeError(f"'yield {name} from' needs a list")
        state.name = name
        if not state.chosen:
            state.items = tuple(items)
        return bool(state.chosen)


class LenientYieldTag(YieldTag):
    """The tag as Copier itself has it."""

    is_lenient = True


class ExactNewlines(Extension):
    """Carriage returns of a template's text come out as they went in; Jinja itself makes every line end alike."""

    _stand_in = ""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Put a character that the text does not have in the place of each carriage return."""
        self._stand_in = ""
        if "\r" not in source:
            return source
        lowered = source.lower()
        self._stand_in = next((character for character in _STAND_INS if not _spells(lowered, character)), "")
        if not self._stand_in:
            raise TemplateSyntaxError("it has every kind of white space, and carriage returns as well", 1, name, filename)
        return source.replace("\r", self._stand_in)

    def filter_stream(self, stream: TokenStream) -> TokenStream | Iterable[Token]:
        """Put the carriage returns back into text and string literals."""
        return self._restore(stream, self._stand_in) if self._stand_in else stream

    @staticmethod
    def _restore(stream: TokenStream, stand_in: str) -> Iterator[Token]:
        for token in stream:
            is_text = token.type in {"data", "string"}
            yield Token(token.lineno, token.type, token.value.replace(stand_in, "\r")) if is_text else token


def _spells(lowered: str, character: str) -> bool:
    """Tell whether a text in small letters has a character, be it as an escape in a string literal."""
    return any(form in lowered for form in (character, f"{ord(character):04x}", unicodedata.name(character).lower()))
