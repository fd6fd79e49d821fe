"""What one case's application saw and did."""

from __future__ import annotations

import threading
from typing import Iterable, Iterator, Optional
from urllib.parse import quote_plus

#: Seconds that anything waits for anything; far beyond what a healthy server needs.
PATIENCE = 8


class Run:
    """Events in order, and gates that hold the application until the test says go. Thread-safe."""

    def __init__(self) -> None:
        self._events: "list[str]" = []
        self._open: "set[str]" = set()
        self._changed = threading.Condition()

    def note(self, event: str, details: str = "") -> None:
        """Remembers an event; the details are encoded, for they may be anything."""
        with self._changed:
            self._events.append(f"{event} {quote_plus(details, encoding='latin-1', errors='replace')}")
            self._changed.notify_all()

    def release(self, gate: str) -> None:
        """Lets whoever waits at a gate pass, now and later."""
        with self._changed:
            self._open.add(gate)
            self._changed.notify_all()

    def hold(self, gate: str) -> None:
        """Waits at a gate.

        :raises TimeoutError: if nobody opens it
        """
        with self._changed:
            if not self._changed.wait_for(lambda: gate in self._open, PATIENCE):
                raise TimeoutError(f"nobody opened the gate {gate}")

    def await_events(self, event: str, times: int) -> str:
        """Waits until an event has come so often, or patience is over, and tells all events."""
        with self._changed:
            self._changed.wait_for(lambda: sum(e.startswith(event + " ") for e in self._events) >= times, PATIENCE)
            return "\n".join(self._events)

    def body(self, blocks: Iterable[bytes], failure: Optional[Exception] = None) -> Iterable[bytes]:
        """A body that notes its iteration and its closing, and whether the closing thread is the iterating one (W65).

        :param failure: what ``close()`` raises
        """
        return _Body(self, blocks, failure)


class _Body:
    def __init__(self, run: Run, blocks: Iterable[bytes], failure: Optional[Exception]) -> None:
        self._run = run
        self._blocks = blocks
        self._failure = failure
        self._iterating: Optional[int] = None
        run.note("body")

    def __iter__(self) -> Iterator[bytes]:
        self._iterating = threading.get_ident()
        self._run.note("iterate")
        return iter(self._blocks)

    def close(self) -> None:
        same_thread = self._iterating in (None, threading.get_ident())
        self._run.note("close", "same thread" if same_thread else "other thread")
        if self._failure is not None:
            raise self._failure
