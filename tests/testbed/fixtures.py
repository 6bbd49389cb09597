"""The test bed's servers as fixtures; `tests/testbed/README.md` says what each one offers."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.testbed import install, nursery, programs
from tests.testbed.contract import Contract
from tests.testbed.git_server import GitServer
from tests.testbed.github_apps import APP_ROUTES
from tests.testbed.github_fake import GitHubFake
from tests.testbed.github_objects import OBJECT_ROUTES
from tests.testbed.github_pulls import PULL_ROUTES
from tests.testbed.github_routes import ROUTES

TOKEN = f"github-token-{secrets.token_hex(4)}"
"""Another one in each test process, so that what one finds of another's is not taken for its own."""


@dataclass(frozen=True, slots=True)
class GitHubBed:
    """GitHub's API and git server, with tokens that differ in what they may do.

    Attributes:
        fake: the API, for settings, faults and assertions; ``git``: its git server.
        token: of the user ``robot``, who administers the organisations ``acme`` and ``closed``.
        workflow_token: as a workflow's own ``GITHUB_TOKEN`` for ``acme/platform``: it creates nothing.
        app_token: of a GitHub App's installation with administration rights.
        reader_token: of ``robot`` again, with reading rights alone.
        unauthorised_token: of ``robot``, without the organisation's single sign-on.
    """

    fake: GitHubFake
    git: GitServer
    token: str = field(default=TOKEN, repr=False)
    workflow_token: str = field(default="ghs_workflow_3b77c0", repr=False)
    app_token: str = field(default="ghs_app_d40e1f", repr=False)
    reader_token: str = field(default="github-reader-08aa52", repr=False)
    unauthorised_token: str = field(default="github-unauthorised-6e1d9b", repr=False)

    @property
    def api_url(self) -> str:
        """What ``GITHUB_API_URL`` is set to."""
        return self.fake.url

    @property
    def server_url(self) -> str:
        """What ``GITHUB_SERVER_URL`` is set to."""
        return self.git.url

    @property
    def environment(self) -> dict[str, str]:
        """What a run of the program needs in its environment."""
        return {"GITHUB_API_URL": self.api_url, "GITHUB_SERVER_URL": self.server_url, "GITHUB_TOKEN": self.token}

    @property
    def tokens(self) -> tuple[str, ...]:
        """Every token, none of which may ever be seen."""
        return (self.token, self.workflow_token, self.app_token, self.reader_token, self.unauthorised_token)


def require_installed() -> None:
    """Fail with the command to run when the parts from npm are missing."""
    if not install.is_installed():
        pytest.fail("the test bed's parts from npm are not installed: run 'make setup'", pytrace=False)


@pytest.fixture
def git_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitServer]:
    with GitServer(tmp_path_factory.mktemp("git-server"), {"write-token": "write", "read-token": "read"}) as server:
        yield server


@pytest.fixture(scope="session")
def github_contract() -> Contract:
    require_installed()
    return Contract.load(install.description())


@pytest.fixture
def github(tmp_path_factory: pytest.TempPathFactory, github_contract: Contract) -> Iterator[GitHubBed]:
    root = tmp_path_factory.mktemp("github")
    with GitServer(root) as git, GitHubFake(git, github_contract, (*ROUTES, *APP_ROUTES, *OBJECT_ROUTES, *PULL_ROUTES)) as fake:
        bed = GitHubBed(fake, git)
        fake.add_account("robot")
        fake.add_account("mona")
        fake.add_account("acme-robot")
        fake.add_account("github-actions")
        fake.add_account("acme", is_organisation=True, teams={"platform", "security"})
        fake.add_account("closed", is_organisation=True, forbids_public=True)
        fake.add_token(bed.token, login="robot")
        fake.add_token(
            bed.workflow_token, login="github-actions", is_installation=True, administers=False, reach=frozenset({"acme/platform"})
        )
        fake.add_token(bed.app_token, login="acme-robot", is_installation=True)
        fake.add_token(bed.reader_token, login="robot", administers=False)
        fake.add_token(bed.unauthorised_token, login="robot", lacks_sso=True)
        yield bed
        assert not fake.violations, "\n".join(fake.violations)


@pytest.fixture(scope="session")
def running_python_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[programs.PythonIndex]:
    with programs.python_index(tmp_path_factory.mktemp("python-index")) as index:
        yield index


@pytest.fixture
def python_index(running_python_index: programs.PythonIndex) -> programs.PythonIndex:
    running_python_index.clear()
    return running_python_index


@pytest.fixture(scope="session")
def emulate_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[programs.Emulator]:
    require_installed()
    with programs.emulator(tmp_path_factory.mktemp("emulate")) as server:
        yield server


@pytest.fixture
def real_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs start their workers as users' runs do."""
    monkeypatch.setattr(nursery, "REAL_WORKERS", True)
