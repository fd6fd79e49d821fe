"""Undoes, in a process that the application forks, the parts of a worker that a fork copies and that the child must not keep: the handlers that
ignore signals, the connections to the bridge, the limit of open files that the JVM raised, the scheduling of a thread that serves.

Programs that the application starts (``subprocess``) get the default signal handlers from the kernel, and none of our descriptors.
"""

from __future__ import annotations

import os
import resource
import signal
import threading

# Imported by name and before the application: a library such as gevent replaces functions of these modules later.
from os import fork
from signal import signal as set_handler
from typing import Callable, Optional

from gangway_worker import connection, files, scheduling

#: Signals to the JVM's terminal or control group are for the JVM, which ends its Python processes when its requests have ended.
JVM_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

#: The default soft limit of open files on nearly every system, because ``select`` does not accept higher descriptors. A program that
#: raises the limit should restore 1024 in its children (systemd.exec(5)).
CONVENTIONAL_FILES = 1024


def leave_signals_to_the_jvm() -> None:
    """Installs handlers that do nothing, and not SIG_IGN: every program that the application starts would inherit SIG_IGN."""
    # The JVM blocks SIGQUIT in the thread that started this process, and all processes that we and the application start inherit the mask.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for number in JVM_SIGNALS:
        set_handler(number, ignore)

def ignore(number: int, frame: object) -> None:
    """Does nothing: the signal is not for this process."""

class ForkGuard:
    """Knows which processes serve, and turns each process that the application forks into an ordinary one. A launcher and its workers
    share one. Any thread may fork."""

    def __init__(self) -> None:
        self._in_child = False
        self._in_child_then: "Optional[Callable[[], None]]" = None
        self._local = threading.local()
        self._files = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._policy = scheduling.policy()
        # Registered first, so that our hook is the last one before a fork, and the first one after it.
        os.register_at_fork(before=self._hold_signals, after_in_parent=self._release_signals, after_in_child=self._disarm)

    def fork(self) -> int:
        """Forks a process that keeps serving the bridge.

        :raises OSError: if the system allows no further process
        """
        self._local.is_own = True
        try:
            return fork()
        finally:
            self._local.is_own = False

    def watch(self, in_child: "Callable[[], None]") -> None:
        """Has a function called in each process that the application forks."""
        self._in_child_then = in_child

    def leave_if_child(self) -> None:
        """Ends a forked child that returned from the application: the exchange belongs to its parent."""
        if self._in_child:
            os._exit(0)

    def give_way(self) -> None:
        """Asks the kernel to schedule this thread as one that computes (Linux: sched(7), SCHED_BATCH). It gets as much time as any other thread,
        but when all processors are busy, a request that arrives for it does not preempt the bridge, which has the next request to
        send."""
        if self._policy is not None and self._policy == os.SCHED_OTHER:
            scheduling.schedule(os.SCHED_BATCH)

    # A child that gets SIGTERM before it has the default handler would ignore the signal, as its parent does, and a Pool that waits for
    # the child's end would hang. So these signals are blocked until then, in the thread that forks: it is the only thread that a child has.

    def _hold_signals(self) -> None:
        masks = self._local.__dict__.setdefault("masks", [])  # a list, because a hook of the application may fork too
        masks.append(signal.pthread_sigmask(signal.SIG_BLOCK, JVM_SIGNALS))

    def _release_signals(self) -> None:
        masks = self._local.__dict__.get("masks")
        if masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, masks.pop())

    def _disarm(self) -> None:
        if getattr(self._local, "is_own", False):
            self._release_signals()
            return
        self._in_child = True
        try:
            connection.close_all()
            files.close_bodies()
            for number in JVM_SIGNALS:
                if signal.getsignal(number) is ignore:
                    set_handler(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
            self._restore_limits()
            if self._in_child_then is not None:
                self._in_child_then()
        finally:
            try:
                self._release_signals()
            except KeyboardInterrupt:  # from a SIGINT that was blocked: Python prints what a hook raises and goes on, so raise the signal again
                set_handler(signal.SIGINT, signal.SIG_DFL)
                os.kill(os.getpid(), signal.SIGINT)

    def _restore_limits(self) -> None:
        if self._policy is not None and self._policy == os.SCHED_OTHER and scheduling.policy() == os.SCHED_BATCH:
            scheduling.schedule(os.SCHED_OTHER)
        soft, hard = self._files
        # A JVM raises the soft limit to the hard limit. The value before that is not known; the child can raise the limit again.
        if soft == hard and _above_convention(soft) and resource.getrlimit(resource.RLIMIT_NOFILE) == self._files:
            resource.setrlimit(resource.RLIMIT_NOFILE, (CONVENTIONAL_FILES, hard))

def _above_convention(limit: int) -> bool:
    return limit == resource.RLIM_INFINITY or limit > CONVENTIONAL_FILES
