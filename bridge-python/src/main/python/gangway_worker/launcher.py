"""The launcher: forks workers when the bridge tells it to, reaps them, and reports how each one ended.

A deployment has one launcher process with one thread, so that forking it is safe. It waits in a single place for the bridge
and for its children, and for their orphans, because no other process may reap these: a JVM in a container is often process 1. When its
connection ends, the JVM is gone: the launcher deletes the request bodies that the JVM had in files, kills its workers and ends.
"""

from __future__ import annotations

import faulthandler
import os
import resource
import signal
import sys
import time

# Imported by name and before the application: a library such as gevent replaces functions of these modules later.
from os import waitpid
from select import POLLIN, poll
from signal import signal as set_handler
from typing import Iterator, NamedTuple, NoReturn, Optional

from gangway_worker import daemons, files, forks, frames, preload, scheduling, worker
from gangway_worker.configuration import Configuration
from gangway_worker.connection import Address, Connection, ConnectionLost
from gangway_worker.daemons import DaemonList
from gangway_worker.forks import ForkGuard
from gangway_worker.frames import CHILD, FORK, NOTIFY, RETIRE, ProtocolError
from gangway_worker.logs import LogSender
from gangway_worker.service import ServiceManager

#: Max seconds that the launcher waits for the children that it has killed; then it leaves them to init.
_REAP_SECONDS = 1


class Birth(NamedTuple):
    """The data that a worker gets from its FORK frame."""

    token: str
    slot_file: str
    #: ``time.monotonic()`` of the fork.
    time: float
    #: The list of its daemonic children, which it writes.
    daemons: DaemonList


class Child(NamedTuple):
    """A worker, as its launcher knows it."""

    token: str
    daemons: DaemonList

    def end_daemons(self) -> None:
        """Ends its daemonic children, when the worker has ended: they are the launcher's children by now."""
        daemons.kill(self.daemons.read())
        self.daemons.close()


def main() -> int:
    """Runs the launcher, and in its children a worker; returns the exit status."""
    faulthandler.enable(file=2, all_threads=True)
    _detach()
    manager = ServiceManager()
    try:
        configuration = Configuration.parse(sys.stdin.buffer.readline().decode())
        connection = Connection.open(Address(configuration.socket, configuration.token), "launcher")
    except (OSError, TypeError, ValueError) as error:
        print(f"gangway: the launcher cannot start: {error}", file=sys.stderr)
        return 2
    _close_stdin()
    if configuration.server is not None:
        scheduling.schedule_server(configuration.server)
    guard = ForkGuard()
    sender = LogSender()
    sender.use(connection)
    application = None
    if configuration.preload:
        application = preload.load(configuration, connection, sender, guard)
    # Only a child returns from run(), without any of the launcher's calls on its stack.
    birth = Launcher(connection, sender, guard, manager, configuration.bodies).run()
    connection.close()
    daemons.list_in(birth.daemons)
    return worker.run(configuration, birth.token, birth.slot_file, birth.time, sender, guard, application)


def _detach() -> None:
    """Leaves the JVM's terminal, ignores the signals that are for the JVM, and writes no core files."""
    try:
        os.setsid()
    except OSError:
        pass  # this process leads a process group already
    forks.leave_signals_to_the_jvm()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _name_process(name: str) -> None:
    """Sets the name that `ps -o comm`, `top` and `pgrep` show. Linux, at most 15 bytes (proc(5)); elsewhere the name stays the program's."""
    try:
        with open("/proc/self/comm", "w") as comm:
            comm.write(name)
    except OSError:
        pass


def _close_stdin() -> None:
    """Replaces stdin by an empty file, so that the application does not read from the bridge's pipe."""
    descriptor = os.open(os.devnull, os.O_RDONLY)
    os.dup2(descriptor, 0)
    os.close(descriptor)


class Launcher:
    """The launcher's loop."""

    def __init__(
        self, connection: Connection, sender: LogSender, guard: ForkGuard, manager: ServiceManager, bodies: Optional[str]
    ) -> None:
        self._connection = connection
        self._sender = sender
        self._guard = guard
        self._manager = manager
        self._bodies = bodies
        self._children: "dict[int, Child]" = {}
        daemons.become_reaper()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        os.set_blocking(self._wake_read, False)
        set_handler(signal.SIGCHLD, forks.ignore)  # without a handler, the wake-up descriptor would not be written
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)

    def run(self) -> Birth:
        """Serves the bridge; returns only in each child."""
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
        if frame_type == RETIRE:
            self._bodies = None  # the JVM lives, and looks after them
            return None
        if frame_type == NOTIFY:
            self._manager.tell(frames.split_fields(NOTIFY, payload)[0])
            return None
        fields = frames.split_fields(FORK, payload)
        if frame_type != FORK or len(fields) != 2:
            raise ProtocolError(f"{frames.NAMES[frame_type]} of {len(fields)} fields to the launcher")
        token, slot_file = fields
        sys.stdout.flush()  # otherwise each child would print the buffered text again
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
        _name_process("gangway-worker")
        signal.set_wakeup_fd(-1)
        set_handler(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _reap(self) -> None:
        try:
            os.read(self._wake_read, 4096)
        except BlockingIOError:
            pass
        # Any child: besides workers there are their orphans, and processes that a preloaded application has started. Its code does not run in the
        # launcher any more and cannot wait for them.
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
        if self._bodies is not None:
            files.delete_bodies(self._bodies)
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)  # none has been reaped yet, so each pid still belongs to our child
        set_handler(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(_REAP_SECONDS)
        for pid, child in self._children.items():
            waitpid(pid, 0)
            child.end_daemons()
        daemons.kill(daemons.listed())
        os._exit(0)


def _ended_children() -> "Iterator[tuple[int, int]]":
    """Reaps the children that have ended, and yields their pids and statuses."""
    while True:
        try:
            pid, status = waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, status
