"""The doctor recognises mistakes as languages make them: what their own decoders and encoders do to a secret or token.

The secrets are like the desk's: 43 characters of URL-safe base64, which standard decoders do not take as they are.
"""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.conftest import absent
from tests.core.world import ENFORCED, NOW
from whosthere.core.explain import explain
from whosthere.core.keys import Key, Scheme

SECRETS = (
    "a1B2-c3D4_e5F6g7H8i9J0kLmNoPqRsTuVwXyZ-_abc",
    "dEadbEEf-0123456789abcdefghijklmnopqrstuvwx",
    "Zz-9_yX8wV7uT6sR5qP4oN3mL2kJ1iH0gF-eDcBa_98",
)
MESSAGE = "42\nada@example.com"
PHP_HMAC = "base64_encode(hash_hmac('sha256', {message}, {key}, true))"
RUBY_HMAC = "[OpenSSL::HMAC.digest('SHA256', {key}, {message})].pack('m0')"
NODE_HMAC = "require('crypto').createHmac('sha256', {key}).update({message}).digest('base64')"
PYTHON_HMAC = "base64.b64encode(hmac.digest({key}, {message}, 'sha256')).decode()"


def php(key: str = "$s", message: str = "$m", hmac: str = PHP_HMAC) -> tuple[str, ...]:
    body = f"[, $s, $m] = $argv; echo {hmac.format(key=key, message=message)};"
    return ("php", "-d", "error_reporting=0", "-r", body)


def ruby(key: str = "s", message: str = "m", hmac: str = RUBY_HMAC) -> tuple[str, ...]:
    return ("ruby", "-ropenssl", "-rbase64", "-e", f"s, m = ARGV; print {hmac.format(key=key, message=message)}")


def node(key: str = "s", message: str = "m", hmac: str = NODE_HMAC) -> tuple[str, ...]:
    body = f"const [s, m] = process.argv.slice(1); process.stdout.write({hmac.format(key=key, message=message)})"
    return ("node", "-e", body)


def python(key: str = "s.encode()", message: str = "m.encode()", hmac: str = PYTHON_HMAC) -> tuple[str, ...]:
    body = f"import base64, hmac, sys; _, s, m = sys.argv; print({hmac.format(key=key, message=message)}, end='')"
    return ("python3", "-c", body)


MADE = {
    "the secret decoded as base64, PHP": (php("base64_decode($s)"), "secret_base64_decoded"),
    "the secret decoded as base64, Ruby": (ruby("s.unpack1('m')"), "secret_base64_decoded"),
    "the secret decoded as base64, Node": (node("Buffer.from(s, 'base64')"), "secret_base64_decoded"),
    "the secret decoded as base64, Python": (python("base64.b64decode(s + '==')"), "secret_base64_decoded"),
    "the secret decoded as URL-safe base64, Python": (
        python("base64.urlsafe_b64decode(s + '=')"),
        "secret_base64_decoded",
    ),
    "the secret decoded as hexadecimal, PHP": (php("hex2bin($s)"), "secret_missing"),
    "the secret decoded as hexadecimal, Ruby": (ruby("[s].pack('H*')"), "secret_hex_decoded"),
    "the secret packed as hexadecimal, PHP": (php("pack('H*', $s)"), "secret_hex_decoded"),
    "the secret encoded, PHP": (php("base64_encode($s)"), "secret_encoded"),
    "the secret encoded, Node": (node("Buffer.from(s).toString('hex')"), "secret_encoded"),
    "no secret, PHP": (php("getenv('NOT_SET')"), "secret_missing"),
    "no secret, Ruby": (ruby("ENV['NOT_SET'].to_s"), "secret_missing"),
    "no secret, Node": (node("`${process.env.NOT_SET}`"), "secret_missing"),
    "no secret, Python": (python("str(None).encode()"), "secret_missing"),
    "a line feed behind the secret, Ruby": (ruby('s + "\\n"'), "secret_line_feed"),
    "key and message swapped, PHP": (php(key="$m", message="$s"), "secret_and_message_swapped"),
    "hexadecimal for base64, PHP": (php(hmac="hash_hmac('sha256', $m, $s)"), "hex_instead_of_base64"),
    "hexadecimal for base64, Ruby": (ruby(hmac="OpenSSL::HMAC.hexdigest('SHA256', s, m)"), "hex_instead_of_base64"),
    "base64 of hexadecimal, PHP": (php(hmac="base64_encode(hash_hmac('sha256', $m, $s))"), "token_base64_of_hex"),
    "base64 twice, Ruby": (ruby(hmac=f"[{RUBY_HMAC}].pack('m0')"), "token_encoded_twice"),
    "base64 with a line feed, Ruby": (ruby(hmac=RUBY_HMAC.replace("m0", "m")), "token_white_space"),
    "JSON in JSON, PHP": (php(hmac=f"json_encode(json_encode({PHP_HMAC}))"), "token_quoted"),
    "escaped for HTML, Python": (
        python(hmac=f"{PYTHON_HMAC}.replace('/', '&#x2F;').replace('=', '&#x3D;')"),
        "token_escaped",
    ),
    "another hash, Node": (node(hmac=NODE_HMAC.replace("sha256", "sha1")), "token_other_hash"),
    "no HMAC, PHP": (php(hmac="base64_encode(hash('sha256', $s . $m, true))"), "not_an_hmac"),
    "no separator, Node": (node(message="m.replace('\\n', '')"), "wrong_scheme"),
    "the userId alone, PHP": (php(message="explode(chr(10), $m)[0]"), "user_id_signed_alone"),
    "the email as it was registered, Ruby": (ruby(message="m.sub('ada', 'Ada')"), "email_case"),
}


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("mistake", MADE)
def test_a_mistake_of_a_language_is_named(mistake: str, secret: str) -> None:
    command, expected = MADE[mistake]
    if shutil.which(command[0]) is None:
        absent(command[0])
    done = subprocess.run([*command, secret, MESSAGE], capture_output=True, check=True, text=True, timeout=60)
    user_id, email = MESSAGE.split("\n")
    page = {"userId": user_id, "userEmail": email, "userAuthToken": done.stdout}
    key = Key("key", "Main", Scheme.STANDARD, secret.encode())
    found = explain(page, [key], ENFORCED, NOW)
    assert found[0].code == expected, [each.code for each in found]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("command", [php(), ruby(), node(), python()], ids=lambda command: command[0])
def test_without_a_mistake_there_is_nothing_to_name(command: tuple[str, ...], secret: str) -> None:
    if shutil.which(command[0]) is None:
        absent(command[0])
    done = subprocess.run([*command, secret, MESSAGE], capture_output=True, check=True, text=True, timeout=60)
    user_id, email = MESSAGE.split("\n")
    page = {"userId": user_id, "userEmail": email, "userAuthToken": done.stdout}
    assert explain(page, [Key("key", "Main", Scheme.STANDARD, secret.encode())], ENFORCED, NOW) == []
