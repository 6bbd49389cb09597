from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.errors import Problem
from robot_action.parsing.manifest_problems import check_document
from robot_action.parsing.manifest_schema import Place
from robot_action.parsing.yaml_text import read_documents

PLACE = Place(Path("/srv/platform/projects"), Path("/srv/platform"))
GOOD = "schema: 1\nname: a\ntemplate: ./t\n"


def check(text: str) -> tuple[Problem, ...]:
    (document,), _ = read_documents(text.encode(), "m.yml")
    return check_document(document, PLACE)[1]


def told(text: str) -> list[str]:
    return [f"{problem.position}: {problem.message}" for problem in check(text)]


def test_a_good_document_has_a_model_and_no_problem() -> None:
    (document,), _ = read_documents(GOOD.encode(), "m.yml")
    model, problems = check_document(document, PLACE)
    assert problems == ()
    assert model is not None
    assert model.name == "a"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- 1", ["m.yml:1:1: a mapping is wanted, not a list"]),
        ("null", ["m.yml:1:1: a mapping is wanted, not nothing"]),
        ("schema: 2\nfuture: 1\nname: 3", ["m.yml:1:9: schema: this version reads manifests of schema 1, not the number 2"]),
        ("schema: '1'\nname: a\ntemplate: ./t", ["m.yml:1:9: schema: this version reads manifests of schema 1 only"]),
        ("schema: true\nname: a\ntemplate: ./t", ["m.yml:1:9: schema: this version reads manifests of schema 1 only"]),
        ("schema: 0\nname: a\ntemplate: ./t", ["m.yml:1:9: schema: this version reads manifests of schema 1 only"]),
        ("name: a\ntemplate: ./t", ["m.yml:1:1: the key 'schema' is missing"]),
        ("schema: 1\nname: a", ["m.yml:1:1: the key 'template' is missing"]),
        ("schema: 1\nname: a\ntemplate:", ["m.yml:3:1: template: there is no value"]),
        ("schema: 1\ntemplate: ./t", ["m.yml:1:1: there is neither a name nor a repository"]),
        ("schema: 1\ntemplate: ./t\nname: a.b", ["m.yml:3:7: name: only names of repositories may have dots, not 'a.b'"]),
    ],
)
def test_documents_that_are_no_manifest(text: str, said: list[str]) -> None:
    assert told(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cloud-build: {}", "m.yml:4:1: cloud-build is not supported yet by this version"),
        ("trust: true", "m.yml:4:1: trust is the operator's word, never a manifest's"),
        ("zzz: 1", "m.yml:4:1: unknown key 'zzz'"),
        ("versoin: '1'", "m.yml:4:1: unknown key 'versoin'"),
        ("description:", "m.yml:4:1: description: there is no value"),
        ("description: no", "m.yml:4:14: description: a text is wanted, not 'no', which YAML reads as false"),
        ("description: {a: 1}", "m.yml:4:14: description: a text is wanted, not a mapping"),
        ("version: 1.0", "m.yml:4:10: version: a text is wanted, not the number 1.0"),
        ("version: x", "m.yml:4:10: version: 'x' is neither a PEP 440 nor a semantic version"),
        ("kind: 3", "m.yml:4:7: kind: project or component is wanted, not the number 3"),
        ("kind: projct", "m.yml:4:7: kind: 'projct' is not known here"),
        ("kind: component", "m.yml:4:7: kind: a component needs a description"),
        ("data: []", "m.yml:4:7: data: a mapping is wanted, not a list"),
        ("destination: /etc", "m.yml:4:14: destination: the path '/etc' must be relative, with '/' between its parts"),
        ("destination: 3", "m.yml:4:14: destination: a text is wanted, not the number 3"),
        ("install: uv sync", "m.yml:4:10: install: a list or a mapping is wanted, not the text 'uv sync'"),
        ("install: [a && b]", "m.yml:4:11: install.0: the command 'a && b' has the shell operator '&&'"),
        ("install: {commands: [a, 3]}", "m.yml:4:25: install.commands.1: a command is a text, or a list of texts"),
        ("install: {comands: [a], commands: [b]}", "m.yml:4:11: unknown key 'comands' in install"),
        ("install: {commands: [a], timeout: 2d}", "m.yml:4:35: install.timeout: '2d' is no duration between 0 and 24 hours"),
        ("install: [" + "a," * 101 + "]", "m.yml:4:10: install: there are more than 100"),
        ("author: {name: A}", "m.yml:4:9: author: the key 'email' is missing"),
        ("author: {name: A, email: x}", "m.yml:4:26: author.email: 'x' is no e-mail address"),
        ("author: A", "m.yml:4:9: author: a mapping is wanted, not the text 'A'"),
        ("repository: x", "m.yml:4:13: repository: 'x' is no repository name"),
        ("repository: 3", "m.yml:4:13: repository: a text or a mapping is wanted, not the number 3"),
        ("repository: {}", "m.yml:4:13: repository: the key 'name' is missing"),
        ("repository: {name: a/b, host: gitlab}", "m.yml:4:31: repository.host: 'gitlab' is not supported yet by this version"),
        ("repository: {name: a/b, host: githb}", "m.yml:4:31: repository.host: 'githb' is not known here"),
        ("repository: {name: a/b, host: local}", "m.yml:4:13: repository: local needs a path"),
        ("repository: {name: a/b, path: ./x}", "m.yml:4:25: repository.path: only local has a path, not github"),
        ("repository: {name: a/b, default_branch: x}", "m.yml:4:25: unknown key 'default_branch' in repository"),
        (
            "repository: {name: a/b, default-branch: -x}",
            "m.yml:4:41: repository.default-branch: the branch '-x' is no name that git accepts",
        ),
        ("repository: {name: a/b, visibility: Public}", "m.yml:4:37: repository.visibility: 'Public' is not known here"),
        ("repository: {name: a/b, homepage: ftp://x}", "m.yml:4:35: repository.homepage: 'ftp://x' is no http or https URL"),
        ("repository: {name: a/b, topics: [A]}", "m.yml:4:34: repository.topics.0: 'A' is no valid topic"),
        ("repository: {name: a/b, topics: [" + "a," * 21 + "]}", "m.yml:4:33: repository.topics: there are more than 20"),
        ("repository: {name: a/b, merge: {squash: 1}}", "m.yml:4:41: repository.merge.squash: true or false is wanted, not the number 1"),
        ("repository: {name: a/b, merge: {sqash: true}}", "m.yml:4:33: unknown key 'sqash' in repository.merge"),
        ("repository: {name: a/b, teams: {x y: push}}", "m.yml:4:33: repository.teams.x y: 'x y' is no team's slug and no user's login"),
        ("repository: {name: a/b, teams: {x: write}}", "m.yml:4:36: repository.teams.x: the role 'write' is called 'push' by GitHub's API"),
        ("repository: {name: a/b, collaborators: [x]}", "m.yml:4:40: repository.collaborators: a mapping is wanted, not a list"),
        ("publish: {to: pypi}", "m.yml:4:10: publish: a list is wanted, not a mapping"),
        ("publish: [pypi]", "m.yml:4:11: publish.0: a mapping is wanted, not the text 'pypi'"),
        ("publish: [{to: npm}]", "m.yml:4:16: publish.0.to: 'npm' is not supported yet by this version"),
        ("publish: [{too: pypi, to: pypi}]", "m.yml:4:12: unknown key 'too' in publish.0"),
        ("publish: [{to: []}]", "m.yml:4:16: publish.0.to: pypi or local is wanted, not a list"),
        ("publish: [{to: local}]", "m.yml:4:11: publish.0: local needs a path"),
        ("publish: [{to: local, path: ./x, url: https://x}]", "m.yml:4:34: publish.0.url: the index local has a path, and no address"),
        ("publish: [{to: pypi, path: ./x}]", "m.yml:4:22: publish.0.path: only local has a path, not pypi"),
        ("publish: [{to: pypi, url: https://me:hunter2@x}]", "m.yml:4:27: publish.0.url: the URL holds a user name, token or password"),
        ("version: 1.0.0-x\npublish: [{to: pypi}]", "m.yml:4:10: version: '1.0.0-x' is no PEP 440 version, which a Python index needs"),
        ("tag: x", "m.yml:4:6: tag: the tag 'x' does not hold {version}"),
        ("tag: 3", "m.yml:4:6: tag: true, false or a text is wanted, not the number 3"),
        ("requires: abc", "m.yml:4:11: requires: 'abc' is no range of versions"),
    ],
)
def test_each_problem_names_its_place_and_the_offending_text(text: str, said: str) -> None:
    assert told(GOOD + text) == [said]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("versoin: '1'", "Did you mean 'version'?"),
        ("default_branch: x", None),
        ("kind: componnt", "Did you mean 'component'?"),
        ("version: 1.0", "Quote it: '1.0'"),
        ("repository: {name: a/b, default_branch: x}", "Did you mean 'default-branch'?"),
        ("repository: {name: a/b, visibility: zzz}", "Write private, public or internal."),
        ("publish: [{to: npm}]", "Write pypi or local."),
        ("install: uv sync", None),
    ],
)
def test_a_mistyped_word_gets_a_suggestion(text: str, hint: str | None) -> None:
    (problem,) = check(GOOD + text)
    if hint is None:
        assert problem.hint is None or problem.hint.startswith("The keys here are ")
    else:
        assert problem.hint == hint


def test_answers_may_be_nothing() -> None:
    assert told(GOOD + "data: {a: null, b: {c: null}}") == []


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("- 1", "Write lines of key: value."),
        ("name: a\ntemplate: ./t", "Write schema: 1."),
        ("schema: 1\nname: a", "Write template: and a folder (./template), gh:owner/name,"),
        (GOOD + "repository: {host: github}", "Write name: owner/name."),
        (GOOD + "publish: [{}]", "Write to: pypi, or to: local."),
        (GOOD + "author: {name: A}", "An author has a name and an email."),
        (GOOD + "install: {timeout: 5s}", "Write commands: and a list."),
        ("schema: 1\nname: a\ntemplate: gh:acme", "Name the repository too."),
        ("schema: 1\nname: a\ntemplate: gh:acme/b/c", "Name a folder of it as #subdirectory=path."),
    ],
)
def test_what_is_missing_is_told_how_to_write(text: str, hint: str) -> None:
    (problem,) = check(text)
    assert (problem.hint or "").startswith(hint)


def test_a_wrong_name_with_a_dot_is_told_once() -> None:
    assert told("schema: 1\nname: 9.b\ntemplate: ./t") == ["m.yml:2:7: name: '9.b' is no valid name"]
    assert told("schema: 1\nname: 9.b\nrepository: a/b\ntemplate: ./t") == ["m.yml:2:7: name: '9.b' is no valid name"]


def test_a_destination_that_does_not_count_may_lead_anywhere() -> None:
    (document,), _ = read_documents((GOOD + "destination: ../../../x").encode(), "m.yml")
    assert check_document(document, PLACE)[1]
    model, problems = check_document(document, Place(PLACE.folder, PLACE.root, has_destination=False))
    assert (problems, model and model.destination) == ((), Path("/x"))
