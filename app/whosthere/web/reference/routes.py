"""`/docs/api`: the OpenAPI document, to be read."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template

from whosthere.assets import docs_dir
from whosthere.web.assets import pack, served
from whosthere.web.openapi import document
from whosthere.web.reference.codes import meanings
from whosthere.web.reference.content import content
from whosthere.web.reference.shapes import inline

blueprint = Blueprint("reference", __name__)
blueprint.add_app_template_filter(inline, "inline")

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SECONDS = 300
_PAGE = "whosthere.reference"


@blueprint.get("/docs/api")
def api() -> Response:
    """Every operation with its fields, answers and refusals."""
    # Its links are relative, so the page is the same wherever the server is mounted: it is written once.
    page = current_app.extensions.get(_PAGE) or current_app.extensions.setdefault(_PAGE, _written())
    response = Response(page)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.cache_control.max_age = _SECONDS
    return pack(response)


def _written() -> str:
    codes = meanings((docs_dir() / "codes.md").read_text("utf-8"))
    about = content(document(current_app), codes)
    return render_template("reference/api.html", about=about, asset_base=f"../assets/{served().version}")
