"""The usual mistakes with a proof, made on purpose, and the findings they lead to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import joserfc.jwt
from joserfc.jwk import OctKey, RSAKey

from tests.core.world import (
    EMAIL_HEX,
    ENDED,
    HELPSHIFT,
    KEYS,
    NOW,
    PLATFORM,
    STANDARD,
    USER_ID_HEX,
    config,
    token_of,
)
from tests.people import OTHER_SECRET, SECRET, base64_token, digest, hex_token, jwt

ALL_KEYS = (*KEYS, ENDED)
USER_ID, EMAIL = "Ada-1", "Ada@Example.com"
MESSAGE = f"{USER_ID}\n{EMAIL}"
MAC = digest(SECRET, MESSAGE)
GOOD = base64.b64encode(MAC).decode()
URL_SAFE = next(
    f"Ada-{n}"
    for n in range(99)
    if {"+", "/"} <= set(base64_token(SECRET, f"Ada-{n}\n{EMAIL}"))
)  # fmt: skip


def ada(token: object, **more: object) -> dict[str, object]:
    return {**config(USER_ID, EMAIL), "userAuthToken": token, **more}


def spoiled(secret: str | bytes, message: str | bytes = MESSAGE) -> str:
    key = secret.encode() if isinstance(secret, str) else secret
    text = message.encode() if isinstance(message, str) else message
    return base64.b64encode(hmac.digest(key, text, "sha256")).decode()


HEX_SECRET = "0123456789abcdef" * 4
HEX_KEY = replace(STANDARD, id="key-hex", name="Hex", secret=HEX_SECRET.encode())

LOVELACE = spoiled(SECRET, f"{USER_ID}\nAdaLovelace@mail.example")

HMAC_TABLE = [
    # spelling
    (ada(5), ["token_not_a_string"]),
    (ada(GOOD + "\n"), ["token_white_space"]),
    (ada(f'"{GOOD}"'), ["token_quoted"]),
    (ada(f"Bearer {GOOD}"), ["token_prefixed"]),
    (ada(f" 'sha256={GOOD}'"), ["token_white_space", "token_quoted", "token_prefixed"]),
    (ada(GOOD.rstrip("=") + "=="), ["token_not_canonical"]),
    (ada(MAC.hex()), ["hex_instead_of_base64"]),
    (ada(MAC.hex().upper()), ["hex_instead_of_base64"]),
    (ada(base64.b64encode(MAC.hex().encode()).decode()), ["token_base64_of_hex"]),
    (ada(base64.b64encode(GOOD.encode()).decode()), ["token_encoded_twice"]),
    (ada(GOOD.encode().hex()), ["token_encoded_twice"]),
    (ada(MAC.hex().encode().hex()), ["token_encoded_twice", "hex_instead_of_base64"]),
    (ada(json.dumps(json.dumps(GOOD))), ["token_quoted"]),
    (ada(GOOD.replace("=", "&#x3D;").replace("/", "&#x2F;")), ["token_escaped"]),
    (ada(GOOD.replace("=", "\\u003D").replace("/", "\\/")), ["token_escaped"]),
    (ada(quote(quote(GOOD, safe=""), safe="")), ["token_url_encoded"]),
    (ada(MAC.hex("-").upper()), ["token_hex_separated", "hex_instead_of_base64"]),
    (ada(f"0x{MAC.hex()}"), ["token_prefixed", "hex_instead_of_base64"]),
    (ada(base64.b64encode(hmac.digest(SECRET.encode(), MESSAGE.encode(), "sha1")).decode()), ["token_other_hash"]),
    (ada(hmac.digest(SECRET.encode(), MESSAGE.encode(), "sha512").hex()), ["token_other_hash"]),
    (ada("any old text"), ["token_not_a_digest"]),
    (ada(jwt(SECRET, {"kind": "USER"})), ["identity_token_in_wrong_field"]),
    (ada(f"Bearer {jwt(SECRET, {'kind': 'USER'})}"), ["token_prefixed", "identity_token_in_wrong_field"]),
    (ada(base64_token(USER_ID_HEX.secret.decode(), USER_ID)), ["base64_instead_of_hex"]),
    # the key
    (ada(token_of(ENDED, USER_ID, EMAIL)), ["key_ended"]),
    (ada(spoiled(SECRET + "\n")), ["secret_line_feed"]),
    (ada(spoiled(SECRET + "\r\n")), ["secret_line_feed"]),
    (ada(spoiled(f'"{SECRET}"')), ["secret_quoted"]),
    (ada(spoiled(f"'{SECRET}'")), ["secret_quoted"]),
    (ada(spoiled(f" {SECRET}")), ["secret_white_space"]),
    (ada(spoiled(f"\ufeff{SECRET}")), ["secret_white_space"]),
    (ada(spoiled(SECRET.encode().hex())), ["secret_encoded"]),
    (ada(spoiled(base64.b64encode(SECRET.encode()))), ["secret_encoded"]),
    (ada(spoiled("")), ["secret_missing"]),
    (ada(spoiled("undefined")), ["secret_missing"]),
    (ada(spoiled(MESSAGE, SECRET)), ["secret_and_message_swapped"]),
    (ada(base64.b64encode(hashlib.sha256((SECRET + MESSAGE).encode()).digest()).decode()), ["not_an_hmac"]),
    (ada(spoiled(OTHER_SECRET + "\n")), ["key_ended", "secret_line_feed"]),
    # the message
    (ada(spoiled(SECRET, USER_ID)), ["user_id_signed_alone"]),
    (ada(spoiled(SECRET, f"{USER_ID}\n")), ["user_id_signed_alone"]),
    (ada(spoiled(SECRET, EMAIL)), ["user_email_signed_alone"]),
    (ada(spoiled(SECRET, f"\n{EMAIL}")), ["user_email_signed_alone"]),
    (ada(spoiled(SECRET, f"{EMAIL}\n{USER_ID}")), ["identifiers_swapped"]),
    (ada(spoiled(SECRET, f"{USER_ID}:{EMAIL}")), ["message_separator"]),
    (ada(spoiled(SECRET, MESSAGE + "\n")), ["message_line_feed"]),
    (ada(spoiled(SECRET, MESSAGE.replace(EMAIL, EMAIL.lower()))), ["email_case"]),
    (ada(spoiled(SECRET, MESSAGE.replace(EMAIL, "ADA@example.com"))), ["email_case"]),
    (ada(spoiled(SECRET, MESSAGE.replace(USER_ID, USER_ID.lower()))), ["user_id_case"]),
    (config(USER_ID, "ada@example.com", userAuthToken=GOOD), ["email_case"]),
    (config(USER_ID, "adalovelace@mail.example", userAuthToken=LOVELACE), ["email_case"]),
    (config("ada-1", EMAIL, userAuthToken=GOOD), ["user_id_case"]),
    (config("0042", EMAIL, userAuthToken=spoiled(SECRET, f"42\n{EMAIL}")), ["user_id_as_number"]),
    (config("42", EMAIL, userAuthToken=spoiled(SECRET, f"42.0\n{EMAIL}")), ["user_id_as_number"]),
    (ada(spoiled(SECRET, USER_ID + EMAIL)), ["wrong_scheme"]),
    (ada(token_of(replace(STANDARD, secret=HELPSHIFT.secret), USER_ID, EMAIL)), ["wrong_scheme"]),
    (ada(hex_token(EMAIL_HEX.secret.decode(), USER_ID)), ["wrong_scheme"]),
    (ada(hex_token(USER_ID_HEX.secret.decode(), EMAIL)), ["wrong_scheme"]),
    (ada(GOOD, fullPrivacy=True), ["full_privacy_email"]),
    (ada(spoiled("somebody else's secret")), ["signature_unknown"]),
    # nothing there
    (ada(None), ["token_missing"]),
    (ada("  "), ["token_missing"]),
    ({}, ["nothing_to_prove"]),
    ({"userAuthToken": GOOD}, ["nothing_to_prove"]),
    # the page
    (config("Ada-1 ", userAuthToken=GOOD), ["user_id_white_space"]),
    (config(USER_ID, "jo\u0308rg@example.com", userAuthToken=GOOD), ["user_email_not_nfc"]),
    ({"userId": 5, "userEmail": "x"}, ["user_id_not_a_string", "user_email_invalid"]),
    # all is well
    (ada(GOOD), []),
    (ada(token_of(USER_ID_HEX, USER_ID, None)), ["weak_secret"]),
    (ada(token_of(HELPSHIFT, USER_ID, EMAIL)), ["ambiguous_token", "weak_secret"]),
]


SECONDS = NOW // 1000
CLAIMS: Mapping[str, Any] = {"kind": "USER", "uid": USER_ID, "email": EMAIL, "exp": SECONDS + 300}


def with_jwt(token: object, **page: object) -> dict[str, object]:
    return {**page, "identityToken": token}


def altered(secret: str = SECRET, header: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, object]:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not ...}
    return with_jwt(jwt(secret, claims, **(header or {})))


def raw(payload: bytes, algorithm: bytes = b"HS256") -> str:
    head = base64.urlsafe_b64encode(b'{"alg":"%s"}' % algorithm).rstrip(b"=").decode()
    body = base64.urlsafe_b64encode(payload).rstrip(b"=").decode()
    mac = base64.urlsafe_b64encode(digest(SECRET, f"{head}.{body}")).rstrip(b"=").decode()
    return f"{head}.{body}.{mac}"


GOOD_JWT = jwt(SECRET, dict(CLAIMS))
RSA = RSAKey.generate_key(2048)


def signed_with(algorithm: str, secret: str = SECRET) -> str:
    """A JWT that a library signs with another algorithm than ours."""
    if algorithm == "none":
        return f"{raw(json.dumps(CLAIMS).encode(), b'none').rpartition('.')[0]}."
    key = RSA if algorithm == "RS256" else OctKey.import_key(secret)
    return joserfc.jwt.encode({"alg": algorithm}, dict(CLAIMS), key, algorithms=[algorithm])


JWT_TABLE = [
    (with_jwt(GOOD_JWT), []),
    (with_jwt(GOOD_JWT, userId=USER_ID, userEmail=EMAIL.lower()), []),
    (with_jwt(5), ["token_not_a_string"]),
    (with_jwt(GOOD_JWT + "\n"), ["token_white_space"]),
    (with_jwt(f"Bearer {GOOD_JWT}"), ["token_prefixed"]),
    (with_jwt(f'"{GOOD_JWT}"'), ["token_quoted"]),
    (with_jwt(json.dumps(json.dumps(GOOD_JWT))), ["token_quoted"]),
    (with_jwt(base64.b64encode(GOOD_JWT.encode()).decode()), ["token_encoded_twice"]),
    (with_jwt(GOOD_JWT.encode().hex()), ["token_encoded_twice"]),
    (with_jwt(GOOD), ["user_auth_token_in_wrong_field"]),
    (with_jwt(MAC.hex()), ["user_auth_token_in_wrong_field"]),
    (with_jwt("abc"), ["jwt_not_three_parts"]),
    (with_jwt("a.b.c.d.e"), ["jwt_encrypted"]),
    (with_jwt(GOOD_JWT + "="), ["jwt_not_base64url"]),
    (with_jwt("é.b.c"), ["jwt_not_base64url"]),
    (with_jwt(jwt(SECRET, {**CLAIMS, "x": "x" * 9000})), ["jwt_too_long"]),
    (with_jwt(raw(b"not json")), ["jwt_bad_json"]),
    (with_jwt(raw(b'{"uid":"a","uid":"b"}')), ["jwt_bad_json"]),
    (altered(header={"alg": "HS512"}), ["jwt_algorithm"]),
    (altered(header={"alg": "none"}), ["jwt_algorithm"]),
    *((with_jwt(signed_with(algorithm)), ["jwt_algorithm"]) for algorithm in ("HS384", "HS512", "none", "RS256")),
    (with_jwt(signed_with("HS512", "unknown secret")), ["jwt_algorithm", "signature_unknown"]),
    (altered(header={"crit": ["x"]}), ["jwt_header"]),
    (altered(header={"kid": "unknown"}), ["jwt_kid_unknown", "jwt_kid_other_key"]),
    (altered(header={"kid": HELPSHIFT.id}), ["jwt_kid_unknown", "jwt_kid_other_key"]),
    (altered(OTHER_SECRET), ["key_ended"]),
    (altered(HELPSHIFT.secret.decode()), ["jwt_key_scheme"]),
    (altered(SECRET + "\n"), ["secret_line_feed"]),
    (altered("unknown secret"), ["signature_unknown"]),
    (altered(kind=...), ["kind_missing"]),
    (altered(kind="user"), ["kind_missing"]),
    (altered(exp=...), ["exp_missing"]),
    (altered(exp=str(SECONDS)), ["exp_not_an_integer"]),
    (altered(exp=SECONDS + 0.5), ["exp_not_an_integer"]),
    (altered(exp=SECONDS), ["exp_past"]),
    (altered(exp=NOW + 300_000), ["exp_in_milliseconds"]),
    (altered(iat=NOW), ["issued_in_future"]),
    (altered(nbf=SECONDS + 61), ["issued_in_future"]),
    (altered(iat="now"), ["claim_invalid"]),
    (altered(aud="plt_other"), ["aud_other"]),
    (altered(aud=PLATFORM), []),
    (altered(uid=..., email=...), ["uid_missing"]),
    (altered(uid=..., email_verified=False), ["uid_missing"]),
    (altered(uid=5), ["claim_invalid"]),
    (altered(email="broken"), ["claim_invalid"]),
    (altered(email_verified="yes"), ["claim_invalid"]),
    (altered(name=5), ["claim_invalid"]),
    ({**altered(), "userId": "bob"}, ["uid_mismatch"]),
    ({**altered(uid=..., sub=USER_ID), "userId": USER_ID}, ["uid_missing"]),
    ({**altered(), "userEmail": "bob@example.com"}, ["email_mismatch"]),
    (altered("unknown secret", exp=1), ["signature_unknown", "exp_past"]),
    (altered(kind=..., exp=..., uid=..., email=...), ["kind_missing", "exp_missing", "uid_missing"]),
]
