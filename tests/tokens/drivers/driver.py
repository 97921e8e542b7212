"""Makes the tokens that the lines of standard input ask for; see ../languages.py."""

import base64
import importlib.util
import sys

spec = importlib.util.spec_from_file_location("chat_tokens", sys.argv[1])
chat_tokens = importlib.util.module_from_spec(spec)
spec.loader.exec_module(chat_tokens)

for line in sys.stdin.read().splitlines():
    kind, *fields = line.split("\t")
    secret, user_id, email, name = (base64.b64decode(field).decode() for field in fields[:4])
    if kind == "hmac":
        print(chat_tokens.user_auth_token(secret, user_id, email))
    else:
        times = {"issued_at": int(fields[4]), "lifetime_seconds": int(fields[5])}
        print(chat_tokens.identity_token(secret, user_id, email, name, **times))
