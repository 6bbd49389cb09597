"""Comparing a commit with a tree, by object ids."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from robot_action.clients.git.client import GitClient
from robot_action.clients.git.compare import blob_id
from robot_action.errors import FailedError
from robot_action.exchange import Compared, CompareWanted
from robot_action.model.tree import Entry, Mode, Tree
from tests.testbed.bare import git
from tests.testbed.git_bed import make_client, write_files

CONTENTS = st.binary(max_size=20)
TREES = st.dictionaries(st.sampled_from(["a", "b", "c/d", "c/e f", "g/ü"]), st.tuples(CONTENTS, st.booleans()), min_size=1)


@pytest.fixture
def client() -> GitClient:
    return make_client()


def tree_of(files: dict[str, tuple[bytes, bool]]) -> Tree:
    return Tree({path: Entry(Mode.EXECUTABLE if can_run else Mode.FILE, content) for path, (content, can_run) in files.items()})


def commit(folder: Path, tree: Tree, prefix: str = "") -> None:
    """Commit a tree as it is, whatever git's configuration says."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main")
    for path, entry in tree.items():
        target = folder / prefix / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(entry.content)
        target.chmod(int(entry.mode[-3:], 8))
    git(folder, "-c", "core.autocrlf=false", "add", "--all")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty", "-m", "x")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TREES, TREES)
def test_a_tree_as_committed_has_no_difference_and_any_edit_is_seen(
    client: GitClient,
    tmp_path_factory: pytest.TempPathFactory,
    files: dict[str, tuple[bytes, bool]],
    edited: dict[str, tuple[bytes, bool]],
) -> None:
    folder, tree, other = tmp_path_factory.mktemp("project"), tree_of(files), tree_of(edited)
    commit(folder, tree)
    assert client.compare(CompareWanted(folder, "", tree)) == Compared()
    compared = client.compare(CompareWanted(folder, "", other))
    assert set(compared.changed) == {path for path in other if path in tree and tree[path] != other[path]}
    assert set(compared.missing) == {path for path in other if path not in tree}


def test_only_what_lies_below_the_prefix_counts(client: GitClient, tmp_path: Path) -> None:
    tree = Tree({"a": Entry(Mode.FILE, b"a\n")})
    commit(tmp_path, tree, "deep/er")
    write_files(tmp_path, {"a": "other\n"})
    assert client.compare(CompareWanted(tmp_path, "deep/er/", tree)) == Compared()
    with pytest.raises(FailedError, match="is not in the commit"):
        client.compare(CompareWanted(tmp_path, "deeper/", tree))


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_ids_are_gits_own(client: GitClient, tmp_path: Path, algorithm: str) -> None:
    git(tmp_path, "init", "--quiet", f"--object-format={algorithm}")
    tree = Tree({"a": Entry(Mode.FILE, b"\x00\xff")})
    commit(tmp_path, tree)
    assert git(tmp_path, "rev-parse", "HEAD:a") == blob_id(tree["a"], algorithm)
    assert client.compare(CompareWanted(tmp_path, "", tree)) == Compared()


def test_a_folder_without_a_commit_cannot_be_compared(client: GitClient, tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="no commit"):
        client.compare(CompareWanted(tmp_path, "", Tree()))


def test_when_a_path_was_last_changed(client: GitClient, tmp_path: Path) -> None:
    commit(tmp_path, Tree({"a": Entry(Mode.FILE, b"a\n")}))
    when = int(git(tmp_path, "log", "-1", "--format=%ct"))
    assert client.committed_at(tmp_path, "a") == when
    assert client.committed_at(tmp_path, "b") == 0


def test_no_program_that_the_projects_configuration_names_is_run(client: GitClient, tmp_path: Path) -> None:
    tree = Tree({"a": Entry(Mode.FILE, b"a\n"), ".gitattributes": Entry(Mode.FILE, b"* filter=evil\n")})
    commit(tmp_path, tree)
    trace = tmp_path / "ran"
    for key in ("core.fsmonitor", "gpg.program", "filter.evil.clean", "core.sshCommand"):
        git(tmp_path, "config", key, f"touch {trace}")
    git(tmp_path, "config", "log.showSignature", "true")
    client.compare(CompareWanted(tmp_path, "", tree))
    client.committed_at(tmp_path, "a")
    assert not trace.exists()


def test_what_is_committed_is_read_as_it_is_stored_without_submodules(client: GitClient, tmp_path: Path) -> None:
    commit(tmp_path, Tree({".gitattributes": Entry(Mode.FILE, b"* text eol=crlf\n"), "in/a.txt": Entry(Mode.EXECUTABLE, b"one\r\n")}))
    git(tmp_path, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},in/module")
    (tmp_path / "in/link").symlink_to("a.txt")
    git(tmp_path, "add", "in/link")
    git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "y")
    (tmp_path / "in/a.txt").write_text("not committed\n")
    found = client.committed_files(tmp_path, git(tmp_path, "rev-parse", "HEAD"), "in/")
    assert dict(found) == {"a.txt": Entry(Mode.EXECUTABLE, b"one\n"), "link": Entry(Mode.LINK, b"a.txt")}


def test_what_cannot_be_read_is_told(client: GitClient, tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="is no git repository"):
        client.committed_files(tmp_path, "1" * 40, "")
    commit(tmp_path, Tree({"a": Entry(Mode.FILE, b"a\n")}))
    blob = git(tmp_path, "rev-parse", "HEAD:a")
    (tmp_path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(FailedError, match="does not have every file of the commit"):
        client.committed_files(tmp_path, git(tmp_path, "rev-parse", "HEAD"), "")


@pytest.mark.parametrize("conversion", ["true", "input"])
def test_line_ends_that_git_is_configured_to_convert_are_no_difference(client: GitClient, tmp_path: Path, conversion: str) -> None:
    files = {"converted": b"a\r\nb\r\n", "kept": b"a\r\n", "binary": b"\0\r\n"}
    tree = tree_of({path: (content, False) for path, content in files.items()})
    commit(tmp_path, tree_of({"kept": (b"a\r\n", False)}))
    git(tmp_path, "config", "core.autocrlf", conversion)
    for path in ("converted", "binary"):
        (tmp_path / path).write_bytes(files[path])
    git(tmp_path, "-c", "core.safecrlf=false", "add", "--all")
    git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "y")
    assert git(tmp_path, "cat-file", "-s", "HEAD:converted") == "4"
    compared = client.compare(CompareWanted(tmp_path, "", tree))
    assert (compared.changed, compared.missing) == ((), ())
    assert client.compare(CompareWanted(tmp_path, "", tree_of({"converted": (b"a\r\nc\r\n", False)}))).changed == ("converted",)
