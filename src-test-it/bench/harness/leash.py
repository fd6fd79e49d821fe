"""Holds a server: ends it, and every process that it has started, when standard input ends.

That is when the script closes it or is killed. Run as ``python leash.py COMMAND ARGUMENT …``; the server's processes are
those below this one, also if their own parents have ended (PR_SET_CHILD_SUBREAPER, prctl(2)).
"""

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
#: How long a server may take to end by itself.
GRACE_SECONDS = 5


def descendants(pid):
    """The pids of all processes below one."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as stat:
                    parents[int(name)] = int(stat.read().rpartition(")")[2].split()[1])
            except OSError:
                pass  # it has ended
    below, generation = [], {pid}
    while generation:
        generation = {child for child, parent in parents.items() if parent in generation}
        below += generation
    return below


def _send(number, pids):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def _end(server):
    _send(signal.SIGTERM, [server.pid])
    limit = time.monotonic() + GRACE_SECONDS
    while descendants(os.getpid()) and time.monotonic() < limit:
        time.sleep(0.05)
    _leave(0)


def _leave(code):
    """A process may start another one while it is looked for: until none is left."""
    while left := descendants(os.getpid()):
        _send(signal.SIGKILL, left)
        time.sleep(0.01)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
    os._exit(code)


def main(command):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    # A thousand slow clients and a file for each: as an operator sets LimitNOFILE.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    begin = os.environ.pop("LEASH_BEGIN", None)
    if begin:  # a file for the time of the server's begin, which is later than this process's own
        with open(begin, "w") as file:
            file.write(str(time.monotonic()))
    server = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    )

    def watch():
        while os.read(0, 1):
            pass
        _end(server)

    threading.Thread(target=watch, daemon=True).start()
    while True:
        try:
            pid, status = os.wait()
        except ChildProcessError:
            time.sleep(0.05)  # the other thread has waited for the last one, and is about to leave
            continue
        if pid == server.pid:
            # The script sees that this process has ended, and looks for the reason in the server's output.
            _leave(os.waitstatus_to_exitcode(status) & 0xFF)


if __name__ == "__main__":
    main(sys.argv[1:])
