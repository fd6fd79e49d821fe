"""Brings a new process to an application that can be called, in steps that have names and times."""

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
    """Keeps the step that a boot is at, so that a failure can name it."""

    def __init__(self, announce: "Callable[[str, int], None]", started: float) -> None:
        self._announce = announce
        self._started = started
        self.step = "start"

    def begin(self, step: str) -> None:
        """Announces a step before it begins, so that the bridge also knows a step that never ends."""
        self.step = step
        self._announce(step, self.milliseconds())

    def milliseconds(self) -> int:
        """The time since the fork."""
        return int((time.monotonic() - self._started) * 1000)


def load_application(configuration: Configuration, journey: Journey, sender: LogSender) -> "Callable[..., Any]":
    """Sets up the process for the application, imports the application's module, and finds the callable.

    :raises BaseException: any exception that the import raises, SystemExit included
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
        _refuse_patched_threads()  # also after an import that failed because of the patch: its own message does not name the cause
    journey.begin("find")
    application = loader.find(module, configuration.application)
    interface = configuration.interface
    if interface == "auto":
        interface = loader.interface_of(application)
    if interface != "wsgi":
        raise LoadError(
            f"{configuration.application} is an ASGI application, and this worker serves WSGI only; "
            "if it is a WSGI application, set gangway.interface=wsgi"
        )
    logs.settle(handler)
    return application


def _refuse_patched_threads() -> None:
    """Requests run in threads that the worker starts, and one of its threads runs before the application is imported: a library that replaces
    threads during the import is too late.

    :raises LoadError: if the import has replaced threads
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
    """Makes the environment's packages available to an interpreter that is not the environment's own, as other servers do.

    :raises LoadError: if the environment belongs to another version of Python
    """
    if os.path.realpath(sys.prefix) == os.path.realpath(venv):
        return
    packages = os.path.join(venv, "lib", f"python{sys.version_info[0]}.{sys.version_info[1]}", "site-packages")
    if not os.path.isdir(packages):
        raise LoadError(
            f"the virtual environment {quote(venv)} has no packages for this interpreter, {quote(sys.executable)}, which is "
            f"Python {sys.version_info[0]}.{sys.version_info[1]}"
        )
    before = len(sys.path)
    site.addsitedir(packages)
    sys.path[:0] = [sys.path.pop() for _ in range(len(sys.path) - before)][::-1]  # before the interpreter's own packages


def describe(problem: BaseException) -> "tuple[str, str]":
    """The texts of a FAILED frame: the message, and the traceback if the application raised the problem."""
    if isinstance(problem, LoadError):
        return str(problem), ""
    return logs.format_problem(problem)
