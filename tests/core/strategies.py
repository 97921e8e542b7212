"""Hypothesis strategies for identifiers: valid ones, with collisions likely."""

from __future__ import annotations

from hypothesis import strategies as st

from whosthere.core.emails import is_valid
from whosthere.core.identifiers import user_id_problem

few_user_ids = st.sampled_from(["ada", "bob", "ada1", "u1", "u10"])
few_emails = st.sampled_from(["ada@example.com", "Ada@Example.com", "bob@example.com", "x@evil.example"])

user_ids = few_user_ids | st.text(min_size=1, max_size=20).filter(lambda text: user_id_problem(text) is None)
emails = few_emails | st.builds(
    lambda local, domain: f"{local}@{domain}",
    st.text("abz019.é-", min_size=1, max_size=6),
    st.sampled_from(["example.com", "evil.example", "mail.shop.test"]),
).filter(is_valid)
