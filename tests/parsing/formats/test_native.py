from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings

from robot_action.errors import InputError, Position
from robot_action.model.template import Command, Commands, Readiness, ReadinessKind, Specification, Start, TemplateType
from robot_action.parsing.formats.native import parse_native
from tests.parsing.strategies import almost_yaml, yaml_texts

EXAMPLES = Path(__file__).parents[3] / "examples" / "templates"

FULL = b"""\
name: python-service
description: >
  A web service
kinds: [project]
tags: [python, web]
type: standard
questions:
  port: 8000
ignore: ["*.pyc", "/build/"]
verbatim: ["*.png"]
suffix: .j2
directory: files/here/
install: {commands: [uv sync, [make, "{{ project.name }}"]], timeout: 5m}
start:
  command: uv run python -m {{ project.package }} --port {port}
  ready: {url: "http://127.0.0.1:{port}/health"}
  timeout: 90s
  restarts: 2
requires: ">=0.1,<2"
"""


def refused(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse_native(text.encode(), "t.yml")
    return [f"{problem.position}: {problem.message}" for problem in caught.value.problems]


def test_everything_that_a_template_can_say() -> None:
    specification = parse_native(FULL, "gh:acme/t: template.yml")
    assert specification == Specification(
        name="python-service",
        description="A web service",
        kinds=("project",),
        tags=("python", "web"),
        questions=specification.questions,
        ignore=("*.pyc", "/build/"),
        verbatim=("*.png",),
        suffix=".j2",
        directory="files/here",
        install=Commands(
            (
                Command(("uv", "sync"), Position("gh:acme/t: template.yml", 13, 22)),
                Command(("make", "{{ project.name }}"), Position("gh:acme/t: template.yml", 13, 31)),
            ),
            300.0,
        ),
        start=Start(
            Command(
                ("uv", "run", "python", "-m", "{{ project.package }}", "--port", "{port}"), Position("gh:acme/t: template.yml", 15, 12)
            ),
            Readiness(ReadinessKind.URL, "http://127.0.0.1:{port}/health"),
            90.0,
            2,
        ),
        requires="<2,>=0.1",
    )
    assert [question.name for question in specification.questions] == ["port"]


def test_a_name_is_enough() -> None:
    assert parse_native(b"name: x\n", "t.yml") == Specification("x")


@pytest.mark.parametrize("entry", ["make.py", "hooks/make.py", "-m acme.make"])
def test_a_custom_template_has_an_entry(entry: str) -> None:
    specification = parse_native(f"name: x\ntype: custom\nentry: {entry}\n".encode(), "t.yml")
    assert (specification.type, specification.entry) == (TemplateType.CUSTOM, entry)


@pytest.mark.parametrize(
    ("ready", "expected"),
    [
        ("port", Readiness()),
        ("{port: true}", Readiness()),
        ("{log: 'listening on .*'}", Readiness(ReadinessKind.LOG, "listening on .*")),
        ("{url: 'http://localhost:{port}'}", Readiness(ReadinessKind.URL, "http://localhost:{port}")),
        ("{url: 'https://[::1]:{port}/x'}", Readiness(ReadinessKind.URL, "https://[::1]:{port}/x")),
    ],
)
def test_a_program_is_ready_by_port_url_or_log_line(ready: str, expected: Readiness) -> None:
    start = parse_native(f"name: x\nstart: {{command: 'x {{port}}', ready: {ready}}}\n".encode(), "t.yml").start
    assert start == Start(Command(("x", "{port}"), Position("t.yml", 2, 18)), expected)


def test_what_is_ready_by_its_port_is_told_the_port() -> None:
    with pytest.raises(InputError, match=r"^t\.yml:2:18: start\.command: it is ready by its port, but does not say \{port\}"):
        parse_native(b"name: x\nstart: {command: npm start}\n", "t.yml")
    assert parse_native(b"name: x\nstart: {command: 'npm start {{ port_flag }}'}\n", "t.yml").start


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- 1", "t.yml:1:1: a mapping is wanted, not a list"),
        ("", "t.yml: the file is empty"),
        ("description: x", "t.yml:1:1: the key 'name' is missing"),
        ("name: 3x", "t.yml:1:7: name: '3x' is no valid name"),
        ("name: x\nnam: x", "t.yml:2:1: unknown key 'nam'"),
        ("name: x\nmigrations: []", "t.yml:2:1: migrations: this is not supported yet by this version"),
        ("name: x\ntype: custm", "t.yml:2:7: type: 'custm' is not known here"),
        ("name: x\ntype: custm\nentry: x.py", "t.yml:2:7: type: 'custm' is not known here"),
        ("name: x\nkinds: []", "t.yml:2:8: kinds: there must be at least one kind"),
        ("name: x\nkinds: [projct]", "t.yml:2:9: kinds.0: 'projct' is no kind"),
        ("name: x\nkinds: project", "t.yml:2:8: kinds: a list is wanted, not the text 'project'"),
        ("name: x\ntags: [A b]", "t.yml:2:8: tags.0: 'A b' is no valid topic"),
        ("name: x\nignore: ['\\']", "t.yml:2:10: ignore.0: '\\\\' is no pattern as in .gitignore"),
        ("name: x\nverbatim: [" + "a" * 501 + "]", "t.yml:2:12: verbatim.0: the pattern is longer than 500 characters"),
        ("name: x\nsuffix: jinja", "t.yml:2:9: suffix: 'jinja' is no suffix"),
        ("name: x\nsuffix: ''", "t.yml:2:9: suffix: '' is no suffix"),
        ("name: x\ndirectory: ../x", "t.yml:2:12: directory: the directory '../x' leads out with '..'"),
        ("name: x\ndirectory: .git", "t.yml:2:12: directory: the directory '.git' has a part that git"),
        ("name: x\ninstall: [a && b]", "t.yml:2:11: install.0: the command 'a && b' has the shell operator '&&'"),
        ("name: x\ntype: custom", "t.yml:1:1: the key 'entry' is missing"),
        ("name: x\nentry: x.py", "t.yml:2:1: entry: only custom templates have an entry"),
        ("name: x\ntype: custom\nentry: x.py\ninstall: [x]", "t.yml:4:1: install: a custom template runs its entry"),
        ("name: x\ntype: custom\nentry: ../x.py", "t.yml:3:8: entry: the entry '../x.py' leads out with '..'"),
        ("name: x\ntype: custom\nentry: x.sh", "t.yml:3:8: entry: the entry 'x.sh' is no Python file and no module"),
        ("name: x\ntype: custom\nentry: -m a b", "t.yml:3:8: entry: the entry '-m a b' is no Python file and no module"),
        ("name: x\ntype: custom\nentry: -x.py", "t.yml:3:8: entry: the entry '-x.py' is no Python file and no module"),
        ("name: x\nrequires: abc", "t.yml:2:11: requires: 'abc' is no range of versions"),
        ("name: x\nstart: npm start", "t.yml:2:8: start: a mapping is wanted, not the text 'npm start'"),
        ("name: x\nstart: {ready: port}", "t.yml:2:8: start: the key 'command' is missing"),
        ("name: x\nstart: {command: a | b}", "t.yml:2:18: start.command: the command 'a | b' has the shell operator '|'"),
        ("name: x\nstart: {command: a, ready: prt}", "t.yml:2:28: start.ready: port, or one of {port: true}"),
        ("name: x\nstart: {command: a, ready: {}}", "t.yml:2:28: start.ready: port, or one of {port: true}"),
        ("name: x\nstart: {command: a, ready: {prt: true}}", "t.yml:2:29: unknown key 'prt' in start.ready"),
        ("name: x\nstart: {command: a, ready: {port: false}}", "t.yml:2:35: start.ready.port: the port is what is waited for"),
        ("name: x\nstart: {command: a, ready: {port: 80}}", "t.yml:2:35: start.ready.port: true or false is wanted"),
        ("name: x\nstart: {command: a, ready: {log: '['}}", "t.yml:2:34: start.ready.log: '[' is no regular expression"),
        ("name: x\nstart: {command: a, ready: {log: ''}}", "t.yml:2:34: start.ready.log: the regular expression must have 1 to 500"),
        ("name: x\nstart: {command: a, timeout: 2d}", "t.yml:2:30: start.timeout: '2d' is no duration"),
        ("name: x\nstart: {command: a, restarts: 99}", "t.yml:2:31: start.restarts: a whole number from 0 to 10 is wanted"),
        ("name: x\nstart: {command: a, restarts: yes}", "t.yml:2:31: start.restarts: a whole number from 0 to 10 is wanted"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, said: str) -> None:
    problems = refused(text)
    assert problems[0].startswith(said)
    assert len(problems) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://evil.example:{port}/",
        "http://127.0.0.1:80/",
        "http://127.0.0.1:{port}@evil/",
        "http://127.0.0.1:{port}.evil/",
        "ftp://127.0.0.1:{port}/",
        "/health",
        "http://{{ host }}:{port}/",
        "http://127.0.0.1:{port}/a b",
    ],
)
def test_only_the_started_program_is_asked_whether_it_is_ready(url: str) -> None:
    (problem,) = refused(f"name: x\nstart: {{command: a, ready: {{url: '{url}'}}}}\n")
    assert "is no address of the program that was started" in problem


def test_all_problems_are_told_at_once_in_the_order_of_the_text() -> None:
    text = "kinds: [x]\nname: yes\nquestions: {year: 1, a: {typ: str}}\nstart: {comand: x}\nsuffix: 3\n"
    assert [problem.split(": ")[0] for problem in refused(text)] == [
        "t.yml:1:9",
        "t.yml:2:7",
        "t.yml:3:13",
        "t.yml:3:26",
        "t.yml:4:8",
        "t.yml:4:9",
        "t.yml:5:9",
    ]


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*/template.yml")), ids=lambda file: file.parent.name)
def test_the_templates_that_ship_are_read(file: Path) -> None:
    assert parse_native(file.read_bytes(), str(file)).name == file.parent.name


@settings(max_examples=200, deadline=2000)
@given(
    almost_yaml()
    | yaml_texts(
        [
            "name",
            "kinds",
            "type",
            "questions",
            "install",
            "commands",
            "start",
            "command",
            "ready",
            "url",
            "log",
            "entry",
            "choices",
            "default",
            "when",
            "value",
        ]
    ),
)
def test_any_bytes_are_a_specification_or_refused(text: bytes) -> None:
    with contextlib.suppress(InputError):
        assert isinstance(parse_native(text, "t.yml"), Specification)
