"""Rendering in a worker: the same as in place, but for hostile templates, which end in a clear error."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2.filters import FILTERS

from robot_action.clients.isolation import renderer
from robot_action.clients.isolation.renderer import WORKER_UID, WorkerCrashError, WorkerRenderer
from robot_action.clients.isolation.second_user import UIDS
from robot_action.clients.processes.process import TEMPLATE_UID, Completed
from robot_action.errors import ConfigurationError, InputError
from robot_action.model.paths import tree_problems
from robot_action.model.template import Choice, Rendering, RenderRequest
from robot_action.model.tree import Entry, Mode
from robot_action.rendering import filters
from robot_action.rendering.engine import render
from tests.rendering.samples import ask, contents, make_request

MIB = 2**20


def in_worker(request: RenderRequest) -> Rendering:
    return WorkerRenderer(timeout=60).render(request)


def refusal(request: RenderRequest, **limits: float) -> str:
    with pytest.raises(InputError) as refused:
        WorkerRenderer(**{"timeout": 30, "memory": 128 * MIB, **limits}).render(request)
    return str(refused.value)


def test_a_template_is_rendered_as_in_place() -> None:
    request = make_request(
        {
            "{% yield x from xs %}{{ x }}{% endyield %}.jinja": "{{ x }}{% include 'shared/x' %}\r\n{{ {'a': 1}|to_yaml }}é{{ '\\u00e9' }}",
            "skip.me": "x",
            "static/{{ a }}.jinja": "{{",
            "big.bin": bytes(range(256)) * 4096,
            "run": Entry(Mode.EXECUTABLE, b"#!/bin/sh\n"),
            "link.jinja": Entry(Mode.LINK, b"{{ 'run' }}"),
            "empty": Entry(Mode.DIRECTORY),
        },
        [
            ask("xs", "yaml", default="[a, ü]"),
            ask("pick", multiselect=True, choices=(Choice("p", "p"), Choice("q", "q")), default="['q']"),
            ask("more", choices="{{ xs }}", default="a"),
            ask("s", "json", secret=True, default='{"k": [1.5, null]}'),
        ],
        more={"shared/x": "shared"},
        ignore=("*.me",),
        verbatim=("static/",),
    )
    assert in_worker(request) == render(request)


def test_every_filter_works_where_nothing_can_be_loaded_anymore() -> None:
    text = "'ab é\\n\\t<a href=x>'"
    arguments = {"format": "()", "batch": "(2)|list", "slice": "(2)|list", "replace": "('a', 'b')", "unique": "|list"}
    on_others = {
        "abs": "-1|abs",
        "round": "1.25|round(1)",
        "filesizeformat": "10000|filesizeformat",
        "sum": "[3, 1]|sum",
        "map": "[3]|map('string')|list",
        "select": "[3, 0]|select|list",
        "reject": "[1]|reject|list",
        "items": "{'b': 1}|items|list",
        "dictsort": "{'b': 1}|dictsort",
        "xmlattr": "{'b': '<'}|xmlattr",
        "groupby": "[{'a': 1}]|groupby('a')",
        "attr": "''|attr('upper')()",
        "selectattr": "[{'a': 1}]|selectattr('a')|list",
        "rejectattr": "[{'a': 1}]|rejectattr('a')|list",
    }
    names = (set(FILTERS) | set(filters.FILTERS)) - {"random"}
    request = make_request(
        {f"{name}.jinja": f"{{{{ {on_others.get(name) or f'{text}|{name}{arguments.get(name, str())}'} }}}}" for name in names}
    )
    assert contents(in_worker(request)) == contents(render(request))


def test_every_problem_comes_back_as_in_place() -> None:
    files = {
        "a.jinja": "\n{{ projct }}",
        "b.jinja": "{% if",
        "c.jinja": b"\xff",
        "{{ nope }}": "",
        "d.jinja": "{% include '/etc/passwd' %}",
    }
    request = make_request(files)
    with pytest.raises(InputError) as in_place:
        render(request)
    assert refusal(request) == str(in_place.value)


class TestHostile:
    def test_a_template_that_does_not_end_is_stopped_with_its_line(self) -> None:
        loop = "\n{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
        before = time.monotonic()
        said = refusal(make_request({"a.jinja": loop}), timeout=0.5)
        assert time.monotonic() - before < 30
        assert said.startswith("gh:acme/t: template/a.jinja:2: the template did not finish in 0.5 s")

    def test_one_that_does_not_even_listen_is_killed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(renderer, "_GRACE", 0.2)
        monkeypatch.setattr(renderer, "_BOOT", "import time; time.sleep(60)")
        before = time.monotonic()
        assert refusal(make_request(), timeout=0.2) == "gh:acme/t: template.yml: the template did not finish in 0.2 s"
        assert time.monotonic() - before < 30

    @pytest.mark.parametrize(
        "bomb",
        [
            "{% set n = namespace(x='aaaaaaaa') %}{% for a in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
            "{{ '%1000000000d'|format(1) }}",
            "{{ 'a'|center(10000000000) }}",
            "{% set n = namespace(x=[1]) %}{% for a in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}",
        ],
    )
    def test_one_that_eats_memory_is_told(self, bomb: str) -> None:
        assert "the template needs more than 128 MiB of memory" in refusal(make_request({"a.jinja": bomb}))

    def test_one_that_renders_too_much_is_told(self) -> None:
        files = {f"{number}.jinja": "{{ 'x' * 900000 }}" for number in range(4)}
        assert "the template renders to more than 2 MiB" in refusal(make_request(files), output_limit=2 * MIB)

    def test_deep_recursion_is_told(self) -> None:
        deep = "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"
        assert "calls itself too deeply" in refusal(make_request({"a.jinja": deep, "b.jinja": "{{ " + "(" * 50_000}))

    def test_one_that_breaks_its_process_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(renderer, "_BOOT", "import os; os.kill(os.getpid(), 11)")
        assert "the template broke the process that renders it: signal 11 (SIGSEGV)" in refusal(make_request())

    def test_one_whose_process_was_killed_is_told_with_what_may_have_done_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(renderer, "_BOOT", "import os; os.kill(os.getpid(), 9)")
        assert "signal 9 (SIGKILL)\n  It was killed from outside" in refusal(make_request())

    def test_the_environment_is_not_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ROBOT_ACTION_TEST_TOKEN", "hunter2")
        names = "[*os.environ.values(), os.getcwd(), *os.listdir('/proc/self/fd')]"
        monkeypatch.setattr(renderer, "_BOOT", f"import os, sys; sys.stderr.write(repr({names})); sys.exit(1)")
        with pytest.raises(WorkerCrashError) as crashed:
            in_worker(make_request())
        seen = str(crashed.value).replace("'C.UTF-8', ", "")  # what Python itself may put there
        assert seen.endswith("['/', '0', '1', '2', '3']")  # the three streams, and the folder that is listed

    def test_an_answer_that_leads_out_is_refused_by_us(self, monkeypatch: pytest.MonkeyPatch) -> None:
        boot = (
            "import sys; sys.path += sys.argv[2:]\n"
            "from robot_action.rendering.frames import join_frame\n"
            "keys = dict.fromkeys(['recorded', 'secret', 'defaulted', 'install'], [])\n"
            "header = {**keys, 'answers': {}, 'start': None, 'compiled': 0, 'tree': [['../x', '100644', None, 1, None]]}\n"
            "sys.stdout.buffer.write(join_frame(header, [b'x']))"
        )
        monkeypatch.setattr(renderer, "_BOOT", boot)
        assert "the path '../x' leads out" in refusal(make_request())


class TestOurOwnFaults:
    def test_a_crash_is_no_input_error_and_shows_the_last_lines(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(renderer, "_BOOT", "print('x' * 9)\nimport robot_action_is_broken")
        with pytest.raises(WorkerCrashError, match=r"exit code 1:\n(.*\n)+ModuleNotFoundError: No module named 'robot_action_is_broken'"):
            in_worker(make_request())

    def test_a_crash_does_not_show_secrets(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(renderer, "_BOOT", "raise KeyError('hunter2', 'plain')")
        request = make_request({}, [ask("s", secret=True), ask("t", secret=True), ask("p")], {"s": "hunter2", "p": "plain"})
        with pytest.raises(WorkerCrashError) as crashed:
            in_worker(request)
        assert "KeyError: ('***', 'plain')" in str(crashed.value)

    def test_nor_their_parts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(renderer, "_BOOT", "raise KeyError('hunter2', 'plain')")
        with pytest.raises(WorkerCrashError, match=r"KeyError: \('\*\*\*', 'plain'\)"):
            in_worker(make_request({}, [ask("s", "json", secret=True)], {"s": {"k": ["hunter2"]}}))

    def test_an_answer_that_cannot_be_read_is_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(renderer, "_BOOT", "print('hello')")
        with pytest.raises(WorkerCrashError, match="cannot be read"):
            in_worker(make_request())

    def test_powers_that_cannot_be_given_up_are_the_machines_fault(self, monkeypatch: pytest.MonkeyPatch) -> None:
        done = Completed(78, b"", b"[Errno 1] Operation not permitted\n")
        monkeypatch.setattr(renderer, "exchange", lambda *_arguments, **_more: done)
        with pytest.raises(ConfigurationError, match="Operation not permitted") as refused:
            in_worker(make_request())
        assert str(WORKER_UID) in str(refused.value)


@pytest.mark.parametrize("uid", [0, 1000])
def test_the_worker_is_another_user_where_we_are_root(monkeypatch: pytest.MonkeyPatch, uid: int) -> None:
    seen: list[list[str]] = []

    def note(arguments: list[str], **_more: object) -> Completed:
        seen.append(arguments)
        return Completed(-9, b"", b"")

    monkeypatch.setattr(renderer.os, "geteuid", lambda: uid)
    monkeypatch.setattr(renderer, "exchange", note)
    refusal(make_request())
    assert (f'"user": {WORKER_UID}' in " ".join(seen[0])) is (uid == 0)


def test_no_other_run_kills_the_workers_user() -> None:
    assert WORKER_UID not in UIDS
    assert WORKER_UID >= TEMPLATE_UID


def test_no_configuration_of_python_has_a_say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "jinja2.py").write_text("raise SystemExit('loaded the wrong one')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONHOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert contents(in_worker(make_request({"a.jinja": "{{ year }}"}))) == {"a": b"2031"}


def test_the_packages_are_found_wherever_they_are_installed() -> None:
    folders = renderer.worker_command({})[8:]
    assert folders
    for package in ("robot_action", "jinja2", "markupsafe", "pathspec", "yaml"):
        assert any((Path(folder) / package).is_dir() for folder in folders), package
    assert all(Path(folder).is_absolute() for folder in folders)


def test_the_parent_does_not_load_jinja() -> None:
    code = "import sys; import robot_action.clients.isolation.renderer; sys.exit(sorted({'jinja2', 'pydantic', 'yaml'} & set(sys.modules)))"
    done = renderer.exchange([sys.executable, "-c", code], environment=dict(os.environ), cwd=Path.cwd(), timeout=60)
    assert done.stderr.strip() == b"[]"


CONTENTS = st.sampled_from([b"\xff\r\n", b"{{ x }}\r\n", b"{{ y }}", b""])
PARTS = st.sampled_from(["a", "b.jinja", "{{ x }}", "{% yield y from [1, 'z'] %}{{ y }}{% endyield %}.jinja", "..", "ü", "{{"])


@settings(max_examples=12, deadline=None)
@given(files=st.dictionaries(st.lists(PARTS, min_size=1, max_size=2).map("/".join), CONTENTS, max_size=4), answer=st.text(max_size=5))
def test_any_template_gives_the_same_in_a_worker(files: dict[str, bytes], answer: str) -> None:
    request = make_request(files, [ask("x")], {"x": answer})
    try:
        expected = render(request)
    except InputError as error:
        assert refusal(request) == str(error)  # noqa: PT017 - the other outcome is compared as well
    else:
        assert in_worker(request) == expected
        assert not tree_problems(expected.tree)


class TestContext:
    """Within the renderer's context all workers are forked from one process."""

    @pytest.fixture
    def started(self, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
        """The commands of processes that fork, as they are started."""
        commands: list[list[str]] = []
        make = renderer._command

        def note(boot: str, given: object) -> list[str]:
            commands.append(make(boot, given))
            return commands[-1]

        monkeypatch.setattr(renderer, "_command", note)
        return commands

    def test_renderings_are_the_same_and_one_process_is_started(self, started: list[list[str]]) -> None:
        requests = [make_request({"a.jinja": f"{{{{ year }}}}{text}"}) for text in ("", "{{ [1]|to_yaml }}")]
        with WorkerRenderer() as workers:
            assert [workers.render(request) for request in requests] == [render(request) for request in requests]
        assert len(started) == 1

    def test_outside_of_it_each_has_a_process_of_its_own(self, started: list[list[str]]) -> None:
        with WorkerRenderer() as workers:
            workers.render(make_request())
        workers.render(make_request())
        with workers:
            workers.render(make_request())
        assert len(started) == 3

    def test_what_one_template_does_is_nothing_to_the_next(self) -> None:
        endless = make_request({"a.jinja": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"})
        with WorkerRenderer(timeout=2, output_limit=MIB, memory=128 * MIB) as workers:
            for request, said in (
                (endless, "did not finish in 2 s"),
                (make_request({"a.jinja": "{{ 'a'|center(10000000000) }}"}), "more than 128 MiB of memory"),
                (make_request({f"{number}.jinja": "{{ 'x' * 900000 }}" for number in range(2)}), "renders to more than 1 MiB"),
                (make_request({"a.jinja": "{{ nope }}"}), "'nope' is undefined"),
            ):
                with pytest.raises(InputError, match=said):
                    workers.render(request)
            assert contents(workers.render(make_request({"a.jinja": "{{ year }}"}))) == {"a": b"2031"}

    def test_one_that_breaks_its_process_breaks_no_other(self, monkeypatch: pytest.MonkeyPatch, started: list[list[str]]) -> None:
        broken = "from robot_action.entrypoints import fork_server, worker\nfork_server.work = lambda settings: os.kill(os.getpid(), 11)\n"
        monkeypatch.setattr(renderer, "_BOOT_FORKING", renderer._BOOT_FORKING.replace("from robot_action", f"\n{broken}from robot_action"))
        with WorkerRenderer() as workers:
            for _ in range(2):
                with pytest.raises(InputError, match=r"broke the process that renders it: signal 11 \(SIGSEGV\)"):
                    workers.render(make_request())
        assert len(started) == 1

    def test_a_bug_in_what_forks_is_told_and_it_is_started_anew(self, monkeypatch: pytest.MonkeyPatch, started: list[list[str]]) -> None:
        boot = renderer._BOOT_FORKING
        monkeypatch.setattr(renderer, "_BOOT_FORKING", "raise KeyError('x')")
        with WorkerRenderer() as workers:
            with pytest.raises(WorkerCrashError, match=r"exit code 1:\n(.*\n)+KeyError: 'x'"):
                workers.render(make_request())
            monkeypatch.setattr(renderer, "_BOOT_FORKING", boot)
            workers.render(make_request())
        assert len(started) == 2
