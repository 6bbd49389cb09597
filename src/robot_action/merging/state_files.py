"""State files on a branch of ours: they are written anew and never merged, as long as nobody else had a word in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from robot_action.errors import InputError
from robot_action.model.link import Link, Tool
from robot_action.parsing.described import described_version
from robot_action.parsing.links import parse_links, tool_of


def is_ours_to_rewrite(path: str, base: bytes, there: bytes, new: bytes) -> bool:
    """Tell whether a state file on a branch says nothing that an update does not write by itself.

    Somebody may have amended a commit of ours, or brought a version in by hand: then versions and answers differ, and are brought as
    the next update has them. An answer, a list of what to skip or a source of somebody's own is theirs, and so is a newer version.

    Args:
        path: where it stands.
        base: what people began with.
        there: what the branch has.
        new: what is to be brought.
    """
    tool = tool_of(path) or Tool.COPIER
    try:
        links = [parse_links(text, path, tool) for text in (base, there, new)]
    except InputError:
        return False
    return len({len(found) for found in links}) == 1 and all(_is_written(*of_one) for of_one in zip(*links, strict=True))


def _is_written(base: Link, there: Link, new: Link) -> bool:
    if _without_version(there) not in [_without_version(base), _without_version(new)] or _is_newer(there, new):
        return False
    sides = _asked(base), _asked(new)
    answers = _asked(there)
    return all(answers.get(name) in [side.get(name) for side in sides] for name in {*answers, *sides[0], *sides[1]})


def _without_version(link: Link) -> Link:
    return replace(link, version="", commit="", digest="", answers={})


def _is_newer(there: Link, new: Link) -> bool:
    mine, other = described_version(there.version), described_version(new.version)
    return mine is not None and other is not None and mine > other


def _asked(link: Link) -> Mapping[str, object]:
    """Return the answers to questions: what Cookiecutter's templates say of themselves begins with an underscore."""
    return {name: value for name, value in link.answers.items() if not name.startswith("_")}
