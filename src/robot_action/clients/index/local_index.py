"""The index ``local``: a folder laid out as a simple index (PEP 503) that pip can install from.

``PATH/demo/demo-0.1.0-py3-none-any.whl``, with ``index.html`` in ``PATH`` and in ``PATH/demo``; use it with
``pip install --index-url file://PATH demo``. A file counts as published when its project's page lists it: pages are
written last, so whatever a killed run leaves behind is invisible, and the next run replaces it.
"""

from __future__ import annotations

import hashlib
import html
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from robot_action.errors import ConfigurationError, FailedError, TryAgainError
from robot_action.model.facts import Release
from robot_action.model.manifest import PublishTarget
from robot_action.model.plan import Artifact
from robot_action.parsing.simple_index import parse_simple_page, release_of
from robot_action.ports import Advance

PAGE = "index.html"
LOCK = ".robot-action.lock"
_PART = ".part"
_MAX_PAGE_BYTES = 2**22
_PATIENCE = 60.0


class LocalIndex:
    """`robot_action.ports.Index` in a folder.

    Args:
        patience: how many seconds to wait for another process that writes to the same folder.
    """

    def __init__(self, patience: float = _PATIENCE) -> None:
        self._patience = patience

    def find(self, target: PublishTarget, project: str, version: str) -> Release:
        """Return the files of that version that the project's page lists and that are whole."""
        folder = _root(target) / project
        with _explained(folder):
            listed = _listed(folder)
        files = {name: digest for name, digest in listed.items() if _is_of(name, project, version)}
        return Release(target, project, version, files)

    def fetch(self, target: PublishTarget, project: str, name: str, limit: int) -> bytes:
        """Return a listed file's bytes; see `robot_action.ports.Index.fetch`."""
        folder = _root(target) / project
        with _explained(folder):
            if name not in _listed(folder):
                raise FailedError(f"{folder} has no file {name!r} any more")
            if (folder / name).stat().st_size > limit:
                raise FailedError(f"{folder / name} is larger than {limit} bytes")
            return (folder / name).read_bytes()

    def authorise(self, target: PublishTarget) -> None:
        """See `robot_action.ports.Index.authorise`: a folder wants no credential."""

    def upload(self, target: PublishTarget, project: str, version: str, artifacts: Sequence[Artifact], advance: Advance) -> Release:
        """Copy the files, then list them; see `robot_action.ports.Index.upload`."""
        root = _root(target)
        folder = root / project
        with _explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
            with self._lock(root):
                listed = _listed(folder)
                for artifact in artifacts:
                    if listed.get(artifact.name, artifact.sha256) != artifact.sha256:
                        raise FailedError(f"{folder / artifact.name} is published already, with other contents")
                for artifact in artifacts:
                    advance(f"bytes of {artifact.name}", 0, artifact.size)
                    _copy(artifact, folder / artifact.name)
                    advance(f"bytes of {artifact.name}", artifact.size, artifact.size)
                _write_pages(root, project, {**listed, **{artifact.name: artifact.sha256 for artifact in artifacts}})
        return self.find(target, project, version)

    def describe(self, target: PublishTarget) -> str:
        """Return the folder."""
        return str(_root(target))

    @contextmanager
    def _lock(self, root: Path) -> Iterator[None]:
        from filelock import FileLock, Timeout

        lock = FileLock(root / LOCK)
        try:
            lock.acquire(timeout=self._patience)
        except Timeout:
            raise TryAgainError(f"another run writes to the index {root}", hint="Run the same command again when it has ended.") from None
        try:
            yield
        finally:
            lock.release()


def _root(target: PublishTarget) -> Path:
    if target.path is None:
        raise ConfigurationError(
            "the local index has no folder", position=target.position, hint="Give it one: {to: local, path: ./out/index}"
        )
    return target.path


def _is_of(name: str, project: str, version: str) -> bool:
    found = release_of(name)
    return found is not None and (found[0], str(found[1])) == (project, version)


def _listed(folder: Path) -> dict[str, str]:
    """Return the files that the page lists and that stand beside it with the listed digest."""
    page = folder / PAGE
    if not page.is_file():
        return {}
    with page.open("rb") as file:
        content = file.read(_MAX_PAGE_BYTES)
    files = parse_simple_page(content, "text/html", page.as_uri())
    return {file.name: file.sha256 for file in files if file.sha256 and _digest(folder / file.name) == file.sha256}


def _digest(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy(artifact: Artifact, to: Path) -> None:
    part = to.with_name(f".{to.name}{_PART}")  # one fixed name: the lock is held, and a killed run's is replaced
    with suppress(FileNotFoundError):
        part.unlink()
    with artifact.path.open("rb") as source, part.open("xb") as target:
        shutil.copyfileobj(source, target)
        os.fsync(target.fileno())
    if _digest(part) != artifact.sha256:
        part.unlink()
        raise FailedError(f"{artifact.name} changed while it was published")
    part.replace(to)


def _write_pages(root: Path, project: str, files: dict[str, str]) -> None:
    """List the project, then its files: whoever sees the files has all of the rest."""
    projects = sorted({project, *(folder.parent.name for folder in root.glob(f"*/{PAGE}"))})
    _write(root / PAGE, "Simple index", ((f"{quote(name)}/", name) for name in projects))
    _write(root / project / PAGE, f"Links for {project}", ((f"{quote(name)}#sha256={files[name]}", name) for name in sorted(files)))


def _write(path: Path, title: str, links: Iterator[tuple[str, str]]) -> None:
    anchors = "".join(f'    <a href="{html.escape(reference)}">{html.escape(text)}</a><br>\n' for reference, text in links)
    page = (
        "<!DOCTYPE html>\n"
        '<html lang="en">\n'
        f'  <head><meta charset="utf-8"><meta name="pypi:repository-version" content="1.0"><title>{html.escape(title)}</title></head>\n'
        f"  <body>\n{anchors}  </body>\n"
        "</html>\n"
    )
    part = path.with_name(f".{path.name}{_PART}")
    with part.open("w", encoding="utf-8") as file:
        file.write(page)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FailedError(
            f"the index {folder} cannot be used: {error.filename or folder}: {error.strerror or error}",
            hint="Make room or give the permission, then run the same command again.",
        ) from error
