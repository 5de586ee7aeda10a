"""A value is one kind of number: no load is a time or a count, and what changes it is of its kind."""

from __future__ import annotations

import pytest

from tests.protocol.own_file import HEAD, faults, own_folder

__all__ = ["own_folder"]

FILE = (
    HEAD
    + """\
days_a_week: 3
lines:
  sq:
    exercise: barbell_back_squat
    needs: [one_rm]
    state: {load: 70% one_rm, step: {kg: 2.5, lb: 5}, t: 30 s, far: 40 m, n: 8, minutes: 20 min}
schemes:
  s:
    sets:
      - {name: top, sets: 3, reps: n, load: load}
      - {time: t}
      - {distance: far}
      - {until: minutes, of: [{reps: 3}]}
    after:
      - {met: yes, state: {n: 5+}, do: {load: +step}}
rotation: [{name: A, do: [{line: sq, scheme: s}]}]
"""
)


@pytest.mark.parametrize("name", ["one_rm", "rm5"])
def test_a_maximum_that_is_lifted_is_no_number_of_repetitions(name: str) -> None:
    text = FILE.replace("needs: [one_rm]", f"needs: [{name}]").replace("70% one_rm", "60")
    assert not faults(text.replace("load: load}", f"load: 50% {name}}}"))
    for reps in (f"50% {name}", name):
        (fault,) = faults(text.replace("reps: n", f"reps: {reps}"))
        assert f"reps: {name} is a load (lines.sq.needs.{name}), and here it would be a number of sets" in fault


def test_each_value_is_of_one_kind() -> None:
    assert not faults(FILE)
    # shares, sums and steps of the same kind, a number of sets that is one of repetitions too
    assert not faults(FILE.replace("load: +step", "load: 90% one_rm, n: +1, t: +5 s, far: +10%"))
    assert not faults(FILE.replace("sets: 3", "sets: n").replace("load: load}", "load: 60% one_rm + step}"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("reps: n", "reps: t", "reps: t is a time (lines.sq.state.t), and here it would be a number of sets"),
        ("load: load}", "load: n}", "reps: n is a load (schemes.s.sets[0].load), and here it would be a number of"),
        ("load: load}", "load: t}", "load: t is a time (lines.sq.state.t), and here it would be a load"),
        ("time: t", "time: load", "time: load is a load (lines.sq.state.load), and here it would be a time"),
        ("time: t", "time: one_rm", "time: one_rm is a load (lines.sq.needs.one_rm), and here it would be a time"),
        ("distance: far", "distance: t", "distance: t is a time (lines.sq.state.t), and here it would be a distance"),
        ("until: minutes", "until: n", "until: n is a number of sets or repetitions"),
        ("    sets:", "    rest: load\n    sets:", "schemes.s.rest: load is a load"),
        ("load: load}", "load: 60 s}", "load: is a load here, and has the unit of a time"),
        ("{load: +step}", "{load: +1 min}", "do.load: load is a load, and +1 min is a time"),
        ("{load: +step}", "{n: +2.5 kg}", "do.n: n is a number of sets or repetitions, and +2.5 kg is a load"),
        ("{load: +step}", "{n: +step}", "do.n: n is a number of sets or repetitions, and step is a load"),
        ("{load: +step}", "{t: load}", "do.t: t is a time, and load is a load"),
        ("{n: 5+}", "{n: 5 kg+}", "state.n: n is a number of sets or repetitions, not a load"),
        ("{n: 5+}", "{load: 5 min+}", "state.load: load is a load, not a time"),
        ("load: 70% one_rm", "load: 70% t", "state.load: t is a time (lines.sq.state.t), and here it would be a load"),
    ],
)
def test_a_value_that_would_be_of_two_kinds_is_refused_with_its_line(old: str, new: str, said: str) -> None:
    found = faults(FILE.replace(old, new))
    assert any(said in one and one.startswith("p.yaml:") for one in found), found
    assert not any("unit: write" in one for one in found), found


def test_repetitions_are_a_count_even_where_no_row_names_them() -> None:
    plain = FILE.replace("n: 8", "reps: 8").replace("n: 5+", "reps: 5+").replace("reps: n", "reps: 5")
    assert not faults(plain)
    assert "reps is a number of sets or repetitions" in faults(plain.replace("load: load}", "load: reps}"))[0]
    assert "and +2.5 kg is a load" in faults(plain.replace("{load: +step}", "{reps: +2.5 kg}"))[0]
