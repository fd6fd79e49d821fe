"""Daemonic children of ``multiprocessing``: a process that exits normally ends them, but a process that is killed cannot. So each worker
keeps a list of its daemonic children in memory that its launcher can read. The launcher becomes the parent of a dead worker's children, because it is
their reaper (Linux: prctl(2)), and ends those on the list.

Processes that the application forks by itself, and children that are not daemonic, live on.
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

#: Max number of listed children of one worker; further ones live on when the worker is killed. A Pool has one child for each processor.
MAX_LISTED = 4096

_PID = struct.calcsize("i")

#: Linux: sys/prctl.h.
_PR_SET_CHILD_SUBREAPER = 36


class DaemonList:
    """Pids in memory that a launcher shares with one worker. The worker writes, and the launcher reads when the worker has ended."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, MAX_LISTED * _PID)

    def write(self, pids: "Iterable[int]") -> None:
        """Replaces the list."""
        listed = list(pids)[: MAX_LISTED - 1]
        self._memory[: (len(listed) + 1) * _PID] = struct.pack(f"{len(listed) + 1}i", *listed, 0)

    def read(self) -> "list[int]":
        """The pids that were written last."""
        pids = struct.unpack(f"{MAX_LISTED}i", self._memory[:])
        return list(pids[: pids.index(0)])

    def close(self) -> None:
        """Releases the memory."""
        self._memory.close()


class _Children(set):  # type: ignore[type-arg]
    """Replaces the set in which ``multiprocessing`` keeps the processes that it has started, by fork, spawn or forkserver."""

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
            return  # the copy of a forked child: the list belongs to its parent
        with self._lock:
            self._daemons.write(_daemons_among(self))


def _daemons_among(children: "Iterable[Any]") -> "list[int]":
    return [child.pid for child in list(children) if child.daemon and child.pid]


def listed() -> "list[int]":
    """The daemonic children of this process, for example those of an application that the launcher has preloaded."""
    return _daemons_among(multiprocessing.process._children)  # type: ignore[attr-defined]


def list_in(daemons: DaemonList) -> None:
    """Lists this process's daemonic children from now on. The list begins empty: children of a launcher that has preloaded the application
    do not belong to a worker."""
    multiprocessing.process._children = _Children(daemons)  # type: ignore[attr-defined]


def become_reaper() -> None:
    """Asks the kernel to make this process the parent of all its descendants that become orphans, so that it can reap or end them. Without this,
    process 1 becomes their parent."""
    if not sys.platform.startswith("linux"):
        return
    try:
        import ctypes  # a Python may have been built without it

        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        pass


def kill(pids: "Iterable[int]") -> None:
    """Kills those of the processes that descend from this process. A pid that belongs to another process by now is left alone."""
    for pid in pids:
        if _descends(pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def _descends(pid: int) -> bool:
    """Whether this process is an ancestor of another. The children of a forkserver are not our children, but the forkserver is."""
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
