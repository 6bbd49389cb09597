"""Update: the template as the project has it and as it shall have it, both rendered for the project, and their difference merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from robot_action.errors import InputError, Position, RobotActionError
from robot_action.exchange import MergeWanted
from robot_action.merging.attributes import as_checked_out
from robot_action.merging.decide import settle
from robot_action.merging.lock_files import is_lock_file
from robot_action.merging.moves import Side, find_moves
from robot_action.merging.structured import merge_structured
from robot_action.model.kept import KeptBase
from robot_action.model.link import Link
from robot_action.model.merge import Merged, RawMerge, Stored, StoreWanted
from robot_action.model.paths import check_tree, meeting
from robot_action.model.plan import Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.template import Template
from robot_action.model.tree import Entry, Tree
from robot_action.model.update import Rendered, Updated, UpdateFacts, UpdateRequest, UpdateStep
from robot_action.parsing.links import tool_of
from robot_action.parsing.source import with_ref
from robot_action.parsing.wording import listed
from robot_action.planning.branch_moves import is_workflow
from robot_action.planning.identity import followed_to
from robot_action.planning.standing import name_of, stand
from robot_action.planning.versions import Chosen, tag_of
from robot_action.ports import Ports
from robot_action.rendering.patterns import make_matcher
from robot_action.sources.following import refs_followed, refs_of, source_of, unversioned
from robot_action.stages.kept_base import find_base, keep_present, with_new
from robot_action.stages.links import Surroundings, find_link, find_repository
from robot_action.stages.migrations import Migrations
from robot_action.stages.remarks import remarked
from robot_action.stages.renderings import Renderings
from robot_action.stages.state_files import state_file

_STATE_LIMIT = 1 << 20


def inspect(ports: Ports, request: UpdateRequest, surroundings: Surroundings | None = None) -> UpdateFacts:
    """Look at project and template, render the template twice, and merge.

    Args:
        ports: to look with.
        request: the update.
        surroundings: the repository around the project, where that is known already.

    Raises:
        FailedError: when the folder is in no repository, or has no commit.
        InputError: when state file, template or answers are wrong.
        NotPermittedError: when the template cannot be rendered without running its own code, and its source is not trusted.
    """
    link = find_link(ports, request.project, request.file)
    top, prefix, local = surroundings or find_repository(ports, request.project)
    source = request.source or source_of(ports, link, request.project)
    facts = UpdateFacts(top, local, link, source, prefix=prefix)
    chosen, facts, is_wanted = _versions(ports, request, facts)
    renderings = Renderings(ports, request, link, source)
    if not is_wanted:
        return replace(facts, kept=keep_present(ports, request, facts, renderings, chosen[0]))
    base, kept = find_base(ports, request, facts, renderings, chosen[0]) if request.keep_base else (renderings.base(*chosen), KeptBase())
    exact = base.rendering.tree.digest == link.digest if link.digest and not base.unknown else None
    if not base.template.commit:
        # where it stands as it did, answers alone make a difference; but nobody knows how far that is behind what has versions
        is_known = exact and request.data if facts.newest else exact or request.data
        if not is_known:
            raise _unversioned(facts, request.project)
        if not request.data:
            return replace(facts, kept=kept)
    template = renderings.fetched(chosen[1])
    migrations = Migrations(ports, request, facts, base.template, template)
    renderings.check_trust((template,), migrations.wanted)
    theirs, dropped = migrations.prepare(renderings)
    found = replace(facts, base=base, theirs=theirs, dropped=dropped, exact=exact, kept=kept)
    merged = remarked(ports, request, renderings, _merged(ports, request, found, migrations, (base, theirs)))
    check_tree(_written(merged.merged.changes), str(request.project), merged.staying)  # before anything goes away, or is proposed
    return merged


def _merged(
    ports: Ports, request: UpdateRequest, facts: UpdateFacts, migrations: Migrations, both: tuple[Rendered, Rendered]
) -> UpdateFacts:
    """Return the facts with what the template's changes make of the project, and its migrations of that."""
    theirs, link = both[1], _following(request, facts)
    state = state_file(link, theirs, ports.files.read(request.project / link.file, _STATE_LIMIT) or b"")
    old, new = (_side(rendered, _mergeable(facts, rendered, state)) for rendered in both)
    spared = theirs.rendering.kept | (both[0].rendering.kept - theirs.rendering.tree.keys())
    label, moves = f"template-{_version_of(theirs.template)}", find_moves(old, new)
    where = (facts.top, facts.local.head, facts.prefix)
    wanted = MergeWanted(*where, old.tree, new.tree, label, moves, migrations.edits, frozenset(state), spared)
    raw, merged = _settled(ports, request, wanted)
    anew = {path: entry for path, entry in state.items() if raw.project[path] != entry}  # it is never merged
    merged = migrations.finish(theirs, replace(merged, changes={**merged.changes, **anew}))
    stored = ports.git.stored(StoreWanted(*where, merged.changes, raw.present, raw.with_crlf))
    return replace(
        facts,
        merged=replace(merged, changes=stored.changes, notes=(*merged.notes, *_stale(stored))),
        moved=link.source if (link.source, link.subdirectory) != (facts.link.source, facts.link.subdirectory) else "",
        attributes=stored.attributes,
        present=raw.present,
        ignored=stored.ignored,
        migrations=migrations.notes,
        kept=with_new(facts, facts.kept, theirs, state) if request.keep_base and request.host is None else facts.kept,
    )


def _settled(ports: Ports, request: UpdateRequest, wanted: MergeWanted) -> tuple[RawMerge, Merged]:
    """Return what git makes of it and what is decided; where that changes how files are stored, all sides are compared by that."""
    raw = ports.git.merge(wanted)
    merged = settle(raw, request.policy, lambda path: is_protected(f"{wanted.prefix}{path}"), merge_structured)
    rules = {path: entry for path, entry in {**wanted.edits, **merged.changes}.items() if path.rpartition("/")[2] == ".gitattributes"}
    return _settled(ports, request, replace(wanted, rules=rules)) if rules and not wanted.rules else (raw, merged)


def _stale(stored: Stored) -> Iterator[str]:
    """Say which of the project's files git would store otherwise from now on; they are nothing that the template changed."""
    if stored.stale:
        yield (
            f"stored otherwise than .gitattributes says from now on: {listed(stored.stale)}; "
            "they stay as they are until you run git add --renormalize for them"
        )


def _following(request: UpdateRequest, facts: UpdateFacts) -> Link:
    """Return the link as it is written: Cruft's names the version that was asked for, as ``cruft update --checkout`` does."""
    source = with_ref(facts.source, request.ref) if request.ref else facts.source
    link = followed_to(facts.link, source, request.project) if request.source else facts.link
    return replace(link, branch=source.ref or link.branch)


def _unversioned(facts: UpdateFacts, project: Path) -> InputError:
    if facts.newest:  # in git, but read as it stood, without --ref
        return unversioned(facts.source, facts.link, project, facts.ref)
    return InputError(
        f"{facts.source.text} is a folder without versions, and the one that {project} was made from is not at hand",
        position=Position(facts.link.file),
        hint="Keep templates in git, so that what has changed since can be told.",
    )


def _versions(ports: Ports, request: UpdateRequest, facts: UpdateFacts) -> tuple[tuple[Chosen, Chosen], UpdateFacts, bool]:
    """Return the version that the project has and the one that it shall have; the facts with both; whether there is anything to do."""
    refs = refs_of(ports, facts.source) if request.source else refs_followed(ports, facts.source)
    if not refs:  # a folder in no repository has one version, as it stands
        return (Chosen(""), Chosen("")), facts, True
    source = with_ref(facts.source, request.ref) if request.ref else facts.source
    standing = stand(facts.link, replace(source, prereleases=request.prereleases), refs)
    has, newest = name_of(standing.current, facts.link.version), name_of(standing.newest)
    wanted = standing.newest.commit
    facts = replace(facts, has=has, newest=newest, ref=tag_of(standing.newest, refs) or wanted, wanted=wanted)
    if standing.is_behind or (standing.is_ahead and standing.is_asked):
        return (standing.current, standing.newest), facts, True
    return (standing.current, standing.current), facts, bool(request.data) or _has_moved(ports, request, facts)


def _has_moved(ports: Ports, request: UpdateRequest, facts: UpdateFacts) -> bool:
    """Tell whether somebody says another place of the template than the state file."""
    if request.source is None:
        return False
    try:
        before = source_of(ports, facts.link, request.project)
    except RobotActionError:  # it is no place any more
        return True
    return (before.location, before.subdirectory) != (request.source.location, request.source.subdirectory)


def _side(rendered: Rendered, tree: Tree) -> Side:
    return Side(rendered.template.tree, tree, rendered.rendering.sources)


def _mergeable(facts: UpdateFacts, rendered: Rendered, state: Mapping[str, Entry]) -> Tree:
    """Return the files that are merged: not the state file, nor what the project keeps to itself."""
    skip = make_matcher(facts.link.skip, "skip", facts.link.file)
    return Tree({path: entry for path, entry in rendered.rendering.tree.items() if path not in state and not skip(path)})


def is_protected(path: str) -> bool:
    """Tell paths into which no conflict marker may come: workflows would break, lock files are made by programs."""
    return is_workflow(path) or is_lock_file(path) or tool_of(path.rpartition("/")[2]) is not None


def _version_of(template: Template) -> str:
    return f"v{template.version}" if template.version else template.commit[:12] or "now"


def changes_for(ports: Ports, request: UpdateRequest, facts: UpdateFacts) -> Mapping[str, Entry | None]:
    """Return the changes as they stand in the work tree; what is left to the project may be there, and not committed."""
    left = facts.theirs.rendering.kept - facts.present if facts.theirs else ()
    return {
        path: as_checked_out(entry, facts.attributes[path]) if entry and path in facts.attributes else entry
        for path, entry in facts.merged.changes.items()
        if path not in left or not ports.files.exists(request.project / path)
    }


def _written(changes: Mapping[str, Entry | None]) -> Tree:
    """Return what of changes is written."""
    return Tree({path: entry for path, entry in changes.items() if entry is not None})


def apply(ports: Ports, step: UpdateStep, outcomes: Outcomes) -> Outcome:
    """Make the changes, the state file last.

    What goes away is there until all that is new has been written: a run may fail or end anywhere in between, and what moves is never gone.
    Only what has no room besides is written after what is in its way has gone.
    """
    del outcomes
    new, gone = _written(step.changes), [path for path, entry in step.changes.items() if entry is None]
    waiting, first = meeting(new, gone), meeting(gone, new)
    for removed, wanted in (
        ((), new.keys() - waiting - {step.state}),
        (first, waiting - {step.state}),
        (set(gone) - first, new.keys() & {step.state}),
    ):
        ports.files.remove(step.destination, sorted(removed))
        ports.files.write_into(Tree({path: new[path] for path in sorted(wanted)}), step.destination, there=step.there)
    details = (*step.details, *_keep(ports, step))
    return Outcome(step.stage, Status.DONE, step.title, details, Updated(step.destination, step.conflicts))


def _keep(ports: Ports, step: UpdateStep) -> Iterator[str]:
    """Keep the new version's rendering, where that is wanted; an update without it is as good."""
    if step.keep is not None:
        try:
            ports.git.keep(*step.keep)
        except RobotActionError as error:
            yield f"the new version's rendering is not kept: {error.problems[0].message}"
