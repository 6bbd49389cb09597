"""The outputs of the action, of which ``action.yml`` and the README are made by ``tools/tables.py``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Output:
    """One output of the action."""

    name: str
    help: str


OUTPUTS: tuple[Output, ...] = (
    Output(
        "result",
        "How it ended: created, partial, exists, unchanged, updated, conflicts, proposed, prepared, adopted, planned, failed, or mixed.",
    ),
    Output("exit-code", "The exit code of the command, whose meanings the README lists."),
    Output("report", "The whole report as JSON; empty when it is too long for an output."),
    Output("digest", "What was packed, for the input digest of the job that goes on; of several projects, one a line."),
    Output("project", "The project's identity. This and the outputs below are of a run with one project."),
    Output("folder", "The project's folder, relative to the workspace."),
    Output("repository", "The repository, as owner/name."),
    Output("repository-url", "The repository's address for people."),
    Output("branch", "The branch that was pushed, or is proposed."),
    Output("commit", "The project's commit, or the proposed branch's."),
    Output("version", "The project's version."),
    Output("operation", "What became of the pull request: created, updated, unchanged, closed, declined or blocked."),
    Output("pull-request-number", "The pull request's number."),
    Output("pull-request-url", "The pull request's address."),
    Output("conflicts", "The paths that somebody has to look at, as a JSON list."),
    Output("artifacts", "The names of the published files, as a JSON list."),
)
"""What the action gives to later steps."""
