"""What the suites that compare servers share: their options, and the run over rows and servers."""

import contextlib
import dataclasses
import datetime
import json
import pathlib
import sys

from . import load_client, peers_install, peers_measure, peers_report, peers_servers, processes, tables


@dataclasses.dataclass(frozen=True)
class Comparison:
    """
    Servers that serve the same applications.

    ``reference`` is the server that the others are compared with, ``ours`` has for each of our servers the field of a row
    with its target. ``packages`` are named in the table of the machine, beside the servers' own. ``requirements`` are files
    of packages that the applications need, or None if no Python takes part. ``prepare`` makes what else they need, and
    returns their environment and the row as it is asked.
    """

    name: str
    rows: dict
    servers: dict
    reference: str
    ours: dict
    packages: tuple
    requirements: tuple | None
    prepare: object
    run_row: object = peers_measure.RowRun

    @property
    def directory(self):
        return processes.BENCH / "target" / self.name


def add_arguments(parser, comparison):
    rows, servers = ", ".join(comparison.rows), ", ".join(comparison.servers)
    parser.add_argument("--rows", type=_names(comparison.rows, "row"), metavar="ROW,…", help=f"only these of {rows}")
    parser.add_argument(
        "--servers", type=_names(comparison.servers, "server"), metavar="SERVER,…", help=f"only these of {servers}"
    )
    parser.add_argument("--rounds", type=int, default=3, help="measured rounds of each row (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=2, help="length of one measurement (default %(default)s)")
    parser.add_argument(
        "--warm-up",
        type=float,
        default=5,
        metavar="SECONDS",
        help="load that is not measured, for each server and row; a JVM gets up to thirteen times as much (default %(default)s)",
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
    directory: pathlib.Path

    def tell(self, text):
        print(f"{datetime.datetime.now():%H:%M:%S} {text}", file=sys.stderr, flush=True)


def run(options, comparison):
    processes.build("bridge-cli,src-test-it/bench", "package", "peers")
    servers = [comparison.servers[name] for name in options.servers or comparison.servers]
    rows = [comparison.rows[name] for name in options.rows or comparison.rows]
    missing = {}
    if comparison.requirements is not None:
        missing = peers_install.install(servers, comparison.requirements, options.renew)
    machine = [*tables.machine(), *_versions(servers, comparison)]
    comparison.directory.mkdir(parents=True, exist_ok=True)
    began = datetime.datetime.now()
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(load_client.client())
        environment, as_asked = comparison.prepare(comparison.directory)
        context = Context(options, client, environment, comparison.directory)
        results = []
        for row in rows:
            asked = [each for each in servers if each.name not in missing and (row.has_floor or not each.is_floor)]
            measured = comparison.run_row(as_asked(row), asked, context).run()
            measured.reasons.update(
                {name: why for name, why in missing.items() if not comparison.servers[name].is_floor}
            )
            results.append(measured)
            file = _write(results, machine, options, comparison.directory, began)
    print(peers_report.Report(comparison, results).markdown(machine, options))
    print(f"raw figures of all rounds: {file}", file=sys.stderr)


def _versions(servers, comparison):
    packages = [*comparison.packages, *(server.distribution for server in servers if server.package)]
    return [
        *((package, peers_install.version(package)) for package in packages),
        ("Jetty", tables.jetty_version(processes.class_path())),
        ("Tomcat", peers_servers.war.tomcat_home().name.rpartition("-")[2]),
    ]


def _write(results, machine, options, directory, began):
    """After each row, so that a run that is ended leaves what it has measured."""
    file = directory / f"results-{began:%Y%m%d-%H%M%S}.json"
    rows = [
        {"row": each.row.name, "left_out": each.reasons, "rounds": each.measurements, "metric": each.row.metric}
        for each in results
    ]
    file.write_text(json.dumps({"machine": dict(machine), "options": vars(options), "rows": rows}, indent=1) + "\n")
    return file
