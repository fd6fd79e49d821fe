"""What an operator does before the first start: the database, a user for the admin, the static files."""

import os

import django
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
django.setup()
call_command("migrate", verbosity=0)
call_command("createsuperuser", interactive=False, username="harbour", email="harbour@example.org")
call_command("collectstatic", verbosity=0, interactive=False)
