"""C1, C2, P1-P3: how the response to a session is judged, and what may follow it.

They shape the printed instructions, the gates and the fallbacks; once there is a log they decide
what a later revision may ask (``check``, and ``planner.revise.state``, written apart from it).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import IntEnum
from functools import partial

from planner.domain.case import Case
from planner.domain.exercise import SECTION_OF, Section
from planner.domain.log import Account, LoggedItem, Response
from planner.domain.programme import Item, Programme, Session, SessionKind
from planner.rules.base import D, Force, K, Parameter, Rule, Scope, Violation, value
from planner.rules.limits import Forbid, Limit
from planner.rules.neural import nerve_found, of_one_side, other_leg
from planner.rules.overload import O1, met, too_hard
from planner.rules.reading import (
    Line,
    asks_of,
    goes_on,
    heavier,
    lines,
    lived_lines,
    lowest,
    lowest_after,
    rung_of,
)

C1 = Rule(
    id="C1",
    title="Symptoms that travel down",
    statement=(
        "Symptoms further down the leg than before and still so 30 minutes later: stop that item and leave its "
        "direction out; twice in a row: contact within 48 hours. Tolerated walking goes on. In the session after it, "
        "or after a flare-up, no line of work begins, and each is asked for no more than it was last done."
    ),
    force=Force.INSTRUCTION,
    scope=Scope.SESSION,
    source="source page, point 6; MDT [K]",
    mark=K,
    parameters=(Parameter("minutes", 30, 15, 60, "minutes after which it counts as lasting"),),
)
C2 = Rule(
    id="C2",
    title="Symptoms that retreat",
    statement="Back pain may rise while leg symptoms retreat: go on.",
    force=Force.INSTRUCTION,
    scope=Scope.SESSION,
    source="MDT",
    mark=K,
)
P1 = Rule(
    id="P1",
    title="Traffic light during a session",
    statement=(
        "Pain is compared with the value before the session: green up to +1, amber +2, red +3 or above 7 of 10. "
        "Amber repeats the step, red goes one step down."
    ),
    force=Force.INSTRUCTION,
    scope=Scope.SESSION,
    source="Thomee 1997; Silbernagel 2007, AJSM 35:897 [K]; Smith 2017, BJSM 51:1679 [F]; deltas are defaults",
    mark=D,
    parameters=(
        Parameter("green", 1, 0, 2, "points above the value before, green"),
        Parameter("amber", 2, 1, 3, "points above the value before, amber"),
        Parameter("ceiling", 7, 4, 8, "pain above which it is red in any case"),
    ),
)
P2 = Rule(
    id="P2",
    title="Next morning",
    statement=(
        "Afterwards at most 5 of 10, back to the usual level by next morning, weekly mean not rising; else repeat "
        "or step down."
    ),
    force=Force.INSTRUCTION,
    scope=Scope.SESSION,
    source="Silbernagel 2007, AJSM 35:897",
    mark=K,
    parameters=(Parameter("after", 5, 2, 6, "highest pain afterwards"),),
)
P3 = Rule(
    id="P3",
    title="Legs are judged by spread",
    statement="With nerve-root findings leg symptoms are judged by how far they spread and how long, not by the back.",
    force=Force.HARD,
    scope=Scope.PROGRAMME,
    source="clinical practice",
    mark=D,
)
RULES = (C1, C2, P1, P2, P3)


class Light(IntEnum):
    """The traffic light of rule P1."""

    GREEN = 0
    AMBER = 1
    RED = 2


def peripheralised(response: Response, item: LoggedItem | None = None) -> bool:
    """Whether symptoms went further down and were still there half an hour later (rule C1)."""
    if item is not None and item.peripheralised is not None:
        return item.peripheralised
    before, later = response.site_before, response.site_after_30_minutes
    return before is not None and later is not None and later.site.rank > before.site.rank


def retreated(response: Response) -> bool:
    """Whether symptoms ended less far down than they began (rule C2)."""
    before, after = response.site_before, response.site_after_30_minutes or response.site_after
    return before is not None and after is not None and after.site.rank < before.site.rank


def settled(case: Case, response: Response) -> bool:
    """Whether pain was bearable afterwards and the morning after was as usual (rule P2).

    Symptoms that went further down have settled only where somebody says that they came back (rule C1).
    """
    usual = response.usual_morning if response.usual_morning is not None else response.pain_before
    morning = response.pain_next_morning
    if response.pain_after is not None and response.pain_after > value(case, P2, "after"):
        return False
    before, after = response.site_before, response.site_after
    if before is not None and after is not None and after.site.rank > before.site.rank:
        later = response.site_after_30_minutes
        if later is None or later.site.rank > before.site.rank:
            return False  # further down, and nobody has said that it came back
    return morning is None or usual is None or morning <= usual


def pain_of(account: Account, exercise: str, part: str = "") -> tuple[int | None, bool]:
    """Pain during an exercise, 0-10, and whether it was told of it.

    Else it is that of the session, unless an exercise with as much pain of its own explains that.
    """
    found = account.item(exercise, part)
    if found is not None and found.pain_during is not None:
        return found.pain_during, True
    during = account.response.pain_during
    named = max((item.pain_during for item in account.items if item.pain_during is not None), default=-1)
    return (None if during is not None and named >= during else during), False


def pain_light(limit: Callable[[str], float], during: int | None, before: int | None) -> Light:
    """The light of pain during something, 0-10, beside the pain before it; green where nobody says (rule P1).

    ``limit`` gives the parameters of the rule by name.
    """
    if during is None:
        return Light.GREEN
    rise = 0 if before is None else during - before
    if rise > limit("amber") or during > limit("ceiling"):
        return Light.RED
    return Light.AMBER if rise > limit("green") else Light.GREEN


def pain_limits(case: Case) -> Callable[[str], float]:
    """The parameters of rule P1 by name, as they are in force for a case."""
    return partial(value, case, P1)


def light(case: Case, session: Session, item: Item) -> Light | None:
    """The light of an item of a session that was held; None when it was not done.

    What is said of the item counts before what is said of the session; pain of the session as a whole is
    laid to what loads, moves or braces the spine.  Without a word on pain it was as planned.
    """
    account = session.account
    if account is None or not account.did(item.exercise, item.part):
        return None
    found = account.item(item.exercise, item.part)
    response = account.response
    if found is not None and found.peripheralised:
        return Light.RED
    during, own = pain_of(account, item.exercise, item.part)
    spinal = _spinal(case, item)
    if not own and not spinal:
        return Light.GREEN
    return _response_light(case, response, during, settles=spinal)


def _spinal(case: Case, item: Item) -> bool:
    """Whether an item loads, moves or braces the spine."""
    burden = asks_of(case, item)
    trunk = SECTION_OF[item.track] is Section.TRUNK
    return trunk or burden is None or burden.loads_spine or max(burden.motion.values()) >= 1


def answers_for(case: Case, account: Account, item: Item) -> bool:
    """Whether an item that was done answers for the pain that was told: its own, or that of the session."""
    return pain_of(account, item.exercise, item.part)[1] or _spinal(case, item)


def whole_light(case: Case, response: Response) -> Light:
    """The light of a session no line of which answers for it, by how it went on the whole (rules P1, P2).

    Symptoms that stayed further down make it red (rule C1).
    """
    if peripheralised(response):
        return Light.RED
    return _response_light(case, response, response.pain_during, settles=True)


def _response_light(case: Case, response: Response, during: int | None, *, settles: bool) -> Light:
    """The light of pain during something; with ``settles`` one more where it had not settled by the next morning."""
    found = pain_light(pain_limits(case), during, response.pain_before)
    legs = nerve_found(case) is not None
    if legs and retreated(response) and (during is None or during <= value(case, P1, "ceiling")):
        # the back may hurt more while the leg gets better (rules C2, P3)
        return Light.GREEN
    return Light(min(Light.RED, found + 1)) if settles and not settled(case, response) else found


def limits(case: Case) -> Iterator[Limit]:
    """What the response has closed stays out."""
    if case.course is None:
        return
    # of a week that has begun too: what is left of it
    begun = case.week_of(case.course.planned_from)
    weeks = frozenset(range(max(1, begun), case.weeks + 1))
    for rule, because in (("C1", "log: symptoms that travelled down"), ("N1", "log: symptoms of the other leg")):
        halts = (h for h in case.course.halts if h.rule == rule and h.until is None)
        if closed := frozenset(h.exercise for h in halts if h.exercise is not None):
            yield Forbid(rule=rule, because=because, exercises=closed, weeks=weeks)


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """What comes next is what the response allows."""
    if programme.planned_from is None:
        return
    yield from _halts(programme)
    yield from _other_leg(case, programme)
    yield from _next(case, programme)
    yield from _new_too_soon(programme)
    if programme.frozen:
        for session in programme.live:
            if session.start.date() >= programme.planned_from and session.account is None:
                yield Violation("T1", f"week {session.week}, {session.slot}", "stands although the plan is frozen")


def _halts(programme: Programme) -> Iterator[Violation]:
    """An item after which symptoms stayed further down is halted, and does not come back by itself."""
    for session in programme.sessions:
        if session.account is None:
            continue
        for found in session.account.items:
            if found.peripheralised and not any(
                h.exercise == found.exercise and h.since >= session.start.date() for h in programme.halts
            ):
                where = f"week {session.week}, {session.slot}, {found.exercise}"
                yield Violation("C1", f"halts, {where}", "symptoms travelled down, and nothing was halted")
    for line in lines(programme):
        for halt in programme.halts:
            if halt.exercise != line.item.exercise or line.session.account is not None:
                continue
            date = line.session.start.date()
            if date > halt.since and (halt.until is None or date < halt.until):
                yield Violation(halt.rule, line.where, "halted by the response and not allowed again")


def _other_leg(case: Case, programme: Programme) -> Iterator[Violation]:
    """Symptoms of the other leg than was examined stop what has its side, until somebody has looked (rule N1)."""
    told = (s for s in programme.sessions if s.account is not None and other_leg(case, s.account.response))
    first = min(told, key=lambda s: s.start, default=None)
    if first is None:
        return
    since = first.start.date()
    stopped = {halt.exercise for halt in programme.halts if halt.rule == "N1" and halt.since >= since}
    for line in lines(programme):
        ahead = line.session.account is None and line.session.start.date() > since
        if ahead and line.item.exercise not in stopped and of_one_side(case, case.exercises.get(line.item.exercise)):
            yield Violation("N1", line.where, f"has a side, though {first.slot} told of the other leg, and goes on")


def _new_too_soon(programme: Programme) -> Iterator[Violation]:
    """After symptoms that travelled, or a flare-up, no line of work begins at once, or asks for more (rule C1)."""
    training = sorted((s for s in programme.live if s.kind is SessionKind.TRAINING), key=lambda s: s.start)
    held = [s for s in training if s.account is not None]
    ahead = [s for s in training if s.account is None]
    if not held or not ahead or held[-1].account is None:
        return
    day = held[-1].start.date()
    account = held[-1].account
    travelled = peripheralised(account.response) or any(one.peripheralised for one in account.items)
    if not travelled and not any(flare >= day for flare in _flare_ups(programme)):
        return
    before: dict[str, Line] = {}
    seen: set[str] = set()
    for line in lived_lines(programme, SessionKind.TRAINING):
        key = line.item.ladder
        if line.session.account is not None:
            before[key] = line
            continue
        if not key or key in seen or line.item.pinned:
            continue
        seen.add(key)
        if key not in before:
            if line.session is ahead[0]:
                words = f"begins right after {held[-1].slot}, where symptoms had to settle first"
                yield Violation("C1", line.where, words)
        elif goes_on(programme, before[key].item, line.item):
            yield Violation("C1", line.where, f"more than in {before[key].session.slot}, before symptoms had to settle")


def _flare_ups(programme: Programme) -> Iterator[dt.date]:
    """Days of flare-ups, told of a session or of none."""
    yield from (s.start.date() for s in programme.sessions if s.account is not None and s.account.flare)
    yield from (d.on for d in programme.decisions if d.rule == P2.id and d.about == "programme")


def _next(case: Case, programme: Programme) -> Iterator[Violation]:
    """The first dose after an amber, a red or an unmet session is no more, or less."""
    last: dict[str, Line] = {}
    ambers: dict[str, int] = {}
    hard: dict[str, int] = {}  # sessions in a row that were clearly harder than meant
    most = value(case, O1, "too_hard_in_a_row")
    records = {record.key: record for record in programme.ladders}
    for line in lived_lines(programme, SessionKind.TRAINING):
        key = line.item.ladder
        if not key:
            continue
        if line.session.account is not None:
            found = light(case, line.session, line.item)
            ambers[key] = ambers.get(key, 0) + 1 if found is Light.AMBER else 0
            told = line.session.account.item(line.item.exercise)
            hard[key] = hard.get(key, 0) + 1 if too_hard(case, told, line.item) else 0
            last[key] = line
            continue
        before = last.pop(key, None)
        if before is None:
            continue
        low = lowest_after(programme, before.item, line.item)
        if before.item.rung is None and key in records:  # what stood in for a gate that stayed shut names none
            rung = rung_of(records[key], before.item)
            before = replace(before, item=before.item.model_copy(update={"rung": rung}))
        found = light(case, before.session, before.item)
        allowed = found is Light.GREEN and met(case, before.session, before.item)
        allowed = allowed or (found is Light.AMBER and ambers[key] >= 2 and before.session.account is not None)
        if found is Light.RED and not before.item.deload and _same_or_more(programme, line, before):
            rule = "P1"
            yield Violation(rule, line.where, f"as much as in {before.session.slot}, which was red")
        elif hard[key] >= most and not before.item.deload and _same_or_more(programme, line, before):
            yield Violation("O1", line.where, f"as much as in {before.session.slot}, which was too hard again")
        elif not allowed and found is not None and _more(line, before) and not low:
            yield Violation("P1", line.where, f"more than in {before.session.slot}, which is to be repeated")


def _more(line: Line, before: Line) -> bool:
    one, two = before.item, line.item
    if one.deload or one.exercise != two.exercise:
        return not one.deload and one.rung is not None and two.rung is not None and two.rung > one.rung
    return heavier(two.dose, one.dose)


def _same_or_more(programme: Programme, line: Line, before: Line) -> bool:
    one, two = before.item, line.item
    if one.rung == 0 and lowest(programme, two):
        return False
    if one.exercise != two.exercise:
        return one.rung is not None and two.rung is not None and two.rung >= one.rung
    if heavier(two.dose, one.dose):
        return True
    # one step down may hold as many repetitions in fewer sets
    below = one.rung is not None and two.rung is not None and two.rung < one.rung
    return not below and not heavier(one.dose, two.dose)
