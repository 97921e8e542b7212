"""What the desk calls things: schemes, refusals and how to mend them, changes in the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from whosthere.core.keys import Scheme
from whosthere.storage.keys import KeyRow
from whosthere.storage.refusals import Sample

QUIET_MS = 7 * 86_400_000
"""How long nobody needs a key before the desk says that it can go."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A refusal in words: what happened, and what to do.

    Attributes:
        code: what the doctor found, where it was asked; docs/codes.md.
    """

    title: str
    mend: str
    code: str = ""


SCHEMES: Mapping[str, tuple[str, str]] = {
    Scheme.STANDARD.value: ("Standard", "signs userId and userEmail with a line feed between them, and JWTs"),
    Scheme.HELPSHIFT.value: ("Helpshift", "signs userId and userEmail without anything between them"),
    Scheme.USER_ID_HEX.value: ("User ID, hexadecimal", "signs the userId: Intercom, Chatwoot, tawk.to"),
    Scheme.EMAIL_HEX.value: ("Email, hexadecimal", "signs the userEmail: Help Scout, Front, Crisp"),
}

TROUBLES: Mapping[str, Trouble] = {
    "origin_not_allowed": Trouble("A page asked from an origin that is not on the list.", "Allow it, if it is yours."),
    "missing_user_auth_token": Trouble(
        "The page named a visitor, and gave no token.",
        "Sign the identifiers on your server, put the token beside them.",
    ),
    "token_format": Trouble(
        "The token is not spelled as any live key expects.", "Most often it is hexadecimal instead of base64."
    ),
    "token_signature": Trouble(
        "The token fits no live key and these identifiers.",
        "Sign exactly what the page sends, with the secret exactly as it was shown.",
    ),
    "no_live_key": Trouble("There is no live key, so nobody can be verified.", "Create a key and sign with it."),
    "user_id_pattern": Trouble(
        "The userId does not match the pattern.", "Correct the pattern, or send userIds of that shape."
    ),
    "ambiguous_token": Trouble(
        "A Helpshift token fits several people.", "Set a pattern for userIds, or move to a standard key."
    ),
    "identity_token_format": Trouble(
        "The identityToken is malformed, or one of its claims breaks its rule.",
        "Let a JWT library write it, with HS256.",
    ),
    "identity_token_signature": Trouble(
        "The identityToken fits no live standard key.", "Check the secret it is made with."
    ),
    "identity_token_expired": Trouble(
        "The identityToken has expired.", "Make a fresh one for each page view; check the server’s clock."
    ),
    "identity_token_uid": Trouble("The identityToken names nobody.", "Add the claim uid, or a verified email."),
    "identity_token_mismatch": Trouble(
        "The identityToken is about somebody else than the page.",
        "Send the same person in both, or nobody on the page.",
    ),
    "script_outdated": Trouble(
        "A page runs an older embed script than this server has.",
        "Load it from this server, not from a copy; a cache on the way forgets it after some minutes.",
    ),
    "user_id_not_a_string": Trouble("The userId is not a string.", "Convert numbers: String(user.id)."),
    "user_id_too_long": Trouble("The userId has more than 750 characters.", "Send a shorter id."),
    "user_id_white_space": Trouble("The userId begins or ends with white space.", "Trim it where the page is made."),
    "user_id_forbidden_character": Trouble("The userId holds a control character.", "Send it without."),
    "user_id_placeholder": Trouble(
        "The userId is what a template prints for a missing value.", "Leave it out while nobody is signed in."
    ),
    "user_email_not_a_string": Trouble("The userEmail is not a string.", "Send it as a JSON string."),
    "user_email_white_space": Trouble("The userEmail begins or ends with white space.", "Trim it."),
    "user_email_not_nfc": Trouble("The userEmail is not in Unicode form NFC.", "Normalise it where it is stored."),
    "user_email_too_long": Trouble("The userEmail is longer than 254 bytes.", "Leave it out."),
    "user_email_invalid": Trouble("The userEmail is not a valid address.", "Send a complete address, or none."),
}
COARSE = frozenset({"token_format", "token_signature", "identity_token_format", "identity_token_signature"})
"""Reasons that many mistakes have: what the doctor found in the examples tells more."""
_UNKNOWN = Trouble("A visitor was refused.", "Ask the doctor with the page’s config.")

ACTIONS: Mapping[str, str] = {
    "platform.created": "Platform created",
    "platform.changed": "Settings changed",
    "platform.unsealed": "All people unsealed",
    "key.created": "Key created",
    "key.deleted": "Key deleted",
    "key.end_set": "End of a key set",
    "server_key.created": "Server API key created",
    "server_key.revoked": "Server API key revoked",
    "token.signed": "Token signed",
    "agent.invited": "Colleague invited",
    "agent.invitation_revoked": "Invitation taken back",
    "agent.joined": "Joined the team",
    "agent.role": "Role changed",
    "agent.removed": "Removed from the team",
    "agent.disabled": "Account disabled",
    "agent.signed_in": "Signed in",
    "agent.sign_in_failed": "Sign-in failed",
    "agent.code_failed": "Code of the second factor wrong",
    "agent.confirmation_failed": "Password asked again, and wrong",
    "agent.sign_in_throttled": "Too many tries to sign in",
    "agent.password_changed": "Password changed",
    "agent.password_link": "Link for a new password made",
    "agent.password_reset": "Password set anew",
    "agent.second_factor_on": "Second factor switched on",
    "agent.second_factor_off": "Second factor switched off",
    "agent.second_factor_reset": "Second factor taken away by an admin",
    "agent.recovery_code_used": "Recovery code used",
    "agent.recovery_codes_renewed": "Recovery codes renewed",
    "agent.token_created": "Personal token created",
    "agent.token_revoked": "Personal token revoked",
    "message.redacted": "Message redacted",
    "attachment.redacted": "File redacted",
    "merge.adopted": "Record found by email was given a userId",
    "merge.history_added": "History from before signing in added",
    "merge.undone": "Merge undone",
    "user.identified": "Person identified by a backend",
    "user.blocked": "Visitor blocked",
    "user.unblocked": "Visitor unblocked",
    "user.exported": "Person exported",
    "user.erased": "Person erased",
    "user.erasure_stopped": "Erasure of a person stopped",
    "user.erasure_resumed": "Erasure of a person resumed",
    "user.sessions_ended": "Sessions of a person ended",
    "user.unsealed": "Person unsealed",
}


def scheme(value: str) -> str:
    """Return the name of a key's scheme."""
    return SCHEMES[value][0]


def signs(value: str) -> str:
    """Return what a key of a scheme signs."""
    return SCHEMES[value][1]


def trouble(reason: str) -> Trouble:
    """Return a refusal in words."""
    return TROUBLES.get(reason, _UNKNOWN)


def trouble_of(sample: Sample) -> Trouble:
    """Return what was wrong with one visit, as exactly as it is known."""
    found = sample.detail.get("finding") if sample.reason in COARSE else None
    return Trouble(found["title"], found["howToMend"], found["code"]) if found else trouble(sample.reason)


def is_anonymous(reason: str) -> bool:
    """Whether visitors with this trouble are let in as anonymous ones, whatever the policy says."""
    return reason.startswith(("user_id_", "user_email_")) and reason != "user_id_pattern"


def action(name: str) -> str:
    """Return an action of the log in words."""
    return ACTIONS.get(name) or name.replace(".", ": ").replace("_", " ").capitalize()


def page_path(sample: Sample) -> str:
    """Return where a refusal happened, without what an address may tell about a visitor: its query."""
    try:
        parts = urlsplit(sample.page_url or "")
        host = parts.netloc.rpartition("@")[2]
    except ValueError:  # a page may say anything, "http://[" too
        return "somewhere"
    return f"{host}{parts.path}"[:200] or str(sample.detail.get("origin") or "no browser")[:200]


def is_quiet(key: KeyRow, now: int) -> bool:
    """Whether nobody has needed a key for a week."""
    return now - max(key.created_at, key.last_used_at or 0) > QUIET_MS


def may_go(key: KeyRow, keys: Sequence[KeyRow], now: int) -> bool:
    """Whether a key can be deleted without locking anybody out, as far as one can tell.

    Nobody has needed it for a week, and it has ended or another live one is in use.
    """
    others = (one for one in keys if one.id != key.id and not is_over(one, now))
    in_use = any(now - (one.last_used_at or 0) <= QUIET_MS for one in others)
    return is_quiet(key, now) and (is_over(key, now) or in_use)


def is_over(key: KeyRow, now: int) -> bool:
    """Whether a key has reached its end."""
    return key.ends_at is not None and key.ends_at <= now
