"""Werkzeug by itself: its requests, responses, multipart parser and debugger, as its documentation shows them."""

import hashlib
import json
import resource
from datetime import datetime, timezone

from werkzeug.debug import DebuggedApplication
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.http import generate_etag
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

CONTENT = "\n".join(f"line {number}" for number in range(10_000)).encode()

urls = Map(
    [
        Rule("/echo/<path:rest>", endpoint="echo"),
        Rule("/upload", endpoint="upload", methods=["POST"]),
        Rule("/conditional", endpoint="conditional"),
        Rule("/status/<int:code>", endpoint="status"),
        Rule("/built", endpoint="built"),
        Rule("/old", redirect_to="built"),
        Rule("/boom", endpoint="boom"),
        Rule("/late", endpoint="late"),
    ]
)


def as_json(value, **options):
    return Response(json.dumps(value), mimetype="application/json", **options)


def echo(request, adapter, rest):
    return as_json(
        {
            "method": request.method,
            "rest": rest,
            "root": request.root_path,
            "args": request.args.to_dict(flat=False),
            "type": request.mimetype,
            "length": request.content_length,
            "data": request.get_data(as_text=True),
            "accept": request.accept_languages.best_match(["de", "en"]),
            "cookies": request.cookies.to_dict(),
            "range": request.range.ranges if request.range else None,
            "remote": request.remote_addr,
            "basic": request.authorization.username if request.authorization else None,
        }
    )


def peak_memory():
    """Of this process so far, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def upload(request, adapter):
    before = peak_memory()
    file = request.files["file"]
    digest = hashlib.sha256()
    size = 0
    while block := file.stream.read(1 << 20):
        digest.update(block)
        size += len(block)
    return as_json(
        {"size": size, "sha256": digest.hexdigest(), "name": file.filename, "note": request.form["note"], "grown": peak_memory() - before}
    )


def conditional(request, adapter):
    response = Response(CONTENT, mimetype="text/plain")
    response.set_etag(generate_etag(CONTENT))
    response.last_modified = datetime(2026, 1, 1, tzinfo=timezone.utc)
    response.cache_control.max_age = 60
    return response.make_conditional(request, accept_ranges=True, complete_length=len(CONTENT))


def status(request, adapter, code):
    response = Response("body of a %d" % code, status=code)
    response.headers.add("X-Canary", "one")
    response.headers.add("X-Canary", "two")
    response.headers.add("Link", "</a>; rel=\"next\"")
    return response


def built(request, adapter):
    return as_json({"url": adapter.build("echo", {"rest": "ä b"}, force_external=True), "base": request.base_url})


def boom(request, adapter):
    treasure = 6 * 7
    raise RuntimeError(f"the kettle has exploded {treasure} times")


def late(request, adapter):
    def pieces():
        yield b"first\n"
        raise RuntimeError("too late for a page")

    return Response(pieces(), mimetype="text/plain")


@Request.application
def tools(request):
    adapter = urls.bind_to_environ(request.environ)
    try:
        endpoint, arguments = adapter.match()
        return globals()[endpoint](request, adapter, **arguments)
    except NotFound:
        return Response("nothing at " + request.path, status=404)
    except HTTPException as error:
        return error


debugged = DebuggedApplication(tools, evalex=True, pin_security=True)
