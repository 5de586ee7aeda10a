"""What stands in for an item keeps every rule too: easier forms, fallbacks, short versions, the flare card.

One thing is broken at a time, on the written form, and the rule that it breaks is named.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from planner.domain.case import Case
from planner.domain.directions import Side
from planner.domain.exercise import Track
from planner.domain.programme import NO_PROVENANCE, Programme, SessionKind
from planner.plan import make_programme
from planner.verify import verify
from tests.living.__main__ import case_of as benchmark_case
from tests.plans import programme_of
from tests.verify.test_breaks import A, B, Break, C, E, H, Json, banded, exercise, find, load

Test = Callable[[Json, Json], bool]
Change = Callable[[Json, Case], None]


def stand_in(role: str, test: Test, change: Change, kind: str = "training") -> Break:
    """Changes the easier form or the fallback of the first item that passes a test."""

    def apply(data: Json, case: Case) -> None:
        change(find(data, lambda s, i: i[role] is not None and test(s, i), kind)[role], case)

    return apply


def short(test: Test, change: Change) -> Break:
    """Changes the first item of a short version that passes a test."""

    def apply(data: Json, case: Case) -> None:
        found = [i for s in data["sessions"] for i in s["short"] if test(s, i)]
        assert found, "the programme has nothing to break here"
        change(found[0], case)

    return apply


def whole_short(change: Callable[[Json], None]) -> Break:
    """Changes a session by its short version as a whole."""
    return lambda data, case: change(next(s for s in data["sessions"] if s["kind"] == "training"))


def card(track: str, change: Change) -> Break:
    """Changes a line of the flare card."""
    return lambda data, case: change(next(i for i in data["flare_card"] if i["track"] == track), case)


def week(number: int) -> Test:
    return lambda session, item: session["week"] == number


def track(name: str) -> Test:
    return lambda session, item: item["track"] == name


def to(name: str, **row: Any) -> Change:
    """Another exercise at its lowest dose."""

    def change(item: Json, case: Case) -> None:
        exercise(name, case, item)
        item["dose"]["sets"][0].update(row)

    return change


def rows(**values: Any) -> Change:
    def change(item: Json, case: Case) -> None:
        for row in item["dose"]["sets"]:
            row.update(values)

    return change


def heavy(kg: float) -> Change:
    return lambda item, case: load(item, kg)


def other_side(item: Json, case: Case) -> None:
    item["side"] = "left" if item["side"] == "right" else "right"


def sore_leg(item: Json, case: Case) -> None:
    """The slider of the other leg becomes one of the leg that hurts."""
    other_side(item, case)
    side = item["side"]
    exercise("supine_sciatic_slider", case, item)
    item["side"] = side


def floor_lift(item: Json, case: Case) -> None:
    exercise("crate_from_floor", case, item)
    load(item, 4)


def loaded(session: Json, item: Json) -> bool:
    return any(row["load"] for row in item["dose"]["sets"])


def bends_before_breakfast(data: Json, case: Case) -> None:
    """A session soon after waking, of trunk work only, whose short version bends."""
    session = next(s for s in data["sessions"] if s["kind"] == "training" and s["week"] == 9)
    session.update(start=session["start"][:11] + "07:00:00", end=session["start"][:11] + "07:40:00")
    session["items"] = [i for i in session["items"] if i["track"].startswith("anti")]
    for item in session["items"]:
        item["easier"] = item["fallback"] = None
    session["short"] = session["short"][:1]
    exercise("roll_down", case, session["short"][0])


def unclosed(data: Json, case: Case) -> None:
    """Bending in a short version of build, without the press-up after it."""
    for session in data["sessions"]:
        if session["kind"] == "training" and data["weeks"][session["week"] - 1]["phase"] == "build":
            item = next((i for i in session["short"] if i["track"] != "directional"), None)
            if item is not None:
                exercise("flexion_in_lying", case, item)
                session["short"] = [item]
                return


def reversed_short(session: Json) -> None:
    session["short"].reverse()


def too_many(session: Json) -> None:
    session["short"] = (session["short"] * 3)[:3]


def drop_direction(data: Json, case: Case) -> None:
    data["flare_card"] = [i for i in data["flare_card"] if i["track"] != "directional"]


def training_on_the_card(data: Json, case: Case) -> None:
    row = next(s for s in data["sessions"] if s["kind"] == "training")["items"][-1]
    data["flare_card"].append({**copy.deepcopy(row), "easier": None, "fallback": None})


BREAKS: dict[str, tuple[str, str, Break]] = {
    # easier forms
    "easier: outside the envelope": ("D1", A, stand_in("easier", week(1), to("roll_down"))),
    "easier: against the preference in settle": ("D2", A, stand_in("easier", week(1), to("flexion_in_lying"))),
    "easier: too hard for an irritable back": ("I1", B, stand_in("easier", week(1), to("dead_bug"))),
    "easier: a restricted shoulder": ("S1", H, stand_in("easier", week(6), to("pull_up"))),
    "easier: bending with fragile bones": ("OP", C, stand_in("easier", week(6), to("crunch"))),
    "easier: a floor lift in week 1": ("O9", A, stand_in("easier", week(1), floor_lift)),
    "easier: a tensioner": ("N1", B, stand_in("easier", track("neural"), to("slump_tensioner"), "daily")),
    "easier: a slider on the wrong leg": ("N1", B, stand_in("easier", track("neural"), other_side, "daily")),
    "easier: sixteen slides": ("N2", B, stand_in("easier", track("neural"), rows(repetitions=16), "daily")),
    "easier: the other way": ("D2", A, stand_in("easier", track("directional"), to("flexion_in_lying"), "daily")),
    "easier: a side glide to the other side": ("D2", B, stand_in("easier", track("directional"), other_side, "daily")),
    "easier: a longer walk": ("W1", A, stand_in("easier", track("aerobic"), rows(seconds=2700), "daily")),
    "easier: effort ten": ("O2", H, stand_in("easier", week(6), rows(effort=10))),
    "easier: a load that is not a forecast": (
        "CAL",
        A,
        lambda d, c: find(d, lambda s, i: i["easier"] and loaded(s, i["easier"]))["easier"]["dose"].update(
            load_is_forecast=False
        ),
    ),
    # fallbacks
    "fallback: against the preference before the gate": (
        "D2",
        A,
        stand_in("fallback", week(3), to("flexion_in_lying")),
    ),
    "fallback: too hard for the phase before": ("I1", A, stand_in("fallback", week(5), to("sorensen_hold"))),
    "fallback: extension before the gate": (
        "D3",
        B,
        stand_in("fallback", lambda s, i: s["week"] == 4 and i["track"] == "directional", to("press_up"), "daily"),
    ),
    "fallback: a floor lift in the week before the gate": (
        "O9",
        A,
        stand_in("fallback", lambda s, i: s["week"] == 3 and i["track"] == "hinge", floor_lift),
    ),
    "fallback: heavier than ever planned": (
        "O1",
        H,
        stand_in(
            "fallback",
            lambda s, i: loaded(s, i["fallback"]) and i["fallback"]["exercise"] == i["exercise"],
            heavy(400),
        ),
    ),
    # short versions
    "short: none": ("E10", A, whole_short(lambda s: s.update(short=[]))),
    "short: too long": ("E10", A, short(track("directional"), rows(repetitions=60))),
    "short: three things": ("E10", A, whole_short(too_many)),
    "short: out of order": ("E3", A, whole_short(reversed_short)),
    "short: something from elsewhere": ("E10", A, short(track("directional"), to("extension_in_standing"))),
    "short: too much effort": ("E10", H, short(track("squat"), rows(effort=8))),
    "short: the whole load": (
        "E10",
        H,
        lambda d, c: next(
            i.update(dose=next(x for x in s["items"] if x["exercise"] == i["exercise"])["dose"])
            for s in d["sessions"]
            for i in s["short"]
            if i["exercise"] == "barbell_back_squat"
        ),
    ),
    "short: two sets where one was planned": (
        "E10",
        A,
        lambda d, c: next(i for s in d["sessions"] for i in s["short"] if i["track"] == "directional")["dose"].update(
            sets=[{"repetitions": 3}] * 2
        ),
    ),
    "short: a stronger band": ("E10", A, short(lambda s, i: banded(i), rows(band="very_heavy"))),
    "short: outside the envelope": ("D1", A, short(week(1), to("roll_down"))),
    "short: open only behind the gate": (
        "D1",
        A,
        short(lambda s, i: s["week"] == 8 and i["track"] != "directional", to("roll_down")),
    ),
    "short: against the preference in settle": ("D2", A, short(week(2), to("flexion_in_lying"))),
    "short: not closed with the preferred direction": ("D4", A, unclosed),
    "short: too hard for an irritable back": ("I1", B, short(week(1), to("dead_bug"))),
    "short: soon after waking": ("M1", A, bends_before_breakfast),
    "short: an exercise nobody knows": ("E6", A, short(week(1), lambda i, c: i.update(exercise="levitation"))),
    "short: a load that is not owned": ("E1", H, short(loaded, heavy(7.3))),
    "short: a restricted shoulder": ("S1", H, short(week(6), to("pull_up"))),
    "short: floor work when getting up is not known": ("S1", C, short(week(6), to("dead_bug"))),
    "short: serves nothing": ("E8", A, short(week(1), lambda i, c: i.update(serves=["because"]))),
    "short: a hold of 11 s": (
        "A1",
        C,
        short(lambda s, i: i["dose"]["kind"] == "hold", rows(hold_seconds=11)),
    ),
    # the flare card
    "flare: no card": ("E10", A, lambda d, c: d.update(flare_card=[])),
    "flare: without the direction that helps": ("E10", A, drop_direction),
    "flare: training": ("E10", A, training_on_the_card),
    "flare: a longer walk than the first week's": ("E10", A, card("aerobic", rows(seconds=1800))),
    "flare: hard walking": ("E10", A, card("aerobic", rows(effort=6))),
    "flare: a load": ("E10", E, card("relief", heavy(5))),
    "flare: bending": ("D1", A, card("relief", to("flexion_in_sitting"))),
    "flare: bending soon after waking": ("M1", A, card("relief", to("flexion_in_lying"))),
    "flare: the other way": ("D2", A, card("directional", to("flexion_in_lying"))),
    "flare: extension before the leg has settled": ("D3", B, card("directional", to("press_up"))),
    "flare: side glide to the other side": ("D2", B, card("directional", other_side)),
    "flare: the sore leg first": (
        "N1",
        B,
        card("neural", sore_leg),
    ),
    "flare: arching for a narrow canal": ("D1", C, card("relief", to("prone_on_elbows"))),
    "flare: a floor movement where getting up is not known": ("S1", C, card("relief", to("cat_camel"))),
    "flare: equipment": ("E1", E, card("directional", to("press_up_overpressure"))),
    "flare: serves nothing": ("E8", A, card("aerobic", lambda i, c: i.update(serves=["because"]))),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_named(name: str) -> None:
    rule, example, change = BREAKS[name]
    case, programme = programme_of(example)
    data = programme.model_dump(mode="json")
    change(data, case)
    found = verify(case, Programme.model_validate(data))
    role = name.partition(":")[0]
    where = {"easier": "(easier)", "fallback": "(fallback)", "short": "short", "flare": "flare"}[role]
    # an order of sections is told of a session, whichever of its lists it is
    named = {v.rule for v in found if where in v.where.replace("-", " ") or rule in ("E3", "E10")}
    assert rule in named, [str(v) for v in found[:5]]


def test_short_versions_count_towards_nothing() -> None:
    """Without them, and with each twice as long, the same totals and growth are found."""
    case, programme = programme_of(A)
    data = programme.model_dump(mode="json")
    for session in data["sessions"]:
        session["short"] = []
    data["flare_card"] = []
    assert {v.rule for v in verify(case, Programme.model_validate(data))} == {"E10"}
    data = programme.model_dump(mode="json")
    for session in data["sessions"]:
        for item in session["short"]:
            item["dose"]["sets"] = item["dose"]["sets"] * 2
    assert {v.rule for v in verify(case, Programme.model_validate(data))} <= {"E10", "E6"}


def test_a_quota_is_not_met_by_a_short_version() -> None:
    """Anti-extension work that is left in short versions only is missed."""
    case, programme = programme_of(C)
    data = programme.model_dump(mode="json")
    kept = False
    for session in data["sessions"]:
        if session["kind"] == "training" and session["week"] == 6:
            kept |= any(i["track"] == "anti_extension" for i in session["short"])
            gone = ("anti_extension", "push", "press", "anti_rotation")
            session["items"] = [i for i in session["items"] if i["track"] not in gone]
    assert kept
    assert "A2" in {v.rule for v in verify(case, Programme.model_validate(data))}


def test_before_a_gate_a_session_closes_with_the_side_glide() -> None:
    """Where a side glide was tested, extension closes a session only once settling is over (rules D3, D4)."""
    case = benchmark_case("B12-053")
    programme = make_programme(case, provenance=NO_PROVENANCE).programme
    closing = [
        item
        for session in programme.sessions
        if session.kind is SessionKind.TRAINING
        for item in session.items
        if item.track is Track.DIRECTIONAL and item.exercise == "press_up" and item.fallback is not None
    ]
    first = [item for item in closing if item.fallback is not None and item.fallback.exercise != "press_up"]
    assert first
    assert {item.fallback.exercise for item in first if item.fallback is not None} == {"side_glide_wall"}
    assert {item.fallback.side for item in first if item.fallback is not None} == {Side.RIGHT}
    data = programme.model_dump(mode="json")
    for session in data["sessions"]:
        for item in session["items"]:
            if item["exercise"] == "press_up" and item["fallback"] is not None:
                exercise("press_up", case, item["fallback"])
    assert "D3" in {violation.rule for violation in verify(case, Programme.model_validate(data))}
