"""Tests; `tests.people` and `tests.servers` are what they share."""
