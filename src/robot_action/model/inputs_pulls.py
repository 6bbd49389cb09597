"""The part of the table of inputs that is about pull requests; see `robot_action.model.inputs`."""

from __future__ import annotations

from robot_action.model.parameter import Kind, Parameter

PROPOSING = ("update", "deliver")
"""The commands that have to do with pull requests."""

PULL_REQUESTS: tuple[Parameter, ...] = (
    Parameter(
        name="keep-base",
        kind=Kind.FLAG,
        commands=("update",),
        flags=("--keep-base",),
        help="Keep the new version (with --pull-request: the merged one, on the host) as it was rendered in the project's repository, "
        "and begin with what is kept there of the old one.",
    ),
    Parameter(
        name="pull-request",
        kind=Kind.FLAG,
        commands=("update",),
        flags=("--pull-request",),
        help="Propose the changes as a pull request; the folder is left as it is. Answers of --data hold for this run alone.",
    ),
    Parameter(
        name="bundle",
        kind=Kind.PATH,
        commands=PROPOSING,
        argument_of=("deliver",),
        flags=("--bundle",),
        metavar="FILE",
        help="Leave the pull request in this file, and its result beside it, for deliver in another job.",
        input_help="For update: leave the pull request in this file, and its result beside it, for another job. For deliver: that file.",
    ),
    Parameter(
        name="repository",
        commands=PROPOSING,
        flags=("--repository",),
        metavar="NAME",
        help="Where the pull request goes: owner/name, or the folder of a bare repository; default: the project's own.",
    ),
    Parameter(
        name="base",
        commands=PROPOSING,
        flags=("--base",),
        metavar="BRANCH",
        help="The branch to merge into; default: the one that is checked out.",
    ),
    Parameter(
        name="branch",
        commands=PROPOSING,
        flags=("--branch",),
        metavar="NAME",
        help="The branch that is proposed, below robot-action/; default: named after the template and the project's folder.",
    ),
    Parameter(name="title", commands=("update",), flags=("--title",), metavar="TEXT", help="The pull request's title."),
    Parameter(
        name="commit-message",
        commands=("update",),
        flags=("--commit-message",),
        metavar="TEXT",
        help="The message of the pull request's commit; default: the title.",
    ),
    Parameter(
        name="labels",
        kind=Kind.LIST,
        commands=PROPOSING,
        flags=("--labels", "--label"),
        metavar="LABEL",
        help="Give the pull request this label.",
    ),
    Parameter(
        name="reviewers",
        kind=Kind.LIST,
        commands=PROPOSING,
        flags=("--reviewers", "--reviewer"),
        metavar="LOGIN",
        help="Ask this user, or this team of the organisation (owner/team), for a review.",
    ),
    Parameter(
        name="assignees",
        kind=Kind.LIST,
        commands=PROPOSING,
        flags=("--assignees", "--assignee"),
        metavar="LOGIN",
        help="Assign the pull request to this user.",
    ),
    Parameter(
        name="draft",
        kind=Kind.FLAG,
        commands=PROPOSING,
        flags=("--draft",),
        help="Open the pull request as a draft; one with conflicts is one anyway.",
    ),
    Parameter(
        name="auto-merge",
        kind=Kind.FLAG,
        commands=PROPOSING,
        flags=("--auto-merge",),
        help="Let the pull request merge itself once everything that the repository wants is there.",
    ),
    Parameter(
        name="again",
        kind=Kind.FLAG,
        commands=PROPOSING,
        flags=("--again",),
        field="anew",
        help="Propose a version again that somebody declined.",
    ),
    Parameter(
        name="allow-workflows",
        kind=Kind.FLAG,
        commands=("deliver",),
        flags=("--allow-workflows",),
        help="Deliver changes of workflow files, too.",
    ),
)
