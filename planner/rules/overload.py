"""O1, O6, O8: how fast load and volume may grow."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from planner.domain.case import Case
from planner.domain.dose import DoseKind, Load, SetRow, epley_one_rep_max, one_rep_max_at
from planner.domain.exercise import SECTION_OF, Section, Track
from planner.domain.log import LoggedItem, LoggedSet
from planner.domain.patient import TrainingStatus
from planner.domain.programme import Item, Programme, Session, SessionKind
from planner.rules.base import D, F, Force, Parameter, Rule, Scope, Violation, is_off, value
from planner.rules.limits import Growth, Limit
from planner.rules.reading import Line, lines, planned_lines, variants

O1 = Rule(
    id="O1",
    title="Load rises in small steps",
    statement=(
        "Load rises after the target was met in 2 sessions in a row (novices: 1, with 2 repetitions in hand), by at "
        "most 10 %, on loads owned, rounded down. A bigger jump only at the smallest step owned, from the top of a "
        "widened range of repetitions, with repetitions reset and the new estimated one-repetition maximum at most "
        "110 % of the old. Loads below 10 kg are exempt from the percentage where they rise by 4 kg or less. A target "
        "is met with every repetition and less than two above the planned effort; harder than that, or short of it, "
        "twice in a row goes down. After that another exercise of the line begins with what the easier one supports, "
        "by the same 110 %."
    ),
    force=Force.HARD,
    scope=Scope.ITEM,
    source="ACSM 2009, MSSE 41:687 [F]; Simson 2017, Trials 18:184 [F]",
    mark=F,
    parameters=(
        Parameter("percent", 10, 2, 10, "largest rise of load, per cent"),
        Parameter("sessions", 2, 1, 4, "sessions in a row at target before a rise"),
        Parameter("sessions_novice", 1, 1, 4, "the same for novices"),
        Parameter("one_rep_max_percent", 110, 100, 115, "estimated 1RM of the new dose, per cent of the old"),
        Parameter("exempt_below_kg", 10, 0, 10, "loads below this are exempt from the percentage"),
        Parameter("exempt_rise_kg", 4, 1, 5, "where they rise by no more than this; a default"),
        Parameter("effort_over", 2, 1, 3, "so far above the planned effort a target was not met"),
        Parameter("too_hard_in_a_row", 2, 2, 3, "sessions in a row so far above it after which a line steps down"),
        Parameter("reserve_novice", 2, 0, 4, "repetitions in hand with which a novice meets a target of less effort"),
    ),
)
O6 = Rule(
    id="O6",
    title="Volume rises in small steps",
    statement=(
        "Weekly hard sets of a track are at most a fifth, or one set an exercise, above the highest non-deload week "
        "of the last four; a track that is new, or was not trained in them, enters at its starting dose; one of load, "
        "sets, range, speed rises per step. "
        "A week of which one session of the track was done counts as it was planned; one that loses sessions to days "
        "away or busy hours counts with as many as the track has in the last whole week before it, or the next after."
    ),
    force=Force.HARD,
    scope=Scope.WEEK,
    source="design default",
    mark=D,
    parameters=(
        Parameter("ratio", 1.2, 1.0, 1.5, "weekly sets against the highest of the last four weeks"),
        Parameter("sets", 1, 0, 2, "or so many sets more for each exercise"),
        Parameter("weeks", 4, 1, 6, "weeks looked back"),
    ),
)
O8 = Rule(
    id="O8",
    title="Formula stated",
    statement="One-repetition maxima are estimated after Epley: load x (1 + repetitions / 30), reserve included.",
    force=Force.REPORT,
    scope=Scope.PROGRAMME,
    source="Epley 1985",
    mark=F,
)
RULES = (O1, O6, O8)

#: From this share on a load is the planned one, with the label of another unit: 26 lb are the bell of 12 kg. [D]
SAME_LOAD = 0.98
#: Steps of the catalogue's graph over which loads are carried from one exercise to another. [D]
FARTHEST_CARRIED = 4


def sessions_before_rise(case: Case) -> int:
    """Sessions in a row at target before the load of an exercise may rise."""
    if is_off(case, O1):
        return 1
    return int(value(case, O1, "sessions_novice" if _novice(case) else "sessions"))


def _novice(case: Case) -> bool:
    return case.patient.training.status in (TrainingStatus.UNTRAINED, TrainingStatus.NOVICE)


def lighter(load_kg: float, planned_kg: float) -> bool:
    """Whether a load is less than was planned: more than what another unit's rounding makes."""
    return load_kg < SAME_LOAD * planned_kg - 1e-6


def as_labelled(load_kg: float, planned_kg: float) -> float:
    """A load in kg, or the planned one that it is in another unit."""
    other = lighter(load_kg, planned_kg) or lighter(planned_kg, load_kg)
    return load_kg if other else planned_kg


def met(case: Case, session: Session, item: Item) -> bool:
    """Whether an item was done as planned: every set and repetition, the load, and not much harder than meant.

    A novice besides keeps repetitions in hand, unless less was planned.
    """
    account = session.account
    found = None if account is None else account.item(item.exercise)
    if found is None or not found.sets:
        return True
    planned = item.dose.working_sets
    if len(found.sets) < len(planned):
        return False
    most = 10 - value(case, O1, "reserve_novice") if _novice(case) else 10
    for row, one in zip(found.sets, planned, strict=False):
        if _short(row, one):
            return False
        if row.load is not None and one.load is not None and lighter(row.load.kg, one.load.kg):
            return False
        effort = _effort_as_planned(row, one)
        if effort is not None and one.effort is not None:
            if effort >= one.effort + value(case, O1, "effort_over") or effort > max(most, one.effort):
                return False
    return True


def too_hard(case: Case, found: LoggedItem | None, item: Item) -> bool:
    """Whether an item was clearly harder than meant: by its effort, or short of it with no word on that."""
    for row, one in zip(() if found is None else found.sets, item.dose.working_sets, strict=False):
        effort = _effort_as_planned(row, one)
        if effort is None or one.effort is None:
            if _short(row, one):
                return True
        elif effort >= one.effort + value(case, O1, "effort_over"):
            return True
    return False


def too_easy(case: Case, found: LoggedItem | None, item: Item) -> bool:
    """Whether every set of an item was done, and clearly easier than meant."""
    rows = () if found is None else found.sets
    efforts = [(_effort_as_planned(row, one), one) for row, one in zip(rows, item.dose.working_sets, strict=False)]
    return bool(efforts) and all(
        effort is not None and one.effort is not None and effort <= one.effort - value(case, O1, "effort_over")
        for effort, one in efforts
    )


def _short(row: LoggedSet, one: SetRow) -> bool:
    """Whether a set has less repetitions, time or distance than planned."""
    wanted = one.repetitions or one.seconds or one.metres or one.rounds
    done = row.repetitions if row.repetitions is not None else row.seconds or row.metres
    return done is not None and wanted is not None and done < wanted


def _effort_as_planned(row: LoggedSet, one: SetRow) -> float | None:
    """The effort that a planned set would have been, by what was done in its place; None where nobody says.

    Other repetitions and another load count as so many repetitions more or fewer in reserve, after Epley (rule O8).
    """
    if row.effort is None or row.repetitions is None or one.repetitions is None:
        return row.effort
    ratio = 1.0
    if row.load is not None and one.load is not None and one.load.kg:
        ratio = as_labelled(row.load.kg, one.load.kg) / one.load.kg
    reserve = 10 - row.effort
    return 10 - ((30 + row.repetitions + reserve) * ratio - 30 - one.repetitions)


def carried_over(case: Case, easier: str, harder: str) -> float | None:
    """Share of an exercise's one-repetition maximum that a harder one may be begun from; None where no links say it.

    Of several ways up the graph the most cautious.
    """
    found: list[float] = []
    ways = [(easier, 1.0)]
    for _ in range(FARTHEST_CARRIED):
        ways = [
            (link.to, share * link.carry_over)
            for name, share in ways
            if name in case.exercises
            for link in case.exercises[name].progresses_to
            if link.carry_over is not None
        ]
        found += [share for name, share in ways if name == harder]
    return min(found, default=None)


def limits(case: Case) -> Iterator[Limit]:
    """Growth of load from step to step, and of hard sets from week to week."""
    if not is_off(case, O1):
        yield Growth(rule="O1", because="training.status", what="load", ratio=1 + value(case, O1, "percent") / 100)
    if not is_off(case, O6):
        yield Growth(
            rule="O6",
            because="rule default",
            what="hard_sets",
            ratio=value(case, O6, "ratio"),
            absolute=value(case, O6, "sets"),
            weeks=int(value(case, O6, "weeks")),
        )


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """Load from session to session, and hard sets from week to week."""
    if not is_off(case, O1):
        yield from _loads(case, programme)
        yield from _unproved(case, programme)
        yield from _stand_ins(programme)
    if not is_off(case, O6):
        yield from _sets(case, programme)


def _loads(case: Case, programme: Programme) -> Iterator[Violation]:
    done: dict[str, list[Line]] = {}
    for line in lines(programme, SessionKind.TRAINING):
        if line.item.dose.top_load is not None:
            done.setdefault(line.item.exercise, []).append(line)
    percent = value(case, O1, "percent")
    most = value(case, O1, "one_rep_max_percent") / 100
    exempt, rise = value(case, O1, "exempt_below_kg"), value(case, O1, "exempt_rise_kg")
    needed = sessions_before_rise(case)
    for rows in done.values():
        stood = 0
        first: Line | None = None
        for before, line in itertools.pairwise(rows):
            one, two, where = before.item, line.item, line.where
            # what a calibration shows holds until the load is another one: planned again at its load is no new finding
            first = before if one.calibration else first if first is not None and _same_load(first, one) else None
            a, b = _done(before), _top(two)
            # a dose that was stepped down has to be earned again
            stood = stood + 1 if _top(one) >= _top(two) - 1e-9 or b > a else 1
            if b <= a + 1e-9:
                if b < a - 1e-9:
                    stood = 0
                continue
            if first is not None and _shown(first, two, most):
                stood = 0
                continue
            if stood < needed and a >= exempt:
                yield Violation("O1", where, f"load rises after {stood} session(s), {needed} needed")
            stood = 0
            if (a < exempt and b <= a + rise + 1e-6) or b <= a * (1 + percent / 100) + 1e-6:
                continue
            reps = max(row.repetitions or 0 for row in one.dose.working_sets)
            new = max(row.repetitions or 0 for row in two.dose.working_sets)
            if two.dose.kind is DoseKind.DISTANCE:
                if max(r.metres or 0 for r in two.dose.sets) >= max(r.metres or 0 for r in one.dose.sets):
                    yield Violation("O1", where, f"load jumps from {a:g} to {b:g} kg without a shorter distance")
                continue
            ratio = epley_one_rep_max(b, new) / epley_one_rep_max(a, reps)
            if reps < 15 or new >= reps or ratio > most + 1e-6:
                yield Violation(
                    "O1", where, f"load jumps from {a:g} x {reps} to {b:g} kg x {new} ({ratio:.0%} of the old estimate)"
                )


def _unproved(case: Case, programme: Programme) -> Iterator[Violation]:
    """On a line that was too hard another exercise begins with what the easier ones support, or little more."""
    most = value(case, O1, "one_rep_max_percent") / 100
    hard: set[str] = set()  # lines of work that were too hard
    stood: set[str] = set()  # exercises that were done and were not
    last: dict[str, dict[str, float]] = {}  # by line of work, what the last session with each exercise supports
    for line in lines(programme, SessionKind.TRAINING):
        item, account = line.item, line.session.account
        if not item.ladder or item.dose.top_load is None:
            continue
        known = last.setdefault(item.ladder, {})
        if account is None:
            here = _supports(item, None)
            if item.ladder in hard and item.exercise not in stood:
                shares = {name: carried_over(case, name, item.exercise) for name in known}
                supports = [most * share * known[name] for name, share in shares.items() if share is not None]
                if supports and here > max(known.get(item.exercise, 0.0), *supports) + 1e-6:
                    words = f"begins with {item.dose.top_load.text}, which the easier exercise does not support"
                    yield Violation("O1", line.where, words)
                    continue
            known[item.exercise] = here
            stood.add(item.exercise)
            continue
        found = account.item(item.exercise)
        known[item.exercise] = _supports(item, found)
        if too_hard(case, found, item):
            hard.add(item.ladder)
        else:
            stood.add(item.exercise)


def _supports(item: Item, found: LoggedItem | None) -> float:
    """The one-repetition maximum in kg that an item supports, what its effort asks of reserve left out.

    What was harder than planned supports so many repetitions less.
    """
    rows = item.dose.working_sets
    done = list(zip(() if found is None else found.sets, rows, strict=False))
    over = [e - one.effort for row, one in done if (e := _effort_as_planned(row, one)) is not None and one.effort]
    less = [(one.repetitions or 0) - (row.repetitions or 0) for row, one in done if _short(row, one)]
    repetitions: float = max(row.repetitions or 0 for row in rows) - max([0.0, *(over or less)])
    return _top(item) * (1 + max(0.0, repetitions) / 30)


def load_jumps(
    rows: Sequence[tuple[str, Load, int]], *, percent: float, one_rep_max_percent: float, exempt_below_kg: float
) -> Iterator[Violation]:
    """Jumps of load above O1's percentage in a published programme, which has its own steps otherwise.

    ``rows`` are (where, heaviest working load, repetitions at it) of one exercise in order of
    time; a load is compared with the heaviest before it, so that a lighter week is no jump after.
    """
    heaviest, shown, best = 0.0, "", 0.0
    for where, lifted, reps in rows:
        load = lifted.kg
        estimate = epley_one_rep_max(load, reps)
        if (
            heaviest >= exempt_below_kg
            and load > heaviest * (1 + percent / 100) + 1e-6
            and estimate > best * one_rep_max_percent / 100 + 1e-6
        ):
            yield Violation("O1", where, f"load jumps from {shown} to {lifted.text} (+{load / heaviest - 1:.0%})")
        if load > heaviest:
            heaviest, shown = load, lifted.text
        best = max(best, estimate)


def _done(line: Line) -> float:
    """The heaviest load of a line in kg as far as it counts: what was prescribed, or less if less was done."""
    account = line.session.account
    found = None if account is None else account.item(line.item.exercise)
    used = None if found is None else found.load_kg
    return _top(line.item) if used is None else min(_top(line.item), as_labelled(used, _top(line.item)))


def _shown(line: Line, item: Item, most: float) -> bool:
    """Whether a calibration as it was logged supports a dose: finding the load is what it is for (rule CAL)."""
    account = line.session.account
    found = None if account is None else account.item(line.item.exercise)
    if found is None:
        return False
    estimates = [
        one_rep_max_at(row.load.kg, row.repetitions, row.effort)
        for row in found.sets
        if row.load is not None and row.repetitions and row.effort is not None
    ]
    reps = max(row.repetitions or 0 for row in item.dose.working_sets)
    reserve = max(0.0, 10 - item.dose.effort)
    return bool(estimates) and epley_one_rep_max(_top(item), reps, reserve) <= max(estimates) * most + 1e-6


def _same_load(line: Line, item: Item) -> bool:
    """Whether an item has the load of a line before it."""
    return abs(_top(line.item) - _top(item)) < 1e-9


def _stand_ins(programme: Programme) -> Iterator[Violation]:
    """What stands in for an item is no heavier than anything that the exercise has been planned with by then."""
    heaviest: dict[str, float] = {}
    planned: dict[tuple[str, str], float] = {}
    for line in lines(programme):
        heaviest[line.item.exercise] = max(heaviest.get(line.item.exercise, 0.0), _top(line.item))
        planned[line.session.slot, line.item.exercise] = heaviest[line.item.exercise]
    for variant in variants(programme):
        most = planned.get((variant.line.session.slot, variant.exercise))
        if most is None or variant.role == "item" or variant.dose.top_load is None:
            continue
        if variant.dose.top_load.kg > most + 1e-9:
            yield Violation("O1", variant.where, f"{variant.dose.top_load.text} before it was planned")


def _top(item: Item) -> float:
    """The heaviest working load in kg."""
    return max((row.load.kg for row in item.dose.working_sets if row.load is not None), default=0.0)


def _sets(case: Case, programme: Programme) -> Iterator[Violation]:
    ratio, extra, back = (value(case, O6, name) for name in ("ratio", "sets", "weeks"))
    light = {week.number for week in programme.weeks if week.deload}
    standing, planned = _by_track(lines(programme, SessionKind.TRAINING)), _by_track(planned_lines(programme))
    sessions = Counter(week for week, _ in {(line.week, line.session.slot) for line in planned_lines(programme)})
    usual = max(sessions.values(), default=0)
    for track, weeks in standing.items():
        counted: dict[int, float] = {}
        for number in weeks:
            counted[number] = _working_sets(planned[track][number])
            whole = sorted(week for week in planned[track] if sessions[week] == usual)
            if whole and number not in whole:
                like = max((week for week in whole if week < number), default=whole[0])
                held, had = _sessions(planned[track][number]), _sessions(planned[track][like])
                counted[number] *= max(1.0, had / held)
        for number in sorted(weeks)[1:]:
            recent = [counted[week] for week in weeks if number - back <= week < number and week not in light]
            total = _working_sets(weeks[number])
            # what was not trained for so long enters anew
            best = max(recent or [total])
            names = {line.item.exercise for line in weeks[number]}
            if total > max(best * ratio, best + extra * len(names)) + 1e-9:
                yield Violation("O6", f"week {number}, {track.value}", f"{total} sets after at most {best:g}")


def _by_track(found: Iterable[Line]) -> dict[Track, dict[int, list[Line]]]:
    """Lines whose sets count, by track and week."""
    counted = (Section.TRUNK, Section.MAIN, Section.ACCESSORY)
    out: dict[Track, dict[int, list[Line]]] = {}
    for line in found:
        track = line.item.track
        if SECTION_OF[track] in counted and track is not Track.EXPOSURE:
            out.setdefault(track, {}).setdefault(line.week, []).append(line)
    return out


def _working_sets(found: Iterable[Line]) -> int:
    return sum(len(line.item.dose.working_sets) for line in found)


def _sessions(found: Iterable[Line]) -> int:
    return len({line.session.slot for line in found})
