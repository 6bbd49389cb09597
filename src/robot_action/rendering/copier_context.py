"""What Copier's templates see besides their answers (``copier/_main.py``: ``_render_context``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import partial
from pathlib import PurePosixPath
from posixpath import normpath

from robot_action.errors import InputError, Position, Problem
from robot_action.model.copier import ANSWERS_FILE, CopierSettings
from robot_action.model.surroundings import Surroundings
from robot_action.model.template import RenderRequest
from robot_action.model.values import Value
from robot_action.parsing.wording import RuleError
from robot_action.rendering.chance import Chance, Clock
from robot_action.rendering.copier_casting import read_yaml
from robot_action.rendering.environment import Jinja
from robot_action.rendering.faults import JinjaError, Where

_KNOWN = ("_src_path", "_commit")


class Phase(StrEnum):
    """``_copier_phase``: what is being done."""

    PROMPT = "prompt"
    RENDER = "render"
    TASKS = "tasks"
    MIGRATE = "migrate"
    UNDEFINED = "undefined"


class Lazy(Mapping[str, object]):
    """A mapping whose values are made when they are first asked for."""

    def __init__(self, makers: Mapping[str, Callable[[], object]]) -> None:
        self._makers = makers
        self._made: dict[str, object] = {}

    def __getitem__(self, key: str) -> object:
        """Return a value."""
        if key not in self._made:
            self._made[key] = self._makers[key]()
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys."""
        return iter(self._makers)

    def __len__(self) -> int:
        """Return the number of keys."""
        return len(self._makers)


class Context:
    """The context of a template, for the answers there are.

    Attributes:
        last: what the project's answers file says, as far as it still counts.

    Args:
        request: what is rendered.
        settings: the template's.
        jinja: renders the settings' texts.
        clock: tells the template's time.
        chance: makes its secrets.
    """

    def __init__(self, request: RenderRequest, settings: CopierSettings, jinja: Jinja, clock: Clock, chance: Chance) -> None:
        self._request = request
        self._settings = settings
        self._jinja = jinja
        self.last = _last_answers(request.surroundings)
        self._callables = {"now": clock.now, "make_secret": chance.make_secret}
        self._metadata: dict[str, object] = {"_src_path": request.surroundings.source}
        if request.surroundings.described:
            self._metadata["_commit"] = request.surroundings.described

    def before(self, phase: Phase = Phase.UNDEFINED) -> dict[str, object]:
        """Return what there is before any question: not even the given answers."""
        return {**self._callables, "_external_data": {}, **self._own({}, {}, phase)}

    def external(self, answers: Callable[[], Mapping[str, Value]]) -> Lazy:
        """Return ``_external_data``, whose paths see the answers there are when they are first asked for."""
        found = self._settings.external_data
        return Lazy({name: partial(self._read, path, answers) for name, path in found.items()})

    def full(
        self, answers: Mapping[str, Value], recorded: Mapping[str, Value], external: Mapping[str, object], phase: Phase
    ) -> dict[str, object]:
        """Return the whole context.

        Args:
            answers: the resolved ones.
            recorded: those that the answers file keeps.
            external: as `external` gives it.
            phase: what the context is for.
        """
        combined = {**self._callables, "_external_data": external, **self.last, **self._metadata, **self._request.data, **answers}
        return {**combined, **self._own(answers, recorded, phase)}

    def remembered(self, recorded: Mapping[str, Value]) -> dict[str, object]:
        """Return ``_copier_answers``, new each time since a template may change it."""
        around = self._request.surroundings
        commit = {"_commit": around.described} if around.described else {}
        return {**commit, "_src_path": around.source, **recorded}

    def answers_file(self, answers: Mapping[str, Value], recorded: Mapping[str, Value], external: Mapping[str, object]) -> str:
        """Return the answers file's path.

        Raises:
            JinjaError: when it cannot be rendered.
        """
        context = self.full(answers, recorded, external, Phase.RENDER)
        return self._answers_file(context)

    def _answers_file(self, context: Mapping[str, object]) -> str:
        text = self._request.surroundings.answers_file or self._settings.answers_file or ANSWERS_FILE
        conf = {**self._conf({}), "answers_file": ""}
        where = Where(self._request.specification.places.get("_answers_file"), "_answers_file")
        return str(PurePosixPath(self._jinja.text(text, {**context, "_copier_conf": conf}, where)))

    def _own(self, answers: Mapping[str, Value], recorded: Mapping[str, Value], phase: Phase) -> dict[str, object]:
        around = self._request.surroundings
        context: dict[str, object] = {
            "_copier_answers": self.remembered(recorded),
            "_folder_name": PurePosixPath(around.destination).name,
            "_copier_python": around.python,
            "_copier_phase": phase,
        }
        context["_copier_conf"] = Lazy(self._conf({**self._callables, **self._metadata, **self._request.data, **answers, **context}))
        return context

    def _conf(self, context: Mapping[str, object]) -> dict[str, Callable[[], object]]:
        around = self._request.surroundings
        # tasks may run where they see a copy of the template alone
        place = around.folder if context.get("_copier_phase") in {Phase.TASKS, Phase.MIGRATE} else around.local or around.folder
        values: dict[str, object] = {
            "src_path": PurePosixPath(place or around.source),
            "dst_path": PurePosixPath(around.destination),
            "answers_file": None,
            "vcs_ref": around.ref or None,
            "vcs_ref_hash": around.commit or None,
            "data": dict(self._request.data),
            "settings": {"defaults": {}, "trust": set()},
            "exclude": (),
            "use_prereleases": False,
            "skip_if_exists": (),
            "cleanup_on_error": True,
            "defaults": True,
            "user_defaults": {},
            "overwrite": False,
            "pretend": False,
            "quiet": False,
            "conflict": "inline",
            "context_lines": 3,
            "unsafe": self._request.trusted,
            "skip_answered": False,
            "skip_tasks": False,
            "sep": "/",
            "os": "linux",
        }
        makers: dict[str, Callable[[], object]] = {key: partial(_same, value) for key, value in values.items()}
        makers["answers_file"] = lambda: PurePosixPath(self._answers_file(context))
        return makers

    def _read(self, path: str, answers: Callable[[], Mapping[str, Value]]) -> object:
        """Return what a YAML file of the project holds; nothing where there is none.

        Raises:
            JinjaError: when its path leads out of the project, or it is no YAML.
        """
        where = Where(self._request.specification.places.get("_external_data"), "_external_data")
        name = normpath(self._jinja.text(path, self.full(answers(), {}, {}, Phase.UNDEFINED), where))
        if name.startswith(("/", "../")):
            raise JinjaError(Problem(f"_external_data: {path!r} leads out of the project", where.position))
        content = self._request.surroundings.files.get(name)
        try:
            return {} if content is None else read_yaml(content.decode(errors="replace"))
        except RuleError as error:
            raise JinjaError(Problem(f"_external_data: {name}: {error.message}", where.position)) from error


def _last_answers(around: Surroundings) -> dict[str, Value]:
    """Return the answers of a project's answers file, and what it says of its template.

    Raises:
        InputError: when it is no mapping.
    """
    if not around.answered:
        return {}
    position = Position(around.answers_file or ANSWERS_FILE)
    try:
        found = read_yaml(around.answered) or {}
    except RuleError as error:
        raise InputError(f"the project's answers file cannot be read: {error.message}", position=position) from error
    if not isinstance(found, dict):
        raise InputError("the project's answers file is no mapping of questions and answers", position=position)
    return {str(key): value for key, value in found.items() if key in _KNOWN or not str(key).startswith("_")}


def _same(value: object) -> object:
    return value
