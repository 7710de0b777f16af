"""Measurements, one command each: `python -m benchmarks.NAME`. Results and commands are in RESULTS.md."""
