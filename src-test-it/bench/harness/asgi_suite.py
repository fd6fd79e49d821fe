"""The same asynchronous applications behind Gangway (on Jetty, and as a WAR in Tomcat) and behind other ASGI servers.

Every server has 2 processes and an access log in a file.
"""

from . import asgi_rows, asgi_servers, comparison, peers_measure, process_tree, socket_load
from .peers_rows import MEMORY


def add_arguments(parser):
    comparison.add_arguments(parser, ASGI)


def run(options):
    comparison.run(options, ASGI)


class AsgiRowRun(peers_measure.RowRun):
    """Rows of requests as in `run peers`; those of sockets have clients of their own."""

    def _check_same(self):
        if not self._has_sockets():
            super()._check_same()

    def _has_sockets(self):
        return isinstance(self.row, asgi_rows.SocketRow)

    def _load_of_row(self, running, seconds):
        if not self._has_sockets():
            super()._load_of_row(running, seconds)
        elif self.row.metric != MEMORY:
            with self._crowd(running, self.row.warm_up_path or self.row.path) as crowd:
                crowd.run(seconds)

    def _crowd(self, running, path):
        return getattr(socket_load, self.row.kind)(running.port, path, self.row.connections)

    def _measure(self, running):
        if not self._has_sockets():
            super()._measure(running)
            return
        before = process_tree.pss_mib(running.pid)
        used = process_tree.cpu_seconds(running.pid)
        with process_tree.peak_pss(running.pid) as peak, self._crowd(running, self.row.path) as crowd:
            if self.row.metric != MEMORY:
                crowd.run(socket_load.SETTLE_SECONDS)
                used = process_tree.cpu_seconds(running.pid)
            result = crowd.run(self.options.seconds)
            result["cpu_us"] = (process_tree.cpu_seconds(running.pid) - used) * 1e6 / result["answered"]
            result["kib_each"] = (process_tree.pss_mib(running.pid) - before) * 1024 / self.row.connections
        result["pss_mib"] = peak[0]
        result["per_second"] = result["answered"] / result["seconds"]
        result["share"] = result["fewest"] * self.row.connections / result["answered"]
        self.measurements[running.server.name].append(result)


def _prepare(directory):
    return {}, lambda row: row


ASGI = comparison.Comparison(
    name="asgi",
    rows=asgi_rows.ROWS,
    servers=asgi_servers.SERVERS,
    reference="uvicorn",
    ours={"gangway": "target", "gangway-program": "target", "gangway-tomcat": "tomcat_target"},
    packages=("starlette", "fastapi", "uvloop"),
    requirements=("requirements-asgi.txt",),
    prepare=_prepare,
    run_row=AsgiRowRun,
)
