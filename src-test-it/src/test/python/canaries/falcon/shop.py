"""A shop in Falcon: what its documentation shows."""

import hashlib
import os

import falcon
import gate

HERE = os.path.dirname(os.path.abspath(__file__))


class Echo:
    def on_get(self, request, response, name):
        response.media = {
            "name": name,
            "prefix": request.prefix,
            "uri": request.uri,
            "relative": request.relative_uri,
            "root": request.root_path,
            "tags": request.get_param_as_list("tag"),
            "number": request.get_param_as_int("number", min_value=1),
            "cookie": request.get_cookie_values("a"),
        }

    def on_put(self, request, response, name):
        response.media = {"got": request.get_media()}
        response.status = falcon.HTTP_201
        response.location = request.uri
        response.set_cookie("a", "1", http_only=True, secure=False)
        response.append_header("X-Canary", "one")


class Raw:
    """Reads as a stream, and answers with one."""

    def on_post(self, request, response):
        digest = hashlib.sha256()
        size = 0
        while block := request.bounded_stream.read(1 << 16):
            digest.update(block)
            size += len(block)
        response.media = {"size": size, "sha256": digest.hexdigest(), "length": request.content_length}

    def on_get(self, request, response):
        path = os.path.join(HERE, "shop.py")
        response.content_type = falcon.MEDIA_TEXT
        response.set_stream(open(path, "rb"), os.path.getsize(path))


class Upload:
    def on_post(self, request, response):
        parts = []
        for part in request.get_media():
            if part.filename:
                parts.append([part.name, part.filename, part.content_type, len(part.stream.read())])
            else:
                parts.append([part.name, part.text])
        response.media = parts


class Stream:
    def on_get(self, request, response):
        def pieces():
            yield b"first\n"
            gate.wait(request.get_param("gate"))
            yield b"second\n"

        response.content_type = falcon.MEDIA_TEXT
        response.stream = pieces()


class Errors:
    def on_get(self, request, response, kind):
        if kind == "teapot":
            raise falcon.HTTPError("418 I'm a teapot", title="short and stout")
        if kind == "away":
            raise falcon.HTTPFound(request.prefix + "/echo/home")
        raise RuntimeError("the kettle has exploded")


def sink(request, response, rest):
    response.status = falcon.HTTP_404
    response.text = "sunk: " + rest


app = falcon.App()
app.add_route("/echo/{name}", Echo())
app.add_route("/raw", Raw())
app.add_route("/upload", Upload())
app.add_route("/stream", Stream())
app.add_route("/errors/{kind}", Errors())
app.add_static_route("/files", HERE)
app.add_sink(sink, r"/sink/(?P<rest>.*)")
