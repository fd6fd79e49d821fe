"""A shop in Bottle: what its documentation shows."""

import os

import bottle
import gate

app = bottle.Bottle()
HERE = os.path.dirname(os.path.abspath(__file__))


@app.get("/hello/<name>")
def hello(name):
    return bottle.template("<p>Ahoy, {{name}}! {{query}}</p>", name=name, query=bottle.request.query.q)


@app.get("/where")
def where():
    request = bottle.request
    return {"url": request.url, "script": request.script_name, "path": request.path, "full": request.fullpath}


@app.get("/count")
def count():
    number = int(bottle.request.get_cookie("count", default="0", secret="tests")) + 1
    bottle.response.set_cookie("count", str(number), secret="tests", path="/")
    return str(number)


@app.get("/go")
def go():
    bottle.redirect(bottle.request.script_name + "where")


@app.get("/files/<name:path>")
def files(name):
    return bottle.static_file(name, root=HERE, download="kopie.py" if bottle.request.query.get("download") else False)


@app.post("/upload")
def upload():
    file = bottle.request.files.file
    return {"name": file.raw_filename, "size": len(file.file.read()), "note": bottle.request.forms.note}


@app.route("/json", method=["PUT", "PATCH"])
def json():
    return {"method": bottle.request.method, "sum": sum(bottle.request.json)}


@app.get("/stream")
def stream():
    bottle.response.content_type = "text/plain"
    yield "first\n"
    gate.wait(bottle.request.query.gate)
    yield "second\n"


@app.get("/secret")
@bottle.auth_basic(lambda user, password: (user, password) == ("mate", "rum"))
def secret():
    return "aye"


@app.get("/boom")
def boom():
    raise RuntimeError("the kettle has exploded")


@app.error(404)
def not_found(error):
    return "no such page: " + bottle.request.path
