"""CPU time and memory of a server: of all processes below its leash."""

import contextlib
import os
import pathlib
import threading

from .leash import descendants

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
SAMPLE_SECONDS = 1.0
#: The names of HotSpot's threads, as far as the kernel keeps them.
COMPILERS = ("C1 Compiler", "C2 Compiler")


def cpu_seconds(leash):
    """User and system time of the processes below a leash, and of those that have ended (proc(5), stat, 14 to 17).

    The time of a process that has ended is in its parent's fields 16 and 17; the leash is the parent of the first.
    """
    ticks = sum(_ticks(leash)[2:])
    for pid in descendants(leash):
        with contextlib.suppress(OSError):
            ticks += sum(_ticks(pid))
    return ticks / TICKS_A_SECOND


def _ticks(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [int(field) for field in fields[11:15]]


def compiler_seconds(leash):
    """CPU time of the JIT compilers' threads of the processes below a leash; a thread that has ended does not count."""
    ticks = 0
    for pid in descendants(leash):
        with contextlib.suppress(OSError):
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                with contextlib.suppress(OSError):
                    if (task / "comm").read_text().startswith(COMPILERS):
                        ticks += sum(_ticks(f"{pid}/task/{task.name}")[:2])
    return ticks / TICKS_A_SECOND


def pss_mib(leash):
    """Memory, with each shared page divided among the processes that share it (proc(5), smaps_rollup)."""
    kib = 0
    for pid in descendants(leash):
        with contextlib.suppress(OSError):
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    kib += int(line.split()[1])
    return kib / 1024


@contextlib.contextmanager
def peak_pss(leash):
    """Yields a list whose one element is, after the block, the highest of the samples taken in it and at its end."""
    peak = [0.0]
    done = threading.Event()

    def sample():
        while not done.wait(SAMPLE_SECONDS):
            peak[0] = max(peak[0], pss_mib(leash))

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()
        peak[0] = max(peak[0], pss_mib(leash))
