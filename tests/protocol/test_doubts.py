"""What a file asks of sets that are not there is a fault; what can be meant, and hardly is, is a warning."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.loader import load_catalogue, load_protocol, protocol_files
from planner.domain.dose import LoadUnit
from planner.domain.protocol import Outcome
from planner.errors import InvalidInput
from planner.intake.protocol_file import doubts, protocol_of
from planner.intake.yamlfile import parse_yaml
from planner.progression.protocol import OwnedLoads, run
from tests.protocol.own_file import HEAD, gradus, own_folder

__all__ = ["own_folder"]

FILE = (
    HEAD
    + """\
days_a_week: 2
lines:
  squat: {exercise: [goblet_squat, barbell_back_squat], scheme: on, state: {load: 50, step: 5}}
schemes:
  on:
    sets:
      - {name: top, reps: 5, load: load}
      - {reps: 8, load: 80% today.top}
    after:
      - {met: yes, do: {load: +step}}
rotation:
  - {name: A, do: [squat]}
"""
)
OWNED = OwnedLoads(LoadUnit.GRAM, 1)  # type: ignore[arg-type]


def told(text: str) -> list[str]:
    """Faults, else warnings."""
    document = parse_yaml(text, "p.yaml")
    try:
        protocol = protocol_of(document, load_catalogue())
    except InvalidInput as error:
        return [str(fault) for fault in error.faults]
    return [str(document.fault(*one)) for one in doubts(protocol, load_catalogue())]


def test_it_is_sound() -> None:
    assert told(FILE) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        # a set that another session has
        (
            "name: A, do: [squat]}",
            "name: A, do: [squat]}\n  - {name: B, do: [{line: squat, sets: [{reps: 3, load: today.top}]}]}",
            "p.yaml:18: rotation[1].do[0].sets[0].load: no set before it in session 'B' is named 'top'",
        ),
        (
            "{name: top, reps: 5, load: load}",
            "{weeks: 1-3, name: top, reps: 5, load: load}",
            "p.yaml:13: schemes.on.sets[1].load: no set of session 'A' is named 'top' in week 4",
        ),
        (
            "name: top, reps: 5, load: load",
            "name: top, time: 20 s",
            "p.yaml:13: schemes.on.sets[1].load: today.top is the load of that set, and set 'top' has none",
        ),
        (
            "do: {load: +step}",
            "do: {load: 90% today.top}, weeks: 4",
            None,
        ),
    ],
)
def test_a_set_of_today_is_there_and_has_a_load(old: str, new: str, said: str | None) -> None:
    assert old in FILE
    assert told(FILE.replace(old, new)) == ([] if said is None else [said])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "do: {load: +step}",
            "do: {exercise: next}",
            "p.yaml:15: schemes.on.after[0].do.exercise: the new exercise keeps the load of the one before; give it "
            "its own, such as load: 20 or load: unknown (found in its first session)",
        ),
        (
            "- {name: top, reps: 5, load: load}\n      - {reps: 8, load: 80% today.top}",
            "- {weeks: 1-3, reps: 5, load: load}",
            "p.yaml:16: rotation[0].do[0]: no row of 'squat' holds in week 4: session 'A' is without it then",
        ),
        (
            "- {met: yes, do: {load: +step}}",
            "- {do: {load: +step}}\n      - {met: yes, do: {load: 40}}",
            "p.yaml:16: schemes.on.after[1]: is never reached: after[0] above it holds whenever this one does",
        ),
        (
            "- {met: yes, do: {load: +step}}",
            "- {failures: 1, do: {load: -5}}\n      - {failures: 3, do: {load: -10%}}",
            "p.yaml:16: schemes.on.after[1]: is never reached: after[0] above it holds whenever this one does",
        ),
    ],
)
def test_what_is_hardly_meant(old: str, new: str, said: str) -> None:
    assert old in FILE
    assert said in told(FILE.replace(old, new))


@pytest.mark.parametrize(
    ("do", "said"),
    [
        ("load: step", "sets load to step itself; to add it write load: +step"),
        ("load: 4", "sets load to 4, far below the 50 that it begins with; to add it write load: +4"),
        ("load: 90% step", None),
        ("load: 40", None),
        ("load: +4", None),
        ("step: 4", None),
        ("load: 4, exercise: next", None),
    ],
)
def test_a_plus_sign_that_is_missing(do: str, said: str | None) -> None:
    found = told(FILE.replace("do: {load: +step}", f"do: {{{do}}}"))
    assert found == ([] if said is None else [f"p.yaml:15: schemes.on.after[0].do.load: {said}"])
    assert told(FILE.replace("met: yes, do: {load: +step}", f"met: no, do: {{{do}}}")) == []


def test_a_load_that_is_asked_for_is_not_set() -> None:
    text = FILE.replace("state: {load: 50, step: 5}", "needs: [load]").replace("do: {load: +step}", "do: {load: 4}")
    said = "sets load to 4, whatever it is at the start; to add it write load: +4"
    assert told(text) == [f"p.yaml:15: schemes.on.after[0].do.load: {said}"]


@pytest.mark.parametrize("name", list(protocol_files()))
def test_published_programmes_have_no_doubts(name: str) -> None:
    assert list(doubts(load_protocol(name), load_catalogue())) == []


def test_a_week_without_work_is_named() -> None:
    text = FILE.replace("{name: A,", "{name: A, weeks: '1-2, 4',")
    assert told(text) == ["p.yaml:16: rotation: nothing is done in week 3: no row holds"]


def test_rules_that_look_at_other_things_are_left_alone() -> None:
    for earlier, later in (
        ("{do: {load: +step}}", "{symptoms: yes, do: {load: -10%}}"),
        ("{reps: 5, do: {load: +step}}", "{reps: 6+, do: {load: +10}}"),
        ("{met: yes, more: yes, do: {load: +step}}", "{met: yes, do: {step: 4}}"),
    ):
        assert told(FILE.replace("{met: yes, do: {load: +step}}", f"{earlier}\n      - {later}")) == []


def test_a_ladder_finds_the_load_of_the_new_exercise() -> None:
    text = FILE.replace("do: {load: +step}", "do: {exercise: next, load: unknown}")
    assert told(text) == []
    protocol = protocol_of(parse_yaml(text, "p.yaml"), load_catalogue())
    sessions = run(protocol, {}, OWNED, [Outcome(session=2, exercise="squat", load=90)]).sessions
    assert [session.items[0].exercise for session in sessions[:2]] == ["goblet_squat", "barbell_back_squat"]
    tops = [session.items[0].sets[0].load for session in sessions[:3]]
    assert [load and load.kg for load in tops] == [50, 90, 90]


@pytest.mark.parametrize(("done", "heavier"), [("2", [3]), ("2+", [3, 4, 5, 6, 7, 8]), ("2-3", [3, 4])])
def test_times_done_are_exact_as_turns_are(done: str, heavier: list[int]) -> None:
    text = FILE.replace("met: yes, do", f"done: {done}, do")
    sessions = run(protocol_of(parse_yaml(text, "p.yaml"), load_catalogue()), {}, OWNED).sessions
    loads = [0.0, *(session.items[0].sets[0].load.kg for session in sessions)]  # type: ignore[union-attr]
    assert [n for n in range(2, 9) if loads[n] > loads[n - 1]] == heavier


def test_a_rule_for_one_time_waits_for_symptoms_to_go() -> None:
    text = FILE.replace("met: yes, do", "done: 2, do")
    sore = [Outcome(session=2, exercise="squat", symptoms=True)]
    sessions = run(protocol_of(parse_yaml(text, "p.yaml"), load_catalogue()), {}, OWNED, sore).sessions
    loads = [session.items[0].sets[0].load.kg for session in sessions]  # type: ignore[union-attr]
    assert loads[:5] == [50, 50, 50, 55, 55]


def test_check_tells_warnings() -> None:
    Path("own.yaml").write_text(FILE.replace("do: {load: +step}", "do: {exercise: next}"), encoding="utf-8")
    assert "keeps the load of the one before" in gradus("check", "own.yaml").output


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("met: yes, failures: 2", "after[0]: never holds: a session cannot be both met: yes and failures: 2"),
        ("met: no, successes: 2", "a session cannot be both successes: 2 and met: no; make two rules of it"),
        ("successes: 2, failures: 1", "cannot be both successes: 2 and failures: 1"),
        ("met: yes, symptoms: yes", "cannot be both met: yes and symptoms: yes"),
        ("symptoms: no, red: yes", "never holds: red: yes are symptoms, and it asks for symptoms: no"),
        ("turns: 0", "after[0].turns: counts from 1"),
        ("rounds: 0-2", "after[0].rounds: counts from 1"),
        ("done: 0", "after[0].done: counts from 1"),
        ("weeks: 0", "after[0].weeks: week 0 never comes: it has weeks 1 to 4"),
    ],
)
def test_a_rule_that_can_never_hold_is_a_fault(rule: str, said: str) -> None:
    found = told(FILE.replace("met: yes, do", f"{rule}, do"))
    assert len(found) == 1
    assert said in found[0]


def test_weeks_of_an_open_programme_count_from_one() -> None:
    text = FILE.replace("weeks: 4", "weeks: 4\nopen_ended: true").replace("met: yes, do", "weeks: 0, do")
    assert "weeks: counts from 1" in "\n".join(told(text))


@pytest.mark.parametrize("rule", ["met: no, failures: 2", "met: yes, successes: 2", "failures: 1, symptoms: yes"])
def test_conditions_that_go_together_are_sound(rule: str) -> None:
    assert told(FILE.replace("met: yes, do", f"{rule}, do")) == []


def test_a_session_of_a_phase_may_have_rows_for_some_weeks_only() -> None:
    text = FILE.replace("name: top, reps", "weeks: 1-2, name: top, reps").replace(
        "- {reps: 8", "- {weeks: 1-2, reps: 8"
    )
    text = text.replace(
        "  - {name: A, do: [squat]}",
        "  - {name: A, phase: one, do: [squat]}\n  - {name: B, phase: two, do: [{line: squat, sets: [{reps: 3}]}]}",
    ).replace("lines:", "phases: {one: {after: [{weeks: 2, do: {phase: next}}]}, two: {}}\nlines:", 1)
    assert told(text) == []
    assert "no row of 'squat' holds in weeks 3-4" in "\n".join(told(text.replace(", phase: one", "")))


def test_a_kind_that_is_a_slip_of_another_is_asked_about() -> None:
    text = FILE.replace("reps: 8, load: 80% today.top", "kind: KIND, time: 5 min")
    (slip,) = told(text.replace("KIND", "runn"))
    assert "sets[1].kind: is a word of its own; did you mean 'run'?" in slip
    for kind in ("skip", "run_easy", "stride", "ride", "climb"):
        assert told(text.replace("KIND", kind)) == []


def test_an_unknown_load_of_an_exercise_without_any_is_asked_about() -> None:
    text = FILE.replace("[goblet_squat, barbell_back_squat]", "wall_slide").replace("load: 50", "load: unknown")
    assert any("load: is found on the day, and wall_slide is done without a load" in one for one in told(text))
    assert not any("without a load" in one for one in told(FILE.replace("load: 50", "load: unknown")))
