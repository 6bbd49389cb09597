"""Line ends as in a work tree; `tests.render.test_copier` compares them with what Copier reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.model.tree import Entry, Mode, Tree
from robot_action.ports import Ports
from robot_action.sources.checkout import checked_out
from tests.testbed.git_bed import make_client, make_ports


@pytest.fixture
def ports(tmp_path: Path) -> Ports:
    return make_ports(tmp_path, make_client())


def test_files_get_the_line_ends_that_they_want(ports: Ports) -> None:
    tree = Tree(
        {
            ".gitattributes": Entry(Mode.FILE, b"*.bat eol=crlf\n*.bin -text eol=crlf\n"),
            "a.bat": Entry(Mode.EXECUTABLE, b"a\nb\r\n"),
            "a.bin": Entry(Mode.FILE, b"a\n"),
            "link.bat": Entry(Mode.LINK, b"a\n"),
        }
    )
    assert dict(checked_out(ports, tree)) == {**tree, "a.bat": Entry(Mode.EXECUTABLE, b"a\r\nb\r\n")}


@pytest.mark.parametrize("text", [b"* text=auto\n*.sh eol=lf\n", b""])
def test_git_is_asked_only_where_it_can_matter(ports: Ports, text: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(ports.git), "attributes", None)
    tree = Tree({".gitattributes": Entry(Mode.FILE, text), "a": Entry(Mode.FILE, b"a\n"), "crlf/.gitattributes": Entry(Mode.LINK, b"crlf")})
    assert checked_out(ports, tree) is tree
