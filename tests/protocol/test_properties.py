"""What holds of every protocol, start and log."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.loader import load_catalogue, load_protocol, protocol_files
from planner.domain.dose import Load, LoadUnit
from planner.domain.protocol import Outcome, Protocol
from planner.intake.canonical import canonical_bytes, from_canonical
from planner.intake.protocol_file import read_protocol
from planner.progression.protocol import Forecast, OwnedLoads, run

OWN = Path(__file__).parents[1] / "data" / "own_protocols"
PROTOCOLS = [load_protocol(name) for name in protocol_files()] + [
    read_protocol(path, load_catalogue()) for path in sorted(OWN.glob("*.yaml"))
]
FEW = settings(max_examples=25)
WEEKS = 5


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Protocol, dict[str, dict[str, float]], OwnedLoads]:
    """A protocol, a start, and loads owned: steps, or a ragged list."""
    protocol = draw(st.sampled_from(PROTOCOLS))
    weight = st.integers(20, 400).map(lambda n: n / 2)
    start = {name: {value: draw(weight) for value in line.needs} for name, line in protocol.lines.items() if line.needs}
    unit = LoadUnit.GRAM if protocol.unit == "kg" else LoadUnit.CENTIPOUND
    step = Fraction(draw(st.sampled_from(["0.5", "1", "2.5", "5"])))
    lists = {}
    if draw(st.booleans()):
        amounts = sorted(draw(st.sets(st.integers(1, 300).map(lambda n: n * 500), min_size=3, max_size=20)))
        names = [name for line in protocol.lines.values() for name in line.ladder]
        lists = {draw(st.sampled_from(names)): tuple(Load(amount=amount, unit=unit) for amount in amounts)}
    return protocol, start, OwnedLoads(unit, step, lists)


@st.composite
def logs(draw: st.DrawFn, protocol: Protocol) -> list[Outcome]:
    """A log of some sessions, good and bad ones."""
    return draw(
        st.lists(
            st.builds(
                Outcome,
                session=st.integers(1, 20),
                exercise=st.sampled_from(sorted(protocol.lines)),
                repetitions=st.lists(st.integers(0, 30), max_size=10).map(tuple),
                load=st.none() | st.integers(0, 200).map(float),
                rpe=st.none() | st.integers(0, 10).map(float),
                symptoms=st.booleans(),
            ),
            max_size=12,
        )
    )


def forecast(world: tuple[Protocol, dict[str, dict[str, float]], OwnedLoads], log: list[Outcome]) -> Forecast:
    protocol, start, owned = world
    return run(protocol, start, owned, log, weeks=WEEKS)


@FEW
@given(data=st.data(), world=worlds())
def test_loads_are_owned_and_never_above_the_exact_value(
    data: st.DataObject, world: tuple[Protocol, dict[str, dict[str, float]], OwnedLoads]
) -> None:
    protocol, _, owned = world
    for session in forecast(world, data.draw(logs(protocol))).sessions:
        for item in session.items:
            for each in item.sets:
                if each.load is None:
                    continue
                assert each.exact is not None
                assert owned.value(each.load) <= each.exact
                if item.exercise in owned.lists:
                    assert each.load in owned.lists[item.exercise]
                else:
                    assert owned.value(each.load) % owned.step == 0


@FEW
@given(data=st.data(), world=worlds())
def test_the_same_again_gives_the_same(
    data: st.DataObject, world: tuple[Protocol, dict[str, dict[str, float]], OwnedLoads]
) -> None:
    log = data.draw(logs(world[0]))
    assert forecast(world, log) == forecast(world, log)


@FEW
@given(data=st.data(), world=worlds(), at=st.integers(1, 20))
def test_what_is_told_later_changes_no_earlier_session(
    data: st.DataObject, world: tuple[Protocol, dict[str, dict[str, float]], OwnedLoads], at: int
) -> None:
    log = data.draw(logs(world[0]))
    before = forecast(world, [outcome for outcome in log if outcome.session < at])
    after = forecast(world, log)
    assert before.sessions[: at - 1] == after.sessions[: at - 1]


@FEW
@given(world=worlds())
def test_without_a_log_every_target_counts_as_met(
    world: tuple[Protocol, dict[str, dict[str, float]], OwnedLoads],
) -> None:
    """Telling exactly the targets is telling nothing."""
    plain = forecast(world, [])
    told = []
    for session in plain.sessions[:12]:
        for line in dict.fromkeys(item.line for item in session.items):
            sets = [s for item in session.items if item.line == line for s in item.sets if not s.optional]
            reps = tuple(s.expect for s in sets if s.repetitions is not None)
            told.append(Outcome(session=session.ordinal, exercise=line, repetitions=reps))
    found = forecast(world, told)
    assert [[item.sets for item in s.items] for s in found.sessions[12:]] == [
        [item.sets for item in s.items] for s in plain.sessions[12:]
    ]


@FEW
@given(world=worlds(), fails=st.integers(0, 4))
def test_a_streak_needs_every_one_of_its_sessions(
    world: tuple[Protocol, dict[str, dict[str, float]], OwnedLoads], fails: int
) -> None:
    """StrongLifts takes 10 % off after exactly three failed sessions in a row."""
    protocol = load_protocol("stronglifts_5x5")
    log = [Outcome(session=n + 1, exercise="squat", repetitions=(5, 5, 5, 5, 4)) for n in range(fails)]
    start = {"squat": {"load": 100.0}}
    found = run(protocol, start, OwnedLoads(LoadUnit.GRAM, Fraction("2.5")), log, weeks=3)
    loads = [s.items[0].sets[0].load.kg for s in found.sessions if s.items[0].sets[0].load]  # type: ignore[union-attr]
    assert loads[: min(fails, 3) + 1] == [100.0] * min(fails, 3) + [90.0 if fails >= 3 else 100.0]


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda protocol: protocol.protocol)
def test_a_protocol_is_read_back_from_its_canonical_form(protocol: Protocol) -> None:
    again = from_canonical(Protocol, canonical_bytes(protocol, sort_keys=False))
    assert again == protocol
    assert [list(scheme.stages) for scheme in again.schemes.values()] == [
        list(scheme.stages) for scheme in protocol.schemes.values()
    ]
