"""Problems -> lines, as compilers write them: the place, what is wrong, and below it what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from robot_action.reporting.clean import clean_lines
from robot_action.reporting.lines import Line, Role, line, span

if TYPE_CHECKING:
    from robot_action.reporting.views import ProblemView


def problem_lines(problems: Iterable[ProblemView]) -> Iterator[Line]:
    """Yield every problem with its place and hint; further lines of a message stand below its first one."""
    for problem in problems:
        first, *rest = clean_lines(problem.message) or ("",)
        place = (span(f"{problem.place}: ", Role.HEADING),) if problem.file else ()
        yield line(*place, span("error: ", Role.BAD), first)
        for text in rest:
            yield line("    ", text)
        for text in clean_lines(problem.hint):
            yield line("  ", span(text, Role.QUIET))
