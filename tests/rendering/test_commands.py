"""Commands are rendered argument by argument, after they were split."""

from collections.abc import Sequence

import pytest

from robot_action.model.template import Command, Commands, Question, Readiness, ReadinessKind, Rendering, RenderRequest, Start
from robot_action.model.values import Value
from robot_action.rendering.engine import render
from tests.rendering.samples import AT, ask, make_request, problems

QUESTIONS = [ask("a", default="two words; rm -rf /"), ask("docs", "bool", default=False)]


def install(*commands: Sequence[str], data: dict[str, Value] | None = None) -> Rendering:
    wanted = Commands(tuple(Command(tuple(arguments), AT) for arguments in commands), 90.0)
    return render(make_request({}, QUESTIONS, data, install=wanted))


def start(arguments: Sequence[str], readiness: Readiness, questions: Sequence[Question] = ()) -> RenderRequest:
    return make_request({}, questions, start=Start(Command(tuple(arguments), AT), readiness, 5.0, 2))


def test_an_answer_with_spaces_stays_one_argument() -> None:
    commands = install(["uv", "run", "{{ a }}", "--x={{ a }}"]).install
    assert commands == Commands((Command(("uv", "run", "two words; rm -rf /", "--x=two words; rm -rf /"), AT),), 90.0)


def test_an_argument_that_renders_to_nothing_is_dropped() -> None:
    argument = "{% if docs %}--docs{% endif %}"
    assert install(["make", argument]).install.commands[0].arguments == ("make",)
    assert install(["make", argument], data={"docs": True}).install.commands[0].arguments == ("make", "--docs")


def test_an_empty_argument_that_was_written_stays() -> None:
    assert install(["make", ""]).install.commands[0].arguments == ("make", "")


def test_a_command_without_arguments_is_dropped() -> None:
    assert [command.arguments for command in install(["{{ '' }}"], ["make"]).install.commands] == [("make",)]


def test_the_start_is_rendered_and_keeps_its_port() -> None:
    rendered = render(start(["run", "{{ year }}", "{port}"], Readiness(ReadinessKind.URL, "http://127.0.0.1:{port}/{{ year }}"))).start
    assert rendered == Start(Command(("run", "2031", "{port}"), AT), Readiness(ReadinessKind.URL, "http://127.0.0.1:{port}/2031"), 5.0, 2)


def test_a_start_without_arguments_is_none() -> None:
    assert render(start(["{{ '' }}"], Readiness())).start is None


@pytest.mark.parametrize("argument", ["{{ nope }}", "{{ '\\0' }}", "{{ '\\ud800' }}", "{{"])
def test_what_cannot_be_rendered_is_told_with_its_place(argument: str) -> None:
    found = problems(make_request({}, install=Commands((Command(("make", argument), AT), Command((argument,), AT)))))
    assert found
    assert all(problem.startswith("template.yml:4:3: in an install command: ") for problem in found)
    assert problems(start([argument], Readiness()))[0].startswith("template.yml:4:3: in the start command: ")
    assert problems(start(["x"], Readiness(ReadinessKind.LOG, argument)))[0].startswith("template.yml:4:3: in the start's readiness: ")


def test_unicode_is_fine() -> None:
    assert install(["make", "{{ 'größe' }}"]).install.commands[0].arguments[1] == "größe"
