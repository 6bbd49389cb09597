"""Extensions of trusted templates in a real worker: they get what they need, and hostile ones get nothing else."""

from __future__ import annotations

import os
import tempfile
import textwrap
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from robot_action.clients.files import LocalFiles
from robot_action.clients.isolation import renderer
from robot_action.clients.isolation.ground import Ground, Grounds
from robot_action.clients.isolation.renderer import WorkerRenderer
from robot_action.clients.isolation.second_user import UIDS, processes_of
from robot_action.errors import InputError, NotPermittedError
from robot_action.model.cookiecutter import CookiecutterSettings
from robot_action.model.copier import CopierSettings
from robot_action.model.surroundings import Surroundings
from robot_action.model.template import RenderRequest
from robot_action.model.tree import Tree
from robot_action.rendering.extensions import load_extensions
from tests.rendering.samples import contents, make_request

IS_ROOT = os.geteuid() == 0
LOADER = "copier_templates_extensions.TemplateExtensionLoader"
MIB = 2**20
PATH = {"PATH": "/usr/local/bin:/usr/bin:/bin"}


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Grounds]:
    said: list[str] = []
    yield Grounds(LocalFiles(tmp_path / "locks"), said.append, locks=tmp_path / "users")
    assert said == []


def hooked(body: str, more: Mapping[str, str] | None = None, text: str = "{{ found }}", **environment: str) -> RenderRequest:
    """Return a request whose template has a context hook with this body, and one file that says what it found."""
    source = (
        "import os, sys\nfrom pathlib import Path\nfrom copier_templates_extensions import ContextHook\n"
        f"class Hook(ContextHook):\n    def hook(self, context):\n{textwrap.indent(textwrap.dedent(body), ' ' * 8)}\n"
    )
    settings = CopierSettings(extensions=(LOADER, "extensions/context.py:Hook"), exclude=("extensions",))
    request = make_request({"found.jinja": text, "extensions/context.py": source, **(more or {})}, directory="", settings=settings)
    return replace(request, trusted=True, environment={**PATH, **environment})


def attempted(action: str) -> str:
    """Return the body of a hook that says how an action ends."""
    return f"try:\n    found = repr({action})\nexcept OSError as error:\n    found = type(error).__name__\ncontext['found'] = found"


def found(request: RenderRequest, ground: Grounds, **limits: float) -> str:
    return contents(WorkerRenderer(**{"timeout": 30, **limits}, lay=ground.lay).render(request))["found"].decode()


def refusal(request: RenderRequest, ground: Grounds, **limits: float) -> str:
    with pytest.raises(InputError) as refused:
        found(request, ground, **limits)
    return str(refused.value)


class TestWhatTheyNeed:
    def test_a_hook_reads_the_templates_files(self, ground: Grounds) -> None:
        body = "context['found'] = (Path(__file__).parents[1] / 'data.txt').read_text()"
        assert found(hooked(body, {"data.txt": "ü"}), ground) == "ü"

    def test_a_hook_starts_programs(self, ground: Grounds) -> None:
        body = """
            import subprocess
            run = subprocess.run(["git", "config", "-f", str(Path(__file__).parents[1] / "c"), "user.name"], capture_output=True, text=True)
            context["found"] = run.stdout.strip()
        """
        assert found(hooked(body, {"c": "[user]\n\tname = Ada\n"}), ground) == "Ada"

    def test_a_hook_sees_the_variables_that_were_handed_on(self, ground: Grounds) -> None:
        assert found(hooked("context['found'] = os.environ['WANTED']", WANTED="yes"), ground) == "yes"

    def test_what_it_prints_is_no_part_of_the_answer(self, ground: Grounds) -> None:
        body = "print('noise'); os.system('echo more noise'); context['found'] = 'x'"
        assert found(hooked(body), ground) == "x"

    def test_modules_of_a_cookiecutter_template(self, ground: Grounds) -> None:
        local = "from cookiecutter.utils import simple_filter\n@simple_filter\ndef shout(text):\n    return text.upper() + '!'\n"
        settings = CookiecutterSettings(
            {"_extensions": ["local_things.shout"], "name": "p"}, ("local_things.shout",), folder="{{cookiecutter.name}}"
        )
        files = {"{{cookiecutter.name}}/found": "{{ 'a'|shout }}", "local_things/__init__.py": local}
        request = make_request(more=files, directory="", settings=settings)
        assert found(replace(request, trusted=True, environment=PATH), ground) == "A!"

    def test_one_of_copiers_finds_the_files_where_jinjas_own_loader_has_them(self, ground: Grounds) -> None:
        extension = """
            from pathlib import Path
            from jinja2.ext import Extension

            class Raw(Extension):
                def __init__(self, environment):
                    super().__init__(environment)
                    environment.filters["raw"] = lambda name: (Path(environment.loader.searchpath[0]) / name).read_text()
        """
        files = {"found.jinja": "{{ 'data.txt'|raw }}", "data.txt": "{{ as it is }}", "raw.py": textwrap.dedent(extension)}
        request = make_request(files, directory="", settings=CopierSettings(extensions=(LOADER, "raw.py:Raw")))
        assert found(replace(request, trusted=True, environment=PATH), ground) == "{{ as it is }}"

    def test_one_of_cookiecutters_runs_in_the_template_folder_of_a_commit(self, ground: Grounds) -> None:
        local = """
            import subprocess
            from pathlib import Path
            from cookiecutter.utils import simple_filter

            @simple_filter
            def look(name):
                commit = subprocess.check_output(["git", "rev-parse", "HEAD"], text=True).strip()
                return f"{Path.cwd().name} {Path(name).read_text()} {commit}"
        """
        commit = "0123456789abcdef0123456789abcdef01234567"
        settings = CookiecutterSettings(
            {"_extensions": ["local_things.look"], "name": "p"}, ("local_things.look",), folder="{{cookiecutter.name}}"
        )
        files = {"{{cookiecutter.name}}/found": "{{ '../data.txt'|look }}", "local_things.py": textwrap.dedent(local), "data.txt": "DATA"}
        request = make_request(more=files, directory="", settings=settings)
        request = replace(request, trusted=True, environment=PATH, surroundings=Surroundings(commit=commit))
        assert found(request, ground) == f"{{{{cookiecutter.name}}}} DATA {commit}"

    def test_those_that_only_calculate_run_as_closed_in_as_any_template(self) -> None:
        settings = CopierSettings(extensions=("jinja2.ext.do", "jinja2_strcase.StrcaseExtension", "jinja2_time.TimeExtension"))
        request = make_request({"found.jinja": "{% do [] %}{{ 'ab cd'|to_camel }} {% now 'utc' %}"}, directory="", settings=settings)
        assert contents(WorkerRenderer().render(replace(request, trusted=True)))["found"] == b"AbCd 1970-01-01"

    def test_where_one_that_calculates_is_not_installed_it_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        installed = renderer.importlib.util.find_spec
        monkeypatch.setattr(renderer.importlib.util, "find_spec", lambda name: None if name == "jinja2_strcase" else installed(name))
        request = make_request({}, directory="", settings=CopierSettings(extensions=("jinja2_strcase.StrcaseExtension",)))
        with pytest.raises(InputError, match=r"the extension 'jinja2_strcase\.StrcaseExtension' cannot be loaded"):
            WorkerRenderer().render(replace(request, trusted=True))

    def test_without_a_second_user_they_see_the_environment_as_it_was_handed_on(self, ground: Grounds, tmp_path: Path) -> None:
        @contextmanager
        def lay(tree: Tree, commit: str) -> Iterator[Ground]:
            with ground.lay(tree, commit) as laid:
                yield replace(laid, user=None)

        asked = hooked("context['found'] = os.environ['HOME'] + ' ' + os.environ.get('GIT_CONFIG_KEY_0', '-')", HOME=str(tmp_path))
        assert contents(WorkerRenderer(timeout=30, lay=lay).render(asked))["found"].decode() == f"{tmp_path} -"
        if IS_ROOT:
            assert found(asked, ground).endswith(" safe.directory")
            assert not found(asked, ground).startswith(str(tmp_path))


class TestTrust:
    def test_without_it_nothing_is_laid_out_and_nothing_loaded(self, ground: Grounds) -> None:
        request = replace(hooked("context['found'] = 'ran'"), trusted=False)
        assert "the extension 'extensions/context.py:Hook' is not loaded" in refusal(request, ground)

    def test_a_renderer_without_ground_refuses(self) -> None:
        with pytest.raises(NotPermittedError):
            WorkerRenderer().render(hooked("pass"))

    def test_the_parent_loads_none(self, ground: Grounds, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_arguments: object) -> None:
            raise AssertionError(load_extensions)

        monkeypatch.setattr("robot_action.rendering.extensions.load_extensions", refuse)
        assert found(hooked("context['found'] = 'x'"), ground) == "x"


class TestMissing:
    def test_one_that_is_not_installed_is_named_with_what_to_install(self, ground: Grounds) -> None:
        request = make_request({}, directory="", settings=CopierSettings(extensions=("no_such.X",)))
        assert "the extension 'no_such.X' cannot be loaded: there is no module 'no_such'" in refusal(replace(request, trusted=True), ground)

    def test_one_of_the_extra_is_named_with_the_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(renderer, "CALCULATING", ())
        monkeypatch.setattr(renderer, "_PACKAGES", ("robot_action",))
        monkeypatch.setattr(renderer.importlib.util, "find_spec", lambda _name: None)
        assert renderer.worker_command({})[8:] == []  # nothing would be found; what the error says: tests/rendering/test_extensions.py


class TestHostile:
    def test_a_token_of_ours_is_not_there(self, ground: Grounds, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GITHUB_TOKEN", "hunter2")
        assert "hunter2" not in found(hooked("context['found'] = repr(dict(os.environ))"), ground)

    def test_our_environment_and_memory_cannot_be_read(self, ground: Grounds, monkeypatch: pytest.MonkeyPatch) -> None:
        if not IS_ROOT:
            pytest.skip("without root the worker is our own user, and only what entry points do hides our memory")
        monkeypatch.setenv("GITHUB_TOKEN", "hunter2")
        for file in ("environ", "mem", "maps"):
            assert found(hooked(attempted(f"open(f'/proc/{{os.getppid()}}/{file}', 'rb').read(9)")), ground) == "PermissionError"

    def test_nothing_can_be_written(self, ground: Grounds) -> None:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o777)
            target = Path(folder, "written")
            assert found(hooked(attempted(f"open({str(target)!r}, 'w', buffering=1).write('x\\n')")), ground) == "OSError"
            assert target.read_bytes() == b""

    def test_the_templates_files_stay_as_they_are(self, ground: Grounds) -> None:
        if not IS_ROOT:
            pytest.skip("without root the worker is our own user")
        assert found(hooked(attempted("os.unlink(__file__)")), ground) == "PermissionError"
        assert found(hooked(attempted("os.mkdir(str(Path(__file__).parents[2] / 'x'))")), ground) == "PermissionError"

    def test_root_cannot_be_had_back(self, ground: Grounds) -> None:
        if not IS_ROOT:
            pytest.skip("only root has something to give up")
        said = found(hooked("context['found'] = repr([os.getresuid(), os.getresgid(), os.getgroups()])"), ground)
        assert any(repr([(uid,) * 3, (uid,) * 3, []]) == said for uid in UIDS)
        assert found(hooked(attempted("os.setuid(0)")), ground) == "PermissionError"

    def test_nothing_is_left_running(self, ground: Grounds) -> None:
        if not IS_ROOT:
            pytest.skip("without root what left the process group cannot be told from our own")
        body = """
            if not os.fork():
                os.setsid()
                os.closerange(0, 64)
                while True: __import__("time").sleep(60)
            context["found"] = str(os.getuid())
        """
        assert not processes_of(int(found(hooked(body), ground)))

    def test_processes_without_end_are_too_many(self, ground: Grounds) -> None:
        if not IS_ROOT:
            pytest.skip("without root the user's other processes count as well")
        body = """
            import time
            try:
                while os.fork(): pass
                time.sleep(60)
            except BlockingIOError:
                context["found"] = "enough"
        """
        assert found(hooked(body), ground) == "enough"

    def test_one_that_does_not_end_is_stopped(self, ground: Grounds) -> None:
        before = time.monotonic()
        assert "did not finish in 0.5 s" in refusal(hooked("while True: pass"), ground, timeout=0.5)
        assert time.monotonic() - before < 10

    def test_one_that_eats_memory_is_told(self, ground: Grounds) -> None:
        assert "needs more than 128 MiB of memory" in refusal(hooked("context['found'] = 'x' * 2**40"), ground, memory=128 * MIB)

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ("sys.exit(3)", "ended the process that renders it: exit code 3"),
            ("os._exit(0)", "ended the process that renders it: it gave no answer"),
            ("os.write(3, b'{}'); os._exit(0)", "ended the process"),
            ("os.kill(os.getpid(), 11)", "broke the process that renders it: signal 11 (SIGSEGV)"),
            ("raise ValueError('broken')", "ValueError: broken"),
        ],
    )
    def test_one_that_breaks_off_is_the_templates_fault(self, ground: Grounds, body: str, said: str) -> None:
        assert said in refusal(hooked(body), ground)

    def test_an_answer_of_its_own_is_checked_like_any_other(self, ground: Grounds) -> None:
        body = """
            from robot_action.rendering.frames import join_frame
            keys = dict.fromkeys(["recorded", "secret", "defaulted", "install"], [])
            header = {**keys, "answers": {}, "start": None, "compiled": 0, "tree": [["../x", "100644", None, 1, None]]}
            for number in range(3, 16):
                try: os.write(number, join_frame(header, [b"x"]))
                except OSError: pass
            os._exit(0)
        """
        assert "the path '../x' leads out" in refusal(hooked(body), ground)
