"""Options: the log's level, and the command line that a later run needs."""

from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from robot_action.entrypoints.create import CreateOptions
from robot_action.entrypoints.options import LogOptions
from robot_action.entrypoints.projects import ProjectOptions
from robot_action.entrypoints.render import RenderOptions
from robot_action.model.inputs import options_of, parameters_of
from robot_action.model.parameter import Kind


def test_flags_come_before_the_variable() -> None:
    assert LogOptions().level("") == "warning"
    assert LogOptions().level("error") == "error"
    assert LogOptions(verbose=True).level("error") == "info"
    assert LogOptions(verbose=True, debug=True).level("") == "debug"


def test_the_options_come_back_as_a_command_line() -> None:
    options = CreateOptions(
        manifests=("a.yml",),
        template="./t",
        destination="d",
        pairs=("a=1", "b=two words"),
        data_file=Path("x.yml"),
        ref="v1",
        stages="render",
        skip_stages="push",
        skip_tasks=True,
        trust=True,
        trust_source=("gh:*",),
        allow_program=("go",),
        allow_protocol=("http",),
        environment=("MINE",),
        overwrite=True,
    )
    arguments = options.arguments()
    assert "a.yml" not in arguments
    for pair in (("--template", "./t"), ("--data", "b=two words"), ("--ref", "v1"), ("--env", "MINE"), ("--allow-program", "go")):
        assert pair in pairwise(arguments)
    assert {"--skip-tasks", "--trust", "--overwrite"} <= set(arguments)
    assert CreateOptions().arguments() == ()


def values_for(command: str) -> dict[str, Any]:
    """Return a value for every option of a command that a later run takes up again."""
    values = {Kind.FLAG: True, Kind.PATH: Path("-p"), Kind.LIST: ("http", "file"), Kind.DATA: ("a=1", "b=two words")}
    rows = [row for row in options_of(command) if row.name != "dry-run"]
    return {row.keyword: values.get(row.kind, next(iter(row.choices), "-x")) for row in rows}


def test_every_option_comes_back_from_the_command_line_as_it_was_given() -> None:
    from robot_action.entrypoints.cli import create, render

    given = values_for("create")
    parsed = create.make_context("create", [*CreateOptions(**given).arguments(), "m.yml"]).params
    assert {name: parsed[name] for name in given} == given
    assert parsed["manifests"] == ("m.yml",)
    assert not parsed["dry_run"]
    given = values_for("render")
    parsed = render.make_context("render", [*RenderOptions(**given).arguments(), "./t", "out"]).params
    assert {name: parsed[name] for name in given} == given
    assert (parsed["template"], parsed["destination"], parsed["dry_run"]) == ("./t", "out", False)


@pytest.mark.parametrize(("command", "options", "apart"), [("create", CreateOptions, {"manifests"}), ("render", RenderOptions, set())])
def test_every_option_is_told_from_the_table(command: str, options: type[ProjectOptions], apart: set[str]) -> None:
    rows = {row.keyword for row in parameters_of(command) if row.flags}
    assert {field.name for field in fields(options)} - {*apart, "data", "again"} == rows - {"dry_run"}
    assert [row.name for row in options_of(command) if f"--{row.name}" not in row.flags] == []
