"""Cookiecutter's tag ``{% now 'utc' + 'days=1', '%Y' %}``, at a given moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

if TYPE_CHECKING:
    from arrow import Arrow

FORMAT = "%Y-%m-%d"
_SIGNS = {nodes.Add: "+", nodes.Sub: "-"}


def now_tag(moment: float) -> type[Extension]:
    """Return the tag as a Jinja extension.

    Args:
        moment: what it takes for now, in seconds since 1970, UTC.
    """

    class Now(NowTag):
        now = moment

    return Now


class NowTag(Extension):
    """The tag: a time zone, an offset added or taken from it, and a format.

    Attributes:
        now: seconds since 1970, UTC.
    """

    tags = {"now"}  # noqa: RUF012 - jinja2 declares it so
    now = 0.0

    def parse(self, parser: Parser) -> nodes.Node:
        """Return the tag as an output."""
        line = next(parser.stream).lineno
        zone = parser.parse_expression()
        form: nodes.Expr = parser.parse_expression() if parser.stream.skip_if("comma") else nodes.Const(None)
        sign, offset = nodes.Const(""), nodes.Const("")
        arguments: list[nodes.Expr] = [zone, sign, offset, form]
        if isinstance(zone, (nodes.Add, nodes.Sub)):
            arguments = [zone.left, nodes.Const(_SIGNS[type(zone)]), zone.right, form]
        return nodes.Output([self.call_method("_text", arguments, lineno=line)], lineno=line)

    def _text(self, zone: str, sign: str, offset: str, form: str | None) -> str:
        moment = self._moment(zone)
        if sign:
            parts = [part.split("=") for part in offset.split(",")]
            shifts: dict[str, Any] = {name.strip(): float(sign + value.strip()) for name, value in parts}
            moment = moment.shift(**shifts)
        return moment.strftime(FORMAT if form is None else form)

    def _moment(self, zone: str) -> Arrow:
        from arrow import Arrow

        return Arrow.fromtimestamp(self.now, tzinfo=zone)
