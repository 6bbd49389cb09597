"""The one table of what can be told to a command: a flag of the command line, an input of the action, or both.

`robot_action.entrypoints.cli` makes its options of it, `robot_action.entrypoints.options` writes them down again for a later run,
`robot_action.parsing.inputs` reads the action's inputs by it, and ``tools/tables.py`` writes ``action.yml`` and the README's tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from robot_action.model.choices import STAGES, Format
from robot_action.model.inputs_pulls import PROPOSING, PULL_REQUESTS
from robot_action.model.parameter import Kind, Parameter

_BOTH = ("create", "render")
_WRITING = ("create", "render", "update", "adopt")
_ALL = ("create", "render", "update", "check", "adopt")
COMMANDS = ("create", "render", "update", "deliver", "check", "adopt", "validate")
"""The commands that the action runs."""

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        name="manifest", kind=Kind.LIST, commands=("create", "validate"), field="manifests", help="Manifests, folders of them, or patterns."
    ),
    Parameter(
        name="template",
        commands=(*_BOTH, "adopt"),
        argument_of=("render", "adopt"),
        flags=("--template",),
        metavar="SOURCE",
        help="The template, instead of the manifest's or without any manifest.",
    ),
    Parameter(
        name="data",
        kind=Kind.DATA,
        commands=_WRITING,
        flags=("-d", "--data"),
        metavar="KEY=VALUE",
        field="pairs",
        help="One answer; the question's type says what the text means.",
        input_help="Answers to the template's questions: one mapping in YAML or JSON, such as `toJSON(inputs)` gives.",
    ),
    Parameter(
        name="data-file",
        kind=Kind.PATH,
        commands=_WRITING,
        flags=("--data-file",),
        metavar="FILE",
        help="A YAML file of answers; those of data come first.",
    ),
    Parameter(
        name="ref",
        commands=_ALL,
        flags=("-r", "--ref", "--vcs-ref"),
        metavar="REF",
        help="The template's branch, tag or commit, or a range of versions.",
    ),
    Parameter(
        name="prereleases",
        kind=Kind.FLAG,
        commands=_ALL,
        flags=("--prereleases",),
        help="Let pre-releases of the template count when the newest version is chosen.",
    ),
    Parameter(
        name="format",
        commands=(*_BOTH, "adopt"),
        flags=("--format",),
        choices=tuple(map(str, Format)),
        help="The template's format, where its files leave open which one is meant.",
    ),
    Parameter(
        name="destination",
        commands=_BOTH,
        argument_of=("render",),
        flags=("--destination",),
        metavar="DIR",
        help="The project's folder, instead of the manifest's.",
    ),
    Parameter(
        name="answers-file",
        commands=("render", "update", "check", "adopt"),
        flags=("-a", "--answers-file"),
        metavar="NAME",
        help="The path of Copier's answers file in the project; for update and check any tool's state file, where there are several.",
    ),
    Parameter(
        name="project",
        commands=("update", "deliver", "adopt"),
        argument_of=("update", "adopt"),
        flags=("--project",),
        metavar="DIR",
        help="The project's folder.",
    ),
    Parameter(name="name", commands=("adopt",), flags=("--name",), metavar="NAME", help="What the project is called: name, or owner/name."),
    Parameter(name="description", commands=("adopt",), flags=("--description",), metavar="TEXT", help="What the project is, in one line."),
    Parameter(
        name="projects",
        kind=Kind.LIST,
        commands=("check",),
        argument_of=("check",),
        flags=("--projects",),
        metavar="DIR",
        help="Folders of projects, or of repositories with projects in them.",
    ),
    Parameter(
        name="drift",
        kind=Kind.FLAG,
        commands=("check",),
        flags=("--drift",),
        help="Also tell which files are not as the template gives them.",
    ),
    Parameter(
        name="heal",
        kind=Kind.LIST,
        commands=("check",),
        flags=("--heal",),
        metavar="PATH",
        help="Give this file, or what lies in this folder of the project, back what the template gives; implies drift.",
    ),
    Parameter(
        name="source",
        commands=("update", "check"),
        flags=("--source",),
        metavar="SOURCE",
        help="Where the template is now, if it has moved.",
    ),
    Parameter(
        name="conflict",
        commands=("update",),
        flags=("--conflict",),
        choices=("markers", "inline", "project", "template", "fail"),
        help="What a file becomes in which project and template changed the same lines.",
    ),
    *PULL_REQUESTS,
    Parameter(
        name="cruft",
        kind=Kind.FLAG,
        commands=("render",),
        flags=("--cruft",),
        help="Write .cruft.json too, so that Cruft can go on with a project of a Cookiecutter template.",
    ),
    Parameter(
        name="replay-file",
        kind=Kind.PATH,
        commands=("render",),
        flags=("--replay-file",),
        metavar="FILE",
        help="Take the answers of a replay file of Cookiecutter; those of data and data-file come first.",
    ),
    Parameter(
        name="save-replay",
        kind=Kind.PATH,
        commands=("render",),
        flags=("--save-replay",),
        metavar="FILE",
        help="Write the answers to this replay file of Cookiecutter.",
    ),
    Parameter(name="stages", flags=("--stages",), metavar="LIST", help=f"Only these stages, separated by commas: {', '.join(STAGES)}."),
    Parameter(name="skip-stages", flags=("--skip-stages",), metavar="LIST", help="All stages but these, separated by commas."),
    Parameter(name="index-url", flags=("--index-url",), metavar="URL", help="Where `to: pypi` uploads to when the manifest names no URL."),
    Parameter(
        name="trust",
        kind=Kind.FLAG,
        commands=_ALL,
        flags=("--trust",),
        help="Trust the templates of this run: their code may run.",
    ),
    Parameter(
        name="trust-source",
        kind=Kind.LIST,
        commands=_ALL,
        flags=("--trust-source",),
        metavar="PATTERN",
        help="Trust sources that match; a folder trusts what lies below it.",
    ),
    Parameter(
        name="allow-program",
        kind=Kind.LIST,
        flags=("--allow-program",),
        metavar="NAME",
        help="Let install and start commands call this program too.",
    ),
    Parameter(
        name="allow-protocol",
        kind=Kind.LIST,
        commands=(*_ALL, "deliver"),
        flags=("--allow-protocol",),
        choices=("http", "file"),
        help="Let git use this transport too, besides https and ssh.",
    ),
    Parameter(
        name="env",
        kind=Kind.LIST,
        commands=_ALL,
        flags=("--env",),
        metavar="NAME",
        field="environment",
        help="Hand this environment variable to template code.",
    ),
    Parameter(
        name="skip-tasks",
        kind=Kind.FLAG,
        commands=_ALL,
        flags=("--skip-tasks",),
        help="Run none of the template's commands, tasks, hooks and migrations.",
    ),
    Parameter(
        name="overwrite",
        kind=Kind.FLAG,
        commands=_BOTH,
        flags=("--overwrite",),
        help="Write into a folder that is not empty; deletes nothing.",
    ),
    Parameter(
        name="dry-run",
        kind=Kind.FLAG,
        commands=(*_ALL, "deliver"),
        flags=("-n", "--dry-run", "--pretend"),
        help="Show the plan, change nothing. For that, update, check --drift and adopt run what a trusted template runs, in copies.",
    ),
    Parameter(
        name="pack",
        kind=Kind.PATH,
        flags=("--pack",),
        metavar="DIR",
        help="Leave the commit as one bundle, and the built packages, in this folder for another job.",
    ),
    Parameter(
        name="unpack",
        kind=Kind.PATH,
        flags=("--unpack",),
        metavar="DIR",
        needs="digest",
        help="Go on with what another job packed into this folder; no code of the template runs.",
        input_help="Go on with what another job packed into this folder; no code of the template runs. It needs digest.",
    ),
    Parameter(
        name="digest",
        kind=Kind.LIST,
        flags=("--digest",),
        metavar="SHA256",
        help="What may be unpacked: the output `digest` of the job that packed.",
    ),
    Parameter(
        name="token",
        kind=Kind.VARIABLE,
        commands=COMMANDS,
        variable="GITHUB_TOKEN",
        default="${{ github.token }}",
        help="The workflow's own token, for the repository that the workflow runs in.",
    ),
    Parameter(
        name="repository-token",
        kind=Kind.VARIABLE,
        commands=("create", *PROPOSING),
        variable="ROBOT_ACTION_REPOSITORY_TOKEN",
        help="The token that makes repositories, pushes to them and opens pull requests: a GitHub App's or a personal one.",
    ),
    Parameter(
        name="app-client-id",
        kind=Kind.VARIABLE,
        commands=("create", *PROPOSING),
        variable="ROBOT_ACTION_APP_CLIENT_ID",
        help="The client id of a GitHub App; with private-key, instead of repository-token.",
    ),
    Parameter(
        name="private-key",
        kind=Kind.VARIABLE,
        commands=("create", *PROPOSING),
        variable="ROBOT_ACTION_APP_PRIVATE_KEY",
        help="The private key of that App, in PEM.",
    ),
    Parameter(
        name="index-token",
        kind=Kind.VARIABLE,
        variable="PYPI_TOKEN",
        help="The token, or `user:password`, for index-url; without that, for the default package index.",
    ),
    Parameter(
        name="log-level",
        kind=Kind.VARIABLE,
        commands=COMMANDS,
        choices=("debug", "info", "warning", "error"),
        variable="LOG_LEVEL",
        help="How much is logged.",
    ),
)


def parameters_of(command: str) -> Iterator[Parameter]:
    """Yield the rows of one command."""
    return (parameter for parameter in PARAMETERS if command in parameter.commands)


def options_of(command: str) -> Iterator[Parameter]:
    """Yield the rows that are options of a command on the command line."""
    return (parameter for parameter in parameters_of(command) if parameter.flags and command not in parameter.argument_of)
