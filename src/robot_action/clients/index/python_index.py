"""PyPI-like indexes: the simple API says what is there, twine uploads. The only module that imports twine.

``url`` is the address for uploads; empty is the default index, as twine knows it. ``index`` is the address of the
simple index; empty means the default index's own for the default one, and ``<scheme>://<host>/simple/`` elsewhere.
"""

from __future__ import annotations

import io
import os
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from packaging.utils import canonicalize_name
from packaging.version import Version

from robot_action.clients.http import client as http
from robot_action.clients.http.answer import Answer, pause_before_retry
from robot_action.clients.index.address import checked_address, with_user
from robot_action.clients.index.answers import explain_refusal, plain, says_exists
from robot_action.clients.index.simple_pages import read_file, read_page
from robot_action.errors import ConfigurationError, FailedError, NotPermittedError
from robot_action.model.credentials import Credential, Credentials, host_of
from robot_action.model.facts import Release
from robot_action.model.manifest import PublishTarget
from robot_action.model.plan import Artifact
from robot_action.parsing.settings import token_variable
from robot_action.parsing.simple_index import IndexFile, release_of
from robot_action.ports import Advance

if TYPE_CHECKING:
    from twine.package import PackageFile
    from twine.repository import Repository

DEFAULT_VARIABLE = "PYPI_TOKEN"
_LISTING_SECONDS = 60.0
# What twine lets through when it reads a package that is broken on purpose.
_BROKEN = (OSError, ValueError, LookupError, EOFError, RuntimeError, zipfile.BadZipFile, tarfile.TarError, zlib.error)


class _NotListedError(Exception):
    """The index does not list everything yet."""


class PythonIndex:
    """`robot_action.ports.Index` for PyPI-like indexes.

    Args:
        credentials: by host; a host that the operator named none for gets no upload.
        patience: how many seconds an index may take to list what was uploaded.
    """

    def __init__(self, credentials: Credentials, patience: float = _LISTING_SECONDS) -> None:
        self._credentials = credentials
        self._patience = patience

    def find(self, target: PublishTarget, project: str, version: str) -> Release:
        """Return what the index lists of that version; see `robot_action.ports.Index.find`.

        Raises:
            UnavailableError: the index does not answer.
            FailedError: what it answers is no page of a simple index.
            NotPermittedError: it wants a credential, or refuses ours.
        """
        wanted = (project, Version(version))
        files = {file.name: file.sha256 for file in self._page(target, project) if release_of(file.name) == wanted}
        return Release(target, project, version, files)

    def fetch(self, target: PublishTarget, project: str, name: str, limit: int) -> bytes:
        """Return one published file; see `robot_action.ports.Index.fetch`."""
        file = next((file for file in self._page(target, project) if file.name == name), None)
        if file is None:
            raise FailedError(f"{self.describe(target)} has no file {name!r} any more")
        same_host = host_of(file.url) == host_of(simple_url(target))
        return read_file(file, limit, self._reading(target) if same_host else None)

    def authorise(self, target: PublishTarget) -> None:
        """See that there is a credential for uploads; see `robot_action.ports.Index.authorise`."""
        self._writing(target)

    def upload(self, target: PublishTarget, project: str, version: str, artifacts: Sequence[Artifact], advance: Advance) -> Release:
        """Upload the files one after the other, then wait until they are listed; see `robot_action.ports.Index.upload`.

        Raises:
            NotPermittedError: the token does not do, or there is none.
            FailedError: the index refuses a file, or has another one of its name.
            UnavailableError: it does not answer, or only with errors of its own, after several tries.
        """
        credential = self._writing(target)
        for artifact in artifacts:
            self._upload_one(Upload(upload_url(target), project, version, artifact, credential, advance), target)
        return self._await_listed(target, project, version, [artifact.name for artifact in artifacts])

    def describe(self, target: PublishTarget) -> str:
        """Return the upload address, or the default index's own address."""
        from twine.repository import WAREHOUSE_WEB

        return WAREHOUSE_WEB if _is_default(target) else target.url

    def _upload_one(self, upload: Upload, target: PublishTarget) -> None:
        import stamina

        artifact = upload.artifact
        for attempt in stamina.retry_context(on=pause_before_retry, attempts=http.ATTEMPTS, timeout=None, wait_initial=1, wait_max=20):
            with attempt:
                # Whether the attempt before arrived is not known: a second upload of the same file would be refused.
                if attempt.num > 1 and self._is_there(target, upload, patience=0):
                    return
                refusal = upload.send()
                if refusal is None:
                    return
                if says_exists(refusal):
                    if self._is_there(target, upload, patience=self._patience):
                        return
                    raise FailedError(
                        f"{self.describe(target)} refuses {artifact.name}: a file of this name was there before",
                        hint="An index never takes a name twice, even after a deletion: raise the version.",
                    )
                raise explain_refusal(refusal, file=artifact.name, project=upload.project, credential=upload.credential)

    def _is_there(self, target: PublishTarget, upload: Upload, patience: float) -> bool:
        """Tell whether the index lists the file with our bytes.

        Raises:
            FailedError: it lists other bytes.
        """
        name = upload.artifact.name
        files = self._await_listed(target, upload.project, upload.version, [name], patience).files
        if name not in files:
            return False
        if files[name] not in {"", upload.artifact.sha256}:
            raise FailedError(
                f"{name} is on {self.describe(target)} already, with other contents",
                hint="Somebody else published it meanwhile, or it was built from something else: raise the version.",
            )
        return True

    def _await_listed(
        self, target: PublishTarget, project: str, version: str, names: Sequence[str], patience: float | None = None
    ) -> Release:
        import stamina

        release = Release(target, project, version)
        waits = stamina.retry_context(
            on=_NotListedError,
            attempts=None,
            timeout=max(self._patience if patience is None else patience, 0.01),
            wait_initial=0.2,
            wait_max=5,
            wait_jitter=0.2,
        )
        try:
            for attempt in waits:
                with attempt:
                    release = self.find(target, project, version)
                    if not release.files.keys() >= set(names):
                        raise _NotListedError
        except _NotListedError:
            pass
        return release

    def _page(self, target: PublishTarget, project: str) -> tuple[IndexFile, ...]:
        return read_page(simple_url(target), project, self._reading(target))

    def _reading(self, target: PublishTarget) -> Credential | None:
        return with_user(self._credentials.find(simple_url(target)))

    def _writing(self, target: PublishTarget) -> Credential:
        url = upload_url(target)
        own = self._credentials.default_index if _is_default(target) else None
        if credential := with_user(own or self._credentials.find(url)):
            return credential
        variable = DEFAULT_VARIABLE if _is_default(target) else token_variable(url)
        hint = f"Set {variable} to the index's token, or to user:password."
        if not _is_default(target):
            hint += f" As inputs of the action: index-token, and index-url: {url}, since a manifest does not say who gets a token."
        if not http.may_carry_secrets(url):
            hint = "Tokens and passwords are sent over https only: give the index's https address."
        raise NotPermittedError(f"there is no credential to publish to {host_of(url)}", position=target.position, hint=hint)


@dataclass(frozen=True, slots=True)
class Upload:
    """One file on its way to one address."""

    url: str
    project: str
    version: str
    artifact: Artifact
    credential: Credential
    advance: Advance

    def send(self) -> Answer | None:
        """Upload the file; return the answer when it is a refusal, or None.

        Raises:
            NoAnswerError: nobody knows whether it arrived.
        """
        package, repository = self._prepare()
        repository.session = _Session(self, dict(repository.session.headers))  # type: ignore[assignment]
        with redirect_stdout(io.StringIO()):  # twine prints
            answer: Any = repository.upload(package)
        return None if answer.is_success else answer

    def _prepare(self) -> tuple[PackageFile, Repository]:
        from twine.exceptions import TwineException
        from twine.package import PackageFile
        from twine.settings import Settings

        name = self.artifact.name
        try:
            settings = Settings(
                username=self.credential.username,
                password=self.credential.password,
                non_interactive=True,
                config_file=os.devnull,
                repository_url=self.url,
                disable_progress_bar=True,
            )
            settings.check_repository_url()
            repository = settings.create_repository()
            repository.close()  # its session is replaced by ours
        except TwineException as error:
            raise ConfigurationError(f"twine does not upload to {self.url}: {error}") from error
        try:
            package = PackageFile.from_filename(str(self.artifact.path), None)
            release = (canonicalize_name(package.metadata["name"]), Version(package.version))
        except (TwineException, *_BROKEN) as error:
            raise FailedError(f"{name} is no package that can be published: {plain(str(error))}") from error
        # The index goes by the metadata, not by the file's name.
        if release != (self.project, Version(self.version)):
            found = plain(f"{release[0]} {release[1]}")
            raise FailedError(
                f"the metadata in {name} is that of {found}, not of {self.project} {self.version}", hint="Nothing was uploaded."
            )
        if package.sha2_digest != self.artifact.sha256:
            raise FailedError(f"{name} changed since it was built", hint="Nothing was uploaded.")
        return package, repository


class _Session:
    """What twine takes for its requests session: one POST, without retries, redirects or a ``.netrc``, that shows its progress."""

    def __init__(self, upload: Upload, headers: Mapping[str, Any]) -> None:
        self._upload = upload
        self._headers = {name: str(value) for name, value in headers.items()}
        self._stdout = sys.stdout

    def post(self, url: str, data: Any, headers: Mapping[str, str], **_: object) -> Answer:  # noqa: ANN401 - twine's own stream
        """Send twine's form."""
        data.callback = self._show
        return http.post(url, body=data, headers={**self._headers, **headers}, credential=self._upload.credential)

    def _show(self, monitor: Any) -> None:  # noqa: ANN401 - requests-toolbelt's monitor
        with redirect_stdout(self._stdout):
            self._upload.advance(f"bytes of {self._upload.artifact.name}", monitor.bytes_read, monitor.len)


def upload_url(target: PublishTarget) -> str:
    """Return where uploads go.

    Raises:
        InputError: it is no address of a server.
    """
    from twine.utils import DEFAULT_REPOSITORY

    return checked_address(target, target.url or DEFAULT_REPOSITORY)


def simple_url(target: PublishTarget) -> str:
    """Return where the simple index is: what the manifest says, or what follows from the upload address.

    Raises:
        InputError: it is no address of a server.
    """
    from twine.repository import WAREHOUSE_WEB

    if target.index:
        return checked_address(target, target.index)
    if _is_default(target):
        return f"{WAREHOUSE_WEB}simple/"
    parts = urlsplit(upload_url(target))
    return f"{parts.scheme}://{parts.netloc}/simple/"


def _is_default(target: PublishTarget) -> bool:
    from twine.utils import DEFAULT_REPOSITORY

    return host_of(upload_url(target)) == host_of(DEFAULT_REPOSITORY) and urlsplit(upload_url(target)).scheme == "https"
