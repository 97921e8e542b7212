"""Static files: their addresses, and answers that are compressed once."""

from __future__ import annotations

import gzip

from flask import Response, current_app, request, url_for

from whosthere.assets import Asset, Assets

_WORTH_PACKING_BYTES = 1000


def served() -> Assets:
    """Return the static files of this application."""
    assets: Assets = current_app.extensions["whosthere.assets"]
    return assets


def asset_base() -> str:
    """Return the address below which static files are immutable."""
    return url_for("embed.asset", version=served().version, name="x").removesuffix("/x")


def answer(asset: Asset) -> Response:
    """Answer with a static file, packed if the browser can unpack it; with 304 if it has it already."""
    packed = asset.packed is not None and _unpacks()
    response = Response(asset.packed if packed else asset.body, content_type=_content_type(asset.media_type))
    if packed:
        response.content_encoding = "gzip"
    response.set_etag(f"{asset.tag}-gzip" if packed else asset.tag)
    response.vary.add("Accept-Encoding")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.make_conditional(request)
    return response


def pack(response: Response) -> Response:
    """Compress a page without anything secret: beside a secret, its length would tell something about it."""
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if _unpacks() and len(body) >= _WORTH_PACKING_BYTES:
        response.set_data(gzip.compress(body, 6, mtime=0))
        response.content_encoding = "gzip"
    return response


def _unpacks() -> bool:
    return bool(request.accept_encodings["gzip"])


def _content_type(media_type: str) -> str:
    text = media_type.startswith("text/") or media_type.endswith(("json", "xml"))
    return f"{media_type}; charset=utf-8" if text else media_type
