"""The small notations inside a protocol: ranges, repetitions, times, amounts and changes.

Each is one short text with a fixed grammar; nothing is evaluated.  Numbers are exact fractions, so
that 75 % of 90 kg is 67.5 kg and not a hair less.

====================  =====================================================================
spans                 ``3``, ``1-4``, ``1-3, 6``, ``10+`` (and more); of days also ``last``
sets                  ``3``, ``3-5``, ``0-2`` (may be left out), ``any`` (repetitions are a total), or a name
repetitions           ``5``, ``8-12``, ``5+`` (as many as possible, at least 5), ``max``, or an amount of a name:
                      ``reps``, ``reps+``, ``60% best``, ``best - 2``, ``50% today.top`` (of the repetitions of a set)
effort                ``8``, ``7.5``, ``7-8``: RPE, or repetitions in reserve
time                  ``90 s``, ``2 min``, ``2-3 min``, ``9:30``, ``9 min 30 s``, ``30 s+`` (as long as possible, at
                      least 30 s), ``max``, or an amount of a name (``minutes``, ``50% best``); never a number alone
rest                  a closed time, or ``none``
distance              ``400 m``, ``5 km``, ``1 mile``, ``100 yd``, ``20 m+``, ``max``, or an amount of a name; never
                      a number alone
amount                ``60``, ``60 kg``, ``85% tm``, ``90% squat.tm``, ``85% today.top``, ``today.total`` (repetitions),
                      ``start.load``, ``step``, ``unknown``; several with ``+`` or ``-`` between blanks:
                      ``70% tm + 2.5 kg``
compared              numbers, or amounts of named values: ``best+`` (at least), ``120% best+``, ``best + 1+``,
                      ``0-80% best``, ``best``
change                an amount to set; ``+2.5``, ``-5 lb``, ``+step``, ``+200% step`` to add; ``-10%`` of itself;
                      ``per rep over`` (the top of a set's target) or ``under`` (its lower end) times those;
                      after an addition to a list of values: ``one``, ``met`` or ``missed`` of them
====================  =====================================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal

from planner.domain.dose import METRES_IN, MOST_REPETITIONS, MOST_REST, FarUnit, LoadUnit

#: Metres and seconds of the units that may be written out.
FAR: Final[Mapping[str, FarUnit]] = {
    **dict.fromkeys(("mi", "mile", "miles"), "mile"),
    **dict.fromkeys(("yd", "yds", "yard", "yards"), "yard"),
}
METRES: Final = {"m": Fraction(1), "km": Fraction(1000), **{word: METRES_IN[unit] for word, unit in FAR.items()}}
SECONDS: Final = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), Fraction(1)),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), Fraction(60)),
    **dict.fromkeys(("h", "hour", "hours"), Fraction(3600)),
}
#: Of a time ``3m`` can only mean minutes; elsewhere it is metres.
_OF_A_TIME: Final = {**SECONDS, "m": Fraction(60)}
LOADS: Final = {
    **dict.fromkeys(("kg", "kgs"), LoadUnit.GRAM),
    **dict.fromkeys(("lb", "lbs"), LoadUnit.CENTIPOUND),
}

#: Metres of units that may not be written, so that what to write can be said.
_FEET: Final = dict.fromkeys(("ft", "foot", "feet"), Fraction("0.3048"))

#: Units of a bare number that has to have one, each with the number from which it is the likelier one, that of the
#: smaller unit first. [D]
_TIMES: Final = ((60, "s"), (0, "min"))
_RESTS: Final = ((15, "s"), (0, "min"))
_DISTANCES: Final = ((50, "m"), (0, "km"))

#: Native units (``Load.amount``) of one kilogram or pound.
NATIVE: Final = {LoadUnit.GRAM: 1000, LoadUnit.CENTIPOUND: 100}

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_NAME = r"[a-z][a-z0-9_]*"
_SPAN = re.compile(r"(?P<low>[0-9]+)(?:-(?P<high>[0-9]+)|(?P<open>\+))?(?P<close>)")
_RANGE = re.compile(rf"(?P<low>{_NUMBER})(?:-(?P<high>{_NUMBER}))?(?P<open>\+)?\s*(?P<unit>[a-z]+)?(?P<close>\+)?")
_REPETITIONS = re.compile(r"([0-9]+)(?:-([0-9]+))?(\+)?")
_MEASURE = re.compile(rf"({_NUMBER})(?:-({_NUMBER}))?\s*([a-z]+)?")
_AMOUNT = re.compile(rf"(?:({_NUMBER})\s*%\s*(?:of\s+)?)?({_NAME}(?:\.{_NAME})?)|({_NUMBER})\s*([a-z]+)?")
_DASHES = str.maketrans("\u2010\u2011\u2012\u2013\u2212", "-----")
_OPEN_INSIDE = re.compile(rf"^({_NUMBER})\+\s*([a-z]+)$")
_NO_TIME = re.compile(r"0+(?:\.0+)?\s*(?:[a-z]+)?")
_CLOCK = re.compile(r"([0-9]{1,3}):([0-5][0-9])(?::([0-5][0-9]))?")
#: ``3 min 30 s``, as durations are printed: at least two parts.
_PARTS = re.compile(
    r"(?=.*[a-z]\s*[0-9])(?:([0-9]{1,3})\s*(?:h|hours?)\s*)?(?:([0-9]{1,3})\s*(?:mins?|minutes?)\s*)?"
    r"(?:([0-9]{1,3})\s*(?:s|secs?|seconds?))?"
)
_AS_MANY: Final = ("amrap", "amap", "failure", "to failure")
#: ``1rm`` and ``10rm``, which begin with a number as no name does.
_MAXIMUM = re.compile(r"(?<![a-z0-9_])([0-9]{1,2})rm\b")
_CHANGE = re.compile(r"([+-])\s*(.+?)(?:\s+per\s+rep\s+(over|under))?(?:\s+(one|met|missed))?")
_SUM = re.compile(r"\s+([+-])\s+")
_TO = re.compile(r"(?<=\S)-(?=\S)")
_SHARE = re.compile(rf"({_NUMBER})\s*%")
#: ``0.8 one_rm``: a share without its sign.
_UNSIGNED_SHARE = re.compile(rf"({_NUMBER})\s+({_NAME}(?:\.{_NAME})?)")

#: ``60-70% one_rm``, ``20-30 kg``: a range, which is no amount.
_LOAD_RANGE = re.compile(rf"({_NUMBER})-({_NUMBER})(\s*%.*|\s*(?:{'|'.join(LOADS)}))?")
_RANGE_GOES: Final = "; a range of loads goes into note, or how hard it is into rpe"

Number = int | float | str
#: What a number with such a unit is.
Measured = Literal["time", "distance"]


@dataclass(frozen=True)
class Range:
    """Numbers from ``low`` to ``high``, both included; no end when ``high`` is None.

    Times are in seconds, distances in metres; ``measure`` says which of them it is, if any, ``unit`` that of a load.
    """

    low: Fraction
    high: Fraction | None
    measure: Measured | None = None
    unit: LoadUnit | None = None

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int | Fraction) and self.low <= number and (self.high is None or number <= self.high)


@dataclass(frozen=True)
class Repetitions:
    """How many repetitions: a number, a range, at least a number (``open``), or an amount ``of`` a named value.

    ``most`` is as many as possible, whatever their number.
    """

    low: int
    high: int
    open: bool = False
    of: Amount | None = None
    most: bool = False


@dataclass(frozen=True)
class Sets:
    """How many sets: from ``least`` to ``most``, or the number that an amount comes to.

    ``in_all``: as many as it takes; the repetitions are a total, which stands as one.
    """

    least: int = 0
    most: int = 0
    amount: Amount | None = None
    in_all: bool = False


@dataclass(frozen=True)
class Measure:
    """A time in seconds or a distance in metres, perhaps a range, or an amount ``of`` a named value.

    ``open``: at least so long or far, as much as possible; ``most``: as much as possible, whatever it is.
    """

    low: Fraction
    high: Fraction
    of: Amount | None = None
    far_in: FarUnit | None = None
    open: bool = False
    most: bool = False


@dataclass(frozen=True)
class Amount:
    """A number with its unit, or a share of a named value.

    ``line`` is the line whose value is meant, ``today`` for a set of the same session, ``start`` for
    the value at the start, None for the line itself.  Times are in seconds and distances in metres.
    ``measure`` says which of them it is, if any; ``more`` are amounts to add, each with its sign.
    """

    number: Fraction | None = None
    unit: LoadUnit | None = None
    measure: Measured | None = None
    far_in: FarUnit | None = None
    share: Fraction = Fraction(1)
    line: str | None = None
    name: str | None = None
    more: tuple[tuple[Literal[-1, 1], Amount], ...] = ()

    @property
    def terms(self) -> tuple[Amount, ...]:
        """The amount itself and those that are added to it."""
        return (self, *(amount for _, amount in self.more))

    def owner(self, line: str) -> str:
        """The line whose value is meant where a line speaks of it."""
        return line if self.line in (None, "start") else str(self.line)


@dataclass(frozen=True)
class Change:
    """What becomes of a value: set (``sign`` 0) or added to; ``relative`` counts in shares of itself.

    ``per`` is what it is multiplied by: repetitions over or under a target.
    """

    sign: Literal[-1, 0, 1]
    amount: Amount
    relative: bool = False
    which: Literal["all", "one", "met", "missed"] = "all"
    per: Literal["", "over", "under"] = ""


@dataclass(frozen=True)
class Between:
    """From one amount to another, both included; no end when ``high`` is None."""

    low: Amount
    high: Amount | None

    @property
    def terms(self) -> tuple[Amount, ...]:
        """The amounts that its ends are made of; of one amount alone once."""
        return self.low.terms if self.high in (None, self.low) else (*self.low.terms, *(self.high or self.low).terms)


class _Nearly(ValueError):
    """What is nearly an amount, with what is amiss: an unknown unit, a share of nothing."""


def exact(value: Number) -> Fraction:
    """The number that was written, exactly."""
    return Fraction(str(value))


def _text(value: Number) -> str:
    """What was written; a dash that a page or a keyboard has put for a hyphen is one."""
    return str(value).strip().translate(_DASHES)


@lru_cache(maxsize=4096)
def spans(value: Number) -> tuple[Range, ...]:
    """Ranges of whole numbers.

    Raises
    ------
    ValueError
        When the text is none.
    """
    return _ranges(value, whole=True, problem="must be whole numbers such as 3, 1-4, '1-3, 6' or 10+")


@lru_cache(maxsize=4096)
def ranges(value: Number) -> tuple[Range, ...]:
    """Ranges of numbers, with the unit that they are written in.

    Raises
    ------
    ValueError
        When the text is none.
    """
    return _ranges(value, whole=False, problem="must be numbers such as 12, 12+, 0-9.5, '3, 5' or 30 min+")


@lru_cache(maxsize=4096)
def compared(value: Number, *, whole: bool) -> tuple[Range | Between, ...]:
    """What is asked of a number: ranges, or what named values come to.

    Raises
    ------
    ValueError
        When the text is neither.
    """
    try:
        return spans(value) if whole else ranges(value)
    except ValueError as error:
        problem = str(error)
    if "today." in _text(value):
        raise ValueError("cannot be what is done today; a rule keeps it for the next time: do: {best: today.total}")
    try:
        found = tuple(_between(part) for part in _text(value).split(","))
    except ValueError:
        found = ()
    if not any(term.name not in (None, "unknown") for one in found for term in one.terms):
        raise ValueError(f"{problem}; or a value, such as best+ or 120% best+")
    return found


def ends_of(text: str) -> list[str]:
    """The amounts that a range between values is written with: one, with or without ``+`` behind it, or two."""
    return _TO.split(_text(text).removesuffix("+").strip())


def _between(text: str) -> Between:
    """``120% best+``, ``best + 1+``, ``0-80% best`` or ``best``."""
    low, *high = ends_of(text)
    open_ = text.strip().endswith("+")
    if len(high) > 1 or (high and open_):
        raise ValueError("must be one amount, with + for at least that, or two with a hyphen between them")
    least = amount(low)
    return Between(least, None if open_ else amount(high[0]) if high else least)


def _ends(found: re.Match[str]) -> tuple[Fraction, Fraction]:
    """Both ends of a range as it is written, the same twice for a number."""
    low, high = exact(found["low"]), exact(found["high"] or found["low"])
    if high < low:
        raise ValueError(f"the range runs backwards: write {found['high']}-{found['low']}")
    return low, high


def _ranges(value: Number, *, whole: bool, problem: str) -> tuple[Range, ...]:
    out = []
    for part in _text(value).split(","):
        found = (_SPAN if whole else _RANGE).fullmatch(part.strip())
        if found is None or (found["open"] and found["close"]):
            raise ValueError(problem)
        unit = None if whole else found["unit"]
        if unit is not None and unit not in {*SECONDS, *METRES, *LOADS}:
            raise ValueError(problem)
        measure: Measured | None = "time" if unit in SECONDS else "distance" if unit in METRES else None
        times = {**SECONDS, **METRES}.get(unit or "", Fraction(1))
        low, high = _ends(found)
        end = None if found["open"] or found["close"] else high * times
        out.append(Range(low * times, end, measure, LOADS.get(unit or "")))
    return tuple(out)


@lru_cache(maxsize=64)
def effort(value: Number) -> Range:
    """An effort or repetitions in reserve, 0-10, or a range of them: ``8``, ``7-8``, ``1-3``.

    Raises
    ------
    ValueError
        When the text is none.
    """
    found = _RANGE.fullmatch(_text(value))
    if found is None or found["open"] or found["close"] or found["unit"]:
        raise ValueError("must be a number or a range from 0 to 10, such as 8, 7.5 or 7-8")
    low, high = _ends(found)
    if high > 10:
        borg = "; Borg's scale from 6 to 20 goes into 'note'" if low >= 6 and high <= 20 else ""
        raise ValueError(f"must be between 0 and 10{borg}")
    return Range(low, high)


@lru_cache(maxsize=4096)
def days(value: Number) -> tuple[Range, ...] | None:
    """Spans of training days of a week; None for ``last``.

    Raises
    ------
    ValueError
        When the text is neither.
    """
    if value == "last":
        return None
    try:
        return spans(value)
    except ValueError:
        raise ValueError("must be training days of the week such as 1, 1-3 or '1, 3', or last") from None


def runs(numbers: Iterable[int]) -> list[list[int]]:
    """Rising whole numbers, those that follow one another together."""
    out: list[list[int]] = []
    for number in numbers:
        if out and number == out[-1][-1] + 1:
            out[-1].append(number)
        else:
            out.append([number])
    return out


@lru_cache(maxsize=4096)
def repetitions(value: Number) -> Repetitions:
    """Repetitions of a set.

    Raises
    ------
    ValueError
        When the text is none.
    """
    if value == "max":
        return Repetitions(1, 1, open=True, most=True)
    text = _text(value)
    if text.lower() in _AS_MANY:
        raise ValueError("as many as possible are written max, or 5+ for at least five")
    found = _REPETITIONS.fullmatch(text)
    if found is None and (of := _named(text.removesuffix("+"), today=True)) is not None:
        return Repetitions(0, 0, text.endswith("+"), of)
    if re.fullmatch(r"[0-9]+(-[0-9]+){2,}", text):
        raise ValueError(f"a number for each set is a list: write [{text.replace('-', ', ')}]")
    if found is None or (found[2] and found[3]):
        raise ValueError("must be repetitions such as 5, 8-12, 5+ or max, or the name of a value")
    low, high = int(found[1]), int(found[2] or found[1])
    if not 1 <= low <= high <= MOST_REPETITIONS:
        steps = "" if high < low else "; what is counted beyond, such as steps, is a time or a distance"
        raise ValueError(f"must be between 1 and {MOST_REPETITIONS}, the smaller number first{steps}")
    return Repetitions(low, high, bool(found[3]))


def _named(text: str, *, today: bool = False) -> Amount | None:
    """An amount of a named value, as a row may have it; None of anything else.

    Raises
    ------
    ValueError
        When it is of what is done on the same day: only loads and repetitions (``today``) can wait for that.
    """
    try:
        found = amount(text)
    except ValueError:
        return None
    if not today and any(term.line == "today" for term in found.terms):
        raise ValueError(f"cannot be what is done today; keep it for the next time: a rule with do: {{value: {text}}}")
    return None if found.name in (None, "unknown") else found


@lru_cache(maxsize=4096)
def sets(value: Number) -> Sets:
    """How many sets.

    Raises
    ------
    ValueError
        When the text is none.
    """
    if value == "any":
        return Sets(1, 1, in_all=True)
    found = _SPAN.fullmatch(_text(value))
    if found is not None and found["high"]:
        least, most = int(found["low"]), int(found["high"])
        if not (0 <= least <= most <= 20 and most):
            raise ValueError("must be between 0 and 20, the smaller number first")
        return Sets(least, most)
    try:
        return Sets(amount=amount(value))
    except ValueError:
        raise ValueError(
            "must be a number of sets such as 3, a range such as 3-5, or the name of a value; or any: the repetitions "
            "are a total"
        ) from None


@lru_cache(maxsize=4096)
def time(value: Number) -> Measure:
    """A time in seconds.

    Raises
    ------
    ValueError
        When the text is none.
    """
    return _perhaps_open(value, _closed_time)


def _closed_time(value: Number, units: Sequence[tuple[int, str]] = _TIMES) -> Measure:
    clock = clock_seconds(_text(value))
    if clock is not None:
        return Measure(clock, clock)
    return _measure(
        value, _OF_A_TIME, units, "a time such as 90 s, 2 min, 2-3 min, 30 s+ or max, or the name of a value"
    )


def _perhaps_open(value: Number, closed: Callable[[str], Measure]) -> Measure:
    """A measure that may be open at its end: ``30 s+``, ``30+ s``, ``max``."""
    text = _text(value)
    if text == "max":
        return Measure(Fraction(1), Fraction(1), open=True, most=True)
    text = _OPEN_INSIDE.sub(r"\1 \2+", text)
    if not text.endswith("+"):
        return closed(text)
    found = closed(text[:-1].rstrip())
    if found.low != found.high:
        raise ValueError("is a range and open at once: write the lower end with +, or the range without it")
    return replace(found, open=True)


@lru_cache(maxsize=4096)
def rest(value: Number) -> Measure:
    """A rest in seconds; ``none`` (or ``0 s``) is no rest at all.

    Raises
    ------
    ValueError
        When the text is none.
    """
    if _text(value) == "none" or _NO_TIME.fullmatch(_text(value)):
        return Measure(Fraction(0), Fraction(0))
    if _text(value) == "max" or _text(value).endswith("+"):
        raise ValueError("must have an end: write a time such as 3 min or 3-5 min, or leave it away (as needed)")
    try:
        found = _closed_time(value, _RESTS)
    except ValueError as error:
        wanted = "2 min or 2-3 min, none, or the name of a value"
        raise ValueError(str(error).replace("2 min, 2-3 min, 30 s+ or max, or the name of a value", wanted)) from None
    if found.high > MOST_REST:
        raise ValueError("must be at most an hour; what comes later in the day is a session of its own, or bouts_a_day")
    return found


@lru_cache(maxsize=4096)
def distance(value: Number) -> Measure:
    """A distance in metres.

    Raises
    ------
    ValueError
        When the text is none.
    """
    problem = "a distance such as 400 m, 5 km, 1 mile, 20 m+ or max, or the name of a value"
    return _perhaps_open(value, lambda text: _measure(text, METRES, _DISTANCES, problem))


def clock_seconds(text: str) -> Fraction | None:
    """Seconds of ``9:30``, ``1:05:00`` or ``9 min 30 s``; None of anything else."""
    if (parted := _PARTS.fullmatch(text.strip())) is not None:
        hours, minutes, seconds = (int(part or 0) for part in parted.groups())
        return Fraction(hours * 3600 + minutes * 60 + seconds)
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    parts = [int(part) for part in found.groups() if part is not None]
    return Fraction(sum(part * 60**n for n, part in enumerate(reversed(parts))))


def _with_units(text: Number, number: Fraction, units: Sequence[tuple[int, str]]) -> str:
    """``60 s or 60 min``: a bare number with its units, the likelier one first."""
    likely = sorted(units, key=lambda one: number < one[0])
    return " or ".join(f"{text} {unit}" for _, unit in likely)


def _measure(value: Number, units: dict[str, Fraction], usual: Sequence[tuple[int, str]], problem: str) -> Measure:
    found = _MEASURE.fullmatch(_text(value))
    if found is None and (of := _named(_text(value))) is not None:
        return Measure(Fraction(0), Fraction(0), of)
    if found is not None and found[3] in _FEET and units is METRES:
        far = [f"{float(exact(part) * _FEET[found[3]]):.0f}" for part in (found[1], found[2]) if part]
        raise ValueError(f"has the unit {found[3]}; write metres: {'-'.join(far)} m")
    if found is None or (found[3] is not None and found[3] not in units):
        raise ValueError(f"must be {problem}")
    if found[3] is None:
        raise ValueError(f"needs its unit: write {_with_units(value, exact(found[1]), usual)}")
    unit = units[found[3]]
    low, high = exact(found[1]) * unit, exact(found[2] or found[1]) * unit
    if not 0 < low <= high <= 1_000_000:
        raise ValueError("must be above 0, the smaller number first")
    return Measure(low, high, far_in=FAR.get(found[3]))


@lru_cache(maxsize=4096)
def amount(value: Number) -> Amount:
    """An amount: a number, or a share of a named value; or several that are added up.

    Raises
    ------
    ValueError
        When the text is none.
    """
    first, *rest = _SUM.split(_text(value))
    if not rest:
        return _term(first)
    signs: list[Literal[-1, 1]] = [1 if sign == "+" else -1 for sign in rest[::2]]
    terms = [_term(text) for text in (first, *rest[1::2])]
    if any(term.name == "unknown" for term in terms):
        raise ValueError("nothing can be added to what is unknown")
    found = replace(terms[0], more=tuple(zip(signs, terms[1:], strict=True)))
    if _never_above_nothing(found):
        text = _text(value)
        raise _Nearly(f"takes away all that there is: {text} is never above 0{_RANGE_GOES}")
    return found


def _never_above_nothing(of: Amount) -> bool:
    """Whether more is taken away of each value, and of each kind of number, than there is."""
    shares: dict[tuple[object, ...], Fraction] = {}
    for sign, term in ((1, replace(of, more=())), *of.more):
        key = (term.line, term.name, term.unit, term.measure)
        shares[key] = shares.get(key, Fraction(0)) + sign * (term.share if term.number is None else term.number)
    return all(share <= 0 for share in shares.values()) and any(sign < 0 for sign, _ in of.more)


def _term(value: str) -> Amount:
    if (maximum := _MAXIMUM.search(_text(value))) is not None:
        name = "one_rm" if maximum[1] == "1" else f"rm{maximum[1]}"
        raise ValueError(f"has {maximum[0]}, which is written {name}, as its line 'needs' it")
    if (spread := _LOAD_RANGE.fullmatch(_text(value))) is not None:
        low, unit = spread[1], spread[3]
        raise _Nearly(f"is a range, and an amount is one number: write {low}{unit or ''}{_RANGE_GOES}")
    if _text(value).startswith("-"):
        raise ValueError("cannot be negative; what takes weight off, such as a band, goes into 'note'")
    clock = clock_seconds(_text(value))
    if clock is not None:
        return Amount(clock, measure="time")
    if (of_nothing := _SHARE.fullmatch(_text(value))) is not None:
        raise _Nearly(f"{of_nothing[1]} % of what? Write {of_nothing[1]}% one_rm, or another value")
    bare = _UNSIGNED_SHARE.fullmatch(_text(value))
    if (
        bare is not None
        and (exact(bare[1]) < 1 or not bare[2].isalpha())
        and bare[2] not in {*SECONDS, *METRES, *LOADS}
    ):
        percent = float(exact(bare[1]) * (100 if exact(bare[1]) < 3 else 1))
        raise _Nearly(f"has a bare number before {bare[2]}; a share of it is written {percent:g}% {bare[2]}")
    found = _AMOUNT.fullmatch(_text(value))
    if found is not None and found[4] is not None and found[4] not in {*SECONDS, *METRES, *LOADS}:
        raise _Nearly(f"has the unit {found[4]}; units are kg, lb, s, min, h, m, km, miles and yards")
    if found is None:
        raise ValueError("must be an amount such as 60, 60 kg, 85% tm or 85% today.top, or the name of a value")
    if found[2]:
        line, _, name = found[2].rpartition(".")
        share = exact(found[1]) / 100 if found[1] else Fraction(1)
        if not 0 < share <= 20:
            raise ValueError("must be a share above 0 %, at most 2000 %")
        return Amount(share=share, line=line or None, name=name)
    number, unit = exact(found[3]), found[4]
    if unit in SECONDS:
        return Amount(number * SECONDS[unit], measure="time")
    if unit in METRES:
        return Amount(number * METRES[unit], measure="distance", far_in=FAR.get(unit))
    return Amount(number, LOADS.get(unit or ""))


def stated(value: Number) -> Amount:
    """A number that somebody states, with its unit or without: ``80``, ``80 kg``, ``30 min``, ``9:30``, ``1 mile``.

    Raises
    ------
    ValueError
        When the text is none.
    """
    try:
        found = amount(value)
    except ValueError:
        found = Amount()
    if found.number is None or found.more:
        raise ValueError("must be a number, with its unit where it has one: 80, 80 kg, 30 min, 9:30 or 400 m")
    return found


def unit_objection(found: Amount, measure: Measured | None, text: Number) -> str:
    """What is wrong with the unit of a number where a time or distance, or neither, is wanted; nothing if it fits."""
    if found.measure == measure:
        return ""
    if measure is not None:
        written = "30 min, 9:30 or 90 s" if measure == "time" else "5 km, 400 m or 1 mile"
        if re.fullmatch(_NUMBER, str(text).strip()):
            number = exact(str(text))
            written = _with_units(f"{float(number):g}", number, _TIMES if measure == "time" else _DISTANCES)
        return f"is a {measure} and needs its unit: write {written}"
    return f"is no {found.measure}: write a number"


@lru_cache(maxsize=4096)
def change(value: Number) -> Change:
    """A change of a value.

    Raises
    ------
    ValueError
        When the text is none.
    """
    text = _text(value)
    found = _CHANGE.fullmatch(text)
    if (of_nothing := _SHARE.fullmatch(text)) is not None:
        much = of_nothing[1]
        raise ValueError(f"{much} % of what? Write +{much}% or -{much}% of itself, or {much}% one_rm or another value")
    try:
        if found is None:
            return Change(0, amount(text))
        sign: Literal[-1, 1] = 1 if found[1] == "+" else -1
        which: Literal["all", "one", "met", "missed"] = found[4] or "all"  # type: ignore[assignment]
        per: Literal["", "over", "under"] = found[3] or ""  # type: ignore[assignment]
        share = _SHARE.fullmatch(found[2])
        if share is not None:
            return Change(sign, Amount(exact(share[1]) / 100), relative=True, which=which, per=per)
        return Change(sign, _term(found[2]), which=which, per=per)
    except _Nearly:
        raise
    except ValueError:
        raise ValueError(
            "must be an amount to set, such as 85% tm, or a change such as +2.5, -10%, +step, +step per rep over or "
            "+1 one; several are a list"
        ) from None
