"""What a revision changed, in words."""

from __future__ import annotations

import datetime as dt

from planner.domain.exercise import Track
from planner.domain.programme import Change, Decision, Phase, Session, SessionKind, Status
from planner.export.changes import for_clinician, for_patient, in_short
from planner.revise.carry import carried
from tests.export import builder
from tests.revise.replans import STAMPS, Edit, lifted, moved, only, replanned, revised, without

WHY = Decision(on=dt.date(2026, 3, 22), rule="P1", about="hinge", words="hinge repeats: pain +2, settled by morning")


def stepped_back(session: Session) -> Session:
    """A step behind: 12 kg once more, and the old first step a session later."""
    if session.kind is SessionKind.DAILY:
        return session
    return lifted(session, 8, 8, 8, load={"w02-s1": 12, "w02-s2": 12, "w02-s3": 14}.get(session.slot, 16))


def test_a_line_of_work_that_waits_is_one_sentence() -> None:
    _, new = revised(stepped_back, decisions=(WHY,))
    assert len(new.changes) == 6
    assert for_patient(new) == [
        "From Mon 23 Mar: Kettlebell deadlift from blocks stays at 3 × 8 at 12 kg for 2 more sessions; the 4 after "
        "that follow on. Why: hinge repeats: pain +2, settled by morning."
    ]
    assert for_clinician(new) == [
        "6 sessions, Mon 23 Mar to Sun 5 Apr, hinge: Kettlebell deadlift from blocks: 3 × 8 at 16 kg → 3 × 8 at 12 kg; "
        "Kettlebell deadlift from blocks: 3 × 8 at 16 kg → 3 × 8 at 14 kg; Kettlebell deadlift from blocks: 3 × 8 at "
        "20 kg → 3 × 8 at 16 kg. Why: hinge repeats: pain +2, settled by morning (rule P1)."
    ]


def test_one_session_more_at_a_dose() -> None:
    _, new = revised(lambda s: lifted(s, 8, 8, 8, load=12) if s.slot == "w02-s1" else s)
    line = "Mon 23 Mar: Kettlebell deadlift from blocks stays at 3 × 8 at 12 kg for one more session."
    assert for_patient(new) == [line]  # nobody gave a reason, and none is made up


def test_an_exercise_that_waits_for_the_next_one() -> None:
    def with_hinge(name: str) -> Edit:
        other = builder.item(name, Track.HINGE, builder.repetitions(8, 8))

        def edit(session: Session) -> Session:
            items = tuple(other if item.track is Track.HINGE else item for item in session.items)
            return session.model_copy(update={"items": items})

        return edit

    hinge, block = with_hinge("Hip hinge"), with_hinge("Block lift")
    old = builder.programme()
    early = [s for s in old.sessions if s.start.date() < dt.date(2026, 3, 23)]
    late = [s for s in old.sessions if s not in early]
    old = old.model_copy(update={"sessions": (*map(hinge, early), *map(block, late))})
    new = carried(old, replanned(old, lambda s: hinge(s) if s.slot == "w02-s1" else s), stamp=STAMPS[0])
    assert for_patient(new) == ["Mon 23 Mar: Hip hinge stays at 2 × 8 for one more session before Block lift."]


def test_what_is_left_out_is_not_yet() -> None:
    def edit(session: Session) -> Session:
        kept = tuple(item for item in session.items if item.track is not Track.HINGE)
        return session.model_copy(update={"items": kept})

    _, new = revised(edit, decisions=(WHY,))
    assert [text.partition(" Why")[0] for text in for_patient(new)] == ["From Mon 23 Mar: hinge work not yet."]
    assert "6 sessions, Mon 23 Mar to Sun 5 Apr, hinge: left out from here on." in for_clinician(new)[0]
    once = revised(lambda s: edit(s) if s.slot == "w02-s1" else s)[1]
    assert for_patient(once) == ["Mon 23 Mar: Kettlebell deadlift from blocks: not yet."]
    for word in ("forbid", "fail", "danger", "must not", "regress"):
        assert word not in " ".join(for_patient(new)).lower()


def test_what_was_left_out_comes_back() -> None:
    """Done in week 1 and left out by revision 2; revision 3 has it from the second Monday on, or two weeks on."""

    def without(*slots: str) -> Edit:
        def edit(session: Session) -> Session:
            kept = tuple(i for i in session.items if i.track is not Track.HINGE or session.slot not in slots)
            return session.model_copy(update={"items": kept}) if session.kind is SessionKind.TRAINING else session

        return edit

    full, ahead = builder.programme(), ("w02-s1", "w02-s2", "w02-s3", "w03-s1", "w03-s2", "w03-s3")
    for gone, words in (
        (ahead, "hinge work comes back, on Mon, Wed and Sun."),
        (ahead[:3], "hinge work comes back, on Mon, Wed and Sun (before: from Mon 30 Mar on)."),
    ):
        old = full.model_copy(update={"sessions": tuple(map(without(*gone), full.sessions))})
        new = carried(old, replanned(full), stamp=STAMPS[0])
        assert for_patient(new) == [f"From Mon 23 Mar: {words}"]
        (line,) = for_clinician(new)
        assert line.endswith(f", hinge: {words.removeprefix('hinge work ')}")


def test_a_line_of_work_on_other_days_is_one_sentence() -> None:
    def only_on(*numbers: str) -> Edit:
        def edit(session: Session) -> Session:
            kept = tuple(i for i in session.items if i.track is not Track.HINGE or session.slot[-1] in numbers)
            return session.model_copy(update={"items": kept}) if session.kind is SessionKind.TRAINING else session

        return edit

    old = builder.programme()
    old = old.model_copy(update={"sessions": tuple(map(only_on("1", "2"), old.sessions))})
    plan = replanned(builder.programme(), only_on("2", "3"))
    new = carried(old, plan, stamp=STAMPS[0])
    assert for_patient(new) == ["From Mon 23 Mar: hinge work on Wed and Sun instead of Mon and Wed."]
    line = "4 sessions, Mon 23 Mar to Sun 5 Apr, hinge: on Wed and Sun instead of Mon and Wed."
    assert for_clinician(new) == [line]


def test_equal_moves_are_told_together_and_single_ones_with_their_date() -> None:
    moves = (Change(slot="w02-s1", kind="time", because="work"),)
    _, new = revised(lambda s: moved(s, 30) if s.slot in ("w02-s1", "w02-s2", "w03-s2") else s, changes=moves)
    assert for_patient(new) == [
        "Mon 23 Mar 18:00 to 18:40, home instead of Mon 23 Mar 17:30 to 18:10, home. Why: work.",
        "Wed 25 Mar and Wed 1 Apr: Wed 18:00 to 18:40, home instead of Wed 17:30 to 18:10, home. Why: it follows from "
        "the other changes.",
    ]


def test_later_ends_are_no_list() -> None:
    def edit(session: Session) -> Session:
        longer = dt.timedelta(minutes=session.start.day % 3 * 5 + 5)
        return session.model_copy(update={"end": session.end + longer}) if session.slot[4] == "s" else session

    _, new = revised(edit)
    assert for_patient(new) == ["6 sessions, Mon 23 Mar to Sun 5 Apr: each ends a little earlier or later."]


def test_sessions_that_go_come_or_are_certain() -> None:
    _, new = revised(without("w02-s1", "w02-s2", "w02-d1-1"))
    assert for_patient(new) == [
        "Day of daily work, Mon 23 Mar: taken out of the plan.",
        "Mon 23 Mar and Wed 25 Mar: taken out of the plan.",
    ]
    back = carried(new, replanned(builder.programme()), stamp=STAMPS[1])
    assert for_patient(back)[1] == "Mon 23 Mar and Wed 25 Mar: new in the plan."
    _, certain = revised(lambda s: s.model_copy(update={"status": Status.CONFIRMED}))
    assert for_patient(certain)[1] == "6 sessions, Mon 23 Mar to Sun 5 Apr: now certain."


def test_the_programme_as_a_whole_comes_first() -> None:
    old = builder.programme()
    weeks = tuple(w.model_copy(update={"phase": Phase.SETTLE}) for w in old.weeks)
    plan = replanned(builder.signed(old), only("w02-s1", place="gym"), weeks=weeks)
    new = carried(old, plan, stamp=STAMPS[0])
    assert for_clinician(new)[:2] == [
        "Signed by A. Clinician, AEP 1234, Sat 21 Feb 2026.",
        "Weeks 2-3: settle instead of restore.",
    ]


def test_a_hold_says_what_to_do() -> None:
    _, new = revised(without(), frozen="You noticed something new on Sunday.")
    assert for_patient(new) == ["On hold: You noticed something new on Sunday. Please do nothing of this plan for now."]


def test_a_patient_reads_as_many_lines_as_fit() -> None:
    _, new = revised(lambda s: moved(s, 10 * s.start.day))
    assert len(for_patient(new)) > 5
    short = for_patient(new, at_most=3)
    assert len(short) == 3
    assert short[-1] == f"And {len(for_patient(new)) - 2} smaller changes; your plan and your calendar have them."


def test_in_short() -> None:
    old, new = revised(lambda s: None if s.slot == "w03-s1" else stepped_back(s))
    assert in_short(old) == ""
    assert in_short(new) == "Since revision 1: 5 lines of 5 sessions, 1 cancellation."
    assert in_short(carried(new, replanned(new), stamp=STAMPS[1])) == "Since revision 2: nothing changed."
