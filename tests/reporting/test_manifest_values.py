from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from robot_action.model.manifest import IndexKind, Origin, PublishTarget
from robot_action.model.template import Command, Commands
from robot_action.reporting.manifest_values import resolved_values
from robot_action.reporting.views import ValueView
from tests.reporting import samples


def test_each_value_has_its_origin() -> None:
    values = resolved_values(samples.MANIFEST)
    assert values["name"] == ValueView("payments-api", "derived")
    assert values["template"] == ValueView("gh:acme/templates@v2.1.0", "manifest")
    assert values["version"] == ValueView("0.1.0", "default")


def test_a_key_without_origin_has_that_of_the_key_above() -> None:
    origins = {"repository": Origin.MANIFEST, "repository.visibility": Origin.CONFIGURATION}
    values = resolved_values(replace(samples.MANIFEST, origins=origins))
    assert values["repository.visibility"].origin == "configuration"
    assert values["repository.merge.squash"] == ValueView(value=True, origin="manifest")
    assert values["data.framework"].origin == "default"


def test_what_is_not_wanted_is_not_told() -> None:
    values = resolved_values(replace(samples.MANIFEST, repository=None, author=None, publish=()))
    assert not [key for key in values if key.startswith(("repository", "author", "install"))]
    assert values["publish"].value == []


def test_everything_that_can_be_wanted_is_told() -> None:
    target = PublishTarget(IndexKind.PYPI, url="https://index.example/legacy/", index="https://index.example/simple/")
    install = Commands((Command(("uv", "sync")),), timeout=60)
    local = replace(samples.REPOSITORY, path=Path("/srv/forge"))
    values = resolved_values(replace(samples.MANIFEST, publish=(target,), install=install, repository=local))
    assert values["publish"].value == [{"to": "pypi", "url": "https://index.example/legacy/", "index": "https://index.example/simple/"}]
    assert values["install.commands"].value == [["uv", "sync"]]
    assert values["install.timeout"].value == 60
    assert values["repository.path"].value == "/srv/forge"
