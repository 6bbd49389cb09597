"""The Jinja environment: sandboxed, over the template's own tree, blind to the machine that it runs on.

Jinja2's sandbox keeps templates from Python's internals; this module adds bounds where one expression could ask for
gigabytes, and takes away what is random. The worker process around it (`robot_action.entrypoints.worker`) is the
boundary that counts: no file, process or network is within its reach.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, Template, Undefined, pass_context
from jinja2.exceptions import SecurityError, TemplateNotFound, TemplateRuntimeError, TemplateSyntaxError
from jinja2.ext import Extension
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedEnvironment

from robot_action.errors import InputError, Position
from robot_action.model.tree import Mode, Tree
from robot_action.rendering.compiled import NAME, Compiled, key_of, options_of, with_name
from robot_action.rendering.faults import Where, translated
from robot_action.rendering.filters import FILTERS
from robot_action.rendering.syntax import ExactNewlines, YieldTag

MAX_REPEATED = 1_000_000
"""Characters or items that one ``*`` may make."""
MAX_POWER_BITS = 10_000
"""Bits that the result of one ``**`` may have."""

_RANDOM_FILTERS = ("random",)
_RANDOM_GLOBALS = ("lipsum",)
_USUAL = ("{%", "{{", "{#")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one template format speaks Jinja.

    Attributes:
        undefined: what a name that nobody defined becomes.
        filters: besides Jinja2's own; without one of the name ``random`` there is none.
        globals: besides Jinja2's own; without one of the name ``lipsum`` there is none.
        extensions: what is added to the syntax.
        place: where a template names those of its own.
        options: keywords of the environment, such as its delimiters.
        is_mutable: whether templates may change lists and mappings, their context's included.
        loader: makes what finds other files of the template; None: `TreeLoader`.
        methods: Python's special methods that templates may call, which the sandbox keeps from them otherwise.
    """

    undefined: type[Undefined] = StrictUndefined
    filters: Mapping[str, Callable[..., object]] = field(default_factory=dict)
    extensions: tuple[type[Extension], ...] = ()
    place: Position | None = None
    globals: Mapping[str, object] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    is_mutable: bool = False
    loader: Callable[[Tree], BaseLoader] | None = None
    methods: frozenset[str] = frozenset()


NATIVE = Dialect(StrictUndefined, FILTERS, (YieldTag, ExactNewlines))
"""The native format: an undefined name is an error, every byte outside of the tags stays as it is."""


class TreeLoader(BaseLoader):
    """Templates out of a tree: ``include``, ``import`` and ``extends`` take paths from the tree's top, nothing else."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Return a file's text and its path.

        Raises:
            TemplateNotFound: when the tree has no such file; links are not followed.
            TemplateRuntimeError: when it is not UTF-8.
        """
        del environment
        entry = self._tree.get(template)
        if entry is None or entry.mode not in {Mode.FILE, Mode.EXECUTABLE}:
            raise TemplateNotFound(template)
        try:
            return entry.content.decode(), template, None
        except UnicodeDecodeError as error:
            raise TemplateRuntimeError(f"{template!r} is not UTF-8: byte {error.start + 1} fits no character") from error


class BoundedEnvironment(SandboxedEnvironment):
    """Jinja2's sandbox, with bounds on ``*`` and ``**``.

    Attributes:
        methods: special methods that may be called.
        known: where compiled templates are kept; None: each is compiled for itself.
    """

    intercepted_binops = frozenset({"*", "**"})
    methods: frozenset[str] = frozenset()
    known: Compiled | None = None

    @cached_property
    def _options(self) -> bytes:
        return options_of(self)

    def compile(
        self,
        source: Any,  # noqa: ANN401 - Jinja2's own signature
        name: str | None = None,
        filename: str | None = None,
        raw: bool = False,  # noqa: FBT001, FBT002
        defer_init: bool = False,  # noqa: FBT001, FBT002
    ) -> Any:  # noqa: ANN401
        """Compile a template, or find it compiled; equal texts have equal code."""
        if self.known is None or raw or defer_init or not isinstance(source, str):
            return super().compile(source, name, filename, raw, defer_init)  # type: ignore[call-overload]
        key = key_of(source, self._options)
        code = self.known.find(key)
        if code is None:
            try:
                code = super().compile(source, NAME)
            except TemplateSyntaxError:
                return super().compile(source, name, filename)  # fails again, with its place
            self.known.add(key, code)
        return with_name(code, name, filename)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ANN401 - any value of a template
        """Tell whether a template may have an attribute; a module never, such as a path's ``parser`` since Python 3.13."""
        return not isinstance(value, ModuleType) and (attr in self.methods or super().is_safe_attribute(obj, attr, value))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - any value of a template
        """Compute ``left operator right``.

        Raises:
            SecurityError: when the result would be too large.
        """
        is_too_large = _is_large_power(left, right) if operator == "**" else _is_long(left, right) or _is_long(right, left)
        if is_too_large:
            raise SecurityError(f"the result of {operator!r} would be too large")
        return super().call_binop(context, operator, left, right)


class FrozenEnvironment(BoundedEnvironment, ImmutableSandboxedEnvironment):
    """The same where no list and no mapping can be changed."""


def _is_large_power(base: object, exponent: object) -> bool:
    return isinstance(base, int) and isinstance(exponent, int) and base.bit_length() * exponent > MAX_POWER_BITS


def _is_long(sequence: object, count: object) -> bool:
    return isinstance(sequence, (str, bytes, list, tuple)) and isinstance(count, int) and len(sequence) * count > MAX_REPEATED


def make_environment(tree: Tree, dialect: Dialect) -> BoundedEnvironment:
    """Return the environment in which a template tree is rendered.

    It keeps every compiled template: a tree is rendered in one pass, by a process that ends afterwards.
    """
    options: dict[str, Any] = {"keep_trailing_newline": True, "autoescape": False, **dialect.options}
    environment = (BoundedEnvironment if dialect.is_mutable else FrozenEnvironment)(
        loader=(dialect.loader or TreeLoader)(tree),
        undefined=dialect.undefined,
        auto_reload=False,
        cache_size=-1,
        **options,
    )
    environment.methods = dialect.methods
    for name in _RANDOM_FILTERS:
        del environment.filters[name]
    for name in _RANDOM_GLOBALS:
        del environment.globals[name]
    environment.filters.update((name, _at_run_time(function)) for name, function in dialect.filters.items())
    environment.globals.update(dialect.globals)
    for extension in dialect.extensions:
        _extend(environment, extension, dialect.place)
    return environment


def _at_run_time(function: Callable[..., object]) -> Callable[..., object]:
    """Return a filter that Jinja2 never calls while it compiles: what it gives may hang on the moment or the seed."""
    wanted = getattr(function, "jinja_pass_arg", None)  # what Jinja2's decorators note
    kind = wanted.name if wanted else ""
    if kind == "context":
        return function

    @pass_context
    def call(context: Context, *args: Any, **options: Any) -> object:  # noqa: ANN401 - any filter's
        first = {"environment": (context.environment,), "eval_context": (context.eval_ctx,)}.get(kind, ())
        return function(*first, *args, **options)

    return call


def _extend(environment: Environment, extension: type[Extension], place: Position | None) -> None:
    """Add an extension: after the dialect's filters, so that those count that it brings.

    Raises:
        InputError: when it fails; it may be a template's own.
    """
    try:
        environment.add_extension(extension)
    except MemoryError:
        raise
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise InputError(f"the extension {extension.__module__}.{extension.__qualname__} fails: {what}", position=place) from error


class Jinja:
    """Renders texts and files of one template tree; each is compiled once.

    Attributes:
        tree: the whole template.
        prefix: what precedes a path of the tree in an error's position.

    Args:
        tree: the whole template.
        dialect: how its format speaks Jinja.
        prefix: see above.
        compiled: the pack of an earlier rendering of the tree; None: none is wanted of this one.
    """

    def __init__(self, tree: Tree, dialect: Dialect = NATIVE, prefix: str = "", compiled: bytes | None = None) -> None:
        self.tree = tree
        self.prefix = prefix
        self._environment = make_environment(tree, dialect)
        self._environment.known = None if compiled is None else Compiled(compiled)
        self._marks = _marks(self._environment)
        self._texts: dict[str, Template] = {}

    def text(self, source: str, context: Mapping[str, object], where: Where) -> str:
        """Render a text of the specification, or a part of a name.

        Raises:
            JinjaError: when it cannot be rendered, with the place.
        """
        if self.is_plain(source):
            return source
        with translated(where, self.tree, self.prefix, context):
            template = self._texts.get(source)
            if template is None:
                template = self._texts[source] = self._environment.from_string(source)
            return template.render(context)

    def is_plain(self, text: str) -> bool:
        """Tell whether a text renders to itself."""
        return not any(mark in text for mark in self._marks)

    @property
    def has_usual_delimiters(self) -> bool:
        """Whether tags begin as Jinja2 itself has it."""
        return self._marks[: len(_USUAL)] == _USUAL

    @property
    def has_lines(self) -> bool:
        """Whether whole lines can be statements or comments."""
        return bool(self._environment.line_statement_prefix or self._environment.line_comment_prefix)

    def file(self, path: str, context: Mapping[str, object], *, name: str = "") -> str:
        """Render a file of the tree.

        Args:
            path: from the tree's top.
            context: what it sees.
            name: what the loader knows it by, where that is not its path.

        Raises:
            JinjaError: when it cannot be rendered, with file and line.
        """
        with translated(Where(self.position(path)), self.tree, self.prefix, context):
            return self._environment.get_template(name or path).render(context)

    def pack(self) -> bytes:
        """Return what was compiled, for a later rendering of the same tree; nothing when nothing of it is new."""
        return self._environment.known.pack() if self._environment.known else b""

    def position(self, path: str, line: int = 0) -> Position:
        """Return the place of a file of the tree."""
        return Position(f"{self.prefix}{path}", line)


def _marks(environment: Environment) -> tuple[str, ...]:
    """Return what a text must hold one of to become another one: delimiters, and line ends where those do not stay."""
    delimiters = (environment.block_start_string, environment.variable_start_string, environment.comment_start_string)
    lines = (environment.line_statement_prefix, environment.line_comment_prefix)
    is_exact = any(isinstance(item, ExactNewlines) for item in environment.extensions.values())
    returns = [] if is_exact else ["\r"]
    feeds = [] if environment.keep_trailing_newline and environment.newline_sequence == "\n" else ["\n"]
    is_changed = any(map(_sees_plain_text, environment.extensions.values()))
    return (*delimiters, *filter(None, lines), *returns, *feeds, *([""] if is_changed else []))


def _sees_plain_text(extension: Extension) -> bool:
    own = type(extension)
    is_default = own.preprocess is Extension.preprocess and own.filter_stream is Extension.filter_stream
    return not is_default and own is not ExactNewlines
