"""The stage that leaves a commit, and what is built from it, for another job."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from robot_action.errors import FailedError, InputError
from robot_action.model.facts import Facts
from robot_action.model.manifest import Manifest
from robot_action.model.plan import Committed, Packed, PackStep, Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.parsing.handover import parse_handover
from robot_action.parsing.source import parse_source
from robot_action.stages import pack
from tests.stages.publishing import FILES, SDIST, WHEEL, Bench
from tests.testbed.git_bed import write_files


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def apply(bench: Bench, commit: str, branch: str = "main", **changes: Any) -> Outcome:
    usual: dict[str, Any] = {"identity": "acme/demo", "name": "demo", "version": "0.1.0"}
    step = PackStep(
        stage="pack", title="pack", destination=bench.project, folder=bench.folder / "handover/acme/demo", **{**usual, **changes}
    )
    outcomes = Outcomes((Outcome("commit", Status.DONE, result=Committed(commit, branch)),)) if commit else Outcomes()
    return pack.apply(bench.ports, step, outcomes)


def test_nothing_is_looked_at_before_it_is_packed(bench: Bench) -> None:
    facts = Facts()
    request = CreateRequest(Manifest("demo", parse_source("./template", bench.folder), bench.project), epoch=0)
    assert pack.inspect(bench.ports, request, facts) is facts


def test_the_commit_and_its_packages_lie_side_by_side(bench: Bench) -> None:
    commit = bench.commit()
    outcome = apply(bench, commit)
    folder = bench.folder / "handover/acme/demo"
    assert sorted(path.name for path in folder.iterdir()) == [WHEEL, SDIST, "handover.json", "project.bundle"]
    handover = parse_handover((folder / "handover.json").read_bytes(), "handover.json")
    assert (handover.project, handover.commit, handover.branch) == ("acme/demo", commit, "main")
    assert handover.bundle == hashlib.sha256((folder / "project.bundle").read_bytes()).hexdigest()
    assert handover.files == {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (WHEEL, SDIST)}
    assert bench.ports.git.read_bundle(folder / "project.bundle").local.head == commit
    assert outcome.summary == f"{commit[:12]} is in {folder}"
    digest = f"sha256:{hashlib.sha256((folder / 'handover.json').read_bytes()).hexdigest()}"
    assert outcome.result == Packed(digest)
    assert outcome.details[-1] == f"its digest is {digest}"


def test_a_project_that_is_published_nowhere_is_a_bundle_alone(bench: Bench) -> None:
    commit = bench.commit({"README": "no package"})
    apply(bench, commit, name="")
    assert sorted(path.name for path in (bench.folder / "handover/acme/demo").iterdir()) == ["handover.json", "project.bundle"]


def test_what_is_not_committed_is_not_packed(bench: Bench) -> None:
    commit = bench.commit()
    write_files(bench.project, {"later": "x"})
    apply(bench, commit, name="")
    assert set(bench.ports.git.read_bundle(bench.folder / "handover/acme/demo/project.bundle").tree) == set(FILES)


def test_the_same_again_leaves_it_as_it_is(bench: Bench) -> None:
    commit = bench.commit()
    first = apply(bench, commit, name="")
    before = (bench.folder / "handover/acme/demo").stat().st_mtime_ns
    again = apply(bench, commit, name="")
    assert "already" in again.summary
    assert again.result == first.result
    assert (bench.folder / "handover/acme/demo").stat().st_mtime_ns == before


def test_another_commit_is_not_overwritten(bench: Bench) -> None:
    apply(bench, bench.commit(), name="")
    later = bench.commit({"more": "x"})
    with pytest.raises(FailedError, match="holds another commit"):
        apply(bench, later, name="")


def test_a_change_of_what_is_published_is_told_before_the_next_job_misses_it(bench: Bench) -> None:
    commit = bench.commit()
    apply(bench, commit, name="")
    with pytest.raises(FailedError, match="holds the same commit with other packages"):
        apply(bench, commit)


def test_what_lies_there_and_cannot_be_read_is_told(bench: Bench) -> None:
    commit = bench.commit()
    write_files(bench.folder / "handover/acme/demo", {"handover.json": "{"})
    with pytest.raises(InputError, match=r"handover\.json"):
        apply(bench, commit, name="")


def test_a_detached_head_is_told(bench: Bench) -> None:
    commit = bench.commit()
    with pytest.raises(FailedError, match="no branch checked out"):
        apply(bench, commit, name="", branch="")
    assert not (bench.folder / "handover").exists()


def test_without_a_commit_there_is_nothing_to_pack(bench: Bench) -> None:
    bench.commit()
    with pytest.raises(FailedError, match="no commit to pack"):
        apply(bench, "")


def test_a_failed_build_leaves_nothing(bench: Bench) -> None:
    commit = bench.commit({"pyproject.toml": FILES["pyproject.toml"].replace("0.1.0", "0.2.0")})
    with pytest.raises(InputError, match=r"0\.2\.0"):
        apply(bench, commit)
    assert not (bench.folder / "handover").exists()
