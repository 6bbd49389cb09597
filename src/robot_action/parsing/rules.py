"""The rules for names, versions, refs, addresses and paths, each with where it comes from.

Every function returns the checked, normalised value or raises `robot_action.parsing.wording.RuleError`.
"""

from __future__ import annotations

import os.path
import re
from pathlib import Path
from urllib.parse import urlsplit

from robot_action.model.paths import path_problem
from robot_action.parsing.wording import RuleError, excerpt, suggestion

MAX_NAME = 100  # GitHub's limit for repositories
MAX_OWNER = 39  # GitHub's limit for users and organisations
MAX_DESCRIPTION = 350  # GitHub's limit for a repository's description
MAX_TOPIC = 50  # GitHub's limits for topics
MAX_TOPICS = 20
ROLES = ("pull", "triage", "push", "maintain", "admin")

NAME_PATTERN = r"^[A-Za-z](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$"
OWNER_PATTERN = r"^[A-Za-z0-9](?:-?[A-Za-z0-9])*(?:_[A-Za-z0-9]+)?$"
TOPIC_PATTERN = r"^[a-z0-9][a-z0-9-]*$"

# Patterns are compiled when they are first asked for, and kept then: most runs need few of them.
_NAME = NAME_PATTERN.replace("$", r"\Z")
_OWNER = OWNER_PATTERN.replace("$", r"\Z")
_TOPIC = TOPIC_PATTERN.replace("$", r"\Z")
_SLUG = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?"
# The regular expression that semver.org suggests, without its groups.
_SEMVER = (
    r"(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)"
    r"(?:-(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)
# What `git check-ref-format` forbids anywhere in a name.
_BAD_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(?:/|\Z)")
_MAX_REF = 200
_MAX_VERSION = 100
_MAX_RANGE = 500
_MAX_URL = 2048
_EMAIL = r"[^@\s<>\"(),:;\\\x00-\x1f]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"


def check_name(text: str, *, dots: bool = True) -> str:
    """Check a project's name: a letter first, a letter or digit last, between them also ``-``, ``_`` and, with ``dots``, ``.``.

    Such names are valid for Python indexes as well (the core metadata's name rule).
    """
    if len(text) > MAX_NAME:
        raise RuleError(f"the name {excerpt(text)} is longer than {MAX_NAME} characters")
    if not dots and "." in text and re.match(_NAME, text):
        raise RuleError(f"only names of repositories may have dots, not {excerpt(text)}", "Use '-' or '_'.")
    if not re.match(_NAME, text):
        between = "'-', '_' and '.'" if dots else "'-' and '_'"
        raise RuleError(
            f"{excerpt(text)} is no valid name",
            f"A name begins with a letter, ends with a letter or digit, and has letters, digits, {between} between them.",
        )
    return text


def check_repository_name(text: str) -> str:
    """Check ``owner/name``: GitHub's rule for the owner, ours for the name, and none of the endings that hosts keep for themselves."""
    owner, slash, name = text.partition("/")
    if not slash or "/" in name:
        raise RuleError(f"{excerpt(text)} is no repository name", "Write owner/name.")
    if len(owner) > MAX_OWNER or not re.match(_OWNER, owner):
        raise RuleError(
            f"{excerpt(owner)} is no valid owner",
            f"An owner has letters, digits and single hyphens between them, at most {MAX_OWNER} characters.",
        )
    if name.lower().endswith((".git", ".wiki", ".atom")):
        raise RuleError(f"the repository name {excerpt(name)} has an ending that hosts keep for themselves")
    return f"{owner}/{check_name(name)}"


def is_semantic(text: str) -> bool:
    """Tell whether a version is strictly semantic."""
    return len(text) <= _MAX_VERSION and bool(re.fullmatch(_SEMVER, text))


def check_version(text: str) -> str:
    """Return a version normalised: canonical where PEP 440 knows it, except that strictly semantic versions stay as they are.

    `python_version` gives the form that a Python index needs.
    """
    return text if is_semantic(text) else python_version(text, "neither a PEP 440 nor a semantic version")


def python_version(text: str, problem: str = "no PEP 440 version, which a Python index needs") -> str:
    """Return a version in PEP 440's canonical form."""
    from packaging.version import InvalidVersion, Version

    try:
        if len(text) > _MAX_VERSION:
            raise RuleError(f"the version {excerpt(text)} is longer than {_MAX_VERSION} characters")
        return str(Version(text))
    except InvalidVersion:
        raise RuleError(f"{excerpt(text)} is {problem}", "Write such as 0.1.0 or 1.2.0rc1.") from None


def check_range(text: str) -> str:
    """Check a PEP 440 range of versions, such as ``>=1,<2``."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        specifiers = SpecifierSet(text if len(text) <= _MAX_RANGE else "")
    except InvalidSpecifier:
        specifiers = SpecifierSet()
    if not specifiers:
        raise RuleError(f"{excerpt(text)} is no range of versions", "Write a PEP 440 range such as '>=0.1,<2'.")
    return str(specifiers)


def check_ref(text: str, what: str = "the branch") -> str:
    """Check the name of a branch, a tag or a commit by the rules of ``git check-ref-format --branch``."""
    unfit = not text or text == "@" or text.startswith(("-", "/", ".")) or text.endswith(("/", "."))
    if unfit or len(text) > _MAX_REF or _BAD_REF.search(text) or not text.isprintable():
        raise RuleError(f"{what} {excerpt(text)} is no name that git accepts", "See git help check-ref-format.")
    return text


def check_branch(text: str) -> str:
    """Check a branch's name; ``HEAD`` and full refs would be ambiguous."""
    if text == "HEAD" or text.startswith("refs/"):
        raise RuleError(f"the branch cannot be called {excerpt(text)}")
    return check_ref(text)


def check_tag(text: str) -> str:
    """Check a tag's pattern, in which ``{version}`` stands for the version."""
    if "{version}" not in text:
        raise RuleError(f"the tag {excerpt(text)} does not hold {{version}}", "Write true for v{version}, or such as release-{version}.")
    check_ref(text.replace("{version}", "1.0"), "the tag")
    return text


def check_topic(text: str) -> str:
    """Check a topic by GitHub's rule."""
    if len(text) > MAX_TOPIC or not re.match(_TOPIC, text):
        hint = f"Topics have lowercase letters, digits and hyphens, begin with no hyphen, and have at most {MAX_TOPIC} characters."
        raise RuleError(f"{excerpt(text)} is no valid topic", hint)
    return text


def check_line(text: str) -> str:
    """Check a description: one line that can be shown, with GitHub's limit."""
    line = text.strip()
    if len(line) > MAX_DESCRIPTION:
        raise RuleError(f"the description has more than {MAX_DESCRIPTION} characters: {excerpt(line)}")
    if not line.isprintable():
        raise RuleError(f"the description must be one line of printable characters: {excerpt(line)}")
    return line


def check_person(text: str) -> str:
    """Check an author's name: git keeps ``<``, ``>`` and line ends for itself."""
    if not text.strip() or len(text) > MAX_NAME or not text.isprintable() or set(text) & set("<>"):
        raise RuleError(f"{excerpt(text)} is no name that git accepts for an author")
    return text.strip()


def check_email(text: str) -> str:
    """Check that an address has the form ``local@domain``; whether it exists only a mail could tell."""
    if len(text) > 254 or not text.isprintable() or not re.fullmatch(_EMAIL, text):  # noqa: PLR2004 - RFC 5321's limit for a path
        raise RuleError(f"{excerpt(text)} is no e-mail address", "Write such as robot@acme.example.")
    return text


def check_url(text: str) -> str:
    """Check an http or https URL without credentials."""
    if "@" in text.partition("//")[2].partition("/")[0]:
        raise RuleError("the URL holds a user name, token or password", "Leave it out, and give the credential in the environment.")
    if len(text) > _MAX_URL or not text.isprintable() or set(text) & set(" \\") or not _names_server(text):
        raise RuleError(f"{excerpt(text)} is no http or https URL")
    return text


def _names_server(url: str) -> bool:
    """Tell whether a URL leads to a host by http or https, and to a port that can exist."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def check_slug(text: str) -> str:
    """Check the slug of a team, or a user's login."""
    if len(text) > MAX_NAME or not re.fullmatch(_SLUG, text):
        raise RuleError(f"{excerpt(text)} is no team's slug and no user's login")
    return text


def check_role(text: str) -> str:
    """Check a role: one of GitHub's, or the name of a custom one."""
    names = {"read": "pull", "write": "push"}
    if text in names:
        raise RuleError(f"the role {excerpt(text)} is called {names[text]!r} by GitHub's API", f"Did you mean {names[text]!r}?")
    if text.lower() in ROLES and text not in ROLES:
        raise RuleError(f"{excerpt(text)} is no role", suggestion(text, ROLES))
    if not text.strip() or len(text) > MAX_NAME or not text.isprintable():
        raise RuleError(f"{excerpt(text)} is no role", f"The roles are {', '.join(ROLES)}, and custom roles by name.")
    return text


def check_inside(text: str, folder: Path, root: Path, flag: str = "") -> Path:
    """Return the absolute path of ``text``, which is relative to ``folder`` and must lie below ``root``.

    This is about the text alone; links are the file client's business.

    Args:
        text: the path as it was written.
        folder: the manifest's folder, absolute.
        root: where robot-action was started, or the manifest's folder where that lies elsewhere; absolute.
        flag: the flag that names another path and lets the operator say what the manifest may not, or ``""``.
    """
    if not text or text.startswith(("/", "~")) or "\\" in text:
        raise RuleError(f"the path {excerpt(text)} must be relative, with '/' between its parts", "Write such as ./out/demo.")
    path = Path(os.path.normpath(folder / text))
    base = Path(os.path.normpath(root))
    if path == base or not path.is_relative_to(base):
        where = "is that folder itself" if path == base else "leads out of it"
        above = os.path.commonpath([base, path.parent])
        raise RuleError(
            f"the path {excerpt(text)} must lie below {str(base)!r}, but {where}",
            "A manifest may write below the folder where robot-action was started, if it lies there itself, and else below its own. "
            f"Start in {above!r}, or give another path{f' with {flag}' if flag else ''}.",
        )
    if problem := path_problem(path.relative_to(base).as_posix()):
        raise RuleError(f"the path {excerpt(text)} {problem}")
    return path
