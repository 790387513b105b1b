"""What the collector of garbage leaves alone while somebody plays."""

from __future__ import annotations

import gc

from luthier.web.set_aside import set_aside


def test_until_the_last_has_stopped() -> None:
    before = gc.get_freeze_count()
    with set_aside():
        with set_aside():
            pass
        assert gc.get_freeze_count() > before
    assert gc.get_freeze_count() == 0
