"""Use cases: one function, one transaction. They know the rules and the rows, and nothing of HTTP."""
