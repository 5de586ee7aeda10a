"""What logs are read against in tests: the hand-built programme, on the Thursday of its first week."""

from __future__ import annotations

import datetime as dt
from typing import Any

from planner.domain.log import Log
from planner.intake.log_file import Reading
from tests.export import builder
from tests.intake.conftest import exercise

TODAY = dt.date(2026, 3, 19)
NOW = dt.datetime(2026, 3, 19, 8, tzinfo=dt.UTC)


def reading(**more: Any) -> Reading:
    """Sessions w01-s1 on Mon 16 and w01-s2 on Wed 18 March 2026 are past, w01-s3 is to come."""
    programme = more.pop("programme", None) or builder.programme()
    given: dict[str, Any] = {
        "programme": programme,
        "exercises": {name: exercise(name) for name in ("dead_bug", "bird_dog")},
        "now": NOW,
        "today": TODAY,
        "log": Log(programme=programme.id),
        **more,
    }
    return Reading(**given)
