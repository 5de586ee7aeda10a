"""The verifier: every rule's check on a finished programme, knowing nothing of the solver.

It reads what is in ``OUT/`` and nothing else.  A check that fails to run counts as a break: what
cannot be verified is not prescribed.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from planner.domain.case import Case
from planner.domain.programme import Programme, Status
from planner.rules import MODULES, RULES
from planner.rules.base import OverrideBy, Violation
from planner.rules.reading import CARD

if TYPE_CHECKING:
    from planner.store import ProtocolInputs


def verify(case: Case, programme: Programme) -> list[Violation]:
    """Every break of a rule, sorted; empty when the programme keeps them all."""
    found: set[Violation] = set(_integrity(case, programme))
    programme = _standing(programme)
    for module in MODULES:
        check = getattr(module, "check", None)
        if check is None:
            continue
        try:
            found.update(check(case, programme))
        except Exception as error:  # a check that cannot run proves nothing
            rule = module.RULES[0].id
            found.add(Violation(rule, "verifier", f"the check could not run: {type(error).__name__}: {error}"))
    return sorted(
        v for v in found if not _lived(case, programme, v) and not _struck(programme, v) and not _signed(programme, v)
    )


_WEEK = re.compile(r"^week (\d+)(?:, ([a-z0-9-]+))?")


def _lived(case: Case, programme: Programme, violation: Violation) -> bool:
    """Whether a break lies in the part of a later revision that has been lived: evidence, not prescription."""
    course = case.course
    place = _WEEK.match(violation.where)
    if course is None or place is None:
        return False
    week = int(place[1])
    session = next((s for s in programme.sessions if s.slot == place[2]), None)
    if session is not None:
        return session.account is not None or session.start.date() < course.planned_from
    # a week that has begun is judged by its sessions, since some of it has been lived
    return week < course.week


def _struck(programme: Programme, violation: Violation) -> bool:
    """Whether a break lies in what a hold has left nothing of, a week or the flare card: nobody is to do any of it."""
    if programme.frozen and violation.where.startswith(CARD):
        return True
    place = _WEEK.match(violation.where)
    return bool(programme.frozen) and place is not None and not programme.sessions_of(int(place[1]))


def _signed(programme: Programme, violation: Violation) -> bool:
    """Whether a clinician has signed to set this rule aside for this very line; never for a rule marked so."""
    rule = RULES.get(violation.rule)
    if rule is None or rule.override is OverrideBy.NEVER:
        return False
    place = [part.partition(" (")[0] for part in violation.where.split(", ")]
    return any(
        one.rule == violation.rule and one.slot in place and (not one.exercise or one.exercise in place)
        for one in programme.exemptions
    )


def verify_folder(folder: Path, revision: int | None = None) -> list[Violation]:
    """Verify what was written to a folder; ``revision`` chooses an older one.

    Raises
    ------
    InvalidInput
        When files are missing, broken, or changed since they were written.
    """
    from planner.store import read

    programme, case = read(folder, revision)
    return verify(case, programme)


def verify_protocol(programme: Programme, inputs: ProtocolInputs, before: Programme | None = None) -> list[str]:
    """What is wrong with a programme made from a protocol; empty when nothing is.

    It is built again from the folder and compared to the last repetition; a rule that it breaks as it
    is written is a break here too, and for a patient so is everything that the findings do not allow.
    Of a later revision, what is past is compared with the revision ``before`` it.

    Raises
    ------
    InvalidInput
        When it cannot be built again.
    """
    from planner.errors import NoProgramme
    from planner.protocols import differences, make

    try:
        again = make(inputs.protocol, inputs.build, inputs.exercises, inputs.case)
    except NoProgramme as refusal:
        return list(refusal.reasons)
    broken = [one.text for one in again.protocol.breaks] if again.protocol else []
    return [*differences(programme, again, before), *broken]


def _standing(programme: Programme) -> Programme:
    """The programme without what was cancelled: nobody is asked to do it."""
    sessions = tuple(session for session in programme.sessions if session.status is not Status.CANCELLED)
    checks = tuple(check for check in programme.check_ins if check.status is not Status.CANCELLED)
    return programme.model_copy(update={"sessions": sessions, "check_ins": checks})


def _integrity(case: Case, programme: Programme) -> list[Violation]:
    """The programme belongs to the case, is in order, and its totals are what its sessions add up to."""
    out = []
    if programme.patient != case.patient.patient:
        out.append(Violation("E8", "programme", f"made for {programme.patient}, not {case.patient.patient}"))
    if programme.starts != case.patient.episode.start or len(programme.weeks) != case.weeks:
        out.append(Violation("E2", "programme", "start or number of weeks differ from the patient file"))
    starts = [session.start for session in programme.sessions]
    if starts != sorted(starts):
        out.append(Violation("E2", "programme", "sessions are not in order of time"))
    for week in programme.weeks:
        if week.number <= case.weeks and week.starts != case.week_start(week.number):
            out.append(Violation("E2", f"week {week.number}", f"starts on {week.starts}"))
        counted: dict[str, int] = {}
        if case.course is not None and week.number < case.course.week:
            continue
        for session in programme.sessions_of(week.number):
            if session.kind.value == "training" and session in programme.live:
                for item in session.items:
                    counted[item.track.value] = counted.get(item.track.value, 0) + len(item.dose.working_sets)
        for track, sets in week.hard_sets.items():
            if counted.get(track.value, 0) != sets:
                out.append(
                    Violation(
                        "O6",
                        f"week {week.number}, {track.value}",
                        f"{sets} sets stated, {counted.get(track.value, 0)} counted",
                    )
                )
    return out
