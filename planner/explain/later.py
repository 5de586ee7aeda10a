"""Why not, in a later revision: what is asked is forced from where the patient is now, and the rest kept as it is.

The past cannot be asked about, and whole weeks are asked of a changed patient file.
"""

from __future__ import annotations

from planner.domain.case import Case
from planner.domain.log import Log
from planner.domain.programme import NO_PROVENANCE, Programme, Session
from planner.errors import InvalidInput, NoProgramme, PlannerError
from planner.export.text import date_text, one_line
from planner.revise.difference import difference
from planner.revise.replan import replan
from planner.solver.prepare import Wish

#: Changed lines that are named.
MOST_NAMED = 6


def forced(programme: Programme, case: Case, log: Log, wish: Wish, seconds: float) -> tuple[bool, str]:
    """Whether a wish can be granted from the day of the revision on, and what that changes, in words.

    Raises
    ------
    InvalidInput
        When the week has begun or has been lived.
    """
    course = case.course
    assert course is not None
    if wish.week < course.week:
        raise InvalidInput(
            f"week {wish.week} has begun or has been lived; ask about week {course.week} or later"
            if course.week <= case.weeks
            else "the last week has begun; nothing ahead can be planned anew"
        )
    for halt in programme.halts:
        if halt.exercise == wish.exercise and halt.until is None:
            return False, (
                f"It is stopped since {date_text(halt.since)}: {one_line(halt.because)} (rule {halt.rule}). "
                f"A clinician brings it back: `gradus log OUT --cleared {halt.exercise} --by NAME`, then "
                "`gradus replan OUT`."
            )
    try:
        made = replan(
            programme, case, log, course.planned_from, provenance=NO_PROVENANCE, wish=wish, seconds=max(1.0, seconds)
        )
    except (NoProgramme, PlannerError) as refusal:
        reason = " ".join(str(refusal).split())
        return False, f"From where the patient is now no revision that keeps every rule holds it. {reason[:400]}"
    found = [change for change in difference(programme, made.plan.programme) if change.track is not None]
    if not found:
        return True, "Nothing else would change."
    slots = {session.slot: session for session in made.plan.programme.sessions}
    lines = "; ".join(
        f"{_day(slots.get(change.slot))}: {change.before or 'nothing'} → {change.after or 'left out'}"
        for change in found[:MOST_NAMED]
    )
    more = f"; and {len(found) - MOST_NAMED} more lines" if len(found) > MOST_NAMED else ""
    return True, f"It can be there, and {len(found)} lines ahead would be other ones: {lines}{more}."


def _day(session: Session | None) -> str:
    return "" if session is None else date_text(session.start.date())
