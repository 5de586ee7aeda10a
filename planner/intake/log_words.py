"""Words of a log: what people write of a session, and what is meant.

Shared by ``log.yaml``, CSV files and the command line, so that all three forgive the same.  Every
function takes plain text and returns a value, or raises ``ValueError`` with a message that says
what to write instead.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from planner.domain.directions import Direction, Side
from planner.domain.dose import LoadUnit
from planner.domain.log import Attendance, Outcomes
from planner.domain.notation import METRES
from planner.domain.patient import Answer, MostDistal, MotorFinding, Myotome, Site
from planner.domain.programme import CheckIn, Item, Programme, Session, SessionKind, Status
from planner.domain.red_flags import FLAG_IDS, RED_FLAGS
from planner.intake.validate import did_you_mean
from planner.intake.yamlfile import one_line
from planner.rules.stops import PROGRAMME

#: How a session that was done, partly done or missed is said.
ATTENDANCE: Final = {
    Attendance.DONE: ("done", "yes", "y", "true", "x", "full", "complete", "completed"),
    Attendance.PARTLY: ("partly", "part", "partial", "partially", "half"),
    Attendance.MISSED: ("missed", "no", "n", "false", "skipped", "not_done"),
}
_YES: Final = ("yes", "y", "true", "x", "1")
_NO: Final = ("no", "n", "false", "0")
_SITES: Final = {
    "no": Site.NONE,
    "nothing": Site.NONE,
    "buttocks": Site.BUTTOCK,
    "shin": Site.CALF,
    "ankle": Site.FOOT,
    "toes": Site.FOOT,
    **{site.value: site for site in Site},
}
_SIDES: Final = {"l": Side.LEFT, "r": Side.RIGHT, "bilateral": Side.BOTH, **{side.value: side for side in Side}}
_COURSES: Final = ("stable", "improving", "worsening", "unknown")
_OUTCOMES: Final = {
    "odi": "odi_percent",
    "oswestry": "odi_percent",
    "roland_morris": "rmdq",
    "start_back": "start_back_total",
    "startback": "start_back_total",
    "start": "start_back_total",
    "psych": "start_back_psych",
    "orebro": "orebro_short",
    "oerebro": "orebro_short",
    "örebro": "orebro_short",
}
#: Words for red flags that their questions do not use.
_FLAGS: Final = {"saddle": "cauda_equina", "saddle_numbness": "cauda_equina"}
#: Words with which patients name themselves.
_PATIENT: Final = ("the", "a", "patient", "client", "i", "me", "myself", "self", "himself", "herself", "themselves")
_BANDS: Final = ("very_light", "very_heavy", "light", "medium", "heavy")
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DOTTED: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SLASHED: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_SLOT: Final = re.compile(r"w0*(\d{1,2})[-_ ]?([sd])0*(\d{1,2})(-\d+)?")
#: A session inside a question: a slot, a day, or its number.
_NAMED: Final = re.compile(
    r"\bw\d{1,2}[-_ ]?[sd]\d{1,2}(?:-\d+)?\b|\b\d{4}-\d{1,2}-\d{1,2}\b|\bsession\s+(?:number\s+)?(\d{1,4})\b",
    re.IGNORECASE,
)
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def folded(text: str) -> str:
    """Small letters, one underscore for whatever stands between words."""
    return "_".join(re.findall(r"\w+", text.lower().replace("_", " ")))


def quoted(text: object) -> str:
    """Text from outside as it is repeated in a message."""
    return one_line(repr(text))


# -------------------------------------------------------------------- answers and findings
def attendance(text: str) -> Attendance:
    """``done``, ``partly`` or ``missed``; yes and no are taken for done and missed."""
    word = folded(text)
    for value, words in ATTENDANCE.items():
        if word in words:
            return value
    raise ValueError(f"must be done, partly or missed{did_you_mean(word, list(Attendance))}")


def yes_or_no(text: str) -> bool:
    """True for yes, false for no."""
    word = folded(text)
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError("must be yes or no")


def site(text: str) -> MostDistal:
    """The most distal symptom in words: ``calf left``, ``back``, ``none``."""
    found: list[Site] = []
    sides: set[Side] = set()
    for word in re.split(r"[\s,/:=]+", text.strip().lower().replace("lower back", "back").replace("low back", "back")):
        if word in _SITES:
            found.append(_SITES[word])
        elif word in _SIDES:
            sides.add(_SIDES[word])
        elif word not in ("", "side", "the", "in", "and"):
            raise ValueError(
                f"must be a site, with its side, such as calf left; sites are {', '.join(Site)}"
                f"{did_you_mean(word, list(Site))}"
            )
    if not found:
        raise ValueError(f"names no site, such as calf left; sites are {', '.join(Site)}")
    farthest = max(found, key=lambda one: one.rank)
    sides.discard(Side.NONE)
    side = next(iter(sides), Side.NONE) if len(sides) < 2 else Side.BOTH
    return MostDistal(site=farthest, side=Side.NONE if farthest is Site.NONE else side)


def motor(text: str) -> MotorFinding:
    """A strength finding in words: ``L5 left 4``, ``L5=4:left``, ``S1 right 4 worsening``."""
    found: dict[str, Any] = {}
    for word in re.split(r"[\s,:=/]+", text.strip()):
        if word.upper() in tuple(Myotome):
            found["myotome"] = Myotome(word.upper())
        elif _SIDES.get(word.lower()) in (Side.LEFT, Side.RIGHT):
            found["side"] = _SIDES[word.lower()]
        elif word in ("0", "1", "2", "3", "4", "5"):
            found["grade"] = int(word)
        elif word.lower() in _COURSES:
            found["course"] = word.lower()
        elif word.lower() not in ("", "grade", "mrc"):
            known = [*Myotome, "left", "right", *_COURSES]
            raise ValueError(f"{quoted(word)} is not understood{did_you_mean(word, known)}; write it like L5 left 4")
    missing = [name for name in ("myotome", "side", "grade") if name not in found]
    if missing:
        raise ValueError(f"says no {missing[0]}: write it like L5 left 4 (grade 0-5, then stable or worsening)")
    return MotorFinding(**found)


def flag(text: str) -> str:
    """The red flag that a word names: its id, or a word that only its question has."""
    word = folded(text)
    if word in FLAG_IDS:
        return word
    word = _FLAGS.get(word, word)
    asking = [
        one.id
        for one in RED_FLAGS
        if len(word) > 3 and word.replace("_", " ") in f"{one.id.replace('_', ' ')} {one.question.lower()}"
    ]
    if len(asking) == 1:
        return asking[0]
    if asking:
        raise ValueError(f"fits several safety questions: {', '.join(asking)}")
    raise ValueError(f"is not a safety question{did_you_mean(word, FLAG_IDS) or '; they are ' + ', '.join(FLAG_IDS)}")


def answer(text: str) -> Answer:
    """Yes, no or unknown."""
    if folded(text) in ("unknown", "not_sure", "unsure"):
        return Answer.UNKNOWN
    try:
        return Answer.YES if yes_or_no(text) else Answer.NO
    except ValueError:
        raise ValueError("must be yes, no or unknown") from None


def outcome(text: str) -> str:
    """The field of ``Outcomes`` that a name means: ``odi``, ``Örebro``, ``start back total``."""
    word = folded(text)
    word = _OUTCOMES.get(word, word)
    if word not in Outcomes.model_fields:
        known = [*Outcomes.model_fields, *_OUTCOMES]
        hint = did_you_mean(word, known) or f"; they are {', '.join(Outcomes.model_fields)}"
        raise ValueError(f"is not an outcome score{hint}")
    return word


def names_nobody(text: str, patient: str) -> bool:
    """Whether the name of who writes names nobody else than the patient: the pseudonym, or a word such as "me".

    Single letters without such a word are the initials of somebody; "I" alone is the patient.
    """
    words = folded(text).split("_")
    others = [word for word in f"_{folded(text)}_".replace(f"_{folded(patient)}_", "_").split("_") if word]
    if others == words != ["i"] and all(len(word) == 1 for word in words):
        return False
    return all(word in _PATIENT for word in others)


# -------------------------------------------------------------------- numbers
def number(text: str) -> float:
    """A number; a decimal comma is taken for a point."""
    if not re.fullmatch(r"[-+]?\d{1,7}([.,]\d{1,6})?", text.strip()):
        raise ValueError("must be a number")
    return float(text.strip().replace(",", "."))


def whole(text: str) -> int:
    """A whole number."""
    found = number(text)
    if found != int(found):
        raise ValueError("must be a whole number")
    return int(found)


def plain_number(value: float) -> int | float:
    """A number as a person would write it: whole where it is whole."""
    return int(value) if value == int(value) else value


def date(text: str) -> dt.date | None:
    """A date written 2026-03-02 or 2.3.2026, with slashes where it is clear which is the month; else None.

    Raises
    ------
    ValueError
        When it looks like one and there is no such day, or day and month cannot be told apart.
    """
    word = text.strip()
    match = _ISO.fullmatch(word)
    parts = (match[1], match[2], match[3]) if match else None
    if parts is None and (match := _DOTTED.fullmatch(word)):
        parts = (match[3], match[2], match[1])
    if parts is None and (match := _SLASHED.fullmatch(word)):
        first, second = int(match[1]), int(match[2])
        if max(first, second) > 12 or first == second:
            parts = (match[3], match[1], match[2]) if second > 12 else (match[3], match[2], match[1])
    if parts is None:
        if re.fullmatch(r"\d{1,4}/\d{1,2}(/\d{1,4})?", word):
            raise ValueError("could be day or month first: write dates like 2026-03-02")
        return None
    try:
        return dt.date(*(int(part) for part in parts))
    except ValueError:
        raise ValueError("is not a day of the calendar") from None


# -------------------------------------------------------------------- what an entry is about
def session(programme: Programme, text: str) -> Session:
    """The session that is named by its slot, its number among the training sessions, or its day."""
    word = text.strip().lower()
    day = date(word)
    if day is not None:
        return _session_on(programme, day)
    slots = {one.slot: one for one in programme.sessions}
    match = _SLOT.fullmatch(word)
    spelt = f"w{int(match[1]):02d}-{match[2]}{match[3]}{match[4] or ''}" if match else word
    if spelt in slots:
        return slots[spelt]
    training = [one for one in programme.sessions if one.kind is SessionKind.TRAINING]
    if re.fullmatch(r"[0-9]{1,4}", word):
        if 1 <= int(word) <= len(training):
            return training[int(word) - 1]
        raise ValueError(f"there is no such session: training sessions are numbered 1 to {len(training)}")
    near = _nearest(programme, match) if match else ""
    hint = f"; the nearest is {near}" if near else did_you_mean(spelt, slots)
    raise ValueError(
        f"is no session of this programme{hint}" + ("" if hint else "; name a slot such as w03-s2, a number or a date")
    )


def _nearest(programme: Programme, match: re.Match[str]) -> str:
    """The slot that is nearest to one that is not there: by its week, then by its number in it."""
    kind = SessionKind.TRAINING if match[2] == "s" else SessionKind.DAILY
    found = [(one.slot, named) for one in programme.sessions if one.kind is kind and (named := _SLOT.match(one.slot))]
    week, number = int(match[1]), int(match[3])
    return min(found, key=lambda one: (abs(int(one[1][1]) - week), abs(int(one[1][3]) - number)), default=("",))[0]


def session_in(programme: Programme, text: str) -> tuple[Session | None, str]:
    """The session that a question names, by its slot, its number or its day; and the words that are left.

    Raises
    ------
    ValueError
        When it names one that the programme does not have, with the nearest.
    """
    match = _NAMED.search(text)
    if match is None:
        return None, text
    try:
        found = session(programme, match[1] or match[0])
    except ValueError as error:
        raise ValueError(f"{match[0]}: {error}") from None
    return found, f"{text[: match.start()]} {text[match.end() :]}"


def _session_on(programme: Programme, day: dt.date) -> Session:
    there = [one for one in programme.sessions if one.start.date() == day]
    found = [one for one in there if one.status is not Status.CANCELLED] or there
    training = [one for one in found if one.kind is SessionKind.TRAINING]
    chosen = training or found
    if len(chosen) == 1:
        return chosen[0]
    if chosen:
        raise ValueError(f"has several sessions: name one of {', '.join(one.slot for one in chosen)}")
    days = sorted({one.start.date() for one in programme.sessions})
    near = sorted(days, key=lambda one: (abs(one - day), one))[:2]
    words = " and ".join(day_text(one) for one in sorted(near))
    raise ValueError(f"no session is on {day_text(day)}" + (f"; the nearest are on {words}" if near else ""))


def day_text(day: dt.date) -> str:
    """``Mon 2 Mar 2026``."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def check_in(programme: Programme, text: str) -> CheckIn:
    """The check-in of that number or id."""
    word = folded(text).replace("_", "-")
    number = re.fullmatch(r"[0-9]{1,2}[a-z]{0,2}", word)
    name = f"check-in-{word}" if number else word.replace("checkin", "check-in")
    for one in programme.check_ins:
        if name in (one.id, one.slot):
            return one
    known = [one.id for one in programme.check_ins]
    hint = did_you_mean(name, known) or (f"; they are {', '.join(known)}" if known else "; it has none")
    raise ValueError(f"is no check-in of this programme{hint}")


# -------------------------------------------------------------------- exercises
def names_in(sessions: Iterable[Session]) -> dict[str, str]:
    """Names of the exercises of sessions, easier forms and fallbacks too, by id; planned ones first."""
    found: dict[str, str] = {}
    held = [item for one in sessions for item in (*one.items, *one.short)]
    for item in held:
        found.setdefault(item.exercise, item.name)
    for item in held:
        for other in (item.easier, item.fallback):
            if other is not None:
                found.setdefault(other.exercise, other.name)
    return found


def exercise(text: str, planned: Mapping[str, str], known: Mapping[str, str]) -> str:
    """The id of the exercise that is meant: one of ``planned``, else of all that are ``known``.

    Both are names by id.  Ids, whole names and parts of a name that only one exercise has are taken.
    Part of a planned name comes before a whole name that was not planned: who writes "sit to stand"
    of a session with "Sit-to-stand from a high chair" means that, unless the other's id is written.
    """
    if text in known:
        return text
    for names, whole in ((planned, True), (planned, False), (known, True), (known, False)):
        near = _named(text, names, whole=whole)
        if len(near) == 1 or (near and whole):
            return near[0]
        if near:
            some = [*(names[name] for name in near[:3]), *(["others"] if len(near) > 3 else [])]
            raise ValueError(f"could be {' or '.join(some)}; write its whole name")
    hint = did_you_mean(text, [*planned.values(), *planned]) or did_you_mean(text, [*known.values(), *known])
    raise ValueError(f"no such exercise{hint}")


def item_named(
    text: str, session: Session | None, known: Mapping[str, str], programme: Mapping[str, str]
) -> tuple[str, str]:
    """The exercise that is meant, and which part of the session it is where the exercise is in several.

    A published programme may train one exercise twice in a session, by two lines or by two schemes of one.
    A line's name, and the name of a part as the session shows it, are taken beside names of exercises.
    Without a session, the names of the ``programme`` come first.

    Returns
    -------
    tuple
        The id of the exercise; the part, empty where the exercise as a whole is meant.
    """
    planned = programme if session is None else names_in([session])
    items = () if session is None else session.items
    word = folded(text)
    for item in items:
        if item.part and word in (folded(item.part), folded(f"{item.name} {item.part}")):
            return item.exercise, item.part
    if exercise_named(text, planned) is None:
        lines = {item.exercise for item in items if item.line and word == folded(item.line)}
        if len(lines) == 1:
            return lines.pop(), ""
    try:
        return exercise(text, planned, known), ""
    except ValueError as error:
        names = dict.fromkeys(name for item in items if (name := item.part or item.line))
        hint = did_you_mean(text, names) if "could be" not in str(error) else ""
        raise ValueError(f"no such exercise{hint}" if hint else str(error)) from None


def exercise_named(text: str, known: Mapping[str, str]) -> str | None:
    """The exercise whose whole name or id some words are, None when there is none."""
    return next(iter(_named(text, known, whole=True)), None)


def _named(text: str, names: Mapping[str, str], *, whole: bool) -> list[str]:
    """Ids of the exercises that are called so, or whose name has all the words."""
    word = folded(text)
    if whole:
        return [name for name, shown in names.items() if word in (folded(name), folded(shown))]
    parts = set(word.split("_"))
    return [name for name, shown in names.items() if parts <= {*folded(shown).split("_"), *folded(name).split("_")}]


def cleared(text: str, planned: Mapping[str, str], known: Mapping[str, str]) -> str:
    """The direction or exercise that is allowed again; ``programme``, or a safety question, where all was on hold."""
    word = folded(text)
    if word in ("programme", "program"):
        return PROGRAMME
    if word in FLAG_IDS or word in _FLAGS:
        return _FLAGS.get(word, word)
    for direction in Direction:
        if word in (direction.value, folded(direction.plain)):
            return direction.value
    try:
        return exercise(text, planned, known)
    except ValueError:
        hint = did_you_mean(word, [*Direction, *FLAG_IDS, *planned, *known])
        raise ValueError(f"is neither a direction, an exercise, a safety question nor programme{hint}") from None


def unit_of(programme: Programme, exercise: str = "") -> str:
    """The unit of a programme's own loads, ``kg`` or ``lb``, of the exercise first; empty where it has both."""
    loads: dict[bool, set[LoadUnit]] = {True: set(), False: set()}
    for one in programme.sessions:
        for held in one.items:
            loads[held.exercise == exercise].update(row.load.unit for row in held.dose.sets if row.load)
    units = loads[True] or loads[False] or {LoadUnit.GRAM}
    return "" if len(units) > 1 else "kg" if units == {LoadUnit.GRAM} else "lb"


# -------------------------------------------------------------------- an item in words
_N: Final = r"\d{1,5}(?:[.,]\d{1,3})?"
_P: Final = r"\d{1,5}(?:\.\d{1,3})?"
_MASS: Final = r"(kgs?|kilos?|kilograms?|lbs?|pounds?)"
_EACH: Final = r"(?:\s*(?:each|in each hand|per hand))?"
#: What an item's words may say after its name, tried in this order.
_PHRASES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        (
            "holds",
            r"(?:(\d{1,2})\s*[x×]\s*)?(\d{1,3})\s*(?:holds?|reps?)\s*(?:of|x|×)\s*(\d{1,4})\s*(?:s|secs?|seconds?)\b",
        ),
        ("loads", rf"(?:@|at\b)?\s*({_N}(?:\s*/\s*{_N})+)\s*{_MASS}\b{_EACH}"),
        ("loads", rf"(?:@|at\b)\s*({_P}(?:,\s*{_P}){{2,}}|{_P}(?:,\s+{_P})+)\s*{_MASS}\b{_EACH}"),
        ("load", rf"(?:@|at\b)?\s*({_N})\s*{_MASS}\b{_EACH}"),
        ("bare_loads", rf"(?:@|at\b)\s*({_P}(?:\s*/\s*{_P})+)(?=\s*(?:$|[,;+]|then\b|and\b|rpe\b|rir\b|pain\b))"),
        ("bare", rf"(?:@|at\b)\s*({_N})(?=\s*(?:$|[,;+x×]|then\b|and\b|rpe\b|rir\b|pain\b))"),
        ("lengths", r"(\d{1,5}(?:\s*/\s*\d{1,5})+)\s*(min|mins|minutes?|s|secs?|seconds?|m|metres?|meters?)\b"),
        ("lengths", r"(\d{1,5}(?:,\s*\d{1,5})+)\s*(s|secs?|seconds?|m|metres?|meters?)\b"),
        ("sets_minutes", rf"(?:(\d{{1,2}})\s*[x×]\s*)?({_N})\s*(?:min|mins|minutes?)\b"),
        ("sets_seconds", r"(?:(\d{1,2})\s*[x×]\s*)?(\d{1,5})\s*(?:s|secs?|seconds?)\b"),
        ("sets_far", rf"(?:(\d{{1,2}})\s*[x×]\s*)?({_N})\s*(km|miles?|mi|yards?|yds?)\b"),
        ("clock", r"(\d{1,3}):(\d{2})(?::(\d{2}))?(?!\d)"),
        ("sets_metres", r"(?:(\d{1,2})\s*[x×]\s*)?(\d{1,5})\s*(?:m|metres?|meters?)\b"),
        ("sets_reps", r"(\d{1,2})\s*(?:sets?\s*(?:of)?|[x×])\s*(\d{1,3})(?![\d.])\s*(?:reps?\b|repetitions?\b)?"),
        ("list", r"(\d{1,3}(?:[,/-]\d{1,3})+)\s*(?:reps?\b|repetitions?\b)?"),
        ("one_set", r"(\d{1,3})\s*(?:reps?\b|repetitions?\b|(?=@|at\b))"),
        ("times", r"[x×]\s*(\d{1,3})(?![\d.])\s*(?:reps?\b|repetitions?\b)?"),
        ("rpe", rf"(?:rpe|cr10|effort)\s*:?\s*({_N})"),
        ("rir", rf"rir\s*:?\s*({_N})"),
        ("rir", rf"({_N})\s*(?:rir\b|(?:reps? |repetitions? )?in reserve)"),
        ("pain", r"pain\s*:?\s*(\d{1,3})"),
        ("band", rf"(?:with )?(?:an? )?({'|'.join(name.replace('_', '[ _]') for name in _BANDS)})(?: band)?\b"),
        ("not_done", r"(?:not done|left out|skipped|missed)\b"),
        ("down", r"(?:peripheralis\w*|peripheraliz\w*|further down(?: the leg)?|down the leg)"),
        ("apart", r"(?:then|and)\b|[,;+]"),
        ("nothing", r"(?:done|each side|per side|a side|body ?weight|at|with|of|in)\b|[@.()]"),
    )
)
#: What is said of an item as a whole, not of its sets; and what counts a set.
_OF_ITEM: Final = ("pain", "done", "peripheralised")
_COUNTS: Final = ("reps", "seconds", "metres")
#: How long a stretch of a sequence in words is, where it is no rest.
_STRETCHES: Final = {
    "seconds": re.compile(r"^(?!\s*(?:rest|sit)\b).*(?:\d (?:s|min|h)\b|as long as)"),
    "metres": re.compile(r"^(?!\s*(?:rest|sit)\b).*(?:\d (?:m|km|miles?|yd)\b|as far as)"),
}
_EXAMPLE: Final = "goblet squat: 3x8 @ 12 kg rpe 7 pain 3"
_UNITLESS: Final = "say what it counts: reps, s, min, m, kg or lb"
#: A name, the colon behind it, which one inside a time such as ``in 9:30`` is not, and the rest.
_NAME_COLON: Final = re.compile(r"((?:\bin\s+\d[\d:]*|[^:])*)(:?)(.*)", re.DOTALL)
_BEGINS: Final = re.compile(
    r"\s(?=\d|@|in\s+\d|rpe\b|rir\b|cr10\b|effort\b|pain\b|not done\b|left out\b|skipped\b|missed\b|"
    r"further down|peripheral|with an? \w+ band)"
)


def item(
    text: str, unit: str = "", planned: Callable[[str], Collection[Collection[str]]] = lambda _: ()
) -> dict[str, Any]:
    """An item in words: ``goblet squat: 3x8 @ 12 kg rpe 7 pain 3``; ``unit`` is that of loads without one.

    Sets that are unlike each other are told one after the other, with a comma between them:
    ``squat: 5 @ 60 kg, 5 @ 70 kg, 2x8 @ 80 kg``; a load for each of a list is ``5/5/8 @ 60/70/80 kg``.
    ``planned`` says of a name what its planned sets count: ``reps``, ``seconds`` or ``metres``, or two of them.

    Returns
    -------
    dict
        The keys of an item of ``log.yaml``.
    """
    name, colon, rest = _NAME_COLON.fullmatch(text).groups()  # type: ignore[union-attr]  # it fits any text
    if not colon:
        split = _BEGINS.split(f"{text} ", maxsplit=1)
        name, rest = split[0], split[1] if len(split) > 1 else ""
    if not name.strip():
        raise ValueError(f"names no exercise: write it like {_EXAMPLE}")
    found: dict[str, Any] = {"exercise": name.strip()}
    groups: list[dict[str, Any]] = [{}]
    for piece in _pieces(rest.strip().lower()):
        keys = [one.key for one in piece if one.key not in _OF_ITEM]
        if any(_said(key, groups[-1]) for key in keys) or _sets_apart(groups[-1], keys, planned(name)):
            groups.append({})
        for one in piece:
            into = found if one.key in _OF_ITEM else groups[-1]
            if _said(one.key, into):
                like = "3x5 @ 62.5 kg (a load has a point and a unit), holds like 2x3 holds of 8 s"
                raise ValueError(f"says {one.key} twice, the second time in {one.word}: write sets like {like}")
            if one.kind == "load" and _two_loads(one.match[1], into):
                ways = " or ".join(f"{one.match[1].replace(',', mark)} {one.match[2]}" for mark in "./")
                raise ValueError(f"{one.word} could be one load or two: write {ways}")
            into[one.key] = one.value
    _share_unit(groups, unit)
    for group in groups:
        _set_count(group)
    return found | (groups[0] if len(groups) == 1 else {"sets": [row for group in groups for row in _rows(group)]})


class _Part(NamedTuple):
    """A value that an item says, and the phrase that says it."""

    key: str
    value: Any
    kind: str
    match: re.Match[str]

    @property
    def word(self) -> str:
        return quoted(self.match[0].strip())


def _pieces(rest: str) -> Iterator[list[_Part]]:
    """What stands between commas."""
    piece: list[_Part] = []
    while rest:
        kind, match = _next_phrase(rest)
        if kind == "apart":
            yield piece
            piece = []
        piece += [_Part(key, value, kind, match) for key, value in _phrase(kind, match)]
        rest = rest[match.end() :].strip()
    yield piece


def _sets_apart(before: Iterable[str], now: Iterable[str], planned: Collection[Collection[str]]) -> bool:
    """Whether what is counted behind a comma is a set of its own: ``2 miles, 4 min`` where both were planned.

    ``5 km, 25 min`` is one set where only a distance was planned; nothing has more than two counts.
    """
    first, then = ({key for key in keys if key in _COUNTS} for keys in (before, now))
    if not first or not then:
        return False
    parted = all(
        any(one <= set(row) and not other & set(row) for row in planned)
        for one, other in ((first, then), (then, first))
    )
    return parted or len(first | then) > 2


def counted(item: Item) -> Iterator[frozenset[str]]:
    """What each set of a planned item counts; each stretch of running and the like, by the words of its sequence."""
    for row in item.dose.sets:
        found = {"reps": row.repetitions, "seconds": row.seconds or row.hold_seconds, "metres": row.metres}
        if row.work_seconds is None:
            yield frozenset(key for key, value in found.items() if value is not None)
        for stretch in re.split(r",|\(", (row.formula or "").partition(" in turn, until")[0]) if row.rounds else ():
            for key, pattern in _STRETCHES.items():
                if pattern.search(stretch):
                    yield frozenset({key})


def _set_count(group: Mapping[str, Any]) -> int:
    """How many sets a group tells of; lists must agree."""
    lengths = {key: len(value) for key, value in group.items() if isinstance(value, list)}
    count: int = group.get("sets") or next(iter(lengths.values()), 1)
    for key, length in lengths.items():
        if length != count:
            raise ValueError(f"{key} has {length} values for {count} sets")
    return count


def _next_phrase(rest: str) -> tuple[str, re.Match[str]]:
    for kind, pattern in _PHRASES:
        match = pattern.match(rest)
        if match is not None:
            return kind, match
    word = rest.split(maxsplit=1)[0].rstrip(",;")
    once = f"; write 1x{word} for one set of {word} repetitions, or" if re.fullmatch(r"\d{1,3}", word) else ";"
    hint = f"{once} {_UNITLESS}" if re.fullmatch(r"\d+([.,]\d+)?", word) else ""
    raise ValueError(f"{quoted(word)} is not understood{hint}; write it like {_EXAMPLE}")


def _said(key: str, group: Mapping[str, Any]) -> bool:
    """Whether a group of sets says something already: loads in any unit, and effort in either way, are one thing."""
    if key.startswith("load"):
        return any(other.startswith("load") for other in group)
    return key in group or (key == "sets" and any(count in group for count in _COUNTS))


def _two_loads(text: str, group: Mapping[str, Any]) -> bool:
    """Whether ``60,70`` beside a list of two sets may be meant for two loads."""
    reps = group.get("reps")
    return isinstance(reps, list) and len(reps) == 2 and re.fullmatch(r"\d+,\d{2,}", text) is not None


def _share_unit(groups: Sequence[dict[str, Any]], usual: str) -> None:
    """Loads without a unit get the one that the others have, else the usual one."""
    units: set[str] = {key for group in groups for key in ("load_kg", "load_lb") if key in group}
    if not units and usual:
        units.add(f"load_{usual}")
    for group in groups:
        if "load" in group:
            if len(units) != 1:
                said = quoted(str(group["load"]))
                raise ValueError(f"{said} is not understood; {_UNITLESS}; write it like {_EXAMPLE}")
            group[next(iter(units))] = group.pop("load")


def _rows(group: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The sets of a group, one by one, as ``log.yaml`` lists them."""
    said = {key: value for key, value in group.items() if key != "sets"}
    if not any(key in said for key in _COUNTS):
        what = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in said.items())
        raise ValueError(f"{what}: says no repetitions; write each set whole, such as 5 @ 60 kg, 8 @ 80 kg")
    for i in range(_set_count(group)):
        yield {key: value[i] if isinstance(value, list) else value for key, value in said.items()}


def counts(text: str) -> int | list[int]:
    """Repetitions in a cell: ``8``, ``3x8`` or ``8, 8, 6``."""
    word = text.strip().lower()
    if match := re.fullmatch(r"(\d{1,2})\s*[x×]\s*(\d{1,3})", word):
        return [int(match[2])] * int(match[1])
    if re.fullmatch(r"\d{1,4}(\s*[,;/ -]\s*\d{1,4})+", word):
        return [int(part) for part in re.findall(r"\d+", word)]
    try:
        return whole(text)
    except ValueError as error:
        raise ValueError(f"{error}, or one for each set such as 8/8/6") from None


def amount(text: str) -> tuple[float, str]:
    """A load in a cell and its unit, ``kg``, ``lb`` or nothing: ``12,5 kg``, ``25 lb``, ``12``."""
    match = re.fullmatch(r"\s*(\d{1,5}(?:[.,]\d{1,3})?)\s*(kgs?|kilos?|lbs?|pounds?)?\.?\s*(?:each)?\s*", text.lower())
    if match is None:
        raise ValueError("must be a load such as 12.5 or 12.5 kg or 25 lb")
    unit = (match[2] or "")[:1]
    return number(match[1]), {"k": "kg", "l": "lb", "p": "lb"}.get(unit, "")


def _phrase(kind: str, match: re.Match[str]) -> Iterator[tuple[str, Any]]:
    if kind == "holds":
        yield from _sets(match[1])
        yield "reps", int(match[2])
        yield "seconds", int(match[3])
    elif kind == "load":
        yield _load_key(match[2]), plain_number(number(match[1]))
    elif kind == "loads":
        parts = re.split(r"\s*/\s*" if "/" in match[1] else r",\s*", match[1])
        yield _load_key(match[2]), [plain_number(number(part)) for part in parts]
    elif kind == "lengths":
        times = 60 if match[2].startswith("min") else 1
        far = match[2][0] == "m" and times == 1
        yield "metres" if far else "seconds", [int(part) * times for part in re.findall(r"\d+", match[1])]
    elif kind == "bare_loads":
        yield "load", [plain_number(number(part)) for part in match[1].split("/")]
    elif kind == "bare":
        yield "load", plain_number(number(match[1]))
    elif kind == "sets_minutes":
        yield from _sets(match[1])
        yield "seconds", round(number(match[2]) * 60)
    elif kind == "sets_far":
        yield from _sets(match[1])
        yield "metres", round(number(match[2]) * float(METRES[match[3]]))
    elif kind == "clock":
        seconds = 0
        for part in filter(None, match.groups()):
            seconds = seconds * 60 + int(part)
        yield "seconds", seconds
    elif kind in ("sets_seconds", "sets_metres"):
        yield from _sets(match[1])
        yield kind.removeprefix("sets_"), int(match[2])
    elif kind == "sets_reps":
        yield "sets", int(match[1])
        yield "reps", int(match[2])
    elif kind == "list":
        yield "reps", [int(part) for part in re.findall(r"\d+", match[1])]
    elif kind in ("one_set", "times"):
        yield "reps", int(match[1])
    elif kind in ("rpe", "rir", "pain"):
        yield kind, plain_number(number(match[1]))
    elif kind == "band":
        yield "band", match[1].replace(" ", "_")
    elif kind == "not_done":
        yield "done", False
    elif kind == "down":
        yield "peripheralised", True


def _load_key(unit: str) -> str:
    return "load_kg" if unit.startswith("k") else "load_lb"


def _sets(text: str | None) -> Iterator[tuple[str, Any]]:
    if text is not None:
        yield "sets", int(text)
