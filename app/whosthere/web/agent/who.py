"""The names of `web/signed_in.py`, for modules that still look for them here."""

from whosthere.web.signed_in import SAFE, asking, bearer, check_csrf, cookie_token, csrf, from_own_page, signed_in

__all__ = ["SAFE", "asking", "bearer", "check_csrf", "cookie_token", "csrf", "from_own_page", "signed_in"]
