"""Agents' passwords are expensive to guess."""

from __future__ import annotations

import argon2

from whosthere.services import passwords


def test_a_hash_costs_at_least_what_owasp_asks_of_argon2id() -> None:
    # OWASP Password Storage Cheat Sheet: m=19 MiB, t=2, p=1 at the least
    parameters = argon2.extract_parameters(passwords.hashed("nine ships in the harbour"))
    assert parameters.type is argon2.Type.ID
    assert parameters.memory_cost >= 19 * 1024
    assert parameters.time_cost >= 2


def test_a_password_fits_its_own_hash_only() -> None:
    stored = passwords.hashed("nine ships in the harbour")
    assert passwords.fits("nine ships in the harbour", stored)
    assert not passwords.fits("nine ships in the harbor", stored)
    assert not passwords.fits("nine ships in the harbour", "not a hash")
    assert not passwords.fits("the password of no account", None)
