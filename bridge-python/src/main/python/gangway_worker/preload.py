"""The import of the application by the launcher, for all workers; and what of it does not survive that a process becomes several."""

from __future__ import annotations

import gc
import logging
import os
import stat
import threading
import time
from contextlib import contextmanager

# By name, and now: a library such as gevent replaces what these modules hold, when the application is imported.
from select import POLLIN, poll
from socket import AF_UNIX, socket
from typing import Any, Callable, Iterator

from gangway_worker import boot, daemons, ending, frames
from gangway_worker.boot import Journey
from gangway_worker.configuration import Configuration
from gangway_worker.connection import Connection
from gangway_worker.forks import ForkGuard
from gangway_worker.frames import FAILED
from gangway_worker.logs import LogSender
from gangway_worker.rules import quote

#: Sockets that a warning names; a pool may have many, and the first tell whose they are.
_NAMED_SOCKETS = 5


def load(
    configuration: Configuration, connection: Connection, sender: LogSender, guard: ForkGuard
) -> "Callable[..., Any]":
    """Imports the application; then the process can be forked. A failure ends the launcher, and so does the end of the connection."""
    before = _sockets()
    with _ending_with(connection):
        application = _load(configuration, sender, guard)
    gc.collect()
    _warn(sender, _sockets() - before)
    gc.freeze()  # what lives now lives on: a collection in a worker would only unshare its pages
    return application


def _load(configuration: Configuration, sender: LogSender, guard: ForkGuard) -> "Callable[..., Any]":
    journey = Journey(lambda step, milliseconds: None, time.monotonic())
    try:
        application = boot.load_application(configuration, journey, sender)
    except BaseException as problem:  # SystemExit too: a module that exits has not been imported
        guard.leave_if_child()
        sender.send(frames.encode_texts(FAILED, (journey.step, *boot.describe(problem))))
        ending.end(1)
    guard.leave_if_child()
    return application


@contextmanager
def _ending_with(connection: Connection) -> "Iterator[None]":
    """Ends the process when the connection does, while nobody reads it: an import may take for ever. By a thread that is gone
    again when the launcher forks."""
    awake, wake = os.pipe()
    waiting = poll()
    waiting.register(connection, 0)  # not what comes, but the end
    waiting.register(awake, POLLIN)  # not its end, for a child that the import forks has a copy of the other

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
            f"the application started threads while it was preloaded ({names}): they will not run in the workers, and what "
            "they held locked stays locked; start them at the first request, or do not preload",
        )
    if sockets:
        named = [_described(descriptor) for descriptor, _ in sorted(sockets)[:_NAMED_SOCKETS]]
        if len(sockets) > len(named):
            named.append(f"and {len(sockets) - len(named)} more")
        sender.log(
            logging.WARNING,
            "gangway",
            f"the application opened sockets while it was preloaded ({', '.join(named)}): all workers would share them, and read each "
            "other's answers; open them at the first request, have os.register_at_fork(after_in_child=...) replace them in each "
            "worker, or do not preload",
        )


def _sockets() -> "set[tuple[int, int]]":
    """The descriptors of this process that are sockets, with their inodes."""
    found = set()
    for name in os.listdir("/dev/fd"):
        try:
            status = os.fstat(int(name))
        except OSError:
            continue  # the one that the directory was read with
        if stat.S_ISSOCK(status.st_mode):
            found.add((int(name), status.st_ino))
    return found


def _described(descriptor: int) -> str:
    """Such as `127.0.0.1:5432`: whom it is connected to, or else where it listens."""
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
