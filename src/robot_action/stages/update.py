"""Update: the template as the project has it and as it shall have it, both rendered for the project, and their difference merged."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from robot_action.errors import FailedError, InputError, NotPermittedError, Position
from robot_action.exchange import MergeWanted
from robot_action.merging.attributes import as_checked_out
from robot_action.merging.decide import settle
from robot_action.merging.structured import merge_structured
from robot_action.model.extensions import extensions_of, needs_machine
from robot_action.model.facts import LocalRepository
from robot_action.model.link import Link, Tool
from robot_action.model.merge import Merged
from robot_action.model.names import name_forms
from robot_action.model.plan import Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.source import Source
from robot_action.model.state import State, TemplateState
from robot_action.model.surroundings import Surroundings
from robot_action.model.task_step import TasksStep
from robot_action.model.tasks import TEMPLATE_FOLDER
from robot_action.model.template import Format, Rendering, RenderRequest, Template
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.model.update import Rendered, Updated, UpdateFacts, UpdateRequest, UpdateStep
from robot_action.model.values import Value
from robot_action.parsing.formats.recognise import read_specification
from robot_action.parsing.links import parse_links, tool_of
from robot_action.parsing.replay import CruftState, dump_cruft
from robot_action.parsing.source import as_given, with_ref
from robot_action.parsing.state_file import dump_state
from robot_action.planning.foreign_code import code_of
from robot_action.planning.permission import is_trusted
from robot_action.planning.standing import stand
from robot_action.planning.versions import Chosen
from robot_action.ports import Ports
from robot_action.rendering.patterns import make_matcher
from robot_action.sources.fetch import describe
from robot_action.sources.following import refs_of, source_of, template_at
from robot_action.stages.tasks import work_apart

_STATE_LIMIT = 1 << 20
_WORKFLOWS = ".github/workflows/"
_LOCK_FILES = frozenset({"package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum", "bun.lockb"})


def find_link(ports: Ports, folder: Path, file: str) -> Link:
    """Return what ties a folder to its template.

    Args:
        ports: to look.
        folder: the project's.
        file: the state file that is meant, or ``""``.

    Raises:
        InputError: when there is none, several, or one that cannot be read.
    """
    names = (file,) if file else tuple(name for name in ports.files.listing(folder) or () if tool_of(name))
    if not names:
        hint = "Name the folder of a project that robot-action, Copier or Cruft made, or link one to its template: robot-action adopt."
        raise InputError(f"{folder} follows no template: it has no state file", hint=hint)
    links = [link for name in names for link in _links(ports, folder, name)]
    if len(links) > 1:
        raise InputError(f"{folder} follows {len(links)} templates: {', '.join(names)}", hint="Name one, with --answers-file.")
    return links[0]


def _links(ports: Ports, folder: Path, name: str) -> tuple[Link, ...]:
    text = ports.files.read(folder / name, _STATE_LIMIT)
    if text is None:
        raise InputError(f"{folder} has no file {name}")
    tool = tool_of(name) or Tool.COPIER
    pyproject = ports.files.read(folder / "pyproject.toml", _STATE_LIMIT) if tool is Tool.CRUFT else None
    links = parse_links(text, name, tool, pyproject)
    if not links:
        raise InputError("the state file names no template", position=Position(name))
    return links


def inspect(ports: Ports, request: UpdateRequest) -> UpdateFacts:
    """Look at project and template, render the template twice, and merge.

    Raises:
        FailedError: when the folder is in no repository, or has no commit.
        InputError: when state file, template or answers are wrong.
        NotPermittedError: when the template cannot be rendered without running its own code, and its source is not trusted.
    """
    link = find_link(ports, request.project, request.file)
    top, prefix, local = _repository(ports, request.project)
    source = request.source or source_of(ports, link, request.project)
    wanted = replace(with_ref(source, request.ref) if request.ref else source, prereleases=request.prereleases)
    refs = refs_of(ports, source)
    facts = UpdateFacts(top, local, link, source)
    if not refs:
        current, newest = Chosen(""), Chosen("")
    else:
        standing = stand(link, wanted, refs)
        current, newest = standing.current, standing.newest
        if not standing.is_behind and not request.data:
            return facts
        newest = newest if standing.is_behind else current
    work = _Work(ports, request, link, source)
    base = work.base(current)
    theirs, dropped = work.theirs(newest)
    state = work.state_file(theirs)
    raw = ports.git.merge(
        MergeWanted(
            folder=top,
            commit=local.head,
            prefix=prefix,
            base=work.mergeable(base, state, prefix),
            theirs=work.mergeable(theirs, state, prefix),
            label=f"template-{_version_of(theirs.template)}",
        )
    )
    merged = settle(raw, request.policy, lambda path: is_protected(f"{prefix}{path}"), merge_structured)
    return replace(
        facts,
        base=base,
        theirs=theirs,
        merged=_with_state(merged, ports, request, state),
        attributes=raw.attributes,
        dropped=dropped,
        exact=base.rendering.tree.digest == link.digest if link.digest else None,
    )


def _repository(ports: Ports, folder: Path) -> tuple[Path, str, LocalRepository]:
    """Return the top of the repository around a folder, where in it the folder lies, and its facts."""
    top = next((path for path in (folder, *folder.parents) if ports.files.exists(path / ".git")), None)
    local = ports.git.inspect(top) if top else None
    if top is None or local is None or not local.head:
        raise FailedError(f"{folder} is not committed in a git repository", hint="Commit the project first: its changes are merged.")
    prefix = folder.relative_to(top).as_posix()
    return top, "" if prefix == "." else f"{prefix}/", local


def is_protected(path: str) -> bool:
    """Tell paths into which no conflict marker may come: workflows would break, lock files are made by programs."""
    name = path.rpartition("/")[2]
    return path.startswith(_WORKFLOWS) or name.endswith(".lock") or name in _LOCK_FILES or tool_of(name) is not None


def _version_of(template: Template) -> str:
    return f"v{template.version}" if template.version else template.commit[:12] or "now"


class _Work:
    """The two renderings of one update; they share clock and seed, so that dates and random values do not differ."""

    def __init__(self, ports: Ports, request: UpdateRequest, link: Link, source: Source) -> None:
        self._ports = ports
        self._request = request
        self._link = link
        self._source = source

    def base(self, current: Chosen) -> Rendered:
        """Render the template as the project has it, with the answers of then."""
        template = self._template(self._old_source(), current)
        return self._rendered(template, self._link.answers)

    def theirs(self, newest: Chosen) -> tuple[Rendered, tuple[str, ...]]:
        """Render the template as the project shall have it; return it, and which old answers were dropped, and why."""
        template = self._template(self._source, newest)
        known = template.specification.names
        carried = {name: value for name, value in self._link.answers.items() if name in known and name not in self._request.data}
        dropped = [f"{name}: the template does not ask for it any more" for name in self._link.answers if name not in known]
        try:
            return self._rendered(template, {**carried, **self._request.data}), tuple(dropped)
        except InputError as error:
            unfit = {name: problem.message for problem in error.problems for name in carried if problem.position == self._place(name)}
            if not unfit or any(problem.position not in {self._place(name) for name in unfit} for problem in error.problems):
                raise
            kept = {name: value for name, value in carried.items() if name not in unfit}
            dropped += [f"{message}: the default was taken" for message in unfit.values()]
            return self._rendered(template, {**kept, **self._request.data}), tuple(dropped)

    def _old_source(self) -> Source:
        return source_of(self._ports, self._link, self._request.project)

    def _place(self, name: str) -> Position:
        """Return where an answer of the state file stands, as it is known in messages."""
        return Position(f"{self._link.file}: {name}")

    def _template(self, source: Source, chosen: Chosen) -> Template:
        fetched = template_at(self._ports, source, chosen.commit)
        name = f"{source.text}@{chosen.version or chosen.commit[:12]}" if chosen.commit else source.text
        wanted = {Tool.COPIER: Format.COPIER, Tool.CRUFT: Format.COOKIECUTTER}.get(self._link.tool)
        specification = read_specification(fetched.tree, name, self._request.data, wanted)
        described = describe(self._ports, source, fetched) if specification.format is Format.COPIER else ""
        template = Template(source, specification, fetched.tree, chosen.version, fetched.commit or chosen.commit, described)
        self._check_trust(template)
        return template

    def _check_trust(self, template: Template) -> None:
        settings = template.specification.settings
        if self._is_trusted(template.source) or settings is None:
            return
        code = tuple(code_of(template.specification, template.source.text, skip_tasks=self._request.skip_tasks))
        if code:
            raise NotPermittedError(
                f"the template {template.source.text} wants to run code, and its source is not trusted",
                hint=f"Trust it with --trust-source '{template.source.normalised}', or leave tasks and hooks out with --skip-tasks.",
                problems=code,
            )

    def _is_trusted(self, source: Source) -> bool:
        return is_trusted(source, self._request.trust)

    def _rendered(self, template: Template, data: Mapping[str, Value]) -> Rendered:
        rendering = self._ports.renderer.render(self._render_request(template, data))
        if rendering.tasks and not self._request.skip_tasks:
            rendering = replace(rendering, tree=self._worked(template, rendering))
        return Rendered(template, rendering)

    def _worked(self, template: Template, rendering: Rendering) -> Tree:
        """Return what the template's tasks make of a rendering, in a folder apart."""
        step = TasksStep(
            stage="tasks",
            title="",
            destination=self._request.project,
            tasks=rendering.tasks,
            tree=rendering.tree,
            template=template.tree if any(task.names_template for task in rendering.tasks) else None,
            environment=self._request.environment,
        )
        with self._ports.files.scratch("update") as scratch:
            return work_apart(self._ports, step, scratch / self._request.project.name)

    def _render_request(self, template: Template, data: Mapping[str, Value]) -> RenderRequest:
        request, link = self._request, self._link
        trusted = self._is_trusted(template.source)
        sees_machine = trusted and needs_machine(extensions_of(template.specification))
        return RenderRequest(
            specification=template.specification,
            tree=template.tree,
            data=data,
            project=_project(link, template),
            template_version=template.version,
            year=datetime.fromtimestamp(request.epoch, UTC).year,
            file=f"{template.source.text}: {template.specification.file}",
            places={name: request.places.get(name, self._place(name)) for name in data},
            surroundings=self._surroundings(template),
            moment=float(request.epoch),
            seed=request.seed,
            trusted=trusted,
            environment=self._ports.sandbox.environment(request.environment) if sees_machine else {},
            skip_tasks=request.skip_tasks,
        )

    def _surroundings(self, template: Template) -> Surroundings:
        return Surroundings(
            source=as_given(template.source) if self._request.source else self._link.source,
            commit=template.commit,
            described=template.described,
            ref=template.source.ref or "",
            destination=str(self._request.project),
            answers_file=self._link.file if self._link.tool is Tool.COPIER else "",
            operation="update",
            python=sys.executable,
            folder=TEMPLATE_FOLDER,
        )

    def mergeable(self, rendered: Rendered, state: Mapping[str, Entry], prefix: str) -> Tree:
        """Return the files that are merged: not the state file, nor what the project keeps to itself."""
        skip = make_matcher(self._link.skip, "skip", self._link.file)
        kept = {path for path in rendered.rendering.kept if self._ports.files.exists(self._request.project / path)}
        del prefix
        return Tree({path: entry for path, entry in rendered.rendering.tree.items() if path not in {*state, *kept} and not skip(path)})

    def state_file(self, theirs: Rendered) -> Mapping[str, Entry]:
        """Return the state file as its own tool would write it now."""
        link, template, rendering = self._link, theirs.template, theirs.rendering
        if link.tool is Tool.COPIER:
            made = rendering.tree.get(link.file)
            return {link.file: made} if made else {}
        if link.tool is Tool.OWN:
            return {link.file: Entry(Mode.FILE, self._own_state(template, rendering))}
        state = CruftState(link.source, template.commit, link.branch, link.subdirectory)
        return {link.file: Entry(Mode.FILE, self._with_skip(dump_cruft(state, rendering.replay)))}

    def _own_state(self, template: Template, rendering: Rendering) -> bytes:
        link = self._link
        source = self._request.source.normalised if self._request.source else link.source
        known = f"{source}#subdirectory={link.subdirectory}" if link.subdirectory and not self._request.source else source
        entry = TemplateState(
            known, template.version, template.commit, rendering.tree.digest, answers=dict(rendering.recorded), context=link.context
        )
        return dump_state(State(link.project, (entry,)))

    def _with_skip(self, text: bytes) -> bytes:
        """Return Cruft's state with the list of what it skips, as the project's own file has it."""
        own = json.loads(self._ports.files.read(self._request.project / self._link.file, _STATE_LIMIT) or b"{}")
        if "skip" not in own:
            return text
        return (json.dumps({**json.loads(text), "skip": own["skip"]}, ensure_ascii=False, indent=2) + "\n").encode()


def _project(link: Link, template: Template) -> Mapping[str, Value]:
    """Return the context variable ``project``, from what the state file keeps of the manifest."""
    name = link.project.rpartition("/")[2]
    return {
        "name": name,
        "repository": link.project if "/" in link.project else "",
        "kind": link.context.get("kind", template.specification.default_kind),
        "version": link.context.get("version", "0.1.0"),
        "description": link.context.get("description", ""),
        **name_forms(name),
    }


def _with_state(merged: Merged, ports: Ports, request: UpdateRequest, state: Mapping[str, Entry]) -> Merged:
    """Add the state file, which is written anew and never merged."""
    present = ports.files.read_tree(request.project, list(state))
    new = {path: entry for path, entry in state.items() if present.get(path) != entry}
    return replace(merged, changes={**merged.changes, **new})


def changes_for(facts: UpdateFacts) -> Mapping[str, Entry | None]:
    """Return the changes as they stand in a work tree."""
    return {
        path: as_checked_out(entry, facts.attributes[path]) if entry and path in facts.attributes else entry
        for path, entry in facts.merged.changes.items()
    }


def apply(ports: Ports, step: UpdateStep, outcomes: Outcomes) -> Outcome:
    """Write the changes: new contents first, then what goes away, and the state file last."""
    del outcomes
    written = Tree({path: entry for path, entry in step.changes.items() if entry is not None and path != step.state})
    state = {path: entry for path, entry in step.changes.items() if entry is not None and path == step.state}
    ports.files.write_into(written, step.destination)
    ports.files.remove(step.destination, [path for path, entry in step.changes.items() if entry is None])
    ports.files.write_into(Tree(state), step.destination)
    details = tuple(f"conflict in {conflict.path}: {conflict.clash}; {conflict.note}" for conflict in step.conflicts)
    return Outcome(step.stage, Status.DONE, step.title, details, Updated(step.destination, "", step.conflicts))
