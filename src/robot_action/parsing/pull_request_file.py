"""A pull request of the host ``local``: a Markdown file with a YAML header -> `PullRequest` -> the file."""

from __future__ import annotations

import json
import re

from robot_action.errors import InputError, Position, Problem
from robot_action.model.pull_request import PullRequest, PullRequestState
from robot_action.parsing.fields import Fields, in_order
from robot_action.parsing.pull_request import read_mark
from robot_action.parsing.wording import RuleError, excerpt
from robot_action.parsing.yaml_text import decode_text, parse_document

_EDGE = "---\n"
_LISTS = ("labels", "reviewers", "teams", "assignees")
_KEYS = ("state", "title", "base", "branch", "commit", "draft", *_LISTS)
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def parse_pull_request(text: bytes, file: str, repository: str, number: int) -> PullRequest:
    """Return what a file says; people may have edited it.

    Args:
        text: what the file holds.
        file: its name, which is also the pull request's address.
        repository: whose it is.
        number: its own.

    Raises:
        InputError: with everything that is wrong with it.
    """
    first, edge, rest = decode_text(text, file).replace("\r\n", "\n").partition(_EDGE)
    header, end, body = rest.partition(f"\n{_EDGE}")
    if first or not edge or not end:
        raise InputError("the file has no header between two lines '---'", position=Position(file, 1))
    document = parse_document(f"\n{header}\n".encode(), file)  # one line before, as in the file
    problems: list[Problem] = []
    fields = Fields(document, problems, (), document.value)
    fields.check_keys(_KEYS)
    for key in ("title", "base", "branch", "commit"):
        fields.require(key)
    found = _read(fields, body.removeprefix("\n"), (repository, number, file))
    if problems:
        raise InputError(problems=in_order(problems))
    return found


def _read(fields: Fields, body: str, whose: tuple[str, int, str]) -> PullRequest:
    mark = read_mark(body)
    return PullRequest(
        repository=whose[0],
        number=whose[1],
        url=whose[2],
        state=PullRequestState(fields.word("state", [one.value for one in PullRequestState], PullRequestState.OPEN)),
        base=fields.text("base"),
        branch=fields.text("branch"),
        head=fields.text("commit", rule=_check_commit),
        title=fields.text("title"),
        body=body,
        revision=mark.revision,
        withdrawn=mark.withdrawn,
        draft=fields.flag("draft"),
        labels=fields.texts("labels"),
        reviewers=fields.texts("reviewers"),
        teams=fields.texts("teams"),
        assignees=fields.texts("assignees"),
    )


def dump_pull_request(pull: PullRequest) -> bytes:
    """Return the file of a pull request."""
    texts = {"state": pull.state.value, "title": pull.title, "base": pull.base, "branch": pull.branch, "commit": pull.head}
    lines = [f"{key}: {_quoted(text)}" for key, text in texts.items()]
    lines.append(f"draft: {'true' if pull.draft else 'false'}")
    lines += [f"{key}: [{', '.join(map(_quoted, getattr(pull, key)))}]" for key in _LISTS if getattr(pull, key)]
    return f"{_EDGE}{chr(10).join(lines)}\n{_EDGE}\n{pull.body}".encode()


def _quoted(text: str) -> str:
    """Return a text as JSON and YAML quote it, readable but for what nobody sees."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in quoted)


def _check_commit(text: str) -> str:
    if not _COMMIT.fullmatch(text):
        raise RuleError(f"{excerpt(text)} is no commit id")
    return text
