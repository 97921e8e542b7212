"""Encryption of secret keys at rest."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class VaultError(Exception):
    """A stored secret cannot be decrypted with the configured encryption keys."""


class Vault:
    """Encrypts with the newest of several keys and decrypts with any of them.

    Decrypted secrets are kept by their ciphertext: rows are read anew in every transaction, only the arithmetic is
    saved.
    """

    def __init__(self, encryption_keys: Sequence[bytes | str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in encryption_keys])
        self.decrypt = lru_cache(maxsize=1024)(self._decrypt)

    def encrypt(self, secret: bytes) -> str:
        """Return the ciphertext of `secret` as text."""
        return self._fernet.encrypt(secret).decode("ascii")

    def _decrypt(self, ciphertext: str) -> bytes:
        """Return the secret behind `ciphertext`.

        Raises:
            VaultError: no configured encryption key fits.
        """
        try:
            return self._fernet.decrypt(ciphertext)
        except InvalidToken as error:
            raise VaultError("no configured encryption key opens this secret") from error
