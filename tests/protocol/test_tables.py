"""Every shipped protocol against tables that somebody else typed from the sources.

``tests/data/protocols/<protocol>__<case>.csv`` holds the rows, the YAML beside it the start, the loads
owned and a simulated log.  A table may show only some lines of a protocol: its sessions are then those
in which these lines occur, numbered from 1.  An empty cell is not stated and not compared.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from catalog.loader import load_protocol, protocol_files
from planner.domain.dose import LoadUnit
from planner.domain.protocol import Outcome, Protocol
from planner.progression.protocol import OwnedLoads, PlannedItem, PlannedSession, PlannedSet, run

DATA = Path(__file__).parents[1] / "data" / "protocols"
CASES = sorted(path.stem for path in DATA.glob("*.yaml"))

#: Exercises of a table: the line of the protocol, and its scheme where the line has several.
LINES: dict[str, dict[str, tuple[str, str | None]]] = {
    "alfredson": {
        "eccentric_heel_drop_knee_straight": ("straight_knee", None),
        "eccentric_heel_drop_knee_bent": ("bent_knee", None),
    },
    "army_return_to_run": {"walk_run_intervals": ("run", None)},
    "nhs_couch_to_5k": {"walk_run_intervals": ("run", None)},
    "dapre": {"knee_extension_machine": ("knee_extension", None), "leg_press": ("knee_extension", None)},
    "delorme": {"knee_extension_machine": ("knee_extension", None), "leg_press": ("knee_extension", None)},
    "oxford": {"knee_extension_machine": ("knee_extension", None), "leg_press": ("knee_extension", None)},
    "gzclp": {
        **{
            f"{exercise}:{tier}": (f"{tier}_{line}", None)
            for tier in ("t1", "t2")
            for exercise, line in (
                ("barbell_back_squat", "squat"),
                ("barbell_overhead_press", "press"),
                ("barbell_bench_press", "bench"),
                ("conventional_deadlift", "deadlift"),
            )
        },
        "lat_pulldown": ("t3_pulldown", None),
        "bent_over_row": ("t3_row", None),
    },
    "hsr_beyer_2015": {
        "seated_calf_raise_machine": ("seated", None),
        "leg_press_heel_raise": ("leg_press", None),
        "standing_barbell_heel_raise": ("standing", None),
    },
    "mcgill_big_three": {"side_bridge_feet": ("side_bridge", None)},
    "nsuns_5day": {"barbell_back_squat": ("squat", "t1"), "sumo_deadlift": ("deadlift", "t2")},
    "side_glide": {"side_glide_wall": ("side_glide", None)},
    "silbernagel": {
        "double_heel_raise_floor": ("double_floor", None),
        "double_heel_raise_step": ("double_step", None),
        "single_heel_raise_floor": ("single_floor", None),
        "single_heel_raise_step": ("single_step", None),
        "seated_heel_raise": ("seated", None),
        "eccentric_heel_raise_floor": ("eccentric_floor", None),
        "eccentric_heel_raise_step": ("eccentric_step", None),
        "quick_rebound_heel_raise": ("rebound", None),
    },
    "simson_2017": {
        "seated_cable_row": ("row", None),
        "lat_pulldown": ("pulldown", None),
        "back_extension_45": ("back_extension", None),
    },
}
#: The barbell lifts go by the same names everywhere.
LIFTS = {
    "barbell_back_squat": "squat",
    "barbell_bench_press": "bench",
    "barbell_overhead_press": "press",
    "conventional_deadlift": "deadlift",
    "bent_over_row": "row",
}
VALUES = {
    "six_rm": "rm6",
    "eight_rm": "rm8",
    "ten_rm": "rm10",
    "twelve_rm": "rm12",
    "fifteen_rm": "rm15",
    "phase": "stage",
}
#: What a table says beside the values of a line.
ASIDE = {"week", "bouts_per_day", "shoulders_toward"}


@dataclass(frozen=True)
class Case:
    """One table with the protocol that it is compared with."""

    protocol: Protocol
    rows: list[dict[str, str]]
    about: Mapping[str, Any]

    def line(self, exercise: str) -> tuple[str, str | None]:
        own = LINES.get(self.protocol.protocol, {})
        return own.get(exercise) or (LIFTS.get(exercise, exercise), None)

    @property
    def exercises(self) -> list[str]:
        return list(dict.fromkeys(row["exercise"] for row in self.rows))

    def start(self) -> dict[str, dict[str, float]]:
        out: dict[str, dict[str, float]] = {}
        for exercise, values in self.about["start"].items():
            for name, value in values.items():
                if name in ASIDE or value is None:
                    continue
                tier = re.fullmatch(r"(t\d)_load", name)
                line = self.line(f"{exercise}:{tier[1]}" if tier else exercise)[0]
                out.setdefault(line, {})["load" if tier else VALUES.get(name, name)] = float(value)
        steps = self.about.get("parameters", {}).get("load_step", {})
        for exercise, step in steps.items() if isinstance(steps, dict) else ():
            out[self.line(exercise)[0]]["step"] = float(step)
        return out

    def first_week(self) -> int:
        return max((values.get("week", 1) for values in self.about["start"].values()), default=1)

    def outcomes(self, ordinals: list[int]) -> list[Outcome]:
        out = []
        for row in self.about["outcomes"]:
            values = {VALUES[name]: float(row[name]) for name in VALUES if name in row}
            own = {key: row[key] for key in ("repetitions", "load", "rpe", "symptoms") if key in row}
            session = ordinals[row["session"] - 1]
            out.append(Outcome(session=session, exercise=self.line(row["exercise"])[0], values=values, **own))
        return out

    def run(self) -> list[PlannedSession]:
        unit = LoadUnit.CENTIPOUND if self.about["unit"] == "lb" else LoadUnit.GRAM
        owned = OwnedLoads(unit, Fraction(str(self.about["rounding"] or 2.5)))
        protocol = self.protocol
        weekly = self.about["sessions_per_week"]
        if isinstance(weekly, dict) and all(key.startswith("weeks ") for key in weekly):
            days = {key.removeprefix("weeks "): count for key, count in weekly.items()}
            protocol = protocol.model_copy(update={"days_a_week": days})
        length = {} if not protocol.open_ended or protocol.ends_itself else {"weeks": 52}
        found = list(run(protocol, self.start(), owned, first_week=self.first_week(), **length).sessions)
        ordinals = [session.ordinal for session in found if any(self.chosen(session))]
        # sessions that only a bad day adds come one after the other
        outcomes = self.outcomes([*ordinals, *range(ordinals[-1] + 1, 401)])
        again = run(protocol, self.start(), owned, outcomes, first_week=self.first_week(), **length)
        return [session for session in again.sessions if any(self.chosen(session))]

    def chosen(self, session: PlannedSession) -> Iterator[tuple[str, PlannedItem]]:
        """Items of a session that the table shows, by the table's name for them."""
        for exercise in self.exercises:
            line, scheme = self.line(exercise)
            yield from (
                (exercise, item) for item in session.items if item.line == line and scheme in (None, item.scheme)
            )


def read(stem: str) -> Case:
    with (DATA / f"{stem}.csv").open(encoding="utf-8", newline="") as file:
        # a row without any dose says that something is left to the clinician; a protocol has no row for that
        rows = [
            row
            for row in csv.DictReader(file)
            if any(row[key] for key in ("repetitions", "seconds", "metres")) or row["amrap"] == "1"
        ]
    about = YAML(typ="safe").load((DATA / f"{stem}.yaml").read_text(encoding="utf-8"))
    return Case(load_protocol(stem.partition("__")[0]), rows, about)


def cells(exercise: str, each: PlannedSet, bouts: int, number: int) -> dict[str, str]:
    """A planned set as the table would say it."""
    held = each.hold_seconds is not None
    reps = "" if each.repetitions is None else "-".join(map(str, dict.fromkeys(each.repetitions)))
    rest = "" if each.rest_seconds is None else "-".join(map(str, dict.fromkeys(each.rest_seconds)))
    seconds = str(each.hold_seconds) if held else "" if each.seconds is None else str(each.seconds[0])
    metres = each.until_metres or each.metres
    load = "0" if each.load is None else f"{each.load.amount / (1000 if each.load.unit is LoadUnit.GRAM else 100):g}"
    return {
        "exercise": exercise,
        "set": str(number),
        "kind": "hold" if held else "work" if each.kind == "test" else each.kind,
        "repetitions": reps,
        "amrap": str(int(each.open)),
        "load": load,
        "percent": percent(each.percent),
        "seconds": seconds,
        "metres": "" if metres is None else str(metres),
        "rest_seconds": rest,
        "bouts_per_day": str(bouts),
    }


def percent(said: str) -> str:
    """``65%TM`` for ``65% tm``, ``100%6RM`` for ``rm6``."""
    share, _, name = said.rpartition("% ")
    name = {"tm": "TM", "one_rm": "1RM"}.get(name) or re.sub(r"^rm(\d+)$", r"\1RM", name)
    return f"{share or '100'}%{name}" if name.endswith(("TM", "RM")) else ""


def planned_rows(case: Case) -> Iterator[dict[str, str]]:
    for number, session in enumerate(case.run(), start=1):
        place = {"session": str(number), "week": str(session.week)}
        if case.protocol.warm_up is not None:
            seconds = str(60 * case.protocol.warm_up.minutes)
            row = dict.fromkeys(("repetitions", "load", "percent", "metres", "rest_seconds", "bouts_per_day"), "")
            yield {
                **place,
                "exercise": case.exercises[0],
                "set": "1",
                "kind": "warmup",
                "seconds": seconds,
                "amrap": "0",
                **row,
            }
        for exercise in case.exercises:
            sets = [(item, each) for name, item in case.chosen(session) if name == exercise for each in item.sets]
            for n, (item, each) in enumerate(sets, start=1):
                yield {**place, **cells(exercise, each, item.bouts_a_day, n)}


@pytest.mark.parametrize("stem", CASES)
def test_every_session_set_repetition_and_load_is_as_in_the_table(stem: str) -> None:
    case = read(stem)
    planned = list(planned_rows(case))
    last = int(case.rows[-1]["session"])
    if not case.protocol.open_ended or case.protocol.ends_itself:
        assert int(planned[-1]["session"]) == last
    planned = [row for row in planned if int(row["session"]) <= last]
    key = ("session", "week", "exercise", "set", "kind")
    assert Counter(tuple(row[k] for k in key) for row in planned) == Counter(
        tuple(row[k] for k in key) for row in case.rows
    )
    found = {tuple(row[k] for k in key): row for row in planned}
    wrong = []
    for row in case.rows:
        mine = found[tuple(row[k] for k in key)]
        for name in ("repetitions", "amrap", "load", "percent", "seconds", "metres", "rest_seconds", "bouts_per_day"):
            stated = f"{float(row[name]):g}" if name == "load" and row[name] else row[name]
            if name == "percent" and not re.fullmatch(r"[\d.]+%(TM|\d+RM)", stated):
                continue  # what is found on the day, or adjusted
            if stated and stated != mine[name] and not (name == "rest_seconds" and not mine[name]):
                wrong.append(
                    f"session {row['session']}, {row['exercise']}, set {row['set']}: {name}: "
                    f"table {stated!r}, protocol {mine[name]!r}"
                )
    assert wrong == []


@pytest.mark.parametrize("name", protocol_files())
def test_a_shipped_protocol_has_two_tables(name: str) -> None:
    assert sum(stem.partition("__")[0] == name for stem in CASES) >= 2


def test_every_table_has_its_protocol() -> None:
    assert {stem.partition("__")[0] for stem in CASES} <= set(protocol_files())
