"""The application that ``gangway run shelf.wsgi:application`` loads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shelf.settings")
application = get_wsgi_application()
