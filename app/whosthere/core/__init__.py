"""The identity rules: pure functions over frozen values; no clock, no database, no Flask (docs/identity.md)."""
