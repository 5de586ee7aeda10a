"""Seeded random patients: realistic in their mix, valid by construction, and stored nowhere.

Used by the slow test of 200 patients and by its small twin in the ordinary suite.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from planner.domain.red_flags import FLAG_IDS

ZONES = ("Europe/Berlin", "Australia/Sydney", "America/New_York", "UTC", "Asia/Kolkata", "America/Sao_Paulo")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

EQUIPMENT: dict[str, dict[str, Any]] = {
    "none": {},
    "bands": {"bands": ["light", "medium", "heavy"], "things": ["step"]},
    "dumbbells": {
        "dumbbells": [2, 4, 6, 8, 10, 12],
        "kettlebells": [8, 12, 16],
        "bands": ["light", "medium"],
        "box": {"low": 2, "high": 20, "step": 1},
        "things": ["blocks", "step"],
    },
    "barbell": {
        "barbell": {"bar": 20, "plates": [1.25, 2.5, 5, 10, 10, 20]},
        "dumbbells": [5, 7.5, 10, 12.5, 15, 20],
        "plates": [1.25, 2.5, 5, 10],
        "things": ["rack", "bench", "blocks"],
    },
    "pounds": {
        "unit": "lb",
        "dumbbells": [5, 10, 15, 20, 25, 30],
        "kettlebells": [18, 26, 35],
        "bands": ["light", "heavy"],
        "things": ["step", "bench"],
    },
    "gym": {
        "barbell": {"bar": 20, "plates": [1.25, 2.5, 5, 10, 15, 20, 20]},
        "trap_bar": {"bar": 25, "plates": [2.5, 5, 10, 20]},
        "dumbbells": [4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 28],
        "kettlebells": [8, 12, 16, 20, 24],
        "bands": ["light", "medium", "heavy"],
        "cable": {"low": 5, "high": 80, "step": 2.5},
        "machine": {"low": 10, "high": 150, "step": 5},
        "box": {"low": 2, "high": 30, "step": 1},
        "things": ["rack", "bench", "blocks", "lat_pulldown", "leg_press", "step", "ball", "roman_chair", "landmine"],
    },
}


def random_patient(seed: int, weeks: tuple[int, ...] = (4, 6, 8, 12)) -> dict[str, Any]:
    """A valid patient file as plain data; the same seed gives the same patient."""
    rng = random.Random(seed)
    presentation = rng.choices(
        ["mechanical_disc", "nerve_root", "stenosis_claudication", "mixed", "mechanical_joint", "non_specific", "none"],
        weights=[5, 3, 3, 2, 2, 3, 3],
    )[0]
    age = rng.randint(55, 84) if presentation == "stenosis_claudication" else rng.randint(18, 78)
    irritability = "low" if presentation == "none" else rng.choice(["low", "moderate", "moderate", "high"])
    place = rng.choice(list(EQUIPMENT))
    patient: dict[str, Any] = {
        "patient": f"R-{seed:04d}",
        "age": age,
        "body_mass_kg": rng.randint(48, 118),
        "episode": {
            "start": dt.date(2026, 11, 30) + dt.timedelta(days=rng.randint(0, 120)),
            "weeks": rng.choice(weeks),
            "timezone": rng.choice(ZONES),
        },
        "screening": {"on": dt.date(2026, 11, 20), "flags": dict.fromkeys(FLAG_IDS, "no")},
        "findings": _findings(rng, presentation, irritability),
        "conditions": _conditions(rng, age, presentation),
        "restrictions": _restrictions(rng),
        "goals": _goals(rng),
        "training": {
            "status": rng.choice(["untrained", "novice", "intermediate", "advanced"]),
            "longest_walk_minutes": rng.choice(["unknown", 5, 10, 20, 45]),
        },
        "places": [{"name": "home", "equipment": EQUIPMENT[place]}],
        "availability": _availability(rng),
        "confidence": rng.choice(["unknown", 4, 6, 7, 8, 10]),
    }
    if rng.random() < 0.08:
        patient["screening"]["flags"][rng.choice(FLAG_IDS)] = rng.choice(["yes", "unknown"])
    if rng.random() < 0.05:
        patient["age"] = rng.randint(12, 17)
    return patient


def _findings(rng: random.Random, presentation: str, irritability: str) -> dict[str, Any]:
    found: dict[str, Any] = {"presentation": presentation, "irritability": irritability}
    if presentation == "none":
        return found
    found["back_pain"] = rng.choice(["unknown", 1, 2, 4, 6])
    found["leg_pain"] = rng.choice([0, 0, 3, 6])
    found["most_distal"] = {
        "site": rng.choice(["back", "buttock", "thigh", "calf"]),
        "side": rng.choice(["left", "right"]),
    }
    aim = rng.choice(["re_expose", "re_expose", "avoid"])
    if presentation in ("mechanical_disc", "nerve_root"):
        found["intolerances"] = [{"direction": "flexion", "aim": aim}]
        found["directional_preference"] = rng.choice(
            ["extension", "unknown", "none", "shift_left", "shift_right"]
            if presentation == "nerve_root"
            else ["extension", "extension", "unknown", "none"]
        )
    elif presentation in ("stenosis_claudication", "mechanical_joint"):
        found["intolerances"] = [{"direction": "extension", "aim": aim}]
        found["directional_preference"] = rng.choice(["flexion", "unknown"])
    elif presentation == "mixed":
        found["intolerances"] = [
            {"direction": "flexion", "aim": aim},
            {"direction": "extension", "aim": rng.choice(["re_expose", "avoid"])},
        ]
        found["directional_preference"] = "none"
    elif rng.random() < 0.4:
        side = rng.choice(["left", "right"])
        found["intolerances"] = [{"direction": rng.choice([f"rotation_{side}", f"lateral_flexion_{side}"]), "aim": aim}]
    if presentation == "nerve_root":
        found["neurology"] = {
            "examined": True,
            "nerve": rng.choice(["sciatic", "sciatic", "femoral"]),
            "side": rng.choice(["left", "right"]),
            "motor": (
                [{"myotome": rng.choice(["L5", "S1"]), "side": "right", "grade": 4, "course": "stable"}]
                if rng.random() < 0.3
                else []
            ),
        }
    return found


def _conditions(rng: random.Random, age: int, presentation: str) -> dict[str, Any]:
    conditions: dict[str, Any] = {}
    if age >= 60 and rng.random() < 0.4:
        conditions["osteoporosis"] = rng.choice([True, "unknown"])
        conditions["vertebral_fracture"] = rng.choice(["excluded", "unknown"])
    if age >= 65 and rng.random() < 0.4:
        conditions["floor_transfer"] = rng.choice([False, "unknown"])
    if rng.random() < 0.1:
        conditions["blood_pressure"] = {"systolic": rng.choice([130, 165, 185]), "diastolic": rng.choice([80, 102])}
    if rng.random() < 0.05:
        conditions["spondylolisthesis"] = True
    if presentation == "none" and age < 42 and rng.random() < 0.15:
        conditions["pregnancy_weeks"] = rng.randint(8, 26)
        conditions["pregnancy_cleared_by"] = "Dr A"
    return conditions


def _restrictions(rng: random.Random) -> list[dict[str, Any]]:
    options: list[dict[str, Any]] = [
        {"position": "overhead", "reason": "shoulder"},
        {"position": "prone", "reason": "not comfortable"},
        {"joint": "knee", "reason": "sore knee"},
        {"joint": "wrist", "reason": "old fracture"},
        {"pattern": "lunge", "reason": "patient's wish"},
    ]
    return rng.sample(options, rng.choice([0, 0, 0, 1, 2]))


def _goals(rng: random.Random) -> list[dict[str, Any]]:
    options: list[dict[str, Any]] = [
        {"kind": "walk", "minutes": rng.choice([20, 30, 45])},
        {"kind": "task", "exercise": "crate_from_floor", "load_kg": rng.choice([5, 10, 15]), "repetitions": 5},
        {"kind": "strength"},
        {"kind": "health"},
        {"kind": "exercise", "exercise": "goblet_squat", "load_kg": 12, "repetitions": 8},
        {"kind": "lift", "exercise": "conventional_deadlift", "load_kg": rng.choice([40, 60]), "repetitions": 5},
    ]
    return rng.sample(options, rng.choice([0, 1, 1, 2]))


def _availability(rng: random.Random) -> dict[str, Any]:
    days = sorted(rng.sample(range(7), rng.choice([1, 2, 2, 3, 3, 3, 4, 5])))
    length = rng.choice([15, 20, 30, 40, 45, 60, 75])
    windows = []
    for day in days:
        start = dt.datetime(2026, 1, 1, rng.choice([6, 9, 12, 17, 18]), rng.choice([0, 30]))
        end = start + dt.timedelta(minutes=length)
        windows.append({"day": DAYS[day], "from": f"{start:%H:%M}", "to": f"{end:%H:%M}", "place": "home"})
    availability: dict[str, Any] = {"windows": windows, "waking": "06:00"}
    if rng.random() < 0.8:
        availability["daily_slots"] = [{"at": "13:30", "minutes": rng.choice([8, 15, 30, 45])}]
    if rng.random() < 0.2:
        availability["away"] = [{"from": dt.date(2026, 12, 24), "to": dt.date(2026, 12, 27)}]
    return availability
