"""The three commits that git merges: they hold what they should, and nothing that git would take for what it is not."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from robot_action.clients.git import fast_import
from robot_action.clients.git.compare import blob_id
from robot_action.clients.git.environment import Invocation, Place
from robot_action.clients.git.listing import Named
from robot_action.clients.git.merge_input import ProjectSide, stream
from robot_action.model.merge import PROJECT_LABEL
from robot_action.model.paths import parents_of
from robot_action.model.tree import Entry, Mode, Tree
from tests.testbed.bare import git
from tests.testbed.git_bed import make_runner


def tree(files: dict[str, str]) -> Tree:
    return Tree({path: Entry(Mode.FILE, content.encode()) for path, content in files.items()})


PATHS = st.sampled_from(["a", "b", "a/a", "a/b", "b/a", "a/a/a", "a/b/b", 'q"\n'])
FILES = st.dictionaries(PATHS, st.sampled_from(["0\n0\n", "1\n1\n", "2\n2\n"]), max_size=6).map(
    lambda files: {path: text for path, text in files.items() if not any(folder in files for folder in parents_of(path))}
)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("merge") / "r"
    folder.mkdir()
    git(folder, "init", "--quiet", "--bare")
    return folder


@given(present=FILES, base=FILES, theirs=FILES, moves=st.dictionaries(PATHS, PATHS, max_size=2))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_all_three_sides_are_what_they_should_be(
    scratch: Path, present: dict[str, str], base: dict[str, str], theirs: dict[str, str], moves: dict[str, str]
) -> None:
    runner, place = make_runner(), Place(scratch, git_dir=scratch)
    kept = present.keys() - moves.keys()
    moves = {old: new for old, new in moves.items() if old in present and new not in {*kept, *moves}}
    assume(len(set(moves.values())) == len(moves))
    becomes = {moves.get(path, path): text for path, text in present.items()}
    assume(not any(folder in becomes for path in becomes for folder in parents_of(path)))

    def named(files: dict[str, str]) -> dict[str, Named]:
        return {path: Named("100644", blob_id(entry, "sha1")) for path, entry in tree(files).items()}

    def fill(*stream: Iterable[bytes]) -> None:
        data = b"".join(line for part in stream for line in part)
        runner.run(place, "fast-import", "--quiet", "--force", "--date-format=raw", how=Invocation(stdin=data))

    fill(fast_import.commit("refs/heads/p", ""), fast_import.files(tree(present)), [b"done\n"])
    project = ProjectSide(git(scratch, "rev-parse", "p^{tree}"), named(present), moves, ())
    here = {path: one for path, one in named(base).items() if project.renamed.get(path) == one}
    fill(stream(tree(base), here, tree(theirs), project, "refs/heads/t"))
    for ref, files in (("base", base), ("t", theirs), (PROJECT_LABEL, becomes)):
        listed = runner.run(place, "ls-tree", "-r", "-z", ref).items
        assert {item.split(b"\t")[1].decode(): item.split()[2].decode() for item in listed} == {
            path: one.name for path, one in named(files).items()
        }
    assert named(becomes) == project.renamed
