"""Set-up in three steps: the snippet, the first page that reaches us, the first visitor who is verified."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from whosthere.assets import docs_dir
from whosthere.core import origins
from whosthere.core.reasons import Refused
from whosthere.services import diagnostics, platforms
from whosthere.services.keys import NewKey
from whosthere.services.options import Invalid
from whosthere.storage.platforms import Platform
from whosthere.web.admin import snippets
from whosthere.web.admin.gate import Page, blueprint, identity, manages, page, platform, site_url
from whosthere.web.runtime import runtime

WAYS = {"html": "HTML", "wsgi": "Python (WSGI)", "react": "React", "vue": "Vue"}


@dataclass(frozen=True, slots=True)
class Language:
    """A language that sites sign in: its file in `docs/tokens`, and the call that makes a token."""

    name: str
    file: str
    call: str


LANGUAGES = {
    "python": Language("Python", "python/chat_tokens.py", "user_auth_token(secret_key, str(user.id), user.email)"),
    "node": Language(
        "Node", "node/chat-tokens.mjs", "userAuthToken(process.env.CHAT_SECRET_KEY, String(user.id), user.email)"
    ),
    "php": Language(
        "PHP", "php/chat_tokens.php", "user_auth_token(getenv('CHAT_SECRET_KEY'), (string) $user->id, $user->email)"
    ),
    "ruby": Language(
        "Ruby",
        "ruby/chat_tokens.rb",
        'ChatTokens.user_auth_token(ENV.fetch("CHAT_SECRET_KEY"), user.id.to_s, user.email)',
    ),
    "go": Language(
        "Go",
        "go/chat_tokens.go",
        'chattokens.UserAuthToken(os.Getenv("CHAT_SECRET_KEY"), strconv.Itoa(user.ID), user.Email)',
    ),
    "java": Language(
        "Java",
        "java/ChatTokens.java",
        'ChatTokens.userAuthToken(System.getenv("CHAT_SECRET_KEY"), user.getId(), user.getEmail())',
    ),
    "csharp": Language(
        "C#", "csharp/ChatTokens.cs", 'ChatTokens.UserAuthToken(configuration["Chat:SecretKey"], user.Id, user.Email)'
    ),
    "elixir": Language(
        "Elixir",
        "elixir/chat_tokens.ex",
        'ChatTokens.user_auth_token(System.fetch_env!("CHAT_SECRET_KEY"), to_string(user.id), user.email)',
    ),
}


@blueprint.get("/platforms/<platform_id>")
def show_platform(platform_id: str) -> Response:
    """Begin with the page that says how a platform is doing."""
    return redirect(url_for("admin.show_setup", platform_id=platform().id))


@blueprint.get("/platforms/<platform_id>/setup")
def show_setup(platform_id: str) -> Page:
    """Show the three steps."""
    return setup_page(platform())


def setup_page(shown: Platform, key: NewKey | None = None, refused: Refused | None = None) -> Page:
    """Return the page; with a key that was just created, its secret stands there this once."""
    way, language = request.args.get("way", "html"), request.args.get("language", "python")
    chosen = LANGUAGES.get(language, LANGUAGES["python"])
    return page(
        "admin/setup.html",
        [refused] if refused else [],
        platform=shown,
        key=key,
        ways=WAYS,
        way=way if way in WAYS else "html",
        languages=LANGUAGES,
        language=language if language in LANGUAGES else "python",
        chosen=chosen,
        source=(docs_dir() / "tokens" / chosen.file).read_text("utf-8"),
        site=site_url(),
        snippets=snippets.snippets(shown.id, site_url()),
        **_progress(shown),
    )


@blueprint.get("/platforms/<platform_id>/setup/progress")
def show_progress(platform_id: str) -> str:
    """Return the part of the page that changes, for the script that asks every two seconds."""
    return render_template("admin/_progress.html", **_progress(platform()))


def _progress(shown: Platform) -> dict[str, object]:
    progress = diagnostics.progress_of(runtime(), shown, beside=manages(identity()))
    origin = str(progress.trouble.detail.get("origin") or "") if progress.trouble else ""
    listed = origins.allows(shown.origins, origin)
    strange = bool(origin) and origins.problem(origin) is None and not listed
    mended = listed and progress.trouble is not None and progress.trouble.reason == "origin_not_allowed"
    return {
        "progress": progress,
        "here_id": shown.id,
        "strange_origin": origin if strange else None,
        "allowed": origin if mended else None,
    }


@blueprint.post("/platforms/<platform_id>/setup/origin")
def allow_origin(platform_id: str) -> Response | Page:
    """Put an origin on the list from which a page of the site has asked."""
    wanted = [*platform().origins, request.form.get("origin", "")]
    outcome = platforms.change(
        runtime(), platform().id, {"origins": " ".join(wanted)}, actor=identity().actor, version=platform().version
    )
    if isinstance(outcome, Platform):
        return redirect(url_for("admin.show_setup", platform_id=platform().id, _anchor="two"), 303)
    return setup_page(platform(), refused=outcome.problems[0] if isinstance(outcome, Invalid) else outcome)
