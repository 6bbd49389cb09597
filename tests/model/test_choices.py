"""What can be named on a command line is what there is."""

from robot_action.model import choices, request, template


def test_they_are_those_of_the_modules_that_need_them() -> None:
    assert request.STAGES is choices.STAGES
    assert template.Format is choices.Format
