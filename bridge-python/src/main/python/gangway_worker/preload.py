"""Imports the application in the launcher, for all workers, and warns of threads and sockets that workers cannot share."""

from __future__ import annotations

import gc
import logging
import os
import stat
import threading
import time
from contextlib import contextmanager

# Imported by name and before the application: a library such as gevent replaces functions of these modules later.
from select import POLLIN, poll
from socket import AF_UNIX, socket
from typing import Iterator

from gangway_worker import boot, daemons, ending, frames
from gangway_worker.boot import Journey
from gangway_worker.configuration import Configuration
from gangway_worker.connection import Connection
from gangway_worker.forks import ForkGuard
from gangway_worker.frames import FAILED
from gangway_worker.interface import Application
from gangway_worker.logs import LogSender
from gangway_worker.rules import quote

#: Max number of sockets that a warning names: a pool may have many, and the first ones show whose they are.
_NAMED_SOCKETS = 5


def load(configuration: Configuration, connection: Connection, sender: LogSender, guard: ForkGuard) -> Application:
    """Imports the application; then the process can be forked. A failure ends the launcher, and so does the end of the connection."""
    before = _sockets()
    with _ending_with(connection):
        application = _load(configuration, sender, guard)
    gc.collect()
    _warn(sender, _sockets() - before)
    gc.freeze()  # objects that live now will live on, and a garbage collection in a worker would write to their shared pages
    return application


def _load(configuration: Configuration, sender: LogSender, guard: ForkGuard) -> Application:
    journey = Journey(lambda step, milliseconds: None, time.monotonic())
    try:
        application = boot.load_application(configuration, journey, sender)
    except BaseException as problem:  # SystemExit too: then the module has not been imported
        guard.leave_if_child()
        sender.send(frames.encode_texts(FAILED, (journey.step, *boot.describe(problem, configuration))))
        ending.end(1)
    guard.leave_if_child()
    return application


@contextmanager
def _ending_with(connection: Connection) -> "Iterator[None]":
    """Ends the process when the connection ends, while no other code reads the connection: an import may take for ever. A thread watches it,
    and has ended before the launcher forks."""
    awake, wake = os.pipe()
    waiting = poll()
    waiting.register(connection, 0)  # reports only the end of the connection, not data
    waiting.register(awake, POLLIN)  # a byte, and not the pipe's end: a child that the import forks has a copy of the other end

    def watch() -> None:
        if any(descriptor != awake for descriptor, _ in waiting.poll()):
            daemons.kill(daemons.listed())
            os._exit(0)

    watcher = threading.Thread(target=watch, name="gangway-preload", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        os.write(wake, b"\0")
        watcher.join()
        os.close(wake)
        os.close(awake)


def _warn(sender: LogSender, sockets: "set[tuple[int, int]]") -> None:
    if threading.active_count() > 1:
        names = ", ".join(thread.name for thread in threading.enumerate() if thread is not threading.main_thread())
        sender.log(
            logging.WARNING,
            "gangway",
            f"the application started threads while it was preloaded ({names}): these threads do not run in the workers, and locks that "
            "they held stay locked. Fix: start them at the first request, or set gangway.preload=false",
        )
    if sockets:
        named = [_described(descriptor) for descriptor, _ in sorted(sockets)[:_NAMED_SOCKETS]]
        if len(sockets) > len(named):
            named.append(f"and {len(sockets) - len(named)} more")
        sender.log(
            logging.WARNING,
            "gangway",
            f"the application opened sockets while it was preloaded ({', '.join(named)}): all workers would share them, and read each "
            "other's answers. Fix: open them at the first request, replace them in each worker with "
            "os.register_at_fork(after_in_child=...), or set gangway.preload=false",
        )


def _sockets() -> "set[tuple[int, int]]":
    """The descriptors of this process that are sockets, with their inodes."""
    found = set()
    for name in os.listdir("/dev/fd"):
        try:
            status = os.fstat(int(name))
        except OSError:
            continue  # the descriptor by which the directory was read
        if stat.S_ISSOCK(status.st_mode):
            found.add((int(name), status.st_ino))
    return found


def _described(descriptor: int) -> str:
    """A socket's peer, such as `to 127.0.0.1:5432`, or else the address where it listens."""
    try:
        with socket(fileno=os.dup(descriptor)) as copy:
            try:
                address, word = copy.getpeername(), "to"
            except OSError:
                address, word = copy.getsockname(), "at"
            if copy.family == AF_UNIX:
                text = os.fsdecode(address) if address else ""
                return f"{word} {quote(text)}" if text else f"descriptor {descriptor}"
            host, port = address[:2]
            return f"{word} {host}:{port}"
    except (OSError, TypeError, ValueError):
        return f"descriptor {descriptor}"
