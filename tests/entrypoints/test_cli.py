from __future__ import annotations

import json
from importlib.metadata import version

import click
import pytest
from click.testing import CliRunner, Result
from jsonschema_rs import validator_for

from robot_action.entrypoints.cli import cli


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, obj={}, standalone_mode=True)


def test_the_version_is_the_installed_one() -> None:
    assert invoke("--version").output == f"robot-action {version('robot-action')}\n"


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_and_every_option_of_it_is_explained(name: str) -> None:
    command = cli.commands[name]
    assert command.help
    assert [option.name for option in command.params if isinstance(option, click.Option) and not option.help] == []
    assert invoke(name, "--help").exit_code == 0


def test_a_mistyped_command_is_a_usage_error_that_shows_the_way() -> None:
    result = invoke("crate")
    assert result.exit_code == 2  # click's own; the boundary makes it 64
    assert "create" in result.output or "--help" in result.output


def test_the_schema_is_a_json_schema_that_takes_the_smallest_manifest() -> None:
    schema = validator_for(json.loads(invoke("schema").output))
    assert schema.is_valid({"schema": 1, "name": "x", "template": "./t"})
    assert not schema.is_valid({"schema": 2, "name": "x", "template": "./t"})
    assert not schema.is_valid({"schema": 1, "name": "x", "template": "./t", "templat": "./t"})


def test_copiers_names_for_options_are_understood() -> None:
    names = {name for parameter in cli.commands["create"].params for name in parameter.opts}
    assert {"-d", "--data", "--data-file", "-r", "--vcs-ref", "--skip-tasks", "--trust", "--overwrite", "-n", "--pretend"} <= names
