"""Fixtures of the bench."""

from tests.web.browser import chromium, page, served

__all__ = ["chromium", "page", "served"]
