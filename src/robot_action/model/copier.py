"""What a Copier template says besides its questions (``copier.yml``'s settings, Copier 9.19)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from robot_action.model.tasks import Task
from robot_action.model.values import Value

DEFAULT_EXCLUDE = ("copier.yaml", "copier.yml", "~*", "*.py[co]", "__pycache__", ".git", ".DS_Store", ".svn")
"""Left out where ``_exclude`` is not said and the template is no subdirectory (``copier/_template.py``)."""
ANSWERS_FILE = ".copier-answers.yml"


@dataclass(frozen=True, slots=True)
class Migration:
    """A task of an update: it runs where the versions passed hold ``version``, or always when that is empty.

    Its texts see ``_stage``, ``_version_from``, ``_version_to`` and ``_version_current``, and their like.

    Attributes:
        stages: when it runs, of ``before`` and ``after``; its task's ``when`` has a say besides.
    """

    task: Task
    version: str = ""
    stages: tuple[str, ...] = ("after",)


@dataclass(frozen=True, slots=True)
class Passage:
    """An update from one version of a template to another, as its migrations see it.

    Attributes:
        old: what ``git describe`` says of the version that the project has; new: of the one that it shall have.
        versions: the same two as PEP 440 has them, which Copier compares.
        migrations: those for the versions passed; whether one runs in a stage its condition says.
        stage: ``before`` the merge, where there are no answers yet, or ``after`` it.
    """

    old: str
    new: str
    versions: tuple[str, str]
    migrations: tuple[Migration, ...]
    stage: str = "after"


@dataclass(frozen=True, slots=True)
class CopierSettings:
    """The settings; texts may hold Jinja.

    Attributes:
        exclude: gitignore patterns over rendered paths; what matches is left out.
        skip_if_exists: gitignore patterns over rendered paths; such a file is only written where there is none.
        extensions: Jinja extensions to load, by their import paths: other people's code.
        environment: ``_envops``, options of the Jinja environment.
        external_data: names in the context, and the YAML files of the project whose contents they are.
        answers_file: where the answers file goes; ``""``: `ANSWERS_FILE`.
        preserve_symlinks: whether links stay links.
        messages: what to show, by ``before_copy``, ``after_copy``, ``before_update``, ``after_update``.
        min_version: the oldest Copier that the template works with.
    """

    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    skip_if_exists: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    environment: Mapping[str, Value] = field(default_factory=dict)
    external_data: Mapping[str, str] = field(default_factory=dict)
    answers_file: str = ""
    preserve_symlinks: bool = False
    tasks: tuple[Task, ...] = ()
    migrations: tuple[Migration, ...] = ()
    messages: Mapping[str, str] = field(default_factory=dict)
    min_version: str = ""
