"""What goes wrong in a template -> problems with file, line and a suggestion; secrets stay out of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import TracebackType

from jinja2.exceptions import TemplateNotFound, TemplateSyntaxError, UndefinedError

from robot_action.errors import InputError, Position, Problem
from robot_action.model.tree import Tree
from robot_action.parsing.wording import suggestion

MAX_PROBLEMS = 50
"""Problems of one template that are told; the rest is counted."""
MAX_MESSAGE = 600
"""Characters of a message whose text comes from a template."""

_UNDEFINED = re.compile(r"^'([^']+)' is undefined$|has no attribute '([^']+)'$")
_MASK = "***"
_SHORT_SECRET = 4


@dataclass(frozen=True, slots=True)
class Where:
    """Where a text stands that is rendered, and what it is (``the default of 'name'``); ``""`` for a whole file."""

    position: Position | None
    what: str = ""


class JinjaError(InputError):
    """A text or file that Jinja cannot render.

    Attributes:
        undefined: the name that is undefined, or ``""``.
    """

    def __init__(self, problem: Problem, undefined: str = "") -> None:
        super().__init__(problems=(problem,))
        self.undefined = undefined


@contextmanager
def translated(where: Where, tree: Tree, prefix: str, context: Mapping[str, object]) -> Iterator[None]:
    """Turn whatever a template raises into a `JinjaError`: all of it is the template's own doing.

    Running out of memory is left to whoever started the rendering.
    """
    try:
        yield
    except (MemoryError, JinjaError):  # the latter of a text that another one made us render
        raise
    except RecursionError as error:
        raise JinjaError(_problem(error, where, tree, prefix, "calls itself too deeply")) from error
    except Exception as error:
        undefined = _undefined_name(error)
        hint = suggestion(undefined, _names(context)) if undefined else None
        if isinstance(error, TemplateNotFound):
            hint = suggestion(str(error.name), tree) or "Paths start at the template's top, and lead to regular files."
        raise JinjaError(_problem(error, where, tree, prefix, _message(error), hint), undefined) from error


def _message(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return f"the template has no file {error.name!r}"
    if isinstance(error, TemplateSyntaxError):
        return error.message or "it is no valid Jinja"
    text = str(error)
    return text if type(error).__module__.startswith("jinja2") else f"{type(error).__name__}: {text}"


def _undefined_name(error: Exception) -> str:
    found = _UNDEFINED.search(str(error)) if isinstance(error, UndefinedError) else None
    return (found[1] or found[2]) if found else ""


def _names(context: Mapping[str, object]) -> Iterator[str]:
    """Yield the names that a template can use, and those one level below."""
    for name, value in context.items():
        if " " not in name:
            yield name
        if isinstance(value, Mapping):
            yield from (key for key in value if isinstance(key, str))


def _problem(error: Exception, where: Where, tree: Tree, prefix: str, message: str, hint: str | None = None) -> Problem:
    position, is_own_place = where.position, True
    if (place := place_of(error)) and place[0] in tree:
        path, line = place
        position, is_own_place = Position(f"{prefix}{path}", line, _column(tree, path, line, _undefined_name(error))), False
    what = f"{where.what}: " if where.what else ""
    if what and not is_own_place:
        what = f"{what}in a file that it includes: "
    return Problem(f"{what}{message}", position, hint)


def place_of(error: BaseException) -> tuple[str, int] | None:
    """Return the path and line of the innermost template that an exception went through, or None."""
    if isinstance(error, TemplateSyntaxError):
        return (error.filename, error.lineno) if error.filename else None
    found = None
    traceback: TracebackType | None = error.__traceback__
    while traceback is not None:
        names = traceback.tb_frame.f_globals
        if "__jinja_exception__" in names:  # a frame that jinja2.debug rewrote
            found = traceback.tb_frame.f_code.co_filename, traceback.tb_lineno
        elif template := names.get("__jinja_template__"):
            found = str(template.filename), template.get_corresponding_lineno(traceback.tb_lineno)
        traceback = traceback.tb_next
    return found


def _column(tree: Tree, path: str, line: int, name: str) -> int:
    """Return the column of a name that stands once in its line, or 0: Jinja itself keeps none."""
    lines = tree[path].content.decode(errors="replace").split("\n")
    text = lines[line - 1] if name and 0 < line <= len(lines) else ""
    found = list(re.finditer(rf"\b{re.escape(name)}\b", text))
    return found[0].start() + 1 if len(found) == 1 else 0


def tidy(problems: Iterable[Problem], secrets: Iterable[str] = ()) -> tuple[Problem, ...]:
    """Return problems fit to be shown: without secrets, bounded in length and number, each once, in order."""
    needles = _forms(secrets)
    cleaned = [_cleaned(problem, needles) for problem in dict.fromkeys(problems)]
    rest = len(cleaned) - MAX_PROBLEMS
    more = (Problem(f"and {rest} more problems of this kind"),) if rest > 0 else ()
    return (*cleaned[:MAX_PROBLEMS], *more)


def _cleaned(problem: Problem, secrets: tuple[str, ...]) -> Problem:
    message = _clean(problem.message, secrets)
    return replace(problem, message=_clip(message), hint=_clean(problem.hint, secrets) if problem.hint else None)


def _clean(text: str, secrets: tuple[str, ...]) -> str:
    """Return a text with secrets masked; one that is very short only where it stands alone, for parts of words are none."""
    for secret in secrets:
        before, after = (r"(?<!\w)", r"(?!\w)") if len(secret) < _SHORT_SECRET else ("", "")
        text = re.sub(f"{before}{re.escape(secret)}{after}", _MASK, text)
    return text


def _clip(text: str) -> str:
    return text if len(text) <= MAX_MESSAGE else f"{text[:MAX_MESSAGE]}..."


def _forms(secrets: Iterable[str]) -> tuple[str, ...]:
    """Return the ways in which a message may write a secret, the longest first."""
    forms = {form for secret in secrets if secret for form in (secret, repr(secret)[1:-1], json.dumps(secret)[1:-1])}
    return tuple(sorted(forms, key=len, reverse=True))
