"""``gradus log``: one session on the command line, imports, corrections, the list."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

import cli
from planner import store
from planner.domain.log import Log, LogEntry
from planner.revise.state import day_of
from tests import folders

Run = Callable[..., Result]
#: The Thursday of the first week: w01-s1 was on Monday, w01-s2 on Wednesday.
TODAY = ("--today", "2026-03-19")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folders.write_folder(tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def run(out: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs ``gradus log out`` on the Thursday of the first week, or another day."""
    monkeypatch.chdir(out.parent)

    def call(*arguments: str, today: str = "2026-03-19") -> Result:
        result = CliRunner().invoke(cli.main, ["log", "out", *arguments, "--today", today])
        assert "Traceback" not in result.output
        return result

    return call


def log_of(out: Path) -> Log:
    return store.read_log(out)


def said(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return " ".join(result.stdout.split())


# -------------------------------------------------------------------- one session
def test_a_session(run: Run, out: Path) -> None:
    result = run(
        "w01-s2",
        "--partly",
        "--pain",
        "2,3,,1",
        "--site",
        "calf,-,back",
        "--side",
        "left",
        "--item",
        "kettlebell deadlift: 3x8 @ 12 kg rpe 7 pain 3",
        "--item",
        "heel tap, lying: not done",
        "--words",
        "went well",
        "--by",
        "me",
    )
    assert said(result) == (
        "e0001: w01-s2, Wed 18 Mar: partly; Kettlebell deadlift from blocks 3×8 at 12 kg, RPE 7, pain 3; "
        "Heel tap, lying not done; pain 2 before, 3 during, 1 next morning; symptoms reach calf left before, back left "
        '30 minutes later; "went well"; by me'
    )
    (entry,) = log_of(out).entries
    assert (entry.slot, day_of(entry, "Europe/Berlin").isoformat()) == ("w01-s2", "2026-03-19")
    assert entry.response.site_after is None


def test_without_a_name_the_latest_session_that_has_no_entry(run: Run) -> None:
    assert said(run("--done")).startswith("e0001: w01-s2, Wed 18 Mar: done")
    assert said(run("--missed")).startswith("e0002: w01-s1, Mon 16 Mar: missed")
    result = run("--done")
    assert result.exit_code == 2
    assert result.stderr == (
        "SESSION: no session of the last 7 days is without an entry; name the session, or --correct an entry\n"
    )


def test_a_morning_goes_to_the_session_that_waits_for_it(run: Run, out: Path) -> None:
    assert run("--morning", "2").stderr == (
        "--morning: no session of the last 7 days waits for its morning; name the session\n"
    )
    run("w01-s1", "--done")
    run("w01-s2", "--done", today="2026-03-18")
    assert said(run("--morning", "2")).startswith("e0003: w01-s2, Wed 18 Mar: pain 2 next morning")
    assert said(run("--morning", "0")).startswith("e0004: w01-s1, Mon 16 Mar: pain 0 next morning")
    assert log_of(out).accounts()["w01-s2"].response.pain_next_morning == 2


def test_the_morning_after_has_to_come(run: Run) -> None:
    run("w01-s2", "--done", today="2026-03-18")
    assert run("w01-s2", "--morning", "2", today="2026-03-18").stderr == (
        "--morning: the morning after w01-s2 has not come yet\n"
    )


def test_words_that_sound_like_a_red_flag_are_asked_about(run: Run, out: Path, tmp_path: Path) -> None:
    told = "w01-s2", "--done", "--words", "numb between the legs"
    refused = run(*told)
    assert refused.exit_code == 2
    assert "Emergency department now" in refused.stderr
    assert "--flag cauda_equina=no" in refused.stderr
    assert run(*told, "--flag", "cauda_equina=no").exit_code == 0
    diary = tmp_path / "diary.csv"
    diary.write_text("date,done,notes\n2026-03-18,yes,fever at night\n", encoding="utf-8")
    assert "possible spinal infection" in run("--import", str(diary)).stderr
    assert "this adds nothing" not in run("--import", str(diary), "--flag", "infection=no").output
    assert [entry.flags for entry in log_of(out).entries[1:]] == [{}, {"infection": "no"}]
    # what is in the log has its answer
    assert run("--import", str(diary)).exit_code == 0
    assert len(log_of(out).entries) == 3


@pytest.mark.parametrize(
    ("flag", "told", "line"),
    [
        ("cauda_equina", ("--words", "numb between my legs since tonight"), "words: numb between my legs"),
        ("cauda_equina", ("--answer", "1=cannot pee since tonight"), "answers: {1: cannot pee since tonight}"),
        ("progressive_weakness", ("--words", "foot drop since this evening"), "words: foot drop since tonight"),
        ("new_bilateral_leg_symptoms", ("--site", "back,thigh", "--side", "both"), "site_after: thigh both"),
    ],
)
def test_an_earlier_answer_says_nothing_of_what_is_told_later(
    run: Run, out: Path, flag: str, told: tuple[str, ...], line: str
) -> None:
    """Noon says no, the evening tells of it: on that day, on the next one, and in a file."""
    assert run("--check-in", "1", "--flag", f"{flag}=no", today="2026-03-23").exit_code == 0
    assert run("--flag", f"{flag}=no", today="2026-03-23").exit_code == 0
    for today in ("2026-03-23", "2026-03-24"):
        refused = run("w02-s1", "--done", *told, today=today)
        assert refused.exit_code == 2
        assert f"--flag {flag}=yes, or --flag {flag}=no" in refused.stderr
    (out.parent / "log.yaml").write_text(f"entries:\n- session: w02-s1\n  done: yes\n  {line}\n")
    refused = run("--import", "log.yaml", today="2026-03-23")
    assert refused.exit_code == 2
    assert f"`gradus log OUT --import FILE` with --flag {flag}=yes" in refused.stderr
    assert len(log_of(out).entries) == 2
    assert run("w02-s1", "--done", *told, "--flag", f"{flag}=unknown", today="2026-03-23").exit_code == 0
    # a later answer settles it
    assert "STOP" not in run("--flag", f"{flag}=no", today="2026-03-24").stderr


def test_what_is_told_of_a_day_comes_after_what_was_told_of_it_before(run: Run, out: Path) -> None:
    """The clock of the day on which it is typed says nothing of a day that is named."""
    late = dt.datetime(2026, 3, 19, 23, 50, tzinfo=ZoneInfo(store.read_programme(out).timezone))
    store.append_log(out, [LogEntry(id="e0001", written=late, cleared=("programme",), by="Dr A")])
    assert "STOP" in run("--flag", "bladder=yes").stderr
    assert [entry.id for entry in log_of(out).standing()] == ["e0001", "e0002"]
    assert day_of(log_of(out).entries[1], store.read_programme(out).timezone) == late.date()


def test_an_answer_beside_a_file_comes_after_it_and_waits_for_no_correction(run: Run, out: Path) -> None:
    (out.parent / "log.yaml").write_text("entries: [{session: 99, done: yes, words: fever at night}]")
    refused = run("--import", "log.yaml", "--flag", "infection=yes")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("--flag infection: nothing was written, and it cannot wait. ")
    (out.parent / "log.yaml").write_text("entries: [{session: 2, done: yes, words: fever at night}]")
    assert "STOP. T1: " in run("--import", "log.yaml", "--flag", "infection=yes", "--by", "Dr A").stderr
    told, answer = log_of(out).standing()
    assert (told.words, answer.flags, answer.by) == ("fever at night", {"infection": "yes"}, "Dr A")
    assert run("--import", "log.yaml", "--flag", "infection=no", "--done").exit_code == 2


def test_a_note_of_no_day_is_asked_about_each_time(run: Run, out: Path) -> None:
    """The same words again may be about another night."""
    (out.parent / "log.yaml").write_text("entries: [{words: fever at night}]")
    assert run("--import", "log.yaml", "--flag", "infection=no").exit_code == 0
    assert run("--import", "log.yaml").exit_code == 2


BOTH = "new_bilateral_leg_symptoms"


def test_symptoms_of_the_other_leg_or_of_both_are_asked_about(run: Run, out: Path) -> None:
    """The file names no leg, so the first side is no news; the other one is, and so are both at once."""
    assert run("w01-s1", "--done", "--site", "calf,calf,calf", "--side", "left").exit_code == 0
    for site, side, news in (("-,buttock", "both", "both sides"), ("foot", "right", "the right")):
        refused = run("w01-s2", "--done", "--site", site, "--side", side)
        assert refused.exit_code == 2
        assert f"--site: has symptoms on {news}, and so far they were on the left." in refused.stderr
        assert "in both legs? If so: Same-day medical review" in refused.stderr
        assert f"--flag {BOTH}=yes, or --flag {BOTH}=no" in refused.stderr
    # a back that hurts on both sides is no leg
    assert run("w01-s2", "--done", "--site", "back", "--side", "both").exit_code == 0
    both = "--correct", "e0002", "--done", "--site", "foot", "--side", "both"
    assert run(*both).exit_code == 2
    assert run(*both, "--flag", f"{BOTH}=no").exit_code == 0
    # answered and known by now
    assert run("--correct", "e0001", "--done", "--site", "calf", "--side", "both").exit_code == 0
    assert len(log_of(out).entries) == 4


def test_signs_in_both_legs_are_the_answer_themselves(run: Run) -> None:
    told = run("w01-s1", "--done", "--site", "calf", "--side", "both", "--both-legs")
    assert told.exit_code == 0
    assert "New or worse signs in both legs: same-day medical review." in told.stderr


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        (
            "log.yaml",
            "entries:\n- {session: 1, done: yes, site_after: calf both}\n"
            "- {session: 2, done: yes, site_after: foot both}",
            "log.yaml:2: entries[0].site_after",
        ),
        ("log.csv", "session,done,site after,side\n1,yes,calf,both\n2,yes,foot,both\n", "log.csv:2: site after"),
    ],
)
def test_files_are_asked_about_both_legs_once(run: Run, out: Path, name: str, text: str, where: str) -> None:
    (out.parent / name).write_text(text)
    refused = run("--import", name)
    assert refused.exit_code == 2
    assert refused.stderr.startswith(f"{where}: has symptoms on both sides, and so far none were told of.")
    assert refused.stderr.count("\n") == 1
    assert f"Answer it: `gradus log OUT --import FILE` with --flag {BOTH}=yes" in refused.stderr
    assert run("--import", name, "--flag", f"{BOTH}=no").exit_code == 0
    assert run("--import", name).exit_code == 0


def test_a_log_file_answers_for_itself(run: Run, out: Path) -> None:
    text = "entries: [{session: 1, done: yes, site_before: calf both, flags: {new_bilateral_leg_symptoms: no}}]"
    (out.parent / "log.yaml").write_text(text)
    assert run("--import", "log.yaml").exit_code == 0


@pytest.mark.parametrize("name", ["2", "2026-03-18", "w1-s2", "18/3/2026", "03/18/2026"])
def test_a_session_by_number_and_date(run: Run, name: str) -> None:
    assert said(run(name, "--done")).startswith("e0001: w01-s2, Wed 18 Mar: done")


def test_a_check_in(run: Run, out: Path) -> None:
    result = run(
        "--check-in",
        "1",
        "--not-passed",
        "--cleared",
        "flexion",
        "--by",
        "A. Clinician",
        "--answer",
        "confidence=7",
        "--flag",
        "bladder=no",
        "--motor",
        "L5=5:left",
        "--outcome",
        "odi=34",
        today="2026-03-23",
    )
    assert said(result) == (
        "e0001: check-in 1, Mon 23 Mar: not passed; allowed again: flexion; cauda equina: no; confidence: 7; "
        "L5 left grade 5; ODI 34; by A. Clinician"
    )
    assert result.stderr == ""
    (entry,) = log_of(out).entries
    assert (entry.check_in, entry.passed, entry.slot) == ("check-in-1", False, None)


def test_what_is_about_no_session(run: Run) -> None:
    assert said(run("--flare", "--usual-morning", "2", "w01-s1")) == (
        "e0001: w01-s1, Mon 16 Mar: pain 2 on usual mornings; a flare-up"
    )
    assert said(run("--outcome", "nprs=5")) == "e0002: Thu 19 Mar: NPRS 5"


def test_a_red_flag_says_at_once_what_to_do(run: Run) -> None:
    result = run("--flag", "saddle=yes", "--motor", "L5 left 3 worsening", "--both-legs")
    assert result.exit_code == 0
    *at_once, stop = result.stderr.splitlines()
    assert at_once == [
        "cauda_equina: Emergency department now: possible cauda equina syndrome.",
        "L5 left is getting weaker: same-day medical review.",
        "New or worse signs in both legs: same-day medical review.",
    ]
    assert stop.startswith("STOP. T1: Emergency department now")


EMERGENCY = "Emergency department now: possible cauda equina syndrome."


def test_answers_of_one_group_that_agree_count_once(run: Run, out: Path) -> None:
    result = run("w01-s1", "--done", "--flag", "bladder=yes", "--flag", "saddle=yes", "--flag", "bladder=yes")
    assert result.exit_code == 0
    assert result.stderr.startswith(f"cauda_equina: {EMERGENCY}\nSTOP. T1: {EMERGENCY} Nothing of the plan")
    assert [entry.flags for entry in log_of(out).entries] == [{"cauda_equina": "yes"}]


@pytest.mark.parametrize(
    "given",
    [
        ("--flag", "bladder=yes", "--flag", "saddle=no"),
        ("--flag", "saddle=no", "--flag", "bladder=yes"),
        ("--flag", "bladder=yes", "--flag", "bladder=no"),
        ("--flag", "bladder=no", "--flag", "bladder=yes"),
        ("--flag", "bladder=yes", "--pain", "12"),
        ("w09-s9", "--done", "--flag", "bladder=yes"),
        ("--correct", "e9", "--flag", "bladder=yes"),
    ],
)
def test_a_red_flag_is_told_first_where_the_entry_is_refused(run: Run, out: Path, given: tuple[str, ...]) -> None:
    result = run(*given)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"--flag bladder: nothing was written, and it cannot wait. {EMERGENCY}\n")
    assert result.stderr.count(EMERGENCY) == 1
    assert result.stderr.count("\n") == 2
    assert log_of(out).entries == ()


def test_an_exercise_that_was_not_in_the_session_is_a_warning(run: Run) -> None:
    result = run("w01-s1", "--done", "--item", "walking: 20 min")
    assert result.stderr == 'Warning: --item "walking: 20 min": walking is not in w01-s1; taken as done besides\n'
    assert "Walking 20 min" in said(result)


# -------------------------------------------------------------------- faults
def test_all_faults_at_once(run: Run, out: Path) -> None:
    result = run(
        "w03-s9",
        "--done",
        "--pain",
        "12,x,3",
        "--item",
        "side bridg: 3x8 rpe 70",
        "--item",
        "heel tap: quickly",
        "--flag",
        "foo",
        "--motor",
        "L9",
        "--outcome",
        "odi=400",
        "--side",
        "upward",
    )
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "--flag: must be NAME=VALUE, such as bladder=no (got 'foo')",
        "--item \"heel tap: quickly\": 'quickly' is not understood; write it like goblet squat: 3x8 @ 12 kg rpe 7 "
        "pain 3",
        "--item \"side bridg: 3x8 rpe 70\": no such exercise; did you mean 'side_bridge__knees'? (got 'side bridg')",
        "--motor: 'L9' is not understood; write it like L5 left 4",
        "--outcome: must be a number between 0 and 100 (got 400)",
        "--pain: must be a whole number between 0 and 10 (got 12)",
        "--pain: pain during must be a number (got 'x')",
        "--side: is the side of --site; give that too",
        "SESSION: is no session of this programme; the nearest is w03-s3 (got 'w03-s9')",
    ]
    assert not (out / "log.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("w01-s3", "--done"),
            "SESSION: w01-s3 has not come yet: it is on Sun 22 Mar 2026, and today is Thu 19 Mar 2026",
        ),
        (("w01-s1", "--missed", "--item", "heel tap: 8 reps"), "--item: a session that was missed has none"),
        (
            ("w01-s1", "--item", "heel tap: 8 reps"),
            "--item: need done beside them: done or partly (partly: only what is named was done)",
        ),
        (("--passed",), "--passed: needs its check-in: add check_in with its number"),
        (
            ("--pain", "1,2,3,4,5"),
            "--pain: has 5 values: give BEFORE,DURING,AFTER,MORNING, nothing for what is not known",
        ),
        (("--pain", ",-"), "--pain: says nothing: give BEFORE,DURING,AFTER,MORNING"),
        (
            ("--site", "calf left,knie"),
            "--site: site after must be a site, with its side, such as calf left; sites are",
        ),
        (("--pain", "1,2,3,4", "--morning", "3"), "--morning: is said twice: --pain has a fourth value"),
        (("--check-in", "2", "--passed"), "--check-in: check-in-2 has not come yet: it is on Mon 30 Mar 2026"),
        (("--flag", "bladder=maybe"), "--flag bladder: must be one of no, yes, unknown"),
        (("--correct", "e9", "--done"), "--correct: there is no entry 'e9'"),
    ],
)
def test_faults(run: Run, arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(said)
    assert result.stderr.count("\n") == 1


def test_a_session_or_a_check_in(run: Run) -> None:
    assert run("w01-s1", "--check-in", "1", "--flare", today="2026-03-23").stderr == (
        "--check-in: name a session or a check-in, not both; make two entries (got '1')\n"
    )


@pytest.mark.parametrize("arguments", [(), ("--by", "me"), ("--list", "--done"), ("--list", "--import", "x.csv")])
def test_one_thing_at_a_time(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "say what was done, or give --import FILE, or --list; one of them" in result.stderr


def test_no_programme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli.main, ["log", "out", "--done"])
    assert result.exit_code == 2
    assert "does not exist" in result.stderr


# -------------------------------------------------------------------- corrections
def test_a_correction_replaces_the_whole_entry(run: Run, out: Path) -> None:
    run("w01-s1", "--done", "--pain", "2,7")
    assert said(run("--correct", "e0001", "--partly", "--pain", "2,4")) == (
        "e0002: w01-s1, Mon 16 Mar: instead of e0001; partly; pain 2 before, 4 during"
    )
    assert list(log_of(out).accounts()) == ["w01-s1"]
    assert len(log_of(out).entries) == 2


@pytest.mark.parametrize(
    ("given", "other"),
    [
        (("w01-s2", "--done"), "w01-s2"),
        (("--check-in", "1", "--passed"), "check-in-1"),
        (("--outcome", "odi=34"), "no session"),
    ],
)
def test_a_correction_is_about_what_it_corrects(run: Run, out: Path, given: tuple[str, ...], other: str) -> None:
    run("w01-s1", "--done", "--pain", "2,7")
    refused = run(*given, "--correct", "e0001", today="2026-03-23")
    assert refused.exit_code == 2
    assert refused.stderr.startswith(f"--correct: e0001 is about w01-s1, and this is about {other}: take it back")
    assert len(log_of(out).entries) == 1


def test_answers_of_a_check_in_are_corrected_at_it(run: Run, out: Path) -> None:
    run("--check-in", "1", "--flag", "bladder=no", today="2026-03-23")
    run("--correct", "e0001", "--flag", "bladder=no", "--answer", "confidence=7", today="2026-03-23")
    assert log_of(out).standing()[0].check_in == "check-in-1"


TOLD_WRONGLY = ("--by", "Dr Roe", "--words", "asked again: told wrongly")


@pytest.mark.parametrize(
    ("told", "softer", "flag"),
    [
        (
            ("w01-s1", "--done", "--pain", "3,4", "--flag", "saddle=yes"),
            ("--done", "--pain", "3,5"),
            "cauda_equina=yes",
        ),
        (("--flag", "saddle=yes"), ("--words", "typo"), "cauda_equina=yes"),
        (("--flag", "saddle=yes"), ("--flag", "saddle=no"), "cauda_equina=yes"),
        (("--flag", "saddle=yes"), ("--flag", "saddle=unknown"), "cauda_equina=yes"),
        (("--flag", "saddle=unknown"), ("--words", "typo"), "cauda_equina=unknown"),
        (("--words", "fell off my bike", "--flag", "fracture=yes"), ("--words", "typo"), "fracture=yes"),
        (
            ("w01-s1", "--done", "--motor", "S1 right 3"),
            ("--done", "--motor", "S1 right 5"),
            "progressive_weakness=yes",
        ),
        (("w01-s1", "--done", "--both-legs"), ("--done",), "new_bilateral_leg_symptoms=yes"),
    ],
)
def test_a_correction_lifts_no_stop_by_silence(
    run: Run, out: Path, told: tuple[str, ...], softer: tuple[str, ...], flag: str
) -> None:
    assert run(*told).exit_code == 0
    refused = run("--correct", "e0001", *softer)
    assert refused.exit_code == 2
    assert f"say it again: --flag {flag}; where it was told wrongly" in refused.stderr
    assert len(log_of(out).entries) == 1
    denied = ("--flag", f"{flag.partition('=')[0]}=no", *TOLD_WRONGLY)
    own = () if softer[0] in ("--words", "--flag") else softer
    lifted = run("--correct", "e0001", *own, *denied)
    assert lifted.exit_code == 0
    assert "STOP" not in lifted.stderr


def test_a_correction_that_says_the_red_flag_again_stops_still(run: Run) -> None:
    run("w01-s1", "--done", "--pain", "3,4", "--flag", "saddle=yes")
    assert "STOP" in run("--correct", "e0001", "--done", "--pain", "3,5", "--flag", "saddle=yes").stderr


def test_what_a_clinician_has_cleared_need_not_be_said_again(run: Run) -> None:
    run("w01-s1", "--done", "--pain", "3,4", "--flag", "saddle=yes")
    run("--cleared", "programme", "--by", "Dr Roe")
    assert run("--correct", "e0001", "--done", "--pain", "3,5").exit_code == 0
    # that was somebody else's back: what it ended stands again
    assert "STOP" in run("--correct", "e0002", "--words", "not my patient").stderr


def test_files_are_corrected_no_other_way(run: Run, out: Path) -> None:
    run("w01-s1", "--done", "--pain", "3,4", "--flag", "saddle=yes")
    row = "corrects: e0001, session: 1, done: yes, pain_during: 5"
    (out.parent / "log.yaml").write_text(f"entries: [{{{row}}}]")
    refused = run("--import", "log.yaml")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("log.yaml:1: entries[0].corrects: e0001 tells of a red flag")
    assert "flags: {cauda_equina: no}, by and words" in refused.stderr
    denied = "flags: {cauda_equina: no}, by: Dr Roe, words: told wrongly"
    (out.parent / "log.yaml").write_text(f"entries: [{{{row}, {denied}}}]")
    assert run("--import", "log.yaml").exit_code == 0


def test_a_flare_up_that_is_corrected_away_is_remarked_on(run: Run) -> None:
    run("w01-s1", "--done", "--flare")
    assert "the flare-up that e0001 tells of is no longer told" in run("--correct", "e0001", "--done").stderr


def test_symptoms_that_a_correction_is_silent_on_are_remarked_on(run: Run) -> None:
    run("w01-s1", "--done", "--item", "wall push-up: 2x8 down the leg")
    told = run("--correct", "e0001", "--done", "--item", "wall push-up: 2x8 pain 3")
    assert "how far symptoms reached, as e0001 tells, is no longer told" in told.stderr


def test_a_session_that_goes_with_a_red_flag_told_wrongly_is_remarked_on(run: Run, out: Path) -> None:
    run("w01-s1", "--done", "--pain", "3,4", "--flag", "saddle=yes")
    told = run("--correct", "e0001", "--flag", "saddle=no", *TOLD_WRONGLY)
    assert "all that e0001 says of w01-s1 is taken back with it; tell of the session again" in told.stderr
    assert "takes e0001 back; cauda equina: no" in said(told)
    assert log_of(out).accounts() == {}


@pytest.mark.parametrize(
    "by",
    ["{pseudonym}", "the patient", "me", "Patient", "self", "{pseudonym} (patient)", "I myself", "I", "{pseudonym} I"],
)
def test_no_patient_clears(run: Run, out: Path, by: str) -> None:
    name = by.format(pseudonym=store.read_programme(out).patient)
    run("--flag", "saddle=yes")
    wanted = "a clinician clears: give the name of who examined"
    assert f"--by: {wanted}" in run("--cleared", "programme", "--by", name).stderr
    (out.parent / "log.yaml").write_text(f"entries: [{{cleared: [programme], by: '{name}'}}]")
    assert f"log.yaml:1: entries[0].by: {wanted}" in run("--import", "log.yaml").stderr
    assert "--by: give the name of who asked again" in (
        run("--correct", "e0001", "--flag", "saddle=no", "--by", name, "--words", "a typo").stderr
    )
    assert len(log_of(out).entries) == 1


@pytest.mark.parametrize("by", ["A.", "I. A.", "A. Patient-Smith"])
def test_a_clinician_may_sign_with_initials(run: Run, out: Path, by: str) -> None:
    run("--flag", "saddle=yes")
    run("--cleared", "programme", "--by", by)
    assert [one.by for one in log_of(out).entries][1:] == [by]


def test_a_session_partly_done_without_a_name_is_asked_about(run: Run) -> None:
    asks = "names no exercise, so nothing of the session counts as done"
    assert asks in run("w01-s1", "--partly").stderr
    assert asks not in run("w01-s2", "--partly", "--item", f"{DEADLIFT}: 3x8 @ 12 kg").stderr
    assert asks not in run("w01-s2", "--pain", "2").stderr


def test_words_alone_take_an_entry_back(run: Run, out: Path) -> None:
    run("w01-s1", "--done")
    assert said(run("--correct", "e0001", "--words", "wrong patient")) == (
        'e0002: Thu 19 Mar: takes e0001 back; "wrong patient"'
    )
    assert log_of(out).accounts() == {}
    assert said(run("--list")) == (
        'e0001: w01-s1, Mon 16 Mar: done [corrected by e0002] e0002: Thu 19 Mar: takes e0001 back; "wrong patient"'
    )


# -------------------------------------------------------------------- what cannot be, and what surprises
DEADLIFT = "kettlebell deadlift"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (("--done", "--missed"), "--done and --missed: a session was one of them"),
        (("--done", "--item", f"{DEADLIFT}: 3x8 @ 12 kg rpe 0"), "RPE 0 is rest, and it had a load"),
        (("--done", "--item", f"{DEADLIFT}: 3x8 rir 15"), "must be a number between 0 and 10 (got 15)"),
        (("--done", "--answer", "confidence=18"), "--answer confidence: must be a number between 0 and 10 (got '18')"),
        (("--done", "--answer", "confidence=good"), "--answer confidence: must be a number between 0 and 10"),
    ],
)
def test_what_cannot_be_is_refused(run: Run, out: Path, given: tuple[str, ...], problem: str) -> None:
    result = run("w01-s2", *given)
    assert result.exit_code == 2
    assert problem in result.stderr
    assert log_of(out).entries == ()


def test_the_morning_after_todays_session_has_not_come(run: Run, out: Path) -> None:
    for given in (("--morning", "3"), ("--pain", "2,3,2,3")):
        result = run("w01-s2", "--done", *given, today="2026-03-18")
        assert "the morning after w01-s2 has not come yet" in result.stderr
    assert log_of(out).entries == ()


def test_a_load_far_above_the_plan_has_to_be_meant(run: Run, out: Path) -> None:
    surprising = ("w01-s2", "--partly", "--item", f"{DEADLIFT}: 3x8 @ 1000 kg")
    result = run(*surprising)
    assert result.exit_code == 2
    assert "Kettlebell deadlift from blocks: 1000 kg where 12 kg was planned" in result.stderr
    assert "--sure" in result.stderr
    many = run("w01-s2", "--partly", "--item", f"{DEADLIFT}: 80 reps")
    assert "80 repetitions where 8 were planned" in many.stderr
    assert log_of(out).entries == ()
    # twice the plan is believed, and so is what is said to be meant
    assert run("w01-s2", "--partly", "--item", f"{DEADLIFT}: 3x8 @ 24 kg").exit_code == 0
    assert run("w01-s1", "--partly", "--item", f"{DEADLIFT}: 1x8 @ 60 kg", "--sure").exit_code == 0


@pytest.mark.parametrize(
    ("name", "text", "confirmed"),
    [
        (
            "log.yaml",
            "entries: [{session: 2, done: partly, items: [{exercise: kettlebell deadlift, reps: 8, load_kg: 200}]}]",
            ("done: partly", "done: partly, sure: yes"),
        ),
        ("log.csv", "session,exercise,reps,kg,sure\n2,kettlebell deadlift,8,200,\n", (",200,", ",200,yes")),
    ],
)
def test_files_are_asked_the_same(run: Run, out: Path, name: str, text: str, confirmed: tuple[str, str]) -> None:
    path = out.parent / name
    path.write_text(text)
    refused = run("--import", name)
    assert refused.exit_code == 2
    assert "200 kg where 12 kg was planned; correct it, or say that it is meant: sure: yes" in refused.stderr
    path.write_text(text.replace(*confirmed))
    assert run("--import", name).exit_code == 0


def test_a_session_is_told_once_and_added_to(run: Run, out: Path) -> None:
    run("w01-s1", "--done", "--pain", "2,3,2", today="2026-03-16")
    for again, words in (
        (("--done",), "w01-s1 was told in e0001 already, and this adds nothing"),
        (("--missed",), "w01-s1 was told in e0001, which says done"),
        (("--done", "--pain", "2,7,2"), "w01-s1 was told in e0001, which says pain during 3"),
    ):
        result = run("w01-s1", *again)
        assert result.exit_code == 2
        assert words in result.stderr
        assert "--correct e0001" in result.stderr
    # the morning after, and what was left out, are news
    assert run("w01-s1", "--morning", "2").exit_code == 0
    assert run("w01-s1", "--done", "--item", f"{DEADLIFT}: pain 3").exit_code == 0
    assert run("w01-s1", "--done", "--words", "slept badly").exit_code == 0
    assert "told in e0002, which says pain next morning 2" in run("w01-s1", "--morning", "5").stderr
    assert len(log_of(out).entries) == 4


def test_an_import_that_says_something_else_is_told_and_believed(run: Run, out: Path) -> None:
    run("w01-s1", "--done", "--pain", "2,3,2")
    (out.parent / "log.yaml").write_text("entries: [{session: 1, pain_during: 5}]")
    result = run("--import", "log.yaml")
    assert "says pain during 5, and e0001 says pain during 3; the later word counts" in result.stderr
    assert log_of(out).accounts()["w01-s1"].response.pain_during == 5


# -------------------------------------------------------------------- imports
def test_an_import_twice_adds_nothing(run: Run, out: Path) -> None:
    table = out.parent / "diary.csv"
    table.write_text("date,exercise,reps,pain before\n2026-03-16,heel tap lying,8,2\n2026-03-18,side bridge,4,\n")
    first = run("--import", "diary.csv")
    assert "w01-s1, Mon 16 Mar: partly; Heel tap, lying 8; pain 2 before" in said(first)
    before = (out / "log.jsonl").read_bytes()
    again = run("--import", "diary.csv")
    assert (again.stdout, again.stderr) == ("", "2 entries of diary.csv had been imported before.\n")
    assert (out / "log.jsonl").read_bytes() == before


def test_a_log_file_is_imported(run: Run, out: Path) -> None:
    (out.parent / "log.yaml").write_text("entries:\n  - {session: 1, done: yes}\n  - {session: 2, done: yes, rpe: 3}\n")
    result = run("--import", "log.yaml")
    assert result.stderr.startswith("log.yaml:3: entries[1].rpe: is not a known key")
    assert log_of(out).entries == ()
    (out.parent / "log.yaml").write_text("entries:\n  - {session: 1, done: yes}\n  - {session: 2, done: yes}\n")
    assert said(run("--import", "log.yaml")).count("done") == 2


def test_an_import_may_not_change_an_entry(run: Run, out: Path) -> None:
    run("w01-s1", "--done")
    (out.parent / "log.yaml").write_text("entries: [{id: e0001, session: 1, done: missed}]")
    assert run("--import", "log.yaml").stderr == (
        "out/log.jsonl: the log has an entry 'e0001' that says something else; correct it with a new one\n"
    )


# -------------------------------------------------------------------- the list
def test_the_list_with_trends(run: Run) -> None:
    assert said(run("--list")) == "No entries yet."
    run(
        "--outcome",
        "odi=42",
        "--outcome",
        "nprs=6",
        "--outcome",
        "start_back=5",
        "--outcome",
        "psych=4",
        today="2026-03-16",
    )
    run("--outcome", "odi=38", "--outcome", "nprs=4", "--outcome", "örebro=52")
    lines = run("--list").stdout.splitlines()
    assert lines[2:] == [
        "",
        "Outcome scores",
        "  NPRS 6 (16 Mar), 4 (19 Mar): better [F: Ostelo 2008, Spine 33:90]",
        "  ODI 42 (16 Mar), 38 (19 Mar): no meaningful change [F: Ostelo 2008, Spine 33:90]",
        "  STarT Back 5 (16 Mar): high risk [K: cut-offs: general knowledge]",
        "  STarT Back psych 4 (16 Mar)",
        "  Örebro short form 52 (19 Mar): high risk [K: cut-off: general knowledge]",
    ]


def test_json(run: Run) -> None:
    (entry,) = json.loads(run("w01-s1", "--done", "--json").stdout)
    assert (entry["id"], entry["slot"], entry["done"]) == ("e0001", "w01-s1", "done")
    listed = json.loads(run("--list", "--json").stdout)
    assert listed["entries"] == [entry]


def test_a_torn_line_is_told_once_and_kept(run: Run, out: Path) -> None:
    run("w01-s1", "--done")
    run("w01-s2", "--done")
    path = out / "log.jsonl"
    path.write_bytes(path.read_bytes()[:-10])
    result = run("w01-s2", "--missed")
    assert result.stderr.startswith("Warning: out/log.jsonl: the last line was cut short while it was written")
    assert said(result) == "e0002: w01-s2, Wed 18 Mar: missed"
    assert (out / "log.torn").read_bytes().startswith(b'{"id":"e0002"')
    assert run("--list").stderr == ""


# -------------------------------------------------------------------- gradus check
def test_check_knows_logs(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("log.yaml").write_text("entries: [{session: 99, done: yes}]")
    Path("log.csv").write_text("session,done\n99,yes\n")

    def check(*arguments: str) -> Result:
        return CliRunner().invoke(cli.main, ["check", *arguments])

    assert check("log.yaml").stdout == "log.yaml: log, no faults of form in 1 entry; --programme OUT checks the rest\n"
    assert check("log.csv").stderr == "log.csv: is a table of sessions; name its programme: --programme OUT\n"
    wrong = check("log.yaml", "log.csv", "--programme", "out")
    assert wrong.exit_code == 2
    assert wrong.stderr.splitlines() == [
        "log.yaml:1: entries[0].session: there is no such session: training sessions are numbered 1 to 9 (got 99)",
        "log.csv:2: session: there is no such session: training sessions are numbered 1 to 9 (got '99')",
    ]
    Path("log.yaml").write_text("entries: [{corrects: 3}]")
    assert "log.yaml:1: entries[0].corrects: must be text; put it in quotes" in check("log.yaml").stderr
