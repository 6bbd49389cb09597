"""create's plan: what is done in every state that a killed run can leave."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from robot_action.errors import FailedError, NotPermittedError
from robot_action.model.facts import Destination, DestinationKind, Facts, LocalRepository, Release
from robot_action.model.plan import (
    CommitStep,
    Committed,
    InstallStep,
    Placed,
    Published,
    PublishStep,
    Pushed,
    PushStep,
    RenderStep,
    RepositoryStep,
    Step,
)
from robot_action.model.request import STAGES, CreateRequest, Trust
from robot_action.model.state import State, TemplateState
from robot_action.model.template import Command, Commands, Specification
from robot_action.planning.create import plan_create
from robot_action.planning.identity import commit_message, is_without_install
from robot_action.planning.permission import check_forbidden
from tests.planning import values
from tests.planning.values import (
    COMMITTED,
    ELSEWHERE,
    EMPTY,
    FULL,
    HEAD,
    MANIFEST,
    NOTHING,
    OWN_STAGES,
    PUSHED,
    RENDERED,
    REQUEST,
    STATE,
    TARGET,
)


def steps(facts: Facts, request: CreateRequest = REQUEST) -> Mapping[str, Step]:
    return {step.stage: step for step in plan_create(request, facts).steps}


def acting(facts: Facts, request: CreateRequest = REQUEST) -> list[str]:
    return [step.stage for step in plan_create(request, facts).steps if step.skip is None]


def wanting(**changes: object) -> CreateRequest:
    return replace(REQUEST, manifest=replace(MANIFEST, **changes))


def released(facts: Facts, *names: str) -> Facts:
    return replace(facts, releases=(Release(TARGET, "demo", "0.1.0", dict.fromkeys(names, "")),))


def test_a_project_that_is_not_there_takes_every_stage_in_order() -> None:
    assert acting(NOTHING) == list(OWN_STAGES)


@pytest.mark.parametrize(
    ("facts", "left"),
    [
        (RENDERED, ["install", "start", "commit", "repository", "push", "publish"]),
        (COMMITTED, ["repository", "push", "publish"]),
        (EMPTY, ["repository", "push", "publish"]),
        (PUSHED, ["publish"]),
        (released(PUSHED, "demo-0.1.0.tar.gz"), ["publish"]),
        (released(PUSHED, "demo-0.1.0.tar.gz", "demo-0.1.0-py3-none-any.whl"), []),
    ],
)
def test_a_run_goes_on_where_a_killed_one_ended(facts: Facts, left: list[str]) -> None:
    assert [stage for stage in acting(facts) if stage not in {"prepare", "fetch"}] == left


def test_every_skipped_step_says_why() -> None:
    assert all(
        step.skip is None or len(step.skip) > 5 for facts in (NOTHING, RENDERED, COMMITTED, PUSHED) for step in steps(facts).values()
    )


def test_later_stages_are_told_what_was_done_before() -> None:
    told = steps(released(PUSHED, "demo-0.1.0.tar.gz", "demo-0.1.0-py3-none-any.whl"))
    assert told["commit"].known == Committed(HEAD, "main", "v0.1.0")
    assert told["repository"].known == Placed("acme/demo", FULL.url, FULL.clone_url)
    assert isinstance(told["publish"].known, Published)


def test_an_existing_project_is_reported_with_its_differences_and_left_alone() -> None:
    found = replace(FULL, visibility="public", head_message="somebody's")
    plan = plan_create(wanting(data={"colour": "blue"}), replace(PUSHED, repository=found))
    assert plan.exists
    assert acting(replace(PUSHED, repository=found)) == ["prepare", "fetch"]
    assert any("public" in line for line in plan.differences)
    assert any("colour" in line and "'red'" in line and "'blue'" in line for line in plan.differences)


def test_a_project_on_its_host_is_not_made_again_where_nothing_of_it_is() -> None:
    plan = plan_create(wanting(publish=()), ELSEWHERE)
    assert plan.exists
    assert [step.stage for step in plan.steps if step.skip is None] == ["prepare"]


def test_an_unfinished_release_is_made_of_the_commit_on_the_host() -> None:
    facts = released(replace(NOTHING, repository=FULL))
    step = steps(facts)["publish"]
    assert isinstance(step, PublishStep)
    assert step.pushed == Pushed(FULL.clone_url, HEAD, "main")
    assert acting(facts) == ["prepare", "fetch", "publish"]


def test_a_folder_at_another_commit_than_the_repository_is_a_difference() -> None:
    found = replace(FULL, heads={"main": "b" * 40})
    assert any("the repository at bbbbbbbbbbbb" in line for line in plan_create(REQUEST, replace(PUSHED, repository=found)).differences)


LATER = ("install", "start", "commit", "push", "publish")


@pytest.mark.parametrize("stage", LATER)
def test_without_render_nothing_is_done_to_what_is_not_the_project(stage: str) -> None:
    request = replace(REQUEST, stages=("prepare", "fetch", stage), overwrite=True)
    for kind, error in (
        (DestinationKind.NEW, FailedError),
        (DestinationKind.FREE, FailedError),
        (DestinationKind.FOREIGN, NotPermittedError),
    ):
        with pytest.raises(error):
            plan_create(request, replace(NOTHING, destination=Destination(values.DESTINATION, kind, foreign=("x",))))


def test_a_commit_made_under_another_version_is_pushed_with_no_tag_of_this_one() -> None:
    step = steps(COMMITTED, wanting(tag="v9.0.0"))["push"]
    assert isinstance(step, PushStep)
    assert step.tag is None


@pytest.mark.parametrize(
    ("local", "text"),
    [
        (LocalRepository(HEAD, "feature"), "feature checked out, not main"),
        (LocalRepository(HEAD, ""), "no branch checked out"),
        (LocalRepository(HEAD, "main", tags={"v0.1.0": "b" * 40}), "has a tag v0.1.0"),
    ],
)
def test_a_repository_that_cannot_be_continued_is_refused_before_anything_is_written(local: LocalRepository, text: str) -> None:
    with pytest.raises(NotPermittedError, match=text):
        plan_create(REQUEST, replace(NOTHING, local=local))


def test_a_project_that_has_moved_on_is_not_published_by_create() -> None:
    facts = released(replace(PUSHED, repository=replace(FULL, head_message="Fix a typo")))
    assert "moved on" in (steps(facts)["publish"].skip or "")
    assert any("demo 0.1.0 is not on" in line for line in plan_create(REQUEST, facts).differences)


def test_of_a_published_project_that_has_moved_on_nothing_is_missing() -> None:
    moved = replace(PUSHED, repository=replace(FULL, head_message="Fix a typo"))
    facts = released(moved, "demo-0.1.0.tar.gz", "demo-0.1.0-py3-none-any.whl")
    assert not any("is not on" in line for line in plan_create(REQUEST, facts).differences)


def test_what_is_still_to_be_published_here_is_no_difference() -> None:
    assert not any("is not on" in line for line in plan_create(REQUEST, released(PUSHED)).differences)


def test_without_a_repository_a_committed_project_is_finished() -> None:
    request = wanting(repository=None, publish=())
    state = State("demo", STATE.templates)
    facts = replace(
        COMMITTED,
        state=state,
        destination=Destination(values.DESTINATION, DestinationKind.OURS, state),
        local=replace(COMMITTED.local, state=state),
    )
    assert plan_create(request, facts).exists
    assert acting(facts, request) == ["prepare", "fetch"]


def test_an_empty_repository_is_adopted() -> None:
    step = steps(EMPTY)["repository"]
    assert isinstance(step, RepositoryStep)
    assert not step.create


@pytest.mark.parametrize("state", [None, State("acme/other", (TemplateState("x"),))])
def test_a_repository_with_somebody_elses_commits_is_refused(state: State | None) -> None:
    found = replace(FULL, state=state)
    with pytest.raises(NotPermittedError, match="acme/demo") as caught:
        plan_create(REQUEST, replace(NOTHING, repository=found))
    assert caught.value.problems[0].hint


def occupied(**changes: object) -> Facts:
    return replace(NOTHING, destination=replace(Destination(values.DESTINATION, DestinationKind.FOREIGN), **changes))


def test_a_destination_with_other_files_is_refused_and_names_some() -> None:
    with pytest.raises(NotPermittedError, match=r"holiday\.jpg.*README\.md") as caught:
        plan_create(REQUEST, occupied(foreign=("holiday.jpg",), replaced=("README.md",)))
    assert "--overwrite" in str(caught.value)


def test_overwriting_names_what_it_overwrites() -> None:
    step = steps(occupied(replaced=("README.md",)), replace(REQUEST, overwrite=True))["render"]
    assert isinstance(step, RenderStep)
    assert step.into_existing
    assert step.overwrites == ("README.md",)


def test_another_projects_folder_is_refused_by_its_name() -> None:
    with pytest.raises(NotPermittedError, match="acme/other"):
        plan_create(REQUEST, occupied(state=State("acme/other", (TemplateState("x"),))))


def test_stages_that_were_not_asked_for_are_skipped() -> None:
    request = replace(REQUEST, stages=("prepare", "fetch", "render"))
    assert acting(NOTHING, request) == ["prepare", "fetch", "render"]
    assert "--stages" in (steps(NOTHING, request)["push"].skip or "")


def test_a_stage_that_was_not_asked_for_refuses_nothing_and_still_tells_what_it_did_before() -> None:
    request = replace(REQUEST, trust=Trust(), stages=("push",))
    facts = replace(EMPTY, machine=replace(values.MACHINE, isolated=False))
    assert acting(facts, request) == ["push"]
    told = steps(facts, request)
    assert told["commit"].known == Committed(HEAD, "main", "v0.1.0")
    assert told["repository"].known == Placed("acme/demo", FULL.url, FULL.clone_url)


def test_commands_can_be_left_out() -> None:
    request = replace(REQUEST, skip_tasks=True)
    assert not {"install", "start"} & set(acting(NOTHING, request))


LEFT_OUT = commit_message(MANIFEST, values.TEMPLATE, installed=False)


def without_install(facts: Facts = COMMITTED, **changes: object) -> Facts:
    """Return facts in which the project was committed by a run that left install out."""
    assert facts.local is not None
    return replace(facts, local=replace(facts.local, message=LEFT_OUT, **changes))


def test_a_commit_without_install_says_so_where_install_has_something_to_do() -> None:
    for request in (replace(REQUEST, stages=("commit", "render")), replace(REQUEST, skip_tasks=True)):
        step = steps(NOTHING, request)["commit"]
        assert isinstance(step, CommitStep)
        assert is_without_install(step.message)
    for request in (REQUEST, replace(wanting(install=Commands()), skip_tasks=True)):
        step = steps(NOTHING, request)["commit"]
        assert isinstance(step, CommitStep)
        assert not is_without_install(step.message)


def test_a_commit_without_install_is_made_again_after_it_as_long_as_nothing_is_pushed() -> None:
    for facts in (without_install(), without_install(EMPTY)):
        assert acting(facts) == ["prepare", "fetch", "install", "start", "commit", "repository", "push", "publish"]
        step = steps(facts)["commit"]
        assert isinstance(step, CommitStep)
        assert step.replaces
        assert not is_without_install(step.message)
    assert "install" not in acting(COMMITTED)


def test_what_was_there_before_the_project_stays_out_of_the_commit_that_is_made_again() -> None:
    facts = without_install(dirty=("mine.txt", "later.txt"))
    assert facts.destination is not None
    facts = replace(facts, destination=replace(facts.destination, earlier=frozenset({"mine.txt", "tracked.txt"})))
    step = steps(facts)["commit"]
    assert isinstance(step, CommitStep)
    assert step.earlier == {"mine.txt"}


@pytest.mark.parametrize(
    ("facts", "request_", "told"),
    [
        (without_install(PUSHED), REQUEST, "exists already, by a run without install: run its commands in the folder"),
        (without_install(), replace(REQUEST, stages=("install", "push")), "run the stages install and commit before it is pushed"),
        (without_install(), replace(REQUEST, skip_tasks=True), "run the stages install and commit before it is pushed"),
        (without_install(), wanting(repository=None), "run its commands in the folder"),
    ],
)
def test_an_install_that_was_left_out_and_is_not_made_up_for_is_told(facts: Facts, request_: CreateRequest, told: str) -> None:
    step = steps(facts, request_)["install"]
    assert told in (step.skip or "")


def untrusted(*, isolated: bool) -> tuple[CreateRequest, Facts]:
    return replace(REQUEST, trust=Trust()), replace(NOTHING, machine=replace(values.MACHINE, isolated=isolated))


def objections(request: CreateRequest, facts: Facts) -> str:
    """Return what the plan says against itself; a plan with objections is whole, and is not begun."""
    plan = plan_create(request, facts)
    if plan.objections:
        with pytest.raises(NotPermittedError):
            check_forbidden(plan, facts)
    else:
        check_forbidden(plan, facts)
    return "\n".join(map(str, plan.objections))


def test_an_untrusted_template_runs_its_commands_only_as_a_second_user() -> None:
    request, facts = untrusted(isolated=True)
    assert "install" in acting(facts, request)
    assert objections(request, facts) == ""
    request, facts = untrusted(isolated=False)
    assert "not trusted" in (said := objections(replace(request, stages=STAGES[:-1]), facts))
    assert "it would run: make setup\nit would run: make run\n" in said
    assert "--trust-source" in said
    assert said.count("not trusted") == 1


def test_a_plan_without_trust_is_whole() -> None:
    request, facts = untrusted(isolated=False)
    assert acting(facts, request) == acting(facts, REQUEST)


def test_an_untrusted_custom_entry_never_runs() -> None:
    request, facts = untrusted(isolated=True)
    custom = replace(values.TEMPLATE, specification=Specification("c", entry="make.py"))
    said = objections(request, replace(facts, template=custom))
    assert "it would run: make.py" in said
    assert "make setup" not in said


def test_building_a_package_needs_trust_where_it_is_not_isolated() -> None:
    request, facts = untrusted(isolated=False)
    assert "build back end" in objections(replace(request, skip_tasks=True), facts)


def test_packing_a_package_needs_trust_where_it_is_not_isolated(tmp_path: Path) -> None:
    request, facts = untrusted(isolated=False)
    assert "packing builds" in objections(replace(request, skip_tasks=True, stages=STAGES[:7], pack=tmp_path), facts)


def test_programs_that_are_no_package_managers_are_refused() -> None:
    assert "curl" in objections(wanting(install=Commands((Command(("curl", "x")),))), NOTHING)


def test_the_manifests_install_commands_replace_the_templates() -> None:
    step = steps(NOTHING, wanting(install=Commands((Command(("npm", "ci")),))))["install"]
    assert isinstance(step, InstallStep)
    assert step.commands.commands[0].arguments == ("npm", "ci")


def test_no_install_commands_at_all_skip_the_stage() -> None:
    assert "no install" in (steps(NOTHING, wanting(install=Commands()))["install"].skip or "")


def test_the_commit_names_project_manifest_and_template() -> None:
    step = steps(NOTHING)["commit"]
    assert isinstance(step, CommitStep)
    assert step.date == REQUEST.epoch
    for trailer in (
        "Robot-Action-Project: acme/demo",
        f"Robot-Action-Manifest: {MANIFEST.digest}",
        "Robot-Action-Template: https://git.example",
    ):
        assert trailer in step.message


def test_the_branch_is_the_manifests() -> None:
    repository = replace(MANIFEST.repository, default_branch="trunk")
    told = steps(NOTHING, wanting(repository=repository))
    assert told["commit"].title == "commit to trunk"
    assert isinstance(told["push"], PushStep)


def test_a_manifest_that_wants_little_gets_little() -> None:
    request = wanting(repository=None, publish=())
    assert acting(NOTHING, request) == ["prepare", "fetch", "render", "install", "start", "commit"]


def test_the_plan_says_whether_the_template_is_trusted() -> None:
    def told(request: CreateRequest) -> str:
        return " ".join(steps(NOTHING, request)["fetch"].details)

    assert "trusted: its code may run" in told(REQUEST)
    assert "not trusted" in told(replace(REQUEST, trust=Trust()))


def test_planning_the_same_facts_gives_the_same_plan() -> None:
    assert plan_create(REQUEST, NOTHING) == plan_create(REQUEST, NOTHING)
