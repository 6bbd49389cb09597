from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from robot_action.errors import InputError, Position
from robot_action.model.source import Source, SourceKind
from robot_action.parsing.source import as_given, check_source, parse_source, with_ref
from robot_action.parsing.wording import RuleError

FOLDER = Path("/srv/platform/projects")


def parse(text: str) -> Source:
    return parse_source(text, FOLDER)


@pytest.mark.parametrize(
    ("text", "location"),
    [
        ("./service", "/srv/platform/projects/service"),
        ("../templates/service/", "/srv/platform/templates/service"),
        ("/opt/templates", "/opt/templates"),
        ("//opt/templates", "/opt/templates"),
        (".", "/srv/platform/projects"),
        ("..", "/srv/platform"),
        ("./a@v1", "/srv/platform/projects/a@v1"),
        ("./a#b", "/srv/platform/projects/a#b"),
    ],
)
def test_folders_become_absolute_and_keep_their_signs(text: str, location: str) -> None:
    assert parse(text) == Source(SourceKind.DIRECTORY, location, text)


@pytest.mark.parametrize(
    ("text", "location"),
    [
        ("gh:acme/templates", "https://github.com/acme/templates"),
        ("gl:acme/group/templates", "https://gitlab.com/acme/group/templates"),
        ("https://git.acme.example/templates.git", "https://git.acme.example/templates.git"),
        ("https://Git.Acme.Example:443/T/", "https://git.acme.example/T"),
        ("https://git.acme.example:8443/t", "https://git.acme.example:8443/t"),
        ("https://127.0.0.1:8443/t", "https://127.0.0.1:8443/t"),
        ("https://[::1]:8443/t", "https://[::1]:8443/t"),
        ("git+https://git.acme.example/t", "https://git.acme.example/t"),
        ("git+ssh://git@git.acme.example/t", "ssh://git@git.acme.example/t"),
        ("ssh://git.acme.example:22/t", "ssh://git.acme.example/t"),
        ("http://localhost:3000/a/t.git", "http://localhost:3000/a/t.git"),
        ("file:///srv/git/t.git", "file:///srv/git/t.git"),
        ("file://localhost/srv/git/t.git", "file:///srv/git/t.git"),
        ("git@github.com:acme/templates.git", "git@github.com:acme/templates"),
        ("git@git.acme.example:/srv/t.git", "git@git.acme.example:/srv/t.git"),
        ("https://git.acme.example/@scope/t", "https://git.acme.example/@scope/t"),
        ("https://git.acme.example/my%20group/t", "https://git.acme.example/my%20group/t"),
    ],
)
def test_git_sources_are_normalised(text: str, location: str) -> None:
    assert parse(text) == Source(SourceKind.GIT, location, text)


@pytest.mark.parametrize(
    "text",
    ["gh:a/b", "https://github.com/a/b", "https://github.com/a/b.git", "https://GitHub.com/a/b/", "git+https://github.com:443/a/b.git"],
)
def test_one_repository_on_github_has_one_identity(text: str) -> None:
    assert parse(text).normalised == "https://github.com/a/b"


@pytest.mark.parametrize(
    ("text", "ref", "versions"),
    [
        ("gh:a/b@v2.1.0", "v2.1.0", None),
        ("gh:a/b@feature/x", "feature/x", None),
        ("gh:a/b@>=2,<3", None, "<3,>=2"),
        ("gh:a/b@~=1.2", None, "~=1.2"),
        ("git@h:a/b@main", "main", None),
        ("https://h/@s/b@pkg@1.0", "pkg@1.0", None),
    ],
)
def test_an_at_sign_names_a_ref_or_a_range(text: str, ref: str | None, versions: str | None) -> None:
    assert (parse(text).ref, parse(text).versions) == (ref, versions)


@pytest.mark.parametrize("text", ["gh:a/b", "./t", "git@h:b"])
def test_a_subdirectory_is_part_of_the_identity(text: str) -> None:
    source = parse(f"{text}#subdirectory=python/service/")
    assert source.subdirectory == "python/service"
    assert source.normalised == f"{source.location}#subdirectory=python/service"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("x" * 3000, "longer than 2048"),
        ("gh:a/b\n", "cannot be printed"),
        ("./\x1b[31m", "cannot be printed"),
        ("./\ud800", "cannot be printed"),
        ("python-service", "catalogs are not supported yet"),
        ("python-service@v1", "catalogs are not supported yet"),
        ("pypi:acme-template==1.2", "Python packages as template sources are not supported yet"),
        ("npm:@acme/template@^1", "npm packages as template sources are not supported yet"),
        ("https://h/t.tar.gz", "archives as template sources are not supported yet"),
        ("https://h/t.tar.gz#sha256=00", "archives as template sources are not supported yet"),
        ("https://h/t#sha256=00", "archives as template sources are not supported yet"),
        ("~/templates", "'~' is not expanded"),
        ("templates/service", "none of the known forms"),
        ("C:\\templates", "none of the known forms"),
        ("gh:a", "does not have the form gh:owner/name"),
        ("gh:a/b/c", "does not have the form gh:owner/name"),
        ("gl:a", "does not have the form gl:group/name"),
        ("gh:a/..", "no valid path"),
        ("gh:a/b?c", "no valid path"),
        ("git@h:b?c", "no valid path"),
        ("ftp://h/t", "scheme 'ftp' is not supported"),
        ("git://h/t", "scheme 'git' is not supported"),
        ("https://h/", "no valid path"),
        ("https://h/a//b", "no valid path"),
        ("https://h/../b", "no valid path"),
        ("https://h/%2e%2e/b", "no valid path"),
        ("https://h/a b", "no valid path"),
        ("https:///b", "no valid host"),
        ("https://h_/b", "no valid host"),
        ("https://h:x/b", "no valid host and port"),
        ("https://h:0/b", "no valid host"),
        ("https://h:/b", "no valid host"),
        ("https://[::1/b", "no valid host and port"),
        ("https://bücher.example/b", "no valid host"),
        ("git@h::b", "no valid user and host"),
        ("file://server/b", "absolute path on this machine"),
        ("file:///", "absolute path on this machine"),
        ("gh:a/b@", "no name that git accepts"),
        ("gh:a/b@a..b", "no name that git accepts"),
        ("gh:a/b@HEAD~2", "no name that git accepts"),
        ("gh:a/b@>=x", "no range of versions"),
        ("gh:a/b#", "subdirectory=PATH only"),
        ("gh:a/b#subdirectory=", "subdirectory=PATH only"),
        ("gh:a/b#egg=x", "subdirectory=PATH only"),
        ("gh:a/b#subdirectory=../x", "leads out with '..'"),
        ("gh:a/b#subdirectory=/x", "is absolute"),
        ("./a#subdirectory=.git", "takes for .git"),
        ("https://h/t?ref=x", "has a query"),
    ],
)
def test_what_is_no_source_is_told_why(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_source(text, FOLDER, Position("m.yml", 3, 11))
    (problem,) = caught.value.problems
    assert said in problem.message
    assert problem.position == Position("m.yml", 3, 11)


@pytest.mark.parametrize("place", ["python-service", "templates/service"])
def test_a_name_that_may_be_a_folder_gets_the_hint_how_to_write_it(place: str) -> None:
    with pytest.raises(InputError, match=f"./{place}"):
        parse(place)


@pytest.mark.parametrize(
    "text",
    [
        *("--upload-pack=touch x", "-u", "ssh://-oProxyCommand=x/a", "https://-x/a", "git@-oProxyCommand=x:a", "-x@h:a"),
        *("git@h:-x", "gh:-x/y", "gh:a/b@--upload-pack=x", "gh:a/b@-x", "ssh://-x@h/a"),
    ],
)
def test_nothing_in_a_source_becomes_an_option(text: str) -> None:
    with pytest.raises(InputError):
        parse(text)


@pytest.mark.parametrize("text", ["ext::sh -c touch% /tmp/x", "git+ext::x", "fd::17", "::x", "https::x", "EXT::x"])
def test_transport_helpers_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="transport helper"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        *("https://me:hunter2@acme.example/t", "https://hunter2@acme.example/t", "http://hunter2@h/t", "ssh://git:hunter2@h/t"),
        *("https://me:hun/ter2@acme.example/t", "https://me:hunter2@acme.example:99999/t", "git+https://hunter2:x@h/t@v1#subdirectory=x"),
        *("https://acme.example/t?token=hunter2", "git@me:hunter2@h:t", "https://me%3Ahunter2@h/t", "file://hunter2@h/t"),
    ],
)
def test_credentials_are_refused_and_never_shown(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text)
    assert "hunter2" not in str(caught.value)
    assert "ter2" not in str(caught.value)


def test_a_folder_whose_own_path_looks_like_a_subdirectory_is_refused() -> None:
    with pytest.raises(InputError, match="holds '#subdirectory='"):
        parse_source("./x", Path("/srv/a#subdirectory=b"))


@pytest.mark.parametrize("text", ["gh:a/b", "git@h:x#subdirectory=y", "https://h/@s/x@v1"])
@pytest.mark.parametrize("ref", ["main", ">=2,<3", "pkg@1.0"])
def test_a_source_with_a_ref_by_flag_can_be_read_again(text: str, ref: str) -> None:
    changed = with_ref(parse(text), ref)
    assert parse(changed.text) == changed


def test_a_ref_by_flag_replaces_what_the_source_says() -> None:
    source = parse("gh:a/b@v1#subdirectory=x")
    assert with_ref(source, "main").ref == "main"
    assert (with_ref(source, ">=2").ref, with_ref(source, ">=2").versions) == (None, ">=2")
    assert with_ref(source, "main").subdirectory == "x"
    assert with_ref(source, "main").text == "gh:a/b@main#subdirectory=x"
    assert with_ref(parse("./t"), "v1") == Source(SourceKind.DIRECTORY, "/srv/platform/projects/t", "./t", ref="v1")
    with pytest.raises(InputError, match="no name that git accepts"):
        with_ref(source, "--upload-pack=x")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("gh:a/b@v1#subdirectory=x", "gh:a/b"),
        ("gh:a/b", "gh:a/b"),
        ("git@host:a/b@v1", "git@host:a/b"),
        ("https://host/@scope/x@>=1", "https://host/@scope/x"),
        ("git+https://host/x.git@main", "git+https://host/x.git"),
        ("./t", "/srv/platform/projects/t"),
    ],
)
def test_a_source_as_given_is_its_place_alone(text: str, place: str) -> None:
    assert as_given(parse(text)) == place
    assert as_given(with_ref(parse(text), "v9")) == place


PIECES = st.sampled_from(
    [
        *(
            "gh:",
            "gl:",
            "https://",
            "ssh://",
            "file://",
            "git@",
            "git+",
            "github.com",
            "a",
            "b.git",
            "/",
            "..",
            "@",
            "#",
            "subdirectory=",
            ":",
            "::",
        ),
        *("-", ">=2", "%2e", "?", "[::1]", ".tar.gz", "./", " ", "\n", "é", "~", "pypi:"),
    ]
)


@example("gh:a/b.tar.gz")
@example("gl:a/b.zip/")
@example("gh:a/b.zip.git")
@example("gh:a/b.git.git")
@example("https://h/a.zip/")
@settings(max_examples=400, deadline=1000)
@given(st.lists(PIECES | st.text(max_size=2), max_size=9).map("".join))
def test_any_text_is_a_source_or_refused_and_its_identity_is_stable(text: str) -> None:
    try:
        source = check_source(text, FOLDER)
    except RuleError:
        return
    again = check_source(source.normalised, FOLDER)
    assert again.normalised == source.normalised
    assert (again.kind, again.location, again.subdirectory) == (source.kind, source.location, source.subdirectory)
    assert (again.ref, again.versions) == (None, None)
    assert not source.location.startswith("-")
    assert not re.match(r"[A-Za-z0-9+.-]*::", source.location)  # what git takes for a transport helper (transport-helper.c)
