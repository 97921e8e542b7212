"""Reading a boot's identifiers: strict, never silent, never corrected (docs/identity.md §2)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from whosthere.core.claims import Claim, Notice
from whosthere.core.emails import EMAIL_BYTES_MAX, is_valid

USER_ID_LENGTH_MAX = 750
USER_NAME_LENGTH_MAX = 255
PLACEHOLDERS = frozenset({"undefined", "null", "NaN", "None", "nil", "[object Object]"})
"""What templates print for a missing value; as a userId it would join strangers in one record."""


def read_claim(body: Mapping[str, object]) -> Claim:
    """Read the identity fields of a boot body into a `Claim`.

    Args:
        body: the parsed JSON object; values keep their JSON types, and nothing here converts one into another.

    Returns:
        A claim whose identifiers are valid or `None`. One given but invalid identifier makes the whole visitor
        anonymous (`invalid`): falling back from a broken userId to the email could open somebody else's
        conversations.
    """
    full_privacy, privacy_notices = _only_true(body, "fullPrivacy")
    clear_anonymous, clear_notices = _only_true(body, "clearAnonymousUserOnLogin")
    user_id = body.get("userId")
    # Under fullPrivacy the email and the name are ignored before anything else happens, validity included.
    user_email = None if full_privacy else body.get("userEmail")
    problems = [p for p in (user_id_problem(user_id), user_email_problem(user_email)) if p is not None]
    user_name, name_notices = (None, ()) if full_privacy else read_name(body.get("userName"))
    advice = user_id_advice(user_id) if isinstance(user_id, str) and not problems else ()
    return Claim(
        user_id=user_id if isinstance(user_id, str) and user_id and not problems else None,
        user_email=user_email if isinstance(user_email, str) and user_email and not problems else None,
        user_name=user_name,
        user_auth_token=body.get("userAuthToken"),
        identity_token=body.get("identityToken"),
        full_privacy=full_privacy,
        clear_anonymous=clear_anonymous,
        invalid=bool(problems),
        warnings=(*privacy_notices, *problems, *name_notices, *advice, *clear_notices),
    )


def user_id_problem(value: object) -> Notice | None:
    """Return what is wrong with a `userId`; `None` for a good one and for one that is not given (`None`, "")."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        return Notice("user_id_not_a_string", "userId", "userId must be a string.")
    if len(value) > USER_ID_LENGTH_MAX:
        return Notice("user_id_too_long", "userId", f"userId is longer than {USER_ID_LENGTH_MAX} characters.")
    if value != value.strip():
        return Notice("user_id_white_space", "userId", "userId begins or ends with white space.")
    if "\0" in value or "\n" in value or _has_lone_surrogate(value):
        message = "userId holds U+0000, a line feed or half a surrogate pair."
        return Notice("user_id_forbidden_character", "userId", message)
    if value in PLACEHOLDERS:
        message = "userId is what a template prints for a missing value."
        return Notice("user_id_placeholder", "userId", message)
    return None


def user_email_problem(value: object) -> Notice | None:
    """Return what is wrong with a `userEmail`; `None` for a good one and one that is not given (`None`, "")."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        return Notice("user_email_not_a_string", "userEmail", "userEmail must be a string.")
    return None if is_valid(value) else _email_problem(value)


def _email_problem(value: str) -> Notice:
    """Say why an address is not valid; the most telling reason first."""
    if value != value.strip():
        return Notice("user_email_white_space", "userEmail", "userEmail begins or ends with white space.")
    if not unicodedata.is_normalized("NFC", value):
        return Notice("user_email_not_nfc", "userEmail", "userEmail is not in Unicode normalisation form C.")
    if len(value.encode(errors="replace")) > EMAIL_BYTES_MAX:
        message = f"userEmail is longer than {EMAIL_BYTES_MAX} bytes."
        return Notice("user_email_too_long", "userEmail", message)
    return Notice("user_email_invalid", "userEmail", "userEmail is not a valid email address.")


def user_id_advice(user_id: str) -> tuple[Notice, ...]:
    """Return the warning an accepted `userId` deserves: one that looks like an email is never looked up as one."""
    if "@" in user_id and is_valid(user_id):
        message = "userId looks like an email address; it is never used to find a user by email."
        return (Notice("user_id_looks_like_email", "userId", message),)
    return ()


def read_name(value: object) -> tuple[str | None, tuple[Notice, ...]]:
    """Read a `userName`: at most 255 code points without U+0000. It identifies nobody, so nothing refuses it."""
    if value is None or value == "":
        return None, ()
    if not isinstance(value, str):
        return None, (Notice("user_name_not_a_string", "userName", "userName must be a string; ignored."),)
    if _has_lone_surrogate(value):
        message = "userName holds half a surrogate pair; ignored."
        return None, (Notice("user_name_forbidden_character", "userName", message),)
    notices: list[Notice] = []
    if "\0" in value:
        value = value.replace("\0", "")
        notices.append(Notice("user_name_nul_dropped", "userName", "U+0000 was dropped from userName."))
    if len(value) > USER_NAME_LENGTH_MAX:
        value = value[:USER_NAME_LENGTH_MAX]
        message = f"userName was cut to {USER_NAME_LENGTH_MAX} characters."
        notices.append(Notice("user_name_cut", "userName", message))
    return value or None, tuple(notices)


def is_blank(token: object) -> bool:
    """Tell whether a proof is missing: not given, or nothing but white space. A non-string is not missing."""
    return token is None or (isinstance(token, str) and not token.strip())


def _only_true(body: Mapping[str, object], field: str) -> tuple[bool, tuple[Notice, ...]]:
    value = body.get(field)
    if value is True or value is False or value is None or value == "":
        return value is True, ()
    return False, (Notice("not_a_boolean", field, f"{field} counts only when it is true; ignored."),)


def _has_lone_surrogate(text: str) -> bool:
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
