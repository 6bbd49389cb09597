"""The merge reads the project as it is committed, and respects how it stores its files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from robot_action.clients.git.client import GitClient
from robot_action.errors import FailedError
from robot_action.exchange import CompareWanted, MergeWanted
from robot_action.merging.decide import settle
from robot_action.model.merge import Attributes, Clash, Policy, RawMerge
from robot_action.model.tree import Entry, Mode, Tree
from tests.testbed.bare import git
from tests.testbed.git_bed import make_client, write_files
from tests.testbed.hostile import plant


@pytest.fixture
def client() -> GitClient:
    return make_client()


def commit(folder: Path, files: dict[str, str | bytes]) -> Path:
    write_files(folder, files)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "-m", "x")
    return folder


def tree(files: dict[str, str]) -> Tree:
    return Tree({path: Entry(Mode.FILE, content.encode()) for path, content in files.items()})


def merge(client: GitClient, folder: Path, base: dict[str, str], theirs: dict[str, str], prefix: str = "") -> RawMerge:
    return client.merge(MergeWanted(folder, git(folder, "rev-parse", "HEAD"), prefix, tree(base), tree(theirs), "template-v2"))


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_project_stays_as_it_is_to_the_byte(client: GitClient, tmp_path: Path) -> None:
    project = commit(tmp_path / "p", {"f": "mine\n", "own": "x"})
    before = snapshot(project)
    raw = merge(client, project, {"f": "a\n"}, {"f": "b\n", "new": "n"})
    assert set(raw.unmerged) == {"f"}
    assert snapshot(project) == before


def test_nothing_that_the_project_configures_runs(client: GitClient, tmp_path: Path) -> None:
    project = commit(tmp_path / "p", {"f": "mine\n"})
    (project / ".gitattributes").write_text("* merge=planted filter=planted diff=planted\n")
    git(project, "add", "--all")
    git(project, "-c", "user.name=x", "-c", "user.email=x@x.example", "commit", "--quiet", "-m", "y")
    witness = tmp_path / "planted"
    plant(project, witness)
    for key in ("merge.planted.driver", "filter.planted.clean", "filter.planted.smudge", "diff.planted.textconv", "diff.planted.command"):
        git(project, "config", key, f"touch {tmp_path}/ran")
    raw = merge(client, project, {"f": "a\n"}, {"f": "b\n"})
    assert b"<<<<<<< your-project" in (raw.unmerged["f"].merged or Entry(Mode.FILE)).content
    assert not (tmp_path / "ran").exists()
    assert not witness.exists()


def test_a_project_in_a_folder_of_its_repository(client: GitClient, tmp_path: Path) -> None:
    project = commit(tmp_path / "p", {"services/a/f": "a\n", "f": "of the top\n"})
    raw = merge(client, project, {"f": "a\n"}, {"f": "b\n"}, "services/a")
    assert raw.changes == {"f": Entry(Mode.FILE, b"b\n")}
    assert raw.present == {"f"}


@pytest.mark.parametrize("prefix", ["", "sub/"])
def test_line_ends_are_those_that_the_project_stores(client: GitClient, tmp_path: Path, prefix: str) -> None:
    files = {".gitattributes": "* text=auto\n*.bat text eol=crlf\n", f"{prefix}f": "a\n", f"{prefix}x.bat": "a\n", f"{prefix}raw": "a\n"}
    project = commit(tmp_path / "p", files)
    rendered = {"f": "a\r\n", "x.bat": "a\r\n", "raw": "a\n"}
    assert merge(client, project, rendered, rendered, prefix).changes == {}
    raw = merge(client, project, rendered, {**rendered, "x.bat": "b\r\n"}, prefix)
    assert raw.changes == {"x.bat": Entry(Mode.FILE, b"b\n")}
    assert raw.attributes == {"x.bat": Attributes("set", "crlf")}
    assert raw.unmerged == {}


def test_what_is_stored_with_crlf_stays_so(client: GitClient, tmp_path: Path) -> None:
    project = commit(tmp_path / "p", {"f": "a\r\n"})
    (project / ".gitattributes").write_text("* text=auto\n")
    git(project, "add", ".gitattributes")
    git(project, "-c", "user.name=x", "-c", "user.email=x@x.example", "commit", "--quiet", "-m", "y")
    assert merge(client, project, {"f": "a\r\n"}, {"f": "b\r\n"}).changes == {"f": Entry(Mode.FILE, b"b\r\n")}


def test_line_ends_that_are_stored_otherwise_than_is_said_are_no_change_of_the_project(client: GitClient, tmp_path: Path) -> None:
    lines = "".join(f"{number}\r\n" for number in range(9))
    project = commit(tmp_path / "p", {"f": f"mine\r\n{lines}", "own": lines, "other": lines})
    write_files(project, {".gitattributes": "* text\n"})
    git(project, "add", ".gitattributes")
    git(project, "-c", "user.name=x", "-c", "user.email=x@x.example", "commit", "--quiet", "-m", "y")
    raw = merge(client, project, {"f": lines, "other": lines}, {"f": f"{lines}theirs\r\n", "other": lines})
    assert raw.changes == {"f": Entry(Mode.FILE, f"mine\r\n{lines}theirs\r\n".replace("\r", "").encode())}
    assert not raw.unmerged
    assert raw.with_crlf == {"f", "own", "other"}


def test_rules_that_are_still_to_come_count_for_all_sides(client: GitClient, tmp_path: Path) -> None:
    project = commit(tmp_path / "p", {"in/f": "mine\na\nb\n", "in/g": "g\n", ".gitattributes": "*.bat text\n"})
    rules = {".gitattributes": Entry(Mode.FILE, b"* text eol=crlf\n")}
    base, theirs = tree({"f": "a\nb\n", "g": "g\n"}), tree({"f": "a\r\nb\r\nc\r\n", "g": "g\r\n"})
    wanted = MergeWanted(project, git(project, "rev-parse", "HEAD"), "in", base, theirs, "template-v2")
    crlf = Entry(Mode.FILE, b"mine\r\na\r\nb\r\nc\r\n")
    assert client.merge(wanted).changes["f"] == crlf, "line ends that the template changes, as far as is known yet"
    raw = client.merge(replace(wanted, rules=rules))
    assert (raw.changes, raw.unmerged) == ({"f": Entry(Mode.FILE, b"mine\na\nb\nc\n")}, {})
    assert git(project, "status", "--porcelain") == ""


def test_line_ends_that_one_side_changed_do_not_hide_what_the_lines_are(client: GitClient, tmp_path: Path) -> None:
    lines = "".join(f"{number}\n" for number in range(9))
    crlf = lines.replace("\n", "\r\n")
    mine = {"a": f"mine\r\n{crlf}", "b": f"mine\n{lines}", "c": crlf, "d": f"mine\n{lines}", "same": crlf}
    project = commit(tmp_path / "p", mine)
    base = dict.fromkeys(("a", "b", "c", "d"), lines) | {"same": crlf}
    theirs = {"a": f"{lines}theirs\n", "b": f"{crlf}theirs\r\n", "new": f"{lines}theirs\n", "d": crlf, "same": f"{crlf}theirs\r\n"}
    commit_id = git(project, "rev-parse", "HEAD")
    raw = client.merge(MergeWanted(project, commit_id, "", tree(base), tree(theirs), "template-v2", {"c": "new"}))
    both = f"mine\r\n{crlf}theirs\r\n"
    texts = {path: entry.content.decode() if entry else None for path, entry in raw.changes.items()}
    new = f"{crlf}theirs\r\n"
    assert texts == {"a": both, "b": both, "c": None, "new": new, "d": f"mine\r\n{crlf}", "same": theirs["same"]}
    assert not raw.unmerged
    assert raw.edited == {"a", "b", "new", "d"}


def test_line_ends_that_the_user_changed_are_an_edit_where_the_template_has_the_file_no_more(client: GitClient, tmp_path: Path) -> None:
    lines = "".join(f"line {number}\n" for number in range(20))
    mine = {"gone": lines.replace("\n", "\r\n"), "a/old": lines.replace("line 2\n", "mine\n").replace("\n", "\r\n")}
    project = commit(tmp_path / "p", mine)
    raw = merge(client, project, {"gone": lines, "a/old": lines}, {"b/new": lines.replace("line 19", "theirs")})
    gone, new = raw.unmerged["gone"], raw.unmerged["b/new"]
    assert (gone.project, gone.template) == (Entry(Mode.FILE, mine["gone"].encode()), None)
    assert new.project == Entry(Mode.FILE, mine["a/old"].encode())


def test_line_ends_that_the_template_changed_come_with_what_both_changed_alike(client: GitClient, tmp_path: Path) -> None:
    lines = "".join(f"line {number}\r\n" for number in range(10))
    both = lines.replace("line 2", "both")
    mine = both.replace("line 8", "mine")
    raw = merge(client, commit(tmp_path / "p", {"f": mine}), {"f": lines}, {"f": both.replace("\r", "")})
    assert raw.changes == {"f": Entry(Mode.FILE, mine.replace("\r", "").encode())}
    assert raw.project == {"f": Entry(Mode.FILE, mine.encode())}


def test_what_is_spared_is_left_alone_where_it_is_committed(client: GitClient, tmp_path: Path) -> None:
    project = commit(tmp_path / "p", {"here": "a\n", "old": "a\n"})
    (project / "here").unlink()
    base, theirs = tree({"here": "a\n", "old": "a\n"}), tree({"here": "b\n", "new": "a\n", "added": "b\n"})
    spared = frozenset({"here", "old", "added"})
    commit_id = git(project, "rev-parse", "HEAD")
    raw = client.merge(MergeWanted(project, commit_id, "", base, theirs, "template-v2", {"old": "new"}, spared=spared))
    assert raw.changes == {"added": Entry(Mode.FILE, b"b\n"), "new": Entry(Mode.FILE, b"a\n")}


def test_what_the_project_ignores_is_left_out(client: GitClient, tmp_path: Path) -> None:
    project = commit(tmp_path / "p", {".gitignore": "*.lock\n", "f": "a\n"})
    write_files(project, {"kept.lock": "x"})
    git(project, "add", "--force", "kept.lock")
    git(project, "-c", "user.name=x", "-c", "user.email=x@x.example", "commit", "--quiet", "-m", "y")
    raw = merge(client, project, {"kept.lock": "x"}, {"kept.lock": "y", "new.lock": "n"})
    assert raw.changes == {"kept.lock": Entry(Mode.FILE, b"y")}
    assert raw.ignored == ("new.lock",)


@pytest.mark.parametrize("own", ["new.lock\n", "*\n"], ids=["untracked", "ignored itself"])
def test_what_is_committed_says_what_is_ignored(client: GitClient, tmp_path: Path, own: str) -> None:
    project = commit(tmp_path / "p", {"f": "a\n", "d/.gitignore": "*.log\n"})
    (project / ".gitignore").write_text(own)
    (project / "d/.gitignore").write_text("")
    raw = merge(client, project, {"f": "a\n"}, {"f": "a\n", "new.lock": "n", "d/x.log": "n"})
    assert raw.changes == {"new.lock": Entry(Mode.FILE, b"n")}
    assert raw.ignored == ("d/x.log",)


def test_nothing_moves_to_where_the_project_would_lose_it(client: GitClient, tmp_path: Path) -> None:
    own = {"src/own": "own\n", "b/own.txt": "own\n"}
    project = commit(tmp_path / "p", {".gitignore": "lib/\n*.log\n", "src/a": "mine\na\n", "b/x": "x\n", **own})
    write_files(project, {"b/own.log": "log\n"})
    git(project, "add", "--force", "b/own.log")
    git(project, "-c", "user.name=x", "-c", "user.email=x@x.example", "commit", "--quiet", "-m", "y")
    base, theirs = tree({"src/a": "a\n", "b/x": "x\n"}), tree({"lib/a": "a\n", "c/x": "x\n"})
    moves = {"src/a": "lib/a", "b/x": "c/x"}
    raw = client.merge(MergeWanted(project, git(project, "rev-parse", "HEAD"), "", base, theirs, "template-v2", moves))
    assert {path for path, entry in raw.changes.items() if entry} == {"c/x", "c/own.txt"}
    assert raw.ignored == ("lib/a",)
    assert (raw.unmerged, raw.kept_from) == ({}, {"src/a": "lib/a"})


def test_what_lfs_keeps_is_compared_by_pointer(client: GitClient, tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 4\n"
    old = pointer.format("3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7")
    project = commit(tmp_path / "p", {".gitattributes": "*.bin filter=lfs\n", "f.bin": old})
    assert merge(client, project, {"f.bin": "data"}, {"f.bin": "data"}).changes == {}
    raw = merge(client, project, {"f.bin": "data"}, {"f.bin": "DATA"})
    assert raw.unmerged == {}
    assert raw.changes["f.bin"] is not None
    assert b"oid sha256:" in raw.changes["f.bin"].content


def test_what_is_declared_to_be_merged_otherwise_than_line_by_line_is(client: GitClient, tmp_path: Path) -> None:
    lines = "".join(f"{number}\n" for number in range(9))
    names = ('a [b]*"\\.svg', "-merge.txt", "union.txt", "own.txt", "text.txt")
    rules = '*.svg binary\n-merge.txt -merge\nunion.txt merge=union\nown.txt merge=own\n"text.txt" merge\n'
    project = commit(tmp_path / "p", {".gitattributes": rules, **{f"in/{name}": f"mine\n{lines}" for name in names}})
    git(project, "config", "merge.own.driver", "touch ran")
    raw = merge(client, project, dict.fromkeys(names, lines), dict.fromkeys(names, f"{lines}theirs\n"), "in")
    assert set(raw.unmerged) == set(names[:2])
    assert set(raw.changes) == set(names[2:])
    assert {name: found.merge for name, found in raw.attributes.items()} == dict(
        zip(names, ("unset", "unset", "union", "own", "set"), strict=True)
    )
    raw = merge(client, project, {"union.txt": ""}, {"union.txt": "theirs\n"}, "in")
    assert raw.changes == {"union.txt": Entry(Mode.FILE, f"mine\n{lines}theirs\n".encode())}


def test_a_shallow_clone_is_enough(client: GitClient, tmp_path: Path) -> None:
    origin = commit(tmp_path / "origin", {"f": "a\n"})
    write_files(origin, {"own": "x"})
    git(origin, "add", "--all")
    git(origin, "-c", "user.name=x", "-c", "user.email=x@x.example", "commit", "--quiet", "-m", "y")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{origin}", "clone")
    assert merge(client, tmp_path / "clone", {"f": "a\n"}, {"f": "b\n"}).changes == {"f": Entry(Mode.FILE, b"b\n")}


def test_what_is_no_repository_or_lacks_the_commit_is_told(client: GitClient, tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="is no git repository"):
        client.merge(MergeWanted(tmp_path, "0" * 40, "", Tree(), Tree(), "x"))
    project = commit(tmp_path / "p", {"f": "a"})
    with pytest.raises(FailedError, match="does not hold"):
        client.merge(MergeWanted(project, "0" * 40, "", Tree(), Tree(), "x"))
    with pytest.raises(FailedError, match="does not hold"):
        merge(client, project, {}, {}, "nowhere")


def test_what_is_changed_beforehand_counts_as_the_projects_own(client: GitClient, tmp_path: Path) -> None:
    project = commit(tmp_path / "p", {"in/old": "one\ntwo\nthree\nfour\n", "in/gone": "g\n", "other": "o\n"})
    lines = "one\ntwo\nthree\nfour\n"
    moved = Entry(Mode.FILE, lines.replace("one", "MINE").encode())
    wanted = MergeWanted(
        project,
        git(project, "rev-parse", "HEAD"),
        "in/",
        tree({"old": lines}),
        tree({"new": lines.replace("four", "FOUR")}),
        "template-v2",
        edits={"old": None, "new": moved, "gone": None, "deep/folder/added": Entry(Mode.EXECUTABLE, b"a\n")},
    )
    before = snapshot(project)
    raw = client.merge(wanted)
    assert raw.present == {"new", "deep/folder/added"}
    assert raw.changes == {"new": Entry(Mode.FILE, b"MINE\ntwo\nthree\nFOUR\n")}
    assert not raw.unmerged
    assert snapshot(project) == before


def _linked(project: Path, path: str) -> None:
    (project / path).symlink_to("own")


def _submodule(project: Path, path: str) -> None:
    inner = commit(project / path, {"x": "x"})
    assert git(inner, "rev-parse", "HEAD")


BEHIND = pytest.mark.parametrize("put", [_linked, _submodule])


@BEHIND
def test_what_lies_behind_a_link_or_in_a_submodule_is_none_of_the_projects_files(
    client: GitClient, tmp_path: Path, put: Callable[[Path, str], None]
) -> None:
    project = write_files(tmp_path / "p", {"own/f": "own", ".gitignore": "*.log\n"})
    put(project, "docs")
    commit(project, {})
    base = {"docs/a": "a\n", "docs/a.log": "a\n", "b.log": "b\n"}
    theirs = {"docs/a": "A\n", "docs/a.log": "A\n", "b.log": "B\n"}
    raw = merge(client, project, base, theirs)
    assert raw.ignored == ("b.log",)
    assert "own/f" in raw.present
    merged = settle(raw, Policy.MARKERS, lambda _: False, lambda *_: None)
    assert merged.changes == {}
    assert any("docs/a stays deleted" in note for note in merged.notes)
    compared = client.compare(CompareWanted(project, "", tree(base)))
    assert (compared.changed, compared.missing) == ((), ("docs/a", "docs/a.log"))


def test_submodules_stay_as_they_are_whatever_the_template_does(client: GitClient, tmp_path: Path) -> None:
    project = write_files(tmp_path / "p", {"deep/f": "f\n", "deep/g": "g\n"})
    for path in ("docs", "ext", "deep/mine"):
        _submodule(project, path)
    commit(project, {})
    base = {"deep/f": "f\n", "deep/g": "g\n"}
    theirs = {"shallow/f": "f\n", "shallow/g": "g\n", "docs/new": "new\n", "ext": "file\n", "other": "o\n"}
    raw = merge(client, project, base, theirs)
    assert raw.submodules == {"docs", "ext", "deep/mine"} <= raw.present
    merged = settle(raw, Policy.MARKERS, lambda _: False, lambda *_: None)
    assert {(conflict.path, conflict.clash) for conflict in merged.conflicts} == {("docs/new", Clash.PLACE), ("ext", Clash.PLACE)}
    assert set(merged.changes) == {"deep/f", "deep/g", "shallow/f", "shallow/g", "other"}


def test_an_empty_folder_of_the_template_does_not_keep_the_file_that_was_there(client: GitClient, tmp_path: Path) -> None:
    project = commit(tmp_path / "p", {"d": "a\n", "e": "a\n"})
    empty = {"d": Entry(Mode.DIRECTORY), "e": Entry(Mode.FILE, b"a\n")}
    wanted = MergeWanted(project, git(project, "rev-parse", "HEAD"), "", tree({"d": "a\n", "e": "a\n"}), Tree(empty), "template-v2")
    assert client.merge(wanted).changes == {"d": None}


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("mine", ["g\n" * 9, "own\n" * 9])
def test_a_new_file_that_a_moved_folder_has_no_room_for_is_no_less_than_a_conflict(
    client: GitClient, tmp_path: Path, policy: Policy, mine: str
) -> None:
    same = {name: f"{name}\n" * 9 for name in ("h", "i")}
    project = commit(tmp_path / "p", {f"new/{name}": text for name, text in {**same, "g": mine}.items()})
    base = {f"app/{name}": text for name, text in {**same, "g": "g\n" * 9}.items()}
    theirs = {f"app/{name}": text for name, text in {**same, "f": "f\n", "g/g": "of the template\n"}.items()}
    merged = settle(merge(client, project, base, theirs), policy, lambda _: False, lambda *_: None)
    assert merged.changes["new/f"] == Entry(Mode.FILE, b"f\n")
    clashes = {conflict.path: conflict.clash for conflict in merged.conflicts}
    if mine.startswith("g") and policy is Policy.TEMPLATE:  # the file goes, so that there is room
        assert (merged.changes["new/g"], merged.changes["new/g/g"]) == (None, Entry(Mode.FILE, b"of the template\n"))
        assert clashes == {"new/g": Clash.DELETED}
    else:
        assert not {"new/g", "new/g/g"} & merged.changes.keys()
        assert clashes == {"new/g/g": Clash.PLACE}
