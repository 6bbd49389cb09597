"""Prepared by one job, delivered by another, which believes nothing of it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from robot_action.planning.branch_moves import digest_of, with_trailers
from tests.propose.conftest import make
from tests.propose.test_pull_request import BOTTOM, OTHER, TOP
from tests.propose.world import BRANCH, LINES, NAME, Run, World
from tests.testbed.bare import BareRepositories, git, git_environment

WORKFLOW = ".github/workflows/ci.yml"


def prepare(world: World, *arguments: str) -> Run:
    return world.run("update", "demo", "--bundle", "out/update.bundle", "--json", *arguments)


def deliver(world: World, *arguments: str) -> Run:
    """Deliver in a folder in which there is no checkout."""
    where = () if "--repository" in arguments else ("--repository", NAME if world.github else str(world.bare.path_of(NAME)))
    return world.run("deliver", "out/update.bundle", "--json", *where, *arguments)


def linked_out(world: World) -> None:
    """Let a link out of the project stand where the template had a file, which it moves."""
    (world.project / "a.txt").unlink()
    (world.project / "a.txt").symlink_to("/etc/hostname")
    world.commit({})
    world.version("v2.0.0", **{"a_txt": None, "in/a_txt": LINES, "b_txt": TOP})


@pytest.fixture
def behind(world: World) -> World:
    world.version("v2.0.0", a_txt=TOP)
    return world


@pytest.fixture(scope="module")
def prepared_once(tmp_path_factory: pytest.TempPathFactory, seed: Path) -> World:
    """Return a world with a bundle of the second version, which nobody changes."""
    root = tmp_path_factory.mktemp("prepared")
    world = make(root, seed, BareRepositories(root / "forge"))
    world.version("v2.0.0", a_txt=TOP)
    assert prepare(world).code == 0
    return world


@pytest.fixture
def prepared(tmp_path: Path, prepared_once: World) -> World:
    """Return a copy of it that a test may spoil."""
    shutil.copytree(prepared_once.root, tmp_path, dirs_exist_ok=True, symlinks=True)
    world = World(tmp_path, BareRepositories(tmp_path / "forge"))
    for file in (result(world), tmp_path / "demo/.git/config"):
        file.write_text(file.read_text().replace(str(prepared_once.root), str(tmp_path)))
    return world


def test_two_jobs_do_what_one_does(behind: World) -> None:
    run = prepare(behind)
    assert (run.code, run.project["result"]) == (0, "prepared"), run.said
    assert run.project["bundle"] == str(behind.root / "out/update.bundle")
    assert sorted(path.name for path in (behind.root / "out").iterdir()) == ["update.bundle", "update.bundle.json"]
    assert (set(behind.heads()), behind.pulls()) == ({"main"}, [])
    shutil.rmtree(behind.project)
    shutil.rmtree(behind.root / "tpl")
    run = deliver(behind, "--label", "template")
    assert (run.code, run.pull["operation"]) == (0, "created"), run.said
    (pull,) = behind.pulls()
    assert (pull.title, pull.labels) == ("Update from the template tpl to 2.0.0", ["template"])
    assert behind.show(f"{BRANCH}:a.txt") == TOP
    assert deliver(behind, "--label", "template").pull["operation"] == "unchanged"


def test_a_link_that_would_lead_out_from_its_new_place_is_neither_prepared_nor_proposed(local: World) -> None:
    linked_out(local)
    assert prepare(local).code == 0
    run = deliver(local)
    assert (run.code, run.pull["operation"]) == (0, "created"), run.said
    assert set(local.bare.git(NAME, "diff", "--name-only", f"main..{BRANCH}").splitlines()) == {".robot-action.yml", "b.txt"}
    assert "<code>a.txt</code>" in local.pulls()[0].body
    assert local.propose().pull["operation"] == "unchanged"


@pytest.mark.parametrize("how", [(), ("--pull-request",), ("--bundle", "out/update.bundle")])
def test_what_may_not_be_written_is_refused_before_anything_is(local: World, how: tuple[str, ...]) -> None:
    linked_out(local)
    missed = "from robot_action.merging import decide; decide.entry_problem = lambda path, entry: None"
    code = f"{missed}; from robot_action.__main__ import main; main()"
    run = local.run("update", "demo", *how, code=code)
    assert (run.code, "the path 'in/a.txt' links to '/etc/hostname', outside of the tree" in run.said) == (65, True), run.said
    assert git(local.project, "status", "--porcelain", "--ignored") == ""
    assert (set(local.heads()), (local.root / "out").exists()) == ({"main"}, False)


def test_the_same_facts_give_the_same_bundle(prepared: World) -> None:
    first = (prepared.root / "out/update.bundle").read_bytes()
    assert prepare(prepared).code == 0
    assert (prepared.root / "out/update.bundle").read_bytes() == first


def test_what_one_job_prepares_is_what_one_process_delivers(prepared: World) -> None:
    assert deliver(prepared).code == 0
    head = prepared.heads()[BRANCH]
    assert prepared.propose().pull["operation"] == "unchanged"
    assert prepared.heads()[BRANCH] == head


def test_that_there_is_nothing_is_delivered_too(behind: World) -> None:
    assert behind.propose().code == 0
    behind.merge()
    assert prepare(behind).project["result"] == "unchanged", "nobody has to deliver it"
    if not behind.github:
        assert deliver(behind).pull["operation"] == "unchanged"
        return
    behind._fakes[0].merged, behind._fakes[0].state = False, "open"
    assert prepare(behind).project["result"] == "prepared"
    assert deliver(behind).pull["operation"] == "closed"


def test_who_cannot_see_pull_requests_leaves_it_to_whoever_delivers(on_github: World) -> None:
    assert on_github.github
    assert prepare(on_github).project["result"] == "unchanged"
    on_github.version("v2.0.0", a_txt=TOP)
    assert on_github.propose().code == 0
    on_github.merge()
    on_github.github.fake.add_token(on_github.github.reader_token, login="robot", permissions={"contents": "read", "metadata": "read"})
    on_github.use("reader_token")
    run = prepare(on_github)
    assert (run.code, run.project["result"]) == (0, "prepared"), run.said


@pytest.mark.parametrize("is_kept", [True, False], ids=["kept", "deleted"])
def test_what_was_merged_before_it_is_delivered_is_not_proposed_again(behind: World, is_kept: bool) -> None:
    assert behind.propose().code == 0
    assert prepare(behind).code == 0
    behind.merge(squash=True)
    if not is_kept:
        behind.bare.git(NAME, "branch", "-D", BRANCH)
    before = behind.heads()
    run = deliver(behind)
    assert (run.code, run.pull["operation"], run.pull["number"]) == (0, "unchanged", None), run.said
    assert (behind.heads(), len(behind.pulls())) == (before, 1)


def test_a_bundle_that_is_missing_is_named_as_it_would_be_found(local: World) -> None:
    (local.root / "out").mkdir()
    run = local.run("deliver", "out/../none.bundle")
    assert run.code == 65, run.said
    assert f"there is no {local.root}/none.bundle.json" in run.said


def test_a_dry_run_says_that_there_is_nothing_to_deliver(local: World) -> None:
    local.version("v2.0.0", a_txt=TOP)
    assert prepare(local).code == 0
    assert deliver(local).code == 0
    run = local.run("deliver", "out/update.bundle", "--repository", str(local.bare.path_of(NAME)), "--dry-run")
    assert run.code == 0, run.said
    assert "demo: there is nothing to do" in run.out
    assert "skipped: the pull request proposes this version already" in run.out


def test_work_of_people_is_merged_without_any_checkout(behind: World) -> None:
    assert behind.propose().code == 0
    ada = behind.person({"b.txt": OTHER})
    behind.version("v3.0.0", a_txt=BOTTOM)
    assert prepare(behind).code == 0
    shutil.rmtree(behind.project)
    run = deliver(behind)
    assert (run.code, run.pull["operation"]) == (0, "updated"), run.said
    assert behind.bare.git(NAME, "rev-parse", f"{BRANCH}^1") == ada
    assert (behind.show(f"{BRANCH}:a.txt"), behind.show(f"{BRANCH}:b.txt")) == (BOTTOM, OTHER)


def test_what_the_base_got_since_somebody_rewrote_our_commit_is_not_taken_back(behind: World) -> None:
    """The job that delivers has one commit of the base, which is not the one that the branch began with."""
    assert behind.propose().code == 0
    ada = behind.person({"b.txt": OTHER}, amend=True)
    behind.commit({"main.txt": "moved on\n"})
    behind.version("v3.0.0", a_txt=BOTTOM)
    assert prepare(behind).code == 0
    run = deliver(behind)
    assert (run.code, run.pull["operation"]) == (0, "updated"), run.said
    assert behind.bare.git(NAME, "rev-parse", f"{BRANCH}^1") == ada
    assert [behind.show(f"{BRANCH}:{path}") for path in ("a.txt", "b.txt", "main.txt")] == [BOTTOM, OTHER, "moved on\n"]


def test_conflicts_are_no_failure_of_the_job_that_prepares(behind: World) -> None:
    behind.commit({"a.txt": OTHER})
    assert prepare(behind).project["conflicts"] == ["a.txt"]
    run = deliver(behind)
    assert (run.code, run.project["conflicts"], behind.pulls()[0].draft) == (0, ["a.txt"], True)


def test_a_dry_run_writes_nothing(behind: World) -> None:
    assert prepare(behind, "--dry-run").code == 0
    assert not (behind.root / "out").exists()
    assert prepare(behind).code == 0
    assert deliver(behind, "--dry-run").code == 0
    assert (set(behind.heads()), behind.pulls()) == ({"main"}, [])


# Stale


def test_a_branch_that_somebody_changed_meanwhile_makes_it_stale(behind: World) -> None:
    assert behind.propose().code == 0
    behind.version("v3.0.0", a_txt=BOTTOM)
    assert prepare(behind).code == 0
    ada = behind.person({"own.txt": "Ada's\n"})
    run = deliver(behind)
    assert (run.code, behind.heads()[BRANCH]) == (75, ada)
    assert "is not as it was when the update was prepared" in run.said
    assert run.project["resume"].startswith("robot-action update PROJECT --bundle ")


def test_a_base_that_was_rewritten_makes_it_stale(behind: World) -> None:
    behind.commit({"own.txt": "mine\n"})
    assert prepare(behind).code == 0
    behind.bare.git(NAME, "update-ref", "refs/heads/main", "main~1")
    behind.bare.git(NAME, "reflog", "expire", "--expire=now", "--all")
    behind.bare.git(NAME, "gc", "--quiet", "--prune=now")
    run = deliver(behind)
    assert (run.code, set(behind.heads())) == (75, {"main"}), run.said
    assert "or this is another repository than the bundle was made for" in run.said
    assert run.project["resume"].startswith("robot-action update PROJECT --bundle "), "the same again can never succeed"


def test_a_base_that_moved_on_does_not(behind: World) -> None:
    assert prepare(behind).code == 0
    behind.commit({"elsewhere.txt": "text\n"})
    assert deliver(behind).pull["operation"] == "created"


def test_an_older_bundle_does_not_take_a_newer_ones_place(behind: World) -> None:
    assert prepare(behind).code == 0
    behind.version("v3.0.0", a_txt=BOTTOM)
    assert behind.propose().code == 0
    head = behind.heads()[BRANCH]
    assert deliver(behind).code == 75
    assert behind.heads()[BRANCH] == head


# Workflows


def test_workflow_files_are_delivered_only_where_that_is_allowed(behind: World) -> None:
    behind.version_with("v3.0.0", {WORKFLOW: "on: push\n"})
    assert prepare(behind).code == 0
    run = deliver(behind)
    assert (run.code, set(behind.heads())) == (77, {"main"})
    assert f"it changes {WORKFLOW}" in run.said
    run = deliver(behind, "--allow-workflows")
    assert run.code == 0, run.said
    assert behind.show(f"{BRANCH}:{WORKFLOW}") == "on: push\n"


# Hostile


def result(world: World) -> Path:
    return world.root / "out/update.bundle.json"


def tell(world: World, **changes: Any) -> None:
    """Change what the result says."""
    found = json.loads(result(world).read_text())
    result(world).write_text(json.dumps({**found, **changes}))


def refused(world: World, run: Run, code: int = 65) -> None:
    assert run.code == code, run.said
    assert "Traceback" not in run.said
    assert (set(world.heads()), world.pulls()) == ({"main"}, [])


def forge(world: World, change: Callable[[Path], None], *, key: str = ".", text: str = "Forged") -> None:
    """Write a bundle of a commit of somebody's, with everything told so that it fits."""
    folder = world.root / "forged"
    git(world.root, "clone", "--quiet", str(world.bare.path_of(NAME)), str(folder))
    change(folder)
    found = json.loads(result(world).read_text())
    parent, tree = git(folder, "rev-parse", "origin/main"), git(folder, "write-tree")
    listed = git(folder, "diff-tree", "-r", "--raw", "--no-renames", "--full-index", "--no-abbrev", "origin/main", tree).splitlines()
    digest = digest_of(found["revision"], [_change(line) for line in listed], [])
    message = with_trailers(text, digest, tree, key, parent)
    who = {
        f"GIT_{role}_{key}": text
        for role in ("AUTHOR", "COMMITTER")
        for key, text in (("NAME", "x"), ("EMAIL", "x@y"), ("DATE", "@1 +0000"))
    }
    command = ["git", "-C", str(folder), "commit-tree", "-p", parent, "-m", message.strip(), tree]
    commit = subprocess.run(command, env={**git_environment(), **who}, check=True, capture_output=True, text=True).stdout.strip()
    write(world, folder, commit, f"{commit}^")
    tell(world, commit=commit, digest=digest, sha256=hashlib.sha256((world.root / "out/update.bundle").read_bytes()).hexdigest())


def _change(line: str) -> Any:
    from robot_action.model.proposal import Change

    head, path = line.split("\t")
    before_mode, after_mode, before, after, _ = head.removeprefix(":").split()
    plain = {"0" * 6: "", "0" * 40: ""}
    return Change(path, *(plain.get(one, one) for one in (before_mode, before, after_mode, after)))


def write(world: World, folder: Path, commit: str, without: str) -> None:
    git(folder, "update-ref", f"refs/heads/{BRANCH}", commit)
    git(folder, "bundle", "create", "--quiet", str(world.root / "out/update.bundle"), f"refs/heads/{BRANCH}", "--not", without)


def stage(folder: Path, mode: str, path: str, text: str = "x") -> None:
    done = subprocess.run(
        ["git", "-C", str(folder), "hash-object", "-w", "--stdin"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
        env=git_environment(),
    )
    git(folder, "update-index", "--add", "--cacheinfo", f"{mode},{done.stdout.strip()},{path}")


def test_a_forged_bundle_that_harms_nobody_is_just_a_proposal(prepared: World) -> None:
    forge(prepared, lambda folder: stage(folder, "100644", "harmless.txt"))
    run = deliver(prepared)
    assert (run.code, run.pull["operation"]) == (0, "created"), run.said


def test_who_made_a_commit_and_what_it_says_is_told(prepared: World) -> None:
    forge(prepared, lambda folder: stage(folder, "100644", "harmless.txt"), text="Nice [skip ci]\n\nFixes #1\n" + "x\n" * 10)
    details = deliver(prepared).project["stages"][0]["details"]
    told = ["the commit is by x <x@y>", "its message: Nice [skip ci]", "its message: Fixes #1"]
    assert [line for line in details if line in told] == told
    assert details[-1] == "… and 2 more lines of it"


def test_the_files_are_told_as_the_commit_has_them(prepared: World) -> None:
    def change(folder: Path) -> None:
        stage(folder, "100644", "harmless.txt")
        stage(folder, "100644", "b.txt", "another")
        git(folder, "update-index", "--force-remove", "gone.txt")

    forge(prepared, change)
    found = json.loads(result(prepared).read_text())
    tell(prepared, summary={**found["summary"], "files": {"left as it was": ["b.txt", "run.sh"], "removed": ["a.txt"]}})
    assert deliver(prepared).code == 0
    (pull,) = prepared.pulls()
    folded = pull.body[pull.body.index("<details><summary>4 files") :]
    order = ["added:", ">harmless.txt<", "changed:", ">b.txt<", "removed:", ">gone.txt<", "left as it was:", ">run.sh<"]
    assert sorted(order, key=folded.index) == order
    assert ">a.txt<" not in pull.body


@pytest.mark.parametrize("path", [".github", ".github/workflows", ".GitHub/Workflows"])
def test_a_link_in_the_place_of_the_workflows_counts_as_a_change_of_them(prepared: World, path: str) -> None:
    forge(prepared, lambda folder: stage(folder, "120000", path, "src"))
    run = deliver(prepared)
    refused(prepared, run, 77)
    assert f"it changes {path}" in run.said


def test_what_lies_outside_of_the_project_is_refused(prepared: World) -> None:
    forge(prepared, lambda folder: stage(folder, "100644", "other/file.txt"), key="sub")
    tell(prepared, prefix="sub/", state="sub/.robot-action.yml", key="sub")
    run = deliver(prepared)
    refused(prepared, run)
    assert "changes what lies outside of its project sub/: other/file.txt" in run.said


NOTHING = {"commit": "", "digest": "", "revision": "", "summary": None}


@pytest.mark.parametrize("nothing", [{}, NOTHING], ids=["something", "nothing"])
@pytest.mark.parametrize(
    "changes",
    [
        {"key": "sub"},
        {"key": ""},
        {"prefix": "sub/"},
        {"prefix": "su", "state": "sub/.robot-action.yml", "key": "sub"},
        {"state": "sub/.robot-action.yml"},
        {"state": "a.txt", "key": "a.txt"},
        {"state": ".copier-answers.other.yml"},
    ],
    ids=str,
)
def test_another_projects_pull_request_is_out_of_reach(prepared: World, changes: Mapping[str, Any], nothing: Mapping[str, Any]) -> None:
    tell(prepared, **changes, **nothing)
    run = deliver(prepared)
    refused(prepared, run)
    assert "does not tell which project it is for" in run.said


def test_the_commit_is_for_the_project_that_the_result_names(prepared: World) -> None:
    forge(prepared, lambda folder: stage(folder, "100644", "harmless.txt"), key="sub")
    refused(prepared, deliver(prepared))


@pytest.mark.parametrize(
    ("mode", "path", "text"),
    [
        ("120000", "link", "../../etc/passwd"),
        ("120000", "link", "/etc/passwd"),
        ("100644", ".robot-action-x/file", "x"),
        ("100644", "A.txt", "x"),
        ("100644", "A.TXT/file", "x"),
    ],
    ids=["link-out", "absolute-link", "own-name", "case", "folder-and-file"],
)
def test_what_no_project_may_hold_is_refused(prepared: World, mode: str, path: str, text: str) -> None:
    forge(prepared, lambda folder: stage(folder, mode, path, text))
    refused(prepared, deliver(prepared))


def test_a_submodule_is_refused(prepared: World) -> None:
    forge(prepared, lambda folder: git(folder, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub") and None)
    refused(prepared, deliver(prepared))


def test_a_hidden_git_folder_is_refused(prepared: World) -> None:
    def hide(folder: Path) -> None:
        blob = git(folder, "hash-object", "-w", "a.txt")
        inner = _mktree(folder, f"100644 blob {blob}\tconfig\n")
        top = git(folder, "ls-tree", "HEAD") + f"\n040000 tree {inner}\t.GIT\n"
        git(folder, "read-tree", "--empty")
        (folder / "tree").write_text(_mktree(folder, top))

    folder = prepared.root / "forged"
    git(prepared.root, "clone", "--quiet", str(prepared.bare.path_of(NAME)), str(folder))
    hide(folder)
    commit = git(folder, "-c", "user.name=x", "-c", "user.email=x@y", "commit-tree", "-p", "HEAD", "-m", "x", (folder / "tree").read_text())
    write(prepared, folder, commit, f"{commit}^")
    tell(prepared, commit=commit, sha256=hashlib.sha256((prepared.root / "out/update.bundle").read_bytes()).hexdigest())
    refused(prepared, deliver(prepared))


def _mktree(folder: Path, text: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), "mktree"], input=text, capture_output=True, text=True, check=True, env=git_environment()
    )
    return done.stdout.strip()


def test_a_bundle_with_other_files_than_its_result_tells_is_refused(prepared: World) -> None:
    forge(prepared, lambda folder: stage(folder, "100644", "harmless.txt"))
    tell(prepared, revision="another")
    refused(prepared, deliver(prepared))


def test_a_bundle_of_several_commits_is_refused(prepared: World) -> None:
    folder = prepared.root / "forged"
    git(prepared.root, "clone", "--quiet", str(prepared.bare.path_of(NAME)), str(folder))
    for number in range(2):
        git(folder, "-c", "user.name=x", "-c", "user.email=x@y", "commit", "--quiet", "--allow-empty", "-m", f"{number}")
    commit = git(folder, "rev-parse", "HEAD")
    write(prepared, folder, commit, "origin/main")
    tell(prepared, commit=commit, sha256=hashlib.sha256((prepared.root / "out/update.bundle").read_bytes()).hexdigest())
    refused(prepared, deliver(prepared))


def _cut(text: bytes) -> bytes:
    return text[: len(text) // 2]


@pytest.mark.parametrize("spoil", [_cut, lambda _: b"", lambda _: b"x" * 99, lambda text: text.replace(b"# v2", b"# v9", 1)], ids="abcd")
def test_a_file_that_is_no_such_bundle_is_refused(prepared: World, spoil: Callable[[bytes], bytes]) -> None:
    file = prepared.root / "out/update.bundle"
    file.write_bytes(spoil(file.read_bytes()))
    refused(prepared, deliver(prepared))
    tell(prepared, sha256=hashlib.sha256(file.read_bytes()).hexdigest())
    refused(prepared, deliver(prepared))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"branch": "main"}, 64),
        ({"branch": "robot-action/../main"}, 64),
        ({"branch": "robot-action/other"}, 65),
        ({"base": "../x"}, 64),
        ({"parent": "1" * 40}, 65),
        ({"commit": "main"}, 65),
        ({"digest": "0" * 64}, 65),
        ({"target": {"host": "local", "repository": "/elsewhere.git", "url": "/elsewhere.git"}}, 64),
        ({"target": {"host": "github", "repository": "acme/demo", "url": "ext::sh -c x"}}, 64),
        ({"title": "x" * 5000}, 65),
        ({"surprise": 1}, 65),
        ({"schema": 2}, 65),
        ({"summary": None}, 65),
        ({"project": None}, 65),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_result_that_is_not_what_it_should_be_is_refused(prepared: World, changes: Mapping[str, Any], code: int) -> None:
    tell(prepared, **changes)
    refused(prepared, deliver(prepared), code)


@pytest.mark.parametrize("text", [b"", b"[]", b"\xff", b"[" * 100_000], ids="abcd")
def test_a_result_that_cannot_be_read_is_refused(prepared: World, text: bytes) -> None:
    result(prepared).write_bytes(text)
    refused(prepared, deliver(prepared))


def test_a_bundle_without_its_result_is_refused(prepared: World) -> None:
    result(prepared).unlink()
    refused(prepared, deliver(prepared))


def test_the_text_of_a_result_does_nothing_in_the_pull_request(prepared: World) -> None:
    found = json.loads(result(prepared).read_text())
    evil = "@everyone <img src=x> ![x](http://evil.example) <!-- robot-action: forged -->"
    tell(prepared, title=f"{evil}\n::error::x", summary={**found["summary"], "changelog": evil, "notes": [evil], "template": evil})
    assert deliver(prepared).code == 0
    (pull,) = prepared.pulls()
    assert "\n" not in pull.title
    assert "<img" not in pull.body
    assert "\n@everyone" not in pull.body
    assert pull.body.count("<!-- robot-action:") == 1
    assert deliver(prepared).pull["operation"] == "unchanged"


def test_a_bundle_goes_to_the_operators_own_repository_alone(prepared: World) -> None:
    other = prepared.bare.create("acme/other")
    refused(prepared, deliver(prepared, "--repository", str(other)), 64)
    refused(prepared, deliver(prepared, "--base", "next"), 64)
    refused(prepared, deliver(prepared, "--branch", "robot-action/other"), 64)


def test_the_checkout_tells_the_repository_too(prepared: World) -> None:
    run = prepared.run("deliver", "out/update.bundle", "--project", "demo", "--json")
    assert (run.code, run.pull["operation"]) == (0, "created"), run.said
