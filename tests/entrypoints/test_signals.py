from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from robot_action.entrypoints.signals import ENDING, undisturbed


@pytest.mark.parametrize("number", ENDING)
def test_what_is_begun_is_finished_and_signals_count_again_afterwards(number: int) -> None:
    seen: list[int] = []
    before = signal.signal(number, lambda number, _: seen.append(number))
    try:
        with undisturbed():
            os.kill(os.getpid(), number)
        assert seen == []
        os.kill(os.getpid(), number)
        assert seen == [number]
    finally:
        signal.signal(number, before)


def test_a_process_may_ignore_them_to_its_end() -> None:
    program = (
        "import os\n"
        "from robot_action.entrypoints.signals import ENDING, ignore_signals\n"
        "ignore_signals()\n"
        "[os.kill(os.getpid(), number) for number in ENDING]\n"
        "print('still here')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "still here\n")
