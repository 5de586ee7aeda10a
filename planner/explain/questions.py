"""Questions in plain words: "goblet squat week 5", "why not deadlift in week 3", "why not 4 sets of side bridge".

Words may come in any order, in capitals, abbreviated and misspelt.  What is understood::

    why / why not                 what is asked; without either, why it is there
    week 5, w5, wk 5, 5th week    a week
    mon, on wednesdays            a weekday
    4 sets, 3 x 8, 12 reps        sets, sets and repetitions, repetitions
    20 kg, 45 lb                  a load, or more
    30 minutes, 3 days, 16 weeks  the length of a session, sessions a week, the length of the programme
    anything else                 an exercise of the catalogue
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from planner.domain.exercise import Exercise
from planner.domain.patient import Weekday
from planner.domain.programme import Programme
from planner.errors import InvalidInput
from planner.intake.log_words import session_in

_KG_OF_LB = 0.45359237
_DAYS = {day.value: day for day in Weekday}
_LONG = {
    "monday": "mon",
    "tuesday": "tue",
    "tues": "tue",
    "wednesday": "wed",
    "thursday": "thu",
    "thur": "thu",
    "thurs": "thu",
    "friday": "fri",
    "saturday": "sat",
    "sunday": "sun",
}
_TIMES = {"once": "1 times", "twice": "2 times", "thrice": "3 times"}
_NUMBERS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
_FILLER = frozenset(
    re.findall(
        r"\S+",
        """a about an and any at by can didn't do does doesn't don't for from have here i in instead is isn't it me
        more my no not of on or our per please so than that the there this to use we what why with""",
    )
)


@dataclass(frozen=True)
class Question:
    """What is asked of a programme.

    ``words`` name the exercise, ``others`` are exercises that they fit as well, likeliest first, and ``exact``
    says that they are the name of the one taken.
    """

    negative: bool = False
    exercise: str | None = None
    week: int | None = None
    day: Weekday | None = None
    sets: int | None = None
    repetitions: int | None = None
    load_kg: float | None = None
    minutes: int | None = None
    sessions: int | None = None
    weeks: int | None = None
    others: tuple[str, ...] = ()
    words: str = field(default="", compare=False)
    exact: bool = field(default=False, compare=False)

    @property
    def dose(self) -> bool:
        """Whether sets, repetitions or a load are asked about."""
        return self.sets is not None or self.repetitions is not None or self.load_kg is not None

    @property
    def whole(self) -> bool:
        """Whether the week or the whole programme is asked about, not an exercise."""
        return self.minutes is not None or self.sessions is not None or self.weeks is not None


def understood(text: str, exercises: Mapping[str, Exercise], prefer: Collection[str] = ()) -> Question:
    """The question that some words ask.

    ``prefer`` are exercises that win where several fit, those of the programme.

    Raises
    ------
    InvalidInput
        When the words name nothing, with the nearest names.
    """
    words = re.sub(r"[?!.,;:\"'“”’]+(?=\s|$)|[\"“”]", " ", text.lower().replace("×", " x ").replace("’", "'"))
    negative = bool(re.search(r"\b(not|no|isn't|doesn't|don't|without|instead)\b|n't\b", words))
    for name, number in _TIMES.items():
        words = re.sub(rf"\b{name}\b", number, words)
    for name, number in _NUMBERS.items():
        words = re.sub(rf"\b{name}\b(?=\s*(sets?|reps?|days?|times|sessions?|weeks?|minutes?|x\b))", number, words)
    question = Question(negative=negative)
    for pattern, take in _PATTERNS:
        match = re.search(pattern, words)
        if match is not None:
            question = take(question, match)
            words = f"{words[: match.start()]} {words[match.end() :]}"
    left = []
    for word in _words(words):
        day = weekday_in(word)
        if day is not None and question.day is None:
            question = replace(question, day=day)
        elif word not in _FILLER:
            left.append(word)
    if left:
        question = _about(question, left, exercises, prefer)
    if question == Question(negative=negative):
        raise InvalidInput(
            f"{text!r} asks about nothing that I know: name an exercise, a week, a weekday or a dose, as in "
            '"goblet squat week 5" or "why not deadlift in week 3"'
        )
    return question


def asked(
    text: str,
    flags: Mapping[str, Any],
    *,
    negative: bool,
    exercises: Mapping[str, Exercise],
    prefer: Collection[str] = (),
) -> Question:
    """The question of some words and options together; what options say wins.

    ``flags`` are ``exercise``, ``week``, ``day``, ``sets``, ``reps``, ``load``, ``minutes``, ``sessions`` and
    ``weeks``, each None when it was not given.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    if not text.strip() and not given:
        raise InvalidInput('ask something, such as "goblet squat week 5" or "why not Wednesday"')
    question = understood(text, exercises, prefer) if text.strip() else Question()
    if "exercise" in given:
        question = _about(question, _words(given.pop("exercise")), exercises, prefer)
    if "day" in given:
        day = weekday_in(given["day"].strip().lower())
        if day is None:
            raise InvalidInput(f"{given['day']!r} is not a weekday; write mon, tue, wed, thu, fri, sat or sun")
        given["day"] = day
    renamed = {"reps": "repetitions", "load": "load_kg"}
    question = replace(question, **{renamed.get(name, name): value for name, value in given.items()})
    return replace(question, negative=question.negative or negative)


def with_session_as_day(programme: Programme, text: str) -> str:
    """A question with its week and weekday in the place of a session that it names.

    Raises
    ------
    InvalidInput
        When there is no such session, with the nearest; or nothing is asked of it.
    """
    try:
        session, rest = session_in(programme, text)
    except ValueError as error:
        raise InvalidInput(str(error)) from None
    if session is None:
        return text
    if not any(word not in _FILLER for word in _words(rest)):
        names = ", ".join(dict.fromkeys(item.name for item in session.items))
        if not names:
            raise InvalidInput(f"{session.slot} is {session.status.value} and holds nothing to ask about")
        raise InvalidInput(f'name what you ask about in {session.slot}, as in "NAME {session.slot}"; it has {names}')
    return f"{rest} week {session.week} {list(Weekday)[session.start.weekday()].value}"


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9'/]+", text.lower())


def _week(question: Question, match: re.Match[str]) -> Question:
    return replace(question, week=int(next(group for group in match.groups() if group)))


def _pounds(question: Question, match: re.Match[str]) -> Question:
    return replace(question, load_kg=round(float(match[1]) * _KG_OF_LB, 2))


_PATTERNS = (
    (r"\b(?:weeks?|wks?|w)\.?\s*(\d{1,2})\b|\b(\d{1,2})(?:st|nd|rd|th)\s+week\b", _week),
    (r"\b(\d{1,2})\s*(?:weeks|wks)\b", lambda q, m: replace(q, weeks=int(m[1]))),
    (r"\b(\d{1,2})\s*x\s*(\d{1,2})\b", lambda q, m: replace(q, sets=int(m[1]), repetitions=int(m[2]))),
    (r"\b(\d{1,2})\s*sets?\b", lambda q, m: replace(q, sets=int(m[1]))),
    (r"\b(\d{1,3})\s*rep(?:s|etitions?)?\b", lambda q, m: replace(q, repetitions=int(m[1]))),
    (r"\b(\d{1,3}(?:\.\d+)?)\s*(?:kgs?|kilos?|kilograms?)\b", lambda q, m: replace(q, load_kg=float(m[1]))),
    (r"\b(\d{1,3}(?:\.\d+)?)\s*(?:lbs?|pounds?)\b", _pounds),
    (r"\b(\d{1,3})\s*min(?:ute)?s?\b", lambda q, m: replace(q, minutes=int(m[1]))),
    (r"\b(\d)\s*(?:days?|sessions?|times)\b(?:\s*(?:a|per)\s*week)?", lambda q, m: replace(q, sessions=int(m[1]))),
)


def weekday_in(word: str) -> Weekday | None:
    """The weekday that a word names: ``wed``, ``wednesdays``; None where it names none."""
    short = word.removesuffix("s")
    return _DAYS.get(_LONG.get(short, short)) or _DAYS.get(_LONG.get(word, word))


def _about(
    question: Question, words: list[str], exercises: Mapping[str, Exercise], prefer: Collection[str]
) -> Question:
    """The question, about the exercise that some words name."""
    found = _exercises(words, exercises, prefer)
    return replace(
        question,
        exercise=found[0],
        others=tuple(found[1:]),
        words=" ".join(words),
        exact=_named(words, exercises[found[0]]),
    )


def _named(words: list[str], exercise: Exercise) -> bool:
    """Whether words are the name of an exercise, without what it has in brackets, or its id."""
    stems = sorted(_stem(word) for word in words)
    names = (exercise.name.lower(), exercise.name.lower().partition(" (")[0], exercise.id.replace("_", " "))
    return any(stems == sorted(_stem(word) for word in re.findall(r"[a-z0-9]+", name)) for name in names)


def _exercises(words: list[str], exercises: Mapping[str, Exercise], prefer: Collection[str]) -> list[str]:
    """Exercises that the words may mean, the likeliest first."""
    asked = " ".join(words)
    stems = [_stem(word) for word in words]
    scored = []
    for exercise in exercises.values():
        name = [_stem(word) for word in re.findall(r"[a-z0-9]+", exercise.name.lower())]
        names = {*name, *(_stem(word) for word in re.findall(r"[a-z0-9]+", exercise.id))}
        hits = sum(1.0 if stem in names else _near(stem, names) for stem in stems)
        if "".join(stems) in "".join(name):
            hits = float(len(stems))
        if hits < len(stems) - 0.5:
            continue
        spare = len(set(name) - set(stems))
        exact = _named(words, exercise)
        scored.append(((exact, exercise.id in prefer, hits, -spare, -exercise.level), exercise.id))
    if scored:
        return [name for _, name in sorted(scored, key=lambda pair: (tuple(-float(n) for n in pair[0]), pair[1]))]
    near = difflib.get_close_matches(asked, [e.name.lower() for e in exercises.values()], n=3, cutoff=0.5)
    hint = f"; did you mean {', '.join(near)}?" if near else "; `gradus catalog list` shows all"
    raise InvalidInput(f"there is no exercise like {asked!r} in the catalogue{hint}")


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 2 and word.endswith("s") and not word.endswith("ss") else word


def _near(stem: str, names: Iterable[str]) -> float:
    """0.9 for a misspelt word, 0 for another one."""
    return 0.9 if len(stem) > 3 and difflib.get_close_matches(stem, names, n=1, cutoff=0.8) else 0.0
