"""Settings for every test."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes depends on what else the machine does; time is measured in benchmarks only.
settings.register_profile("luthier", deadline=None)
settings.load_profile("luthier")
