"""A protocol file, read whole: its model, and every name in it that must lead somewhere."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, Literal

from planner.domain import notation
from planner.domain.dose import LEAST_SECONDS, MOST_ROUNDS
from planner.domain.exercise import Exercise, Implement, Track
from planner.domain.model import Model
from planner.domain.patient import Equipment
from planner.domain.protocol import (
    BOUNDS,
    RESERVED,
    USUAL_SPEED,
    Outcome,
    Protocol,
    Row,
    Rule,
    Scheme,
    SessionPlan,
    Stage,
    When,
    amounts_used,
    limit,
    until_value,
)
from planner.errors import Fault, InvalidInput
from planner.intake.protocol_kinds import MOVES, WORDS, Kind, Kinds, entries, named_values
from planner.intake.validate import check, did_you_mean, dig, validate
from planner.intake.yamlfile import Document, ValuePath, one_line, path_text, read_yaml

#: Alike enough for a slip of the finger, as difflib measures it. [D]
_TYPO: Final = 0.92

#: A value that a rule sets to so much of what it begins with, or less, was hardly meant to be set. [D]
FAR_BELOW: Final = Fraction(1, 3)
#: A load above so much of a maximum was hardly meant. [D]
MOST_OF_MAXIMUM: Final = Fraction(3, 2)
_MAXIMUM: Final = re.compile(r"one_rm|tm|rm[0-9]+")
#: Words of endurance exercises that are done with a load too.
_CARRYING: Final = frozenset({"walk", "walking", "hike", "hiking", "march", "ruck", "rucking"})
#: Kinds by which something goes, and words as near to one of them that mean something else.
_KINDS_KNOWN: Final = (
    *("work", "warmup", "test", "rest", "sit", "run", "walk", "jog", "row", "ski", "swim", "bike", "cycle", "ride"),
    *("running", "walking", "jogging", "rowing", "skiing", "swimming", "biking", "cycling", "hike", "hiking", "sprint"),
    *("skip", "easy"),
)
#: From here on, as difflib measures it, a kind is a slip of another. [D]
_KIND_SLIP: Final = 0.85
_STEP: Final = re.compile(r"(^|_)(steps?|increments?|inc|jump|add)($|_)")

#: Keys of a rule that can be of a single set, and those that are told of a line as a whole.
_OF_A_SET: Final = ("met", "successes", "failures", "total", "reps", "seconds", "metres")
_OF_ALL_SETS: Final = ("rpe", "rir", "symptoms", "red", "pain", "morning")

#: By what else than weeks something holds now and then.
_TURNS: Final = ("rounds", "days", "turns", "phase")

Objection = tuple[ValuePath, str]


def read_protocol(path: Path, exercises: Mapping[str, Exercise]) -> Protocol:
    """Read and check one protocol file.

    ``exercises`` is the catalogue by id.

    Raises
    ------
    InvalidInput
        With every fault of the file.
    """
    return protocol_of(read_yaml(path), exercises)


class OutcomeFile(Model):
    """What was done of a published programme before it was built."""

    outcomes: tuple[Outcome, ...]


def read_outcomes(path: Path) -> tuple[Outcome, ...]:
    """What was done so far: a file with a list ``outcomes``.

    Raises
    ------
    InvalidInput
        With every fault of the file.
    """
    return validate(OutcomeFile, read_yaml(path)).outcomes


def read_equipment(path: Path) -> Equipment:
    """What a person has to train with, as ``equipment`` of a place in a patient file.

    Raises
    ------
    InvalidInput
        With every fault of the file.
    """
    return validate(Equipment, read_yaml(path))


def protocol_of(document: Document, exercises: Mapping[str, Exercise]) -> Protocol:
    """The protocol of a parsed file.

    Raises
    ------
    InvalidInput
        With every fault of the file.
    """
    _spell_out(document.data)
    protocol, faults, mended = _mended(document, exercises)
    found = () if protocol is None else objections(protocol, exercises)
    # with something mended, nobody can say that a name is not used
    unused = () if not mended else ("lines", "schemes")
    days_stand_in = any(place[0] == "days_a_week" for place in mended)
    faults += [
        document.fault(where, problem)
        for where, problem in found
        if not _moot(where, mended)
        and not (len(where) == 2 and where[0] in unused)
        and not (days_stand_in and where[-1] == "days")
    ]
    if protocol is None or faults or document.faults:
        raise InvalidInput(sorted({*document.faults, *faults}))
    return protocol


#: What stands in for keys of the whole file that are missing or wrong, so that the rest can be looked at.
_STAND_INS: Final[Mapping[str, Any]] = {
    "protocol": "stand_in",
    "title": "Stand-in",
    "source": "Stand-in for a source",
    "mark": "D",
    "days_a_week": 1,
}
#: Rounds of mending: a fault may hide the next.
_ROUNDS: Final = 20


def _mended(
    document: Document, exercises: Mapping[str, Exercise]
) -> tuple[Protocol | None, list[Fault], set[ValuePath]]:
    """A protocol, the faults of its form, and the places at which something else stands in for what is wrong.

    One fault of form would hide all that models and names are checked for afterwards.
    """
    data = copy.deepcopy(document.data)
    paths = {path_text(path): path for path in document.lines}
    found: list[Fault] = []
    mended: set[ValuePath] = set()
    for _ in range(_ROUNDS):
        made, faults = check(Protocol, replace(document, data=data))
        found += [fault for fault in faults if fault not in found and not _moot(_place(fault.path, paths), mended)]
        if made is not None:
            return made, found, mended
        places = {_mend(data, _place(fault.path, paths), exercises) for fault in faults}
        before = len(mended)
        mended |= {place for place in places if place is not None}
        if len(mended) == before:
            break
    return None, found, mended


def _place(text: str, paths: Mapping[str, ValuePath]) -> ValuePath:
    """The path that is written so; of one that is not in the file, its closest parent and the next key."""
    end, rest = len(text), ""
    while end and text[:end] not in paths:
        end = max(text.rfind(".", 0, end), text.rfind("[", 0, end), 0)
        rest = text[end:].lstrip(".").partition(".")[0]
    return (*paths.get(text[:end], ()), *([rest] if rest else []))


def _mend(data: Any, path: ValuePath, exercises: Mapping[str, Exercise]) -> ValuePath | None:
    """Puts something sound in the place of what is wrong, or takes it away; where, or None when neither helps."""
    if not isinstance(data, dict):
        return None
    for end in range(len(path), 0, -1):
        at = path[:end]
        sound = _stand_in(at, dig(data, at), dig(data, ("lines",)), exercises)
        holder = dig(data, at[:-1])
        if sound is not None and (isinstance(holder, dict) or dig(data, at) is not None):
            holder[at[-1]] = sound
            return at
    if not path or path[-1] in ("weeks", "sessions"):
        path = path or ("weeks",)
        if len(path) == 1:
            data.pop("sessions", None)
            data["weeks"] = 52
            return path
    holder = dig(data, path[:-1])
    needed = path[-1] in ("lines", "rotation", "state", "needs", "do")
    if needed or not isinstance(holder, dict) or path[-1] not in holder:
        return None
    del holder[path[-1]]
    return path


def _stand_in(at: ValuePath, wrong: Any, lines: Any, exercises: Mapping[str, Exercise]) -> Any:
    """What may stand at a place of the file whose own value is wrong: a row keeps its name; None elsewhere."""
    match at:
        case (str(key),):
            return _STAND_INS.get(key)
        case ("schemes", _, "sets") | ("schemes", _, "stages", _, "sets") if wrong is not None:
            rows = list(wrong.values()) if isinstance(wrong, dict) else []
            return [_stand_in((*at, n), row, lines, exercises) for n, row in enumerate(rows or [None])]
        case (*_, "sets" | "of", int()):
            name = wrong.get("name") if isinstance(wrong, dict) else None
            named = isinstance(name, str) and re.fullmatch(r"[a-z][a-z0-9_]{0,47}", name)
            loaded = {"load": 1} if isinstance(wrong, dict) and "load" in wrong else {}
            return {"reps": 1, "name": name, **loaded} if named else {"reps": 1}
        case (*_, "after", int()):
            return {"do": {"stage": "end"}}
        case ("lines", _, "state", _):
            return 1
        case ("lines", _, "exercise"):
            return next(iter(exercises))
        case ("rotation", int(), "do", int(), "line"):
            return next(iter(lines), None) if isinstance(lines, dict) else None
        case ("rotation", int(), "name"):
            return "Stand-in"
        case ("exercises", _):
            return {"name": "Stand-in", "track": "squat"}
    return None


def _moot(where: ValuePath, mended: set[ValuePath]) -> bool:
    """Whether a fault is about what stands in for something."""
    return any(where[: len(place)] == place for place in mended)


def _spell_out(data: Any) -> None:
    """A line's name alone in a session becomes ``{line: name}``."""
    entries = dig(data, ("rotation",))
    for entry in entries if isinstance(entries, list) else ():
        items = dig(entry, ("do",))
        for i, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, str):
                items[i] = {"line": item}


def objections(protocol: Protocol, exercises: Mapping[str, Exercise]) -> Iterator[Objection]:
    """Names that lead nowhere, weeks that never come, and what is never used."""
    known = {*exercises, *protocol.exercises}
    measures = protocol.measures()
    for name, declared in protocol.exercises.items():
        if name in exercises:
            yield ("exercises", name), "is in the catalogue already; give it another id, or use the catalogue's"
        if declared.like is not None and declared.like not in exercises:
            yield ("exercises", name, "like"), _unknown_exercise(declared.like, exercises, "in the catalogue")
    for name, line in protocol.lines.items():
        where: ValuePath = ("lines", name)
        if name in RESERVED:
            yield where, "is a word of the language; give the line another name"
        for i, exercise in enumerate(line.ladder):
            if exercise not in known:
                at: ValuePath = ("exercise",) if isinstance(line.exercise, str) else ("exercise", i)
                yield (*where, *at), _unknown_exercise(exercise, known)
        if line.scheme is not None and line.scheme not in protocol.schemes:
            yield (*where, "scheme"), _unknown("scheme", line.scheme, protocol.schemes)
        for value in line.state:
            if value in RESERVED:
                yield (*where, "state", value), "is a word of the language; give the value another name"
            if value in line.needs:
                yield (*where, "state", value), "is among 'needs' too; a value either has a start or is asked for"
        names = {*line.state, *line.needs}
        for value, stated in line.state.items():
            for each in entries(stated):
                if not isinstance(each, dict):
                    yield from _unit(
                        (*where, "state", value), value, notation.amount(each), each, measures.get((name, value))
                    )
                    yield from _value((*where, "state", value), notation.amount(each), protocol, name, names, ())
    if left_out := protocol.weeks_left_out():
        yield ("days_a_week",), f"says nothing of {_weeks_text(left_out)}; name every week up to the last that is named"
    if twice := protocol.weeks_named_twice():
        yield ("days_a_week",), f"says twice how many training days {_weeks_text(twice)} has"
    days = protocol.days_a_week
    most = days if isinstance(days, int) else max(days.values())
    if most * (protocol.rest_days + 1) > 7:
        free = "a free day" if protocol.rest_days == 1 else f"{protocol.rest_days} free days"
        yield ("rest_days",), f"{most} sessions with {free} between them do not fit into a week"
    for name, phase in protocol.phases.items():
        for n, rule in enumerate(phase.after):
            yield from _phase_rule(("phases", name, "after", n), rule, protocol)
    yield from _rotation(protocol, known)
    yield from _uses(protocol)
    kinds, rules = _kinds(protocol), list(_rules_done(protocol))
    for key, at, rule in rules:
        yield from _compared(at, rule, protocol, key, kinds)
    yield from dict.fromkeys(kinds.mixed(rules))
    yield from dict.fromkeys(kinds.units(protocol, rules))
    yield from _circles(protocol)
    yield from dict.fromkeys(_todays(protocol, kinds))
    yield from dict.fromkeys(_totals(protocol))


def _circles(protocol: Protocol) -> Iterator[Objection]:
    """Values at the start that are worked out from themselves, directly or through others."""
    made_of = {
        (key, name): {
            (term.owner(key), str(term.name))
            for each in _bare_entries(stated)
            for term in notation.amount(each).terms
            if term.name is not None
        }
        for key, line in protocol.lines.items()
        for name, stated in line.state.items()
    }
    for (key, name), parts in made_of.items():
        reached, ahead = set(parts), list(parts)
        while ahead:
            new = made_of.get(ahead.pop(), set()) - reached
            reached |= new
            ahead += new
        if (key, name) in reached:
            yield (
                ("lines", key, "state", name),
                "is worked out from itself; write a number, or ask for it under 'needs'",
            )


def _schemes_done(protocol: Protocol) -> Iterator[tuple[str, str]]:
    """Lines of sessions, each with a scheme that it is done with."""
    items = [item for entry in protocol.rotation for item in entry.do if item.line in protocol.lines]
    yield from dict.fromkeys((one.line, _scheme(protocol, one.line, one.scheme)) for one in items if not one.sets)


def _rules_done(protocol: Protocol) -> Iterator[tuple[str, ValuePath, Rule]]:
    """Rules of the schemes that lines are done with, and of phases, which have no line, each with its place."""
    for line, key in _schemes_done(protocol):
        yield from ((line, at, rule) for at, rule in _rules(protocol) if at[1] == key)
    for key, phase in protocol.phases.items():
        yield from (("", ("phases", key, "after", n), rule) for n, rule in enumerate(phase.after))


def _kinds(protocol: Protocol) -> Kinds:
    """What kind of number each value is, by what lines do in sessions."""
    rows = [
        (item.line, place.where, place.row)
        for i, entry in enumerate(protocol.rotation)
        for k, item in enumerate(entry.do)
        for place in _places(protocol, i, k)
        if item.line in protocol.lines
    ]
    rests = [
        (line, (*at, "rest"), stage.rest)
        for line, key in _schemes_done(protocol)
        for at, stage in _stages_of(protocol, key)
        if stage.rest is not None
    ]
    return Kinds(protocol, rows, rests)


def _stages_of(protocol: Protocol, key: str) -> Iterator[tuple[ValuePath, Stage]]:
    """A scheme and its stages, each with its place."""
    if (scheme := protocol.schemes.get(key)) is not None:
        yield ("schemes", key), scheme
        yield from ((("schemes", key, "stages", name), stage) for name, stage in scheme.stages.items())


def doubts(protocol: Protocol, exercises: Mapping[str, Exercise]) -> Iterator[Objection]:
    """What can be meant, and hardly is; ``exercises`` is the catalogue by id."""
    kinds = _kinds(protocol)
    yield from dict.fromkeys(_loads_of_endurance(protocol, exercises))
    yield from dict.fromkeys(_loads_of_the_body(protocol, exercises))
    yield from dict.fromkeys(_kinds_near_others(protocol))
    yield from dict.fromkeys(_beyond_maxima(protocol, kinds))
    yield from dict.fromkeys(_alike_names(protocol))
    yield from _unused_needs(protocol, kinds)
    yield from _deloads_that_never_come(protocol)
    yield from _creeping(protocol)
    yield from dict.fromkeys(_kept_loads(protocol))
    yield from dict.fromkeys(_set_for_added(protocol))
    yield from dict.fromkeys(_set_for_adjusted(protocol))
    yield from _missed_counts(protocol)
    yield from _never_reached(protocol)
    yield from _empty_weeks(protocol)
    yield from dict.fromkeys(_late_turns(protocol))
    yield from dict.fromkeys(_never_told(protocol))
    yield from dict.fromkeys(_too_late(protocol))
    yield from _led_to_by_none(protocol)


def _loads_of_endurance(protocol: Protocol, exercises: Mapping[str, Exercise]) -> Iterator[Objection]:
    """Loads of what is done with no load: watts and paces are none."""
    for i, entry in enumerate(protocol.rotation):
        for k, item in enumerate(entry.do):
            name = item.exercise or protocol.lines[item.line].ladder[0]
            declared, known = protocol.exercises.get(name), exercises.get(name)
            track = declared.track if declared else known.tracks[0] if known and known.tracks else None
            if track is not Track.AEROBIC or _CARRYING & set(name.split("_")):
                continue
            for place in _places(protocol, i, k):
                if place.row.load is not None:
                    yield (
                        (*place.where, "load"),
                        f"is in kg or lb, and {name} is done without; watts and paces go into note, effort into rpe",
                    )


def _loads_of_the_body(protocol: Protocol, exercises: Mapping[str, Exercise]) -> Iterator[Objection]:
    """Loads that no file names, of exercises that the catalogue has without any."""
    for key, line in protocol.lines.items():
        known = exercises.get(line.ladder[0])
        if known is None or any(setup.implement is not Implement.NONE for setup in known.setups):
            continue
        for name, stated in line.state.items():
            if "unknown" in _bare_entries(stated) and name == "load":
                yield ("lines", key, "state", name), f"is found on the day, and {known.id} is done without a load"


def _kinds_near_others(protocol: Protocol) -> Iterator[Objection]:
    """Kinds that are a slip of the finger from one that sets a pace, a warm-up or a rest."""
    for i, entry in enumerate(protocol.rotation):
        for k in range(len(entry.do)):
            for place in _places(protocol, i, k):
                kind = place.row.kind
                near = get_close_matches(kind, _KINDS_KNOWN, n=1, cutoff=_KIND_SLIP)
                if near and kind not in _KINDS_KNOWN and not set(kind.split("_")) & {*_KINDS_KNOWN, *_CARRYING}:
                    yield (*place.where, "kind"), f"is a word of its own; did you mean {near[0]!r}? (got {kind!r})"


def _beyond_maxima(protocol: Protocol, kinds: Kinds) -> Iterator[Objection]:
    """Loads far above the most that somebody lifts."""
    stated = [(at, amount) for _, at, amount, kind in kinds.used if kind == "load"]
    for key, line in protocol.lines.items():
        for name, said in line.state.items():
            stated += [(("lines", key, "state", name), notation.amount(each)) for each in _bare_entries(said)]
    for at, amount in stated:
        for term in amount.terms:
            if term.share > MOST_OF_MAXIMUM and term.name is not None and _MAXIMUM.fullmatch(term.name):
                yield at, f"is {float(term.share * 100):g} % of {term.name}; was less meant?"


def _alike_names(protocol: Protocol) -> Iterator[Objection]:
    """Two sets of one stage and one day with the same name: rules and loads of today take one of them."""
    for i, entry in enumerate(protocol.rotation):
        for k in range(len(entry.do)):
            named = [one for one in _places(protocol, i, k) if one.row.name]
            for n, place in enumerate(named):
                for before in named[:n]:
                    mine, others = ((one.stage, len(one.when), one.row.name) for one in (place, before))
                    if mine == others and before.where != place.where and before.meets(place, protocol):
                        yield (*place.where, "name"), f"is the name of an earlier set too ({path_text(before.where)})"


def _unused_needs(protocol: Protocol, kinds: Kinds) -> Iterator[Objection]:
    """Values that are asked for, and that nothing goes by."""
    read = {key for line, _, amount, _ in kinds.used for key in named_values(line, amount)}
    for key, line in protocol.lines.items():
        for stated in line.state.values():
            read |= {one for each in _bare_entries(stated) for one in named_values(key, notation.amount(each))}
    for key, _, rule in _rules_done(protocol):
        read |= {(said.rpartition(".")[0] or key, said.rpartition(".")[2]) for said in rule.state}
        for name, change in rule.do.items():
            for each in entries(change) if name not in MOVES else ():
                read |= set(named_values(key, notation.change(each).amount))
    for key, line in protocol.lines.items():
        for n, name in enumerate(line.needs):
            if (key, name) not in read and name != "stage":
                yield ("lines", key, "needs", n), f"{name} is asked for, and nothing goes by it"


def _deloads_that_never_come(protocol: Protocol) -> Iterator[Objection]:
    """Lighter weeks beyond the last one, of the programme or of its cycle."""
    most = protocol.cycle or (None if protocol.open_ended else protocol.weeks)
    for span in () if protocol.deload_weeks is None else notation.spans(protocol.deload_weeks):
        if most is not None and span.low > most:
            of = "the cycle" if protocol.cycle else "it"
            yield ("deload_weeks",), f"week {span.low} never comes: {of} has weeks 1 to {most}"


def _kept_loads(protocol: Protocol) -> Iterator[Objection]:
    """Another exercise of a ladder with the load of the one before."""
    for entry in protocol.rotation:
        for item in entry.do:
            key = "" if item.sets else _scheme(protocol, item.line, item.scheme)
            loads = [row.load for row in _flat(_rows_of(protocol.schemes.get(key))) if row.load not in (None, "find")]
            terms = [term for load in loads for term in notation.amount(load or 0).terms]
            names = [str(term.name) for term in terms if term.name and term.line is None]
            for at, rule in _rules(protocol):
                if at[1] == key and "exercise" in rule.do and names and not set(names) & set(rule.do):
                    yield (
                        (*at, "do", "exercise"),
                        f"the new exercise keeps the {names[0]} of the one before; give it its own, such as "
                        f"{names[0]}: 20 or {names[0]}: unknown (found in its first session)",
                    )


def _set_for_added(protocol: Protocol) -> Iterator[Objection]:
    """Values that a rule sets to what they probably rise by: the plus sign is missing."""
    uses = protocol.uses()
    for at, rule in _rules(protocol):
        bad = rule.met is False or rule.failures is not None or rule.symptoms is True or rule.red is True
        if bad or {"exercise", "stage"} & set(rule.do):
            continue  # what begins anew may be much less
        lines = [
            item.line
            for entry in protocol.rotation
            for item in entry.do
            if not item.sets and _scheme(protocol, item.line, item.scheme) == at[1]
        ]
        for name, change in rule.do.items():
            for line in lines:
                problem = _missing_plus(protocol, line, name, change) if (line, name) in uses else ""
                if problem:
                    yield (*at, "do", name), f"{problem}; to add it write {name}: +{change}"


def _missing_plus(protocol: Protocol, line: str, name: str, change: Any) -> str:
    """Why a value that is set is hardly meant to be: to a step, or to far less than it begins with."""
    if isinstance(change, tuple) or notation.change(change).sign:
        return ""
    to = notation.change(change).amount
    if to.more or to.line is not None or to.share != 1:
        return ""
    if to.name is not None:
        step = to.name in _steps(protocol) and to.name != name
        return f"sets {name} to {to.name} itself" if step else ""
    known = protocol.lines[line]
    if name in known.needs:
        return f"sets {name} to {change}, whatever it is at the start"
    begins = [(stated, notation.amount(stated)) for stated in _bare_entries(known.state.get(name))]
    alike = [(stated, one.number) for stated, one in begins if (one.unit, one.measure) == (to.unit, to.measure)]
    if to.number and alike and all(number and to.number <= FAR_BELOW * number for _, number in alike):
        return f"sets {name} to {change}, far below the {alike[0][0]} that it begins with"
    return ""


def _set_for_adjusted(protocol: Protocol) -> Iterator[Objection]:
    """Loads of today that an adjustment sets to what they probably change by."""
    for i, entry in enumerate(protocol.rotation):
        for k, item in enumerate(entry.do):
            for place in _places(protocol, i, k):
                row = place.row
                if row.adjust is None or row.load in (None, "find"):
                    continue
                for band, change in row.adjust.bands.items():
                    if problem := _missing_sign(protocol, item.line, notation.amount(row.load or 0), change):
                        yield (*place.where, "adjust", "bands", band), f"{problem} write {band}: +{change}"


def _missing_sign(protocol: Protocol, line: str, load: notation.Amount, change: Any) -> str:
    """Why a load is hardly meant to be set to an amount today, and what is written with a sign instead."""
    said = [notation.change(each) for each in entries(change)]
    to = said[0].amount
    if len(said) > 1 or said[0].sign or to.more or to.line is not None or to.share != 1:
        return ""
    if to.name is not None:
        return f"sets the load to {to.name} itself; to add it" if to.name in _steps(protocol) else ""
    if not to.number:
        return f"sets the load to {change}; to change nothing"
    known, begins = protocol.lines[line], [load]
    if load.name is not None and load.line is None:
        begins += [notation.amount(each) for each in _bare_entries(known.state.get(load.name))]
    if any(one.name in known.needs for one in begins):
        return f"sets the load to {change}, whatever it is before; to add it"
    alike = [
        one.number * load.share for one in begins if one.number and (None in (one.unit, to.unit) or one.unit is to.unit)
    ]
    if alike and not load.more and to.number <= FAR_BELOW * min(alike):
        return f"sets the load to {change}, far below the {float(min(alike)):g} before; to add it"
    return ""


def _bare_entries(stated: Any) -> Iterator[Any]:
    """The amounts of a value at the start: of a list each, of one for each unit of load both."""
    for each in entries(stated):
        if each is not None:
            yield from each.values() if isinstance(each, dict) else (each,)


def _steps(protocol: Protocol) -> set[str]:
    """Names of values that others rise and fall by: those that a rule adds, and those that are called so."""
    found = {name for line in protocol.lines.values() for name in (*line.state, *line.needs) if _STEP.search(name)}
    for _, rule in _rules(protocol):
        for name, change in rule.do.items():
            if name not in MOVES:
                said = [notation.change(each) for each in entries(change)]
                found |= {str(one.amount.name) for one in said if one.sign and one.amount.name}
    return found


def _missed_counts(protocol: Protocol) -> Iterator[Objection]:
    """Rules for one session by its number, which may not go as they ask."""
    rules = [*_rules(protocol)]
    rules += [(("phases", key, "after", n), r) for key, p in protocol.phases.items() for n, r in enumerate(p.after)]
    for at, rule in rules:
        alone = rule.done is not None and all(span.low == span.high for span in notation.spans(rule.done))
        if alone and {"stage", "phase"} & set(rule.do) and rule.looks:
            yield (*at, "done"), f"looks at session {rule.done} alone, and never again; {rule.done}+ goes on looking"


def _never_reached(protocol: Protocol) -> Iterator[Objection]:
    """Rules below one that holds whenever they do."""
    for at, rule in _rules(protocol):
        rules = [one for where, one in _rules(protocol) if where[:-1] == at[:-1]]
        number = int(at[-1])
        for n, earlier in enumerate(rules[:number]):
            if not earlier.more and "exercise" not in earlier.do and _covers(earlier, rule):
                yield at, f"is never reached: after[{n}] above it holds whenever this one does"
                break


def _covers(earlier: Rule, later: Rule) -> bool:
    """Whether a rule holds whenever a later one does, so far as that is simple to say."""
    bad = (later.met is False, later.failures is not None, later.symptoms is True, later.red is True, later.limits_pain)
    if any(bad) and (earlier.met, earlier.failures, earlier.symptoms, earlier.red) == (None, None, None, None):
        return False  # a step up above it waits after symptoms
    if earlier.set != later.set and any(getattr(earlier, key) is not None for key in _OF_A_SET):
        return False
    for key in Rule.model_fields:
        mine, other = getattr(earlier, key), getattr(later, key)
        if key in ("do", "more") or mine in (None, other) or mine == {}:
            continue
        if key in ("successes", "failures") and other is not None and mine <= other:
            continue
        # a streak ends with a session of its kind
        if key == "met" and earlier.of_set == later.of_set and (later.successes if mine else later.failures):
            continue
        return False
    return True


def _empty_weeks(protocol: Protocol) -> Iterator[Objection]:
    """Weeks in which a session, or the whole week, is left without rows."""
    full: set[int] = set()
    for i, entry in enumerate(protocol.rotation):
        for k, item in enumerate(entry.do):
            asked, places = _weeks(protocol, entry, item), list(_places(protocol, i, k))
            held = set().union(*(place.weeks(protocol) for place in places if not place.row.of))
            full |= held
            # nobody knows in which weeks a phase comes
            phased = entry.phase is not None or item.phase is not None
            if places and not phased and (left := sorted(asked - held)):
                yield (
                    ("rotation", i, "do", k),
                    f"no row of {item.line!r} holds in {_weeks_text(left)}: session {entry.name!r} is without it then",
                )
    most = protocol.cycle or protocol.weeks
    if most is not None and (left := sorted(set(range(1, most + 1)) - full)):
        yield ("rotation",), f"nothing is done in {_weeks_text(left)}: no row holds"


def _late_turns(protocol: Protocol) -> Iterator[Objection]:
    """Turns that cannot come in the programme's length, as often as its sessions give the line a turn."""
    if protocol.sessions is not None:
        sessions = protocol.sessions
    else:
        sessions = sum(protocol.days_in(week) for week in range(1, (protocol.weeks or 0) + 1))
    if protocol.open_ended:
        return
    plain = not any(_dated(one) for entry in protocol.rotation for one in (entry, *entry.do))
    times = -(-sessions // len(protocol.rotation)) if plain else sessions
    for i, entry in enumerate(protocol.rotation):
        for k, item in enumerate(entry.do):
            key = _scheme(protocol, item.line, item.scheme)
            alike = [one for each in protocol.rotation for one in each.do if not one.sets and one.line == item.line]
            often = 1 if item.sets else sum(_scheme(protocol, one.line, one.scheme) == key for one in alike)
            rows = [(place.where, place.row) for place in _places(protocol, i, k)]
            rules = [] if item.sets else [(at, rule) for at, rule in _rules(protocol) if at[1] == key]
            for where, one in [(("rotation", i, "do", k), item), *rows, *rules]:
                for span in () if one.turns is None else notation.spans(one.turns):
                    if span.low > times * often:
                        yield (*where, "turns"), f"turn {span.low} never comes: its length has {times * often} at most"


def _never_told(protocol: Protocol) -> Iterator[Objection]:
    """Rules on seconds or metres where no set of the line has any."""
    for line, key in _schemes_done(protocol):
        rows = [
            place.row
            for i, entry in enumerate(protocol.rotation)
            for k, item in enumerate(entry.do)
            if item.line == line
            for place in _places(protocol, i, k)
        ]
        timed = any(row.time is not None or row.hold is not None or row.until is not None for row in rows)
        far = any(row.distance is not None or row.until is not None for row in rows)
        for at, rule in _rules(protocol):
            if at[1] == key and rows:
                if rule.seconds is not None and not timed:
                    yield (*at, "seconds"), f"never holds: no set of {line!r} has a time or a hold"
                if rule.metres is not None and not far:
                    yield (*at, "metres"), f"never holds: no set of {line!r} has a distance"


def _led_to_by_none(protocol: Protocol) -> Iterator[Objection]:
    """Stages and phases to which no rule leads, of one that can be reached itself."""
    moves = {name: [str(rule.do.get("phase", "")) for rule in phase.after] for name, phase in protocol.phases.items()}
    for name in _unreached(moves):
        yield ("phases", name), "no rule leads to this phase"
    for key, scheme in protocol.schemes.items():
        lines = [protocol.lines[line] for line, used in _schemes_done(protocol) if used == key]
        if any("stage" in {*line.needs, *line.state} for line in lines):
            continue  # somebody says where it begins
        moves = {
            name: [str(rule.do.get("stage", "")) for rule in (*scheme.after, *stage.after)]
            for name, stage in scheme.stages.items()
        }
        for name in _unreached(moves):
            yield (
                ("schemes", key, "stages", name),
                "no rule leads to this stage; a line may be asked where it begins, needs: [stage]",
            )


def _unreached(moves: Mapping[str, Iterable[str]]) -> list[str]:
    """Names to which no move leads from the first, by where each of them leads."""
    names = list(moves)
    reached, ahead = set(names[:1]), names[:1]
    while ahead:
        at = names.index(ahead.pop())
        near = {"next": names[at + 1 : at + 2], "previous": names[max(0, at - 1) : at]}
        led = {to for move in moves[names[at]] for to in near.get(move, [move]) if to in moves}
        ahead += led - reached
        reached |= led
    return [name for name in names if name not in reached]


def _too_late(protocol: Protocol) -> Iterator[Objection]:
    """Rules for more sessions, or later passes through the rotation, than its length has."""
    if protocol.open_ended:
        return
    if protocol.sessions is not None:
        sessions = protocol.sessions
    else:
        sessions = sum(protocol.days_in(week) for week in range(1, (protocol.weeks or 0) + 1))
    times = {
        key: sum(_scheme(protocol, item.line, item.scheme) == key for entry in protocol.rotation for item in entry.do)
        for key in protocol.schemes
    }
    rules = [(at, rule, sessions * max(1, times[str(at[1])])) for at, rule in _rules(protocol)]
    rules += [
        (("phases", key, "after", n), rule, sessions)
        for key, phase in protocol.phases.items()
        for n, rule in enumerate(phase.after)
    ]
    for at, rule, most in rules:
        for name, stated, last, what in (("done", rule.done, most, "time"), ("rounds", rule.rounds, sessions, "round")):
            spans = () if stated is None or (name == "rounds" and protocol.cycle) else notation.spans(stated)
            if spans and all(span.low > last for span in spans):
                first = min(int(span.low) for span in spans)
                yield (*at, name), f"{what} {first} never comes: its length has {last} sessions at most"


def _dated(when: When) -> bool:
    """Whether something says when it holds."""
    return any(getattr(when, key) is not None for key in When.model_fields)


def _weeks_text(weeks: Sequence[int]) -> str:
    """``week 4`` or ``weeks 4-6, 8``."""
    said = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in notation.runs(weeks))
    return f"week {said}" if len(weeks) == 1 else f"weeks {said}"


def _creeping(protocol: Protocol) -> Iterator[Objection]:
    """A load that is set to a little more of itself, and rounded down each time."""
    for at, rule in _rules(protocol):
        for name, change in rule.do.items():
            for each in entries(change) if name in protocol.rounded else ():
                amount = notation.change(each).amount
                itself = notation.change(each).sign == 0 and (amount.line, amount.name) == (None, name)
                if itself and amount.share > 1 and not amount.more:
                    up = f"+{float(amount.share * 100 - 100):g}%"
                    yield (
                        (*at, "do", name),
                        f"is rounded down each time, and may never rise by less than a step of the loads owned; "
                        f"write {up}, so that small steps add up",
                    )


def _rules(protocol: Protocol) -> Iterator[tuple[ValuePath, Rule]]:
    """Every rule of a scheme, with its place."""
    for key in protocol.schemes:
        for at, stage in _stages_of(protocol, key):
            yield from (((*at, "after", n), rule) for n, rule in enumerate(stage.after))


def _phase_rule(where: ValuePath, rule: Rule, protocol: Protocol) -> Iterator[Objection]:
    yield from _when(where, rule, protocol)
    phases = [*protocol.phases, "next", "previous", "end"]
    for name, change in rule.do.items():
        if name != "phase":
            yield (*where, "do", name), "a phase changes only the phase: write do: {phase: next}"
        elif change not in phases:
            yield (*where, "do", name), _unknown("phase", str(change), phases)
    for name in rule.state:
        if "." not in name:
            lines = [key for key, line in protocol.lines.items() if name in {*line.state, *line.needs}]
            written = f"{lines[0] if lines else next(iter(protocol.lines))}.{name}"
            yield (*where, "state", name), f"of which line? A phase looks at whole sessions: write {written}"
    yield from _state(where, rule, protocol, "")
    yield from _set_of_rule(where, rule, set().union(*_named_sets(protocol).values()))
    yield from _never_holds(where, rule)


def _unknown(what: str, name: str, options: Iterable[str]) -> str:
    return f"there is no {what} {one_line(repr(name))}{did_you_mean(name, options)}"


def _unknown_exercise(name: str, known: Iterable[str], where: str = "in the catalogue or under 'exercises'") -> str:
    """That an exercise is not there; one whose id has all words of the name comes first, with a barbell if there is."""
    options = list(known)
    words = {word.removesuffix("s") for word in re.split(r"[_\s-]+", name.lower()) if word}
    whole = [one for one in options if words <= {word.removesuffix("s") for word in one.split("_")}]
    usual = ("barbell", "conventional")
    whole.sort(key=lambda one: (not set(usual) & set(one.split("_")), len(one.split("_")), one))
    hint = did_you_mean(name, options)
    if whole and not get_close_matches(name, options, n=1, cutoff=_TYPO):
        hint = f"; did you mean {whole[0]!r}?"
    return f"there is no exercise {where} {one_line(repr(name))}{hint}"


def _rotation(protocol: Protocol, known: set[str]) -> Iterator[Objection]:
    lines: set[str] = set()
    schemes: set[str] = set()
    for i, entry in enumerate(protocol.rotation):
        yield from _when(("rotation", i), entry, protocol)
        for k, item in enumerate(entry.do):
            where: ValuePath = ("rotation", i, "do", k)
            yield from _when(where, item, protocol)
            lines.add(item.line)
            line = protocol.lines.get(item.line)
            if line is None:
                yield (*where, "line"), _unknown("line", item.line, protocol.lines)
            if item.exercise is not None and item.exercise not in known:
                yield (
                    (*where, "exercise"),
                    _unknown_exercise(item.exercise, known),
                )
            if item.sets and item.scheme is not None:
                yield where, "has both a scheme and sets; give one of them"
            scheme = item.scheme or (line.scheme if line else None)
            if item.scheme is not None and item.scheme not in protocol.schemes:
                yield (*where, "scheme"), _unknown("scheme", item.scheme, protocol.schemes)
            elif scheme is None and not item.sets and line is not None:
                yield where, f"has no scheme: give it one here, or to the line {item.line!r}, or write sets"
            schemes.add(scheme or "")
    for name in protocol.lines:
        if name not in lines:
            yield ("lines", name), "is in no session of the rotation"
    for name in protocol.schemes:
        if name not in schemes:
            yield ("schemes", name), "is used by no line and no session"


def _uses(protocol: Protocol) -> Iterator[Objection]:
    """Schemes and rows against the lines that use them."""
    together = _named_sets(protocol)
    seen: set[tuple[str, str]] = set()
    for i, entry in enumerate(protocol.rotation):
        for k, item in enumerate(entry.do):
            line = protocol.lines.get(item.line)
            if line is None:
                continue
            names = {*line.state, *line.needs}
            named = together[item.line]
            if item.sets:
                for n, row in enumerate(item.sets):
                    yield from _row(("rotation", i, "do", k, "sets", n), row, protocol, item.line, names, named)
                continue
            key = _scheme(protocol, item.line, item.scheme)
            scheme = protocol.schemes.get(key)
            if scheme is None or (item.line, key) in seen:
                continue
            seen.add((item.line, key))
            yield from _stages(key, scheme, protocol, item.line, names, named)


def _named_sets(protocol: Protocol) -> dict[str, set[str]]:
    """Names of sets, by the line that does them in any session."""
    together: dict[str, set[str]] = {}
    for entry in protocol.rotation:
        for item in entry.do:
            rows = item.sets or tuple(_rows_of(protocol.schemes.get(_scheme(protocol, item.line, item.scheme))))
            together.setdefault(item.line, set()).update(row.name for row in _flat(rows) if row.name)
    return together


#: What a set of today has to have where something goes by it.
_Needed = Literal["load", "reps", ""]


@dataclass(frozen=True)
class _Place:
    """A row in a session: its item, stage and number there, where it is written, and all that says when it holds."""

    item: int
    stage: str
    number: int
    where: ValuePath
    row: Row
    when: tuple[When, ...]

    def weeks(self, protocol: Protocol, *more: When) -> set[int]:
        """Weeks in which it holds."""
        return _weeks(protocol, *self.when, *more)

    def meets(self, other: _Place, protocol: Protocol) -> bool:
        """Whether both hold at the same time, so far as that is simple to say."""
        pairs = zip_longest(self.when, other.when, fillvalue=When())
        alike = all(getattr(mine, key) == getattr(its, key) for mine, its in pairs for key in _TURNS)
        return alike and bool(self.weeks(protocol) & other.weeks(protocol))


def _weeks(protocol: Protocol, *when: When) -> set[int]:
    """Weeks of the programme or its cycle in which all of something holds."""
    spans = [notation.spans(one.weeks) for one in when if one.weeks is not None]
    most = protocol.cycle or protocol.weeks or 52
    return {week for week in range(1, most + 1) if all(any(week in span for span in each) for each in spans)}


def _places(protocol: Protocol, entry: int, item: int) -> Iterator[_Place]:
    """The rows of an item of a session."""
    session = protocol.rotation[entry]
    one = session.do[item]
    key = _scheme(protocol, one.line, one.scheme)
    scheme = protocol.schemes.get(key)
    stages: list[tuple[str, ValuePath, tuple[Row, ...]]] = []
    if one.sets:
        stages.append(("", ("rotation", entry, "do", item), one.sets))
    elif scheme is not None:
        stages.append(("", ("schemes", key), scheme.sets))
        stages += [(name, ("schemes", key, "stages", name), stage.sets) for name, stage in scheme.stages.items()]
    for name, at, rows in stages:
        for n, row in enumerate(rows):
            for each in row.spelled():
                yield _Place(item, name, n, (*at, "sets", n), each, (session, one, row))
            for m, inner in enumerate(row.of):
                for each in inner.spelled():
                    yield _Place(item, name, n, (*at, "sets", n, "of", m), each, (session, one, row, inner))


def _todays(protocol: Protocol, kinds: Kinds) -> Iterator[Objection]:
    """What is a share of a set of today, which that session does not have, or not before it, or without a load."""
    together = _named_sets(protocol)
    for i, entry in enumerate(protocol.rotation):
        for line in dict.fromkeys(item.line for item in entry.do):
            rows = [place for k, item in enumerate(entry.do) if item.line == line for place in _places(protocol, i, k)]
            for place in rows:
                for key, name, needed in _sets_meant(place.row):
                    before = [one for one in rows if one.row.name == name and _is_before(one, place)]
                    problem = _not_today(protocol, entry.name, name, before, place.weeks(protocol), needed=needed)
                    if problem and name in together[line]:  # else it is a fault already
                        yield (*place.where, *key), problem
            for k, item in enumerate(entry.do):
                if item.line == line and not item.sets:
                    yield from _todays_of_rules(protocol, entry, k, rows, kinds)


def _todays_of_rules(
    protocol: Protocol, entry: SessionPlan, k: int, rows: Sequence[_Place], kinds: Kinds
) -> Iterator[Objection]:
    key = _scheme(protocol, entry.do[k].line, entry.do[k].scheme)
    for at, rule in _rules(protocol):
        if at[1] != key:
            continue
        stage = str(at[3]) if at[2] == "stages" else None
        here = [one for one in rows if one.item != k or stage is None or one.stage == stage]
        weeks = _weeks(protocol, entry, entry.do[k], rule)
        for value, change in rule.do.items():
            if value in MOVES:
                continue
            for each in entries(change):
                for term in notation.change(each).amount.terms:
                    if (term.line, term.name) == ("today", "total") and not any(one.row.reps for one in here):
                        yield (*at, "do", value), "today.total is a number of repetitions, and no set here has any"
                    found = [one for one in here if one.row.name == term.name]
                    if term.line == "today" and found:
                        needed: _Needed = "load" if any(one.row.load is not None for one in found) else ""
                        problem = _not_today(
                            protocol, entry.name, str(term.name), found, weeks, needed=needed, some=True
                        )
                        problem = problem or _other_kind(kinds, entry.do[k].line, value, found)
                        if problem:
                            yield (*at, "do", value), problem


def _other_kind(kinds: Kinds, line: str, value: str, found: Sequence[_Place]) -> str:
    """What is wrong where a value becomes what was done of a set: a load is no number, a time no distance."""
    kind = kinds.of(line, value)
    for row in (one.row for one in found):
        timed = row.time is not None or row.hold is not None
        given: Kind = "time" if timed else "distance" if row.distance is not None else "count"
        given = "load" if row.load is not None else given
        if given != (kind or ("count" if given in ("time", "distance") else given)):
            is_what = f"today.{row.name} is the load of that set"
            if given != "load":
                is_what = f"what is done of set {row.name!r} is {WORDS[given]}"
            elif kind == "count":
                is_what += f"; for its repetitions a row says reps: today.{row.name}"
            return f"{value} is {WORDS[kind] if kind else 'a number'}, and {is_what}"
    return ""


def _sets_meant(row: Row) -> Iterator[tuple[ValuePath, str, _Needed]]:
    """Keys of a row that speak of another set of today, its name, and what is meant of it."""
    for key in ("load", "guess"):
        stated = getattr(row, key)
        for term in notation.amount(stated).terms if stated not in (None, "find") else ():
            if term.line == "today":
                yield (key,), str(term.name), "load"
    counted = None if row.reps is None else notation.repetitions(row.reps).of
    for term in () if counted is None else counted.terms:
        if term.line == "today":
            yield ("reps",), str(term.name), "reps"
    if row.adjust is not None:
        yield ("adjust", "by"), row.adjust.by, ""


def _totals(protocol: Protocol) -> Iterator[Objection]:
    """Totals in as many sets as it takes beside which nobody could tell whose sets are told.

    Those are other totals of the same line and session, and sets that may be left out.
    """
    for i, entry in enumerate(protocol.rotation):
        places = [(item.line, place) for k, item in enumerate(entry.do) for place in _places(protocol, i, k)]
        totals = [(line, place) for line, place in places if place.row.in_all]
        for n, (line, place) in enumerate(totals):
            for other_line, other in totals[:n]:
                if line == other_line and _same_day(place, other, protocol):
                    yield (
                        (*place.where, "sets"),
                        f"is the second total of {line!r} in session {entry.name!r}, and nobody could tell whose sets "
                        "are told; give it a line of its own",
                    )
        for line, place in places:
            key = _left_open(place.row, line, protocol)
            if key and any(line == one and _same_day(place, total, protocol) for one, total in totals):
                yield (
                    (*place.where, key),
                    f"leaves open how many sets are done beside the total of {line!r} in session {entry.name!r}, and "
                    "nobody could tell whose sets are told; say how many, or give the total a line of its own",
                )


def _same_day(one: _Place, other: _Place, protocol: Protocol) -> bool:
    """Whether two rows of a session may be done on the same day, so far as that is simple to say."""
    elsewhen = one.item == other.item and one.stage != other.stage
    return not elsewhen and one.meets(other, protocol)


def _left_open(row: Row, line: str, protocol: Protocol) -> str:
    """The key by which some sets of a row may be left out: a range of sets, or a time for rounds of repetitions."""
    if row.sets is not None:
        sets = notation.sets(row.sets)
        return "sets" if sets.least < sets.most else ""
    if row.until is None or all(one.time is not None or one.every is not None for one in row.of):
        return ""
    of = until_value(row.until)
    kind = limit(row.until)[0] if of is None else protocol.measures().get((of.owner(line), str(of.name)))
    return "" if kind == "distance" else "until"


def _is_before(one: _Place, other: _Place) -> bool:
    """Whether a row is done before another of the same session; of rows in turn each is before each."""
    if one.item != other.item:
        return one.item < other.item
    return one.stage == other.stage and (one.number, one.where) <= (other.number, other.where) and one is not other


def _not_today(
    protocol: Protocol,
    session: str,
    name: str,
    found: Sequence[_Place],
    weeks: set[int],
    *,
    needed: _Needed,
    some: bool = False,
) -> str:
    """What is wrong with a set of today that something goes by; nothing if it is there whenever it is needed.

    ``some``: it is enough that it is there now and then.
    """
    if not found:
        return f"no set before it in session {session!r} is named {name!r}"
    if needed:
        found = [one for one in found if getattr(one.row, needed) is not None]
        if not found:
            what = "load" if needed == "load" else "number of repetitions"
            return f"today.{name} is the {what} of that set, and set {name!r} has none"
    there = set().union(*(one.weeks(protocol) for one in found))
    if weeks - there and not (some and weeks & there):
        return f"no set of session {session!r} is named {name!r} in week {min(weeks - there)}"
    return ""


def _scheme(protocol: Protocol, line: str, scheme: str | None) -> str:
    found = protocol.lines.get(line)
    return scheme or (found.scheme if found and found.scheme else "")


def _rows_of(scheme: Scheme | None) -> Iterator[Row]:
    if scheme is not None:
        yield from scheme.sets
        for stage in scheme.stages.values():
            yield from stage.sets


def _flat(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        yield from row.spelled()
        yield from (each for inner in row.of for each in inner.spelled())


def _stages(
    key: str, scheme: Scheme, protocol: Protocol, line: str, names: set[str], named: set[str]
) -> Iterator[Objection]:
    where, stages = ("schemes", key), list(scheme.stages)
    for at, stage in _stages_of(protocol, key):
        if stage.rest is not None and (rest := notation.rest(stage.rest).of) is not None:
            yield from _value((*at, "rest"), rest, protocol, line, names, ())
        if stage.rir is not None and stage.rpe is not None:
            yield (*at, "rir"), "give rir or rpe, not both"
    for n, row in enumerate(scheme.sets):
        yield from _row((*where, "sets", n), row, protocol, line, names, named)
    for n, rule in enumerate(scheme.after):
        yield from _rule((*where, "after", n), rule, protocol, line, names, named, stages, None)
    for name, stage in scheme.stages.items():
        at = (*where, "stages", name)
        if name in ("next", "previous", "end"):
            yield at, "is a word of the language; give the stage another name"
        for n, row in enumerate(stage.sets):
            yield from _row((*at, "sets", n), row, protocol, line, names, named)
        for n, rule in enumerate(stage.after):
            yield from _rule((*at, "after", n), rule, protocol, line, names, named, stages, name)


def _row(
    where: ValuePath, row: Row, protocol: Protocol, line: str, names: set[str], named: set[str]
) -> Iterator[Objection]:
    spelled = row.spelled()
    if spelled != (row,):
        for each in spelled:
            yield from _row(where, each, protocol, line, names, named)
        return
    yield from _when(where, row, protocol)
    if row.name == "total":
        yield (*where, "name"), "is a word of the language: today.total; give the set another name"
    for key, parse in (
        ("sets", lambda stated: notation.sets(stated).amount or notation.Amount()),
        ("repeat", notation.amount),
        ("load", notation.amount),
        ("guess", notation.amount),
    ):
        stated = getattr(row, key)
        if stated is not None and stated != "find":
            amount = parse(stated)
            if key in ("sets", "repeat") and any(term.line == "today" for term in amount.terms):
                yield (*where, key), "cannot be what is done today: how many sets there are is known before"
            yield from _value((*where, key), amount, protocol, line, names, named)
    measures: tuple[tuple[str, Any], ...] = (
        ("reps", notation.repetitions),
        ("hold", notation.time),
        ("time", notation.time),
        ("rest", notation.rest),
        ("every", notation.rest),
        ("distance", notation.distance),
    )
    for key, read in measures:
        stated = getattr(row, key)
        of = None if stated is None else read(stated).of
        if of is not None:
            yield from _value((*where, key), of, protocol, line, names, named)
    if row.until is not None and (end := until_value(row.until)) is not None:
        yield from _value((*where, "until"), end, protocol, line, names, named)
    seconds = None if row.time is None else notation.time(row.time)
    if seconds is not None and seconds.of is None and not seconds.open and seconds.low < LEAST_SECONDS:
        yield (*where, "time"), f"must be at least {LEAST_SECONDS} s; what is shorter has repetitions, or hold"
    else:
        yield from _beyond(where, row, protocol, line)
    if (rounds := _rounds(row)) > MOST_ROUNDS:
        said = "repeat" if row.until is None else "until"
        yield (*where, said), f"comes to about {rounds} times in turn, and {MOST_ROUNDS} are the most"
    of = notation.repetitions(row.reps).of if row.in_all else None
    for term in () if of is None else of.terms:
        owner = protocol.lines.get(term.owner(line))
        if owner is not None and isinstance(owner.state.get(str(term.name)), tuple):
            yield (
                (*where, "reps"),
                f"{term.name} is a list, an entry for each set; with sets: any the total is one number",
            )
    if row.adjust is not None:
        if row.adjust.by not in named:
            yield (*where, "adjust", "by"), _no_set(row.adjust.by, named)
        for band, change in row.adjust.bands.items():
            yield from _change((*where, "adjust", "bands", band), change, protocol, line, names, named)
            yield from _settings((*where, "adjust", "bands", band), "the load", change)
    for n, inner in enumerate(row.of):
        yield from _row((*where, "of", n), inner, protocol, line, names, named)
    if row.rest is not None:
        yield from _rests_twice((*where, "rest"), row, protocol, line)


def _rests_twice(where: ValuePath, turn: Row, protocol: Protocol, line: str) -> Iterator[Objection]:
    """A rest after each turn, and another, or a clock, that the last set of the turn has itself."""
    for n, row in enumerate(turn.of):
        if not _may_be_last(row, turn.of[n + 1 :], protocol):
            continue
        if row.every is not None:
            yield where, f"the clock of of[{n}] (every: {row.every}) says when the next turn begins; leave rest away"
        elif _rests_behind(row, protocol, line):
            yield where, f"of[{n}], the last in turn, has a rest of its own for the same pause; leave one of them away"


def _may_be_last(row: Row, behind: Sequence[Row], protocol: Protocol) -> bool:
    """Whether a turn may end with a row, so far as that is simple to say: in some week no row behind it holds."""
    with_it = [one for one in behind if all(getattr(one, key) in (None, getattr(row, key)) for key in _TURNS)]
    return bool(_weeks(protocol, row).difference(*(_weeks(protocol, one) for one in with_it)))


def _rests_behind(row: Row, protocol: Protocol, line: str) -> bool:
    """Whether a row says a rest behind its last set, and not only between its sets."""
    if row.kind == "rest":
        return row.time is not None
    spelled = row.spelled()
    last = spelled[-1]
    rest = None if last.rest is None else notation.rest(last.rest)
    if rest is None or (rest.of is None and not rest.high):
        return False
    if isinstance(row.rest, tuple):
        return len(row.rest) == len(spelled)
    if len(spelled) > 1:
        return False
    if last.sets is not None:
        sets = notation.sets(last.sets)
        return sets.most == 1 or sets.amount == notation.Amount(Fraction(1))
    named = {one for _, of in amounts_used(last, alone=False) if of is not None for one in named_values(line, of)}
    return not any(
        isinstance(protocol.lines[owner].state.get(name), tuple) for owner, name in named if owner in protocol.lines
    )


def _beyond(where: ValuePath, row: Row, protocol: Protocol, line: str) -> Iterator[Objection]:
    """Numbers of a row, and values at the start that a row takes as they are, beyond what there can be."""
    for key, bound in BOUNDS.items():
        stated = getattr(row, key)
        if stated is None:
            continue
        for at, number in _numbers(key, stated, protocol, line):
            if problem := bound.objection(number):
                yield at or (*where, key), problem
                break


def _numbers(key: str, stated: Any, protocol: Protocol, line: str) -> Iterator[tuple[ValuePath, Fraction]]:
    """What a row says under a key in numbers, each with the place of the value that it is, if it is one."""
    of: notation.Amount | None
    ends: tuple[Fraction, ...] = ()
    if key in ("sets", "repeat"):
        of = notation.sets(stated).amount if key == "sets" else notation.amount(stated)
        ends = () if of is None or of.number is None else (of.number,)
    elif key == "until":
        of = until_value(stated)
        found = None if of is not None else limit(stated)
        ends = () if found is None or found[0] != "time" else (found[1].high,)
    elif key == "reps":
        of = notation.repetitions(stated).of
    else:
        measure = {"distance": notation.distance, "rest": notation.rest, "every": notation.rest}.get(key, notation.time)
        length = measure(stated)
        of = length.of
        ends = (length.low, length.high) if of is None and not length.most else ()
    yield from (((), end) for end in ends)
    if of is None or of.name is None or of.share != 1 or of.more or of.line not in (None, "start"):
        return
    for each in _bare_entries(protocol.lines[line].state.get(of.name)):
        number = notation.amount(each).number
        if number is not None and not notation.amount(each).more:
            yield ("lines", line, "state", of.name), number


def _rounds(row: Row) -> int:
    """How often rows are done in turn, as far as the file says it in numbers; 0 where it does not."""
    if row.repeat is not None:
        return int(notation.amount(row.repeat).number or 0)
    if row.until is None or until_value(row.until) is not None:
        return 0
    kind, end = limit(row.until)
    lengths = []
    for each in (spelled for inner in row.of for spelled in inner.spelled()):
        found = notation.time(each.time) if each.time is not None else None
        share = Fraction(1) if kind == "time" else USUAL_SPEED
        if kind == "distance" and each.distance is not None:
            found, share = notation.distance(each.distance), Fraction(1)
        if found is None or found.of is not None or found.open:
            return 0
        times = notation.sets(each.sets).least if each.sets is not None else 1
        lengths.append(share * max(times, 1) * (found.low + found.high) / 2)
    return int(end.high / sum(lengths)) if sum(lengths) else 0


def _rule(
    where: ValuePath,
    rule: Rule,
    protocol: Protocol,
    line: str,
    names: set[str],
    named: set[str],
    stages: list[str],
    stage: str | None,
) -> Iterator[Objection]:
    yield from _when(where, rule, protocol)
    yield from _set_of_rule(where, rule, named)
    yield from _never_holds(where, rule)
    measures = protocol.measures()
    yield from _state(where, rule, protocol, line)
    ladder = protocol.lines[line].ladder
    for name, change in rule.do.items():
        at = (*where, "do", name)
        if name == "stage":
            if not stages:
                yield at, "this scheme has no stages"
            elif change not in (*stages, "next", "previous", "end"):
                yield at, _unknown("stage", str(change), [*stages, "next", "previous", "end"])
            elif change == "next" and stage == stages[-1]:
                yield at, f"no stage follows {stage!r}; write end, or the name of a stage"
        elif name == "exercise":
            if change not in ("next", "previous", *ladder):
                hint = did_you_mean(str(change), ladder) or f"; it has {', '.join(ladder)}"
                yield at, f"the line {line!r} has no exercise {one_line(repr(change))}{hint} (a list there is a ladder)"
            elif len(ladder) < 2:
                yield at, f"the line {line!r} has only one exercise; write a list there"
        elif name == "phase":
            yield at, "is changed by the rules under 'phases'"
        elif name not in names:
            yield at, _no_value(line, name, [*names, "stage", "exercise"])
        elif (measure := measures.get((line, name))) is not None and _bare(change, measure):
            example = "+5 min or +30 s" if measure == "time" else "+400 m or +1 km"
            yield at, f"{name} is a {measure}; write its unit, such as {example}"
        elif measure is not None and any(term.name == "total" for term in _todays_terms(change)):
            yield at, f"{name} is a {measure}, and today.total is a number of repetitions"
        else:
            yield from _change(at, change, protocol, line, names, {*named, "total"})
            yield from _settings(at, name, change, protocol.lines[line].state.get(name))


def _todays_terms(change: Any) -> list[notation.Amount]:
    """What a change makes of what was done today."""
    terms = [term for each in entries(change) for term in notation.change(each).amount.terms]
    return [term for term in terms if term.line == "today"]


#: What can be compared with values: the kind that these have to be, and what it is.
_KINDS: Final[Mapping[str, tuple[notation.Measured | None, str]]] = {
    "reps": (None, "repetitions are a number"),
    "total": (None, "repetitions are a number"),
    "seconds": ("time", "seconds are a time"),
    "metres": ("distance", "metres are a distance"),
}


def _compared(where: ValuePath, rule: Rule, protocol: Protocol, line: str, kinds: Kinds) -> Iterator[Objection]:
    """Values with which a rule compares what was done: they are there, and of its kind."""
    for key, (wanted, is_what) in _KINDS.items():
        stated = getattr(rule, key)
        found = () if stated is None else notation.compared(stated, whole=wanted is None)
        for term in (term for one in found if isinstance(one, notation.Between) for term in one.terms):
            name, owner, at = str(term.name), term.owner(line), (*where, key)
            if term.name is None:
                continue
            if not owner:
                yield at, f"of which line? A phase looks at whole sessions: write {next(iter(protocol.lines))}.{name}"
                continue
            known = protocol.lines.get(owner)
            names = {*known.state, *known.needs} if known else set()
            if problems := list(_value(at, replace(term, more=()), protocol, line, names, ())):
                yield from problems
                continue
            kind = kinds.of(owner, name)
            if (None if kind == "count" else kind) != wanted:
                given = "a number" if kind in (None, "count") else WORDS[kind]
                hint = (
                    ""
                    if wanted is None
                    else "; write its unit where it begins, such as " + ("30 s" if wanted == "time" else "20 m")
                )
                yield at, f"{name} is {given}, and {is_what}{hint}"
            elif key == "total" and known is not None and isinstance(known.state.get(name), tuple):
                yield at, f"{name} is a list, an entry for each set, and a total is one number"


def _set_of_rule(where: ValuePath, rule: Rule, named: set[str]) -> Iterator[Objection]:
    """The set that a rule names: it is there, and something in the rule is of a single set."""
    if rule.set is None:
        return
    if rule.set not in named:
        yield (*where, "set"), _no_set(rule.set, named)
    changes = [each for name, change in rule.do.items() if name not in MOVES for each in entries(change)]
    counted = any(notation.change(each).per for each in changes)
    if not counted and all(getattr(rule, key) is None for key in _OF_A_SET):
        whole = [key for key in _OF_ALL_SETS if getattr(rule, key) is not None]
        told = (
            f"; {' and '.join(whole)} {'is' if len(whole) == 1 else 'are'} told of all sets together" if whole else ""
        )
        yield (*where, "set"), f"goes with {', '.join(_OF_A_SET[:-1])} or {_OF_A_SET[-1]} of that set{told}"


def _never_holds(where: ValuePath, rule: Rule) -> Iterator[Objection]:
    """Conditions of a rule of which one excludes another."""
    good = [key for key, asked in (("met: yes", rule.met), (f"successes: {rule.successes}", rule.successes)) if asked]
    bad = [
        key
        for key, asked in (
            ("met: no", rule.met is False),
            (f"failures: {rule.failures}", rule.failures),
            ("symptoms: yes", rule.symptoms),
            ("red: yes", rule.red),
        )
        if asked
    ]
    if good and bad:
        yield where, f"never holds: a session cannot be both {good[0]} and {bad[0]}; make two rules of it"
    elif rule.red and rule.symptoms is False:
        yield where, "never holds: red: yes are symptoms, and it asks for symptoms: no"
    if rule.done is not None and any(span.low < 1 for span in notation.spans(rule.done)):
        yield (*where, "done"), "counts from 1"


def _state(where: ValuePath, rule: Rule, protocol: Protocol, line: str) -> Iterator[Objection]:
    """Values that a rule looks at: they are there, and times and distances have their unit."""
    measures = protocol.measures()
    for said, wanted in rule.state.items():
        other, _, name = said.rpartition(".")
        owner = other or line
        known = protocol.lines.get(owner)
        measure = measures.get((owner, name))
        at = (*where, "state", said)
        if known is None:
            if other:
                yield at, _unknown("line", other, protocol.lines)
        elif name not in {*known.state, *known.needs}:
            yield at, _no_value(owner, name, [*known.state, *known.needs])
        elif measure is not None and not all(one.measure == measure for one in notation.ranges(wanted)):
            example = "30 min+ or 90 s" if measure == "time" else "5 km+ or 400 m"
            yield at, f"{said} is a {measure}; write its unit, such as {example}"


def _bare(change: Any, measure: notation.Measured) -> bool:
    """Whether a change of a time or distance has a number without such a unit; shares and 0 need none."""
    said = [notation.change(each) for each in entries(change)]
    terms = [term for one in said if not one.relative for term in one.amount.terms]
    return any(term.number and term.measure != measure for term in terms)


def _unit(
    where: ValuePath, name: str, amount: notation.Amount, text: Any, measure: notation.Measured | None
) -> Iterator[Objection]:
    """A value that is a time or a distance, and has not such a unit."""
    for term in amount.terms if measure is not None else ():
        if term.name == "unknown":
            yield where, f"{name} is a {measure}, which no session finds; write it, or ask for it under 'needs'"
            return
        if term.number and term.measure != measure:
            yield where, f"{name} {notation.unit_objection(term, measure, text)}"
            return


def _change(
    where: ValuePath, change: Any, protocol: Protocol, line: str, names: set[str], named: set[str]
) -> Iterator[Objection]:
    for each in entries(change):
        yield from _value(where, notation.change(each).amount, protocol, line, names, named)


def _settings(where: ValuePath, name: str, change: Any, stated: Any = None) -> Iterator[Objection]:
    """Several settings in one list, of which only the last would stay: without any sign they set a list."""
    said = entries(change)
    bare = sum(notation.change(each).sign == 0 for each in said)
    listed = isinstance(stated, tuple)
    if bare < 2 or (bare == len(said) and listed):
        return
    instead = "write the whole list without signs" if listed else f"{name} is no list under 'state': write one amount"
    yield where, f"sets {bare} amounts one after another; {instead}, or changes with + or -"


def _value(
    where: ValuePath,
    amount: notation.Amount,
    protocol: Protocol,
    line: str,
    names: set[str],
    named: Iterable[str],
) -> Iterator[Objection]:
    for _, term in amount.more:
        yield from _value(where, term, protocol, line, names, named)
    if amount.name in (None, "unknown"):
        return
    name = str(amount.name)
    if amount.line is None or amount.line == "start":
        if name not in names:
            yield where, _no_value(line, name, names)
    elif amount.line == "today":
        if name not in named:
            yield where, _no_set(name, named)
    else:
        other = protocol.lines.get(amount.line)
        if other is None:
            yield where, _unknown("line", amount.line, [*protocol.lines, "today", "start"])
        elif name not in {*other.state, *other.needs}:
            yield where, _no_value(amount.line, name, [*other.state, *other.needs])


def _no_value(line: str, name: str, names: Iterable[str]) -> str:
    known = list(names)
    hint = did_you_mean(name, known) or (f"; it has {', '.join(sorted(known))}" if known else "; it has none")
    return f"the line {line!r} has no value {one_line(repr(name))} in 'state' or 'needs'{hint}"


def _no_set(name: str, named: Iterable[str]) -> str:
    if name == "total":
        return "today.total is known only after the session: a rule may keep it, do: {best: today.total}"
    known = sorted(named)
    hint = did_you_mean(name, known) or "; give a set that name with 'name'"
    return f"no set of the session is named {one_line(repr(name))}{hint}"


def _when(where: ValuePath, when: When, protocol: Protocol) -> Iterator[Objection]:
    for phase in (when.phase,) if isinstance(when.phase, str) else when.phase or ():
        if phase not in protocol.phases:
            yield (*where, "phase"), _unknown("phase", phase, protocol.phases)
    days = protocol.days_a_week
    most_days = days if isinstance(days, int) else max(days.values())
    most_weeks = protocol.cycle or (None if protocol.open_ended else protocol.weeks)
    bounds: tuple[tuple[str, int | None, str], ...] = (
        ("weeks", most_weeks, "the cycle" if protocol.cycle else "it"),
        ("rounds", protocol.cycle, "the cycle"),
        ("days", most_days, "a week"),
        ("turns", None, ""),
    )
    for key, most, of in bounds:
        stated = getattr(when, key)
        for span in () if stated is None else notation.days(stated) or ():
            if most is None:
                if span.low < 1:
                    yield (*where, key), "counts from 1"
            elif not 1 <= span.low <= most:
                yield (*where, key), f"{key[:-1]} {span.low} never comes: {of} has {key} 1 to {most}"
