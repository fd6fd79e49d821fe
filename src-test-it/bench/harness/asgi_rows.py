"""The rows of `run asgi`: what is asked of every server, and the ratio to uvicorn that Gangway is to reach."""

import dataclasses

from .peers_rows import MEMORY, Row

PLAIN = "asgi_plain:application"
STARLETTE = "starlette_site:application"
FASTAPI = "fastapi_site:application"
#: The application's `/sse` sends an event a second, `/sse?often` twenty.
SSE_CLIENTS = 1000
FANOUT_CLIENTS = 1000
ECHO_CLIENTS = 100
#: A machine whose processes may have 20,000 open files has room for this many in a server that needs two for each.
IDLE_SOCKETS = 5000


@dataclasses.dataclass(frozen=True)
class SocketRow(Row):
    """A row whose clients keep their connections: ``kind`` is a class of socket_load.

    Where a server has little to do, ``warm_up_path`` gives it as much in a short time as the row's path in a long one.
    """

    kind: str = ""
    warm_up_path: str = ""

    @property
    def is_share_counted(self):
        """Each process of a server has a room of its own, and those in the others receive nothing."""
        return self.kind != "Fanout"

    @property
    def first(self):
        return HELLO


HELLO = Row("hello", PLAIN, "/hello", "13 bytes", target=2.0)

ROWS = {
    row.name: row
    for row in (
        HELLO,
        Row("starlette-json", STARLETTE, "/json", "an order with ten lines, 700 bytes", target=1.7),
        Row("fastapi-json", FASTAPI, "/json", "the same, with a response model", target=1.4),
        Row("post-64k", PLAIN, "/post", "64 KiB", method="POST", body_size=64 * 1024, target=1.6),
        Row("stream", PLAIN, "/stream", "1,000 blocks of 100 bytes without Content-Length", target=0.4),
        SocketRow("sse", PLAIN, "/sse", "1,000 clients, an event a second each", kind="Events", connections=SSE_CLIENTS,
                  warm_up_path="/sse?often", counted="an event", counted_plural="events", target=1.8),
        SocketRow("ws-echo", PLAIN, "/echo", "100 WebSockets, 32 bytes there and back", kind="Echoes",
                  connections=ECHO_CLIENTS, counted="a message", counted_plural="messages", target=2.3),
        SocketRow("ws-fanout", PLAIN, "/room", "one WebSocket sends to 1,000", kind="Fanout", connections=FANOUT_CLIENTS,
                  counted="a delivery", counted_plural="deliveries", target=2.0),
        SocketRow("ws-idle", PLAIN, "/echo", "5,000 WebSockets without a message", kind="Idle", connections=IDLE_SOCKETS,
                  counted="a handshake", counted_plural="handshakes", metric=MEMORY, target=45, tomcat_target=65),
    )
}  # fmt: skip
