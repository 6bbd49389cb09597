"""A wanted repository beside the one that is there: whose it is, and how it departs from the manifest. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from robot_action.model.facts import Repository
from robot_action.model.manifest import MergeSettings, RepositoryWanted
from robot_action.model.state import STATE_FILE, State

_MERGE_WORDS: Mapping[str, str] = {
    "squash": "squash merging",
    "merge_commit": "merge commits",
    "rebase": "rebase merging",
    "auto_merge": "auto-merge",
    "delete_branch": "deleting merged branches",
}


class Decision(StrEnum):
    """What is to be done about a repository."""

    CREATE = "create"
    ADOPT = "adopt"
    """It is there and empty: it becomes ours."""
    EXISTS = "exists"
    """It holds this very project: it is reported, and not changed."""
    REFUSED = "refused"


def decide(wanted: RepositoryWanted, found: Repository | None, state: State) -> Decision:
    """Return what is to be done about the wanted repository; ``state`` is what the project's state file names."""
    if found is None:
        return Decision.CREATE
    if found.state is not None and found.state.is_same_project(state):
        return Decision.EXISTS
    return Decision.ADOPT if found.is_empty and not found.archived and _is_named(wanted, found) else Decision.REFUSED


def refusal(wanted: RepositoryWanted, found: Repository | None, state: State | None) -> str:
    """Return why a repository is refused: whose it is instead of ours."""
    name = wanted.name
    if found is None:
        return f"the repository {name} cannot be used"
    if not _is_named(wanted, found):
        return f"the repository {name} was renamed: it is {found.name} now"
    if found.archived:
        return f"the repository {name} is archived, so nothing can be pushed to it"
    if found.state is None:
        return f"the repository {name} holds commits and no {STATE_FILE}: it is not ours"
    made, wants = _identity(found.state), _identity(state) if state else name
    return f"the repository {name} holds another project: {made}; the manifest wants {wants}"


def differences(wanted: RepositoryWanted, found: Repository) -> tuple[str, ...]:
    """Return how a repository departs from the manifest, a line each; what the manifest does not say is not compared."""
    return tuple(_differences(wanted, found))


def describe_settings(wanted: RepositoryWanted) -> tuple[str, ...]:
    """Return the settings that a new repository gets, a line each."""
    return tuple(_settings(wanted))


def _is_named(wanted: RepositoryWanted, found: Repository) -> bool:
    return wanted.name.casefold() == found.name.casefold()


def _identity(state: State) -> str:
    return f"{state.project} made from {', '.join(template.source for template in state.templates) or 'no template'}"


def _differences(wanted: RepositoryWanted, found: Repository) -> Iterator[str]:
    if not _is_named(wanted, found):
        yield f"it was renamed: it is {found.name} now, the manifest says {wanted.name}"
    if found.archived:
        yield "it is archived"
    if wanted.visibility != found.visibility:
        yield f"visibility is {found.visibility}, the manifest wants {wanted.visibility}"
    for word, there, wish in (("description", found.description, wanted.description), ("homepage", found.homepage, wanted.homepage)):
        if wish and wish != there:
            yield f"{word} is {there!r}, the manifest wants {wish!r}"
    if wanted.topics and {topic.lower() for topic in wanted.topics} != set(found.topics):
        yield f"topics are {_list(found.topics)}, the manifest wants {_list(wanted.topics)}"
    if wanted.default_branch != found.default_branch:
        yield f"default branch is {found.default_branch}, the manifest wants {wanted.default_branch}"
    yield from _merge_differences(wanted.merge, found.merge)
    yield from _access_differences("team", wanted.teams, found.teams)
    yield from _access_differences("collaborator", wanted.collaborators, found.collaborators)


def _merge_differences(wanted: MergeSettings, found: MergeSettings) -> Iterator[str]:
    for name, words in _MERGE_WORDS.items():
        wish, there = getattr(wanted, name), getattr(found, name)
        if wish is not None and wish != there:
            yield f"{words}: {_on_off(there)}, the manifest wants {_on_off(wish)}"


def _access_differences(kind: str, wanted: Mapping[str, str], found: Mapping[str, str] | None) -> Iterator[str]:
    if found is None:
        if wanted:
            wishes = tuple(f"{key}: {role}" for key, role in wanted.items())
            yield f"{kind}s are not readable with this token, the manifest wants {_list(wishes)}"
        return
    there = {key.casefold(): role for key, role in found.items()}
    for key, role in wanted.items():
        has = there.get(key.casefold())
        if has is None:
            yield f"{kind} {key} has no access, the manifest wants {role}"
        elif has != role:
            yield f"{kind} {key} has the role {has}, the manifest wants {role}"


def _settings(wanted: RepositoryWanted) -> Iterator[str]:
    yield f"visibility {wanted.visibility}"
    yield f"default branch {wanted.default_branch}"
    if wanted.description:
        yield f"description {wanted.description!r}"
    if wanted.homepage:
        yield f"homepage {wanted.homepage}"
    if wanted.topics:
        yield f"topics {_list(wanted.topics)}"
    for name, words in _MERGE_WORDS.items():
        if (value := getattr(wanted.merge, name)) is not None:
            yield f"{words} {_on_off(value)}"
    yield from (f"team {slug} with the role {role}" for slug, role in wanted.teams.items())
    yield from (f"collaborator {login} with the role {role}" for login, role in wanted.collaborators.items())


def _list(items: tuple[str, ...]) -> str:
    return ", ".join(items) or "none"


def _on_off(value: bool | None) -> str:  # noqa: FBT001 - a value to word, no switch
    return "unknown" if value is None else "on" if value else "off"
