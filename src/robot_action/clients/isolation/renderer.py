"""Rendering in a worker process: what goes in is the template, what comes out is checked as if an attacker had sent it."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Self

from robot_action.clients.compiled_cache import CompiledCache, key_for
from robot_action.clients.isolation.second_user import UIDS
from robot_action.clients.processes.ends import describe_code, describe_end
from robot_action.clients.processes.process import Completed, Program, exchange
from robot_action.errors import ConfigurationError, InputError, NotPermittedError, Position
from robot_action.model.cookiecutter import CookiecutterSettings
from robot_action.model.extensions import CALCULATING, calculating, extensions_of, needs_machine
from robot_action.model.template import COMPILED_LIMIT, Format, Rendering, RenderRequest
from robot_action.model.values import leaves
from robot_action.rendering.frames import ProtocolError
from robot_action.rendering.request import encode_request, modules_for, zones_for
from robot_action.rendering.response import decode_response

if TYPE_CHECKING:  # few templates need it
    from robot_action.clients.isolation.ground import Ground, Lay
    from robot_action.clients.processes.fork_server import ForkServer

WORKER_UID = UIDS.stop
"""User and group of the worker where we are root: beside those whose processes a run of template commands may kill."""

# The worker collects no garbage and does not tidy up: it ends soon, and all at once.
_BOOT = (
    "import gc; gc.disable(); import os, sys; sys.path += sys.argv[2:]; "
    "from robot_action.entrypoints.worker import main; os._exit(main(sys.argv[1:2]))"
)
_BOOT_FORKING = _BOOT.replace(".worker", ".fork_server")
_PACKAGES = (
    *("robot_action", "jinja2", "jinja2_ansible_filters", "markupsafe", "pathspec", "yaml"),
    *("arrow", "binaryornot", "dateutil", "slugify", "text_unidecode", "tzdata"),
)
_CONFIGURATION_CODE = 78
_GRACE = 5.0  # seconds that the worker has to say itself that the time is over
_COPIES = 8  # how often a tree may lie in the worker's memory: as bytes, text, syntax tree, code and output
_TAIL_LINES = 8


class WorkerCrashError(Exception):
    """The worker failed for a reason that no template can be blamed for: a bug of ours."""


class _WorkerDiedError(InputError):
    """A signal ended the worker."""


class WorkerRenderer:
    """Renders each request in a process of its own; within its context all of them are forked from one, which loads only once.

    Args:
        timeout: seconds for one rendering.
        memory: bytes that it may use besides what the template's own size explains.
        output_limit: bytes that may be rendered.
        lay: makes the ground for extensions; None: templates that need it are refused.
        compiled: keeps compiled templates; None: each rendering compiles its own.
    """

    def __init__(
        self,
        *,
        timeout: float = 60.0,
        memory: int = 2**30,
        output_limit: int = 64 * 2**20,
        lay: Lay | None = None,
        compiled: CompiledCache | None = None,
    ) -> None:
        self._lay = lay
        self._compiled = compiled
        self._timeout = timeout
        self._memory = memory
        self._output_limit = output_limit
        self._packs: dict[tuple[str, bool], bytes] = {}
        self._context: ExitStack | None = None
        self._server: ForkServer | None = None

    def __enter__(self) -> Self:
        """Enter the context."""
        self._context = ExitStack()
        return self

    def __exit__(self, *_error: object) -> None:
        """End what forks."""
        if self._context is not None:
            self._context.close()
        self._context = self._server = None

    def render(self, request: RenderRequest) -> Rendering:
        """Resolve answers and render a template.

        Raises:
            InputError: with every problem of it; also when it takes too long, too much memory, or kills its process.
            ConfigurationError: when this machine does not let the worker give up its powers.
            WorkerCrashError: for a bug of ours.
        """
        if not request.trusted or not needs_machine(extensions_of(request.specification)):
            return self._rendered(request, None) if self._compiled is None else self._rendered_faster(request, self._compiled)
        if self._lay is None:
            raise NotPermittedError("extensions are not loaded here", position=Position(request.file))
        with self._lay(request.tree, request.surroundings.commit) as ground:
            return self._rendered(replace(request, place=str(ground.folder)), ground)

    def _rendered_faster(self, request: RenderRequest, cache: CompiledCache) -> Rendering:
        """Render with what an earlier worker compiled; where that breaks a worker it is forgotten.

        For a tree of which nothing is kept that is what was compiled for the same family's last one. What comes of it is
        not kept: no version of a template has a say in what is run for another one later.
        """
        key, family = key_for(request), (request.family, request.trusted)
        kept = cache.load(key)
        pack = kept or (self._packs.get(family, b"") if request.family else b"")
        try:
            rendering = self._rendered(replace(request, compiled=pack), None)
        except (_WorkerDiedError, WorkerCrashError):
            if not (cache.discard(key) or pack):
                raise
            pack = kept
            rendering = self._rendered(replace(request, compiled=b""), None)
        if rendering.compiled and pack == kept:
            cache.save(key, rendering.compiled)
        if request.family:
            self._packs[family] = rendering.compiled or pack
        return replace(rendering, compiled=b"")

    def _rendered(self, request: RenderRequest, ground: Ground | None) -> Rendering:
        frame = encode_request(request)
        limit = self._output_limit + (0 if request.compiled is None else COMPILED_LIMIT)
        request = replace(request, compiled=None)  # it is large, and in the frame
        settings = {
            "seconds": self._timeout,
            "memory": self._memory + _COPIES * len(frame),
            "user": ground.user if ground else WORKER_UID if os.geteuid() == 0 else None,
            "modules": (*modules_for(request), *_calculating(request)),
            "zones": zones_for(request),
            "paths": list(_paths(request)) if ground else None,
            "folder": _folder(request) if ground else "/",
        }
        if ground or self._context is None:
            environment, timeout = _environment(request, ground) if ground else {}, self._timeout + _GRACE
            command, place = worker_command(settings), Path("/")
            done = exchange(command, environment=environment, cwd=place, stdin=frame, timeout=timeout, output_limit=limit)
        else:
            done = self._forked(self._context, settings, frame, limit)
        self._check(done, request, ground)
        try:
            return decode_response(done.stdout, request)
        except ProtocolError as error:
            if ground:
                raise _broken(request, done, "it gave no answer") from error
            raise WorkerCrashError(f"the worker's answer cannot be read: {error}") from error

    def _forked(self, context: ExitStack, settings: Mapping[str, object], frame: bytes, limit: int) -> Completed:
        """Let a forked worker render; what forks is started when it is first needed, with the modules that are wanted then."""
        from robot_action.clients.processes.fork_server import fork_server  # a worker of its own does without

        if self._server is None or not self._server.is_ready:
            context.close()
            self._server = context.enter_context(fork_server(Program(_command(_BOOT_FORKING, settings["modules"]), {}, Path("/"))))
        return self._server.exchange(json.dumps(settings).encode(), frame, timeout=self._timeout + _GRACE, output_limit=limit)

    def _check(self, done: Completed, request: RenderRequest, ground: Ground | None) -> None:
        """Raise the error that says why there is no answer, if there is none."""
        position = Position(request.file)
        if done.truncated:
            raise InputError(f"the template renders to more than {self._output_limit // 2**20} MiB", position=position)
        if done.timed_out:
            raise InputError(f"the template did not finish in {self._timeout:g} s", position=position)
        if done.code < 0:
            what = f"the template broke the process that renders it: {describe_code(done.code)}"
            raise _WorkerDiedError(what, position=position, hint=describe_end(done.code) or None)
        if done.code == _CONFIGURATION_CODE:
            raise ConfigurationError(
                f"the process that renders templates cannot give up its powers: {_tail(done, request)}",
                hint=f"Run as an ordinary user, or as root with the user id {WORKER_UID} mapped and the capability CAP_SETUID.",
            )
        if done.code and ground:
            raise _broken(request, done, describe_code(done.code))
        if done.code:
            raise WorkerCrashError(f"the worker failed with {describe_code(done.code)}:\n{_tail(done, request)}")


def _tail(done: Completed, request: RenderRequest) -> str:
    """Return the last lines of the worker's standard error, without secret answers."""
    tail = "\n".join(done.stderr.decode(errors="replace").strip().splitlines()[-_TAIL_LINES:])
    secrets = (
        text
        for question in request.specification.questions
        if question.secret and question.name in request.data
        for text in leaves(request.data[question.name])
    )
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        tail = tail.replace(secret, "***")
    return tail


def _broken(request: RenderRequest, done: Completed, end: str) -> InputError:
    """Return the error for a worker that ended without an answer while it ran extensions: they can do that."""
    message = f"the template's extensions ended the process that renders it: {end}"
    return InputError(message, position=Position(request.file), hint=_tail(done, request) or None)


def _calculating(request: RenderRequest) -> Iterator[str]:
    """Yield the modules of extensions that are loaded beforehand, where they are installed."""
    for name in calculating(extensions_of(request.specification)) if request.trusted else ():
        if importlib.util.find_spec(name) is not None:
            yield name


def _environment(request: RenderRequest, ground: Ground) -> Mapping[str, str]:
    """Return what extensions see of the environment; another user has a home of its own, with nothing in it."""
    if ground.user is None:
        return request.environment
    trusting = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": str(ground.folder)}
    return {**request.environment, **trusting, "HOME": str(ground.folder.parent)}


def _folder(request: RenderRequest) -> str:
    """Return the folder in which extensions run: Cookiecutter's are in the folder that becomes the project."""
    settings = request.specification.settings
    return str(PurePosixPath(request.place, settings.folder)) if isinstance(settings, CookiecutterSettings) else "/"


def _paths(request: RenderRequest) -> Iterator[str]:
    """Yield the folders in which extensions are looked for: where packages are installed, then the template itself."""
    yield from dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    if request.specification.format is Format.COOKIECUTTER:
        yield str(PurePosixPath(request.place, request.specification.directory))
        yield request.place


def worker_command(settings: Mapping[str, object]) -> list[str]:
    """Return the command that starts a worker with these `robot_action.entrypoints.worker.Settings`."""
    return _command(_BOOT, settings)


def _command(boot: str, given: object) -> list[str]:
    return [sys.executable, "-I", "-S", "-X", "utf8", "-c", boot, json.dumps(given), *_folders()]


def _folders() -> Iterator[str]:
    """Yield the folders that hold the packages which the worker loads, wherever and however they are installed.

    Python's own search is switched off for the worker (``-I -S``): no environment variable, no ``.pth`` file and no
    user's folder has a say in what is loaded before the powers are given up.
    """
    folders: dict[str, None] = {}
    for name in (*_PACKAGES, *CALCULATING):
        spec = importlib.util.find_spec(name)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            folders[str(Path(place).resolve().parent)] = None
    yield from folders
