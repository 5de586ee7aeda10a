from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.log import Attendance
from planner.domain.programme import Change, CheckIn, Decision, Programme, Session, Status
from planner.export.ical import calendar_bytes, event_uid
from planner.revise.carry import carried
from tests.export import builder
from tests.revise.replans import SINCE, STAMPS, became, lifted, moved, only, replanned, replans, revised, without


def shown(plan: Programme) -> dict[str, str]:
    """What stands in the calendar at each slot, stamps and sequence numbers left out."""
    text = calendar_bytes(plan).decode()
    stamps = re.compile(r"^(DTSTAMP|CREATED|LAST-MODIFIED|SEQUENCE):.*\r\n", re.MULTILINE)
    blocks = [stamps.sub("", block) for block in re.findall(r"BEGIN:VEVENT.*?END:VEVENT", text, re.DOTALL)]
    slots = {event_uid(plan, slot): slot for slot in entries(plan)}
    return {slots[re.search(r"UID:(\S+)", block)[1]]: block for block in blocks}  # type: ignore[index]


def entries(plan: Programme) -> dict[str, Session | CheckIn]:
    return {entry.slot: entry for entry in builder.entries(plan)}


# -------------------------------------------------------------------- the revision as a whole
def test_an_uneventful_revision_is_the_old_one() -> None:
    old, new = revised()
    assert (new.revision, new.created, new.stamp) == (2, old.stamp, STAMPS[0])
    assert new.sessions == old.sessions
    assert new.check_ins == old.check_ins
    assert new.changes == ()


def test_created_is_the_stamp_of_the_first_revision_for_ever() -> None:
    old, second = revised()
    third = carried(second, replanned(second), stamp=STAMPS[1])
    assert (third.revision, third.created) == (3, old.stamp)


def test_another_programme_is_no_revision() -> None:
    old = builder.programme()
    with pytest.raises(ValueError, match="no revision"):
        carried(old, old.model_copy(update={"id": "another"}), stamp=STAMPS[0])


# -------------------------------------------------------------------- the past
def test_the_past_is_kept_where_the_new_plan_says_nothing_of_it() -> None:
    old, new = revised(without("w02-s1"))
    past = [s for s in old.sessions if s.start.date() < SINCE]
    assert [s for s in new.sessions if s.start.date() < SINCE] == past


def test_what_became_of_a_session_is_taken_over() -> None:
    old = builder.programme()
    plan = replanned(old)
    done = became(old.sessions_of(1)[1], Attendance.DONE)
    new = carried(old, plan.model_copy(update={"sessions": (done, *plan.sessions)}), stamp=STAMPS[0])
    found = entries(new)[done.slot]
    assert found == done.model_copy(update={"modified": STAMPS[0]})  # its event says so
    assert new.changes == ()


def test_a_past_that_only_the_new_plan_knows_is_left_out() -> None:
    old = builder.programme()
    plan = replanned(old)
    invented = builder.session("w01-s9", dt.datetime(2026, 3, 17, 9), 30, builder.training_items(1))
    new = carried(old, plan.model_copy(update={"sessions": (invented, *plan.sessions)}), stamp=STAMPS[0])
    assert "w01-s9" not in entries(new)


def test_a_slot_that_has_passed_is_not_used_again() -> None:
    old = builder.programme()
    again = builder.session("w01-s2", dt.datetime(2026, 3, 24, 9), 30, builder.training_items(1), week=2)
    plan = replanned(old)
    plan = plan.model_copy(
        update={
            "sessions": (*plan.sessions, again),
            "changes": (Change(slot="w01-s2", kind="added", because="Wednesday was missed"),),
        }
    )
    new = carried(old, plan, stamp=STAMPS[0])
    assert entries(new)["w01-s2"] == entries(old)["w01-s2"]
    assert entries(new)["w01-s2-r2"].start == again.start
    assert [(c.slot, c.kind, c.because) for c in new.changes] == [("w01-s2-r2", "added", "Wednesday was missed")]
    later = again.model_copy(update={"start": again.start + dt.timedelta(hours=1)})
    third = carried(new, plan.model_copy(update={"sessions": (*plan.sessions[:-1], later)}), stamp=STAMPS[1])
    assert entries(third)["w01-s2-r2"].start == later.start
    assert set(entries(third)) == set(entries(new))


def test_a_session_that_was_done_early_is_never_struck_out() -> None:
    _, new = revised(lambda s: became(s, Attendance.DONE) if s.slot == "w02-s1" else s)
    third = carried(new, replanned(new, without("w02-s1")), stamp=STAMPS[1])
    assert entries(third)["w02-s1"] == entries(new)["w02-s1"]


# -------------------------------------------------------------------- sequence and stamps
@pytest.mark.parametrize(
    ("update", "sequence"),
    [
        ({"start": dt.datetime(2026, 3, 23, 17), "end": dt.datetime(2026, 3, 23, 17, 40)}, 1),
        ({"end": dt.datetime(2026, 3, 23, 18, 20)}, 1),
        ({"place": "gym"}, 1),
        ({"status": Status.CONFIRMED}, 1),
        ({"warm_up": "A stroll."}, 0),
    ],
)
def test_the_sequence_rises_where_a_calendar_moves_something(update: dict[str, object], sequence: int) -> None:
    old, new = revised(only("w02-s1", **update))
    changed = {slot: entry for slot, entry in entries(new).items() if entry != entries(old)[slot]}
    assert list(changed) == ["w02-s1"]
    assert changed["w02-s1"].sequence == sequence
    assert changed["w02-s1"].modified == STAMPS[0]
    third = carried(new, replanned(new), stamp=STAMPS[1])
    assert entries(third) == entries(new)


def test_what_no_event_shows_leaves_the_stamp() -> None:
    old, new = revised(
        lambda s: s.model_copy(update={"items": tuple(i.model_copy(update={"why": "anew"}) for i in s.items)})
    )
    assert {entry.modified for entry in new.sessions} == {None}
    assert new.sessions != old.sessions


def test_a_signature_is_news_on_every_event_ahead() -> None:
    old = builder.programme()
    new = carried(old, builder.signed(replanned(old)), stamp=STAMPS[0])
    assert {entry.modified for entry in entries(new).values() if entry.start.date() >= SINCE} == {STAMPS[0]}
    assert {entry.sequence for entry in entries(new).values()} == {0}
    assert [c.kind for c in new.changes] == ["signed"]


# -------------------------------------------------------------------- gone, and back
def test_what_is_gone_stays_struck_out_once() -> None:
    _, new = revised(without("w02-s1"))
    gone = entries(new)["w02-s1"]
    assert isinstance(gone, Session)
    assert (gone.status, gone.sequence, gone.modified) == (Status.CANCELLED, 1, STAMPS[0])
    assert (gone.items, gone.estimated_minutes) == ((), 0)
    third = carried(new, replanned(new, without("w02-s1")), stamp=STAMPS[1])
    assert entries(third)["w02-s1"] == gone
    assert third.changes == ()


def test_a_struck_session_may_come_back_in_its_slot() -> None:
    old, new = revised(without("w02-s1"))
    third = carried(new, replanned(old), stamp=STAMPS[1])
    back = entries(third)["w02-s1"]
    assert (back.status, back.sequence, back.modified) == (Status.TENTATIVE, 2, STAMPS[1])
    assert [(c.slot, c.kind) for c in third.changes] == [("w02-s1", "added")]


def test_a_cancellation_that_the_plan_names_is_the_same() -> None:
    _, dropped = revised(without("w02-s1"))
    _, named = revised(only("w02-s1", status=Status.CANCELLED))
    assert dropped == named


# -------------------------------------------------------------------- check-ins
def test_a_check_in_that_was_not_held_moves_with_its_slot() -> None:
    old = builder.programme()
    first, second = old.check_ins
    day = dt.timedelta(days=1)
    later = first.model_copy(update={"slot": "c09", "start": first.start + day, "end": first.end + day})
    new = carried(old, replanned(old, check_ins=(later, second)), stamp=STAMPS[0])
    found = entries(new)["c01"]
    assert (found.start, found.sequence, found.modified) == (later.start, 1, STAMPS[0])
    assert "c09" not in entries(new)
    assert [(c.slot, c.kind) for c in new.changes] == [("c01", "time")]


def test_a_check_in_that_is_gone_is_struck_out() -> None:
    old = builder.programme()
    new = carried(old, replanned(old, check_ins=old.check_ins[:1]), stamp=STAMPS[0])
    assert (new.check_ins[1].status, new.check_ins[1].sequence) == (Status.CANCELLED, 1)


def test_a_check_in_that_was_held_is_not_planned_again() -> None:
    old = builder.programme()
    held = old.check_ins[0].model_copy(update={"passed": True, "status": Status.DONE})
    before = old.model_copy(update={"check_ins": (held, old.check_ins[1])})
    day = dt.timedelta(days=9)
    again = old.check_ins[0].model_copy(update={"start": held.start + day, "end": held.end + day})
    with pytest.raises(ValueError, match="check-in-1 has been held"):
        carried(before, replanned(before, check_ins=(again,)), stamp=STAMPS[0])


# -------------------------------------------------------------------- whatever is planned
plans = st.data()


@given(plans)
@settings(max_examples=30)
def test_whatever_is_planned(data: st.DataObject) -> None:
    old = builder.programme()
    for number in range(2):
        last = old.planned_from or old.starts
        day = min(last + dt.timedelta(days=data.draw(st.integers(0, 12))), old.starts + dt.timedelta(days=22))
        plan = data.draw(replans(old, day))
        new = carried(old, plan, stamp=STAMPS[number])
        before, after = entries(old), entries(new)
        # nothing is lost, no slot is used twice, all is in order, and a calendar can be made of it
        assert set(before) <= set(after)
        assert len(after) == len(new.sessions) + len(new.check_ins)
        assert list(new.sessions) == sorted(new.sessions, key=lambda s: (s.start, s.slot))
        assert calendar_bytes(new)
        calendar_before, calendar_now = shown(old), shown(new)
        for slot, was in before.items():
            now = after[slot]
            moved_ = (was.start, was.end, was.status.in_calendar) != (now.start, now.end, now.status.in_calendar)
            place = getattr(was, "place", "") != getattr(now, "place", "")
            assert now.sequence == was.sequence + (moved_ or place)
            if was.status.past or (isinstance(was, Session) and was.start.date() < day):
                news = {"status", "account", "modified", "sequence"}
                assert now.model_dump(exclude=news) == was.model_dump(exclude=news)
            if was.start.date() < day or was.status.past:
                assert (now.modified == STAMPS[number]) == (now.model_copy(update={"modified": was.modified}) != was)
            else:
                assert (now.modified == STAMPS[number]) == (calendar_now[slot] != calendar_before[slot])
        assert {e.modified for slot, e in after.items() if slot not in before} <= {STAMPS[number]}
        # every change ahead is told, and only once more
        again = carried(new, plan, stamp=STAMPS[3])
        assert again.changes == ()
        same = {"revision": new.revision, "stamp": new.stamp, "changes": new.changes}
        assert again.model_copy(update=same) == new
        old = new


def test_reasons_of_the_plan_are_kept() -> None:
    old = builder.programme()
    edit = lambda s: lifted(moved(s, 10), 8, 8, load=8) if s.slot == "w02-s1" else s  # noqa: E731
    plan = replanned(
        old,
        edit,
        changes=(Change(slot="w02-s1", kind="time", because="the gym closes early"),),
        decisions=(Decision(on=SINCE, rule="P1", about="hinge", words="hinge repeats: pain +2, settled by morning"),),
    )
    new = carried(old, plan, stamp=STAMPS[0])
    assert {c.kind: c.because for c in new.changes} == {
        "time": "the gym closes early",
        "dose": "hinge repeats: pain +2, settled by morning (rule P1)",
    }
