"""What every request is measured against: the least a Flask view with a JSON answer costs on the same server."""

from __future__ import annotations

from flask import Flask, Response, jsonify

PATH = "/baseline"


def create_baseline() -> Flask:
    """Make an application with one trivial view."""
    app = Flask("baseline")

    @app.get(PATH)
    def trivial() -> Response:
        return jsonify(ok=True)

    return app
