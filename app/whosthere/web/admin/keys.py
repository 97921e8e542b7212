"""Keys of a platform: made, imported, given an end, deleted; and the server API keys beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from whosthere.core.keys import LIVE_KEYS_MAX, Scheme
from whosthere.core.reasons import Reason, Refused
from whosthere.services import keys, server_keys
from whosthere.services.keys import NewKey, Wanted
from whosthere.services.server_keys import NewServerKey
from whosthere.storage.keys import KeyRow
from whosthere.storage.server_keys import ServerKey
from whosthere.web.admin.gate import Page, blueprint, identity, page, platform, unconfirmed
from whosthere.web.admin.words import is_over
from whosthere.web.confirmation import confirm_by
from whosthere.web.problems import Problem
from whosthere.web.runtime import runtime
from whosthere.web.wire import identifier

SHOWN = {
    "ended": "The end is set.",
    "over": "The key has ended.",
    "deleted": "The key is deleted.",
    "revoked": "The key is revoked.",
}
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")  # as browsers send it
_YEAR_MIN = 2000
_NO_KEY = Refused(Reason.NOT_FOUND, "There is no such key.")
_BAD_END = Refused(Reason.INVALID_FIELD, "Write date and time in UTC, as in 2026-12-24T18:00.", "ends")


@blueprint.get("/platforms/<platform_id>/keys")
def show_keys(platform_id: str) -> Page:
    """List the keys."""
    return _page()


@blueprint.post("/platforms/<platform_id>/keys")
def create_key(platform_id: str) -> Page:
    """Create a key, or import another vendor's secret as one; what was made is shown this once."""
    form = request.form
    chosen = form.get("scheme", Scheme.STANDARD.value)
    given = {"name": form.get("name", ""), "scheme": chosen}
    refused = confirm_by(identity(), form)
    if refused is None and chosen not in set(Scheme):
        refused = Refused(Reason.INVALID_FIELD, "Choose a scheme.", "scheme")
    if refused is not None:
        return _page([refused], given=given, secret=form.get("secret", ""))
    wanted = Wanted(Scheme(chosen), form.get("name") or None, form.get("secret") or None)
    made = keys.new(runtime(), platform().id, wanted, actor=identity().actor, seen=form.get("seen"))
    if isinstance(made, Refused):
        return _page([made], given=given, secret=form.get("secret", ""))
    return _page(made=made, imported=wanted.secret is not None)


@blueprint.post("/platforms/<platform_id>/keys/<key_id>/end")
def end_key(platform_id: str, key_id: str) -> Response | Page:
    """Give a key an end, or take it away."""
    key = _key(key_id)
    ends_at = _read_end(request.form.get("ends", ""))
    refused = ends_at if isinstance(ends_at, Refused) else confirm_by(identity(), request.form)
    if refused is None and not isinstance(ends_at, Refused):
        seen = request.form.get("seen", "")
        outcome = keys.set_end(runtime(), platform().id, key.id, ends_at, actor=identity().actor, seen=seen)
        refused = outcome if isinstance(outcome, Refused) else None
    if refused is not None:
        return _key_page(key, [_beside(refused, "end_password")])
    return _changed("over" if isinstance(ends_at, int) and ends_at <= runtime().clock() else "ended")


@blueprint.get("/platforms/<platform_id>/keys/<key_id>")
def show_key(platform_id: str, key_id: str) -> Page:
    """Show one key: its end, and what deleting it would end."""
    return _key_page(_key(key_id))


@blueprint.post("/platforms/<platform_id>/keys/<key_id>/delete")
def delete_key(platform_id: str, key_id: str) -> Response | Page:
    """Delete a key for good."""
    key = _key(key_id)
    refused = confirm_by(identity(), request.form)
    if refused is None:
        seen = request.form.get("seen", "")
        outcome = keys.delete(runtime(), platform().id, key.id, actor=identity().actor, seen=seen)
        refused = outcome if isinstance(outcome, Refused) else None
    if refused is None or refused.reason is Reason.NOT_FOUND:  # gone already is fine, too
        return _changed("deleted")
    return _key_page(key, [_beside(refused, "delete_password")])


@blueprint.post("/platforms/<platform_id>/server-keys")
def create_server_key(platform_id: str) -> Page:
    """Create a server API key; its secret is shown this once."""
    name = request.form.get("server_name", "")
    refused = confirm_by(identity(), request.form)
    if refused is None:
        seen = request.form.get("server_seen")
        made = server_keys.create(runtime(), platform().id, actor=identity().actor, name=name, seen=seen)
        if not isinstance(made, Refused):
            return _page(made_server=made)
        refused = Refused(made.reason, made.detail, "seen" if made.field == "seen" else "server_name")
    return _page([_beside(refused, "server_password")], server_name=name)


@blueprint.post("/platforms/<platform_id>/server-keys/<key_id>/revoke")
def revoke_server_key(platform_id: str, key_id: str) -> Response | Page:
    """Revoke a server API key for good."""
    key_id = identifier(key_id)
    refused = confirm_by(identity(), request.form)
    if refused is not None:
        there = any(key.id == key_id for key in _server_keys())
        return _page([_beside(refused, "revoke_password" if there else "")], revoking=key_id)
    revoked = server_keys.revoke(runtime(), platform().id, key_id, actor=identity().actor)
    if isinstance(revoked, Refused) and not any(key.id == key_id for key in _server_keys(revoked=True)):
        raise Problem(revoked)
    return _changed("revoked")  # revoked already is fine, too


def _beside(refused: Refused, field: str) -> Refused:
    """Return a refusal of the password at the one form of the page that it was for."""
    return Refused(refused.reason, refused.detail, field) if refused.field == "password" else refused


def _changed(done: str) -> Response:
    return redirect(url_for("admin.show_keys", platform_id=platform().id, done=done), 303)


def _page(
    problems: Sequence[Refused] = (),
    *,
    made: NewKey | None = None,
    imported: bool = False,
    made_server: NewServerKey | None = None,
    given: dict[str, str] | None = None,
    **typed: str,
) -> Page:
    listed, backends, now = _keys(), _server_keys(revoked=True), runtime().clock()
    live = sum(not is_over(key, now) for key in listed)
    return page(
        "admin/keys.html",
        problems,
        keys=listed,
        live=live,
        most=LIVE_KEYS_MAX if live >= LIVE_KEYS_MAX else 0,
        server_keys=[key for key in backends if key.revoked_at is None],
        seen=keys.state(listed),
        server_seen=server_keys.state(backends),
        made=made,
        imported=imported,
        made_server=made_server,
        given=given or {"scheme": Scheme.STANDARD.value},
        typed=typed,
        done=SHOWN.get(request.args.get("done", ""), ""),
        ask_password=bool(unconfirmed()),
    )


def _key_page(key: KeyRow, problems: Sequence[Refused] = ()) -> Page:
    everything, now = _keys(), runtime().clock()
    return page(
        "admin/key.html",
        problems,
        key=next((one for one in everything if one.id == key.id), key),
        only=[one.id for one in everything if not is_over(one, now)] == [key.id],
        ends=request.form.get("ends", _end_in_form(key.ends_at) if key.ends_at else ""),
        # Who sends it again after reading what the other one did has seen the newer state.
        seen=keys.state(everything),
        ask_password=bool(unconfirmed()),
    )


def _keys() -> list[KeyRow]:
    found = keys.listed(runtime(), platform().id)
    return [] if isinstance(found, Refused) else found


def _server_keys(*, revoked: bool = False) -> list[ServerKey]:
    found = server_keys.listed(runtime(), platform().id)
    return [] if isinstance(found, Refused) else [one for one in found if revoked or one.revoked_at is None]


def _key(key_id: str) -> KeyRow:
    found = next((key for key in _keys() if key.id == key_id), None)
    if found is None:
        raise Problem(_NO_KEY)
    return found


def _read_end(text: str) -> int | Refused | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC) if _MOMENT.fullmatch(text) else None
    except ValueError:
        return _BAD_END
    return _BAD_END if moment is None or moment.year < _YEAR_MIN else int(moment.timestamp() * 1000)


def _end_in_form(ends_at: int) -> str:
    return datetime.fromtimestamp(ends_at / 1000, UTC).strftime("%Y-%m-%dT%H:%M")
