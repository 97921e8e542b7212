"""What can be wrong with a proof, in words: the catalogue behind `core.explain`.

Each entry says what was found and how to mend it, to the developer of the site's backend. No entry ever holds a
secret, a token or an identifier; the name of a key is the most it repeats.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a proof.

    Attributes:
        code: stable, listed in docs/codes.md.
        title: one sentence about what was found.
        how_to_mend: one sentence about what to change.
        advice: whether the proof is accepted all the same.
    """

    code: str
    title: str
    how_to_mend: str
    advice: bool = False


def finding(code: str, *, key_name: str = "", detail: str = "") -> Finding:
    """Return the catalogue's finding `code`; `key_name` and `detail` fill its gaps."""
    title, how_to_mend = CATALOGUE[code]
    return Finding(
        code,
        title.format(key=key_name, detail=detail),
        how_to_mend.format(key=key_name, detail=detail),
        advice=code in ADVICE,
    )


ADVICE = frozenset({"exp_in_milliseconds", "ambiguous_token", "weak_secret"})

CATALOGUE: dict[str, tuple[str, str]] = {
    # The page
    "identifier_invalid": ("{detail}", "Send the identifier exactly as the rules for it say, or leave it out."),
    "nothing_to_prove": ("The page gives no userId and no userEmail.", "Give one, or expect an anonymous visitor."),
    "token_missing": (
        "There is an identifier, but neither a userAuthToken nor an identityToken.",
        "Let the site's backend sign the identifiers and put the token beside them.",
    ),
    "no_live_key": (
        "The platform has no live key, so nobody can be verified.",
        "Create a key and sign with its secret.",
    ),
    "user_id_pattern": (
        "The userId does not match the platform's user_id_pattern.",
        "Send userIds of the promised shape, or correct the pattern.",
    ),
    "ambiguous_token": (
        "The helpshift token also fits another pair of userId and userEmail, so it opens nothing that exists.",
        "Set a user_id_pattern that fixes the shape of ids, use a standard key or a JWT, or sign the userId alone.",
    ),
    # How a token is spelled
    "token_not_a_string": ("The token is not a string.", "Send the token as a JSON string."),
    "token_white_space": (
        "The token begins or ends with white space.",
        "Trim it; a shell's output ends with a line feed.",
    ),
    "token_quoted": ("The token is wrapped in quotes.", "Send it without them; it was probably encoded twice."),
    "token_prefixed": (
        "The token begins with `{detail}`.",
        "Send the token alone; such a prefix belongs into an HTTP header.",
    ),
    "token_escaped": (
        "The token holds escapes of JSON or HTML, such as `\\/` or `&#x3D;`.",
        "Write it into the page with the template's own means for values in scripts, once.",
    ),
    "token_hex_separated": (
        "There are separators between the hexadecimal digits of the token.",
        "Write the digits alone; in C#, that is Convert.ToHexString and not BitConverter.ToString.",
    ),
    "token_url_encoded": (
        "The token holds percent signs or lost its plus signs on the way.",
        "Do not send it through a URL, or encode and decode it once each.",
    ),
    "token_not_canonical": (
        "The base64 of the token has stray bits in its last character or padding in the wrong place.",
        "Use a standard base64 encoder and do not cut or edit its result.",
    ),
    "token_url_safe": (
        "The token is in the URL-safe base64 alphabet (`-` and `_`).",
        "Use the standard alphabet (`+` and `/`).",
    ),
    "token_base64_of_hex": (
        "The token is the base64 of hexadecimal text.",
        "Encode the 32 bytes of the digest, not its hexadecimal text; only a hex scheme takes that text itself.",
    ),
    "token_encoded_twice": (
        "The token was encoded twice: it is {detail}.",
        "Encode once; many HMAC functions return text already when asked to, and a JWT is text.",
    ),
    "hex_instead_of_base64": (
        "The token is hexadecimal, but the key “{key}” expects base64.",
        "Encode the digest in base64, or import the secret as a hex scheme.",
    ),
    "base64_instead_of_hex": (
        "The token is base64, but the key “{key}” expects hexadecimal.",
        "Write the digest as 64 hexadecimal digits.",
    ),
    "token_other_hash": (
        "The token has the length of a {detail} digest.",
        "Use HMAC with SHA-256; its digest has 32 bytes.",
    ),
    "token_not_a_digest": (
        "The token is not the spelling of a SHA-256 digest.",
        "Send 44 characters of base64, or 64 hexadecimal digits for a hex scheme.",
    ),
    "identity_token_in_wrong_field": (
        "The userAuthToken is a JWT.",
        "Send it as identityToken.",
    ),
    "user_auth_token_in_wrong_field": (
        "The identityToken is an HMAC digest, not a JWT.",
        "Send it as userAuthToken.",
    ),
    # The key
    "key_ended": (
        "The token was made with the key “{key}”, which has ended.",
        "Sign with a live key.",
    ),
    "key_too_weak": (
        "The token was made with the standard key “{key}”, whose secret has fewer than 32 bytes and proves nothing.",
        "Create a new key and sign with it.",
    ),
    "weak_secret": (
        "The secret of the key “{key}” has fewer than 32 bytes.",
        "Create a new key and move to it.",
    ),
    "secret_line_feed": (
        "The token was made with the secret of “{key}” and a line feed or carriage return behind it.",
        "Trim the secret when it is read from its file or variable.",
    ),
    "secret_quoted": (
        "The token was made with the secret of “{key}” in quotes.",
        "Remove the quotes from the configuration value.",
    ),
    "secret_trimmed": (
        "The token was made with the secret of “{key}” without the white space that is part of it.",
        "Use the secret exactly as it was imported, or import it again without white space.",
    ),
    "secret_white_space": (
        "The token was made with the secret of “{key}” and a space or a byte order mark around it.",
        "Trim the secret when it is read from its file or variable.",
    ),
    "secret_encoded": (
        "The token was made with the secret of “{key}” as {detail}.",
        "Use the secret's text itself, as UTF-8 bytes; some stores hand secrets out encoded.",
    ),
    "secret_missing": (
        "The token was made with an empty secret, or with the word that stands for a missing value.",
        "Set the variable that the backend reads the secret from, and decode nothing.",
    ),
    "secret_base64_decoded": (
        "The token was made with the base64-decoded secret of “{key}”.",
        "Use the secret's text itself, as UTF-8 bytes.",
    ),
    "secret_hex_decoded": (
        "The token was made with the hex-decoded secret of “{key}”.",
        "Use the secret's text itself, as UTF-8 bytes.",
    ),
    "secret_and_message_swapped": (
        "The token was made with the secret of “{key}” as the message and the identifiers as the key.",
        "Swap the two arguments of the HMAC function.",
    ),
    "not_an_hmac": (
        "The token is a plain SHA-256 over the secret of “{key}” and the identifiers.",
        "Use HMAC-SHA256 (RFC 2104); a plain hash can be extended by others.",
    ),
    # The message
    "wrong_scheme": (
        "The token signs what a {detail} key signs, but “{key}” is a key of another scheme.",
        "Sign what the key's scheme says, or import the secret as a {detail} key.",
    ),
    "user_id_signed_alone": (
        "The token signs the userId alone, and the page sends the userEmail too.",
        "Sign both, or do not send the email.",
    ),
    "user_email_signed_alone": (
        "The token signs the userEmail alone, and the page sends the userId too.",
        "Sign both, or do not send the userId.",
    ),
    "identifiers_swapped": (
        "The token signs the email first and the userId second.",
        "Sign the userId first.",
    ),
    "message_separator": (
        "The token signs the two identifiers with {detail} between them.",
        "Join them the way the key's scheme says.",
    ),
    "message_line_feed": (
        "The token signs the message and a line feed behind it.",
        "Sign without it; `echo` adds one, `printf %s` does not.",
    ),
    "email_case": (
        "The token signs the email in another case than the page sends.",
        "Sign the email exactly as the page sends it.",
    ),
    "user_id_case": (
        "The token signs the userId in another case than the page sends.",
        "Sign the userId exactly as the page sends it.",
    ),
    "user_id_as_number": (
        "The token signs the userId as a number, {detail}, and the page sends it as text.",
        "Turn the id into text in one place, and sign and send that.",
    ),
    "unicode_form": (
        "The token signs another Unicode normalisation form than the page sends.",
        "Sign the very string the page sends.",
    ),
    "full_privacy_email": (
        "The token signs the email, which fullPrivacy takes away.",
        "Sign the userId alone under fullPrivacy.",
    ),
    "key_of_other_platform": (
        "The token was made with a key of the platform “{detail}”.",
        "Sign with a key of this platform, or use that platform’s platformId on the page.",
    ),
    "signature_unknown": (
        "The token fits no key that this platform has.",
        "Check that backend and page mean the same platform, that both identifiers are the same, and that the secret "
        "is right: one of a key that was deleted is forgotten.",
    ),
    "key_deleted": (
        "The token may be one of the key “{key}”, which was deleted on {detail}.",
        "Sign with a live key: a backend that still has the old secret makes tokens that look like this one.",
    ),
    "jwt_kid_deleted": (
        "The token names the key “{key}”, which was deleted on {detail}.",
        "Sign with a live key, and name that one or none as `kid`.",
    ),
    # JWTs
    "jwt_encrypted": ("The identityToken has five parts: it is encrypted.", "Send a signed JWT, of three parts."),
    "jwt_not_three_parts": ("The identityToken has not three parts.", "Send a JWT in compact form."),
    "jwt_too_long": ("The identityToken is longer than 8 KiB.", "Keep only the claims that are needed."),
    "jwt_not_base64url": (
        "A part of the identityToken is not unpadded base64url.",
        "Let a JWT library write the token.",
    ),
    "jwt_bad_json": (
        "A part of the identityToken is not strict JSON: bad syntax, a duplicate key, half a surrogate pair.",
        "Let a JWT library write the token.",
    ),
    "jwt_algorithm": ("The algorithm of the identityToken is not HS256.", "Sign with HS256."),
    "jwt_header": (
        "The header of the identityToken asks for something that is refused: `crit`, `b64`, or a wrong type.",
        "Leave everything but `alg`, `typ` and `kid` out of the header.",
    ),
    "jwt_kid_unknown": (
        "The `kid` names no live standard key of this platform.",
        "Use the id of the key, or leave `kid` out.",
    ),
    "jwt_kid_other_key": (
        "The token was made with the key “{key}”, but its `kid` names another one.",
        "Use the id of the key that signs, or leave `kid` out.",
    ),
    "jwt_key_scheme": (
        "The token was made with “{key}”, which is not a standard key.",
        "Sign JWTs with a standard key of 32 bytes or more.",
    ),
    "kind_missing": ('The claim `kind` is not "USER".', 'Add `kind: "USER"`.'),
    "claim_invalid": ("{detail}", "Correct the claim, or leave it out."),
    "exp_missing": ("There is no claim `exp`.", "Add `exp`, in seconds since 1970."),
    "exp_not_an_integer": ("The claim `exp` is not an integer.", "Write `exp` as a whole number of seconds."),
    "exp_in_milliseconds": (
        "The claim `exp` is in milliseconds: the token is good for thousands of years.",
        "Write `exp` in seconds since 1970.",
    ),
    "exp_past": (
        "The token has expired.",
        "Make a fresh token for every page view, and check the backend's clock.",
    ),
    "issued_in_future": (
        "`iat` or `nbf` lies in the future, or is in milliseconds.",
        "Write them in seconds since 1970, and check the backend's clock.",
    ),
    "aud_other": ("The claim `aud` is not this platform's platformId.", "Set `aud` to the platformId, or omit it."),
    "uid_missing": (
        "The token has no `uid`, {detail}.",
        "Add `uid` (not `sub`, not `user_id`).",
    ),
    "uid_mismatch": (
        "The page's userId is not the token's `uid`.",
        "Send the same id in both, or none on the page.",
    ),
    "email_mismatch": (
        "The page's userEmail is not the token's `email`.",
        "Send the same address in both, or none on the page.",
    ),
}
