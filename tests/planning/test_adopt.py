"""How near a project is to its template is told in a few lines, however many files differ."""

from __future__ import annotations

from pathlib import Path

from robot_action.model.adopt import AdoptFacts, AdoptRequest, Nearness
from robot_action.model.link import Link, Tool
from robot_action.model.tree import Entry, Mode
from robot_action.planning.adopt import plan_adopt
from tests.planning.values import SOURCE, TEMPLATE

REQUEST = AdoptRequest(Path("/projects/demo"), SOURCE, 0)
LINK = Link(Tool.COPIER, ".copier-answers.yml", SOURCE.text)


def details(nearness: Nearness, *defaulted: str) -> tuple[str, ...]:
    facts = AdoptFacts(LINK, TEMPLATE, Entry(Mode.FILE, b"state"), nearness, defaulted)
    (step,) = plan_adopt(REQUEST, facts).steps
    return step.details


def test_a_few_files_are_all_named() -> None:
    paths = tuple(f"{number:02}.txt" for number in range(20))
    assert details(Nearness(("a",), paths, ("m",)), "colour") == (
        "files as the template gives them: 1; different: 20; missing: 1",
        *(f"different: {path}" for path in paths),
        "missing: m",
        "answers taken from the defaults: colour",
    )


def test_of_many_the_first_are_named_and_the_rest_is_counted() -> None:
    paths = tuple(f"{number:04}.txt" for number in range(1_521))
    found = details(Nearness(missing=paths))
    assert found[0] == "files as the template gives them: 0; different: 0; missing: 1,521"
    assert found[1:] == (*(f"missing: {path}" for path in paths[:20]), "missing: 1,501 more")
