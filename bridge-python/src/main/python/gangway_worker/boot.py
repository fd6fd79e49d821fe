"""The way from a fresh process to an application that can be called, in steps that have names and times."""

from __future__ import annotations

import os
import site
import sys
import time
from typing import Any, Callable

from gangway_worker import loader, logs
from gangway_worker.configuration import Configuration
from gangway_worker.loader import LoadError
from gangway_worker.logs import LogSender
from gangway_worker.rules import quote


class Journey:
    """Which step a boot is at. A failure then names it."""

    def __init__(self, announce: "Callable[[str, int], None]", started: float) -> None:
        self._announce = announce
        self._started = started
        self.step = "start"

    def begin(self, step: str) -> None:
        """Announces a step before it begins, so that one that never ends is known too."""
        self.step = step
        self._announce(step, self.milliseconds())

    def milliseconds(self) -> int:
        """Since the fork."""
        return int((time.monotonic() - self._started) * 1000)


def load_application(configuration: Configuration, journey: Journey, sender: LogSender) -> "Callable[..., Any]":
    """Makes the surroundings that the application expects, imports and finds it.

    :raises BaseException: whatever its import raises, SystemExit included
    """
    journey.begin("environment")
    if configuration.chdir is not None:
        os.chdir(configuration.chdir)
    if configuration.venv is not None:
        _use_packages(configuration.venv)
    sys.path[:0] = configuration.python_path
    handler = logs.install(sender, configuration.log_level)
    journey.begin("import")
    try:
        module = loader.import_module(configuration.application)
    finally:
        _refuse_patched_threads()  # also where that is why the import failed, with words that do not tell
    journey.begin("find")
    application = loader.find(module, configuration.application)
    interface = configuration.interface
    if interface == "auto":
        interface = loader.interface_of(application)
    if interface != "wsgi":
        raise LoadError(
            f"{configuration.application} is an ASGI application, and this worker serves WSGI only; "
            "if it is a WSGI application after all, set the interface to wsgi"
        )
    logs.settle(handler)
    return application


def _refuse_patched_threads() -> None:
    """Requests run in threads of ours, and one of them runs before the application is imported: a library that puts something else
    in the place of threads comes too late.

    :raises LoadError: if there is one
    """
    gevent, eventlet = sys.modules.get("gevent.monkey"), sys.modules.get("eventlet.patcher")
    if gevent is not None and gevent.is_module_patched("threading"):
        patch, instead = "gevent.monkey.patch_all() or patch_thread()", "gevent.monkey.patch_socket() and patch_select() do no harm"
    elif eventlet is not None and eventlet.is_monkey_patched("thread"):
        patch, instead = "eventlet.monkey_patch()", "eventlet.monkey_patch(os=False, thread=False) does no harm"
    else:
        return
    raise LoadError(
        f"the application replaces threads by greenlets, with {patch}, and a worker serves requests with threads ({instead})"
    ) from None


def _use_packages(venv: str) -> None:
    """An interpreter that is not the environment's own finds its packages all the same, as with other servers.

    :raises LoadError: if the environment is one of another Python
    """
    if os.path.realpath(sys.prefix) == os.path.realpath(venv):
        return
    packages = os.path.join(venv, "lib", f"python{sys.version_info[0]}.{sys.version_info[1]}", "site-packages")
    if not os.path.isdir(packages):
        raise LoadError(
            f"the virtual environment {quote(venv)} has no packages for this interpreter, {quote(sys.executable)}, which is "
            f"Python {sys.version_info[0]}.{sys.version_info[1]}; leave the interpreter to the environment, or name one of its version"
        )
    before = len(sys.path)
    site.addsitedir(packages)
    sys.path[:0] = [sys.path.pop() for _ in range(len(sys.path) - before)][::-1]  # before the interpreter's own


def describe(problem: BaseException) -> "tuple[str, str]":
    """What a FAILED frame says of a problem: its message, and the traceback where the application raised it."""
    if isinstance(problem, LoadError):
        return str(problem), ""
    return logs.format_problem(problem)
