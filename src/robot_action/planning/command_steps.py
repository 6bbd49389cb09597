"""The steps that run the template's own commands."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from robot_action.errors import Problem
from robot_action.model.plan import InstallStep, StartStep, Step
from robot_action.model.template import Commands
from robot_action.planning.identity import is_without_install
from robot_action.planning.permission import check_commands
from robot_action.planning.situation import Situation
from robot_action.planning.steps import COMMITTED, EXISTS, as_whom, earlier_of, position_of, rendered, skipped


def plan_install(situation: Situation) -> Iterator[Step]:
    """Yield the install commands, or a custom template's entry."""
    title = "install the project"
    if reason := no_commands(situation):
        yield skipped("install", title, reason)
        return
    rendering, template = rendered(situation)
    specification, manifest = template.specification, situation.request.manifest
    commands = _install_commands(situation)
    if specification.entry is None and not commands.commands:
        yield skipped("install", title, "the template has no install commands")
        return
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
        objections=_objections(situation, specification.entry, commands),
    )


def plan_start(situation: Situation) -> Iterator[Step]:
    """Yield the smoke test."""
    title = "start the project once"
    if reason := no_commands(situation):
        yield skipped("start", title, reason)
        return
    rendering, _ = rendered(situation)
    if rendering.start is None:
        yield skipped("start", title, "the template has no start command")
        return
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
        objections=_objections(situation, None, Commands((rendering.start.command,))),
    )


def _install_commands(situation: Situation) -> Commands:
    """Return the manifest's commands, or else the template's."""
    rendering, _ = rendered(situation)
    wanted = situation.request.manifest.install
    return wanted if wanted is not None else rendering.install


def no_commands(situation: Situation) -> str:
    """Return why neither install nor start has anything to do, or ``""``."""
    if situation.exists or situation.committed:
        return f"{EXISTS if situation.exists else COMMITTED}{_without_install(situation)}"
    return "not wanted (--skip-tasks)" if situation.request.skip_tasks else ""


def _without_install(situation: Situation) -> str:
    """Return the words for a project whose commit was made without install, though it has something to do."""
    local, wanted = situation.facts.local, situation.request.manifest.repository
    if local is None or not is_without_install(local.message):
        return ""
    if situation.exists or wanted is None:
        return ", by a run without install: run its commands in the folder, and commit what they make"
    return ", by a run without install: run the stages install and commit before it is pushed"


def leaves_out_install(situation: Situation) -> bool:
    """Tell whether tasks or install have something to do for the project that is to be committed, and this run does not do it."""
    request = situation.request
    rendering, template = rendered(situation)
    if rendering.tasks and (request.skip_tasks or "tasks" not in request.stages):
        return True
    something = template.specification.entry is not None or bool(_install_commands(situation).commands)
    return something and (request.skip_tasks or "install" not in request.stages)


def _objections(situation: Situation, entry: str | None, commands: Commands) -> tuple[Problem, ...]:
    """Return what speaks against the step that runs these: trust that is missing, and commands of the wrong form."""
    lacking = not situation.may_run or (entry is not None and not situation.trusted)
    return (*((_untrusted(situation),) if lacking else ()), *check_commands(commands, situation.request.trust))


def _untrusted(situation: Situation) -> Problem:
    """Return the same problem for every step: it names all that would run."""
    manifest = situation.request.manifest
    runs = "".join(f"\nit would run: {line}" for line in _command_lines(situation))
    return Problem(
        f"the template {manifest.template.text} wants to run code, and its source is not trusted{runs}",
        position_of(situation, "template"),
        f"Trust it with --trust-source '{manifest.template.normalised}', or leave commands out with --skip-tasks.",
    )


def _command_lines(situation: Situation) -> Iterator[str]:
    rendering, template = rendered(situation)
    stages = situation.request.stages
    if template.specification.entry and "install" in stages:
        yield template.specification.entry
    if situation.may_run:
        return  # as a second user, so that only the entry needs trust
    if "install" in stages:
        yield from (shlex.join(command.arguments) for command in _install_commands(situation).commands)
    if rendering.start is not None and "start" in stages:
        yield shlex.join(rendering.start.command.arguments)
