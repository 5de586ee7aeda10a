"""After a step down, sessions on target count from there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.protocol.own_file import HEAD, build, own_folder, sessions, top

__all__ = ["own_folder"]

PRESS = f"""{HEAD}days_a_week: 3
lines: {{press: {{exercise: leg_press, scheme: s, state: {{load: 40, pause: 60 s}}}}}}
schemes:
  s: {{sets: [{{name: all, sets: 3, reps: 10, load: load, rest: pause}}], after: [RULES]}}
rotation: [{{name: D, do: [press]}}]
"""
UP = "{successes: 2, do: {load: +5}}"


def loads(rules: str, *told: str) -> list[float]:
    said = [f"  - {{session: {n}, exercise: press, {one}}}" for n, one in enumerate(told, 1)]
    Path("o.yaml").write_text("outcomes:\n" + "\n".join(said) + "\n", encoding="utf-8")
    build(PRESS.replace("RULES", rules), "--outcomes", "o.yaml")
    return [top(one) for one in sessions()[:5]]


@pytest.mark.parametrize(
    ("rules", "told", "wanted"),
    [
        (f"{{pain: 4-10, do: {{load: -5}}}}, {UP}", ("pain: 4", "pain: 0"), [40, 35, 35, 40, 40]),
        (f"{{rpe: 9+, do: {{load: -5}}}}, {UP}", ("rpe: 9.5", "rpe: 7"), [40, 35, 35, 40, 40]),
        (f"{{rpe: 9+, do: {{load: -5}}}}, {UP.replace('succ', 'set: all, succ')}", ("rpe: 9.5",), [40, 35, 35, 40, 40]),
        # within limits of pain too, and where a rule below is looked at in the same session
        (f"{{rpe: 9+, do: {{load: -5}}}}, {UP.replace('2,', '2, pain: 0-3,')}", ("rpe: 9.5",), [40, 35, 35, 40, 40]),
        (f"{{rpe: 9+, do: {{load: -5}}, more: yes}}, {UP}", ("rpe: 7", "rpe: 9.5"), [40, 40, 35, 35, 40]),
        # longer rests beside it are no step up
        (f"{{rpe: 9+, do: {{load: -5, pause: +30 s}}}}, {UP}", ("rpe: 9.5",), [40, 35, 35, 40, 40]),
        # nor is a rest that is all that changes a step down
        (f"{{rpe: 0-6, do: {{pause: -10 s}}, more: yes}}, {UP}", ("rpe: 6", "rpe: 6"), [40, 40, 45, 45, 50]),
        # nor what is due to success, or to the calendar
        (
            "{met: yes, do: {load: -1}, more: yes}, {successes: 2, do: {load: +5}}",
            ("rpe: 6",),
            [40, 37.5, 42.5, 40, 45],
        ),
        (f"{{weeks: 1, days: 1, do: {{load: -5}}}}, {UP}", ("rpe: 6",), [40, 35, 40, 40, 45]),
    ],
)
def test_successes_count_anew(rules: str, told: tuple[str, ...], wanted: list[float]) -> None:
    assert loads(rules, *told) == wanted


RUN = f"""{HEAD}days_a_week: 3
lines: {{run: {{exercise: walk_run_intervals, scheme: s, state: {{r: 1 min, w: 4 min}}}}}}
schemes:
  s:
    sets: [{{repeat: 6, of: [{{kind: run, time: r}}, {{kind: walk, time: w}}]}}]
    after:
      - {{pain: 3-10, state: {{r: 2 min+}}, do: {{r: -1 min, w: +1 min}}}}
      - {{successes: 2, do: {{r: +1 min, w: -1 min}}}}
rotation: [{{name: Run, do: [run]}}]
"""


def test_less_running_with_longer_walks_is_a_step_down() -> None:
    Path("o.yaml").write_text("outcomes:\n  - {session: 4, exercise: run, pain: 3}\n", encoding="utf-8")
    build(RUN, "--outcomes", "o.yaml")
    runs = [one["items"][0]["dose"]["sets"][0] for one in sessions()]
    assert [run["work_seconds"] / 60 for run in runs[:8]] == [1, 1, 2, 2, 1, 1, 2, 2]
