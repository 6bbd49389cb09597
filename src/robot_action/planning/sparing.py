"""Which files of a template need not be rendered for an update, since its change cannot touch what they make. Pure.

Such a file is the same in both versions, and mentions nothing that may have another value: no question that came, went, or is
another one now, no answer that was given anew, no question whose default mentions one of those, and nothing that
tells of the version itself. It is looked for as words in the text, so that too much counts as mentioned, and nothing too little; a
template that does what words do not show, by extensions, tasks or values that it changes itself, is rendered as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from robot_action.model.cookiecutter import CookiecutterSettings
from robot_action.model.copier import CopierSettings
from robot_action.model.extensions import is_foreign
from robot_action.model.template import Question, Specification, Template
from robot_action.model.texts import encoded_texts
from robot_action.model.tree import Mode
from robot_action.model.values import Value

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
    settings = old.specification.settings
    if settings is None or not _is_plain(old.specification, new.specification, skip_tasks=skip_tasks):
        return frozenset()
    suffix = old.specification.suffix if isinstance(settings, CopierSettings) else ""
    start = old.specification.directory if isinstance(settings, CopierSettings) else settings.folder
    files = {path: entry for path, entry in old.tree.items() if entry.mode in _FILES and path.endswith(suffix) and b"{" in entry.content}
    others = (entry for path, entry in new.tree.items() if entry != old.tree.get(path) and path.endswith(suffix))
    if any(_changes_values(entry.content) for entry in (*files.values(), *others)):
        return frozenset()
    same = {path: entry.content for path, entry in files.items() if path.startswith(start.strip("/")) and new.tree.get(path) == entry}
    names = _changed(old.specification, new.specification, answers)
    mentioned = _words((*names, *_VOLATILE[type(settings)]))
    is_mapped = isinstance(settings, CookiecutterSettings)
    return frozenset(
        path
        for path, content in same.items()
        if not (mentioned.search(content) or _LOADS.search(content) or (is_mapped and _MAPPING.search(content)))
    )


def _changes_values(content: bytes) -> bool:
    return bool(_CHANGES.search(content)) and any(map(_CHANGES.search, _TAGS.findall(content)))


def _is_plain(old: Specification, new: Specification, *, skip_tasks: bool) -> bool:
    """Tell whether two specifications render alike, and nothing but words counts."""
    one, other = old.settings, new.settings
    if isinstance(one, CopierSettings) and isinstance(other, CopierSettings):
        runs = bool(one.tasks or other.tasks or other.migrations)
        is_same = (old.suffix, old.directory) == (new.suffix, new.directory) and "{" not in old.directory
        is_same &= not (one.external_data or other.external_data) and one.preserve_symlinks == other.preserve_symlinks
    elif isinstance(one, CookiecutterSettings) and isinstance(other, CookiecutterSettings):
        runs = bool(one.hooks or other.hooks)
        is_same = (one.folder, one.new_lines, one.copy_without_render) == (other.folder, other.new_lines, other.copy_without_render)
    else:
        return False
    extensions = {*one.extensions, *other.extensions}
    has_code = any(map(is_foreign, extensions)) or _DO in extensions or set(one.extensions) != set(other.extensions)
    environment = {key for side in (one, other) for key in side.environment if "_start" in key or "_end" in key or "_prefix" in key}
    return is_same and not has_code and not environment and one.environment == other.environment and not (runs and not skip_tasks)


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
