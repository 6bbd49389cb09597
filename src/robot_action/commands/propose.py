"""update as a pull request: prepare and deliver, or one of both."""

from __future__ import annotations

from dataclasses import replace

from robot_action.commands.running import apply_all, failed, timed
from robot_action.errors import ConflictError, NotPermittedError
from robot_action.model.delivered import Delivery, Operation
from robot_action.model.delivery import Committing, DeliveryFacts
from robot_action.model.plan import Plan
from robot_action.model.proposal import DeliverRequest, ProposalRequest, Proposed, Wishes
from robot_action.model.report import ProjectReport, Report
from robot_action.model.update import UpdateRequest
from robot_action.planning.proposal import blocked, plan_bundle, plan_keeping, plan_proposal
from robot_action.planning.resuming import by_hand, going_on
from robot_action.planning.summary import place_of
from robot_action.ports import Ports
from robot_action.stages.bundle import read
from robot_action.stages.delivery import look, wanted_of
from robot_action.stages.proposal import propose, settled


def propose_update(ports: Ports, request: UpdateRequest, proposal: ProposalRequest) -> Report:
    """Update one project by a pull request, or leave that in a file for another job; the project's folder is left as it is.

    Returns:
        What was done or, for a dry run, the plan; conflicts in the pull request are no failure, but commits of people that
        are in the way end with `ConflictError.exit_code`.
    """
    ports.progress.begin_project(request.project.name, 1, 1)
    return Report((timed(ports, lambda: _propose(ports, request, proposal)),), dry_run=request.dry_run)


def _propose(ports: Ports, request: UpdateRequest, proposal: ProposalRequest) -> ProjectReport:
    report, secret = going_on(ProjectReport(request.project.name, destination=str(request.project)), request), None
    try:
        with ports.files.lock(f"proposal {request.project}", str(request.project)), ports.files.scratch("proposal") as place:
            request, surroundings = settled(ports, request, proposal)
            proposed, found = propose(ports, request, proposal, surroundings, place)
            secret = found.secret
            report = replace(report, project=proposed.project, update=proposed.summary, template=place_of(found.source))
            report = going_on(report, request, secret=secret)
            if proposal.bundle is None:
                facts = replace(look(ports, proposed, proposal.wishes, place, Committing(found.top, request.epoch)), kept=found.kept)
                hand = by_hand(request, proposed, secret)
                done = _delivered(ports, report, (proposed, facts, hand), proposal.wishes, dry_run=request.dry_run)
            else:
                proposed = _seen(ports, proposed)
                step = plan_bundle(proposed, place, proposal.bundle, is_idle=_is_idle(ports, proposed))
                report = replace(report, plan=Plan(proposed.project, (step, *plan_keeping(found.kept))))
                done = report if request.dry_run else apply_all(ports, report)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a bug is raised again when every project has been told about
        done = failed(going_on(report, request, error, secret), error)
    return done


def deliver(ports: Ports, request: DeliverRequest) -> Report:
    """Deliver what another job prepared; nothing of a template is read, and nothing of it runs.

    Returns:
        As for `propose_update`.
    """
    ports.progress.begin_project(request.bundle.name, 1, 1)
    return Report((timed(ports, lambda: _deliver(ports, request)),), dry_run=request.dry_run)


def _deliver(ports: Ports, request: DeliverRequest) -> ProjectReport:
    report = going_on(ProjectReport(request.bundle.name), request)
    try:
        with ports.files.scratch("delivery") as place:
            proposed, date = read(ports, request, place)
            summary = proposed.summary
            report = replace(report, project=proposed.project, update=summary, template=summary.template if summary else "")
            facts = look(ports, proposed, request.wishes, place, Committing(request.project, date), prepared=True)
            hand = by_hand(request, proposed)
            done = _delivered(ports, report, (proposed, facts, hand), request.wishes, dry_run=request.dry_run)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a bug is raised again when every project has been told about
        done = failed(going_on(report, request, error), error)
    return done


def _delivered(
    ports: Ports, report: ProjectReport, found: tuple[Proposed, DeliveryFacts, str], wishes: Wishes, *, dry_run: bool
) -> ProjectReport:
    """Plan, and carry the plan out.

    Args:
        ports: to do it with.
        report: what is known otherwise.
        found: what is brought; what the host has; the commands that bring it in by hand.
        wishes: what the operator wants besides.
        dry_run: whether the plan alone is wanted.
    """
    proposed, facts, hand = found
    plan = plan_proposal(proposed, wishes, facts, wanted_of(proposed, wishes, facts))
    report = replace(report, plan=plan)
    if plan.objections:
        return replace(report, problems=plan.objections, exit_code=NotPermittedError.exit_code)
    done = report if dry_run else apply_all(ports, report)
    stops = any(isinstance(step.known, Delivery) and step.known.operation is Operation.BLOCKED for step in plan.steps)
    return replace(done, problems=(blocked(proposed, facts, hand),), exit_code=ConflictError.exit_code) if stops else done


def _seen(ports: Ports, proposed: Proposed) -> Proposed:
    """Return a proposal with what the branch looks like now: whoever delivers it sees whether that is still so."""
    head = ports.branches[proposed.target.host].head(proposed.target.repository, proposed.branch)
    return replace(proposed, seen=head.commit if head else "")


def _is_idle(ports: Ports, proposed: Proposed) -> bool:
    """Tell whether nobody has to deliver it: it brings nothing, and there is no pull request that it would close."""
    target = proposed.target
    if proposed.commit or not proposed.seen:
        return not proposed.commit
    try:
        return ports.pulls[target.host].find(target.repository, proposed.branch, proposed.base).open is None
    except NotPermittedError:  # who delivers can see it
        return False
