"""Source strings -> `robot_action.model.source.Source`.

The forms::

    ./folder  ../folder  /folder                          a directory; ``@`` is part of the name
    gh:owner/name  gl:group/name                          GitHub, GitLab
    https://host/path  ssh://git@host/path                git, as are git+https://, git+ssh://, http:// and file://
    git@host:path                                         git over ssh

Git sources may end in ``@ref`` or, where that begins with an operator, in a PEP 440 range (``@>=2,<3``); every source
may end in ``#subdirectory=path``. Whether http and file are allowed is the operator's word, not the syntax's.
A source is somebody else's text: nothing in it may become an option, another transport, or a credential in a log.
"""

from __future__ import annotations

import os.path
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from robot_action.errors import InputError, Position
from robot_action.model.paths import path_problem
from robot_action.model.source import Source, SourceKind
from robot_action.parsing.rules import check_ref
from robot_action.parsing.wording import RuleError, excerpt

MAX_LENGTH = 2048
FORMS = "a folder (./template), gh:owner/name, gl:group/name, https://host/path or git@host:path"

_SHORT = {"gh": "github.com", "gl": "gitlab.com"}
_PLANNED = {"pypi": "Python packages", "npm": "npm packages"}
_SCHEMES = ("https", "ssh", "http", "file")
_PORTS = {"https": 443, "http": 80, "ssh": 22}
_ARCHIVES = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tar", ".zip")
_NO_ARCHIVES = "archives as template sources are not supported yet by this version"
_OPERATORS = ("<", ">", "=", "!", "~")

# Compiled for the sources that need them, and kept then: folders need none of these.
_HOST = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.?|\[[0-9a-f:.]+\]"
_USER = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
_SCP = r"(?P<user>[^@/:#]+)@(?P<host>[^@/:#]+|\[[^\]/]*\]):(?P<path>.*)"
_SCHEME = re.compile(r"(?:git\+)?(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://", re.ASCII)
_PREFIX = re.compile(r"(?P<prefix>[A-Za-z][A-Za-z0-9+.-]*):", re.ASCII)
_HELPER = re.compile(r"(?:git\+)?[^/:@#]*::")
_VERSION_MARK = re.compile(r"(?<=[^/])@")
_UNFIT = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\\?]")
_CATALOG_NAME = r"[A-Za-z][A-Za-z0-9._-]*(?:@[^@:]*)?"


def parse_source(text: str, folder: Path, position: Position | None = None) -> Source:
    """Return the source that ``text`` names.

    Args:
        text: the source as somebody wrote it.
        folder: where relative directories start; absolute.
        position: where the text stands.

    Raises:
        InputError: when it is none; the message never holds a credential.
    """
    try:
        return _parse(text, folder)
    except RuleError as error:
        raise InputError(error.message, position=position, hint=error.hint) from None


def check_source(text: str, folder: Path) -> Source:
    """Return the source that ``text`` names, as `parse_source` does.

    Raises:
        RuleError: when it is none.
    """
    return _parse(text, folder)


def with_ref(source: Source, ref: str) -> Source:
    """Return ``source`` at the ref of the command line, or, where ``ref`` begins with an operator, in another range of versions.

    A git source's text then says so; a directory's has no place for it.

    Raises:
        InputError: when ``ref`` is neither.
    """
    try:
        exact, versions = _version(ref)
    except RuleError as error:
        raise InputError(error.message, position=Position("--ref"), hint=error.hint) from None
    fragment = f"#subdirectory={source.subdirectory}" if source.subdirectory else ""
    text = f"{as_given(source)}@{ref}{fragment}" if source.kind is SourceKind.GIT else source.text
    return replace(source, text=text, ref=exact, versions=versions)


def as_given(source: Source) -> str:
    """Return a source's place in the words of whoever named it, without version and subdirectory; a folder's is its whole path.

    Copier writes the same into its answers file, so that it can go on with the project.
    """
    if source.kind is SourceKind.DIRECTORY:
        return source.location
    place = source.text.partition("#")[0]
    for mark in _VERSION_MARK.finditer(place):
        with suppress(RuleError):
            if _git(place[: mark.start()]) == (source.location, None):
                return place[: mark.start()]
    return place


def _parse(text: str, folder: Path) -> Source:
    _check_text(text)
    if text in {".", ".."} or text.startswith(("./", "../", "/")):
        return _directory(text, folder)
    place, mark, fragment = text.partition("#")
    subdirectory = _subdirectory(fragment) if mark else ""
    location, version = _git(place)
    ref, versions = _version(version) if version is not None else (None, None)
    return Source(SourceKind.GIT, location, text, ref, versions, subdirectory)


def _check_text(text: str) -> None:
    if not text.strip():
        raise RuleError("the template's source is empty", f"Name {FORMS}.")
    if len(text) > MAX_LENGTH:
        raise RuleError(f"the template's source is longer than {MAX_LENGTH} characters")
    if not text.isprintable() or any("\ud800" <= character <= "\udfff" for character in text):
        raise RuleError("the template's source has a character that cannot be printed")
    if text.startswith("-"):
        raise RuleError("the template's source begins with '-', as an option does", f"Name {FORMS}.")
    if _HELPER.match(text):
        raise RuleError("the template's source names a git transport helper ('::'), which could run any program", f"Name {FORMS}.")
    if text.startswith("~"):
        raise RuleError("'~' is not expanded in a template's source", "Write the folder's whole path.")


def _directory(text: str, folder: Path) -> Source:
    place, mark, subdirectory = text.partition("#subdirectory=")
    location = os.path.normpath(folder / place)
    if location.startswith("//"):  # POSIX leaves the meaning of two slashes open; one is meant
        location = location[1:]
    if "#subdirectory=" in location:
        raise RuleError("the folder's own path holds '#subdirectory='", "Move it to another place.")
    return Source(SourceKind.DIRECTORY, location, text, subdirectory=_subdirectory(f"subdirectory={subdirectory}") if mark else "")


def _subdirectory(fragment: str) -> str:
    key, _, value = fragment.partition("=")
    if key == "sha256":
        raise RuleError(_NO_ARCHIVES, f"Name {FORMS}.")
    if key != "subdirectory" or not value:
        raise RuleError(
            "after '#' a template's source takes subdirectory=PATH only", "Write such as gh:acme/templates#subdirectory=service."
        )
    path = value.removesuffix("/")
    if problem := path_problem(path):
        raise RuleError(f"the source's subdirectory {excerpt(value)} {problem}")
    return path


def _version(text: str) -> tuple[str | None, str | None]:
    """Return an exact ref and None, or None and a range."""
    if not text.startswith(_OPERATORS):
        return check_ref(text, "the source's ref"), None
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return None, str(SpecifierSet(text))
    except InvalidSpecifier:
        raise RuleError(f"{excerpt(text)} is no range of versions", "Write a PEP 440 range such as @>=2,<3.") from None


def _git(place: str) -> tuple[str, str | None]:
    """Return a git source's location, and what stands after its ``@``."""
    prefix = _PREFIX.match(place)
    if scheme := _SCHEME.match(place):
        return _url(place, scheme["scheme"].lower(), place[scheme.end() :])
    if prefix and prefix["prefix"] in _SHORT:
        return _short(prefix["prefix"], place[prefix.end() :])
    if prefix and prefix["prefix"] in _PLANNED:
        raise RuleError(f"{_PLANNED[prefix['prefix']]} as template sources are not supported yet by this version", f"Name {FORMS}.")
    if scp := re.fullmatch(_SCP, place, re.DOTALL):
        return _scp(scp["user"], scp["host"], scp["path"])
    if re.fullmatch(_CATALOG_NAME, place):
        raise RuleError(
            f"{excerpt(place)} is the name of a catalog's template, and catalogs are not supported yet by this version",
            f"For a folder of this name write {excerpt('./' + place)}; else name {FORMS}.",
        )
    hint = f"For a folder write ./{place}." if re.fullmatch(r"[\w.-]+(?:/[\w.-]+)+", place, re.ASCII) else None
    raise RuleError("the template's source has none of the known forms", hint or f"Name {FORMS}.")


def _split(path: str) -> tuple[str, str | None]:
    """Split at the first ``@`` that does not begin a part of the path, so that both ``/@scope/x`` and tags with ``@`` work."""
    mark = _VERSION_MARK.search(path)
    return (path[: mark.start()], path[mark.end() :]) if mark else (path, None)


def _short(prefix: str, rest: str) -> tuple[str, str | None]:
    path, version = _split(rest)
    parts = path.split("/")
    is_short = len(parts) < 2  # noqa: PLR2004 - owner and name
    if is_short or (prefix == "gh" and len(parts) > 2):  # noqa: PLR2004 - owner and name
        shape = "gh:owner/name" if prefix == "gh" else "gl:group/name"
        hint = "Name the repository too." if is_short else "Name a folder of it as #subdirectory=path."
        raise RuleError(f"{excerpt(f'{prefix}:{path}')} does not have the form {shape}", hint)
    return f"https://{_SHORT[prefix]}/{_no_archive(_path(path, _SHORT[prefix]))}", version


def _url(place: str, scheme: str, rest: str) -> tuple[str, str | None]:
    if scheme not in _SCHEMES:
        raise RuleError(f"the source's scheme {excerpt(scheme)} is not supported", f"The schemes are {', '.join(_SCHEMES)}.")
    host, slash, path = rest.partition("/")
    path, version = _split(path)
    if "?" in place:
        raise RuleError("the source's URL has a query ('?'), which git does not need", "Leave it out; tokens belong into the environment.")
    if scheme == "file":
        return _file(host, slash + path, version)
    authority = _authority(scheme, host)
    clean = _path(path, authority)
    return f"{scheme}://{authority}/{_no_archive(clean) if scheme == 'https' else clean}", version


def _no_archive(path: str) -> str:
    """Return a path that is no archive's; slashes at its end change nothing of that.

    Raises:
        RuleError: when it is.
    """
    if path.rstrip("/").endswith(_ARCHIVES):
        raise RuleError(_NO_ARCHIVES, f"Name {FORMS}.")
    return path


def _file(host: str, path: str, version: str | None) -> tuple[str, str | None]:
    if host not in {"", "localhost"} or not path.strip("/"):
        raise RuleError("a file: source takes an absolute path on this machine", "Write such as file:///srv/git/templates.git.")
    return f"file:///{_path(path, '')}", version


def _authority(scheme: str, text: str) -> str:
    """Return user, host and port of a URL, the host in lower case and the scheme's own port left out."""
    user, at, _ = text.rpartition("@")
    if at and (scheme != "ssh" or ":" in user):
        raise RuleError(
            "the source's URL holds a user name, token or password",
            "Leave it out, and give the credential in the environment.",
        )
    host, port = _host_and_port(scheme, text)
    if (at and not re.fullmatch(_USER, user)) or port == 0 or text.endswith(":"):
        raise RuleError("the source's URL has no valid host", f"Name {FORMS}.")
    shown = "" if port in {None, _PORTS[scheme]} else f":{port}"
    return f"{user}{at}{host.rstrip('.')}{shown}"


def _host_and_port(scheme: str, authority: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(f"{scheme}://{authority}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise RuleError(
            "the source's URL has no valid host and port", "Write https://host/path; credentials belong into the environment."
        ) from None
    name = f"[{host}]" if ":" in host else host
    if not re.fullmatch(_HOST, name, re.IGNORECASE):
        raise RuleError("the source's URL has no valid host", f"Name {FORMS}.")
    return name, port


def _scp(user: str, host: str, rest: str) -> tuple[str, str | None]:
    path, version = _split(rest)
    if not re.fullmatch(_USER, user) or not re.fullmatch(_HOST, host, re.IGNORECASE) or path.startswith(":"):
        raise RuleError("the source has no valid user and host", "Write such as git@github.com:owner/name.")
    host = host.lower().rstrip(".")
    absolute = "/" if path.startswith("/") else ""
    return f"{user}@{host}:{absolute}{_path(path, host)}", version


def _path(path: str, authority: str) -> str:
    """Return a repository's path without slashes around it; on GitHub and GitLab ``.git`` at the end means nothing."""
    clean = path.strip("/")
    host = authority.rpartition("@")[2]
    while host in _SHORT.values() and clean.endswith(".git"):
        clean = clean.removesuffix(".git")
    parts = unquote(clean).split("/")  # servers and curl resolve '%2e%2e' as they do '..'
    if _UNFIT.search(clean) or any(part in {"", ".", ".."} for part in parts):
        raise RuleError("the source's URL has no valid path to a repository", f"Name {FORMS}.")
    if clean.startswith("-"):
        raise RuleError("the source's path begins with '-', as an option does")
    return clean
