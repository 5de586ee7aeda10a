"""Repairs: each gives a verified programme, is the smallest of its kind, and never touches a ``never`` rule."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import cli
from planner.domain.programme import NO_PROVENANCE
from planner.explain.conflicts import Clash, Possible, clash
from planner.explain.impossible import Impossible, impossible
from planner.explain.repairs import Change, Repair, can, kinds, repairs
from planner.explain.requirements import requirements
from planner.plan import make_programme
from planner.rules import RULES
from planner.rules.base import OverrideBy
from planner.verify import verify
from tests.explain.cases import Planted, planted
from tests.plans import EXAMPLES, case_of

CASES = planted()
NEVER = tuple(rule.id for rule in RULES.values() if rule.override is OverrideBy.NEVER)
#: Those that are quick; the others run with ``-m slow``.
QUICK = {
    "sessions capped below the shortest",
    "must walk longer than any daily slot",
    "dumbbells that are not owned",
    "no trap bar",
    "a squat too heavy for four weeks",
    "a goal that is disliked",
    "two squats in one line of work",
    "a walk too long and a goal that is disliked",
    "away in one week and busy in the other",
    "arching with a slipped vertebra",
}


def found_for(case: Planted) -> tuple[Clash, list[Repair]]:
    possible = Possible(case.case, requirements(case.case))
    possible.rule_out(frozenset(possible.requirements))
    found = clash(possible)
    # what is right does not depend on how busy the machine is: no answer is cut short
    return found, repairs(case.case, found, seconds=600)


@pytest.mark.parametrize(
    "case",
    [pytest.param(c, id=c.name.replace(" ", "-"), marks=() if c.name in QUICK else pytest.mark.slow) for c in CASES],
)
def test_repairs_are_proved_and_the_smallest_of_their_kind(case: Planted) -> None:
    found, helping = found_for(case)
    said = [" and ".join(change.words for change in repair.changes) for repair in helping]
    for words in case.repairs:
        assert any(words in line for line in said), (words, said)
    for repair in helping:
        changed = case.case
        for change in repair.changes:
            changed = change.apply(changed)
            assert change.signed == change.words.startswith("sign an override"), change
            assert not any(f"override of {rule} " in change.words for rule in NEVER)
        # what was found and what is known of the patient is no thing to be repaired
        for kept in ("screening", "findings", "conditions", "restrictions", "training"):
            assert getattr(changed.patient, kept) == getattr(case.case.patient, kept)
        assert (changed.patient.overrides != case.case.patient.overrides) == repair.signed
        plan = make_programme(changed, provenance=NO_PROVENANCE, best=False)
        assert verify(changed, plan.programme) == []
        for override in changed.patient.overrides:
            assert RULES[override.rule].override is OverrideBy.SIGNED
        if len(repair.changes) == 1:
            smaller = before(case, found, repair.changes[0])
            assert smaller is None or not can(smaller.apply(case.case)), (repair, smaller)
    assert [(r.signed, r.size) for r in helping] == sorted((r.signed, r.size) for r in helping)


def before(case: Planted, found: Clash, change: Change) -> Change | None:
    """The next smaller change of the same kind, None where there is none."""
    for correction in found.corrections:
        for requirement in correction:
            for kind in kinds(case.case, requirement):
                if change in kind:
                    index = kind.index(change)
                    return kind[index - 1] if index else None
    raise AssertionError(change)


@pytest.mark.parametrize("case", [c for c in CASES if c.never], ids=lambda case: case.name.replace(" ", "-"))
def test_when_only_rules_that_are_never_set_aside_stand_in_the_way_it_says_so(case: Planted) -> None:
    found = impossible(case.case, seconds=60)
    assert isinstance(found, Impossible)
    assert found.complete
    assert sorted(found.only_never) == sorted(case.never)
    assert found.repairs
    assert all("override" not in change.words for repair in found.repairs for change in repair.changes)


def test_what_else_stands_in_the_way_is_not_passed_over() -> None:
    case = next(case for case in CASES if case.name == "no trap bar and high blood pressure")
    found = impossible(case.case, seconds=60)
    assert isinstance(found, Impossible)
    assert found.only_never == ()


def test_what_can_be_met_is_not_explained_away() -> None:
    assert impossible(case_of("f_healthy_novice")) is None


def test_the_command_line_says_it_with_lines_and_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (EXAMPLES / "f_healthy_novice.yaml").read_text(encoding="utf-8")
    asked = "  - {kind: walk, priority: must, minutes: 45, words: walk to work}\n"
    text = text.replace("goals:\n", f"goals:\n{asked}").replace("weeks: 12", "weeks: 4")
    Path("p.yaml").write_text(text, encoding="utf-8")
    line = text.splitlines().index(asked.rstrip("\n")) + 1
    plain = CliRunner().invoke(cli.main, ["plan", "p.yaml", "-o", "out"])
    assert plain.exit_code == 3
    assert f"p.yaml:{line} goals[0]: goal 1 must be reached: walk 45 minutes" in plain.stderr
    assert "availability.daily_slots" in plain.stderr
    assert not Path("out").exists()
    machine = CliRunner().invoke(cli.main, ["explain", "p.yaml", "--json"])
    assert machine.exit_code == 3
    data = json.loads(machine.stdout)
    assert {r["name"] for r in data["conflicts"][0]["requirements"]} == {"goal:0", "daily"}
    assert data["conflicts"][0]["requirements"][0]["at"] == f"p.yaml:{line} goals[0]"
    assert all(repair["proved"] for repair in data["repairs"])
    assert any("45 minutes" in change["words"] for repair in data["repairs"] for change in repair["changes"])
    via_plan = CliRunner().invoke(cli.main, ["plan", "p.yaml", "-o", "out", "--json"])
    assert via_plan.exit_code == 3
    assert json.loads(via_plan.stdout)["conflicts"] == data["conflicts"]
