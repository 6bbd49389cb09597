"""Handing a project from job to job, as steps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from robot_action.model.facts import Destination, DestinationKind, Facts, LocalRepository, Pack
from robot_action.model.plan import PackStep, PublishStep, Step, UnpackStep
from robot_action.model.request import CreateRequest, Trust
from robot_action.model.tree import Tree
from robot_action.planning.create import plan_create
from robot_action.planning.situation import assess
from tests.planning.values import COMMITTED, DESTINATION, ELSEWHERE, HEAD, MACHINE, MANIFEST, NOTHING, PUSHED, REQUEST, STATE

HANDOVER = Path("/handover")
LOCAL = LocalRepository(HEAD, "main", STATE, tags={"v0.1.0": HEAD})
BUILT = {"demo-0.1.0.tar.gz": b"sdist", "demo-0.1.0-py3-none-any.whl": b"wheel"}
PACK = Pack(HANDOVER / "acme/demo/project.bundle", LOCAL, Tree(), BUILT)
UNPACKING = replace(REQUEST, unpack=HANDOVER)
PACKED = replace(
    NOTHING,
    template=None,
    rendering=None,
    wanted=None,
    destination=Destination(DESTINATION, DestinationKind.OURS, STATE),
    local=LOCAL,
    pack=PACK,
)
IN_PLACE = replace(MACHINE, isolated=False)


def step_of(request: CreateRequest, facts: Facts, stage: str) -> Step:
    (step,) = (step for step in plan_create(request, facts).steps if step.stage == stage)
    return step


def test_what_comes_packed_is_unpacked_before_everything_but_the_look_at_the_machine() -> None:
    plan = plan_create(UNPACKING, PACKED)
    assert [step.stage for step in plan.steps][:3] == ["prepare", "unpack", "fetch"]
    step = plan.steps[1]
    assert isinstance(step, UnpackStep)
    assert (step.bundle, step.commit, step.branch, step.destination) == (PACK.bundle, HEAD, "main", DESTINATION)


def test_nothing_of_the_template_is_looked_at_or_run() -> None:
    assert not assess(UNPACKING, PACKED).needs_template
    for stage in ("fetch", "render", "install", "start", "commit"):
        assert step_of(UNPACKING, PACKED, stage).skip, stage


def test_what_is_unpacked_already_is_not_unpacked_again() -> None:
    facts = replace(PACKED, pack=replace(PACK, unpacked=True))
    assert step_of(UNPACKING, facts, "unpack").skip == "it is there already"


def test_the_packages_that_came_along_are_published_and_need_no_trust() -> None:
    facts = replace(PACKED, machine=IN_PLACE)
    step = step_of(replace(UNPACKING, trust=Trust()), facts, "publish")
    assert isinstance(step, PublishStep)
    assert step.built == BUILT
    assert "demo-0.1.0-py3-none-any.whl, demo-0.1.0.tar.gz" in " ".join(step.details)


def test_without_packages_nothing_is_built_however_trusted() -> None:
    facts = replace(PACKED, pack=replace(PACK, files={}))
    (objection,) = plan_create(replace(UNPACKING, trust=Trust(everything_named=True)), facts).objections
    assert "holds no built packages, and a run that unpacks builds nothing" in objection.message
    assert objection.hint == "Pack again with this manifest, or leave publish out with --skip-stages publish."


def test_packages_of_another_commit_than_the_pushed_one_are_not_published_and_nothing_is_built() -> None:
    assert PUSHED.repository is not None
    other = replace(PUSHED.repository, heads=dict.fromkeys(PUSHED.repository.heads, "f" * 40))
    facts = replace(PACKED, repository=other)
    (objection,) = plan_create(UNPACKING, facts).objections
    assert f"the repository holds {'f' * 12}, and {HEAD[:12]} was packed" in objection.message
    assert objection.hint is not None
    assert "Publish without --unpack" in objection.hint


@pytest.mark.parametrize(("changes", "builds"), [({}, True), ({"publish": ()}, False)])
def test_a_commit_is_packed_with_what_is_built_from_it(changes: dict[str, Any], builds: bool) -> None:
    request = replace(REQUEST, pack=HANDOVER, manifest=replace(MANIFEST, **changes))
    step = step_of(request, NOTHING, "pack")
    assert isinstance(step, PackStep)
    assert (step.folder, step.identity, bool(step.name)) == (HANDOVER / "acme/demo", "acme/demo", builds)
    assert plan_create(request, NOTHING).steps[-1] == step


def test_packing_is_no_part_of_a_run_that_was_not_asked_for_it() -> None:
    assert "pack" not in [step.stage for step in plan_create(REQUEST, COMMITTED).steps]


def test_packing_what_cannot_be_trusted_is_refused() -> None:
    request = replace(REQUEST, pack=HANDOVER, trust=Trust(), stages=("prepare", "fetch", "render", "commit"))
    facts = replace(NOTHING, machine=IN_PLACE)
    objections = plan_create(request, facts).objections
    assert any("packing builds the package" in problem.message for problem in objections)


def test_a_project_that_is_elsewhere_already_is_not_packed() -> None:
    facts = replace(ELSEWHERE, destination=Destination(DESTINATION, DestinationKind.NEW), local=None)
    assert step_of(replace(REQUEST, pack=HANDOVER), facts, "pack").skip == "the project exists already"


def test_what_exists_is_not_unpacked() -> None:
    facts = replace(PUSHED, pack=PACK, destination=PACKED.destination, local=LOCAL)
    assert step_of(UNPACKING, facts, "unpack").skip == "the project exists already"
