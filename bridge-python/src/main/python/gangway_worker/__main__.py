"""Starts the launcher. Its configuration is one line of JSON on standard input: a command line is no place for tokens."""

from __future__ import annotations

import os
import sys


def _leave_package_directory() -> None:
    """Started by its path, a script has its own directory first on ``sys.path``: there ``input`` and ``logs`` would shadow
    the application's modules of that name. The package's parent goes last instead, where it shadows nothing."""
    package = os.path.dirname(os.path.abspath(__file__))
    parent = os.path.dirname(package)
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) not in (package, parent)]
    sys.path.append(parent)


if __name__ == "__main__":  # and not when multiprocessing imports it anew in a child
    _leave_package_directory()
    from gangway_worker.launcher import main

    sys.exit(main())
