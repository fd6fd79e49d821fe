"""A database connection for each worker, also with --preload: a forked process forgets what the import has opened."""

import os
import sqlite3
import threading


class Pool:
    """One connection, made when it is first used. With SQLAlchemy, engine.dispose(close=False) is forget()."""

    def __init__(self, path):
        self._path = path
        self.forget()
        os.register_at_fork(after_in_child=self.forget)

    def forget(self):
        """Does not close the connection: it is the parent's."""
        self._lock = threading.Lock()
        self._connection = None
        self.opened_by = None

    def execute(self, statement):
        with self._lock:
            if self._connection is None:
                self._connection = sqlite3.connect(self._path, check_same_thread=False)
                self.opened_by = os.getpid()
            return self._connection.execute(statement).fetchall()


pool = Pool(os.environ["SHOP_DATABASE"])
pool.execute("SELECT 1")  # the import uses the database, for example to read its settings


def application(environ, start_response):
    pool.execute("SELECT 1")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"opened by {pool.opened_by} in {os.getpid()}\n".encode()]
