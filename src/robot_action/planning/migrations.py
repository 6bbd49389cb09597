"""Which of a Copier template's migrations an update calls for (``copier/_template.py``: ``migration_tasks``). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from robot_action.errors import InputError, NotPermittedError, Problem
from robot_action.model.copier import CopierSettings, Migration, Passage
from robot_action.model.template import Template
from robot_action.parsing.described import described_version
from robot_action.planning.foreign_code import code_of, task_lines

if TYPE_CHECKING:  # only templates with migrations need the library
    from packaging.version import Version


def passage_of(old: Template, new: Template) -> Passage | None:
    """Return the migrations between two versions of a template; None where it has none at all, or one of both is no version.

    Raises:
        InputError: when a migration's version is none.
    """
    settings, before, after = new.specification.settings, _version(old), _version(new)
    if not isinstance(settings, CopierSettings) or not settings.migrations or before is None or after is None:
        return None
    chosen = tuple(migration for migration in settings.migrations if _is_passed(migration, before, after))
    return Passage(old.described, new.described, (str(before), str(after)), chosen)


def unversioned(old: Template, new: Template) -> str:
    """Return why migrations are not run although the template has some, in one sentence; ``""``: they are."""
    settings = new.specification.settings
    unknown = next((template.described for template in (old, new) if _version(template) is None), None)
    if not isinstance(settings, CopierSettings) or not settings.migrations or unknown is None:
        return ""
    return f"the template's migrations were not run: {unknown or 'what the project has'} is no version"


def _version(template: Template) -> Version | None:
    """Return the version of a template, to the commit: of several tags the highest counts."""
    described = described_version(template.described)
    if described is None or described.local or not template.version:
        return described
    return described_version(template.version)


def _is_passed(migration: Migration, old: Version, new: Version) -> bool:
    from packaging.version import Version

    if not migration.version:
        return True
    try:
        return old < Version(migration.version) <= new
    except ValueError:  # a number of thousands of digits, too
        hint = "Use another version of the template, in which that is mended."
        raise InputError(f"the migration for {migration.version!r} names no version", position=migration.task.position, hint=hint) from None


def migration_lines(migrations: Iterable[Migration]) -> Iterator[Problem]:
    """Yield migrations as what they would run, each at its place."""
    for problem in task_lines(migration.task for migration in migrations):
        yield Problem(problem.message.replace("run the task", "run the migration", 1), problem.position)


def check_code(templates: Sequence[Template], migrations: Iterable[Migration], *, skip_tasks: bool) -> None:
    """See that templates whose sources are not trusted want to run nothing.

    Args:
        templates: the versions that an update renders.
        migrations: those between them.
        skip_tasks: whether tasks and hooks are left out.

    Raises:
        NotPermittedError: with everything that they want to run.
    """

    def code(template: Template, *, skips: bool = skip_tasks) -> tuple[Problem, ...]:
        return tuple(code_of(template.specification, template.source.text, skip_tasks=skips))

    problems = (*dict.fromkeys(problem for template in templates for problem in code(template)), *migration_lines(migrations))
    if not problems:
        return
    sources = {template.source.normalised: template.source for template in [one for one in templates if code(one)] or templates[-1:]}
    options = " ".join(f"--trust-source '{name}'" for name in sources)
    trusting = f"Trust it with {options}"
    is_needed = any(code(template, skips=True) for template in templates)
    raise NotPermittedError(
        f"the template {next(iter(sources.values())).text} wants to run code, and its source is not trusted",
        hint=f"{trusting}." if is_needed else f"{trusting}, or leave tasks, hooks and migrations out with --skip-tasks.",
        problems=problems,
    )
