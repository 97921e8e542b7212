"""Tables, queries and migrations: the only code that knows SQL."""
