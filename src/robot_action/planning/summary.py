"""What an update brings, from its facts. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from robot_action.model.proposal import Change
from robot_action.model.source import Source, SourceKind
from robot_action.model.template import Template
from robot_action.model.tree import Mode, Tree
from robot_action.model.update import Rendered, UpdateFacts
from robot_action.model.update_summary import ChangedAnswer, FileOutcome, NewQuestion, UpdateSummary
from robot_action.model.values import Value
from robot_action.parsing.changelog import SIZE_LIMIT, is_changelog, passed_sections
from robot_action.parsing.source import as_given
from robot_action.parsing.web_urls import comparison_url

_Files = Mapping[FileOutcome, tuple[str, ...]]

_SHORT = 12
_TYPES = {
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "no value",
    list: "a list",
    dict: "a mapping",
}


def described(template: Template) -> str:
    """Return which version of a template it is, for people."""
    return template.version or template.described or template.commit[:_SHORT] or "the template as it stands"


def summarised(facts: UpdateFacts, base: Rendered, theirs: Rendered, branch: str = "", revision: str = "") -> UpdateSummary:
    """Return what an update brings, as far as it is known without asking anybody again.

    Args:
        facts: what was found.
        base: the template as the project has it; theirs: as it shall have it.
        branch: the branch that is proposed; revision: what marks the pull request; both only where there is to be one.
    """
    old, new = base.template, theirs.template
    files, moved = _files(facts, base.rendering.tree, theirs.rendering.tree)
    return UpdateSummary(
        template=place_of(facts.source),
        before=described(old),
        after=described(new),
        revision=revision,
        branch=branch,
        url=comparison_url(facts.source.location, old.commit, new.commit) if old.commit != new.commit else "",
        conflicts=facts.merged.conflicts,
        questions=tuple(_questions(facts.link.answers, base, theirs)),
        answers=tuple(_answers(facts.link.answers, theirs)),
        dropped=facts.dropped,
        changelog=_changelog(old, theirs),
        files=files,
        moved=moved,
        notes=tuple(_notes(facts)),
    )


def place_of(source: Source) -> str:
    """Return a source in the words of whoever named it, without a version."""
    if source.kind is SourceKind.DIRECTORY:
        return source.text
    return f"{as_given(source)}#subdirectory={source.subdirectory}" if source.subdirectory else as_given(source)


def _questions(before: Mapping[str, Value], base: Rendered, theirs: Rendered) -> Iterator[NewQuestion]:
    """Yield the new questions, and others to which the first answer was given; nobody knows that of secret ones, which no file keeps."""
    asked, rendering = base.template.specification.names, theirs.rendering
    given = (theirs.request.data.keys() if theirs.request else set()) - before.keys()
    for question in theirs.template.specification.questions:
        name, is_secret = question.name, question.name in rendering.secret
        is_first = name in given and name in rendering.recorded
        is_new = name not in asked and (name in rendering.defaulted or name in given) and (name in rendering.recorded or is_secret)
        if is_new or is_first:
            yield NewQuestion(name, "" if is_secret else _shown(rendering.answers[name]), question.help, given=name in given)


def _answers(before: Mapping[str, Value], theirs: Rendered) -> Iterator[ChangedAnswer]:
    """Yield the answers that the state file has another value of; dropped ones are told as such, and secret ones are in no state file."""
    for name, value in theirs.rendering.recorded.items():
        if name in before and before[name] != value and name not in theirs.rendering.defaulted:
            yield ChangedAnswer(name, *_told_apart(before[name], value))


def _told_apart(before: Value, after: Value) -> tuple[str, str]:
    """Return two values for people, with what they are where they look alike: 8000 may be a text now."""
    shown = _shown(before), _shown(after)
    return shown if shown[0] != shown[1] else (_typed(before), _typed(after))


def _typed(value: Value) -> str:
    return f"{json.dumps(value, ensure_ascii=False)} ({_TYPES[type(value)]})"


def _shown(value: Value) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def _changelog(old: Template, theirs: Rendered) -> str:
    """Return what the template's own changelog says of the versions passed; one that the template gives to its projects is theirs."""
    tree, made, given = theirs.template.tree, theirs.rendering.tree, set(theirs.rendering.sources.values())
    for path in sorted(tree):
        entry = tree[path]
        if is_changelog(path) and entry.mode in {Mode.FILE, Mode.EXECUTABLE} and path not in given and made.get(path) != entry:
            text = entry.content[:SIZE_LIMIT].decode(errors="replace")
            if found := passed_sections(text, described(old), described(theirs.template)):
                return found
    return ""


def _files(facts: UpdateFacts, base: Tree, theirs: Tree) -> tuple[_Files, Mapping[str, str]]:
    """Return the paths by what was done with them, and what moved; left as they were are those that only the template changed."""
    found: dict[FileOutcome, list[str]] = {}
    for path, entry in sorted(facts.merged.changes.items()):
        outcome = FileOutcome.REMOVED if entry is None else FileOutcome.CHANGED if path in facts.present else FileOutcome.ADDED
        found.setdefault(outcome, []).append(path)
    passed = {path for path in (*base, *theirs) if base.get(path) != theirs.get(path)}
    if kept := sorted((passed & facts.present) - facts.merged.changes.keys() - {facts.link.file}):
        found[FileOutcome.KEPT] = kept
    return _without_moved(found, facts.merged.moved)


def _without_moved(found: Mapping[FileOutcome, list[str]], moved: Mapping[str, str]) -> tuple[_Files, Mapping[str, str]]:
    """Return the paths by what was done with them, and apart from these what really went from one place and came to another."""
    gone, new = (set(found.get(outcome, ())) for outcome in (FileOutcome.REMOVED, FileOutcome.ADDED))
    moved = {old: now for old, now in moved.items() if old in gone and now in new}
    apart = {FileOutcome.REMOVED: moved.keys(), FileOutcome.ADDED: set(moved.values())}
    files = {outcome: tuple(path for path in paths if path not in apart.get(outcome, ())) for outcome, paths in found.items()}
    return {outcome: paths for outcome, paths in files.items() if paths}, moved


def as_committed(told: UpdateSummary, changes: Iterable[Change], prefix: str) -> UpdateSummary:
    """Return a summary with the paths by what a commit really does with them.

    Args:
        told: what is said of it; believed is only which files stay as they were, and of these not those that change, and which
            one of those that go is which one of those that come.
        changes: what it changes.
        prefix: where in the repository the project lies; all changes are below that.
    """
    found: dict[FileOutcome, list[str]] = {}
    for change in sorted(changes, key=lambda one: one.path):
        outcome = FileOutcome.REMOVED if not change.after else FileOutcome.CHANGED if change.before else FileOutcome.ADDED
        found.setdefault(outcome, []).append(change.path.removeprefix(prefix))
    passed = {path for paths in found.values() for path in paths}
    if kept := [path for path in told.files.get(FileOutcome.KEPT, ()) if path not in passed]:
        found[FileOutcome.KEPT] = kept
    files, moved = _without_moved(found, told.moved)
    return replace(told, files=files, moved=moved)


def _notes(facts: UpdateFacts) -> Iterator[str]:
    if facts.exact is False:
        yield "the version that the project was made from does not render to what it did then; its changes are merged all the same"
    if facts.moved:
        yield f"from now on the template is followed at {facts.moved}"
    yield from (facts.kept.note,) if facts.kept.note else ()
    yield from facts.merged.notes
    yield from facts.migrations
