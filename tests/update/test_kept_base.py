"""A project's repository can keep the version that it was brought to, rendered, so that the next update needs no second rendering of it."""

from __future__ import annotations

from tests.testbed.bare import git
from tests.testbed.git_bed import write_files
from tests.update.world import World

NATIVE = {
    "template.yml": "name: tiny\nquestions:\n  name: {type: str, default: demo}\n",
    "template/a.txt.jinja": "{{ name }}\n1\n2\n3\n",
}
COPIER = {
    "copier.yml": "name: demo\n",
    "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
    "a.txt.jinja": "{{ name }}\n1\n2\n3\n",
}
FORMATS = {"native": (NATIVE, "template/a.txt.jinja"), "copier": (COPIER, "a.txt.jinja")}


def next_version(world: World, kind: str, text: str, tag: str) -> None:
    files, path = FORMATS[kind]
    world.set_up({**files, path: f"{{{{ name }}}}\n{text}"}, tag)


def begin(world: World, kind: str) -> None:
    """Make a project that was updated once, and keeps what it was brought to."""
    world.set_up(FORMATS[kind][0])
    assert world.render().code == 0
    world.commit()
    next_version(world, kind, "1\n2\n3\n4\n", "v2.0.0")
    run = world.update("--keep-base")
    assert run.code == 0, run.said
    assert "the old version was rendered again: none was kept" in run.said
    world.commit(files={"a.txt": "demo\n0\n1\n2\n3\n4\n"})
    next_version(world, kind, "1\n2\n3\n4\n5\n", "v3.0.0")


def kept(world: World) -> list[str]:
    return git(world.project, "for-each-ref", "--format=%(refname)", "refs/robot-action").splitlines()


def test_what_was_kept_is_used_and_the_old_version_is_not_rendered(world: World) -> None:
    begin(world, "native")
    assert len(kept(world)) == 1
    run = world.update("--keep-base")
    assert run.code == 0, run.said
    assert "the kept rendering of the old version was used" in run.said
    assert world.read("a.txt") == "demo\n0\n1\n2\n3\n4\n5\n"
    assert len(kept(world)) == 2, "the one that was begun with stays until the next update"


def test_an_old_version_that_renders_no_more_is_no_obstacle(world: World) -> None:
    """copier-org/copier#1170: an old version cannot be replayed any more, here for its tasks, which nobody trusts now."""
    world.set_up(COPIER)
    assert world.render().code == 0
    world.commit()
    world.set_up({**COPIER, "copier.yml": "_tasks: ['echo made >> a.txt']\nname: demo\n"}, "v2.0.0")
    assert world.update("--keep-base").code == 0
    world.commit(files={"a.txt": "demo\n0\n1\n2\n3\nmade\n"})
    next_version(world, "copier", "1\n2\n3\n4\n", "v3.0.0")
    assert world.update(trust=False).code == 77
    run = world.update("--keep-base", trust=False)
    assert run.code == 0, run.said
    assert "the kept rendering of the old version was used, since it cannot be rendered any more" in run.said
    assert world.read("a.txt") == "demo\n0\n1\n2\n3\n4\n"


def test_what_nothing_proves_is_only_the_last_resort(world: World) -> None:
    begin(world, "copier")
    run = world.update("--keep-base")
    assert run.code == 0, run.said
    assert "the old version was rendered again: nothing proves what was kept" in run.said


def test_what_is_something_else_than_the_state_file_says_is_not_used(world: World) -> None:
    begin(world, "native")
    other = git(world.project, "-c", "user.name=a", "-c", "user.email=a@b", "commit-tree", "-m", "x", "HEAD^{tree}")
    git(world.project, "update-ref", kept(world)[0], other)
    run = world.update("--keep-base")
    assert run.code == 0, run.said
    assert "the old version was rendered again: none was kept" in run.said
    assert world.read("a.txt") == "demo\n0\n1\n2\n3\n4\n5\n"


def test_nothing_is_kept_where_secrets_were_answered(world: World) -> None:
    world.set_up({**COPIER, "copier.yml": "name: demo\nword: {type: str, secret: true, default: hush}\n"})
    assert world.render().code == 0
    world.commit()
    world.set_up({**COPIER, "copier.yml": "name: demo\nword: {type: str, secret: true, default: hush}\n", "b": "{{ word }}"}, "v2.0.0")
    run = world.update("--keep-base")
    assert run.code == 0, run.said
    assert "the new one is not kept, for the template asks for secrets" in run.said
    assert kept(world) == []


def test_nothing_is_kept_unasked_nor_by_a_dry_run(world: World) -> None:
    world.set_up(NATIVE)
    assert world.render().code == 0
    world.commit()
    next_version(world, "native", "1\n", "v2.0.0")
    assert world.update("--keep-base", "--dry-run").code == 0
    run = world.update()
    assert run.code == 0
    assert kept(world) == []
    assert "kept" not in run.said


def test_what_can_be_had_in_neither_way_is_told(world: World) -> None:
    world.set_up({**COPIER, "copier.yml": "_tasks: ['true']\nname: demo\n"})
    assert world.render().code == 0
    world.commit()
    next_version(world, "copier", "1\n", "v2.0.0")
    assert world.update("--keep-base", trust=False).code == 77


def test_a_folder_without_versions_is_not_kept(world: World) -> None:
    write_files(world.root / "template", NATIVE)
    assert world.run("render", "./template", "demo").code == 0
    world.commit()
    run = world.run("update", "demo", "-d", "name=other", "--keep-base")
    assert run.code == 0, run.said
    assert (world.read("a.txt"), kept(world)) == ("other\n1\n2\n3\n", [])
