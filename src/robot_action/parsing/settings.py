"""The environment -> settings. Every variable that robot-action reads stands in one table here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from robot_action.errors import ConfigurationError, Problem
from robot_action.model.credentials import AppKey, Credential, Credentials, GitHubTokens, host_of, variable_part
from robot_action.model.settings import GITHUB_API, GITHUB_SERVER, Settings

TOKEN_PREFIX = "ROBOT_ACTION_TOKEN_"  # noqa: S105 - a variable's name

VARIABLES: Mapping[str, str] = {
    "ROBOT_ACTION_HOME": "The folder for everything that robot-action keeps (cache, locks, logs, `.env`); "
    "default: the platform's own folders.",
    "ROBOT_ACTION_REPOSITORY_TOKEN": "The token that creates repositories and pushes to them (GitHub App or personal).",
    "ROBOT_ACTION_APP_CLIENT_ID": "The client id of a GitHub App that mints such tokens, instead of `ROBOT_ACTION_REPOSITORY_TOKEN`.",
    "ROBOT_ACTION_APP_PRIVATE_KEY": "The private key of that App, in PEM; its line breaks may be written as `\\n`.",
    "GITHUB_TOKEN": "The workflow's own token: for the repository that the workflow runs in, and for reading others. "
    "At a terminal it serves everything where `ROBOT_ACTION_REPOSITORY_TOKEN` is not set.",
    "GH_TOKEN": "The same for GitHub's own command line; used last.",
    "GITLAB_TOKEN": "The token for templates on gitlab.com.",
    f"{TOKEN_PREFIX}<HOST>": "The token, or `user:password`, for one more host: a git server or a package index. "
    "In the host's name `.` and the port's `:` become `_`, and `-` becomes `__`.",
    "PYPI_TOKEN": "The token for the default Python package index.",
    "GITHUB_API_URL": "The address of GitHub's API; set by the runner.",
    "GITHUB_SERVER_URL": "The address of GitHub's repositories; set by the runner.",
    "GITHUB_REPOSITORY": "The repository that the workflow runs in; set by the runner.",
    "GITHUB_REF": "The reference that the workflow runs for; set by the runner.",
    "GITHUB_SHA": "Its commit; set by the runner.",
    "GITHUB_ACTOR": "Who started the run; set by the runner.",
    "GITHUB_ACTOR_ID": "Their number; set by the runner.",
    "GITHUB_ACTIONS": "`true` on a runner; set by the runner.",
    "GITHUB_STEP_SUMMARY": "The file for the step's summary; set by the runner.",
    "GITHUB_OUTPUT": "The file for the step's outputs; set by the runner.",
    "GITHUB_WORKSPACE": "The folder of the checkout; set by the runner.",
    "TERM": "The kind of terminal; `dumb`: plain lines.",
    "CI": "`true` where nobody sits at a terminal.",
    "ROBOT_ACTION_CHECK_UPDATES": "`true` or `false`: look for a newer robot-action; default: true, but false in CI.",
    "SOURCE_DATE_EPOCH": "Seconds since 1970: the date of commits and packages, instead of now.",
    "LOG_LEVEL": "`debug`, `info`, `warning` or `error`.",
    "NO_COLOR": "Any value: no colours, and plain lines.",
}
"""Each variable and what it is for; the README's table is held to this one."""

_SECRET = (
    "ROBOT_ACTION_REPOSITORY_TOKEN",
    "ROBOT_ACTION_APP_PRIVATE_KEY",
    "GITHUB_TOKEN",
    "GH_TOKEN",
    "GITLAB_TOKEN",
    "PYPI_TOKEN",
)
_PRIVATE_PREFIXES = ("INPUT_", "ACTIONS_RUNTIME_", "ACTIONS_ID_TOKEN_")
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"", "0", "false", "no", "off"}
_LEVELS = ("debug", "info", "warning", "error")
_PYPI_USER = "__token__"  # what PyPI-like indexes expect beside a token
_GIT_USER = "x-access-token"  # what GitHub expects beside a token
_PEM = r"-----BEGIN (?:RSA )?PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+\n-----END (?:RSA )?PRIVATE KEY-----"
_APP_HINT = (
    "The App's settings on GitHub show its client id (it looks like Iv23liAbCdEf) and make its private key: a file that begins with "
    "-----BEGIN RSA PRIVATE KEY-----. Give the whole file's text."
)


def token_variable(url: str) -> str:
    """Return the name of the variable that holds the token for a URL's host, such as ``ROBOT_ACTION_TOKEN_git_acme_example``."""
    return TOKEN_PREFIX + variable_part(host_of(url))


def is_documented(name: str) -> bool:
    """Tell whether robot-action reads a variable of this name; only those count in a ``.env`` file."""
    return name in VARIABLES or (name.startswith(TOKEN_PREFIX) and name != TOKEN_PREFIX)


def parse_settings(environ: Mapping[str, str]) -> Settings:
    """Turn the environment into settings.

    Raises:
        ConfigurationError: naming every variable whose value makes no sense, never a token.
    """
    problems: list[Problem] = []
    settings = Settings(
        home=_folder(environ, problems),
        credentials=_credentials(environ, problems),
        github_api=_url(environ, "GITHUB_API_URL", GITHUB_API, problems),
        github_server=_url(environ, "GITHUB_SERVER_URL", GITHUB_SERVER, problems),
        epoch=_epoch(environ, problems),
        log_level=_level(environ, problems),
        check_updates=_flag(environ, "ROBOT_ACTION_CHECK_UPDATES", default=not _in_ci(environ), problems=problems),
        in_ci=_in_ci(environ),
        in_github_actions=environ.get("GITHUB_ACTIONS") == "true",
        summary_file=environ.get("GITHUB_STEP_SUMMARY", ""),
        output_file=environ.get("GITHUB_OUTPUT", ""),
        workspace=environ.get("GITHUB_WORKSPACE", ""),
        ref=environ.get("GITHUB_REF", ""),
        commit=environ.get("GITHUB_SHA", ""),
        terminal=environ.get("TERM", ""),
        actor=_actor(environ),
        no_color=bool(environ.get("NO_COLOR")),
    )
    if problems:
        raise ConfigurationError(problems=tuple(problems))
    return settings


def _in_ci(environ: Mapping[str, str]) -> bool:
    return environ.get("CI", "").lower() not in _FALSE or environ.get("GITHUB_ACTIONS") == "true"


def _folder(environ: Mapping[str, str], problems: list[Problem]) -> Path | None:
    text = environ.get("ROBOT_ACTION_HOME", "")
    if not text:
        return None
    folder = Path(text).expanduser()
    if not folder.is_absolute():
        problems.append(Problem(f"ROBOT_ACTION_HOME is {text!r}, which is not absolute", hint="Give the folder's full path."))
    return folder


def _url(environ: Mapping[str, str], name: str, default: str, problems: list[Problem]) -> str:
    text = environ.get(name, "") or default
    parts = urlsplit(text)
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username:
        problems.append(Problem(f"{name} is not the address of a server", hint=f"It looks like {default}."))
    return text.rstrip("/")


def _epoch(environ: Mapping[str, str], problems: list[Problem]) -> int | None:
    text = environ.get("SOURCE_DATE_EPOCH", "")
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,11}", text):
        problems.append(Problem(f"SOURCE_DATE_EPOCH is {text!r}", hint="It is a whole number: the seconds since 1970 in UTC."))
        return None
    return int(text)


def _level(environ: Mapping[str, str], problems: list[Problem]) -> str:
    text = environ.get("LOG_LEVEL", "").lower()
    if text and text not in _LEVELS:
        problems.append(Problem(f"LOG_LEVEL is {text!r}", hint=f"It is one of {', '.join(_LEVELS)}."))
    return text


def _flag(environ: Mapping[str, str], name: str, *, default: bool, problems: list[Problem]) -> bool:
    text = environ.get(name, "").lower()
    if not text:
        return default
    if text not in _TRUE | _FALSE:
        problems.append(Problem(f"{name} is {text!r}", hint="It is true or false."))
    return text in _TRUE


def _actor(environ: Mapping[str, str]) -> tuple[str, str] | None:
    """Return who started the run, with the address that GitHub links to their account."""
    name, number = environ.get("GITHUB_ACTOR", ""), environ.get("GITHUB_ACTOR_ID", "")
    if not re.fullmatch(r"[A-Za-z0-9-]{1,39}(?:\[bot\])?", name):
        return None
    local = f"{number}+{name}" if number.isdecimal() else name
    return name, f"{local}@users.noreply.github.com"


def _credentials(environ: Mapping[str, str], problems: list[Problem]) -> Credentials:
    pypi, gitlab = environ.get("PYPI_TOKEN"), environ.get("GITLAB_TOKEN")
    found = Credentials(
        {"gitlab.com": Credential("oauth2", gitlab)} if gitlab else {},
        _named(environ),
        default_index=Credential(_PYPI_USER, pypi) if pypi else None,
        github=_github(environ, problems),
    )
    key = {found.github.app.private_key} if found.github.app else set()
    if not all(map(str.isprintable, found.secrets - key)):
        problems.append(Problem("a token holds a control character, such as a newline", hint="Store it again without it."))
    return found


def _github(environ: Mapping[str, str], problems: list[Problem]) -> GitHubTokens:
    """Return what is for GitHub; only a runner tells the workflow's token from the one for other repositories."""
    repository = environ.get("ROBOT_ACTION_REPOSITORY_TOKEN")
    workflow = environ.get("GITHUB_TOKEN") or environ.get("GH_TOKEN")
    app = _app(environ, problems)
    if app and repository:
        message = "both ROBOT_ACTION_REPOSITORY_TOKEN and, of an App, ROBOT_ACTION_APP_CLIENT_ID are set"
        problems.append(Problem(message, hint="Give a token, or an App's id and key, not both."))
    addresses = (("GITHUB_API_URL", GITHUB_API), ("GITHUB_SERVER_URL", GITHUB_SERVER))
    return GitHubTokens(
        hosts=frozenset(host_of(environ.get(name) or default) for name, default in addresses),
        repository=Credential(_GIT_USER, repository) if repository else None,
        workflow=Credential(_GIT_USER, workflow) if workflow else None,
        own=environ.get("GITHUB_REPOSITORY", "") if environ.get("GITHUB_ACTIONS") == "true" else "",
        app=app,
    )


def _app(environ: Mapping[str, str], problems: list[Problem]) -> AppKey | None:
    client, key = environ.get("ROBOT_ACTION_APP_CLIENT_ID", ""), _private_key(environ)
    if not client and not key:
        return None
    if not client or not key:
        message = "of a GitHub App only {} is set, and both are needed"
        problems.append(Problem(message.format("ROBOT_ACTION_APP_CLIENT_ID" if client else "ROBOT_ACTION_APP_PRIVATE_KEY"), hint=_APP_HINT))
        return None
    if not re.fullmatch(r"[A-Za-z0-9.]{1,64}", client):
        problems.append(Problem("ROBOT_ACTION_APP_CLIENT_ID is no client id of a GitHub App", hint=_APP_HINT))
    if not re.fullmatch(_PEM, key):
        problems.append(Problem("ROBOT_ACTION_APP_PRIVATE_KEY is no private key in PEM", hint=_APP_HINT))
    return AppKey(client, key)


def _private_key(environ: Mapping[str, str]) -> str:
    """Return the App's key with real line breaks: stores for secrets often keep one line."""
    return environ.get("ROBOT_ACTION_APP_PRIVATE_KEY", "").replace("\\n", "\n").replace("\r", "").strip()


def _named(environ: Mapping[str, str]) -> dict[str, Credential]:
    """Return the tokens whose variables name their host; ``user:password`` is both."""
    named = {}
    for name, value in environ.items():
        if value and name.startswith(TOKEN_PREFIX) and name != TOKEN_PREFIX:
            user, colon, password = value.partition(":")
            named[name.removeprefix(TOKEN_PREFIX).casefold()] = Credential(user, password) if colon else Credential("", value)
    return named


def secret_names(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the variables that no program which we start may inherit: tokens, inputs, and what the runner's own services take."""
    return tuple(name for name in environ if name in _SECRET or name.startswith((TOKEN_PREFIX, *_PRIVATE_PREFIXES)))


def secrets_of(environ: Mapping[str, str]) -> frozenset[str]:
    """Return every token in the environment, for those who must show a text before the settings are known to be sound."""
    values = [*(environ.get(name, "") for name in _SECRET), _private_key(environ)]
    values += [value.partition(":")[2] or value for name, value in environ.items() if name.startswith(TOKEN_PREFIX)]
    return frozenset(filter(None, values))
