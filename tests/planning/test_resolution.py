"""The resolved manifest: what the template and the surroundings add, and where each value comes from."""

from dataclasses import replace

from robot_action.model.manifest import OWN_IDENTITY, Author, Origin
from robot_action.model.template import Command, Commands
from robot_action.planning.resolution import resolve
from tests.planning.values import ELSEWHERE, MANIFEST, NOTHING, RENDERING, REQUEST

ADA = Author("Ada", "ada@example.com")
FACTS = replace(NOTHING, rendering=replace(RENDERING, answers={"colour": "red", "size": 3}, defaulted=("size",)))


def test_answers_that_nobody_gave_are_the_templates() -> None:
    manifest = resolve(REQUEST, FACTS)
    assert manifest.data == {"colour": "red", "size": 3}
    assert (manifest.origins["data.colour"], manifest.origins["data.size"]) == (Origin.MANIFEST, Origin.TEMPLATE)


def test_kind_and_install_commands_are_the_templates_where_the_manifest_names_none() -> None:
    manifest = resolve(REQUEST, FACTS)
    assert (manifest.kind, manifest.origins["kind"]) == ("project", Origin.TEMPLATE)
    assert (manifest.install, manifest.origins["install"]) == (RENDERING.install, Origin.TEMPLATE)


def test_what_the_manifest_says_stays() -> None:
    install = Commands((Command(("npm", "ci")),))
    told = replace(MANIFEST, kind="component", install=install, author=ADA)
    manifest = resolve(replace(REQUEST, manifest=told), FACTS)
    assert (manifest.kind, manifest.install, manifest.author) == ("component", install, ADA)
    assert not {"kind", "install", "author"} & manifest.origins.keys()


def test_the_author_is_the_events_or_gits_or_else_robot_action() -> None:
    by_event = resolve(replace(REQUEST, actor=ADA), FACTS)
    by_git = resolve(REQUEST, replace(FACTS, committer=ADA))
    by_nobody = resolve(REQUEST, FACTS)
    assert (by_event.author, by_event.origins["author"]) == (ADA, Origin.DERIVED)
    assert (by_git.author, by_git.origins["author"]) == (ADA, Origin.DERIVED)
    assert (by_nobody.author, by_nobody.origins["author"]) == (OWN_IDENTITY, Origin.DEFAULT)


def test_without_a_template_only_the_author_is_added() -> None:
    manifest = resolve(REQUEST, ELSEWHERE)
    assert (manifest.kind, manifest.data) == (None, MANIFEST.data)
