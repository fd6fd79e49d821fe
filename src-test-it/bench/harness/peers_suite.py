"""The same applications behind Gangway (on Jetty, and as a WAR in Tomcat) and behind other WSGI servers.

Every server has 2 processes of 4 threads and an access log in a file. By default this takes about half an hour.
"""

import contextlib
import dataclasses
import datetime
import json
import os
import pathlib
import subprocess
import sys

from . import load_client, peers_install, peers_measure, peers_report, peers_rows, peers_servers, processes, tables

DIRECTORY = processes.BENCH / "target" / "peers"
BLOCK = bytes(range(256)) * 4096


def add_arguments(parser):
    rows, servers = ", ".join(peers_rows.ROWS), ", ".join(peers_servers.SERVERS)
    parser.add_argument("--rows", type=_names(peers_rows.ROWS, "row"), metavar="ROW,…", help=f"only these of {rows}")
    parser.add_argument(
        "--servers", type=_names(peers_servers.SERVERS, "server"), metavar="SERVER,…", help=f"only these of {servers}"
    )
    parser.add_argument("--rounds", type=int, default=3, help="measured rounds of each row (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=2, help="length of one measurement (default %(default)s)")
    parser.add_argument(
        "--warm-up",
        type=float,
        default=5,
        metavar="SECONDS",
        help="load that is not measured, for each server and row; a JVM gets up to six times as much (default %(default)s)",
    )
    parser.add_argument("--connections", type=int, default=32, help="connections of the load (default %(default)s)")
    parser.add_argument("--processes", type=int, default=2, help="processes of each server (default %(default)s)")
    parser.add_argument("--threads", type=int, default=4, help="threads of each process (default %(default)s)")
    parser.add_argument("--renew", action="store_true", help="installs the servers again, at their current releases")
    parser.add_argument(
        "--java-option", action="append", default=[], metavar="OPTION", help="an option for the JVMs of the servers"
    )


def _names(known, kind):
    def parse(text):
        names = text.split(",")
        for name in names:
            if name not in known:
                raise processes.BenchError(f"there is no {kind} {name!r}: the {kind}s are {', '.join(known)}")
        return names

    return parse


@dataclasses.dataclass
class Context:
    """What all rows share."""

    options: object
    client: object
    environment: dict
    session: str
    directory: pathlib.Path = DIRECTORY

    def tell(self, text):
        print(f"{datetime.datetime.now():%H:%M:%S} {text}", file=sys.stderr, flush=True)

    def row(self, row):
        """The row as it is asked: Django's page needs the session's cookie."""
        if row.application != peers_rows.DJANGO:
            return row
        return dataclasses.replace(row, headers=(*row.headers, f"Cookie: sessionid={self.session}"))


def run(options):
    processes.build("bridge-cli,src-test-it/bench", "package", "peers")
    servers = [peers_servers.SERVERS[name] for name in options.servers or peers_servers.SERVERS]
    rows = [peers_rows.ROWS[name] for name in options.rows or peers_rows.ROWS]
    missing = peers_install.install(servers, options.renew)
    machine = [*tables.machine(), *_versions(servers)]
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(load_client.client())
        environment, session = _prepare()
        context = Context(options, client, environment, session)
        results = []
        for row in rows:
            asked = [each for each in servers if each.name not in missing and (row == peers_rows.HELLO or not each.is_floor)]
            measured = peers_measure.RowRun(context.row(row), asked, context).run()
            measured.reasons.update({name: why for name, why in missing.items() if not peers_servers.SERVERS[name].is_floor})
            results.append(measured)
            file = _write(results, machine, options)
    print(peers_report.markdown(results, machine, options))
    print(f"raw figures of all rounds: {file}", file=sys.stderr)


def _prepare():
    """The file to download, and Django's database with one session."""
    file, database = DIRECTORY / "file-to-download", DIRECTORY / "stock.sqlite3"
    if not file.exists() or file.stat().st_size != peers_rows.DOWNLOAD_BYTES:
        with open(file, "wb") as target:
            for _ in range(peers_rows.DOWNLOAD_BYTES // len(BLOCK)):
                target.write(BLOCK)
    database.unlink(missing_ok=True)
    environment = {"BENCH_FILE": str(file), "BENCH_DATABASE": str(database)}
    done = subprocess.run(
        [peers_install.VENV / "bin" / "python", "-B", "-m", "django_site.prepare"],
        cwd=peers_install.SOURCES,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise processes.BenchError(f"Django's database could not be made:\n{done.stderr}")
    return environment, done.stdout.strip()


def _versions(servers):
    packages = ["flask", "django", *(server.package for server in servers if server.package)]
    return [
        *((package, peers_install.version(package)) for package in packages),
        ("Jetty", tables.jetty_version(processes.class_path())),
        ("Tomcat", peers_servers.war.tomcat_home().name.rpartition("-")[2]),
    ]


def _write(results, machine, options):
    """After each row, so that a run that is ended leaves what it has measured."""
    file = DIRECTORY / f"results-{STARTED:%Y%m%d-%H%M%S}.json"
    rows = [
        {"row": each.row.name, "left_out": each.reasons, "rounds": each.measurements, "metric": each.row.metric}
        for each in results
    ]
    file.write_text(json.dumps({"machine": dict(machine), "options": vars(options), "rows": rows}, indent=1) + "\n")
    return file


STARTED = datetime.datetime.now()
