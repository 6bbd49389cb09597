from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.errors import FailedError, InputError, Position
from robot_action.model.facts import Release
from robot_action.model.manifest import IndexKind, PublishTarget
from robot_action.model.plan import Artifact
from robot_action.parsing.pyproject import PythonProject, parse_pyproject
from robot_action.planning.releases import check_artifacts, check_origin, check_version, compare, package_name, package_version

PLACE = Position("demo.yml", 2, 1)
WHEEL, SDIST = "demo-0.1.0-py3-none-any.whl", "demo-0.1.0.tar.gz"


def built(*names: str) -> tuple[Artifact, ...]:
    return tuple(Artifact(Path("/built", name), f"sha of {name}", 1) for name in names)


def release(**files: str) -> Release:
    return Release(
        PublishTarget(IndexKind.PYPI), "demo", "0.1.0", {{"wheel": WHEEL, "sdist": SDIST}[kind]: sha for kind, sha in files.items()}
    )


def test_a_package_s_name_is_what_its_files_say_or_else_the_manifest_s() -> None:
    assert package_name(parse_pyproject(b'[project]\nname = "Their.Name"\n'), "demo_app") == "their-name"
    assert package_name(PythonProject(), "demo_app") == "demo-app"
    assert package_name(None, "demo_app") == "demo-app"


def test_a_manifest_s_name_that_no_index_takes_is_refused() -> None:
    with pytest.raises(InputError, match=r"^demo\.yml:2:1: 'no way' is no name that a package index takes"):
        package_name(None, "no way", PLACE)


@pytest.mark.parametrize(("version", "normal"), [("1.0", "1.0"), ("v1.0.0-rc.1", "1.0.0rc1"), ("1.0.0+build.5", "1.0.0+build.5")])
def test_versions_are_written_as_indexes_do(version: str, normal: str) -> None:
    assert package_version(version) == normal


def test_a_version_that_is_only_semantic_is_refused() -> None:
    with pytest.raises(InputError, match=r"^demo\.yml:2:1: the version '1\.0\.0-alpha\.beta' is none"):
        package_version("1.0.0-alpha.beta", PLACE)


@pytest.mark.parametrize("project", [None, PythonProject(), PythonProject(version="0.1.0")])
def test_a_version_that_agrees_or_is_not_known_yet_passes(project: PythonProject | None) -> None:
    check_version(project, "0.1.0")


def test_two_versions_are_refused() -> None:
    with pytest.raises(InputError, match=r"^demo\.yml:2:1: the manifest wants version 0\.1\.0, but pyproject\.toml says 2"):
        check_version(PythonProject(version="2"), "0.1.0", PLACE)


def test_a_build_s_wheel_and_source_distribution_pass() -> None:
    check_artifacts(built(WHEEL, SDIST), "demo", "0.1.0")
    check_artifacts(built("Demo-0.1-cp311-cp311-linux_x86_64.whl", "demo-0.1.0.zip"), "demo", "0.1.0")


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((WHEEL, SDIST, "pip-1.tar.gz"), "'pip-1.tar.gz', which is not of demo 0.1.0"),
        ((WHEEL, "demo-0.1.1.tar.gz"), "'demo-0.1.1.tar.gz', which is not of demo 0.1.0"),
        (("x", "y\x1b[31m"), r"'x', 'y\x1b[31m', which are not of demo 0.1.0"),
        (tuple(f"f{number}" for number in range(9)), "'f4' and 4 more"),
        ((WHEEL,), "a wheel and a source distribution were wanted"),
        ((SDIST,), "a wheel and a source distribution were wanted"),
        ((), "the build made nothing"),
    ],
)
def test_any_other_build_is_refused(names: tuple[str, ...], message: str) -> None:
    with pytest.raises(FailedError) as caught:
        check_artifacts(built(*names), "demo", "0.1.0")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("found", "missing", "differing"),
    [
        (release(), [WHEEL, SDIST], []),
        (release(wheel=f"sha of {WHEEL}"), [SDIST], []),
        (release(wheel="another"), [SDIST], [WHEEL]),
        (release(wheel=""), [SDIST], [WHEEL]),
        (release(wheel=f"sha of {WHEEL}", sdist="another"), [], [SDIST]),
    ],
)
def test_what_an_index_lacks(found: Release, missing: list[str], differing: list[str]) -> None:
    comparison = compare(built(WHEEL, SDIST), found)
    assert [artifact.name for artifact in comparison.missing] == missing
    assert [artifact.name for artifact in comparison.differing] == differing


def test_a_file_with_our_contents_is_ours() -> None:
    check_origin(WHEEL, {"a": "1", "b": "2"}, {"b": "2", "a": "1"}, release())


@pytest.mark.parametrize("theirs", [{"a": "1"}, {"a": "1", "b": "3"}, {"a": "1", "b": "2", "c": "3"}])
def test_a_file_with_other_contents_is_not(theirs: dict[str, str]) -> None:
    with pytest.raises(FailedError, match="was built from something else"):
        check_origin(WHEEL, {"a": "1", "b": "2"}, theirs, release())
