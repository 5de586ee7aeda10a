"""What a case asks: every line of the patient file and every rule that could stand in the way, one by one.

A *requirement* can be given up in thought.  ``world`` is the case with only some of its requirements
kept: the solver then says whether those can be met together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace

from planner.domain.case import Case
from planner.domain.patient import Bar, DailySlot, Equipment, GoalKind, Override, Patient, Place, Stack, Weekday, Window
from planner.rules import RULES, limits
from planner.rules.base import OverrideBy, is_off
from planner.rules.content import goal_name
from planner.rules.dosing import O3, deload_weeks, sessions_a_week
from planner.rules.limits import Apart, Cap, CountCap, Cover, Forbid, Gap, Growth, Limit, Link, Open, Per, Precede
from planner.rules.phases import PH
from planner.rules.practical import unsure
from planner.solver.daily import unclosed
from planner.solver.gate import Gate
from planner.solver.prepare import Group, group_of

Relax = Callable[[Case], Case]

#: Minutes of a session, sessions a week and minutes of a daily slot that count as plenty.
PLENTY_MINUTES = 120
PLENTY_DAYS = 5
PLENTY_DAILY = 120

#: A horizon that counts as long: half as many weeks again, at least this and at most a year.
LONG_WEEKS = 20


@dataclass(frozen=True)
class Requirement:
    """One thing that is asked.

    ``path`` is its place in the patient file ("" for a rule's own default), ``rule`` the rule that makes it
    count, ``words`` what it says.  ``relax`` gives it up, or ``group`` names the limits that go with it.
    ``costly`` ranks those that bring every track into a question, and so make it slow to answer.
    """

    key: str
    path: str
    rule: str
    words: str
    relax: Relax | None = field(default=None, compare=False, repr=False)
    costly: int = field(default=0, compare=False, repr=False)
    group: Group | None = field(default=None, compare=False, repr=False)

    @property
    def is_rule(self) -> bool:
        """Whether it is a rule as it applies to this patient, not a line that somebody may change."""
        return self.key.startswith("rule:")

    @property
    def never(self) -> bool:
        """Whether nobody may set it aside."""
        return self.is_rule and RULES[self.rule].override is OverrideBy.NEVER


def world(case: Case, given_up: Collection[Requirement]) -> tuple[Case, frozenset[Group]]:
    """The case without some requirements, and the groups of limits that go with them."""
    for requirement in given_up:
        if requirement.relax is not None:
            case = requirement.relax(case)
    return case, frozenset(r.group for r in given_up if r.group is not None)


def requirements(case: Case, asked: str | None = None) -> tuple[Requirement, ...]:
    """Everything that could stand in the way of a case, what is asked before what rules say.

    ``asked`` is an exercise that somebody wants to see besides.
    """
    return (*_goals(case), *_week(case), *_things(case, asked), *_rules(case))


# -------------------------------------------------------------------- the patient file
def changed(case: Case, **update: object) -> Case:
    """The case with some fields of its patient replaced."""
    return replace(case, patient=case.patient.model_copy(update=update))


def with_availability(case: Case, **update: object) -> Case:
    """The case with some of the patient's availability replaced."""
    return changed(case, availability=case.patient.availability.model_copy(update=update))


def with_goal(case: Case, index: int, **update: object) -> Case:
    """The case with one goal changed."""
    goals = list(case.patient.goals)
    goals[index] = goals[index].model_copy(update=update)
    return changed(case, goals=tuple(goals))


def _musts(case: Case) -> list[int]:
    return [i for i, goal in enumerate(case.patient.goals) if goal.priority == "must"]


def goal_words(case: Case, index: int) -> str:
    """A goal in a few words."""
    goal = case.patient.goals[index]
    exercise = case.exercises.get(goal.exercise or "")
    parts = [goal.kind.value if exercise is None else exercise.name]
    if goal.load_kg is not None:
        parts.append(f"{goal.load_kg:g} kg")
    if goal.repetitions is not None:
        parts.append(f"x {goal.repetitions}")
    if goal.minutes is not None:
        parts.append(f"{goal.minutes} minutes")
    return " ".join(parts)


def _goals(case: Case) -> Iterator[Requirement]:
    for i in _musts(case):
        goal = case.patient.goals[i]
        words = f"{goal_name(i)} must be reached: {goal_words(case, i)}"
        yield Requirement(f"goal:{i}", f"goals[{i}]", "E8", words, lambda c, i=i: with_goal(c, i, priority="want"))  # type: ignore[misc]
        if goal.by_week is not None and goal.by_week < case.weeks:
            yield Requirement(
                f"by:{i}",
                f"goals[{i}].by_week",
                "E8",
                f"{goal_name(i)} by week {goal.by_week}",
                lambda c, i=i: with_goal(c, i, by_week=None),  # type: ignore[misc]
            )
    if _musts(case):
        yield Requirement("weeks", "episode.weeks", "", f"{case.weeks} weeks", _longer)


def _longer(case: Case) -> Case:
    return with_weeks(case, longest_horizon(case))


def longest_horizon(case: Case) -> int:
    """The longest programme that is thought of, weeks."""
    return max(case.weeks, min(52, max(LONG_WEEKS, round(1.5 * case.weeks))))


def with_weeks(case: Case, weeks: int) -> Case:
    """The case with another number of weeks."""
    return changed(case, episode=case.patient.episode.model_copy(update={"weeks": weeks}))


def _week(case: Case) -> Iterator[Requirement]:
    availability = case.patient.availability
    longest = max(window.minutes for window in availability.windows)
    minutes = sorted({window.minutes for window in availability.windows})
    spread = f"{minutes[0]} to {minutes[-1]}" if len(minutes) > 1 else f"{minutes[0]}"
    yield Requirement("windows", "availability.windows", "E2", f"windows of {spread} minutes", long_windows)
    if availability.session_minutes is not None and availability.session_minutes < longest:
        yield Requirement(
            "session_minutes",
            "availability.session_minutes",
            "E2",
            f"sessions of at most {availability.session_minutes} minutes",
            lambda c: with_availability(c, session_minutes=None),
        )
    if sessions_a_week(case) < PLENTY_DAYS:
        asked = availability.sessions_per_week is not None
        yield Requirement(
            "sessions",
            "availability.sessions_per_week" if asked else "availability.windows",
            O3.id,
            f"{sessions_a_week(case)} sessions a week",
            more_days,
        )
    if availability.away:
        yield Requirement(
            "away",
            "availability.away",
            "E2",
            f"days away ({len(availability.away)} times)",
            lambda c: with_availability(c, away=()),
        )
    if case.busy:
        yield Requirement(
            "busy", "availability.busy", "E2", f"{len(case.busy)} busy events", lambda c: replace(c, busy=())
        )
    if any(case.patient.goals[i].kind is GoalKind.WALK for i in _musts(case)):
        longest_daily = max((slot.minutes for slot in availability.daily_slots), default=0)
        yield Requirement(
            "daily",
            "availability.daily_slots" if availability.daily_slots else "availability",
            "E2",
            f"daily slots of at most {longest_daily} minutes" if longest_daily else "no daily slot",
            lambda c: with_daily_slot(c, PLENTY_DAILY),
        )


def long_windows(case: Case, minutes: int = PLENTY_MINUTES) -> Case:
    """Every window at least so many minutes long, one a day; days with several keep the longest."""
    by_day: dict[Weekday, Window] = {}
    for window in case.patient.availability.windows:
        known = by_day.get(window.day)
        if known is None or window.minutes > known.minutes:
            by_day[window.day] = window
    return with_availability(case, windows=tuple(lengthened(w, max(minutes, w.minutes)) for w in by_day.values()))


def lengthened(window: Window, minutes: int) -> Window:
    """A window of so many minutes: later at its end, earlier at its start where the day has no more."""
    begin = window.start.hour * 60 + window.start.minute
    end = min(begin + minutes, 23 * 60 + 55)
    begin = max(0, min(begin, end - minutes))
    return window.model_copy(update={"start": dt.time(begin // 60, begin % 60), "end": dt.time(end // 60, end % 60)})


def more_days(case: Case, days: int = PLENTY_DAYS) -> Case:
    """A window like the longest on as many days as are asked, and as many sessions."""
    windows = list(case.patient.availability.windows)
    like = max(windows, key=lambda window: window.minutes)
    used = {window.day for window in windows}
    for day in _free_days(used):
        if len(used) >= days:
            break
        windows.append(like.model_copy(update={"day": day}))
        used.add(day)
    return with_availability(case, windows=tuple(windows), sessions_per_week=max(days, sessions_a_week(case)))


def _free_days(used: Collection[Weekday]) -> list[Weekday]:
    """Days without a window, those farthest from the ones that have one first."""
    taken = [day.number for day in used]

    def distance(day: Weekday) -> int:
        return min((min((day.number - n) % 7, (n - day.number) % 7) for n in taken), default=7)

    return sorted((day for day in Weekday if day not in used), key=lambda day: (-distance(day), day.number))


def with_daily_slot(case: Case, minutes: int) -> Case:
    """The longest daily slot at least so many minutes long; one at noon where there is none."""
    slots = list(case.patient.availability.daily_slots)
    if not slots:
        return with_availability(case, daily_slots=(DailySlot(at=dt.time(12, 0), minutes=minutes),))
    at = max(range(len(slots)), key=lambda n: slots[n].minutes)
    slots[at] = slots[at].model_copy(update={"minutes": max(minutes, slots[at].minutes)})
    return with_availability(case, daily_slots=tuple(slots))


def _things(case: Case, asked: str | None) -> Iterator[Requirement]:
    patient = case.patient
    wanted = {asked, *(patient.goals[i].exercise for i in _musts(case))} - {None}
    used = {window.place for window in patient.availability.windows}
    for n, place in enumerate(patient.places):
        if wanted and place.name in used:
            yield Requirement(
                f"place:{n}",
                f"places[{n}]",
                "E1",
                f"{place.name} has {equipment_words(place.equipment)}",
                lambda c, n=n: with_place(c, n, full_kit(c.patient.places[n].equipment)),  # type: ignore[misc]
            )
    for n, name in enumerate(patient.dislikes):
        if name in wanted:
            exercise = case.exercises.get(name)
            yield Requirement(
                f"dislike:{n}",
                f"dislikes[{n}]",
                "",
                f"{exercise.name if exercise else name} is disliked",
                lambda c, name=name: changed(c, dislikes=tuple(d for d in c.patient.dislikes if d != name)),  # type: ignore[misc]
            )


def equipment_words(kit: Equipment) -> str:
    """What a place has, in a few words."""
    parts = []
    for name, loads in (("dumbbells", kit.dumbbells), ("kettlebells", kit.kettlebells)):
        if loads:
            parts.append(f"{name} to {max(loads):g} {kit.unit}")
    parts += [
        name.replace("_", " ")
        for name in ("bands", "barbell", "trap_bar", "cable", "machine", "box")
        if getattr(kit, name)
    ]
    parts += [thing.value.replace("_", " ") for thing in kit.things]
    return ", ".join(parts) or "no equipment"


def with_place(case: Case, index: int, kit: Equipment) -> Case:
    """The case with other equipment at one place."""
    places: list[Place] = list(case.patient.places)
    places[index] = places[index].model_copy(update={"equipment": kit})
    return changed(case, places=tuple(places))


def full_kit(kit: Equipment) -> Equipment:
    """Everything that a place could own, in the unit of the place."""
    from planner.domain.exercise import Apparatus
    from planner.progression.loads import BANDS

    pound = kit.unit == "lb"
    free = tuple(float(n) for n in ((2.5, *range(5, 125, 5)) if pound else (*range(1, 11), *range(12, 52, 2))))
    pairs = (
        (2.5, 5.0, 10.0, 25.0, 35.0, 45.0, 45.0, 45.0, 45.0)
        if pound
        else (1.25, 2.5, 5.0, 10.0, 15.0, 20.0, 25.0, 25.0, 25.0)
    )
    bar = Bar(bar=45 if pound else 20, plates=pairs)
    stack = Stack(low=10, high=300, step=10) if pound else Stack(low=5, high=150, step=5)
    return Equipment(
        unit=kit.unit,
        dumbbells=tuple(sorted({*kit.dumbbells, *free})),
        kettlebells=tuple(sorted({*kit.kettlebells, *free})),
        plates=tuple(sorted({*kit.plates, *free})),
        bands=BANDS,
        barbell=bar,
        trap_bar=bar,
        cable=stack,
        machine=stack,
        box=kit.box or (Stack(low=5, high=100, step=5) if pound else Stack(low=2, high=40, step=1)),
        things=tuple(Apparatus),
    )


# -------------------------------------------------------------------- rules
def _rules(case: Case) -> Iterator[Requirement]:
    """Rules as they apply because of a line, grouped as their limits are."""
    seen: dict[Group, Requirement] = {}
    found = list(limits(case))
    for limit in (*found, *unclosed(case, Gate(case, found))):
        group = group_of(limit)
        if group in seen or not _binding(limit):
            continue
        rule = RULES[limit.rule]
        path = limit.because if _is_path(case.patient, limit.because) else ""
        costly = 2 if isinstance(limit, Cover) else 1 if isinstance(limit, Open | Precede) else 0
        name = f"rule:{limit.rule}@{limit.because}"
        seen[group] = Requirement(name, path, rule.id, rule.title, costly=costly, group=group)
    yield from seen.values()
    for name, path, relax in _without_limits(case):
        yield Requirement(f"rule:{name}", path, name, RULES[name].title, relax)


def _binding(limit: Limit) -> bool:
    """Whether the solver sees a limit, and somebody could give it up."""
    if limit.rule == "E6":
        return False
    if isinstance(limit, CountCap):
        return limit.per is Per.ITEMS_A_SESSION
    if isinstance(limit, Growth):
        return limit.what == "hard_sets"
    return isinstance(limit, Forbid | Apart | Cap | Cover | Gap | Precede | Link | Open)


def _is_path(patient: Patient, because: str) -> bool:
    return because.partition(".")[0].partition("[")[0].partition(":")[0].partition(",")[0] in type(patient).model_fields


def _without_limits(case: Case) -> Iterator[tuple[str, str, Relax]]:
    """Rules that shape ladders, weeks and walks rather than limit them: id, line, and the case without it."""
    if not is_off(case, RULES["O1"]):
        yield "O1", "training.status", lambda c: signed_off(c, "O1")
    if not case.patient.healthy and case.patient.findings.irritability.value != "low":
        stays = {p.name: 0.0 for p in PH.parameters if p.name.endswith(("_high", "_moderate"))}
        yield "PH", "findings.irritability", lambda c: signed_off(c, "PH", stays)
    if any(case.patient.goals[i].kind is GoalKind.WALK for i in _musts(case)) and not is_off(case, RULES["W1"]):
        yield "W1", "training.longest_walk_minutes", lambda c: signed_off(c, "W1", {"percent": 1000.0})
    if deload_weeks(case):
        yield "O5", "training.status", lambda c: signed_off(c, "O5")
    if unsure(case):
        yield "Q1", "confidence", lambda c: signed_off(c, "Q1")


def signed_off(case: Case, rule: str, parameters: dict[str, float] | None = None) -> Case:
    """The case with an override of a rule, as if somebody had signed it."""
    override = Override(
        rule=rule,
        who="nobody yet",
        why="to find out what would help",
        on=case.patient.screening.on,
        parameters=parameters or {},
    )
    others = tuple(o for o in case.patient.overrides if o.rule != rule)
    return changed(case, overrides=(*others, override))
