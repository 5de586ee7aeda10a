"""The next revision of a published programme: its log becomes outcomes, and its protocol says the rest.

A protocol runs on session ordinals.  A session that was held counts with what was told of it.  One that
was missed comes on the next training day, and everything behind it moves along.  When sessions behind a
missed one have been held already, as they were shown, it is passed over instead: what it held stays as
it was until it comes round again, and its turn is over where a later turn of the same scheme was held.
A session with symptoms never leads up; where a protocol goes by its weeks and has no word on symptoms, what
hurt is done again, alone or with its session (with its week, where days are kept).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from planner.domain import notation
from planner.domain.dose import Dose, Load
from planner.domain.exercise import Track
from planner.domain.log import Account, Attendance, Log, LogEntry, LoggedSet
from planner.domain.programme import Change, Decision, Item, Programme, Session, Status
from planner.domain.protocol import Build, Outcome, PainTold, Protocol
from planner.errors import InvalidInput
from planner.export.text import date_text
from planner.intake.validate import did_you_mean
from planner.progression.protocol import OwnedLoads, PlannedItem, PlannedSession, PlannedSet, Step, told_sets
from planner.progression.protocol_words import percent_words, rule_words
from planner.protocols import UNCOMPARED, UNCOMPARED_SYMPTOMS, Placed, forecast, make, owned_loads, place, resolved
from planner.revise.carry import carried
from planner.revise.replan import stamp_of
from planner.revise.state import stopped
from planner.rules.base import Rule
from planner.rules.response import P1, P2, Light, light, pain_light, pain_limits, pain_of, peripheralised
from planner.store import ProtocolInputs

#: Answers of a session that the interpreter asks for by this name.
SYMPTOMS: Final = "symptoms"
_YES: Final = ("yes", "y", "true", "1")
#: A load this close to the planned one, as a share of it, is the planned one in the other unit. [D]
_SAME_LOAD: Final = 0.01
_KG_OF_LB: Final = 0.45359237
#: Largest value that an answer may give.
_MOST_VALUE: Final = 10_000
#: The same of a time in seconds or a distance in metres.
_MOST_MEASURE: Final = 1_000_000
#: Rounds until positions and outcomes agree; a protocol with days off that depend on its state needs a few.
_MOST_ROUNDS: Final = 20


@dataclass(frozen=True)
class Revised:
    """The next revision, what it was made from, and sessions behind it of which nobody told anything."""

    programme: Programme
    inputs: ProtocolInputs
    untold: tuple[Session, ...] = ()


def revised(old: Programme, inputs: ProtocolInputs, log: Log, today: dt.date) -> Revised:
    """The next revision of a programme that was made from a protocol, from its log.

    Raises
    ------
    InvalidInput
        When an answer in the log names a value that the protocol does not have.
    NoProgramme
        When the patient's findings do not allow what comes next.
    """
    day = max(today, old.starts)
    past = _Past(old, inputs, log, day)
    build = _built(past)
    made = make(inputs.protocol, build, inputs.exercises, inputs.case)
    motor = () if inputs.case is None else inputs.case.patient.findings.neurology.motor
    frozen, stops = stopped(log, motor, old.timezone)
    placed = {one.slot: one for one in place(inputs.protocol, build, forecast(inputs.protocol, build).sessions)}
    rebuilt = {session.slot: session for session in made.sessions}
    lived = [past.lived(session, rebuilt.get(session.slot)) for session in old.sessions if past.behind(session)]
    slots = {session.slot for session in lived}
    ahead = [session for session in made.sessions if session.slot not in slots and session.start.date() >= day]
    if frozen:
        ahead = [session.model_copy(update={"status": Status.CANCELLED}) for session in old.sessions]
        ahead = [session for session in ahead if session.slot not in slots]
    decisions = sorted([*stops, *_decisions(past, build, placed)], key=lambda one: one.on)
    programme = made.model_copy(
        update={
            "sessions": tuple(sorted((*lived, *ahead), key=lambda one: (one.start, one.slot))),
            "planned_from": day,
            "frozen": frozen,
            "decisions": tuple(decisions),
            "approval": old.approval,
            "changes": tuple(
                _reasons(old, ahead, decisions, moved=_moved(inputs, build), found=_tested(build, placed))
            ),
        }
    )
    programme = carried(old, programme, stamp=stamp_of(day, old.revision + 1))
    return Revised(programme, replace(inputs, build=build), past.untold)


# -------------------------------------------------------------------- what has been
class _Past:
    """What became of every session, by the log."""

    def __init__(self, old: Programme, inputs: ProtocolInputs, log: Log, today: dt.date) -> None:
        self.old, self.inputs, self.log, self.today = old, inputs, log, today
        self.accounts = {slot: one for slot, one in log.accounts().items() if one.done is not None}
        self.answers = _answers(log)
        self.held = {slot for slot, one in self.accounts.items() if one.done is not Attendance.MISSED}
        known = [s for s in old.sessions if s.status is not Status.CANCELLED or s.slot in self.held]
        known = [s for s in known if not s.optional or s.slot in self.held]
        self.untold = tuple(s for s in known if s.start.date() < today and s.slot not in self.accounts)
        #: sessions as they were shown
        self._shown = place(inputs.protocol, inputs.build, forecast(inputs.protocol, inputs.build).sessions)
        #: what does not come another time by itself, by slot
        self._once = {
            one.slot: {(item.exercise, item.part) for item in one.session.items if item.once} for one in self._shown
        }
        again = {s.slot for s in old.sessions if s.slot in self.held and self._comes_again(s)}
        self.passed = {s.slot for s in known if s.slot in self.held or s in self.untold} - again
        #: sessions that were not done, or are to be done again
        stopped = {s.slot for s in old.sessions if s.status is Status.CANCELLED and s.start.date() < today}
        self.lost = {slot for slot, one in self.accounts.items() if one.done is Attendance.MISSED} | again
        self.lost |= stopped - self.held
        self.lost -= {s.slot for s in old.sessions if s.optional} - self.held
        last = max((s.start for s in old.sessions if s.slot in self.passed), default=dt.datetime.min)
        behind = {s.slot for s in old.sessions if s.start < last}
        kept = {slot for slot in inputs.build.missed if slot in behind}
        #: what comes next time, and what is passed over: later sessions were held as shown, or the protocol skips it
        skipped = self.lost if inputs.protocol.missed == "skipped" else self.lost & behind
        self.over = skipped - kept - again
        self.missed = tuple(sorted((self.lost - behind - self.over) | kept))

    def behind(self, session: Session) -> bool:
        """Whether a session is past: by its day, or because it was told of."""
        return session.start.date() < self.today or session.slot in self.accounts

    def lived(self, was: Session, rebuilt: Session | None) -> Session:
        """A session as it was shown, with what became of it and the loads that it decided itself."""
        account = self.accounts.get(was.slot)
        if account is None:
            return was
        items = was.items
        if rebuilt is not None and account.done is not Attendance.MISSED and len(items) == len(rebuilt.items):
            items = tuple(resolved(one, other) for one, other in zip(items, rebuilt.items, strict=True))
        status = Status.MISSED if account.done is Attendance.MISSED else Status.DONE
        return was.model_copy(update={"status": status, "account": account, "items": items})

    def turn_over(self, slot: str, item: PlannedItem) -> bool:
        """Whether a later turn of what was left out was held, as it was shown; not where what was left out came again.

        Rows by ``turns`` would give the session again that was just done.
        """
        found = [
            (one.slot, other)
            for one in self._shown
            for other in one.session.items
            if (other.line, other.scheme) == (item.line, item.scheme)
        ]
        here = next((n for n, (at, _) in enumerate(found) if at == slot), len(found))
        mine, later = found[here:][:1], [one for one in found[here:] if one[0] != slot]
        if not later or any((one.stage, one.turn) == (later[0][1].stage, later[0][1].turn) for _, one in mine):
            return False
        return any(
            at in self.passed and (at not in self.accounts or self.accounts[at].did(other.exercise, other.part))
            for at, other in later
        )

    def shade(
        self, session: Session, exercise: str, part: str = "", *, limited: frozenset[PainTold] = frozenset()
    ) -> Light:
        """The traffic light of an exercise, or a part of it; symptoms that are told in so many words are amber.

        What is told of one exercise is laid to that one, what is told of the session to all.  Where the file has
        limits of its own (``limited``), that pain is left to its rules, up to the most that rule P1 bears in any case.
        """
        told_of = self.accounts[session.slot]
        account = _apart_from(told_of, limited)
        found = account.item(exercise, part)
        if peripheralised(account.response, found) or account.flare:
            return Light.RED
        told = self.answers.get(session.slot, {}).get(SYMPTOMS, "").lower() in _YES
        case = self.inputs.case
        item = _item_of(session, exercise, part)
        if case is not None and item is not None:
            shade = light(case, session.model_copy(update={"account": account}), item) or Light.GREEN
        else:
            shade = _light(account, exercise, part)
        if "pain" in limited:
            ceiling = (partial(_usual, P1) if case is None else pain_limits(case))("ceiling")
            worst = max(pain_of(told_of, exercise, part)[0] or 0, told_of.response.pain_after or 0)
            shade = Light.RED if worst > ceiling else shade
        told = told or self._uncompared(session, exercise, part, limited) >= UNCOMPARED_SYMPTOMS
        return max(shade, Light.AMBER) if told else shade

    def doubtful(
        self, session: Session, exercise: str, part: str = "", *, limited: frozenset[PainTold] = frozenset()
    ) -> bool:
        """Whether it hurt, and nobody said how much it had hurt before: more is asked of it only once that is known."""
        return self._uncompared(session, exercise, part, limited) > UNCOMPARED

    def _uncompared(self, session: Session, exercise: str, part: str, limited: frozenset[PainTold]) -> int:
        """Pain during an exercise, or above what rule P2 bears the next morning, that has no value to compare with.

        0 where there is none, or where pain of the session is not laid to the exercise (rule P1).
        """
        account = _apart_from(self.accounts[session.slot], limited)
        response = account.response
        if response.pain_before is not None:
            return 0
        during, own = pain_of(account, exercise, part)
        morning = response.pain_next_morning if response.usual_morning is None else None
        late = morning if morning is not None and morning > _usual(P2, "after") else 0
        item = _item_of(session, exercise, part)
        if self.inputs.case is not None and item is not None and not own:
            # the light as it would be if it had not hurt before
            none = account.model_copy(update={"response": response.model_copy(update={"pain_before": 0})})
            if not light(self.inputs.case, session.model_copy(update={"account": none}), item):
                return 0
        return max(during or 0, late)

    def _comes_again(self, session: Session) -> bool:
        """Whether the whole session does: what hurt alone is repeated alone, by the interpreter, if it comes again."""
        if not self.inputs.protocol.goes_by_weeks or self.inputs.protocol.missed == "skipped":
            return False
        sore = [
            (i.exercise, i.part)
            for i in session.items
            if self.shade(session, i.exercise, i.part) > Light.GREEN or self.doubtful(session, i.exercise, i.part)
        ]
        once = self._once.get(session.slot, ())
        return len(sore) == len(session.items) or any(one in once for one in sore)


def _apart_from(account: Account, limited: frozenset[PainTold]) -> Account:
    """What was told of a session without the pain that a file limits itself."""
    if not limited:
        return account
    names = {"pain": ("pain_during", "pain_after"), "morning": ("pain_next_morning",)}
    none = {name: None for one in limited for name in names[one]}
    items = account.items
    if "pain" in limited:
        items = tuple(item.model_copy(update={"pain_during": None}) for item in items)
    return account.model_copy(update={"response": account.response.model_copy(update=none), "items": items})


def _answers(log: Log) -> dict[str, dict[str, str]]:
    """Answers by session; later ones win."""
    out: dict[str, dict[str, str]] = {}
    for entry in log.standing():
        if entry.slot is not None:
            out.setdefault(entry.slot, {}).update(entry.answers)
    return out


def _item_of(session: Session, exercise: str, part: str) -> Item | None:
    """The item of an exercise in a session: its part, else the first of it."""
    mine = [one for one in session.items if one.exercise == exercise]
    return next((one for one in mine if one.part == part), mine[0] if mine else None)


def _light(account: Account, exercise: str, part: str) -> Light:
    """The traffic light of rules P1 and P2, for nobody's findings in particular."""
    response, (during, _) = account.response, pain_of(account, exercise, part)
    before = response.pain_before
    shade = pain_light(partial(_usual, P1), during, before)
    usual = response.usual_morning if response.usual_morning is not None else before
    morning = response.pain_next_morning
    late = response.pain_after is not None and response.pain_after > _usual(P2, "after")
    if late or (morning is not None and usual is not None and morning > usual):
        return Light(min(Light.RED, shade + 1))
    return shade


def _usual(rule: Rule, name: str) -> float:
    return next(parameter.default for parameter in rule.parameters if parameter.name == name)


# -------------------------------------------------------------------- outcomes
def _built(past: _Past) -> Build:
    """The build with what the log tells: outcomes by session and line, and the days that were missed."""
    protocol = past.inputs.protocol
    build = past.inputs.build.model_copy(update={"logged": (), "missed": past.missed})
    for _ in range(_MOST_ROUNDS):
        placed = place(protocol, build, forecast(protocol, build).sessions)
        logged = tuple(outcome for one in placed for outcome in _outcomes(past, one, owned_loads(build)))
        if logged == build.logged:
            break
        build = build.model_copy(update={"logged": logged})
    return build


def _outcomes(past: _Past, placed: Placed, owned: OwnedLoads) -> Iterator[Outcome]:
    session, protocol = placed.session, past.inputs.protocol
    if placed.slot in past.over:
        for line in dict.fromkeys(item.line for item in session.items):
            mine = [item for item in session.items if item.line == line]
            yield _left_out(past, placed.slot, Outcome(session=session.ordinal, exercise=line), mine)
        return
    was = next((one for one in past.old.sessions if one.slot == placed.slot), None)
    if was is None or placed.slot not in past.held:
        return
    account = past.accounts[placed.slot]
    values = _values(past, placed.slot)
    chunks = dict(_shared(session, account))
    for line in dict.fromkeys(item.line for item in session.items):
        items = [(n, item) for n, item in enumerate(session.items) if item.line == line]
        # told of part by part, each part has an outcome of its own
        apart = len(items) > 1 and any(found.part == item.part for found in account.items for _, item in items)
        for group in [[one] for one in items] if apart else [items]:
            head = Outcome(
                session=session.ordinal,
                exercise=line,
                part=group[0][1].part if apart else "",
                values=values.get(line, {}),
            )
            if not any(account.did(item.exercise, item.part) for _, item in group):
                yield _left_out(past, placed.slot, head, [item for _, item in group])
                continue
            sets = [one for _, item in group for one in item.sets]
            told = _best_of(sets, [row for n, _ in group for row in chunks.get(n, ())])
            rows = _by_load([item for _, item in group], told, partly=account.done is Attendance.PARTLY)
            if not rows:
                rows = [row for n, item in group for row in _rows(item, chunks.get(n, ()), told=len(group) > 1)]
                rows = _best_of(sets, rows)
            efforts = [row.effort for row in rows if row.effort is not None]
            own = {item.scheme: protocol.limits_pain(item.scheme) for _, item in group}
            limited = protocol.phases_limit_pain.union(*own.values())
            shade, doubtful = _felt(past, was, group, own)
            found = {
                "repetitions": tuple(_repetitions(sets, rows)),
                "seconds": tuple(_seconds(sets, rows)),
                "metres": tuple(_metres(sets, rows)),
                "loads": tuple(_loads(sets, rows, owned)),
                "rpe": max(efforts, default=None),
                "symptoms": shade > Light.GREEN,
                "red": shade is Light.RED,
                "doubtful": doubtful,
                "symptoms_from": _from_pain(past, was, group, own) if shade or doubtful else (),
                "pain": _worst(account, [item for _, item in group]) if "pain" in limited else None,
                "morning": account.response.pain_next_morning if "morning" in limited else None,
            }
            yield head.model_copy(update=found)


def _felt(
    past: _Past,
    was: Session,
    group: Sequence[tuple[int, PlannedItem]],
    limits: Mapping[str, frozenset[PainTold]],
) -> tuple[Light, bool]:
    """The worst light of a line in a session, and whether it is in doubt; by scheme what the file limits itself."""
    shade = max(past.shade(was, item.exercise, item.part, limited=limits[item.scheme]) for _, item in group)
    return shade, shade is Light.GREEN and any(
        past.doubtful(was, item.exercise, item.part, limited=limits[item.scheme]) for _, item in group
    )


def _from_pain(
    past: _Past,
    was: Session,
    group: Sequence[tuple[int, PlannedItem]],
    own: Mapping[str, frozenset[PainTold]],
) -> tuple[PainTold, ...]:
    """The pain that phases limit without which a line would have had no symptoms; the least of it."""
    named = sorted(past.inputs.protocol.phases_limit_pain)
    for pain in (*((one,) for one in named), tuple(named)):
        limits = {scheme: limited.union(pain) for scheme, limited in own.items()}
        if pain and _felt(past, was, group, limits) == (Light.GREEN, False):
            return pain
    return ()


def _left_out(past: _Past, slot: str, head: Outcome, items: Sequence[PlannedItem]) -> Outcome:
    """The outcome of what a session left out: it comes next time, if no later turn of it was held since."""
    return head.model_copy(update={"done": False, "passed": any(past.turn_over(slot, item) for item in items)})


def _worst(account: Account, items: Sequence[PlannedItem]) -> int | None:
    """The worst pain during and after what a line did; None where nobody said."""
    told = [*(pain_of(account, item.exercise, item.part)[0] for item in items), account.response.pain_after]
    return max((pain for pain in told if pain is not None), default=None)


def _shared(session: PlannedSession, account: Account) -> Iterator[tuple[int, tuple[LoggedSet, ...]]]:
    """The sets that were told of an exercise, shared out among its items of the session in their order."""
    own = {(found.exercise, found.part): found.sets for found in account.items if found.part}
    for exercise in dict.fromkeys(item.exercise for item in session.items):
        found = account.item(exercise)
        rows = found.sets if found is not None else ()
        mine = []
        for n, item in enumerate(session.items):
            if (exercise, item.part) in own and item.exercise == exercise:
                yield n, own[exercise, item.part]
            elif item.exercise == exercise:
                mine.append((n, item))
        chosen = Counter(id(one) for one in told_sets([one for _, item in mine for one in item.sets], len(rows)))
        for at, (n, item) in enumerate(mine):
            count = len(rows) if at == len(mine) - 1 else sum(chosen[id(one)] for one in item.sets)
            yield n, rows[:count]
            rows = rows[count:]


def _rows(item: PlannedItem, rows: Sequence[LoggedSet], *, told: bool) -> Sequence[LoggedSet]:
    """The sets of an item as told; beside other items of its line, one that is not told of was done as planned."""
    if rows or not told:
        return rows
    asked = [one for one in item.sets if one.repetitions is not None and one.working and not one.optional]
    return [LoggedSet(repetitions=one.expect) for one in asked]


def _best_of(sets: Sequence[PlannedSet], rows: list[LoggedSet]) -> list[LoggedSet]:
    """Sets as told; of those that tried for the heaviest load of the day the heaviest that was lifted, or tried."""
    asked = [one for one in sets if one.repetitions is not None and one.working and not one.optional]
    at = [n for n, one in enumerate(asked) if one.found]
    more = len(rows) - len(asked)
    if len(at) != 1 or more <= 0:
        return rows
    tried = rows[at[0] : at[0] + more + 1]
    least = (asked[at[0]].repetitions or (1, 1))[0]
    lifted = [one for one in tried if one.repetitions is None or one.repetitions >= least]
    best = max(lifted or tried, key=lambda one: one.load.kg if one.load is not None else 0)
    return [*rows[: at[0]], best, *rows[at[0] + more + 1 :]]


def _by_load(items: Sequence[PlannedItem], rows: Sequence[LoggedSet], *, partly: bool) -> list[LoggedSet]:
    """All sets of a line, where fewer were told than were asked for, each with its load; nothing otherwise.

    Of ``5 @ 65, 5 @ 75, 5+ @ 85 kg`` the words ``9 @ 85 kg`` are about the last.  A told load is the next planned
    one that it fits, else the nearest.  What was not told of was done as planned, except for sets of the load that
    was told last: of five sets with 100 kg the words ``5, 5, 3`` leave two undone.
    """
    asked = [
        (item.part, one)
        for item in items
        for one in item.sets
        if one.repetitions is not None and one.working and not one.optional
    ]
    if not rows or len(rows) >= len(asked):
        return []
    out: list[LoggedSet] = []
    last: tuple[str, PlannedSet] | None = None
    for row in rows:
        at = None if row.load is None else _meant(row.load, [one for _, one in asked[len(out) :]])
        if at is None:
            return []
        for part, one in asked[len(out) : len(out) + at]:
            undone = last is not None and part == last[0] and _as_heavy(one, last[1])
            out.append(LoggedSet(repetitions=0 if undone else one.expect))
        last = asked[len(out)]
        out.append(row)
    for part, one in asked[len(out) :]:
        undone = last is not None and part == last[0] and (partly or _as_heavy(one, last[1]) or _unknown(one))
        out.append(LoggedSet(repetitions=0 if undone else one.expect))
    return out


def _meant(load: Load, planned: Sequence[PlannedSet]) -> int | None:
    """Which of the sets that are left a told load is about; one that is found on the day may be any."""
    loads = [(at, one.load.kg) for at, one in enumerate(planned) if one.load is not None]
    fitting = [at for at, kg in loads if abs(load.kg - kg) <= _SAME_LOAD * kg]
    fitting += [at for at, one in enumerate(planned) if one.found]
    nearest = min(loads, key=lambda one: abs(load.kg - one[1]), default=(None,))[0]
    return min(fitting, default=nearest)


def _as_heavy(one: PlannedSet, other: PlannedSet) -> bool:
    """Whether two sets are planned with one load; or both without."""
    if one.load is None or other.load is None:
        return one.load is other.load
    return abs(one.load.kg - other.load.kg) <= _SAME_LOAD * other.load.kg


def _unknown(one: PlannedSet) -> bool:
    """Whether the load of a set is not known before its day."""
    return one.found or (one.exact is None and bool(one.percent))


def _matched(sets: Sequence[PlannedSet], rows: Sequence[LoggedSet]) -> Iterator[tuple[PlannedSet, LoggedSet]]:
    """Sets as planned and as told; warm-ups may be left out."""
    yield from zip(told_sets(sets, len(rows)), rows, strict=False)


def _repetitions(sets: Sequence[PlannedSet], rows: Sequence[LoggedSet]) -> Iterator[int]:
    told: set[int] = set()
    for one, row in _matched([one for one in sets if one.repetitions is not None], rows):
        # of a total a set without a number stands for all of it once
        usual = 0 if one.in_all and one.number in told else one.expect
        yield usual if row.repetitions is None else row.repetitions
        told.add(one.number)


def _seconds(sets: Sequence[PlannedSet], rows: Sequence[LoggedSet]) -> Iterator[float]:
    """Seconds of each timed set; where stretches were told as one time, each has its share of it."""
    timed = [one for one in sets if one.timed is not None and one.working]
    told = [row.seconds for row in rows if row.metres is None or not _mixed(sets)]
    chosen = told_sets(timed, len(told))
    planned = [one.timed or (0, 0) for one in chosen]
    if len(timed) > 1 and len(told) == 1 and told[0] is not None and any(one.kind != "work" for one in timed):
        yield from _shares(planned, told[0])
    else:
        yield from _as_told([one.forecast(span) for one, span in zip(chosen, planned, strict=True)], told)


def _shares(planned: Sequence[tuple[int, int]], told: int) -> Iterator[float]:
    """A time for all of several stretches, shared out: each is as far in its range, or below it, as the whole."""
    least, most = (max(1, sum(ends)) for ends in zip(*planned, strict=True))
    below = min(1.0, told / least)
    inside = min(1.0, max(0.0, told - least) / max(1, most - least))
    yield from (below * low + inside * (high - low) for low, high in planned)


def _metres(sets: Sequence[PlannedSet], rows: Sequence[LoggedSet]) -> Iterator[float]:
    """Metres of each set over a distance, none where nobody told them."""
    told = [row.metres for row in rows if row.metres is not None or not _mixed(sets)]
    if any(metres is not None for metres in told):
        far = [one for one in sets if one.distance is not None and one.working]
        yield from _as_told([one.forecast(one.distance or (0, 0)) for one in told_sets(far, len(told))], told)


def _mixed(sets: Sequence[PlannedSet]) -> bool:
    """Whether some sets are over a distance and others for a time, so that what is told of both is of the first."""
    working = [one for one in sets if one.working]
    return any(one.distance is not None for one in working) and any(one.timed is not None for one in working)


def _as_told(planned: Sequence[int], told: Sequence[int | None]) -> Iterator[float]:
    """What was told of each set; what was not was as a forecast takes it."""
    for usual, found in zip(planned, told, strict=False):
        yield float(usual if found is None else found)


def _loads(sets: Sequence[PlannedSet], rows: Sequence[LoggedSet], owned: OwnedLoads) -> Iterator[float | None]:
    counted = next(
        found
        for key in ("repetitions", "seconds", "distance")
        if (found := [one for one in sets if getattr(one, key) is not None]) or key == "distance"
    )
    if all(row.load is None for row in rows):
        return
    for one, row in _matched(counted, rows):
        yield None if row.load is None else _number(row.load, one.load, owned)


def _number(load: Load, planned: Load | None, owned: OwnedLoads) -> float:
    """A load in the unit of the build; the planned one where it is that but for the unit."""
    if planned is not None and abs(load.kg - planned.kg) <= _SAME_LOAD * planned.kg:
        return float(owned.value(planned))
    if load.unit is owned.unit:
        return float(owned.value(load))
    number = load.kg if owned.unit.value == "g" else load.kg / _KG_OF_LB
    return round(number, 2)


def _values(past: _Past, slot: str) -> dict[str, dict[str, float | str]]:
    """Values that a test has found, by line and name."""
    found: dict[str, dict[str, float | str]] = {}
    for line, name, number in _found(past.inputs.protocol, past.answers.get(slot, {})):
        found.setdefault(line, {})[name] = number
    return found


def refuse_unknown_values(protocol: Protocol, entries: Iterable[LogEntry]) -> None:
    """Refuse answers such as ``squat.rm10=80`` that a protocol cannot take.

    Raises
    ------
    InvalidInput
        When there is no such value, or it is no number.
    """
    for entry in entries:
        list(_found(protocol, entry.answers))


def _found(protocol: Protocol, answers: Mapping[str, str]) -> Iterator[tuple[str, str, float | str]]:
    """Line, name and number of every answer that names a value of a line; times and distances with their unit."""
    measures = protocol.measures()
    names = [f"{line}.{key}" for line, it in protocol.lines.items() for key in (*it.needs, *it.state)]
    for said, text in answers.items():
        line, dot, name = said.partition(".")
        if not dot:
            continue
        if said not in names:
            raise InvalidInput(f"--answer: the protocol has no value {said!r}{did_you_mean(said, names)}")
        measure = measures.get((line, name))
        try:
            found = notation.stated(text)
        except ValueError:
            found = notation.Amount(notation.exact(-1), measure=measure)
        if problem := notation.unit_objection(found, measure, text):
            raise InvalidInput(f"--answer: {said} {problem} (got {text!r})")
        if not 0 <= (found.number or 0) <= (_MOST_VALUE if measure is None else _MOST_MEASURE):
            raise InvalidInput(f"--answer: {said} must be a number from 0 to {_MOST_VALUE} (got {text!r})")
        yield line, name, float(found.number or 0) if measure is None else text.strip()


# -------------------------------------------------------------------- decisions
def _moved(inputs: ProtocolInputs, build: Build) -> dict[str, Session]:
    """Sessions by slot as the days alone make them that were missed since: with nothing told that was not told before.

    What is ahead is as it is because of them where it is the same with all that was told.
    """
    if build.missed == inputs.build.missed:
        return {}
    bare = build.model_copy(update={"logged": inputs.build.logged})
    return {session.slot: session for session in make(inputs.protocol, bare, inputs.exercises).sessions}


def _tested(build: Build, placed: Mapping[str, Placed]) -> str:
    """What the last session says that found values by a test; other lines may go by them too."""
    slots = {one.session.ordinal: one for one in placed.values()}
    found = [one for one in build.logged if one.values and one.session in slots]
    return (
        f"{found[-1].exercise.replace('_', ' ')}, {_tested_words(found[-1], slots[found[-1].session])}" if found else ""
    )


def _tested_words(outcome: Outcome, at: Placed) -> str:
    """``session 1 (w01-s1): 10RM is 80 now``."""
    said = ", ".join(f"{percent_words(name)} is {_plain(value)} now" for name, value in outcome.values.items())
    return f"session {at.session.ordinal} ({at.slot}): {said}"


def _plain(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _reasons(
    old: Programme,
    ahead: Sequence[Session],
    decisions: Sequence[Decision],
    *,
    moved: Mapping[str, Session],
    found: str,
) -> Iterator[Change]:
    """Reasons of changes that no decision about an exercise gives: a missed day, or a phase, moves everything.

    ``moved`` are sessions as missed days alone make them, ``found`` what a test has found.
    """
    fresh = [one for one in decisions if one not in old.decisions]
    of_all = [one for one in fresh if one.about == "programme"]
    decided = {one.about for one in fresh}
    items = [item for session in (*old.sessions, *ahead) for item in session.items]
    own = {item.track for item in items if item.exercise in decided}
    if not of_all:
        for track in dict.fromkeys(item.track for item in items):
            if track not in own and any(found in one.words for one in fresh if found):
                yield Change(track=track, kind="dose", because=found[:300])
        return
    because = f"{of_all[-1].words} (rule {of_all[-1].rule})"[:300]
    for session in ahead:
        for track in dict.fromkeys(item.track for item in session.items):
            if session.slot in moved and _work(session, track) == _work(moved[session.slot], track):
                yield Change(slot=session.slot, track=track, kind="dose", because=because)
    yield Change(kind="phase", because=because)
    for track in dict.fromkeys(item.track for item in items):
        if track not in own:
            yield Change(track=track, kind="dose", because=because)
    for session in (*old.sessions, *ahead):
        yield Change(slot=session.slot, kind="time", because=because)  # of whatever else happens to it too


def _work(session: Session, track: Track) -> list[tuple[str, Dose]]:
    return [(item.exercise, item.dose) for item in session.items if item.track is track]


def _decisions(past: _Past, build: Build, placed: Mapping[str, Placed]) -> Iterator[Decision]:
    protocol = past.inputs.protocol
    sessions = {session.slot: session for session in past.old.sessions}
    for slot in sorted({*past.missed, *past.over}):
        was = sessions.get(slot)
        if was is None:
            continue
        on = was.start.date()
        rule = "R1"
        if slot in past.held:
            rule = "P1"
            words = "had symptoms, of which the protocol says nothing: it comes again, everything behind it moves along"
        elif past.inputs.protocol.missed == "skipped":
            words = "was missed: it is left out, and what comes later stays on its day"
        elif slot in past.over:
            words = "was missed, and later sessions were held as shown: it is passed over, and adds nothing"
        else:
            words = "was missed: it comes next time, and everything behind it moves one session later"
        yield Decision(on=on, rule=rule, about="programme", words=f"{date_text(on)} ({slot}) {words}")
    slots = {one.session.ordinal: one for one in placed.values()}
    logged = {(one.session, one.exercise) for one in build.logged}
    for step in forecast(protocol, build).steps:
        at = slots.get(step.ordinal)
        expected = step.as_expected and not step.outcome.values
        if at is None or expected or at.slot in past.over or (step.ordinal, step.line) not in logged:
            continue
        yield Decision(on=at.on, rule=protocol.protocol, about=step.exercise, words=_step_words(step, at)[:300])
    yield from _phase_decisions(protocol, build, slots)


def _phase_decisions(protocol: Protocol, build: Build, slots: Mapping[int, Placed]) -> Iterator[Decision]:
    """Phases that begin, or wait, because of what was told of a session."""
    if not protocol.phases:
        return
    first = next(iter(protocol.phases))
    now, planned = (forecast(protocol, one).phases for one in (build, build.model_copy(update={"logged": ()})))
    for n in sorted({outcome.session for outcome in build.logged}):
        led, meant = ((found.get(n - 1, first), found.get(n, first)) for found in (now, planned))
        at = slots.get(n)
        if at is None or led == meant:
            continue
        if led[0] != led[1]:
            said = f"the phase {led[1].replace('_', ' ')} begins behind it"
        elif led[0] == meant[0] and meant[0] != meant[1]:
            said = f"the phase {meant[1].replace('_', ' ')} does not begin yet"
        else:
            continue
        words = f"session {n} ({at.slot}): {said}"
        yield Decision(on=at.on, rule=protocol.protocol, about="programme", words=words)


def _step_words(step: Step, at: Placed) -> str:
    head = f"{step.part}, session {step.ordinal} ({at.slot})"
    if step.outcome.values and step.as_expected:
        return f"{step.part}, {_tested_words(step.outcome, at)}"
    what = "on target" if step.met else "below target" if step.below else "short of the target"
    if not step.outcome.done:
        what = "left out"
    elif step.outcome.symptoms:
        what = "with symptoms"
    elif step.outcome.doubtful:
        what = "with pain, and nobody said how much there was before"
    if step.rules:
        said = "; ".join(rule_words(rule).removeprefix(f"{what}: ").removeprefix(f"{what} and ") for rule in step.rules)
        if step.outcome.red and all(rule.symptoms is None and rule.red is None for rule in step.rules):
            said = f"a step back, as {said}"
        return f"{head}: {what}: {said}"
    stays = (
        "it comes again next time, all else goes on"
        if step.again == "line"
        else "the last week comes again from here, on its days"
        if step.again
        else "a step up waits"
        if step.waits
        else "no rule of the protocol changes it"
    )
    if step.outcome.values:
        stays = _tested_words(step.outcome, at).partition(": ")[2]
    if step.outcome.pain and not step.outcome.symptoms:
        what += f", with pain {step.outcome.pain} of 10"
    return f"{head}: {what}: {stays}"
