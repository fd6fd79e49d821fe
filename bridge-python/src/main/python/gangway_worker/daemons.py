"""Daemonic children of ``multiprocessing``: a process that ends in peace ends them, one that is killed cannot. So each worker keeps
a list of its own where its launcher reads it, which gets a dead worker's children, for it is their reaper (Linux: prctl(2)).

What the application forks by itself, and children that are no daemons, live on.
"""

from __future__ import annotations

import mmap
import multiprocessing.process
import os
import signal
import struct
import sys
import threading
from typing import Any, Iterable

#: Children of one worker that can be listed; those beyond it live on when the worker is killed. A Pool has as many as processors.
MAX_LISTED = 4096

_PID = struct.calcsize("i")

#: Linux: sys/prctl.h.
_PR_SET_CHILD_SUBREAPER = 36


class DaemonList:
    """Pids in memory that a launcher shares with one worker. The worker writes, and the launcher reads when it has ended."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, MAX_LISTED * _PID)

    def write(self, pids: "Iterable[int]") -> None:
        """Replaces what is there."""
        listed = list(pids)[: MAX_LISTED - 1]
        self._memory[: (len(listed) + 1) * _PID] = struct.pack(f"{len(listed) + 1}i", *listed, 0)

    def read(self) -> "list[int]":
        """What was written last."""
        pids = struct.unpack(f"{MAX_LISTED}i", self._memory[:])
        return list(pids[: pids.index(0)])

    def close(self) -> None:
        """Gives the memory back."""
        self._memory.close()


class _Children(set):  # type: ignore[type-arg]
    """Stands where ``multiprocessing`` keeps the processes that it has started, whichever way: fork, spawn or forkserver."""

    def __init__(self, daemons: DaemonList) -> None:
        super().__init__()
        self._daemons = daemons
        self._owner = os.getpid()
        self._lock = threading.Lock()

    def add(self, process: Any) -> None:
        super().add(process)
        self._report()

    def discard(self, process: Any) -> None:
        super().discard(process)
        self._report()

    def _report(self) -> None:
        if os.getpid() != self._owner:
            return  # a fork's copy: the list is its parent's
        with self._lock:
            self._daemons.write(_daemons_among(self))


def _daemons_among(children: "Iterable[Any]") -> "list[int]":
    return [child.pid for child in list(children) if child.daemon and child.pid]


def listed() -> "list[int]":
    """This process's own, such as an application starts that the launcher imports."""
    return _daemons_among(multiprocessing.process._children)  # type: ignore[attr-defined]


def list_in(daemons: DaemonList) -> None:
    """Lists this process's daemonic children from now on. None so far: those of the launcher, if it has imported the application,
    are not a worker's."""
    multiprocessing.process._children = _Children(daemons)  # type: ignore[attr-defined]


def become_reaper() -> None:
    """Has the kernel give this process the orphans of its children, and of theirs, to reap or to end. Where it does not, they are
    process 1's."""
    if not sys.platform.startswith("linux"):
        return
    try:
        import ctypes  # which a Python may have been built without

        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        pass


def kill(pids: "Iterable[int]") -> None:
    """Ends those that descend from this process. What has ended, and whoever got its pid since, does not."""
    for pid in pids:
        if _descends(pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def _descends(pid: int) -> bool:
    """Whether its parent, or one of that one's, is this process. A forkserver's children are not ours, but it is."""
    ancestor = pid
    while ancestor > 1:
        ancestor = _parent(ancestor)
        if ancestor == os.getpid():
            return True
    return False


def _parent(pid: int) -> int:
    """Linux: proc_pid_stat(5); 0 if there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return int(file.read().rpartition(b")")[2].split()[1])
    except (OSError, IndexError):
        return 0
