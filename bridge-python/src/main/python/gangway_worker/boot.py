"""Brings a new process to an application that can be called, in steps that have names and times."""

from __future__ import annotations

import gc
import os
import site
import sys
import time
from typing import Callable

from gangway_worker import interface, loader, logs, naming
from gangway_worker.configuration import Configuration
from gangway_worker.interface import Application
from gangway_worker.logs import LogSender
from gangway_worker.naming import LoadError
from gangway_worker.rules import quote


#: Allocations between two collections of the youngest objects. A request of a framework makes thousands of objects, most of which are gone with
#: their last reference; Python's 700 (2,000 from 3.12 on) look at those of each request several times, which took a fifth of a Django page.
GARBAGE_THRESHOLD = 10_000


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


def load_application(configuration: Configuration, journey: Journey, sender: LogSender) -> Application:
    """Sets up the process for the application, imports the application's module, and finds the callable.

    :raises BaseException: any exception that the import raises, SystemExit included
    """
    journey.begin("environment")
    collect_less_often()
    if configuration.chdir is not None:
        _enter(configuration.chdir)
    if configuration.venv is not None:
        _use_packages(configuration.venv)
    sys.path[:0] = configuration.python_path
    handler = logs.install(sender, configuration.log_level)
    application = _load(configuration, journey)
    logs.settle(handler)
    return application


def collect_less_often() -> None:
    """Before the application is imported: what it says itself with ``gc.set_threshold`` or ``gc.disable`` counts."""
    youngest, *older = gc.get_threshold()
    if 0 < youngest < GARBAGE_THRESHOLD:
        gc.set_threshold(GARBAGE_THRESHOLD, *older)


def _load(configuration: Configuration, journey: Journey) -> Application:
    if configuration.loader == "paste":
        journey.begin("paste")
        if configuration.factory:
            raise LoadError("an application of paste: is described by its file, and is no factory", "leave gangway.factory out")
        from gangway_worker import paste_deploy  # its imports cost time that other starts need not take

        try:
            found = paste_deploy.load(configuration.application)
        finally:
            _refuse_patched_threads()
        return interface.check(found, configuration.application, configuration.interface, was_made=True)
    journey.begin("name")
    name = naming.parse(configuration.application)
    journey.begin("import")
    try:
        module = loader.import_place(name, configuration.python_path)
    finally:
        _refuse_patched_threads()  # also after an import that failed because of the patch: its own message does not name the cause
    journey.begin("find")
    found, label, call = loader.find(module, name, configuration.factory)
    if call is not None:
        journey.begin("factory")
        found = loader.call_factory(found, label, call)
    return interface.check(found, label, configuration.interface, call is not None)


def _enter(directory: str) -> None:
    """:raises LoadError: if it cannot be the working directory"""
    try:
        os.chdir(directory)
    except OSError as error:
        raise LoadError(
            f"{quote(directory)} cannot be the working directory: {error.strerror}",
            "name a directory in gangway.chdir that the workers' user may enter",
        ) from None


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
        f"the application replaces threads by greenlets, with {patch}, and a worker serves requests with threads ({instead})",
        "take that call out, and set gangway.threads to as many requests as a worker is to serve at once",
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
            f"Python {sys.version_info[0]}.{sys.version_info[1]}",
            "leave gangway.python out, or name an interpreter of the environment's version in it",
        )
    before = len(sys.path)
    site.addsitedir(packages)
    sys.path[:0] = [sys.path.pop() for _ in range(len(sys.path) - before)][::-1]  # before the interpreter's own packages


def describe(problem: BaseException, configuration: Configuration) -> "tuple[str, str, str]":
    """The texts of a FAILED frame after the step: the message, the traceback if the application raised the problem, and the fix if it is known."""
    if isinstance(problem, LoadError):
        return str(problem), getattr(problem, "traceback", ""), problem.fix
    fix = loader.where_to_put_it(configuration.python_path) if isinstance(problem, ModuleNotFoundError) else ""
    return (*logs.format_problem(problem), fix)
