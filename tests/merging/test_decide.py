"""What the real git makes of three trees, and what the project gets of it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from robot_action.clients.git.client import GitClient
from robot_action.exchange import MergeWanted
from robot_action.merging.decide import settle
from robot_action.merging.structured import merge_structured
from robot_action.model.merge import Clash, Conflict, Merged, Policy, RawMerge, Sides
from robot_action.model.tree import Entry, Mode, Tree
from tests.testbed.bare import git
from tests.testbed.git_bed import make_client

Files = Mapping[str, str | bytes | Entry]
LABEL = "template-v2.0.0"


@pytest.fixture(scope="module")
def client() -> GitClient:
    return make_client()


def tree(files: Files) -> Tree:
    return Tree({path: _entry(content) for path, content in files.items()})


def _entry(content: str | bytes | Entry) -> Entry:
    if isinstance(content, Entry):
        return content
    return Entry(Mode.FILE, content.encode() if isinstance(content, str) else content)


class Project:
    """A committed project."""

    def __init__(self, folder: Path, files: Files) -> None:
        self.folder, self.tree = folder, tree(files)
        git(folder, "init", "--quiet", "--initial-branch=main")
        for path, entry in self.tree.items():
            full = folder / path
            full.parent.mkdir(parents=True, exist_ok=True)
            if entry.mode is Mode.LINK:
                full.symlink_to(entry.content.decode())
            else:
                full.write_bytes(entry.content)
                full.chmod(0o755 if entry.mode is Mode.EXECUTABLE else 0o644)
        git(folder, "add", "--all")
        git(folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "--allow-empty", "-m", "x")
        self.commit = git(folder, "rev-parse", "HEAD")


def merge(
    client: GitClient,
    base: Files,
    project: Files,
    template: Files,
    policy: Policy = Policy.MARKERS,
    *,
    moves: Mapping[str, str] | None = None,
    protected: tuple[str, ...] = (),
) -> tuple[Merged, dict[str, bytes]]:
    """Return the decisions, and the project's files as they are afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        made = Project(Path(folder), project)
        raw = client.merge(MergeWanted(made.folder, made.commit, "", tree(base), tree(template), LABEL, moves or {}))
        assert git(made.folder, "status", "--porcelain") == ""
    merged = settle(raw, policy, lambda path: path in protected, merge_structured)
    after = {path: entry.content for path, entry in made.tree.items() if path not in merged.changes}
    return merged, {**after, **{path: entry.content for path, entry in merged.changes.items() if entry}}


LINES = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"


def test_changes_of_different_lines_go_together(client: GitClient) -> None:
    project, template = LINES.replace("one", "ONE"), LINES.replace("seven", "SEVEN")
    merged, files = merge(client, {"f": LINES}, {"f": project, "own": "x"}, {"f": template, "new": "y"})
    assert (merged.conflicts, merged.notes) == ((), ())
    assert files == {"f": LINES.replace("one", "ONE").replace("seven", "SEVEN").encode(), "own": b"x", "new": b"y"}


def test_the_same_line_gets_markers_with_readable_names(client: GitClient) -> None:
    merged, files = merge(client, {"f": "a\n"}, {"f": "mine\n"}, {"f": "theirs\n"})
    assert files["f"] == b"<<<<<<< your-project\nmine\n=======\ntheirs\n>>>>>>> template-v2.0.0\n"
    assert merged.conflicts == (Conflict("f", Clash.CONTENTS, marked=True, note="it has conflict markers"),)


@pytest.mark.parametrize(("policy", "line"), [(Policy.PROJECT, "mine"), (Policy.TEMPLATE, "theirs")])
def test_a_side_can_be_favoured_where_both_changed_the_same(client: GitClient, policy: Policy, line: str) -> None:
    base = f"a\n{LINES}"
    merged, files = merge(
        client, {"f": base}, {"f": base.replace("a\n", "mine\n")}, {"f": base.replace("a\n", "theirs\n").replace("seven", "7")}, policy
    )
    assert files["f"].decode() == f"{line}\n{LINES.replace('seven', '7')}"
    assert [conflict.path for conflict in merged.conflicts] == ["f"], "it is told all the same"


@pytest.mark.parametrize("policy", [Policy.PROJECT, Policy.TEMPLATE])
def test_where_moved_files_meet_no_side_has_the_markers_that_git_left_in_it(client: GitClient, policy: Policy) -> None:
    base = {"b/x": "line\nmoved\n", "c/a": "short\ntext\n"}
    project = {"a": "line\nmoved\n", "c/a": LINES}
    merged, files = merge(client, base, project, {"b/x": "line\nmoved\n", "a": "new\nshort\ntext\n"}, policy)
    assert files["a"] == b"line\nmoved\n"
    assert {conflict.path: conflict.note for conflict in merged.conflicts}["a"] == "the project's side was kept"


@pytest.mark.parametrize("policy", [Policy.MARKERS, Policy.PROJECT, Policy.TEMPLATE])
def test_what_was_moved_and_changed_on_both_sides_follows_the_policy(client: GitClient, policy: Policy) -> None:
    mine, theirs = (f"{LINES}{line}\n" for line in ("mine", "theirs"))
    merged, files = merge(client, {"old": LINES}, {"mine/f": mine}, {"theirs/f": theirs}, policy)
    (conflict,) = merged.conflicts
    assert (conflict.path, conflict.marked) == ("mine/f", policy is Policy.MARKERS)
    assert files.keys() == {"mine/f"}
    assert (files["mine/f"] == mine.encode()) is not conflict.marked


@pytest.mark.parametrize("policy", [Policy.MARKERS, Policy.PROJECT])
def test_where_the_template_moves_a_file_to_another_one_that_the_project_moved_there_it_is_told(client: GitClient, policy: Policy) -> None:
    other = "".join(f"other {number}\n" for number in range(9))
    merged, files = merge(
        client, {"a": other, "c/e": LINES}, {"b": f"{other}mine\n", "x/e": LINES}, {"a": other, "b": f"{LINES}new\n"}, policy
    )
    assert [(conflict.path, conflict.marked) for conflict in merged.conflicts] == [("b", policy is Policy.MARKERS)]
    assert b"mine" in files["b"]
    assert (b"<<<<<<<" in files["b"]) is (policy is Policy.MARKERS)


def test_markers_never_come_into_protected_files(client: GitClient) -> None:
    merged, files = merge(client, {"f": "a\n"}, {"f": "mine\n"}, {"f": "theirs\n"}, protected=("f",))
    assert files["f"] == b"mine\n"
    assert merged.conflicts == (Conflict("f", Clash.CONTENTS, note="the project's side was kept"),)


def test_structure_is_asked_where_the_lines_conflict(client: GitClient) -> None:
    base, project, template = '{\n  "a": 1\n}\n', '{\n  "a": 1,\n  "m": 2\n}\n', '{\n  "a": 1,\n  "t": 3\n}\n'
    merged, files = merge(client, {"f.json": base}, {"f.json": project}, {"f.json": template})
    assert merged.conflicts == ()
    assert files["f.json"] == b'{\n  "a": 1,\n  "t": 3,\n  "m": 2\n}\n'


@pytest.mark.parametrize("name", ["f.svg", "f.json"])
@pytest.mark.parametrize("policy", [Policy.MARKERS, Policy.PROJECT, Policy.TEMPLATE])
def test_what_the_project_declares_a_binary_is_one(client: GitClient, name: str, policy: Policy) -> None:
    sides = [f'{{\n  "a": {one},\n  "b": {two}\n}}\n'.encode() for one, two in ((1, 1), (2, 1), (1, 2))]
    rules = {".gitattributes": b"*.svg binary\n*.json -merge\n"}
    merged, after = merge(client, {name: sides[0]}, {name: sides[1], **rules}, {name: sides[2]}, policy)
    assert [(conflict.path, conflict.clash, conflict.marked) for conflict in merged.conflicts] == [(name, Clash.BINARY, False)]
    assert after[name] == sides[2 if policy is Policy.TEMPLATE else 1]


@pytest.mark.parametrize("name", ["poetry.lock", "package-lock.json"])
@pytest.mark.parametrize("policy", [Policy.MARKERS, Policy.PROJECT, Policy.TEMPLATE])
def test_a_lock_file_is_of_one_side_as_a_whole(client: GitClient, name: str, policy: Policy) -> None:
    text = "".join(f'{{"name-{number}": "1.0"}}\n' for number in range(12))
    project, template = text.replace('1": "1.0', '1": "1.5'), text.replace('1": "1.0', '1": "2.0').replace('9": "1.0', '9": "2.0')
    merged, after = merge(client, {name: text}, {name: project}, {name: template}, policy)
    note = "the template's side was taken" if policy is Policy.TEMPLATE else "the project's side was kept"
    assert merged.conflicts == (Conflict(name, Clash.CONTENTS, note=note),)
    assert after[name].decode() == (template if policy is Policy.TEMPLATE else project)


@pytest.mark.parametrize(("policy", "value", "lines"), [(Policy.PROJECT, 3, "a=3\nb=22\n"), (Policy.TEMPLATE, 10, "a=10\nb=2\n[n]\nz=1\n")])
def test_a_policy_decides_no_more_than_the_keys_that_both_changed(client: GitClient, policy: Policy, value: int, lines: str) -> None:
    base, project, template = "a=1\nb=2\n", "a=3\nb=22\n", "a=10\nb=2\n[n]\nz=1\n"
    merged, files = merge(client, {"f.toml": base}, {"f.toml": project}, {"f.toml": template}, policy)
    assert files["f.toml"].decode() == f"a={value}\nb=22\n[n]\nz=1\n"
    assert [conflict.note for conflict in merged.conflicts] == [f"the keys that both changed have the {policy}'s values"]
    merged, files = merge(client, {"f.txt": base}, {"f.txt": project}, {"f.txt": template}, policy)
    assert files["f.txt"].decode() == lines
    assert [conflict.note for conflict in merged.conflicts] == [
        f"wherever changes of both meet, all lines of that place are the {policy}'s"
    ]


def test_a_binary_that_the_user_replaced_stays(client: GitClient) -> None:
    merged, files = merge(client, {"b": b"\0a"}, {"b": b"\0mine"}, {"b": b"\0theirs"})
    assert files["b"] == b"\0mine"
    assert [conflict.clash for conflict in merged.conflicts] == [Clash.BINARY]
    _, files = merge(client, {"b": b"\0a"}, {"b": b"\0mine"}, {"b": b"\0theirs"}, Policy.TEMPLATE)
    assert files["b"] == b"\0theirs"


@pytest.mark.parametrize("policy", [Policy.MARKERS, Policy.PROJECT, Policy.TEMPLATE])
def test_what_git_lfs_keeps_is_taken_as_a_whole(client: GitClient, policy: Policy) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {}\n"
    base, project, template = (pointer.format(digit * 64, size) for digit, size in (("1", 5), ("2", 5), ("3", 9)))
    merged, files = merge(client, {"b": base}, {"b": project}, {"b": template}, policy)
    assert files["b"].decode() == (template if policy is Policy.TEMPLATE else project)
    assert [conflict.marked for conflict in merged.conflicts] == [False]


def test_what_the_user_deleted_stays_deleted(client: GitClient) -> None:
    merged, files = merge(client, {"f": "a\n", "g": "g\n"}, {"g": "g\n"}, {"f": "b\n", "g": "g\n"})
    assert files == {"g": b"g\n"}
    assert merged.conflicts == ()
    assert merged.notes == ("f stays deleted, although the template changed it",)


@pytest.mark.parametrize(
    ("project", "told"), [({"g": "g\n"}, True), ({"g": "g\n", "mine": LINES * 3}, True), ({"g": "g\n", "f": LINES}, False)]
)
def test_it_is_told_that_a_move_of_what_the_user_deleted_comes_to_nothing(client: GitClient, project: Files, *, told: bool) -> None:
    merged, files = merge(client, {"f": LINES, "g": "g\n"}, project, {"new": LINES, "g": "g\n"}, moves={"f": "new"})
    assert set(files) == ({*project} if told else {"g", "new"})
    note = "f is gone from the project, so that nothing comes of the template's move to new"
    assert (merged.conflicts, merged.notes) == ((), (note,) if told else ())


def test_what_the_template_deleted_and_the_user_changed_stays(client: GitClient) -> None:
    merged, files = merge(client, {"f": "a\n"}, {"f": "mine\n"}, {})
    assert files == {"f": b"mine\n"}
    assert merged.conflicts == (Conflict("f", Clash.DELETED, note="the project's side was kept"),)
    _, files = merge(client, {"f": "a\n"}, {"f": "mine\n"}, {}, Policy.TEMPLATE)
    assert files == {}


def test_what_the_user_only_moved_and_the_template_deleted_stays_without_a_conflict(client: GitClient) -> None:
    merged, files = merge(client, {"a.txt": LINES}, {"mine/a.txt": LINES}, {})
    assert (files, merged.conflicts) == ({"mine/a.txt": LINES.encode()}, ())
    assert merged.notes == ("mine/a.txt stays where the project moved it, although the template deleted it",)


def test_what_the_user_moved_goes_along_with_the_templates_folder_although_the_template_deleted_it(client: GitClient) -> None:
    base = {"d/a": LINES, "d/b": LINES.upper(), "d/x": LINES * 2}
    project = {"d/a": LINES, "d/b": LINES.upper(), "d/mine": LINES * 2}
    merged, files = merge(client, base, project, {"e/a": LINES, "e/b": LINES.upper()})
    assert {"e/a", "e/b", "e/mine"} == set(files) or {"e/a", "e/b", "d/mine"} == set(files), merged


def test_what_the_user_ignores_is_left_alone_and_told(client: GitClient) -> None:
    ignore = {".gitignore": "*.log\n"}
    merged, files = merge(client, ignore, ignore, {**ignore, "a.log": "x\n", "b.txt": "x\n"})
    assert "a.log" not in files
    assert "b.txt" in files
    assert merged.notes == ("a.log is left alone: git ignores it in the project",)


@pytest.mark.parametrize(("line", "comes"), [("AGENTS.md\n", True), ("AGENTS.*\n", True), ("*.log\n", False)])
def test_a_new_file_comes_where_the_template_ignores_it_no_more(client: GitClient, line: str, *, comes: bool) -> None:
    before, after = {".gitignore": f"build\n{line}dist\n"}, {".gitignore": "build\ndist\n" if comes else f"{line}dist\n"}
    name = "AGENTS.md" if comes else "a.log"
    merged, files = merge(client, before, {".gitignore": f"build\n{line}dist\nmine\n"}, {**after, name: "x\n"})
    assert (name in files) is comes
    assert bool(merged.notes) is not comes
    assert b"mine" in files[".gitignore"]


def test_what_the_template_renamed_is_followed_with_the_users_edits(client: GitClient) -> None:
    merged, files = merge(client, {"old": LINES}, {"old": LINES.replace("two", "2")}, {"new": LINES.replace("six", "6")})
    assert files == {"new": LINES.replace("two", "2").replace("six", "6").encode()}
    assert merged.conflicts == ()


def test_short_files_are_followed_by_the_templates_own_paths(client: GitClient) -> None:
    merged, files = merge(
        client, {"old": "a\n", "e": ""}, {"old": "a\nb\n", "e": ""}, {"new": "a\n", "f": ""}, moves={"old": "new", "e": "f"}
    )
    assert files == {"new": b"a\nb\n", "f": b""}
    assert merged.conflicts == ()


def test_what_the_user_moved_stays_where_it_is(client: GitClient) -> None:
    template = LINES.replace("six", "6")
    merged, files = merge(client, {"old": LINES}, {"mine": LINES.replace("two", "2")}, {"theirs": template})
    assert files == {"mine": LINES.replace("two", "2").replace("six", "6").encode()}
    assert merged.conflicts == ()
    assert merged.notes == ("old is mine in the project, and stays there; the template moved it to theirs",)


@pytest.mark.parametrize("protected", [(), ("mine",)])
def test_what_both_moved_and_changed_alike_is_a_conflict(client: GitClient, protected: tuple[str, ...]) -> None:
    project, template = LINES.replace("two", "2"), LINES.replace("two", "II")
    merged, files = merge(client, {"old": LINES}, {"mine": project}, {"theirs": template}, protected=protected)
    assert [conflict.path for conflict in merged.conflicts] == ["mine"]
    assert set(files) == {"mine"}
    assert (b"<<<<<<<" in files["mine"]) is not bool(protected)


LINK = Entry(Mode.LINK, b"mine")
OTHER_LINK = Entry(Mode.LINK, b"theirs")


@pytest.mark.parametrize("policy", [Policy.MARKERS, Policy.PROJECT, Policy.TEMPLATE])
@pytest.mark.parametrize(
    ("base", "project", "template", "clash"),
    [
        ({"x": Entry(Mode.LINK, b"a")}, {"x": LINK}, {"x": OTHER_LINK}, Clash.LINK),
        ({"x": "a\n"}, {"x": LINK}, {"x": OTHER_LINK}, Clash.LINK),
        ({"x": "a\n"}, {"x": "mine\n"}, {"x": OTHER_LINK}, Clash.MODE),
        ({"x": "a\n"}, {"x": LINK}, {"x": "theirs\n"}, Clash.MODE),
        ({}, {"x": "mine\n"}, {"x": OTHER_LINK}, Clash.MODE),
    ],
)
def test_links_are_taken_as_a_whole(client: GitClient, base: Files, project: Files, template: Files, clash: Clash, policy: Policy) -> None:
    merged, files = merge(client, base, project, template, policy)
    kept = policy is not Policy.TEMPLATE
    assert files == {path: entry.content for path, entry in tree(project if kept else template).items()}
    note = "the project's side was kept" if kept else "the template's side was taken"
    assert (merged.conflicts, merged.notes) == ((Conflict("x", clash, note=note),), ())


def test_what_moved_to_a_link_of_the_project_is_not_lost(client: GitClient) -> None:
    edited = LINES.replace("two", "2")
    for policy in (Policy.MARKERS, Policy.TEMPLATE):
        _, files = merge(client, {"old": LINES}, {"old": edited, "new": LINK}, {"new": LINES}, policy)
        assert edited.encode() in files.values()


def test_binaries_that_both_added_can_be_taken_from_the_template(client: GitClient) -> None:
    merged, files = merge(client, {}, {"b": b"\0mine"}, {"b": b"\0theirs"}, Policy.TEMPLATE)
    assert files == {"b": b"\0theirs"}
    assert [conflict.clash for conflict in merged.conflicts] == [Clash.ADDED]
    merged, files = merge(client, {}, {"b": "mine\n"}, {"b": "theirs\n"})
    assert b"<<<<<<< your-project" in files["b"]


def test_names_with_a_tilde_are_names_like_others(client: GitClient) -> None:
    merged, files = merge(client, {"a~b": "a\n"}, {"a~b": "mine\n"}, {"a~b": "theirs\n"})
    assert [conflict.path for conflict in merged.conflicts] == ["a~b"]
    assert b"<<<<<<<" in files["a~b"]


def test_what_git_would_write_below_a_file_is_left_out() -> None:
    entry = Entry(Mode.FILE)
    raw = RawMerge({"x/new": entry, "folder": entry, "fine": entry}, present=frozenset({"x", "folder/own"}))
    merged = settle(raw, Policy.MARKERS, lambda _: False, merge_structured)
    assert merged.changes == {"fine": entry}
    assert [conflict.path for conflict in merged.conflicts] == ["folder", "x/new"]
    assert {conflict.clash for conflict in merged.conflicts} == {Clash.PLACE}


EDITED = LINES.replace("two", "2")


@pytest.mark.parametrize("moves", [{}, {"b": "c"}])
@pytest.mark.parametrize("policy", [Policy.MARKERS, Policy.PROJECT, Policy.TEMPLATE])
def test_a_conflict_elsewhere_does_not_hold_back_what_the_template_moved(
    client: GitClient, policy: Policy, moves: Mapping[str, str]
) -> None:
    base, template = {"b": LINES, "d/x": "x\n"}, {"c": LINES.replace("six", "6"), "x.bin": b"\0theirs", "d": "file\n"}
    merged, files = merge(client, base, {"b": EDITED, "d/x": "mine\n", "x.bin": b"\0mine"}, template, policy, moves=moves)
    assert files["c"].decode() == EDITED.replace("six", "6")
    assert "b" not in files
    assert {conflict.path for conflict in merged.conflicts} == {"d", "d/x", "x.bin"}
    assert files["d/x"] == b"mine\n"
    assert {conflict.note for conflict in merged.conflicts if conflict.path != "x.bin"} == {"the project's side was kept"}


def test_nor_what_goes_along_with_its_folder(client: GitClient) -> None:
    base = {"docs/A": LINES, "docs/B": LINES.upper(), "d/x": "x\n"}
    project = {**base, "docs/A": EDITED, "docs/own": "own\n", "d/x": "mine\n"}
    merged, files = merge(client, base, project, {"new/A": LINES, "new/B": LINES.upper(), "d": "file\n"})
    assert set(files) == {"new/A", "new/B", "new/own", "d/x"}
    assert {conflict.path for conflict in merged.conflicts} == {"d", "d/x"}
    assert merged.notes == ("docs/A is new/A now: the template moved it", "docs/own is new/own now: the template moved its folder")


@pytest.mark.parametrize("moves", [{}, {"old": "new"}])
@pytest.mark.parametrize("there", ["new", "new/x"])
def test_what_the_user_edited_stays_where_nothing_comes_of_the_templates_move(
    client: GitClient, there: str, moves: Mapping[str, str]
) -> None:
    merged, files = merge(client, {"old": LINES}, {"old": EDITED, there: b"\0mine"}, {"new": LINES}, moves=moves)
    assert files == {"old": EDITED.encode(), there: b"\0mine"}
    assert {conflict.path for conflict in merged.conflicts} == {"old", "new"}


@pytest.mark.parametrize("text", ["", '"""Init."""\n'])
def test_files_that_are_alike_for_they_have_nothing_in_them_move_no_folder(client: GitClient, text: str) -> None:
    base, template = {"a/init": text, "a/core": LINES}, {"b/init": text, "b/engine": LINES.upper() * 2}
    merged, files = merge(client, base, {"a/init": f"{text}mine\n", "a/core": LINES, "a/own": "own\n"}, template)
    assert files.keys() == {"a/init", "a/own", "b/init", "b/engine"}
    assert (files["a/init"].decode(), files["b/init"].decode()) == (f"{text}mine\n", text)
    assert [(conflict.path, conflict.clash) for conflict in merged.conflicts] == [("a/init", Clash.DELETED)]
    _, files = merge(client, base, {**base, "a/own": "own\n"}, template)
    assert files.keys() == {"a/own", "b/init", "b/engine"}


@pytest.mark.parametrize(
    ("mine", "theirs"), [("Readme.md", "README.md"), ("src/own", "Src/new"), ("caf\u00e9", "cafe\u0301"), ("a/x", "A")]
)
@pytest.mark.parametrize("policy", [Policy.MARKERS, Policy.TEMPLATE])
def test_names_that_are_one_somewhere_do_not_come_beside_each_other(client: GitClient, mine: str, theirs: str, policy: Policy) -> None:
    merged, files = merge(client, {}, {mine: "mine\n"}, {theirs: "theirs\n", "fine": "x\n"}, policy)
    assert files == {mine: b"mine\n", "fine": b"x\n"}
    assert merged.conflicts == (Conflict(theirs, Clash.NAME, note="the project's side was kept"),)


def test_those_that_are_beside_each_other_already_are_updated(client: GitClient) -> None:
    base = {"readme": "a\n"}
    merged, files = merge(client, base, {**base, "Readme": "mine\n"}, {"readme": "b\n"})
    assert (files, merged.conflicts) == ({"readme": b"b\n", "Readme": b"mine\n"}, ())


def test_a_name_may_change_in_its_case(client: GitClient) -> None:
    moves = {"docs/a": "Docs/a", "docs/b": "Docs/b"}
    base = {"docs/a": LINES, "docs/b": "b\n"}
    merged, files = merge(client, base, {**base, "docs/own": "own\n"}, {"Docs/a": LINES, "Docs/b": "b\n"}, moves=moves)
    assert set(files) == {"Docs/a", "Docs/b", "Docs/own"}
    assert merged.conflicts == ()


@pytest.mark.parametrize("moves", [{}, {"old": "New"}])
def test_what_cannot_move_to_such_a_name_stays(client: GitClient, moves: Mapping[str, str]) -> None:
    merged, files = merge(client, {"old": LINES}, {"old": EDITED, "new": "mine\n"}, {"New": LINES}, moves=moves)
    assert files == {"old": EDITED.encode(), "new": b"mine\n"}
    assert {(conflict.path, conflict.clash) for conflict in merged.conflicts} == {("New", Clash.NAME), ("old", Clash.DELETED)}


def test_a_folder_that_the_template_renamed_takes_the_users_files_along(client: GitClient) -> None:
    base = {"d/a": LINES, "d/b": LINES.upper()}
    merged, files = merge(client, base, {**base, "d/own": "x"}, {"e/a": LINES, "e/b": LINES.upper()})
    assert files == {"e/a": LINES.encode(), "e/b": LINES.upper().encode(), "e/own": b"x"}
    assert (merged.conflicts, merged.notes) == ((), ("d/own is e/own now: the template moved its folder",))


def test_those_that_may_not_be_written_stay_where_they_are(client: GitClient) -> None:
    base = {"d/a": "1\n2\n3\n", "d/b": "4\n5\n6\n"}
    out, odd = Entry(Mode.LINK, b"/usr/share"), "d/x\ny"
    merged, _files = merge(client, base, {**base, "d/own": "own\n", "d/out": out, odd: "odd\n"}, {"e/a": "1\n2\n3\n", "e/b": "4\n5\n6\n"})
    assert set(merged.changes) == {"d/a", "d/b", "d/own", "e/a", "e/b", "e/own"}
    assert "d/out stays there, although the template moved its folder: paths and links like that are never written" in merged.notes


LINK_OUT = Entry(Mode.LINK, b"/etc/hostname")


@pytest.mark.parametrize("policy", [Policy.MARKERS, Policy.PROJECT])
@pytest.mark.parametrize("target", ["d.txt", "e.txt"])
def test_a_link_that_would_lead_out_from_its_new_place_stays(client: GitClient, policy: Policy, target: str) -> None:
    base: Files = {"a/d.txt": LINES, "a/e.txt": LINES.upper(), "a/l": Entry(Mode.LINK, b"d.txt")}
    template: Files = {"s/d.txt": LINES, "s/e.txt": LINES.upper(), "s/l": Entry(Mode.LINK, target.encode())}
    moves = {path: path.replace("a/", "s/") for path in base}
    merged, files = merge(client, base, {**base, "a/l": LINK_OUT}, template, policy, moves=moves)
    assert files == {"a/l": b"/etc/hostname", "s/d.txt": LINES.encode(), "s/e.txt": LINES.upper().encode()}
    assert merged.conflicts == (Conflict("a/l", Clash.UNFIT, note="the project's side was kept"),)


def test_nothing_comes_below_a_link_that_stays(client: GitClient) -> None:
    base: Files = {"a/d.txt": LINES, "a/l": Entry(Mode.LINK, b"d.txt")}
    template: Files = {"s/d.txt": LINES, "s/l": Entry(Mode.LINK, b"d.txt"), "a/l/x": "x\n"}
    merged, files = merge(client, base, {**base, "a/l": LINK_OUT}, template, moves={"a/d.txt": "s/d.txt", "a/l": "s/l"})
    assert files == {"a/l": b"/etc/hostname", "s/d.txt": LINES.encode()}
    assert {(conflict.path, conflict.clash) for conflict in merged.conflicts} == {("a/l", Clash.UNFIT), ("a/l/x", Clash.PLACE)}


@pytest.mark.parametrize("policy", [Policy.MARKERS, Policy.TEMPLATE])
def test_what_the_template_makes_of_a_link_stays_away_where_the_user_moved_it(client: GitClient, policy: Policy) -> None:
    inside, other = Entry(Mode.LINK, b"../../x.txt"), Entry(Mode.LINK, b"../../y.txt")
    both = {"x.txt": LINES, "y.txt": LINES.upper()}
    merged, files = merge(client, {**both, "a/b/l": inside}, {**both, "l": inside}, {**both, "a/b/l": other}, policy)
    assert (files["l"], merged.changes) == (b"../../x.txt", {})
    assert [(conflict.path, conflict.clash) for conflict in merged.conflicts] == [("l", Clash.UNFIT)]


def test_a_new_link_stays_away_from_a_folder_that_the_user_moved(client: GitClient) -> None:
    moved = {"c/f": LINES, "c/g": LINES.upper(), "x.txt": "x\n"}
    base = {"a/b/f": LINES, "a/b/g": LINES.upper(), "x.txt": "x\n"}
    merged, files = merge(client, base, moved, {**base, "a/b/l": Entry(Mode.LINK, b"../../x.txt")})
    assert files.keys() == moved.keys()
    assert [(conflict.path, conflict.clash) for conflict in merged.conflicts] == [("c/l", Clash.UNFIT)]


def test_they_go_along_by_the_templates_own_paths_too(client: GitClient) -> None:
    moves = {"d/a": "e/a", "d/b": "e/b"}
    merged, files = merge(client, {"d/a": "", "d/b": "b\n"}, {"d/a": "", "d/own": "x"}, {"e/a": "", "e/b": "c\n"}, moves=moves)
    assert files == {"e/a": b"", "e/own": b"x"}
    assert set(merged.notes) == {"d/own is e/own now: the template moved its folder", "e/b stays deleted, although the template changed it"}


@pytest.mark.parametrize("moves", [{}, {"old.lock": "new.lock"}])
def test_what_moved_and_may_have_no_markers_is_kept_at_its_new_place(client: GitClient, moves: dict[str, str]) -> None:
    project, template = LINES.replace("two", "2"), LINES.replace("two", "II")
    merged, files = merge(client, {"old.lock": LINES}, {"old.lock": project}, {"new.lock": template}, moves=moves, protected=("new.lock",))
    assert files == {"new.lock": project.encode()}
    assert [(conflict.path, conflict.marked) for conflict in merged.conflicts] == [("new.lock", False)]


@pytest.mark.parametrize("project", [{"old": "mine\n", "new": "my own\n"}, {"old": "mine\n", "new/x": "my own\n"}])
def test_what_the_project_has_where_the_template_moves_something_stays(client: GitClient, project: Files) -> None:
    merged, files = merge(client, {"old": "a\n"}, project, {"new": "a\n"}, moves={"old": "new"})
    everything = b"".join(files.values())
    assert b"mine\n" in everything
    assert b"my own\n" in everything
    assert merged.conflicts


def test_what_both_moved_to_the_same_place_is_the_same_file(client: GitClient) -> None:
    merged, files = merge(client, {"old": "a\n"}, {"new": "a\nb\n"}, {"new": "a\n"}, moves={"old": "new"})
    assert (merged.conflicts, files) == ((), {"new": b"a\nb\n"})


@pytest.mark.parametrize(
    ("project", "template"),
    [({"x": "mine\n"}, {"x/y": "theirs\n"}), ({"x/y": "mine\n"}, {"x": "theirs\n"}), ({"x": Entry(Mode.LINK, b"z")}, {"x": "theirs\n"})],
)
@pytest.mark.parametrize("base", [{}, {"x": "a\n"}])
def test_a_place_that_cannot_be_shared_stays_the_projects(client: GitClient, base: Files, project: Files, template: Files) -> None:
    merged, files = merge(client, base, project, template)
    assert files == {path: entry.content for path, entry in tree(project).items()}
    assert [conflict.path for conflict in merged.conflicts] == ["x"]
    assert "~" not in " ".join(merged.notes)


@pytest.mark.parametrize("template", [LINES, LINES.replace("six", "6")])
def test_what_both_moved_is_told_to_stay_where_the_project_has_it(client: GitClient, template: str) -> None:
    merged, files = merge(client, {"a/b/one": LINES}, {"uno": LINES}, {"a/c/one": template}, moves={"a/b/one": "a/c/one"})
    assert (files, merged.conflicts) == ({"uno": template.encode()}, ())
    assert merged.notes == ("a/b/one is uno in the project, and stays there; the template moved it to a/c/one",)


def test_an_edit_stays_where_the_project_has_another_file_at_the_new_place_already(client: GitClient) -> None:
    own = f"{LINES}own\n"
    base = {"e": LINES, "d/a": LINES}
    merged, files = merge(client, base, {"a": LINES, "d/a": own}, {"a": LINES, "e": LINES.upper()})
    assert files["d/a"] == own.encode()
    assert "d/a" in {conflict.path for conflict in merged.conflicts}


POLICIES = pytest.mark.parametrize("policy", [Policy.MARKERS, Policy.PROJECT, Policy.TEMPLATE])


@POLICIES
@pytest.mark.parametrize("template", [LINES, LINES.replace("one", "1")])
def test_an_own_file_at_the_new_place_never_becomes_the_edited_one(client: GitClient, template: str, policy: Policy) -> None:
    edited, own = LINES.replace("six", "mine"), "own\n"
    project = {"d/f": edited, "f": own, "k": "k\n"}
    merged, files = merge(client, {"d/f": LINES, "k": "k\n"}, project, {"f": template, "k": "k\n"}, policy, moves={"d/f": "f"})
    assert {conflict.path for conflict in merged.conflicts} == {"d/f", "f"}
    assert files.get("d/f") == (None if policy is Policy.TEMPLATE else edited.encode())
    assert b"mine" not in files["f"]
    assert files["f"] == template.encode() if policy is Policy.TEMPLATE else own.encode() in files["f"]


@POLICIES
def test_what_is_at_the_new_place_already_as_the_template_has_it_is_no_conflict(client: GitClient, policy: Policy) -> None:
    merged, files = merge(client, {"d/f": LINES}, {"d/f": LINES, "f": LINES}, {"f": LINES}, policy, moves={"d/f": "f"})
    assert (files, merged.conflicts) == ({"f": LINES.encode()}, ())


def test_own_files_stay_whose_new_place_the_project_ignores(client: GitClient) -> None:
    base, moves = {"a/x": LINES, "a/y": LINES.upper()}, {"a/x": "b/x", "a/y": "b/y"}
    project = {**base, "a/own.log": "own", ".gitignore": "/b/*.log\n"}
    merged, files = merge(client, base, project, {"b/x": LINES, "b/y": LINES.upper()}, moves=moves)
    assert set(files) == {"b/x", "b/y", "a/own.log", ".gitignore"}
    assert merged.notes == ("a/own.log stays there, although the template moved its folder: b/own.log is ignored in the project",)


def test_own_links_go_along_only_where_they_lead_to_the_same(client: GitClient) -> None:
    base, moves = {"d/a/x": LINES, "d/a/y": LINES.upper()}, {"d/a/x": "a/x", "d/a/y": "a/y"}
    links = {"d/a/in": "x", "d/a/own": "in", "d/a/out": "../../k", "d/a/up": "../o", "d/a/none": "missing"}
    project = {**base, "k": "k", "d/o": "o", **{path: Entry(Mode.LINK, target.encode()) for path, target in links.items()}}
    merged, files = merge(client, base, project, {"a/x": LINES, "a/y": LINES.upper()}, moves=moves)
    assert set(files) == {"a/x", "a/y", "a/in", "a/own", "a/none", "d/a/out", "a/up", "o", "k"}
    other = "a/out is no place for this link, which would lead to something else from there"
    assert merged.notes[0] == f"d/a/out stays there, although the template moved its folder: {other}"


@POLICIES
@pytest.mark.parametrize("other", ["own", "OWN", "own/x"])
def test_where_two_folders_become_one_and_own_files_would_meet_there_both_stay(client: GitClient, other: str, policy: Policy) -> None:
    base, template = {"t/a/x": LINES, "t/b/y": LINES.upper()}, {"t/x": LINES, "t/y": LINES.upper()}
    own, moves = {"t/a/own": "of a\n", f"t/b/{other}": "of b\n"}, {"t/a/x": "t/x", "t/b/y": "t/y"}
    merged, files = merge(client, base, {**base, **own, "t/a/more": "x"}, template, policy, moves=moves)
    assert files == {path: text.encode() for path, text in {**template, **own, "t/more": "x"}.items()}
    assert merged.conflicts == ()
    assert merged.notes == (
        "t/a/own stays there, although the template moved its folder: t/own is for something else",
        f"t/b/{other} stays there, although the template moved its folder: t/{other} is for something else",
        "t/a/more is t/more now: the template moved its folder",
    )


@POLICIES
@pytest.mark.parametrize("project", [{"b/v": EDITED}, {"b/v": LINES}, {"b/v": EDITED, "b/u": LINES.upper()}])
def test_an_own_file_stays_where_git_would_move_it_to_a_place_that_the_template_took(
    client: GitClient, project: dict[str, str], policy: Policy
) -> None:
    base = {path: LINES if path == "b/v" else text for path, text in project.items()}
    template = {"a/w": LINES.replace("six", "6"), **({"a/u": LINES.upper()} if "b/u" in base else {})}
    own = "own\n" * 5
    merged, files = merge(client, base, {**project, "b/w": own}, template, policy)
    assert files.pop("b/w").decode() == own
    assert files == {path: text.encode() for path, text in {**template, "a/w": project["b/v"].replace("six", "6")}.items()}
    assert merged.conflicts == ()
    moved = ("b/v is a/w now: the template moved it",) if project["b/v"] == EDITED else ()
    assert set(merged.notes) == {"b/w stays there, although the template moved its folder: a/w is for something else", *moved}


LINK = Entry(Mode.LINK, b"e")


@POLICIES
@pytest.mark.parametrize(
    ("mine", "theirs", "moves"),
    [
        (EDITED, LINK, {}),
        (EDITED, LINK, {"a/e": "s/e"}),
        (LINK, LINES.replace("six", "6"), {"a/d": "s/d", "a/e": "s/e"}),
    ],
)
def test_what_became_a_link_where_its_folder_moved_is_never_there_twice(
    client: GitClient, mine: str | Entry, theirs: str | Entry, moves: Mapping[str, str], policy: Policy
) -> None:
    base = {"a/d": LINES, "a/e": LINES.upper()}
    project, template = {**base, "a/d": mine}, {"s/e": LINES.upper(), "s/d": theirs}
    merged, files = merge(client, base, project, template, policy, moves=moves)
    found = {path: content for path, content in files.items() if path != "s/e"}
    content, new = _entry(mine).content, _entry(theirs).content
    if policy is Policy.TEMPLATE:
        assert found == {"s/d": new}
    else:
        assert found == ({"s/d": content} if mine == LINK else {"a/d": content, "s/d": new})
    assert len(merged.conflicts) == 1
    assert merged.notes == (("a/d is s/d now: the template moved it",) if mine == LINK else ())


@POLICIES
def test_a_conflict_about_a_folder_takes_back_no_edit_of_the_template_in_it(client: GitClient, policy: Policy) -> None:
    base = {"y": LINES, "c/z": "z\n", "c/gone": "gone\n"}
    project = {"c/y": LINES, "c/z": "mine\n", "c/gone": "gone\n"}
    template = {"y": LINES.replace("six", "6"), "c": "a file\n"}
    merged, files = merge(client, base, project, template, policy)
    assert files == {"c/y": template["y"].encode(), "c/z": b"mine\n", "c/gone": b"gone\n"}
    assert {conflict.path for conflict in merged.conflicts} == {"c", "c/z"}


def test_nor_is_what_the_template_moved_out_of_it_there_twice(client: GitClient) -> None:
    merged, files = merge(client, {"c/v": LINES, "c/z": "z\n"}, {"c/v": EDITED, "c/z": "mine\n"}, {"v": LINES, "c": "a file\n"})
    assert files == {"v": EDITED.encode(), "c/z": b"mine\n"}
    assert {conflict.path for conflict in merged.conflicts} == {"c", "c/z"}


@pytest.mark.parametrize("policy", [Policy.PROJECT, Policy.TEMPLATE])
def test_what_went_along_and_was_merged_by_halves_is_left_where_it_was(client: GitClient, policy: Policy) -> None:
    base = {"d/x": LINES, "a/y": LINES.upper()}
    project, template = {"a/x": f"{LINES}mine\n", "a/y": LINES.upper()}, {"d/x/v": f"{LINES}theirs\n", "c/y": LINES.upper()}
    merged, files = merge(client, base, project, template, policy, moves={"a/y": "c/y"})
    assert files == {"a/x": project["a/x"].encode(), "c/y": project["a/y"].encode()}
    assert [conflict.path for conflict in merged.conflicts] == ["a/x"]


def test_modes_and_links_are_carried(client: GitClient) -> None:
    base: Files = {"tool": "x\n", "link": Entry(Mode.LINK, b"a"), "same": "s"}
    template: Files = {"tool": Entry(Mode.EXECUTABLE, b"x\n"), "link": Entry(Mode.LINK, b"b"), "same": "s"}
    merged, _ = merge(client, base, base, template)
    assert merged.changes == {"link": Entry(Mode.LINK, b"b"), "tool": Entry(Mode.EXECUTABLE, b"x\n")}


def test_odd_names_come_through(client: GitClient) -> None:
    odd, own = 'a "q" \\ n ü', 'a "q" \\ n\tü'
    _, files = merge(client, {odd: "a\n"}, {odd: "a\n", own: "own\n"}, {odd: "b\n", f"{odd}2": "c"})
    assert files == {odd: b"b\n", own: b"own\n", f"{odd}2": b"c"}


NAMES = st.sampled_from(["a", "b", "d/a", "d/b", "e"])
TEXTS = st.lists(st.sampled_from(["x", "y", "z", "<<<<<<<", "", "w"]), max_size=5).map(lambda lines: "".join(f"{line}\n" for line in lines))
TREES = st.dictionaries(NAMES, TEXTS, max_size=4)
MOVES = st.dictionaries(NAMES, NAMES, max_size=3)
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


@FEW
@given(TREES, TREES)
def test_no_change_of_the_template_changes_nothing(client: GitClient, base: dict[str, str], project: dict[str, str]) -> None:
    merged, _ = merge(client, base, project, base)
    assert merged == Merged({})


@FEW
@given(TREES, TREES, TREES, MOVES, st.sampled_from([Policy.MARKERS, Policy.PROJECT]))
def test_no_line_of_the_user_is_lost(
    client: GitClient, base: dict[str, str], project: dict[str, str], template: dict[str, str], wanted: dict[str, str], policy: Policy
) -> None:
    project = {path: f"{text}own {path}\n" for path, text in project.items()}
    moves: dict[str, str] = {}
    for old, new in wanted.items():
        if old in base and old not in template and new in template and new not in base and new not in moves.values():
            moves[old] = new
    _, files = merge(client, base, project, template, policy, moves=moves)
    everything = b"".join(files.values()).decode()
    assert [path for path in project if f"own {path}\n" not in everything] == []
    assert not any("~" in path for path in files)


def test_of_what_neither_side_has_any_more_nothing_is_said() -> None:
    raw = RawMerge({"f": Entry(Mode.FILE)}, {"f": Sides(Entry(Mode.FILE), None, None)}, project={"f": None})
    assert settle(raw, Policy.MARKERS, lambda _: False, merge_structured) == Merged({})
