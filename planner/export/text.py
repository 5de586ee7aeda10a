"""Plain words for doses, items, pain and warnings, shared by every export.

Everything here is read by patients: short, free of threat, the same in a calendar, on paper and
on a screen.  ``brief`` gives the shorter of two wordings where room is short; both say the same.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import eq
from typing import Final, Literal

from planner.domain.directions import Direction, Side
from planner.domain.dose import METRES_IN, Dose, DoseKind, FarUnit, Load, SetRow
from planner.domain.envelope import MAX_STAGE
from planner.domain.exercise import Implement, Track
from planner.domain.log import Attendance
from planner.domain.notation import runs
from planner.domain.programme import Alternative, Item, Programme, Session, StandardDifference, Status, Week
from planner.progression.protocol_words import effort_words, turns

#: From this tempo up a repetition is slow on purpose, and said so. [D]
SLOW_SECONDS: Final = 6

#: What a decision says where somebody has to be called.
_CALL: Final = re.compile(r"[:,]? ?(?:so |and )?call within 48 hours")

#: So many days after its end a programme may be made longer, and so many weeks it may have.
_MAY_GO_ON: Final = 14
_MOST_WEEKS: Final = 52
#: Rule P1, P2 and C1 as they are when a programme does not list them.
_DEFAULTS: Final = {
    ("P1", "green"): 1,
    ("P1", "amber"): 2,
    ("P1", "ceiling"): 7,
    ("P2", "after"): 5,
    ("C1", "minutes"): 30,
}

_BARS: Final = (Implement.BARBELL, Implement.TRAP_BAR)

#: The exercises whose side is that to which the shoulders go, and those of them with the other shoulder at a wall.
SIDE_GLIDES: Final = frozenset({"supported_side_glide", "side_glide_wall", "side_glide_overpressure"})
_AT_A_WALL: Final = SIDE_GLIDES - {"supported_side_glide"}

#: Work and rest of intervals, by a word of the exercise's id.
_WORK_WORDS: Final = {
    "run": "run",
    "running": "run",
    "jog": "run",
    "walk": "walk",
    "walking": "walk",
    "bike": "ride",
    "cycling": "ride",
    "rower": "row",
    "rowing": "row",
}

#: Control characters go, line and paragraph separators become newlines, tabs blanks.
_CHARACTERS: Final = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), 0xFEFF)),
    **dict.fromkeys(map(ord, "\n\r\u2028\u2029"), "\n"),
    ord("\t"): " ",
}
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


#: Seconds of rest, the least and the most.
_Rest = tuple[int, int]

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


# -------------------------------------------------------------------- doses
def dose_text(dose: Dose, *, implement: Implement = Implement.NONE, exercise: str = "", brief: bool = False) -> str:
    """A dose in words: ``3 × 8 at 12.5 kg, RPE 6 (about 4 in reserve), rest 60 s``.

    Parameters
    ----------
    dose
        What to say.
    implement
        What carries the load: one of a pair of dumbbells is "in each hand", a bar is "included".
    exercise
        Id of the exercise; it chooses the words for work and rest of intervals.
    brief
        Leave out what the effort means.
    """
    return _dose_text(dose, implement, exercise, brief)


@functools.lru_cache(maxsize=4096)  # a calendar says the same doses many times over
def _dose_text(dose: Dose, implement: Implement, exercise: str, brief: bool) -> str:
    parts = [_sets_text(dose, implement, exercise)]
    working = dose.working_sets or dose.sets
    if len({(row.effort, row.effort_from) for row in working}) == 1:
        effort = effort_text(working[0], reserve=dose.kind is DoseKind.REPETITIONS and not brief)
        # stretches and loads that are told by their effort say it themselves
        parts += [effort] if effort and effort not in (working[0].formula or "") else []
    if dose.kind is DoseKind.REPETITIONS and dose.tempo is not None:
        parts.append(f"tempo {dose.tempo}" + ("" if brief else f" ({tempo_words(dose.tempo)})"))
    elif dose.kind is DoseKind.REPETITIONS and dose.seconds_per_repetition >= SLOW_SECONDS:
        parts.append(f"slowly: {dose.seconds_per_repetition} s each")
    if rests := _rests_text(dose):
        parts.append(rests)
    clock = {row.every_seconds for row in dose.working_sets} - {None}
    if clock:
        parts.append(f"a set begins every {span_text(max(one or 0 for one in clock), None)}")
    if dose.bouts_per_day > 1:
        parts.append("twice a day" if dose.bouts_per_day == 2 else f"{dose.bouts_per_day} times a day")
    return ", ".join(parts)


def effort_text(row: SetRow, *, reserve: bool = True) -> str:
    """``effort 4/10`` below RPE 5, else ``RPE 6 (about 4 in reserve)`` or ``RPE 7-8 (2-3 in reserve)``.

    Empty when none is stated.
    """
    if not row.effort:
        return ""
    left = row.reps_in_reserve
    said = effort_words(row.effort_from, row.effort)
    if left is None or not reserve or (row.effort_from is not None and row.effort_from < 5):
        return said
    if row.effort_from is not None:
        return f"{said} ({left:g}-{10 - row.effort_from:g} in reserve)"
    words = "none" if left == 0 else f"about {left:g}" if left == int(left) else f"about {int(left)} to {int(left) + 1}"
    return f"{said} ({words} in reserve)"


def load_text(load: Load, *, implement: Implement = Implement.NONE, forecast: bool = False) -> str:
    """``12.5 kg``, ``8 kg in each hand`` or ``about 12 kg``."""
    # the load of a pair of dumbbells is that of each one
    return f"{'about ' if forecast else ''}{load.text}{' in each hand' if implement is Implement.DUMBBELL_PAIR else ''}"


def duration_text(seconds: int) -> str:
    """``90 s``, ``20 min``, ``2.5 min`` or ``2 min 10 s``."""
    minutes, rest = divmod(seconds, 60)
    if not rest:
        return f"{minutes} min"
    if seconds < 120:
        return f"{seconds} s"
    return f"{minutes}.5 min" if rest == 30 else f"{minutes} min {rest} s"


def rest_text(least: int, most: int) -> str:
    """``90 s``, ``60-90 s``, ``1-2 min`` or ``100 s to 2 min``; ``none`` without one."""
    if most > least:
        return span_text(least, most)
    return (f"{least} s" if least < 120 else duration_text(least)) if least else "none"


def span_text(least: int, most: int | None) -> str:
    """A time, or a range of times: ``90 s``, ``60-90 s``, ``20-30 min`` or ``100 s to 2 min``."""
    if most is None or most <= least:
        return duration_text(least)
    if most < 120:
        return f"{least}-{most} s"
    if least % 30 == most % 30 == 0:
        return f"{least / 60:g}-{most / 60:g} min"
    return f"{f'{least} s' if least < 120 else duration_text(least)} to {duration_text(most)}"


def tempo_words(tempo: str) -> str:
    """``4 s down, hold 1 s, 4 s up`` for ``4-1-4``: down, held, up and held again; two numbers are down and up."""
    seconds = tempo.split("-")
    down, hold, up, again = {2: (seconds[0], "0", seconds[-1], "0"), 3: (*seconds, "0")}.get(len(seconds), seconds)
    steps = [(down, "{} s down"), (hold, "hold {} s"), (up, "{} s up"), (again, "hold {} s")]
    return ", ".join(words.format(int(length)) for length, words in steps if int(length))


def distance_text(metres: int, most: int | None = None, *, far_in: FarUnit | None = None) -> str:
    """``20 m`` or ``1.5 km``, or a range: ``20-30 m``, ``4-5 km``, ``800 m to 1.2 km``; ``3 miles``, ``50 yd``."""
    if far_in is not None:
        digits = ".3g" if far_in == "mile" else ".0f"
        least, top = (f"{one / float(METRES_IN[far_in]):{digits}}" for one in (metres, most or metres))
        unit = "yd" if far_in == "yard" else "mile" if top == "1" else "miles"
        return f"{least if least == top else f'{least}-{top}'} {unit}"
    if most is not None and most > metres:
        if metres >= 1000:
            return f"{metres / 1000:.3g}-{most / 1000:.3g} km"
        return f"{metres}-{most} m" if most < 1000 else f"{metres} m to {most / 1000:.3g} km"
    return f"{metres / 1000:g} km" if metres >= 1000 and metres % 100 == 0 else f"{metres} m"


def became_text(session: Session) -> str:
    """What became of a session, or how sure it is: ``done``, ``partly done``, ``missed``, ``confirmed``."""
    partly = session.account is not None and session.account.done is Attendance.PARTLY
    return "partly done" if partly and session.status is Status.DONE else session.status.value


def whole_in(metres: int, unit: FarUnit) -> bool:
    """Whether a distance is one of yards, of miles or of hundredths of them, to the metre."""
    one = float(METRES_IN[unit])
    return abs(round(metres / one, 2 if unit == "mile" else 0) * one - metres) <= 1


def spans_text(numbers: Sequence[int]) -> str:
    """``1-4, 6`` for numbers in order."""
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs(numbers))


def band_text(band: str) -> str:
    """``medium band``."""
    words = band.replace("_", " ").strip()
    return words if words.endswith("band") else f"{words} band"


# -------------------------------------------------------------------- items
def item_text(item: Item, *, brief: bool = False) -> str:
    """An item on one line: name, side, dose, how often, and why it is unlike its neighbours."""
    notes = [item.days_note] if item.days_note else []
    if item.calibration:
        notes.append("first time: go by the effort, not the load, and write down what you did")
    if item.deload:
        notes.append("lighter on purpose")
    dose = item.dose
    if item.days_note and _says_how_often(item.days_note, dose.bouts_per_day):
        dose = dose.model_copy(update={"bouts_per_day": 1})
    line = _item_line(item, dose, brief=brief)
    if item.calibration:
        line = line.replace(_FORECAST, "a first guess")
    return one_line("; ".join([line, *notes]))


def alternative_text(alternative: Alternative, *, brief: bool = False) -> str:
    """An alternative on one line: name, side and dose."""
    a = alternative
    where = _side_text(a.side, a.exercise)
    return one_line(_line(a.name, where, a.exercise, a.side, a.dose, a.implement, brief=brief))


def easier_text(item: Item, *, brief: bool = False) -> str:
    """What to do instead on a bad day; empty when nothing easier is known."""
    return "" if item.easier is None else alternative_text(item.easier, brief=brief)


def fallback_text(item: Item, *, brief: bool = False) -> str:
    """What to do while the item's gate is shut; empty when it has none, or when nothing changes."""
    if item.gate is None:
        return ""
    if item.fallback is None:
        return "leave this one out"
    same = (item.fallback.exercise, item.fallback.side, item.fallback.dose, item.fallback.implement) == (
        item.exercise,
        item.side,
        item.dose,
        item.implement,
    )
    return "" if same else alternative_text(item.fallback, brief=brief)


def stages_text(week: Week, between: str) -> list[str]:
    """The stage that is open of each direction, and what a surgeon has closed, which is not open whatever its stage.

    ``bending forward 2/5`` with a slash ``between``, ``no bending forward (surgeon)``.
    """
    open_ways = ((way, stage) for way, stage in week.envelope.items() if way not in week.closed)
    stages = [f"{way.plain} {stage}{between}{MAX_STAGE}" for way, stage in open_ways]
    return [*stages, *(f"no {way.plain} (surgeon)" for way in week.closed)]


def before_gate_text(item: Item) -> str:
    """``Before check-in 2 is passed: Walking: 12 min``; empty when nothing stands in for the item."""
    instead = fallback_text(item, brief=True)
    return f"Before {gate_text(item.gate)} is passed: {instead}" if instead and item.gate else ""


def short_text(session: Session) -> str:
    """The five-minute version on one line; empty when the session has none."""
    if not session.short:
        return ""
    things = [_item_line(item, item.dose, brief=True) for item in session.short]
    return one_line(f"a minute of easy movement; {'; '.join(things)}")


def gate_text(gate: str) -> str:
    """``check-in 2`` for the id ``check-in-2``."""
    return gate.replace("check-in-", "check-in ")


def earlier_gates_text(programme: Programme, gate: str) -> str:
    """What to do where a check-in before a gate was not passed either; empty when no other one is open.

    What stands in until a gate is passed is what the week before it asks for, which may lie behind an earlier one.
    """
    here = next((check for check in programme.check_ins if check.id == gate), None)
    if here is None:
        return ""
    shut = [
        check
        for check in programme.check_ins
        if check.gate and check.start < here.start and check.status in (Status.CONFIRMED, Status.TENTATIVE)
    ]
    words = [f"if {gate_text(check.id)} was not, week {check.week - 1}" for check in reversed(shut)]
    if not words:
        return ""
    words[0] = f"If {gate_text(shut[-1].id)} was not passed either, do week {shut[-1].week - 1} again"
    return f"{'; '.join(words)}."


def work_text(item: Item) -> str:
    """What is done, without effort, rest, tempo and wording: ``Goblet squat: 3 × 8 at 10 kg``."""
    dose = item.dose.model_copy(
        update={
            "sets": tuple(
                row.model_copy(update={"effort": None, "effort_from": None, "rest_after": None, "note": None})
                for row in item.dose.sets
            ),
            "rest_seconds": 0,
            "seconds_per_repetition": 1,
            "tempo": None,
            "load_is_forecast": False,
        }
    )
    return one_line(_item_line(item, dose, brief=True))


def difference_text(one: StandardDifference, because: str) -> str:
    """One difference from a standard: what it is, there and here, and the rule or line behind it."""
    there = f"standard {one.standard}" if one.standard else ""
    here = f"here {one.here}" if one.here else ""
    kind = "dosed differently" if one.kind == "dose" else one.kind
    said = "; ".join(part for part in (there, here) if part)
    rule = f"rule {one.rule}, " if one.rule[:1].isupper() else f"{one.rule}, " if one.rule else ""
    return one_line(f"{kind}: {one.what} ({said}): {rule}{because}")


# -------------------------------------------------------------------- pain and warnings
def traffic_light(programme: Programme, *, brief: bool = False) -> str:
    """How to judge pain: rules P1, P2 and C1 with the numbers in force in this programme."""
    green, amber = _parameter(programme, "P1", "green"), _parameter(programme, "P1", "amber")
    ceiling, after = _parameter(programme, "P1", "ceiling"), _parameter(programme, "P2", "after")
    lasting = _parameter(programme, "C1", "minutes")
    has_amber = amber > green
    worst = max(green, amber)
    red = f"+{worst + 1:g} or more" if worst == int(worst) else f"more than +{worst:g}"
    red = f"{red}, or above {ceiling:g} of 10"
    usual = f"up to +{green:g}" if green else "no more than before"
    between = f"+{amber:g}" if amber - green <= 1 else f"up to +{amber:g}"
    legs = any(item.track is Track.NEURAL for session in programme.sessions for item in session.items)
    if brief:
        middle = f"; {between} finish gently, same dose next time" if has_amber else ""
        return (
            f"{'Back pain' if legs else 'Pain'} against before: {usual} carry on{middle}; {red}, stop that exercise. "
            f"Further down the leg and still so {lasting:g} minutes later: leave it out."
        )
    leg = (
        "Your leg is judged by how far down it is felt, not by a number: less far down is good, even where the back "
        "is felt more."
    )
    lines = [
        *([leg] if legs else []),
        f"{'Back pain' if legs else 'Pain'}, compared with just before the session:",
        f"Green, {usual}: carry on.",
        *([f"Amber, {between}: finish gently, and keep the same dose next time."] if has_amber else []),
        f"Red, {red}: stop that exercise; next time one step easier.",
        f"Afterwards at most {after:g} of 10, and back to your usual level by next morning; "
        "if not, repeat or take one step down.",
        f"Symptoms that move further down the leg and are still there {lasting:g} minutes later: "
        "leave that exercise out and tell your clinician.",
    ]
    return "\n".join(lines)


def walk_with_rests_text(session: Session) -> list[str]:
    """How legs are judged on a walk that is broken off by sitting: they are meant to ask for the rest (rule W1)."""
    walks = [item for item in session.items if item.track is Track.AEROBIC and "W1" in item.serves]
    if not any(item.dose.kind is DoseKind.INTERVALS for item in walks):
        return []
    return ["On this walk legs may ask for a rest, up to moderate; sit until it is gone. For all else:"]


def stop_list(*, brief: bool = False) -> str:
    """When to stop and get help, in a patient's words (rules T1 and T3, domains of the safety screen)."""
    if brief:
        return (
            "Stop and get emergency help for: new numbness between the legs or changed feeling when wiping, new "
            "bladder or bowel trouble, changed sexual function, both legs growing weaker, chest pain. "
            "A leg or foot that gets weaker: see a doctor the same day."
        )
    return (
        "These are rare. If one happens, stop and go to an emergency department: new numbness between the legs or "
        "around the back passage, or a changed feeling when wiping; new trouble with bladder or bowel; a change in "
        "sexual function or feeling; both legs growing weaker; chest pain or fainting.\n"
        "Stop and see a doctor the same day: a leg or a foot that gets weaker, or a foot that drops or drags; new pain "
        "or pins and needles in both legs; unsteady walking or clumsy hands; fever or feeling unwell with the back "
        "pain; strong new back pain after a fall or a knock, or with fragile bones after a lift or for no reason."
    )


def flare_text(programme: Programme, *, healthy: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What stands before and after the items of the flare card: the first 48 hours, going back, whom to call."""
    lasting = _parameter(programme, "C1", "minutes")
    what = "Sore days happen, and they pass." if healthy else "Flare-ups are common and usually ease in a few days."
    travels = f", or if symptoms move further down the leg and are still there {lasting:g} minutes later"
    balances = any(item.track is Track.BALANCE for session in programme.live for item in session.items)
    goes_on = " (the balance practice goes on)" if balances else ""
    before = (
        f"{what} You have not lost what you have built.",
        f"For 48 hours leave out the sessions and the daily work{goes_on}, and do this instead, in small doses "
        "through the day:",
    )
    after = (
        "Besides, keep up easy everyday things, and change position often rather than resting for long.",
        "Going back: once it is clearly easing, do your next session one step lower, with the easier choice for every "
        "exercise. If the next morning is as usual, go on as planned.",
        f"Call {one_line(programme.contact) or 'your clinician'} if it is not easing after 48 hours"
        f"{'' if healthy else travels}.",
        *stop_list().splitlines(),
    )
    return before, after


def draft_notice(programme: Programme, *, brief: bool = False) -> str:
    """That nobody has signed this revision; empty once somebody has."""
    if programme.approval is not None:
        return ""
    if brief:
        return "Draft, not yet signed by a clinician."
    return "Draft, not yet signed by a clinician. Please wait with it until yours has checked and signed it."


def hold_notice(programme: Programme) -> str:
    """That nothing may be done for now; empty unless the programme is frozen."""
    if not programme.frozen:
        return ""
    return "On hold: what is said here comes first. Please do nothing of the plan until a clinician allows it again."


def contact_notice(programme: Programme) -> str:
    """That somebody has to be called (rules C1, P1); empty a week later, and once a clinician has answered."""
    since = programme.planned_from
    if since is None or programme.frozen:
        return ""
    due = [(halt.since, halt.because) for halt in programme.halts if halt.contact and halt.until is None]
    due += [(one.on, _CALL.sub("", one.words)) for one in programme.decisions if _CALL.search(one.words)]
    answered = max((check.start.date() for check in programme.check_ins if check.passed is not None), default=since)
    late = [words for on, words in due if (since - on).days <= 7 and not on < answered < since]
    return f"Call within 48 hours: {one_line(late[-1])}." if late else ""


def stopped_notice(programme: Programme, out: str = "OUT") -> str:
    """What the response stopped, and how a clinician allows it again (rule C1); empty where nothing is stopped."""
    names = {item.exercise: item.name for session in programme.sessions for item in session.items}
    stopped: dict[str, str] = {}
    stages: dict[Direction, int] = {}
    of_one_side = sorted(halt.exercise or "" for halt in programme.halts if halt.until is None and halt.rule == "N1")
    moved = ""
    if of_one_side:
        word = next((name for name in of_one_side if name in names), of_one_side[0])
        moved = (
            "Stopped, since symptoms reach the other leg: neural work and side glides. A clinician who has examined "
            f"it brings them back: `gradus log {out} --cleared {word} --by NAME`, then `gradus replan {out}`."
        )
    for halt in programme.halts:
        if halt.until is not None or halt.rule == "N1":
            continue
        if halt.direction is not None:
            stage = stages[halt.direction] = min(halt.stage or 0, stages.get(halt.direction, MAX_STAGE))
            # what is left of a direction is no stop of it
            above = f" above stage {stage} of {MAX_STAGE}" if stage else ""
            stopped[halt.direction.value] = f"{halt.direction.plain}{above}"
        elif halt.exercise is not None:
            stopped[halt.exercise] = names.get(halt.exercise, halt.exercise.replace("_", " "))
    if not stopped:
        return moved
    listed = ", ".join(f"{one_line(name)} (--cleared {word})" for word, name in sorted(stopped.items()))
    first = "flexion" if "flexion" in stopped else min(stopped)
    further = (
        f"Stopped, since symptoms went further down: {listed}. A clinician brings each back: "
        f"`gradus log {out} --cleared {first} --by NAME`, then `gradus replan {out}`."
    )
    return " ".join(words for words in (further, moved) if words)


def over_notice(programme: Programme, today: dt.date) -> str:
    """That a programme is over, and what comes next; empty while it lasts, and for a published one."""
    last = programme.starts + dt.timedelta(days=7 * len(programme.weeks) - 1)
    if today <= last or programme.protocol is not None:
        return ""
    words = f"The programme is over: it ended on {date_text(last)} {last.year}. Next: `gradus plan` for a new one"
    weeks = len(programme.weeks) + 4
    if (today - last).days <= _MAY_GO_ON and weeks <= _MOST_WEEKS:
        words += f", or more weeks in the patient file (`weeks: {weeks}`) and `gradus replan --patient FILE`"
    return f"{words}."


def approval_text(programme: Programme) -> str:
    """Who signed and when; the draft notice when nobody has."""
    if programme.approval is None:
        return draft_notice(programme)
    return one_line(
        f"Signed by {programme.approval.by}, {date_text(programme.approval.on)} {programme.approval.on.year}."
    )


INTENDED_USE: Final = (
    "Planned with Gradus for a qualified exercise professional to review and supervise. It does not diagnose, and "
    "it is not for use without supervision."
)


# -------------------------------------------------------------------- dates and characters
def date_text(date: dt.date) -> str:
    """``Mon 12 Oct``, whatever the locale."""
    return f"{_DAYS[date.weekday()]} {date.day} {_MONTHS[date.month - 1]}"


def when_text(start: dt.datetime, end: dt.datetime) -> str:
    """``Mon 12 Oct 18:00 to 18:40``."""
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{date_text(end.date())} {end:%H:%M}"
    return f"{date_text(start.date())} {start:%H:%M} to {until}"


def clean(text: str) -> str:
    """Text without control characters and lone surrogates; every line break is a newline."""
    return _SURROGATE.sub("\ufffd", text.replace("\r\n", "\n").translate(_CHARACTERS))


def one_line(text: str) -> str:
    """Clean text on one line, without blanks at the ends."""
    return " ".join(clean(text).split())


def cut(text: str, length: int) -> str:
    """Text of at most ``length`` characters, an ellipsis where it was cut."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


# -------------------------------------------------------------------- helpers
def _part_name(item: Item) -> str:
    """The name, and which part of the session it is where the session has the exercise more than once."""
    # a line called left says its side already
    return f"{item.name} ({item.part})" if item.part and item.part != item.side.value else item.name


def _item_line(item: Item, dose: Dose, *, brief: bool) -> str:
    where = _side_text(item.side, item.exercise if item.judged_as is None else item.judged_as, item.track)
    return _line(_part_name(item), where, item.exercise, item.side, dose, item.implement, brief=brief)


def _line(name: str, where: str, exercise: str, side: Side, dose: Dose, implement: Implement, *, brief: bool) -> str:
    if side in (Side.LEFT, Side.RIGHT):
        dose = dose.model_copy(update={"per_side": False})
    elif side is Side.BOTH and not dose.per_side:
        where = "both sides"
    said = dose_text(dose, implement=implement, exercise=exercise, brief=brief)
    return f"{name}{f' ({where})' if where else ''}: {said}"


def _side_text(side: Side, exercise: str, track: Track | None = None) -> str:
    """``shoulders to the left``, ``left leg`` or ``left``: what an exercise of the catalogue means by its side."""
    if side not in (Side.LEFT, Side.RIGHT):
        return ""
    if exercise in SIDE_GLIDES:
        # the hips go to the wall
        wall = f", {side.mirrored.value} shoulder at the wall" if exercise in _AT_A_WALL else ""
        return f"shoulders to the {side.value}{wall}"
    # of an exercise that nobody knows, it may be an arm
    return f"{side.value} leg" if track is Track.NEURAL and exercise else side.value


def _says_how_often(note: str, bouts: int) -> bool:
    """Whether a note already tells the number of bouts a day."""
    words = note.lower().replace(",", " ").replace(";", " ").split()
    return bouts > 1 and (str(bouts) in words or (bouts == 2 and "twice" in words))


#: Where a load comes from that nobody has lifted yet.
_FORECAST: Final = "from your calibration"


def _sets_text(dose: Dose, implement: Implement, exercise: str) -> str:
    """Warm-up and working sets, and where a load comes from."""
    warm_ups = [row for row in dose.sets if row.warm_up]
    working = dose.working_sets
    before = ", ".join(_warm_up_text(row, dose, implement, exercise) for row in warm_ups)
    if dose.until_seconds is not None:
        text = _in_time_text(dose, implement, exercise)
    elif len(working) == 1 and not working[0].more and warm_ups:
        text = _load_first(working[0], dose, implement, exercise)
    else:
        text = _rows_text(working, dose, implement, exercise) if working else ""
    text = " then ".join(part for part in (f"warm-up {before}{',' if working else ''}" if before else "", text) if part)
    if dose.top_load is None:
        return text
    remarks = ["bar included"] if implement in _BARS else []
    remarks += [_FORECAST] if dose.load_is_forecast else []
    return text + (f" ({', '.join(remarks)})" if remarks else "")


def _warm_up_text(row: SetRow, dose: Dose, implement: Implement, exercise: str) -> str:
    """A warm-up set, with its effort where it is not that of the others."""
    text = _load_first(row, dose, implement, exercise)
    others = {(one.effort, one.effort_from) for one in dose.working_sets or dose.sets}
    own = (row.effort, row.effort_from) not in others if dose.working_sets else len(others) > 1
    effort = effort_text(row, reserve=False) if own else ""
    return f"{text} ({effort})" if effort else text


def _in_time_text(dose: Dose, implement: Implement, exercise: str) -> str:
    """``as many sets of 5 at 60 kg as go in 15 min``, or rounds of several sets."""
    time = duration_text(dose.until_seconds or 0)
    rows = dose.working_sets or dose.sets
    sets = _rows_text(rows, dose, implement, exercise)
    if len(rows) > 1 or dose.kind is DoseKind.INTERVALS:
        return f"as many rounds as go in {time}: {sets}"
    return f"as many sets of {sets.removeprefix('1 × ').replace(' repetitions', '', 1)} as go in {time}"


def _load_first(row: SetRow, dose: Dose, implement: Implement, exercise: str) -> str:
    """``60 kg × 5``, as lifters write single sets; other kinds as usual."""
    if dose.kind is DoseKind.REPETITIONS and row.load is not None and not row.in_all:
        load = load_text(row.load, implement=implement, forecast=dose.load_is_forecast)
        return (
            f"{load} × {_repetitions(row)}{' each side' if dose.per_side else ''}{f' ({row.note})' if row.note else ''}"
        )
    return _rows_text((row,), dose, implement, exercise)


def _rows_text(rows: Sequence[SetRow], dose: Dose, implement: Implement, exercise: str) -> str:
    """Sets, grouped while load, band and effort stay the same."""
    if rows[0].formula and dose.kind is DoseKind.INTERVALS:
        return rows[0].formula
    if dose.kind is DoseKind.INTERVALS:
        return "; then ".join(_intervals_text(row, exercise) for row in rows)
    parts = _parts(rows)
    mixed = len({(row.effort, row.effort_from) for row in rows}) > 1
    in_turn = _rests_in_turn(dose) if rows == dose.working_sets else [[]] * len(parts)
    side = " each side" if dose.per_side else ""
    texts = []
    for (block, times), rests in zip(parts, in_turn, strict=True):
        groups = _groups(block, rests)
        said = [_group_text(one, dose, implement, mixed=mixed, side="" if times > 1 else side) for one in groups]
        if rests:
            behind = [rests[sum(map(len, groups[: n + 1])) - 1] for n in range(len(groups))]
            said = [f"{text}, {_rest_words(rest)}" if rest else text for text, rest in zip(said, behind, strict=True)]
        texts.append(f"{times} times ({', then '.join(said)}){side}" if times > 1 else ", then ".join(said))
    return ", then ".join(texts)


def _parts(rows: Sequence[SetRow]) -> list[tuple[list[SetRow], int]]:
    """Sets in parts, each with how often it is done: several sets in turn, or once all that are not."""
    bare = [row.model_copy(update={"rest_after": None, "rest_open": None, "name": None}) for row in rows]
    parts: list[tuple[list[SetRow], int]] = []
    for block, times in turns(bare):
        if len(block) > 1:
            parts.append((list(block), times))
        elif parts and parts[-1][1] == 1:
            parts[-1][0].extend([*block] * times)
        else:
            parts.append(([*block] * times, 1))
    return parts


def _groups(rows: Sequence[SetRow], rests: Sequence[_Rest | None]) -> list[list[SetRow]]:
    """Sets that are said together: load, band and effort stay the same, and no rest of a turn is between them."""
    groups: list[list[SetRow]] = []
    for n, row in enumerate(rows):
        if groups and _alike(groups[-1][-1]) == _alike(row) and not (rests and rests[n - 1]):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _alike(row: SetRow) -> tuple[object, ...]:
    """What sets that are said together have in common."""
    return (
        row.load,
        row.formula,
        row.band,
        row.hold_seconds,
        row.hold_up_to,
        row.effort,
        row.effort_from,
        row.may_be_left_out,
        row.no_minimum,
        row.note,
        row.in_all,
    )


def _group_text(group: Sequence[SetRow], dose: Dose, implement: Implement, *, mixed: bool, side: str) -> str:
    """Sets of one load, band and effort; where efforts are mixed, with theirs."""
    text = _counts_text(group, dose.kind) + side
    if group[0].formula:
        text += f" at {group[0].formula}"
        text += f" (forecast {load_text(group[0].load, implement=implement)})" if group[0].load is not None else ""
    elif group[0].load is not None:
        text += f" at {load_text(group[0].load, implement=implement, forecast=dose.load_is_forecast)}"
    if group[0].band:
        text += f" with a {band_text(group[0].band)}"
    text += ", in as many sets as it takes" if group[0].in_all else ""
    effort = effort_text(group[0], reserve=False) if mixed else ""
    effort = "" if effort in (group[0].formula or "") else effort
    remarks = [remark for remark in (effort, group[0].note) if remark]
    return text + (f" ({'; '.join(remarks)})" if remarks else "")


# -------------------------------------------------------------------- rests
def _rests_text(dose: Dose) -> str:
    """``rest 90 s``, ``rest 2 min, then 3 min``; where not all are said, ``rest 3 min after set 2``."""
    said = _rests_of(dose)
    parts = zip(_parts(dose.working_sets), _rests_in_turn(dose), strict=True)
    told = [bool(rests) for (block, times), rests in parts for _ in range(len(block) * times)]
    if any(told):
        left = iter(told)
        said = [(None if not warm_up and next(left) else rest, warm_up) for rest, warm_up in said]
    elif all(rest is not None for rest, warm_up in said if not warm_up):
        # behind the warm-up it is as needed where nothing is said
        said = [(rest, warm_up) for rest, warm_up in said if rest is not None]
    if any(rest is None for rest, _ in said):
        return ", ".join(_rests_by_set(said, dose))
    every = [rest_text(*rest) for rest, _ in said if rest is not None]
    rests = [rest for rest, _ in groupby(every)]
    turn = next((every[:n] for n in range(2, len(every) // 2 + 1) if all(map(eq, every, every[n:]))), [])
    if rests in ([], ["none"]):
        return "no rest" if rests else ""
    return f"rest {', '.join(turn)} in turn" if len(rests) > 1 and turn else f"rest {', then '.join(rests)}"


def _rests_by_set(said: Sequence[tuple[_Rest | None, bool]], dose: Dose) -> Iterator[str]:
    """``rest 3 min after set 2``, ``no rest after sets 3-4``: only those that are said, working sets by number."""
    found: dict[tuple[bool, str], list[int]] = {}
    in_all = [row.in_all for row in dose.sets for _ in range(row.most_sets)]
    totals = [rest for (rest, _), total in zip(said, in_all, strict=False) if total and rest is not None]
    apart = [(*one, total) for one, total in zip(said, in_all, strict=False)]
    for warm_up in (True, False):
        for n, (rest, _, total) in enumerate([one for one in apart if one[1] == warm_up], 1):
            if rest is not None and not total:
                found.setdefault((warm_up, _rest_words(rest)), []).append(n)
    yield from dict.fromkeys(f"{_rest_words(rest)} between the sets of the total" for rest in totals)
    for (warm_up, words), numbers in found.items():
        sets = f"{'warm-up ' if warm_up else ''}{'sets' if len(numbers) > 1 else 'set'} {spans_text(numbers)}"
        yield f"{words} after {sets}"


def _rest_words(rest: _Rest) -> str:
    return f"rest {rest_text(*rest)}" if max(rest) else "no rest"


def _rests_of(dose: Dose) -> list[tuple[_Rest | None, bool]]:
    """The rests between sets, None where nothing is said, and whether each is behind a warm-up set."""
    warm_up = [row.warm_up for row in dose.sets for _ in range(row.most_sets)]
    return list(zip(dose.rests_said, warm_up, strict=False))


def _rests_in_turn(dose: Dose) -> list[list[_Rest | None]]:
    """For each part of the working sets the rests behind the sets of one turn; none where all rest alike in it."""
    parts = _parts(dose.working_sets)
    if any(row.most_sets > 1 for row in dose.working_sets):
        return [[] for _ in parts]
    mine = [rest for rest, warm_up in _rests_of(dose) if not warm_up]
    found: list[list[_Rest | None]] = []
    for block, times in parts:
        here, mine = mine[: len(block) * times], mine[len(block) * times :]
        periodic = times > 1 and all(map(eq, here, here[len(block) :]))
        found.append(here[: len(block)] if periodic and len(set(here)) > 1 else [])
    return found


def _counts_text(rows: Sequence[SetRow], kind: DoseKind) -> str:
    """``3 × 8``, ``3-5 × 8``, ``8-8-6 repetitions``, ``6-4-2 holds of 10 s``, ``3 × 30 s`` or ``20 min``."""
    more = sum(row.more or 0 for row in rows)
    times = f"{len(rows)}-{len(rows) + more}" if more else str(len(rows))
    if rows[0].may_be_left_out:
        times = f"0-{len(rows) + more}"
    if kind is DoseKind.TIME:
        return _several([_open_text(row, span_text(row.seconds or 0, row.up_to), "long") for row in rows], times)
    if kind is DoseKind.DISTANCE:
        far = [distance_text(row.metres or 0, row.up_to, far_in=row.far_in) for row in rows]
        return _several([_open_text(row, text, "far") for row, text in zip(rows, far, strict=True)], times)
    counts = [_repetitions(row) for row in rows]
    if rows[0].in_all:
        return f"{counts[0]} {'repetition' if counts[0] == '1' else 'repetitions'} in all"
    held = rows[0].hold_seconds if kind is DoseKind.HOLD else None
    hold = f" of {span_text(held, rows[0].hold_up_to)}" if held else ""
    if rows[0].hold_open:
        hold = ", each as long as possible" if rows[0].no_minimum else f"{hold} or longer"
    if len(set(counts)) > 1 and not rows[0].hold_open and any(row.no_minimum for row in rows):
        return ", ".join(counts)
    if len(set(counts)) > 1:
        return ("-" if all(count.isdigit() for count in counts) else ", ").join(counts) + (
            f" holds{hold}" if hold else " repetitions"
        )
    noun = f" {'hold' if counts[0] == '1' else 'holds'}{hold}" if hold else ""
    if times != "1":
        return f"{times} × {counts[0]}{noun}"
    if noun:
        return f"{counts[0]}{noun}"
    if rows[0].no_minimum and not rows[0].hold_open:
        return counts[0]
    if rows[0].load is not None:
        return f"1 × {counts[0]}"
    return f"{counts[0]} {'repetition' if counts[0] == '1' else 'repetitions'}"


def _repetitions(row: SetRow) -> str:
    """``8``, ``8-12``, ``5+`` or ``as many as possible``."""
    if row.no_minimum and not row.hold_open:
        return "as many as possible"
    if row.as_many:
        return f"{row.repetitions}+"
    return f"{row.repetitions or 0}" if row.up_to is None else f"{row.repetitions}-{row.up_to}"


def _open_text(row: SetRow, text: str, how: Literal["long", "far"]) -> str:
    """``30 s``; of an open set ``30 s or longer``, ``20 m or further`` or ``as long as possible``."""
    if row.no_minimum:
        return f"as {how} as possible"
    return f"{text} or {'longer' if how == 'long' else 'further'}" if row.as_many else text


def _several(texts: Iterable[str], times: str) -> str:
    """``20 m``, ``3 × 20 m``, ``3-5 × 20 m`` or ``20 m, 30 m, 30 m``."""
    found = list(texts)
    if len(set(found)) > 1:
        return ", ".join(found)
    return found[0] if times == "1" else f"{times} × {found[0]}"


def _intervals_text(row: SetRow, exercise: str) -> str:
    """``4 rounds: 3 min walk, 1 min sit``."""
    words = exercise.lower().split("_")
    found = {_WORK_WORDS[word] for word in words if word in _WORK_WORDS}
    work = next((word for word in ("run", "walk", "ride", "row") if word in found), "work")
    rest = "sit" if any(word.startswith("sit") for word in words) else "walk" if work == "run" else "rest"
    rounds, pause = row.rounds or 1, row.rest_seconds or 0
    one = f"{duration_text(row.work_seconds or 0)} {work}"
    if pause:
        one += f", {duration_text(pause)} {rest}"
    if rounds == 1:
        return one
    return f"{rounds} rounds: {one}" if pause else f"{rounds} × {one}"


def _parameter(programme: Programme, rule: str, name: str) -> float:
    for record in programme.rules:
        if record.id == rule and name in record.parameters:
            return record.parameters[name]
    return _DEFAULTS[rule, name]
