"""Property tests have no time limit: a busy machine is no fault of theirs."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The commands of the README first: they run once, and nobody waits for them at the end."""
    items.sort(key=lambda item: item.path.name != "test_readme.py")
