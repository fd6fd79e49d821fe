"""A pinboard: a small, complete Flask application."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from flask import Flask, render_template
from werkzeug.exceptions import HTTPException

from pinboard import pins, store

#: Max bytes of a request's body: an attachment and a short text.
LARGEST_REQUEST = 5 * 1024 * 1024


def create_app(data: Path) -> Flask:
    """Makes the application, and the directory for its data if it does not exist."""
    data.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=_shared_secret(data / "secret-key"),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    store.init_app(app, data)
    app.register_blueprint(pins.blueprint)
    app.register_error_handler(HTTPException, _problem)
    return app


def _problem(problem: HTTPException):
    return render_template("problem.html", problem=problem), problem.code


def _shared_secret(file: Path) -> str:
    """The key that signs the sessions: the workers are processes, and all need the same key, also after a restart."""
    mine = file.with_name(f"{file.name}.{os.getpid()}")
    mine.touch(mode=0o600)
    mine.write_text(secrets.token_hex())
    try:
        os.link(mine, file)  # the first worker wins
    except FileExistsError:
        pass
    finally:
        mine.unlink()
    return file.read_text()
