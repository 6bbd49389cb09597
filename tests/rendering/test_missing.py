"""Missing answers are shown as a block that can be pasted."""

import yaml

from robot_action.errors import Position
from robot_action.model.template import Choice
from robot_action.rendering.missing import missing_problem
from tests.rendering.samples import AT, ask


def test_the_block_is_yaml_with_types_choices_and_help_as_comments() -> None:
    choices = (Choice("Fast", "fastapi"), Choice("Flask", "flask"))
    problem = missing_problem(
        [
            (ask("framework", help="The web\nframework"), choices),
            (ask("parts", "int", multiselect=True), (Choice("1", 1), Choice("yes", True))),
            (ask("on", "bool"), ()),
        ]
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
    problem = missing_problem([(ask("a"), tuple(Choice(str(n), str(n)) for n in range(30)))])
    assert (problem.hint or "").endswith("18, 19, ...")


def test_the_problem_stands_at_the_first_of_them() -> None:
    assert missing_problem([(ask("a"), ()), (ask("b"), ())]).position == Position("template.yml", 4, 3)
