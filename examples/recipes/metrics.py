"""Counts requests in all workers, and shows the sums at /metrics, with the multiprocess mode of prometheus_client."""

import atexit
import os

from prometheus_client import CollectorRegistry, Counter, make_wsgi_app, multiprocess

REQUESTS = Counter("shop_requests", "Requests that were served.")

# In place of gunicorn's child_exit: the handler runs in each worker that ends.
atexit.register(lambda: multiprocess.mark_process_dead(os.getpid()))


def application(environ, start_response):
    if environ["PATH_INFO"] == "/metrics":
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
        return make_wsgi_app(registry)(environ, start_response)
    REQUESTS.inc()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"worker {os.getpid()}\n".encode()]
