"""Fixtures of machines."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

__all__ = ["given_back"]


@pytest.fixture(autouse=True, scope="module")
def given_back() -> Iterator[None]:
    """Memories of 16 MiB and more that only devices of the tests still hold are given back."""
    yield
    gc.collect()
