"""A worker's control connection: carries out the bridge's orders, and ends the process when its time is over or the bridge is gone."""

from __future__ import annotations

import logging
import os
import time

# Imported by name and before the application: a library such as gevent replaces functions of these modules later.
from select import POLLIN, poll
from typing import Optional, Protocol

from gangway_worker import ending, frames, logs
from gangway_worker.connection import Connection, ConnectionLost
from gangway_worker.frames import DUMP, OPEN, RETIRE, ProtocolError
from gangway_worker.logs import LogSender

#: Exit status of a worker that cannot understand the bridge; stderr said why.
EXIT_PROTOCOL = 2
#: Exit status of a worker that retired, but whose exchanges did not end in time.
EXIT_LATE = 3

#: Max milliseconds of one poll(2): it takes an int, and Python raises OverflowError for more (24 days).
_LONGEST_POLL = 2**31 - 1


class Serving(Protocol):
    """What serves the exchanges. Called on the thread that watches the control connection."""

    def retire(self, deadline: float) -> None:
        """Takes no further exchange; ends when those that run have ended, or at this ``time.monotonic()``."""

    def late(self) -> str:
        """What the application has not ended although its time is over, in words, with a fix; empty if the bridge tells of it, as it does of requests."""

    def open(self, total: int) -> None:
        """Keeps so many exchange connections open from now on.

        :raises ProtocolError: if this worker has a fixed number
        """


class Control:
    """Watches the control connection, on a thread of its own, so that a worker whose other threads are busy ends too."""

    def __init__(self, sender: LogSender) -> None:
        self._sender = sender
        self._grace = 0.0
        self._deadline: Optional[float] = None
        #: Set before READY; no order but DUMP comes before.
        self.serving: Optional[Serving] = None

    def watch(self, control: Connection) -> None:
        """Executes the bridge's orders. When the connection ends, the process does."""
        try:
            while True:
                self._await(control)
                frame_type, payload = control.expect()
                if frame_type == RETIRE:
                    self._retire(frames.split_fields(RETIRE, payload)[0])
                elif frame_type == DUMP:
                    logs.tell_stacks(self._sender)
                elif frame_type == OPEN:
                    self._open(frames.split_fields(OPEN, payload)[0])
                else:
                    raise ProtocolError(f"{frames.NAMES[frame_type]} on the control connection")
        except ConnectionLost:
            ending.end(0)
        except ProtocolError as error:
            os.write(2, f"gangway: the worker ends, because the bridge broke the protocol: {error}\n".encode())
            ending.end(EXIT_PROTOCOL)

    def _retire(self, seconds: str) -> None:
        try:
            grace = float(seconds)
        except ValueError:
            raise ProtocolError("RETIRE without seconds") from None
        if not 0 <= grace < float("inf"):
            raise ProtocolError(f"RETIRE after {grace} seconds")
        self._grace = grace
        self._deadline = time.monotonic() + grace
        if self.serving is not None:
            self.serving.retire(self._deadline)

    def _open(self, total: str) -> None:
        if self.serving is None or not total.isdecimal():
            raise ProtocolError("OPEN without a number, or before READY")
        self.serving.open(int(total))

    def _await(self, control: Connection) -> None:
        """Waits for a frame, and ends the process when its deadline is over. A timer would need a thread, and the process may have reached
        its limit of threads."""
        if self._deadline is None:
            return
        waiting = poll()
        waiting.register(control, POLLIN)
        while True:
            left = max(0, int((self._deadline - time.monotonic()) * 1000))
            if waiting.poll(min(left, _LONGEST_POLL)):
                return
            if left <= _LONGEST_POLL:
                self._tell_late()
                ending.end(EXIT_LATE)

    def _tell_late(self) -> None:
        what = self.serving.late() if self.serving is not None else ""
        if what:
            text = f"the worker is given up {self._grace:g} s after it was told to end (gangway.graceful-timeout, its requests' time included): {what}"
            self._sender.log(logging.ERROR, "gangway", text, "")
