from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import requests

from tests.testbed import programs
from tests.testbed.programs import Emulator, PythonIndex


def wheel(folder: Path) -> Path:
    path = folder / "demo-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("demo-0.1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: demo\nVersion: 0.1.0\n")
        archive.writestr("demo-0.1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("demo-0.1.0.dist-info/RECORD", "")
    return path


def upload(index: PythonIndex, path: Path, password: str) -> int:
    fields = {":action": "file_upload", "name": "demo", "version": "0.1.0"}
    with path.open("rb") as file, requests.Session() as session:
        session.trust_env = False
        answer = session.post(index.url, data=fields, files={"content": (path.name, file)}, auth=(index.user, password), timeout=10)
    return answer.status_code


def test_uploads_need_the_password_and_never_replace_a_file(python_index: PythonIndex, tmp_path: Path) -> None:
    assert upload(python_index, wheel(tmp_path), "wrong") in {401, 403}
    assert python_index.files == []
    assert upload(python_index, wheel(tmp_path), python_index.password) == 200
    assert upload(python_index, wheel(tmp_path), python_index.password) == 409
    assert python_index.files == ["demo-0.1.0-py3-none-any.whl"]


def test_pip_finds_what_was_uploaded(python_index: PythonIndex, tmp_path: Path) -> None:
    upload(python_index, wheel(tmp_path), python_index.password)
    arguments = [
        "--isolated",
        "download",
        "--no-deps",
        "--disable-pip-version-check",
        "--index-url",
        python_index.simple,
        "--dest",
        str(tmp_path / "got"),
        "demo",
    ]
    subprocess.run([sys.executable, "-m", "pip", *arguments], check=True, capture_output=True)
    assert (tmp_path / "got/demo-0.1.0-py3-none-any.whl").exists()


def test_each_test_begins_with_an_empty_index(python_index: PythonIndex) -> None:
    assert python_index.files == []


def test_passwords_are_in_no_repr(python_index: PythonIndex, emulate_server: Emulator) -> None:
    assert python_index.password not in repr(python_index)
    assert emulate_server.token not in repr(emulate_server)


def test_the_emulator_knows_the_user_and_the_organisation(emulate_server: Emulator) -> None:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {emulate_server.token}"
        assert session.get(f"{emulate_server.api_url}/user", timeout=10).json()["login"] == "robot"
        assert session.get(f"{emulate_server.api_url}/orgs/acme", timeout=10).status_code == 200


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", "import sys; sys.exit('no such option: {port}')"]
    with pytest.raises(RuntimeError, match="no such option"), programs._running(arguments, tmp_path, "/"):
        pytest.fail("it started")
