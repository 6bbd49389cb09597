"""The errors that robot-action raises: one root, and the exit code on each class.

The codes are those of BSD's ``sysexits.h`` where it has one that fits; 2 to 4 are the
answers of ``check`` and ``update``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text: the file as the user named it, with line and column counted from 1."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return ``file:line:column``, as compilers write it, without the unknown parts."""
        return ":".join([self.file, *(str(number) for number in (self.line, self.column) if number)])


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: what, where, and what to do about it."""

    message: str
    position: Position | None = None
    hint: str | None = None

    def __str__(self) -> str:
        """Return the problem as lines for a terminal."""
        first = f"{self.position}: {self.message}" if self.position else self.message
        return f"{first}\n  {self.hint}" if self.hint else first


class RobotActionError(Exception):
    """The root of every failure that we expect; it never means a bug.

    Raised with one message, or with all problems of one text together.
    """

    exit_code = 1

    def __init__(
        self,
        message: str | None = None,
        *,
        position: Position | None = None,
        hint: str | None = None,
        problems: tuple[Problem, ...] = (),
    ) -> None:
        own = (Problem(message, position, hint),) if message is not None else ()
        self.problems: tuple[Problem, ...] = own + problems
        super().__init__("\n".join(str(problem) for problem in self.problems))


class FailedError(RobotActionError):
    """Something that was tried did not succeed: a command, a build, a refused push (1)."""


class KilledError(FailedError):
    """A program was ended from outside, by a signal or because it took too long: no word on what it was to do."""


class ConflictError(RobotActionError):
    """Project and template changed the same, and nobody said whose change counts (4)."""

    exit_code = 4


class UsageError(RobotActionError):
    """The command line makes no sense (EX_USAGE)."""

    exit_code = 64


class InputError(RobotActionError):
    """A manifest, template, answer or state file is wrong (EX_DATAERR)."""

    exit_code = 65


class MissingAnswersError(InputError):
    """Nobody answered questions that have no default (EX_DATAERR); ``names`` are theirs."""

    def __init__(self, names: tuple[str, ...], problems: tuple[Problem, ...]) -> None:
        super().__init__(problems=problems)
        self.names = names


class NoLinkError(InputError):
    """A folder has no state file, so that it is no project (EX_DATAERR)."""


class SeveralLinksError(InputError):
    """A folder follows several templates, and nothing says which is meant (EX_DATAERR)."""


class NoVersionError(InputError):
    """A template has no such version, branch or commit (EX_DATAERR)."""


class UnavailableError(RobotActionError):
    """A service, program or network does not answer (EX_UNAVAILABLE)."""

    exit_code = 69


class TryAgainError(RobotActionError):
    """Somebody else is at it, or a limit is reached; a later run can succeed (EX_TEMPFAIL)."""

    exit_code = 75


class StaleError(TryAgainError):
    """What was prepared does not fit what is there by now: preparing it again can succeed (EX_TEMPFAIL)."""


class NotPermittedError(RobotActionError):
    """A token, a rule or missing trust forbids it (EX_NOPERM)."""

    exit_code = 77


class ConfigurationError(RobotActionError):
    """The machine or the operator's settings are not fit: folders, versions, missing tokens (EX_CONFIG)."""

    exit_code = 78


class NoRepositoryError(ConfigurationError):
    """Nothing tells which repository a pull request goes to (EX_CONFIG)."""


class NoBranchError(ConfigurationError):
    """No branch is checked out, and none is named to merge into (EX_CONFIG)."""


BEHIND = 2
"""What `check` ends with when a project could have a newer version of its template."""

DRIFTED = 3
"""What it ends with when files of a project are not as its template gives them."""

BUG_EXIT_CODE = 70
"""Any exception that is not a `RobotActionError` (EX_SOFTWARE)."""

INTERRUPTED = 130
"""A run that a signal ended, as shells have it."""


class CancelledError(RobotActionError):
    """A signal ended the run before there was anything to report."""

    exit_code = INTERRUPTED
