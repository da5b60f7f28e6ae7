"""Measurements behind docs/performance.md; run with ``python -m benchmarks.NAME``."""
