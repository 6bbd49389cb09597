"""Options: the log's level, and the command line that a later run needs."""

from itertools import pairwise
from pathlib import Path

from click.testing import CliRunner

from robot_action.entrypoints.options import CreateOptions, LogOptions


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


def test_every_argument_that_resumes_a_run_is_understood() -> None:
    from robot_action.entrypoints.cli import create

    options = CreateOptions(
        pairs=("a=1",), trust_source=("x",), allow_program=("go",), allow_protocol=("http",), environment=("E",), overwrite=True
    )
    parsed = create.make_context("create", [*options.arguments(), "m.yml"], resilient_parsing=True).params
    assert parsed["pairs"] == ("a=1",)
    assert parsed["overwrite"]
    assert CliRunner().invoke(create, ["--help"]).exit_code == 0
