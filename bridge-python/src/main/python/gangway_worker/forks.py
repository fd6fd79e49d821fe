"""What a process that the application forks must not inherit, though a fork copies everything: signals that mean nothing to the
bridge, its connections, the limit of open files that the JVM raised, the scheduling of a thread that serves.

Children that are programs (``subprocess``) get the signals' defaults from the kernel, and no descriptor of ours.
"""

from __future__ import annotations

import os
import resource
import signal
import threading

# By name, and now: a library such as gevent replaces what these modules hold, when the application is imported.
from os import fork
from signal import signal as set_handler
from typing import Optional

from gangway_worker import connection

#: Signals to the JVM's terminal or its control group are for the JVM, which ends its Python processes when it has drained.
JVM_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

#: Open files that a process may have unless somebody raised it: the soft limit of nearly every system, for ``select`` takes no
#: higher descriptors (systemd.exec(5) has a program that raises it restore 1024 in its children).
CONVENTIONAL_FILES = 1024


def leave_signals_to_the_jvm() -> None:
    """Handlers that do nothing, rather than SIG_IGN: that would be passed on to every program that the application starts."""
    # The JVM blocks SIGQUIT in the thread that started us, and a mask is inherited by whatever we and the application start.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for number in JVM_SIGNALS:
        set_handler(number, ignore)

def ignore(number: int, frame: object) -> None:
    """Handles a signal that is not for this process."""

class ForkGuard:
    """Knows which process serves, and makes an ordinary process of the copies that an application's forks make of it. One for each
    launcher, and for the workers that it forks. Any thread may fork."""

    def __init__(self) -> None:
        self._in_child = False
        self._local = threading.local()
        self._files = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._policy = _policy()
        # First of all: so that ours is the last hook before a fork, and the first after it.
        os.register_at_fork(before=self._hold_signals, after_in_parent=self._release_signals, after_in_child=self._disarm)

    def fork(self) -> int:
        """Forks a process that stays one of the bridge's.

        :raises OSError: if there cannot be another
        """
        self._local.is_own = True
        try:
            return fork()
        finally:
            self._local.is_own = False

    def leave_if_child(self) -> None:
        """Ends a forked child that came back out of the application: the exchange is its parent's."""
        if self._in_child:
            os._exit(0)

    def give_way(self) -> None:
        """Has the kernel take this thread for one that computes (Linux: sched(7), SCHED_BATCH): it gets as much time as any other,
        but where all processors are busy, a request that arrives for it does not push the bridge aside, which has the next one to
        bring."""
        if self._policy is not None and self._policy == os.SCHED_OTHER:
            _schedule(os.SCHED_BATCH)

    # A child that gets SIGTERM before it has the default's handler would ignore it, as its parent does, and a Pool that waits for
    # its end would hang. So these signals wait for that: in the thread that forks, the only one that a child has.

    def _hold_signals(self) -> None:
        masks = self._local.__dict__.setdefault("masks", [])  # an application's own hook may fork, too
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
            for number in JVM_SIGNALS:
                if signal.getsignal(number) is ignore:
                    set_handler(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
            self._restore_limits()
        finally:
            try:
                self._release_signals()
            except KeyboardInterrupt:  # a SIGINT that had to wait: what a hook raises is printed, and forgotten
                set_handler(signal.SIGINT, signal.SIG_DFL)
                os.kill(os.getpid(), signal.SIGINT)

    def _restore_limits(self) -> None:
        if self._policy is not None and self._policy == os.SCHED_OTHER and _policy() == os.SCHED_BATCH:
            _schedule(os.SCHED_OTHER)
        soft, hard = self._files
        # A JVM raises the soft limit to the hard one. What it was before, nobody can know; the child can raise it again.
        if soft == hard and _above_convention(soft) and resource.getrlimit(resource.RLIMIT_NOFILE) == self._files:
            resource.setrlimit(resource.RLIMIT_NOFILE, (CONVENTIONAL_FILES, hard))

def _above_convention(limit: int) -> bool:
    return limit == resource.RLIM_INFINITY or limit > CONVENTIONAL_FILES

def _policy() -> Optional[int]:
    """How this thread is scheduled; None where nobody can tell."""
    try:
        return os.sched_getscheduler(0)
    except (AttributeError, OSError):
        return None


def _schedule(policy: int) -> None:
    try:
        os.sched_setscheduler(0, policy, os.sched_param(0))
    except OSError:
        pass  # a container may forbid it: it is a hint, and no more
