"""Good programmes, broken in one place each: the verifier names the rule.

Every break is made on the written form (JSON), as a careless hand or a faulty solver would make it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from planner.domain.case import Case
from planner.domain.patient import Override
from planner.domain.programme import Programme
from planner.verify import verify
from tests.plans import FEASIBLE, programme_of

Json = dict[str, Any]
Break = Callable[[Json, Case], None]


def items(data: Json, kind: str | None = "training") -> Iterator[tuple[Json, Json]]:
    for session in data["sessions"]:
        if kind is None or session["kind"] == kind:
            for item in session["items"]:
                yield session, item


def find(data: Json, test: Callable[[Json, Json], bool], kind: str | None = "training", last: bool = False) -> Json:
    found = [item for session, item in items(data, kind) if test(session, item)]
    assert found, "the programme has nothing to break here"
    return found[-1 if last else 0]


def phase(data: Json, session: Json) -> str:
    return data["weeks"][session["week"] - 1]["phase"]


def exercise(name: str, case: Case, item: Json, dose: Json | None = None) -> None:
    """Puts another exercise in an item's place, at that exercise's lowest dose."""
    new = case.exercises[name]
    bounds = new.bounds
    row: Json = {}
    if bounds.repetitions:
        row["repetitions"] = bounds.repetitions[0]
    if bounds.hold_seconds:
        row["hold_seconds"] = bounds.hold_seconds[0]
    if bounds.seconds:
        row["seconds"] = bounds.seconds[0]
    item["exercise"], item["name"] = new.id, new.name
    item["side"] = "both" if new.sided else "none"
    item["dose"] = {**item["dose"], "kind": bounds.kind.value, "sets": [row], **(dose or {})}


def banded(item: Json) -> bool:
    return any(row["band"] for row in item["dose"]["sets"])


def loaded(item: Json) -> bool:
    return any(row["load"] for row in item["dose"]["sets"])


def load(item: Json, kg: float) -> None:
    for row in item["dose"]["sets"]:
        row["load"] = {"amount": round(kg * 1000), "unit": "g"}


def put(name: str, track: str, week: int) -> Break:
    """Replaces the first item of a track in a week by another exercise."""

    def change(data: Json, case: Case) -> None:
        exercise(name, case, find(data, lambda s, i: i["track"] == track and s["week"] == week))

    return change


def every_week(change: Callable[[Json], None]) -> Break:
    def apply(data: Json, case: Case) -> None:
        for week in data["weeks"]:
            change(week)

    return apply


def week_value(number: int, key: str, value: Any) -> Break:
    def change(data: Json, case: Case) -> None:
        data["weeks"][number - 1][key] = value

    return change


def envelope(number: int, direction: str, stage: int) -> Break:
    def change(data: Json, case: Case) -> None:
        for week in data["weeks"][number - 1 :]:
            week["envelope"][direction] = max(stage, week["envelope"][direction])

    return change


def first_item(
    change: Callable[[Json], None], *, track: str | None = None, kind: str = "training", week: int = 0
) -> Break:
    def apply(data: Json, case: Case) -> None:
        change(
            find(
                data,
                lambda s, i: (track is None or i["track"] == track) and (week == 0 or s["week"] == week),
                kind,
            )
        )

    return apply


def session_value(number: int, **values: Any) -> Break:
    def change(data: Json, case: Case) -> None:
        training = [s for s in data["sessions"] if s["kind"] == "training"]
        training[number].update(values)

    return change


def rows(**values: Any) -> Callable[[Json], None]:
    def change(item: Json) -> None:
        for row in item["dose"]["sets"]:
            row.update(values)

    return change


def move(data: Json, number: int, **delta: int) -> None:
    import datetime as dt

    training = [s for s in data["sessions"] if s["kind"] == "training"]
    for key in ("start", "end"):
        when = dt.datetime.fromisoformat(training[number][key]) + dt.timedelta(**delta)
        training[number][key] = when.isoformat()


def moved(number: int, **delta: int) -> Break:
    return lambda data, case: move(data, number, **delta)


def many_items(data: Json, case: Case) -> None:
    session = next(s for s in data["sessions"] if s["kind"] == "training")
    extra = [copy.deepcopy(i) for s, i in items(data) if i["exercise"] not in {x["exercise"] for x in session["items"]}]
    seen: dict[str, Json] = {i["exercise"]: i for i in extra}
    session["items"].extend(list(seen.values())[:8])


def drop_track(track: str, kind: str = "training", week: int = 0) -> Break:
    def change(data: Json, case: Case) -> None:
        for session in data["sessions"]:
            if session["kind"] == kind and (week == 0 or session["week"] == week):
                session["items"] = [i for i in session["items"] if i["track"] != track]

    return change


def jump_load(least: float, most: float) -> Break:
    """Doubles the second half of the longest climb whose load in the middle lies between, in kg."""

    def kg(item: Json) -> float:
        found: float = item["dose"]["sets"][-1]["load"]["amount"]
        return found / 1000

    def change(data: Json, case: Case) -> None:
        rows_of: dict[str, list[Json]] = {}
        for _, item in items(data):
            if loaded(item) and not item["deload"] and item["dose"]["kind"] == "repetitions":
                rows_of.setdefault(item["exercise"], []).append(item)
        fitting = [rows for rows in rows_of.values() if least <= kg(rows[len(rows) // 2]) < most]
        longest = max(fitting, key=len)
        half = len(longest) // 2
        for item in longest[half + 1 :]:
            load(item, 2 * kg(longest[half]))

    return change


def early_load(data: Json, case: Case) -> None:
    """The second session of a lift already carries the load of the last."""
    rows_of: dict[str, list[Json]] = {}
    for _, item in items(data):
        if loaded(item):
            rows_of.setdefault(item["exercise"], []).append(item)
    for found in rows_of.values():
        if (
            found[-1]["dose"]["sets"][-1]["load"]["amount"]
            > 1.3 * found[0]["dose"]["sets"][-1]["load"]["amount"]
            > 10_000
        ):
            for item in found[1:]:
                item["dose"]["sets"] = copy.deepcopy(found[-1]["dose"]["sets"])
            return
    raise AssertionError("no lift rises enough")


def more_sets(data: Json, case: Case) -> None:
    item = find(data, lambda s, i: i["track"] == "hinge" and s["week"] == 3)
    item["dose"]["sets"] = item["dose"]["sets"] * 3


def hard_neighbours(data: Json, case: Case) -> None:
    """The last hard squat moves to the day after another."""
    import datetime as dt

    hard = [
        s
        for s in data["sessions"]
        if s["kind"] == "training"
        and any(i["track"] == "squat" and i["dose"]["sets"][-1]["effort"] >= 7 for i in s["items"])
    ]
    one, two = hard[-2], hard[-1]
    day = dt.datetime.fromisoformat(one["start"]) + dt.timedelta(days=1)
    length = dt.datetime.fromisoformat(two["end"]) - dt.datetime.fromisoformat(two["start"])
    two["start"], two["end"] = day.isoformat(), (day + length).isoformat()


def heavy_deload(data: Json, case: Case) -> None:
    number = next(w["number"] for w in data["weeks"] if w["deload"])
    for session in data["sessions"]:
        if session["week"] == number and session["kind"] == "training":
            for item in session["items"]:
                item["dose"]["sets"] = item["dose"]["sets"] * 2
    before = data["weeks"][number - 2]["hard_sets"]
    data["weeks"][number - 1]["hard_sets"] = dict(before)


def longer_walk(data: Json, case: Case) -> None:
    for session, item in items(data, "daily"):
        if session["week"] == 2 and item["track"] == "aerobic":
            item["dose"]["sets"][0]["seconds"] = 29 * 60


def rise_bouts(data: Json, case: Case) -> None:
    for session, item in items(data, "daily"):
        if session["week"] == 4 and item["track"] == "directional":
            item["dose"]["bouts_per_day"] = 8


def late_directional(data: Json, case: Case) -> None:
    source = next(i for _, i in items(data, "daily") if i["track"] == "directional")
    target = [s for s in data["sessions"] if s["kind"] == "daily"][-1]
    target["items"].insert(0, copy.deepcopy(source))


def wrong_side(track: str) -> Break:
    def change(data: Json, case: Case) -> None:
        item = find(data, lambda s, i: i["track"] == track and i["side"] in ("left", "right"), "daily")
        item["side"] = "left" if item["side"] == "right" else "right"

    return change


def same_track_other_day(data: Json, case: Case) -> None:
    """In one week of a block a squat is done in another session."""
    sessions = [s for s in data["sessions"] if s["week"] == 6 and s["kind"] == "training"]
    for session in sessions:
        for item in session["items"]:
            if item["track"] == "lunge":
                other = next(s for s in sessions if s is not session)
                session["items"].remove(item)
                other["items"].append(item)
                return
    raise AssertionError("no lunge in week 6")


def once_only(data: Json, case: Case) -> None:
    item = find(data, lambda s, i: i["track"] == "row" and s["week"] == 12)
    exercise("lying_towel_pulldown", case, item)


def easier_is_harder(data: Json, case: Case) -> None:
    item = find(data, lambda s, i: not loaded(i) and i["easier"] and i["easier"]["exercise"] == i["exercise"])
    item["easier"]["dose"] = copy.deepcopy(item["dose"])
    item["easier"]["dose"]["sets"] = item["easier"]["dose"]["sets"] * 2


def easier_has_a_stronger_band(data: Json, case: Case) -> None:
    """The easier exercise pulls the strongest band there is."""
    forms = (i for s in data["sessions"] for i in s["items"] if i["easier"] and banded(i) and banded(i["easier"]))
    item = next(i for i in forms if i["easier"]["exercise"] != i["exercise"])
    for row in item["easier"]["dose"]["sets"]:
        row["band"] = "very_heavy"


def swap_order(data: Json, case: Case) -> None:
    session = next(
        s for s in data["sessions"] if s["kind"] == "training" and len({i["section"] for i in s["items"]}) > 1
    )
    session["items"].reverse()


def without_closing(data: Json, case: Case) -> None:
    for session in data["sessions"]:
        if session["kind"] == "training" and any(i["track"] == "directional" for i in session["items"]):
            session["items"] = [i for i in session["items"] if i["track"] != "directional"]
            return


def floor_lift_first(data: Json, case: Case) -> None:
    item = find(data, lambda s, i: i["track"] == "hinge" and s["week"] == 1)
    exercise("crate_from_floor", case, item)
    load(item, 4)


def impact(data: Json, case: Case) -> None:
    exercise("small_jump", case, find(data, lambda s, i: i["track"] == "calf"))


def unknown_exercise(item: Json) -> None:
    item["exercise"] = "levitation"


def no_gate(data: Json, case: Case) -> None:
    find(data, lambda s, i: s["week"] == 6)["gate"] = None


def no_fallback(data: Json, case: Case) -> None:
    find(data, lambda s, i: s["week"] == 6 and i["fallback"] is not None and i["track"] != "directional")[
        "fallback"
    ] = None


def fallback_too_hard(data: Json, case: Case) -> None:
    item = find(data, lambda s, i: s["week"] == 5 and i["track"] == "hinge" and i["fallback"] is not None)
    item["fallback"] = {**item["fallback"], "exercise": "conventional_deadlift", "name": "Conventional deadlift"}


def band_not_owned(data: Json, case: Case) -> None:
    item = find(data, lambda s, i: banded(i))
    rows(band="very_heavy")(item)


def earlier_phase(data: Json, case: Case) -> None:
    data["weeks"][0]["phase"] = "build"


def skip_restore(data: Json, case: Case) -> None:
    for week in data["weeks"]:
        if week["phase"] == "restore":
            week["phase"] = "build"


def remove_check_ins(data: Json, case: Case) -> None:
    data["check_ins"] = [c for c in data["check_ins"] if c["gate"]][:1]


def drop_goal_lift(data: Json, case: Case) -> None:
    for _, item in items(data):
        if item["exercise"] == "conventional_deadlift":
            for row in item["dose"]["sets"]:
                if row["load"] and row["load"]["amount"] >= 60_000:
                    row["load"]["amount"] = 57_500


A, B, C, E, H, L = (
    "a_flexion_intolerant",
    "b_nerve_root",
    "c_stenosis_osteoporosis",
    "e_deadlift_jefferson",
    "h_returning_lifter",
    "l_clinic_and_home",
)


def without_warm_ups(data: Json, case: Case) -> None:
    """A heavy lift begins with its working sets."""
    item = find(data, lambda s, i: i["dose"]["sets"][0].get("warm_up"))
    item["dose"]["sets"] = [row for row in item["dose"]["sets"] if not row.get("warm_up")]


def hardly_easier(data: Json, case: Case) -> None:
    """The easier form is the item itself."""
    item = find(data, lambda s, i: i["track"] == "hinge" and i["easier"]["exercise"] == i["exercise"])
    item["easier"]["dose"] = item["dose"]


BREAKS: dict[str, tuple[str, str, Break]] = {
    # phases and gates
    "phase: moderate irritability starts in build": ("PH", A, earlier_phase),
    "phase: restore is skipped": ("PH", A, skip_restore),
    "phase: a week's irritability does not follow": ("PH", A, week_value(1, "irritability", "low")),
    "gate: check-ins are missing": ("PH", A, remove_check_ins),
    "gate: an item behind a gate does not say so": ("PH", A, no_gate),
    "gate: an item behind a gate has no fallback": ("E9", A, no_fallback),
    "gate: a fallback is not valid before the gate": ("D1", A, fallback_too_hard),
    "easier: the same again": ("E9", A, hardly_easier),
    "overload: a heavy lift that nothing leads up to": ("O10", H, without_warm_ups),
    # envelope
    "envelope: starts too high": ("D1", A, envelope(1, "flexion", 2)),
    "envelope: two stages in one week": ("D1", A, envelope(3, "flexion", 4)),
    "envelope: opens beyond the phase": ("D1", A, envelope(5, "flexion", 5)),
    "envelope: falls": ("D1", A, lambda d, c: d["weeks"][11]["envelope"].update(flexion=1)),
    "envelope: missing for a direction": ("D1", A, lambda d, c: d["weeks"][4]["envelope"].clear()),
    "envelope: an item outside it": ("D1", A, put("roll_down", "hinge", 4)),
    "envelope: a sit-up in week 1": ("D1", A, put("sit_up", "squat", 1)),
    "envelope: a direction to be avoided opens": ("D1", C, envelope(6, "extension", 2)),
    # directional and neural
    "directional: bouts rise": ("D2", A, rise_bouts),
    "directional: against the preference in settle": ("D2", A, put("flexion_in_lying", "hinge", 1)),
    "directional: wrong direction": (
        "D2",
        A,
        lambda d, c: exercise("flexion_in_lying", c, find(d, lambda s, i: i["track"] == "directional", "daily")),
    ),
    "directional: side glide to the other side": ("D2", B, wrong_side("directional")),
    "directional: not closed with the preferred direction": ("D4", A, without_closing),
    "directional: trunk work that arches with mixed findings": (
        "D5",
        "d_mixed",
        put("ab_wheel_rollout", "anti_extension", 9),
    ),
    "directional: does not end": ("E7", A, late_directional),
    "neural: on the other leg": ("N1", B, wrong_side("neural")),
    "neural: without nerve findings": ("N1", A, put("supine_sciatic_slider", "hinge", 6)),
    "neural: the wrong nerve": (
        "N1",
        B,
        lambda d, c: exercise("femoral_slider_side_lying", c, find(d, lambda s, i: i["track"] == "neural", "daily")),
    ),
    "neural: nine repetitions": ("N2", B, first_item(rows(repetitions=9), track="neural", kind="daily")),
    "neural: sixteen repetitions": ("N2", B, first_item(rows(repetitions=16), track="neural", kind="daily")),
    "neural: four times a day": (
        "N2",
        B,
        first_item(lambda i: i["dose"].update(bouts_per_day=4), track="neural", kind="daily"),
    ),
    # irritability
    "irritability: too many exercises": ("I1", B, many_items),
    "irritability: effort 5 at high irritability": (
        "I1",
        B,
        lambda d, c: exercise(
            "heel_tap", c, find(d, lambda s, i: s["week"] == 1), {"sets": [{"repetitions": 6, "effort": 5}]}
        ),
    ),
    "irritability: a trunk moment of 2 at high irritability": ("I1", B, put("dead_bug", "row", 1)),
    "irritability: compression 3 at moderate irritability": ("I1", A, put("sorensen_hold", "hinge", 1)),
    "irritability: a week's caps are changed": ("I1", A, week_value(1, "item_cap", 12)),
    # trunk
    "trunk: a hold of 11 s": (
        "A1",
        A,
        lambda d, c: find(d, lambda s, i: i["dose"]["kind"] == "hold" and i["track"].startswith("anti"))["dose"][
            "sets"
        ][0].update(hold_seconds=11),
    ),
    "trunk: a week without anti-extension": (
        "A2",
        C,
        lambda d, c: (
            [drop_track(t, week=6)(d, c) for t in ("anti_extension", "push", "press", "anti_rotation")] and None
        ),
    ),
    # overload
    "overload: a jump of load": ("O1", A, jump_load(10, 99)),
    "overload: a light load doubles": ("O1", A, jump_load(6, 10)),
    "overload: the load of the last session in the second": ("O1", H, early_load),
    "overload: three times the sets": ("O6", A, more_sets),
    "overload: stated sets are not what is there": ("O6", A, lambda d, c: d["weeks"][5]["hard_sets"].update(hinge=2)),
    "effort: ten of ten": ("O2", H, first_item(rows(effort=10))),
    "recovery: hard work on neighbouring days": ("O4", H, hard_neighbours),
    "deload: as heavy as the week before": ("O5", H, heavy_deload),
    "deload: in the last week": ("O5", H, week_value(12, "deload", True)),
    # walking, running, floor, morning
    "walking: doubles in a week": ("W1", A, longer_walk),
    "running: a run out of nothing": (
        "O7",
        H,
        lambda d, c: (
            (
                lambda i: (
                    exercise("continuous_run", c, i),
                    i["dose"]["sets"][0].update(seconds=1500),
                    i.update(track="aerobic"),
                )
            )(find(d, lambda s, i: s["week"] == 3))
            and None
        ),
    ),
    "floor: a crate from the floor in week 1": ("O9", A, floor_lift_first),
    "morning: bending before breakfast": (
        "M1",
        A,
        lambda d, c: (
            [
                s.update(start=s["start"][:11] + "07:00:00", end=s["end"][:11] + "07:40:00")
                for s in d["sessions"]
                if s["week"] == 9
            ]
            and None
        ),
    ),
    # bones, restrictions
    "bones: a crunch with osteoporosis": ("OP", C, put("crunch", "squat", 6)),
    "bones: no balance work": ("B1", C, drop_track("balance", "daily", week=4)),
    "bones: a jump with osteoporosis": ("B1", C, put("small_jump", "squat", 6)),
    "restrictions: floor work when getting up is not known": ("S1", C, put("dead_bug", "squat", 6)),
    "restrictions: overhead with a restricted shoulder": ("S1", H, put("pull_up", "row", 6)),
    "contraindications: a Jefferson curl with osteoporosis": ("CON", C, put("jefferson_curl", "squat", 6)),
    # practical
    "equipment: a load that is not owned": ("E1", A, lambda d, c: load(find(d, lambda s, i: loaded(i)), 7.3)),
    "equipment: a band that is not owned": ("E1", A, band_not_owned),
    "equipment: a barbell at home": (
        "E1",
        A,
        lambda d, c: (
            (lambda i: (exercise("bent_over_row", c, i), load(i, 20)))(
                find(d, lambda s, i: i["track"] == "row" and s["week"] == 10)
            )
            and None
        ),
    ),
    "equipment: a place that does not exist": ("E1", A, session_value(0, place="moon")),
    "time: outside the window": ("E2", A, moved(0, hours=3)),
    "time: past midnight": ("E2", A, moved(0, hours=5, minutes=50)),
    "time: on another day": ("E2", A, moved(0, days=1)),
    "time: two sessions on one day": ("E2", A, lambda d, c: move(d, 1, days=-2)),
    "time: ends before it starts": (
        "E2",
        A,
        lambda d, c: [s for s in d["sessions"] if s["kind"] == "training"][0].update(end="2026-11-30T17:00:00"),
    ),
    "time: the work does not fit": (
        "E2",
        A,
        lambda d, c: (
            find(d, lambda s, i: True)["dose"].update(rest_seconds=600)
            or find(d, lambda s, i: True)["dose"].update(sets=find(d, lambda s, i: True)["dose"]["sets"] * 4)
        ),
    ),
    "time: an estimate that is not what it adds up to": ("E2", A, session_value(0, estimated_minutes=5.0)),
    "time: a warm-up of a minute": ("E2", A, session_value(0, warm_up_minutes=1)),
    "time: a slot id twice": ("E2", A, lambda d, c: d["sessions"][1].update(slot=d["sessions"][0]["slot"])),
    "time: daily work outside the daily slots": (
        "E2",
        A,
        lambda d, c: next(s for s in d["sessions"] if s["kind"] == "daily").update(
            start="2026-11-30T03:00:00", end="2026-11-30T03:10:00"
        ),
    ),
    "order: main work before trunk work": ("E3", A, swap_order),
    "constancy: an exercise only once": ("E4", A, once_only),
    "constancy: another weekday inside a block": ("E5", A, same_track_other_day),
    "tags: an exercise nobody knows": ("E6", A, first_item(unknown_exercise)),
    "tags: more sets than the exercise allows": (
        "E6",
        A,
        lambda d, c: find(d, lambda s, i: i["track"] == "squat").update(
            dose={
                **find(d, lambda s, i: i["track"] == "squat")["dose"],
                "sets": find(d, lambda s, i: i["track"] == "squat")["dose"]["sets"] * 4,
            }
        ),
    ),
    "tags: more repetitions than the exercise allows": ("E6", A, first_item(rows(repetitions=60), track="squat")),
    "tags: a sided exercise without a side": (
        "E6",
        A,
        lambda d, c: find(d, lambda s, i: i["side"] == "both").update(side="none"),
    ),
    "purpose: serves nothing": ("E8", A, first_item(lambda i: i.update(serves=["because"]))),
    "purpose: a must goal is not reached": ("E8", E, drop_goal_lift),
    "purpose: another patient's programme": ("E8", A, lambda d, c: d.update(patient="P-9999")),
    "way down: none": ("E9", A, first_item(lambda i: i.update(easier=None))),
    "way down: harder than the item": ("E9", A, easier_is_harder),
    "way down: a stronger band": ("E9", A, easier_has_a_stronger_band),
    "calibration: an unknown load is not calibrated": (
        "CAL",
        A,
        lambda d, c: find(d, lambda s, i: i["calibration"]).update(calibration=False),
    ),
    "calibration: too hard": ("CAL", A, lambda d, c: rows(effort=7)(find(d, lambda s, i: i["calibration"]))),
    "calibration: a forecast that is not marked": (
        "CAL",
        A,
        lambda d, c: find(d, lambda s, i: loaded(i) and not i["calibration"])["dose"].update(load_is_forecast=False),
    ),
}


def broken(name: str) -> tuple[Case, Programme, str]:
    rule, example, change = BREAKS[name]
    case, programme = programme_of(example)
    data = programme.model_dump(mode="json")
    change(data, case)
    return case, Programme.model_validate(data), rule


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_named(name: str) -> None:
    case, programme, rule = broken(name)
    found = verify(case, programme)
    assert rule in {violation.rule for violation in found}, [str(v) for v in found[:5]]


@pytest.mark.parametrize("name", FEASIBLE)
def test_what_was_not_broken_is_clean(name: str) -> None:
    case, programme = programme_of(name)
    assert verify(case, programme) == []


def test_there_are_enough_breaks_of_enough_rules() -> None:
    assert len(BREAKS) >= 60
    assert len({rule for rule, _, _ in BREAKS.values()}) >= 28


# ---------------------------------------------------------------- boundaries: the last legal value passes
def test_a_hold_of_ten_seconds_passes_and_eleven_does_not() -> None:
    case, programme = programme_of(A)
    for seconds, legal in ((10, True), (11, False)):
        data = programme.model_dump(mode="json")
        item = find(data, lambda s, i: i["dose"]["kind"] == "hold" and i["track"].startswith("anti"))
        item["dose"]["sets"][0]["hold_seconds"] = seconds
        rules = {v.rule for v in verify(case, Programme.model_validate(data))}
        assert ("A1" not in rules) is legal


def test_a_walk_may_rise_by_two_minutes_and_not_by_more() -> None:
    case, programme = programme_of(A)
    first = programme.model_dump(mode="json")
    start = next(i for s, i in items(first, "daily") if s["week"] == 1 and i["track"] == "aerobic")["dose"]["sets"][0][
        "seconds"
    ]
    limit = max(round(start * 1.2), start + 120)
    for seconds, legal in ((limit, True), (limit + 30, False)):
        data = programme.model_dump(mode="json")
        for session, item in items(data, "daily"):
            if item["track"] == "aerobic":
                item["dose"]["sets"][0]["seconds"] = start if session["week"] == 1 else seconds
                item["easier"] = item["fallback"] = None
        rules = {v.rule for v in verify(case, Programme.model_validate(data))}
        assert ("W1" not in rules) is legal


def test_a_signed_override_lifts_its_rule_and_a_never_rule_stays() -> None:
    case, programme, _ = broken("trunk: a hold of 11 s")
    signed = Override(rule="A1", who="Dr B", why="tested endurance", on=case.patient.screening.on)
    lifted = Case(case.patient.model_copy(update={"overrides": (signed,)}), case.exercises)
    assert "A1" not in {v.rule for v in verify(lifted, programme)}
    case, programme, _ = broken("equipment: a load that is not owned")
    signed = signed.model_copy(update={"rule": "E1"})
    kept = Case(case.patient.model_copy(update={"overrides": (signed,)}), case.exercises)
    assert "E1" in {v.rule for v in verify(kept, programme)}


def test_a_check_that_cannot_run_is_a_break(monkeypatch: pytest.MonkeyPatch) -> None:
    from planner.rules import neural

    def fails(case: Case, programme: Programme) -> Iterator[Any]:
        raise RuntimeError("no")
        yield

    monkeypatch.setattr(neural, "check", fails)
    case, programme = programme_of(A)
    assert [v.rule for v in verify(case, programme)] == ["N1"]


def test_the_verifier_does_not_know_the_solver() -> None:
    import subprocess
    import sys

    code = "import planner.verify, sys; print([m for m in sys.modules if 'solver' in m or 'ortools' in m])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"
