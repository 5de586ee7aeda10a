"""What a week and a session add up to, counted again after lines have changed."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable

from planner.domain.exercise import LOADED_TRACKS, Track
from planner.domain.programme import Session, SessionKind, Status, Week


def recounted(weeks: Iterable[Week], sessions: Iterable[Session]) -> tuple[Week, ...]:
    """Weeks with the hard sets and training minutes of the sessions that were held or still stand."""
    every = [
        s for s in sessions if s.kind is SessionKind.TRAINING and s.status not in (Status.MISSED, Status.CANCELLED)
    ]
    out = []
    for week in weeks:
        mine = [session for session in every if session.week == week.number]
        hard: dict[Track, int] = {}
        for session in mine:
            for item in session.items:
                if item.track in LOADED_TRACKS:
                    hard[item.track] = hard.get(item.track, 0) + len(item.dose.working_sets)
        out.append(
            week.model_copy(
                update={
                    "hard_sets": {track: hard[track] for track in Track if track in hard},
                    "training_minutes": round(sum(session.estimated_minutes for session in mine)),
                }
            )
        )
    return tuple(out)


def resized(session: Session) -> Session:
    """A session as long as its items take, on whole five minutes; never shorter than it was."""
    minutes = session.warm_up_minutes + sum(item.dose.seconds_in_session() for item in session.items) / 60
    end = max(session.end, session.start + dt.timedelta(minutes=math.ceil(minutes / 5) * 5))
    return session.model_copy(update={"estimated_minutes": round(minutes, 1), "end": end})
