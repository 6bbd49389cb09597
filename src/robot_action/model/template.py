"""A template's specification, whatever format it was written in, and a fetched template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from robot_action.errors import Position
from robot_action.model import choices
from robot_action.model.cookiecutter import CookiecutterSettings
from robot_action.model.copier import CopierSettings, Passage
from robot_action.model.source import Source
from robot_action.model.surroundings import Surroundings
from robot_action.model.tasks import Task
from robot_action.model.tree import Tree
from robot_action.model.values import Value

Format = choices.Format


class Unset:
    """The type of `UNSET`: a question without default."""

    __slots__ = ()

    def __reduce__(self) -> str:
        """Stay the one there is when it travels to another process."""
        return "UNSET"

    def __repr__(self) -> str:
        """Return the name."""
        return "UNSET"


UNSET = Unset()


class QuestionType(StrEnum):
    """What an answer is cast to; the names are Copier's."""

    STR = "str"
    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    JSON = "json"
    YAML = "yaml"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed answer: its label, its value, and a Jinja text that forbids it when it renders to a message."""

    label: str
    value: Value
    validator: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a template; text fields may hold Jinja, which only the worker renders.

    Attributes:
        default: a value (strings may hold Jinja), or `UNSET` when an answer is required.
        choices: the allowed answers, or a Jinja text that renders to them as YAML, or None.
        when: a boolean, or a Jinja text; false means that the question is not asked, and its
            default is a computed value that is not recorded.
        validator: a Jinja text; what it renders to, if not blank, is the error.
        secret: the answer is used, but never written or shown.
        ask: a boolean, or a Jinja text; Copier's: where it is false, no answer is no error.
        type_text: a Jinja text that gives the type, as Copier allows; ``""``: ``type`` says it.
        position: where the question stands in the specification.
    """

    name: str
    type: QuestionType
    help: str = ""
    default: Value | Unset = UNSET
    choices: tuple[Choice, ...] | str | None = None
    multiselect: bool = False
    when: bool | str = True
    validator: str = ""
    secret: bool = False
    ask: bool | str = True
    type_text: str = ""
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """One command as arguments; never given to a shell."""

    arguments: tuple[str, ...]
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Commands:
    """Commands that run one after the other, and the seconds that each may take."""

    commands: tuple[Command, ...] = ()
    timeout: float = 600.0


class ReadinessKind(StrEnum):
    """What shows that a started program is up."""

    PORT = "port"
    URL = "url"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Readiness:
    """How a started program is known to be up.

    ``value`` is a URL (with ``{port}``), or a regular expression over a log line; for a port it is empty.
    """

    kind: ReadinessKind = ReadinessKind.PORT
    value: str = ""


@dataclass(frozen=True, slots=True)
class Start:
    """The smoke test: a command (with ``{port}``), its readiness, and its limits (seconds; restarts after early exits)."""

    command: Command
    readiness: Readiness = field(default_factory=Readiness)
    timeout: float = 60.0
    restarts: int = 0


class TemplateType(StrEnum):
    """Standard templates are rendered and installed; custom ones run their own entry instead of an install."""

    STANDARD = "standard"
    CUSTOM = "custom"


KINDS = ("project", "component")
COMPILED_LIMIT = 32 * 2**20
"""Bytes of compiled templates of one tree that are kept."""
MODULE = "-m "
"""Begins an entry that names a module of the template instead of a file."""


@dataclass(frozen=True, slots=True)
class Specification:
    """What a template says about itself.

    Attributes:
        ignore: gitignore patterns over unrendered paths; what matches is left out.
        verbatim: gitignore patterns over unrendered paths; what matches keeps name and bytes, suffix included.
        suffix: files with it are rendered and lose it.
        directory: the folder of the template tree that holds the files.
        entry: for custom templates a path of a Python file in the template, or a module's name after ``-m``.
        requires: a PEP 440 range of robot-action versions.
        file: where the specification stands in the template tree; places: where its keys stand.
        settings: what only one of the foreign formats has; None: the format is our own.
    """

    name: str
    description: str = ""
    kinds: tuple[str, ...] = KINDS
    tags: tuple[str, ...] = ()
    type: TemplateType = TemplateType.STANDARD
    questions: tuple[Question, ...] = ()
    ignore: tuple[str, ...] = ()
    verbatim: tuple[str, ...] = ()
    suffix: str = ".jinja"
    directory: str = "template"
    install: Commands = field(default_factory=Commands)
    start: Start | None = None
    entry: str | None = None
    requires: str | None = None
    file: str = "template.yml"
    places: Mapping[str, Position] = field(default_factory=dict, compare=False, repr=False)
    settings: CopierSettings | CookiecutterSettings | None = None

    @property
    def format(self) -> Format:
        """Whose rules the template goes by."""
        if self.settings is None:
            return Format.NATIVE
        return Format.COPIER if isinstance(self.settings, CopierSettings) else Format.COOKIECUTTER

    @property
    def names(self) -> frozenset[str]:
        """The names that answers can have: of the questions, and of a Cookiecutter template's variables, private ones included."""
        variables = self.settings.variables if isinstance(self.settings, CookiecutterSettings) else ()
        return frozenset((*(question.name for question in self.questions), *variables))

    @property
    def default_kind(self) -> str:
        """The kind of a project whose manifest names none."""
        return next(iter(self.kinds), KINDS[0])


@dataclass(frozen=True, slots=True)
class Template:
    """A fetched template: the exact thing that a source named.

    Attributes:
        tree: the whole template, with its specification file; below the source's subdirectory.
        version: the tag's version, or ``""``.
        commit: the git commit, or ``""`` where the source has none.
        described: what ``git describe --tags --always`` says of it, or ``""`` where nobody asked.
    """

    source: Source
    specification: Specification
    tree: Tree
    version: str = ""
    commit: str = ""
    described: str = ""


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """What the worker needs to render a template.

    Attributes:
        data: given answers; keys that are no question are an error in the native format.
        project: the context variable ``project``: name, repository, kind, version, description and the name's forms.
        template_version: for the context variable ``template``; year: for ``year``.
        file: the specification as error messages name it, such as ``gh:acme/t: template.yml``.
        places: where the given answers stand; surroundings: what the foreign formats' contexts tell.
        moment: what the template takes for now, in seconds since 1970, UTC; seed: what its random values come from.
        trusted: whether the source may run code: only then are extensions loaded; environment: the variables that they see.
        place: where extensions find the template's files, a full path; skip_tasks: whether tasks, hooks and migrations are left out.
        spared: files of the template that need not be rendered: what they make holds their own path instead.
        unknown: secret questions whose answers nobody tells; where they have no default, another value stands for each.
        other: a second value stands for each, whatever the default: what differs then is made of secret answers.
        family: what versions of one template have in common, where several are rendered in one run, or ``""``.
        passage: the update whose migrations are rendered, too; with the stage ``before`` they alone are.
    """

    specification: Specification
    tree: Tree
    data: Mapping[str, Value]
    project: Mapping[str, Value]
    template_version: str
    year: int
    file: str
    places: Mapping[str, Position] = field(default_factory=dict)
    surroundings: Surroundings = field(default_factory=Surroundings)
    moment: float = 0.0
    seed: str = ""
    trusted: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    compiled: bytes | None = field(default=None, repr=False)
    skip_tasks: bool = False
    spared: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    other: bool = False
    family: str = ""
    passage: Passage | None = None


@dataclass(frozen=True, slots=True)
class Rendering:
    """What the worker gives back for a template and its given answers.

    Attributes:
        tree: the project's files, without the state file.
        sources: what in the template tree each of them is made of, as far as the worker tells.
        answers: every answer, in the order of the questions, hidden and secret ones included.
        recorded: the answers that the state file keeps.
        secret: the names of secret answers.
        defaulted: the names of questions that nobody answered.
        install: the template's install commands, rendered.
        start: the template's smoke test, rendered.
        tasks: what the template wants to run in the project, in order; migrations: what once, between two of its versions.
        messages: what it wants to be shown, by ``before_copy`` and the like, rendered.
        kept: paths that are only written where there is nothing.
        answers_file: the path of the answers file that the template makes, or ``""``.
        replay: what Cookiecutter's replay file holds, but what names the machine (``_output_dir``, ``_repo_dir``).
        folder: the folder's name that Cookiecutter would make for the project; ``""`` for other formats.
        compiled: what the worker compiled, for the next one; nothing when nothing of it is new.
    """

    tree: Tree
    answers: Mapping[str, Value]
    recorded: Mapping[str, Value]
    secret: tuple[str, ...] = ()
    defaulted: tuple[str, ...] = ()
    install: Commands = field(default_factory=Commands)
    start: Start | None = None
    tasks: tuple[Task, ...] = ()
    migrations: tuple[Task, ...] = ()
    messages: Mapping[str, str] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    answers_file: str = ""
    replay: Mapping[str, Value] = field(default_factory=dict)
    folder: str = ""
    compiled: bytes = field(default=b"", compare=False, repr=False)
    sources: Mapping[str, str] = field(default_factory=dict, repr=False)
