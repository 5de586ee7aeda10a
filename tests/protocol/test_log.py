"""The log of a published programme: outcomes, the next revision, and the tables again through the commands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import icalendar
import pytest
from click.testing import CliRunner

import cli
from planner.intake.log_words import item
from tests.commands import gradus, programme
from tests.protocol.test_tables import Case, read


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def build(name: str, *more: str, out: str = "out") -> None:
    gradus("protocol", "build", name, "--start", "2027-01-04", "-o", out, "--quiet", *more)


def session(slot: str, out: str = "out") -> dict[str, Any]:
    return next(one for one in programme(out)["sessions"] if one["slot"] == slot)


def loads(slot: str, exercise: str, out: str = "out") -> list[float]:
    return [
        row["load"]["amount"] / 1000 for item in items(session(slot, out), exercise) for row in item["dose"]["sets"]
    ]


def items(one: dict[str, Any], exercise: str) -> Iterator[dict[str, Any]]:
    yield from (item for item in one["items"] if item["exercise"] == exercise)


def day(one: dict[str, Any]) -> str:
    return str(one["start"])[:10]


def verified(out: str = "out") -> None:
    """Nothing but the rules that the programme breaks as it is written."""
    result = CliRunner().invoke(cli.main, ["verify", out])
    assert "protocol says" not in result.output
    assert "is past" not in result.output
    assert result.exit_code in (0, 2)


# -------------------------------------------------------------------- the tables, session by session
class Followed:
    """A table's simulated log, told through the commands; before each session the folder is as the table."""

    def __init__(self, stem: str, last: int) -> None:
        self.case: Case = read(stem)
        self.last = last
        self.ids = {name: self.case.protocol.lines[self.case.line(name)[0]].ladder[0] for name in self.case.exercises}
        self.wrong: list[str] = []

    def sessions(self) -> list[dict[str, Any]]:
        named = set(self.ids.values())
        live = [one for one in programme()["sessions"] if one.get("status") not in ("missed", "cancelled")]
        return [one for one in live if any(item["exercise"] in named for item in one["items"])]

    def follow(self) -> None:
        for number in range(1, self.last + 1):
            one = self.sessions()[number - 1]
            self.compare(number, one, formulas=True)
            self.tell(number, one)
            gradus("replan", "out", "--today", day(one))
            self.compare(number, self.sessions()[number - 1], formulas=False)
        verified()
        assert self.wrong == []

    def tell(self, number: int, one: dict[str, Any]) -> None:
        told = [row for row in self.case.about["outcomes"] if row["session"] == number]
        said = []
        for row in told:
            if "repetitions" in row:
                reps = ",".join(map(str, row["repetitions"]))
                load = f" @ {row['load']} kg" if row.get("load") else ""
                said += ["--item", f"{self.ids[row['exercise']]}: {reps} reps{load}"]
        sore = any(row.get("symptoms") for row in told)
        more = ["--answer", "symptoms=yes"] if sore else []
        gradus("log", "out", one["slot"], "--done", *said, *more, "--today", day(one))

    def compare(self, number: int, one: dict[str, Any], *, formulas: bool) -> None:
        for name, exercise in self.ids.items():
            table = [row for row in self.case.rows if row["session"] == str(number) and row["exercise"] == name]
            sets = [row for item in items(one, exercise) for row in item["dose"]["sets"]]
            if table and table[0]["seconds"]:
                runs = {row["seconds"] for row in table if row["kind"] == "run"}
                if {str(row["work_seconds"]) for row in sets} != runs:
                    self.wrong.append(f"session {number}: {sets} is not {runs}")
                continue
            if len(table) != len(sets):
                self.wrong.append(f"session {number}: {name}: {len(sets)} sets, not {len(table)}")
            for row, mine in zip(table, sets, strict=False):
                load = "" if "load" not in mine else f"{mine['load']['amount'] / 1000:g}"
                wanted = f"{float(row['load']):g}" if row["load"] else ""
                if wanted and wanted != load and not (formulas and "formula" in mine):
                    self.wrong.append(f"session {number}: {name}, set {row['set']}: {load} kg, not {wanted}")


def first_loads(**found: float) -> tuple[str, ...]:
    return tuple(part for line, load in found.items() for part in ("--load", f"{line}={load:g}"))


def maxima(**found: float) -> tuple[str, ...]:
    return tuple(part for line, load in found.items() for part in ("--1rm", f"{line}={load:g}"))


@pytest.mark.parametrize(
    ("stem", "last", "options"),
    [
        (
            "stronglifts_5x5__plateau_three_squat_deloads",
            15,
            (*first_loads(squat=100, bench=60, row=50, press=37.5, deadlift=110), "--weeks", "6"),
        ),
        ("dapre__kg_every_band", 8, ("--nrm", "knee_extension=6:30")),
        pytest.param(
            "jacked_and_tan_2__squat_kg",
            12,
            maxima(squat=147.5, bench=100, press=60, deadlift=180),
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "simson_2017__two_a_week",
            12,
            (*first_loads(leg_press=80, row=35), "--set", "leg_press.step=5", "--set", "row.step=2.5"),
            marks=pytest.mark.slow,
        ),
        ("army_return_to_run__symptoms_repeat", 12, ()),
    ],
)
def test_the_log_leads_where_the_table_does(stem: str, last: int, options: tuple[str, ...]) -> None:
    build(stem.partition("__")[0], *options)
    Followed(stem, last).follow()


# -------------------------------------------------------------------- missed, left out, in any order
SHORT = "squat: 5,5,5,4,3 @ 100 kg"


def strong(out: str = "out") -> None:
    build("stronglifts_5x5", "--weeks", "3", "--load", "squat=100", out=out)


def test_a_missed_session_comes_next_time_in_the_same_events() -> None:
    strong()
    first = {str(event["UID"]): event for event in events()}
    gradus("log", "out", "w01-s1", "--done", "--today", "2027-01-04")
    gradus("log", "out", "w01-s2", "--missed", "--today", "2027-01-06")
    told = gradus("replan", "out", "--today", "2027-01-07")
    assert "it comes next time, and everything behind it moves one session" in " ".join(told.stdout.split())
    assert [item["exercise"] for item in session("w01-s3")["items"]] == [
        "barbell_back_squat",
        "barbell_overhead_press",
        "conventional_deadlift",
    ]
    assert loads("w01-s3", "barbell_back_squat")[0] == 102.5
    assert session("w01-s2")["status"] == "missed"
    assert session("w04-s1")["sequence"] == 0
    second = {str(event["UID"]): event for event in events()}
    assert first.keys() < second.keys()
    assert len(second) == len(first) + 1
    for uid, event in first.items():
        same = all(event[key].dt == second[uid][key].dt for key in ("DTSTART", "DTEND"))
        assert second[uid].get("SEQUENCE", 0) == (0 if same else 1)
    verified()
    assert "was missed" in gradus("diff", "out").stdout


def events() -> list[Any]:
    return list(icalendar.Calendar.from_ical(Path("out/calendar.ics").read_bytes()).walk("VEVENT"))


def test_what_later_sessions_have_passed_over_stays_as_it_was() -> None:
    strong()
    gradus("log", "out", "w01-s1", "--missed", "--today", "2027-01-04")
    for slot, date in (("w01-s2", "2027-01-06"), ("w01-s3", "2027-01-08")):
        gradus("log", "out", slot, "--done", "--today", date)
    before = session("w01-s3")["items"]
    gradus("replan", "out", "--today", "2027-01-09")
    assert session("w01-s3")["items"] == before
    # two sessions of the squat were held, the row was done once
    assert loads("w02-s1", "barbell_back_squat")[0] == 105
    assert loads("w02-s2", "bent_over_row")[0] == 32.5
    verified()


def test_entries_in_any_order_and_replanning_twice() -> None:
    entries = [
        ("w01-s1", "--done", "--item", SHORT),
        ("w01-s2", "--done", "--pain", "1,5,2"),
        ("w01-s3", "--missed"),
    ]
    made = []
    for out, order in (("out", entries), ("other", entries[::-1])):
        strong(out)
        for slot, *said in order:
            gradus("log", out, slot, *said, "--today", "2027-01-09")
        gradus("replan", out, "--today", "2027-01-09")
        again = gradus("replan", out, "--today", "2027-01-09")
        assert "nothing was written" in again.stdout
        found = programme(out)
        for one in found["sessions"]:
            one.get("account", {}).pop("entries", None)
        made.append(found)
    assert made[0] == made[1]
    assert sorted(path.name for path in Path("out/revisions").iterdir()) == ["1", "2"]
    assert Path("out/revisions/1/inputs/build.json").exists()
    assert gradus("show", "out", "--session", "w01-s1").stdout
    assert "log.jsonl" in {path.name for path in Path("out").iterdir()}


def test_three_failures_in_a_row_are_told_with_the_rule() -> None:
    strong()
    for slot, date in (("w01-s1", "2027-01-04"), ("w01-s2", "2027-01-06"), ("w01-s3", "2027-01-08")):
        gradus("log", "out", slot, "--done", "--item", SHORT, "--today", date)
        gradus("replan", "out", "--today", date)
    assert loads("w02-s1", "barbell_back_squat") == [90.0] * 5
    assert "3 sessions below target in a row: load -10%, deloads +1" in " ".join(gradus("diff", "out").stdout.split())
    verified()
    for revision in ("1", "2", "3", "4"):
        result = CliRunner().invoke(cli.main, ["verify", "out", "--revision", revision])
        assert "protocol says" not in result.output


@pytest.mark.parametrize("said", [("--pain", "1,4,2"), ("--answer", "symptoms=yes"), ("--flare",)])
def test_a_red_light_or_symptoms_never_step_up(said: tuple[str, ...]) -> None:
    build("dapre", "--nrm", "knee_extension=6:30")
    item = "knee extension: 10,6,12,6 reps @ 30 kg"
    gradus("log", "out", "w01-s1", "--done", "--item", item, *said, "--today", "2027-01-04")
    told = gradus("replan", "out", "--today", "2027-01-04")
    assert "a step up waits" in " ".join(told.stdout.split())
    assert loads("w01-s2", "knee_extension")[2] == 30
    verified()


def test_a_programme_by_weeks_repeats_a_session_with_symptoms() -> None:
    build("nhs_couch_to_5k")
    before = [session(slot)["items"] for slot in ("w01-s3", "w02-s1")]
    for slot, date, *said in (
        ("w01-s1", "2027-01-04"),
        ("w01-s2", "2027-01-06"),
        ("w01-s3", "2027-01-08", "--answer", "symptoms=yes"),
    ):
        gradus("log", "out", slot, "--done", *said, "--today", date)
    gradus("replan", "out", "--today", "2027-01-09")
    assert session("w02-s1")["items"] == before[0]
    assert session("w02-s2")["items"] == before[1]
    assert session("w01-s3")["status"] == "done"
    assert programme()["weeks_planned"] == 10
    verified()


def test_a_line_that_was_left_out_comes_as_it_was() -> None:
    strong()
    gradus("log", "out", "w01-s1", "--partly", "--item", "squat: 5x5 @ 100 kg", "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-04")
    assert loads("w01-s2", "barbell_back_squat")[0] == 102.5
    assert loads("w01-s3", "barbell_bench_press")[0] == 20
    assert "bench, session 1 (w01-s1): left out" in str(programme()["decisions"])
    verified()


def test_gzclp_goes_to_its_next_stage_after_a_failure() -> None:
    lifts = ("squat", "bench", "press", "deadlift")
    start = {f"{tier}_{lift}": 60.0 for tier in ("t1", "t2") for lift in lifts}
    build("gzclp", "--weeks", "4", *first_loads(**start, t3_pulldown=30, t3_row=30))
    one = session("w01-s1")
    name = one["items"][0]["exercise"]
    gradus("log", "out", "w01-s1", "--done", "--item", f"{name}: 3,3,3,3,1 reps @ 60 kg", "--today", day(one))
    gradus("replan", "out", "--today", day(one))
    later = next(s for s in programme()["sessions"][1:] if s["items"][0]["exercise"] == name)
    assert len(later["items"][0]["dose"]["sets"]) == 6
    assert [row["repetitions"] for row in later["items"][0]["dose"]["sets"]] == [2] * 6
    verified()


def test_a_value_that_a_test_found_is_an_answer() -> None:
    build("delorme", "--nrm", "knee_extension=10:40")
    line = "knee_extension.rm10"
    gradus("log", "out", "w01-s1", "--done", "--answer", f"{line}=50", "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-04")
    assert max(loads("w01-s2", "knee_extension")) == 50
    for answer, problem in (
        ("knee_extension.rm11=50", "the protocol has no value 'knee_extension.rm11'; did you mean"),
        ("knee_extension.rm10=much", "knee_extension.rm10 must be a number"),
        ("knee_extension.rm10=-5", "knee_extension.rm10 must be a number"),
    ):
        refused = gradus("log", "out", "w01-s2", "--done", "--answer", answer, "--today", "2027-01-06", code=2)
        assert problem in refused.stderr


def test_a_red_flag_stops_a_published_programme_too() -> None:
    strong()
    gradus("log", "out", "w01-s1", "--done", "--flag", "bladder=yes", "--today", "2027-01-04")
    stopped = gradus("replan", "out", "--today", "2027-01-05", code=4)
    assert "Stopped. T1" in stopped.stderr
    assert all(one.get("status") == "cancelled" for one in programme()["sessions"][1:])
    verified()


# -------------------------------------------------------------------- by hand
def test_it_is_signed_and_asked_but_not_changed_by_hand() -> None:
    strong()
    for command in (
        ("pin", "out", "squat", "week", "2", "--by", "A B"),
        ("swap", "out", "squat", "leg press", "--by", "A B"),
        ("set", "out", "squat", "week", "2", "--reps", "8", "--by", "A B"),
    ):
        assert "is shown as it was written" in gradus(*command, code=2).stderr
    gradus("approve", "out", "--by", "A B, exercise physiologist", "--today", "2027-01-04")
    assert programme()["approval"] == {"by": "A B, exercise physiologist", "on": "2027-01-04"}
    assert programme()["revision"] == 2
    verified()
    said = gradus("why", "out", "squat week 2").stdout
    assert "After a session, on target: load +step" in said
    assert "Source: Mehdi Hadim" in said
    assert json.loads(gradus("why", "out", "--exercise", "squat", "--week", "2", "--json").stdout)["line"] == "squat"
    assert "Fri 15 Jan (w02-s3)" in gradus("why", "out", "squat on friday, week 2").stdout
    assert "Fri 15 Jan (w02-s3)" in gradus("why", "out", "--exercise", "squat", "--week", "2", "--day", "fri").stdout
    refused = gradus("why", "out", "squat week 2 tuesday", code=2).stderr
    assert "that line is on another day: Monday, Wednesday, Friday" in refused
    assert "is a published programme" in gradus("why", "out", "why not wednesday").stdout
    assert "is not in week 9" in gradus("why", "out", "squat week 9", code=2).stderr


def test_building_again_keeps_the_log() -> None:
    strong()
    gradus("log", "out", "w01-s1", "--done", "--today", "2027-01-04")
    build("stronglifts_5x5", "--weeks", "3", "--load", "squat=100", "--force")
    assert "w01-s1" in gradus("log", "out", "--list").stdout


TWO_BENCHES = """\
protocol: own
title: Own
source: Written for a test
mark: D
weeks: 2
days_a_week: 3
lines: {bench: {exercise: barbell_bench_press, scheme: a, state: {load: 60 kg}}}
schemes:
  a: {sets: [{sets: 3, reps: 5, load: load}]}
rotation: [{name: S, do: [bench, bench]}]
"""


def test_parts_of_one_line_may_be_told_one_after_the_other() -> None:
    Path("own.yaml").write_text(TWO_BENCHES, encoding="utf-8")
    gradus("protocol", "build", "own.yaml", "--start", "2027-01-04", "-o", "out", "--quiet")
    gradus("log", "out", "w01-s1", "--partly", "--item", "bench a 2: 3x4 @ 60 kg", "--today", "2027-01-04")
    gradus("log", "out", "w01-s1", "--partly", "--item", "bench a: 3x5 @ 60 kg", "--today", "2027-01-04")
    told = gradus("log", "out", "w01-s1", "--item", "bench a: 3x3 @ 60 kg", "--today", "2027-01-04", code=2)
    assert "w01-s1 was told in e0002" in " ".join(told.output.split())


def test_a_list_of_loads_without_a_unit_has_that_of_the_programme() -> None:
    rows = item("press: 5/5/5/4 @ 30/35/40/42.5 rpe 8", "kg")
    assert rows == item("press: 5/5/5/4 @ 30/35/40/42.5 kg rpe 8")
    assert rows["load_kg"] == [30, 35, 40, 42.5]
    with pytest.raises(ValueError, match="say what it counts"):
        item("press: 5/5 @ 30/35")
