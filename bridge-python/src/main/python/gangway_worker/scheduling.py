"""How the kernel schedules threads (Linux: sched(7)): ours, and those of the server.

A thread of the class SCHED_BATCH gets as much time as any other, but while all processors are busy, an event that it waits for does not interrupt the thread that runs.
"""

from __future__ import annotations

import os
from typing import Optional

#: Passes over the server's threads: a thread that is not changed yet may start another one meanwhile.
MAX_PASSES = 10


def policy() -> Optional[int]:
    """The scheduling policy of this thread; None if the system does not tell."""
    try:
        return os.sched_getscheduler(0)
    except (AttributeError, OSError):
        return None


def schedule(wanted: int, thread: int = 0) -> bool:
    """Sets the scheduling policy of a thread, by default this one. Returns whether the system allows it."""
    try:
        os.sched_setscheduler(thread, wanted, os.sched_param(0))
        return True
    except OSError:
        return False  # a container may forbid the call, or the server be another user's: the policy is only a hint


def schedule_server(server: int) -> None:
    """Has all threads of a process scheduled as threads that compute, as far as they are ordinary ones; further threads inherit it. This process is an ordinary one afterwards.

    :param server: the process's id
    """
    if policy() is None:
        return
    if policy() == os.SCHED_BATCH:
        schedule(os.SCHED_OTHER)  # inherited from the server, if an earlier launcher was here
    for _ in range(MAX_PASSES):
        if not any([_batch(int(thread)) for thread in _threads(server)]):
            return


def _threads(server: int) -> "list[str]":
    try:
        return os.listdir(f"/proc/{server}/task")
    except OSError:
        return []


def _batch(thread: int) -> bool:
    """Returns whether the thread was an ordinary one."""
    try:
        return os.sched_getscheduler(thread) == os.SCHED_OTHER and schedule(os.SCHED_BATCH, thread)
    except OSError:
        return False  # it has ended
