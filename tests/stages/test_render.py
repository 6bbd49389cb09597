"""Render: the wanted tree, and how it fits what stands at the destination."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from robot_action.clients.files import LocalFiles
from robot_action.errors import FailedError, InputError, Position
from robot_action.model.cookiecutter import CookiecutterSettings
from robot_action.model.copier import CopierSettings
from robot_action.model.facts import Destination, DestinationKind, Facts
from robot_action.model.plan import RenderStep, Status, Written
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest, RenderWanted
from robot_action.model.state import STATE_FILE
from robot_action.model.surroundings import Surroundings
from robot_action.model.task_step import Worked
from robot_action.model.tasks import TEMPLATE_FOLDER
from robot_action.model.template import Rendering, RenderRequest, Template
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.parsing.state_file import parse_state
from robot_action.ports import Ports
from robot_action.stages import render
from tests.planning.values import MANIFEST, RENDERING, REQUEST, TEMPLATE

TREE = Tree({"README.md": Entry(Mode.FILE, b"# demo"), "src/a.py": Entry(Mode.FILE, b"a")})


class Recorder:
    """A renderer that gives a fixed tree and records what it was asked."""

    def __init__(self) -> None:
        self.requests: list[RenderRequest] = []

    def render(self, request: RenderRequest) -> Rendering:
        self.requests.append(request)
        return replace(RENDERING, tree=TREE)


def ports(folder: Path, recorder: Recorder | None = None) -> Ports:
    known = recorder or Recorder()
    return cast("Ports", SimpleNamespace(files=LocalFiles(folder / "locks"), renderer=known))


def request(folder: Path, **changes: Any) -> CreateRequest:
    return replace(REQUEST, manifest=replace(MANIFEST, destination=folder / "demo", **changes))


def facts(folder: Path, kind: DestinationKind = DestinationKind.FREE) -> Facts:
    return Facts(template=TEMPLATE, destination=Destination(folder / "demo", kind))


def classify(folder: Path, kind: DestinationKind = DestinationKind.FREE) -> Destination:
    found = render.inspect(ports(folder), request(folder), facts(folder, kind)).destination
    assert found is not None
    return found


def put(folder: Path, *names: str, text: str = "x") -> None:
    for name in names:
        path = folder / "demo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_the_wanted_tree_has_the_state_file_that_pins_the_template(tmp_path: Path) -> None:
    found = render.inspect(ports(tmp_path), request(tmp_path), facts(tmp_path, DestinationKind.NEW))
    assert found.wanted is not None
    state = parse_state(found.wanted[STATE_FILE].content, STATE_FILE)
    assert state == found.state
    assert state.templates[0].digest == TREE.digest
    assert state.templates[0].commit == TEMPLATE.commit


def test_an_answer_that_is_too_long_to_be_remembered_is_refused_where_it_stands(tmp_path: Path) -> None:
    class Generous(Recorder):
        def render(self, request: RenderRequest) -> Rendering:
            return replace(super().render(request), recorded=request.data)

    place = Position("demo.yml", 7, 3)
    wanted = request(tmp_path, data={"items": "x" * 2**20}, positions={"data.items": place})
    with pytest.raises(InputError, match="the answers cannot be written") as caught:
        render.inspect(ports(tmp_path, Generous()), wanted, facts(tmp_path))
    assert [problem.position for problem in caught.value.problems] == [place]


def test_the_template_sees_the_project_and_the_year_of_the_run(tmp_path: Path) -> None:
    recorder = Recorder()
    render.inspect(ports(tmp_path, recorder), request(tmp_path, kind="component"), facts(tmp_path, DestinationKind.NEW))
    seen = recorder.requests[0]
    assert seen.year == 2023
    assert seen.project["repository"] == "acme/demo"
    assert seen.project["kind"] == "component"
    assert seen.project["package"] == "demo"
    assert seen.template_version == "2.1.0"


def test_without_a_kind_the_templates_first_is_taken(tmp_path: Path) -> None:
    recorder = Recorder()
    render.inspect(ports(tmp_path, recorder), request(tmp_path, repository=None), facts(tmp_path, DestinationKind.NEW))
    assert recorder.requests[0].project["kind"] == "project"
    assert recorder.requests[0].project["repository"] == ""


@pytest.mark.parametrize("kind", [DestinationKind.NEW, DestinationKind.OURS])
def test_a_new_or_finished_destination_is_not_looked_at_again(tmp_path: Path, kind: DestinationKind) -> None:
    put(tmp_path, "other")
    assert classify(tmp_path, kind).kind is kind


def test_dot_files_ignorable_folders_and_files_of_ours_leave_it_free(tmp_path: Path) -> None:
    put(tmp_path, ".env", ".idea/x", "node_modules/x", "src/__pycache__/x")
    put(tmp_path, "src/a.py", text="a")
    assert classify(tmp_path, DestinationKind.FOREIGN).kind is DestinationKind.FREE


def test_a_file_of_nobody_makes_it_foreign_and_is_named(tmp_path: Path) -> None:
    put(tmp_path, "src/b.py", "docs/x")
    found = classify(tmp_path)
    assert found.kind is DestinationKind.FOREIGN
    assert set(found.foreign) == {"src/b.py", "docs"}


def test_a_file_of_ours_with_another_content_would_be_replaced_and_is_named(tmp_path: Path) -> None:
    put(tmp_path, "README.md")
    found = classify(tmp_path)
    assert found.kind is DestinationKind.FOREIGN
    assert found.replaced == ("README.md",)


def test_what_was_there_before_is_told_from_what_came_with_the_project(tmp_path: Path) -> None:
    put(tmp_path, ".env")
    put(tmp_path, "src/a.py", text="a")
    assert classify(tmp_path).earlier == {".env"}
    put(tmp_path, STATE_FILE)
    put(tmp_path, "made-by-install", ".python-version")
    assert classify(tmp_path, DestinationKind.OURS).earlier == {".env"}


def test_of_many_foreign_files_some_are_named(tmp_path: Path) -> None:
    put(tmp_path, *(f"f{number}" for number in range(50)))
    assert len(classify(tmp_path).foreign) == 10


def test_without_a_template_there_is_nothing_to_render(tmp_path: Path) -> None:
    with pytest.raises(FailedError):
        render.inspect(ports(tmp_path), request(tmp_path), Facts())


def step(folder: Path, **changes: Any) -> RenderStep:
    return RenderStep(stage="render", title="write", tree=TREE, destination=folder / "demo", **changes)


def test_a_new_project_is_written(tmp_path: Path) -> None:
    outcome = render.apply(ports(tmp_path), step(tmp_path), Outcomes())
    assert outcome.summary == f"2 files in {tmp_path / 'demo'}"
    assert (tmp_path / "demo/src/a.py").read_text() == "a"


def test_an_existing_folder_is_written_into(tmp_path: Path) -> None:
    put(tmp_path, "mine")
    render.apply(ports(tmp_path), step(tmp_path, into_existing=True), Outcomes())
    assert {path.name for path in (tmp_path / "demo").iterdir()} == {"mine", "README.md", "src"}


def test_what_was_overwritten_is_told_within_bounds(tmp_path: Path) -> None:
    put(tmp_path, "README.md")
    outcome = render.apply(ports(tmp_path), step(tmp_path, into_existing=True, overwrites=tuple(f"{n:02}" for n in range(12))), Outcomes())
    assert outcome.details[:2] == ("overwrote 00", "overwrote 01")
    assert outcome.details[10:] == ("and 2 more",)
    assert outcome.result == Written(tmp_path / "demo")


# Templates of other formats


FOREIGN = replace(TEMPLATE, specification=replace(TEMPLATE.specification, settings=CopierSettings(external_data={"other": "b.yml"})))
COOKIE = replace(TEMPLATE, specification=replace(TEMPLATE.specification, settings=CookiecutterSettings()))


def rendered_only(folder: Path, **wanted: Any) -> CreateRequest:
    return replace(request(folder), render=RenderWanted(**wanted), seed="a-seed")


def foreign(folder: Path, kind: DestinationKind = DestinationKind.NEW, template: Template = FOREIGN) -> Facts:
    return replace(facts(folder, kind), template=template)


def test_a_foreign_template_is_told_about_itself_and_its_run(tmp_path: Path) -> None:
    put(tmp_path, "a.yml", "sub/b.yaml", "c.txt", text="x: 1")
    recorder = Recorder()
    template = replace(FOREIGN, described="v2.1.0-1-gabc", source=replace(FOREIGN.source, ref="main", text=f"{FOREIGN.source.text}@main"))
    render.inspect(
        ports(tmp_path, recorder), rendered_only(tmp_path, answers_file="a.yml"), foreign(tmp_path, DestinationKind.FREE, template)
    )
    (asked,) = recorder.requests
    told = asked.surroundings
    assert (told.source, told.ref, told.commit, told.described) == (FOREIGN.source.text, "main", TEMPLATE.commit, "v2.1.0-1-gabc")
    assert (told.destination, told.answers_file, told.operation) == (str(tmp_path / "demo"), "a.yml", "copy")
    assert (told.files, told.folder) == ({"a.yml": b"x: 1", "sub/b.yaml": b"x: 1"}, TEMPLATE_FOLDER)
    assert (asked.moment, asked.seed, asked.trusted) == (float(REQUEST.epoch), "a-seed", True)


def test_our_own_templates_are_told_nothing_of_that(tmp_path: Path) -> None:
    recorder = Recorder()
    render.inspect(ports(tmp_path, recorder), request(tmp_path), facts(tmp_path, DestinationKind.NEW))
    assert recorder.requests[0].surroundings == Surroundings()


def test_a_rendering_alone_has_only_the_state_file_of_its_format(tmp_path: Path) -> None:
    def state_files(wanted: CreateRequest, found: Facts) -> set[str]:
        tree = render.inspect(ports(tmp_path), wanted, found).wanted
        return set(tree or ()) - set(TREE)

    assert state_files(rendered_only(tmp_path), foreign(tmp_path)) == set()
    assert state_files(rendered_only(tmp_path), facts(tmp_path, DestinationKind.NEW)) == {STATE_FILE}
    assert state_files(request(tmp_path), foreign(tmp_path)) == {STATE_FILE}
    assert state_files(rendered_only(tmp_path, cruft=True), foreign(tmp_path, template=COOKIE)) == {".cruft.json"}


@pytest.mark.parametrize("template", [FOREIGN, replace(COOKIE, commit="")], ids=["of copier", "without a commit"])
def test_cruft_cannot_go_on_with_any_project(tmp_path: Path, template: Template) -> None:
    with pytest.raises(InputError, match="Cruft cannot go on"):
        render.inspect(ports(tmp_path), rendered_only(tmp_path, cruft=True), foreign(tmp_path, template=template))


def test_files_that_the_template_keeps_stay_as_they_are(tmp_path: Path) -> None:
    class Keeping(Recorder):
        def render(self, request: RenderRequest) -> Rendering:
            return replace(super().render(request), kept=frozenset({"README.md", "src/a.py"}))

    put(tmp_path, "README.md", text="mine")
    found = render.inspect(ports(tmp_path, Keeping()), rendered_only(tmp_path), foreign(tmp_path, DestinationKind.FREE))
    assert set(found.wanted or ()) == {"src/a.py"}
    assert found.destination is not None
    assert found.destination.replaced == ()


def test_a_rendering_alone_counts_what_stands_there_and_not_whose_it_is(tmp_path: Path) -> None:
    wanted = rendered_only(tmp_path)
    put(tmp_path, "README.md", text="# demo")
    assert render.inspect(ports(tmp_path), wanted, foreign(tmp_path, DestinationKind.OURS)).destination == replace(
        Destination(tmp_path / "demo", DestinationKind.FREE), earlier=frozenset()
    )
    put(tmp_path, "README.md", text="another")
    changed = render.inspect(ports(tmp_path), wanted, foreign(tmp_path, DestinationKind.OURS)).destination
    assert changed is not None
    assert (changed.kind, changed.replaced) == (DestinationKind.FOREIGN, ("README.md",))


def test_what_tasks_left_is_written_and_replaces_nothing_that_was_there(tmp_path: Path) -> None:
    put(tmp_path, "made", text="mine")
    step = RenderStep(stage="render", title="x", tree=TREE, destination=tmp_path / "demo", into_existing=True)
    made = {"made": Entry(Mode.FILE, b"theirs"), "new": Entry(Mode.FILE, b"new"), "README.md": Entry(Mode.FILE, b"worked on")}
    render.apply(ports(tmp_path), step, Outcomes((Outcome("tasks", Status.DONE, result=Worked(TREE.with_entries(made))),)))
    found = {path.name: path.read_text() for path in (tmp_path / "demo").iterdir() if path.is_file()}
    assert found == {"made": "mine", "new": "new", "README.md": "worked on"}


def test_a_replay_file_is_written_beside_the_project(tmp_path: Path) -> None:
    file = tmp_path / "replays" / "r.json"
    step = RenderStep(stage="render", title="x", tree=TREE, destination=tmp_path / "demo", replay=(file, b"{}"))
    render.apply(ports(tmp_path), step, Outcomes())
    assert file.read_bytes() == b"{}"
