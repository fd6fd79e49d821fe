"""The entry point of ``gangway``, and of ``python -m gangway_server``."""

import os
import signal
import sys

from gangway_server import java, runtime

_FAILED = 1
"""The exit code of an error in what is around Gangway; the jar has the others."""


def main():
    """Becomes the jar's script, and that becomes the JVM: its signals, exit code, standard streams and process id are those of the command."""
    _restore_signals()
    try:
        _check_system()
        program = runtime.find(os.environ)
        os.execve(java.SHELL, java.command_line(program, sys.argv[1:]), _environment())
    except runtime.CannotRun as problem:
        print(f"gangway: {problem}", file=sys.stderr)
    except OSError as problem:
        print(f"gangway: {java.SHELL} cannot be started: {problem.strerror}. Fix: install a shell there", file=sys.stderr)
    return _FAILED


def _restore_signals():
    """Python ignores two signals, and exec would hand that on; before exec, Ctrl-C ends the command without a traceback."""
    for name in ("SIGPIPE", "SIGXFSZ"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _check_system():
    if os.name != "posix":
        raise runtime.CannotRun(
            "Gangway does not run on Windows: its workers need fork and Unix sockets."
            " Fix: use Linux, for example in WSL or in a container"
        )


def _environment():
    """In a virtual environment, that is the default of --venv, also if another one is active."""
    environment = dict(os.environ)
    if sys.prefix != sys.base_prefix:
        environment["VIRTUAL_ENV"] = sys.prefix
    return environment


if __name__ == "__main__":
    sys.exit(main())
