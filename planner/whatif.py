"""What other choices of days, minutes and weeks would reach: the same patient, planned once for each."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from planner.domain.case import Case
from planner.domain.patient import GoalKind
from planner.domain.programme import Programme, Provenance, SessionKind
from planner.errors import NoProgramme, NotPlanned, StoppedByLimit

#: A grid larger than this is a typing error, or a long wait.
MOST_CHOICES = 60


@dataclass(frozen=True)
class Choice:
    """One cell of the grid: what was chosen, and the programme or the reason why there is none.

    ``measured`` are the goals, by number from 0, that are reached in some week or not; to get stronger all
    round has no such week.
    """

    days: int
    minutes: int
    weeks: int
    programme: Programme | None
    reason: str = ""
    measured: tuple[int, ...] = ()

    @property
    def minutes_a_week(self) -> float:
        """Training minutes of the last week; 0 without a programme."""
        return 0.0 if self.programme is None else float(self.programme.weeks[-1].training_minutes)

    @property
    def hard_sets(self) -> int:
        """Working sets of loaded tracks in the last week."""
        return 0 if self.programme is None else sum(self.programme.weeks[-1].hard_sets.values())

    @property
    def sessions(self) -> int:
        """Training sessions in all."""
        if self.programme is None:
            return 0
        return sum(session.kind is SessionKind.TRAINING for session in self.programme.sessions)


def usual(case: Case) -> tuple[int, int, int]:
    """Days, minutes and weeks of the file itself: what stands for a choice that is not asked about."""
    from planner.rules.dosing import sessions_a_week

    availability = case.patient.availability
    longest = max(window.minutes for window in availability.windows)
    return sessions_a_week(case), min(availability.session_minutes or longest, longest), case.weeks


def grid(
    case: Case,
    days: Sequence[int],
    minutes: Sequence[int],
    weeks: Sequence[int],
    *,
    provenance: Provenance,
    seconds: float = 60.0,
    tell: Callable[[int, int], None] | None = None,
) -> list[Choice]:
    """Plans every combination; ``tell`` hears how many of how many are done.

    Raises
    ------
    NotPlanned
        When the safety screen or a hold refuses the patient: no choice changes that.
    """
    every = list(itertools.product(days, minutes, weeks))
    out = []
    for done, (day_count, length, horizon) in enumerate(every):
        if tell is not None:
            tell(done, len(every))
        out.append(_one(case, day_count, length, horizon, provenance, seconds))
    if tell is not None:
        tell(len(every), len(every))
    return out


def _one(case: Case, days: int, minutes: int, weeks: int, provenance: Provenance, seconds: float) -> Choice:
    from planner.plan import make_programme

    patient = case.patient
    there = len({window.day for window in patient.availability.windows})
    if days > there:
        return Choice(days, minutes, weeks, None, f"availability.windows are on {there} days")
    longest = max(window.minutes for window in patient.availability.windows)
    if minutes > longest:
        return Choice(days, minutes, weeks, None, f"the longest window has {longest} minutes")
    changed = patient.model_copy(
        update={
            "availability": patient.availability.model_copy(
                update={"sessions_per_week": days, "session_minutes": minutes}
            ),
            "episode": patient.episode.model_copy(update={"weeks": weeks}),
        }
    )
    try:
        made = make_programme(replace(case, patient=changed), provenance=provenance, seconds=seconds)
    except NotPlanned:
        raise
    except NoProgramme as refusal:
        return Choice(days, minutes, weeks, None, refusal.reasons[0])
    except StoppedByLimit as refusal:
        return Choice(days, minutes, weeks, None, str(refusal))
    all_round = (GoalKind.STRENGTH, GoalKind.HEALTH)
    measured = tuple(n for n, goal in enumerate(patient.goals) if goal.kind not in all_round)
    return Choice(days, minutes, weeks, made.programme, measured=measured)
