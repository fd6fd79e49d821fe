"""Ends a process of ours from any thread: after the application's ``atexit`` handlers, but without a long wait for them."""

from __future__ import annotations

import atexit
import os
import threading
from typing import NoReturn, Optional

#: Max seconds for the handlers of a process that would otherwise end at once. The bridge kills a worker two seconds after its grace
#: period, and when the whole server stops, 0.3 seconds after it.
HANDLER_SECONDS = 1

#: Exit status of a worker whose process the application has damaged so that it cannot serve; stderr said how.
EXIT_DAMAGED = 4

#: Held for a moment, never while handlers run.
_lock = threading.Lock()
#: The one thread that runs the handlers, once there is one.
_runner: Optional[threading.Thread] = None


def prepare_exit() -> None:
    """Called by the main thread before it leaves the interpreter, where it runs the handlers."""
    atexit.register(_run_alone)  # the handler that is registered last runs first


def end(status: int) -> NoReturn:
    """Ends the process while its other threads run. Any thread may call it; if another thread runs the handlers already, they
    are not run twice."""
    handlers = threading.Thread(target=_run_handlers, name="gangway-end", daemon=True)
    if _becomes_runner(handlers):
        try:
            handlers.start()
            handlers.join(HANDLER_SECONDS)
        except RuntimeError:  # no thread can be started: there are too many, or the interpreter is shutting down (Python 3.12)
            _become_runner()
            _run_handlers()  # on this thread; only the bridge limits its time
    elif _runner is not threading.main_thread():
        threading.Event().wait(HANDLER_SECONDS)  # another thread is ending the process
    os._exit(status)


def give_up(why: str) -> NoReturn:
    """Ends a worker that cannot serve any more."""
    os.write(2, f"gangway: the worker ends and will be replaced: {why}\n".encode("utf-8", "backslashreplace"))
    end(EXIT_DAMAGED)


def _becomes_runner(thread: threading.Thread) -> bool:
    global _runner
    with _lock:
        if _runner is None:
            _runner = thread
        return _runner is thread


def _become_runner() -> None:
    """Takes the place of a thread that could not be started."""
    global _runner
    _runner = threading.current_thread()


def _run_handlers() -> None:
    try:
        atexit._run_exitfuncs()
    except BaseException:
        pass  # Python has printed it


def _run_alone() -> None:
    if not _becomes_runner(threading.current_thread()):
        threading.Event().wait()  # until the process ends: another thread is ending it
