"""Which files of a template need not be rendered for an update, since its change cannot touch what they make. Pure.

Such a file is the same in both versions, and mentions nothing that may have another value: no question that came, went, or is
another one now, no answer that was given anew, no question whose default mentions one of those, and nothing that
tells of the version itself. It is looked for as words in the text, so that too much counts as mentioned, and nothing too little; a
template that does what words do not show, by extensions, tasks or values that it changes itself, is rendered as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from robot_action.model.cookiecutter import CookiecutterSettings
from robot_action.model.copier import CopierSettings
from robot_action.model.extensions import is_foreign
from robot_action.model.template import Question, Specification, Template
from robot_action.model.texts import encoded_texts
from robot_action.model.tree import Entry, Mode
from robot_action.model.values import Value

_Settings = CopierSettings | CookiecutterSettings
_VOLATILE = {
    CopierSettings: ("_copier_conf", "_copier_answers", "_commit", "_src_path", "_external_data"),
    CookiecutterSettings: ("_cookiecutter", "_commit", "_template", "_repo_dir", "_output_dir", "_checkout"),
}
"""What tells of the version, or of more than one answer."""
_MAPPING = re.compile(rb"\bcookiecutter\b(?!\.[A-Za-z_])|\bcookiecutter\.(?:items|keys|values|get|copy|__\w+)\b")
"""Cookiecutter's answers as a whole."""
_LOADS = re.compile(rb"\{%[^\w%]*(?:include|import|extends|from)\b")
_CHANGES = re.compile(rb"\.\s*(?:append|extend|insert|pop|popitem|update|setdefault|clear|remove|add|sort|reverse|__\w+__)\s*\(")
_TAGS = re.compile(rb"\{[{%].*?[%}]\}", re.DOTALL)
_DO = "jinja2.ext.do"
_FILES = frozenset({Mode.FILE, Mode.EXECUTABLE})


def find_spared(
    old: Template, new: Template, answers: tuple[Mapping[str, Value], Mapping[str, Value]], *, skip_tasks: bool
) -> frozenset[str]:
    """Return the paths in both templates of files that need not be rendered.

    Args:
        old: the template as the project has it.
        new: as it shall have it.
        answers: those that are given to each.
        skip_tasks: whether neither tasks nor hooks run.
    """
    way = _way(old.specification, skip_tasks=skip_tasks)
    if way is None or way != _way(new.specification, skip_tasks=skip_tasks):
        return frozenset()
    files = {path: entry for path, entry in old.tree.items() if _is_rendered(path, entry, way)}
    others = (entry for path, entry in new.tree.items() if entry != old.tree.get(path) and path.endswith(way.suffix))
    if any(_changes_values(entry.content) for entry in (*files.values(), *others)):
        return frozenset()
    same = {path: entry.content for path, entry in files.items() if path.startswith(way.start) and new.tree.get(path) == entry}
    names = _changed(old.specification, new.specification, answers)
    telling = [_words((*names, *_VOLATILE[way.kind])), _LOADS, *([_MAPPING] if way.kind is CookiecutterSettings else [])]
    return frozenset(path for path, content in same.items() if not any(pattern.search(content) for pattern in telling))


@dataclass(frozen=True, slots=True)
class _Way:
    """How a template is rendered, as far as words show it: what is equal in two versions makes the same of the same file.

    Attributes:
        start: the folder that is rendered; suffix: of the files that are.
        rules: what else the kind of template has to say of its files.
    """

    kind: type[_Settings]
    start: str
    suffix: str
    rules: tuple[object, ...]
    environment: Mapping[str, object]
    extensions: frozenset[str]


def _way(specification: Specification, *, skip_tasks: bool) -> _Way | None:
    """Return how a template is rendered; None: not by its words alone."""
    settings = specification.settings
    if settings is None or _has_code(settings, skip_tasks=skip_tasks):
        return None
    environment, extensions = settings.environment, frozenset(settings.extensions)
    if isinstance(settings, CookiecutterSettings):
        rules = (settings.new_lines, settings.copy_without_render)
        return _Way(CookiecutterSettings, settings.folder.strip("/"), "", rules, environment, extensions)
    if settings.external_data or "{" in specification.directory:
        return None
    start, suffix = specification.directory.strip("/"), specification.suffix
    return _Way(CopierSettings, start, suffix, (settings.preserve_symlinks,), environment, extensions)


def _has_code(settings: _Settings, *, skip_tasks: bool) -> bool:
    """Tell whether more counts than words: programs that run, extensions of others, or other signs than Jinja2's own."""
    programs = settings.hooks if isinstance(settings, CookiecutterSettings) else (*settings.tasks, *settings.migrations)
    extends = any(is_foreign(name) or name == _DO for name in settings.extensions)
    signs = any(part in key for key in settings.environment for part in ("_start", "_end", "_prefix"))
    return extends or signs or bool(programs and not skip_tasks)


def _is_rendered(path: str, entry: Entry, way: _Way) -> bool:
    return entry.mode in _FILES and path.endswith(way.suffix) and b"{" in entry.content


def _changes_values(content: bytes) -> bool:
    return bool(_CHANGES.search(content)) and any(map(_CHANGES.search, _TAGS.findall(content)))


def _changed(old: Specification, new: Specification, answers: tuple[Mapping[str, Value], Mapping[str, Value]]) -> frozenset[str]:
    """Return the names that may have another value."""
    before, after = answers
    changed = {name for name in {*before, *after} if name not in before or name not in after or before[name] != after[name]}
    one, other = _meanings(old), _meanings(new)
    changed |= {name for name in {*one, *other} if one.get(name) != other.get(name)}
    volatile = _VOLATILE[type(new.settings)]
    while True:
        mentioned = _words((*changed, *volatile))
        more = {name for name, (texts, _) in other.items() if name not in changed and any(mentioned.search(text) for text in texts)}
        if not more:
            return frozenset(changed)
        changed |= more


def _meanings(specification: Specification) -> dict[str, tuple[tuple[bytes, ...], str]]:
    """Return what decides about each answer: its texts, which may mention others, and everything, to be compared."""
    if isinstance(specification.settings, CookiecutterSettings):
        values: Mapping[str, object] = specification.settings.variables
    else:
        values = {question.name: _bare(question) for question in specification.questions}
    return {name: (tuple(encoded_texts(value)), repr(value)) for name, value in values.items()}


def _bare(question: Question) -> Question:
    return replace(question, help="", position=None)


def _words(words: Iterable[str]) -> re.Pattern[bytes]:
    listed = sorted(re.escape(word.encode()) for word in words)
    return re.compile(rb"(?<![A-Za-z0-9_])(?:%s)(?![A-Za-z0-9_])" % b"|".join(listed))
