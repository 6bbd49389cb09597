from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from robot_action.errors import Problem
from robot_action.model.manifest import Manifest
from robot_action.reporting.lines import plain
from robot_action.reporting.validation import validation_json, validation_lines, view_files
from tests.reporting import samples


@dataclass(frozen=True)
class File:
    path: Path
    manifests: tuple[Manifest, ...] = ()
    problems: tuple[Problem, ...] = ()


GOOD = File(Path("projects/good.yml"), (samples.MANIFEST,))
EMPTY = File(Path("projects/empty.yml"))
BROKEN = File(Path("projects/broken.yml"), problems=samples.BROKEN.problems)


def test_good_files_tell_what_they_want() -> None:
    lines = plain(validation_lines(view_files([GOOD, EMPTY])))
    assert lines == "projects/good.yml: fine, wants acme/payments-api\nprojects/empty.yml: fine, wants nothing\n"


def test_every_error_of_every_file_is_told() -> None:
    assert plain(validation_lines(view_files([GOOD, BROKEN]))) == (
        "projects/good.yml: fine, wants acme/payments-api\n"
        "projects/broken.yml:3:1: error: there is no key 'repositry'\n"
        "  did you mean 'repository'?\n"
        "projects/broken.yml:1: error: schema is missing\n"
        "\n"
        "2 errors in 1 of 2 files\n"
    )


def test_the_same_as_json() -> None:
    assert json.loads(validation_json(view_files([GOOD])))["exit_code"] == 0
    document = json.loads(validation_json(view_files([GOOD, BROKEN])))
    assert document["exit_code"] == 65
    assert document["files"][0] == {"file": "projects/good.yml", "projects": ["acme/payments-api"], "problems": []}
    assert document["files"][1]["problems"][0] == {
        "message": "there is no key 'repositry'",
        "file": "projects/broken.yml",
        "line": 3,
        "column": 1,
        "hint": "did you mean 'repository'?",
    }
