from __future__ import annotations

from robot_action.reporting.counting import counted


def test_progress_in_bytes_and_in_things() -> None:
    assert counted("bytes of demo.whl", 1_200_000, 3_400_000) == "1.2 MB of 3.4 MB of demo.whl"
    assert counted("bytes", 1, 2) == "1 B of 2 B"
    assert counted("files", 3, 7) == "3 of 7 files"
