"""A shop in Pyramid: what its documentation shows."""

import os

import gate
from pyramid.config import Configurator
from pyramid.csrf import get_csrf_token
from pyramid.httpexceptions import HTTPFound, HTTPGone
from pyramid.response import FileResponse, Response
from pyramid.session import SignedCookieSessionFactory
from pyramid.view import exception_view_config, notfound_view_config, view_config

HERE = os.path.dirname(os.path.abspath(__file__))


@view_config(route_name="product", renderer="json", request_method="GET")
def product(request):
    return {
        "name": request.matchdict["name"],
        "query": request.params.getall("q"),
        "route": request.route_url("product", name="käse brot", _query={"q": "ä"}),
        "path": request.route_path("home"),
        "application": request.application_url,
        "static": request.static_path(HERE + "/static/shop.css"),
    }


@view_config(route_name="home")
def home(request):
    request.session["visits"] = request.session.get("visits", 0) + 1
    return Response(f"visit {request.session['visits']} {get_csrf_token(request)}")


@view_config(route_name="upload", request_method="POST", renderer="json", require_csrf=True)
def upload(request):
    file = request.POST["file"]
    return {"name": file.filename, "size": len(file.file.read()), "note": request.POST["note"]}


@view_config(route_name="file")
def file(request):
    return FileResponse(os.path.join(HERE, "shop.py"), request=request, content_type="text/x-python")


@view_config(route_name="stream")
def stream(request):
    def pieces():
        yield b"first\n"
        gate.wait(request.params["gate"])
        yield b"second\n"

    return Response(app_iter=pieces(), content_type="text/plain")


@view_config(route_name="error")
def error(request):
    kind = request.matchdict["kind"]
    if kind == "away":
        raise HTTPFound(request.route_url("home"))
    if kind == "gone":
        raise HTTPGone("sold out")
    if kind == "lookup":
        raise LookupError("tea")
    raise RuntimeError("the kettle has exploded")


@exception_view_config(LookupError)
def lookup_failed(error, request):
    return Response(f"looked in vain for {error.args[0]}", status=410)


@notfound_view_config(append_slash=True)
def not_found(request):
    return Response("no such page: " + request.path_info, status=404)


def make():
    with Configurator(session_factory=SignedCookieSessionFactory("only for tests")) as config:
        config.add_route("home", "/")
        config.add_route("product", "/product/{name}")
        config.add_route("upload", "/upload")
        config.add_route("file", "/file")
        config.add_route("stream", "/stream")
        config.add_route("error", "/error/{kind}")
        config.add_static_view("static", HERE + "/static", cache_max_age=3600)
        config.scan(__name__)
        return config.make_wsgi_app()


def main(global_config, **settings):
    """What a file of PasteDeploy names."""
    app = make()
    app.registry.settings.update(settings)
    return app


app = make()
