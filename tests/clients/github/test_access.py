"""What is shown to GitHub for pull requests; Apps and their tokens are tried in `test_app`."""

from __future__ import annotations

from typing import Any, cast

from robot_action.clients.github.access import Access, Proposing
from robot_action.model.credentials import Credential, Credentials, GitHubTokens, Use


class Ring:
    """Remembers for what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Use, str]] = []
        self.secrets = frozenset({"secret"})

    def find(self, url: str, use: Use = Use.LOOK, about: str = "") -> Credential | None:
        assert url == "https://api"
        self.asked.append((use, about))
        return None


def test_everything_takes_the_rights_of_a_proposal_but_reading_and_making() -> None:
    ring = Ring()
    proposing = Proposing(ring)
    for use in (Use.LOOK, Use.WRITE, Use.PROPOSE, Use.FETCH, Use.CREATE):
        assert proposing.find("https://api", use, "acme/demo") is None
    assert [use for use, _ in ring.asked] == [Use.PROPOSE] * 3 + [Use.FETCH, Use.CREATE]
    assert proposing.secrets == {"secret"}


def test_once_workflow_files_are_written_everything_there_takes_that_right() -> None:
    ring = Ring()
    proposing = Proposing(ring)
    proposing.find("https://api", Use.WORKFLOWS, "acme/demo")
    proposing.find("https://api", Use.WRITE, "Acme/Demo")
    proposing.find("https://api", Use.FETCH, "acme/demo")
    proposing.find("https://api", Use.WRITE, "acme/other")
    assert [use for use, _ in ring.asked] == [Use.WORKFLOWS, Use.WORKFLOWS, Use.FETCH, Use.PROPOSE]


def test_without_an_app_the_operators_token_is_shown_and_there_is_nothing_to_revoke() -> None:
    access = Access(Credentials(github=GitHubTokens(repository=Credential("x", "secret"))), cast("Any", None))
    access.close()
    assert access.secrets == {"secret"}
