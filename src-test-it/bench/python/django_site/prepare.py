"""Makes the database that $BENCH_DATABASE names, with articles and one session, and prints the session's key."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_site.settings")
django.setup()

from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django_site.stock.models import Article, Maker  # noqa: E402

call_command("migrate", run_syncdb=True, verbosity=0)
makers = [Maker.objects.create(name=f"maker {number}") for number in range(5)]
Article.objects.bulk_create(
    Article(name=f"buoy {number:03}", price=number * 5 + 1, maker=makers[number % 5]) for number in range(500)
)
session = SessionStore()
session["customer"] = "harbour"
session["basket"] = list(range(8))
session.save()
print(session.session_key)
