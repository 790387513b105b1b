"""Luthier measured, side by side with peers where a user has fetched them: ``python -m benchmarks``."""
