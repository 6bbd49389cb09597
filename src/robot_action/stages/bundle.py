"""Bundle: a proposal in two files, from job to job; what is read there is hostile, whoever wrote it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from robot_action.errors import InputError, NotPermittedError, Problem, UsageError
from robot_action.exchange import Received, ReceiveWanted
from robot_action.model.delivered import Prepared
from robot_action.model.delivery import BundleStep
from robot_action.model.plan import Status
from robot_action.model.proposal import DeliverRequest, Proposed, Target
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.parsing.links import tool_of
from robot_action.parsing.proposal_file import RESULT_LIMIT, ProposalFile, dump_proposal, parse_proposal
from robot_action.parsing.wording import listed
from robot_action.planning.branch_moves import digest_of, is_workflow
from robot_action.planning.summary import as_committed
from robot_action.planning.targets import base_branch, distinctive, find_target, own_branch, project_key
from robot_action.ports import Ports


def apply(ports: Ports, step: BundleStep, outcomes: Outcomes) -> Outcome:
    """Write the bundle, then its result; each appears at once and whole, and the result knows the bundle."""
    del outcomes
    proposed = step.proposed
    folder = next(parent for parent in step.file.parents if ports.files.exists(parent))  # the bundle's own may have to be made
    content = ports.git.drafts.pack(step.place, proposed.commit, proposed.branch) if proposed.commit else b""
    result = dump_proposal(ProposalFile(proposed, hashlib.sha256(content).hexdigest()))
    if len(result) > RESULT_LIMIT:
        raise InputError(f"what the update brings is too much for one result: more than {RESULT_LIMIT} bytes")
    name, beside = (path.relative_to(folder).as_posix() for path in (step.file, result_of(step.file)))
    ports.files.remove(folder, [beside])  # it must not go with another bundle
    ports.files.write_into(Tree({name: Entry(Mode.FILE, content)}), folder)
    ports.files.write_into(Tree({beside: Entry(Mode.FILE, result)}), folder)
    prepared = Prepared(step.file, proposed.branch, proposed.conflict_paths, step.is_idle)
    return Outcome(step.stage, Status.DONE, f"{step.file} is there", step.details, prepared)


def result_of(file: Path) -> Path:
    """Return where a bundle's result lies."""
    return file.with_name(f"{file.name}.json")


def read(ports: Ports, request: DeliverRequest, place: Path) -> tuple[Proposed, int]:
    """Return what another job prepared, with its commit in a repository of ours, and when the commit's parent was made.

    Raises:
        InputError: when result and bundle do not tell the same, or hold what cannot be delivered.
        NotPermittedError: when it changes workflow files, and nobody allowed that.
        UsageError: when it is for another repository or branch than the operator's.
    """
    file = result_of(request.bundle)
    text = ports.files.read(file, RESULT_LIMIT)
    if text is None:
        raise InputError(f"there is no {file}", hint="It lies beside the bundle that update --bundle wrote; hand over both.")
    found = parse_proposal(text, str(file))
    proposed = replace(found.proposed, target=_target(ports, request, found.proposed))
    own_branch(proposed.branch)
    base_branch(proposed.base)
    for what, wanted, told in (("branch", request.wishes.branch, proposed.branch), ("base", request.wishes.base, proposed.base)):
        if wanted and wanted != told:
            raise UsageError(f"{request.bundle} is for the {what} {told}, not {wanted}")
    _check_project(request, proposed)
    if not proposed.commit:
        return proposed, 0
    received = ports.git.drafts.receive(
        place, ReceiveWanted(request.bundle, found.sha256, proposed.target.url, proposed.branch, proposed.commit, proposed.parent)
    )
    return _verified(request, proposed, received), received.date


def _target(ports: Ports, request: DeliverRequest, proposed: Proposed) -> Target:
    """Return the operator's own target, which the result must name as well."""
    known = bool(request.wishes.repository or request.around.own)
    target = find_target(request.wishes, request.around, None if known else ports.git.inspect(request.project))
    if (target.host, target.repository.casefold()) != (proposed.target.host, proposed.target.repository.casefold()):
        raise UsageError(f"{request.bundle} is for the repository {proposed.target.repository}, not {target.repository}")
    return target


def _check_project(request: DeliverRequest, proposed: Proposed) -> None:
    """See that folder, state file and key are those of one project: the key tells whose branch it is."""
    folder, _, name = proposed.state.rpartition("/")
    keys = {project_key(folder, name), project_key(folder, distinctive(name, ()))}
    is_folder = not proposed.prefix or proposed.prefix.endswith("/")
    if not is_folder or not proposed.state.startswith(proposed.prefix) or tool_of(name) is None or proposed.key not in keys:
        raise InputError(
            f"{request.bundle} does not tell which project it is for: {proposed.key!r} is not what {proposed.state!r} makes one"
        )


def _verified(request: DeliverRequest, proposed: Proposed, received: Received) -> Proposed:
    """Hold the result to what the commit really brings."""
    digest = digest_of(proposed.revision, received.changes, proposed.conflicts)
    own, summary = received.own, proposed.summary
    if not own.is_ours or own.brings != proposed.digest or digest != proposed.digest or own.project != quote(proposed.key):
        raise InputError(f"{request.bundle} does not bring what its result says", hint="Prepare the update again.")
    if outside := [change.path for change in received.changes if not change.path.startswith(proposed.prefix)]:
        raise InputError(f"{request.bundle} changes what lies outside of its project {proposed.prefix}: {listed(outside)}")
    workflows = tuple(change.path for change in received.changes if is_workflow(change.path))
    if workflows and not request.wishes.allow_workflows:
        raise NotPermittedError(
            f"{request.bundle} changes workflow files",
            hint="Look at what it does, and deliver it with --allow-workflows.",
            problems=tuple(Problem(f"it changes {path}") for path in workflows),
        )
    assert summary is not None  # noqa: S101 - there is a commit
    return replace(
        proposed,
        workflows=workflows,
        message=own.message,
        author=f"{own.author.name} <{own.author.email}>",
        summary=as_committed(summary, received.changes, proposed.prefix),
    )
