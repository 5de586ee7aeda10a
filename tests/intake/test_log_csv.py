"""Tables of sessions: loose headers, several rows for a session, every fault with its line and column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.dose import Load, LoadUnit
from planner.domain.log import Log, LogEntry, LoggedSet
from planner.domain.patient import MostDistal
from planner.errors import InvalidInput
from planner.intake.log_csv import read_csv
from tests.export import builder
from tests.intake.logs import NOW, reading

Read = Callable[..., tuple[tuple[LogEntry, ...], list[str]]]
Faults = Callable[..., list[str]]
LIFT = "kettlebell_deadlift_from_blocks"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def call(text: str | bytes, **more: Any) -> tuple[tuple[LogEntry, ...], list[str]]:
        path = tmp_path / "log.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_csv(path, reading(**more))

    return call


@pytest.fixture
def faults(read: Read, tmp_path: Path) -> Faults:
    def call(text: str | bytes, **more: Any) -> list[str]:
        with pytest.raises(InvalidInput) as caught:
            read(text, **more)
        return str(caught.value).replace(f"{tmp_path}/", "").splitlines()

    return call


# -------------------------------------------------------------------- what is understood
def test_a_row_for_each_set(read: Read) -> None:
    entries, warnings = read(
        "Session,Exercise,Set,Reps,Weight (kg),RPE,Pain before,Pain,Site after\n"
        "w01-s1,Kettlebell deadlift,1,8,12,6,2,3,calf left\n"
        "w01-s1,kettlebell deadlift from blocks,2,8,12,7,2,4,\n"
        "w01-s1,heel tap,1,6,,,,,\n"
        "w01-s2,heel tap,1,6,,,,,\n"
    )
    assert warnings == []
    first, second = entries
    assert (first.slot, first.done, second.slot, second.done) == ("w01-s1", "partly", "w01-s2", "partly")
    assert first.response.pain_before == 2
    assert first.response.site_after == MostDistal(site="calf", side="left")
    lift, tap = first.items
    assert lift.sets == tuple(LoggedSet(repetitions=8, load=Load(amount=12_000), effort=rpe) for rpe in (6, 7))
    assert (lift.exercise, lift.pain_during, tap.exercise, tap.sets) == (
        LIFT,
        4,
        "heel_tap__lying",
        (LoggedSet(repetitions=6),),
    )


def test_a_row_for_each_item_with_semicolons_and_decimal_commas(read: Read) -> None:
    entries, _ = read(
        "\ufeffsep=;\r\nRef;Date;exercise;SETS;repetitions;load;reps in reserve;session done;notes\r\n"
        ";16.3.2026;Heel tap;;8/8/6;;;done;good\r\n"
        ";;Kettlebell deadlift;3;8;12,5;2,5;;\r\n"
    )
    (entry,) = entries
    tap, lift = entry.items
    assert [row.repetitions for row in tap.sets] == [8, 8, 6]
    assert lift.sets == (LoggedSet(repetitions=8, load=Load(amount=12_500), effort=7.5),) * 3
    assert (entry.done, entry.words) == ("done", "Heel tap: good")


def test_a_row_for_a_session(read: Read) -> None:
    entries, _ = read(
        "date\tdone\tpain before\tduring\tafter\tmorning\tsite before\tsite after\tside\tflare\todi\tby\n"
        "2026-03-16\tyes\t2\t3\t2/10\t1\tcalf\tback right\tleft\tno\t34,5\tme\n"
        "2026-03-18\tmissed\t\t\t\t\t\t\t\tyes\n"
    )
    done, missed = entries
    response = done.response
    assert (response.pain_before, response.pain_during, response.pain_after, response.pain_next_morning) == (2, 3, 2, 1)
    assert (response.site_before, response.site_after) == (
        MostDistal(site="calf", side="left"),
        MostDistal(site="back", side="right"),
    )
    assert (done.outcomes.odi_percent, done.by) == (34.5, "me")
    assert (missed.done, missed.flare) == ("missed", True)


@pytest.mark.parametrize(
    ("cell", "load"),
    [
        ("12", Load(amount=12_000)),
        ("25 lb", Load(amount=2500, unit=LoadUnit.CENTIPOUND)),
        ("12.5kg each", Load(amount=12_500)),
    ],
)
def test_loads_with_and_without_their_unit(read: Read, cell: str, load: Load) -> None:
    entries, _ = read(f"session,exercise,reps,weight\n1,kettlebell deadlift,8,{cell}\n")
    assert entries[0].items[0].sets[0].load == load


def test_the_unit_is_that_of_the_programme(read: Read) -> None:
    programme = builder.programme()
    pounds = programme.model_dump_json().replace('"unit":"g"', '"unit":"lb100"')
    entries, _ = read(
        "session,exercise,weight\n1,kettlebell deadlift,25\n", programme=type(programme).model_validate_json(pounds)
    )
    assert entries[0].items[0].sets[0].load == Load(amount=2500, unit=LoadUnit.CENTIPOUND)


def test_time_and_distance(read: Read) -> None:
    entries, _ = read("session,exercise,min,m,band\n1,heel tap,1.5,20,very light\n")
    assert entries[0].items[0].sets == (LoggedSet(seconds=90, metres=20, band="very_light"),)


# -------------------------------------------------------------------- whether it was done
ALL = "1,heel tap\n1,kettlebell deadlift\n1,side bridge\n"


def test_a_session_whose_exercises_are_all_named_was_done(read: Read) -> None:
    assert read(f"session,exercise\n{ALL}")[0][0].done == "done"
    assert read("session,exercise,done\n1,heel tap,yes\n1,side bridge,no\n")[0][0].done == "partly"
    assert read("session,exercise,done\n1,heel tap,no\n1,side bridge,no\n")[0][0].done == "missed"


def test_what_was_written_by_hand_is_not_guessed_at(read: Read) -> None:
    held = Log(
        programme=reading().programme.id, entries=(LogEntry(id="e0001", written=NOW, slot="w01-s1", done="done"),)
    )
    entries, _ = read("session,exercise,reps\n1,heel tap,8\n", log=held)
    assert entries[0].done is None
    log = Log(programme=held.programme, entries=(*held.entries, *entries))
    assert log.accounts()["w01-s1"].done == "done"


# -------------------------------------------------------------------- twice
def test_the_same_file_twice_adds_nothing(read: Read) -> None:
    text = "session,exercise,reps\n1,heel tap,8\n1,heel tap,7\n2,side bridge,4\n"
    log = reading().log
    for hour in range(3):
        entries, _ = read(text, now=NOW + dt.timedelta(hours=hour), log=log)
        new = log.news(entries)
        assert len(new) == (0 if hour else 2)
        log = Log(programme=log.programme, entries=(*log.entries, *new))


def test_a_file_that_grew_adds_what_is_new(read: Read) -> None:
    text = "session,exercise,reps\n1,heel tap,8\n"
    log = Log(programme=reading().programme.id, entries=read(text)[0])
    new = log.news(read(text + "2,side bridge,4\n", now=NOW + dt.timedelta(days=1))[0])
    assert [entry.slot for entry in new] == ["w01-s2"]


rows = st.lists(
    st.tuples(
        st.sampled_from(("w01-s1", "1", "2026-03-18", "w01-d2-1")),
        st.sampled_from(("heel tap", "Side bridge", "walking", "")),
        st.sampled_from(("", "8", "3x8", "8/6")),
        st.sampled_from(("", "12", "12,5 kg", "25lb")),
    ),
    min_size=1,
    max_size=8,
)


@given(rows)
def test_whatever_is_read_is_read_the_same_again(tmp_path_factory: pytest.TempPathFactory, cells: list[Any]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    lines = [";".join((s, e, r if e else "", w if e else "")) for s, e, r, w in cells]
    path.write_text("session;exercise;reps;weight\n" + "\n".join(lines))
    log = reading().log
    try:
        entries, _ = read_csv(path, reading())
    except InvalidInput as error:
        assert "says nothing" in str(error)
        return
    new = log.news(entries)
    log = Log(programme=log.programme, entries=new)
    assert len(new) == len({entry.slot for entry in entries})
    assert log.news(read_csv(path, reading(now=NOW + dt.timedelta(days=1), log=log))[0]) == ()


# -------------------------------------------------------------------- faults
def test_all_faults_at_once(faults: Faults) -> None:
    text = (
        "date,exercise,sets,reps,weight,rpe,pain before,done,mood,pain bfore\n"
        "6/3/2026,heel tap,3,8,,,,,,\n"
        "2026-03-16,heel tip,3,8/8,12 stone,17,2,,,\n"
        "2026-03-16,side bridge,120,x,,seven,3,maybe,,\n"
        ",walking,1,8,,,,,,,7\n"
        "2026-03-30,,,,,,11,partial,,\n"
        "2026-03-18,,,8,,,,,,\n"
    )
    assert faults(text) == [
        "log.csv:1: pain bfore: is not a known column; did you mean 'pain_before'?",
        "log.csv:2: date: could be day or month first: write dates like 2026-03-02 (got '6/3/2026')",
        "log.csv:3: exercise: no such exercise; did you mean 'heel_tap__lying'? (got 'heel tip')",
        "log.csv:3: reps: has 2 values for 3 sets (got '8/8')",
        "log.csv:3: rpe: must be a number between 0 and 10 (got 17)",
        "log.csv:3: weight: must be a load such as 12.5 or 12.5 kg or 25 lb (got '12 stone')",
        "log.csv:4: done: must be done, partly or missed (got 'maybe')",
        "log.csv:4: pain before: is 2 on line 3 for the same session (got '3')",
        "log.csv:4: reps: must be a number, or one for each set such as 8/8/6 (got 'x')",
        "log.csv:4: rpe: must be a number (got 'seven')",
        "log.csv:4: sets: must be a whole number between 1 and 100 (got '120')",
        "log.csv:5: has 11 cells for 10 columns; put numbers with a comma in quotes",
        "log.csv:6: date: w03-s1 has not come yet: it is on Mon 30 Mar 2026, and today is Thu 19 Mar 2026",
        "log.csv:6: pain before: must be a whole number between 0 and 10 (got '11')",
        "log.csv:7: reps: is said of no exercise: name it",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ["log.csv: the file is empty"]),
        ("session,done\n", ["log.csv:1: has a header and no rows"]),
        (
            "exercise,reps\nheel tap,8\n",
            ["log.csv:1: needs a column session or date", "log.csv:2: names no session and no date"],
        ),
        ("session,done\n,yes\n", ["log.csv:2: session: names no session and no date"]),
        ("session,slot,done\n1,1,yes\n", ["log.csv:1: slot: is the same column as session"]),
        ('session,words\n1,"never closed\n', ["log.csv:2: is not CSV: a quote that was opened here is never closed"]),
        (b"session,words\n1,\xff\n", ["log.csv:2: is not UTF-8 text; save the file as CSV UTF-8"]),
        (
            "session,peripheralised\n1,yes\n",
            ["log.csv:2: peripheralised: is said of no exercise: name it, or fill in the sites"],
        ),
        ("session,site after\n1,knie\n", ["log.csv:2: site after: must be a site, with its side, such as calf left"]),
    ],
)
def test_faults_of_a_table(faults: Faults, text: str | bytes, said: list[str]) -> None:
    found = faults(text)
    assert all(fault.startswith(words) for fault, words in zip(found, said, strict=False)), found
    assert len(found) >= len(said)


def test_a_quoted_note_may_run_over_lines(faults: Faults) -> None:
    assert faults('session,words,done\n1,"two\nlines",yes\n2,,maybe\n') == [
        "log.csv:4: done: must be done, partly or missed (got 'maybe')"
    ]


def test_an_unknown_column_is_left_out_and_told(read: Read, tmp_path: Path) -> None:
    _, warnings = read("session,done,colour of the mat\n1,yes,red\n")
    assert warnings == [f"{tmp_path}/log.csv:1: colour of the mat: is not a known column, and was left out"]


@given(st.binary(max_size=200))
def test_nothing_breaks_it(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "wild.csv"
    for head in (b"", b"session,exercise,reps,load,done,pain,site\n1,"):
        path.write_bytes(head + data)
        try:
            read_csv(path, reading())
        except InvalidInput as error:
            assert error.faults
