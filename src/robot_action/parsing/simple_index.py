"""A page of a simple index -> its files: JSON (PEP 691) and HTML (PEP 503). Every byte of it is hostile."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from packaging.utils import parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

from robot_action.errors import FailedError

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
ACCEPT = f"{JSON_TYPE}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
MAX_FILES = 50_000
_JSON_TYPES = {JSON_TYPE, "application/json"}
_HTML_TYPES = {"application/vnd.pypi.simple.v1+html", "text/html", "application/xhtml+xml"}
_SHA256 = re.compile(r"[0-9a-f]{64}")
# html.parser takes time in the square of what it is fed (150 KB of "<a " keep it busy for minutes), so it gets single tags.
_TAG = re.compile(r"""<(?:a|base)\s(?:[^<>"']{1,4096}+|"[^"<]{0,4096}+"|'[^'<]{0,4096}+'){0,64}+>""", re.IGNORECASE)
_NAME_BYTES = 255


@dataclass(frozen=True, slots=True)
class IndexFile:
    """One file that an index lists.

    Attributes:
        name: the bare file name.
        url: where it can be had.
        sha256: in hex, or ``""`` where the index gives none.
    """

    name: str
    url: str
    sha256: str = ""


def parse_simple_page(body: bytes, content_type: str, url: str) -> tuple[IndexFile, ...]:
    """Return the files that a project's page lists; entries that are no plain file are left out.

    Args:
        body: the page.
        content_type: the answer's header.
        url: where the page was found; relative addresses start there.

    Raises:
        FailedError: this is no page of a simple index.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind in _JSON_TYPES:
        found = _from_json(body, url)
    elif kind in _HTML_TYPES:
        found = _from_html(body, url)
    else:
        hint = "Give the address of the simple index as `index` in the manifest."
        raise FailedError(f"{url} is no page of a package index: its type is {kind[:80]!r}", hint=hint)
    files: dict[str, IndexFile] = {}
    for file in found:
        if is_plain_name(file.name):
            files.setdefault(file.name, file)
    return tuple(files.values())


def is_plain_name(name: str) -> bool:
    """Tell whether ``name`` can be a file's name and nothing more."""
    is_path = name in {"", ".", ".."} or bool({"/", "\\"} & set(name))
    return not is_path and name.isprintable() and len(name.encode()) <= _NAME_BYTES


def release_of(name: str) -> tuple[str, Version] | None:
    """Return the normalised project and the version that a wheel's or source distribution's name tells, or None."""
    try:
        if name.endswith(".whl"):
            project, version, *_ = parse_wheel_filename(name)
            return project, version
        return parse_sdist_filename(name)
    except ValueError:  # whatever of the name is wrong; a number of thousands of digits, too
        return None


def _from_json(body: bytes, url: str) -> list[IndexFile]:
    try:
        page = json.loads(body)
        files = page["files"]
        major = str(page["meta"]["api-version"]).partition(".")[0]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise FailedError(f"{url} is no page of a package index: its JSON is not what PEP 691 describes") from error
    if major != "1":
        raise FailedError(f"{url} speaks version {major[:20]!r} of the simple API; only 1 is known")
    if not isinstance(files, list):
        raise FailedError(f"{url} is no page of a package index: its JSON is not what PEP 691 describes")
    _check_count(len(files), url)
    return [file for entry in files if (file := _json_file(entry, url))]


def _check_count(count: int, url: str) -> None:
    if count > MAX_FILES:
        raise FailedError(f"{url} lists more than {MAX_FILES} files")


def _json_file(entry: object, url: str) -> IndexFile | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("filename"), str) or not isinstance(entry.get("url"), str):
        return None
    hashes = entry.get("hashes")
    digest = hashes.get("sha256") if isinstance(hashes, dict) else None
    address = _absolute(url, entry["url"])
    return IndexFile(entry["filename"], address, _digest(digest)) if address else None


def _digest(value: object) -> str:
    return value.lower() if isinstance(value, str) and _SHA256.fullmatch(value.lower()) else ""


def _absolute(base: str, reference: str) -> str:
    """Return where ``reference`` leads, without its fragment, or ``""`` where that is no address."""
    try:
        address = urldefrag(urljoin(base, reference)).url
        return address if urlsplit(address).scheme in {"https", "http", "file"} else ""
    except ValueError:
        return ""


class _Anchors(HTMLParser):
    """Collects the addresses of the anchors, and the page's own base; it is fed one start tag after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.base: str | None = None
        self.references: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what an anchor or the base refers to."""
        reference = dict(attrs).get("href")
        if tag == "a" and reference:
            self.references.append(reference)
        elif tag == "base" and self.base is None:
            self.base = reference


def _from_html(body: bytes, url: str) -> list[IndexFile]:
    anchors = _Anchors()
    for tag in _TAG.finditer(body.decode("utf-8", "replace")):
        anchors.feed(tag[0])
        anchors.reset()
        _check_count(len(anchors.references), url)
    base = (anchors.base and _absolute(url, anchors.base)) or url
    return [file for reference in anchors.references if (file := _html_file(base, reference))]


def _html_file(base: str, reference: str) -> IndexFile | None:
    address = _absolute(base, reference)
    if not address:
        return None
    algorithm, _, digest = urldefrag(reference).fragment.partition("=")
    name = unquote(urlsplit(address).path.rpartition("/")[2])
    return IndexFile(name, address, _digest(digest) if algorithm == "sha256" else "")
