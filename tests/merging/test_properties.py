"""What holds for every merge, with the real git: nothing of the user's is lost unsaid, and how often one updates makes no difference."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from robot_action.clients.git.client import GitClient
from robot_action.merging.moves import Side, find_moves
from robot_action.model.merge import Merged, Policy
from robot_action.model.paths import parents_of
from robot_action.model.tree import Entry, Mode
from tests.merging.test_decide import merge, tree
from tests.testbed.git_bed import make_client

Files = dict[str, str]
FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
LINES = [f"line {number}" for number in range(30)]
SPOTS = range(0, len(LINES), 5)
"""Far enough from each other that no two changes touch."""
PATHS = st.sampled_from(["a", "b", "d/a", "d/e/b", "c.toml"])
WORDS = st.sampled_from(["x", "y", "", "=======", "<<<<<<< a", "key = 1"])
TEXTS = st.lists(WORDS, max_size=6).map(lambda lines: "".join(f"{line}\n" for line in lines))
TREES = st.dictionaries(PATHS, TEXTS, max_size=4)


@pytest.fixture(scope="module")
def client() -> GitClient:
    return make_client()


def text(changes: Mapping[int, str]) -> str:
    return "".join(f"{changes.get(number, line)}\n" for number, line in enumerate(LINES))


def after(client: GitClient, base: Files, project: Files, template: Files, policy: Policy = Policy.MARKERS) -> tuple[Merged, Files]:
    merged, files = merge(client, base, project, template, policy)
    return merged, {path: content.decode() for path, content in files.items()}


@FEW
@given(TREES, TREES, TREES, st.sampled_from([Policy.MARKERS, Policy.PROJECT]))
def test_every_line_that_the_user_added_is_there_afterwards(
    client: GitClient, base: Files, project: Files, template: Files, policy: Policy
) -> None:
    project = {path: f"{content}of the user in {path} {number}\n" for number, (path, content) in enumerate(project.items())}
    _, files = after(client, base, project, template, policy)
    everything = "".join(files.values())
    assert [path for number, path in enumerate(project) if f"of the user in {path} {number}\n" not in everything] == []


@FEW
@given(TREES, TREES, TREES)
def test_what_the_user_changed_is_never_replaced_unsaid(client: GitClient, base: Files, project: Files, template: Files) -> None:
    project = {path: f"{content}mine\n" for path, content in project.items()}
    merged, _ = after(client, base, project, template, Policy.TEMPLATE)
    told = {conflict.path for conflict in merged.conflicts}
    lost = {path for path in project if (entry := merged.changes.get(path)) and b"mine\n" not in entry.content}
    assert lost <= told


@FEW
@given(TREES, TREES)
def test_no_change_of_the_template_is_no_change(client: GitClient, base: Files, project: Files) -> None:
    assert after(client, base, project, base) == (Merged({}), project)


@FEW
@given(TREES, TREES, TREES)
def test_once_merged_there_is_nothing_more_to_merge(client: GitClient, base: Files, project: Files, template: Files) -> None:
    _, files = after(client, base, project, template)
    assert after(client, template, files, template) == (Merged({}), files)


@FEW
@given(TREES, TREES)
def test_an_untouched_project_becomes_what_the_template_gives(client: GitClient, base: Files, template: Files) -> None:
    merged, files = after(client, base, base, template)
    assert (merged.conflicts, files) == ((), template)


@FEW
@given(st.lists(st.sampled_from(["user", "first", "second", "both", "nobody"]), min_size=len(SPOTS), max_size=len(SPOTS)))
def test_where_different_lines_were_touched_two_hops_are_one(client: GitClient, who: list[str]) -> None:
    spots = dict(zip(SPOTS, who, strict=True))
    user = {spot: f"user {spot}" for spot, name in spots.items() if name == "user"}
    first = {spot: f"first {spot}" for spot, name in spots.items() if name in {"first", "both"}}
    second = {**first, **{spot: f"second {spot}" for spot, name in spots.items() if name in {"second", "both"}}}
    base, project, one, two = ({"f": text(changes)} for changes in ({}, user, first, second))
    at_once = after(client, base, project, two)
    _, halfway = after(client, base, project, one)
    assert after(client, one, halfway, two)[1] == at_once[1] == {"f": text({**second, **user})}
    assert at_once[0].conflicts == ()


@FEW
@given(TREES, TREES, TREES)
def test_two_hops_without_conflicts_lose_nothing_that_one_keeps(client: GitClient, base: Files, project: Files, template: Files) -> None:
    project = {path: f"{content}own {path}\n" for path, content in project.items()}
    merged, files = after(client, base, project, template)
    assume(not merged.conflicts)
    _, again = after(client, template, files, base)
    assert [path for path in project if f"own {path}\n" not in "".join(again.values())] == []


FOLDERS = ("a", "b", "b/in", "c")
TARGETS = st.sampled_from(["new", "new/in", "c", ""])
KINDS = st.sampled_from(["file", "file", "link", "out", "below"])
EDITS = st.sampled_from(["", "", "line", "link", "gone"])
OWN_NAMES = st.sampled_from(["own", "own", "OWN", "w", "aone"])


@st.composite
def moved_folders(draw: st.DrawFn) -> tuple[dict[str, Entry], dict[str, Entry], dict[str, Entry], frozenset[str]]:
    """Draw a template whose folders move, also two to one place, what it becomes, a project, and which of its files are its own."""
    base: dict[str, Entry] = {}
    project: dict[str, Entry] = {}
    template: dict[str, Entry] = {}
    meeting = draw(TARGETS)
    for folder in draw(st.sets(st.sampled_from(FOLDERS), min_size=2)):
        target = draw(st.sampled_from([meeting, meeting, folder, "src/a"]))
        for name in draw(st.sets(st.sampled_from([f"{folder[-1]}one", f"{folder[-1]}two"]), min_size=1)):
            path, new = f"{folder}/{name}", draw(st.sampled_from([f"{target}/{name}", f"{target}/{name}", f"{target}/w"])).lstrip("/")
            base[path] = file(body := f"{folder} {name} is what this is about\n" * 9)
            project |= edited(path, body, draw(EDITS), "mine")
            template |= edited(new, body, draw(EDITS), "theirs")
    own: dict[str, Entry] = {}
    for folder, name in itertools.product(draw(st.sets(st.sampled_from(FOLDERS), min_size=2)), draw(st.sets(OWN_NAMES, min_size=1))):
        kind, path = draw(KINDS), f"{folder}/{name}"
        own |= {
            "file": {path: file(f"own {path}\n" * 3)},
            "link": {path: Entry(Mode.LINK, f"to-{folder.replace('/', '-')}-{name}".encode())},
            "out": {path: Entry(Mode.LINK, f"/usr/{path}".encode())},
            "below": {f"{path}/f": file(f"own below {path}\n" * 3)},
        }[kind]
    mine = {path for path in own if path not in base and path not in template}
    return base, fitting({**own, **project}), fitting(template), frozenset(mine)


def file(text: str) -> Entry:
    return Entry(Mode.FILE, text.encode())


def edited(path: str, body: str, edit: str, who: str) -> dict[str, Entry]:
    made = {"": file(body), "line": file(f"{body}{who} {path}\n"), "link": Entry(Mode.LINK, f"{who}-{path.replace('/', '-')}".encode())}
    return {path: made[edit]} if edit in made else {}


def fitting(files: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return files without those that lie below one."""
    return {path: entry for path, entry in files.items() if files.keys().isdisjoint(parents_of(path))}


@settings(FEW, max_examples=25)
@given(moved_folders(), st.booleans(), st.sampled_from([Policy.MARKERS, Policy.PROJECT, Policy.TEMPLATE]))
def test_own_files_are_there_byte_for_byte_wherever_the_templates_folders_go(
    client: GitClient,
    drawn: tuple[dict[str, Entry], dict[str, Entry], dict[str, Entry], frozenset[str]],
    known: bool,
    policy: Policy,
) -> None:
    base, project, template, own = drawn
    sides = [Side(tree(side), tree(side), {path: path for path in side}) for side in (base, template)]
    merged, files = merge(client, base, project, template, policy, moves=find_moves(*sides) if known else {})
    there = list(files.values())
    assert [path for path in own & project.keys() if there.count(project[path].content) != 1] == []
    assert [path for path in files if "~" in path or not files.keys().isdisjoint(parents_of(path))] == []
    everything = b"".join(there)
    told = {conflict.path for conflict in merged.conflicts}
    lost = {path for path, entry in project.items() if b"mine" in entry.content and entry.content.splitlines()[-1] not in everything}
    assert policy is Policy.TEMPLATE or lost == set()
    assert not lost or told
