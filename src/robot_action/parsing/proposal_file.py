"""The result beside a bundle: a proposal as JSON, written by one job and read by another, to which it is hostile."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from robot_action.errors import InputError, Position, Problem
from robot_action.model.manifest import HostKind
from robot_action.model.merge import Clash, Conflict
from robot_action.model.proposal import Proposed, Target
from robot_action.model.update_summary import ChangedAnswer, FileOutcome, NewQuestion, TemplateCommit, UpdateSummary

SCHEMA = 1
RESULT_LIMIT = 16 << 20
"""Bytes of a result."""

_SHOWN = 10
_MANY = 200_000
_Text = Annotated[str, StringConstraints(max_length=4096)]
_Long = Annotated[str, StringConstraints(max_length=1 << 20)]
_Name = Annotated[str, StringConstraints(min_length=1, max_length=255)]
_Commit = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}(?:[0-9a-f]{24})?\z")]
_NoCommit = Annotated[str, StringConstraints(pattern=r"^(?:[0-9a-f]{40}(?:[0-9a-f]{24})?)?\z")]
_Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}\z")]
_NoDigest = Annotated[str, StringConstraints(pattern=r"^(?:[0-9a-f]{64})?\z")]
_Revision = Annotated[str, StringConstraints(pattern=r"^(?:[A-Za-z0-9._:/@+-]{1,150})?\z")]
_Texts = Annotated[tuple[_Text, ...], Field(max_length=_MANY)]


@dataclass(frozen=True, slots=True)
class ProposalFile:
    """A result: the proposal, and the ``sha256`` of the bundle in hex."""

    proposed: Proposed
    sha256: str


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Target(_Strict):
    host: HostKind
    repository: _Text
    url: _Text


class _Conflict(_Strict):
    path: _Text
    clash: Clash
    marked: bool
    note: _Text


class _Question(_Strict):
    name: _Text
    value: _Long
    help: _Long
    given: bool


class _Answer(_Strict):
    name: _Text
    before: _Long
    after: _Long


class _TemplateCommit(_Strict):
    commit: _Commit
    title: _Text


class _Summary(_Strict):
    template: _Text
    before: _Text
    after: _Text
    revision: _Text
    branch: _Text
    url: _Text
    conflicts: Annotated[tuple[_Conflict, ...], Field(max_length=_MANY)]
    questions: Annotated[tuple[_Question, ...], Field(max_length=_MANY)]
    answers: Annotated[tuple[_Answer, ...], Field(max_length=_MANY)]
    dropped: _Texts
    changelog: _Long
    commits: Annotated[tuple[_TemplateCommit, ...], Field(max_length=_MANY)]
    files: dict[FileOutcome, _Texts]
    moved: Annotated[dict[_Text, _Text], Field(max_length=_MANY)]
    notes: _Texts


class _Result(_Strict):
    schema_: Literal[1] = Field(alias="schema")
    sha256: _Digest
    target: _Target
    project: _Text
    base: _Name
    parent: _Commit
    branch: _Name
    seen: _NoCommit
    commit: _NoCommit
    digest: _NoDigest
    revision: _Revision
    message: _Long
    author: _Text
    title: _Text
    summary: _Summary | None
    prefix: _Text
    state: _Text
    key: _Text
    workflows: _Texts
    asked: _NoCommit


def dump_proposal(file: ProposalFile) -> bytes:
    """Return a result's text."""
    return f"{json.dumps({'schema': SCHEMA, 'sha256': file.sha256, **dataclasses.asdict(file.proposed)}, indent=2)}\n".encode()


def parse_proposal(text: bytes, file: str) -> ProposalFile:
    """Return what a result says.

    Raises:
        InputError: with what is wrong with it.
    """
    try:
        found = _Result.model_validate_json(text)
    except ValidationError as error:
        problems = tuple(
            Problem(_told(one["loc"], one["msg"]), Position(file)) for one in error.errors(include_url=False, include_input=False)
        )
        raise InputError(problems=problems[:_SHOWN]) from None
    if bool(found.commit) != bool(found.digest and found.revision and found.summary):
        raise InputError("it names a commit without what that brings, or the other way round", position=Position(file))
    plain = found.model_dump(exclude={"schema_", "sha256", "target", "summary"})
    target = Target(**found.target.model_dump())
    return ProposalFile(Proposed(target=target, summary=_summary(found.summary), **plain), found.sha256)


def _told(place: tuple[int | str, ...], message: str) -> str:
    where = ".".join(map(str, place))
    return f"{where}: {message}" if where else message


def _summary(found: _Summary | None) -> UpdateSummary | None:
    if found is None:
        return None
    plain = found.model_dump(exclude={"conflicts", "questions", "answers", "commits"})
    return UpdateSummary(
        conflicts=tuple(Conflict(**one.model_dump()) for one in found.conflicts),
        questions=tuple(NewQuestion(**one.model_dump()) for one in found.questions),
        answers=tuple(ChangedAnswer(**one.model_dump()) for one in found.answers),
        commits=tuple(TemplateCommit(**one.model_dump()) for one in found.commits),
        **plain,
    )
