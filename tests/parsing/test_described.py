"""What ``git describe`` says, as versions; `tests/oracles/test_copier_migrations.py` compares them with Copier's own."""

from __future__ import annotations

import pytest

from robot_action.parsing.described import described_version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v1.0.0", "1.0.0"),
        ("2024", "2024"),
        ("v2.1-beta.2", "2.1b2"),
        ("v1.0.0-2-g8ac487d", "1.0.0.post2.dev0+8ac487d"),
        ("v2.0.0rc1-1-gc1b6777", "2.0.0rc1.post1.dev0+c1b6777"),
        ("v3.1.post1-1-ga44e74a", "3.1.post1.dev1+a44e74a"),
        ("950be9b", "0.0.0.post1.dev0+950be9b"),
        ("latest", None),
        ("latest-1-g1821587", None),
        ("", None),
    ],
)
def test_versions(text: str, version: str | None) -> None:
    found = described_version(text)
    assert (str(found) if found else None) == version


@pytest.mark.parametrize("text", ["9" * 5000, f"v1.0-{'9' * 5000}-gabcdef0"])
def test_a_number_of_thousands_of_digits_is_none(text: str) -> None:
    assert described_version(text) is None
