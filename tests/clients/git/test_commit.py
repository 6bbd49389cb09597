"""One commit: in a new repository that appears whole, or on top of an existing one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from robot_action.clients.git.client import GitClient
from robot_action.errors import FailedError, InputError, RobotActionError, TryAgainError
from robot_action.exchange import CommitWanted
from robot_action.model.manifest import Author
from tests.testbed.bare import git, git_environment
from tests.testbed.git_bed import AUTHOR, DATE, REAL_PATH, make_client, stand_in, wanted, write_files
from tests.testbed.hostile import plant

FILES = {"a.txt": "a\n", "d/b.txt": "b\n", ".gitignore": "ignored/\n", "ignored/x": "x"}


@pytest.fixture
def client() -> GitClient:
    return make_client()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_files(tmp_path / "demo", FILES)


@pytest.fixture
def project(folder: Path, client: GitClient) -> Path:
    client.commit(wanted(folder, client))
    return folder


def status(folder: Path) -> str:
    return git(folder, "status", "--porcelain", "--branch", "--untracked-files=all")


def tracked(folder: Path) -> list[str]:
    return git(folder, "ls-tree", "-r", "--name-only", "HEAD").splitlines()


# A new repository


def test_a_new_repository_holds_one_commit_of_everything_that_is_not_ignored(folder: Path, client: GitClient) -> None:
    commit = client.commit(wanted(folder, client, message="Create demo\n\nKey: value\n"))
    assert git(folder, "log", "--format=%H %an <%ae> %at %cn <%ce> %ct %T") == " ".join(
        [commit, "Ada <ada@example.com> 1700000000", "Ada <ada@example.com> 1700000000", git(folder, "rev-parse", "HEAD^{tree}")]
    )
    assert git(folder, "log", "--format=%(trailers:key=Key,valueonly)").strip() == "value"
    assert tracked(folder) == [".gitignore", "a.txt", "d/b.txt"]
    assert status(folder) == "## main"
    assert git(folder, "fsck", "--strict", "--no-dangling") == ""


def test_the_same_files_give_the_same_commit(tmp_path: Path, client: GitClient) -> None:
    made = {client.commit(wanted(write_files(tmp_path / name, FILES), client)) for name in ("one", "two")}
    assert len(made) == 1


def test_a_new_repository_holds_nothing_else(folder: Path, client: GitClient) -> None:
    client.commit(wanted(folder, client, branch="trunk"))
    assert git(folder, "symbolic-ref", "HEAD") == "refs/heads/trunk"
    assert not (folder / ".git/hooks").exists()
    assert sorted(path.name for path in folder.iterdir()) == [".git", ".gitignore", "a.txt", "d", "ignored"]
    assert git(folder, "config", "--file", ".git/config", "--list").splitlines() == [
        "core.repositoryformatversion=0",
        "core.filemode=true",
        "core.bare=false",
        "core.logallrefupdates=true",
    ]


def test_nothing_is_an_honest_commit_too(tmp_path: Path, client: GitClient) -> None:
    client.commit(wanted(tmp_path, client))
    assert tracked(tmp_path) == []
    assert status(tmp_path) == "## main"


def test_executable_bits_links_and_odd_names_are_kept(folder: Path, client: GitClient) -> None:
    write_files(folder, {"run": "#!/bin/sh\n", "-x": "", ":(glob)*": "", "ünï": ""})
    (folder / "run").chmod(0o755)
    (folder / "link").symlink_to("d/b.txt")
    client.commit(wanted(folder, client))
    listed = subprocess.run(
        ["git", "-C", str(folder), "ls-tree", "-r", "-z", "HEAD"], check=True, capture_output=True, env=git_environment()
    )
    found = {line.partition("\t")[2]: line.split()[0] for line in listed.stdout.decode().split("\0") if line}
    assert found["run"] == "100755"
    assert found["link"] == "120000"
    assert {"-x", ":(glob)*", "ünï"} < found.keys()
    assert status(folder) == "## main"


def test_a_tag_is_annotated_with_the_same_person_and_date(folder: Path, client: GitClient) -> None:
    commit = client.commit(wanted(folder, client, tag="v0.1.0"))
    assert git(folder, "cat-file", "-t", "v0.1.0") == "tag"
    assert git(folder, "rev-parse", "v0.1.0^{commit}") == commit
    assert git(folder, "for-each-ref", "--format=%(taggername) %(taggeremail) %(taggerdate:unix)", "refs/tags") == (
        "Ada <ada@example.com> 1700000000"
    )


@pytest.mark.parametrize(
    "attributes",
    [
        "* text=auto\n",
        "* text=auto eol=crlf\n",
        "* text\n",
        "*.txt text eol=lf\n",
        "* -text\n",
        "*.txt ident\n",
        "*.bin filter=lfs diff=lfs merge=lfs -text\n",
        "*.utf16 text working-tree-encoding=UTF-16LE eol=lf\n",
    ],
)
def test_attributes_never_leave_a_dirty_tree(tmp_path: Path, client: GitClient, attributes: str) -> None:
    files = {
        ".gitattributes": attributes,
        "crlf.txt": "one\r\ntwo\r\n",
        "lf.txt": "one\ntwo\n",
        "mixed.txt": "one\r\ntwo\n",
        "ident.txt": "$Id$\n",
        "x.bin": b"\0\r\n\xff",
        "x.utf16": "text\n".encode("utf-16-le"),
    }
    write_files(tmp_path, files)
    client.commit(wanted(tmp_path, client))
    assert status(tmp_path) == "## main"
    for name in files:  # git then looks at the contents again
        os.utime(tmp_path / name, (1, 1))
    assert status(tmp_path) == "## main"
    assert {name: (tmp_path / name).read_bytes() for name in files if name != ".gitattributes"} == {
        name: content if isinstance(content, bytes) else content.encode() for name, content in files.items() if name != ".gitattributes"
    }


def test_filters_that_the_user_configured_do_not_run(folder: Path, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    write_files(
        tmp_path / "home", {".gitconfig": f'[filter "evil"]\nclean = "touch {marker}; cat"\n[init]\ntemplateDir = {tmp_path}/tpl\n'}
    )
    write_files(tmp_path / "tpl", {"hooks/pre-commit": "#!/bin/sh\n"})
    write_files(folder, {".gitattributes": "* filter=evil\n"})
    client = make_client(environment={**REAL_PATH, "HOME": str(tmp_path / "home")})
    client.commit(wanted(folder, client))
    assert not marker.exists()
    assert not (folder / ".git/hooks").exists()


@pytest.mark.parametrize("path", [".GIT/config", "d/git~1/x", "d/.git /x"])
def test_a_path_that_some_file_system_takes_for_dot_git_is_refused(folder: Path, client: GitClient, path: str) -> None:
    write_files(folder, {path: "x"})
    with pytest.raises(InputError, match=r"takes for \.git"):
        client.commit(wanted(folder, client))
    assert not (folder / ".git").exists()


@pytest.mark.parametrize("target", ["/etc/passwd", "../../outside", "d/../../x"])
def test_a_link_out_of_the_project_is_refused(folder: Path, client: GitClient, target: str) -> None:
    (folder / "link").symlink_to(target)
    with pytest.raises(InputError, match="link"):
        client.commit(wanted(folder, client))
    assert not (folder / ".git").exists()


def test_names_that_differ_in_case_alone_are_refused(folder: Path, client: GitClient) -> None:
    write_files(folder, {"README": "", "readme": ""})
    with pytest.raises(InputError, match="one file"):
        client.commit(wanted(folder, client))


def test_a_failed_commit_leaves_no_repository(folder: Path, client: GitClient) -> None:
    with pytest.raises(FailedError):
        client.commit(wanted(folder, client, author=Author("", "")))
    assert sorted(path.name for path in folder.iterdir()) == [".gitignore", "a.txt", "d", "ignored"]


def test_a_pipe_cannot_be_committed(folder: Path, client: GitClient) -> None:
    os.mkfifo(folder / "pipe")
    with pytest.raises(RobotActionError):
        client.commit(wanted(folder, client, paths=("a.txt", "pipe")))
    assert not (folder / ".git").exists()


def test_a_repository_that_somebody_makes_meanwhile_is_not_touched(folder: Path, tmp_path: Path) -> None:
    script = dedent(
        f"""
        case " $* " in
        *" update-ref "*) "$REAL" "$@"; env -i PATH="$PATH" "$REAL" -C {folder} -c init.defaultBranch=x init -q ;;
        *) exec "$REAL" "$@" ;;
        esac
        """
    )
    client = make_client(environment=stand_in(tmp_path / "bin", script))
    with pytest.raises(TryAgainError, match="somebody else"):
        client.commit(wanted(folder, client))
    assert git(folder, "symbolic-ref", "HEAD") == "refs/heads/x"
    assert git(folder, "for-each-ref") == ""


@given(
    name=st.text(min_size=1, max_size=30).filter(lambda text: "\0" not in text),
    email=st.text(min_size=1, max_size=30).filter(lambda text: "\0" not in text),
    message=st.text(max_size=60),
)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_person_and_no_message_forges_a_commit(tmp_path_factory: pytest.TempPathFactory, name: str, email: str, message: str) -> None:
    folder = write_files(tmp_path_factory.mktemp("p"), {"a": ""})
    client = make_client()
    try:
        client.commit(wanted(folder, client, author=Author(name, email), message=message))
    except RobotActionError:
        assert not (folder / ".git").exists()
        return
    raw = subprocess.run(["git", "-C", str(folder), "cat-file", "commit", "HEAD"], check=True, capture_output=True, env=git_environment())
    header = raw.stdout.partition(b"\n\n")[0].split(b"\n")
    assert [line.split()[0] for line in header] == [b"tree", b"author", b"committer"]


# On top of an existing one


def test_an_existing_repository_is_continued_with_one_commit(project: Path, client: GitClient) -> None:
    first = git(project, "rev-parse", "HEAD")
    write_files(project, {"a.txt": "changed\n", "new": ""})
    second = client.commit(wanted(project, client, message="Second\n"))
    assert git(project, "rev-parse", "HEAD", "HEAD^") == f"{second}\n{first}"
    assert status(project) == "## main"
    assert git(project, "fsck", "--strict") == ""


def test_with_nothing_to_commit_the_head_is_returned(project: Path, client: GitClient) -> None:
    head = git(project, "rev-parse", "HEAD")
    assert client.commit(wanted(project, client, message="Again\n")) == head
    assert git(project, "rev-list", "--count", "HEAD") == "1"


def test_a_missing_tag_is_made_for_a_commit_that_is_there(project: Path, client: GitClient) -> None:
    head = client.commit(wanted(project, client, tag="v1.0"))
    assert git(project, "rev-parse", "v1.0^{commit}") == head
    assert client.commit(wanted(project, client, tag="v1.0")) == head


def test_a_tag_of_another_commit_is_not_moved(project: Path, client: GitClient) -> None:
    git(project, "tag", "v1.0")
    write_files(project, {"new": ""})
    head = git(project, "rev-parse", "HEAD")
    with pytest.raises(FailedError, match=r"has a tag 'v1\.0' already"):
        client.commit(wanted(project, client, tag="v1.0"))
    assert git(project, "rev-parse", "HEAD") == head
    assert status(project) == "## main\n?? new"


def test_an_empty_repository_is_begun_on_the_wanted_branch(folder: Path, client: GitClient) -> None:
    git(folder, "init", "-q", "-b", "master")
    client.commit(wanted(folder, client, branch="main"))
    assert status(folder) == "## main"
    assert git(folder, "for-each-ref", "--format=%(refname)") == "refs/heads/main"


def test_files_that_are_tracked_though_ignored_stay(project: Path, client: GitClient) -> None:
    git(project, "add", "-f", "ignored/x")
    git(project, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qm", "forced")
    write_files(project, {"new": ""})
    client.commit(wanted(project, client))
    assert "ignored/x" in tracked(project)


def test_a_linked_work_tree_is_continued(project: Path, tmp_path: Path, client: GitClient) -> None:
    git(project, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    write_files(tmp_path / "linked", {"new": ""})
    client.commit(wanted(tmp_path / "linked", client, branch="side"))
    assert status(tmp_path / "linked") == "## side"
    assert git(project, "rev-parse", "main") == git(project, "rev-parse", "side^")


def test_another_branch_is_refused(project: Path, client: GitClient) -> None:
    git(project, "checkout", "-q", "-b", "feature")
    with pytest.raises(FailedError, match="git switch main"):
        client.commit(wanted(project, client))


def test_a_detached_head_is_refused(project: Path, client: GitClient) -> None:
    git(project, "checkout", "-q", "--detach")
    with pytest.raises(FailedError, match="no branch checked out"):
        client.commit(wanted(project, client))


def test_an_orphan_branch_beside_others_is_refused(project: Path, client: GitClient) -> None:
    git(project, "checkout", "-q", "--orphan", "fresh")
    with pytest.raises(FailedError, match="'fresh' checked out"):
        client.commit(wanted(project, client))


@pytest.mark.parametrize("name", ["MERGE_HEAD", "rebase-merge", "CHERRY_PICK_HEAD"])
def test_a_repository_in_the_middle_of_something_is_refused(project: Path, client: GitClient, name: str) -> None:
    (project / ".git" / name).write_text(git(project, "rev-parse", "HEAD"))
    with pytest.raises(FailedError, match=f"in the middle of something: {name}"):
        client.commit(wanted(project, client))


def test_conflicts_are_refused(project: Path, client: GitClient) -> None:
    blob = git(project, "rev-parse", "HEAD:a.txt")
    lines = "".join(f"100644 {blob} {stage}\ta.txt\n" for stage in (1, 2, 3))
    subprocess.run(["git", "-C", str(project), "update-index", "--force-remove", "a.txt"], check=True)
    subprocess.run(["git", "-C", str(project), "update-index", "--index-info"], input=lines.encode(), check=True)
    with pytest.raises(FailedError, match="conflicts"):
        client.commit(wanted(project, client))


@pytest.mark.parametrize("staged", [False, True])
def test_a_file_that_somebody_removed_is_refused(project: Path, client: GitClient, staged: bool) -> None:
    (project / "a.txt").unlink()
    if staged:
        git(project, "rm", "-q", "--cached", "a.txt")
    with pytest.raises(FailedError, match=r"removed files \(a.txt\)"):
        client.commit(wanted(project, client))


def test_content_that_is_only_staged_is_not_lost(project: Path, client: GitClient) -> None:
    write_files(project, {"a.txt": "staged\n"})
    git(project, "add", "a.txt")
    write_files(project, {"a.txt": "not staged\n"})
    with pytest.raises(FailedError, match=r"staged contents that differ .*a.txt"):
        client.commit(wanted(project, client))
    assert git(project, "show", ":a.txt") == "staged"


def test_what_is_staged_as_it_stands_is_committed(project: Path, client: GitClient) -> None:
    write_files(project, {"a.txt": "staged\n"})
    git(project, "add", "a.txt")
    client.commit(wanted(project, client))
    assert status(project) == "## main"


def test_a_git_process_that_works_there_is_not_disturbed(project: Path, client: GitClient) -> None:
    (project / ".git/index.lock").write_text("")
    write_files(project, {"new": ""})
    with pytest.raises(TryAgainError, match=r"index\.lock"):
        client.commit(wanted(project, client))
    assert git(project, "rev-list", "--count", "HEAD") == "1"


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path, client: GitClient) -> None:
    with pytest.raises(FailedError, match="gone cannot be written"):
        client.commit(CommitWanted(tmp_path / "gone", (), "main", "x", AUTHOR, DATE))


def test_nothing_that_a_hostile_repository_configures_runs(project: Path, tmp_path: Path, client: GitClient) -> None:
    marker = tmp_path / "ran"
    write_files(project, {".gitattributes": "* filter=evil\n", "a.txt": "changed\n"})
    plant(project, marker)
    commit = client.commit(wanted(project, client, tag="v2"))
    assert not marker.exists()
    assert git(project, "cat-file", "blob", f"{commit}:a.txt") == "changed"


# Killed


KILLED = dedent(
    """
    import os, sys
    from pathlib import Path
    from tests.testbed.git_bed import make_client, wanted
    client = make_client(environment={"PATH": sys.argv[2]})
    client.commit(wanted(Path(sys.argv[1]), client, tag="v1.0"))
    """
)
BLOCK = """
case " $* " in
*" $AT "*) "$REAL" "$@" > /dev/null; echo > "$FIFO"; sleep 60 ;;
*) exec "$REAL" "$@" ;;
esac
"""


def kill_at(folder: Path, scratch: Path, command: str) -> None:
    """Let a commit run until git is asked for one command, and kill everything then, before or after git did it."""
    fifo = scratch / "fifo"
    os.mkfifo(fifo)
    script = f"AT={command} FIFO={fifo}\n{BLOCK}"
    path = stand_in(scratch / "bin", script)["PATH"]
    arguments = [sys.executable, "-c", KILLED, str(folder), path]
    with subprocess.Popen(
        arguments, cwd=Path(__file__).parents[3], env={**os.environ, "TMPDIR": str(scratch)}, start_new_session=True
    ) as process:
        fifo.read_bytes()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        for child in map(int, children):
            os.killpg(child, signal.SIGKILL)
        process.kill()
    fifo.unlink()


@pytest.mark.parametrize("command", ["init", "update-index", "write-tree", "commit-tree", "update-ref", "mktag"])
def test_killed_in_a_new_repository_and_run_again(folder: Path, tmp_path: Path, client: GitClient, command: str) -> None:
    kill_at(folder, tmp_path, command)
    assert not (folder / ".git").exists()
    commit = client.commit(wanted(folder, client, tag="v1.0"))
    assert git(folder, "rev-parse", "HEAD", "v1.0^{commit}") == f"{commit}\n{commit}"
    assert status(folder) == "## main"
    assert sorted(path.name for path in folder.iterdir()) == [".git", ".gitignore", "a.txt", "d", "ignored"]


@pytest.mark.parametrize("command", ["update-index", "write-tree", "commit-tree", "update-ref", "mktag"])
def test_killed_in_an_existing_repository_and_run_again(project: Path, tmp_path: Path, client: GitClient, command: str) -> None:
    write_files(project, {"a.txt": "changed\n", "new": ""})
    kill_at(project, tmp_path, command)
    client.commit(wanted(project, client, tag="v1.0"))
    assert git(project, "rev-list", "--count", "HEAD") == "2"
    assert git(project, "rev-parse", "v1.0^{commit}") == git(project, "rev-parse", "HEAD")
    assert status(project) == "## main"
    assert git(project, "fsck", "--strict") == ""


# A commit that nobody has seen yet is replaced


def test_a_commit_that_is_replaced_leaves_one_commit_and_its_tag_moves_along(folder: Path, client: GitClient) -> None:
    first = client.commit(wanted(folder, client, tag="v1"))
    write_files(folder, {"made.txt": "made\n"})
    second = client.commit(replace(wanted(folder, client, message="Again", tag="v1"), replaces=True))
    assert second != first
    assert git(folder, "log", "--format=%H %s").strip() == f"{second} Again"
    assert git(folder, "rev-parse", "v1^{commit}").strip() == second
    assert "made.txt" in tracked(folder)
    assert status(folder).strip() == "## main"


def test_a_commit_on_top_of_others_is_replaced_on_top_of_them(project: Path, client: GitClient) -> None:
    base = git(project, "rev-parse", "HEAD").strip()
    write_files(project, {"a.txt": "changed\n"})
    client.commit(wanted(project, client))
    second = client.commit(replace(wanted(project, client, message="the same files, another message"), replaces=True))
    assert git(project, "log", "--format=%H").split() == [second, base]


def test_a_tag_of_another_commit_stays_where_it_is(project: Path, client: GitClient) -> None:
    git(project, "tag", "v1")
    write_files(project, {"a.txt": "changed\n"})
    head = client.commit(wanted(project, client))
    with pytest.raises(FailedError, match="of another commit"):
        client.commit(replace(wanted(project, client, message="Again", tag="v1"), replaces=True))
    assert git(project, "rev-parse", "HEAD").strip() == head
