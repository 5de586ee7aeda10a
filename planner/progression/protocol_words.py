"""What a protocol says, in words: its rules, its shares, its intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar

from planner.domain import notation
from planner.domain.protocol import Protocol, Rule

T = TypeVar("T")

_NAMES: Final = {"tm": "training max", "one_rm": "1RM", "load": "the working load"}


def progression_words(protocol: Protocol) -> Iterator[str]:
    """How it steps up, rule by rule, in words."""
    for name, stage in protocol.stages():
        for rule in stage.after:
            yield f"{name.replace('_', ' ')}: {rule_words(rule)}"
    for name, phase in protocol.phases.items():
        for rule in phase.after:
            yield f"phase {name}: {rule_words(rule)}"


def rule_words(rule: Rule) -> str:
    """``after 3 sessions below target in a row: load -10%``."""
    when = []
    for key, one in (("weeks", "week"), ("rounds", "round"), ("days", "day"), ("turns", "turn")):
        if getattr(rule, key) is not None:
            when.append(f"in {one} {getattr(rule, key)}")
    alone = "" if rule.of_set is None else f"{named_set(rule.of_set) or f'set {rule.of_set}'} "
    for count, said in ((rule.successes, f"{alone}on target"), (rule.failures, f"{alone}below target")):
        if count is not None:
            when.append(said if count == 1 else f"{count} sessions {'with ' if alone else ''}{said} in a row")
    if rule.met is not None:
        when.append(f"{alone}on target" if rule.met else f"{alone}below target")
    if rule.done is not None:
        when.append(f"done {rule.done} times")
    of_set = f"set {rule.set}" if rule.set else "the last open set"
    if rule.reps is not None:
        when.append(_asked(rule.reps, f"repetitions in {of_set}"))
    for length, unit, what in ((rule.seconds, "s", "seconds"), (rule.metres, "m", "metres")):
        if length is not None:
            text = f"{length} {unit}" if str(length)[-1:] in "0123456789+" else f"{length}"
            when.append(_asked(length, f"{what} in {of_set}", f"{text} in {of_set}"))
    if rule.total is not None:
        when.append(_asked(rule.total, f"repetitions in {f'set {rule.of_set} in ' if alone else ''}all"))
    if rule.rpe is not None:
        when.append(f"effort {rule.rpe}")
    if rule.rir is not None:
        when.append(f"{rule.rir} in reserve")
    if rule.symptoms is not None:
        when.append("with symptoms" if rule.symptoms else "without symptoms")
    if rule.red is not None:
        when.append("strong symptoms (red)" if rule.red else "no strong symptoms")
    if rule.pain is not None:
        when.append(f"pain {rule.pain} of 10")
    if rule.morning is not None:
        when.append(f"pain {rule.morning} of 10 the next morning")
    when += [f"{key.replace('_', ' ')} {stated}" for key, stated in rule.state.items()]
    then = [f"{_value_words(key)} {change_words(change)}" for key, change in rule.do.items()]
    return f"{' and '.join(when) or 'each time'}: {', '.join(then) or 'nothing changes'}"


def _asked(stated: Any, what: str, numbers: str = "") -> str:
    """``12+ repetitions in all``; where values are compared with, ``repetitions in all at least 120 % of best``."""
    if not any(isinstance(one, notation.Between) for one in notation.compared(stated, whole=False)):
        return numbers or f"{stated} {what}"
    said = []
    for part in str(stated).split(","):
        ends = [percent_words(end) for end in notation.ends_of(part)]
        least = "at least" if part.strip().endswith("+") else "exactly"
        said.append(f"{least} {ends[0]}" if len(ends) == 1 else f"from {' to '.join(ends)}")
    return f"{what} {' or '.join(said)}"


def _value_words(name: str) -> str:
    """``1RM`` for ``one_rm``; other values by their names."""
    return percent_words(name) if name == "one_rm" or name[2:].isdigit() else name.replace("_", " ")


def change_words(change: Any) -> str:
    """``+2.5, then -10%``; of a list that is set ``5, 4, 3``."""
    if isinstance(change, tuple | list):
        together = all(notation.change(each).sign == 0 for each in change)
        return (", " if together else ", then ").join(map(change_words, change))
    text = str(change).replace("today.total", "today's total")
    for end, words in (("over", "over the target"), ("under", "under the target")):
        text = text.replace(f" per rep {end}", f" for each repetition {words}")
    return percent_words(text) if "% today." in text else text.replace("_", " ")


def percent_words(percent: str) -> str:
    """``65 % of training max`` for ``65% tm``; of a sum each part."""
    first, sign, rest = next((percent.partition(one) for one in (" + ", " - ") if one in percent), (percent, "", ""))
    if sign:
        return f"{percent_words(first)}{sign}{percent_words(rest)}"
    share, _, name = percent.rpartition("% ")
    if name.startswith("today."):
        name = f"today's {named_set(name[6:]) or f'set {name[6:]}'}"
    plain = _NAMES.get(name) or (f"{name[2:]}RM" if name[:2] == "rm" and name[2:].isdigit() else name.replace("_", " "))
    return f"{share} % of {plain}" if share else plain


def named_set(name: str) -> str:
    """``top set`` for ``top``; empty where a name is no word that says something, such as ``a`` or ``w1``."""
    words = name.split("_")
    if not all(word.isalpha() and len(word) > 2 for word in words):
        return ""
    return " ".join(words if "set" in words else [*words, "set"])


def effort_words(easiest: float | None, effort: float) -> str:
    """``RPE 8``, ``RPE 7-8`` or ``effort 4/10``."""
    said = f"{effort:g}" if easiest is None else f"{easiest:g}-{effort:g}"
    return f"effort {said}/10" if effort < 5 else f"RPE {said}"


def sequence_words(steps: Sequence[tuple[str, str]]) -> str:
    """``8 times (run 60 s, walk 90 s), walk 5 min``: stretches by kind and length; what is in turn is said once."""
    said: list[str] = []
    for block, times in turns(steps):
        inner = f"{block[0][0].replace('_', ' ')} {block[0][1]}" if len(block) == 1 else f"({sequence_words(block)})"
        said.append(f"{times} times {inner}" if times > 1 else inner)
    return ", ".join(said)


def turns(steps: Sequence[T]) -> Iterator[tuple[Sequence[T], int]]:
    """Steps in blocks, each with how often it comes: what repeats for longest first, and a single step once."""
    at = 0
    while at < len(steps):
        length, times = 1, 1
        for tried in range(1, (len(steps) - at) // 2 + 1):
            found = 1
            while steps[at + found * tried : at + (found + 1) * tried] == steps[at : at + tried]:
                found += 1
            if found > 1 and found * tried > length * times:
                length, times = tried, found
            if length * times == len(steps) - at:
                break
        yield steps[at : at + length], times
        at += length * times
