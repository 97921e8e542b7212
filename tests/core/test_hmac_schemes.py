"""A userAuthToken proves exactly the identifiers, key and scheme it was made with."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.core.strategies import emails, user_ids
from tests.core.vectors import HMAC_VECTORS, HmacVector
from tests.core.world import EMAIL_HEX, HELPSHIFT, KEYS, STANDARD, USER_ID_HEX, token_of
from whosthere.core.claims import Claim
from whosthere.core.hmac_schemes import decode_token, signed_message, verifying_keys
from whosthere.core.keys import Key, Scheme

BASE64 = (Scheme.STANDARD, Scheme.HELPSHIFT)
HEX = (Scheme.USER_ID_HEX, Scheme.EMAIL_HEX)
MAC = bytes(range(224, 256))
SPELLED = base64.b64encode(MAC).decode()


@pytest.mark.parametrize("vector", HMAC_VECTORS, ids=lambda vector: vector.name)
def test_published_and_own_vectors_verify(vector: HmacVector) -> None:
    key = Key("key", "", Scheme(vector.scheme), vector.secret.encode())
    claim = Claim(user_id=vector.user_id, user_email=vector.user_email)
    mac = decode_token(key.scheme, vector.token)
    assert mac is not None
    if key.scheme is not Scheme.STANDARD or not key.weak:
        assert verifying_keys(vector.token, claim, [key]) == (key,)


@pytest.mark.parametrize(
    ("scheme", "user_id", "email", "message"),
    [
        (Scheme.STANDARD, "ada", "ada@example.com", b"ada\nada@example.com"),
        (Scheme.STANDARD, "ada", None, b"ada\n"),
        (Scheme.STANDARD, None, "ada@example.com", b"\nada@example.com"),
        (Scheme.STANDARD, None, None, None),
        (Scheme.HELPSHIFT, "ada", "ada@example.com", b"adaada@example.com"),
        (Scheme.HELPSHIFT, "ada", None, b"ada"),
        (Scheme.HELPSHIFT, None, "ada@example.com", b"ada@example.com"),
        (Scheme.HELPSHIFT, None, None, None),
        (Scheme.USER_ID_HEX, "ada", "ada@example.com", b"ada"),
        (Scheme.USER_ID_HEX, None, "ada@example.com", None),
        (Scheme.EMAIL_HEX, "ada", "Ada@Example.com", b"Ada@Example.com"),
        (Scheme.EMAIL_HEX, "ada", None, None),
        (Scheme.STANDARD, "é", None, b"\xc3\xa9\n"),
    ],
)
def test_each_scheme_signs_its_message(
    scheme: Scheme, user_id: str | None, email: str | None, message: bytes | None
) -> None:
    assert signed_message(scheme, user_id, email) == message


@pytest.mark.parametrize("scheme", BASE64)
@pytest.mark.parametrize("token", [SPELLED, SPELLED[:-1]])
def test_base64_is_read_with_and_without_its_padding(scheme: Scheme, token: str) -> None:
    assert decode_token(scheme, token) == MAC


@pytest.mark.parametrize("scheme", HEX)
@pytest.mark.parametrize("token", [MAC.hex(), MAC.hex().upper(), MAC.hex()[:32] + MAC.hex()[32:].upper()])
def test_hex_is_read_in_either_case(scheme: Scheme, token: str) -> None:
    assert decode_token(scheme, token) == MAC


@pytest.mark.parametrize(
    "token",
    [
        "",
        "=",
        SPELLED + "=",
        SPELLED + "\n",
        " " + SPELLED,
        SPELLED[:-1] + " ",
        SPELLED[:10] + "\n" + SPELLED[10:],
        SPELLED[:10] + "\n" + SPELLED[11:],
        SPELLED.replace("/", "_").replace("+", "-"),
        SPELLED[:-2] + "9=",
        SPELLED[:-2] + "9",
        SPELLED[:-2] + "==",
        SPELLED[:-1] + "A",
        "=" + SPELLED[1:],
        SPELLED[:20] + "=" + SPELLED[21:],
        MAC.hex(),
        base64.b64encode(MAC[:31]).decode(),
        base64.b64encode(MAC + b"x").decode(),
        base64.b64encode(MAC.hex().encode()).decode(),
        "é" + SPELLED[1:],
        "Ａ" * 44,
        "\ud800" * 44,
        SPELLED[:-1] + "\0",
    ],
)
@pytest.mark.parametrize("scheme", BASE64)
def test_no_other_spelling_of_base64_is_read(scheme: Scheme, token: str) -> None:
    assert decode_token(scheme, token) is None


@pytest.mark.parametrize(
    "token",
    ["", MAC.hex()[:-1], MAC.hex() + "0", " " + MAC.hex()[1:], MAC.hex()[:-1] + "g", SPELLED, "0x" + MAC.hex()[2:],
     "é" * 64, "٠" * 64, MAC.hex()[:-2] + "\n0"],
)  # fmt: skip
@pytest.mark.parametrize("scheme", HEX)
def test_no_other_spelling_of_hex_is_read(scheme: Scheme, token: str) -> None:
    assert decode_token(scheme, token) is None


@given(st.binary(min_size=32, max_size=32), st.integers(0, 63))
def test_exactly_one_last_character_spells_a_digest(mac: bytes, index: int) -> None:
    """The last character has two bits to spare; whoever ignores them accepts four tokens for one."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    spelled = base64.b64encode(mac).decode()
    other = spelled[:42] + alphabet[index] + "="
    decoded = decode_token(Scheme.STANDARD, other)
    assert (decoded == mac) == (other == spelled)
    assert decoded is None or base64.b64encode(decoded).decode() == other


def test_every_key_is_compared_even_after_one_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bytes] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append(one)
        return one == other

    monkeypatch.setattr("whosthere.core.hmac_schemes.compare_digest", compare)
    keys = [replace(STANDARD, id=f"key-{n}", secret=bytes([n]) * 32) for n in range(5)]
    claim = Claim(user_id="ada")
    assert verifying_keys(token_of(keys[0], "ada", None), claim, keys) == (keys[0],)
    assert len(compared) == 5


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.scheme)
@pytest.mark.parametrize("secret", [b"", b"x" * 31])
def test_a_secret_too_weak_for_its_scheme_proves_nothing(key: Key, secret: bytes) -> None:
    weak = replace(key, secret=secret)
    claim = Claim(user_id="ada", user_email="ada@example.com")
    proves = verifying_keys(token_of(weak, "ada", "ada@example.com"), claim, [weak]) == (weak,)
    assert proves is (bool(secret) and key.scheme is not Scheme.STANDARD)


def test_full_privacy_leaves_the_user_id_alone_in_the_message() -> None:
    claim = Claim(user_id="ada", full_privacy=True)
    assert verifying_keys(token_of(STANDARD, "ada", None), claim, KEYS) == (STANDARD,)
    assert verifying_keys(token_of(STANDARD, "ada", "ada@example.com"), claim, KEYS) == ()
    assert verifying_keys(token_of(EMAIL_HEX, None, ""), claim, KEYS) == ()


def test_the_email_is_signed_exactly_as_sent() -> None:
    token = token_of(STANDARD, None, "Ada@Example.com")
    assert verifying_keys(token, Claim(user_email="Ada@Example.com"), KEYS) == (STANDARD,)
    assert verifying_keys(token, Claim(user_email="ada@example.com"), KEYS) == ()


pairs = st.tuples(st.none() | user_ids, st.none() | emails).filter(any)


@given(pairs, pairs, st.sampled_from(KEYS), st.sampled_from(KEYS))
def test_a_token_fits_the_key_scheme_and_message_it_was_made_with_and_no_other(
    signed: tuple[str | None, str | None], given_: tuple[str | None, str | None], maker: Key, judge: Key
) -> None:
    assume(signed_message(maker.scheme, *signed) is not None)
    claim = Claim(user_id=given_[0], user_email=given_[1])
    verifies = bool(verifying_keys(token_of(maker, *signed), claim, [judge]))
    same_message = signed_message(maker.scheme, *signed) == signed_message(judge.scheme, *given_)
    assert verifies == (maker is judge and same_message)


@given(pairs, st.sampled_from([STANDARD, HELPSHIFT, USER_ID_HEX, EMAIL_HEX]), st.sampled_from(list(Scheme)))
def test_a_value_made_for_one_scheme_never_verifies_under_another(
    pair: tuple[str | None, str | None], maker: Key, scheme: Scheme
) -> None:
    """Not even if two keys shared a secret, which `refuse_new` forbids: for a hex token of a userId that is at the
    same time the email, and for a token spelled anew, nothing but different secrets keeps the schemes apart."""
    assume(signed_message(maker.scheme, *pair) is not None and scheme is not maker.scheme and pair[0] != pair[1])
    strong = replace(maker, secret=STANDARD.secret)
    other = replace(strong, scheme=scheme)
    claim = Claim(user_id=pair[0], user_email=pair[1])
    assert verifying_keys(token_of(strong, *pair), claim, [other]) == ()


@given(pairs, pairs)
def test_standard_messages_of_two_pairs_differ(
    one: tuple[str | None, str | None], other: tuple[str | None, str | None]
) -> None:
    same = signed_message(Scheme.STANDARD, *one) == signed_message(Scheme.STANDARD, *other)
    assert same == (one == other)


@given(st.data(), pairs)
def test_no_pair_can_be_split_anew_under_standard(data: st.DataObject, pair: tuple[str | None, str | None]) -> None:
    text = f"{pair[0] or ''}{pair[1] or ''}"
    at = data.draw(st.integers(0, len(text)))
    claim = Claim(user_id=text[:at] or None, user_email=text[at:] or None)
    verifies = verifying_keys(token_of(STANDARD, *pair), claim, [STANDARD]) != ()
    assert verifies == ((claim.user_id, claim.user_email) == pair)
