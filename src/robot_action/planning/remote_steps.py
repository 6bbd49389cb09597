"""The steps that reach the host and the indexes."""

from __future__ import annotations

from collections.abc import Iterator

from robot_action.errors import NotPermittedError, Problem
from robot_action.model.facts import Release
from robot_action.model.manifest import PublishTarget, RepositoryWanted
from robot_action.model.plan import Placed, Published, PublishStep, Pushed, PushStep, RepositoryStep, Step
from robot_action.planning.permission import forbidden_lines
from robot_action.planning.project_steps import known_commit
from robot_action.planning.repositories import Decision, describe_settings, refusal
from robot_action.planning.situation import Situation
from robot_action.planning.steps import EXISTS, as_whom, position_of, skipped


def known_repository(situation: Situation) -> Placed | None:
    """Return the repository that is there for this project, empty or not."""
    found = situation.facts.repository
    if found is None or situation.placement not in {Decision.EXISTS, Decision.ADOPT}:
        return None
    return Placed(found.name, found.url, found.clone_url)


def plan_repository(situation: Situation) -> Iterator[Step]:
    """Yield the creation or adoption of the repository."""
    wanted, found = situation.request.manifest.repository, situation.facts.repository
    if wanted is None:
        yield skipped("repository", "create the repository", "the manifest wants none")
        return
    decision = situation.placement
    title = f"create the repository {wanted.name} on {wanted.host.value}"
    if decision is Decision.REFUSED:
        raise NotPermittedError(
            refusal(wanted, found, situation.facts.state), position=position_of(situation, "repository"), hint=_OTHER_NAME
        )
    if decision is Decision.EXISTS:
        yield skipped("repository", title, "it exists", known_repository(situation))
        return
    adopt = decision is Decision.ADOPT
    yield RepositoryStep(
        stage="repository",
        title=f"adopt the empty repository {wanted.name} on {wanted.host.value}" if adopt else title,
        details=(*describe_settings(wanted), *forbidden_lines(situation.facts)),
        wanted=wanted,
        create=not adopt,
    )


_OTHER_NAME = "Nothing in it was touched. Name another repository in the manifest, or look after this one by hand."


def plan_push(situation: Situation) -> Iterator[Step]:
    """Yield the push."""
    manifest = situation.request.manifest
    wanted = manifest.repository
    if wanted is None:
        yield skipped("push", "push the commit", "the manifest wants no repository")
        return
    known = known_commit(situation)
    branch, tag = (known.branch, known.tag) if known else (wanted.default_branch, manifest.tag)  # pushed as it was made
    title = f"push {branch} to {wanted.name}"
    if situation.exists and not _is_half_pushed(wanted, situation):
        yield skipped("push", title, "the commit is there" if _is_there(situation) else EXISTS)
        return
    told = not situation.exists and "repository" in situation.request.stages
    details = (*((f"tag {tag}",) if tag else ()), *(() if told else forbidden_lines(situation.facts)))
    yield PushStep(stage="push", title=title, details=details, wanted=wanted, destination=manifest.destination, tag=tag)


def _is_there(situation: Situation) -> bool:
    """Tell whether a branch on the host stands at the commit that is in the folder here."""
    found, local = situation.facts.repository, situation.facts.local
    return found is not None and local is not None and local.head in found.heads.values()


def _is_half_pushed(wanted: RepositoryWanted, situation: Situation) -> bool:
    """Tell whether a killed run left our commit pushed, but the host's default branch naming one that does not exist."""
    found, local = situation.facts.repository, situation.facts.local
    if found is None or local is None or not situation.committed:
        return False
    return found.default_branch not in found.heads and found.heads.get(wanted.default_branch) == local.head


def plan_publish(situation: Situation) -> Iterator[Step]:
    """Yield one step for each index."""
    manifest = situation.request.manifest
    if not manifest.publish:
        yield skipped("publish", "publish the package", "the manifest publishes nowhere")
        return
    for target in manifest.publish:
        yield _plan_target(situation, target)


def _plan_target(situation: Situation, target: PublishTarget) -> Step:
    """Return the step for one index."""
    title = f"publish {situation.request.manifest.version} to {target.place}"
    release = next((release for release in situation.facts.releases if release.target == target), None)
    if release is not None and release.is_complete:
        known = Published(target.place, release.project, release.version, tuple(sorted(release.files)))
        return skipped("publish", title, f"{release.project} {release.version} is there", known)
    if release is None or situation.has_moved_on:
        return skipped("publish", title, "the project has moved on since it was made; its own releases publish it")
    return _publish_step(situation, release, title)


def _pushed(situation: Situation) -> Pushed | None:
    """Return the commit that an existing project has on its host: what stands in a folder here may be another one."""
    found = situation.facts.repository
    if not situation.exists or found is None:
        return None
    return Pushed(found.clone_url, found.heads[found.default_branch], found.default_branch)


def _publish_step(situation: Situation, release: Release, title: str) -> PublishStep:
    request, pack, pushed = situation.request, situation.facts.pack, _pushed(situation)
    built = pack.files if pack and (pushed is None or pushed.commit == pack.local.head) else {}
    return PublishStep(
        stage="publish",
        title=title,
        details=(f"uploads what is missing of {', '.join(sorted(built))}",)
        if built
        else ("builds a wheel and a source distribution, checks them, uploads what is missing", as_whom(situation)),
        target=release.target,
        destination=request.manifest.destination,
        project=release.project,
        version=request.manifest.version,
        pushed=pushed,
        built=built,
        environment=request.environment,
        objections=() if built else tuple(_against_building(situation, release, pushed)),
    )


def _against_building(situation: Situation, release: Release, pushed: Pushed | None) -> Iterator[Problem]:
    """Yield why the package may not be built in this run."""
    template, pack = situation.request.manifest.template, situation.facts.pack
    leave = "leave publish out with --skip-stages publish"
    if pack is not None:
        lacking = f"{pack.bundle.parent} holds no built packages"
        other = pushed and pack.files and f"the repository holds {pushed.commit[:12]}, and {pack.local.head[:12]} was packed"
        yield Problem(
            f"{other or lacking}, and a run that unpacks builds nothing",
            release.target.position,
            f"Publish without --unpack, in a job that may build, or {leave}." if other else f"Pack again with this manifest, or {leave}.",
        )
    elif not situation.may_run:
        yield Problem(
            f"publishing builds the package, which runs the project's build back end, and {template.text} is not trusted",
            release.target.position,
            f"Trust it with --trust-source '{template.normalised}', or {leave}.",
        )
