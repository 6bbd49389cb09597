"""Which manifests a command line names, and what is in them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from robot_action.clients.files import LocalFiles
from robot_action.commands.manifests import ManifestFile, load_manifests
from robot_action.errors import Position, UsageError

GOOD = "schema: 1\ntemplate: ./t\nname: {name}\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "projects").mkdir()
    for name in ("one", "two"):
        (tmp_path / f"projects/{name}.yml").write_text(GOOD.format(name=name))
    (tmp_path / "projects/three.yaml").write_text(GOOD.format(name="three"))
    (tmp_path / "projects/notes.md").write_text("no manifest")
    (tmp_path / "projects/.hidden.yml").write_text("no manifest")
    return tmp_path


def load(root: Path, *names: str) -> tuple[ManifestFile, ...]:
    return load_manifests(LocalFiles(root / "locks"), names, root)


def projects(files: tuple[ManifestFile, ...]) -> list[str]:
    return [manifest.name for file in files for manifest in file.manifests]


def test_a_folder_names_its_yaml_files_in_order(root: Path) -> None:
    assert projects(load(root, "projects")) == ["one", "three", "two"]


def test_a_pattern_names_what_matches_and_nothing_twice(root: Path) -> None:
    assert projects(load(root, "projects/t*.y*ml", "projects/two.yml")) == ["three", "two"]


def test_several_documents_are_several_projects(root: Path) -> None:
    (root / "many.yml").write_text("---\n".join(GOOD.format(name=name) for name in ("a", "b")))
    assert projects(load(root, "many.yml")) == ["a", "b"]


@pytest.mark.parametrize("name", ["missing.yml", "empty", "nothing-*.yml"])
def test_a_name_that_matches_nothing_is_a_usage_error(root: Path, name: str) -> None:
    (root / "empty").mkdir()
    with pytest.raises(UsageError, match=name.replace("*", r"\*")):
        load(root, name)


def test_one_files_errors_do_not_hide_anothers_projects(root: Path) -> None:
    (root / "projects/broken.yml").write_text("nmae: x\n")
    files = load(root, "projects")
    assert projects(files) == ["one", "three", "two"]
    broken = next(file for file in files if file.problems)
    assert broken.path == Path("projects/broken.yml")
    assert broken.problems[0].position is not None


def test_two_files_that_want_one_destination_clash_and_the_first_stays(root: Path) -> None:
    (root / "projects/zwei.yml").write_text(GOOD.format(name="zwei") + "destination: ./two\n")
    files = load(root, "projects")
    assert projects(files) == ["one", "three", "two"]
    assert "destination" in files[-1].problems[0].message


def test_a_manifest_in_a_folder_below_may_make_projects_anywhere_below_the_root(root: Path) -> None:
    (root / "projects/one.yml").write_text(GOOD.format(name="one") + "destination: ../out/one\n")
    assert load(root, "projects/one.yml")[0].manifests[0].destination == root / "out/one"


def test_a_manifest_from_elsewhere_may_not_leave_its_own_folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("elsewhere") / "m.yml"
    other.write_text(GOOD.format(name="one") + "destination: ../one\n")
    assert load(root, str(other))[0].problems


def test_a_manifest_that_is_too_large_or_no_file_is_a_problem_of_its_own(root: Path) -> None:
    (root / "projects/big.yml").write_bytes(b"#" * ((1 << 20) + 1))
    (root / "projects/pipe.yml").symlink_to("/dev/null")
    files = load(root, "projects")
    assert len([file for file in files if file.problems]) == 2
    assert projects(files) == ["one", "three", "two"]


def test_a_file_that_goes_away_meanwhile_is_a_problem_of_its_own(root: Path) -> None:
    class Vanishing(LocalFiles):
        def read(self, path: Path, limit: int) -> bytes | None:
            del path, limit
            return None

    files = load_manifests(Vanishing(root / "locks"), ["projects/one.yml"], root)
    assert "is no file" in files[0].problems[0].message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may enter every folder")
def test_a_folder_that_is_closed_to_us_is_no_bug(root: Path) -> None:
    (root / "projects").chmod(0)
    try:
        with pytest.raises(UsageError):
            load(root, "projects/one.yml")
    finally:
        (root / "projects").chmod(0o755)


def test_a_path_that_cannot_be_looked_at_is_a_usage_error(root: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        load(root, "x" * 300)


def test_a_manifest_that_is_a_symbolic_link_is_refused_in_words(root: Path) -> None:
    (root / "link.yml").symlink_to("projects/one.yml")
    (file,) = load(root, "link.yml")
    assert not file.manifests
    assert [(problem.message, problem.hint) for problem in file.problems] == [("link.yml is a symbolic link", "Name the file itself.")]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("destination", "./way-out/project"),
        ("repository", "{host: local, name: acme/x, path: ./way-out/forge}"),
        ("publish", "[{to: local, path: ./way-out}]"),
    ],
)
def test_a_link_that_leads_out_of_the_folder_is_no_way_to_write_elsewhere(tmp_path: Path, key: str, value: str) -> None:
    root = tmp_path / "checkout"
    root.mkdir()
    (root / "way-out").symlink_to("../elsewhere")
    (root / "x.yml").write_text(f"schema: 1\nname: x\ntemplate: ./t\n{key}: {value}\n")
    (file,) = load_manifests(LocalFiles(tmp_path / "locks"), [str(root / "x.yml")], root)
    assert file.manifests == ()
    (problem,) = file.problems
    assert "symbolic link" in problem.message
    assert (problem.position or Position("")).line == 4


def test_a_link_that_stays_inside_is_followed(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "link").symlink_to("inside")
    (tmp_path / "x.yml").write_text("schema: 1\nname: x\ntemplate: ./t\ndestination: ./link/x\n")
    (file,) = load_manifests(LocalFiles(tmp_path / "locks"), [str(tmp_path / "x.yml")], tmp_path)
    assert file.problems == ()


@pytest.mark.parametrize(
    ("name", "meant"), [("projects/on.yml", "one.yml"), ("project", "projects"), ("projects/zzz.md", None), ("no/such.yml", None)]
)
def test_a_name_that_comes_near_a_manifest_or_a_folder_is_told_so(root: Path, name: str, meant: str | None) -> None:
    with pytest.raises(UsageError) as refused:
        load(root, name)
    hint = refused.value.problems[0].hint or ""
    assert hint == (f"Did you mean {meant!r}?" if meant else "Name manifest files, folders of them, or patterns such as 'projects/*.yml'.")


def test_every_name_that_matches_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_manifests(LocalFiles(tmp_path / "locks"), ["one.yml", "two.yml", "*.three"], tmp_path)
    assert [problem.message for problem in caught.value.problems] == [
        "there is no file one.yml",
        "there is no file two.yml",
        "nothing matches *.three",
    ]
