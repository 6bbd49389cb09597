"""Which migrations an update calls for; `tests/oracles/test_copier_migrations.py` compares that with Copier."""

from __future__ import annotations

import pytest

from robot_action.errors import InputError, Position
from robot_action.model.copier import CopierSettings, Migration
from robot_action.model.source import Source, SourceKind
from robot_action.model.tasks import Task
from robot_action.model.template import Specification, Template
from robot_action.model.tree import Tree
from robot_action.planning.migrations import passage_of, unversioned

SOURCE = Source(SourceKind.GIT, "https://git.example/acme/t", "https://git.example/acme/t")


def template(described: str, *versions: str, version: str = "") -> Template:
    migrations = tuple(Migration(Task("true", position=Position("copier.yml", 3)), one) for one in versions)
    settings = CopierSettings(migrations=migrations)
    return Template(SOURCE, Specification("t", settings=settings), Tree(), version, "1" * 40, described)


def passed(old: Template, new: Template) -> list[str]:
    passage = passage_of(old, new)
    return [migration.version for migration in passage.migrations] if passage else []


def test_those_above_the_old_version_up_to_the_new_one() -> None:
    assert passed(template("v1.0"), template("v2.0", "0.9", "1.0", "1.0.1", "", "2.0.0", "2.0.1")) == ["1.0.1", "", "2.0.0"]


def test_a_commit_behind_a_tag_is_above_it() -> None:
    new = template("v2.0-3-g1234567", "2.0", "2.0.post2")
    assert passed(template("v2.0"), new) == ["2.0.post2"]
    assert passed(template("v2.0-1-g1234567"), template("v3.0", "2.0", "3.0")) == ["3.0"]


def test_of_several_tags_at_a_commit_the_highest_counts() -> None:
    assert passed(template("v1.0"), template("v2", "2.1", version="2.1.0")) == ["2.1"]


def test_what_is_no_version_passes_nothing_and_that_is_told() -> None:
    old, new = template("v1.0"), template("latest", "1.5")
    assert passage_of(old, new) is None
    assert unversioned(old, new) == "the template's migrations were not run: latest is no version"
    assert unversioned(template(""), template("v2.0", "1.5")).endswith("what the project has is no version")
    assert unversioned(old, template("latest")) == ""
    assert unversioned(old, template("v2.0", "1.5")) == ""


@pytest.mark.parametrize("version", ["soon", "9" * 5000])
def test_a_migration_of_no_version_is_placed(version: str) -> None:
    with pytest.raises(InputError, match="names no version") as caught:
        passage_of(template("v1.0"), template("v2.0", version))
    assert caught.value.problems[0].position == Position("copier.yml", 3)


def test_templates_of_other_formats_have_none() -> None:
    native = Template(SOURCE, Specification("t"), Tree(), "2.0.0", "1" * 40)
    assert passage_of(template("v1.0"), native) is None
    assert unversioned(template("v1.0"), native) == ""
