from __future__ import annotations

import io
import sys
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from robot_action.clients.index.local_index import LocalIndex
from robot_action.errors import ConfigurationError, FailedError, InputError, KilledError, NotPermittedError, Position
from robot_action.model.credentials import Credentials
from robot_action.model.facts import Destination, DestinationKind, Facts, Release
from robot_action.model.manifest import IndexKind, Manifest, PublishTarget
from robot_action.model.plan import Published, Status
from robot_action.model.request import STAGES, CreateRequest
from robot_action.model.source import Source, SourceKind
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.stages import publish
from tests.stages.publishing import BACKEND, FILES, PYPROJECT, SDIST, WHEEL, Bench, remote
from tests.stages.running import choose_user
from tests.testbed.git_bed import DATE
from tests.testbed.programs import PythonIndex

SECRET = "a-secret-of-the-operator"


@pytest.fixture(params=["in place", "as a second user"])
def bench(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Bench:
    choose_user(request, monkeypatch)
    return Bench(tmp_path)


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr("robot_action.clients.isolation.sandbox.obstacle", lambda: "this test wants no second user")
    return Bench(tmp_path)


def test_the_commit_is_built_checked_and_published(bench: Bench) -> None:
    outcome = bench.publish(bench.commit())
    assert (outcome.status, outcome.summary) == (Status.DONE, f"published demo 0.1.0 to {bench.folder / 'index'}")
    assert outcome.result == Published(str(bench.folder / "index"), "demo", "0.1.0", (WHEEL, SDIST), (WHEEL, SDIST))
    assert sorted(path.name for path in (bench.folder / "index" / "demo").iterdir()) == [WHEEL, SDIST, "index.html"]
    assert any("PASSED" in line for line in bench.said.lines)
    assert (f"bytes of {WHEEL}", 0) in {(text, done) for text, done, _ in bench.said.advances}


def test_the_project_s_folder_is_left_as_it_was(bench: Bench) -> None:
    commit = bench.commit()
    before = {path: path.read_bytes() for path in bench.project.rglob("*") if path.is_file()}
    bench.publish(commit)
    assert {path: path.read_bytes() for path in bench.project.rglob("*") if path.is_file()} == before


def test_only_what_was_committed_is_published(quick: Bench) -> None:
    commit = quick.commit()
    (quick.project / "demo.py").write_text("GREETING = 'not committed'\n")
    quick.publish(commit)
    with zipfile.ZipFile(quick.published(WHEEL)) as wheel:
        assert wheel.read("demo.py") == b"GREETING = 'hello'\n"


def test_the_build_gets_the_commit_s_time(quick: Bench) -> None:
    quick.publish(quick.commit())
    with tarfile.open(quick.published(SDIST)) as sdist:
        assert {member.mtime for member in sdist} == {DATE}


def test_without_an_outcome_of_this_run_the_checked_out_commit_is_published(quick: Bench) -> None:
    quick.commit()
    assert quick.publish().status is Status.DONE


def test_a_project_without_a_commit_is_not_published(quick: Bench) -> None:
    quick.project.mkdir()
    with pytest.raises(FailedError, match="holds no commit"):
        quick.publish()


# Convergence


def test_a_release_that_is_whole_is_not_built_again(quick: Bench) -> None:
    commit = quick.commit()
    quick.publish(commit)
    quick.said.lines.clear()
    outcome = quick.publish(commit)
    assert (outcome.status, outcome.summary) == (Status.DONE, f"demo 0.1.0 was on {quick.folder / 'index'} already")
    assert outcome.result == Published(str(quick.folder / "index"), "demo", "0.1.0", (WHEEL, SDIST))
    assert quick.said.lines == []


def test_after_a_partial_upload_only_the_missing_file_goes_up(quick: Bench) -> None:
    commit = quick.commit()
    quick.publish(commit)
    before = quick.published(WHEEL).stat()
    quick.published(SDIST).unlink()
    outcome = quick.publish(commit)
    assert isinstance(outcome.result, Published)
    assert (outcome.result.uploaded, outcome.result.files) == ((SDIST,), (WHEEL, SDIST))
    assert quick.published(WHEEL).stat().st_mtime_ns == before.st_mtime_ns


def test_a_file_that_is_only_packed_differently_stays_and_is_reported(quick: Bench) -> None:
    commit = quick.commit()
    packed = repacked(quick.built(commit)[WHEEL], {})
    quick.put(WHEEL, packed)
    outcome = quick.publish(commit)
    assert outcome.details == (f"{WHEEL} was there, built from the same files and packed differently: it stays",)
    assert quick.published(WHEEL).read_bytes() == packed
    assert isinstance(outcome.result, Published)
    assert outcome.result.uploaded == (SDIST,)


def test_a_file_of_another_commit_is_refused_and_nothing_goes_up(quick: Bench) -> None:
    commit = quick.commit()
    quick.put(WHEEL, repacked(quick.built(commit)[WHEEL], {"demo.py": b"GREETING = 'somebody else'"}))
    with pytest.raises(FailedError, match=r"published already, and it was built from something else: 'demo\.py' differ"):
        quick.publish(commit)
    assert not quick.published(SDIST).exists()


def test_a_slow_index_is_told_about(quick: Bench) -> None:
    quick.indexes[IndexKind.LOCAL] = SlowIndex()
    outcome = quick.publish(quick.commit())
    assert outcome.details == (f"uploaded, but the index is slow and does not list it yet: {SDIST}",)
    assert isinstance(outcome.result, Published)
    assert outcome.result.files == (WHEEL, SDIST)


@pytest.mark.examples
@pytest.mark.parametrize(("backend", "requirement"), [("hatchling.build", "hatchling"), ("setuptools.build_meta", "setuptools")])
def test_two_builds_of_a_commit_make_one_release(quick: Bench, backend: str, requirement: str) -> None:
    """A wheel is the same to the byte; what setuptools packs differently is recognised by its contents."""
    text = f'[build-system]\nrequires = ["{requirement}"]\nbuild-backend = "{backend}"\n\n[project]\nname = "demo"\nversion = "0.1.0"\n'
    readme = "readme = 'README.md'\nrequires-python = '>=3.8'\n"
    commit = quick.commit({"pyproject.toml": text + readme, "README.md": "A demo.\n", "demo/__init__.py": ""})
    first = quick.built(commit)
    quick.put(SDIST, first[SDIST])
    outcome = quick.publish(commit)
    assert quick.published(WHEEL).read_bytes() == first[WHEEL]
    assert outcome.status is Status.DONE
    if requirement == "hatchling":
        assert outcome.details == ()


# Builds that go wrong


def test_a_commit_that_is_no_python_project_is_refused(quick: Bench) -> None:
    commit = quick.commit({"package.json": "{}"})
    with pytest.raises(InputError, match=r"holds neither pyproject\.toml nor setup\.py"):
        quick.publish(commit)


def test_a_commit_of_another_version_is_refused_before_anything_runs(quick: Bench) -> None:
    commit = quick.commit()
    with pytest.raises(InputError, match=r"the manifest wants version 0\.2, but pyproject\.toml says 0\.1\.0"):
        quick.publish(commit, version="0.2")
    assert quick.said.lines == []


def test_a_build_that_makes_another_version_is_refused(quick: Bench) -> None:
    backend = BACKEND.replace('table["version"]', '"6.6.6"').replace("table['version']", "'6.6.6'")
    dynamic = PYPROJECT.replace('version = "0.1.0"', 'dynamic = ["version"]')
    commit = quick.commit({**FILES, "backend.py": backend, "pyproject.toml": dynamic})
    with pytest.raises(FailedError, match=r"'demo-6\.6\.6.*not of demo 0\.1\.0"):
        quick.publish(commit)
    assert not (quick.folder / "index").exists()


def test_a_build_that_makes_another_project_is_refused(bench: Bench) -> None:
    commit = bench.commit({**FILES, "backend.py": BACKEND.replace('table["name"]', '"pip"')})
    with pytest.raises(FailedError, match="Nothing was uploaded") as caught:
        bench.publish(commit)
    assert "'pip-0.1.0-py3-none-any.whl'" in str(caught.value)
    assert not (bench.folder / "index").exists()


def test_a_build_that_leaves_more_than_its_package_is_refused(quick: Bench) -> None:
    end = '    return f"{top}.tar.gz"'
    backend = BACKEND.replace(end, f'    Path(folder, "pip-99.tar.gz").write_bytes(Path(folder, f"{{top}}.tar.gz").read_bytes())\n{end}')
    commit = quick.commit({**FILES, "backend.py": backend})
    with pytest.raises(FailedError, match=r"'pip-99\.tar\.gz', which is not of demo"):
        quick.publish(commit)


def test_a_link_in_place_of_a_package_is_not_followed(bench: Bench) -> None:
    link = """
    elsewhere = Path(os.environ["HOME"], wheel)
    Path(folder, wheel).rename(elsewhere)
    Path(folder, wheel).symlink_to(elsewhere)
    return wheel
"""
    commit = bench.commit({**FILES, "backend.py": BACKEND.replace("    return wheel\n", link)})
    with pytest.raises(FailedError, match="a wheel and a source distribution were wanted"):
        bench.publish(commit)
    assert not (bench.folder / "index").exists()


def test_a_failing_build_shows_its_end(bench: Bench) -> None:
    commit = bench.commit({**FILES, "backend.py": "raise SystemExit('the back end gives up')"})
    with pytest.raises(FailedError, match="the package cannot be built") as caught:
        bench.publish(commit)
    assert "the back end gives up" in str(caught.value)


def test_build_requirements_that_cannot_be_had_are_told(quick: Bench) -> None:
    commit = quick.commit({**FILES, "pyproject.toml": PYPROJECT.replace("[]", '["x @ file:///nowhere/x-1-py3-none-any.whl"]', 1)})
    with pytest.raises(FailedError, match="the package cannot be built") as caught:
        quick.publish(commit)
    assert "could not be installed" in str(caught.value)
    assert any("nowhere" in line for line in quick.said.lines)


def test_a_package_that_an_index_would_not_show_well_is_refused(quick: Bench) -> None:
    commit = quick.commit({**FILES, "backend.py": BACKEND.replace("\\n\\nText.\\n", "\\n\\n")})
    with pytest.raises(FailedError, match="an index would not show it well") as caught:
        quick.publish(commit)
    assert "long_description" in str(caught.value)


def test_an_interpreter_that_template_code_cannot_reach_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = bench.commit()
    monkeypatch.setattr(sys, "executable", "/nowhere/bin/python")
    with pytest.raises(ConfigurationError, match="cannot use /nowhere/bin/python with build and twine") as caught:
        bench.publish(commit)
    assert "Install robot-action where every user may read it" in str(caught.value)


@pytest.mark.parametrize("lacks", ["-m build", "-m twine"])
def test_an_environment_that_template_code_cannot_read_is_no_fault_of_the_package(
    quick: Bench, monkeypatch: pytest.MonkeyPatch, lacks: str
) -> None:
    commit = quick.commit()
    fake = quick.folder / "python"
    fake.write_text(f"#!/bin/sh\ncase \"$*\" in *'{lacks}'*|*'import build.'*) exit 1;; esac\nexec {sys.executable} \"$@\"\n")
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(fake))
    with pytest.raises(ConfigurationError, match="with build and twine"):
        quick.publish(commit)


@pytest.mark.parametrize("fails", ["nothing", "-m build"], ids=["at building", "at looking why that failed"])
def test_an_interpreter_that_was_killed_is_no_matter_of_permissions(quick: Bench, monkeypatch: pytest.MonkeyPatch, fails: str) -> None:
    commit = quick.commit()
    fake = quick.folder / "python"
    fake.write_text(f"#!/bin/sh\ncase \"$*\" in *'{fails}'*) exit 1;; esac\nkill -9 $$\n")
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(fake))
    with pytest.raises(KilledError, match="cannot be built") as caught:
        quick.publish(commit)
    assert "killed from outside" in str(caught.value)
    assert "pip" not in str(caught.value)
    assert "Install robot-action" not in str(caught.value)


# Isolation


SPY = """
import glob
import os
for path in glob.glob("/proc/[0-9]*/environ"):
    try:
        if os.stat(path).st_uid != os.geteuid() and Path(path).read_bytes():
            print("READ", path, flush=True)
    except OSError:
        pass
print("ENVIRONMENT", sorted(os.environ.items()), flush=True)
"""


@pytest.mark.parametrize("bench", ["as a second user"], indirect=True)
def test_a_build_back_end_sees_no_other_process_and_no_secret(bench: Bench) -> None:
    bench.environment.update(PYPI_TOKEN=SECRET, ROBOT_ACTION_TOKEN_index_example=SECRET, GITHUB_TOKEN=SECRET)
    bench.publish(bench.commit({**FILES, "backend.py": BACKEND + SPY}))
    said = "\n".join(bench.said.lines)
    assert "ENVIRONMENT" in said
    assert "READ" not in said
    assert SECRET not in said


def test_in_place_too_a_build_sees_no_token(quick: Bench) -> None:
    quick.environment.update(PYPI_TOKEN=SECRET, GITHUB_TOKEN=SECRET)
    quick.publish(quick.commit({**FILES, "backend.py": BACKEND + SPY}))
    said = "\n".join(quick.said.lines)
    assert "ENVIRONMENT" in said
    assert SECRET not in said


def test_modules_of_the_project_are_not_taken_for_our_tools(quick: Bench) -> None:
    trap = "raise SystemExit('the project replaced a tool')"
    commit = quick.commit({**FILES, "build.py": trap, "twine.py": trap, "build/__init__.py": trap, "rich.py": trap})
    assert quick.publish(commit).status is Status.DONE


# A real index


def test_a_real_index_gets_the_release_and_keeps_it(quick: Bench, python_index: PythonIndex) -> None:
    target, commit = remote(quick, python_index), quick.commit()
    outcome = quick.publish(commit, target=target)
    assert (outcome.summary, python_index.files) == (f"published demo 0.1.0 to {python_index.url}", [WHEEL, SDIST])
    quick.said.lines.clear()
    assert quick.publish(commit, target=target).summary == f"demo 0.1.0 was on {python_index.url} already"
    assert quick.said.lines == []


def test_a_real_index_gets_only_what_it_lacks(quick: Bench, python_index: PythonIndex) -> None:
    target, commit = remote(quick, python_index), quick.commit()
    (python_index.folder / WHEEL).write_bytes(quick.built(commit)[WHEEL])
    outcome = quick.publish(commit, target=target)
    assert isinstance(outcome.result, Published)
    assert outcome.result.uploaded == (SDIST,)


def test_a_real_index_with_a_stranger_s_file_is_left_as_it_is(quick: Bench, python_index: PythonIndex) -> None:
    target, commit = remote(quick, python_index), quick.commit()
    stranger = repacked(quick.built(commit)[WHEEL], {"demo.py": b"a stranger's"})
    (python_index.folder / WHEEL).write_bytes(stranger)
    with pytest.raises(FailedError, match="built from something else"):
        quick.publish(commit, target=target)
    assert python_index.files == [WHEEL]


def test_without_a_credential_nothing_is_built(quick: Bench, python_index: PythonIndex) -> None:
    target, commit = remote(quick, python_index, credentials=Credentials()), quick.commit()
    with pytest.raises(NotPermittedError, match="Set ROBOT_ACTION_TOKEN_127_0_0_1_"):
        quick.publish(commit, target=target)
    assert quick.said.lines == []


# Looking


def request_for(*targets: PublishTarget, version: str = "0.1.0", stages: tuple[str, ...] = STAGES) -> CreateRequest:
    source = Source(SourceKind.DIRECTORY, "/templates/t", "./t")
    positions = {"version": Position("demo.yml", 3, 10), "name": Position("demo.yml", 2, 7)}
    manifest = Manifest("demo-app", source, Path("/projects/demo"), version=version, publish=targets, positions=positions)
    return CreateRequest(manifest, epoch=0, stages=stages)


def tree(text: str) -> Tree:
    return Tree({"pyproject.toml": Entry(Mode.FILE, text.encode())})


def test_looking_finds_what_each_index_has(quick: Bench, tmp_path: Path) -> None:
    quick.publish(quick.commit())
    targets = (quick.target, PublishTarget(IndexKind.LOCAL, path=tmp_path / "other"))
    facts = publish.inspect(quick.ports, request_for(*targets), Facts(wanted=tree(PYPROJECT)))
    assert [(release.target, release.project, sorted(release.files)) for release in facts.releases] == [
        (targets[0], "demo", [WHEEL, SDIST]),
        (targets[1], "demo", []),
    ]


@pytest.mark.parametrize("options", [{"stages": ("prepare", "render")}, {"version": "0.1.0"}])
def test_looking_asks_nobody_when_nothing_is_to_be_published(quick: Bench, options: dict[str, Any]) -> None:
    quick.indexes.clear()
    targets = (quick.target,) if "stages" in options else ()
    facts = Facts(wanted=tree(PYPROJECT))
    assert publish.inspect(quick.ports, request_for(*targets, **options), facts) is facts


def test_two_versions_are_refused_with_both_places(quick: Bench) -> None:
    with pytest.raises(InputError) as caught:
        publish.inspect(quick.ports, request_for(quick.target, version="0.2.0"), Facts(wanted=tree(PYPROJECT)))
    assert "demo.yml:3:10: the manifest wants version 0.2.0, but pyproject.toml says 0.1.0" in str(caught.value)


def test_a_published_version_is_not_held_to_a_project_that_has_moved_on(quick: Bench) -> None:
    quick.publish(quick.commit())
    facts = publish.inspect(quick.ports, request_for(quick.target), Facts(wanted=tree(PYPROJECT.replace("0.1.0", "3.0"))))
    assert facts.releases[0].is_complete


def test_a_version_that_is_none_for_python_is_refused(quick: Bench) -> None:
    with pytest.raises(InputError, match=r"'1\.0\.0-x\.7\.z\.92' is none that a Python package can have"):
        publish.inspect(quick.ports, request_for(quick.target, version="1.0.0-x.7.z.92"), Facts())


def test_an_existing_project_s_name_is_read_from_its_folder(quick: Bench) -> None:
    quick.commit({"pyproject.toml": PYPROJECT.replace('name = "demo"', 'name = "Demo.App_2"')})
    facts = Facts(destination=Destination(quick.project, DestinationKind.OURS))
    assert publish.inspect(quick.ports, request_for(quick.target), facts).releases[0].project == "demo-app-2"


@pytest.mark.parametrize(
    "facts",
    [
        Facts(),
        Facts(wanted=Tree()),
        Facts(destination=Destination(Path("/nowhere"), DestinationKind.NEW)),
        Facts(destination=Destination(Path("/nowhere"), DestinationKind.OURS)),
    ],
)
def test_a_name_that_no_file_tells_is_the_manifest_s(quick: Bench, facts: Facts) -> None:
    assert publish.inspect(quick.ports, request_for(quick.target), facts).releases[0].project == "demo-app"


class SlowIndex(LocalIndex):
    """An index that lists a source distribution a day later."""

    def find(self, target: PublishTarget, project: str, version: str) -> Release:
        found = super().find(target, project, version)
        return replace(found, files={name: digest for name, digest in found.files.items() if name.endswith(".whl")})


def repacked(wheel: bytes, changes: dict[str, bytes]) -> bytes:
    """Return the same wheel packed an hour later, or with other contents."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(wheel)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for member in reversed(old.infolist()):
            new.writestr(zipfile.ZipInfo(member.filename, (2021, 1, 1, 1, 0, 0)), changes.get(member.filename, old.read(member)))
    return packed.getvalue()
