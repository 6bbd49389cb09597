"""What to show to GitHub: the operator's tokens, or those that an App mints; a `robot_action.ports.Keyring`."""

from __future__ import annotations

from robot_action.clients.github.app import GitHubApp, Surroundings
from robot_action.model.credentials import Credential, Credentials, Use
from robot_action.ports import Keyring


class Access:
    """The operator's credentials, with an App's tokens in the place of the token for repositories.

    Args:
        credentials: what the operator gave, for every host.
        around: what an App needs to mint.
    """

    def __init__(self, credentials: Credentials, around: Surroundings) -> None:
        self._credentials = credentials
        key = credentials.github.app
        self._app = GitHubApp(key, around) if key else None

    def find(self, url: str, use: Use = Use.LOOK, about: str = "") -> Credential | None:
        """Return what is shown; see `robot_action.ports.Keyring.find`."""
        minted = None
        if self._app is not None and self._credentials.app_for(url, use, about) is not None:
            minted = self._app.find(use, about)
        return minted or self._credentials.find(url, use, about)

    @property
    def secrets(self) -> frozenset[str]:
        """The operator's secrets, and every token that was minted."""
        return self._credentials.secrets | (self._app.secrets if self._app else frozenset())

    def close(self) -> None:
        """Revoke what was minted."""
        if self._app is not None:
            self._app.close()


class Proposing:
    """The same for pull requests and their branches: whatever is asked or written there takes the rights of a proposal.

    Once the right to change workflow files was asked for a repository, everything there takes that, too.

    Args:
        keyring: has the credentials.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._with_workflows: set[str] = set()

    def find(self, url: str, use: Use = Use.LOOK, about: str = "") -> Credential | None:
        """Return what is shown; see `robot_action.ports.Keyring.find`."""
        if use is Use.WORKFLOWS:
            self._with_workflows.add(about.casefold())
        elif use in {Use.LOOK, Use.WRITE, Use.PROPOSE}:
            use = Use.WORKFLOWS if about.casefold() in self._with_workflows else Use.PROPOSE
        return self._keyring.find(url, use, about)

    @property
    def secrets(self) -> frozenset[str]:
        """Everything that must not be seen."""
        return self._keyring.secrets
