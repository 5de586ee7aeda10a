"""Seeded, realistic patients: every class, irritability and equipment level, 2 to 6 days, 4 to 52 weeks.

``python -m tests.benchmarks.patients`` writes them to ``tests/benchmarks/patients/`` as patient files,
so that others can use them.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from planner.domain.red_flags import FLAG_IDS
from tests.random_patients import DAYS, random_patient

FOLDER = Path(__file__).parent / "patients"

#: How many patients of each horizon, in weeks.
COUNTS = {4: 16, 12: 72, 26: 20, 52: 12}


def patient(weeks: int, number: int) -> dict[str, Any]:
    """One patient: cleared for exercise, with two to six days of 20 to 75 minutes."""
    seed = 10_000 * weeks + number
    rng = random.Random(seed)
    data = random_patient(seed, (weeks,))
    data["patient"] = f"B{weeks:02d}-{number:03d}"
    data["age"] = max(18, data["age"])
    data["screening"]["flags"] = dict.fromkeys(FLAG_IDS, "no")
    data["conditions"].pop("blood_pressure", None)
    data["conditions"].pop("pregnancy_weeks", None)
    data["conditions"].pop("pregnancy_cleared_by", None)
    count = rng.choice([2, 2, 3, 3, 3, 4, 4, 5, 6])
    length = rng.choice([20, 30, 30, 40, 45, 60, 75])
    days = sorted(rng.sample(range(7), count))
    hour = rng.choice([7, 9, 12, 17, 18])
    data["availability"]["windows"] = [
        {
            "day": DAYS[d],
            "from": f"{hour:02d}:00",
            "to": f"{hour + length // 60:02d}:{length % 60:02d}",
            "place": "home",
        }
        for d in days
    ]
    data["availability"]["sessions_per_week"] = count
    return data


def names() -> list[str]:
    """Names of all patients, shortest horizon first."""
    return [f"B{weeks:02d}-{n:03d}" for weeks, count in COUNTS.items() for n in range(count)]


def write() -> None:
    """Writes every patient file anew."""
    FOLDER.mkdir(exist_ok=True)
    yaml = YAML()
    yaml.default_flow_style = None
    yaml.width = 110
    for name in names():
        with (FOLDER / f"{name}.yaml").open("w", encoding="utf-8") as stream:
            yaml.dump(patient(int(name[1:3]), int(name[4:])), stream)


if __name__ == "__main__":
    write()
