"""Commands for the runner of GitHub Actions, and texts that it takes for none.

The rules are the runner's own (actions/runner, ``ActionCommand.cs``, ``ActionCommandManager.cs``, ``FileCommandManager.cs``):
``::name::`` counts at the start of a line, after blanks; ``##[name]`` counts anywhere in a line. Both are compared by
culture, in which invisible joiners do not count.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence

from robot_action.reporting.clean import clean, clean_lines
from robot_action.reporting.redact import secret_lines
from robot_action.reporting.report_json import report_json
from robot_action.reporting.views import ProblemView, ProjectView, ReportView, Result

ANNOTATIONS = 10
"""Annotations of one kind that GitHub shows for a step."""
ANNOTATION_LENGTH = 4096
"""Characters of an annotation that GitHub shows."""
OUTPUT_LIMIT = 450_000
"""Characters of the report among the outputs; all outputs of a job may have 1 MB, counted in UTF-16."""
END_GROUP = "::endgroup::"

_IGNORED = "[\u200c\u200d\ufe0e\ufe0f]*"
_LEGACY = re.compile(rf"#{_IGNORED}#{_IGNORED}\[")
_COMMAND = re.compile(rf"(?:\s|[\u200c\u200d\ufe0e\ufe0f])*:{_IGNORED}:")


def neutral(text: str) -> str:
    """Return one cleaned line that the runner takes for no command, whatever it holds."""
    line = _LEGACY.sub("## [", clean(text))
    return f"| {line}" if _COMMAND.match(line) else line


def _data(text: str) -> str:
    shown = "\n".join(_LEGACY.sub("## [", line) for line in clean_lines(text))
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def group(title: str) -> str:
    """Return the line that begins a group in the log; `END_GROUP` ends it."""
    return f"::group::{_data(title)}"


def fence(token: str) -> tuple[str, str]:
    """Return the lines between which the runner takes no line for a command; ``token`` is random, and new each time."""
    return f"::stop-commands::{token}", f"::{token}::"


def masks(secrets: Iterable[str]) -> tuple[str, ...]:
    """Return the lines that make the runner hide these texts, and each line of those with several."""
    return tuple(f"::add-mask::{line.replace('%', '%25')}" for line in secret_lines(secrets) if len(line.splitlines()) == 1)


def notice(text: str, title: str) -> str:
    """Return a notice of the whole run."""
    return f"::notice title={_property(title)}::{_data(text)}"


def error_annotations(problems: Sequence[ProblemView], *, workspace: str = "", title: str = "") -> Iterator[str]:
    """Yield an error annotation for each problem; where there are too many, the last one counts the rest.

    Args:
        problems: what is wrong.
        workspace: the checkout's folder, to which the files of annotations are relative.
        title: what stands above each annotation.
    """
    shown = problems if len(problems) <= ANNOTATIONS else problems[: ANNOTATIONS - 1]
    for problem in shown:
        yield _annotation(problem, workspace, title)
    if rest := len(problems) - len(shown):
        yield _annotation(ProblemView(f"and {rest} more errors; the log has all of them"), workspace, title)


def _annotation(problem: ProblemView, workspace: str, title: str) -> str:
    file = _annotatable(problem, workspace)
    places = {"file": file, "line": problem.line if file else 0, "col": problem.column if file and problem.line else 0, "title": title}
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in places.items() if value)
    message = problem.message if file or not problem.file else f"{problem.place}: {problem.message}"
    text = f"{message}\n{problem.hint}" if problem.hint else message
    cut = text if len(text) <= ANNOTATION_LENGTH else f"{text[: ANNOTATION_LENGTH - 3]}..."
    return f"::error{' ' if properties else ''}{properties}::{_data(cut)}"


def _annotatable(problem: ProblemView, workspace: str) -> str:
    """Return the problem's file relative to the workspace; empty for what is no file of it, such as a remote template's."""
    file = posixpath.normpath(relative_to(problem.path or problem.file, workspace))
    outside = file == "." or file.startswith(("/", "../", "--", "the input "))
    return "" if outside or (not problem.path and ": " in file) else file


def relative_to(path: str, workspace: str) -> str:
    """Return a path as steps outside of the container know it, who see the workspace elsewhere."""
    top = workspace.rstrip("/")
    return "." if top and path == top else path.removeprefix(f"{top}/") if top else path


def output(name: str, value: str, delimiter: str) -> str:
    """Return the lines that set one output; a random ``delimiter`` is lengthened where the value holds it nevertheless."""
    while delimiter in value:
        delimiter += "_"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def report_output(report: ReportView) -> str:
    """Return the report as an output has it: empty where it is too long."""
    text = report_json(report).strip()
    return text if len(text) <= OUTPUT_LIMIT else ""


def outputs(report: ReportView, delimiter: str, *, workspace: str = "") -> str:
    """Return all outputs of a run, those of `robot_action.model.outputs.OUTPUTS`; a single project's places among them.

    Args:
        report: what is told.
        delimiter: random, and new each time.
        workspace: the checkout's folder, to which the project's folder is relative.
    """
    values = {"result": _result(report), "exit-code": str(report.exit_code), "report": report_output(report)}
    values["digest"] = "\n".join(project.packed for project in report.projects if project.packed)
    if len(report.projects) == 1:
        project = report.projects[0]
        values |= {
            "project": project.project,
            "folder": relative_to(project.folder, workspace),
            "repository": project.repository.name if project.repository else "",
            "repository-url": project.repository.url if project.repository else "",
            **_branch(project),
            "version": project.version,
            "artifacts": json.dumps([name for release in project.releases for name in release.files]),
        }
    return "".join(output(name, value, delimiter) for name, value in values.items())


def _branch(project: ProjectView) -> dict[str, str]:
    """Return the outputs about the project's branch, and about its pull request."""
    commit, pull = project.commit, project.pull_request
    return {
        "branch": pull.branch if pull else commit.branch if commit else "",
        "commit": pull.commit if pull else commit.id if commit else "",
        "operation": pull.operation if pull else "",
        "pull-request-number": str(pull.number) if pull and pull.number else "",
        "pull-request-url": pull.url if pull else "",
        "conflicts": json.dumps(list(project.conflicts)),
    }


def _result(report: ReportView) -> str:
    """Return the result that all projects share, or ``mixed``; ``failed`` when one failed."""
    results = {project.result for project in report.projects}
    if Result.FAILED in results or report.exit_code:
        return Result.FAILED.value
    return results.pop().value if len(results) == 1 else "mixed" if results else Result.UNCHANGED.value
