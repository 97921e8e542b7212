"""`/embed.js`, `/frame` and `/assets/<hash>/…`."""

from __future__ import annotations

from functools import cache
from pathlib import PurePosixPath

from flask import Blueprint, Response, render_template, request, url_for

from whosthere.assets import assets
from whosthere.core.reasons import Reason, Refused
from whosthere.storage import platforms
from whosthere.storage.platforms import Platform
from whosthere.web import language
from whosthere.web.appearance import appearance
from whosthere.web.assets import answer, asset_base, pack, served
from whosthere.web.problems import Problem
from whosthere.web.runtime import runtime
from whosthere.web.wire import identifier

blueprint = Blueprint("embed", __name__)

_SCRIPT_SECONDS = 300
_YEAR_SECONDS = 31_536_000
_NO_FILE = Refused(Reason.NOT_FOUND, "There is no such file.")
_NO_PLATFORM = Refused(Reason.NOT_FOUND, "There is no platform with this platformId.", "platformId")


@blueprint.get("/embed.js")
def script() -> Response:
    """Serve the embed script: its name stays, so browsers keep it for minutes only."""
    response = answer(served().files["embed.js"])
    response.cache_control.max_age = _SCRIPT_SECONDS
    # The script of any page may load what it needs later from beside itself.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/assets/<version>/<path:name>")
def asset(version: str, name: str) -> Response:
    """Serve a static file for ever under the hash of all of them; under another hash, do not keep it."""
    assets = served()
    if name not in assets.files:
        raise Problem(_NO_FILE)
    response = answer(assets.files[name])
    if version == assets.version:
        response.cache_control.max_age = _YEAR_SECONDS
        response.cache_control.public = True
        response.cache_control.immutable = True
    else:
        response.cache_control.max_age = 0
    # Modules that the embed script loads later are fetched with CORS; what is served here is public.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/frame")
def frame() -> Response:
    """Serve the panel's page; only the platform's own origins may frame it."""
    with runtime().database.read() as connection:
        platform = platforms.find(connection, identifier(request.args.get("platformId", "")))
    if platform is None:
        raise Problem(_NO_PLATFORM)
    base = url_for("embed.frame").removesuffix("/frame")
    locale = language.choose(request.args.get("language"), request.accept_languages)
    boot = {
        "platformId": platform.id,
        "origins": list(platform.origins),
        "name": platform.name,
        "apiBase": f"{base}/api/v1/widget",
        "widget": appearance(platform, runtime().clock()),
    }
    response = Response(
        render_template(
            "frame.html",
            boot_json=boot,
            asset_base=asset_base(),
            modules=_panel_modules(locale),
            locale=locale,
            dir=language.direction(locale),
        )
    )
    response.headers["Content-Security-Policy"] = _frame_policy(platform)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return pack(response)


def _frame_policy(platform: Platform) -> str:
    ancestors = " ".join(platform.origins) or "'none'"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob: data:; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
    )


@cache
def _panel_modules(locale: str) -> tuple[str, ...]:
    """Return the panel's modules, for the browser to fetch side by side instead of one after the other."""
    modules = (name for name in assets().files if PurePosixPath(name).match("panel/*.js"))
    return (*sorted(modules), f"panel/words/{locale}.js")
