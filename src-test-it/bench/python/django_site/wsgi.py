import os

import plain
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_site.settings")
application = plain.beside_hello(get_wsgi_application())
