"""A shop in Flask: what its documentation shows, used as it says."""

import hashlib
import io

import gate
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    session,
    stream_with_context,
    url_for,
)

app = Flask(__name__)
app.secret_key = "only for tests"

catalog = Blueprint("catalog", __name__, url_prefix="/catalog")

CONTENT = bytes(range(256)) * 400


@catalog.get("/")
def index():
    return render_template("catalog.html", products=["tea", "<cocoa>", "café"])


@catalog.get("/<product>")
def product(product):
    return jsonify(name=product, query=request.args.to_dict(flat=False), path=request.path, root=request.root_path)


@catalog.errorhandler(LookupError)
def sold_out(error):
    return f"sold out: {error.args[0]}", 410


@catalog.get("/sold-out/<product>")
def raises_lookup_error(product):
    raise LookupError(product)


app.register_blueprint(catalog)


@app.get("/visits")
def visits():
    session["visits"] = session.get("visits", 0) + 1
    return str(session["visits"])


@app.get("/cookies")
def cookies():
    response = Response("two cookies")
    response.set_cookie("a", "1, with; signs")
    response.set_cookie("b", "2", httponly=True, samesite="Lax")
    return response


@app.post("/flash")
def flash_message():
    flash("saved: " + request.form["name"])
    return redirect(url_for("flashed"))


@app.get("/flashed")
def flashed():
    return render_template("flashed.html")


@app.get("/stream")
def stream():
    def pieces():
        yield "first\n"
        gate.wait(request.args["gate"])
        yield "second\n"

    return Response(stream_with_context(pieces()), mimetype="text/plain")


@app.get("/endless")
def endless():
    """Streams until the client leaves, and then tells the test that it was closed."""

    def pieces():
        while True:
            yield b"x" * 4096

    response = Response(pieces(), mimetype="text/plain")
    response.call_on_close(lambda port=request.args["gate"]: gate.tell(port, "closed"))
    return response


@app.get("/breaks")
def breaks():
    def pieces():
        yield "first\n"
        raise RuntimeError("broke in the middle")

    return Response(pieces(), mimetype="text/plain")


@app.post("/upload")
def upload():
    files = []
    for field, file in request.files.items(multi=True):
        digest = hashlib.sha256()
        size = 0
        while block := file.stream.read(1 << 20):
            digest.update(block)
            size += len(block)
        files.append([field, file.filename, file.content_type, size, digest.hexdigest()])
    return jsonify(form=request.form.to_dict(), files=files)


@app.post("/small")
def small():
    """Refuses a large body before it has been read."""
    request.max_content_length = 1000
    return str(len(request.form))


@app.post("/mirror/<int:number>")
def mirror(number):
    return Response(request.get_data(), headers={"X-Number": str(number)})


@app.route("/raw", methods=["PUT", "POST"])
def raw():
    """A body that is read as a stream, however long the client says it is."""
    digest = hashlib.sha256()
    size = 0
    while block := request.stream.read(1 << 16):
        digest.update(block)
        size += len(block)
    return jsonify(size=size, sha256=digest.hexdigest(), length=request.content_length)


@app.route("/json", methods=["POST", "PUT", "PATCH", "DELETE"])
def echo_json():
    return jsonify(method=request.method, body=request.get_json())


@app.get("/file")
def file():
    return send_file(
        io.BytesIO(CONTENT),
        mimetype="application/octet-stream",
        download_name="tide.bin",
        etag="tide-1",
        last_modified=1700000000,
        conditional=True,
    )


@app.get("/source")
def source():
    """A file on the disk, which Flask hands to wsgi.file_wrapper."""
    return send_file(__file__, mimetype="text/plain", as_attachment=True, download_name="Größe.txt")


@app.get("/links")
def links():
    return jsonify(
        here=request.url,
        relative=url_for("catalog.index"),
        external=url_for("catalog.product", product="café au lait", _external=True),
        static=url_for("static", filename="shop.css"),
    )


@app.get("/moved")
def moved():
    return redirect(url_for("catalog.index"), 301)


@app.get("/teapot")
def teapot():
    abort(418)


@app.get("/boom")
def boom():
    raise RuntimeError("the kettle has exploded")


@app.errorhandler(404)
def not_found(error):
    return render_template("error.html", text=f"no such page: {request.path}"), 404


@app.errorhandler(500)
def failed(error):
    return render_template("error.html", text=f"we are sorry: {type(error.original_exception).__name__}"), 500
