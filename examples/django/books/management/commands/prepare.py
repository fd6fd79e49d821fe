"""Prepares the database, the static files and the user; existing data are kept."""

import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, call_command

from books.models import Book

FIRST_BOOKS = [("The Soul of a New Machine", "Tracy Kidder"), ("Invisible Cities", "Italo Calvino")]


class Command(BaseCommand):
    help = "Migrates the database, collects the static files, and makes a user for the admin."

    def handle(self, *args, **options) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        users = get_user_model().objects
        if not users.filter(username="admin").exists():
            users.create_superuser("admin", password=self._password(settings.DATA / "admin-password"))
            for title, author in FIRST_BOOKS:
                Book.objects.get_or_create(title=title, author=author)

    @staticmethod
    def _password(file: Path) -> str:
        password = secrets.token_urlsafe(9)
        file.touch(mode=0o600)
        file.write_text(password)
        return password
