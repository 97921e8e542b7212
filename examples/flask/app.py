"""Harbour Books, a small shop with customers who sign in, and a support chat that knows them.

Two places make the chat: `tell_the_chat` says who the page is for, and the last line puts Whosthere in front.
"""

from __future__ import annotations

import gzip
import json
import logging
import os
import secrets
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, abort, g, redirect, render_template, request, session, url_for
from shelves import BOOKS, CUSTOMERS, ORDERS
from werkzeug.wrappers import Response as AnyResponse

from whosthere import ChatMiddleware

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
log = logging.getLogger("harbour")

app = Flask(__name__)
app.config.update(
    SECRET_KEY=os.environ.get("HARBOUR_SECRET_KEY") or secrets.token_hex(32),
    SESSION_COOKIE_NAME="harbour",
    SESSION_COOKIE_SAMESITE="Lax",
)


@app.before_request
def tell_the_chat() -> None:
    """Say who this page is for. Whoever is not signed in gets no chat here."""
    customer = CUSTOMERS.get(session.get("customer", ""))
    g.customer, g.nonce = customer, secrets.token_urlsafe(16)
    if customer is not None:
        request.environ["whosthere.user"] = {
            "userId": customer["id"],
            "userEmail": customer["email"],
            "userName": customer["name"],
        }


@app.after_request
def restrict_scripts(response: Response) -> Response:
    """Allow our own styles, and scripts with this answer's nonce."""
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'nonce-{g.nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return response


@app.get("/")
def home() -> str:
    """Show what is on the shelves."""
    return render_template("home.html", books=BOOKS.values())


@app.get("/books/<slug>")
def book(slug: str) -> str:
    """Show one book."""
    return render_template("book.html", book=BOOKS.get(slug) or abort(404))


@app.get("/covers/<slug>.svg")
def cover(slug: str) -> AnyResponse:
    """Draw a book's cover; every cache may keep it."""
    drawn = render_template("cover.svg", book=BOOKS.get(slug) or abort(404))
    response = Response(drawn, mimetype="image/svg+xml")
    response.cache_control.public = True
    response.cache_control.max_age = 3600
    response.add_etag()
    return response.make_conditional(request)


@app.get("/login")
def login() -> str:
    """Offer the customers of this example; your shop asks for a password."""
    return render_template("login.html", customers=CUSTOMERS.values())


@app.post("/login")
def sign_in() -> AnyResponse:
    """Sign a customer in."""
    customer = CUSTOMERS.get(request.form.get("customer", "")) or abort(400)
    session.clear()
    session["customer"] = customer["id"]
    log.info("%s signed in", customer["id"])
    return redirect(url_for("orders"))


@app.post("/logout")
def sign_out() -> AnyResponse:
    """Sign the customer out."""
    session.clear()
    return redirect(url_for("home"))


@app.get("/orders")
def orders() -> str | AnyResponse:
    """Show the customer's own orders."""
    if g.customer is None:
        return redirect(url_for("login"))
    return render_template("orders.html", orders=ORDERS[g.customer["id"]])


@app.get("/catalogue")
def catalogue() -> Response:
    """Stream the whole catalogue, one book at a time."""
    head, _, foot = render_template("catalogue.html").partition("<!-- books -->")

    def page() -> Iterator[str]:
        yield head
        for entry in BOOKS.values():
            yield f"<li>{entry['title']} <span>{entry['author']}, {entry['year']}</span></li>\n"
        yield foot

    return Response(page(), mimetype="text/html")


@app.get("/prices.json")
def prices() -> Response:
    """Answer price robots, compressed."""
    found: dict[str, Any] = {slug: entry["price"] for slug, entry in BOOKS.items()}
    body = gzip.compress(json.dumps(found).encode(), mtime=0)
    return Response(body, mimetype="application/json", headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})


@app.get("/supportive")
def supportive() -> str:
    """Tell what we do for the harbour; not the chat, in spite of its name."""
    return render_template("supportive.html")


@app.errorhandler(404)
def missing(error: Exception) -> tuple[str, int]:
    """Say kindly that there is no such page."""
    return render_template("missing.html"), 404


app.wsgi_app = ChatMiddleware(app.wsgi_app, mount="/support")  # type: ignore[method-assign]
