"""The launcher: forks workers when it is told to, reaps them, and tells how each one ended.

One process for each deployment, and one thread in it, so that forking it is sound. It waits in a single place, for the bridge
and for its children, and for the orphans of those, which nobody else may reap: a JVM in a container is often process 1. When its
connection ends, the JVM is gone: it kills its workers and ends.
"""

from __future__ import annotations

import faulthandler
import os
import resource
import signal
import sys
import time

# By name, and now: a library such as gevent replaces what these modules hold, when the application is imported.
from os import waitpid
from select import POLLIN, poll
from signal import signal as set_handler
from typing import Iterator, NamedTuple, NoReturn, Optional

from gangway_worker import daemons, forks, frames, preload, worker
from gangway_worker.configuration import Configuration
from gangway_worker.connection import Address, Connection, ConnectionLost
from gangway_worker.daemons import DaemonList
from gangway_worker.forks import ForkGuard
from gangway_worker.frames import CHILD, FORK, ProtocolError
from gangway_worker.logs import LogSender

#: Seconds that killed children get to be reaped in; then the launcher leaves them to init.
_REAP_SECONDS = 1


class Birth(NamedTuple):
    """What a worker learns from the FORK that made it."""

    token: str
    slot_file: str
    #: ``time.monotonic()`` of the fork.
    time: float
    #: Where it lists its daemonic children.
    daemons: DaemonList


class Child(NamedTuple):
    """A worker, as its launcher knows it."""

    token: str
    daemons: DaemonList

    def end_daemons(self) -> None:
        """After its own end: its children are ours by now."""
        daemons.kill(self.daemons.read())
        self.daemons.close()


def main() -> int:
    """Runs the launcher, and in its children a worker; returns the exit status."""
    faulthandler.enable(file=2, all_threads=True)
    _detach()
    guard = ForkGuard()
    try:
        configuration = Configuration.parse(sys.stdin.buffer.readline().decode())
        connection = Connection.open(Address(configuration.socket, configuration.token), "launcher")
    except (OSError, TypeError, ValueError) as error:
        print(f"gangway: the launcher cannot start: {error}", file=sys.stderr)
        return 2
    _close_stdin()
    sender = LogSender()
    sender.use(connection)
    application = None
    if configuration.preload:
        application = preload.load(configuration, connection, sender, guard)
    # A child comes back from here, with nothing of the launcher's left on its stack; the launcher itself does not.
    birth = Launcher(connection, sender, guard).run()
    connection.close()
    daemons.list_in(birth.daemons)
    return worker.run(configuration, birth.token, birth.slot_file, birth.time, sender, guard, application)


def _detach() -> None:
    """Leaves the JVM's terminal, and leaves the JVM's signals to it."""
    try:
        os.setsid()
    except OSError:
        pass  # a process group's leader already
    forks.leave_signals_to_the_jvm()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _close_stdin() -> None:
    """What the application reads from stdin is empty, not the bridge's pipe."""
    descriptor = os.open(os.devnull, os.O_RDONLY)
    os.dup2(descriptor, 0)
    os.close(descriptor)


class Launcher:
    """The loop of the launcher."""

    def __init__(self, connection: Connection, sender: LogSender, guard: ForkGuard) -> None:
        self._connection = connection
        self._sender = sender
        self._guard = guard
        self._children: "dict[int, Child]" = {}
        daemons.become_reaper()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        os.set_blocking(self._wake_read, False)
        set_handler(signal.SIGCHLD, forks.ignore)  # without a handler there would be no wake-up
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)

    def run(self) -> Birth:
        """Serves the bridge; returns in each child only."""
        waiting = poll()
        waiting.register(self._connection, POLLIN)
        waiting.register(self._wake_read, POLLIN)
        while True:
            for descriptor, _ in waiting.poll():
                if descriptor == self._wake_read:
                    self._reap()
                    continue
                try:
                    for frame_type, payload in self._connection.receive_available():
                        birth = self._obey(frame_type, payload)
                        if birth is not None:
                            return birth
                except (ConnectionLost, ProtocolError):
                    self._end()

    def _obey(self, frame_type: int, payload: bytes) -> Optional[Birth]:
        fields = frames.split_fields(FORK, payload)
        if frame_type != FORK or len(fields) != 2:
            raise ProtocolError(f"{frames.NAMES[frame_type]} of {len(fields)} fields to the launcher")
        token, slot_file = fields
        sys.stdout.flush()  # or each child would print it again
        sys.stderr.flush()
        daemon_list = DaemonList()
        try:
            pid = self._guard.fork()
        except OSError as error:
            self._tell(token, 0, "failed", error.errno or 0)
            return None
        if pid == 0:
            self._become_child()
            return Birth(token, slot_file, time.monotonic(), daemon_list)
        self._children[pid] = Child(token, daemon_list)
        self._tell(token, pid, "started", 0)
        return None

    def _become_child(self) -> None:
        signal.set_wakeup_fd(-1)
        set_handler(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _reap(self) -> None:
        try:
            os.read(self._wake_read, 4096)
        except BlockingIOError:
            pass
        # Any child: besides workers there are their orphans, and what a preloaded application has started, which nobody waits for
        # here, for its code does not run any more.
        for pid, status in _ended_children():
            child = self._children.pop(pid, None)
            if child is not None:
                child.end_daemons()
                if os.WIFSIGNALED(status):
                    self._tell(child.token, pid, "signal", os.WTERMSIG(status))
                else:
                    self._tell(child.token, pid, "exit", os.WEXITSTATUS(status))

    def _tell(self, token: str, pid: int, event: str, number: int) -> None:
        self._sender.send(frames.encode_fields(CHILD, (token, str(pid), event, str(number))))

    def _end(self) -> NoReturn:
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)  # none has been reaped yet, so each pid is still our child's
        set_handler(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(_REAP_SECONDS)
        for pid, child in self._children.items():
            waitpid(pid, 0)
            child.end_daemons()
        daemons.kill(daemons.listed())
        os._exit(0)


def _ended_children() -> "Iterator[tuple[int, int]]":
    """Reaps those that have ended: their pids and statuses."""
    while True:
        try:
            pid, status = waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, status
