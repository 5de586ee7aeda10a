"""The log: what entries come to together, whatever order they arrive in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.domain.dose import Load
from planner.domain.log import NEXT_ID, Attendance, Log, LogEntry, LoggedItem, LoggedSet, Outcomes, Response

START = dt.datetime(2026, 3, 16, 18, tzinfo=dt.UTC)
SLOTS = ("w01-s1", "w01-s2")
EXERCISES = ("dead_bug", "goblet_squat")


def entry(name: str, minute: int = 0, **more: Any) -> LogEntry:
    return LogEntry(id=name, written=START + dt.timedelta(minutes=minute), **more)


def log(*entries: LogEntry) -> Log:
    return Log(programme="P", entries=entries)


pains = st.none() | st.integers(0, 10)
items = st.builds(
    LoggedItem,
    exercise=st.sampled_from(EXERCISES),
    done=st.booleans(),
    sets=st.lists(st.builds(LoggedSet, repetitions=st.integers(0, 20)), max_size=2).map(tuple),
    pain_during=pains,
    peripheralised=st.none() | st.booleans(),
)
said = st.fixed_dictionaries(
    {
        "slot": st.sampled_from(SLOTS),
        "done": st.none() | st.sampled_from(Attendance),
        "items": st.lists(items, max_size=2, unique_by=lambda item: item.exercise).map(tuple),
        "response": st.builds(Response, pain_before=pains, pain_next_morning=pains),
        "flare": st.booleans(),
    }
)


@st.composite
def logs(draw: st.DrawFn) -> list[LogEntry]:
    """Entries, some of which correct earlier ones; several may be written at the same moment."""
    found: list[LogEntry] = []
    for number, facts in enumerate(draw(st.lists(said, max_size=7))):
        corrects = draw(st.none() | st.sampled_from(found)) if found else None
        minute = draw(st.integers(0, 5))
        found.append(entry(f"e{number:04d}", minute, corrects=corrects.id if corrects else None, **facts))
    return found


# -------------------------------------------------------------------- accounts
@given(logs(), st.randoms())
def test_entries_in_any_order_give_the_same_accounts(entries: list[LogEntry], random: Any) -> None:
    shuffled = entries[:]
    random.shuffle(shuffled)
    assert log(*shuffled).accounts() == log(*entries).accounts()
    assert log(*shuffled).standing() == log(*entries).standing()


@given(logs())
def test_what_is_corrected_says_nothing(entries: list[LogEntry]) -> None:
    corrected = {one.corrects for one in entries}
    left = [one.model_copy(update={"corrects": None}) for one in entries if one.id not in corrected]
    assert log(*entries).accounts() == log(*left).accounts()


def test_later_words_win_and_silence_changes_nothing() -> None:
    squat = LoggedItem(exercise="goblet_squat", sets=(LoggedSet(repetitions=8, load=Load(amount=12000)),))
    evening = entry("e1", 0, slot="w01-s1", done="partly", items=(squat,), response={"pain_before": 2, "pain_after": 3})
    later = LoggedItem(exercise="goblet_squat", pain_during=4, peripheralised=True)
    morning = entry("e2", 600, slot="w01-s1", items=(later,), response={"pain_after": 4, "pain_next_morning": 1})
    found = log(evening, morning).accounts()["w01-s1"]
    assert found.done is Attendance.PARTLY
    assert found.response == Response(pain_before=2, pain_after=4, pain_next_morning=1)
    assert found.items == (squat.model_copy(update={"pain_during": 4, "peripheralised": True}),)
    assert found.entries == ("e1", "e2")


def test_a_chain_of_corrections_leaves_its_end() -> None:
    chain = [
        entry("e1", 0, slot="w01-s1", done="done", response={"pain_after": 7}),
        entry("e2", 1, slot="w01-s1", done="done", response={"pain_after": 4}, corrects="e1"),
        entry("e3", 2, slot="w01-s2", done="missed", corrects="e2"),
    ]
    accounts = log(*chain).accounts()
    assert list(accounts) == ["w01-s2"]
    assert accounts["w01-s2"].entries == ("e3",)


def test_an_entry_is_taken_back_by_one_that_says_nothing_else() -> None:
    taken = log(entry("e1", slot="w01-s1", done="done"), entry("e2", corrects="e1", words="wrong patient"))
    assert taken.accounts() == {}


def test_in_a_session_partly_done_only_what_is_named_was_done() -> None:
    squat, bug = LoggedItem(exercise="goblet_squat"), LoggedItem(exercise="dead_bug", done=False)
    partly = log(entry("e1", slot="w01-s1", done="partly", items=(squat, bug))).accounts()["w01-s1"]
    assert [partly.did(name) for name in ("goblet_squat", "dead_bug", "press_up")] == [True, False, False]
    done = log(entry("e1", slot="w01-s1", done="done", items=(bug,))).accounts()["w01-s1"]
    assert [done.did(name) for name in ("dead_bug", "press_up")] == [False, True]


# -------------------------------------------------------------------- what a log may not hold
def test_corrections_do_not_go_round() -> None:
    with pytest.raises(ValidationError, match="the corrections of 'e1' go round in a circle"):
        log(entry("e1", corrects="e2"), entry("e2", corrects="e1"))
    with pytest.raises(ValidationError, match="an entry cannot correct itself"):
        entry("e1", corrects="e1")


def test_ids_are_unique() -> None:
    with pytest.raises(ValidationError, match="the id 'e1' is used twice"):
        log(entry("e1"), entry("e1"))


def test_times_are_utc() -> None:
    zone = dt.timezone(dt.timedelta(hours=2))
    assert LogEntry(id="e1", written=dt.datetime(2026, 3, 16, 20, tzinfo=zone)).written == START
    assert LogEntry(id="e1", written=dt.datetime(2026, 3, 16, 18)).written == START


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ({"nprs": 11}, "less than or equal to 10"),
        ({"odi_percent": 101}, "less than or equal to 100"),
        ({"rmdq": 25}, "less than or equal to 24"),
        ({"psfs": -1}, "greater than or equal to 0"),
        ({"start_back_total": 2, "start_back_psych": 3}, "3 is more than the total, 2"),
    ],
)
def test_scores_have_ranges(scores: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Outcomes(**scores)


# -------------------------------------------------------------------- what is new
def test_numbers_go_on() -> None:
    held = log(entry("e0007"), entry("w01-s1-0123456789", slot="w01-s1"))
    assert [one.id for one in held.news([entry(NEXT_ID), entry(NEXT_ID)])] == ["e0008", "e0009"]
    assert [one.id for one in log().news([entry(NEXT_ID)])] == ["e0001"]


def test_an_id_is_never_used_for_something_else() -> None:
    held = log(entry("e0001", words="one"))
    assert held.news([entry("e0001", 5, words="one")]) == ()
    with pytest.raises(ValueError, match="the log has an entry 'e0001' that says something else"):
        held.news([entry("e0001", words="two")])


def test_a_correction_names_an_entry() -> None:
    with pytest.raises(ValueError, match="the log has no entry 'e0009' that could be corrected"):
        log(entry("e0001")).news([entry(NEXT_ID, corrects="e0009")])


def test_an_entry_is_corrected_once() -> None:
    held = log(entry("e0001"), entry("e0002", corrects="e0001"))
    with pytest.raises(ValueError, match="'e0001' was corrected by 'e0002'; correct that one"):
        held.news([entry(NEXT_ID, corrects="e0001")])


def imported(minute: int, **facts: Any) -> LogEntry:
    made = entry("made below", minute, **facts)
    return made.model_copy(update={"id": made.hashed_id})


def test_a_file_that_goes_back_is_believed() -> None:
    first = imported(0, slot="w01-s1", done="done", response={"pain_after": 3})
    second = imported(1, slot="w01-s1", done="done", response={"pain_after": 5})
    held = log(first, second)
    again = held.news([first.model_copy(update={"written": START + dt.timedelta(minutes=2)})])
    assert [one.id for one in again] == [f"{first.id}-2"]
    held = log(first, second, *again)
    assert held.accounts()["w01-s1"].response.pain_after == 3
    assert held.news([first]) == ()


def test_what_was_corrected_by_hand_stays_corrected() -> None:
    first = imported(0, slot="w01-s1", done="done")
    held = log(first, entry("e0001", 1, slot="w01-s1", done="missed", corrects=first.id))
    assert held.news([first]) == ()


@given(st.lists(st.lists(said, max_size=4), max_size=5))
def test_imports_add_up_in_order_and_only_once(files: list[list[dict[str, Any]]]) -> None:
    held = log()
    for number, facts in enumerate(files):
        batch: list[LogEntry] = []
        for i, one in enumerate(facts):
            made = imported(10 * number + i, **one)
            batch += [made] if made.id not in [other.id for other in batch] else []
        # the plain sum: the account as it was, with every entry of the file told again after it
        plain = [*held.entries, *(one.model_copy(update={"id": f"z{i}"}) for i, one in enumerate(batch))]
        wanted = {slot: found.model_copy(update={"entries": ()}) for slot, found in log(*plain).accounts().items()}
        held = log(*held.entries, *held.news(batch))
        got = {slot: found.model_copy(update={"entries": ()}) for slot, found in held.accounts().items()}
        assert got == wanted
        assert held.news(batch) == ()
