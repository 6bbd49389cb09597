"""A template as the project has it and as it shall have it, both rendered for the project."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from robot_action.errors import InputError, Position, RobotActionError
from robot_action.model.copier import Migration, Passage
from robot_action.model.extensions import extensions_of, needs_machine
from robot_action.model.link import Link, Tool
from robot_action.model.names import name_forms
from robot_action.model.source import Source, SourceKind
from robot_action.model.surroundings import Surroundings
from robot_action.model.task_step import TasksStep
from robot_action.model.tasks import TEMPLATE_FOLDER, Task
from robot_action.model.template import Format, Rendering, RenderRequest, Template
from robot_action.model.tree import Tree
from robot_action.model.update import Rendered, UpdateRequest, required_secrets
from robot_action.model.values import Value, leaves
from robot_action.parsing.formats.recognise import read_specification
from robot_action.parsing.source import as_given
from robot_action.parsing.wording import suggestion
from robot_action.planning.identity import followed_to
from robot_action.planning.migrations import check_code, passage_of
from robot_action.planning.permission import is_trusted
from robot_action.planning.sparing import find_spared
from robot_action.planning.versions import Chosen
from robot_action.ports import Ports
from robot_action.sources.fetch import describe
from robot_action.sources.following import present_version, source_of, template_at
from robot_action.stages.links import find_twin
from robot_action.stages.stand_ins import StandIns, find_stand_ins, likely, put_in
from robot_action.stages.tasks import work_apart

_FORMATS = {Tool.COPIER: Format.COPIER, Tool.CRUFT: Format.COOKIECUTTER}


class Renderings:
    """The two renderings of one update; they share clock and seed, so that dates and random values do not differ."""

    def __init__(self, ports: Ports, request: UpdateRequest, link: Link, source: Source) -> None:
        self._ports = ports
        self._request = request
        self._link = link
        self._source = source
        self._twin = find_twin(ports, request.project, link)
        self._stand_ins: StandIns = {}
        self._unknown: frozenset[str] = frozenset()
        self._fetched: dict[Chosen, Template] = {}

    def base(self, current: Chosen, newest: Chosen | None = None) -> Rendered:
        """Render the template as the project has it, with the answers of then.

        Secret ones were not kept. Where the template has no default, what is given now counts for then, too, so that it is no change;
        where nothing is given, something else stands for it in both renderings.

        Args:
            current: its version.
            newest: the version that is merged afterwards: what does not differ between the two is not rendered, and is
                in both renderings what the project has; None: everything is rendered.
        """
        template = self.present(current)
        self._check_both(template, self.fetched(newest) if newest else template)
        ref = self._link.version if self._is_copiers else template.source.ref or ""  # as Copier itself gives it
        self._unknown = self._untold(template)
        given = {name: self._request.data[name] for name in required_secrets(template, self._request.data)}
        answers = {**given, **self._link.answers}
        spared = self._spared(template, newest) if newest else frozenset()
        while True:
            self._stand_ins = dict.fromkeys(spared, b"")
            rendered = self._rendered(template, answers, ref=ref)
            self._stand_ins = find_stand_ins(self._ports, self._request.project, rendered.rendering, spared)
            if len(self._stand_ins) == len(spared.intersection(rendered.rendering.sources.values())):
                return replace(rendered, rendering=put_in(rendered.rendering, self._stand_ins))
            spared = frozenset(self._stand_ins)

    def _spared(self, old: Template, newest: Chosen) -> frozenset[str]:
        if self._link.tool is Tool.OWN:  # which keeps the digest of the whole rendering
            return frozenset()
        answers = self._link.answers
        found = find_spared(old, self.fetched(newest), (answers, {**answers, **self._request.data}), skip_tasks=self._request.skip_tasks)
        return likely(self._ports, self._request.project, old.specification, found)

    def theirs(self, newest: Chosen) -> tuple[Rendered, tuple[str, ...]]:
        """Render the template as the project shall have it; return it, and which old answers were dropped, and why."""
        template = self.fetched(newest)
        self.check_trust((template,))
        return self.updated(template)

    def again(self, current: Chosen) -> Rendered:
        """Render the version that the project has, from where the template is now."""
        self._unknown = self._untold(self.fetched(current))
        return self.theirs(current)[0]

    def other(self, rendered: Rendered, names: Collection[str]) -> Rendered:
        """Render the same again with other values for secret answers that nobody tells."""
        assert rendered.request is not None  # noqa: S101 - what was rendered here has one
        return self._made(rendered.template, replace(rendered.request, unknown=frozenset(names), other=True))

    def fetched(self, newest: Chosen) -> Template:
        """Return the template as the project shall have it."""
        if newest not in self._fetched:
            self._fetched[newest] = self._template(self._source, newest)
        return self._fetched[newest]

    def before(self, template: Template, passage: Passage) -> tuple[Task, ...]:
        """Return the migrations that run before the merge."""
        wanted = replace(passage, stage="before")
        return self._ports.renderer.render(self._render_request(template, {}, wanted, self._new_ref(template))).migrations

    def updated(self, template: Template, link: Link | None = None, passage: Passage | None = None) -> tuple[Rendered, tuple[str, ...]]:
        """Render a template with the project's answers, as far as it still takes them.

        Args:
            template: the template as the project shall have it; trusted, as far as that matters.
            link: the project's, where its answers are others by now.
            passage: the update whose later migrations are wanted, too.

        Returns:
            The rendering, and which old answers were dropped, and why.
        """
        answers, ref = (link or self._link).answers, self._new_ref(template)
        known = template.specification.names
        # what Copier asks for no more its templates see all the same
        counts = {name for name in answers if name in known or self._is_copiers} - self._request.data.keys()
        carried = {name: value for name, value in answers.items() if name in counts}
        dropped = [f"{name}: the template does not ask for it any more" for name in answers if name not in known]
        dropped += [f"{name}: given, but no question asks for it{_near(name, known)}" for name in self._request.data if name not in known]
        try:
            return self._rendered(template, {**carried, **self._request.data}, passage, ref=ref), tuple(dropped)
        except InputError as error:
            unfit = {name: problem.message for problem in error.problems for name in carried if problem.position == self._place(name)}
            if not unfit or any(problem.position not in {self._place(name) for name in unfit} for problem in error.problems):
                raise
            kept = {name: value for name, value in carried.items() if name not in unfit}
            dropped += [f"{message}: the default was taken" for message in unfit.values()]
            return self._rendered(template, {**kept, **self._request.data}, passage, ref=ref), tuple(dropped)

    @property
    def _is_copiers(self) -> bool:
        return self._link.tool is Tool.COPIER

    def _new_ref(self, template: Template) -> str:
        return (self._request.ref if self._is_copiers else "") or template.source.ref or ""

    def present(self, current: Chosen) -> Template:
        """Return the template as the project has it; of one that moved, from where it was, or where it is now."""
        try:
            old = source_of(self._ports, self._link, self._request.project)
            return self._template(old, present_version(self._ports, old, self._link, current))
        except RobotActionError:
            if self._request.source is None:
                raise
        return self._template(self._source, present_version(self._ports, self._source, self._link, current))

    def _place(self, name: str) -> Position:
        """Return where an answer of the state file stands, as it is known in messages."""
        return Position(f"{self._link.file}: {name}")

    def _template(self, source: Source, chosen: Chosen) -> Template:
        fetched = template_at(self._ports, source, chosen.commit)
        name = f"{source.text}@{chosen.version or chosen.commit[:12]}" if chosen.commit else source.text
        wanted = _FORMATS.get(self._link.tool)
        specification = read_specification(fetched.tree, name, self._request.data, wanted)
        described = describe(self._ports, source, fetched) if specification.format is Format.COPIER else ""
        return Template(source, specification, fetched.tree, chosen.version, fetched.commit or chosen.commit, described)

    def check_trust(self, templates: Iterable[Template], migrations: Iterable[Migration] = ()) -> None:
        """See that templates may run what they want to run.

        Raises:
            NotPermittedError: when the source of one is not trusted, with everything that it wants to run.
        """
        untrusted = [template for template in templates if not self._is_trusted(template.source)]
        if untrusted:
            check_code(untrusted, migrations, skip_tasks=self._request.skip_tasks)

    def _check_both(self, old: Template, new: Template) -> None:
        """See that both versions may run what they want to run, and their migrations: whoever looks at one sees the other, too."""
        passage = None if self._request.skip_tasks else passage_of(old, new)
        self.check_trust((old, new), passage.migrations if passage and not self._is_trusted(new.source) else ())

    def _is_trusted(self, source: Source) -> bool:
        return is_trusted(source, self._request.trust)

    def _rendered(self, template: Template, data: Mapping[str, Value], passage: Passage | None = None, *, ref: str) -> Rendered:
        return self._made(template, self._render_request(template, data, passage, ref))

    def _made(self, template: Template, request: RenderRequest) -> Rendered:
        rendering = self._ports.renderer.render(request)
        self._ports.progress.hide(_secrets(template, rendering))  # the tasks say them before anybody else knows them
        if rendering.tasks and not self._request.skip_tasks:
            rendering = replace(rendering, tree=self._worked(template, rendering))
        return Rendered(template, put_in(rendering, self._stand_ins), request)

    def _untold(self, template: Template) -> frozenset[str]:
        """Return the secret questions whose answers neither the project nor anybody else tells."""
        told = {**self._link.answers, **self._request.data}
        return frozenset(question.name for question in template.specification.questions if question.secret and question.name not in told)

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

    def _render_request(self, template: Template, data: Mapping[str, Value], passage: Passage | None, ref: str) -> RenderRequest:
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
            surroundings=self._surroundings(template, ref),
            moment=float(request.epoch),
            seed=request.seed,
            trusted=trusted,
            environment=self._ports.sandbox.environment(request.environment) if sees_machine else {},
            skip_tasks=request.skip_tasks,
            spared=frozenset(self._stand_ins),
            unknown=self._unknown,
            family=template.source.normalised,
            passage=passage,
        )

    def _place_of(self, source: Source) -> str:
        """Return how the template's texts and state file name its place."""
        link = self._twin or self._link
        if self._request.source is None and link.tool is not Tool.OWN:
            return link.source
        is_relative = source.kind is SourceKind.DIRECTORY and self._link.tool is not Tool.OWN  # create gives the whole path, too
        return followed_to(link, source, self._request.project).source if is_relative else as_given(source)

    def _surroundings(self, template: Template, ref: str) -> Surroundings:
        return Surroundings(
            source=self._place_of(template.source),
            commit=template.commit,
            described=template.described,
            ref=ref,
            destination=str(self._request.project),
            answers_file=self._link.file if self._is_copiers else "",
            operation="update",
            python=sys.executable,
            folder=TEMPLATE_FOLDER,
            is_crufts=self._link.tool is Tool.CRUFT,
        )


def _secrets(template: Template, rendering: Rendering) -> Iterator[str]:
    """Yield what secret answers hold; a default that everybody can read in the template is none."""
    defaults = {question.name: question.default for question in template.specification.questions}
    for name in rendering.secret:
        if rendering.answers[name] != defaults[name]:
            yield from leaves(rendering.answers[name])


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


def _near(name: str, known: Iterable[str]) -> str:
    hint = suggestion(name, known)
    return f" ({hint[:1].lower()}{hint[1:].rstrip('.')})" if hint else ""
