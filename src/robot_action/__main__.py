"""The console script, and the one place where exceptions end."""

from __future__ import annotations

import os
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line; never returns, and never shows a traceback for anything but a bug."""
    from robot_action.entrypoints.boundary import run

    code = run(sys.argv[1:], os.environ)
    sys.exit(code)


if __name__ == "__main__":
    main()
