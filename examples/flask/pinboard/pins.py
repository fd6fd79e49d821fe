"""Pages and downloads."""

from __future__ import annotations

import csv
import io
import os
import time

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    session,
    stream_with_context,
    url_for,
)

from pinboard.store import connection

#: Max characters of a pin.
LONGEST = 280

blueprint = Blueprint("pins", __name__)


@blueprint.get("/")
def board() -> str:
    pins = connection().execute("select id, author, words, file_name, pinned from pin order by id desc limit 100")
    return render_template("board.html", pins=pins.fetchall(), author=session.get("author", ""), worker=os.getpid())


@blueprint.post("/pins")
def pin():
    author = request.form.get("author", "").strip()
    words = request.form.get("words", "").strip()
    if not author or not words or len(words) > LONGEST:
        flash(f"A pin needs a name, and 1 to {LONGEST} characters.", "problem")
        return redirect(url_for(".board"))
    upload = request.files.get("file")
    content = upload.read() if upload and upload.filename else None
    with connection() as database:
        database.execute(
            "insert into pin (author, words, file_name, file) values (?, ?, ?, ?)",
            (author, words, upload.filename if content is not None else None, content),
        )
    session["author"] = author
    flash("Pinned.")
    return redirect(url_for(".board"))


@blueprint.get("/pins/<int:number>/file")
def file(number: int) -> Response:
    found = connection().execute("select file_name, file from pin where id = ?", (number,)).fetchone()
    if found is None or found["file"] is None:
        abort(404, "This pin has no file, or there is no such pin.")
    # As an attachment: an uploaded file must not be shown as a page of this site.
    return send_file(io.BytesIO(found["file"]), download_name=found["file_name"], as_attachment=True)


@blueprint.get("/pins.csv")
def export() -> Response:
    """Row by row: the table may be larger than the memory."""

    def rows():
        for row in connection().execute("select id, author, words, pinned from pin order by id"):
            line = io.StringIO()
            csv.writer(line).writerow(row)
            yield line.getvalue()

    return Response(stream_with_context(rows()), mimetype="text/csv")


@blueprint.get("/live")
def live() -> Response:
    """Each line is sent when it is made."""

    def lines():
        for number in range(1, 11):
            yield f"line {number} of 10, from worker {os.getpid()}\n"
            time.sleep(0.3)

    return Response(lines(), mimetype="text/plain")
