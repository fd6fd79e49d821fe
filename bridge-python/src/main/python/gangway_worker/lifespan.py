"""The lifespan of an ASGI application: told once of start and stop, in the loop that serves (A40-A42)."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Optional

from gangway_worker import logs
from gangway_worker.naming import LoadError
from gangway_worker.rules import quote

if TYPE_CHECKING:
    from gangway_worker.asgi_link import Service


#: Max seconds that the application may take to return after it has answered the shutdown; then its task is cancelled.
_RETURN_SECONDS = 1


class StartupFailed(LoadError):
    """The application says that it cannot start. Frameworks tell the whole traceback of the cause."""

    def __init__(self, told: str) -> None:
        lines = told.strip().splitlines() or ["it gave no reason"]
        super().__init__(f"the application's startup failed: {lines[-1]}", "correct what the application does in its startup")
        self.traceback = told if len(lines) > 1 else ""


class Lifespan:
    """One task of the application's, between startup and shutdown. Belongs to the loop."""

    def __init__(self, service: "Service", mode: str) -> None:
        self._service = service
        self._mode = mode
        self._events: "asyncio.Queue[dict[str, Any]]" = asyncio.Queue()
        self._answer: "asyncio.Future[Optional[str]]" = service.loop.create_future()
        self._is_started = False
        #: Whether the application has said that a phase has failed: then its exception is no news.
        self._is_failed = False
        #: None if the application is not asked to take part.
        self.task: "Optional[asyncio.Task[None]]" = None

    async def startup(self) -> None:
        """Returns when the application has started.

        :raises LoadError: if it says that it has failed, or does not take part and has to
        """
        if self._mode == "off":
            return
        self.task = self._service.loop.create_task(self._run())
        self._events.put_nowait({"type": "lifespan.startup"})
        failure = await self._answer
        if failure is not None:
            raise StartupFailed(failure)

    async def shutdown(self) -> None:
        """Returns when the application has shut down; a failure is logged."""
        task = self.task
        if task is None or not self._is_started or task.done():
            return
        self._answer = self._service.loop.create_future()
        self._events.put_nowait({"type": "lifespan.shutdown"})
        failure = await self._answer
        if failure is not None:
            self._log(f"the application's shutdown failed: {failure}")
        await asyncio.wait([task], timeout=_RETURN_SECONDS)

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self._service.state}
        problem: Optional[BaseException] = None
        try:
            await self._service.application(scope, self._events.get, self._send)
        except BaseException as error:
            problem = error
        self._service.guard.leave_if_child()
        if self._answer.done():  # between startup and shutdown, or after both
            if problem is not None and not self._is_failed and not isinstance(problem, asyncio.CancelledError):
                self._log_problem("the application's lifespan ended with an exception", problem)
        elif self._is_started:
            self._answer.set_result(None)
            if problem is not None:
                self._log_problem("the application's shutdown failed", problem)
        else:
            self._is_unsupported(problem)
        problem = None  # see asgi.Exchange.run

    def _is_unsupported(self, problem: Optional[BaseException]) -> None:
        """It has ended without an answer: as a rule, because it knows no lifespan (A41)."""
        if self._mode != "on":
            if problem is not None:
                summary, traceback = logs.format_problem(problem)
                text = f"it ended without an answer to lifespan.startup: {summary} (an error if gangway.lifespan=on)"
                self._service.logs.log(logging.INFO, "gangway", f"the application is served without a lifespan: {text}")
                self._service.logs.log(logging.DEBUG, "gangway", f"how it ended before it answered lifespan.startup\n{traceback}")
            self._service.state.clear()
            self._answer.set_result(None)
        elif problem is None:
            self._answer.set_exception(
                LoadError("the application returned before it had answered lifespan.startup", "let it answer, or set gangway.lifespan=auto")
            )
        else:
            self._answer.set_exception(problem if isinstance(problem, Exception) else RuntimeError(logs.format_problem(problem)[0]))

    async def _send(self, message: "dict[str, Any]") -> None:
        kind = message["type"]
        phase = "shutdown" if self._is_started else "startup"
        if self._answer.done() or kind not in (f"lifespan.{phase}.complete", f"lifespan.{phase}.failed"):
            raise RuntimeError(
                f"A41, lifespan: expected lifespan.{phase}.complete or lifespan.{phase}.failed, once; found {quote(str(kind))}. Fix: answer each event once"
            )
        self._is_failed = kind.endswith("failed")
        self._is_started = not self._is_failed or self._is_started
        self._answer.set_result(str(message.get("message", "")) if self._is_failed else None)

    def _log(self, text: str) -> None:
        self._service.logs.log(logging.ERROR, "gangway", text, "")

    def _log_problem(self, what: str, problem: BaseException) -> None:
        summary, traceback = logs.format_problem(problem)
        self._log(f"{what}: {summary}\n{traceback.rstrip()}")
