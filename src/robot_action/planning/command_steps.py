"""The steps that run the template's own commands."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from robot_action.errors import NotPermittedError, Problem
from robot_action.model.plan import InstallStep, StartStep, Step
from robot_action.model.template import Commands
from robot_action.planning.permission import check_commands
from robot_action.planning.situation import Situation
from robot_action.planning.steps import COMMITTED, EXISTS, as_whom, earlier_of, position_of, rendered, skipped


def plan_install(situation: Situation) -> Iterator[Step]:
    """Yield the install commands, or a custom template's entry."""
    title = "install the project"
    if reason := _no_commands(situation):
        yield skipped("install", title, reason)
        return
    rendering, template = rendered(situation)
    specification, manifest = template.specification, situation.request.manifest
    commands = _install_commands(situation)
    if specification.entry is None and not commands.commands:
        yield skipped("install", title, "the template has no install commands")
        return
    _permit(situation, commands, specification.entry)
    yield InstallStep(
        stage="install",
        title=title,
        details=(as_whom(situation),),
        destination=manifest.destination,
        commands=commands,
        entry=specification.entry,
        template=template.tree if specification.entry else None,
        answers=rendering.answers if specification.entry else {},
        environment=situation.request.environment,
        earlier=earlier_of(situation),
    )


def plan_start(situation: Situation) -> Iterator[Step]:
    """Yield the smoke test."""
    title = "start the project once"
    if reason := _no_commands(situation):
        yield skipped("start", title, reason)
        return
    rendering, _ = rendered(situation)
    if rendering.start is None:
        yield skipped("start", title, "the template has no start command")
        return
    _permit(situation, Commands((rendering.start.command,)), None)
    readiness = rendering.start.readiness
    yield StartStep(
        stage="start",
        title=title,
        details=(f"ready by {readiness.kind.value} {readiness.value}".rstrip(), as_whom(situation)),
        destination=situation.request.manifest.destination,
        start=rendering.start,
        install=_install_commands(situation),
        environment=situation.request.environment,
        earlier=earlier_of(situation),
    )


def _install_commands(situation: Situation) -> Commands:
    """Return the manifest's commands, or else the template's."""
    rendering, _ = rendered(situation)
    wanted = situation.request.manifest.install
    return wanted if wanted is not None else rendering.install


def _no_commands(situation: Situation) -> str:
    """Return why neither install nor start has anything to do, or ``""``."""
    if situation.exists:
        return EXISTS
    if situation.committed:
        return COMMITTED
    return "not wanted (--skip-tasks)" if situation.request.skip_tasks else ""


def _command_lines(commands: Commands, entry: str | None) -> Iterator[str]:
    if entry:
        yield entry
    for command in commands.commands:
        yield shlex.join(command.arguments)


def _permit(situation: Situation, commands: Commands, entry: str | None) -> None:
    """Refuse commands that the operator's trust does not cover; see docs/decisions/0003."""
    problems = list(check_commands(commands, situation.request.trust))
    source = situation.request.manifest.template.normalised
    if (entry and not situation.trusted) or not situation.may_run:
        problems.extend(Problem(f"it would run {line}") for line in _command_lines(commands, entry))
        raise NotPermittedError(
            f"the template {situation.request.manifest.template.text} wants to run code, and its source is not trusted",
            position=position_of(situation, "template"),
            hint=f"Trust it with --trust-source '{source}', or leave commands out with --skip-tasks.",
            problems=tuple(problems),
        )
    if problems:
        raise NotPermittedError(problems=tuple(problems))
