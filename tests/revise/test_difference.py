from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.exercise import Implement, Track
from planner.domain.log import Attendance
from planner.domain.programme import Change, Phase, Programme, Session, SessionKind, Status
from planner.revise.carry import carried
from planner.revise.difference import difference
from tests.export import builder
from tests.revise.replans import SINCE, STAMPS, became, lifted, moved, only, replanned, replans, revised, without


def told(plan: Programme) -> list[tuple[str, str, str, str]]:
    return [(c.slot, c.kind, c.before, c.after) for c in plan.changes]


def test_nothing_differs_from_itself() -> None:
    for plan in (builder.programme(), revised(without("w02-s1"))[1]):
        assert difference(plan, plan) == ()


def test_a_dose_and_its_line_of_work() -> None:
    _, new = revised(lambda s: lifted(s, 8, 8, load=10) if s.slot == "w02-s2" else s)
    name = "Kettlebell deadlift from blocks"
    assert told(new) == [("w02-s2", "dose", f"{name}: 3 × 8 at 16 kg", f"{name}: 2 × 8 at 10 kg")]
    assert new.changes[0].track is Track.HINGE


def test_effort_and_words_are_no_change() -> None:
    def edit(session: Session) -> Session:
        items = tuple(
            item.model_copy(
                update={
                    "cue": "Anew.",
                    "dose": item.dose.model_copy(
                        update={"sets": tuple(r.model_copy(update={"effort": 3}) for r in item.dose.sets)}
                    ),
                }
            )
            for item in session.items
        )
        return session.model_copy(update={"items": items})

    assert revised(edit)[1].changes == ()


def test_exercises_that_change_come_or_go() -> None:
    def edit(session: Session) -> Session:
        if session.slot != "w02-s1":
            return session
        _, hinge, side = session.items
        other = builder.item("Dowel hip hinge", Track.HINGE, builder.repetitions(8, 8))
        row = builder.item("One-arm row", Track.ROW, builder.repetitions(8, load=6))
        assert hinge.track is Track.HINGE
        return session.model_copy(update={"items": (other, side, row)})

    assert told(revised(edit)[1]) == [
        ("w02-s1", "dropped", "Heel tap, lying: 3 × 6", ""),
        ("w02-s1", "exercise", "Kettlebell deadlift from blocks: 3 × 8 at 16 kg", "Dowel hip hinge: 2 × 8"),
        ("w02-s1", "added", "", "One-arm row: 1 × 8 at 6 kg"),
    ]


def test_two_lines_of_one_track_are_told_apart() -> None:
    def items(*loads: float) -> dict[str, object]:
        rows = [builder.item(f"Row {n}", Track.ROW, builder.repetitions(8, load=x)) for n, x in enumerate(loads)]
        return {"items": tuple(rows)}

    old = builder.programme()
    old = old.model_copy(update={"sessions": tuple(only("w02-s1", **items(4, 6))(s) for s in old.sessions)})  # type: ignore[misc]
    new = carried(old, replanned(old, only("w02-s1", **items(4, 8))), stamp=STAMPS[0])
    assert told(new) == [("w02-s1", "dose", "Row 1: 1 × 8 at 6 kg", "Row 1: 1 × 8 at 8 kg")]


def test_another_implement_of_the_same_load_is_named() -> None:
    def edit(session: Session) -> Session:
        items = tuple(
            i.model_copy(update={"implement": Implement.DUMBBELL}) if i.track is Track.HINGE else i
            for i in session.items
        )
        return session.model_copy(update={"items": items})

    _, new = revised(lambda s: edit(s) if s.slot == "w03-s1" else s)
    assert [(c.before[-12:], c.after[-10:]) for c in new.changes] == [("(kettlebell)", "(dumbbell)")]


def test_times_places_and_statuses() -> None:
    def edit(session: Session) -> Session | None:
        if session.slot == "w02-s1":
            return moved(session, 30)
        if session.slot == "w02-s2":
            return session.model_copy(update={"place": "gym", "status": Status.CONFIRMED})
        return None if session.slot == "w02-s3" else session

    assert told(revised(edit)[1]) == [
        ("w02-s1", "time", "Mon 23 Mar 17:30 to 18:10, home", "Mon 23 Mar 18:00 to 18:40, home"),
        ("w02-s2", "time", "Wed 25 Mar 17:30 to 18:10, home", "Wed 25 Mar 17:30 to 18:10, gym"),
        ("w02-s2", "status", "tentative", "confirmed"),
        ("w02-s3", "cancelled", "Sun 29 Mar 17:30 to 18:10, home", ""),
    ]


def test_phases_are_told_in_spans_of_weeks() -> None:
    old = builder.programme()
    weeks = tuple(w.model_copy(update={"phase": Phase.SETTLE}) for w in old.weeks)
    new = carried(old, replanned(old, weeks=weeks), stamp=STAMPS[0])
    before, after = "restore, bending forward 1 of 5", "settle, bending forward 1 of 5"
    assert told(new) == [("", "phase", f"weeks 2-3: {before}", f"weeks 2-3: {after}")]


def test_a_hold_is_the_reason_of_what_it_cancels() -> None:
    old, new = revised(lambda s: None, frozen="Something new was noticed on Sunday.")
    kinds = {c.kind for c in new.changes}
    assert kinds == {"status", "cancelled"}
    assert {c.because for c in new.changes if c.kind == "cancelled"} == {"Something new was noticed on Sunday."}
    assert sum(c.kind == "cancelled" for c in new.changes) == sum(s.start.date() >= SINCE for s in old.sessions)


def test_a_check_in_that_was_held_is_the_reason_of_what_is_certain_now() -> None:
    old = builder.programme()
    held = old.check_ins[0].model_copy(update={"passed": True, "status": Status.DONE})
    certain = {s.slot for s in old.sessions_of(2, SessionKind.TRAINING)}
    plan = replanned(
        old,
        lambda s: s.model_copy(update={"status": Status.CONFIRMED}) if s.slot in certain else s,
        check_ins=(held, *old.check_ins[1:]),
    )
    new = carried(old, plan, stamp=STAMPS[0])
    assert {(c.kind, c.because) for c in new.changes} == {("status", "check-in 1 was held")}


def test_reasons_of_revisions_in_between_count() -> None:
    old = builder.programme()
    reason = (Change(slot="", track=Track.HINGE, kind="dose", because="the gym has no heavier one"),)
    second = carried(old, replanned(old, lambda s: lifted(s, 8, 8, load=10), changes=reason), stamp=STAMPS[0])
    third = carried(second, replanned(second, without("w03-s1")), stamp=STAMPS[1])
    found = difference(old, third, between=[second.changes])
    assert {c.because for c in found if c.track is Track.HINGE} == {"the gym has no heavier one"}
    assert len(found) == 6  # five doses that stay changed, and one session


def test_a_reason_in_between_holds_for_the_line_in_its_next_sessions() -> None:
    """Revision 2 gave it for w02-s1 alone; against revision 1 the same line differs in w02-s2 as well."""
    old = builder.programme()
    reason = Change(slot="w02-s1", track=Track.HINGE, kind="exercise", because="the gym has no heavier one")
    new = carried(old, replanned(old, lambda s: lifted(s, 8, 8, load=10)), stamp=STAMPS[0])
    bare = new.model_copy(update={"changes": ()})
    found = {c.slot: c.because for c in difference(old, bare, between=[[reason]]) if c.track is Track.HINGE}
    assert {"w02-s1", "w02-s2", "w03-s1"} <= set(found)
    assert set(found.values()) == {"the gym has no heavier one"}


def test_the_newest_reason_wins() -> None:
    """An older one of the very kind gives way to a newer one of the same line."""
    old = builder.programme()
    first = Change(slot="w02-s1", track=Track.HINGE, kind="dose", because="older")
    second = Change(slot="w02-s1", track=Track.HINGE, kind="exercise", because="newer")
    new = carried(old, replanned(old, lambda s: lifted(s, 8, 8, load=10)), stamp=STAMPS[0])
    bare = new.model_copy(update={"changes": ()})
    found = difference(old, bare, between=[[first], [second]])
    assert next(c.because for c in found if c.slot == "w02-s1" and c.track is Track.HINGE) == "newer"


def test_a_reason_that_was_told_otherwise_since_is_not_given() -> None:
    """Revision 2 took w01-s1 as missed; it was held, as a later log says."""
    old = builder.programme()
    reason = Change(slot="w02-s1", track=Track.HINGE, kind="dose", because="w01-s1 missed: it comes again (rule R1)")
    new = carried(old, replanned(old, lambda s: lifted(s, 8, 8, load=10)), stamp=STAMPS[0])
    held = tuple(became(s, Attendance.DONE) if s.slot == "w01-s1" else s for s in new.sessions)
    for sessions, words in ((new.sessions, "w01-s1 missed"), (held, "w01-s1 was told of late")):
        bare = new.model_copy(update={"changes": (), "sessions": sessions})
        found = difference(old, bare, between=[[reason]])
        assert next(c.because for c in found if c.slot == "w02-s1" and c.track is Track.HINGE).startswith(words)


def test_a_plan_without_its_past_does_not_cancel_it() -> None:
    old = builder.programme()
    assert difference(old, replanned(old)) == ()


@given(st.data())
@settings(max_examples=25)
def test_every_changed_line_ahead_is_told(data: st.DataObject) -> None:
    old = builder.programme()
    plan = data.draw(replans(old))
    new = carried(old, plan, stamp=STAMPS[0])
    assert difference(new, new) == ()
    assert difference(old, new) == tuple(new.changes)
    slots = {change.slot for change in new.changes}
    before = {session.slot: session for session in old.sessions}
    for session in new.sessions:
        was = before.get(session.slot)
        if was is None:
            assert session.slot in slots
        elif not session.status.past and session.start.date() >= (plan.planned_from or dt.date.min):
            same = [i.doses for i in was.items] == [i.doses for i in session.items]
            same &= (was.start, was.end, was.place, was.status) == (
                session.start,
                session.end,
                session.place,
                session.status,
            )
            assert (session.slot in slots) != same
