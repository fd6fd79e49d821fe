"""A Django project in a file, in debug mode: Django's configuration of logging adds a handler that prints to stderr."""

import logging
import sys

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import Http404, HttpResponse
from django.urls import path

settings.configure(DEBUG=True, ROOT_URLCONF=__name__, SECRET_KEY="for this test alone", ALLOWED_HOSTS=["*"])


def index(request):
    print("the end", file=sys.stderr)
    return HttpResponse("done")


def absent(request):
    raise Http404


urlpatterns = [path("", index), path("absent", absent)]
application = get_wsgi_application()
logging.getLogger("stock").warning("opened")
logging.getLogger("django.stock").warning("opened by Django")
