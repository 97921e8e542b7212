"""How fast the hot path is, in ratios that mean the same on every machine (docs/performance.md)."""
