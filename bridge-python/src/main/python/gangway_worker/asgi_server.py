"""Serves an ASGI application on one event loop: opens connections when the bridge asks for more, and ends when it says so.

The loop runs on the main thread, so that the application may install handlers of signals. It is uvloop's, if the application's environment has uvloop.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
import sys
import time
from typing import Any, Callable, Coroutine, MutableSequence, Optional

from gangway_worker import ending, frames, logs
from gangway_worker.asgi_link import Link, Service
from gangway_worker.boot import Journey
from gangway_worker.configuration import Configuration
from gangway_worker.connection import Address, are_intact, dial
from gangway_worker.forks import ForkGuard
from gangway_worker.frames import BEAT
from gangway_worker.lifespan import Lifespan
from gangway_worker.logs import LogSender

#: Connections that a worker opens before it is ready. Each costs little; the bridge asks for more before they are all in use.
FIRST_CONNECTIONS = 8

#: Connections that are opened in one turn of the loop: exchanges that run do not wait for all of a thousand.
_BATCH = 32

#: Seconds after which a connection that has ended is opened again: many end together, when many clients leave.
_REOPEN_SECONDS = 0.005

#: Seconds between attempts to connect while the bridge does not accept connections, and after which a worker without a connection ends itself.
_RECONNECT_SECONDS = 0.1
_RECONNECT_LIMIT = 10

#: Seconds between two signs that the loop turns: two fit into the second after which the bridge asks what it is doing.
_BEAT_SECONDS = 0.4

#: The part of the time to finish in that is kept for tasks that are cancelled and for the application's shutdown; at most this many seconds.
_RESERVED_PART = 0.1
_RESERVED_SECONDS = 2.0

#: Max number of tasks that a message names.
_NAMED = 5


class Server:
    """The loop of a worker and its connections. Used by the main thread, except where a method says otherwise."""

    def __init__(
        self,
        application: "Callable[..., Any]",
        configuration: Configuration,
        address: Address,
        sender: LogSender,
        guard: ForkGuard,
        slots: MutableSequence[int],
    ) -> None:
        self._address = address
        self._sender = sender
        self._guard = guard
        self._loop = _new_loop()
        self._service = Service(application, self._loop, sender, guard, slots)
        self._max = configuration.concurrency
        self._mode = configuration.lifespan
        self._lifespan: Optional[Lifespan] = None
        self._links: "dict[int, Link]" = {}
        self._free_slots = list(range(self._max))
        self._target = min(FIRST_CONNECTIONS, self._max)
        self._is_opening = False
        self._is_limited = False
        self._failing_since: Optional[float] = None
        self._deadline: Optional[float] = None
        self._change: "Optional[asyncio.Future[None]]" = None
        #: What the end waits for; read by the thread that watches the control connection.
        self._is_shutting_down = False
        self._left_behind: "list[asyncio.Task[Any]]" = []
        guard.watch(self._end_child)

    def start(self, journey: Journey) -> int:
        """Starts the application up and connects; returns the number of connections.

        :raises LoadError: if its startup failed
        :raises OSError: if no connection could be opened
        """
        return self._run(self._start(journey))

    def serve(self, ready: bytes) -> None:
        """Announces that the worker serves, and serves until it has retired."""
        self._guard.give_way()
        self._run(self._serve(ready))

    def retire(self, deadline: float) -> None:
        """See :class:`control.Serving`; on its thread."""
        self._loop.call_soon_threadsafe(self._retire, deadline)

    def late(self) -> str:
        """See :class:`control.Serving`; on its thread."""
        if self._links:
            return ""
        if self._is_shutting_down:
            return "the application has not answered lifespan.shutdown. Fix: limit the time of what its shutdown waits for, or raise the timeout"
        left = [task for task in self._left_behind if not task.done()]
        if left:
            what = f"tasks of the application have not ended, although they were cancelled: {len(left)} ({self._names(left)})"
        elif self._service.tasks:
            what = f"calls of the application have not returned, although they were cancelled: {len(self._service.tasks)}"
        else:
            return ""
        return f"{what}. Fix: let asyncio.CancelledError pass in them"

    def _names(self, tasks: "list[asyncio.Task[Any]]") -> str:
        names = {"the lifespan" if self._lifespan is not None and task is self._lifespan.task else _name(task) for task in tasks}
        return ", ".join(sorted(names)[:_NAMED])

    def open(self, total: int) -> None:
        """See :class:`control.Serving`; on its thread."""
        self._loop.call_soon_threadsafe(self._open_up_to, total)

    def _run(self, main: "Coroutine[Any, Any, Any]") -> Any:
        """Runs the loop until a coroutine of ours has ended. The application's signal handlers, and tasks that it has made, may raise out of the loop."""
        task = self._loop.create_task(main)
        while True:
            try:
                return self._loop.run_until_complete(task)
            except BaseException as problem:
                if task.done():
                    raise
                summary, traceback = logs.format_problem(problem)
                text = f"a signal handler or a task of the application raised an exception; the worker goes on: {summary}\n{traceback.rstrip()}"
                self._sender.log(logging.ERROR, "gangway", text, "")

    async def _start(self, journey: Journey) -> int:
        journey.begin("lifespan")
        self._lifespan = Lifespan(self._service, self._mode)
        await self._lifespan.startup()
        journey.begin("connections")
        count = self._target
        await asyncio.gather(*[self._open_one() for _ in range(count)])
        return count

    async def _serve(self, ready: bytes) -> None:
        self._sender.send(ready)
        self._beat()
        while self._deadline is None:
            await self._changed()
        await self._drain(self._deadline)
        lifespan = self._lifespan
        if lifespan is not None:
            self._is_shutting_down = True
            await lifespan.shutdown()  # the watcher ends the process when the time is over
            self._is_shutting_down = False
        await self._tidy()

    async def _drain(self, deadline: float) -> None:
        """Waits for the exchanges and tasks that run; cancels what is left of them shortly before the time is over."""
        left = deadline - time.monotonic()
        reserved = min(left * _RESERVED_PART, _RESERVED_SECONDS)
        timer = self._loop.call_later(max(0.0, left - reserved), self._cancel_all)
        while self._links or self._service.tasks:
            await self._changed()
        timer.cancel()

    def _cancel_all(self) -> None:
        for task in list(self._service.tasks):
            task.cancel()

    async def _tidy(self) -> None:
        """Cancels the tasks that the application has left behind, as asyncio.run does."""
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        self._left_behind = others
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_asyncgens()

    async def _changed(self) -> None:
        self._change = self._loop.create_future()
        await self._change

    def _tell_change(self) -> None:
        if self._change is not None and not self._change.done():
            self._change.set_result(None)

    def _retire(self, deadline: float) -> None:
        self._deadline = deadline
        self._tell_change()

    def _beat(self) -> None:
        self._sender.send(frames.encode(BEAT))
        self._loop.call_later(_BEAT_SECONDS, self._beat)

    def _end_child(self) -> None:
        """Runs in a process that the application has forked: if it comes back to the loop, it ends."""
        self._loop.call_soon(self._guard.leave_if_child)

    # Connections.

    def _open_up_to(self, total: int) -> None:
        self._target = max(self._target, min(total, self._max))
        self._open_soon(0)

    def _open_soon(self, seconds: float) -> None:
        if not self._is_opening:
            self._is_opening = True
            self._loop.call_later(seconds, self._open_some)

    def _open_some(self) -> None:
        self._is_opening = False
        for _ in range(min(_BATCH, self._target - len(self._links))):
            if self._deadline is not None:
                return
            opening = self._try_to_open()
            if opening is None:
                return
            self._service.tasks.add(opening)
            opening.add_done_callback(self.task_ended)
        if len(self._links) < self._target:
            self._open_soon(0)

    def _try_to_open(self) -> "Optional[asyncio.Task[None]]":
        try:
            link, sock = self._dial()
        except OSError as error:
            self._cannot_open(error)
            return None
        self._failing_since = None
        return self._loop.create_task(self._attach(link, sock))

    def _dial(self) -> "tuple[Link, Any]":
        slot = heapq.heappop(self._free_slots)
        try:
            sock = dial(self._address, "exchange", slot)
        except OSError:
            heapq.heappush(self._free_slots, slot)
            raise
        link = self._links[slot] = Link(self, self._service, slot, sock)
        return link, sock

    async def _attach(self, link: Link, sock: Any) -> None:
        try:
            await self._loop.create_unix_connection(lambda: link, sock=sock)
        except OSError:
            self.link_ended(link, None)

    async def _open_one(self) -> None:
        await self._attach(*self._dial())

    def _cannot_open(self, error: OSError) -> None:
        """Goes on with the connections that there are, if there are some: most likely the limit of open files is reached."""
        if self._links:
            if not self._is_limited:
                self._is_limited = True
                text = (
                    f"only {len(self._links)} requests and WebSockets can be served at once, because no further connection can be opened: {error}. "
                    "Fix: raise the limit of open files (ulimit -n), or lower gangway.asgi-concurrency"
                )
                self._sender.log(logging.WARNING, "gangway", text, "")
            self._target = len(self._links)
            return
        now = time.monotonic()
        self._failing_since = self._failing_since or now
        if now - self._failing_since > _RECONNECT_LIMIT:
            ending.give_up(f"it cannot connect to the bridge any more: {error}")
        self._open_soon(_RECONNECT_SECONDS)

    def link_ended(self, link: Link, problem: Optional[Exception]) -> None:
        """A connection has ended; another one takes its place, unless the worker retires."""
        self._guard.leave_if_child()
        if problem is not None and not are_intact():
            ending.give_up("the application has closed descriptors that are not its own, as os.closerange(3, 65536) does")
        if self._links.pop(link.slot, None) is not None:
            heapq.heappush(self._free_slots, link.slot)
        if self._deadline is None:
            self._open_soon(_REOPEN_SECONDS)
        else:
            self._tell_change()

    def task_ended(self, task: "asyncio.Task[None]") -> None:
        """A task of an exchange has ended."""
        self._service.tasks.discard(task)
        if self._deadline is not None:
            self._tell_change()


def _name(task: "asyncio.Task[Any]") -> str:
    coroutine = task.get_coro()
    return str(getattr(coroutine, "__qualname__", coroutine))


def _new_loop() -> asyncio.AbstractEventLoop:
    """The loop that serves: uvloop's if the environment has uvloop. Before Python 3.10 locks and queues belong to a loop when they are made, so that a loop
    that the application's import has made is used."""
    if sys.version_info < (3, 10):
        made = getattr(getattr(asyncio.get_event_loop_policy(), "_local", None), "_loop", None)
        if made is not None and not made.is_closed():
            return made  # type: ignore[no-any-return]
    try:
        import uvloop  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        loop = asyncio.new_event_loop()
    else:
        loop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop
