"""The rows of `run peers`: what is asked of every server, and the ratio to gunicorn that Gangway is to reach."""

import dataclasses

PLAIN = "plain:application"
FLASK = "flask_site:application"
DJANGO = "django_site.wsgi:application"
MIB = 1 << 20
DOWNLOAD_BYTES = 100 * MIB
#: More than the kernel keeps for a slow connection: the rest stays with the server.
SLOW_DOWNLOAD_BYTES = MIB
#: Transfers that are long enough to fill all threads with fewer connections.
TRANSFER_CONNECTIONS = 8

CPU, RATE, SHARE, MEMORY = "cpu", "rate", "share", "memory"


@dataclasses.dataclass(frozen=True)
class Row:
    """
    One row.

    ``metric`` says which figure is compared with gunicorn's: the CPU time, where less is better; the rate, where more
    is; for ``slow``, the rate as a share of the server's own without slow clients; or the memory of each connection.
    """

    name: str
    application: str
    path: str
    meaning: str
    method: str = "GET"
    body_size: int = 0
    headers: tuple = ()
    connections: int = 0
    is_kept: bool = True
    is_compared: bool = True
    has_floor: bool = False
    busy_processes: int = 0
    has_slow_clients: bool = False
    metric: str = CPU
    unit: str = "µs"
    counted: str = "a request"
    counted_plural: str = "requests"
    target: float = None
    tomcat_target: float = None

    @property
    def is_share_counted(self):
        """Beside slow clients, a connection that got nothing is no reason to leave a server out, but the result."""
        return not self.has_slow_clients

    @property
    def further_columns(self):
        if self.metric == MEMORY:
            return ("KiB each",)
        return ("hello alone/s", "share", "slow ones read", "slow failures") if self.has_slow_clients else ()

    @property
    def first(self):
        """What a server is asked until it answers."""
        return self


HELLO = Row("hello", PLAIN, "/hello", "13 bytes", has_floor=True, target=0.50, tomcat_target=0.65)
#: What the slow clients ask for.
UPLOAD_SLOWLY = Row("slow-up", PLAIN, "/upload", "", method="POST", body_size=60_000,
                    headers=("Connection: close",))  # fmt: skip
DOWNLOAD_SLOWLY = Row("slow-down", PLAIN, "/slow-download", "", headers=("Connection: close",))

ROWS = {
    row.name: row
    for row in (
        HELLO,
        Row("flask-json", FLASK, "/json", "an order with ten lines, 700 bytes", target=0.70, tomcat_target=0.80),
        Row("flask-template", FLASK, "/page", "a page of 10 KB", target=0.88, tomcat_target=0.95),
        Row("django-page", DJANGO, "/page", "a session, two queries, a template", target=0.88, tomcat_target=0.93),
        Row("post-64k", PLAIN, "/post", "64 KiB, read at once", method="POST", body_size=64 * 1024, target=0.50),
        Row("upload-10m", PLAIN, "/upload", "10 MiB, read in blocks", method="POST", body_size=10 * MIB,
            connections=TRANSFER_CONNECTIONS, unit="ms", target=0.20),
        Row("download-100m", PLAIN, "/download", "a file of 100 MiB in wsgi.file_wrapper",
            connections=TRANSFER_CONNECTIONS, is_compared=False, unit="ms", target=1.25),
        Row("stream", PLAIN, "/stream", "1,000 blocks of 100 bytes without Content-Length", target=1.0),
        Row("one-connection-a-request", PLAIN, "/hello", "13 bytes, Connection: close", is_kept=False,
            headers=("Connection: close",), target=0.57),
        Row("flask-json-busy", FLASK, "/json", "flask-json beside 4 processes that compute", busy_processes=4,
            metric=RATE, target=1.2),
        Row("slow", PLAIN, "/hello", "hello beside 500 clients that send and 500 that read at 10 KB/s",
            has_slow_clients=True, metric=SHARE, target=0.8, tomcat_target=0.8),
    )
}  # fmt: skip
