"""Fixtures of boards."""

from tests.machine.conftest import given_back

__all__ = ["given_back"]
