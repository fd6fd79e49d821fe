"""How a process of ours ends: after the application's ``atexit`` handlers, whichever thread ends it, and not much later for them."""

from __future__ import annotations

import atexit
import os
import threading
from typing import NoReturn, Optional

#: Seconds for the handlers of a process that would otherwise end at once: the bridge kills a worker that is two seconds late.
HANDLER_SECONDS = 1

#: Held for a moment, never while handlers run.
_lock = threading.Lock()
#: The one thread that runs the handlers, once there is one.
_runner: Optional[threading.Thread] = None


def prepare_exit() -> None:
    """For the main thread that is about to leave the interpreter, and runs the handlers there."""
    atexit.register(_run_alone)  # what is registered last runs first


def end(status: int) -> NoReturn:
    """Ends the process, whatever its threads are doing. Any of them may call it; where another one runs the handlers already, they
    are not run twice."""
    handlers = threading.Thread(target=_run_handlers, name="gangway-end", daemon=True)
    if _becomes_runner(handlers):
        try:
            handlers.start()
            handlers.join(HANDLER_SECONDS)
        except RuntimeError:  # there is no thread to be had, or the main thread waits for one that does not end (Python 3.12)
            _become_runner()
            _run_handlers()  # here, where nothing but the bridge limits it
    elif _runner is not threading.main_thread():
        threading.Event().wait(HANDLER_SECONDS)  # somebody else is ending the process
    os._exit(status)


def _becomes_runner(thread: threading.Thread) -> bool:
    global _runner
    with _lock:
        if _runner is None:
            _runner = thread
        return _runner is thread


def _become_runner() -> None:
    """In place of a thread that could not be started."""
    global _runner
    _runner = threading.current_thread()


def _run_handlers() -> None:
    try:
        atexit._run_exitfuncs()
    except BaseException:
        pass  # Python has printed it


def _run_alone() -> None:
    if not _becomes_runner(threading.current_thread()):
        threading.Event().wait()  # for the end of the process, which another thread has begun
