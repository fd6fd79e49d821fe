"""The same applications behind Gangway (on Jetty, and as a WAR in Tomcat) and behind other WSGI servers.

Every server has 2 processes of 4 threads and an access log in a file. By default this takes up to an hour.
"""

import dataclasses
import os
import subprocess

from . import comparison, peers_install, peers_rows, peers_servers, processes

BLOCK = bytes(range(256)) * 4096


def add_arguments(parser):
    comparison.add_arguments(parser, PEERS)


def run(options):
    comparison.run(options, PEERS)


def _prepare(directory):
    """The file to download, and Django's database with one session, whose cookie Django's page needs."""
    file, database = directory / "file-to-download", directory / "stock.sqlite3"
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
    cookie = f"Cookie: sessionid={done.stdout.strip()}"

    def as_asked(row):
        is_django = row.application == peers_rows.DJANGO
        return dataclasses.replace(row, headers=(*row.headers, cookie)) if is_django else row

    return environment, as_asked


PEERS = comparison.Comparison(
    name="peers",
    rows=peers_rows.ROWS,
    servers=peers_servers.SERVERS,
    reference="gunicorn",
    ours={"gangway": "target", "gangway-tomcat": "tomcat_target"},
    packages=("flask", "django"),
    requirements=(),
    prepare=_prepare,
)
