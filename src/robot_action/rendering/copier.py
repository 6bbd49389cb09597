"""Copier's format: its questions, context, names and contents, as Copier 9.19 has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from posixpath import normpath

from robot_action.errors import InputError, Problem
from robot_action.model.copier import CopierSettings, Passage
from robot_action.model.folders import Folders, LinkError
from robot_action.model.links import follow_links
from robot_action.model.tasks import Task
from robot_action.model.template import Rendering, RenderRequest
from robot_action.model.tree import Mode, Tree
from robot_action.parsing.wording import excerpt, suggestion
from robot_action.rendering.answers import Answers
from robot_action.rendering.chance import Chance, Clock
from robot_action.rendering.contents import ContentRules, Made, make_tree
from robot_action.rendering.copier_answers import Resolved, resolve
from robot_action.rendering.copier_context import Context, Phase
from robot_action.rendering.copier_dialect import make_dialect
from robot_action.rendering.copier_naming import CopierNaming, Layout
from robot_action.rendering.copier_tasks import match_paths, render_message, render_migrations, render_tasks, split_lines
from robot_action.rendering.environment import Jinja
from robot_action.rendering.faults import Where
from robot_action.rendering.patterns import Matcher
from robot_action.rendering.prepared import Prepared

_HINT = "Take the suffix from its name, or leave the file out."


def prepare(request: RenderRequest) -> Prepared:
    """Resolve the answers, and say which paths there are.

    Raises:
        InputError: with every problem of the settings, or else of the answers.
    """
    settings = request.specification.settings
    if not isinstance(settings, CopierSettings):
        raise TypeError(settings)
    chance, clock = Chance(request.seed), Clock(request.moment)
    dialect = make_dialect(request, settings, chance, clock)
    jinja = Jinja(follow_links(request.tree).tree, dialect, request.file.removesuffix(request.specification.file), request.compiled)
    around = Context(request, settings, jinja, clock, chance)
    if request.passage and request.passage.stage == "before":
        return _before(request.passage, request, around, jinja)
    template = _Template(request, settings, jinja, around, resolve(request, around, jinja))
    return Prepared(jinja, template.resolved.answers, template.context(Phase.RENDER), template.make, template.complete)


def _before(passage: Passage, request: RenderRequest, around: Context, jinja: Jinja) -> Prepared:
    """Return what gives the migrations that run before the merge; as in Copier, no answer is known to them."""
    context = around.before(Phase.MIGRATE)

    def complete(rendering: Rendering, problems: list[Problem]) -> Rendering:
        return replace(rendering, migrations=render_migrations(passage, jinja, context, request.surroundings.operation, problems))

    return Prepared(jinja, Answers({}, (), (), (), frozenset()), context, lambda _problems: Made(Tree()), complete)


@dataclass(frozen=True, slots=True)
class _Template:
    """A template with all its answers."""

    request: RenderRequest
    settings: CopierSettings
    jinja: Jinja
    around: Context
    resolved: Resolved

    def context(self, phase: Phase) -> dict[str, object]:
        """Return what texts see."""
        return self.around.full(self.resolved.values, self.resolved.recorded, self.resolved.external, phase)

    def make(self, problems: list[Problem]) -> Made:
        """Return the project's tree."""
        layout = self._layout()
        fresh = lambda: {"_copier_answers": self.around.remembered(self.resolved.recorded)}  # noqa: E731 - handed on, and nowhere else used
        naming = CopierNaming(layout, self.jinja, self.request.file, self.context(Phase.RENDER), fresh)
        rules = ContentRules(_HINT if layout.suffix else "", may_repeat=True, replaced=layout.answers_file, spared=self.request.spared)
        made = make_tree(naming.targets(), self.jinja, problems, rules)
        problems.extend(naming.problems)
        return made

    def _layout(self) -> Layout:
        tree, followed = self.request.tree, follow_links(self.request.tree)
        is_git = bool(self.request.surroundings.commit)
        context = {**self.context(Phase.RENDER), "_copier_operation": self.request.surroundings.operation}
        return Layout(
            tree=tree if self.settings.preserve_symlinks else followed.tree,
            followed=followed,
            directory=self._directory(),
            suffix=self.request.specification.suffix,
            answers_file=self._answers_file(),
            is_excluded=self._matcher("_exclude", self.settings.exclude, context),
            links=frozenset(path for path, entry in tree.items() if is_git and entry.mode is Mode.LINK),
        )

    def _answers_file(self) -> str:
        return self.around.answers_file(self.resolved.values, self.resolved.recorded, self.resolved.external)

    def _where(self, key: str) -> Where:
        return Where(self.request.specification.places.get(key), key)

    def _directory(self) -> str:
        """Return the folder of the template whose files are the project's.

        Raises:
            InputError: when it leads out of the template.
        """
        where = self._where("_subdirectory")
        folder = normpath(self.jinja.text(self.request.specification.directory, self.context(Phase.RENDER), where) or ".")
        if folder.startswith("/") or folder.split("/")[0] == "..":
            raise InputError(f"_subdirectory: {folder!r} leads out of the template", position=where.position)
        folder = "" if folder == "." else folder
        try:  # links that stay links are followed on the way to the folder all the same
            return Folders(self.request.tree).follow(folder) if self.settings.preserve_symlinks else folder
        except LinkError:
            return folder  # told where its files are looked for

    def _matcher(self, key: str, patterns: tuple[str, ...], context: Mapping[str, object]) -> Matcher:
        where = self._where(key)
        rendered = [self.jinja.text(pattern, context, where) for pattern in patterns]
        return match_paths([line for text in rendered for line in split_lines(text)], where)

    def complete(self, rendering: Rendering, problems: list[Problem]) -> Rendering:
        """Add tasks, messages, and what is told of files."""
        operation = self.request.surroundings.operation
        is_kept = self._matcher("_skip_if_exists", self.settings.skip_if_exists, self.context(Phase.RENDER))
        answers_file = self._answers_file()
        return replace(
            rendering,
            tasks=render_tasks(self.settings.tasks, self.jinja, self.context(Phase.TASKS), operation, problems),
            migrations=self._migrations(operation, problems),
            messages=self._messages(operation, problems),
            kept=frozenset(path for path in rendering.tree if is_kept(path)),
            answers_file=answers_file if answers_file in rendering.tree else "",
        )

    def _migrations(self, operation: str, problems: list[Problem]) -> tuple[Task, ...]:
        passage = self.request.passage
        return render_migrations(passage, self.jinja, self.context(Phase.MIGRATE), operation, problems) if passage else ()

    def _messages(self, operation: str, problems: list[Problem]) -> dict[str, str]:
        """Return what the template says; before it, where answers are given, which of them no question asks for."""
        before, after = f"before_{operation}", f"after_{operation}"
        unknown = self._unknown() if operation == "copy" else ()
        texts = {
            before: "\n".join(filter(None, [*unknown, self._message(before, self.around.before(), problems)])),
            after: self._message(after, self.context(Phase.UNDEFINED), problems),
        }
        return {name: text for name, text in texts.items() if text}

    def _unknown(self) -> Iterator[str]:
        """Yield a line for each given answer that only the template's texts see: mostly it is a misspelt question's."""
        names = sorted(self.request.specification.names)
        for name in self.request.data:
            if name not in names:
                what = f"The template asks no question {excerpt(name)}: its texts see that answer, and no answers file keeps it."
                yield " ".join(filter(None, [what, suggestion(name, names)]))

    def _message(self, name: str, context: Mapping[str, object], problems: list[Problem]) -> str:
        text = self.settings.messages.get(name, "")
        return render_message(text, self.jinja, context, self.request.specification.places.get(f"_message_{name}"), problems)
