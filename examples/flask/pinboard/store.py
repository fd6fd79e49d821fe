"""The pins, in SQLite: a connection for each request."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from flask import Flask, current_app, g

#: Seconds to wait for another worker's write.
MAX_WAIT = 10

SCHEMA = """
create table if not exists pin (
    id integer primary key,
    author text not null,
    words text not null,
    file_name text,
    file blob,
    pinned text not null default current_timestamp
)
"""


def init_app(app: Flask, data: Path) -> None:
    """Makes the database if it does not exist, and closes the connection of each request."""
    app.config["DATABASE"] = data / "pins.sqlite"
    app.teardown_appcontext(_close)
    with app.app_context():
        connection().execute("pragma journal_mode = wal")
        connection().execute(SCHEMA)


def connection() -> sqlite3.Connection:
    """This request's connection."""
    if "database" not in g:
        g.database = sqlite3.connect(current_app.config["DATABASE"], timeout=MAX_WAIT)
        g.database.row_factory = sqlite3.Row
    return g.database


def _close(problem: BaseException | None) -> None:
    database = g.pop("database", None)
    if database is not None:
        database.close()
