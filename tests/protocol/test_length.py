"""How long a protocol lasts, and which days its sessions fall on."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from catalog.loader import load_catalogue
from planner.intake.protocol_file import protocol_of
from planner.intake.yamlfile import parse_yaml
from tests.protocol.own_file import HEAD, build, faults, gradus, own_folder, sessions, top

__all__ = ["own_folder"]

ENDING = f"""{HEAD}days_a_week: 2
lines:
  press: {{exercise: barbell_overhead_press, scheme: climb, state: {{load: 40}}}}
  walk: {{exercise: brisk_walking, scheme: short}}
schemes:
  climb: {{stages: {{up: {{sets: [{{sets: 3, reps: 5, load: load}}], after: [{{met: yes, do: {{load: +2.5}}}}]}}}}}}
  short: {{stages: {{go: {{sets: [{{kind: walk, time: 10 min}}], after: [{{done: 6, do: {{stage: end}}}}]}}}}}}
rotation:
  - {{name: A, do: [press, walk]}}
"""


@pytest.mark.parametrize(
    ("change", "weeks", "count"),
    [
        (("", ""), 4, 8),  # one line ends, the other goes on for the weeks of the file
        (("weeks: 4", "sessions: 5"), 3, 5),
        (("weeks: 4", "weeks: 4\nopen_ended: true"), 4, 8),  # not all of it ends: the usual weeks
        (("done: 6", "done: 20"), 4, 8),
        (("do: [press, walk]", "do: [walk]"), 3, 6),  # it ends before its weeks are over
    ],
)
def test_the_weeks_of_the_file_bound_it(change: tuple[str, str], weeks: int, count: int) -> None:
    text = ENDING.replace(*change)
    if "do: [walk]" in text:
        text = "".join(line for line in text.splitlines(keepends=True) if "press:" not in line and "climb:" not in line)
    build(text)
    assert (sessions()[-1]["week"], len(sessions())) == (weeks, count)


def test_an_open_end_comes_when_all_of_it_has_ended() -> None:
    text = ENDING.replace("weeks: 4", "weeks: 2\nopen_ended: true").replace(
        "{met: yes, do: {load: +2.5}}", "{met: yes, more: yes, do: {load: +2.5}}, {done: 10, do: {stage: end}}"
    )
    build(text)
    assert len(sessions()) == 10


def test_an_open_end_that_does_not_come_leaves_the_usual_length() -> None:
    text = ENDING.replace("weeks: 4", "weeks: 6\nopen_ended: true").replace(
        "{met: yes, do: {load: +2.5}}", "{met: yes, do: {load: +2.5}}, {symptoms: yes, do: {stage: end}}"
    )
    build(text)
    assert sessions()[-1]["week"] == 6


SHORT = f"""{HEAD}days_a_week: 3
lines:
  squat: {{exercise: barbell_back_squat, scheme: p, state: {{load: 80, step: 2.5}}}}
schemes:
  p: {{sets: [{{sets: 3, reps: 6, load: load}}], after: [{{met: yes, do: {{load: +step}}}}]}}
rotation:
  - {{name: Monday, do: [squat]}}
  - {{name: Thursday, do: [squat]}}
"""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--days", "mon"), "sessions 5 (Monday) to 12 (Thursday) of 12 are cut off; --sessions 12 keeps them"),
        (("--days", "mon,wed", "--weeks", "1"), "session 3 (Monday) of 3 are cut off"),
        (("--days", "mon", "--sessions", "12"), None),
        (("--days", "mon,wed,fri"), None),
    ],
)
def test_sessions_that_find_no_day_are_named(options: tuple[str, ...], said: str | None) -> None:
    told = build(SHORT, *options).stderr
    summary = " ".join(Path("out/summary.md").read_text(encoding="utf-8").split())
    if said is None:
        assert told == ""
        assert "cut off" not in summary
        return
    assert f"written for 3 days a week, not {len(options[1].split(','))}: {said}" in told
    assert said in summary
    gradus("verify", "out")


LIMITED = f"""{HEAD}days_a_week: 3
lines:
  squat: {{exercise: barbell_back_squat, scheme: p, state: {{load: 80}}}}
schemes:
  p: {{sets: [{{sets: 3, reps: 6, load: load}}]}}
rotation:
"""


@pytest.mark.parametrize(
    ("entries", "third", "last"),
    [
        # the day of what falls out stays free, and nothing else moves
        (("A", "B", "C*"), ["A", "B", "C"], ["A", "B", ""]),
        (("A*", "B", "C"), ["A", "B", "C"], ["", "B", "C"]),
        # what comes only in that week takes it
        (("A", "B", "C*", "Test!"), ["A", "B", "C"], ["A", "B", "Test"]),
        (("A*", "B*", "C*", "Test!"), ["A", "B", "C"], ["", "", "Test"]),
        (("A*", "B", "C", "Off"), ["A", "B", "C"], ["", "B", "C"]),
    ],
)
def test_what_falls_out_of_a_week_leaves_its_day_free(
    entries: tuple[str, ...], third: list[str], last: list[str]
) -> None:
    spans = {"*": ", weeks: 1-3", "!": ", weeks: 4"}
    rows = [f"  - {{name: {one.rstrip('*!')}, do: [{{line: squat{spans.get(one[-1], '')}}}]}}" for one in entries]
    if "Off" in entries:
        rows = [row for row in rows if "Off" not in row]
    build(LIMITED + "\n".join(rows) + "\n")
    shown = {one["slot"]: one["name"] for one in sessions()}
    for week, wanted in ((3, third), (4, last)):
        assert [shown.get(f"w{week:02d}-s{day}", "") for day in (1, 2, 3)] == wanted


DATED = f"""{HEAD}missed: skipped
days_a_week: 2
lines:
  squat: {{exercise: barbell_back_squat, scheme: p, needs: [one_rm]}}
  press: {{exercise: barbell_overhead_press, scheme: q, state: {{load: 40, n: 3}}}}
schemes:
  p:
    sets:
      - {{weeks: 1-2, sets: 3, reps: 5, load: 70% one_rm}}
      - {{weeks: 3, sets: 3, reps: 3, load: 80% one_rm}}
      - {{weeks: 4, sets: 3, reps: 1, load: 90% one_rm}}
  q:
    sets: [{{sets: 3, reps: n, load: load}}]
    after: [{{met: yes, do: {{load: +2.5}}, more: yes}}, {{do: {{n: +1}}}}]
rotation:
  - {{name: A, do: [squat, press]}}
"""


def test_what_is_missed_may_be_skipped() -> None:
    build(DATED, "--1rm", "squat=100")
    days = {one["slot"]: (one["start"], top(one)) for one in sessions()}
    gradus("log", "out", "w02-s2", "--missed", "--today", "2027-01-14")
    told = gradus("replan", "out", "--today", "2027-01-15").stdout
    assert "was missed: it is left out, and what comes later stays on its day" in " ".join(told.split())
    # the last week is the last week, as it was shown
    assert {one["slot"]: (one["start"], top(one)) for one in sessions()} == days
    press = {one["slot"]: one["items"][1]["dose"]["sets"][0] for one in sessions()}
    # no step for what was not done; what goes by the turn goes on
    assert [press[slot]["load"]["amount"] for slot in ("w02-s2", "w03-s1", "w03-s2")] == [47500, 47500, 50000]
    assert [press[slot]["repetitions"] for slot in ("w02-s2", "w03-s1", "w03-s2")] == [6, 7, 8]
    gradus("verify", "out")


RUNS = f"""{HEAD}missed: skipped
days_a_week: 3
lines:
  run: {{exercise: continuous_run, scheme: easy}}
schemes:
  easy: {{sets: [{{weeks: 1, time: 11 min}}, {{weeks: 2, time: 12 min}}, {{weeks: 3, time: 13 min}},
    {{weeks: 4, time: 14 min}}]}}
rotation:
  - {{name: Easy, days: 1, do: [run]}}
  - {{name: Steady, days: 2, do: [run]}}
  - {{name: Long, days: 3, do: [{{line: run, sets: [{{weeks: 1, time: 21 min}}, {{weeks: 2, time: 22 min}},
      {{weeks: 3, time: 23 min}}, {{weeks: 4, time: 24 min}}]}}]}}
"""
#: The same as entries that hold in one week each.
BY_ENTRY = f"""{HEAD}missed: skipped
days_a_week: 3
lines:
  run: {{exercise: continuous_run}}
schemes: {{}}
rotation:
""" + "".join(
    f"  - {{name: {day} {week}, weeks: {week}, days: {n}, "
    f"do: [{{line: run, sets: [{{time: {minutes + week} min}}]}}]}}\n"
    for week in (1, 2, 3, 4)
    for n, day, minutes in ((1, "Easy", 10), (2, "Steady", 10), (3, "Long", 20))
)
#: In turns, by the round of the rotation.
BY_ROUND = re.sub(r"days: \d, ", "", RUNS).replace("{weeks: ", "{rounds: ")


@pytest.mark.parametrize("text", [RUNS, BY_ENTRY, BY_ROUND], ids=["rows", "entries", "rounds"])
@pytest.mark.parametrize(
    ("slot", "weeks"),
    [
        # the week that led to it comes again from the next day on: 11 is an easy run of week 1, 21 a long one
        ("w01-s1", [[11, 11, 21], [11, 11, 21], [12, 12, 22], [13, 13, 23], [14, 14, 24]]),
        ("w02-s1", [[11, 11, 21], [12, 11, 21], [12, 12, 22], [13, 13, 23], [14, 14, 24]]),
        ("w02-s3", [[11, 11, 21], [12, 12, 22], [12, 12, 22], [13, 13, 23], [14, 14, 24]]),
    ],
)
def test_a_painful_run_repeats_the_week_on_its_days(text: str, slot: str, weeks: list[list[int]]) -> None:
    build(text)
    day = next(one["start"][:10] for one in sessions() if one["slot"] == slot)
    behind = [one["slot"] for one in sessions() if one["start"][:10] < day]
    for one in behind:
        gradus("log", "out", one, "--done", "--pain", "0,0,0,0", "--today", day)
    gradus("log", "out", slot, "--done", "--pain", "1,4,4", "--today", day)
    told = gradus("replan", "out", "--today", day).stdout
    assert "the last week comes again from here, on its days" in " ".join(told.split())
    shown = {one["slot"]: one["items"][0]["dose"]["sets"][0]["seconds"] for one in sessions()}
    found = [[shown[f"w{week:02d}-s{n}"] // 60 for n in (1, 2, 3)] for week, _ in enumerate(weeks, 1)]
    assert found == weeks
    assert {dt.date.fromisoformat(one["start"][:10]).weekday() for one in sessions()} == {0, 2, 4}
    gradus("verify", "out")


@pytest.mark.parametrize(("pain", "count"), [("1,3,3", 5), ("1,9,9", 6)])
def test_a_week_that_hurt_twice_comes_again_once_and_after_each_red(pain: str, count: int) -> None:
    build(RUNS)
    for n in range(1, 7):
        week, day = (1, n) if n < 4 else (2, n - 3)
        told = pain if (week, day) in ((2, 1), (2, 3)) else "0,0,0"
        gradus("log", "out", f"w0{week}-s{day}", "--done", "--pain", told, "--today", "2027-01-17")
    gradus("replan", "out", "--today", "2027-01-17")
    minutes = [one["items"][0]["dose"]["sets"][0]["seconds"] // 60 for one in sessions()]
    again = [[11, 11, 21], [12, 12, 22], [13, 13, 23], [14, 14, 24]][6 - count :]
    assert minutes[6:] == [each for week in again for each in week]
    assert sessions()[-1]["week"] == count


@pytest.mark.parametrize(("missed", "counts"), [("skipped", [3, 4, 5]), ("moved", [3, 3, 4])])
def test_outcomes_skip_or_keep_a_turn_too(missed: str, counts: list[int]) -> None:
    told = "outcomes:\n  - {session: 1, exercise: squat, done: no}\n  - {session: 1, exercise: press, done: no}\n"
    Path("o.yaml").write_text(told, encoding="utf-8")
    build(DATED.replace("missed: skipped", f"missed: {missed}"), "--1rm", "squat=100", "--outcomes", "o.yaml")
    assert [one["items"][1]["dose"]["sets"][0]["repetitions"] for one in sessions()[:3]] == counts


def test_what_is_missed_moves_unless_it_says_so() -> None:
    build(DATED.replace("missed: skipped\n", ""), "--1rm", "squat=100")
    gradus("log", "out", "w02-s2", "--missed", "--today", "2027-01-14")
    gradus("replan", "out", "--today", "2027-01-15")
    assert sessions()[-1]["slot"] == "w05-s1"


@pytest.mark.parametrize(
    ("named", "first", "later"),
    [
        # of the days that are named a week takes as many as it needs, as evenly apart as they can be
        ("mon,tue,wed,thu,fri,sat", ["04", "06", "08"], ["11", "12", "14", "16"]),
        ("mon,tue,thu,fri", ["04", "05", "08"], ["11", "12", "14", "15"]),
        ("mon,wed,fri,sun", ["04", "06", "08"], ["11", "13", "15", "17"]),
    ],
)
def test_a_week_that_needs_fewer_days_than_are_named_spreads_them(
    named: str, first: list[str], later: list[str]
) -> None:
    text = f"{HEAD}days_a_week: {{1: 3, 2-4: 4}}\nlines:\n  walk: {{exercise: brisk_walking, scheme: p}}\nschemes:\n"
    text += "  p: {sets: [{time: 20 min}]}\nrotation:\n  - {name: A, do: [walk]}\n"
    build(text, "--days", named)
    days = [one["start"][8:10] for one in sessions()]
    assert days[:3] == first
    assert days[3:7] == later


IN_TURN = f"""{HEAD}days_a_week: 3
lines:
  run: {{exercise: walk_run_intervals, scheme: rw}}
schemes:
  rw: {{sets: [{{until: 60 min, of: [{{kind: run, time: 15 s}}, {{kind: walk, time: 15 s}}]}}]}}
rotation:
  - {{name: Tue, do: [run]}}
"""


def test_an_hour_of_short_stretches_in_turn_is_built() -> None:
    assert not faults(IN_TURN)
    build(IN_TURN)
    assert sessions()[0]["items"][0]["dose"]["sets"][0]["rounds"] == 120
    build(IN_TURN.replace("60 min", "3602 s"), "--force")  # the last stretch is cut short


@pytest.mark.parametrize(
    ("was", "said", "told"),
    [
        ("15 s", "2 s", "of[0].time: must be at least 5 s"),
        ("60 min", "600 min", "until: comes to about 1200 times in turn, and 1000 are the most"),
        ("60 min", "100 km", "until: comes to about 1666 times in turn"),
        ("until: 60 min", "repeat: 2000", "repeat: comes to about 2000 times in turn"),
    ],
)
def test_what_no_session_can_hold_is_refused_with_its_line(was: str, said: str, told: str) -> None:
    found = faults(IN_TURN.replace(was, said))
    assert any(told in one and one.startswith("p.yaml:10:") for one in found)


@pytest.mark.parametrize("days", ["{1-2: 2, 3-4: 3}", "{3-4: 3, 1-2: 2}"])
def test_after_the_last_named_week_it_goes_on_as_in_that_one(days: str) -> None:
    text = f"{HEAD}days_a_week: {days}\nlines:\n  walk: {{exercise: brisk_walking, scheme: p}}\nschemes:\n"
    text += "  p: {sets: [{kind: walk, time: 10 min}]}\nrotation:\n  - {name: A, do: [walk]}\n"
    protocol = protocol_of(parse_yaml(text, "p.yaml"), load_catalogue())
    assert [protocol.days_in(week) for week in range(1, 7)] == [2, 2, 3, 3, 3, 3]


LONG = f"""{HEAD}days_a_week: 2
lines: {{far: {{exercise: continuous_run, scheme: far}}, ride: {{exercise: stationary_cycle, scheme: ride}}}}
schemes: {{far: {{sets: [{{kind: run, distance: 26.2 miles}}]}}, ride: {{sets: [{{kind: bike, time: 360 min}}]}}}}
rotation: [{{name: A, do: [far]}}, {{name: B, do: [ride]}}]
"""


def test_a_session_takes_as_long_as_it_says() -> None:
    build(LONG)
    minutes = [one["estimated_minutes"] for one in sessions()[:2]]
    assert minutes == [pytest.approx(316.7, abs=0.5), pytest.approx(360.8, abs=1)]
    summary = Path("out/summary.md").read_text(encoding="utf-8")
    assert "about 317 min" in summary
    assert f"| {round(sum(minutes))} |" in summary
    build(LONG.replace("26.2 miles", "80 km"), "--force")
    assert sessions()[0]["estimated_minutes"] > 600
    said = build(LONG.replace("26.2 miles", "200 km"), "--force").stderr
    assert "week 1 (A): takes a day or longer at the usual pace; 24 hours are counted" in said
