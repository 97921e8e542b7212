"""The parts of `ChatMiddleware`: each looks at one side of somebody else's request or answer (docs/wsgi.md)."""
