"""Compiled templates between real workers: kept for the same tree, forgotten when they break one."""

from __future__ import annotations

import marshal
from dataclasses import replace
from pathlib import Path

import pytest

from robot_action.clients import compiled_cache
from robot_action.clients.compiled_cache import CompiledCache, key_for
from robot_action.clients.files import LocalFiles
from robot_action.clients.isolation import renderer
from robot_action.clients.isolation.ground import Grounds
from robot_action.clients.isolation.renderer import WorkerCrashError, WorkerRenderer
from robot_action.errors import InputError
from robot_action.model.copier import CopierSettings
from robot_action.model.template import RenderRequest
from robot_action.rendering.engine import render
from tests.rendering.samples import contents, make_request

REQUEST = make_request({"a.jinja": "{{ year }}", "b.jinja": "{{ project.name }}"})


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """The key of the request's pack; it stays although somebody works on the code meanwhile."""
    monkeypatch.setattr(compiled_cache, "_code", lambda: "code")
    return key_for(REQUEST)


@pytest.fixture
def cache(tmp_path: Path) -> CompiledCache:
    return CompiledCache(tmp_path / "compiled")


def test_a_second_rendering_takes_what_the_first_compiled(cache: CompiledCache, tmp_path: Path, key: str) -> None:
    expected = render(REQUEST)
    assert WorkerRenderer(compiled=cache).render(REQUEST) == expected
    file = tmp_path / "compiled" / key
    written = file.stat().st_mtime_ns
    assert len(marshal.loads(cache.load(key))) == 2
    assert WorkerRenderer(compiled=cache).render(REQUEST) == expected
    assert file.stat().st_mtime_ns == written, "nothing was new"


def test_a_poisoned_pack_that_breaks_the_worker_is_forgotten(cache: CompiledCache, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    cache.save(key, b"poison")
    boot = (
        "import sys, os; sys.path += sys.argv[2:]\n"
        "import robot_action.rendering.compiled as module\n"
        "read = module._read\n"
        "module._read = lambda pack: os.kill(os.getpid(), 11) if pack == b'poison' else read(pack)\n"
        "from robot_action.entrypoints.worker import main; sys.exit(main(sys.argv[1:2]))"
    )
    monkeypatch.setattr(renderer, "_BOOT", boot)
    assert contents(WorkerRenderer(compiled=cache).render(REQUEST)) == {"a": b"2031", "b": b"demo"}
    assert marshal.loads(cache.load(key))


def test_one_that_is_no_pack_is_replaced(cache: CompiledCache, key: str) -> None:
    cache.save(key, b"no pack")
    assert contents(WorkerRenderer(compiled=cache).render(REQUEST)) == {"a": b"2031", "b": b"demo"}
    assert marshal.loads(cache.load(key))


def test_code_of_another_template_under_this_ones_key_is_not_run(cache: CompiledCache, key: str) -> None:
    other = render(replace(make_request({"a.jinja": "{{ 'other' }}"}), compiled=b"")).compiled
    cache.save(key, other)
    assert contents(WorkerRenderer(compiled=cache).render(REQUEST)) == {"a": b"2031", "b": b"demo"}


def test_without_a_pack_a_worker_that_breaks_is_not_started_again(cache: CompiledCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderer, "_BOOT", "import os; os.kill(os.getpid(), 11)")
    with pytest.raises(InputError, match="SIGSEGV"):
        WorkerRenderer(compiled=cache).render(REQUEST)
    monkeypatch.setattr(renderer, "_BOOT", "print('x')")
    with pytest.raises(WorkerCrashError):
        WorkerRenderer(compiled=cache).render(REQUEST)


def test_a_template_that_is_wrong_stays_wrong_with_its_place(cache: CompiledCache) -> None:
    request = make_request({"a.jinja": "{{ year }}", "b.jinja": "\n{{ nope }}"})
    said = set()
    for _ in range(2):
        with pytest.raises(InputError) as refused:
            WorkerRenderer(compiled=cache).render(request)
        said.add(str(refused.value))
    assert len(said) == 1
    assert "template/b.jinja:2:4" in said.pop()


def test_trust_has_packs_of_its_own(cache: CompiledCache, tmp_path: Path) -> None:
    for trusted in (False, True):
        WorkerRenderer(compiled=cache).render(replace(REQUEST, trusted=trusted))
    assert len(list((tmp_path / "compiled").iterdir())) == 2


def test_with_extensions_of_a_template_nothing_is_kept(cache: CompiledCache, tmp_path: Path) -> None:
    source = "from jinja2.ext import Extension\nclass X(Extension): pass\n"
    settings = CopierSettings(extensions=("copier_templates_extensions.TemplateExtensionLoader", "x.py:X"))
    request = make_request({"a.jinja": "{{ 1 }}", "x.py": source}, directory="", settings=settings)
    grounds = Grounds(LocalFiles(tmp_path / "locks"), print, locks=tmp_path / "users")
    made = WorkerRenderer(compiled=cache, lay=grounds.lay).render(replace(request, trusted=True))
    assert contents(made)["a"] == b"1"
    assert not (tmp_path / "compiled").exists()


def test_a_family_shares_what_it_compiled_in_one_run_alone(cache: CompiledCache, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[bytes | None] = []
    encode = renderer.encode_request

    def noted(request: RenderRequest) -> bytes:
        given.append(request.compiled)
        return encode(request)

    monkeypatch.setattr(renderer, "encode_request", noted)
    old = replace(REQUEST, family="t")
    new = replace(make_request({"a.jinja": "{{ year }}", "b.jinja": "{{ year }}!"}), family="t")
    workers = WorkerRenderer(compiled=cache)
    workers.render(old)
    assert contents(workers.render(new)) == {"a": b"2031", "b": b"2031!"}
    assert given[0] == b""
    assert given[1] == cache.load(key_for(old))
    assert cache.load(key_for(new)) == b""
    workers.render(replace(new, trusted=True))
    workers.render(replace(new, family=""))
    assert given[2:] == [b"", b""]


def test_what_a_family_shares_is_not_taken_again_where_it_breaks_a_worker(cache: CompiledCache, monkeypatch: pytest.MonkeyPatch) -> None:
    new = replace(make_request({"a.jinja": "{{ year }}!"}), family="t")
    workers = WorkerRenderer(compiled=cache)
    workers._packs["t", False] = b"poison"
    monkeypatch.setattr(
        renderer,
        "_BOOT",
        "import sys, os; sys.path += sys.argv[2:]\n"
        "import robot_action.rendering.compiled as module\n"
        "read = module._read\n"
        "module._read = lambda pack: os.kill(os.getpid(), 11) if pack == b'poison' else read(pack)\n"
        "from robot_action.entrypoints.worker import main; sys.exit(main(sys.argv[1:2]))",
    )
    assert contents(workers.render(new)) == {"a": b"2031!"}
    assert marshal.loads(cache.load(key_for(new)))
