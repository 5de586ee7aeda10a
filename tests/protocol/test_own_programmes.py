"""Programmes that do not come with Gradus, written in the language; expected values worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest

from catalog.loader import load_catalogue
from planner.domain.dose import LoadUnit
from planner.domain.protocol import Outcome
from planner.intake.protocol_file import read_protocol
from planner.progression.protocol import OwnedLoads, PlannedItem, PlannedSession, run

FOLDER = Path(__file__).parents[1] / "data" / "own_protocols"


def sessions(
    name: str, start: Mapping[str, Mapping[str, float]], *outcomes: Outcome, step: str = "2.5", unit: str = "kg"
) -> tuple[PlannedSession, ...]:
    protocol = read_protocol(FOLDER / f"{name}.yaml", load_catalogue())
    owned = OwnedLoads(LoadUnit.GRAM if unit == "kg" else LoadUnit.CENTIPOUND, Fraction(step))
    found = run(protocol, start, owned, outcomes)
    assert found.missing == ()
    return found.sessions


def item(session: PlannedSession, line: str) -> PlannedItem:
    return next(one for one in session.items if one.line == line)


def rows(session: PlannedSession, line: str) -> list[str]:
    """``5 @ 90 kg`` for every set of a line."""
    out = []
    for each in item(session, line).sets:
        low, high = each.repetitions or (0, 0)
        reps = f"{low}+" if each.open else str(low) if low == high else f"{low}-{high}"
        out.append(f"{reps} @ {each.load.text if each.load else '-'}")
    return out


def done(session: int, line: str, *repetitions: int, **more: object) -> Outcome:
    return Outcome.model_validate({"session": session, "exercise": line, "repetitions": repetitions, **more})


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_each_is_sound(path: Path) -> None:
    assert read_protocol(path, load_catalogue()).protocol == path.stem


def test_texas_method() -> None:
    start = {"squat": {"five": 100}, "press": {"five": 50}}
    fails = [done(6, "squat", 4), done(9, "squat", 3)]
    found = sessions("texas_method", start, *fails, step="1")
    assert rows(found[0], "squat") == ["5 @ 90 kg"] * 5
    assert rows(found[1], "squat") == ["5 @ 72 kg"] * 2
    assert rows(found[2], "squat") == ["5 @ 100 kg"]
    # met once, then missed in weeks 2 and 3: 102.5 - 10 % = 92.25, rounded down
    assert [rows(found[n], "squat") for n in (5, 8, 11)] == [["5 @ 102 kg"], ["5 @ 102 kg"], ["5 @ 91 kg"]]
    assert rows(found[9], "squat") == ["5 @ 81 kg"] * 5
    assert rows(found[11], "press") == ["5 @ 53 kg"]


def test_greyskull() -> None:
    start = {"bench": {"load": 100}, "press": {"load": 65}, "squat": {"load": 135}}
    outcomes = [done(1, "bench", 5, 5, 12), done(1, "squat", 5, 5, 4), done(3, "bench", 5, 5, 9)]
    found = sessions("greyskull", start, *outcomes, step="2.5", unit="lb")
    assert rows(found[0], "bench") == ["5 @ 100 lb", "5 @ 100 lb", "5+ @ 100 lb"]
    # twelve repetitions double the step; nine take one; a miss takes off a tenth: 135 -> 121.5 -> 120
    assert [rows(found[n], "bench")[0] for n in (2, 4)] == ["5 @ 105 lb", "5 @ 107.5 lb"]
    assert rows(found[1], "squat")[0] == "5 @ 120 lb"


def test_a_step_smaller_than_the_plates_adds_up() -> None:
    found = sessions("greyskull", {n: {"load": 100} for n in ("bench", "press", "squat")}, step="5", unit="lb")
    assert [rows(found[n], "bench")[0] for n in (0, 2, 4)] == ["5 @ 100 lb", "5 @ 100 lb", "5 @ 105 lb"]


def test_madcow() -> None:
    found = sessions("madcow", {"squat": {"top": 100}}, step="0.5")
    assert rows(found[0], "squat") == [f"5 @ {kg} kg" for kg in ("50", "62.5", "75", "87.5", "100")]
    assert rows(found[2], "squat")[4:] == ["3 @ 102.5 kg", "8 @ 75 kg"]
    assert rows(found[3], "squat")[4] == "5 @ 102.5 kg"
    assert rows(found[6], "squat")[4] == "5 @ 105 kg"  # 102.5 x 1.025 = 105.06


def test_smolov_jr() -> None:
    found = sessions("smolov_jr", {"bench": {"one_rm": 100}})
    assert [(len(rows(s, "bench")), rows(s, "bench")[0]) for s in found[:5]] == [
        (6, "6 @ 70 kg"),
        (7, "5 @ 75 kg"),
        (8, "4 @ 80 kg"),
        (10, "3 @ 85 kg"),
        (6, "6 @ 72.5 kg"),  # 70 % of 105 is 73.5
    ]


def test_juggernaut() -> None:
    found = sessions("juggernaut", {"squat": {"wm": 100}}, done(3, "squat", 5, 3, 1, 16))
    assert rows(found[0], "squat") == ["10 @ 60 kg"] * 4 + ["10+ @ 60 kg"]
    assert rows(found[1], "squat") == ["5 @ 55 kg", "10 @ 67.5 kg", "10 @ 67.5 kg", "10+ @ 67.5 kg"]
    # sixteen repetitions: five steps of 2.5 kg
    assert rows(found[3], "squat") == ["5 @ 45 kg", "5 @ 55 kg", "5 @ 67.5 kg"]


def test_recommended_routine_climbs_and_steps_back() -> None:
    outcomes = [done(5, "push", 5, 4, 5), done(6, "push", 4, 4, 4), done(7, "push", 5, 5, 4), done(1, "row", 5, 4, 5)]
    found = sessions("recommended_routine", {}, *outcomes)
    assert [item(session, "push").exercise for session in found[:8]] == [
        *["wall_push_up"] * 4,  # 5, 6, 7 and 8 repetitions
        *["incline_push_up"] * 3,
        "wall_push_up",  # three sessions below the target
    ]
    # one set more in each set that was met
    assert rows(found[1], "row") == ["6 @ -", "5 @ -", "6 @ -"]
    assert [item(session, "plank").sets[0].seconds for session in found[:4]] == [(20, 20), (25, 25), (30, 30), (30, 30)]
    assert item(found[0], "push").group == "A"


def test_tendon_isometrics_move_on_without_symptoms() -> None:
    outcomes = [Outcome(session=14, exercise="hold", symptoms=True)]
    found = sessions("tendon_isometrics", {"hold": {"mvic": 40}}, *outcomes)
    assert [session.name for session in found[13:19]] == [
        "Isometric",
        "Isometric",  # once more, because of the symptoms
        "Isotonic",
        "Isometric again",
        "Isotonic",
        "Isometric again",
    ]
    assert [each.seconds for each in item(found[0], "hold").sets] == [(45, 45)] * 5
    assert rows(found[0], "hold")[0] == "0 @ 27.5 kg"


def test_a_load_that_was_found_is_kept() -> None:
    logged = [done(15, "slow", 8, 8, 8, 8, load=21.0, rpe=8), done(17, "slow", 8, 8, 8, 8, rpe=8)]
    found = sessions("tendon_isometrics", {"hold": {"mvic": 40}}, *logged)
    assert [rows(found[n], "slow")[0] for n in (14, 16, 18)] == ["8 @ 20 kg", "8 @ 20 kg", "8 @ 22.5 kg"]


def test_each_set_progresses_by_itself() -> None:
    found = sessions("double_progression_per_set", {}, done(1, "row", 12, 10, 7))
    # the first was at its top, the second inside the range, the third below it: 40 - 5 % = 38, rounded down
    assert rows(found[1], "row") == ["8-12 @ 45 kg", "8-12 @ 40 kg", "8-12 @ 37.5 kg"]


def test_minutes_and_distances() -> None:
    outcomes = [Outcome(session=12, exercise="easy", symptoms=True)]
    found = sessions("one_hour_runner", {}, *outcomes)
    easy = [item(session, "easy").sets[0].seconds for session in found if session.name == "Easy"]
    assert easy == [(1200, 1200)] * 4 + [(1800, 1800)] * 4 + [(1350, 1350)] * 4
    fast = [item(session, "fast").sets for session in found if session.name == "Fast"]
    assert [len(sets) for sets in fast] == [12, 12, 12, 16, 16, 16]
    assert [(each.kind, each.metres, each.seconds) for each in fast[0][:2]] == [
        ("run", 400, None),
        ("walk", None, (90, 90)),
    ]


def test_beginners_531_with_jokers() -> None:
    start = {"squat": {"tm": 100}, "bench": {"tm": 70}, "deadlift": {"tm": 120}, "press": {"tm": 45}}
    found = sessions("beginners_531", start, done(1, "core", metres=[65]))
    warm_up = ["5 @ 40 kg", "5 @ 50 kg", "3 @ 60 kg"]
    # 65, 75 and 85 %, two triples that may be left out at 105 % of the top set (89.25, rounded down), 5 x 5 at 65 %
    assert (
        rows(found[0], "squat")
        == [*warm_up, "5 @ 65 kg", "5 @ 75 kg", "5+ @ 85 kg"] + ["3 @ 87.5 kg"] * 2 + ["5 @ 65 kg"] * 5
    )
    assert [each.optional for each in item(found[0], "squat").sets].count(True) == 2
    # week 3 takes 95 %, and the training max rises once after it: 85 % of 105 is 89.25, rounded down
    assert rows(found[6], "squat")[5] == "1+ @ 95 kg"
    assert rows(found[9], "squat")[5] == "5+ @ 87.5 kg"
    assert item(found[1], "core").sets[0].load.text == "22.5 kg"  # type: ignore[union-attr]  # past 60 m


def test_copenhagen_climbs_by_pain() -> None:
    # 3, 5, 7 ... 15 repetitions, then the next exercise at 5; pain of 4 goes back two, at the lowest rung
    found = sessions("copenhagen", {}, done(2, "adductor", pain=4))
    counts = [(item(one, "adductor").exercise, item(one, "adductor").sets[0].repetitions) for one in found[:9]]
    low = "long_lever_hold"
    assert counts == [(low, (n, n)) for n in (3, 5, 3, 5, 7, 9, 11, 13, 15)]
    assert item(found[9], "adductor").exercise == "short_copenhagen"


def test_the_phase_of_acl_criteria_waits_for_the_test() -> None:
    start = {"legpress": {"rm10": 80}}
    held = [done(1, "test", seconds=[50], pain=1, morning=1)]
    assert len(item(sessions("acl_criteria", start)[1], "legpress").sets) == 3
    # the whole session is looked at, and nothing hurt: four sets from the second session on
    found = sessions("acl_criteria", start, *held)
    assert [each.repetitions for each in item(found[1], "legpress").sets] == [(12, 12), (10, 10), (8, 8), (6, 6)]
    sore = [done(1, "test", seconds=[50], pain=3)]
    assert len(item(sessions("acl_criteria", start, *sore)[1], "legpress").sets) == 3


def test_half_of_the_longest_side_bridge_is_held() -> None:
    found = sessions("mcgill_endurance", {}, done(1, "left", seconds=[80]), done(1, "right", seconds=[50]))
    assert item(found[1], "left").sets[0].hold == (10, 10)
    assert [(each.repetitions, each.hold) for each in item(found[1], "right").sets] == [
        ((6, 6), (25, 25)),
        ((4, 4), (25, 25)),
        ((2, 2), (25, 25)),
    ]
