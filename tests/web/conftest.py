"""Fixtures of the bench."""

import pytest
from tests.web.browser import chromium, page, served

__all__ = ["chromium", "page", "served"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One browser at a time, as what plays in real time needs a core; one server for a module."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "chromium" in fixtures:
            item.add_marker(pytest.mark.xdist_group("browser"))
        elif "served" in fixtures:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
