"""``pyproject.toml`` -> what it says about the package, after PEP 621 (and Poetry's own table before it)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from packaging.utils import InvalidName, NormalizedName, canonicalize_name
from packaging.version import Version

from robot_action.errors import InputError, Position

PYPROJECT = "pyproject.toml"
SETUP_FILES = ("setup.py", "setup.cfg")
MAX_BYTES = 2**20
DEFAULT_BACKEND = "setuptools.build_meta:__legacy__"  # PEP 517: what builds a project that names none
_PLACE = re.compile(r"^(?P<message>.*) \(at line (?P<line>\d+), column (?P<column>\d+)\)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PythonProject:
    """What a project's files say about its package, before anything is built.

    Attributes:
        name: normalised, or None where only the build knows it (``setup.py`` alone).
        version: normalised, or None where only the build knows it (``dynamic = ["version"]``, ``setup.py`` alone).
        backend: the build back end, such as ``hatchling.build``.
        file: the file that says it.
    """

    name: NormalizedName | None = None
    version: str | None = None
    backend: str = DEFAULT_BACKEND
    file: str = PYPROJECT


def parse_pyproject(content: bytes, file: str = PYPROJECT) -> PythonProject:
    """Read name, version and build back end.

    Args:
        content: the file's bytes.
        file: the file as messages name it.

    Raises:
        InputError: it is no TOML, or its name or version breaks the rules of Python packages.
    """
    document = _load(content, file)
    table = _table(document, "project") or _table(_table(document, "tool"), "poetry")
    name, version = table.get("name"), table.get("version")
    backend = _table(document, "build-system").get("build-backend")
    return PythonProject(
        _name(name, file) if name is not None else None,
        _version(version, file) if version is not None else None,
        backend if isinstance(backend, str) else DEFAULT_BACKEND,
        file,
    )


def _load(content: bytes, file: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(content.decode())
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", position=Position(file)) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _PLACE.match(str(error))
        position = Position(file, int(found["line"]), int(found["column"])) if found else Position(file)
        raise InputError(f"is not TOML: {found['message'] if found else error}", position=position) from error


def _table(parent: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def _name(value: object, file: str) -> NormalizedName:
    try:
        return canonicalize_name(str(value), validate=True)
    except InvalidName as error:
        raise InputError(
            f"the package's name {value!r} is none that an index takes",
            position=Position(file),
            hint="It has letters, digits, '.', '-' and '_', and begins and ends with a letter or digit.",
        ) from error


def _version(value: object, file: str) -> str:
    try:
        return str(Version(str(value)))
    except ValueError as error:  # a number of thousands of digits, too
        raise InputError(f"the version {value!r} is none that an index takes (PEP 440)", position=Position(file)) from error
