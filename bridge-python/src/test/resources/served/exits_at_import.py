"""Exits while it is imported."""

raise SystemExit("not today")
