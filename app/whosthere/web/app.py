"""The application: settings in, a WSGI app out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from flask import Flask, Response, current_app, request
from werkzeug.middleware.proxy_fix import ProxyFix

from whosthere.assets import assets, templates_dir
from whosthere.services.runtime import Runtime
from whosthere.settings import Settings
from whosthere.web import admin, agent, embed, ops, problems, reference, server, widget
from whosthere.web.application import Application
from whosthere.web.cookies import COOKIE_NAME, MountedCookie
from whosthere.web.edge import BODY_BYTES_MAX
from whosthere.web.limits import RateLimits
from whosthere.web.problems import request_id
from whosthere.web.signed_in import csrf
from whosthere.wiring import build_runtime

log = logging.getLogger("whosthere.web")


def create_app(settings: Settings, *, clock: Callable[[], int] | None = None, runtime: Runtime | None = None) -> Flask:
    """Make the application.

    Args:
        clock: returns epoch milliseconds; the system's by default.
        runtime: running parts that exist already; made from `settings` by default.
    """
    app = Application("whosthere", static_folder=None, template_folder=str(templates_dir()))
    app.config.update(_config(settings))
    redis_url = None if settings.redis_url is None else settings.redis_url.get_secret_value()
    app.extensions["whosthere.assets"] = assets()
    app.extensions["whosthere.runtime"] = runtime or build_runtime(settings, clock=clock)
    app.extensions["whosthere.limits"] = RateLimits(settings.rate_limit, redis_url)
    app.session_interface = MountedCookie()
    csrf.init_app(app)
    problems.register(app)
    for blueprint in (widget.blueprint, agent.api, agent.pages, admin.blueprint):
        app.register_blueprint(blueprint)
    for blueprint in (server.blueprint, embed.blueprint, ops.blueprint, reference.blueprint):
        app.register_blueprint(blueprint)
    app.after_request(_finish)
    if settings.metrics:
        from whosthere.web import metrics  # an extra: only who wants metrics needs the client

        metrics.register(app)
    _believe_proxies(app, settings.trusted_proxies)
    return app


def _config(settings: Settings) -> dict[str, object]:
    """Return Flask's configuration."""
    return {
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "SESSION_COOKIE_NAME": COOKIE_NAME,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=14),
        "SESSION_REFRESH_EACH_REQUEST": False,  # an answer that comes late must not bring an old cookie back
        "MAX_CONTENT_LENGTH": BODY_BYTES_MAX + 1,
        "MAX_FORM_MEMORY_SIZE": BODY_BYTES_MAX,
        "WTF_CSRF_CHECK_DEFAULT": False,  # checked where a cookie is the credential, in web/signed_in.py
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,  # it compares with `Host`, which proxies rewrite; Fetch Metadata tells it better
        "WHOSTHERE_PUBLIC_URL": settings.public_url,
        # Without the public address no link could be written: the one a request names is the visitor's word.
        "WHOSTHERE_SENDS_MAIL": settings.smtp_url is not None and settings.public_url is not None,
    }


def _believe_proxies(app: Flask, hops: int) -> None:
    """Take the client's address and the outer prefix from forwarded headers, of as many proxies as are configured."""
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops)  # type: ignore[method-assign]
    else:
        app.before_request(_notice_proxy)


def _notice_proxy() -> None:
    """Say once that a proxy seems to stand in front: then every visitor counts as one client address."""
    if "HTTP_X_FORWARDED_FOR" in request.environ and not current_app.config.get("WHOSTHERE_PROXY_NOTICED"):
        current_app.config["WHOSTHERE_PROXY_NOTICED"] = True
        log.warning(
            "X-Forwarded-For arrives, but WHOSTHERE_TRUSTED_PROXIES is 0: it is not believed, and rate limits count "
            "all visitors behind that proxy as one. Set it to the number of proxies in front."
        )


def _finish(response: Response) -> Response:
    """Keep answers of the API out of every cache, and make every answer traceable."""
    headers = response.headers
    if request.path.startswith("/api/"):
        headers.add("Cache-Control", "no-store")
        headers.add("X-Content-Type-Options", "nosniff")
    headers.add("X-Request-ID", request_id())
    return response
