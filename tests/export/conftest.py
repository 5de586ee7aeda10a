"""``pytest tests/export --update`` writes the snapshots anew instead of comparing with them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest

SNAPSHOTS = Path(__file__).parent / "snapshots"


def pytest_addoption(parser: pytest.Parser) -> None:
    with contextlib.suppress(ValueError):  # another conftest has the same flag
        parser.addoption("--update", action="store_true", default=False, help="write snapshots anew")


@pytest.fixture
def same_as_snapshot(request: pytest.FixtureRequest) -> Callable[[bytes, str], None]:
    """Compares bytes with a file in ``snapshots``."""

    def compare(found: bytes, name: str) -> None:
        path = SNAPSHOTS / name
        if request.config.getoption("--update", default=False):
            path.write_bytes(found)
        assert found == path.read_bytes(), f"{name} differs; look at the change, then run with --update"

    return compare
