"""Cookiecutter's format, as Cookiecutter 2.7 renders with ``--no-input --default-config``."""

from __future__ import annotations

import json
import posixpath
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from robot_action.errors import InputError, Position, Problem
from robot_action.model.cookiecutter import CookiecutterSettings
from robot_action.model.folders import Folders
from robot_action.model.paths import path_problem
from robot_action.model.tasks import Task
from robot_action.model.template import Rendering, RenderRequest, Unset
from robot_action.model.values import Value
from robot_action.parsing.formats.cookiecutter import read_settings
from robot_action.parsing.formats.cookiecutter_data import merge
from robot_action.parsing.formats.nested import CHOICE
from robot_action.parsing.wording import excerpt
from robot_action.rendering.answers import Answers
from robot_action.rendering.contents import Made
from robot_action.rendering.cookiecutter_answers import answer, ordered
from robot_action.rendering.cookiecutter_files import Files
from robot_action.rendering.cookiecutter_jinja import FolderLoader, make_dialect
from robot_action.rendering.environment import Jinja
from robot_action.rendering.extensions import load_extensions
from robot_action.rendering.faults import Where
from robot_action.rendering.options import check_options
from robot_action.rendering.prepared import Prepared

OPTIONS = "_jinja2_env_vars"


def prepare(request: RenderRequest) -> Prepared:
    """Resolve the answers, and say how the project is made.

    Raises:
        InputError: with every problem of the answers.
    """
    work = _Work.begin(request)
    return Prepared(work.jinja, work.answers, work.context, work.make, work.complete)


@dataclass(slots=True)
class _Work:
    """One rendering.

    Attributes:
        settings: with the given answers in them.
        context: what names, files and hooks see, and may change.
        top: the template folder, without links.
        replay: the context as it was before anything but the answers was rendered.
        tasks: the hooks, rendered.
        folder: what the template folder's name renders to.
    """

    request: RenderRequest
    settings: CookiecutterSettings
    folders: Folders
    jinja: Jinja
    answers: Answers
    context: Mapping[str, Any]
    top: str
    replay: Mapping[str, Value]
    tasks: list[Task]
    folder: str = ""

    @classmethod
    def begin(cls, request: RenderRequest) -> _Work:
        """Resolve the answers."""
        specification, own = request.specification, request.specification.settings
        if not isinstance(own, CookiecutterSettings):
            raise TypeError(specification.format)
        variables = merge(ordered(dict(own.variables)), request.data, request.places)
        settings = replace(read_settings(variables, specification.places, Position(request.file)), folder=own.folder, hooks=own.hooks)
        folders = Folders(request.tree)
        top = folders.follow(own.folder)
        beside = posixpath.join(posixpath.dirname(top), "templates")
        options = check_options(OPTIONS, settings.environment, specification.places.get(OPTIONS))
        extensions = load_extensions(own.extensions, request)  # the template's own: no data may name code
        dialect = make_dialect(request, options, extensions, lambda tree: FolderLoader(tree, folders, (top, beside)))
        jinja = Jinja(request.tree, dialect, request.file.removesuffix(specification.file), request.compiled)
        values = answer(variables, jinja, specification.places)
        context = _context(request, variables, values)
        replay = _replay(context, request)
        return cls(request, settings, folders, jinja, _answers(request, _copy(values, request)), context, top, replay, [])

    def make(self, problems: list[Problem]) -> Made:
        """Return the project's files; hooks are rendered before and after them, since templates can change their context."""
        self._name(problems)
        self._hooks("pre_gen_project", problems)
        files = Files(self.jinja, self.folders, self.top, self.context, self.settings, problems, self.request.spared)
        with self._at_home():
            made = files.make()
        self._hooks("post_gen_project", problems)
        return made

    @contextmanager
    def _at_home(self) -> Iterator[None]:
        """Tell the files where the template is on this machine, as its user said; hooks are told where they find it."""
        own, surroundings = self.context["cookiecutter"], self.request.surroundings
        if surroundings.is_crufts:
            yield
            return
        found = own.get("_repo_dir")
        if surroundings.local:
            own["_repo_dir"] = _inside(surroundings.local, self.request.specification.directory)
        yield
        own["_repo_dir"] = found

    def complete(self, rendering: Rendering, problems: list[Problem]) -> Rendering:
        """Add what only this format has."""
        del problems
        known = self.request.specification.names | {CHOICE}
        unknown = [name for name in self.request.data if name not in known]
        lines = [f"The template has no variable {excerpt(name)}: that answer counts nothing." for name in unknown]
        messages = {"before_copy": "\n".join(lines)} if lines else {}
        return replace(rendering, tasks=tuple(self.tasks), messages=messages, replay=self.replay, folder=self.folder)

    def _name(self, problems: list[Problem]) -> None:
        position = self.jinja.position(self.settings.folder)
        name = posixpath.basename(self.settings.folder)
        try:
            self.folder = self.jinja.text(name, self.context, Where(position, "in its name"))
        except InputError as error:
            problems.extend(error.problems)
            return
        if problem := path_problem(self.folder):
            problems.append(Problem(f"the project's name {self.folder!r} {problem}", position))

    def _hooks(self, name: str, problems: list[Problem]) -> None:
        for path in () if self.request.skip_tasks else self.settings.hooks.get(name, ()):
            position = self.jinja.position(path)
            try:
                source = self.request.tree[self.folders.follow(path)].content.decode().replace("\r\n", "\n").replace("\r", "\n")
                content = self.jinja.text(source, self.context, Where(position)).encode()
            except UnicodeError:
                problems.append(Problem("the hook is not UTF-8", position))
            except InputError as error:
                problems.extend(error.problems)
            else:
                script = posixpath.splitext(path)[1], content
                self.tasks.append(Task((), script=script, before=name == "pre_gen_project", position=position))


def _context(request: RenderRequest, variables: Mapping[str, Value], values: Mapping[str, Value]) -> Mapping[str, Any]:
    """Return the two contexts (``cookiecutter/main.py: cookiecutter``; ``cruft/_commands/utils/cookiecutter.py``)."""
    surroundings, directory = request.surroundings, request.specification.directory
    own: dict[str, Value] = OrderedDict(values)
    if surroundings.is_crufts:
        own |= {"_template": surroundings.source, "_commit": surroundings.commit}
    else:
        own["_template"] = _inside(surroundings.source, directory)
        own["_output_dir"] = posixpath.dirname(surroundings.destination)
        own["_repo_dir"] = _inside(surroundings.folder or surroundings.source, directory)
        own["_checkout"] = surroundings.ref or None
    unrendered = {name: value for name, value in variables.items() if not name.startswith("_")}
    return {"cookiecutter": own, "_cookiecutter": unrendered}


def _inside(source: str, directory: str) -> str:
    return posixpath.join(source, directory) if directory else source


def _replay(context: Mapping[str, Any], request: RenderRequest) -> Mapping[str, Value]:
    """Return what is remembered of the contexts: a copy, without what names the machine."""
    own = {name: value for name, value in context["cookiecutter"].items() if name not in {"_output_dir", "_repo_dir"}}
    return _copy({**context, "cookiecutter": own}, request)


def _copy(values: Mapping[str, Any], request: RenderRequest) -> dict[str, Value]:
    """Return values as JSON has them.

    Raises:
        InputError: when it has none such: templates can put anything into their context.
    """
    try:
        text = json.dumps(values, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"the variables become what no replay file can hold: {error}", position=Position(request.file)) from None
    copied: dict[str, Value] = json.loads(text)
    return copied


def _answers(request: RenderRequest, values: Mapping[str, Value]) -> Answers:
    """Return the answers as they are told and remembered: with the choice of a template, without private ones."""
    questions = {question.name: question for question in request.specification.questions}
    known: dict[str, Value] = {}
    if (choice := questions.get(CHOICE)) and not isinstance(choice.default, Unset):
        known[CHOICE] = request.data.get(CHOICE, choice.default)
    known.update((name, value) for name, value in values.items() if name in questions or name in _variables(request))
    return Answers(
        values=known,
        recorded=tuple(name for name in known if not name.startswith("_")),
        secret=(),
        defaulted=tuple(name for name in questions if name not in request.data),
        hidden=frozenset(),
    )


def _variables(request: RenderRequest) -> Mapping[str, Value]:
    settings = request.specification.settings
    return settings.variables if isinstance(settings, CookiecutterSettings) else {}
