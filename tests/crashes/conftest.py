"""Broken promises are told in detail."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.crashes.promises", "tests.crashes.traffic")
