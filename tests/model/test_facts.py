from __future__ import annotations

import pytest

from robot_action.model.facts import Release, Repository
from robot_action.model.manifest import IndexKind, PublishTarget


def repository(**values: object) -> Repository:
    return Repository("acme/x", "https://git.example/acme/x", "https://git.example/acme/x.git", **values)


def test_a_repository_is_empty_until_something_was_pushed() -> None:
    assert repository().is_empty
    assert not repository(heads={"main": "1" * 40}).is_empty
    assert not repository(tags={"v1": "1" * 40}).is_empty


@pytest.mark.parametrize(
    ("files", "complete"),
    [
        ([], False),
        (["x-1.tar.gz"], False),
        (["x-1-py3-none-any.whl"], False),
        (["x-1.tar.gz", "x-1-py3-none-any.whl"], True),
        (["x-1.zip", "x-1-cp311-cp311-linux_x86_64.whl"], True),
        (["x-1.tar.gz", "x-1-py3-none-any.whl.metadata"], False),
    ],
)
def test_a_release_is_complete_with_a_wheel_and_a_source_distribution(files: list[str], complete: bool) -> None:
    release = Release(PublishTarget(IndexKind.LOCAL), "x", "1", dict.fromkeys(files, ""))
    assert release.is_complete is complete
