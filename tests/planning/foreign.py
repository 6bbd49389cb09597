"""What the planning tests of foreign templates share."""

from dataclasses import replace

from robot_action.errors import Position
from robot_action.model.cookiecutter import CookiecutterSettings
from robot_action.model.copier import CopierSettings
from robot_action.model.facts import Facts
from robot_action.model.request import CreateRequest, RenderWanted, Trust
from robot_action.model.tasks import TEMPLATE_FOLDER, Task
from robot_action.model.template import Specification
from tests.planning.values import NOTHING, RENDERING, REQUEST, TEMPLATE

AT = Position("t: copier.yml", 4, 5)
BEFORE = Task((), script=(".py", b""), before=True, position=Position("t: hooks/pre_gen_project.py", 1))
AFTER = Task("make all", position=AT)
NAMING = Task(("cp", f"{TEMPLATE_FOLDER}/x", "."), position=AT)

COPIER = Specification(
    "t",
    file="copier.yml",
    places={"_jinja_extensions": Position("t: copier.yml", 1, 1)},
    settings=CopierSettings(extensions=("jinja2.ext.do", "thing.Extension"), tasks=(AFTER, NAMING)),
)
COOKIECUTTER = Specification(
    "t",
    file="cookiecutter.json",
    settings=CookiecutterSettings(hooks={"pre_prompt": ("hooks/pre_prompt.py",), "post_gen_project": ("hooks/post_gen_project.sh",)}),
)
RENDER = replace(REQUEST, stages=("fetch", "render", "tasks"), render=RenderWanted())
UNTRUSTED = replace(RENDER, trust=Trust())


def with_tasks(*tasks: Task, facts: Facts = NOTHING) -> Facts:
    return replace(facts, rendering=replace(RENDERING, tasks=tasks), template=replace(TEMPLATE, specification=COPIER))


def in_place(facts: Facts) -> Facts:
    assert facts.machine is not None
    return replace(facts, machine=replace(facts.machine, isolated=False))


def only(request: CreateRequest, *stages: str) -> CreateRequest:
    return replace(request, stages=stages)
