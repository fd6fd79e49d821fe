"""A worker: boots the application, serves it, and ends when the bridge says so or is gone.

The threads: the main thread boots and then waits, or runs the event loop of an ASGI application, so that signals reach it. A watcher reads the control
connection from the beginning, so that an import that never ends is also ended with the JVM. For a WSGI application, each of the other threads has one exchange
connection, and opens a new one when an exchange did not end cleanly.
"""

from __future__ import annotations

import logging
import mmap
import os
import platform
import sys
import threading
import time

# Imported by name and before the application: a library such as gevent replaces functions of these modules later.
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Callable, MutableSequence, Optional, Union

from gangway_worker import boot, ending, frames, logs, wsgi
from gangway_worker.boot import Journey
from gangway_worker.configuration import Configuration
from gangway_worker.connection import Address, Connection, ConnectionLost, are_intact, dial
from gangway_worker.control import Control
from gangway_worker.forks import ForkGuard
from gangway_worker.frames import FAILED, READY, STEP, ProtocolError
from gangway_worker.interface import Application
from gangway_worker.logs import LogSender
from gangway_worker.wsgi import Service

if TYPE_CHECKING:
    from gangway_worker.asgi_server import Server

#: Exit status of a worker that could not boot; FAILED said why.
EXIT_FAILED = 1
#: Seconds between attempts to connect while the bridge does not accept connections: it is starting or stopping, which does not take long.
_RECONNECT_SECONDS = 0.1

#: Max seconds that a signal handler of the application has to wait, if its signal came just before the main thread slept.
_SIGNAL_SECONDS = 1

#: Seconds after which a worker that cannot connect ends itself: if it has no free descriptors, a new process has.
_RECONNECT_LIMIT = 10


def run(
    configuration: Configuration,
    token: str,
    slot_file: str,
    started: float,
    sender: LogSender,
    guard: ForkGuard,
    application: Optional[Application],
) -> int:
    """Boots and serves; returns the exit status.

    :param started: ``time.monotonic()`` of the fork
    :param application: the application, if it was preloaded
    """
    address = Address(configuration.socket, token)
    try:
        connection = Connection.open(address, "control")
    except OSError as error:
        print(f"gangway: a worker cannot connect: {error}", file=sys.stderr)
        return EXIT_FAILED
    sender.use(connection)

    def announce(step: str, milliseconds: int) -> None:
        sender.send(frames.encode_fields(STEP, (step, str(milliseconds))))

    journey = Journey(announce, started)
    control = Control(sender)
    threading.Thread(target=control.watch, args=(connection,), name="gangway-control", daemon=True).start()
    try:
        journey.begin("connect")
        _redirect(address)
        if application is None:
            application = boot.load_application(configuration, journey, sender)
        guard.leave_if_child()
        slots = _slots(slot_file, configuration)
        serving: "Union[Pool, Server]"
        if application.interface == "asgi":
            from gangway_worker.asgi_server import Server  # asyncio takes time that WSGI applications need not

            serving = Server(application.call, configuration, address, sender, guard, slots)
        else:
            serving = Pool(application.call, configuration, address, sender, guard, slots)
        connections = serving.start(journey)
    except BaseException as problem:  # SystemExit too: then the module has not been imported
        guard.leave_if_child()
        sender.send(frames.encode_texts(FAILED, (journey.step, *boot.describe(problem, configuration))))
        sys.stdout.flush()
        ending.end(EXIT_FAILED)  # also if the application has started threads by now
    control.serving = serving
    ready = (application.interface, platform.python_version(), str(journey.milliseconds()), str(connections))
    serving.serve(frames.encode_fields(READY, ready))
    ending.prepare_exit()
    return 0


def _redirect(address: Address) -> None:
    """Makes descriptors 1 and 2 connections to the bridge, so that it gets the output of code in any language."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        with dial(address, name) as sock:
            os.dup2(sock.fileno(), descriptor)
        # New stream objects: the launcher's may have been made for a file, which has positions.
        stream = open(descriptor, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _slots(slot_file: str, configuration: Configuration) -> MutableSequence[int]:
    with open(slot_file, "r+b") as file:
        slots = mmap.mmap(file.fileno(), 0)
    needed = max(configuration.threads, configuration.concurrency)
    if len(slots) < needed:
        raise ValueError(f"the slot file has {len(slots)} bytes for {needed} connections")
    return slots


class Pool:
    """The exchange threads of a worker that serves a WSGI application."""

    def __init__(
        self,
        application: "Callable[..., Any]",
        configuration: Configuration,
        address: Address,
        sender: LogSender,
        guard: ForkGuard,
        slots: MutableSequence[int],
    ) -> None:
        environ = wsgi.common_environ(configuration.threads > 1, configuration.multiprocess)
        self._service = Service(application, environ, sender, slots)
        self._count = configuration.threads
        self._address = address
        self._sender = sender
        self._guard = guard
        self._retiring = threading.Event()
        self._running = 0
        #: Gets an entry from each thread that ends.
        self._over: "SimpleQueue[None]" = SimpleQueue()

    def start(self, journey: Journey) -> int:
        """Starts the threads; returns when each has its connection, with their number.

        :raises OSError: if one could not connect
        """
        journey.begin("threads")
        connected: "SimpleQueue[Optional[OSError]]" = SimpleQueue()
        for slot in range(self._count):
            # Not daemons: threads that the application starts from them would be daemons too, and would be stopped when the worker retires.
            thread = threading.Thread(
                target=self._serve, args=(slot, connected), name=f"gangway-{slot}", daemon=False
            )
            thread.start()
            self._running += 1
        for _ in range(self._count):
            problem = connected.get()
            if problem is not None:
                raise problem
        return self._count

    def retire(self, deadline: float) -> None:
        """No thread opens a connection again."""
        self._retiring.set()

    def late(self) -> str:
        """Nothing: only requests can be late."""
        return ""

    def open(self, total: int) -> None:
        """:raises ProtocolError: always: each thread has one connection"""
        raise ProtocolError(f"OPEN {total} to a worker of threads")

    def serve(self, ready: bytes) -> None:
        """Announces that the worker serves, and waits until it has retired. The application's signal handlers run here, and may
        raise at any point; after that, Thread.join could report a running thread as ended, so it is not used."""
        frames_due = [ready]
        raised: "list[BaseException]" = []
        while self._running:
            try:
                self._wait(frames_due, raised)
            except BaseException as problem:
                raised.append(problem)

    def _wait(self, frames_due: "list[bytes]", raised: "list[BaseException]") -> None:
        while self._running:
            try:
                if frames_due:
                    self._sender.send(frames_due[0])
                    del frames_due[0]
                elif raised:
                    summary, traceback = logs.format_problem(raised[0])
                    text = f"a signal handler of the application raised an exception; the worker goes on: {summary}\n{traceback.rstrip()}"
                    self._sender.log(logging.ERROR, "gangway", text, "")
                    del raised[0]
                else:
                    self._over.get(timeout=_SIGNAL_SECONDS)
                    self._running -= 1
            except Empty:
                pass
            except BaseException as problem:
                raised.append(problem)

    def _serve(self, slot: int, connected: "SimpleQueue[Optional[OSError]]") -> None:
        try:
            self._serve_slot(slot, connected)
        except BaseException as problem:  # memory ran out in our own code, or the application raised in this thread from another one
            self._guard.leave_if_child()
            ending.give_up(f"the thread of exchange connection {slot} ended: {type(problem).__name__}")
        self._over.put(None)

    def _serve_slot(self, slot: int, connected: "SimpleQueue[Optional[OSError]]") -> None:
        self._guard.give_way()
        try:
            connection = Connection.open(self._address, "exchange", slot)
        except OSError as error:
            connected.put(error)
            return
        connected.put(None)
        while True:
            try:
                wsgi.serve(self._service, connection, slot)
            except ConnectionLost:
                pass  # between two exchanges; within an exchange, the exchange has handled it
            except Exception as error:  # the bridge broke the protocol, or memory ran out: the thread continues with a new connection
                summary, traceback = logs.format_problem(error)
                text = f"exchange connection {slot} is replaced after an error: {summary}\n{traceback.rstrip()}"
                self._sender.log(logging.ERROR, "gangway", text, "")
            self._guard.leave_if_child()
            if not are_intact():
                ending.give_up("the application has closed descriptors that are not its own, as os.closerange(3, 65536) does")
            connection.close()
            reopened = self._reopen(slot)
            if reopened is None:
                return
            connection = reopened

    def _reopen(self, slot: int) -> Optional[Connection]:
        """A new connection; None if the worker retires."""
        given_up = time.monotonic() + _RECONNECT_LIMIT
        while not self._retiring.is_set():
            try:
                return Connection.open(self._address, "exchange", slot)
            except OSError as error:
                if time.monotonic() > given_up:
                    ending.give_up(f"it cannot connect to the bridge any more: {error}")
                self._retiring.wait(_RECONNECT_SECONDS)
        return None
