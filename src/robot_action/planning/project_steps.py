"""The steps that fetch, write and commit a project."""

from __future__ import annotations

from collections.abc import Iterator

from robot_action.errors import FailedError, NotPermittedError
from robot_action.model.facts import DestinationKind
from robot_action.model.plan import CommitStep, Committed, FetchStep, RenderStep, Step, Written
from robot_action.model.state import STATE_FILE
from robot_action.model.tree import Tree
from robot_action.parsing.replay import dump_replay
from robot_action.planning.command_steps import leaves_out_install
from robot_action.planning.identity import commit_message
from robot_action.planning.situation import Situation
from robot_action.planning.steps import COMMITTED, EXISTS, PACKED, destination_of, earlier_of, position_of, rendered, skipped
from robot_action.planning.task_steps import is_to_be_written_again, plan_before
from robot_action.planning.uncommitted import branch_of, check_uncommitted


def plan_prepare(situation: Situation) -> Iterator[Step]:
    """Yield the check of the machine."""
    machine = situation.facts.machine
    notes = (machine.home_note, machine.isolation_note, *_newer(machine.newer)) if machine else ()
    yield Step(stage="prepare", title="check this machine", details=tuple(filter(None, notes)))


def _newer(version: str | None) -> tuple[str, ...]:
    return (f"robot-action {version} is out",) if version else ()


def plan_fetch(situation: Situation) -> Iterator[Step]:
    """Yield the fetching of the template, which looking has done already."""
    manifest, template = situation.request.manifest, situation.facts.template
    title = f"fetch the template {manifest.template.text}"
    if template is None:
        yield skipped("fetch", title, EXISTS if situation.exists else PACKED)
        return
    rendering = situation.facts.rendering
    message = rendering.messages.get("before_copy", "") if rendering and not situation.exists else ""
    trust = "trusted: its code may run" if situation.trusted else "not trusted"
    found = " ".join(filter(None, (template.version, template.commit and f"commit {template.commit}"))) or "as it is on disk"
    details = (f"{template.specification.name}: {found}", f"source {manifest.template.normalised}, {trust}")
    yield FetchStep(stage="fetch", title=title, details=details, template=template, message=message)


def plan_render(situation: Situation) -> Iterator[Step]:
    """Yield the writing of the tree."""
    destination = destination_of(situation)
    title = f"write the project to {destination.path}"
    if situation.exists:
        yield skipped("render", title, EXISTS, known_folder(situation))
        return
    again = is_to_be_written_again(situation)
    if destination.kind is DestinationKind.OURS and not again:
        yield skipped("render", title, "it is there already", known_folder(situation))
        return
    if destination.kind is DestinationKind.FOREIGN and not situation.request.overwrite:
        raise occupied(situation)
    yield from plan_before(situation)
    yield render_step(situation, again=again)


def render_step(situation: Situation, *, again: bool = False) -> RenderStep:
    """Return the writing of the tree; where it was written before, for tasks that were broken off, the state file stays."""
    destination, tree, asked = destination_of(situation), situation.facts.wanted or Tree(), situation.request.render
    rendering, _ = rendered(situation)
    return RenderStep(
        stage="render",
        title=f"write the project to {destination.path}{' again, for its tasks' if again else ''}",
        tree=Tree({path: entry for path, entry in tree.items() if path != STATE_FILE}) if again else tree,
        destination=destination.path,
        into_existing=destination.kind is not DestinationKind.NEW,
        overwrites=destination.replaced,
        replay=(asked.replay, dump_replay(rendering.replay)) if asked and asked.replay else None,
    )


def known_folder(situation: Situation) -> Written | None:
    """Return the folder that holds the project already, if there is one; what is only packed stands in none."""
    destination, pack = destination_of(situation), situation.facts.pack
    ours = destination.kind is DestinationKind.OURS and (pack is None or pack.unpacked)
    return Written(destination.path) if ours else None


def occupied(situation: Situation) -> NotPermittedError:
    """Return the refusal of a destination that is somebody else's."""
    destination = destination_of(situation)
    owner, wanted = destination.state, situation.facts.state
    if owner and not (wanted and owner.is_same_project(wanted)):
        made_from = ", ".join(template.source for template in owner.templates) or "no template"
        message = f"{destination.path} holds another project: {owner.project}, made from {made_from}"
    else:
        examples = ", ".join((*destination.foreign, *destination.replaced)[:5])
        message = f"{destination.path} is not empty: {examples}"
    return NotPermittedError(
        message,
        position=position_of(situation, "destination"),
        hint="Name another destination, or give --overwrite: it writes the template's files and deletes nothing else.",
    )


_ON_THE_PROJECT = frozenset({"install", "start", "commit", "push", "publish"})


def check_written(situation: Situation) -> None:
    """Where the project is not written by this run, refuse to run, commit, push or publish what stands at its place.

    Raises:
        NotPermittedError: when that is somebody else's.
        FailedError: when it is nothing.
    """
    stages = situation.request.stages
    if situation.exists or "render" in stages or _ON_THE_PROJECT.isdisjoint(stages):
        return
    destination = destination_of(situation)
    if destination.kind is DestinationKind.FOREIGN:
        raise occupied(situation)
    if destination.kind is not DestinationKind.OURS:
        raise FailedError(
            f"the project is not written yet: {destination.path} holds nothing of it",
            position=position_of(situation, "destination"),
            hint="Let the stage render run first; --stages leaves it out.",
        )


def known_commit(situation: Situation) -> Committed | None:
    """Return the commit that was made before, if it was."""
    local, manifest = situation.facts.local, situation.request.manifest
    if not situation.committed or local is None:
        return None
    return Committed(local.head, local.branch, manifest.tag if manifest.tag in local.tags else None)


def plan_commit(situation: Situation) -> Iterator[Step]:
    """Yield the commit."""
    request = situation.request
    manifest, known = request.manifest, known_commit(situation)
    branch = branch_of(situation)
    title = f"commit to {branch}"
    if known is not None:
        yield skipped("commit", title, COMMITTED, known)
        return
    if situation.exists:
        yield skipped("commit", title, EXISTS)
        return
    check_uncommitted(situation)
    _, template = rendered(situation)
    message = commit_message(manifest, template, installed=not leaves_out_install(situation))
    yield CommitStep(
        stage="commit",
        title=f"{title} again, after install" if situation.again else title,
        details=(*message.splitlines(), *([f"tag {manifest.tag}"] if manifest.tag else [])),
        destination=manifest.destination,
        branch=branch,
        message=message,
        date=request.epoch,
        author=manifest.author or request.actor or situation.facts.committer,
        tag=manifest.tag,
        earlier=earlier_of(situation),
        replaces=situation.again,
    )
