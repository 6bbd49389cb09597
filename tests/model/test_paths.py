"""Which paths may be written: the rules, and what tries to get around them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.errors import InputError
from robot_action.model import paths
from robot_action.model.paths import check_tree, is_dot_git, link_problem, path_problem, tree_problems, writable
from robot_action.model.tree import Entry, Mode, Tree

FILE = Entry(Mode.FILE, b"x")


@pytest.mark.parametrize(
    "path", ["a", "a/b.txt", ".github/workflows/ci.yml", ".gitignore", "größe/ü", "a b", "git", ".git-blame", "x.git", "日本"]
)
def test_an_ordinary_path_may_be_written(path: str) -> None:
    assert path_problem(path) is None


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "empty"),
        ("/etc/passwd", "absolute"),
        ("\\\\server\\share", "absolute"),
        ("C:\\x", "absolute"),
        ("../x", "'..'"),
        ("a/../../x", "'..'"),
        ("a\\..\\x", "'..'"),
        ("a//b", "empty part"),
        ("./a", "empty part"),
        ("a/", "empty part"),
        ("a\nb", "control"),
        ("a\x00b", "control"),
        ("a\udc80", "UTF-8"),
        (".robot-action.tmp", "robot-action uses"),
        ("a/.Robot-Action.TMP/b", "robot-action uses"),
        (".robot-action-git-1/config", "robot-action uses"),
        ("x" * 256, "255"),
        ("/".join(["x" * 250] * 17), "4096"),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused_with_its_reason(path: str, reason: str) -> None:
    assert reason in (path_problem(path) or "")


@pytest.mark.parametrize(
    "name",
    [
        ".git",
        ".GIT",
        ".Git",
        "git~1",
        "GIT~1",
        ".git.",
        ".git ",
        ".git...",
        ".git::$INDEX_ALLOCATION",
        ".g\u200cit",
        "\ufeff.git",
        ".gi\u2060t"[:3] + "t",
        ".git\\x",
    ],
)
def test_every_disguise_of_dot_git_is_seen(name: str) -> None:
    assert is_dot_git(name)
    assert "takes for .git" in (path_problem(f"a/{name}/hooks") or "")


@pytest.mark.parametrize(
    ("path", "target"),
    [("a", "b"), ("d/a", "../b"), ("d/e/a", "../../b/c"), ("a", "./b"), ("a", "b/"), ("d/a", ".."), ("d/a", "."), ("a", "b/./c")],
)
def test_a_link_that_stays_inside_is_allowed(path: str, target: str) -> None:
    assert link_problem(path, target.encode()) is None


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("a", "/etc/passwd"),
        ("a", "/"),
        ("a", "//"),
        ("a", ".."),
        ("d/a", "../../b"),
        ("a", "b/../../c"),
        ("a", ".git/config"),
        ("a", "b\x00"),
        ("a", b"\xff"),
        ("a", ""),
    ],
)
def test_a_link_that_leads_out_or_into_git_is_refused(path: str, target: str | bytes) -> None:
    raw = target.encode() if isinstance(target, str) else target
    assert link_problem(path, raw) is not None


def test_a_link_may_not_climb_after_a_name_because_that_name_may_be_a_link_itself() -> None:
    assert link_problem("a/b/c", b"../x/../../y") is not None


@pytest.mark.parametrize(
    ("paths", "reason"),
    [
        (["README", "readme"], "one file"),
        (["a/x", "A/y"], "one file"),
        (["e\u0301", "\u00e9"], "one file"),
        (["a", "a/b"], "no folder"),
    ],
)
def test_paths_that_collide_on_some_file_systems_are_refused(paths: list[str], reason: str) -> None:
    problems = tree_problems(Tree(dict.fromkeys(paths, FILE)))
    assert any(reason in problem.message for problem in problems)


def test_a_linked_gitmodules_is_refused() -> None:
    assert tree_problems(Tree({".gitmodules": Entry(Mode.LINK, b"x")}))


def test_all_refused_paths_are_named_together() -> None:
    with pytest.raises(InputError) as caught:
        check_tree(Tree({"../a": FILE, ".git/config": FILE, "fine": FILE}), "the tree of t")
    assert "the tree of t" in str(caught.value)
    assert "'../a'" in str(caught.value)
    assert "'.git/config'" in str(caught.value)
    assert "fine" not in str(caught.value)


@given(st.dictionaries(st.text(max_size=12), st.sampled_from([FILE, Entry(Mode.LINK, b"../x"), Entry(Mode.DIRECTORY)]), max_size=6))
def test_whatever_is_not_refused_stays_below_its_root(entries: dict[str, Entry]) -> None:
    tree = Tree(entries)
    if tree_problems(tree):
        return
    for path in tree:
        parts = path.split("/")
        assert not path.startswith("/")
        assert not {"", ".", ".."} & set(parts)
        assert all(part.casefold() != ".git" for part in parts)


PARTS = st.sampled_from(
    [
        ".github",
        ".GIT",
        ".git.x",
        ".Robot-Action-x",
        ".robot-action.tmp",
        ".robot-action.yml",
        "a",
        "A",
        "b.py",
        ".git",
        "git~1",
        "..",
        ".",
        "",
        "x.",
        "x ",
        "a:b",
        "-",
        "_a-b.c.d",
        "é",
        "e\u0301",
        "\x01",
        "con",
    ]
)


@given(path=st.lists(PARTS, min_size=1, max_size=4).map("/".join))
def test_the_quick_look_at_a_path_never_says_other_than_the_close_one(path: str) -> None:
    quick = paths.path_problem(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "_PLAIN", re.compile(r"(?!)"))
        assert paths.path_problem(path) == quick


@given(names=st.lists(st.lists(PARTS, min_size=1, max_size=3).map("/".join), max_size=5))
def test_collisions_are_found_wherever_a_closer_look_finds_some(names: list[str]) -> None:
    tree = Tree({name: Entry(Mode.FILE) for name in names})
    told = {problem.message for problem in paths.tree_problems(tree) if "one file" in problem.message}
    assert told == {
        f"{name!r} and {other!r} are one file where case or Unicode form does not count" for _, name, other in paths.collisions(tree)
    }


@pytest.mark.parametrize(
    ("new", "there", "found"),
    [
        ("README", ["readme"], ("README", "readme")),
        ("SRC/x", ["src/y"], ("SRC", "src")),
        ("Src", ["src/y"], ("Src", "src")),
        ("A.TXT/x", ["a.txt"], ("A.TXT", "a.txt")),
        ("e\u0301/x", ["\u00e9/y"], ("e\u0301", "\u00e9")),
        ("README", ["README", "readme"], None),
        ("src/new", ["SRC/a", "src/b"], None),
        ("src/new", ["src/other"], None),
    ],
)
def test_what_collides_only_now_is_told_and_what_did_before_is_not(new: str, there: list[str], found: tuple[str, str] | None) -> None:
    assert [names for _, *names in paths.collisions([new], there)] == ([[*found]] if found else [])
    assert bool(tree_problems(Tree({new: FILE}), there=there)) is bool(found)


def test_what_may_be_written_of_a_tree_is_what_would_be_accepted_alone() -> None:
    file = Entry(Mode.FILE)
    tree = Tree({"a": file, "A": file, "b/.git/x": file, "out": Entry(Mode.LINK, b"/x"), "in": Entry(Mode.LINK, b"a"), "x\ny": file})
    assert [*writable(tree)] == ["A", "in"]
    assert check_tree(writable(tree))


@pytest.mark.parametrize(
    ("path", "other", "meet"),
    [
        ("a", "a/b", True),
        ("a/b/c", "a", True),
        ("a/b", "a/c", False),
        ("a/b", "a/b/c/d", True),
        ("a", "ab", False),
        ("a", "A", True),
        ("a/b", "A/c", True),
        ("A", "a/b", True),
        ("u\u0308", "\u00fc/x", True),
    ],
)
def test_paths_meet_where_one_is_the_others_folder_or_their_names_are_one_somewhere(path: str, other: str, *, meet: bool) -> None:
    assert paths.meeting([path, "else/x"], [other, "more/x"]) == ({path} if meet else set())
    assert paths.meeting([other, "more/x"], [path, "else/x"]) == ({other} if meet else set())
