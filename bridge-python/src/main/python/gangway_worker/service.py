"""What systemd is told about the service (sd_notify(3)): by the launcher, because a JVM has no datagram sockets of this kind."""

from __future__ import annotations

import os
import socket
import sys
import time
from typing import Optional

RELOADING = "RELOADING=1"


class ServiceManager:
    """The socket that the service manager named, if there is one. The application does not see the variable."""

    def __init__(self) -> None:
        self._address: Optional[str] = os.environ.pop("NOTIFY_SOCKET", None)

    def tell(self, state: str) -> None:
        """Sends the state; without a service manager, does nothing."""
        if not self._address:
            return
        if state == RELOADING:
            state += f"\nMONOTONIC_USEC={time.monotonic_ns() // 1000}"
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.sendto(state.encode(), address)
        except OSError as error:
            print(f"gangway: systemd could not be told {state!r} at {self._address}: {error}", file=sys.stderr, flush=True)
