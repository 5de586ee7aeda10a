from __future__ import annotations

import datetime as dt

from planner.domain.programme import Status
from planner.revise.carry import carried
from planner.verify import verify
from tests.plans import programme_of


def test_what_is_cancelled_is_asked_of_nobody() -> None:
    """A session more than the rules allow breaks them, unless it is struck out; neither does its trace."""
    case, plan = programme_of("a_flexion_intolerant")
    first = plan.sessions_of(2)[0]
    extra = first.model_copy(update={"slot": "w02-s9", "end": first.end + dt.timedelta(hours=3)})

    def with_extra(status: Status) -> list[object]:
        session = extra.model_copy(update={"status": status})
        sessions = sorted((*plan.sessions, session), key=lambda s: (s.start, s.slot))
        return [*verify(case, plan.model_copy(update={"sessions": tuple(sessions)}))]

    assert with_extra(Status.CONFIRMED)
    assert not with_extra(Status.CANCELLED)
    old = plan.model_copy(update={"sessions": tuple(sorted((*plan.sessions, extra), key=lambda s: (s.start, s.slot)))})
    new = carried(old, plan.model_copy(update={"planned_from": plan.starts}), stamp=plan.stamp)
    assert [s.slot for s in new.sessions if s.status is Status.CANCELLED] == ["w02-s9"]
    assert not verify(case, new)
