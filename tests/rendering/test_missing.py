"""Missing answers are shown as a block that can be pasted."""

import yaml

from robot_action.errors import MissingAnswersError, Position, Problem
from robot_action.model.template import Choice
from robot_action.rendering.missing import missing_problem, refusal
from tests.rendering.samples import AT, ask, make_request


def test_the_block_is_yaml_with_types_choices_and_help_as_comments() -> None:
    choices = (Choice("Fast", "fastapi"), Choice("Flask", "flask"))
    problem = missing_problem(
        [
            (ask("framework", help="The web\nframework"), choices),
            (ask("parts", "int", multiselect=True), (Choice("1", 1), Choice("yes", True))),
            (ask("on", "bool"), ()),
        ],
        is_new=True,
    )
    assert problem.message == "3 answers are missing: framework, parts, on"
    assert problem.position == AT
    assert problem.hint == (
        "Answer with -d NAME=VALUE, or in the manifest:\n"
        "data:\n"
        "  framework:  # str; one of fastapi, flask; The web framework\n"
        "  parts:  # list of int; any of 1, true\n"
        '  "on":  # bool'
    )
    block = (problem.hint or "").partition("\n")[2]
    assert yaml.safe_load(block) == {"data": {"framework": None, "parts": None, "on": None}}


def test_many_choices_are_cut() -> None:
    problem = missing_problem([(ask("a"), tuple(Choice(str(n), str(n)) for n in range(30)))], is_new=True)
    assert (problem.hint or "").endswith("18, 19, ...")


def test_the_problem_stands_at_the_first_of_them() -> None:
    assert missing_problem([(ask("a"), ()), (ask("b"), ())], is_new=True).position == Position("template.yml", 4, 3)


def test_a_project_that_is_there_has_no_manifest_to_be_told_of() -> None:
    problem = missing_problem([(ask("a", help="What"), ()), (ask("b"), ())], is_new=False)
    assert problem.hint == "Answer with -d NAME=VALUE, or in a file for --data-file:\na:  # str; What\nb:  # str"


def test_what_is_wrong_is_told_with_what_is_missing_and_the_names_of_that_go_along() -> None:
    request = make_request()
    wrong = Problem("a is wrong, and hush")
    assert not isinstance(refusal(request, [wrong], [], ()), MissingAnswersError)
    error = refusal(request, [wrong], [(ask("b"), ())], ("hush",))
    assert isinstance(error, MissingAnswersError)
    assert (error.names, [problem.message for problem in error.problems]) == (("b",), ["a is wrong, and ***", "an answer is missing: b"])
