"""The settings of a ``copier.yml``: its keys that begin with an underscore (``copier/_template.py``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from robot_action.errors import Position, Problem
from robot_action.model.copier import DEFAULT_EXCLUDE, CopierSettings, Migration
from robot_action.model.tasks import Task
from robot_action.model.values import Value
from robot_action.parsing.formats.copier_yaml import Section
from robot_action.parsing.wording import RuleError, excerpt

COPIER = (9, 19)
"""The version of Copier whose templates work here."""

_MESSAGES = ("before_copy", "after_copy", "before_update", "after_update")
_STAGES = ("before", "after")


class Settings:
    """The settings of a section, each taken as what it has to be; null is what is not set.

    Args:
        section: settings and questions.
        problems: gets what is wrong.
    """

    def __init__(self, section: Section, problems: list[Problem]) -> None:
        self._section = section
        self._problems = problems

    def get(self, key: str) -> object:
        """Return a setting, or None."""
        return self._section.value.get(key)

    def position(self, key: str, item: int | None = None) -> Position:
        """Return where a setting stands, or an item of it."""
        return self._section.find(key, item)

    def report(self, key: str, message: str, hint: str | None = None) -> None:
        """Note a problem of a setting."""
        self._problems.append(Problem(f"{key}: {message}", self.position(key), hint))

    def text(self, key: str, default: str = "") -> str:
        """Return a setting that is a text."""
        value = self.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            self.report(key, "this must be a text", f"Quote it: {excerpt(str(value))}")
            return default
        return value

    def items(self, key: str) -> list[object]:
        """Return a setting that is a list."""
        value = self.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.report(key, "this must be a list")
            return []
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a setting that is a list of texts."""
        found = self.items(key)
        for item in found:
            if not isinstance(item, str):
                self.report(key, f"{excerpt(str(item))} is no text", f"Quote it: {excerpt(str(item))}")
        return tuple(item for item in found if isinstance(item, str))

    def mapping(self, key: str) -> Mapping[str, object]:
        """Return a setting that is a mapping with texts as keys."""
        value = self.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
            self.report(key, "this must be a mapping of names to values")
            return {}
        return value


def parse_settings(settings: Settings, *, is_top: bool) -> CopierSettings:
    """Return the settings.

    Args:
        is_top: whether the template's files lie beside its specification, which then has to be left out.
    """
    default = DEFAULT_EXCLUDE if is_top else ()
    return CopierSettings(
        exclude=default if settings.get("_exclude") is None else settings.texts("_exclude"),
        skip_if_exists=settings.texts("_skip_if_exists"),
        extensions=settings.texts("_jinja_extensions"),
        environment=cast("Mapping[str, Value]", settings.mapping("_envops")),
        external_data=_external_data(settings),
        answers_file=_answers_file(settings),
        preserve_symlinks=bool(settings.get("_preserve_symlinks")),
        tasks=tuple(_tasks(settings)),
        migrations=tuple(_migrations(settings)),
        messages={name: text for name in _MESSAGES if (text := settings.text(f"_message_{name}"))},
        min_version=_min_version(settings),
    )


def _answers_file(settings: Settings) -> str:
    text = settings.text("_answers_file")
    if text.startswith("/"):
        settings.report("_answers_file", f"{excerpt(text)} is no path below the project's folder")
    return text


def _external_data(settings: Settings) -> Mapping[str, str]:
    found = settings.mapping("_external_data")
    for name, path in found.items():
        if not isinstance(path, str):
            settings.report("_external_data", f"{excerpt(name)} must be the path of a YAML file")
    return {name: str(path) for name, path in found.items()}


def _min_version(settings: Settings) -> str:
    value = settings.get("_min_copier_version")
    if value is None:
        return ""
    if isinstance(value, float):
        settings.report("_min_copier_version", f"{value} is a number, and 9.20 would be 9.2", "Quote it.")
        return ""
    from packaging.version import Version

    try:
        wanted = Version(str(value))
    except ValueError:  # a number of thousands of digits, too
        settings.report("_min_copier_version", f"{excerpt(str(value))} is no version")
        return ""
    if (wanted.major, wanted.minor) > COPIER:
        ours = ".".join(map(str, COPIER))
        message = f"the template needs Copier {wanted} or newer, and robot-action does what Copier {ours} does"
        settings.report("_min_copier_version", message, "Use an older version of the template, or a newer robot-action.")
    return str(wanted)


def _tasks(settings: Settings) -> Iterator[Task]:
    for number, item in enumerate(settings.items("_tasks")):
        try:
            yield _task(item, settings.position("_tasks", number))
        except RuleError as error:
            settings.report("_tasks", error.message, error.hint)


def _task(item: object, position: Position) -> Task:
    """Return a command, or a mapping that has one.

    Raises:
        RuleError: when it is neither.
    """
    if not isinstance(item, dict):
        return Task(_command(item), position=position)
    if "command" not in item:
        raise RuleError("a task has no command", "Write command: ....")
    when, folder = item.get("when", True), item.get("working_directory", "")
    if not isinstance(when, (bool, str)) or not isinstance(folder, str):
        raise RuleError("a task's 'when' is true, false or a text, and its 'working_directory' is a text")
    return Task(_command(item["command"]), when=when, folder=folder, position=position)


def _command(item: object) -> str | tuple[str, ...]:
    if isinstance(item, str):
        return item
    if isinstance(item, list) and item and not any(isinstance(part, (list, dict)) or part is None for part in item):
        return tuple(map(str, item))
    raise RuleError(f"{excerpt(str(item))} is no command", "Write a text for the shell, or a list of arguments.")


def _migrations(settings: Settings) -> Iterator[Migration]:
    for number, item in enumerate(settings.items("_migrations")):
        try:
            yield from _migration(item, settings.position("_migrations", number))
        except RuleError as error:
            settings.report("_migrations", error.message, error.hint)


def _migration(item: object, position: Position) -> Iterator[Migration]:
    """Yield what one item says: a task, or in the old form lists of commands for the two stages.

    Raises:
        RuleError: when it says something else.
    """
    if not isinstance(item, dict):
        yield Migration(_task(item, position))
        return
    version = item.get("version", "")
    if not isinstance(version, (str, int, float)):
        raise RuleError("a migration's version must be a text")
    if not any(stage in item for stage in _STAGES):
        yield Migration(_task(item, position), str(version), _STAGES if "when" in item else ("after",))
        return
    for stage in _STAGES:
        commands = item.get(stage, [])
        if not isinstance(commands, list):
            raise RuleError(f"what a migration does {stage} must be a list of commands")
        for command in commands:
            yield Migration(Task(_command(command), position=position), str(version), (stage,))
