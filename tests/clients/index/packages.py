"""Packages that are made in memory, for tests that need one and no build."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

from robot_action.model.plan import Artifact


def metadata(name: str = "demo", version: str = "0.1.0") -> bytes:
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nDescription-Content-Type: text/plain\n\nA demo.\n".encode()


def make_wheel(name: str = "demo", version: str = "0.1.0", greeting: str = "hello", padding: int = 0) -> bytes:
    """Return a wheel whose file name is for the caller to choose."""
    files = {
        "demo.py": f"GREETING = '{greeting}'\n".encode(),
        "demo-0.1.0.dist-info/METADATA": metadata(name, version),
        "demo-0.1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "demo-0.1.0.dist-info/RECORD": b"",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path), content)
        if padding:
            archive.writestr(zipfile.ZipInfo("padding"), bytes(padding))
    return packed.getvalue()


def make_sdist(name: str = "demo", version: str = "0.1.0") -> bytes:
    files = {"PKG-INFO": metadata(name, version), "pyproject.toml": b"[project]\n", "demo.py": b"GREETING = 'hello'\n"}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(f"demo-{version}/{path}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def artifact(path: Path, content: bytes) -> Artifact:
    """Write a file as the sandbox would have brought it out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Artifact(path, hashlib.sha256(content).hexdigest(), len(content))


def nothing(*_: object) -> None:
    """Show no progress."""
