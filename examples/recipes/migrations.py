"""Migrates its database while it is imported: once with --preload, because the launcher imports it and forks the workers."""

import os
import sqlite3


def migrate(path):
    """Applies what is missing. Nothing stays open: the workers would share it."""
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("CREATE TABLE IF NOT EXISTS migration (pid INTEGER)")
        connection.execute("INSERT INTO migration VALUES (?)", (os.getpid(),))
    connection.close()


migrate(os.environ["SHOP_DATABASE"])


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"migrated\n"]
