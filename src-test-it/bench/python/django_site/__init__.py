"""A Django page with a session and the ORM over SQLite."""
