"""Starts the launcher. Its configuration is one line of JSON on standard input: a command line is no place for tokens. The arguments name the
deployment for readers of `ps`."""

from __future__ import annotations

import os
import sys


def _leave_package_directory() -> None:
    """A script that is started by its path has its own directory first on ``sys.path``: ``input`` and ``logs`` in it would shadow
    the application's modules of that name. So the directory is removed, and the package's parent goes last, where it shadows nothing."""
    package = os.path.dirname(os.path.abspath(__file__))
    parent = os.path.dirname(package)
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) not in (package, parent)]
    sys.path.append(parent)


if __name__ == "__main__":  # and not when multiprocessing imports this module again in a child
    _leave_package_directory()
    del sys.argv[1:]  # an application that reads its arguments would take them for its own
    from gangway_worker.launcher import main

    sys.exit(main())
